"""Check where words, codes, logos and pictures are placed on a finished page."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np
from pypdfium2 import raw

from assetgen.findings import Finding, Severity
from assetgen.geometry import Box, bounding_box
from assetgen.planning.asset import LogoRule, Spec
from assetgen.preflight.content.paints import PagePaints, has_no_edges
from assetgen.preflight.pdf.canvas import render_text_alpha, render_without
from assetgen.preflight.pdf.finished_page import (
    SLACK_PX,
    DrawnObject,
    Figure,
    FinishedPage,
    intersect_boxes,
    is_inside,
)
from assetgen.preflight.results import UNCHANGED_HINT, convert_box, px_per_unit
from assetgen.preflight.text.found_words import Roles
from assetgen.preflight.text.text_lines import Paragraph, VisualLine
from assetgen.preflight.text.visibility import PageViews, compare_pixels
from assetgen.units import MM_PER_INCH

# The ink of a line reaches a little beyond the edge that the line is aligned to: round and slanted letters at the
# sides, accents and descenders above and below. This much of the type size is allowed outside the safe area.
HANG_SIDE_EM, HANG_HEIGHT_EM = 0.05, 0.03
# Two lines overlap where at least this many pixels have ink of both, each with more than this alpha (of 255).
MIN_ALPHA, MIN_SHARED_PX = 100, 6
CODE, LOGO = "code", "logo"


def content_figures(page: FinishedPage, spec: Spec) -> list[tuple[str, Figure]]:
    """Return the code and the logos of a page, each with its role. They are found by their expected alt texts."""
    logos = {logo.alt for logo in spec.logos}
    return [
        (CODE if figure.alt == spec.code_alt else LOGO, figure)
        for figure in page.figures
        if figure.alt and (figure.alt == spec.code_alt or figure.alt in logos)
    ]


def check_safe_area(
    page: FinishedPage, lines: Sequence[VisualLine], roles: Roles, spec: Spec
) -> list[Finding]:
    """Return a finding for each line, logo and code outside the safe area, in a covered area or on a panel join."""
    items = [(_role_of(line, roles), f"“{line.text[:40]}”", line.box, line.size_px) for line in lines]
    items += [(role, f"the {role}", figure.box, 0.0) for role, figure in content_figures(page, spec)]
    findings = []
    for role, what, box, size_px in items:
        reason = next(_unsafe(box, size_px, spec), None)
        if reason is not None:
            hint = "move it, or make it smaller; assetgen build --guides shows the areas"
            reported_box = convert_box(box, spec)
            findings.append(
                Finding("unsafe-area", f"{what} {reason}", hint, box=reported_box, role=role or None)
            )
    for line in lines if spec.panel_joins_x or spec.panel_joins_y else ():
        findings += _check_joins(line, roles, spec)
    for role, figure in content_figures(page, spec):
        if _on_join(figure.box, spec):
            text, reported_box = f"the {role} is on a panel join", convert_box(figure.box, spec)
            findings.append(
                Finding("unsafe-area", text, "move it off the panel join", box=reported_box, role=role)
            )
    return findings


def _check_joins(line: VisualLine, roles: Roles, spec: Spec) -> Iterator[Finding]:
    """Yield a finding for a line that is on a panel join, where sheets are pasted side by side by hand.

    A digit on a join is an error, and so is a line along a horizontal join. Other words are a warning: a headline
    four metres wide has to cross vertical joins, and a few millimetres of overlap do not harm its letters.
    """
    role = _role_of(line, roles)
    letters = [letter for letter in line.letters if _on_join(letter.box, spec)]
    if not letters:
        return
    is_along = any(_cut_by(spec.panel_joins_y, letter.box.y, letter.box.bottom, spec) for letter in letters)
    has_digit = any(letter.char.isdigit() for letter in letters)
    severity = Severity.ERROR if is_along or has_digit else Severity.WARNING
    text = f"“{line.text[:40]}” is on a panel join"
    hint = "move the line, or let the panel join fall between two words"
    reported_box = convert_box(bounding_box([letter.box for letter in letters]), spec)
    yield Finding("unsafe-area", text, hint, severity=severity, box=reported_box, role=role or None)


def safe_box(spec: Spec) -> Box:
    """Return the safe area in CSS px from the trim's top left."""
    per = px_per_unit(spec)
    top, right, bottom, left = spec.safe
    return Box(left * per, top * per, (spec.width - left - right) * per, (spec.height - top - bottom) * per)


