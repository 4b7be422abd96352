"""One asset's entry in the manifest: validated, and read back by the types of its records.

The types of a dataclass say what may stand where; a strange key, a missing one or a value of another type is
refused with its place. Numbers are bounded, so that no sum with them runs away.

The line is made in the worker, so that the parent neither holds nor writes each asset's values again.
"""

from __future__ import annotations

import hashlib
import json
import re
import types
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from assetgen.findings import NOWHERE
from assetgen.planning.asset import TERM_KINDS, Spec, Term
from assetgen.preflight.results import Mark

if TYPE_CHECKING:
    from assetgen.planning.asset import Asset
    from assetgen.rendering.rendered_file import Made

Record = TypeVar("Record")
MOST = 1e12
"""No length, weight or count in a manifest is larger."""
_PLAIN = {str: "text", bool: "true or false"}


class NotRead(ValueError):
    """Plain values are not of the form that they should have; says where, and what is wrong."""


def read_record(kind: type[Record], value: object, where: str, may_lack: Set[str] = frozenset()) -> Record:
    """Return a frozen dataclass from a JSON object; ``may_lack`` are the keys that may be left out.

    Raises NotRead, which names the place below ``where``.
    """
    if not isinstance(value, dict):
        raise NotRead(f"{where} is not an object")
    known = {field.name for field in fields(cast(Any, kind))}
    strange = sorted(map(str, value.keys() - known))
    missing = sorted(known - value.keys() - may_lack)
    if strange:
        raise NotRead(f"{where} has a key that is not known: {strange[0]}")
    if missing:
        raise NotRead(f"{where} has no {missing[0]}")
    hints = _hints(cast(Any, kind))
    return kind(**{key: _read(hints[key], one, f"{where}.{key}") for key, one in value.items()})


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    """Return the types of a dataclass, looked up once: a manifest has tens of thousands of a few kinds."""
    return get_type_hints(kind)


def read_texts(value: object, where: str) -> tuple[str, ...]:
    """Return a list of texts. Raises NotRead."""
    return cast(tuple[str, ...], _read(tuple[str, ...], value, where))


