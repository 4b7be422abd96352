"""The plan: campaign × partner × message × channel × locale → assets, every value resolved. No disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assetgen.campaign.links import link_for
from assetgen.campaign.model import (
    CLICK_MEDIUMS,
    USUAL_TEMPLATE,
    Brand,
    Campaign,
    Channel,
    FontFace,
    Message,
    MessageWords,
    Partner,
    Text,
)
from assetgen.campaign.selection import matches
from assetgen.campaign.words import fill
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.plan.asset import Asset, Code, FootMark, Plan, Spec, WordSet
from assetgen.plan.codes import code_for_print, code_for_screen
from assetgen.plan.floors import type_floors
from assetgen.plan.pages import page_for
from assetgen.plan.qr import qr_assets

ROLE_ORDER = {"lead": 0, "joint": 1, "supporting": 2}
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
MAX_NAME_LENGTH = 140


def plan_assets(campaign: Campaign) -> Plan:
    """Return every asset of the campaign, sorted by path. Raises CampaignError where two links get one code."""
    assets = [asset for partner in campaign.partners.values() for asset in _partner_assets(campaign, partner)]
    assets += [asset for partner in campaign.partners.values() for asset in qr_assets(campaign, partner)]
    _check_codes(assets, campaign)
    return Plan(tuple(sorted(assets, key=lambda asset: asset.path)))


def _partner_assets(campaign: Campaign, partner: Partner) -> Iterator[Asset]:
    for locale in partner.locales:
        for channel_id in partner.channels:
            channel = campaign.channels[channel_id]
            template_id = template_for(channel, partner)
            if template_id in campaign.broken_templates:
                continue
            spoken = [
                m
                for m in partner.messages
                if m in campaign.messages and locale in campaign.messages[m].locales
            ]
            for message_id in spoken[:1] if channel.per == "partner" else spoken:
                yield _asset(campaign, partner, campaign.messages[message_id], channel, template_id, locale)


def template_for(channel: Channel, partner: Partner) -> str:
    """Return the design of a channel for a partner.

    A map's most particular glob (the longest that matches) wins over the catalogue; a single name
    counts where the catalogue names no design.
    """
    choices = [word for word in partner.template if word and matches(word, channel.id, channel.medium)]
    if choices:
        return partner.template[max(choices, key=lambda word: (word.count("*") == 0, len(word)))]
    return channel.template or partner.template.get("", USUAL_TEMPLATE)


def _asset(
    campaign: Campaign, partner: Partner, message: Message, channel: Channel, template_id: str, locale: str
) -> Asset:
    brand, words = campaign.brand, message.locales[locale]
    link = link_for(campaign, partner.id, channel.id)
    page = page_for(channel)
    code = _code(channel, link, page.px_per_unit) if channel.qr else None
    face = text_face(brand, locale)
    named = "all" if channel.per == "partner" else message.id
    values = {
        "number": brand.facts.number,
        "address": brand.facts.address,
        "link": link,
        "partner": partner.name.text,
    }
    sets = word_sets(channel, words, partner, brand, locale, values)
    texts = _texts(campaign, partner, locale, words)
    template = campaign.templates[template_id]
    return Asset(
        id=f"{partner.id}/{named}/{channel.id}/{locale}",
        path=asset_path(campaign.slug, partner.id, named, channel, locale),
        partner=partner.id,
        message=named,
        channel=channel.id,
        deliverable=None,
        medium=channel.medium,
        locale=locale,
        format=channel.format,
        template=template_id,
        ground=channel.ground if channel.ground in template.grounds else template.grounds[0],
        shape=channel.shape,
        accent=message.accent,
        spec=_spec(campaign, channel, words, sets, link, code, values, locale),
        page=page,
        word_sets=sets,
        floors=type_floors(channel, face.cap_em, page.px_per_unit),
        code=code,
        foot=_foot(campaign, partner) if "partner" in channel.requires else (),
        palette={name: colour.srgb for name, colour in brand.palette.items()},
        texts=texts,
        released=campaign.released.isoformat(),
        provisional=channel.provisional,
        inputs=_inputs(campaign, partner, message),
        places=_places(words, sets, partner, message, channel, campaign.templates[template_id].place),
    )


def asset_path(slug: str, partner_id: str, message: str, channel: Channel, locale: str) -> str:
    """Return an asset's path below ``out/``: stable from build to build, ASCII, a name of at most 140 characters."""
    name = f"{slug}_{partner_id}_{message}_{channel.id}_{locale}.{channel.format}"
    if len(name) > MAX_NAME_LENGTH:
        raise CampaignError(
            Finding("bad-id", f"file name of {len(name)} characters: {name}", "shorten an id")
        )
    return f"{partner_id}/{locale}/{channel.medium}/{name}"


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


