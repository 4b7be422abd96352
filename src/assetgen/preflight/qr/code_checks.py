"""Find each QR code in the finished pixels, and check that a phone can read it.

Codes are searched for once in a view of the whole file. The area of each code is then rendered at full resolution and
measured there. A code that is too small for this view is searched for in the boxes of the objects that could draw it.
Every code that opens something other than the spec's link is an error.

For some raster files the size of a pixel (``px_mm``) or the scanning distance (``scan_m``) is unknown, because other
people place the code. The simulated shots then have ``MAX_PX`` pixels per module, and no margin is calculated.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from pypdfium2 import raw

from assetgen.findings import Finding, Severity
from assetgen.geometry import Box, bounding_box
from assetgen.planning.asset import Spec
from assetgen.planning.qr_codes import MIN_MODULE_MM, MIN_MODULE_PX
from assetgen.preflight.pdf.canvas import Canvas, DrawnArea, clip_to
from assetgen.preflight.pdf.finished_page import DrawnObject, FinishedPage, intersect_boxes
from assetgen.preflight.qr.code_finder import (
    QUIET_MODULES,
    CodeBackground,
    FoundCode,
    Grey,
    corners_box,
    measure_background,
    read_codes,
    to_grey,
)
from assetgen.preflight.qr.code_svg import CodeSvgError, read_svg
from assetgen.preflight.qr.phone_model import (
    AROUND_MODULES,
    MAX_PX,
    PHONE_PX,
    SHOTS,
    CutCode,
    ShotResults,
    idealise,
    min_px_per_module,
    px_per_module,
    try_shots,
)
from assetgen.preflight.results import CodeReading, DetectedRegion, PreflightResult, convert_box, px_per_unit

# The smallest code has 21 modules a side. Its dark modules, joined into bars, make well over a hundred shapes.
MIN_CORNERS, MIN_SHAPES = 400, 100
# A larger module, as a share of the page's longer side, is visible in the view of the whole.
MAX_MODULE_SHARE = 1 / 200
# Shapes outside the places cannot draw a code if together they have at most this many corners. The bars of the
# smallest code have over two hundred.
MAX_CORNERS = 150
# Words can draw a code only in as many rows as the smallest code has, at even distances, give or take this share.
EVEN_ROWS, ROW_TOLERANCE = range(2, 21), 0.2


def find_code_places(page: FinishedPage) -> list[Box]:
    """Return the boxes of a page that may contain a code too small to be found in a view of the whole page."""
    max_module_px = MAX_MODULE_SHARE * max(page.box.width, page.box.height)
    large, small = [], []
    for drawn in page.objects:
        if drawn.kind == "image" or (drawn.kind == "path" and _corners(drawn) >= MIN_CORNERS):
            large.append(drawn)
        elif drawn.kind == "path" and max(drawn.box.width, drawn.box.height) <= max_module_px * 21:
            small.append(drawn)
    boxes = [box for drawn in large if (box := intersect_boxes([page.box, drawn.box, *drawn.clips]))]
    if len(small) >= MIN_SHAPES:
        boxes.append(bounding_box([drawn.box for drawn in small]))
    return _without_nested(boxes)


def are_codes_only_in(page: FinishedPage, places: Sequence[Box]) -> bool:
    """Return whether no object outside these places can draw a code."""
    corners = 0
    for drawn in page.objects:
        if drawn.kind == "text" or any(_contains(place, page, drawn) for place in places):
            continue
        if drawn.kind != "path" or raw.FPDFPageObj_GetDashCount(drawn.handle) > 0:
            return False
        corners += _corners(drawn)
    return corners <= MAX_CORNERS and not have_even_rows(
        letter.x if letter.rotation_deg else letter.y for letter in page.letters
    )


def have_even_rows(rows: Iterable[float]) -> bool:
    """Return whether enough rows of words are evenly spaced to draw a code. ``rows`` are their positions."""
    sorted_rows = sorted(set(rows))
    for index, first in enumerate(sorted_rows):
        for second in sorted_rows[index + 1 :]:
            step = second - first
            if first + EVEN_ROWS[-1] * step > sorted_rows[-1] + ROW_TOLERANCE * step:
                break
            if all(_has_near(sorted_rows, first + count * step, ROW_TOLERANCE * step) for count in EVEN_ROWS):
                return True
    return False


def _has_near(sorted_values: Sequence[float], value: float, tolerance: float) -> bool:
    index = bisect_left(sorted_values, value - tolerance)
    return index < len(sorted_values) and sorted_values[index] <= value + tolerance


def _contains(place: Box, page: FinishedPage, drawn: DrawnObject) -> bool:
    """Return whether the visible part of an object is inside a place."""
    box = intersect_boxes([page.box, drawn.box, *drawn.clips])
    return box is None or intersect_boxes([place, box]) == box


def _corners(drawn: DrawnObject) -> int:
    return int(raw.FPDFPath_CountSegments(drawn.handle))


def _without_nested(boxes: Iterable[Box]) -> list[Box]:
    """Return boxes, largest first, without those inside a larger one."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda one: -one.width * one.height):
        if not any(intersect_boxes([box, other]) == box for other in kept):
            kept.append(box)
    return kept


