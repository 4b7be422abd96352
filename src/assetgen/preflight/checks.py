"""The proof of one finished file: every check, in turn, each on its own.

``prove`` gets the finished bytes, the page that they were made from (a PDF is its own), the spec and what was
measured while making; it never asks how the file was made. A fault in one check never hides another's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pypdfium2 as pdfium
from PIL import Image

from assetgen.findings import Finding
from assetgen.planning.asset import Spec
from assetgen.planning.variants import Sheet
from assetgen.preflight.artwork_checks import (
    content_figures,
    prove_apart,
    prove_logos,
    prove_pictures,
    prove_safe,
    prove_told,
)
from assetgen.preflight.pdf.canvas import Canvas, Layers, PageCanvas, RasterCanvas, canvas_of, is_words_last
from assetgen.preflight.pdf.finished_page import FinishedPage
from assetgen.preflight.pdf.pdf_file import OpenPdf, is_smooth, prove_boxes, prove_pdf_file
from assetgen.preflight.press.imposition_checks import NoPiece, lifted, prove_pieces, sheet_spec
from assetgen.preflight.press.press_checks import prove_press
from assetgen.preflight.qr.code_checks import (
    MAX_SIDE_PX,
    code_places,
    codes_are_nowhere_else,
    prove_code,
    prove_code_svg,
)
from assetgen.preflight.raster_file import prove_raster_file
from assetgen.preflight.results import DetectedRegion, Proof, told_box
from assetgen.preflight.text.embedded_fonts import face_of, prove_fonts, prove_glyphs
from assetgen.preflight.text.found_words import find_facts, find_roles, word_marks
from assetgen.preflight.text.legibility import find_contrasts, prove_contrast, prove_type_size
from assetgen.preflight.text.text_lines import Reading
from assetgen.preflight.text.visibility import Views, prove_clipped, prove_seen

# A page is drawn so that its smallest letters have this many pixels, within these bounds.
GOOD_LETTER_PX = 12
MAX_PAGE_PIXELS = 1_200_000
MAX_SCALE = 4.0
# A background without words is calm, or a photograph too restless for letters: this many pixels show it.
BACKGROUND_PIXELS = 200_000


def prove(content: bytes, page: bytes | None, spec: Spec, measured: Mapping[str, Any]) -> Proof:
    """Return what is wrong with a finished file, and the marks of what was found in it.

    ``page`` is the PDF that a raster file was made from; of a PDF, its own bytes; None for a code alone.
    ``measured`` has the ``tier`` of copy that was used and the roles ``omitted`` for want of room.
    """
    if spec.format == "svg":
        return prove_code_svg(content, spec)
    if spec.sheet:
        return _prove_sheet(content, spec.sheet, spec, measured)
    if spec.format == "pdf":
        return _prove_pdf(content, spec, measured)
    return _prove_raster(content, page, spec, measured)


def _prove_pdf(content: bytes, spec: Spec, measured: Mapping[str, Any]) -> Proof:
    file = OpenPdf(content)
    return Proof.joined([prove_pdf_file(file, spec), _prove_page(file, spec, measured)])


def _prove_page(file: OpenPdf, spec: Spec, measured: Mapping[str, Any]) -> Proof:
    """Return the proof of what stands on a PDF's page."""
    try:
        page = FinishedPage(file.content)
    except pdfium.PdfiumError as error:
        return _unreadable("page", error)
    with page:
        canvas = canvas_of(page)
        places = code_places(page)
        is_nowhere_else = codes_are_nowhere_else(page, places) and is_smooth(file)
        code = prove_code(canvas, spec, places, is_nowhere_else=is_nowhere_else)
        press = Proof(tuple(prove_press(file, page, spec.press, spec))) if spec.press else Proof()
        if not spec.words or not max(page.box.width, page.box.height) <= MAX_SIDE_PX:
            return Proof.joined([code, press])
        views = _page_views(page, canvas)
        return Proof.joined([code, press, _prove_words(views, file, spec, measured)])


def _prove_sheet(content: bytes, sheet: Sheet, spec: Spec, measured: Mapping[str, Any]) -> Proof:
    """Return the proof of a piece that stands several up, and of the sheet around it."""
    file = OpenPdf(content)
    of_file = prove_pdf_file(file, sheet_spec(spec, sheet))
    try:
        piece = lifted(content, spec)
        of_sheet = Proof(tuple(prove_pieces(file, piece, sheet, spec)))
    except (NoPiece, pdfium.PdfiumError) as error:
        return Proof.joined([of_file, _unreadable("sheet", error)])
    alone, lone = OpenPdf(piece), replace(spec, sheet=None)
    return Proof.joined([of_file, of_sheet, prove_boxes(alone, lone), _prove_page(alone, lone, measured)])


