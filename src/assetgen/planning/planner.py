"""Plan a campaign: return every asset, and what is known to be wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.channels import BUILT_IN_FOLDER
from assetgen.loading.copy_rules.facts import fill
from assetgen.loading.copy_rules.length_limits import alts_too_long, networks_of, posts_too_long
from assetgen.loading.model import (
    CLICK_MEDIUMS,
    Brand,
    Campaign,
    Channel,
    FontFace,
    Message,
    MessageWords,
    Partner,
    Template,
)
from assetgen.loading.templates.layouts import Arrangement
from assetgen.planning.asset import (
    Asset,
    Code,
    FootMark,
    Page,
    Plan,
    Rect,
    Spec,
    Unplanned,
    WordSet,
    type_floors,
)
from assetgen.planning.logo_placement import foot_ground, foot_marks, logo_faults, logo_rules, logo_warnings
from assetgen.planning.qr_codes import code_for_print, code_for_screen, link_for, policy_ids, qr_assets
from assetgen.planning.release_terms import terms_of
from assetgen.planning.template_choice import (
    arrangement_key,
    design_faults,
    fixed_texts,
    ground_for,
    has_foot,
    ordered,
    picture_for,
    picture_warnings,
    printer_for,
    template_for,
    word_sets,
)
from assetgen.planning.variants import (
    MONO,
    OFFICE,
    ON_LIGHT,
    Press,
    forms_of,
    ink_warnings,
    press_faults,
    press_for,
    sheet_for,
)
from assetgen.units import PX_PER_MM

MAX_NAME_LENGTH = 140


def named_for(channel: Channel, message_id: str) -> str:
    """Return what stands for the message in an asset's id and name."""
    return "all" if channel.per == "partner" else message_id


def asset_id(partner_id: str, message: str, channel: Channel, locale: str) -> str:
    """Return an asset's id: ``partner/message/channel[.deliverable]/locale``."""
    form = f".{channel.deliverable}" if channel.deliverable else ""
    return f"{partner_id}/{message}/{channel.id}{form}/{locale}"


def asset_path(slug: str, partner_id: str, message: str, channel: Channel, locale: str) -> str:
    """Return an asset's path below ``out/``: stable from build to build, ASCII, a name of at most 140 characters."""
    form = f"_{channel.deliverable}" if channel.deliverable else ""
    usual = f"{slug}_{partner_id}_{message}_{channel.id}{form}_{locale}"
    fields = {
        "campaign": slug,
        "partner": partner_id,
        "message": message,
        "channel": channel.id,
        "form": form,
    }
    sizes = {"width_mm": f"{channel.width:g}", "height_mm": f"{channel.height:g}"}
    own = channel.printer.named({**fields, **sizes, "locale": locale}) if channel.printer else None
    name = f"{own or usual}.{channel.format}"
    if len(name) > MAX_NAME_LENGTH:
        raise CampaignError(
            Finding("bad-id", f"file name of {len(name)} characters: {name}", "shorten an id")
        )
    return f"{partner_id}/{locale}/{channel.medium}/{name}"


def page_for(channel: Channel) -> Page:
    """Return the page of a channel: (trim + bleed) × scale in print, one CSS px a pixel on screens.

    The live area of a round channel is the square inside its circle.
    """
    unit = PX_PER_MM * channel.scale if channel.is_print else 1.0
    width, height = channel.width * unit, channel.height * unit

    def scaled(rect: Rect) -> Rect:
        x, y, w, h = rect
        return x * unit, y * unit, w * unit, h * unit

    return Page(
        width_px=width,
        height_px=height,
        bleed_px=channel.bleed_mm * unit if channel.is_print else 0.0,
        live=_live(channel, unit),
        keep_clear=tuple(scaled(rect) for rect in channel.keep_clear),
        joins_x=tuple(x * unit for x in channel.joins_x),
        joins_y=tuple(y * unit for y in channel.joins_y),
        px_per_unit=unit,
    )


