"""Check an imposed sheet: each piece, and the cut marks.

A sheet's page draws one form several times. What stands in the form is proved by ``prove`` as a page of its own. That
each stands where it is due, whole and the right way round, and that beside the pieces there is nothing but the cut
marks, is read in what the page draws; that the first and the last show it is seen in their pixels.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2 as pdfium
from pikepdf import Array
from pypdfium2 import raw

from assetgen.findings import Finding
from assetgen.geometry import Box
from assetgen.planning.asset import Spec
from assetgen.planning.variants import X1A, Line, Sheet
from assetgen.preflight.content.interpreter import read_paints
from assetgen.preflight.content.paints import Paint
from assetgen.preflight.pdf.finished_page import Frame, frame_of, is_inside
from assetgen.preflight.pdf.pdf_file import DAMAGE, OpenPdf
from assetgen.units import MM_PER_PT, PX_PER_MM, PX_PER_PT

AGAIN = "build it again; if it comes back, the fault is assetgen's: report it with this line"
# A mark stands within this of its place, and is a hairline of black.
SLACK_MM, MAX_PT = 0.1, 0.5


def prove_marks(paints: Iterable[Paint], areas: Sequence[Box], marks: Sequence[Line]) -> Iterator[Finding]:
    """Yield what stands outside the ``areas`` (CSS px) and is no cut mark, and how many marks are not there.

    ``marks`` are in mm from the corner from which the areas are told.
    """
    wholes = [area.grown(SLACK_MM * PX_PER_MM) for area in areas]
    missing = [_box_of(line) for line in marks]
    for paint in paints:
        if any(is_inside(paint.box, whole, 0.0) for whole in wholes):
            continue
        near = next((box for box in missing if _is_mark(paint, box)), None)
        if near is None:
            at = f"{paint.box.x / PX_PER_MM:.1f} mm from the left and {paint.box.y / PX_PER_MM:.1f} mm from the top"
            yield Finding("press", f"{paint.what} stands {at}, where only cut marks are due", AGAIN)
            return
        missing.remove(near)
    if missing:
        yield Finding("press", f"{len(missing)} of {len(marks)} cut marks are not where they are due", AGAIN)


def _box_of(line: Line) -> Box:
    x1, y1, x2, y2 = (value * PX_PER_MM for value in line)
    return Box(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))


def _is_mark(paint: Paint, due: Box) -> bool:
    """Say whether a paint is a hairline in black alone that runs where a mark is due."""
    slack = (SLACK_MM + MAX_PT * MM_PER_PT) * PX_PER_MM
    is_black = paint.plates is not None and paint.plates[:3] == (0.0, 0.0, 0.0) and paint.plates[3] == 1.0
    is_fine = paint.thin_px is not None and paint.thin_px <= MAX_PT * PX_PER_PT
    return is_black and is_fine and paint.box.is_near(due, slack)


PROVED = "that each piece on the sheet is the one that was proved, and the cut marks"
# So many pixels a millimetre show that it is the same piece; its letters are proved elsewhere. Cells begin at half
# millimetres.
PX_DRAWN_PER_MM = 2.0
# A piece is drawn as large as it is, upright or turned a quarter clockwise: a, b, c, d of its matrix.
UPRIGHT, TURNED, SLACK_TURN = (1.0, 0.0, 0.0, 1.0), (0.0, -1.0, 1.0, 0.0), 1e-3
# One pixel beside itself is the same place; apart by more than this of 255 it is another colour.
MAX_APART, MIN_PIXELS = 48, 4

Pixels = npt.NDArray[np.uint8]


class NoPiece(ValueError):
    """A sheet's page does not draw one form; says why, in words."""


def sheet_spec(spec: Spec, sheet: Sheet) -> Spec:
    """Return what the sheet as a page must keep: the paper's size, no bleed."""
    return replace(spec, width=sheet.width_mm, height=sheet.height_mm, bleed_mm=0.0, scale=1.0, sheet=None)


def lifted(content: bytes, spec: Spec) -> bytes:
    """Return the piece of a sheet as a page of its own, with the sheet's other properties. Raises NoPiece."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            _lift(pdf, spec)
            out = io.BytesIO()
            is_x1a = spec.press is not None and spec.press.variant == X1A
            streams = pikepdf.ObjectStreamMode
            mode = streams.disable if is_x1a else streams.generate
            pdf.save(out, object_stream_mode=mode, deterministic_id=True)
    except NoPiece:
        raise
    except DAMAGE as error:
        raise NoPiece("its page cannot be taken apart") from error
    return out.getvalue()


def _lift(pdf: pikepdf.Pdf, spec: Spec) -> None:
    page = pdf.pages[0].obj
    forms = list({one.objgen: one for one in page.Resources.XObject.values()}.values())
    if len(forms) != 1 or forms[0].get("/Subtype") != "/Form":
        raise NoPiece(f"its page has {len(forms)} pictures or forms, where one piece is due")
    (form,) = forms
    page.Contents, page.Resources = pdf.make_stream(form.read_bytes()), form.Resources
    bleed_pt = spec.bleed_mm * spec.scale / MM_PER_PT
    left, bottom, right, top = (float(side) for side in form.BBox)
    page.MediaBox = page.BleedBox = Array([left, bottom, right, top])
    page.TrimBox = Array([left + bleed_pt, bottom + bleed_pt, right - bleed_pt, top - bleed_pt])
    for tag in (one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/K" in one):
        tag.K = _on_page(tag.K, form)


def _on_page(kids: object, form: pikepdf.Object) -> object:
    """Return what a tag holds; marked content of the form is the page's now."""
    if isinstance(kids, pikepdf.Array):
        return Array([_on_page(kid, form) for kid in kids])
    if isinstance(kids, pikepdf.Dictionary) and "/Stm" in kids and kids.Stm.objgen == form.objgen:
        return int(kids.MCID)
    return kids