def _prove_raster(content: bytes, page_pdf: bytes | None, spec: Spec, measured: Mapping[str, Any]) -> Proof:
    of_file, picture = prove_raster_file(content, spec)
    canvas: Canvas | None = RasterCanvas(picture) if picture else None
    if page_pdf is None or not spec.words:
        return Proof.joined([of_file, prove_code(canvas, spec) if canvas else Proof()])
    try:
        page = FinishedPage(page_pdf)
    except pdfium.PdfiumError as error:
        return Proof.joined([of_file, _unreadable("page", error)])
    with page:
        code = prove_code(canvas, spec, code_places(page)) if canvas else Proof()
        views = _views(page, picture, spec)
        return Proof.joined([of_file, code, _prove_words(views, OpenPdf(page_pdf), spec, measured)])


def _page_views(page: FinishedPage, canvas: PageCanvas) -> Views:
    """Return a PDF's page. Where nothing can lie over its words, a coarse background says what is under them."""
    scale = _scale(page)
    if not is_words_last(page):
        return Views(page, Layers.of(page, scale))
    coarse = math.sqrt(BACKGROUND_PIXELS / (page.box.width * page.box.height))
    return Views(page, Layers.bare(page, canvas, scale, min(scale, coarse)), known_bare=True)


def _views(page: FinishedPage, picture: Image.Image | None, spec: Spec) -> Views:
    """Return a raster file beside its page; of a file of another size, the page alone."""
    layers = Layers.of(page, 1.0)
    if picture is None or picture.size != layers.drawn_background.size:
        return Views(page, layers)
    is_lossy, has_palette = spec.format in ("jpg", "webp"), picture.mode == "P"
    return Views(page, layers, picture.convert("RGB"), is_lossy=is_lossy, has_palette=has_palette)


def _unreadable(what: str, error: Exception) -> Proof:
    return Proof((Finding("size", f"the {what} cannot be read: {error}", "build it again"),))


def _scale(page: FinishedPage) -> float:
    """Return the scale at which a page's letters have pixels enough, and the page not too many."""
    smallest = min((letter.size_px for letter in page.letters if letter.size_px > 0), default=GOOD_LETTER_PX)
    most = math.sqrt(MAX_PAGE_PIXELS / (page.box.width * page.box.height))
    return min(most, MAX_SCALE, max(1.0, GOOD_LETTER_PX / smallest))


def _prove_words(views: Views, file: OpenPdf, spec: Spec, measured: Mapping[str, Any]) -> Proof:
    """Return every finding about a page's words and what stands beside them, and the marks of all that was found."""
    page, layers, reading = views.page, views.layers, Reading.of(views.page)
    promised = dict(spec.words.get(str(measured.get("tier"))) or next(iter(spec.words.values())))
    facts = find_facts(reading, spec, promised)
    roles = find_roles(page, reading, facts, spec, promised, measured.get("omitted") or ())
    contrasts = find_contrasts(page, reading.lines, layers, None if views.is_bare else views.drawn)
    faces = {at: face_of(font) for at, font in page.fonts.items()}
    weights = {at: face.weight for at, face in faces.items() if face}
    reversed_objects = {letter.object for one in contrasts if one.is_reversed for letter in one.line.letters}
    findings = [
        *facts.findings,
        *roles.findings,
        *prove_clipped(page, roles, layers, spec),
        *prove_safe(page, reading.lines, roles, spec),
        *prove_apart(page, reading.paragraphs, roles, spec, layers.scale),
        *prove_fonts(page, spec),
        *prove_glyphs(page, file, spec),
        *prove_contrast(contrasts, roles, weights, spec),
        *prove_type_size(page.letters, roles, faces, reversed_objects, spec),
        *prove_logos(views, spec),
        # What a press paints is read by operators, its pictures among it.
        *(() if spec.press else prove_pictures(page, spec)),
        *prove_told(page, spec),
        *prove_seen(views, roles, spec),
    ]
    logos = [
        DetectedRegion(role, told_box(figure.box, spec))
        for role, figure in content_figures(page, spec)
        if role == "logo"
    ]
    marks = [*word_marks(roles, layers, spec), *logos]
    return Proof(tuple(findings), tuple(marks))