def _unsafe(box: Box, size_px: float, spec: Spec) -> Iterator[str]:
    """Yield each reason why a box is not safe. ``size_px`` is the size of its type, 0 for a figure."""
    per = px_per_unit(spec)
    side, height = HANG_SIDE_EM * size_px, HANG_HEIGHT_EM * size_px
    overhanging = Box(
        box.x + side, box.y + height, max(0.0, box.width - 2 * side), max(0.0, box.height - 2 * height)
    )
    if not is_inside(overhanging, safe_box(spec), SLACK_PX):
        yield "is outside the safe area"
    if spec.safe_circle is not None:
        middle, radius = (spec.width * per / 2, spec.height * per / 2), spec.safe_circle * per / 2
        furthest = max(((x - middle[0]) ** 2 + (y - middle[1]) ** 2) ** 0.5 for x, y in overhanging.corners())
        if furthest > radius + SLACK_PX:
            yield "is outside the safe circle"
    for x, y, width, height in spec.keep_clear:
        covered = Box(x * per, y * per, width * per, height * per)
        if _overlap(box, covered, SLACK_PX):
            yield "is in an area that the channel covers"


def _overlap(one: Box, other: Box, more_than: float) -> bool:
    shared = intersect_boxes([one, other])
    return shared is not None and shared.width > more_than and shared.height > more_than


def _on_join(box: Box, spec: Spec) -> bool:
    return _cut_by(spec.panel_joins_x, box.x, box.right, spec) or _cut_by(
        spec.panel_joins_y, box.y, box.bottom, spec
    )


def _cut_by(joins: Sequence[float], start_px: float, end_px: float, spec: Spec) -> bool:
    per = px_per_unit(spec)
    return any(start_px + SLACK_PX < at * per < end_px - SLACK_PX for at in joins)


def _role_of(line: VisualLine, roles: Roles) -> str:
    return next((role for letter in line.letters if (role := roles.role_of.get(letter))), "")


def check_overlaps(
    page: FinishedPage, paragraphs: Sequence[Paragraph], roles: Roles, spec: Spec, scale: float
) -> list[Finding]:
    """Return a finding for each overlap of words with other words, the code or a logo.

    ``scale`` is in pixels per CSS px.
    """
    findings = [*_on_figures(page, paragraphs, roles, spec), *_find_repeated(page, spec, scale)]
    placed = [
        (index, line, line.box) for index, paragraph in enumerate(paragraphs) for line in paragraph.lines
    ]
    for (index, line, box), (other_index, other, other_box) in combinations(placed, 2):
        if (
            not box.overlaps(other_box)
            or not _overlap(box, other_box, SLACK_PX)
            or not _letters_meet(line, other)
        ):
            continue
        if _shared_ink(page, line, other, scale) < MIN_SHARED_PX:
            continue
        text = f"“{line.text[:32]}” and “{other.text[:32]}” overlap"
        shared = intersect_boxes([box, other_box])
        severity = Severity.WARNING if index == other_index and _is_sloping(line) else Severity.ERROR
        reported_box = convert_box(shared, spec) if shared else None
        role = _role_of(line, roles) or None
        hint = "place the two parts in separate boxes" if index != other_index else "increase the line height"
        findings.append(Finding("text-overlap", text, hint, severity=severity, box=reported_box, role=role))
    return findings


def _find_repeated(page: FinishedPage, spec: Spec, scale: float) -> Iterator[Finding]:
    """Yield a finding for words that are drawn twice, for example to imitate bold type.

    PDFium leaves out the text of an object that repeats the words beneath it. A visible text object without
    letters is therefore a repeat.
    """
    read = {letter.object_index for letter in (*page.letters, *page.spaces)}
    for index, drawn in enumerate(page.objects):
        if drawn.kind == "text" and index not in read and render_text_alpha(page, {index}, scale).any():
            text = "text is drawn twice, slightly offset"
            box = convert_box(drawn.box, spec)
            yield Finding("text-overlap", text, "draw it once; for bolder type use a bolder font", box=box)


def _is_sloping(line: VisualLine) -> bool:
    """Say whether a line is in an Arabic script: in Nastaliq, words slope down towards the next line."""
    return any(unicodedata.bidirectional(letter.char[0]) == "AL" for letter in line.letters)


def _letters_meet(one: VisualLine, other: VisualLine) -> bool:
    return any(
        a.box.overlaps(b.box) and _overlap(a.box, b.box, SLACK_PX / 2)
        for a in one.letters
        for b in other.letters
    )


def _shared_ink(page: FinishedPage, one: VisualLine, other: VisualLine, scale: float) -> int:
    """Return how many pixels have ink of both lines, each rendered alone."""
    objects = [{letter.object_index for letter in line.letters} for line in (one, other)]
    if objects[0] & objects[1]:
        return 0
    inks = [render_text_alpha(page, line_objects, scale) > MIN_ALPHA for line_objects in objects]
    return int(np.count_nonzero(inks[0] & inks[1]))


