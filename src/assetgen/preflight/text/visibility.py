"""Find letters that are on the page but not in the finished pixels: cut off, covered or painted over.

The limits come from measurements on 72 correct pages and on pages with the smallest faults that matter: one digit
altered, a full stop missing, a thin line over the number. Correct pages, rendered and encoded again, stay below each
limit; the faults exceed it by a factor of two or more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops

from assetgen.findings import Finding
from assetgen.geometry import Box, bounding_box
from assetgen.planning.asset import Spec
from assetgen.preflight.pdf.canvas import Layers, PixelArray, render_page_picture, render_text_alpha
from assetgen.preflight.pdf.finished_page import (
    SLACK_PX,
    FinishedPage,
    Letter,
    intersect_boxes,
    is_inside,
    without_shape_clips,
)
from assetgen.preflight.results import convert_box
from assetgen.preflight.text.found_words import FACTS, Roles

# A letter counts as cut if a clipping shape removes more than this share of its ink. Less is anti-aliasing.
MAX_CLIPPED_SHARE = 0.02


def check_clipped(page: FinishedPage, roles: Roles, layers: Layers, spec: Spec) -> list[Finding]:
    """Return a finding for each role with letters that reach off the page or are cut by a clip."""
    findings = []
    for role, letters in roles.group_by_role((*_outside(page), *_cut_by_shapes(page, layers))).items():
        signs = "".join(letter.char for letter in dict.fromkeys(letters[:24]))
        text = f"letters of the {role or 'text'} are cut off: {signs}"
        hint = "move them onto the page, or enlarge the box with overflow: hidden that cuts them off"
        box = convert_box(bounding_box([letter.box for letter in letters]), spec)
        findings.append(Finding("text-clipped", text, hint, box=box, role=role or None))
        if role in FACTS:
            findings.append(Finding("facts-hidden", text, hint, box=box, role=role))
    return findings


def _outside(page: FinishedPage) -> Iterator[Letter]:
    """Yield the letters that reach outside the page or a box that clips them."""
    bounds_by_object: dict[int, Box | None] = {}
    for index, text_box in page.text_boxes.items():
        bounds = intersect_boxes([page.trim, *page.objects[index].clips])
        if bounds is None or not is_inside(text_box, bounds, SLACK_PX):
            bounds_by_object[index] = bounds
    for letter in page.letters:
        if letter.object_index not in bounds_by_object:
            continue
        visible = bounds_by_object[letter.object_index]
        if visible is None or not is_inside(letter.box, visible, SLACK_PX):
            yield letter


def _cut_by_shapes(page: FinishedPage, layers: Layers) -> Iterator[Letter]:
    """Yield the letters that lose ink to a clipping shape.

    The letters are rendered with and without their clips, and the two pictures are compared.
    """
    clipped = [letter for letter in page.letters if page.objects[letter.object_index].shape_clipped]
    if not clipped:
        return
    objects = {letter.object_index for letter in clipped}
    with_clips = render_text_alpha(page, objects, layers.scale)
    with without_shape_clips(page.objects[index] for index in objects):
        without_clips = render_text_alpha(page, objects, layers.scale)
    lost = without_clips.astype(np.int16) - with_clips
    for letter in clipped:
        if cut := layers.to_pixels(letter.box):
            left, top, right, bottom = cut
            ink = int(without_clips[top:bottom, left:right].sum())
            if int(lost[top:bottom, left:right].clip(min=0).sum()) > MAX_CLIPPED_SHARE * ink:
                yield letter


# The largest difference of a channel (0 to 255) in a lossless file. Correct PNG files have 1 or 2, faults over 100.
EXACT_LIMIT = 3
# In a lossy file (JPEG, WebP, a palette): the largest mean difference over BLOCK_PX × BLOCK_PX pixels. Correct files
# have at most 25 at quality 70 or more, and 19 with a palette. Faults have at least 105.
LOSSY_LIMIT, BLOCK_PX = 45, 6
# A letter is visible where at least this share of its ink is in the finished pixels.
VISIBLE_SHARE = 0.97
# A letter whose densest ink is less than this share of its neighbours' counts as invisible.
FAINT_SHARE = 0.35
# A lossy file can lose a full stop without exceeding its limit. So each letter of at most this area, in px², must keep
# this share of its difference from the background.
SMALL_PX2, SMALL_VISIBLE_SHARE = 4 * BLOCK_PX**2, 0.55
MIN_STEP = 12
"""A letter that differs from its background by less than this cannot be compared: the contrast check reports it."""


@dataclass(frozen=True)
class ComparedPixels:
    """The difference between finished pixels and a picture of the page.

    ``difference`` has one grey pixel for each ``block`` × ``block`` pixels; a value over ``limit`` is a fault.
    """

    difference: Image.Image
    limit: int
    block: int

    @cached_property
    def agrees(self) -> bool:
        """Return whether no pixel exceeds the limit."""
        extrema = self.difference.getextrema()
        return int(extrema[1]) <= self.limit  # type: ignore[arg-type]  # a grey picture has one pair

    def exceeds_in(self, box_px: tuple[int, int, int, int]) -> bool:
        """Return whether any pixel in a box (left, top, right, bottom) exceeds the limit."""
        left, top, right, bottom = box_px
        block = self.block
        part = (left // block, top // block, -(-right // block), -(-bottom // block))
        return not ComparedPixels(self.difference.crop(part), self.limit, block).agrees


def compare_pixels(
    finished: Image.Image, drawn: Image.Image, *, lossy: bool, ink: Image.Image | None = None
) -> ComparedPixels:
    """Compare finished pixels with a rendering of the page, both RGB.

    ``ink`` is the alpha of the letters. If it is given for a lossy file, only pixels with ink are compared, so that a
    palette's dithering outside the letters is not a fault.
    """
    difference = ImageChops.difference(finished, drawn)
    if not lossy:
        red, green, blue = difference.split()
        return ComparedPixels(ImageChops.lighter(ImageChops.lighter(red, green), blue), EXACT_LIMIT, 1)
    grey = difference.convert("L")
    if ink is not None:
        grey = ImageChops.multiply(grey, ink.point(lambda alpha: 255 if alpha else 0))
    return ComparedPixels(grey.reduce(BLOCK_PX), LOSSY_LIMIT, BLOCK_PX)


@dataclass(frozen=True)
class PageViews:
    """The pictures of one page that are compared: its layers, its rendering, and the finished raster file if any.

    ``is_lossy`` says that the file's format is lossy. ``has_palette`` says that the file has a palette of few colours,
    which also loses detail. ``known_uncovered`` is True if nothing covers the words, False if something does, and None
    if this is not known yet.
    """

    page: FinishedPage
    layers: Layers
    finished: Image.Image | None = None
    is_lossy: bool = False
    has_palette: bool = False
    known_uncovered: bool | None = None

    @property
    def is_exact(self) -> bool:
        """Return whether the file is lossless: it has neither a lossy format nor a palette."""
        return not (self.is_lossy or self.has_palette)

    @cached_property
    def rendered_page(self) -> Image.Image:
        """Render the whole page."""
        return render_page_picture(self.page, self.layers.scale)

    @cached_property
    def file_against_page(self) -> ComparedPixels:
        """Compare the finished file with its page. If the finished file is missing, return an empty difference."""
        if self.finished is None:
            return ComparedPixels(Image.new("L", (1, 1)), 0, 1)
        return (
            self._file_against_layers if self.are_words_uncovered else self._file_against(self.rendered_page)
        )

    @cached_property
    def _file_against_layers(self) -> ComparedPixels:
        return self._file_against(self.layers.composite)

    def _file_against(self, picture: Image.Image) -> ComparedPixels:
        assert self.finished is not None, "only a raster file can be compared"
        ink = self.layers.text_picture.getchannel("A") if self.has_palette else None
        return compare_pixels(self.finished, picture, lossy=not self.is_exact, ink=ink)

    @cached_property
    def are_words_uncovered(self) -> bool:
        """Return whether nothing covers the words.

        If the finished file agrees with its layers, nothing does, and the page is not rendered.
        """
        if self.known_uncovered is not None:
            return self.known_uncovered
        if self.finished is not None and self._file_against_layers.agrees:
            return True
        return compare_pixels(self.rendered_page, self.layers.composite, lossy=False).agrees


def check_visible(views: PageViews, roles: Roles, spec: Spec) -> list[Finding]:
    """Return a finding for each role with letters that are on the page but not visible in the finished pixels."""
    letters, layers = views.page.letters, views.layers
    covered = [] if views.are_words_uncovered else _covered(letters, views.rendered_page, layers)
    findings = _invisible(covered, roles, spec, "covered by something drawn over them")
    findings += _invisible(
        _faint(letters, roles, layers), roles, spec, "fainter than the letters beside them"
    )
    compared = views.file_against_page
    lost = list(_small_lost(letters, views))
    if compared.agrees and not lost:
        return findings
    known = set(covered)
    altered = [
        letter
        for letter in letters
        if letter not in known
        and (letter in lost or ((cut := layers.to_pixels(letter.box, 1)) and compared.exceeds_in(cut)))
    ]
    findings += _invisible(altered, roles, spec, "not the same in the finished pixels as on the page")
    if not findings:
        text = "the finished pixels differ from the page that they were rendered from"
        findings.append(Finding("words-altered", text, "build the asset again"))
    return findings


def _faint(letters: Sequence[Letter], roles: Roles, layers: Layers) -> list[Letter]:
    """Return the letters of facts with much less ink than other letters of the same fact: nearly transparent ones."""
    inks: dict[str, list[tuple[Letter, int]]] = {}
    for letter in letters:
        role = roles.role_of.get(letter)
        if role in FACTS and letter.char.isalnum() and (cut := layers.to_pixels(letter.box)):
            left, top, right, bottom = cut
            densest = int(layers.text_rgba[top:bottom, left:right, 3].max(initial=0))
            inks.setdefault(role, []).append((letter, densest))
    return [
        letter
        for found in inks.values()
        for letter, ink in found
        if ink < FAINT_SHARE * max(other for _, other in found)
    ]


def _small_lost(letters: Sequence[Letter], views: PageViews) -> Iterator[Letter]:
    """Yield small letters, such as full stops, that a lossy file has lost. The comparison by blocks misses them."""
    if views.finished is None or views.is_exact:
        return
    small = [
        letter
        for letter in letters
        if letter.box.width * letter.box.height * views.layers.scale**2 < SMALL_PX2
    ]
    if not small:
        return
    finished, background = np.asarray(views.finished), np.asarray(views.layers.background)
    inks = views.layers.text_rgba
    for letter in small:
        cut = views.layers.to_pixels(letter.box)
        if cut is None:
            continue
        left, top, right, bottom = cut
        step, below = _steps(inks[top:bottom, left:right], background[top:bottom, left:right])
        expected = float((step**2).sum())
        actual = float(((finished[top:bottom, left:right] - below) * step).sum())
        if expected > MIN_STEP**2 and actual < SMALL_VISIBLE_SHARE * expected:
            yield letter


def _steps(
    inks: PixelArray, background: PixelArray
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return the change that letters make to each pixel of their background, and the background as floats."""
    below = background.astype(np.float32)
    alpha = inks[..., 3:].astype(np.float32) / np.float32(255)
    return (inks[..., :3].astype(np.float32) - below) * alpha, below


