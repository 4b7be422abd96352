"""What a manifest's entry promises of its file: read back for whoever proves the file again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assetgen.build.entry import SHA256, Entry
from assetgen.build.records import NotRead, read_record, read_terms, read_texts
from assetgen.planning.asset import Spec, Term
from assetgen.preflight.results import Mark

# No file of a campaign is larger: artwork of the largest sheets has some tens of megabytes.
MOST_FILE_BYTES = 256 * 1024 * 1024
FORMATS = frozenset({"png", "jpg", "gif", "webp", "svg", "pdf"})
# Lengths in px or mm; and the scale of artwork. Beyond these no drawing ends in time.
MOST_LENGTH, LEAST_SCALE, MOST_SCALE = 100_000.0, 0.01, 10.0


@dataclass(frozen=True, slots=True)
class Promised:
    """One file as its entry has it. ``path`` is relative to the manifest; ``measured`` has ``tier`` and ``omitted``."""

    id: str
    path: str
    bytes: int
    sha256: str
    pixel_sha256: str | None
    stale: bool
    spec: Spec
    marks: tuple[Mark, ...]
    measured: Mapping[str, Any]
    terms: tuple[Term, ...] = ()
    """The days that bind it."""


def read_promised(value: object) -> Promised:
    """Return what the plain values of an entry promise. Raises ValueError, in words, with the place in the entry."""
    entry = Entry.parse(value)
    assert isinstance(value, dict), "Entry.parse takes nothing else"
    weight = value.get("bytes")
    if not isinstance(weight, int) or isinstance(weight, bool) or not 0 < weight <= MOST_FILE_BYTES:
        raise NotRead(f"bytes is not a number of bytes from 1 to {MOST_FILE_BYTES:,}")
    spec = read_record(Spec, value.get("spec"), "spec")
    _check(spec)
    for key, promised in (("format", spec.format), ("link", spec.link), ("alt", spec.alt)):
        if value.get(key) != promised:
            raise NotRead(f"{key} is not that of its spec")
    marks = value.get("marks")
    if not isinstance(marks, list):
        raise NotRead("marks is not a list")
    found = tuple(
        read_record(Mark, mark, f"marks[{at}]", may_lack={"reading"}) for at, mark in enumerate(marks)
    )
    pixels = value.get("pixel_sha256")
    if pixels is not None and not (isinstance(pixels, str) and SHA256.fullmatch(pixels)):
        raise NotRead("pixel_sha256 is not 64 hexadecimal digits")
    measured = _read_measured(value.get("measured"), spec)
    terms = read_terms(value.get("terms", []))
    return Promised(
        entry.id, entry.path, weight, entry.sha256, pixels, entry.stale, spec, found, measured, terms
    )


def _check(spec: Spec) -> None:
    """Raise NotRead where a spec has values with which nothing can be measured."""
    if spec.unit not in ("px", "mm"):
        raise NotRead("spec.unit is neither px nor mm")
    if spec.format not in FORMATS:
        raise NotRead("spec.format is none that assetgen makes")
    if not all(0 < length <= MOST_LENGTH for length in (spec.width, spec.height)):
        raise NotRead("spec.width or spec.height is out of all bounds")
    if not LEAST_SCALE <= spec.scale <= MOST_SCALE:
        raise NotRead("spec.scale is out of all bounds")
    distances = (spec.view_m, spec.read_m, spec.scan_m, spec.px_mm)
    if any(distance is not None and distance <= 0 for distance in distances):
        raise NotRead("spec.view_m, read_m, scan_m or px_mm is not above 0")


def _read_measured(value: object, spec: Spec) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotRead("measured is not an object")
    tier = value.get("tier")
    if spec.words and not (isinstance(tier, str) and tier in spec.words):
        raise NotRead("measured.tier is none of those in spec.words")
    return {"tier": tier, "omitted": read_texts(value.get("omitted", []), "measured.omitted")}
