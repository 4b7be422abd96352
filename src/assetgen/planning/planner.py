"""Plan a campaign: return all assets, with the findings that are known before rendering."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from assetgen.findings import Finding, Place, Severity
from assetgen.loading.channels import BUILT_IN_FOLDER
from assetgen.loading.colour_roles import PAPER, Palette, text_role
from assetgen.loading.copy_rules.facts import fill_placeholders
from assetgen.loading.fonts import nearest_face
from assetgen.loading.ink_conversion import palette_inks
from assetgen.loading.messages import check_alt_lengths, check_post_lengths, networks_of
from assetgen.loading.model import CLICK_MEDIUMS, Brand, CampaignModel, Channel, Partner
from assetgen.planning.asset import (
    PRINT_MIN_PT,
    Asset,
    Code,
    CopySet,
    FooterPartner,
    Plan,
    Spec,
    TypeSizeLimits,
    Unplanned,
    collect_release_dates,
    find_type_size_limits,
)
from assetgen.planning.combination import (
    Combination,
    apply_printer,
    asset_id,
    asset_path,
    background_for,
    build_copy_sets,
    check_template,
    find_layout_name,
    fixed_texts,
    has_footer,
    message_part_of_id,
    picture_for,
    picture_warnings,
    printer_for,
    template_for,
)
from assetgen.planning.logo_placement import (
    check_press_logos,
    footer_background,
    logo_rules,
    logo_warnings,
    place_footer_partners,
)
from assetgen.planning.qr_codes import code_for_print, code_for_screen, qr_assets, tracked_ids
from assetgen.planning.variants import (
    LIGHT_VARIANTS,
    OFFICE,
    PressSpec,
    press_faults,
    press_for,
    sheet_for,
    variants_of,
)
from assetgen.schema.template_file import ShapeLayout, column_parts

# The weights of names and of other words in the footer.
FOOTER_WEIGHTS = (700, 500)


def plan_assets(campaign: CampaignModel) -> Plan:
    """Return all assets of the campaign, sorted by path. Faults of an asset are in its ``faults``."""
    partners = campaign.partners.values()
    planned = [one for partner in partners for one in _partner_assets(campaign, partner)]
    assets = [one for one in planned if isinstance(one, Asset)]
    assets += [one for partner in partners for one in qr_assets(campaign, partner)]
    assets = _add_link_faults(sorted(assets, key=lambda asset: asset.path), campaign)
    unplanned = tuple(one for one in planned if isinstance(one, Unplanned))
    warnings = (
        *logo_warnings(campaign, assets),
        *picture_warnings(campaign, assets),
        *_colour_notes(campaign, assets),
        *_ink_warnings(campaign.brand, (asset.spec.press for asset in assets)),
        *_weight_warnings(campaign, assets),
    )
    return Plan(tuple(assets), unplanned, warnings)


def _partner_assets(campaign: CampaignModel, partner: Partner) -> Iterator[Asset | Unplanned]:
    for locale in partner.locales:
        message_ids = [name for name in partner.messages if _is_in_locale(campaign, name, locale)]
        for channel_id in partner.channels:
            channel = campaign.channel(partner.id, channel_id)
            channel = apply_printer(channel, printer_for(channel, campaign, partner))
            for message_id in message_ids[:1] if channel.per == "partner" else message_ids:
                message = campaign.messages.get(message_id)
                template_id = template_for(channel, campaign, message, partner)
                template = campaign.templates.get(template_id)
                for variant in variants_of(channel):
                    if message and template:
                        yield _asset(Combination(campaign, partner, message, variant, template, locale))
                    else:
                        yield _unplanned(campaign, partner, message_id, variant, template_id, locale)


def _is_in_locale(campaign: CampaignModel, message_id: str, locale: str) -> bool:
    """Return whether a message exists in a locale. A message whose file has a fault counts as being in all locales."""
    if message_id in campaign.broken_messages:
        return True
    return message_id in campaign.messages and locale in campaign.messages[message_id].file.locales


def _unplanned(
    campaign: CampaignModel,
    partner: Partner,
    message_id: str,
    channel: Channel,
    template_id: str,
    locale: str,
) -> Unplanned:
    named = message_part_of_id(channel, message_id)
    return Unplanned(
        id=asset_id(partner.id, named, channel, locale),
        path=asset_path(campaign.file.slug, partner.id, named, channel, locale),
        partner=partner.id,
        message=named,
        template=template_id,
        channel=channel.id,
        medium=channel.medium,
        locale=locale,
    )


def _asset(combination: Combination) -> Asset:
    campaign, partner, channel = combination.campaign, combination.partner, combination.channel
    brand, template, locale = campaign.brand, combination.template, combination.locale
    key, layout_faults = (
        find_layout_name(channel, template),
        check_template(channel, template, brand.facts.missing_roles()),
    )
    arrangement = template.layouts[key] if key and not layout_faults else None
    background = _background(combination)
    footer = _footer_partners(combination, arrangement, background)
    has_place = arrangement is not None and arrangement.picture is not None
    picture = picture_for(channel, campaign, combination.message, partner, background) if has_place else None
    sets = build_copy_sets(combination, arrangement)
    code = _code(combination) if channel.qr and brand.facts.address else None
    accent = combination.message.file.accent
    on_accent = text_role(template.palette.colours[accent].srgb, template.palette.colours)
    spec = replace(
        _spec(combination, sets, footer),
        code_alt=f"QR code: {brand.file.labels[locale]['scan']} – {combination.link}" if code else None,
        picture_alt=brand.pictures[picture].file.alt if picture else None,
    )
    # Light text on ink fills in if it is small.
    min_pt = spec.press.type_rules.reversed_pt if spec.press and on_accent == PAPER else PRINT_MIN_PT
    print_faults = (*press_faults(spec.press, brand), *check_press_logos(campaign, footer, spec.press))
    return Asset(
        id=combination.id,
        path=combination.path,
        partner=partner.id,
        message=combination.message_part,
        channel=channel.id,
        variant=channel.variant,
        medium=channel.medium,
        locale=locale,
        format=channel.format,
        template=template.id,
        layout_name=key,
        background=background,
        shape=channel.shape,
        accent=accent,
        on_accent=on_accent,
        spec=spec,
        page=combination.page,
        copy_sets=sets,
        type_size_limits=_type_size_limits(combination, arrangement, min_pt),
        code=code,
        footer_partners=footer,
        palette={name: colour.srgb for name, colour in template.palette.colours.items()},
        texts=fixed_texts(combination),
        released=campaign.file.released.isoformat(),
        provisional=channel.provisional,
        inputs=_inputs(combination),
        places=_places(combination),
        faults=(*layout_faults, *print_faults, *_check_copy_lengths(combination)),
        picture=picture,
        release_dates=collect_release_dates(campaign, partner, footer),
        inks=_inks(template.palette, brand, spec.press),
    )


def _background(combination: Combination) -> str:
    channel, template = combination.channel, combination.template
    if channel.variant in LIGHT_VARIANTS and channel.background in template.file.backgrounds:
        return channel.background
    return background_for(channel, combination.campaign, combination.message, combination.partner, template)


def _footer_partners(
    combination: Combination, arrangement: ShapeLayout | None, background: str
) -> tuple[FooterPartner, ...]:
    if not has_footer(combination.channel, arrangement):
        return ()
    palette = combination.template.palette.colours
    return place_footer_partners(combination, palette[footer_background(arrangement, background)].srgb)


def _inks(
    palette: Palette, brand: Brand, press: PressSpec | None
) -> dict[str, tuple[float, float, float, float]]:
    """Return the inks of each palette colour in a press file, by name; empty for other files.

    Inks that a colour does not have for the stock are calculated.
    """
    if press is None:
        return {}
    condition = brand.condition(press.condition, press.printer)
    return {
        name: colour.inks(press.condition) or palette_inks(colour.srgb, press.condition, condition)
        for name, colour in palette.colours.items()
    }


def _ink_warnings(brand: Brand, presses: Iterable[PressSpec | None]) -> Iterator[Finding]:
    """Yield one warning that lists the palette's colours without inks for a stock that the campaign uses."""
    stocks = {press.condition for press in presses if press}
    lacking = {
        name: missing
        for name, colour in brand.file.palette.items()
        if (missing := sorted(stock for stock in stocks if colour.inks(stock) is None))
    }
    if lacking:
        names = ", ".join(lacking)
        lacked = " and ".join(sorted({stock for each in lacking.values() for stock in each}))
        text = f"no inks for {lacked}: {names}; they are calculated from the colours on screen"
        hint = "ask your printer for inks, or write the calculated ones with: assetgen brand inks --write"
        place = brand.palette_places[next(iter(lacking))]
        yield Finding("ink", text, hint, place, Severity.WARNING)


