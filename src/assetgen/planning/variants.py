"""The variants of a channel, imposition sheets, and the requirements for a press file.

``office`` is for desktop printers and screen readers: no bleed, RGB, light background, tagged as PDF/UA-1. ``mono`` is
a press advertisement in black only. ``sheet-a4`` and ``sheet-sra3`` are press files with several pieces imposed on one
sheet, to be cut. The main form has no variant name, and no suffix in its file name.

Inks are in per cent, 0 to 100 for each plate: four solid plates are 400 %.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assetgen.catalogue.page_sizes import (
    MARK_GAP_MM,
    MARK_LENGTH_MM,
    PAPERS,
    SHEETS,
    UNPRINTABLE_MM,
    Imposition,
    find_imposition,
)
from assetgen.findings import Finding

if TYPE_CHECKING:
    from assetgen.loading.model import Brand, Channel

Line = tuple[float, float, float, float]
"""A line from x, y to x, y, in mm from the top left corner of the sheet or trim."""


@dataclass(frozen=True, slots=True)
class ImpositionSheet:
    """An imposition sheet. Positions are in mm from its top left corner.

    ``cells`` has the top left corner of each trim. ``cell_mm`` is the width and height of a trim on the sheet.
    ``turned`` is True if each piece is turned by 90° clockwise. ``marks`` are the cut marks.
    """

    paper: str
    width_mm: float
    height_mm: float
    turned: bool
    cell_mm: tuple[float, float]
    cells: tuple[tuple[float, float], ...]
    marks: tuple[Line, ...]


def sheet_for(channel: Channel) -> ImpositionSheet | None:
    """Return the imposition sheet of a sheet variant. None for other variants, or if two pieces do not fit."""
    paper = SHEETS.get(channel.variant or "")
    grid = find_imposition(paper, channel.width, channel.height, channel.bleed_mm) if paper else None
    if paper is None or grid is None:
        return None
    width_mm, height_mm = PAPERS[paper]
    return ImpositionSheet(
        paper=paper,
        width_mm=width_mm,
        height_mm=height_mm,
        turned=grid.turned,
        cell_mm=grid.cell_mm,
        cells=grid.cells,
        marks=tuple(_marks(grid, channel.bleed_mm, is_round=channel.safe_circle is not None)),
    )


def trim_marks(trim_mm: tuple[float, float], bleed_mm: float) -> tuple[Line, ...]:
    """Return the cut marks of a single page, in mm from the top left corner of its trim."""
    single = Imposition(1, 1, turned=False, cell_mm=trim_mm, cells=((0.0, 0.0),))
    return tuple(_marks(single, bleed_mm, is_round=False))


def _marks(grid: Imposition, bleed_mm: float, *, is_round: bool) -> Iterator[Line]:
    """Yield the cut marks: at both ends of each cut, outside the bleed of all pieces.

    Round pieces are cut out with a die. Shorter marks on their centre lines show where to place it.
    """
    width, height = grid.cell_mm
    lefts, tops = sorted({x for x, _ in grid.cells}), sorted({y for _, y in grid.cells})
    top, bottom = tops[0] - bleed_mm, tops[-1] + height + bleed_mm
    left, right = lefts[0] - bleed_mm, lefts[-1] + width + bleed_mm
    for length, shares in ((MARK_LENGTH_MM, (0.0, 1.0)), (MARK_LENGTH_MM / 2, (0.5,) if is_round else ())):
        far = MARK_GAP_MM + length
        for x in (start + share * width for start in lefts for share in shares):
            yield _line(x, top - far, x, top - MARK_GAP_MM)
            yield _line(x, bottom + MARK_GAP_MM, x, bottom + far)
        for y in (start + share * height for start in tops for share in shares):
            yield _line(left - far, y, left - MARK_GAP_MM, y)
            yield _line(right + MARK_GAP_MM, y, right + far, y)


def _line(x1: float, y1: float, x2: float, y2: float) -> Line:
    return (round(x1, 4), round(y1, 4), round(x2, 4), round(y2, 4))


OFFICE, MONO = "office", "mono"
LIGHT_VARIANTS = frozenset({OFFICE, MONO})
"""Variants on a light background: desktop printers and single-ink printing are not suited to a large dark area."""


def variants_of(channel: Channel) -> Iterator[Channel]:
    """Yield the channel itself, then each of its variants. A sheet is left out if two pieces do not fit on it."""
    yield channel
    for name in channel.variants:
        variant = channel.model_copy(update={"variant": name})
        if name == OFFICE:
            top, right, bottom, left = (max(side, UNPRINTABLE_MM) for side in channel.insets)
            safe = channel.safe if channel.safe_circle else (top, right, bottom, left)
            values = {"bleed_mm": 0.0, "colour": "srgb", "background": "light", "safe": safe, "printer": None}
            yield variant.model_copy(update=values)
        elif name == MONO:
            yield variant.model_copy(update={"background": "light"})
        elif name not in SHEETS or sheet_for(variant):
            yield variant


X4, X1A = "x4", "x1a"
CMYK = ("cyan", "magenta", "yellow", "black")
STOCK_OF_COLOUR = {
    "cmyk-coated": "coated",
    "cmyk-large": "coated",
    "cmyk-uncoated": "uncoated",
    "cmyk-news": "newsprint",
}
"""Colour of a channel → stock on which it is printed."""


@dataclass(frozen=True, slots=True)
class TypeRules:
    """The minimum type size and line width at final size, in pt.

    They depend on the inks, because plates never register exactly. Type sizes: ``solid_pt`` in one solid ink,
    ``tinted_pt`` in one ink under 100 %, ``inks_pt`` in several inks, ``reversed_pt`` for the colour of the stock in an
    inked area. Line widths: ``line_pt`` in one solid ink, ``fine_line_pt`` in every other case.
    """

    solid_pt: float
    tinted_pt: float
    inks_pt: float
    reversed_pt: float
    line_pt: float
    fine_line_pt: float


@dataclass(frozen=True, slots=True)
class PressSpec:
    """The requirements for a press file, in addition to its ``Spec``. Lengths are those of the file, at its scale.

    ``variant`` is ``x4`` (PDF/X-4) or ``x1a`` (PDF/X-1a:2001). ``condition`` is the stock: ``coated``, ``uncoated`` or
    ``newsprint``.

    ``intent`` is the OutputConditionIdentifier of the output intent, ``registry`` its RegistryName and ``intent_info``
    its Info. ``profile_sha256`` is the hash of the ICC profile embedded as DestOutputProfile. It is None if the
    registered name is enough.

    ``plates`` are the inks that may be used. ``ink_limit`` is the maximum total of all inks, averaged over 1 mm.
    ``text_inks`` is the maximum number of inks in a word. ``overprints`` is True if black text overprints.

    ``trim_mm`` is the width and height of TrimBox. ``bleed_mm`` is the distance from TrimBox to BleedBox, ``slug_mm``
    from BleedBox to MediaBox, which leaves room for cut marks. ``marks`` are the cut marks, in mm from the top left
    corner of the trim. ``min_ppi`` is the minimum resolution of placed pictures at final size. ``printer`` is the id of
    the printer.
    """

    variant: str
    condition: str
    intent: str
    intent_info: str
    registry: str
    profile_sha256: str | None
    plates: tuple[str, ...]
    ink_limit: float
    text_inks: int
    type_rules: TypeRules
    trim_mm: tuple[float, float]
    bleed_mm: float
    slug_mm: float
    scale: float
    min_ppi: int
    overprints: bool
    printer: str | None = None
    marks: tuple[Line, ...] = ()

    @property
    def has_profile(self) -> bool:
        """Return whether the output intent embeds an ICC profile."""
        return self.profile_sha256 is not None


# Sheet-fed and digital printing: common trade limits.
SHEET_TYPE = TypeRules(6, 8, 8, 8, 0.25, 0.5)
# Newspapers: the minimum type sizes and line widths of the NIAD file creation guide (niadhelp.co.uk).
NEWS_TYPE = TypeRules(6, 8, 10, 10, 1.0, 1.5)
REGISTRY = "http://www.color.org"


def press_for(channel: Channel, brand: Brand) -> PressSpec | None:
    """Return the requirements for a channel's press file, or None if it is not printed on a press.

    Without an ICC profile the file is PDF/X-1a, which may name a registered condition without embedding its profile.
    Press advertisements are always PDF/X-1a, because UK newspapers require it (Archant and NIAD specifications).
    A printer's own setting takes precedence.
    """
    stock = STOCK_OF_COLOUR.get(channel.colour)
    if not channel.is_print or stock is None:
        return None
    printer = channel.printer
    condition = brand.condition(stock, printer.id if printer else None)
    is_x1a = channel.medium == "press" or condition.profile is None
    has_marks = printer is not None and printer.file.cut_marks and channel.variant not in SHEETS
    trim_mm = (channel.width * channel.scale, channel.height * channel.scale)
    bleed_mm = channel.bleed_mm * channel.scale
    return PressSpec(
        variant=printer.file.pdfx if printer and printer.file.pdfx else X1A if is_x1a else X4,
        condition=stock,
        intent=condition.intent,
        intent_info=condition.info,
        registry=REGISTRY,
        profile_sha256=condition.profile.sha256 if condition.profile else None,
        plates=("black",) if channel.variant == MONO else CMYK,
        ink_limit=condition.ink_limit,
        text_inks=2,
        type_rules=NEWS_TYPE if stock == "newsprint" else SHEET_TYPE,
        trim_mm=trim_mm,
        bleed_mm=bleed_mm,
        slug_mm=MARK_GAP_MM + MARK_LENGTH_MM if has_marks else 0.0,
        scale=channel.scale,
        min_ppi=channel.ppi,
        overprints=False,
        printer=printer.id if printer else None,
        marks=trim_marks(trim_mm, bleed_mm) if has_marks else (),
    )


def press_faults(press: PressSpec | None, brand: Brand) -> Iterator[Finding]:
    """Yield a finding if a press file cannot be built because its ICC profile is missing."""
    if press is None:
        return
    condition = brand.condition(press.condition, press.printer)
    if press.variant == X4 and not condition.profile and press.printer:
        place = brand.printers[press.printer].place
        text = f"PDF/X-4 for {condition.intent} needs an ICC profile, and none is named"
        hint = f"add conditions: {{{press.condition}: {{profile: …}}}}, or pdfx: x1a, to {press.printer}"
        yield Finding("machine", text, hint, place)
    elif condition.missing_profile and not condition.is_registered:
        text = f"the ICC profile {condition.missing_profile} of {condition.intent} is not in brand/profiles"
        yield Finding(
            "machine", text, "ask the printer for it, and put it into brand/profiles", condition.place
        )
