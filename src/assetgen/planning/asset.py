"""An asset: one finished file with every value resolved, and its minimum type sizes.

``Asset`` holds what drawing needs; its ``Spec`` is what the finished file must keep, and goes into the
manifest word for word. Both are pickled to worker processes. Its ``Term``s are the days that limit when it may be
shown: the plan collects them, ``judged`` gets the day from its caller, and a build never asks for a day.

Cap height over distance: 1:250 is the safety-sign rule and what a 6/12 reader resolves with ease, 1:120
the sign trade's best impact, 1:400 the absolute floor (channel facts 9). A headline and the number are
read from ``view_m``, other words from ``read_m``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from assetgen.findings import NOWHERE, Finding, Place, Severity
from assetgen.planning.variants import Press, Sheet
from assetgen.units import MM_PER_PT

if TYPE_CHECKING:
    from assetgen.loading.model import Campaign, Channel, Partner

Rect = tuple[float, float, float, float]
"""x, y, width, height; y grows downwards."""


@dataclass(frozen=True, slots=True)
class TypeFloor:
    """The sizes that a role's type must keep, in CSS px of the page: ``least_px`` or it is an error,
    ``good_px`` or it is a warning (DESIGN section 5, ``type-small``)."""

    least_px: float
    good_px: float


@dataclass(frozen=True, slots=True)
class WordSet:
    """The words of an asset for one choice of tiers, by role; ``name`` is e.g. ``long/short``.

    ``places`` says where the words of a role were written, for those that a person wrote.
    """

    name: str
    words: Mapping[str, str]
    places: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code as it is to be drawn: rows of ``0`` and ``1``, without the quiet zone of 4 modules.

    ``module_px`` is a module's side in CSS px of the page, a whole number of pixels on screens.
    """

    link: str
    level: str
    version: int
    rows: tuple[str, ...]
    module_px: float
    quiet_modules: int = 4

    @property
    def side_px(self) -> float:
        """Return the code's side with its quiet zone, in CSS px of the page."""
        return (len(self.rows) + 2 * self.quiet_modules) * self.module_px


@dataclass(frozen=True, slots=True)
class Page:
    """The page in CSS px (1/96 in), origin at the trim's top left corner.

    ``px_per_unit`` is CSS px per unit of the channel: 1 on screens, 96 ÷ 25.4 × scale in print.
    ``live`` is the safe area; ``panel_joins_x``, ``panel_joins_y`` where sheets meet.
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
class LogoLook:
    """How a logo stands in the foot: the painted share of its box, its least width in CSS px of the page, its
    clear space as a share of its height, the colour of its panel (None: it needs none), and its width in
    pixels (None: it is drawn sharp at any size)."""

    coverage: float = 1.0
    least_px: float = 0.0
    clear: float = 0.0
    panel: str | None = None
    pixels: int | None = None


@dataclass(frozen=True, slots=True)
class FootMark:
    """One partner in the foot: its logo's URL and ratio, else its names for the typographic lock-up."""

    partner: str
    name: str
    short_name: str
    role: str
    logo_url: str | None
    logo_ratio: float | None
    alt: str
    look: LogoLook = LogoLook()


@dataclass(frozen=True, slots=True)
class LogoRule:
    """What one partner's logo in the foot must keep; it is found in the finished page by its alt text.

    ``ratio`` is width ÷ height of the logo as it is drawn; ``least_width`` is in the spec's unit (0: no rule);
    ``clear`` is the space that stays empty around it, as a share of its height (0: no rule).
    """

    partner: str
    alt: str
    ratio: float
    least_width: float
    clear: float


TERM_KINDS = ("embargo", "valid_until", "permission_until", "review_by")


@dataclass(frozen=True, slots=True)
class Term:
    """A day that binds an asset. ``kind`` is of ``TERM_KINDS``, ``day`` as in 2027-03-31, ``of`` whose it is.

    An embargo ends on its day; the others hold through theirs.
    """

    kind: str
    day: str
    of: str
    place: Place = NOWHERE

    def as_dict(self) -> dict[str, str]:
        """Return the term as plain values for the manifest."""
        return {"kind": self.kind, "day": self.day, "of": self.of}


