"""Check type sizes by viewing distance, and contrast under the letters.

Type sizes are ratios of cap height to reading distance. The headline and the number are read from ``view_m``: 1:120 is
preferred (sign-trade rule, 1 in per 10 ft), 1:250 is the minimum (UK safety-sign rule, 100 mm letters at 25 m). Other
words are read from ``read_m``: 1:250 is preferred, 1:400 is the minimum (rule of thumb, 25 mm per 10 m). In print they
also have a preferred size of 12 pt (clear print, UKAAF G003) and a minimum of 8 pt. In print, imprints and words
without a role have only a minimum: 6 pt, or 8 pt if they are lighter than their background.

Contrast compares the colour of the letters, without their anti-aliased edges, with the background under them. The
background is smoothed by less than a stroke, because readers do not see finer noise. The line is divided into windows
one em wide, and the worst 5 % of the worst window decides.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from assetgen.colour import Floats, contrasts, luminances
from assetgen.findings import Finding, Severity
from assetgen.geometry import bounding_box
from assetgen.planning.asset import (
    A6_MM2,
    FAR_MIN,
    FAR_PREFERRED,
    FAR_ROLES,
    NEAR_MIN,
    NEAR_PREFERRED,
    PRINT_MIN_PT,
    PRINT_PREFERRED_PT,
    Spec,
)
from assetgen.preflight.pdf.canvas import Layers, PixelArray, max_text_alpha
from assetgen.preflight.pdf.finished_page import FinishedPage, Letter
from assetgen.preflight.results import convert_box, px_per_unit
from assetgen.preflight.text.embedded_fonts import USUAL_CAP_EM, EmbeddedFont
from assetgen.preflight.text.found_words import FACTS, IMPRINT, Roles
from assetgen.preflight.text.text_lines import VisualLine
from assetgen.units import MM_PER_PT

MIN_IMPRINT_PT, MIN_IMPRINT_REVERSED_PT = 6.0, 8.0
WHOLE_MM = 10.0
"""From this cap height on, a message gives whole millimetres."""
# A size may be this share of its minimum: sizes are rounded when they are written into a page.
TOLERANCE = 0.995
# The size of a screen pixel where the channel does not state it.
USUAL_PX_MM = 0.26


# How many letters a finding shows, and from which gap on (in em) two letters belong to different words.
SHOWN_LETTERS, WORD_GAP_EM = 32, 0.2


@dataclass(frozen=True, slots=True)
class _TypeSize:
    """Letters of one role and size. ``cap_mm`` is their cap height at final size."""

    letters: tuple[Letter, ...]
    cap_mm: float
    size_pt: float


def check_type_size(
    letters: Iterable[Letter],
    roles: Roles,
    faces: Mapping[int, EmbeddedFont | None],
    reversed_objects: Collection[int],
    spec: Spec,
) -> list[Finding]:
    """Return a finding for each role with letters that are too small for their reading distance.

    ``faces`` has the font of each text object. ``reversed_objects`` are the text objects that are lighter than their
    background.
    """
    findings = []
    for role, role_letters in roles.group_by_role(letters).items():
        smallest = _smallest(role_letters, faces, spec)
        is_reversed = any(letter.object_index in reversed_objects for letter in smallest.letters)
        severity, reason = _check_size(role, smallest, spec, is_reversed)
        if severity is None:
            continue
        what = f"the {role} is" if role else "text is"
        text = f"{what} too small: {reason} (“{_spelt(smallest.letters)}”)"
        hint = "use larger type or shorter copy; assetgen list channels shows the viewing distance"
        box = convert_box(bounding_box([letter.box for letter in smallest.letters]), spec)
        findings.append(Finding("type-small", text, hint, severity=severity, box=box, role=role or None))
    return findings


def _spelt(letters: Sequence[Letter]) -> str:
    """Return the first letters as text, with a space where there is a gap between two of them."""
    shown = letters[:SHOWN_LETTERS]
    text = shown[0].char
    for before, letter in pairwise(shown):
        gap = letter.box.x - before.box.right
        is_apart = gap > WORD_GAP_EM * letter.size_px or letter.box.x < before.box.x
        text += (" " if is_apart else "") + letter.char
    return f"{text}…" if len(letters) > SHOWN_LETTERS else text


def _smallest(letters: Iterable[Letter], faces: Mapping[int, EmbeddedFont | None], spec: Spec) -> _TypeSize:
    mm_per_px = 1 / px_per_unit(spec) if spec.unit == "mm" else spec.px_mm or USUAL_PX_MM
    sized: dict[float, list[Letter]] = {}
    for letter in letters:
        face = faces.get(letter.object_index)
        sized.setdefault(letter.size_px * (face.cap_em if face else USUAL_CAP_EM), []).append(letter)
    cap_px = min(sized)
    smallest = tuple(sized[cap_px])
    return _TypeSize(smallest, cap_px * mm_per_px, smallest[0].size_px * mm_per_px / MM_PER_PT)


def _check_size(role: str, size: _TypeSize, spec: Spec, is_reversed: bool) -> tuple[Severity | None, str]:
    """Return the severity and the reason if a size is too small; None and an empty reason if it is large enough."""
    is_print = spec.unit == "mm"
    if role in FAR_ROLES:
        return _check_distance(size, spec.view_m, FAR_MIN, FAR_PREFERRED)
    if is_print and role in (IMPRINT, ""):
        min_pt = MIN_IMPRINT_REVERSED_PT if is_reversed else MIN_IMPRINT_PT
        if size.size_pt < min_pt * TOLERANCE:
            return Severity.ERROR, f"{size.size_pt:.1f} pt; the minimum is {min_pt:g} pt"
        return None, ""
    if role == "":
        return _check_distance(size, spec.read_m, NEAR_MIN, NEAR_MIN)
    severity, reason = _check_distance(size, spec.read_m, NEAR_MIN, NEAR_PREFERRED)
    if is_print and severity is not Severity.ERROR:
        if size.size_pt < PRINT_MIN_PT * TOLERANCE:
            return Severity.ERROR, f"{size.size_pt:.1f} pt; the minimum is {PRINT_MIN_PT} pt"
        if spec.width * spec.height > A6_MM2 and size.size_pt < PRINT_PREFERRED_PT * TOLERANCE:
            return (
                Severity.WARNING,
                f"{size.size_pt:.1f} pt; the preferred minimum is {PRINT_PREFERRED_PT} pt",
            )
    return severity, reason


def _check_distance(
    size: _TypeSize, distance_m: float, minimum: float, preferred: float
) -> tuple[Severity | None, str]:
    """Check cap height ÷ distance against the minimum and preferred ratios. The result is that of ``_check_size``."""
    ratio = size.cap_mm / (distance_m * 1000)
    if ratio < preferred * TOLERANCE:
        height = f"{size.cap_mm:.0f}" if size.cap_mm >= WHOLE_MM else f"{size.cap_mm:.2g}"
        measured = f"its capitals are {height} mm high for reading at {distance_m:g} m, or 1:{1 / ratio:.0f}"
        if ratio < minimum * TOLERANCE:
            return Severity.ERROR, f"{measured}; the minimum is 1:{1 / minimum:.0f}"
        return Severity.WARNING, f"{measured}; the preferred minimum is 1:{1 / preferred:.0f}"
    return None, ""


# WCAG 2.2, 1.4.3: 4.5:1, or 3:1 for large type. The facts must have 4.5:1 at any size.
MIN_CONTRAST, MIN_CONTRAST_LARGE = 4.5, 3.0
# WCAG's large type: 24 CSS px, bold 18.66, with a CSS px of 0.26 mm; in print 18 pt, bold 14.
CSS_PX_MM = 0.26
LARGE_PX, LARGE_BOLD_PX = 24.0, 18.66
LARGE_PT, LARGE_BOLD_PT = 18.0, 14.0
BOLD = 700
# Words with less contrast are invisible.
MIN_VISIBLE_CONTRAST = 1.1
WORST_PERCENT = 5
"""The percentile of a window's ratios that counts."""
MIN_INK_SHARE = 0.35
"""Pixels with less than this share of the line's densest ink are anti-aliased edges."""
FULL_ALPHA = 0.97
# Below the first size, in px, no stroke covers a whole pixel. The letters are then rendered at the second size to
# measure how dense their ink is.
SHARP_PX, DENSE_PX = 12, 48
SMOOTHING_EM = 0.04
# The ink of a line reaches at most this far outside the box around its letters.
NEAR_PX = 3.0
SAMPLES_PER_EM = 20