def _on_figures(
    page: FinishedPage, paragraphs: Iterable[Paragraph], roles: Roles, spec: Spec
) -> Iterator[Finding]:
    for role, figure in content_figures(page, spec):
        for line in (line for paragraph in paragraphs for line in paragraph.lines):
            over = [
                letter
                for letter in line.letters
                if letter.box.overlaps(figure.box) and _overlap(letter.box, figure.box, SLACK_PX)
            ]
            if over:
                text = f"“{line.text[:40]}” overlaps the {role}"
                code_hint = "keep the code clear: four of its small squares (modules) on every side"
                hint = code_hint if role == CODE else "move the text away from the logo"
                box = convert_box(bounding_box([letter.box for letter in over]), spec)
                yield Finding("text-overlap", text, hint, box=box, role=_role_of(line, roles) or None)


# Box sizes are rounded to hundredths of a px, which changes a ratio slightly. A larger difference is a distorted logo.
RATIO_TOLERANCE = 0.02
# A width may be this share of its minimum, to allow for the same rounding.
WIDTH_TOLERANCE = 0.99


def check_logos(views: PageViews, spec: Spec) -> list[Finding]:
    """Return a finding for each logo that is distorted, too small, covered, or has something in its clear space."""
    page = views.page
    findings: list[Finding] = []
    for rule in spec.logos:
        for figure in (figure for figure in page.figures if figure.alt == rule.alt):
            findings += _check_logo(figure, rule, page, spec)
            if _is_covered(figure, views):
                text = f"something covers the logo {rule.alt}"
                box = convert_box(figure.box, spec)
                hint = "move what is drawn over the logo, or draw it before the logo"
                findings.append(Finding("logo-rules", text, hint, box=box, role="logo"))
    return findings


def _is_covered(figure: Figure, views: PageViews) -> bool:
    """Say whether a logo looks different when the objects drawn after it are left out.

    Words on a logo are reported by ``check_overlaps``, so text objects do not count.
    """
    last = max(figure.objects, default=len(views.page.objects))
    later = enumerate(views.page.objects[last + 1 :], last + 1)
    over = [index for index, drawn in later if drawn.kind != "text" and drawn.box.overlaps(figure.box)]
    cut = views.layers.to_pixels(figure.box.enlarged(-SLACK_PX))
    if not over or cut is None:
        return False
    uncovered = render_without(views.page, over, views.layers.scale)
    return not compare_pixels(views.rendered_page.crop(cut), uncovered.crop(cut), lossy=False).agrees


def _check_logo(figure: Figure, rule: LogoRule, page: FinishedPage, spec: Spec) -> Iterator[Finding]:
    """Yield a finding for each rule of a logo that a figure breaks: ratio, minimum width, clear space."""
    box, unit = figure.box, spec.unit
    reported_box = convert_box(box, spec)
    ratio = box.width / box.height if box.height else 0.0
    is_distorted = abs(ratio / rule.ratio - 1) > RATIO_TOLERANCE if rule.ratio else False
    if is_distorted:
        text = f"the logo {rule.alt} is distorted: its ratio is {ratio:.2f} instead of {rule.ratio:.2f}"
        hint = "set its width or its height, and leave the other at auto"
        yield Finding("logo-rules", text, hint, box=reported_box, role="logo")
    width = box.width / px_per_unit(spec)
    if width < rule.least_width * WIDTH_TOLERANCE:
        minimum = f"the minimum is {rule.least_width:.1f} {unit}"
        text = f"the logo {rule.alt} is {width:.1f} {unit} wide; {minimum}"
        hint = "use fewer partners in the footer, or a taller footer"
        yield Finding("logo-rules", text, hint, box=reported_box, role="logo")
    clear_px = rule.clear * box.height
    if clear_px and _is_entered(figure, box.enlarged(clear_px - SLACK_PX), page, spec):
        text = f"something is in the clear space of the logo {rule.alt}"
        yield Finding("logo-rules", text, "move it away from the logo", box=reported_box, role="logo")


def _is_entered(figure: Figure, space: Box, page: FinishedPage, spec: Spec) -> bool:
    """Say whether words or a different figure reach into a space. The picture that fills the background is ignored."""
    ignored_alts = ("", spec.picture_alt)
    others = [letter.box for letter in page.letters]
    others += [other.box for other in page.figures if other.alt not in ignored_alts and other is not figure]
    return any(intersect_boxes([space, other]) is not None for other in others)


