"""Run every preflight check on one finished file.

``check_file`` gets the finished bytes, the page they were rendered from (for a PDF, the file itself), the spec and the
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
from assetgen.planning.variants import ImpositionSheet
from assetgen.preflight.artwork_checks import (
    check_code_alt,
    check_logos,
    check_overlaps,
    check_picture_resolution,
    check_safe_area,
    content_figures,
)
from assetgen.preflight.pdf.canvas import (
    Canvas,
    Layers,
    PageCanvas,
    RasterCanvas,
    is_text_drawn_last,
    open_page_canvas,
)
from assetgen.preflight.pdf.finished_page import FinishedPage
from assetgen.preflight.pdf.pdf_file import (
    OpenPdf,
    check_page_boxes,
    check_pdf_file,
    has_only_simple_gradients,
)
from assetgen.preflight.press.imposition_checks import PieceError, check_pieces, extract_piece, sheet_spec
from assetgen.preflight.press.press_checks import check_press_file
from assetgen.preflight.qr.code_checks import (
    MAX_SIDE_PX,
    are_codes_only_in,
    check_code_svg,
    check_codes,
    find_code_places,
)
from assetgen.preflight.raster_file import check_raster_file
from assetgen.preflight.results import DetectedRegion, PreflightResult, convert_box
from assetgen.preflight.text.embedded_fonts import check_fonts, check_glyphs, read_font
from assetgen.preflight.text.found_words import find_facts, find_roles, word_regions
from assetgen.preflight.text.legibility import check_contrast, check_type_size, measure_contrasts
from assetgen.preflight.text.text_lines import PageText
from assetgen.preflight.text.visibility import PageViews, check_clipped, check_visible

# A page is rendered at a scale that gives its smallest letters this many pixels, within the bounds below.
LETTER_PX = 12
MAX_PAGE_PIXELS = 1_200_000
MAX_SCALE = 4.0
# This many pixels are enough to tell a calm background from one that is too busy for text.
BACKGROUND_PIXELS = 200_000


def check_file(
    content: bytes, page: bytes | None, spec: Spec, measured: Mapping[str, Any]
) -> PreflightResult:
    """Return the findings and the detected regions of a finished file.

    ``page`` is the PDF that a raster file was rendered from. For a PDF it is the file itself. For a file that is
    only a QR code it is None. ``measured`` has the copy length that was used (``tier``) and the roles that did not
    fit (``omitted``).
    """
    if spec.format == "svg":
        return check_code_svg(content, spec)
    if spec.sheet:
        return _prove_sheet(content, spec.sheet, spec, measured)
    if spec.format == "pdf":
        return _prove_pdf(content, spec, measured)
    return _prove_raster(content, page, spec, measured)


def _prove_pdf(content: bytes, spec: Spec, measured: Mapping[str, Any]) -> PreflightResult:
    file = OpenPdf(content)
    return PreflightResult.merged([check_pdf_file(file, spec), _prove_page(file, spec, measured)])


def _prove_page(file: OpenPdf, spec: Spec, measured: Mapping[str, Any]) -> PreflightResult:
    """Check the content of a PDF's page."""
    try:
        page = FinishedPage(file.content)
    except pdfium.PdfiumError as error:
        return _unreadable("page", error)
    with page:
        canvas = open_page_canvas(page)
        places = find_code_places(page)
        is_nowhere_else = are_codes_only_in(page, places) and has_only_simple_gradients(file)
        code = check_codes(canvas, spec, places, only_in_places=is_nowhere_else)
        press = (
            PreflightResult(tuple(check_press_file(file, page, spec.press, spec)))
            if spec.press
            else PreflightResult()
        )
        if not spec.words or not max(page.box.width, page.box.height) <= MAX_SIDE_PX:
            return PreflightResult.merged([code, press])
        views = _page_views(page, canvas)
        return PreflightResult.merged([code, press, _prove_words(views, file, spec, measured)])


def _prove_sheet(
    content: bytes, sheet: ImpositionSheet, spec: Spec, measured: Mapping[str, Any]
) -> PreflightResult:
    """Check one piece of an imposed sheet as a page of its own, and the sheet around the pieces."""
    file = OpenPdf(content)
    file_result = check_pdf_file(file, sheet_spec(spec, sheet))
    try:
        piece = extract_piece(content, spec)
        sheet_result = PreflightResult(tuple(check_pieces(file, piece, sheet, spec)))
    except (PieceError, pdfium.PdfiumError) as error:
        return PreflightResult.merged([file_result, _unreadable("sheet", error)])
    piece_file, piece_spec = OpenPdf(piece), replace(spec, sheet=None)
    return PreflightResult.merged(
        [
            file_result,
            sheet_result,
            check_page_boxes(piece_file, piece_spec),
            _prove_page(piece_file, piece_spec, measured),
        ]
    )


