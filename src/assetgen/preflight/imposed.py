"""The proof of a sheet: one piece is lifted out and proved as any page is; then each piece must be that one.

A sheet's page draws one form several times. What stands in the form is proved by ``prove`` as a page of its own. That
every cell shows it, where it is due and with nothing over it, is seen in the pixels; that outside the cells there is
nothing but the cut marks is read in what the page paints.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pikepdf
import pypdfium2 as pdfium
from pikepdf import Array
from PIL import Image
from PIL.ImageFilter import MaxFilter, MinFilter
from pypdfium2 import raw

from assetgen.findings import Finding
from assetgen.geometry import Box
from assetgen.plan.asset import Spec
from assetgen.plan.press import X1A
from assetgen.plan.sheets import Sheet
from assetgen.preflight.cut_marks import prove_marks
from assetgen.preflight.page import Page
from assetgen.preflight.paint_walk import read_paints
from assetgen.preflight.press_file import AGAIN
from assetgen.units import MM_PER_PT, PX_PER_MM, PX_PER_PT

PROVED = "that each piece on the sheet is the one that was proved, and the cut marks"
# So many pixels a millimetre show a figure of the smallest type, and its neighbour for it (150 ppi).
PX_DRAWN_PER_MM = 6.0
# One pixel beside itself is the same place; apart by more than this of 255 it is another colour.
MOST_APART, LEAST_PIXELS = 48, 4


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
            pdf.save(
                out,
                object_stream_mode=streams.disable if is_x1a else streams.generate,
                deterministic_id=True,
            )
    except NoPiece:
        raise
    # A damaged file shows itself anywhere, as one of these.
    except (pikepdf.PdfError, ValueError, TypeError, LookupError, AttributeError, RuntimeError) as error:
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


def prove_pieces(page: Page, piece: Page, content: bytes, sheet: Sheet, spec: Spec) -> Iterator[Finding]:
    """Yield what is wrong with a sheet, whose ``piece`` was lifted out and is proved elsewhere."""
    yield from _copies(page, piece, sheet, spec)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        paints = read_paints(pdf.pages[0], page.frame).paints
        areas = [cell.grown(spec.bleed_mm * PX_PER_MM) for cell in _cells(sheet)]
        yield from prove_marks(paints, areas, sheet.marks)


def _copies(page: Page, piece: Page, sheet: Sheet, spec: Spec) -> Iterator[Finding]:
    """Yield a finding for each cell that does not show the piece, bleed and all."""
    due = _drawn(piece, piece.box)
    if sheet.turned:
        due = due.transpose(Image.Transpose.ROTATE_270)
    # The darkest and the lightest of each pixel and its neighbours: as far as a hair's shift can bring it.
    darkest, lightest = (np.asarray(due.filter(one), np.int16) for one in (MinFilter(3), MaxFilter(3)))
    for (x, y), cell in zip(sheet.cells, _cells(sheet), strict=True):
        pixels = np.asarray(_drawn(page, cell.grown(spec.bleed_mm * PX_PER_MM)), np.int16)
        if pixels.shape != darkest.shape:
            yield Finding("press", "the piece on the sheet has another size than its cells", AGAIN)
            return
        is_other = np.any((pixels < darkest - MOST_APART) | (pixels > lightest + MOST_APART), axis=2)
        # The outermost pixels are the end of the bleed, which a neighbour's begins to cover.
        if np.count_nonzero(is_other[1:-1, 1:-1]) >= LEAST_PIXELS:
            text = f"the piece {x:g} mm from the left and {y:g} mm from the top of the sheet"
            yield Finding("press", f"{text} is not the one that was proved", AGAIN)


def _drawn(page: Page, box: Box) -> Image.Image:
    """Return a part of a page in pixels that begin exactly at its corner, wherever on the page that is."""
    scale = PX_DRAWN_PER_MM / PX_PER_MM
    width, height = round(box.width * scale), round(box.height * scale)
    bitmap = pdfium.PdfBitmap.new_native(width, height, raw.FPDFBitmap_BGRx, rev_byteorder=True)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
    # PDFium takes a matrix from pt, from the page's top left corner, to pixels.
    left, top = (box.x - page.box.x) * scale, (box.y - page.box.y) * scale
    matrix = raw.FS_MATRIX(scale * PX_PER_PT, 0, 0, scale * PX_PER_PT, -left, -top)
    raw.FPDF_RenderPageBitmapWithMatrix(
        bitmap.raw, page.pdfium.raw, matrix, raw.FS_RECTF(0, 0, width, height), raw.FPDF_REVERSE_BYTE_ORDER
    )
    picture: Image.Image = bitmap.to_pil().convert("RGB")
    return picture


def _cells(sheet: Sheet) -> Iterator[Box]:
    width, height = sheet.cell_mm
    for x, y in sheet.cells:
        yield Box(x * PX_PER_MM, y * PX_PER_MM, width * PX_PER_MM, height * PX_PER_MM)