# Codes are searched for in a view of at most the first size. It has the second number of pixels for the smallest module
# that a phone could read at the scanning distance. The codes of a campaign have nearly twice as many.
VIEW_PX, VIEW_PX_PER_MODULE = 1600, 1.6
# A raster file up to this size is searched unscaled, which is faster than reducing it first.
RASTER_VIEW_PX = 2000
# The fewest pixels per module with which the phone model reads good codes in dim light.
MIN_READ_PX = 2.2
# A page larger than this, about 250 m, is not searched: its coordinates exceed PDFium's range.
MAX_SIDE_PX = 1e6
# If no code is found, the sheet is searched again in tiles with this many pixels for the smallest readable module.
TILE_PX, TILE_STEP_PX = 2400, 1600
CLOSE_PX_PER_MODULE = 4.0
# A place is searched with a margin around it: this share of its longer side, and this many pixels of the view.
MARGIN_SHARE, MARGIN_PX = 0.2, 8
# A foreign code can be meant for somebody close by. Places are therefore searched for modules of this size as well,
# with at most this many pixels per place.
SMALL_MODULE_MM, CLOSE_PIXELS = 0.35, 1_500_000
# A code of a page is rendered with this many pixels per module, so its corners are exact to a ninth of a module.
DRAWN_PX_PER_MODULE = 9.0
# A measured module may be this much smaller: zxing-cpp's corners are whole pixels.
MEASURING_TOLERANCE = 0.98
# The standard requires 4 modules (ISO/IEC 18004). A correct quiet zone measures 3.9 or more.
MIN_QUIET_MODULES = 3.7
# WCAG ratios. Below 3:1, zxing-cpp or zbar hardly ever read a code. At 4.5:1, zbar missed 30 % of shots in dim light.
MIN_CODE_CONTRAST, PREFERRED_CODE_CONTRAST = 3.0, 7.0
# Shares of unused error correction. Clean codes have 1.0, a logo over 15 % of the code leaves 0.55, over 22 % 0.0.
MIN_UNUSED, PREFERRED_UNUSED = 0.3, 0.6
PREFERRED_MARGIN = 1.3
MAX_LINK_CHARS = 120


def check_codes(
    canvas: Canvas, spec: Spec, places: Sequence[Box] = (), *, only_in_places: bool = False
) -> PreflightResult:
    """Check the QR codes of a finished file; return findings, and a region for each code that opens the spec's link.

    ``places`` are boxes of the page that may hold a code too small to find in a picture of the whole page. If
    ``only_in_places`` is True, no code can be outside them.
    """
    found = find_codes(canvas, spec, places, is_nowhere_else=only_in_places)
    if spec.link is not None and not any(code.text is not None for code in found):
        return PreflightResult((_unreadable_finding(spec, found),))
    correct = [code for code in found if code.text is not None and code.text == spec.link]
    findings = [
        _wrong_link_finding(spec, code) for code in found if code.text is not None and code.text != spec.link
    ]
    findings += [_duplicate_finding(spec, code) for code in correct[1:]]
    return PreflightResult.merged(
        [PreflightResult(tuple(findings)), *(_check_code(canvas, spec, code) for code in correct)]
    )