def _colour_notes(campaign: CampaignModel, assets: Iterable[Asset]) -> Iterator[Finding]:
    """Yield one note that lists the colours which the templates in use need and the brand does not define."""
    used = sorted({asset.template for asset in assets if asset.template})
    palettes = [campaign.templates[name].palette for name in used]
    derived = {role: palette.colours[role].srgb for palette in palettes for role in sorted(palette.derived)}
    if derived:
        listed = ", ".join(f"{role} {srgb}" for role, srgb in sorted(derived.items()))
        text = f"colours derived from the palette: {listed}"
        hint = "to choose one yourself, add it to palette:, or name a colour for it under colours:"
        yield Finding("colour", text, hint, campaign.brand.palette_place, Severity.NOTE)


def _check_copy_lengths(combination: Combination) -> list[Finding]:
    """Return a finding for each alt text and post that is too long with this partner's name and link filled in."""
    copy, values, channel = combination.copy, combination.values, combination.channel
    filled_in = f"with {combination.partner.id}'s name and link filled in"
    networks = networks_of(channel.based_on or channel.id) if channel.per == "message" else ()
    return check_alt_lengths(copy, values, filled_in) + check_post_lengths(
        copy.posts.given(), networks, values, filled_in
    )


def _type_size_limits(
    combination: Combination, arrangement: ShapeLayout | None, min_pt: float
) -> dict[str, TypeSizeLimits]:
    """Return the minimum and preferred type size of each role, by the cap height of the font that it is set in.

    ``min_pt`` is the minimum size of copy in print, in pt.
    """
    brand = combination.campaign.brand
    families = brand.families(combination.locale)

    def min_cap_em(family: str, weights: Iterable[int]) -> float:
        return min(nearest_face(brand.faces, family, weight).cap_em for weight in weights)

    caps = {
        role: min_cap_em(families.of(part.font), part.weights)
        for part in (arrangement.parts.values() if arrangement else ())
        for role in part.roles
    }
    text_cap = min_cap_em(families.text, FOOTER_WEIGHTS)
    return find_type_size_limits(combination.channel, text_cap, combination.page.px_per_unit, caps, min_pt)