def _live(channel: Channel, unit: float) -> Rect:
    if channel.safe_circle is not None:
        side = channel.safe_circle / 2**0.5
        return (channel.width - side) / 2 * unit, (channel.height - side) / 2 * unit, side * unit, side * unit
    top, right, bottom, left = channel.safe
    return (
        left * unit,
        top * unit,
        (channel.width - left - right) * unit,
        (channel.height - top - bottom) * unit,
    )


def plan_assets(campaign: Campaign) -> Plan:
    """Return every asset of the campaign, sorted by path; what is wrong with one stands in its ``faults``."""
    partners = campaign.partners.values()
    found = [one for partner in partners for one in _partner_assets(campaign, partner)]
    assets = [one for one in found if isinstance(one, Asset)]
    assets += [one for partner in partners for one in qr_assets(campaign, partner)]
    assets = _with_code_faults(sorted(assets, key=lambda asset: asset.path), campaign)
    unplanned = tuple(one for one in found if isinstance(one, Unplanned))
    warnings = (
        *logo_warnings(campaign, assets),
        *picture_warnings(campaign, assets),
        *ink_warnings(campaign.brand, (asset.spec.press for asset in assets)),
    )
    return Plan(tuple(assets), unplanned, warnings)


def _partner_assets(campaign: Campaign, partner: Partner) -> Iterator[Asset | Unplanned]:
    for locale in partner.locales:
        spoken = [name for name in partner.messages if _speaks(campaign, name, locale)]
        for channel_id in partner.channels:
            channel = campaign.channel(partner.id, channel_id)
            channel = ordered(channel, printer_for(channel, campaign, partner))
            for message_id in spoken[:1] if channel.per == "partner" else spoken:
                template_id = template_for(channel, campaign, campaign.messages.get(message_id), partner)
                message = campaign.messages.get(message_id)
                for form in forms_of(channel):
                    if message and template_id in campaign.templates:
                        yield _asset(campaign, partner, message, form, template_id, locale)
                    else:
                        yield _unplanned(campaign, partner, message_id, form, template_id, locale)


def _speaks(campaign: Campaign, message_id: str, locale: str) -> bool:
    """Say whether a message is written in a locale; one that cannot be read is taken to be in all."""
    if message_id in campaign.broken_messages:
        return True
    return message_id in campaign.messages and locale in campaign.messages[message_id].locales


def _unplanned(
    campaign: Campaign, partner: Partner, message_id: str, channel: Channel, template_id: str, locale: str
) -> Unplanned:
    named = named_for(channel, message_id)
    return Unplanned(
        id=asset_id(partner.id, named, channel, locale),
        path=asset_path(campaign.slug, partner.id, named, channel, locale),
        partner=partner.id,
        message=named,
        template=template_id,
        channel=channel.id,
        medium=channel.medium,
        locale=locale,
    )


