"""An asset: one finished file with all values resolved, its minimum type sizes and its release dates.

``Asset`` has what rendering needs. Its ``Spec`` has the requirements for the finished file, and is written to the
manifest unchanged. Both are pickled and sent to worker processes. Its ``ReleaseDate``s are the dates that limit when
it may be shown. The plan collects them. ``check_release_dates`` checks them against a day that its caller passes. A
build does not depend on the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from assetgen.findings import NO_PLACE, Finding, Place, Severity
from assetgen.planning.variants import ImpositionSheet, PressSpec
from assetgen.units import MM_PER_PT

if TYPE_CHECKING:
    from assetgen.loading.model import CampaignModel, Channel, Partner

Rect = tuple[float, float, float, float]
"""x, y, width, height; y grows downwards."""


@dataclass(frozen=True, slots=True)
class TypeSizeLimits:
    """The minimum and preferred type size of a role, in CSS px of the page.

    The preflight check ``type-small`` reports smaller type than ``min_px`` as an error, and smaller type than
    ``preferred_px`` as a warning.
    """

    min_px: float
    preferred_px: float


@dataclass(frozen=True, slots=True)
class CopySet:
    """The copy of an asset by role, for one choice of copy lengths. ``name`` is the choice, such as ``long/short``.

    ``places`` has the place in the campaign's files of each role's copy, except for facts and the imprint.
    ``good_breaks`` has, for roles with marks, the numbers of words after which a line should end.
    """

    name: str
    copy_by_role: Mapping[str, str]
    places: Mapping[str, Place] = field(default_factory=dict)
    good_breaks: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code to draw. ``rows`` has ``0`` and ``1`` for each module, without the quiet zone of 4 modules.

    ``module_px`` is the side of a module in CSS px of the page. On screens it is a whole number of pixels.
    """

    link: str
    level: str
    version: int
    rows: tuple[str, ...]
    module_px: float
    quiet_modules: int = 4

    @property
    def side_px(self) -> float:
        """Return the side of the code with its quiet zone, in CSS px of the page."""
        return (len(self.rows) + 2 * self.quiet_modules) * self.module_px


@dataclass(frozen=True, slots=True)
class Page:
    """The page in CSS px (1/96 in). The origin is the top left corner of the trim.

    ``live`` is the safe area. ``px_per_unit`` is the number of CSS px per unit of the channel: 1 on screens,
    96 ÷ 25.4 × scale in print.
    """

    width_px: float
    height_px: float
    bleed_px: float
    live: Rect
    keep_clear: tuple[Rect, ...]
    panel_joins_x: tuple[float, ...]
    panel_joins_y: tuple[float, ...]
    px_per_unit: float


@dataclass(frozen=True, slots=True)
class LogoAppearance:
    """How a logo is drawn in the footer.

    ``coverage`` is the painted share of its box. ``min_width_px`` is its minimum width in CSS px of the page.
    ``clearance`` is its clear space as a share of its height. ``panel`` is the colour of the panel behind it, None if
    it needs none. ``pixels`` is the width of a bitmap in pixels, None for a vector drawing.
    """

    coverage: float = 1.0
    min_width_px: float = 0.0
    clearance: float = 0.0
    panel: str | None = None
    pixels: int | None = None


@dataclass(frozen=True, slots=True)
class FooterPartner:
    """One partner in the footer: its logo's URL and ratio or, without a logo, the names to set as a lock-up."""

    partner: str
    name: str
    short_name: str
    role: str
    logo_url: str | None
    logo_ratio: float | None
    alt: str
    appearance: LogoAppearance = LogoAppearance()


@dataclass(frozen=True, slots=True)
class LogoRule:
    """The requirements for one logo in the footer. Preflight checks find the logo in the page by its alt text.

    ``ratio`` is width ÷ height of the drawn logo. ``least_width`` is its minimum width in the unit of the spec (0:
    no rule). ``clear`` is the clear space around it, as a share of its height (0: no rule).
    """

    partner: str
    alt: str
    ratio: float
    least_width: float
    clear: float


RELEASE_DATE_KINDS = ("embargo", "valid_until", "permission_until", "review_by")