def _covered(letters: Sequence[Letter], picture: Image.Image, layers: Layers) -> list[Letter]:
    """Return the letters with too little visible ink in a picture of the page."""
    finished, background = np.asarray(picture), np.asarray(layers.background)
    return [
        letter for letter in letters if _visible_share(letter, finished, background, layers) < VISIBLE_SHARE
    ]


def _visible_share(letter: Letter, finished: PixelArray, background: PixelArray, layers: Layers) -> float:
    """Return the share of a letter's ink that is in the finished pixels.

    The share is 1 if the letter hardly differs from its background, because there is nothing to compare.
    """
    cut = layers.to_pixels(letter.box)
    if cut is None:
        return 1.0
    left, top, right, bottom = cut
    inks = layers.text_rgba[top:bottom, left:right]
    alpha = inks[..., 3].astype(np.float32) / 255
    step, below = _steps(inks, background[top:bottom, left:right])
    expected = (step**2).sum(axis=2)
    counts = expected > MIN_STEP**2
    total = float(alpha[counts].sum())
    if total == 0:
        return 1.0
    actual = ((finished[top:bottom, left:right] - below) * step).sum(axis=2)
    visible = counts & (actual >= 0.5 * expected)
    return float(alpha[visible].sum()) / total


def _invisible(letters: Iterable[Letter], roles: Roles, spec: Spec, reason: str) -> list[Finding]:
    """Return one finding per role for letters that cannot be seen."""
    findings = []
    for role, found in roles.group_by_role(letters).items():
        signs = "".join(letter.char for letter in found[:24])
        text = f"letters of the {role or 'text'} are {reason}: {signs}"
        hint = "move or remove what covers them; the last object drawn is on top"
        code = "facts-hidden" if role in FACTS else "words-altered"
        box = convert_box(bounding_box([letter.box for letter in found]), spec)
        findings.append(Finding(code, text, hint, box=box, role=role or None))
    return findings