def _weight_warnings(campaign: CampaignModel, assets: Iterable[Asset]) -> Iterator[Finding]:
    """Yield a warning for each font family without a font file for a weight that the layouts in use ask for."""
    brand = campaign.brand
    wanted: dict[str, set[int]] = {}
    for template, layout, locale in sorted(
        {(asset.template, asset.layout_name, asset.locale) for asset in assets if asset.layout_name}
    ):
        arrangement, families = (
            campaign.templates[template or ""].layouts[layout or ""],
            brand.families(locale),
        )
        for name in (*column_parts(arrangement.cta), *column_parts(arrangement.copy_)):
            part = arrangement.parts[name]
            wanted.setdefault(families.of(part.font), set()).update(part.weights)
    for family, weights in wanted.items():
        drawn = {weight: nearest_face(brand.faces, family, weight).weight for weight in sorted(weights)}
        if missing := {weight: drawn[weight] for weight in drawn if drawn[weight] != weight}:
            names = " and ".join(map(str, missing))
            text = f"brand/fonts has no file of {family} in weight {names}: the nearest weight is used"
            nearest = ", ".join(f"{used} for {weight}" for weight, used in missing.items())
            hint = f"add the missing files, or accept the nearest weights: {nearest}"
            yield Finding("font-missing", text, hint, brand.font_places[family], Severity.WARNING)


def _code(combination: Combination) -> Code:
    channel = combination.channel
    assert channel.scan_m is not None, "a channel with a QR code has scan_m"
    if channel.is_print:
        return code_for_print(combination.link, channel.scan_m, combination.page.px_per_unit)
    return code_for_screen(combination.link, channel.scan_m, channel.px_mm or 0.26)