def _asset(
    campaign: Campaign, partner: Partner, message: Message, channel: Channel, template_id: str, locale: str
) -> Asset:
    brand, words = campaign.brand, message.locales[locale]
    link = link_for(campaign, partner.id, channel.id)
    page = page_for(channel)
    code = _code(channel, link, page.px_per_unit) if channel.qr else None
    face = text_face(brand, locale)
    named = named_for(channel, message.id)
    values = {
        "number": brand.facts.number,
        "address": brand.facts.address,
        "link": link,
        "partner": partner.name.text,
    }
    template = campaign.templates[template_id]
    key, lacking = arrangement_key(channel, template), design_faults(channel, template, brand, locale)
    arrangement = template.arrangements[key] if key and not lacking else None
    ground = _ground(campaign, partner, message, channel, template)
    foot = _foot(campaign, partner, channel, arrangement, ground)
    has_place = arrangement is not None and arrangement.picture is not None
    picture = picture_for(channel, campaign, message, partner, ground) if has_place else None
    sets = word_sets(channel, arrangement, words, partner, campaign, locale, values)
    spec = _spec(campaign, channel, words, sets, link, code, foot, page.px_per_unit, values, locale, picture)
    printed = (*press_faults(spec.press, brand), *logo_faults(campaign, foot, spec.press))
    return Asset(
        id=asset_id(partner.id, named, channel, locale),
        path=asset_path(campaign.slug, partner.id, named, channel, locale),
        partner=partner.id,
        message=named,
        channel=channel.id,
        deliverable=channel.deliverable,
        medium=channel.medium,
        locale=locale,
        format=channel.format,
        template=template_id,
        arrangement=key,
        ground=ground,
        shape=channel.shape,
        accent=message.accent,
        spec=spec,
        page=page,
        word_sets=sets,
        floors=type_floors(channel, face.cap_em, page.px_per_unit),
        code=code,
        foot=foot,
        palette={name: colour.srgb for name, colour in brand.palette.items()},
        texts=fixed_texts(campaign, partner, locale, words, values),
        released=campaign.released.isoformat(),
        provisional=channel.provisional,
        inputs=_inputs(campaign, partner, message),
        places=_places(words, partner, message, channel, template),
        faults=(*lacking, *printed, *_words_too_long(words, values, partner, channel)),
        picture=picture,
        terms=terms_of(campaign, partner, foot),
        inks=_inks(brand, spec.press),
    )


def _ground(
    campaign: Campaign, partner: Partner, message: Message, channel: Channel, template: Template
) -> str:
    """Return the ground."""
    if channel.deliverable in ON_LIGHT and channel.ground in template.grounds:
        return channel.ground
    return ground_for(channel, campaign, message, partner, template)


def _foot(
    campaign: Campaign, partner: Partner, channel: Channel, arrangement: Arrangement | None, ground: str
) -> tuple[FootMark, ...]:
    if not has_foot(channel, arrangement):
        return ()
    band = campaign.brand.palette[foot_ground(arrangement, ground)].srgb
    unit, one_colour = page_for(channel).px_per_unit, channel.deliverable == MONO
    return foot_marks(campaign, partner, channel, band, unit, one_colour=one_colour)


def _inks(brand: Brand, press: Press | None) -> dict[str, tuple[float, float, float, float]]:
    """Return the palette's inks for a press, by name."""
    if press is None:
        return {}
    inks = {name: one.inks(press.condition) for name, one in brand.palette.items()}
    return {name: values for name, values in inks.items() if values}


def _words_too_long(
    words: MessageWords, values: Mapping[str, str], partner: Partner, channel: Channel
) -> list[Finding]:
    """Return what of the words that go with an asset is too long once this partner's name and link stand in it."""
    filled_in = f"with {partner.id}'s name and link filled in"
    networks = networks_of(channel.like or channel.id) if channel.per == "message" else ()
    return alts_too_long(words, values, filled_in) + posts_too_long(words.posts, networks, values, filled_in)


def text_face(brand: Brand, locale: str) -> FontFace:
    """Return the face whose metrics stand for a locale's text: the heaviest upright of its family."""
    family = brand.family(locale)
    faces = [face for face in brand.faces if face.family == family and not face.italic]
    return max(faces or brand.faces, key=lambda face: face.weight)


def _code(channel: Channel, link: str, px_per_unit: float) -> Code:
    assert channel.scan_m is not None, "a channel with a code has scan_m"
    if channel.is_print:
        return code_for_print(link, channel.scan_m, px_per_unit)
    return code_for_screen(link, channel.scan_m, channel.px_mm or 0.26)


