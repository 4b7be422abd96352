"""Find letters that are on the page but not in the finished pixels: cut off, covered or painted over.

Limits are measured (proof notes 1): the same page drawn and encoded again differs by less, the smallest
fault that matters (a digit altered, a full stop gone) by more than twice as much.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops

from assetgen.findings import Finding
from assetgen.geometry import Box, around
from assetgen.planning.asset import Spec
from assetgen.preflight.pdf.canvas import Colours, Layers, letters_alone, page_picture
from assetgen.preflight.pdf.finished_page import SLACK_PX, FinishedPage, Letter, common, is_inside, unclipped
from assetgen.preflight.results import told_box
from assetgen.preflight.text.found_words import FACTS, Roles

# A letter that a shape takes more than this share of its ink from is cut: less is the shape's soft edge.
MAX_LOST = 0.02


def prove_clipped(page: FinishedPage, roles: Roles, layers: Layers, spec: Spec) -> list[Finding]:
    """Return a finding for each role of which letters leave the page or are cut by what holds them."""
    findings = []
    for role, letters in roles.parted((*_outside(page), *_cut_by_shapes(page, layers))).items():
        signs = "".join(letter.sign for letter in dict.fromkeys(letters[:24]))
        text = f"letters of the {role or 'words'} are cut off: {signs}"
        hint = "the page, or a box with overflow: hidden, ends before they do"
        box = told_box(around([letter.box for letter in letters]), spec)
        findings.append(Finding("text-clipped", text, hint, box=box, role=role or None))
        if role in FACTS:
            findings.append(Finding("facts-hidden", text, hint, box=box, role=role))
    return findings


def _outside(page: FinishedPage) -> Iterator[Letter]:
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


def _cut_by_shapes(page: FinishedPage, layers: Layers) -> Iterator[Letter]:
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
            if int(lost[top:bottom, left:right].clip(min=0).sum()) > MAX_LOST * ink:
                yield letter


# The largest difference of a channel that drawing twice may leave in a file that keeps every pixel.
EXACT_LIMIT = 3
# In a file that does not (JPEG, WebP, a palette): the largest mean over BLOCK_PX × BLOCK_PX pixels.
LOSSY_LIMIT, BLOCK_PX = 45, 6
# A letter is seen where at least this share of its ink is.
SEEN_SHARE = 0.97
# A letter whose densest ink is less than this share of its neighbours' is as good as not there.
FAINT_SHARE = 0.35
# A file that does not keep every pixel can lose a full stop within its limit: of a letter no larger than this,
# in px², so much of what sets it off from its background must be there.
SMALL_PX2, SMALL_SEEN = 4 * BLOCK_PX**2, 0.55
MIN_STEP = 12
"""Where a letter and its background differ by less than this, there is nothing to be seen: contrast says so."""


@dataclass(frozen=True)
class ComparedPixels:
    """How far finished pixels are from a picture of the page.

    ``difference`` has one grey pixel for each ``block`` × ``block`` of theirs; more than ``limit`` is too far.
    """

    difference: Image.Image
    limit: int
    block: int

    @cached_property
    def agrees(self) -> bool:
        """Say whether no pixel is too far."""
        extrema = self.difference.getextrema()
        return int(extrema[1]) <= self.limit  # type: ignore[arg-type]  # a grey picture has one pair

    def meets(self, cut: tuple[int, int, int, int]) -> bool:
        """Say whether a box of pixels has any that are beyond the limit."""
        left, top, right, bottom = cut
        block = self.block
        part = (left // block, top // block, -(-right // block), -(-bottom // block))
        return not ComparedPixels(self.difference.crop(part), self.limit, block).agrees


def compare(
    finished: Image.Image, drawn: Image.Image, *, lossy: bool, ink: Image.Image | None = None
) -> ComparedPixels:
    """Return how finished pixels and drawn ones agree. ``ink`` masks where letters are: a palette's
    dither outside them is no fault."""
    difference = ImageChops.difference(finished, drawn)
    if not lossy:
        red, green, blue = difference.split()
        return ComparedPixels(ImageChops.lighter(ImageChops.lighter(red, green), blue), EXACT_LIMIT, 1)
    grey = difference.convert("L")
    if ink is not None:
        grey = ImageChops.multiply(grey, ink.point(lambda alpha: 255 if alpha else 0))
    return ComparedPixels(grey.reduce(BLOCK_PX), LOSSY_LIMIT, BLOCK_PX)


@dataclass(frozen=True)
class Views:
    """Pictures of one page to be compared: its layers, the page as it is drawn, the finished file where it is another.

    ``is_lossy``: the file's format does not keep every pixel. ``has_palette``: it has few colours, so it does not
    either. ``known_bare``: True where it is known without comparing that nothing lies over the words.
    """

    page: FinishedPage
    layers: Layers
    finished: Image.Image | None = None
    is_lossy: bool = False
    has_palette: bool = False
    known_bare: bool | None = None

    @property
    def is_exact(self) -> bool:
        """Say whether the file keeps every pixel of the page."""
        return not (self.is_lossy or self.has_palette)

    @cached_property
    def drawn(self) -> Image.Image:
        """Return the page as it is drawn."""
        return page_picture(self.page, self.layers.scale)

    @cached_property
    def file_against_page(self) -> ComparedPixels:
        """Return how the finished file, if there is one, agrees with its page."""
        if self.finished is None:
            return ComparedPixels(Image.new("L", (1, 1)), 0, 1)
        return self._file_against_bare if self.is_bare else self._file_against(self.drawn)

    @cached_property
    def _file_against_bare(self) -> ComparedPixels:
        return self._file_against(self.layers.whole)

    def _file_against(self, picture: Image.Image) -> ComparedPixels:
        assert self.finished is not None, "asked of a raster file alone"
        ink = self.layers.letters.getchannel("A") if self.has_palette else None
        return compare(self.finished, picture, lossy=not self.is_exact, ink=ink)

    @cached_property
    def is_bare(self) -> bool:
        """Say whether nothing lies over the words. A file that agrees with the bare page spares drawing it whole."""
        if self.known_bare is not None:
            return self.known_bare
        if self.finished is not None and self._file_against_bare.agrees:
            return True
        return compare(self.drawn, self.layers.whole, lossy=False).agrees


def prove_seen(views: Views, roles: Roles, spec: Spec) -> list[Finding]:
    """Return a finding for each role of which letters are on the page, but not to be seen in the finished pixels."""
    letters, layers = views.page.letters, views.layers
    covered = [] if views.is_bare else _covered(letters, views.drawn, layers)
    findings = _told(covered, roles, spec, "covered by what is drawn over them")
    findings += _told(_faint(letters, roles, layers), roles, spec, "fainter than those beside them")
    compared = views.file_against_page
    lost = list(_small_lost(letters, views))
    if compared.agrees and not lost:
        return findings
    known = set(covered)
    spoilt = [
        letter
        for letter in letters
        if letter not in known
        and (letter in lost or ((cut := layers.cut(letter.box, 1)) and compared.meets(cut)))
    ]
    findings += _told(spoilt, roles, spec, "not in the finished pixels as the page has them")
    if not findings:
        text = "the finished pixels are not those of the page that they were made from"
        findings.append(Finding("words-altered", text, "build it again"))
    return findings


def _faint(letters: Sequence[Letter], roles: Roles, layers: Layers) -> list[Letter]:
    """Return the letters of facts that have hardly any ink where the others of their fact have: left transparent."""
    inks: dict[str, list[tuple[Letter, int]]] = {}
    for letter in letters:
        role = roles.of.get(letter)
        if role in FACTS and letter.sign.isalnum() and (cut := layers.cut(letter.box)):
            left, top, right, bottom = cut
            densest = int(layers.inks[top:bottom, left:right, 3].max(initial=0))
            inks.setdefault(role, []).append((letter, densest))
    return [
        letter
        for found in inks.values()
        for letter, ink in found
        if ink < FAINT_SHARE * max(other for _, other in found)
    ]


def _small_lost(letters: Sequence[Letter], views: Views) -> Iterator[Letter]:
    """Yield the letters so small that a file which does not keep every pixel can lose them unnoticed, and has."""
    if views.finished is None or views.is_exact:
        return
    small = [one for one in letters if one.box.width * one.box.height * views.layers.scale**2 < SMALL_PX2]
    if not small:
        return
    finished, background = np.asarray(views.finished), np.asarray(views.layers.background)
    inks = views.layers.inks
    for letter in small:
        cut = views.layers.cut(letter.box)
        if cut is None:
            continue
        left, top, right, bottom = cut
        step, below = _steps(inks[top:bottom, left:right], background[top:bottom, left:right])
        whole = float((step**2).sum())
        done = float(((finished[top:bottom, left:right] - below) * step).sum())
        if whole > MIN_STEP**2 and done < SMALL_SEEN * whole:
            yield letter


def _steps(inks: Colours, background: Colours) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return by how much letters change each pixel of their background, and the background."""
    below = background.astype(np.float32)
    alpha = inks[..., 3:].astype(np.float32) / np.float32(255)
    return (inks[..., :3].astype(np.float32) - below) * alpha, below


