"""What a press file must keep: its variant of PDF/X, its printing condition, its limits of ink and of type.

Inks are in per cent, each plate 0 to 100: a total of four solid plates is 400. The figures are the trade's
(channel facts 4 to 6): 300 % on coated stock, 280 % on uncoated, 240 % in a newspaper; the smallest type and the
finest line by how many plates draw it, since plates never lie exactly on each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assetgen.catalogue.page_sizes import MARK_GAP_MM, MARK_LENGTH_MM, SHEETS
from assetgen.findings import Finding, Severity
from assetgen.loading.model import Brand, Channel
from assetgen.plan.deliverables import MONO
from assetgen.plan.sheets import Line, trim_marks

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
    has_marks = printer is not None and printer.marks and channel.deliverable not in SHEETS
    trim_mm, bleed_mm = (
        (channel.width * channel.scale, channel.height * channel.scale),
        channel.bleed_mm * channel.scale,
    )
    return Press(
        variant=printer.variant if printer and printer.variant else X1A if is_x1a else X4,
        condition=stock,
        intent=condition.intent,
        intent_info=condition.info,
        registry=REGISTRY,
        profile_sha256=condition.profile.sha256 if condition.profile else None,
        plates=("black",) if channel.deliverable == MONO else CMYK,
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
    for colour in brand.palette.values():
        if lacking := sorted(stock for stock in stocks if colour.inks(stock) is None):
            text = f"{colour.name} has no inks for {' and '.join(lacking)}: press files that show it are not made"
            hint = f"add {lacking[0]}: [cyan, magenta, yellow, black], in per cent"
            yield Finding("bad-value", text, hint, colour.place, Severity.WARNING)
