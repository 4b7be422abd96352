"""Check an imposition sheet: the place of each piece, and the cut marks.

The page of a sheet draws one form several times. The contents of the form are checked elsewhere, as a page of its own
(``preflight.checks``). Here the operators of the sheet show that each piece is in its place, whole and the right way
round, and that the sheet has nothing else except cut marks. The pixels of the first and the last piece show that they
look like the piece that was checked.
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
from assetgen.planning.variants import X1A, ImpositionSheet, Line
from assetgen.preflight.content.interpreter import read_paints
from assetgen.preflight.content.paints import Paint
from assetgen.preflight.pdf.finished_page import Frame, frame_of, is_inside
from assetgen.preflight.pdf.pdf_file import READ_ERRORS, OpenPdf
from assetgen.units import MM_PER_PT, PX_PER_MM, PX_PER_PT

REBUILD_HINT = (
    "build the asset again; if this error appears again, it is a bug in assetgen: "
    "please report it with this message"
)
# How far a piece or a cut mark may be from its place, and how thick a cut mark may be.
TOLERANCE_MM, MAX_MARK_PT = 0.1, 0.5


def check_cut_marks(
    paints: Iterable[Paint], areas: Sequence[Box], marks: Sequence[Line]
) -> Iterator[Finding]:
    """Check that only cut marks are painted outside the printable areas, and that no cut mark is missing.

    Args:
        paints: The paints of the page.
        areas: The areas that may be printed, in CSS px.
        marks: The expected cut marks, in mm from the same origin as the areas.
    """
    allowed = [area.enlarged(TOLERANCE_MM * PX_PER_MM) for area in areas]
    missing = [_line_box(line) for line in marks]
    for paint in paints:
        if any(is_inside(paint.box, area, 0.0) for area in allowed):
            continue
        found = next((box for box in missing if _is_mark(paint, box)), None)
        if found is None:
            at = f"{paint.box.x / PX_PER_MM:.1f} mm from the left and {paint.box.y / PX_PER_MM:.1f} mm from the top"
            yield Finding("press", f"{paint.kind} is {at}, where only cut marks are allowed", REBUILD_HINT)
            return
        missing.remove(found)
    if missing:
        text = f"{len(missing)} of {len(marks)} cut marks are missing or in the wrong place"
        yield Finding("press", text, REBUILD_HINT)


def _line_box(line: Line) -> Box:
    x1, y1, x2, y2 = (value * PX_PER_MM for value in line)
    return Box(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))


def _is_mark(paint: Paint, expected: Box) -> bool:
    """Return whether a paint is a thin line in solid black, at the place of an expected cut mark."""
    tolerance_px = (TOLERANCE_MM + MAX_MARK_PT * MM_PER_PT) * PX_PER_MM
    is_black = paint.plates is not None and paint.plates[:3] == (0.0, 0.0, 0.0) and paint.plates[3] == 1.0
    is_thin = paint.line_thickness_px is not None and paint.line_thickness_px <= MAX_MARK_PT * PX_PER_PT
    return is_black and is_thin and paint.box.is_near(expected, tolerance_px)


CHECKED_OF_SHEET = "that each piece on the sheet is the one that was checked, and the cut marks"
# This resolution shows that two pieces are the same; their letters are checked elsewhere. Pieces start at multiples of
# half a millimetre, so that they start at whole pixels.
RENDERED_PX_PER_MM = 2.0
# A piece is drawn at its own size, upright or rotated by 90° clockwise: a, b, c and d of its matrix.
UPRIGHT, ROTATED, MATRIX_TOLERANCE = (1.0, 0.0, 0.0, 1.0), (0.0, -1.0, 1.0, 0.0), 1e-3
# Pieces may differ by a shift of one pixel and by this many levels of 255. They are different pieces if at least this
# many pixels differ by more.
MAX_LEVEL_DIFFERENCE, MIN_DIFFERENT_PIXELS = 48, 4

Pixels = npt.NDArray[np.uint8]


class PieceError(ValueError):
    """The page of a sheet does not draw exactly one form, or cannot be read; the message says why."""


def sheet_spec(spec: Spec, sheet: ImpositionSheet) -> Spec:
    """Return the spec of the sheet as a page: the size of the paper, without bleed."""
    return replace(spec, width=sheet.width_mm, height=sheet.height_mm, bleed_mm=0.0, scale=1.0, sheet=None)


def extract_piece(content: bytes, spec: Spec) -> bytes:
    """Return a PDF whose page is one piece of the sheet, with the document properties of the sheet.

    Raises:
        PieceError: The page of the sheet does not draw exactly one form, or cannot be read.
    """
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            _replace_by_piece(pdf, spec)
            out = io.BytesIO()
            is_x1a = spec.press is not None and spec.press.variant == X1A
            streams = pikepdf.ObjectStreamMode
            mode = streams.disable if is_x1a else streams.generate
            pdf.save(out, object_stream_mode=mode, deterministic_id=True)
    except PieceError:
        raise
    except READ_ERRORS as error:
        raise PieceError("its page is damaged") from error
    return out.getvalue()


def _replace_by_piece(pdf: pikepdf.Pdf, spec: Spec) -> None:
    page = pdf.pages[0].obj
    forms = list({one.objgen: one for one in page.Resources.XObject.values()}.values())
    if len(forms) != 1 or forms[0].get("/Subtype") != "/Form":
        raise PieceError(f"its page has {len(forms)} pictures or forms instead of one piece")
    (form,) = forms
    page.Contents, page.Resources = pdf.make_stream(form.read_bytes()), form.Resources
    bleed_pt = spec.bleed_mm * spec.scale / MM_PER_PT
    left, bottom, right, top = (float(side) for side in form.BBox)
    page.MediaBox = page.BleedBox = Array([left, bottom, right, top])
    page.TrimBox = Array([left + bleed_pt, bottom + bleed_pt, right - bleed_pt, top - bleed_pt])
    for tag in (one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/K" in one):
        tag.K = _update_tag(tag.K, form)


def _update_tag(kids: object, form: pikepdf.Object) -> object:
    """Return a tag's children, with references to the form's marked content changed to content of the page."""
    if isinstance(kids, pikepdf.Array):
        return Array([_update_tag(kid, form) for kid in kids])
    if isinstance(kids, pikepdf.Dictionary) and "/Stm" in kids and kids.Stm.objgen == form.objgen:
        return int(kids.MCID)
    return kids


def check_pieces(file: OpenPdf, piece_pdf: bytes, sheet: ImpositionSheet, spec: Spec) -> list[Finding]:
    """Check the pieces on a sheet and its cut marks. ``piece_pdf`` is the PDF of one piece, from ``extract_piece``."""
    with pdfium.PdfDocument(file.content) as whole, pdfium.PdfDocument(piece_pdf) as piece:
        page = whole[0]
        return [
            *_compare_pixels(page, piece[0], sheet, spec),
            *_check_sheet(file, frame_of(page), sheet, spec.bleed_mm),
        ]


def _check_sheet(file: OpenPdf, frame: Frame, sheet: ImpositionSheet, bleed_mm: float) -> Iterator[Finding]:
    """Yield findings about anything other than pieces and cut marks, and about missing or misplaced pieces."""
    painted = read_paints(file.pdf.pages[0], frame, into_forms=False, parse=file.parse_stream)
    yield from check_cut_marks(painted.paints, [], sheet.marks)
    if len(painted.forms) != len(sheet.cells):
        text = f"the sheet has {len(painted.forms)} pieces instead of {len(sheet.cells)}"
        yield Finding("press", text, REBUILD_HINT)
    rotation = ROTATED if sheet.turned else UPRIGHT
    width, height = (side + 2 * bleed_mm for side in sheet.cell_mm)
    for x, y in sheet.cells:
        expected = Box(*(side * PX_PER_MM for side in (x - bleed_mm, y - bleed_mm, width, height)))
        here = [one for one in painted.forms if one.box.is_near(expected, TOLERANCE_MM * PX_PER_MM)]
        if not here:
            yield Finding("press", f"there is no piece {_describe_place(x, y)}", REBUILD_HINT)
        elif not all(
            one.is_plain and math.dist(one.matrix.shorthand[:4], rotation) < MATRIX_TOLERANCE for one in here
        ):
            text = f"the piece {_describe_place(x, y)} is clipped, rotated, scaled or blended"
            yield Finding("press", text, REBUILD_HINT)


def _describe_place(x_mm: float, y_mm: float) -> str:
    return f"{x_mm:g} mm from the left and {y_mm:g} mm from the top of the sheet"


def _compare_pixels(
    page: pdfium.PdfPage, piece: pdfium.PdfPage, sheet: ImpositionSheet, spec: Spec
) -> Iterator[Finding]:
    """Yield a finding if the first or the last piece, with its bleed, does not look like the piece that was checked.

    The pieces between them are not compared: the operators show that they draw the same form.
    """
    width, height = (side + 2 * spec.bleed_mm for side in sheet.cell_mm)
    expected = _render(piece, (0.0, 0.0, width, height), turned=sheet.turned)
    darkest, lightest = _allowed_range(expected)
    for x, y in (sheet.cells[0], sheet.cells[-1]):
        pixels = _render(page, (x - spec.bleed_mm, y - spec.bleed_mm, width, height))
        # The outermost pixels are left out: there the bleed of a neighbouring piece begins to cover this one's.
        differs = ((pixels < darkest) | (pixels > lightest))[2:-2, 2:-2]
        is_different = differs[..., 0] | differs[..., 1] | differs[..., 2]
        if np.count_nonzero(is_different) >= MIN_DIFFERENT_PIXELS:
            yield Finding(
                "press", f"the piece {_describe_place(x, y)} is not the one that was checked", REBUILD_HINT
            )


def _allowed_range(expected: Pixels) -> tuple[Pixels, Pixels]:
    """Return the darkest and the lightest value that each pixel may have, so that a shift of one pixel is allowed."""
    darkest, lightest = _filter_neighbours(expected, np.minimum), _filter_neighbours(expected, np.maximum)
    difference = np.uint8(MAX_LEVEL_DIFFERENCE)
    return darkest - np.minimum(darkest, difference), lightest + np.minimum(255 - lightest, difference)


def _filter_neighbours(pixels: Pixels, choose: np.ufunc) -> Pixels:
    """Return the minimum or maximum of each pixel and its eight neighbours."""
    chosen = pixels.copy()
    for later, earlier in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
        before = chosen.copy()
        choose(chosen[later], before[earlier], out=chosen[later])
        choose(chosen[earlier], before[later], out=chosen[earlier])
    return chosen


def _render(
    page: pdfium.PdfPage, part_mm: tuple[float, float, float, float], *, turned: bool = False
) -> Pixels:
    """Render a part of a page at exactly ``RENDERED_PX_PER_MM``, upright or rotated by 90° clockwise.

    ``part_mm`` is left, top, width and height. The result is RGB, shaped (height, width, 3).
    """
    px_per_pt = RENDERED_PX_PER_MM * MM_PER_PT
    left, top, across, down = (round(side * RENDERED_PX_PER_MM) for side in part_mm)
    # The matrix maps pt from the top left corner of the page to pixels.
    matrix = (
        raw.FS_MATRIX(0, px_per_pt, -px_per_pt, 0, across, 0)
        if turned
        else raw.FS_MATRIX(px_per_pt, 0, 0, px_per_pt, -left, -top)
    )
    bitmap = pdfium.PdfBitmap.new_native(across, down, raw.FPDFBitmap_BGR, rev_byteorder=True)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, across, down)
    raw.FPDF_RenderPageBitmapWithMatrix(
        bitmap.raw, page.raw, matrix, raw.FS_RECTF(0, 0, across, down), raw.FPDF_REVERSE_BYTE_ORDER
    )
    return np.array(bitmap.to_numpy(), np.uint8)
