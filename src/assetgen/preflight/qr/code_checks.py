"""Find each QR code in the finished pixels, and check what a phone makes of it.

A code in a view of the whole is found by its look. One that is too small for that view still has to be drawn,
and its squares leave their trace in the page's objects.

A code is sought once on a view of the whole; its own area alone is then looked at in full resolution. What
opens something else than the spec's link is wrong, wherever it stands. A raster file whose pixels have no
known size before the reader (``px_mm`` None, or no ``scan_m``) is a code to be placed by somebody else: the
phone is given the pixels that it can use at the most, and there is no margin to tell.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from pypdfium2 import raw

from assetgen.findings import Finding, Severity
from assetgen.geometry import Box, around
from assetgen.planning.asset import Spec
from assetgen.preflight.pdf.canvas import Canvas, DrawnArea, part_of
from assetgen.preflight.pdf.finished_page import DrawnObject, FinishedPage, common
from assetgen.preflight.qr.code_finder import (
    QUIET_MODULES,
    Background,
    FoundCode,
    Grey,
    background_of,
    bounds,
    codes_in,
    grey,
)
from assetgen.preflight.qr.code_svg import RefusedCode, read_svg
from assetgen.preflight.qr.phone_model import (
    AROUND_MODULES,
    MAX_PX,
    PHONE_PX,
    SHOTS,
    CutCode,
    Trial,
    ideal_of,
    least_px,
    px_per_module,
    tried,
)
from assetgen.preflight.results import CodeReading, DetectedRegion, Proof, px_per_unit, told_box

# The smallest code has 21 modules a side. Its dark ones, joined to bars, are well over a hundred shapes.
MIN_CORNERS, MIN_SHAPES = 400, 100
# A module's share of the page's longer side, at the most: a larger one is seen in any view.
MAX_MODULE = 1 / 200
# The shapes outside those places draw no code, even joined, as long as they have no more corners than this
# together: its bars alone have over two hundred.
MAX_CORNERS = 150
# Nor do words, but in as many rows as the smallest code has, each as far from the next, up to a share of a step.
EVEN_ROWS, ROW_OFF = range(2, 21), 0.2


def code_places(page: FinishedPage) -> list[Box]:
    """Return the boxes in which a code might be drawn that a view of the whole page does not show."""
    most_px = MAX_MODULE * max(page.box.width, page.box.height)
    places, small = [], []
    for drawn in page.objects:
        if drawn.kind == "image" or (drawn.kind == "path" and _corners(drawn) >= MIN_CORNERS):
            places.append(drawn)
        elif drawn.kind == "path" and max(drawn.box.width, drawn.box.height) <= most_px * 21:
            small.append(drawn)
    boxes = [box for one in places if (box := common([page.box, one.box, *one.clips]))]
    if len(small) >= MIN_SHAPES:
        boxes.append(around([one.box for one in small]))
    return _apart(boxes)


def codes_are_nowhere_else(page: FinishedPage, places: Sequence[Box]) -> bool:
    """Say whether a page's objects can draw a code in those places alone, and not between them."""
    corners = 0
    for drawn in page.objects:
        if drawn.kind == "text" or any(_holds(place, page, drawn) for place in places):
            continue
        if drawn.kind != "path" or raw.FPDFPageObj_GetDashCount(drawn.handle) > 0:
            return False
        corners += _corners(drawn)
    return corners <= MAX_CORNERS and not have_even_rows(
        letter.x if letter.turn_deg else letter.y for letter in page.letters
    )


def have_even_rows(rows: Iterable[float]) -> bool:
    """Say whether among these rows of words there are so many even ones that together they could draw a code."""
    sorted_rows = sorted(set(rows))
    for at, first in enumerate(sorted_rows):
        for second in sorted_rows[at + 1 :]:
            step = second - first
            if first + EVEN_ROWS[-1] * step > sorted_rows[-1] + ROW_OFF * step:
                break
            if all(_has_near(sorted_rows, first + count * step, ROW_OFF * step) for count in EVEN_ROWS):
                return True
    return False


