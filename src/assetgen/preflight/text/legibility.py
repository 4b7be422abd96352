"""Check type sizes by viewing distance, and contrast under the letters.

Headline and number are read from ``view_m``: 1:120 is good, 1:250 the least. Other words are read from
``read_m``: 1:250 is good, 1:400 the least; in print also 12 pt and 8 pt. An imprint keeps 6 pt, 8 pt where
it is reversed or in more than one ink, 10 pt tinted in newsprint. Of words that no role claims nothing
but an imprint's size is asked.

The letters' own colour counts, not that of their blurred edges; the background is what lies under them, smoothed
by less than a stroke. In windows of an em along the line the worst twentieth decides (proof notes 6).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from assetgen.colour import Floats, contrasts, luminances
from assetgen.findings import Finding, Severity
from assetgen.geometry import around
from assetgen.planning.asset import (
    A6_MM2,
    FAR_GOOD,
    FAR_MIN,
    FAR_ROLES,
    NEAR_GOOD,
    NEAR_MIN,
    PRINT_GOOD_PT,
    PRINT_MIN_PT,
    Spec,
)
from assetgen.preflight.pdf.canvas import Colours, Layers, densest_ink
from assetgen.preflight.pdf.finished_page import FinishedPage, Letter
from assetgen.preflight.results import px_per_unit, told_box
from assetgen.preflight.text.embedded_fonts import USUAL_CAP_EM, Face
from assetgen.preflight.text.found_words import FACTS, IMPRINT, Roles
from assetgen.preflight.text.text_lines import EyeLine
from assetgen.units import MM_PER_PT

MIN_IMPRINT_PT, MIN_IMPRINT_REVERSED_PT = 6.0, 8.0
# Half a hundredth of a point, and of a ratio: figures are rounded when they are written.
WHOLE_MM = 10.0
"""From here on a height is told in whole millimetres."""
TOLERANCE = 0.995
USUAL_PX_MM = 0.26


@dataclass(frozen=True, slots=True)
class _Size:
    """Letters of one role and size: the height of their capitals in mm before the reader, their size in pt."""

    letters: tuple[Letter, ...]
    cap_mm: float
    size_pt: float


def prove_type_size(
    letters: Iterable[Letter],
    roles: Roles,
    faces: Mapping[int, Face | None],
    reversed_objects: Collection[int],
    spec: Spec,
) -> list[Finding]:
    """Return a finding for each role that has letters too small to be read from where it is read.

    ``faces`` has each text object's font; ``reversed_objects`` are those that are lighter than their background.
    """
    findings = []
    for role, own in roles.parted(letters).items():
        least = _smallest(own, faces, spec)
        is_reversed = any(letter.object in reversed_objects for letter in least.letters)
        severity, why = _judge(role, least, spec, is_reversed)
        if severity is None:
            continue
        signs = "".join(letter.sign for letter in least.letters[:16])
        text = f"{role or 'words'} too small: {why} ({signs})"
        hint = "larger type, or fewer words; docs/channels.md has the distances"
        box = told_box(around([letter.box for letter in least.letters]), spec)
        findings.append(Finding("type-small", text, hint, severity=severity, box=box, role=role or None))
    return findings


def _smallest(letters: Iterable[Letter], faces: Mapping[int, Face | None], spec: Spec) -> _Size:
    mm_per_px = 1 / px_per_unit(spec) if spec.unit == "mm" else spec.px_mm or USUAL_PX_MM
    sized: dict[float, list[Letter]] = {}
    for letter in letters:
        face = faces.get(letter.object)
        sized.setdefault(letter.size_px * (face.cap_em if face else USUAL_CAP_EM), []).append(letter)
    cap_px = min(sized)
    own = tuple(sized[cap_px])
    return _Size(own, cap_px * mm_per_px, own[0].size_px * mm_per_px / MM_PER_PT)


def _judge(role: str, size: _Size, spec: Spec, is_reversed: bool) -> tuple[Severity | None, str]:
    """Return how bad a size is, and why in words."""
    is_print = spec.unit == "mm"
    if role in FAR_ROLES:
        return _by_distance(size, spec.view_m, FAR_MIN, FAR_GOOD)
    if is_print and role in (IMPRINT, ""):
        least = MIN_IMPRINT_REVERSED_PT if is_reversed else MIN_IMPRINT_PT
        if size.size_pt < least * TOLERANCE:
            return Severity.ERROR, f"{size.size_pt:.1f} pt; {least:g} pt are due"
        return None, ""
    if role == "":
        return _by_distance(size, spec.read_m, NEAR_MIN, NEAR_MIN)
    severity, why = _by_distance(size, spec.read_m, NEAR_MIN, NEAR_GOOD)
    if is_print and severity is not Severity.ERROR:
        if size.size_pt < PRINT_MIN_PT * TOLERANCE:
            return Severity.ERROR, f"{size.size_pt:.1f} pt; {PRINT_MIN_PT} pt are due"
        if spec.width * spec.height > A6_MM2 and size.size_pt < PRINT_GOOD_PT * TOLERANCE:
            return Severity.WARNING, f"{size.size_pt:.1f} pt; {PRINT_GOOD_PT} pt are good"
    return severity, why


def _by_distance(size: _Size, distance_m: float, least: float, good: float) -> tuple[Severity | None, str]:
    ratio = size.cap_mm / (distance_m * 1000)
    if ratio < good * TOLERANCE:
        height = f"{size.cap_mm:.0f}" if size.cap_mm >= WHOLE_MM else f"{size.cap_mm:.2g}"
        told = f"capitals of {height} mm for {distance_m:g} m, 1:{1 / ratio:.0f}"
        if ratio < least * TOLERANCE:
            return Severity.ERROR, f"{told}; at least 1:{1 / least:.0f} is due"
        return Severity.WARNING, f"{told}; 1:{1 / good:.0f} is good"
    return None, ""


# WCAG 2.2, 1.4.3: 4.5:1, of large type 3:1. Facts keep 4.5:1 at any size.
MIN_CONTRAST, MIN_CONTRAST_LARGE = 4.5, 3.0
# Large: 24 CSS px, bold 18.66, of a CSS px of 0.26 mm; in print 18 pt, bold 14.
CSS_PX_MM = 0.26
LARGE_PX, LARGE_BOLD_PX = 24.0, 18.66
LARGE_PT, LARGE_BOLD_PT = 18.0, 14.0
BOLD = 700
# Words of less contrast are not seen at all.
MIN_TO_SEE = 1.1
WORST = 5
"""The percentile of a window that counts, in per cent."""
SOLID = 0.35
"""Pixels with less than this share of the line's densest ink are edges."""
FULL_ALPHA = 0.97
# Strokes of smaller letters cover no pixel wholly: how dense their ink is shows when they are drawn at this size.
SHARP_PX, DENSE_PX = 12, 48
SMOOTHING_EM = 0.04
# No ink of a line is further outside of the box around its letters.
NEAR_PX = 3.0
SAMPLES_PER_EM = 20


