"""The variants of a channel, imposition sheets, and what a press file must keep.

Round pieces are punched out by a die: marks on their middle lines, half as long, say where its centre goes.

``office`` is for a printer on somebody's desk, and the form that is read aloud: no bleed, RGB, on light background,
tagged to PDF/UA-1. ``mono`` is a press advertisement in black alone. ``sheet-a4`` and ``sheet-sra3`` are the press
file of a small thing several up on a paper, to be cut. The main form has no name, and no suffix.

Inks are in per cent, each plate 0 to 100: a total of four solid plates is 400. The figures are the trade's
(channel facts 4 to 6): 300 % on coated stock, 280 % on uncoated, 240 % in a newspaper; the smallest type and the
finest line by how many plates draw it, since plates never lie exactly on each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assetgen.catalogue.page_sizes import (
    MARK_GAP_MM,
    MARK_LENGTH_MM,
    PAPERS,
    SHEETS,
    UNPRINTABLE_MM,
    Grid,
    grid_on,
)
from assetgen.findings import Finding, Severity

if TYPE_CHECKING:
    from assetgen.loading.model import Brand, Channel

Line = tuple[float, float, float, float]
"""From x, y to x, y, in mm from the sheet's top left corner."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper and what stands on it, in mm from its top left corner.

    ``cells`` are the trims' top left corners, each trim ``cell_mm`` wide and high on the sheet; the piece is
    turned a quarter clockwise where ``turned``. ``marks`` are the lines by which it is cut.
    """

    paper: str
    width_mm: float
    height_mm: float
    turned: bool
    cell_mm: tuple[float, float]
    cells: tuple[tuple[float, float], ...]
    marks: tuple[Line, ...]


def sheet_for(channel: Channel) -> Sheet | None:
    """Return the sheet of a form that is printed several up; None of any other, or where two do not fit."""
    paper = SHEETS.get(channel.variant or "")
    grid = grid_on(paper, channel.width, channel.height, channel.bleed_mm) if paper else None
    if paper is None or grid is None:
        return None
    width_mm, height_mm = PAPERS[paper]
    return Sheet(
        paper=paper,
        width_mm=width_mm,
        height_mm=height_mm,
        turned=grid.turned,
        cell_mm=grid.cell_mm,
        cells=grid.cells,
        marks=tuple(_marks(grid, channel.bleed_mm, is_round=channel.safe_circle is not None)),
    )


def trim_marks(trim_mm: tuple[float, float], bleed_mm: float) -> tuple[Line, ...]:
    """Return the marks of a page that stands alone, in mm from its trim's top left corner."""
    alone = Grid(1, 1, turned=False, cell_mm=trim_mm, cells=((0.0, 0.0),))
    return tuple(_marks(alone, bleed_mm, is_round=False))


def _marks(grid: Grid, bleed_mm: float, *, is_round: bool) -> Iterator[Line]:
    """Yield the marks: at both ends of each cut, outside the bleed of all pieces, where no piece is printed."""
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
ON_LIGHT = frozenset({OFFICE, MONO})
"""A desktop printer, or one ink, has no dark field."""


def forms_of(channel: Channel) -> Iterator[Channel]:
    """Yield the channel itself, then each of its further forms; a sheet that two do not fit on is none."""
    yield channel
    for name in channel.variants:
        form = channel.model_copy(update={"variant": name})
        if name == OFFICE:
            top, right, bottom, left = (max(side, UNPRINTABLE_MM) for side in channel.insets)
            safe = channel.safe if channel.safe_circle else (top, right, bottom, left)
            values = {"bleed_mm": 0.0, "colour": "srgb", "background": "light", "safe": safe, "printer": None}
            yield form.model_copy(update=values)
        elif name == MONO:
            yield form.model_copy(update={"background": "light"})
        elif name not in SHEETS or sheet_for(form):
            yield form


X4, X1A = "x4", "x1a"
CMYK = ("cyan", "magenta", "yellow", "black")
CONDITION_OF = {
    "cmyk-coated": "coated",
    "cmyk-large": "coated",
    "cmyk-uncoated": "uncoated",
    "cmyk-news": "newsprint",
}
"""A channel's colour → the set of inks of the palette that it is printed in."""