@dataclass(frozen=True, slots=True)
class Spec:
    """All that an asset must keep, as plain values: what the proofs measure the finished file against.

    Lengths are the channel's: px on screens, mm at final size in print. ``words`` maps the name of each
    set of tiers that is allowed to its words by role; the lines of ``imprint`` are parted by line ends.
    ``fonts`` are the families that may be used, ``faces`` the PostScript names of their files.
    ``tel`` is the brand's number in E.164; ``numbers`` and ``hosts`` are all that may stand in the file, the
    brand's own first; ``locale`` is the language of its words. ``lockups`` has the names of each partner that
    stands in the foot without a logo, the full one first. ``code_alt`` is what the code says to somebody who
    cannot see it.
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
    """What the brand's picture in the page says to somebody who cannot see it; None for decoration, or for none."""
    press: Press | None = None
    """What a file for a press must keep; None of every other."""
    accessible: bool = False
    """Whether the file is tagged to PDF/UA-1."""
    sheet: Sheet | None = None
    """The paper on which the file has its page several up; everything else that is said here is of one piece."""

    def as_dict(self) -> dict[str, Any]:
        """Return the spec as plain values for the manifest."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One finished file: who and what it is, its page, its words, its colours. A code alone has no words."""

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
    arrangement: str | None = None
    """The name of the design's arrangement that answers the channel; None for a code alone, or a fault."""
    background: str | None = None
    shape: str
    accent: str
    spec: Spec
    page: Page
    word_sets: tuple[WordSet, ...] = ()
    floors: Mapping[str, TypeFloor]
    code: Code | None
    foot: tuple[FootMark, ...] = ()
    palette: Mapping[str, str]
    """Palette name → the value that a style sheet writes, for this medium."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Fixed words: ``words.<id>``, facts, campaign and partner names, by dotted name."""
    released: str
    provisional: bool = False
    inputs: Mapping[str, str]
    """Path → sha256 of the files that the plan itself rests on for this asset."""
    places: Mapping[str, Place]
    """Where ``template``, ``partner``, ``message``, ``channel`` and the alt text were written."""
    faults: tuple[Finding, ...] = ()
    """Why it cannot be made, as far as the plan can tell: such an asset fails before it is drawn."""
    picture: str | None = None
    """The brand's picture that fills the design's field; None where none is chosen, or where it has no place."""
    terms: tuple[Term, ...] = ()
    """The days that bind it. Nothing in the file rests on them."""
    inks: Mapping[str, tuple[float, float, float, float]] = field(default_factory=dict)
    """Palette name → cyan, magenta, yellow and black in per cent; empty where no press prints."""

    def _size(self) -> dict[str, Any]:
        """Return the size of the file's page at final size: the paper's, where pieces stand on one."""
        spec = self.spec
        if spec.unit == "px":
            return {"width_px": int(spec.width), "height_px": int(spec.height)}
        if spec.sheet:
            sides = {"width_mm": spec.sheet.width_mm, "height_mm": spec.sheet.height_mm}
            return {**sides, "bleed_mm": 0.0, "scale": 1.0}
        sides = {"width_mm": spec.width, "height_mm": spec.height}
        return {**sides, "bleed_mm": spec.bleed_mm, "scale": spec.scale}

    def describe(self) -> dict[str, Any]:
        """Return who and what the asset is, and its size, as the manifest says it."""
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
    """An asset that is part of the campaign, but whose words or design cannot be read today."""

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
    """Every asset of the campaign, in the order of their paths; ``unplanned`` for want of readable sources."""

    assets: tuple[Asset, ...]
    unplanned: tuple[Unplanned, ...] = ()
    warnings: tuple[Finding, ...] = ()
    """What is worth mending and keeps nothing from being made."""

    def by_id(self) -> dict[str, Asset]:
        """Return the assets by id."""
        return {asset.id: asset for asset in self.assets}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what is known to be wrong before anything is drawn."""
        faults = (fault.for_asset(asset.id) for asset in self.assets for fault in asset.faults)
        return (*faults, *self.warnings)


CAMPAIGN, FACTS = "the campaign", "the facts"


def terms_of(campaign: Campaign, partner: Partner, foot: Iterable[FootMark] = ()) -> tuple[Term, ...]:
    """Return the days that bind an asset of a partner: the campaign's, its own, those of the logos in its foot."""
    logos = [campaign.partners[mark.partner] for mark in foot if mark.logo_url is not None]
    known = (
        ("embargo", CAMPAIGN, campaign.file.embargo),
        ("valid_until", CAMPAIGN, campaign.file.valid_until),
        ("embargo", partner.id, partner.file.embargo),
        ("valid_until", partner.id, partner.file.valid_until),
        *(("permission_until", one.id, one.logo.rules.permission_until) for one in logos if one.logo),
        ("review_by", FACTS, campaign.brand.facts.confirmed.review_by),
    )
    return tuple(Term(kind, said.day.isoformat(), of, said.place) for kind, of, said in known if said)