def _has_near(sorted_values: Sequence[float], value: float, by: float) -> bool:
    at = bisect_left(sorted_values, value - by)
    return at < len(sorted_values) and sorted_values[at] <= value + by


def _holds(place: Box, page: FinishedPage, drawn: DrawnObject) -> bool:
    """Say whether all that may be seen of an object lies in a place."""
    box = common([page.box, drawn.box, *drawn.clips])
    return box is None or common([place, box]) == box


def _corners(drawn: DrawnObject) -> int:
    return int(raw.FPDFPath_CountSegments(drawn.handle))


def _apart(boxes: Iterable[Box]) -> list[Box]:
    """Return boxes without those that lie in another."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda one: -one.width * one.height):
        if not any(common([box, other]) == box for other in kept):
            kept.append(box)
    return kept


# The view on which codes are sought: of a page, with so many pixels for the least module that a phone could
# read from where people stand (a module of the campaign's own has nearly twice as many).
VIEW_PX, VIEW_PX_PER_MODULE = 1600, 1.6
# A raster file up to this size is looked at as it is, which is quicker than to make it smaller.
RASTER_VIEW_PX = 2000
MIN_READ_PX = 2.2
# A page that claims to be larger than 250 m is not looked at: PDFium cannot count so far.
MAX_SIDE_PX = 1e6
# A second look, tile by tile: so many pixels for the smallest module that a phone could read at all.
TILE_PX, TILE_STEP_PX = 2400, 1600
CLOSE_PX_PER_MODULE = 4.0
# A code beside the due one is somebody's who may go near: so small a module, so many pixels for all of a place.
MARGIN_SHARE, MARGIN_PX = 0.2, 8
SMALL_MODULE_MM, CLOSE_PIXELS = 0.35, 1_500_000
# A page's code is drawn with so many pixels a module: its corners are then right to a ninth of it.
DRAWN_PX_PER_MODULE = 9.0
# The floors, less two in a hundred for what zxing-cpp's whole pixels may be off.
MIN_MODULE_PX, MIN_MODULE_MM, MEASURED = 4.0, 0.5, 0.98
MIN_QUIET = 3.7
MIN_CONTRAST, GOOD_CONTRAST = 3.0, 7.0
MIN_UNUSED, GOOD_UNUSED = 0.3, 0.6
GOOD_MARGIN = 1.3
LONGEST_TOLD = 120


def prove_code(
    canvas: Canvas, spec: Spec, places: Sequence[Box] = (), *, is_nowhere_else: bool = False
) -> Proof:
    """Return what is wrong with the QR codes of a finished file, and a mark for each that opens the link.

    ``places`` are boxes of the page in which a code may be drawn too small for a view of the whole;
    ``is_nowhere_else`` says that none can be outside them.
    """
    found = find_codes(canvas, spec, places, is_nowhere_else=is_nowhere_else)
    if spec.link is not None and not any(code.text is not None for code in found):
        return Proof((_not_read(spec, found),))
    right = [code for code in found if code.text is not None and code.text == spec.link]
    others = [_wrong(spec, code) for code in found if code.text is not None and code.text != spec.link]
    others += [_once_more(spec, code) for code in right[1:]]
    return Proof.joined([Proof(tuple(others)), *(_judged(canvas, spec, code) for code in right)])


def prove_code_svg(content: bytes, spec: Spec) -> Proof:
    """Return what is wrong with a QR code that is an SVG file: what it holds, and how it is read."""
    try:
        canvas, findings = read_svg(content, spec)
    except RefusedCode as refused:
        return Proof((refused.finding,))
    return Proof.joined([Proof(findings), prove_code(canvas, spec)])


def find_codes(
    canvas: Canvas, spec: Spec, places: Sequence[Box] = (), *, is_nowhere_else: bool = False
) -> tuple[FoundCode, ...]:
    """Return every code that can be read, in CSS px of the page; one that is due is sought twice."""
    if not max(canvas.box.width, canvas.box.height) <= MAX_SIDE_PX:
        return ()
    view_px = _view_px(canvas, spec)
    scale = min(1.0, view_px / max(canvas.box.width, canvas.box.height))
    views = (
        [canvas.region(_with_margin(place, scale), scale) for place in places]
        if is_nowhere_else
        else [canvas.view(view_px)]
    )
    found = [code.moved(view) for view in views for code in codes_in(grey(view.picture))]
    if not found and spec.link is not None:
        found = _look_closer(canvas, spec)
    if scale >= 1 and spec.unit == "px":
        return tuple(found)
    return (*found, *_small_ones(canvas, spec, places, found))


def _with_margin(place: Box, scale: float) -> Box:
    """Return a place with the clear margin of a code around it, and the background that a finder needs to see."""
    return place.grown(max(place.width, place.height) * MARGIN_SHARE + MARGIN_PX / scale)


def _small_ones(
    canvas: Canvas, spec: Spec, places: Sequence[Box], known: Sequence[FoundCode]
) -> Iterator[FoundCode]:
    """Yield the codes that only a close look at the places of a page shows."""
    for place in places:
        if any(bounds(code.corners).grown(QUIET_MODULES * code.module_px).meets(place) for code in known):
            continue
        least_px = SMALL_MODULE_MM * px_per_unit(spec) if spec.unit == "mm" else 1.0
        scale = min(CLOSE_PX_PER_MODULE / least_px, math.sqrt(CLOSE_PIXELS / (place.width * place.height)))
        part = canvas.region(place.grown(CLOSE_PX_PER_MODULE * least_px), scale)
        yield from (code.moved(part) for code in codes_in(grey(part.picture)))


def _view_px(canvas: Canvas, spec: Spec) -> int:
    if spec.unit == "px":
        return RASTER_VIEW_PX
    longest_mm = max(canvas.box.width, canvas.box.height) / px_per_unit(spec)
    return min(VIEW_PX, math.ceil(longest_mm * VIEW_PX_PER_MODULE / _least_module_mm(spec)))


def _least_module_mm(spec: Spec) -> float:
    """Return the smallest module that a phone could read from where people stand, or the floor."""
    return max(MIN_MODULE_MM, MIN_READ_PX * 1000 * (spec.scan_m or spec.read_m) / PHONE_PX)


def _look_closer(canvas: Canvas, spec: Spec) -> list[FoundCode]:
    """Look at the sheet again in tiles of full resolution; what cannot be read even so is returned unread."""
    scale = 1.0
    if spec.unit == "mm":
        scale = CLOSE_PX_PER_MODULE / (_least_module_mm(spec) * px_per_unit(spec))
    unread: list[FoundCode] = []
    for box in _tiles(_searched(canvas, spec), scale):
        tile = canvas.region(box, scale)
        seen = [code.moved(tile) for code in codes_in(grey(tile.picture), unread=True)]
        if read := [code for code in seen if code.text is not None]:
            return read
        unread += seen
    return unread


def _searched(canvas: Canvas, spec: Spec) -> Box:
    """Return the part of a file that is its sheet: a page that claims to be a field is not looked through."""
    per = px_per_unit(spec)
    return part_of(canvas.box, Box(0.0, 0.0, spec.width * per, spec.height * per), 1.0)


def _tiles(whole: Box, scale: float) -> Iterator[Box]:
    """Yield squares that cover a box, each lying over its neighbours by more than a code is wide."""
    side, step = TILE_PX / scale, TILE_STEP_PX / scale
    across = max(1, math.ceil((whole.width - side + step) / step))
    down = max(1, math.ceil((whole.height - side + step) / step))
    for row in range(down):
        for column in range(across):
            yield Box(whole.x + column * step, whole.y + row * step, side, side)


def _not_read(spec: Spec, found: tuple[FoundCode, ...]) -> Finding:
    if found:
        text = "a QR code is there, but it cannot be read"
        hint = "see that nothing lies on it and that its background is plain: dark on light, 4 modules clear all round"
        return Finding("qr-unreadable", text, hint, box=told_box(bounds(found[0].corners), spec), role="code")
    text = f"no QR code can be read; one that opens {spec.link} is due"
    hint = "place {{ code }} in the design, whole, dark on light, with nothing on it"
    return Finding("qr-unreadable", text, hint, role="code")


def _wrong(spec: Spec, code: FoundCode) -> Finding:
    said = ascii(code.text)[1:-1]
    said = said if len(said) <= LONGEST_TOLD else f"{said[:LONGEST_TOLD]}…"
    if spec.link is None:
        text = f"a QR code opens {said}; none is due here"
        hint = "take it out of the design or the picture that brought it"
    else:
        text = f"a QR code opens {said}, not {spec.link}"
        hint = "leave the code to {{ code }}, which opens the link that the plan gives"
    return Finding("qr-wrong", text, hint, box=told_box(bounds(code.corners), spec), role="code")


def _once_more(spec: Spec, code: FoundCode) -> Finding:
    text, hint = (
        "the same code is there twice; one is due",
        "one code, as large as it can be, is read from farther away",
    )
    box = told_box(bounds(code.corners), spec)
    return Finding("qr-wrong", text, hint, severity=Severity.WARNING, box=box, role="code")


def _judged(canvas: Canvas, spec: Spec, code: FoundCode) -> Proof:
    drawn, own, pixels = _cut_out(canvas, code)
    sheet = Box(0.0, 0.0, spec.width * px_per_unit(spec), spec.height * px_per_unit(spec))
    background = background_of(drawn.picture, pixels, own, _within(sheet, drawn))
    cut = ideal_of(pixels, own) or CutCode.of(drawn.picture, own)
    placed = own.moved(drawn)
    module_px = placed.module_px
    module_mm = _module_mm(spec, module_px)
    n_px = px_per_module(module_mm, spec.scan_m) if module_mm and spec.scan_m else None
    trial = tried(cut, MAX_PX if n_px is None else min(n_px, MAX_PX))
    least = least_px(cut)
    margin = None if n_px is None else n_px / least if least else 0.0
    reading = CodeReading(
        text=cut.text,
        modules=own.modules,
        module_px=round(module_px, 2),
        module_mm=_rounded(module_mm),
        quiet_modules=round(background.quiet_modules, 2),
        contrast=round(background.contrast, 1),
        unused=round(own.unused, 2),
        px_per_module=_rounded(n_px),
        least_px=least,
        margin=_rounded(margin),
        shots=trial.shots,
        zbar_shots=trial.zbar_shots,
    )
    box = told_box(bounds(placed.corners), spec)
    findings = [*_size(spec, reading, box), *_placed(background, box)]
    if background.dark_on_light:
        findings += _read(spec, reading, trial, box)
    return Proof(tuple(findings), (DetectedRegion("code", box, reading=reading),))


def _cut_out(canvas: Canvas, code: FoundCode) -> tuple[DrawnArea, FoundCode, Grey]:
    """Return the code's own area with what lies around it, the code as it is found again in there, and its greys."""
    area = bounds(code.grown(AROUND_MODULES)).grown(1.0)
    drawn = canvas.region(area, DRAWN_PX_PER_MODULE / code.module_px)
    pixels = grey(drawn.picture)
    again = [other for other in codes_in(pixels) if other.text == code.text]
    return drawn, again[0] if again else code.within(drawn), pixels


