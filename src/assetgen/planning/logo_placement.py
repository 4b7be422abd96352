"""The logos of a foot: which file stands there, on what, how large, and what it must keep.

All logos of a foot have one optical area. A logo's optical area is the geometric mean of its box and of the
ink in it: a heavy disc and a thin ring of one box do not weigh the same, and of equal ink alone a thin
wordmark would fill the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import sqrt

from assetgen.colour import contrast, relative_luminance
from assetgen.findings import Finding, Severity
from assetgen.loading.model import Campaign, Channel, Logo
from assetgen.planning.asset import Asset, FootMark, LogoLook, LogoRule
from assetgen.planning.combination import Combination
from assetgen.planning.variants import MONO, X1A, Press
from assetgen.schema.template_file import Arrangement
from assetgen.units import MM_PER_INCH

ROLE_ORDER = {"lead": 0, "joint": 1, "supporting": 2}
# The side of a solid square logo over the height of a name's lock-up, by role.
ROLE_SIDE = {"lead": 1.4, "joint": 1.25, "supporting": 1.1}
# A logo's box over the height of a name's lock-up, at most: a ring on a pole or a line of words stays smaller.
MAX_HEIGHT, MAX_WIDTH = 1.75, 5.5
# The least painted share that a logo is weighed by: a thinner one would grow beyond its neighbours.
MIN_COVERAGE = 0.25
# A file is made for pale backgrounds unless its owner says otherwise: there only one that vanishes is helped.
# On a dark background it has to show as a drawing does (WCAG 2.2, 1.4.11).
MIN_ON_PALE, MIN_ON_DARK = 1.2, 3.0
# How much of its rim has to show, in shares of the steps that were measured.
SHOWS = 0.6
# Round a logo on a panel, in shares of its height, where it asks for no clear space of its own.
PANEL_PAD = 0.22
DARK = 0.18
"""Under this relative luminance white stands out more than black: the background is dark."""


def foot_background(arrangement: Arrangement | None, background: str) -> str:
    """Return the colour of the palette that a foot stands on: its own band of paper, or the design's field."""
    on_field = arrangement is not None and arrangement.footer.surface == "field"
    return "ink" if on_field and background == "dark" else "paper"


def foot_marks(made_of: Combination, background: str) -> tuple[FootMark, ...]:
    """Return the partners in the foot: the partner and those beside it, lead first, then joint, then supporting.

    ``background`` is the colour (``#RRGGBB``) that the foot stands on.
    """
    campaign, partner, channel = made_of.campaign, made_of.partner, made_of.channel
    together = [
        partner,
        *(campaign.partners[name] for name in partner.alongside if name in campaign.partners),
    ]
    ordered = sorted(together, key=lambda one: ROLE_ORDER[one.file.role])
    palette = {name: colour.srgb for name, colour in campaign.brand.file.palette.items()}
    marks = []
    for one in ordered:
        name = one.file.name.text
        mark = FootMark(one.id, name, one.short_name.text, one.file.role, None, None, name)
        if one.logo:
            one_colour = channel.variant == MONO
            form, logo, panel = choose_form(one.logo, background, palette, one_colour=one_colour)
            least_px = least_width(logo, channel) * made_of.page.px_per_unit
            pixels = None if logo.is_vector else int(logo.width)
            look = LogoLook(logo.ink.coverage, least_px, logo.rules.clear, panel, pixels)
            url = f"http://logos.invalid/{one.id}{form}"
            mark = replace(mark, logo_url=url, logo_ratio=logo.ratio, alt=logo.rules.alt, look=look)
        marks.append(mark)
    return tuple(marks)


def choose_form(
    logo: Logo, background: str, palette: Mapping[str, str], *, one_colour: bool = False
) -> tuple[str, Logo, str | None]:
    """Return which of a logo's files stands on a background, the end of its URL first, and its panel's colour.

    A file that brings a background along gets a panel of that colour; one that would vanish gets one of paper, or
    of ink where it is pale itself. ``palette`` is names to ``#RRGGBB``.
    """
    below = relative_luminance(background)
    given = logo.mono if one_colour else logo.dark if below < DARK else None
    if given:
        # Its owner says that it stands there.
        return "/mono" if one_colour else "/dark", given, given.ink.background
    if logo.ink.background is None and _shows(logo, below):
        return "", logo, None
    if logo.mono and logo.mono.ink.background is None and _shows(logo.mono, below):
        return "/mono", logo.mono, None
    if logo.ink.background:
        return "", logo, logo.ink.background
    panels = (palette["paper"], palette["ink"])
    best = max(panels, key=lambda colour: _share_shown(logo, relative_luminance(colour), MIN_ON_DARK))
    return "", logo, best


def _shows(logo: Logo, below: float) -> bool:
    least = MIN_ON_DARK if below < DARK else MIN_ON_PALE
    return _share_shown(logo, below, least) >= SHOWS


def _share_shown(logo: Logo, below: float, least: float) -> float:
    """Return the share of a logo's rim that stands out from a background by a contrast of at least so much."""
    rim = logo.ink.rim
    return sum(contrast(step, below) >= least for step in rim) / len(rim) if rim else 1.0