def check_code_svg(content: bytes, spec: Spec) -> PreflightResult:
    """Check a QR code that is an SVG file: its content, and whether a phone can read it."""
    try:
        canvas, findings = read_svg(content, spec)
    except CodeSvgError as refused:
        return PreflightResult((refused.finding,))
    return PreflightResult.merged([PreflightResult(findings), check_codes(canvas, spec)])


def find_codes(
    canvas: Canvas, spec: Spec, places: Sequence[Box] = (), *, is_nowhere_else: bool = False
) -> tuple[FoundCode, ...]:
    """Return every code that can be read, in CSS px of the page.

    If the spec has a link and no code is found, the file is searched again in tiles. If no code can be read there
    either, the codes that were only detected are returned.
    """
    if not max(canvas.box.width, canvas.box.height) <= MAX_SIDE_PX:
        return ()
    view_px = _view_px(canvas, spec)
    scale = min(1.0, view_px / max(canvas.box.width, canvas.box.height))
    views = (
        [canvas.region(_with_margin(place, scale), scale) for place in places]
        if is_nowhere_else
        else [canvas.view(view_px)]
    )
    found = [code.to_page(view) for view in views for code in read_codes(to_grey(view.picture))]
    if not found and spec.link is not None:
        found = _look_closer(canvas, spec)
    if scale >= 1 and spec.unit == "px":
        return tuple(found)
    return (*found, *_find_small(canvas, spec, places, found))


def _with_margin(place: Box, scale: float) -> Box:
    """Return a place enlarged by a quiet zone and some background, which zxing-cpp needs."""
    return place.enlarged(max(place.width, place.height) * MARGIN_SHARE + MARGIN_PX / scale)


def _find_small(
    canvas: Canvas, spec: Spec, places: Sequence[Box], known: Sequence[FoundCode]
) -> Iterator[FoundCode]:
    """Search the places that have no known code at a higher resolution; yield the codes found."""
    for place in places:
        if any(
            corners_box(code.corners).enlarged(QUIET_MODULES * code.module_px).overlaps(place)
            for code in known
        ):
            continue
        min_module_px = SMALL_MODULE_MM * px_per_unit(spec) if spec.unit == "mm" else 1.0
        scale = min(
            CLOSE_PX_PER_MODULE / min_module_px, math.sqrt(CLOSE_PIXELS / (place.width * place.height))
        )
        part = canvas.region(place.enlarged(CLOSE_PX_PER_MODULE * min_module_px), scale)
        yield from (code.to_page(part) for code in read_codes(to_grey(part.picture)))


def _view_px(canvas: Canvas, spec: Spec) -> int:
    if spec.unit == "px":
        return RASTER_VIEW_PX
    longest_mm = max(canvas.box.width, canvas.box.height) / px_per_unit(spec)
    return min(VIEW_PX, math.ceil(longest_mm * VIEW_PX_PER_MODULE / _min_module_mm(spec)))


def _min_module_mm(spec: Spec) -> float:
    """Return the smallest module that a phone could read at the scanning distance, at least ``MIN_MODULE_MM``."""
    return max(MIN_MODULE_MM, MIN_READ_PX * 1000 * (spec.scan_m or spec.read_m) / PHONE_PX)


def _look_closer(canvas: Canvas, spec: Spec) -> list[FoundCode]:
    """Search the sheet in tiles at full resolution. If no code can be read, return those that were only detected."""
    scale = 1.0
    if spec.unit == "mm":
        scale = CLOSE_PX_PER_MODULE / (_min_module_mm(spec) * px_per_unit(spec))
    unread: list[FoundCode] = []
    for box in _tiles(_sheet_part(canvas, spec), scale):
        tile = canvas.region(box, scale)
        detected = [code.to_page(tile) for code in read_codes(to_grey(tile.picture), unread=True)]
        if read := [code for code in detected if code.text is not None]:
            return read
        unread += detected
    return unread


def _sheet_part(canvas: Canvas, spec: Spec) -> Box:
    """Return the part of a file inside the trim size of its spec: a page can be much larger than it should be."""
    per = px_per_unit(spec)
    return clip_to(canvas.box, Box(0.0, 0.0, spec.width * per, spec.height * per), 1.0)


def _tiles(whole: Box, scale: float) -> Iterator[Box]:
    """Yield squares that cover a box. They overlap by more than the width of a code."""
    side, step = TILE_PX / scale, TILE_STEP_PX / scale
    across = max(1, math.ceil((whole.width - side + step) / step))
    down = max(1, math.ceil((whole.height - side + step) / step))
    for row in range(down):
        for column in range(across):
            yield Box(whole.x + column * step, whole.y + row * step, side, side)


