"""Sizes of type by role and distance: the height of a capital over how far away it is read (channel facts 9).

Headline and number are read from ``view_m``: 1:120 is good, 1:250 the least. Other words are read from
``read_m``: 1:250 is good, 1:400 the least; in print also 12 pt and 8 pt. An imprint keeps 6 pt, 8 pt where
it is reversed or in more than one ink, 10 pt tinted in newsprint. Of words that no role claims nothing
but an imprint's size is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from assetgen.findings import Finding, Severity
from assetgen.geometry import around
from assetgen.planning.asset import (
    A6_MM2,
    FAR_GOOD,
    FAR_LEAST,
    FAR_ROLES,
    NEAR_GOOD,
    NEAR_LEAST,
    PRINT_GOOD_PT,
    PRINT_LEAST_PT,
    Spec,
)
from assetgen.preflight.fonts import USUAL_CAP_EM, Face
from assetgen.preflight.page import Letter
from assetgen.preflight.proof import px_per_unit, told_box
from assetgen.preflight.words import IMPRINT, Roles
from assetgen.units import MM_PER_PT

IMPRINT_PT, IMPRINT_REVERSED_PT = 6.0, 8.0
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

    ``faces`` has each text object's font; ``reversed_objects`` are those that are lighter than their ground.
    """
    findings = []
    by_role: dict[str, list[Letter]] = {}
    for letter in letters:
        by_role.setdefault(roles.of.get(letter, ""), []).append(letter)
    for role, own in by_role.items():
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
        return _by_distance(size, spec.view_m, FAR_LEAST, FAR_GOOD)
    if is_print and role in (IMPRINT, ""):
        least = IMPRINT_REVERSED_PT if is_reversed else IMPRINT_PT
        if size.size_pt < least * TOLERANCE:
            return Severity.ERROR, f"{size.size_pt:.1f} pt; {least:g} pt are due"
        return None, ""
    if role == "":
        return _by_distance(size, spec.read_m, NEAR_LEAST, NEAR_LEAST)
    severity, why = _by_distance(size, spec.read_m, NEAR_LEAST, NEAR_GOOD)
    if is_print and severity is not Severity.ERROR:
        if size.size_pt < PRINT_LEAST_PT * TOLERANCE:
            return Severity.ERROR, f"{size.size_pt:.1f} pt; {PRINT_LEAST_PT} pt are due"
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