def _spec(
    campaign: Campaign,
    channel: Channel,
    words: MessageWords,
    sets: tuple[WordSet, ...],
    link: str,
    code: Code | None,
    foot: tuple[FootMark, ...],
    px_per_unit: float,
    values: Mapping[str, str],
    locale: str,
    picture: str | None,
) -> Spec:
    facts, fixed = campaign.brand.facts, campaign.brand.words[locale]
    families = {campaign.brand.family(locale), campaign.brand.fonts["text"]}
    return Spec(
        width=channel.width,
        height=channel.height,
        unit="mm" if channel.is_print else "px",
        bleed_mm=channel.bleed_mm,
        scale=channel.scale,
        ppi=channel.ppi,
        safe=channel.safe,
        safe_circle=channel.safe_circle,
        keep_clear=channel.keep_clear,
        joins_x=channel.joins_x,
        joins_y=channel.joins_y,
        format=channel.format,
        colour=channel.colour,
        max_bytes=channel.max_bytes,
        advised_bytes=channel.advised_bytes,
        view_m=channel.view_m,
        read_m=channel.read_m,
        scan_m=channel.scan_m,
        px_mm=channel.px_mm,
        requires=channel.requires,
        words={word_set.name: dict(word_set.words) for word_set in sets},
        link=link if code else None,
        click=link if channel.medium in CLICK_MEDIUMS else None,
        alt=fill(words.alt_short.text, values),
        alt_long=fill(words.alt_long.text, values),
        fonts=tuple(sorted(families)),
        faces=tuple(face.postscript_name for face in campaign.brand.faces if face.family in families),
        tel=facts.number_tel,
        numbers=(facts.number, *facts.also_numbers),
        hosts=tuple(dict.fromkeys((*facts.hosts, *facts.also_hosts))),
        locale=locale,
        lockups=tuple((mark.name, mark.short_name) for mark in foot if mark.logo_url is None),
        code_alt=f"QR code: {fixed['scan']} – {link}" if code else None,
        logos=logo_rules(foot, px_per_unit),
        picture_alt=campaign.brand.pictures[picture].alt if picture else None,
        press=press_for(channel, campaign.brand),
        accessible=channel.deliverable == OFFICE,
        sheet=sheet_for(channel),
    )


def _inputs(campaign: Campaign, partner: Partner, message: Message) -> dict[str, str]:
    """Return the files that the plan of an asset rests on. Its design's files are noted as they are drawn."""
    companions = [campaign.partners[name] for name in partner.with_ if name in campaign.partners]
    files = dict(campaign.files)
    for one in (partner, *companions):
        files.update(one.files)
    return {**files, **message.files}


def _places(
    words: MessageWords, partner: Partner, message: Message, channel: Channel, template: Template
) -> dict[str, Place]:
    """Return where what an asset rests on was written. A built-in channel has no file of the campaign's."""
    built_in = (channel.place.file or "").startswith(BUILT_IN_FOLDER)
    return {
        "partner": partner.name.place,
        "message": message.place,
        "channel": template.place if built_in else channel.place,
        "template": template.place,
        "alt": words.alt_short.place,
    }


def _with_code_faults(assets: list[Asset], campaign: Campaign) -> list[Asset]:
    """Return the assets; where two owners would get the same link, those of the later one have a fault."""
    owners: dict[str, tuple[str, ...]] = {}
    checked: list[Asset] = []
    for asset in assets:
        link = asset.spec.link or asset.spec.click
        owner = _link_owner(asset, campaign)
        first = owners.setdefault(link, owner) if link else owner
        if first != owner:
            text = f"{_owner(owner)} gets the same code in its links as {_owner(first)}"
            hint = "change the edition, or one of the ids"
            fault = Finding("duplicate-id", text, hint, campaign.partners[asset.partner].place)
            checked.append(replace(asset, faults=(*asset.faults, fault)))
        else:
            checked.append(asset)
    return checked


def _link_owner(asset: Asset, campaign: Campaign) -> tuple[str, ...]:
    """Return the ids that an asset's link speaks of; none where all partners have one link."""
    tracking = campaign.partners[asset.partner].tracking
    if tracking == "none":
        return ()
    return policy_ids(tracking, asset.partner, None if asset.channel == "qr" else asset.channel)


def _owner(ids: tuple[str, ...]) -> str:
    return "/".join(ids) or "the campaign"