def _unreadable_finding(spec: Spec, found: tuple[FoundCode, ...]) -> Finding:
    if found:
        text = "the QR code cannot be read"
        hint = "draw it dark on a plain light background, with 4 modules clear all round and nothing on top of it"
        return Finding(
            "qr-unreadable", text, hint, box=convert_box(corners_box(found[0].corners), spec), role="code"
        )
    text = f"no QR code can be read; the asset needs one that opens {spec.link}"
    hint = "place {{ code }} in the template, whole, dark on light, with nothing on top of it"
    return Finding("qr-unreadable", text, hint, role="code")


def _wrong_link_finding(spec: Spec, code: FoundCode) -> Finding:
    content = ascii(code.text)[1:-1]
    content = content if len(content) <= MAX_LINK_CHARS else f"{content[:MAX_LINK_CHARS]}…"
    if spec.link is None:
        text = f"a QR code opens {content}; this asset must not have a code"
        hint = "remove it from the template or the picture that it is in"
    else:
        text = f"a QR code opens {content}, not {spec.link}"
        hint = "use {{ code }}, which opens the planned link, and remove other codes"
    return Finding("qr-wrong", text, hint, box=convert_box(corners_box(code.corners), spec), role="code")


def _duplicate_finding(spec: Spec, code: FoundCode) -> Finding:
    text, hint = (
        "the QR code is there twice",
        "use one code, as large as possible: it can be read from farther away",
    )
    box = convert_box(corners_box(code.corners), spec)
    return Finding("qr-wrong", text, hint, severity=Severity.WARNING, box=box, role="code")


def _check_code(canvas: Canvas, spec: Spec, code: FoundCode) -> PreflightResult:
    """Measure a code at full resolution and check its size, background and readability."""
    drawn, local, pixels = _render_code(canvas, code)
    sheet = Box(0.0, 0.0, spec.width * px_per_unit(spec), spec.height * px_per_unit(spec))
    background = measure_background(drawn.picture, pixels, local, _within(sheet, drawn))
    cut = idealise(pixels, local) or CutCode.of(drawn.picture, local)
    placed = local.to_page(drawn)
    module_px = placed.module_px
    module_mm = _module_mm(spec, module_px)
    phone_px = px_per_module(module_mm, spec.scan_m) if module_mm and spec.scan_m else None
    shot_results = try_shots(cut, MAX_PX if phone_px is None else min(phone_px, MAX_PX))
    needed_px = min_px_per_module(cut)
    margin = None if phone_px is None else phone_px / needed_px if needed_px else 0.0
    reading = CodeReading(
        text=cut.text,
        modules=local.modules,
        module_px=round(module_px, 2),
        module_mm=_rounded(module_mm),
        quiet_modules=round(background.quiet_modules, 2),
        contrast=round(background.contrast, 1),
        unused=round(local.unused, 2),
        px_per_module=_rounded(phone_px),
        least_px=needed_px,
        margin=_rounded(margin),
        shots=shot_results.shots,
        zbar_shots=shot_results.zbar_shots,
    )
    box = convert_box(corners_box(placed.corners), spec)
    findings = [*_check_size(spec, reading, box), *_check_background(background, box)]
    if background.dark_on_light:
        findings += _check_readability(spec, reading, shot_results, box)
    return PreflightResult(tuple(findings), (DetectedRegion("code", box, reading=reading),))


def _render_code(canvas: Canvas, code: FoundCode) -> tuple[DrawnArea, FoundCode, Grey]:
    """Render a code and its surroundings; return the area, the code found in its pixels, and their grey values."""
    area = corners_box(code.corners_grown(AROUND_MODULES)).enlarged(1.0)
    drawn = canvas.region(area, DRAWN_PX_PER_MODULE / code.module_px)
    pixels = to_grey(drawn.picture)
    found = [other for other in read_codes(pixels) if other.text == code.text]
    return drawn, found[0] if found else code.to_pixels(drawn), pixels


