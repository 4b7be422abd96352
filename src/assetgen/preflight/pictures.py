"""Pictures on a finished page: with pixels enough where they stand, and words for who cannot see them
(DESIGN section 5, ``image-resolution``, ``alt-missing``).
"""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Iterator

from pypdfium2 import raw

from assetgen.findings import Finding, Severity
from assetgen.geometry import Box
from assetgen.planning.asset import Spec
from assetgen.preflight.geometry import content_figures
from assetgen.preflight.objects import Drawn, common
from assetgen.preflight.page import Page
from assetgen.preflight.painting import Painted
from assetgen.preflight.picture_ink import is_soft
from assetgen.preflight.proof import px_per_unit, told_box
from assetgen.units import MM_PER_INCH

# Of the resolution that is due so much is enough without a word; under so much of it anybody sees steps.
NEAR, COARSE = 0.97, 0.25
# What has no edges needs half of it.
SOFT = 0.485
HINT = "export the picture larger, or choose another for this channel"
# Logos and codes have rules of their own; so small a picture is a mark, not a picture.
LEAST_SIDE = 0.1


def prove_pictures(page: Page, spec: Spec) -> Iterator[Finding]:
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


def prove_told(page: Page, spec: Spec) -> Iterator[Finding]:
    """Yield a finding for a PDF's code that says something else, or nothing, to somebody who hears the page."""
    if spec.format != "pdf" or spec.code_alt is None:
        return
    if all(figure.alt != spec.code_alt for figure in page.figures):
        text = f"nothing on the page has the code's alt text: {spec.code_alt}"
        yield Finding("alt-missing", text, "take the file from the build as it is", role="code")


def _holds(outer: Box, inner: Box) -> bool:
    shared = common([outer, inner])
    return shared is not None and shared.width * shared.height > 0.9 * inner.width * inner.height


def _resolution(drawn: Drawn, spec: Spec) -> tuple[float, str]:
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
