"""Check logos and pictures on a finished page."""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Iterator

from pypdfium2 import raw

from assetgen.findings import Finding, Severity
from assetgen.geometry import Box
from assetgen.planning.asset import LogoRule, Spec
from assetgen.preflight.content.paints import Painted, is_soft
from assetgen.preflight.pdf.canvas import page_without
from assetgen.preflight.pdf.finished_page import Figure, FinishedPage
from assetgen.preflight.pdf.page_objects import DrawnObject, common
from assetgen.preflight.placement import content_figures
from assetgen.preflight.results import px_per_unit, told_box
from assetgen.preflight.text.visibility import Views, compare
from assetgen.units import MM_PER_INCH

# A ratio differs by rounding of its box to hundredths of a px; more than this is a squeezed logo.
RATIO_TOLERANCE = 0.02
LEAST_TOLERANCE = 0.99
SLACK_PX = 0.6


def prove_logos(views: Views, spec: Spec) -> list[Finding]:
    """Return a finding for each logo that is squeezed, too small, covered, or has something in its clear space."""
    page = views.page
    findings: list[Finding] = []
    for rule in spec.logos:
        for figure in (figure for figure in page.figures if figure.alt == rule.alt):
            findings += _judge(figure, rule, page, spec)
            if _is_covered(figure, views):
                text = f"something lies over the logo {rule.alt}"
                box = told_box(figure.box, spec)
                hint = "what is drawn last lies on top: move it away from the logo"
                findings.append(Finding("logo-rules", text, hint, box=box, role="logo"))
    return findings


def _is_covered(figure: Figure, views: Views) -> bool:
    """Say whether a logo looks another where what is drawn after it is left away. Words on it are told as such."""
    last = max(figure.objects, default=len(views.page.objects))
    over = [
        at
        for at, one in enumerate(views.page.objects[last + 1 :], last + 1)
        if one.kind != "text" and one.box.meets(figure.box)
    ]
    cut = views.layers.cut(figure.box.grown(-SLACK_PX))
    if not over or cut is None:
        return False
    bare = page_without(views.page, over, views.layers.scale)
    return not compare(views.drawn.crop(cut), bare.crop(cut), lossy=False).agrees


def _judge(figure: Figure, rule: LogoRule, page: FinishedPage, spec: Spec) -> Iterator[Finding]:
    box, unit = figure.box, spec.unit
    told = told_box(box, spec)
    ratio = box.width / box.height if box.height else 0.0
    squeezed = abs(ratio / rule.ratio - 1) > RATIO_TOLERANCE if rule.ratio else False
    if squeezed:
        text = f"the logo {rule.alt} has a ratio of {ratio:.2f}; its own is {rule.ratio:.2f}"
        yield Finding("logo-rules", text, "set one side and leave the other free", box=told, role="logo")
    width = box.width / px_per_unit(spec)
    if width < rule.least_width * LEAST_TOLERANCE:
        text = (
            f"the logo {rule.alt} is {width:.1f} {unit} wide; at least {rule.least_width:.1f} {unit} are due"
        )
        yield Finding(
            "logo-rules", text, "fewer partners in the foot, or a taller foot", box=told, role="logo"
        )
    clear_px = rule.clear * box.height
    if clear_px and _is_entered(figure, box.grown(clear_px - SLACK_PX), page, spec):
        text = f"something stands in the clear space of the logo {rule.alt}"
        yield Finding("logo-rules", text, "move it away from the logo", box=told, role="logo")


def _is_entered(figure: Figure, space: Box, page: FinishedPage, spec: Spec) -> bool:
    """Say whether words or another figure reach into a space; the picture that fills the field lies under all."""
    under = ("", spec.picture_alt)
    others = [letter.box for letter in page.letters]
    others += [other.box for other in page.figures if other.alt not in under and other is not figure]
    return any(common([space, other]) is not None for other in others)