# At this share of the minimum resolution or more there is no finding. Below the second share, steps between
# pixels are easy to see: an error. In between is a warning.
ENOUGH_SHARE, ERROR_SHARE = 0.97, 0.25
# A picture without edges needs half the resolution.
SOFT_ENOUGH_SHARE = 0.485
HINT = "export the picture with more pixels, or choose a different picture for this channel"
# Share of the trim's shorter side. A smaller picture is a logo or an icon, and logos and codes have their own rules.
MIN_SIDE_SHARE = 0.1


def check_picture_resolution(page: FinishedPage, spec: Spec) -> Iterator[Finding]:
    """Yield a finding for each picture with fewer pixels than the channel requires at its size on the page.

    Less than a quarter of the required resolution is an error. A smaller shortage is a warning: it rarely shows in
    soft shapes, but often in photographs.
    """
    figure_boxes = [figure.box for _, figure in content_figures(page, spec)]
    min_side = MIN_SIDE_SHARE * min(page.trim.width, page.trim.height)
    for drawn in page.objects:
        visible = intersect_boxes([drawn.box, page.trim, *drawn.clips]) if drawn.kind == "image" else None
        if (
            visible is None
            or min(visible.width, visible.height) < min_side
            or any(_holds(box, visible) for box in figure_boxes)
        ):
            continue
        share, text = _resolution(drawn, spec)
        if share < ENOUGH_SHARE:
            severity = Severity.ERROR if share < ERROR_SHARE else Severity.WARNING
            yield Finding("image-resolution", text, HINT, severity=severity, box=convert_box(visible, spec))


def check_press_picture_resolution(
    painted: PagePaints, min_ppi: int, figure_mcids: Collection[int], spec: Spec
) -> Iterator[Finding]:
    """Yield a finding for each picture of a press page with fewer pixels than its final size requires.

    ``figure_mcids`` are the marked-content numbers of logos and codes, which are not checked here. A picture without
    edges, such as a gradient, needs only half the resolution. Less than a quarter of the required resolution is
    an error; a smaller shortage is a warning.
    """
    trim = Box(0.0, 0.0, spec.width * px_per_unit(spec), spec.height * px_per_unit(spec))
    min_side = MIN_SIDE_SHARE * min(trim.width, trim.height)
    for paint in painted.paints:
        visible = intersect_boxes([paint.box, trim])
        if paint.pixels is None or paint.placed_px is None or paint.mcid in figure_mcids or visible is None:
            continue
        if min(visible.width, visible.height) < min_side:
            continue
        per = px_per_unit(spec)
        ppi = min(
            MM_PER_INCH * pixels * per / placed_px
            for pixels, placed_px in zip(paint.pixels, paint.placed_px, strict=True)
            if placed_px > 0
        )
        share = ppi / min_ppi
        if share >= ENOUGH_SHARE or (
            share >= SOFT_ENOUGH_SHARE
            and paint.picture is not None
            and has_no_edges(paint.picture, paint.space)
        ):
            continue
        severity = Severity.ERROR if share < ERROR_SHARE else Severity.WARNING
        text = f"a picture has {ppi:.0f} pixels per inch; the minimum is {min_ppi}"
        yield Finding("image-resolution", text, HINT, severity=severity, box=convert_box(visible, spec))


def check_code_alt(page: FinishedPage, spec: Spec) -> Iterator[Finding]:
    """Yield a finding for a PDF in which no figure has the QR code's alt text."""
    if spec.format != "pdf" or spec.code_alt is None:
        return
    if all(figure.alt != spec.code_alt for figure in page.figures):
        text = f"the QR code has no alt text or a wrong one; it must be: {spec.code_alt}"
        yield Finding("alt-missing", text, UNCHANGED_HINT, role="code")


def _holds(outer: Box, inner: Box) -> bool:
    shared = intersect_boxes([outer, inner])
    return shared is not None and shared.width * shared.height > 0.9 * inner.width * inner.height


def _resolution(drawn: DrawnObject, spec: Spec) -> tuple[float, str]:
    """Return the share of the required pixels that a picture has, and the message about it.

    The share is the smaller one of width and height.
    """
    across, down = ctypes.c_uint(), ctypes.c_uint()
    if not raw.FPDFImageObj_GetImagePixelSize(drawn.handle, across, down) or not across.value:
        return 1.0, ""
    per = px_per_unit(spec)
    pixels_per_unit = min(across.value / (drawn.box.width / per), down.value / (drawn.box.height / per))
    if spec.unit == "px":
        enlarged = 1 / pixels_per_unit
        text = f"a picture is enlarged {enlarged:.1f} times: it has {across.value} × {down.value} pixels"
        return pixels_per_unit, text
    ppi = pixels_per_unit * MM_PER_INCH
    return ppi / spec.ppi, f"a picture has {ppi:.0f} pixels per inch; the minimum is {spec.ppi}"