def logo_box(mark: FootMark, height_px: float) -> tuple[float, float]:
    """Return a logo's width and height in CSS px beside lock-ups of a height: by its optical area and its role."""
    ratio = mark.logo_ratio or 1.0
    area = (ROLE_SIDE[mark.role] * height_px) ** 2 / sqrt(max(MIN_COVERAGE, mark.look.coverage))
    width = min(sqrt(area * ratio), MAX_HEIGHT * height_px * ratio, MAX_WIDTH * height_px)
    width = max(width, mark.look.least_px)
    return width, width / ratio


def keep_clear(mark: FootMark, height_px: float) -> float:
    """Return the space in CSS px that nothing else enters round a logo of a height; a panel holds it inside."""
    return mark.look.clear * height_px


def panel_pad(mark: FootMark, height_px: float) -> float:
    """Return how far a logo's panel reaches beyond it, in CSS px; 0 where it has none."""
    return max(PANEL_PAD, mark.look.clear) * height_px if mark.look.panel else 0.0


def least_width(logo: Logo, channel: Channel) -> float:
    """Return a logo's least width in the channel's unit: mm in print, px on screens."""
    least_mm = logo.rules.min_width_mm
    return least_mm if channel.is_print else least_mm / (channel.px_mm or 0.26)


def logo_rules(marks: Iterable[FootMark], px_per_unit: float) -> tuple[LogoRule, ...]:
    """Return what the logos of a foot must keep, in the unit that so many CSS px make."""
    return tuple(
        LogoRule(one.partner, one.alt, one.logo_ratio, one.look.least_px / px_per_unit, one.look.clear)
        for one in marks
        if one.logo_ratio
    )


# What of a rebuilt SVG logo is no flat ink: an owner gives inks to colours, not to what runs from one to the next.
SHADED, SEE_THROUGH = re.compile(rb"Gradient"), re.compile(rb'opacity="(?!1")')


def logo_faults(campaign: Campaign, marks: Iterable[FootMark], press: Press | None) -> Iterator[Finding]:
    """Yield why a logo cannot go to a press: it has a gradient, or opacity where the press takes none."""
    for mark in marks:
        logo = campaign.partners[mark.partner].logo
        if press is None or logo is None or mark.logo_url is None:
            continue
        form = mark.logo_url.rpartition("/")[2]
        drawn = {"dark": logo.dark, "mono": logo.mono}.get(form) or logo
        if not drawn.is_vector:
            continue
        hint = "hand in the logo in flat colours; logo: mono is its form for one ink"
        if SHADED.search(drawn.content):
            yield Finding(
                "bad-value", f"{drawn.file} has a gradient: a press file needs flat inks", hint, drawn.place
            )
        if press.variant == X1A and SEE_THROUGH.search(drawn.content):
            text = f"{drawn.file} has opacity, which PDF/X-1a does not know"
            yield Finding("bad-value", text, hint, drawn.place)


def logo_warnings(campaign: Campaign, assets: Iterable[Asset]) -> list[Finding]:
    """Return a warning for each logo that stands on a background of its own, and each PNG too small for a foot."""
    shown = list(assets)
    partners = {mark.partner for asset in shown for mark in asset.foot}
    findings: list[Finding] = []
    for partner_id in sorted(partners):
        logo = campaign.partners[partner_id].logo
        for form in (logo, logo.dark, logo.mono) if logo else ():
            if form and form.ink.background:
                own = form.ink.background
                text = (
                    f"{form.file} stands on a background of its own ({own}): it gets a panel of that colour"
                )
                hint = "export the logo with a transparent background"
                findings.append(Finding("bad-value", text, hint, form.place, Severity.WARNING))
        if logo:
            findings += _too_coarse(campaign, logo, partner_id, shown)
    return findings


def _too_coarse(campaign: Campaign, logo: Logo, partner_id: str, assets: list[Asset]) -> list[Finding]:
    """Return a warning for a logo that would be drawn with fewer pixels than the channel asks for, at its worst."""
    worst: tuple[float, Asset, float, int] | None = None
    for asset in assets:
        for mark in asset.foot:
            if mark.partner == partner_id and mark.look.pixels:
                width, needed = pixels_needed(campaign, asset, mark)
                share = mark.look.pixels / needed
                if share < 1 and (worst is None or share < worst[0]):
                    worst = share, asset, width, needed
    if worst is None:
        return []
    _, asset, width, needed = worst
    said = f"{width:.0f} {asset.spec.unit}"
    text = f"{logo.file} is a picture of {logo.width:.0f} pixels; {asset.channel} would show it {said} wide"
    hint = f"hand in an SVG, or a PNG whose logo is at least {needed} pixels wide"
    return [Finding("bad-value", text, hint, logo.place, Severity.WARNING)]


def pixels_needed(campaign: Campaign, asset: Asset, mark: FootMark) -> tuple[float, int]:
    """Return how wide a logo would stand in the asset's unit, with all the room it may take, and the pixels for it."""
    if asset.template is None or asset.arrangement is None:
        return 0.0, 1
    foot = campaign.templates[asset.template].arrangements[asset.arrangement].footer
    page = asset.page
    size_px = max(foot.max_size * min(page.width_px, page.height_px), asset.floors["partner"].good_px)
    width = logo_box(mark, LOCKUP_EM * size_px)[0] / page.px_per_unit
    per_unit = asset.spec.ppi / MM_PER_INCH if asset.spec.unit == "mm" else 1.0
    return width, round(width * per_unit)


LOCKUP_EM = 1.86
"""The height of a lock-up of two lines over its size of type, about: a line's leading and a capital."""