def _spec(combination: Combination, sets: tuple[CopySet, ...], footer: tuple[FooterPartner, ...]) -> Spec:
    """Return the spec without the alt texts of the QR code and the picture."""
    channel, locale, brand = combination.channel, combination.locale, combination.campaign.brand
    copy, link, facts = combination.copy, combination.link, brand.facts
    families = {*brand.families(locale).by_role.values(), brand.file.fonts["text"]}
    return Spec(
        width=channel.width,
        height=channel.height,
        unit="mm" if channel.is_print else "px",
        bleed_mm=channel.bleed_mm,
        scale=channel.scale,
        ppi=channel.ppi,
        safe=channel.insets,
        safe_circle=channel.safe_circle,
        keep_clear=channel.keep_clear,
        panel_joins_x=channel.panel_joins.x,
        panel_joins_y=channel.panel_joins.y,
        format=channel.format,
        colour=channel.colour,
        max_bytes=channel.max_bytes,
        recommended_max_bytes=channel.recommended_max_bytes,
        view_m=channel.view_m,
        read_m=channel.read_m,
        scan_m=channel.scan_m,
        px_mm=channel.px_mm,
        requires=tuple(role for role in channel.requires if role not in facts.missing_roles()),
        words={word_set.name: dict(word_set.copy_by_role) for word_set in sets},
        link=link if channel.qr and link else None,
        click=link if channel.medium in CLICK_MEDIUMS and link else None,
        alt=fill_placeholders(copy.alt_short.text, combination.values),
        alt_long=fill_placeholders(copy.alt_long.text, combination.values),
        fonts=tuple(sorted(families)),
        faces=tuple(face.postscript_name for face in brand.faces if face.family in families),
        tel=facts.tel,
        numbers=(*filter(None, [facts.number_text]), *facts.also_allowed.numbers),
        hosts=tuple(dict.fromkeys((*facts.hosts, *facts.also_allowed.hosts))),
        locale=locale,
        lockups=tuple((mark.name, mark.short_name) for mark in footer if mark.logo_url is None),
        logos=logo_rules(footer, combination.page.px_per_unit),
        press=press_for(channel, brand),
        accessible=channel.variant == OFFICE,
        sheet=sheet_for(channel),
    )


def _inputs(combination: Combination) -> dict[str, str]:
    """Return the sha256 of each file that the plan of an asset depends on, by path.

    The template's files are not among them: rendering records those that it reads.
    """
    campaign, partner = combination.campaign, combination.partner
    companions = [campaign.partners[name] for name in partner.alongside if name in campaign.partners]
    files = dict(campaign.files)
    for one in (partner, *companions):
        files.update(one.files)
    return {**files, **combination.message.files}


def _places(combination: Combination) -> dict[str, Place]:
    """Return the places where the parts of an asset are written.

    A built-in channel has no place in the campaign, so the template's place is used for it.
    """
    channel, template = combination.channel, combination.template
    built_in = (channel.place.file or "").startswith(BUILT_IN_FOLDER)
    return {
        "partner": combination.partner.file.name.place,
        "message": combination.message.place,
        "channel": template.place if built_in else channel.place,
        "template": template.place,
        "alt": combination.copy.alt_short.place,
    }


def _add_link_faults(assets: list[Asset], campaign: CampaignModel) -> list[Asset]:
    """Return the assets. If two owners get the same link, add a fault to the assets of the later owner.

    An owner is a tuple of the ids that a link identifies: partner, or partner and channel.
    """
    owners: dict[str, tuple[str, ...]] = {}
    checked: list[Asset] = []
    for asset in assets:
        link = asset.spec.link or asset.spec.click
        owner = _link_owner(asset, campaign)
        first = owners.setdefault(link, owner) if link else owner
        if first != owner:
            text = f"{_describe_owner(owner)} has the same tracking code in its links as {_describe_owner(first)}"
            hint = "change the edition in campaign.yaml, or one of the ids"
            fault = Finding("duplicate-id", text, hint, campaign.partners[asset.partner].place)
            checked.append(replace(asset, faults=(*asset.faults, fault)))
        else:
            checked.append(asset)
    return checked


def _link_owner(asset: Asset, campaign: CampaignModel) -> tuple[str, ...]:
    """Return the ids that an asset's link identifies. The tuple is empty if all partners share one link."""
    tracking = campaign.partners[asset.partner].tracking
    if tracking == "none":
        return ()
    return tracked_ids(tracking, asset.partner, None if asset.channel == "qr" else asset.channel)


def _describe_owner(ids: tuple[str, ...]) -> str:
    return "/".join(ids) or "the campaign"