@dataclass(frozen=True, slots=True)
class ReleaseDate:
    """A date that limits when an asset may be shown. ``of`` names the campaign, partner or facts that it belongs to.

    ``kind`` is one of ``RELEASE_DATE_KINDS``. ``day`` is an ISO date. An embargo ends at the start of its day. The
    other dates include their day.
    """

    kind: str
    day: str
    of: str
    place: Place = NO_PLACE

    def as_dict(self) -> dict[str, str]:
        """Return the date as plain values for the manifest."""
        return {"kind": self.kind, "day": self.day, "of": self.of}


@dataclass(frozen=True, slots=True)
class Spec:
    """The requirements for an asset as plain values. Preflight checks compare the finished file with them.

    Lengths are in the unit of the channel: px on screens, mm at final size in print. ``words`` maps the name of each
    allowed choice of copy lengths to its copy by role. The lines of ``imprint`` are separated by line breaks. ``fonts``
    are the allowed families, ``faces`` the PostScript names of their files. ``tel`` is the brand's number in E.164.
    ``numbers`` and ``hosts`` are the only ones allowed in the file, the brand's own first. ``lockups`` has the
    names of each partner in the footer without a logo, full name first. ``code_alt`` is the alt text of the QR code.
    """

    width: float
    height: float
    unit: str
    bleed_mm: float
    scale: float
    ppi: int
    safe: tuple[float, float, float, float]
    safe_circle: float | None
    keep_clear: tuple[Rect, ...]
    panel_joins_x: tuple[float, ...]
    panel_joins_y: tuple[float, ...]
    format: str
    colour: str
    max_bytes: int | None
    recommended_max_bytes: int | None
    view_m: float
    read_m: float
    scan_m: float | None
    px_mm: float | None
    requires: tuple[str, ...]
    words: Mapping[str, Mapping[str, str]]
    link: str | None
    click: str | None
    alt: str
    alt_long: str
    fonts: tuple[str, ...]
    faces: tuple[str, ...]
    tel: str
    numbers: tuple[str, ...]
    hosts: tuple[str, ...]
    locale: str
    lockups: tuple[tuple[str, ...], ...] = ()
    code_alt: str | None = None
    logos: tuple[LogoRule, ...] = ()
    picture_alt: str | None = None
    """The alt text of the brand's picture. None if the picture is decoration or there is none."""
    press: PressSpec | None = None
    """The requirements for a press file; None for every other file."""
    accessible: bool = False
    """Whether the file is tagged as PDF/UA-1."""
    sheet: ImpositionSheet | None = None
    """The sheet on which several pieces are imposed. All other values of the spec describe one piece."""

    def as_dict(self) -> dict[str, Any]:
        """Return the spec as plain values for the manifest."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One finished file to build: its identity, page, copy and colours. A separate QR code file has no copy."""

    id: str
    path: str
    partner: str
    message: str | None = None
    channel: str
    variant: str | None = None
    medium: str
    locale: str
    format: str
    template: str | None = None
    layout_name: str | None = None
    """The name of the template's layout for the channel. None for a separate QR code, or if there is none."""
    background: str | None = None
    shape: str
    accent: str
    on_accent: str = "ink"
    """The palette name of the colour of text on the accent: ``ink``, or ``paper`` on a dark accent."""
    spec: Spec
    page: Page
    copy_sets: tuple[CopySet, ...] = ()
    type_size_limits: Mapping[str, TypeSizeLimits]
    code: Code | None
    footer_partners: tuple[FooterPartner, ...] = ()
    palette: Mapping[str, str]
    """Palette name → colour as ``#RRGGBB``."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Labels (``labels.call``), facts, and campaign and partner names, by dotted name."""
    released: str
    provisional: bool = False
    inputs: Mapping[str, str]
    """Path → sha256 of the files that the plan of this asset depends on."""
    places: Mapping[str, Place]
    """The places where ``template``, ``partner``, ``message``, ``channel`` and ``alt`` (alt text) are written."""
    faults: tuple[Finding, ...] = ()
    """Faults found during planning. An asset with a fault fails before it is rendered."""
    picture: str | None = None
    """The name of the brand's picture on the page. None if none is chosen, or if the layout has no place for one."""
    release_dates: tuple[ReleaseDate, ...] = ()
    """The dates that limit when it may be shown. The contents of the file do not depend on them."""
    inks: Mapping[str, tuple[float, float, float, float]] = field(default_factory=dict)
    """Palette name → cyan, magenta, yellow and black in per cent. Empty unless it is a press file."""

    def _size(self) -> dict[str, Any]:
        """Return the size of the page at final size. For an imposition, that is the size of the sheet."""
        spec = self.spec
        if spec.unit == "px":
            return {"width_px": int(spec.width), "height_px": int(spec.height)}
        if spec.sheet:
            sides = {"width_mm": spec.sheet.width_mm, "height_mm": spec.sheet.height_mm}
            return {**sides, "bleed_mm": 0.0, "scale": 1.0}
        sides = {"width_mm": spec.width, "height_mm": spec.height}
        return {**sides, "bleed_mm": spec.bleed_mm, "scale": spec.scale}

    def describe(self) -> dict[str, Any]:
        """Return the identity and size of the asset, as written to the manifest."""
        return {
            "id": self.id,
            "path": self.path,
            "partner": self.partner,
            "message": self.message,
            "template": self.template,
            "background": self.background,
            "channel": self.channel,
            "variant": self.variant,
            "medium": self.medium,
            "locale": self.locale,
            "format": self.format,
            **self._size(),
            "alt": self.spec.alt,
            "alt_long": self.spec.alt_long,
            "link": self.spec.link,
            "click": self.spec.click,
        }


