"""The proofs of print on a file for a press: the file as such, all that its page paints, its ink, its bleed.

What is checked is what stands here and in what is called here, and no more: nobody certifies a PDF/X.
"""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2 as pdfium

from assetgen.findings import Finding
from assetgen.planning.asset import Spec
from assetgen.planning.variants import X1A, Press
from assetgen.preflight.bleed import prove_bleed
from assetgen.preflight.cut_marks import prove_marks
from assetgen.preflight.geometry import LOGO, content_figures
from assetgen.preflight.page import Page
from assetgen.preflight.paint_walk import read_paints
from assetgen.preflight.painting import Painted
from assetgen.preflight.pdf_parts import DAMAGE, OpenPdf, told
from assetgen.preflight.pictures import prove_placed
from assetgen.preflight.press_file import (
    AGAIN,
    prove_fonts_embedded,
    prove_intent,
    prove_opaque,
    prove_quiet,
    prove_standard,
)
from assetgen.preflight.press_paint import prove_inks_alone, prove_paints
from assetgen.preflight.total_ink import prove_ink
from assetgen.units import PX_PER_MM

PROVED = (
    "output intent, fonts, colour spaces, inks and total ink, overprints, lines, bleed, pictures' resolution",
    "that words and code stand on few plates",
)
UNCHECKED = ("what PDF/X asks besides: this is no certificate",)
"""What ``verify`` says of a press file."""


def prove_press(file: OpenPdf, page: Page, press: Press, spec: Spec) -> list[Finding]:
    """Return what keeps a file from being printed as it should be."""
    try:
        return [*_file(file, press), *_page(file, page, press, spec)]
    except (*DAMAGE, pdfium.PdfiumError) as error:
        words = told(str(error).partition("\n")[0])
        return [Finding("press", f"the page cannot be read as a press reads it: {words}", AGAIN)]


def _file(file: OpenPdf, press: Press) -> Iterator[Finding]:
    pdf = file.pdf
    yield from prove_standard(pdf, file.content, press.variant)
    yield from prove_intent(pdf, press)
    yield from prove_fonts_embedded(file)
    yield from prove_quiet(file)
    if press.variant == X1A:
        yield from prove_opaque(file)
    if "/BleedBox" not in pdf.pages[0].obj:
        yield Finding("press", "the page has no BleedBox: nobody can tell how far the bleed goes", AGAIN)


def _page(file: OpenPdf, page: Page, press: Press, spec: Spec) -> Iterator[Finding]:
    everything = read_paints(file.pdf.pages[0], page.frame, parse=file.steps)
    yield from prove_inks_alone(everything, press, spec)
    # Beyond the bleed stand a printer's marks, in every ink and as fine as a knife needs them.
    sheet = page.trim.grown(press.bleed_mm * PX_PER_MM)
    inside = tuple(paint for paint in everything.paints if paint.box.meets(sheet))
    painted = Painted(inside, everything.group_spaces)
    logos, code = _marks(page, spec)
    yield from prove_paints(painted, press, code, logos, spec)
    yield from prove_placed(painted, press.min_ppi, logos | code, spec)
    yield from prove_ink(file.content, painted, press.ink_limit, spec)
    yield from prove_bleed(page, painted, press, spec)
    if press.slug_mm:
        seen = (paint for paint in everything.paints if paint.box.meets(page.box))
        yield from prove_marks(seen, [sheet], press.marks)


def _marks(page: Page, spec: Spec) -> tuple[frozenset[int], frozenset[int]]:
    """Return the marked content of the logos, and of the code."""
    logos: set[int] = set()
    code: set[int] = set()
    for role, figure in content_figures(page, spec):
        marks = {mark for at in figure.objects if (mark := page.objects[at].mark) is not None}
        (logos if role == LOGO else code).update(marks)
    return frozenset(logos), frozenset(code)