def _covered(letters: Sequence[Letter], picture: Image.Image, layers: Layers) -> list[Letter]:
    """Return the letters of which too little ink is seen in a picture of the page."""
    finished, background = np.asarray(picture), np.asarray(layers.background)
    return [letter for letter in letters if _seen(letter, finished, background, layers) < SEEN_SHARE]


def _seen(letter: Letter, finished: Colours, background: Colours, layers: Layers) -> float:
    """Return the share of a letter's ink that is in the finished pixels; 1 where it has none to see."""
    cut = layers.cut(letter.box)
    if cut is None:
        return 1.0
    left, top, right, bottom = cut
    inks = layers.inks[top:bottom, left:right]
    alpha = inks[..., 3].astype(np.float32) / 255
    step, below = _steps(inks, background[top:bottom, left:right])
    length = (step**2).sum(axis=2)
    counts = length > MIN_STEP**2
    total = float(alpha[counts].sum())
    if total == 0:
        return 1.0
    done = ((finished[top:bottom, left:right] - below) * step).sum(axis=2)
    seen = counts & (done >= 0.5 * length)
    return float(alpha[seen].sum()) / total


def _told(letters: Iterable[Letter], roles: Roles, spec: Spec, why: str) -> list[Finding]:
    """Return one finding a role for letters that cannot be seen."""
    findings = []
    for role, found in roles.parted(letters).items():
        signs = "".join(letter.sign for letter in found[:24])
        text = f"letters of the {role or 'words'} are {why}: {signs}"
        hint = "move or remove what lies over them; what is drawn last lies on top"
        code = "facts-hidden" if role in FACTS else "words-altered"
        box = told_box(around([letter.box for letter in found]), spec)
        findings.append(Finding(code, text, hint, box=box, role=role or None))
    return findings