@dataclass(frozen=True, slots=True)
class LineContrast:
    """The worst contrast along a line, in a window of an em; whether the letters are lighter than their background.

    Where no pixel has less than any limit asks for, it is that of the worst pixel.
    """

    line: EyeLine
    ratio: float
    is_reversed: bool = False


def find_contrasts(
    page: FinishedPage, lines: Iterable[EyeLine], layers: Layers, seen: Image.Image | None = None
) -> list[LineContrast]:
    """Return the worst contrast of each line that has ink in the layers.

    ``seen`` is the page as it is drawn, where something lies over its words: then the letters' colour is
    what is seen of them through it.
    """
    placed = [(line, line.box) for line in lines]
    near = NEAR_PX / layers.scale
    return [
        _contrast(
            page,
            line,
            layers,
            seen,
            is_alone=not any(other is not line and its.meets(box.grown(near)) for other, its in placed),
        )
        for line, box in placed
    ]


def _contrast(
    page: FinishedPage, line: EyeLine, layers: Layers, seen: Image.Image | None, *, is_alone: bool
) -> LineContrast:
    """Return a line's worst contrast; 1 where no ink of it is to be seen."""
    size = line.size_px * layers.scale
    cut = layers.cut(line.box, 1)
    if cut is None:
        return LineContrast(line, 1.0)
    stride = max(1, int(size / SAMPLES_PER_EM))
    inks = layers.inks[cut[1] : cut[3] : stride, cut[0] : cut[2] : stride]
    background = layers.background_under(cut, SMOOTHING_EM * size / 2, stride)
    alpha = inks[..., 3].astype(np.float32) / 255
    if not is_alone:
        alpha *= _own_ink(line, layers, cut, stride, inks.shape[:2])
    most = float(alpha.max(initial=0.0))
    if most == 0:
        return LineContrast(line, 1.0)
    rows, columns = np.nonzero(alpha > SOLID * most)
    below: Colours = background[rows, columns]
    colour: npt.NDArray[np.number[Any]] = inks[rows, columns, :3]
    if seen is not None:
        solid = alpha[rows, columns] >= FULL_ALPHA * most
        rows, columns, below = rows[solid], columns[solid], below[solid]
        colour = np.asarray(seen.crop(cut))[::stride, ::stride][rows, columns]
    elif (opacity := most if size >= SHARP_PX else _opacity(page, line, most)) < FULL_ALPHA:
        colour = below + (colour.astype(np.float32) - below) * np.float32(opacity)
    light, under = luminances(colour), luminances(below)
    ratios = contrasts(light, under)
    is_reversed, least = bool(light.mean() > under.mean()), float(ratios.min())
    if least >= MIN_CONTRAST:
        return LineContrast(line, least, is_reversed)
    turned = abs(math.sin(math.radians(line.letters[0].turn_deg))) > 0.7
    along = (rows if turned else columns) * stride
    return LineContrast(line, _window_worst(ratios, along, max(1.0, size)), is_reversed)