def _within(box: Box, drawn: DrawnArea) -> Box:
    """Return a box of the page in the pixels of a part of it."""
    across, down = drawn.pixels_per_px
    return Box(
        (box.x - drawn.box.x) * across, (box.y - drawn.box.y) * down, box.width * across, box.height * down
    )


def _module_mm(spec: Spec, module_px: float) -> float | None:
    """Return a module's side in mm before the reader; None where nobody knows how large a pixel will be."""
    if spec.unit == "mm":
        return module_px / px_per_unit(spec)
    return None if spec.px_mm is None else module_px * spec.px_mm


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


Told = tuple[float, float, float, float]


def _size(spec: Spec, reading: CodeReading, box: Told) -> list[Finding]:
    if spec.unit == "px" and reading.module_px < MIN_MODULE_PX * MEASURED:
        text = f"the code's modules are {reading.module_px:g} px; 4 px are the least"
    elif reading.module_mm is not None and reading.module_mm < MIN_MODULE_MM * MEASURED:
        text = f"the code's modules are {reading.module_mm:g} mm at final size; 0.5 mm are the least"
    else:
        return []
    hint = "give the code the size of --qr, or a box for it"
    return [Finding("qr-too-small", text, hint, box=box, role="code")]


def _placed(background: Background, box: Told) -> list[Finding]:
    """Return what is wrong with the background of a code: its clear margin, its contrast."""
    if not background.dark_on_light:
        text, hint = (
            "the code is light on dark: many phones do not read it",
            "draw it dark on a light background",
        )
        return [Finding("qr-unreadable", text, hint, box=box, role="code")]
    findings = []
    if background.quiet_modules < MIN_QUIET:
        text = f"{background.quiet_modules:.1f} modules around the code are clear; 4 must be"
        hint = "keep words, pictures, edges and the trim off the code's white margin"
        findings.append(Finding("qr-quiet-zone", text, hint, box=box, role="code"))
    if background.contrast < GOOD_CONTRAST:
        poor = background.contrast < MIN_CONTRAST
        due = MIN_CONTRAST if poor else GOOD_CONTRAST
        text = f"the code's contrast is {background.contrast:.1f}:1; {due:g}:1 is due"
        hint = "draw it in the darkest colour on the lightest; 10:1 is good"
        severity = Severity.ERROR if poor else Severity.WARNING
        findings.append(Finding("qr-unreadable", text, hint, severity=severity, box=box, role="code"))
    return findings