def _within(box: Box, drawn: DrawnArea) -> Box:
    """Convert a box of the page to pixels of a drawn area."""
    across, down = drawn.pixels_per_px
    return Box(
        (box.x - drawn.box.x) * across, (box.y - drawn.box.y) * down, box.width * across, box.height * down
    )


def _module_mm(spec: Spec, module_px: float) -> float | None:
    """Return a module's side in mm at final size; None if the size of a pixel is unknown."""
    if spec.unit == "mm":
        return module_px / px_per_unit(spec)
    return None if spec.px_mm is None else module_px * spec.px_mm


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


ReportedBox = tuple[float, float, float, float]


def _check_size(spec: Spec, reading: CodeReading, box: ReportedBox) -> list[Finding]:
    if spec.unit == "px" and reading.module_px < MIN_MODULE_PX * MEASURING_TOLERANCE:
        text = f"the code's modules are {reading.module_px:g} px; the minimum is {MIN_MODULE_PX} px"
    elif reading.module_mm is not None and reading.module_mm < MIN_MODULE_MM * MEASURING_TOLERANCE:
        text = f"the code's modules are {reading.module_mm:g} mm at final size; the minimum is {MIN_MODULE_MM} mm"
    else:
        return []
    hint = "draw the code with a width of var(--qr), or give it a separate box"
    return [Finding("qr-too-small", text, hint, box=box, role="code")]


def _check_background(background: CodeBackground, box: ReportedBox) -> list[Finding]:
    """Return findings about the quiet zone, the contrast and the polarity of a code."""
    if not background.dark_on_light:
        text, hint = (
            "the code is light on dark: many phones do not read it",
            "draw it dark on a light background",
        )
        return [Finding("qr-unreadable", text, hint, box=box, role="code")]
    findings = []
    if background.quiet_modules < MIN_QUIET_MODULES:
        text = (
            f"the quiet zone around the code is {background.quiet_modules:.1f} modules wide; the minimum is 4"
        )
        hint = "keep text, pictures, edges and the trim off the code's white margin"
        findings.append(Finding("qr-quiet-zone", text, hint, box=box, role="code"))
    if background.contrast < PREFERRED_CODE_CONTRAST:
        is_error = background.contrast < MIN_CODE_CONTRAST
        required = (
            f"the minimum is {MIN_CODE_CONTRAST:g}:1"
            if is_error
            else f"{PREFERRED_CODE_CONTRAST:g}:1 is preferred"
        )
        text = f"the code's contrast is {background.contrast:.1f}:1; {required}"
        hint = "draw it in the darkest colour on the lightest; aim for 10:1"
        severity = Severity.ERROR if is_error else Severity.WARNING
        findings.append(Finding("qr-unreadable", text, hint, severity=severity, box=box, role="code"))
    return findings


def _check_readability(
    spec: Spec, reading: CodeReading, shot_results: ShotResults, box: ReportedBox
) -> list[Finding]:
    """Return findings about damage, distance and poor light, which keep a phone from reading a code."""
    findings = []

    def report(text: str, hint: str, is_error: bool) -> None:
        severity = Severity.ERROR if is_error else Severity.WARNING
        findings.append(Finding("qr-unreadable", text, hint, severity=severity, box=box, role="code"))

    if reading.unused < PREFERRED_UNUSED:
        is_error = reading.unused < MIN_UNUSED
        text = f"{1 - reading.unused:.0%} of the code's error correction is used up before anybody scans it"
        report(text, "remove everything that covers a part of the code", is_error)
    if reading.margin is not None and reading.margin < PREFERRED_MARGIN:
        needed = f"it needs {reading.least_px:g}" if reading.least_px else "even 6 are too few"
        text = (
            f"a phone {spec.scan_m:g} m away has {reading.px_per_module:g} pixels per module of the code;"
            f" in dim light {needed} (margin {reading.margin:g}; 1.3 is preferred)"
        )
        is_error = reading.margin < 1 or not shot_results.passed
        report(text, "use a larger code, a shorter link or a stronger contrast", is_error)
    elif not shot_results.passed:
        text = f"phones may not read the code: zxing-cpp reads {shot_results.shots} of {len(SHOTS)} simulated shots"
        text += "" if shot_results.zbar_shots is None else f", zbar reads {shot_results.zbar_shots}"
        hint = "draw the code larger, dark on light, on a plain background with 4 modules clear all round"
        report(text, hint, True)
    return findings