def _read(kind: Any, value: object, where: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in get_args(kind):
            return None
        (one,) = [one for one in get_args(kind) if one is not type(None)]
        return _read(one, value, where)
    if origin is tuple:
        return _read_tuple(get_args(kind), value, where)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _read_mapping(get_args(kind)[1], value, where)
    if is_dataclass(kind):
        return read_record(cast(type[Any], kind), value, where)
    if kind in (int, float):
        return _read_number(kind, value, where)
    if not isinstance(value, kind):
        raise NotRead(f"{where} is not {_PLAIN[kind]}")
    return value


def _read_tuple(of: tuple[Any, ...], value: object, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise NotRead(f"{where} is not a list")
    if of[-1] is not Ellipsis and len(value) != len(of):
        raise NotRead(f"{where} has {len(value)} values, not {len(of)}")
    kinds = [of[0]] * len(value) if of[-1] is Ellipsis else of
    return tuple(
        _read(kind, one, f"{where}[{at}]") for at, (kind, one) in enumerate(zip(kinds, value, strict=True))
    )


def _read_mapping(of: Any, value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotRead(f"{where} is not an object")
    return {key: _read(of, one, f"{where}.{key}") for key, one in value.items()}


def _read_number(kind: type[int] | type[float], value: object, where: str) -> int | float:
    is_number = isinstance(value, int if kind is int else (int, float)) and not isinstance(value, bool)
    if not is_number:
        raise NotRead(f"{where} is not a{' whole' if kind is int else ''} number")
    number = cast(float, value)
    if not -MOST <= number <= MOST:  # NaN is not in there either
        raise NotRead(f"{where} is out of all bounds")
    return kind(number)


def is_day(text: str) -> bool:
    """Say whether a text is a day as assetgen writes one: 2026-11-26."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def read_terms(value: object, where: str = "terms") -> tuple[Term, ...]:
    """Return the days that bind an asset, as its entry has them. Raises NotRead."""
    if not isinstance(value, list):
        raise NotRead(f"{where} is not a list")
    terms = tuple(read_record(Term, one, f"{where}[{at}]", {"place"}) for at, one in enumerate(value))
    for at, term in enumerate(terms):
        if term.kind not in TERM_KINDS or term.place != NOWHERE:
            raise NotRead(f"{where}[{at}].kind is none that binds an asset")
        if not is_day(term.day):
            raise NotRead(f"{where}[{at}].day is no day")
    return terms


SHA256 = re.compile(r"[0-9a-f]{64}")
# A part begins with no dot and holds no control character, nor what Windows reads as a folder, a drive or a stream.
_PART = r"[^\x00-\x1f\x7f\\:/.][^\x00-\x1f\x7f\\:/]*"
_PLAIN_PATH = re.compile(rf"{_PART}(?:/{_PART})+")


def is_plain_path(path: object) -> bool:
    """Say whether a path is one that a build could have written: ``folder/…/file``, nothing hidden.

    What stands directly in ``out/`` (the manifest, the gallery's page) and below a folder that begins
    with a dot is never an asset, so that no manifest and no journal can lead to its removal.
    """
    return isinstance(path, str) and len(path) <= 1000 and _PLAIN_PATH.fullmatch(path) is not None


def to_line(value: object) -> bytes:
    """Return plain values as one line of JSON in UTF-8. Raises ValueError or TypeError where JSON cannot."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


class Entry(NamedTuple):
    """What the build itself needs of an entry, and the whole of it as the manifest's line.

    A tuple, not a dataclass: ten thousand of them are made where nothing but one partner changed.
    """

    id: str
    path: str
    partner: str
    message: str | None
    template: str | None
    sha256: str
    stale: bool
    line: bytes

    @classmethod
    def of(cls, asset: Asset, made: Made, content: bytes) -> Entry:
        """Return the entry of an asset that was made. Raises ValueError, TypeError for what JSON has not."""
        said = {
            **asset.describe(),
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "pixel_sha256": made.pixel_sha256,
            "spec": asset.spec.as_dict(),
            "marks": [dict(mark) for mark in made.marks],
            "measured": dict(made.measured),
            "findings": [finding.for_asset(asset.id).as_dict() for finding in made.findings],
            "terms": [term.as_dict() for term in asset.terms],
            "inputs": dict(sorted({**asset.inputs, **made.inputs}.items())),
        }
        return cls.parse(said)

    @classmethod
    def parse(cls, value: object) -> Entry:
        """Return the entry that these plain values are. Raises ValueError, in words, or TypeError."""
        if not isinstance(value, dict):
            raise ValueError("it is not an object")
        path = value.get("path")
        if not isinstance(path, str) or not is_plain_path(path):
            raise ValueError(f"path {path!r} is not a plain path below the manifest")
        sha256 = _text(value, "sha256")
        if not SHA256.fullmatch(sha256):
            raise ValueError("sha256 is not 64 hexadecimal digits")
        return cls(
            id=_text(value, "id"),
            path=path,
            partner=_text(value, "partner"),
            message=_text(value, "message") if value.get("message") is not None else None,
            template=_text(value, "template") if value.get("template") is not None else None,
            sha256=sha256,
            stale=value.get("stale") is True,
            line=to_line(value),
        )

    def with_inputs(self, inputs: Mapping[str, str], terms: Iterable[Term] = ()) -> Entry:
        """Return the entry as made from these files, and bound by these days: its own bytes are what they were."""
        said = {"terms": [term.as_dict() for term in terms], "inputs": dict(sorted(inputs.items()))}
        return Entry.parse({**json.loads(self.line), **said})

    def marked_stale(self, stale: bool) -> Entry:
        """Return the entry with ``"stale": true``, or without that key."""
        if stale == self.stale:
            return self
        value = json.loads(self.line)
        value.pop("stale", None)
        return Entry.parse({**value, "stale": True} if stale else value)


def _text(value: dict[str, Any], key: str) -> str:
    text = value.get(key)
    if not isinstance(text, str) or not text:
        raise ValueError(f"{key} is missing or is not text")
    return text


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