@dataclass(frozen=True, slots=True)
class LineContrast:
    """The contrast of a line, and whether its letters are lighter than their background.

    ``ratio`` is that of the worst window of one em. If every pixel reaches ``MIN_CONTRAST``, it is that of the worst
    pixel.
    """

    line: VisualLine
    ratio: float
    is_reversed: bool = False


def measure_contrasts(
    page: FinishedPage, lines: Iterable[VisualLine], layers: Layers, seen: Image.Image | None = None
) -> list[LineContrast]:
    """Return the contrast of each line.

    ``seen`` is the rendered page, which is needed only if something covers its words. The colour of the letters is then
    taken from it.
    """
    placed = [(line, line.box) for line in lines]
    near = NEAR_PX / layers.scale
    return [
        _contrast(
            page,
            line,
            layers,
            seen,
            is_alone=not any(
                other is not line and other_box.overlaps(box.enlarged(near)) for other, other_box in placed
            ),
        )
        for line, box in placed
    ]


def _contrast(
    page: FinishedPage, line: VisualLine, layers: Layers, seen: Image.Image | None, *, is_alone: bool
) -> LineContrast:
    """Return the contrast of a line; the ratio is 1 if it has no visible ink.

    ``is_alone`` says that no other line is near enough to have ink in its box.
    """
    size = line.size_px * layers.scale
    cut = layers.to_pixels(line.box, 1)
    if cut is None:
        return LineContrast(line, 1.0)
    stride = max(1, int(size / SAMPLES_PER_EM))
    inks = layers.text_rgba[cut[1] : cut[3] : stride, cut[0] : cut[2] : stride]
    background = layers.background_under(cut, SMOOTHING_EM * size / 2, stride)
    alpha = inks[..., 3].astype(np.float32) / 255
    if not is_alone:
        alpha *= _own_ink(line, layers, cut, stride, inks.shape[:2])
    max_alpha = float(alpha.max(initial=0.0))
    if max_alpha == 0:
        return LineContrast(line, 1.0)
    rows, columns = np.nonzero(alpha > MIN_INK_SHARE * max_alpha)
    below: PixelArray = background[rows, columns]
    colour: npt.NDArray[np.number[Any]] = inks[rows, columns, :3]
    if seen is not None:
        solid = alpha[rows, columns] >= FULL_ALPHA * max_alpha
        rows, columns, below = rows[solid], columns[solid], below[solid]
        colour = np.asarray(seen.crop(cut))[::stride, ::stride][rows, columns]
    elif (opacity := max_alpha if size >= SHARP_PX else _opacity(page, line, max_alpha)) < FULL_ALPHA:
        colour = below + (colour.astype(np.float32) - below) * np.float32(opacity)
    ink_luminance, background_luminance = luminances(colour), luminances(below)
    ratios = contrasts(ink_luminance, background_luminance)
    is_reversed = bool(ink_luminance.mean() > background_luminance.mean())
    lowest = float(ratios.min())
    if lowest >= MIN_CONTRAST:
        return LineContrast(line, lowest, is_reversed)
    is_turned = abs(math.sin(math.radians(line.letters[0].rotation_deg))) > 0.7
    along = (rows if is_turned else columns) * stride
    return LineContrast(line, _worst_window(ratios, along, max(1.0, size)), is_reversed)


