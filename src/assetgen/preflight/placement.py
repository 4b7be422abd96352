"""Where things stand on a finished page: inside the safe area, off the joins, off each other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np

from assetgen.findings import Finding, Severity
from assetgen.geometry import Box, around
from assetgen.planning.asset import Spec
from assetgen.preflight.pdf.canvas import letters_alone
from assetgen.preflight.pdf.finished_page import Figure, FinishedPage
from assetgen.preflight.pdf.page_objects import common
from assetgen.preflight.results import px_per_unit, told_box
from assetgen.preflight.text.found_words import Roles
from assetgen.preflight.text.text_lines import EyeLine, Paragraph

# How far ink may stand over an edge before it counts: drawing rounds, and a hair is not seen.
SLACK_PX = 0.6
# Ink hangs over the edge that a line is set to: a round or slanted letter stands out at its side, descenders
# and accents above or below. As shares of the type's size, beyond which the line itself is outside.
HANG_SIDE_EM, HANG_HEIGHT_EM = 0.05, 0.03
# Two texts lie on each other where this many pixels have ink of both.
INK_BOTH, LEAST_SHARED_PX = 100, 6
CODE, LOGO = "code", "logo"


def content_figures(page: FinishedPage, spec: Spec) -> list[tuple[str, Figure]]:
    """Return the code and the logos of a page, found by the alt texts that were promised, each with its role."""
    logos = {logo.alt for logo in spec.logos}
    return [
        (CODE if figure.alt == spec.code_alt else LOGO, figure)
        for figure in page.figures
        if figure.alt and (figure.alt == spec.code_alt or figure.alt in logos)
    ]


def is_inside(box: Box, outer: Box, slack: float) -> bool:
    """Say whether a box stands no further out of another than ``slack``."""
    return (
        box.x >= outer.x - slack
        and box.y >= outer.y - slack
        and box.right <= outer.right + slack
        and box.bottom <= outer.bottom + slack
    )


def prove_safe(page: FinishedPage, lines: Sequence[EyeLine], roles: Roles, spec: Spec) -> list[Finding]:
    """Return a finding for each line, logo and code outside the safe area, in what covers it, or on a join."""
    things = [(_role_of(line, roles), f"“{line.text[:40]}”", line.box, _size(line)) for line in lines]
    things += [(role, f"the {role}", figure.box, 0.0) for role, figure in content_figures(page, spec)]
    findings = []
    for role, what, box, size_px in things:
        why = next(_unsafe(box, size_px, spec), None)
        if why is not None:
            hint = "assetgen build --guides shows the area"
            told = told_box(box, spec)
            findings.append(Finding("unsafe-area", f"{what} {why}", hint, box=told, role=role or None))
    for line in lines if spec.joins_x or spec.joins_y else ():
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
    lies_along = any(_cut_by(spec.joins_y, letter.box.y, letter.box.bottom, spec) for letter in letters)
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


def _size(line: EyeLine) -> float:
    return max((letter.size_px for letter in line.letters), default=0.0)


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
    return _cut_by(spec.joins_x, box.x, box.right, spec) or _cut_by(spec.joins_y, box.y, box.bottom, spec)


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
        if _shared_ink(page, one, other, scale) < LEAST_SHARED_PX:
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
    alone = [
        letters_alone(page, {letter.object for letter in line.letters}, scale) > INK_BOTH
        for line in (one, other)
    ]
    if {letter.object for letter in one.letters} & {letter.object for letter in other.letters}:
        return 0
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
                hint = (
                    "a code keeps four modules clear on every side" if role == CODE else "keep the logo clear"
                )
                box = told_box(around([letter.box for letter in over]), spec)
                yield Finding("text-overlap", text, hint, box=box, role=_role_of(line, roles) or None)
