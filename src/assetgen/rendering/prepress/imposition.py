"""The imposer: a finished page gets cut marks, or becomes one form that a sheet draws several times, with its marks.

The page's own operators, fonts and tags are taken over as they are: every piece is the page, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable

import pikepdf
from pikepdf import Array, Dictionary, Name

from assetgen.planning.variants import Line, Sheet
from assetgen.units import MM_PER_PT

# A cut mark is a hairline in black alone: finer ones vanish on some plates, thicker ones hide where to cut.
MARK_PT = 0.25
PIECE = "/Piece"


def impose(pdf: pikepdf.Pdf, sheet: Sheet) -> None:
    """Make a document's one page, whose boxes are set, into a sheet of pieces."""
    page = pdf.pages[0].obj
    trim, media = _sides(page.TrimBox), _sides(page.MediaBox)
    form = _form_of(pdf, page)
    height_pt = sheet.height_mm / MM_PER_PT
    # Each piece is cut by the form's box, which ends with its bleed.
    form.BBox = Array(media)
    drawn = [f"q {_matrix(sheet, cell, trim, height_pt)} cm {PIECE} Do Q" for cell in sheet.cells]
    content = "\n".join([*drawn, *_mark_operators(sheet.marks, (0.0, height_pt))])
    page.Contents = pdf.make_stream(content.encode("ascii"))
    page.Resources = Dictionary(XObject=Dictionary({PIECE: form}))
    whole = Array([0, 0, round(sheet.width_mm / MM_PER_PT, 4), round(height_pt, 4)])
    page.MediaBox, page.TrimBox, page.BleedBox = whole, Array(list(whole)), Array(list(whole))


def draw_marks(pdf: pikepdf.Pdf, marks: Iterable[Line]) -> None:
    """Draw cut marks around a document's one page, whose boxes are set; what it paints itself ends with its bleed."""
    page = pdf.pages[0]
    left, bottom, right, top = _sides(page.BleedBox)
    trim = _sides(page.TrimBox)
    within = f"q {left} {bottom} {right - left:.4f} {top - bottom:.4f} re W n"
    page.contents_add(within.encode("ascii"), prepend=True)
    drawn = "\n".join(["Q", *_mark_operators(marks, (trim[0], trim[3]))])
    page.contents_add(drawn.encode("ascii"))
    page.contents_coalesce()


def _mark_operators(marks: Iterable[Line], origin_pt: tuple[float, float]) -> list[str]:
    """Return the operators that draw lines in black alone.

    ``marks`` are in mm with y downwards from a corner that lies at ``origin_pt`` on the page.
    """
    x0, y0 = origin_pt
    lines = [
        f"{x0 + x1 / MM_PER_PT:.4f} {y0 - y1 / MM_PER_PT:.4f} m {x0 + x2 / MM_PER_PT:.4f} {y0 - y2 / MM_PER_PT:.4f} l S"
        for x1, y1, x2, y2 in marks
    ]
    return [f"q 0 0 0 1 K {MARK_PT} w", *lines, "Q"] if lines else []


def _form_of(pdf: pikepdf.Pdf, page: pikepdf.Object) -> pikepdf.Stream:
    """Return the page's content as a form; its tags then point into the form (ISO 32000-1, 14.7.4.3)."""
    pdf.pages[0].contents_coalesce()
    form = pdf.make_stream(page.Contents.read_bytes())
    form.Type, form.Subtype, form.Resources = Name.XObject, Name.Form, page.Resources
    if "/StructParents" in page:
        form.StructParents = page.StructParents
        del page["/StructParents"]
    tags = (one for one in pdf.objects if isinstance(one, pikepdf.Dictionary))
    for tag in tags:
        if {"/S", "/P", "/K"} <= tag.keys():
            tag.K = _pointing_into(form, page, tag.K)
    return form


def _pointing_into(form: pikepdf.Stream, page: pikepdf.Object, kids: object) -> object:
    """Return what a tag holds; marked content that was known by its number alone is the form's now."""
    if isinstance(kids, pikepdf.Array):
        return Array([_pointing_into(form, page, kid) for kid in kids])
    if isinstance(kids, int):
        return Dictionary(Type=Name.MCR, Pg=page, Stm=form, MCID=kids)
    if isinstance(kids, pikepdf.Dictionary) and "/MCID" in kids:
        kids.Stm = form
    return kids


def _matrix(sheet: Sheet, cell: tuple[float, float], trim: list[float], height_pt: float) -> str:
    """Return the matrix that brings the piece's trim into a cell, upright or turned a quarter clockwise."""
    left, top = cell[0] / MM_PER_PT, height_pt - cell[1] / MM_PER_PT
    if sheet.turned:
        # The piece's left edge comes to the top: x runs down the sheet, y to the right.
        return f"0 -1 1 0 {left - trim[1]:.4f} {top + trim[0]:.4f}"
    return f"1 0 0 1 {left - trim[0]:.4f} {top - trim[3]:.4f}"


def _sides(box: pikepdf.Object) -> list[float]:
    return [float(side) for side in box]
