"""The logos of the footer: which version of a logo is drawn, on which panel, how large, and under which rules.

All logos of a footer with the same role have the same optical area: the geometric mean of the area of a logo's box and
of the ink in it. With equal boxes, a solid disc would look heavier than a thin ring. With equal ink, a thin wordmark
would fill the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import sqrt

from assetgen.colour import contrast, relative_luminance
from assetgen.findings import Finding, Severity
from assetgen.loading.model import CampaignModel, Channel, Logo
from assetgen.planning.asset import Asset, FooterPartner, LogoAppearance, LogoRule
from assetgen.planning.combination import Combination
from assetgen.planning.variants import MONO, X1A, PressSpec
from assetgen.schema.template_file import ShapeLayout
from assetgen.units import MM_PER_INCH

ROLE_ORDER = {"lead": 0, "joint": 1, "supporting": 2}
# The side of a solid square logo by role, as a multiple of the height of a lock-up in type.
ROLE_SIDE = {"lead": 1.4, "joint": 1.25, "supporting": 1.1}
# The largest height and width of a logo's box, as multiples of the height of a lock-up. They bound very tall logos, and
# logos that are one line of words.
MAX_HEIGHT, MAX_WIDTH = 1.75, 5.5
# The lowest painted share used to size a logo: a thinner logo would become larger than its neighbours.
MIN_COVERAGE = 0.25
# The minimum contrast of a logo with its background. Logos are made for pale backgrounds, unless their owner supplies
# more files. So on a pale background only an almost invisible logo gets a different version or a panel. On a dark
# background the contrast must be that of graphics (WCAG 2.2, 1.4.11).
MIN_LOGO_CONTRAST_ON_PALE, MIN_LOGO_CONTRAST_ON_DARK = 1.2, 3.0
# The share of a logo's rim that must have the minimum contrast.
MIN_VISIBLE_RIM = 0.6
# The padding of a panel as a share of the logo's height, for a logo without a larger clear space of its own.
PANEL_PAD = 0.22
DARK = 0.18
"""A background below this relative luminance is dark: white has more contrast with it than black."""


def footer_background(arrangement: ShapeLayout | None, background: str) -> str:
    """Return the palette colour behind the footer: ``ink`` on the field of a dark background, else ``paper``."""
    on_field = arrangement is not None and arrangement.footer.surface == "field"
    return "ink" if on_field and background == "dark" else "paper"


def place_footer_partners(combination: Combination, background: str) -> tuple[FooterPartner, ...]:
    """Return the partners in the footer: the partner and those alongside it. Lead partners come first, then joint ones.

    ``background`` is the colour (``#RRGGBB``) behind the footer.
    """
    campaign, partner, channel = combination.campaign, combination.partner, combination.channel
    partners = [
        partner,
        *(campaign.partners[name] for name in partner.alongside if name in campaign.partners),
    ]
    ordered = sorted(partners, key=lambda one: ROLE_ORDER[one.file.role])
    palette = {name: colour.srgb for name, colour in campaign.brand.palette.colours.items()}
    placed = []
    for one in ordered:
        name = one.file.name.text
        footer_partner = FooterPartner(one.id, name, one.short_name.text, one.file.role, None, None, name)
        if one.logo:
            one_colour = channel.variant == MONO
            url_end, logo, panel = choose_version(one.logo, background, palette, one_colour=one_colour)
            min_px = min_logo_width(logo, channel) * combination.page.px_per_unit
            pixels = None if logo.is_vector else int(logo.width)
            appearance = LogoAppearance(logo.ink.coverage, min_px, logo.rules.clear, panel, pixels)
            url = f"http://logos.invalid/{one.id}{url_end}"
            footer_partner = replace(
                footer_partner, logo_url=url, logo_ratio=logo.ratio, alt=logo.rules.alt, appearance=appearance
            )
        placed.append(footer_partner)
    return tuple(placed)


def choose_version(
    logo: Logo, background: str, palette: Mapping[str, str], *, one_colour: bool = False
) -> tuple[str, Logo, str | None]:
    """Choose the version of a logo for a background.

    A file with a background of its own gets a panel of that colour. A logo with too little contrast gets a panel of
    paper, or of ink if it is pale itself.

    Args:
        logo: The logo with its versions.
        background: The colour behind the logo, ``#RRGGBB``.
        palette: Palette name → ``#RRGGBB``.
        one_colour: Whether the asset is printed in one colour.

    Returns:
        The end of the version's URL, the version, and the colour of its panel or None.
    """
    luminance = relative_luminance(background)
    by_owner = logo.mono if one_colour else logo.dark if luminance < DARK else None
    if by_owner:
        # The owner supplies this file for such a background, so its contrast is not checked.
        return "/mono" if one_colour else "/dark", by_owner, by_owner.ink.background
    if logo.ink.background is None and _is_visible(logo, luminance):
        return "", logo, None
    if logo.mono and logo.mono.ink.background is None and _is_visible(logo.mono, luminance):
        return "/mono", logo.mono, None
    if logo.ink.background:
        return "", logo, logo.ink.background
    panels = (palette["paper"], palette["ink"])
    best = max(
        panels,
        key=lambda colour: _visible_rim_share(logo, relative_luminance(colour), MIN_LOGO_CONTRAST_ON_DARK),
    )
    return "", logo, best


def _is_visible(logo: Logo, luminance: float) -> bool:
    min_contrast = MIN_LOGO_CONTRAST_ON_DARK if luminance < DARK else MIN_LOGO_CONTRAST_ON_PALE
    return _visible_rim_share(logo, luminance, min_contrast) >= MIN_VISIBLE_RIM


def _visible_rim_share(logo: Logo, luminance: float, min_contrast: float) -> float:
    """Return the share of a logo's rim with ``min_contrast`` or more to a background of this relative luminance."""
    rim = logo.ink.rim_luminances
    return sum(contrast(step, luminance) >= min_contrast for step in rim) / len(rim) if rim else 1.0


def logo_box(partner: FooterPartner, height_px: float) -> tuple[float, float]:
    """Return the width and height of a logo in CSS px, by its optical area and role.

    ``height_px`` is the height of a lock-up in type in the same footer.
    """
    ratio = partner.logo_ratio or 1.0
    area = (ROLE_SIDE[partner.role] * height_px) ** 2 / sqrt(max(MIN_COVERAGE, partner.appearance.coverage))
    width = min(sqrt(area * ratio), MAX_HEIGHT * height_px * ratio, MAX_WIDTH * height_px)
    width = max(width, partner.appearance.min_width_px)
    return width, width / ratio


def logo_clearance(partner: FooterPartner, height_px: float) -> float:
    """Return the clear space around a logo that is ``height_px`` high. A panel includes this space."""
    return partner.appearance.clearance * height_px


def panel_padding(partner: FooterPartner, height_px: float) -> float:
    """Return how far a logo's panel extends beyond the logo, in CSS px; 0 if it has no panel."""
    return max(PANEL_PAD, partner.appearance.clearance) * height_px if partner.appearance.panel else 0.0


def min_logo_width(logo: Logo, channel: Channel) -> float:
    """Return the minimum width of a logo in the unit of the channel: mm in print, px on screens."""
    min_mm = logo.rules.min_width_mm
    return min_mm if channel.is_print else min_mm / (channel.px_mm or 0.26)


def logo_rules(marks: Iterable[FooterPartner], px_per_unit: float) -> tuple[LogoRule, ...]:
    """Return the requirements for the logos of a footer. ``px_per_unit`` is CSS px per unit of the spec."""
    return tuple(
        LogoRule(
            one.partner,
            one.alt,
            one.logo_ratio,
            one.appearance.min_width_px / px_per_unit,
            one.appearance.clearance,
        )
        for one in marks
        if one.logo_ratio
    )


# Parts of a rebuilt SVG logo that are not flat colours. Inks are given for colours, not for transitions between them.
GRADIENT_PATTERN, OPACITY_PATTERN = re.compile(rb"Gradient"), re.compile(rb'opacity="(?!1")')


def check_press_logos(
    campaign: CampaignModel, marks: Iterable[FooterPartner], press: PressSpec | None
) -> Iterator[Finding]:
    """Yield a finding for each logo with a gradient in a press file, or with opacity in a PDF/X-1a file."""
    for partner in marks:
        logo = campaign.partners[partner.partner].logo
        if press is None or logo is None or partner.logo_url is None:
            continue
        version = partner.logo_url.rpartition("/")[2]
        drawn = {"dark": logo.dark, "mono": logo.mono}.get(version) or logo
        if not drawn.is_vector:
            continue
        hint = "supply the logo in flat colours, or add a one-colour file as mono: under logo:"
        if GRADIENT_PATTERN.search(drawn.content):
            yield Finding(
                "bad-value",
                f"{drawn.file} has a gradient; a press file needs flat colours",
                hint,
                drawn.place,
            )
        if press.variant == X1A and OPACITY_PATTERN.search(drawn.content):
            text = f"{drawn.file} has opacity, which PDF/X-1a does not allow"
            yield Finding("bad-value", text, hint, drawn.place)


def logo_warnings(campaign: CampaignModel, assets: Iterable[Asset]) -> list[Finding]:
    """Return a warning for each logo file with a background of its own, and for each PNG with too few pixels."""
    shown = list(assets)
    partners = {partner.partner for asset in shown for partner in asset.footer_partners}
    findings: list[Finding] = []
    for partner_id in sorted(partners):
        logo = campaign.partners[partner_id].logo
        for version in (logo, logo.dark, logo.mono) if logo else ():
            if version and version.ink.background:
                colour = version.ink.background
                text = f"{version.file} has an opaque background ({colour}), so it is shown on a panel of that colour"
                hint = "export the logo with a transparent background"
                findings.append(Finding("bad-value", text, hint, version.place, Severity.WARNING))
        if logo:
            findings += _warn_of_low_resolution(campaign, logo, partner_id, shown)
    return findings


def _warn_of_low_resolution(
    campaign: CampaignModel, logo: Logo, partner_id: str, assets: list[Asset]
) -> list[Finding]:
    """Return a warning if a logo has too few pixels for any asset. It names the asset with the largest shortage."""
    worst: tuple[float, Asset, float, int] | None = None
    for asset in assets:
        for partner in asset.footer_partners:
            if partner.partner == partner_id and partner.appearance.pixels:
                width, needed = pixels_needed(campaign, asset, partner)
                share = partner.appearance.pixels / needed
                if share < 1 and (worst is None or share < worst[0]):
                    worst = share, asset, width, needed
    if worst is None:
        return []
    _, asset, width, needed = worst
    size = f"{width:.0f} {asset.spec.unit}"
    text = (
        f"the logo in {logo.file} is only {logo.width:.0f} pixels wide; {asset.channel} shows it {size} wide"
    )
    hint = f"supply an SVG, or a PNG with a logo at least {needed} pixels wide"
    return [Finding("bad-value", text, hint, logo.place, Severity.WARNING)]


def pixels_needed(campaign: CampaignModel, asset: Asset, partner: FooterPartner) -> tuple[float, int]:
    """Return the largest width of a logo on an asset, in the unit of its spec, and the pixels needed for it."""
    if asset.template is None or asset.layout_name is None:
        return 0.0, 1
    footer = campaign.templates[asset.template].layouts[asset.layout_name].footer
    page = asset.page
    size_px = max(
        footer.max_size * min(page.width_px, page.height_px), asset.type_size_limits["partner"].preferred_px
    )
    width = logo_box(partner, LOCKUP_EM * size_px)[0] / page.px_per_unit
    per_unit = asset.spec.ppi / MM_PER_INCH if asset.spec.unit == "mm" else 1.0
    return width, round(width * per_unit)


LOCKUP_EM = 1.86
"""The approximate height of a two-line lock-up in em: the leading of one line and a cap height."""