def prove_pieces(file: OpenPdf, lone: bytes, sheet: Sheet, spec: Spec) -> list[Finding]:
    """Return what is wrong with a sheet, whose piece was lifted out (``lone``) and is proved elsewhere."""
    with pdfium.PdfDocument(file.content) as whole, pdfium.PdfDocument(lone) as piece:
        page = whole[0]
        return [*_copies(page, piece[0], sheet, spec), *_around(file, frame_of(page), sheet, spec.bleed_mm)]


def _around(file: OpenPdf, frame: Frame, sheet: Sheet, bleed_mm: float) -> Iterator[Finding]:
    """Yield what the sheet itself paints but cut marks, and a piece too many, too few or beside its place."""
    painted = read_paints(file.pdf.pages[0], frame, into_forms=False, parse=file.steps)
    yield from prove_marks(painted.paints, [], sheet.marks)
    if len(painted.forms) != len(sheet.cells):
        text = f"the sheet draws {len(painted.forms)} pieces; {len(sheet.cells)} are due"
        yield Finding("press", text, AGAIN)
    turn = TURNED if sheet.turned else UPRIGHT
    width, height = (side + 2 * bleed_mm for side in sheet.cell_mm)
    for x, y in sheet.cells:
        due = Box(*(side * PX_PER_MM for side in (x - bleed_mm, y - bleed_mm, width, height)))
        here = [one for one in painted.forms if one.box.is_near(due, SLACK_MM * PX_PER_MM)]
        if not here:
            yield Finding("press", f"no piece stands {_place(x, y)}", AGAIN)
        elif not all(one.is_plain and math.dist(one.matrix.shorthand[:4], turn) < SLACK_TURN for one in here):
            text = f"the piece {_place(x, y)} is cut, turned or mixed otherwise than it is due"
            yield Finding("press", text, AGAIN)


def _place(x_mm: float, y_mm: float) -> str:
    return f"{x_mm:g} mm from the left and {y_mm:g} mm from the top of the sheet"


def _copies(page: pdfium.PdfPage, piece: pdfium.PdfPage, sheet: Sheet, spec: Spec) -> Iterator[Finding]:
    """Yield a finding for the first and the last cell, where they do not show the piece, bleed and all.

    They see what anybody sees; of those between them the page says the same, which is read.
    """
    width, height = (side + 2 * spec.bleed_mm for side in sheet.cell_mm)
    due = _drawn(piece, (0.0, 0.0, width, height), turned=sheet.turned)
    darkest, lightest = _bounds(due)
    for x, y in (sheet.cells[0], sheet.cells[-1]):
        pixels = _drawn(page, (x - spec.bleed_mm, y - spec.bleed_mm, width, height))
        # The outermost pixels are the end of the bleed, which a neighbour's begins to cover.
        apart = ((pixels < darkest) | (pixels > lightest))[2:-2, 2:-2]
        is_other = apart[..., 0] | apart[..., 1] | apart[..., 2]
        if np.count_nonzero(is_other) >= MIN_PIXELS:
            yield Finding("press", f"the piece {_place(x, y)} is not the one that was proved", AGAIN)


def _bounds(due: Pixels) -> tuple[Pixels, Pixels]:
    """Return the darkest and the lightest that each pixel may be: as far as a hair's shift can bring it."""
    darkest, lightest = _of_neighbours(due, np.minimum), _of_neighbours(due, np.maximum)
    apart = np.uint8(MAX_APART)
    return darkest - np.minimum(darkest, apart), lightest + np.minimum(255 - lightest, apart)


def _of_neighbours(pixels: Pixels, choose: np.ufunc) -> Pixels:
    """Return for each pixel the least or the greatest of itself and the eight around it."""
    chosen = pixels.copy()
    for later, earlier in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
        before = chosen.copy()
        choose(chosen[later], before[earlier], out=chosen[later])
        choose(chosen[earlier], before[later], out=chosen[earlier])
    return chosen


def _drawn(
    page: pdfium.PdfPage, part_mm: tuple[float, float, float, float], *, turned: bool = False
) -> Pixels:
    """Return a part of a page (left, top, width, height) in pixels, so many a millimetre exactly, as it is or turned
    a quarter clockwise."""
    by = PX_DRAWN_PER_MM * MM_PER_PT
    left, top, across, down = (round(side * PX_DRAWN_PER_MM) for side in part_mm)
    # PDFium takes a matrix from pt, from the page's top left corner, to pixels.
    matrix = raw.FS_MATRIX(0, by, -by, 0, across, 0) if turned else raw.FS_MATRIX(by, 0, 0, by, -left, -top)
    bitmap = pdfium.PdfBitmap.new_native(across, down, raw.FPDFBitmap_BGR, rev_byteorder=True)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, across, down)
    raw.FPDF_RenderPageBitmapWithMatrix(
        bitmap.raw, page.raw, matrix, raw.FS_RECTF(0, 0, across, down), raw.FPDF_REVERSE_BYTE_ORDER
    )
    return np.array(bitmap.to_numpy(), np.uint8)