@dataclass(frozen=True, slots=True)
class Unplanned:
    """An asset of the campaign that cannot be planned, because its message or template has a fault."""

    id: str
    path: str
    partner: str
    message: str | None
    template: str | None
    channel: str
    medium: str
    locale: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All assets of the campaign, sorted by path. ``unplanned`` are those whose message or template has a fault."""

    assets: tuple[Asset, ...]
    unplanned: tuple[Unplanned, ...] = ()
    warnings: tuple[Finding, ...] = ()
    """Findings that do not prevent any asset from being built."""

    def by_id(self) -> dict[str, Asset]:
        """Return the assets by id."""
        return {asset.id: asset for asset in self.assets}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return all findings that are known before rendering."""
        faults = (fault.for_asset(asset.id) for asset in self.assets for fault in asset.faults)
        return (*faults, *self.warnings)


CAMPAIGN, FACTS = "the campaign", "the facts"


def collect_release_dates(
    campaign: CampaignModel, partner: Partner, footer: Iterable[FooterPartner] = ()
) -> tuple[ReleaseDate, ...]:
    """Return a partner's release dates: those of the campaign, the partner, the logos in the footer and the facts.

    ``footer`` are the partners in the footer.
    """
    logos = [campaign.partners[mark.partner] for mark in footer if mark.logo_url is not None]
    known = (
        ("embargo", CAMPAIGN, campaign.file.embargo),
        ("valid_until", CAMPAIGN, campaign.file.valid_until),
        ("embargo", partner.id, partner.file.embargo),
        ("valid_until", partner.id, partner.file.valid_until),
        *(("permission_until", one.id, one.logo.rules.permission_until) for one in logos if one.logo),
        ("review_by", FACTS, campaign.brand.facts.confirmed.review_by),
    )
    return tuple(
        ReleaseDate(kind, date_.day.isoformat(), of, date_.place) for kind, of, date_ in known if date_
    )


def check_release_dates(
    release_dates: Iterable[ReleaseDate], on: date, *, as_errors: bool = False
) -> list[Finding]:
    """Return a finding for each release date that the day ``on`` violates. Equal release dates give one finding.

    If ``as_errors`` is True, as for a pack, an embargo or expiry is an error. Otherwise it is a note or a warning.
    """
    return [
        finding
        for release_date in dict.fromkeys(release_dates)
        for finding in _check_release_date(release_date, on, refusing=as_errors)
    ]