def _opacity(page: FinishedPage, line: EyeLine, most: float) -> float:
    """Return how dense a line's ink is where a stroke covers whole pixels; ``most`` is what it is as drawn."""
    if most >= FULL_ALPHA or not line.size_px:
        return most
    objects = {letter.object for letter in line.letters}
    return max(most, densest_ink(page, objects, line.box, DENSE_PX / line.size_px))


def _own_ink(
    line: EyeLine, layers: Layers, cut: tuple[int, int, int, int], stride: int, shape: tuple[int, ...]
) -> npt.NDArray[np.bool_]:
    """Return where in a line's box its own letters are: the box may hold others'."""
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


def _window_worst(ratios: Floats, along: npt.NDArray[np.intp], em: float) -> float:
    """Return the worst twentieth of any window of an em along the line."""
    windows = (along / em).astype(np.intp)
    order = np.lexsort((ratios, windows))
    sorted_windows, sorted_ratios = windows[order], ratios[order]
    starts = np.concatenate(([0], np.flatnonzero(np.diff(sorted_windows)) + 1))
    sizes = np.diff(np.append(starts, len(order)))
    return float(sorted_ratios[starts + (sizes - 1) * WORST // 100].min())


def prove_contrast(
    contrasts: Iterable[LineContrast], roles: Roles, weights: dict[int, int], spec: Spec
) -> list[Finding]:
    """Return a finding for each line under its limit. ``weights`` are the weights of type by text object."""
    findings = []
    for one in contrasts:
        role = _role(one.line, roles)
        letter = one.line.letters[0]
        least = least_contrast(role, letter, weights.get(letter.object, 400), spec)
        # A ratio is told to two decimals: what rounds to the limit keeps it.
        if round(one.ratio, 2) < least:
            text = f"contrast {one.ratio:.2f}:1 under {_words(one.line)}; {least:g}:1 is due"
            hint = "a darker or lighter background under it, or the other colour for the words"
            box = told_box(around([one.box for one in one.line.letters]), spec)
            findings.append(Finding("contrast", text, hint, box=box, role=role or None))
            if role in FACTS and one.ratio < MIN_TO_SEE:
                text = f"the {role} cannot be told from its background"
                findings.append(Finding("facts-hidden", text, hint, box=box, role=role))
    return findings


def least_contrast(role: str, letter: Letter, weight: int, spec: Spec) -> float:
    """Return the contrast that words of a role and size must have."""
    if role in FACTS:
        return MIN_CONTRAST
    if spec.unit == "px":
        size = letter.size_px * (spec.px_mm or CSS_PX_MM) / CSS_PX_MM
        large = LARGE_BOLD_PX if weight >= BOLD else LARGE_PX
    else:
        size = letter.size_px / px_per_unit(spec) / MM_PER_PT
        large = LARGE_BOLD_PT if weight >= BOLD else LARGE_PT
    return MIN_CONTRAST_LARGE if size >= large else MIN_CONTRAST


def _role(line: EyeLine, roles: Roles) -> str:
    """Return the role of a line's letters; a fact's where it holds any of one."""
    said = [role for letter in line.letters if (role := roles.of.get(letter))]
    return next((role for role in said if role in FACTS), said[0] if said else "")


def _words(line: EyeLine) -> str:
    return f"“{line.text[:32]}{'…' if len(line.text) > 32 else ''}”"
