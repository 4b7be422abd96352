"""Letters that are on the page but not in the finished pixels: covered, cut off, painted over, or another file's.

Limits are measured (proof notes 1): the same page drawn and encoded again differs by less, the smallest
fault that matters (a digit altered, a full stop gone) by more than twice as much.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops

from assetgen.findings import Finding
from assetgen.geometry import Box, around
from assetgen.plan.asset import Spec
from assetgen.preflight.facts import FACTS
from assetgen.preflight.layers import Layers, page_picture
from assetgen.preflight.page import Letter, Page
from assetgen.preflight.proof import told_box
from assetgen.preflight.words import Roles

# The largest difference of a channel that drawing twice may leave in a file that keeps every pixel.
EXACT_LIMIT = 3
# In a file that does not (JPEG, WebP, a palette): the largest mean over BLOCK_PX × BLOCK_PX pixels.
LOSSY_LIMIT, BLOCK_PX = 45, 6
# A letter is seen where at least this share of its ink is.
SEEN_SHARE = 0.97
LEAST_STEP = 12
"""Where a letter and its ground differ by less than this, there is nothing to be seen: contrast says so."""


@dataclass(frozen=True)
class Compared:
    """How far finished pixels are from a picture of the page: ``far`` is True in pixels beyond the limit."""

    far: npt.NDArray[np.bool_]
    block: int

    @property
    def agrees(self) -> bool:
        return not self.far.any()

    def meets(self, cut: tuple[int, int, int, int]) -> bool:
        """Say whether a box of pixels has any that are beyond the limit."""
        left, top, right, bottom = cut
        block = self.block
        return bool(self.far[top // block : -(-bottom // block), left // block : -(-right // block)].any())


def compare(
    finished: Image.Image, drawn: Image.Image, *, lossy: bool, ink: Image.Image | None = None
) -> Compared:
    """Return how finished pixels and drawn ones agree. ``ink`` masks where letters are: a palette's
    dither outside them is no fault."""
    difference = ImageChops.difference(finished, drawn)
    if not lossy:
        return Compared(np.asarray(difference).max(axis=2) > EXACT_LIMIT, 1)
    grey = difference.convert("L")
    if ink is not None:
        grey = ImageChops.multiply(grey, ink.point(lambda alpha: 255 if alpha else 0))
    return Compared(np.asarray(grey.reduce(BLOCK_PX)) > LOSSY_LIMIT, BLOCK_PX)


def hidden_in_page(page: Page, layers: Layers, roles: Roles, spec: Spec) -> list[Finding]:
    """Return a finding for each role of which letters are on the page, but covered by what is drawn over them."""
    picture = page_picture(page, layers.scale)
    if compare(picture, layers.whole(), lossy=False).agrees:
        return []
    return _told(_covered(page.letters, picture, layers), roles, spec, "covered by what is drawn over them")


def hidden_in_file(
    page: Page, layers: Layers, finished: Image.Image, roles: Roles, spec: Spec, *, lossy: bool, palette: bool
) -> list[Finding]:
    """Return a finding for each role of which letters are not in the finished pixels as the page has them."""
    ink = layers.letters.getchannel("A") if palette else None
    if compare(finished, layers.whole(), lossy=lossy or palette, ink=ink).agrees:
        return []
    picture = page_picture(page, layers.scale)
    covered = _covered(page.letters, picture, layers)
    findings = _told(covered, roles, spec, "covered by what is drawn over them")
    compared = compare(finished, picture, lossy=lossy or palette, ink=ink)
    spoilt = [
        letter
        for letter in page.letters
        if letter not in set(covered) and (cut := layers.cut(letter.box, 1)) and compared.meets(cut)
    ]
    findings += _told(spoilt, roles, spec, "not in the finished pixels as the page has them")
    if not compared.agrees and not findings:
        text = "the finished pixels are not those of the page that they were made from"
        findings.append(Finding("words-altered", text, "build it again"))
    return findings


def _covered(letters: Sequence[Letter], picture: Image.Image, layers: Layers) -> list[Letter]:
    """Return the letters of which too little ink is seen in a picture of the page."""
    finished, ground = np.asarray(picture), np.asarray(layers.ground)
    inks = np.asarray(layers.letters)
    return [letter for letter in letters if _seen(letter, finished, ground, inks, layers) < SEEN_SHARE]


def _seen(
    letter: Letter,
    finished: npt.NDArray[np.uint8],
    ground: npt.NDArray[np.uint8],
    inks: npt.NDArray[np.uint8],
    layers: Layers,
) -> float:
    """Return the share of a letter's ink that is in the finished pixels; 1 where it has none to see."""
    cut = layers.cut(letter.box)
    if cut is None:
        return 1.0
    left, top, right, bottom = cut
    alpha = inks[top:bottom, left:right, 3].astype(np.float32) / 255
    below = ground[top:bottom, left:right].astype(np.float32)
    step = (inks[top:bottom, left:right, :3] - below) * alpha[..., None]
    length = (step**2).sum(axis=2)
    counts = length > LEAST_STEP**2
    total = float(alpha[counts].sum())
    if total == 0:
        return 1.0
    done = ((finished[top:bottom, left:right] - below) * step).sum(axis=2)
    seen = counts & (done >= 0.5 * length)
    return float(alpha[seen].sum()) / total


def _told(letters: Iterable[Letter], roles: Roles, spec: Spec, why: str) -> list[Finding]:
    """Return one finding a role for letters that cannot be seen."""
    by_role: dict[str, list[Letter]] = {}
    for letter in letters:
        by_role.setdefault(roles.of.get(letter, ""), []).append(letter)
    return [_finding(role, found, spec, why) for role, found in by_role.items()]


def _finding(role: str, letters: Sequence[Letter], spec: Spec, why: str) -> Finding:
    signs = "".join(letter.sign for letter in letters[:24])
    text = f"letters of the {role or 'words'} are {why}: {signs}"
    hint = "move or remove what lies over them; what is drawn last lies on top"
    code = "facts-hidden" if role in FACTS else "words-altered"
    box = told_box(_box(letters), spec)
    return Finding(code, text, hint, box=box, role=role or None)


def _box(letters: Sequence[Letter]) -> Box:
    return around([letter.box for letter in letters])