def _check_release_date(release_date: ReleaseDate, on: date, *, refusing: bool) -> Iterator[Finding]:
    day = date.fromisoformat(release_date.day)
    if release_date.kind == "embargo" and on < day:
        severity = Severity.ERROR if refusing else Severity.NOTE
        text = f"{release_date.of} is under embargo until {release_date.day} (checked for {on})"
        yield Finding(
            "embargo",
            text,
            f"publish nothing of it before {release_date.day}",
            release_date.place,
            severity,
        )
    elif release_date.kind == "valid_until" and on > day:
        severity = Severity.ERROR if refusing else Severity.WARNING
        text = f"{release_date.of} was valid until {release_date.day} (checked for {on})"
        hint = "agree on a later date and set valid_until, or withdraw its files"
        yield Finding("expired", text, hint, release_date.place, severity)
    elif release_date.kind == "permission_until" and on > day:
        severity = Severity.ERROR if refusing else Severity.WARNING
        text = (
            f"the permission to show {release_date.of}'s logo ended on {release_date.day} (checked for {on})"
        )
        hint = (
            "ask the logo's owner again, then set permission_until; or remove logo: to show the name in type"
        )
        yield Finding("expired", text, hint, release_date.place, severity)
    elif release_date.kind == "review_by" and on > day:
        text = f"{release_date.of} had to be confirmed again by {release_date.day} (checked for {on})"
        hint = "ask the owner of the service, then set on and review_by under facts.confirmed"
        yield Finding("review-due", text, hint, release_date.place, Severity.WARNING)


NO_CAP_HEIGHTS: Mapping[str, float] = MappingProxyType({})
FAR_ROLES = ("headline", "number")
NEAR_ROLES = ("body", "action", "address", "promise", "partner", "local", "name")
IMPRINT = "imprint"
# Cap height ÷ reading distance: minimum and preferred. Headline and number are read from view_m, other copy from
# read_m.
# 1:120 has the best impact: 1 in per 10 ft, the rule of the sign trade (mobilebillboard.us, distige.com).
# 1:250 is the rule for UK safety signs: 100 mm at 25 m (meansofescape.com). Readers with 6/12 vision, the UK driving
# standard, resolve letters up to 1:344.
# 1:400 is the rule of thumb of 25 mm per 10 m: an absolute minimum.
FAR_MIN, FAR_PREFERRED = 1 / 250, 1 / 120
NEAR_MIN, NEAR_PREFERRED = 1 / 400, 1 / 250
# Minimum and preferred type size in print at any distance, in pt. Clear print has at least 12 pt (UKAAF G003, RNIB).
# Imprint lines are an exception: common practice is at least 8 pt.
PRINT_MIN_PT, PRINT_PREFERRED_PT, IMPRINT_PT = 8, 12, 8
A6_MM2 = 105 * 148


def find_type_size_limits(
    channel: Channel,
    cap_em: float,
    px_per_unit: float,
    cap_em_by_role: Mapping[str, float] = NO_CAP_HEIGHTS,
    min_pt: float = PRINT_MIN_PT,
) -> dict[str, TypeSizeLimits]:
    """Return the minimum and preferred type size of each role, in CSS px of the page.

    Args:
        channel: The channel, with its viewing and reading distance.
        cap_em: The cap height of the text font in em.
        px_per_unit: CSS px per px (screens) or per mm (print).
        cap_em_by_role: The cap height of roles in other fonts, in em.
        min_pt: The minimum size of copy in print, in pt; a press needs more for light text on ink.
    """
    px_per_mm = px_per_unit if channel.is_print else 1 / (channel.px_mm or 0.26)

    def size_px(role: str, distance_m: float, ratio: float) -> float:
        return distance_m * 1000 * ratio / cap_em_by_role.get(role, cap_em) * px_per_mm

    limits = {
        role: TypeSizeLimits(
            size_px(role, channel.view_m, FAR_MIN), size_px(role, channel.view_m, FAR_PREFERRED)
        )
        for role in FAR_ROLES
    }
    for role in (*NEAR_ROLES, IMPRINT):
        limits[role] = TypeSizeLimits(
            size_px(role, channel.read_m, NEAR_MIN), size_px(role, channel.read_m, NEAR_PREFERRED)
        )
    if channel.is_print:
        pt_px = MM_PER_PT * px_per_mm
        preferred_pt = PRINT_PREFERRED_PT if channel.width * channel.height > A6_MM2 else PRINT_MIN_PT
        for role in NEAR_ROLES:
            limits[role] = TypeSizeLimits(
                max(limits[role].min_px, min_pt * pt_px),
                max(limits[role].preferred_px, preferred_pt * pt_px, min_pt * pt_px),
            )
        limits[IMPRINT] = TypeSizeLimits(IMPRINT_PT * pt_px, IMPRINT_PT * pt_px)
    return limits
