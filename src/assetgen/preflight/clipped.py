"""Letters that are cut off: by the page's end, by a box that holds them, or by a shape."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetgen.findings import Finding
from assetgen.geometry import Box, around
from assetgen.planning.asset import Spec
from assetgen.preflight.facts import FACTS
from assetgen.preflight.geometry import SLACK_PX, is_inside
from assetgen.preflight.layers import Layers, letters_alone
from assetgen.preflight.objects import common, unclipped
from assetgen.preflight.page import Letter, Page
from assetgen.preflight.proof import told_box
from assetgen.preflight.words import Roles

# A letter that a shape takes more than this share of its ink from is cut: less is the shape's soft edge.
MOST_LOST = 0.02


def prove_clipped(page: Page, roles: Roles, layers: Layers, spec: Spec) -> list[Finding]:
    """Return a finding for each role of which letters leave the page or are cut by what holds them."""
    cut: dict[str, list[Letter]] = {}
    for letter in (*_outside(page), *_cut_by_shapes(page, layers)):
        cut.setdefault(roles.of.get(letter, ""), []).append(letter)
    findings = []
    for role, letters in cut.items():
        signs = "".join(letter.sign for letter in dict.fromkeys(letters[:24]))
        text = f"letters of the {role or 'words'} are cut off: {signs}"
        hint = "the page, or a box with overflow: hidden, ends before they do"
        box = told_box(around([letter.box for letter in letters]), spec)
        findings.append(Finding("text-clipped", text, hint, box=box, role=role or None))
        if role in FACTS:
            findings.append(Finding("facts-hidden", text, hint, box=box, role=role))
    return findings


def _outside(page: Page) -> Iterator[Letter]:
    """Yield the letters that stand out of the page, or of a box that cuts them."""
    cut_by: dict[int, Box | None] = {}
    for at, whole in page.text_boxes.items():
        bounds = common([page.trim, *page.objects[at].clips])
        if bounds is None or not is_inside(whole, bounds, SLACK_PX):
            cut_by[at] = bounds
    for letter in page.letters:
        if letter.object not in cut_by:
            continue
        inside = cut_by[letter.object]
        if inside is None or not is_inside(letter.box, inside, SLACK_PX):
            yield letter


def _cut_by_shapes(page: Page, layers: Layers) -> Iterator[Letter]:
    """Yield the letters that lose ink to a shape: each is drawn as it is, and once more without what cuts it."""
    held = [letter for letter in page.letters if page.objects[letter.object].shaped]
    if not held:
        return
    objects = {letter.object for letter in held}
    seen = letters_alone(page, objects, layers.scale)
    with unclipped(page.objects[at] for at in objects):
        whole = letters_alone(page, objects, layers.scale)
    lost = whole.astype(np.int16) - seen
    for letter in held:
        if cut := layers.cut(letter.box):
            left, top, right, bottom = cut
            ink = int(whole[top:bottom, left:right].sum())
            if int(lost[top:bottom, left:right].clip(min=0).sum()) > MOST_LOST * ink:
                yield letter