def _read(spec: Spec, reading: CodeReading, trial: Trial, box: Told) -> list[Finding]:
    """Return what keeps a phone from reading a code, or nearly does: damage, distance, poor light."""
    findings = []

    def say(text: str, hint: str, is_error: bool) -> None:
        severity = Severity.ERROR if is_error else Severity.WARNING
        findings.append(Finding("qr-unreadable", text, hint, severity=severity, box=box, role="code"))

    if reading.unused < GOOD_UNUSED:
        is_error = reading.unused < MIN_UNUSED
        text = f"{1 - reading.unused:.0%} of the code's error correction is used up before anybody scans it"
        say(text, "take away what covers it; nothing may lie on a code", is_error)
    if reading.margin is not None and reading.margin < GOOD_MARGIN:
        least = f"{reading.least_px:g} are needed" if reading.least_px else "even 6 do not do"
        text = (
            f"a phone {spec.scan_m:g} m away has {reading.px_per_module:g} pixels for a module of the code;"
            f" in dim light {least} (margin {reading.margin:g}, 1.3 is good)"
        )
        is_error = reading.margin < 1 or not trial.passed
        say(text, "a larger code, a shorter link or a stronger contrast makes it readable", is_error)
    elif not trial.passed:
        text = f"of {len(SHOTS)} shots by a phone zxing-cpp reads {trial.shots}"
        text += "" if trial.zbar_shots is None else f", zbar {trial.zbar_shots}"
        hint = "draw the code larger, dark on light, on a plain background with 4 modules clear all round"
        say(text, hint, True)
    return findings