def word_sets(
    channel: Channel,
    words: MessageWords,
    partner: Partner,
    brand: Brand,
    locale: str,
    values: Mapping[str, str],
) -> tuple[WordSet, ...]:
    """Return the words by role for each choice of tiers that the channel takes, best first.

    For each headline the bodies follow in their order, then none: a body is the first thing to go.
    """
    facts = brand.facts
    shown = {**values, "number": facts.number.replace(" ", NO_BREAK_SPACE)}
    always = {
        "number": shown["number"],
        "address": facts.address,
        "promise": facts.promise[locale],
        "name": facts.name,
    }
    if "partner" in channel.requires:
        always["partner"] = partner.name.text
    action = next((words.action[tier] for tier in channel.copy.action if tier in words.action), None)
    local = partner.local_line.get(locale) if channel.copy.action else None
    if local:
        always["local"] = fill(local.text, shown)
    elif action:
        always["action"] = fill(action.text, shown)
    headlines = [tier for tier in channel.copy.headline if tier in words.headline]
    bodies = [tier for tier in channel.copy.body if tier in words.body]
    sets = []
    for headline in headlines or [next(iter(words.headline))]:
        for body in (*bodies, None):
            said = {**always, "headline": fill(words.headline[headline].text, shown)}
            if body:
                said["body"] = fill(words.body[body].text, shown)
            sets.append(WordSet(f"{headline}/{body or 'none'}", said))
    return tuple(sets)


def _texts(campaign: Campaign, partner: Partner, locale: str, words: MessageWords) -> dict[str, str]:
    """Return the fixed words that a template may use, by dotted name."""
    brand = campaign.brand
    fixed = {f"words.{name}": text for name, text in brand.words[locale].items()}
    local = partner.local_line.get(locale)
    return {
        **fixed,
        "campaign.name": campaign.name,
        "campaign.edition": campaign.edition,
        "brand.led_by": brand.led_by,
        "partner.name": partner.name.text,
        "partner.short_name": partner.short_name.text,
        "partner.local_line": local.text if local else "",
        "message.source": words.source.text if words.source else "",
    }


def _spec(
    campaign: Campaign,
    channel: Channel,
    words: MessageWords,
    sets: tuple[WordSet, ...],
    link: str,
    code: Code | None,
    values: Mapping[str, str],
    locale: str,
) -> Spec:
    facts = campaign.brand.facts
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
        fonts=tuple(sorted({campaign.brand.family(locale), campaign.brand.fonts["text"]})),
        numbers=(facts.number, *facts.also_numbers),
        hosts=tuple(dict.fromkeys((*facts.hosts, *facts.also_hosts))),
    )


def _foot(campaign: Campaign, partner: Partner) -> tuple[FootMark, ...]:
    """Return the partners in the foot: the partner and those beside it, lead first, then joint, then supporting."""
    together = [partner, *(campaign.partners[name] for name in partner.with_ if name in campaign.partners)]
    ordered = sorted(together, key=lambda one: ROLE_ORDER[one.role])
    return tuple(
        FootMark(
            partner=one.id,
            name=one.name.text,
            short_name=one.short_name.text,
            role=one.role,
            logo_url=f"http://logos.invalid/{one.id}" if one.logo else None,
            logo_ratio=one.logo.ratio if one.logo else None,
            alt=one.logo.alt if one.logo else one.name.text,
        )
        for one in ordered
    )


def _inputs(campaign: Campaign, partner: Partner, message: Message) -> dict[str, str]:
    """Return the files that the plan of an asset rests on. Its design's files are noted as they are drawn."""
    companions = [campaign.partners[name] for name in partner.with_ if name in campaign.partners]
    files = dict(campaign.files)
    for one in (partner, *companions):
        files.update(one.files)
    return {**files, message.place.file or "": message.sha256}


def _places(
    words: MessageWords,
    sets: tuple[WordSet, ...],
    partner: Partner,
    message: Message,
    channel: Channel,
    template: Place,
) -> dict[str, Place]:
    """Return where the words of each role stand, for the findings about them."""
    headline, _, body = sets[0].name.partition("/")
    places = {
        "headline": words.headline[headline].place,
        "partner": partner.name.place,
        "message": message.place,
        "channel": channel.place,
        "template": template,
        "alt": words.alt_short.place,
    }
    groups: tuple[tuple[str, Mapping[str, Text], str], ...] = (
        ("body", words.body, body),
        ("action", words.action, "short"),
    )
    for role, tiers, tier in groups:
        if tier in tiers:
            places[role] = tiers[tier].place
    return places


def _check_codes(assets: list[Asset], campaign: Campaign) -> None:
    """Raise where two different partners or channels would get the same code in their links."""
    owners: dict[str, tuple[str, ...]] = {}
    for asset in assets:
        link = asset.spec.link or asset.spec.click
        tracking = campaign.partners[asset.partner].tracking
        if link is None or tracking in ("none", "campaign"):
            continue
        owner = (asset.partner,) if tracking == "partner" else (asset.partner, asset.channel)
        if owners.setdefault(link, owner) != owner:
            text = f"{'/'.join(owners[link])} and {'/'.join(owner)} get the same code in their links"
            raise CampaignError(Finding("duplicate-id", text, "change the edition, or one of the ids"))