def _prove_raster(
    content: bytes, page_pdf: bytes | None, spec: Spec, measured: Mapping[str, Any]
) -> PreflightResult:
    file_result, picture = check_raster_file(content, spec)
    canvas: Canvas | None = RasterCanvas(picture) if picture else None
    if page_pdf is None or not spec.words:
        return PreflightResult.merged(
            [file_result, check_codes(canvas, spec) if canvas else PreflightResult()]
        )
    try:
        page = FinishedPage(page_pdf)
    except pdfium.PdfiumError as error:
        return PreflightResult.merged([file_result, _unreadable("page", error)])
    with page:
        code = check_codes(canvas, spec, find_code_places(page)) if canvas else PreflightResult()
        views = _raster_views(page, picture, spec)
        return PreflightResult.merged(
            [file_result, code, _prove_words(views, OpenPdf(page_pdf), spec, measured)]
        )


def _page_views(page: FinishedPage, canvas: PageCanvas) -> PageViews:
    """Return the views of a PDF's page. If nothing can cover the words, the background is rendered coarsely."""
    scale = _scale(page)
    if not is_text_drawn_last(page):
        return PageViews(page, Layers.of(page, scale))
    coarse = math.sqrt(BACKGROUND_PIXELS / (page.box.width * page.box.height))
    return PageViews(
        page, Layers.with_coarse_background(page, canvas, scale, min(scale, coarse)), known_uncovered=True
    )


def _raster_views(page: FinishedPage, picture: Image.Image | None, spec: Spec) -> PageViews:
    """Return the views of a raster file and its page; only of the page if the picture is missing or differs in size."""
    layers = Layers.of(page, 1.0)
    if picture is None or picture.size != layers.drawn_background.size:
        return PageViews(page, layers)
    is_lossy, has_palette = spec.format in ("jpg", "webp"), picture.mode == "P"
    return PageViews(page, layers, picture.convert("RGB"), is_lossy=is_lossy, has_palette=has_palette)


def _unreadable(what: str, error: Exception) -> PreflightResult:
    return PreflightResult((Finding("size", f"the {what} cannot be read: {error}", "build the asset again"),))


def _scale(page: FinishedPage) -> float:
    """Return the scale that gives the smallest letters enough pixels, within the limit for the page."""
    smallest = min((letter.size_px for letter in page.letters if letter.size_px > 0), default=LETTER_PX)
    max_for_page = math.sqrt(MAX_PAGE_PIXELS / (page.box.width * page.box.height))
    return min(max_for_page, MAX_SCALE, max(1.0, LETTER_PX / smallest))


def _prove_words(views: PageViews, file: OpenPdf, spec: Spec, measured: Mapping[str, Any]) -> PreflightResult:
    """Check a page's words, logos and pictures, and return the detected regions of words and logos."""
    page, layers, reading = views.page, views.layers, PageText.of(views.page)
    expected = dict(spec.words.get(str(measured.get("tier"))) or next(iter(spec.words.values())))
    facts = find_facts(reading, spec, expected)
    roles = find_roles(page, reading, facts, spec, expected, measured.get("omitted") or ())
    contrasts = measure_contrasts(
        page, reading.lines, layers, None if views.are_words_uncovered else views.rendered_page
    )
    faces = {index: read_font(font) for index, font in page.fonts.items()}
    weights = {index: face.weight for index, face in faces.items() if face}
    reversed_objects = {
        letter.object_index
        for contrast in contrasts
        if contrast.is_reversed
        for letter in contrast.line.letters
    }
    findings = [
        *facts.findings,
        *roles.findings,
        *check_clipped(page, roles, layers, spec),
        *check_safe_area(page, reading.lines, roles, spec),
        *check_overlaps(page, reading.paragraphs, roles, spec, layers.scale),
        *check_fonts(page, spec),
        *check_glyphs(page, file, spec),
        *check_contrast(contrasts, roles, weights, spec),
        *check_type_size(page.letters, roles, faces, reversed_objects, spec),
        *check_logos(views, spec),
        # The checks of a press file read its pictures from the content stream.
        *(() if spec.press else check_picture_resolution(page, spec)),
        *check_code_alt(page, spec),
        *check_visible(views, roles, spec),
    ]
    logos = [
        DetectedRegion(role, convert_box(figure.box, spec))
        for role, figure in content_figures(page, spec)
        if role == "logo"
    ]
    regions = [*word_regions(roles, layers, spec), *logos]
    return PreflightResult(tuple(findings), tuple(regions))
