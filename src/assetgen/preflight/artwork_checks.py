"""Check what stands on a finished page and where: words, codes, logos and pictures."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np
from pypdfium2 import raw

from assetgen.findings import Finding, Severity
from assetgen.geometry import Box, around
from assetgen.planning.asset import LogoRule, Spec
from assetgen.preflight.content.paints import Painted, is_soft
from assetgen.preflight.pdf.canvas import letters_alone, page_without
from assetgen.preflight.pdf.finished_page import (
    SLACK_PX,
    DrawnObject,
    Figure,
    FinishedPage,
    common,
    is_inside,
)
from assetgen.preflight.results import px_per_unit, told_box
from assetgen.preflight.text.found_words import Roles
from assetgen.preflight.text.text_lines import EyeLine, Paragraph
from assetgen.preflight.text.visibility import Views, compare
from assetgen.units import MM_PER_INCH

# Ink hangs over the edge that a line is set to: a round or slanted letter stands out at its side, descenders
# and accents above or below. As shares of the type's size, beyond which the line itself is outside.
HANG_SIDE_EM, HANG_HEIGHT_EM = 0.05, 0.03
# Two texts lie on each other where this many pixels have ink of both.
INK_BOTH, MIN_SHARED_PX = 100, 6
CODE, LOGO = "code", "logo"


def content_figures(page: FinishedPage, spec: Spec) -> list[tuple[str, Figure]]:
    """Return the code and the logos of a page, found by the alt texts that were promised, each with its role."""
    logos = {logo.alt for logo in spec.logos}
    return [
        (CODE if figure.alt == spec.code_alt else LOGO, figure)
        for figure in page.figures
        if figure.alt and (figure.alt == spec.code_alt or figure.alt in logos)
    ]


def prove_safe(page: FinishedPage, lines: Sequence[EyeLine], roles: Roles, spec: Spec) -> list[Finding]:
    """Return a finding for each line, logo and code outside the safe area, in what covers it, or on a join."""
    things = [(_role_of(line, roles), f"“{line.text[:40]}”", line.box, line.size_px) for line in lines]
    things += [(role, f"the {role}", figure.box, 0.0) for role, figure in content_figures(page, spec)]
    findings = []
    for role, what, box, size_px in things:
        why = next(_unsafe(box, size_px, spec), None)
        if why is not None:
            hint = "assetgen build --guides shows the area"
            told = told_box(box, spec)
            findings.append(Finding("unsafe-area", f"{what} {why}", hint, box=told, role=role or None))
    for line in lines if spec.panel_joins_x or spec.panel_joins_y else ():
        findings += _joined(line, roles, spec)
    for role, figure in content_figures(page, spec):
        if _on_join(figure.box, spec):
            text, told = f"the {role} stands on a join of the sheets", told_box(figure.box, spec)
            findings.append(Finding("unsafe-area", text, "move it off the join", box=told, role=role))
    return findings


def _joined(line: EyeLine, roles: Roles, spec: Spec) -> Iterator[Finding]:
    """Yield a finding for a line that stands on a join of sheets that are pasted by hand.

    Figures stand on none, and no line lies along one. A headline of four metres has to cross the upright joins;
    there a few millimetres of paste are nothing to its letters, so that of other words it is a warning.
    """
    role = _role_of(line, roles)
    letters = [letter for letter in line.letters if _on_join(letter.box, spec)]
    if not letters:
        return
    lies_along = any(_cut_by(spec.panel_joins_y, letter.box.y, letter.box.bottom, spec) for letter in letters)
    is_figure = any(letter.sign.isdigit() for letter in letters)
    severity = Severity.ERROR if lies_along or is_figure else Severity.WARNING
    text = f"“{line.text[:40]}” stands on a join of the sheets"
    hint = "move it, or let the join fall between two words"
    told = told_box(around([letter.box for letter in letters]), spec)
    yield Finding("unsafe-area", text, hint, severity=severity, box=told, role=role or None)


def safe_box(spec: Spec) -> Box:
    """Return the safe area in CSS px from the trim's top left."""
    per = px_per_unit(spec)
    top, right, bottom, left = spec.safe
    return Box(left * per, top * per, (spec.width - left - right) * per, (spec.height - top - bottom) * per)


def _unsafe(box: Box, size_px: float, spec: Spec) -> Iterator[str]:
    """Yield in what way a box is not safe; ``size_px`` is that of its type, 0 of what is no type."""
    per = px_per_unit(spec)
    side, height = HANG_SIDE_EM * size_px, HANG_HEIGHT_EM * size_px
    hung = Box(
        box.x + side, box.y + height, max(0.0, box.width - 2 * side), max(0.0, box.height - 2 * height)
    )
    if not is_inside(hung, safe_box(spec), SLACK_PX):
        yield "stands outside the safe area"
    if spec.safe_circle is not None:
        middle, radius = (spec.width * per / 2, spec.height * per / 2), spec.safe_circle * per / 2
        furthest = max(((x - middle[0]) ** 2 + (y - middle[1]) ** 2) ** 0.5 for x, y in box.corners())
        if furthest > radius + SLACK_PX:
            yield "stands outside the safe circle"
    for x, y, width, height in spec.keep_clear:
        covered = Box(x * per, y * per, width * per, height * per)
        if _overlap(box, covered, SLACK_PX):
            yield "stands where the channel puts something of its own"


def _overlap(one: Box, other: Box, more_than: float) -> bool:
    shared = common([one, other])
    return shared is not None and shared.width > more_than and shared.height > more_than