def judged(terms: Iterable[Term], on: date, *, refusing: bool = False) -> list[Finding]:
    """Return what these days say on a day, each once, however many assets they bind.

    ``refusing``: what may not be shown on that day is an error, as it is for a pack; else it is only told.
    """
    return [finding for term in dict.fromkeys(terms) for finding in _said(term, on, refusing=refusing)]


def _said(term: Term, on: date, *, refusing: bool) -> Iterator[Finding]:
    day = date.fromisoformat(term.day)
    if term.kind == "embargo" and on < day:
        severity = Severity.ERROR if refusing else Severity.NOTE
        text = f"{term.of} is under embargo until {term.day}; asked of {on}"
        yield Finding("embargo", text, f"show nothing of it before {term.day}", term.place, severity)
    elif term.kind == "valid_until" and on > day:
        severity = Severity.ERROR if refusing else Severity.WARNING
        text = f"{term.of} was valid until {term.day}; asked of {on}"
        hint = "ask whoever set the day for a later one, or take its files down"
        yield Finding("expired", text, hint, term.place, severity)
    elif term.kind == "permission_until" and on > day:
        severity = Severity.ERROR if refusing else Severity.WARNING
        text = f"the permission to show {term.of}'s logo ended on {term.day}; asked of {on}"
        hint = "ask the logo's owner again, then set permission_until; without logo: its name stands there"
        yield Finding("expired", text, hint, term.place, severity)
    elif term.kind == "review_by" and on > day:
        text = f"{term.of} were to be confirmed again by {term.day}; asked of {on}"
        hint = "ask the helpline's owner, then set facts.confirmed: on and review_by"
        yield Finding("review-due", text, hint, term.place, Severity.WARNING)


FAR_ROLES = ("headline", "number")
NEAR_ROLES = ("body", "action", "address", "promise", "partner", "local", "name")
IMPRINT = "imprint"
FAR_MIN, FAR_GOOD = 1 / 250, 1 / 120
NEAR_MIN, NEAR_GOOD = 1 / 400, 1 / 250
# Print at any distance, in pt of type size: clear print asks for 12, an imprint in colour for 8.
PRINT_MIN_PT, PRINT_GOOD_PT, IMPRINT_PT = 8, 12, 8
A6_MM2 = 105 * 148


def type_floors(channel: Channel, cap_em: float, px_per_unit: float) -> dict[str, TypeFloor]:
    """Return the floors of each role in CSS px of the page.

    ``cap_em`` is the font's cap height over its size; ``px_per_unit`` CSS px per px (screens) or mm (print).
    """
    px_per_mm = px_per_unit if channel.is_print else 1 / (channel.px_mm or 0.26)

    def size_px(distance_m: float, ratio: float) -> float:
        return distance_m * 1000 * ratio / cap_em * px_per_mm

    floors = {
        role: TypeFloor(size_px(channel.view_m, FAR_MIN), size_px(channel.view_m, FAR_GOOD))
        for role in FAR_ROLES
    }
    near = TypeFloor(size_px(channel.read_m, NEAR_MIN), size_px(channel.read_m, NEAR_GOOD))
    imprint = near
    if channel.is_print:
        pt_px = MM_PER_PT * px_per_mm
        good_pt = PRINT_GOOD_PT if channel.width * channel.height > A6_MM2 else PRINT_MIN_PT
        near = TypeFloor(max(near.least_px, PRINT_MIN_PT * pt_px), max(near.good_px, good_pt * pt_px))
        imprint = TypeFloor(IMPRINT_PT * pt_px, IMPRINT_PT * pt_px)
    return {**floors, **dict.fromkeys(NEAR_ROLES, near), IMPRINT: imprint}