# Of the resolution that is due so much is enough without a word; under so much of it anybody sees steps.
NEAR, COARSE = 0.97, 0.25
# What has no edges needs half of it.
SOFT = 0.485
HINT = "export the picture larger, or choose another for this channel"
# Logos and codes have rules of their own; so small a picture is a mark, not a picture.
LEAST_SIDE = 0.1


def prove_pictures(page: FinishedPage, spec: Spec) -> Iterator[Finding]:
    """Yield a finding for each picture with fewer pixels than the channel asks for at its size on the page.

    Under a quarter of what is due is an error; more, a warning: soft shapes bear it, a photograph hardly.
    """
    own = [figure.box for _, figure in content_figures(page, spec)]
    least = LEAST_SIDE * min(page.trim.width, page.trim.height)
    for drawn in page.objects:
        seen = common([drawn.box, page.trim, *drawn.clips]) if drawn.kind == "image" else None
        if seen is None or min(seen.width, seen.height) < least or any(_holds(box, seen) for box in own):
            continue
        share, words = _resolution(drawn, spec)
        if share < NEAR:
            severity = Severity.ERROR if share < COARSE else Severity.WARNING
            yield Finding("image-resolution", words, HINT, severity=severity, box=told_box(seen, spec))


def prove_placed(painted: Painted, min_ppi: int, own_marks: Collection[int], spec: Spec) -> Iterator[Finding]:
    """Yield a finding for each picture that a press page paints with fewer pixels than are due at final size.

    ``own_marks`` are the marked content of logos and codes. A picture without any edge, as light is, is as soft
    with half the pixels, so that it needs no more. Under a quarter of what is due is an error; more, a warning.
    """
    trim = Box(0.0, 0.0, spec.width * px_per_unit(spec), spec.height * px_per_unit(spec))
    least = LEAST_SIDE * min(trim.width, trim.height)
    for paint in painted.paints:
        seen = common([paint.box, trim])
        if paint.pixels is None or paint.placed_px is None or paint.mark in own_marks or seen is None:
            continue
        if min(seen.width, seen.height) < least:
            continue
        per = px_per_unit(spec)
        ppi = min(
            MM_PER_INCH * many * per / placed
            for many, placed in zip(paint.pixels, paint.placed_px, strict=True)
            if placed > 0
        )
        share = ppi / min_ppi
        if share >= NEAR or (
            share >= SOFT and paint.picture is not None and is_soft(paint.picture, paint.space)
        ):
            continue
        severity = Severity.ERROR if share < COARSE else Severity.WARNING
        words = f"a picture has {ppi:.0f} pixels an inch; {min_ppi} are due"
        yield Finding("image-resolution", words, HINT, severity=severity, box=told_box(seen, spec))


def prove_told(page: FinishedPage, spec: Spec) -> Iterator[Finding]:
    """Yield a finding for a PDF's code that says something else, or nothing, to somebody who hears the page."""
    if spec.format != "pdf" or spec.code_alt is None:
        return
    if all(figure.alt != spec.code_alt for figure in page.figures):
        text = f"nothing on the page has the code's alt text: {spec.code_alt}"
        yield Finding("alt-missing", text, "take the file from the build as it is", role="code")


def _holds(outer: Box, inner: Box) -> bool:
    shared = common([outer, inner])
    return shared is not None and shared.width * shared.height > 0.9 * inner.width * inner.height


def _resolution(drawn: DrawnObject, spec: Spec) -> tuple[float, str]:
    """Return the share of the pixels due that a picture has, the worse of across and down, and how it is told."""
    across, down = ctypes.c_uint(), ctypes.c_uint()
    if not raw.FPDFImageObj_GetImagePixelSize(drawn.handle, across, down) or not across.value:
        return 1.0, ""
    per = px_per_unit(spec)
    have = min(across.value / (drawn.box.width / per), down.value / (drawn.box.height / per))
    if spec.unit == "px":
        return (
            have,
            f"a picture is enlarged {1 / have:.1f} times: it has {across.value} × {down.value} pixels",
        )
    ppi = have * MM_PER_INCH
    return ppi / spec.ppi, f"a picture has {ppi:.0f} pixels an inch; {spec.ppi} are due"