@dataclass(frozen=True, slots=True)
class TypeRules:
    """The least type (pt of size) and the thinnest line (pt) at final size, by how they are inked.

    ``solid_pt``: in one solid ink; ``tinted_pt``: in one ink under 100 %; ``inks_pt``: in more inks than one;
    ``reversed_pt``: in the stock's own colour out of ink. ``line_pt``: one solid ink; ``fine_line_pt``: any other.
    """

    solid_pt: float
    tinted_pt: float
    inks_pt: float
    reversed_pt: float
    line_pt: float
    fine_line_pt: float


@dataclass(frozen=True, slots=True)
class Press:
    """All that a press file must keep beside what its ``Spec`` says. Lengths in the file, at its scale.

    ``variant`` is ``x4`` (PDF/X-4) or ``x1a`` (PDF/X-1a:2001); ``condition`` names the palette's set of inks
    (``coated``, ``uncoated``, ``newsprint``). ``intent`` is the output intent's OutputConditionIdentifier as
    it is registered with ``registry``, ``intent_info`` its words. ``profile_sha256`` is that of the ICC profile
    that is embedded as its DestOutputProfile, None where the registered name alone stands for it.
    ``plates`` are the inks that may print; ``ink_limit`` the most of all together, over 1 mm; ``text_inks`` how
    many of them a word may be in. ``trim_mm`` is TrimBox's width and height, ``bleed_mm`` what BleedBox and
    MediaBox have beyond it on each side; ``slug_mm`` what MediaBox has beyond BleedBox, for marks.
    ``min_ppi`` is the least resolution of a placed picture at final size. ``overprints``: black words overprint.
    ``printer`` is the id of who prints it, ``marks`` its cut marks, in mm from the trim's top left corner.
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
        """Say whether the output intent carries its profile."""
        return self.profile_sha256 is not None


SHEET_TYPE = TypeRules(6, 8, 8, 8, 0.25, 0.5)
NEWS_TYPE = TypeRules(6, 8, 10, 10, 1.0, 1.5)
REGISTRY = "http://www.color.org"


def press_for(channel: Channel, brand: Brand) -> Press | None:
    """Return what a channel's file must keep at the press; None for one that no press prints.

    Without an ICC profile a file is PDF/X-1a, which may name a registered condition alone. So is every press
    advertisement, by the papers' own rule.
    """
    stock = CONDITION_OF.get(channel.colour)
    if not channel.is_print or stock is None:
        return None
    printer = channel.printer
    condition = brand.condition(stock, printer.id if printer else None)
    is_x1a = channel.medium == "press" or condition.profile is None
    has_marks = printer is not None and printer.file.cut_marks and channel.variant not in SHEETS
    trim_mm = (channel.width * channel.scale, channel.height * channel.scale)
    bleed_mm = channel.bleed_mm * channel.scale
    return Press(
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


def press_faults(press: Press | None, brand: Brand) -> Iterator[Finding]:
    """Yield why a press file cannot be made on this machine: its profile is not there, and it needs one."""
    if press is None:
        return
    condition = brand.condition(press.condition, press.printer)
    if press.variant == X4 and not condition.profile and press.printer:
        place = brand.printers[press.printer].place
        text = f"PDF/X-4 for {condition.intent} needs its ICC profile, which nobody named"
        hint = f"add conditions: {{{press.condition}: {{profile: …}}}}, or variant: x1a, to {press.printer}"
        yield Finding("machine", text, hint, place)
    elif condition.missing and not condition.is_registered:
        text = f"the ICC profile {condition.missing} of {condition.intent} is not in brand/profiles"
        yield Finding("machine", text, "ask the printer for it, and put it there", condition.place)


def ink_warnings(brand: Brand, presses: Iterable[Press | None]) -> Iterator[Finding]:
    """Yield a warning for each colour of the palette without inks for a stock that the campaign prints on."""
    stocks = {press.condition for press in presses if press}
    for name, colour in brand.file.palette.items():
        if lacking := sorted(stock for stock in stocks if colour.inks(stock) is None):
            text = f"{name} has no inks for {' and '.join(lacking)}: press files that show it are not made"
            hint = f"add {lacking[0]}: [cyan, magenta, yellow, black], in per cent"
            yield Finding("bad-value", text, hint, brand.palette_places[name], Severity.WARNING)