def _opacity(page: FinishedPage, line: VisualLine, max_alpha: float) -> float:
    """Return the opacity of a line's ink, measured at a scale at which strokes cover whole pixels.

    ``max_alpha`` is the greatest alpha at the layers' scale.
    """
    if max_alpha >= FULL_ALPHA or not line.size_px:
        return max_alpha
    objects = {letter.object_index for letter in line.letters}
    return max(max_alpha, max_text_alpha(page, objects, line.box, DENSE_PX / line.size_px))


def _own_ink(
    line: VisualLine, layers: Layers, cut: tuple[int, int, int, int], stride: int, shape: tuple[int, ...]
) -> npt.NDArray[np.bool_]:
    """Return which pixels of a line's box belong to its own letters; letters of other lines can reach into it."""
    own = np.zeros(shape, dtype=bool)
    left, top, scale = cut[0], cut[1], layers.scale
    boxes = [letter.box for letter in line.letters]
    near = np.array([(box.x, box.y) for box in boxes]) - (layers.box.x, layers.box.y)
    far = near + [(box.width, box.height) for box in boxes]
    starts = np.floor(near * scale) - 1 - (left, top)
    ends = np.ceil(far * scale) + 1 - (left, top)
    starts = np.maximum(starts // stride, 0).astype(int)
    ends = np.maximum(-(-ends // stride), 0).astype(int)
    for (x0, y0), (x1, y1) in zip(starts.tolist(), ends.tolist(), strict=True):
        own[y0:y1, x0:x1] = True
    return own


def _worst_window(ratios: Floats, along: npt.NDArray[np.intp], em_px: float) -> float:
    """Return the 5th percentile of the ratios in the worst window of one em.

    ``along`` has the position of each ratio along the line, in px.
    """
    windows = (along / em_px).astype(np.intp)
    order = np.lexsort((ratios, windows))
    sorted_windows, sorted_ratios = windows[order], ratios[order]
    starts = np.concatenate(([0], np.flatnonzero(np.diff(sorted_windows)) + 1))
    sizes = np.diff(np.append(starts, len(order)))
    return float(sorted_ratios[starts + (sizes - 1) * WORST_PERCENT // 100].min())


def check_contrast(
    contrasts: Iterable[LineContrast], roles: Roles, weights: dict[int, int], spec: Spec
) -> list[Finding]:
    """Return a finding for each line below its minimum contrast. ``weights`` has each text object's font weight."""
    findings = []
    for contrast in contrasts:
        role = _role(contrast.line, roles)
        letter = contrast.line.letters[0]
        minimum = min_contrast(role, letter, weights.get(letter.object_index, 400), spec)
        # Messages give ratios to two decimals, so a ratio that rounds to the minimum passes.
        if round(contrast.ratio, 2) < minimum:
            text = f"the contrast of {_words(contrast.line)} is {contrast.ratio:.2f}:1; the minimum is {minimum:g}:1"
            hint = "use a darker or lighter background there, or a different colour for the text"
            box = convert_box(bounding_box([letter.box for letter in contrast.line.letters]), spec)
            findings.append(Finding("contrast", text, hint, box=box, role=role or None))
            if role in FACTS and contrast.ratio < MIN_VISIBLE_CONTRAST:
                text = f"the {role} is invisible on its background"
                findings.append(Finding("facts-hidden", text, hint, box=box, role=role))
    return findings


def min_contrast(role: str, letter: Letter, weight: int, spec: Spec) -> float:
    """Return the minimum contrast ratio for words of a role, size and weight."""
    if role in FACTS:
        return MIN_CONTRAST
    if spec.unit == "px":
        size = letter.size_px * (spec.px_mm or CSS_PX_MM) / CSS_PX_MM
        large = LARGE_BOLD_PX if weight >= BOLD else LARGE_PX
    else:
        size = letter.size_px / px_per_unit(spec) / MM_PER_PT
        large = LARGE_BOLD_PT if weight >= BOLD else LARGE_PT
    return MIN_CONTRAST_LARGE if size >= large else MIN_CONTRAST


def _role(line: VisualLine, roles: Roles) -> str:
    """Return the role of a line: a fact if any of its letters has one, otherwise the first role; '' if none."""
    found = [role for letter in line.letters if (role := roles.role_of.get(letter))]
    return next((role for role in found if role in FACTS), found[0] if found else "")


def _words(line: VisualLine) -> str:
    return f"“{line.text[:32]}{'…' if len(line.text) > 32 else ''}”"
