"""Run every preflight check on one finished file.

``prove`` gets the finished bytes, the page they were rendered from (for a PDF, the file itself), the spec and the
measurements of the build. It does not depend on how the file was rendered. The checks run independently, so a
fault found by one never hides a fault found by a different one.
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

# A page is rendered at a scale that gives its smallest letters this many pixels, within the bounds below.
LETTER_PX = 12
MAX_PAGE_PIXELS = 1_200_000
MAX_SCALE = 4.0
# This many pixels are enough to tell a calm background from one that is too busy for text.
BACKGROUND_PIXELS = 200_000


def prove(content: bytes, page: bytes | None, spec: Spec, measured: Mapping[str, Any]) -> Proof:
    """Return the findings and the detected regions of a finished file.

    ``page`` is the PDF that a raster file was rendered from. For a PDF it is the file itself. For a file that is
    only a QR code it is None. ``measured`` has the copy length that was used (``tier``) and the roles that did not
    fit (``omitted``).
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
    """Check the content of a PDF's page."""
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
    """Check one piece of an imposed sheet as a page of its own, and the sheet around the pieces."""
    file = OpenPdf(content)
    file_result = prove_pdf_file(file, sheet_spec(spec, sheet))
    try:
        piece = lifted(content, spec)
        sheet_result = Proof(tuple(prove_pieces(file, piece, sheet, spec)))
    except (NoPiece, pdfium.PdfiumError) as error:
        return Proof.joined([file_result, _unreadable("sheet", error)])
    piece_file, piece_spec = OpenPdf(piece), replace(spec, sheet=None)
    return Proof.joined(
        [
            file_result,
            sheet_result,
            prove_boxes(piece_file, piece_spec),
            _prove_page(piece_file, piece_spec, measured),
        ]
    )


def _prove_raster(content: bytes, page_pdf: bytes | None, spec: Spec, measured: Mapping[str, Any]) -> Proof:
    file_result, picture = prove_raster_file(content, spec)
    canvas: Canvas | None = RasterCanvas(picture) if picture else None
    if page_pdf is None or not spec.words:
        return Proof.joined([file_result, prove_code(canvas, spec) if canvas else Proof()])
    try:
        page = FinishedPage(page_pdf)
    except pdfium.PdfiumError as error:
        return Proof.joined([file_result, _unreadable("page", error)])
    with page:
        code = prove_code(canvas, spec, code_places(page)) if canvas else Proof()
        views = _raster_views(page, picture, spec)
        return Proof.joined([file_result, code, _prove_words(views, OpenPdf(page_pdf), spec, measured)])


def _page_views(page: FinishedPage, canvas: PageCanvas) -> Views:
    """Return the views of a PDF's page. Where nothing can cover the words, the background is rendered coarsely."""
    scale = _scale(page)
    if not is_words_last(page):
        return Views(page, Layers.of(page, scale))
    coarse = math.sqrt(BACKGROUND_PIXELS / (page.box.width * page.box.height))
    return Views(page, Layers.bare(page, canvas, scale, min(scale, coarse)), known_bare=True)


def _raster_views(page: FinishedPage, picture: Image.Image | None, spec: Spec) -> Views:
    """Return the views of a raster file and its page; of the page only where their sizes differ."""
    layers = Layers.of(page, 1.0)
    if picture is None or picture.size != layers.drawn_background.size:
        return Views(page, layers)
    is_lossy, has_palette = spec.format in ("jpg", "webp"), picture.mode == "P"
    return Views(page, layers, picture.convert("RGB"), is_lossy=is_lossy, has_palette=has_palette)


def _unreadable(what: str, error: Exception) -> Proof:
    return Proof((Finding("size", f"the {what} cannot be read: {error}", "build the asset again"),))


def _scale(page: FinishedPage) -> float:
    """Return the scale that gives the smallest letters enough pixels, within the limit for the page."""
    smallest = min((letter.size_px for letter in page.letters if letter.size_px > 0), default=LETTER_PX)
    max_for_page = math.sqrt(MAX_PAGE_PIXELS / (page.box.width * page.box.height))
    return min(max_for_page, MAX_SCALE, max(1.0, LETTER_PX / smallest))


def _prove_words(views: Views, file: OpenPdf, spec: Spec, measured: Mapping[str, Any]) -> Proof:
    """Check a page's words, logos and pictures, and return the detected regions of words and logos."""
    page, layers, reading = views.page, views.layers, Reading.of(views.page)
    expected = dict(spec.words.get(str(measured.get("tier"))) or next(iter(spec.words.values())))
    facts = find_facts(reading, spec, expected)
    roles = find_roles(page, reading, facts, spec, expected, measured.get("omitted") or ())
    contrasts = find_contrasts(page, reading.lines, layers, None if views.is_bare else views.drawn)
    faces = {index: face_of(font) for index, font in page.fonts.items()}
    weights = {index: face.weight for index, face in faces.items() if face}
    reversed_objects = {
        letter.object for contrast in contrasts if contrast.is_reversed for letter in contrast.line.letters
    }
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
        # The checks of a press file read its pictures from the content stream.
        *(() if spec.press else prove_pictures(page, spec)),
        *prove_told(page, spec),
        *prove_seen(views, roles, spec),
    ]
    logos = [
        DetectedRegion(role, told_box(figure.box, spec))
        for role, figure in content_figures(page, spec)
        if role == "logo"
    ]
    regions = [*word_marks(roles, layers, spec), *logos]
    return Proof(tuple(findings), tuple(regions))