def _on_join(box: Box, spec: Spec) -> bool:
    return _cut_by(spec.panel_joins_x, box.x, box.right, spec) or _cut_by(
        spec.panel_joins_y, box.y, box.bottom, spec
    )


def _cut_by(joins: Sequence[float], start_px: float, end_px: float, spec: Spec) -> bool:
    per = px_per_unit(spec)
    return any(start_px + SLACK_PX < at * per < end_px - SLACK_PX for at in joins)


def _role_of(line: EyeLine, roles: Roles) -> str:
    return next((role for letter in line.letters if (role := roles.of.get(letter))), "")


def prove_apart(
    page: FinishedPage, paragraphs: Sequence[Paragraph], roles: Roles, spec: Spec, scale: float
) -> list[Finding]:
    """Return a finding for words on other words, on the code or on a logo. ``scale`` is px a CSS px."""
    findings = [*_on_figures(page, paragraphs, roles, spec), *_doubled(page, spec, scale)]
    placed = [(at, line, line.box) for at, paragraph in enumerate(paragraphs) for line in paragraph.lines]
    for (at, one, its), (beside, other, others) in combinations(placed, 2):
        if not its.meets(others) or not _overlap(its, others, SLACK_PX) or not _letters_meet(one, other):
            continue
        if _shared_ink(page, one, other, scale) < MIN_SHARED_PX:
            continue
        text = f"“{one.text[:32]}” and “{other.text[:32]}” lie on each other"
        shared = common([its, others])
        severity = Severity.WARNING if at == beside and _is_sloping(one) else Severity.ERROR
        box = told_box(shared, spec) if shared else None
        role = _role_of(one, roles) or None
        hint = "give the parts boxes of their own" if at != beside else "more leading"
        findings.append(Finding("text-overlap", text, hint, severity=severity, box=box, role=role))
    return findings


def _doubled(page: FinishedPage, spec: Spec, scale: float) -> Iterator[Finding]:
    """Yield a finding for words that are drawn and cannot be read: PDFium passes over what repeats the words
    beneath it."""
    read = {letter.object for letter in (*page.letters, *page.spaces)}
    for at, drawn in enumerate(page.objects):
        if drawn.kind == "text" and at not in read and letters_alone(page, {at}, scale).any():
            text = "words are drawn a second time, a little beside themselves"
            box = told_box(drawn.box, spec)
            yield Finding("text-overlap", text, "set them once; bolder type is another face", box=box)


def _is_sloping(line: EyeLine) -> bool:
    """Say whether a line is in a script whose words slope from one line towards the next, as in Nastaliq."""
    return any(unicodedata.bidirectional(letter.sign[0]) == "AL" for letter in line.letters)


def _letters_meet(one: EyeLine, other: EyeLine) -> bool:
    return any(
        a.box.meets(b.box) and _overlap(a.box, b.box, SLACK_PX / 2)
        for a in one.letters
        for b in other.letters
    )


def _shared_ink(page: FinishedPage, one: EyeLine, other: EyeLine, scale: float) -> int:
    """Return how many pixels have ink of both lines, each drawn alone."""
    objects = [{letter.object for letter in line.letters} for line in (one, other)]
    if objects[0] & objects[1]:
        return 0
    alone = [letters_alone(page, of_line, scale) > INK_BOTH for of_line in objects]
    return int(np.count_nonzero(alone[0] & alone[1]))


def _on_figures(
    page: FinishedPage, paragraphs: Iterable[Paragraph], roles: Roles, spec: Spec
) -> Iterator[Finding]:
    for role, figure in content_figures(page, spec):
        for line in (line for paragraph in paragraphs for line in paragraph.lines):
            over = [
                letter
                for letter in line.letters
                if letter.box.meets(figure.box) and _overlap(letter.box, figure.box, SLACK_PX)
            ]
            if over:
                text = f"“{line.text[:40]}” stands on the {role}"
                keep = "a code keeps four modules clear on every side"
                hint = keep if role == CODE else "keep the logo clear"
                box = told_box(around([letter.box for letter in over]), spec)
                yield Finding("text-overlap", text, hint, box=box, role=_role_of(line, roles) or None)


# A ratio differs by rounding of its box to hundredths of a px; more than this is a squeezed logo.
RATIO_TOLERANCE = 0.02
MIN_TOLERANCE = 0.99


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
    later = enumerate(views.page.objects[last + 1 :], last + 1)
    over = [at for at, one in later if one.kind != "text" and one.box.meets(figure.box)]
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
    if width < rule.least_width * MIN_TOLERANCE:
        due = f"at least {rule.least_width:.1f} {unit} are due"
        text = f"the logo {rule.alt} is {width:.1f} {unit} wide; {due}"
        hint = "fewer partners in the foot, or a taller foot"
        yield Finding("logo-rules", text, hint, box=told, role="logo")
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
MIN_SIDE = 0.1


def prove_pictures(page: FinishedPage, spec: Spec) -> Iterator[Finding]:
    """Yield a finding for each picture with fewer pixels than the channel asks for at its size on the page.

    Under a quarter of what is due is an error; more, a warning: soft shapes bear it, a photograph hardly.
    """
    own = [figure.box for _, figure in content_figures(page, spec)]
    least = MIN_SIDE * min(page.trim.width, page.trim.height)
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
    least = MIN_SIDE * min(trim.width, trim.height)
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
        words = f"a picture is enlarged {1 / have:.1f} times: it has {across.value} × {down.value} pixels"
        return have, words
    ppi = have * MM_PER_INCH
    return ppi / spec.ppi, f"a picture has {ppi:.0f} pixels an inch; {spec.ppi} are due"
