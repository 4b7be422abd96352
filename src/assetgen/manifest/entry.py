"""One asset's entry in the manifest, in three depths.

``Entry`` is the line with what the build itself needs: it is moved from manifest to manifest, and hardly ever
decoded. ``ListedAsset`` says who and what the asset is; the entry of any version can be read as one.
``FinishedAsset`` adds what the file must keep and where its parts were found: all that a check of it needs, read
with distrust. The types of these records say what may stand where; a strange key, a missing one or a value of
another type is refused with its place. Numbers are bounded, so that no sum with them runs away.

The line is made in the worker, so that the parent neither holds nor writes each asset's values again.
"""

from __future__ import annotations

import hashlib
import json
import re
import types
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from assetgen.findings import NOWHERE, SEVERITY_ORDER, Severity
from assetgen.planning.asset import TERM_KINDS, Spec, Term
from assetgen.preflight.results import DetectedRegion

if TYPE_CHECKING:
    from assetgen.planning.asset import Asset
    from assetgen.rendering.rendered_file import Made

Record = TypeVar("Record")
Decoder = Callable[[object, str], Any]
"""Takes a value from JSON and its place in words, returns it as a type has it. Raises NotRead."""
MAX_NUMBER = 1e12
"""No length, weight or count in a manifest is larger."""
_PLAIN = {str: "text", bool: "true or false"}


class NotRead(ValueError):
    """Plain values are not of the form that they should have; says where, and what is wrong."""


def read_record(kind: type[Record], value: object, where: str, may_lack: Set[str] = frozenset()) -> Record:
    """Return a frozen dataclass from a JSON object; ``may_lack`` are the keys that may be left out.

    Raises NotRead, which names the place below ``where``.
    """
    decoders = _decoders(cast(Any, kind))
    if not isinstance(value, dict):
        raise NotRead(f"{where} is not an object")
    if strange := sorted(map(str, value.keys() - decoders.keys())):
        raise NotRead(f"{where} has a key that is not known: {strange[0]}")
    if missing := sorted(decoders.keys() - value.keys() - may_lack):
        raise NotRead(f"{where} has no {missing[0]}")
    return kind(**{key: decoders[key](one, f"{where}.{key}") for key, one in value.items()})


@cache
def _decoders(kind: type) -> Mapping[str, Decoder]:
    """Return the decoder of each field, made once: a manifest has tens of thousands of a few kinds."""
    hints = get_type_hints(kind)
    return {field.name: _decoder(hints[field.name]) for field in fields(cast(Any, kind))}


def read_texts(value: object, where: str) -> tuple[str, ...]:
    """Return a list of texts. Raises NotRead."""
    return cast(tuple[str, ...], _decoder(tuple[str, ...])(value, where))


@cache
def _decoder(kind: Any) -> Decoder:
    """Return the decoder of a type that a record may have."""
    origin, of = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        (one,) = [one for one in of if one is not type(None)]
        inner = _decoder(one)
        return lambda value, where: None if value is None else inner(value, where)
    if origin is tuple:
        every = [_decoder(one) for one in of if one is not Ellipsis]
        return _tuple_decoder(every, has_any_length=of[-1] is Ellipsis)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping_decoder(_decoder(of[1]))
    if is_dataclass(kind):
        return lambda value, where: read_record(cast(type[Any], kind), value, where)
    if kind in (int, float):
        return _number_decoder(kind)
    return _plain_decoder(kind)


def _plain_decoder(kind: type) -> Decoder:
    def decode(value: object, where: str) -> Any:
        if not isinstance(value, kind):
            raise NotRead(f"{where} is not {_PLAIN[kind]}")
        return value

    return decode


def _tuple_decoder(of: list[Decoder], *, has_any_length: bool) -> Decoder:
    def decode(value: object, where: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise NotRead(f"{where} is not a list")
        if not has_any_length and len(value) != len(of):
            raise NotRead(f"{where} has {len(value)} values, not {len(of)}")
        every = of * len(value) if has_any_length else of
        pairs = zip(every, value, strict=True)
        return tuple([inner(one, f"{where}[{at}]") for at, (inner, one) in enumerate(pairs)])

    return decode


def _mapping_decoder(of: Decoder) -> Decoder:
    def decode(value: object, where: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise NotRead(f"{where} is not an object")
        return {key: of(one, f"{where}.{key}") for key, one in value.items()}

    return decode


def _number_decoder(kind: type[int] | type[float]) -> Decoder:
    """Return the decoder of a number; a whole one stays whole, so that it is written again as it was."""
    kinds, words = ((int,), "a whole number") if kind is int else ((int, float), "a number")

    def decode(value: object, where: str) -> Any:
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise NotRead(f"{where} is not {words}")
        if not -MAX_NUMBER <= value <= MAX_NUMBER:  # NaN is not in there either
            raise NotRead(f"{where} is out of all bounds")
        return value

    return decode


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
            "regions": [dict(mark) for mark in made.regions],
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
        return Entry.parse({**self.values(), **said})

    def packed_at(self, path: str) -> Entry:
        """Return the entry as a pack's manifest has it: with its path there, without the sources it was made from."""
        value = self.values()
        value.pop("inputs", None)
        return Entry.parse({**value, "path": path})

    def values(self) -> dict[str, Any]:
        """Return the whole entry as plain values, for ``read_listed`` and ``read_finished``."""
        values: dict[str, Any] = json.loads(self.line)
        return values

    def marked_stale(self, stale: bool) -> Entry:
        """Return the entry with ``"stale": true``, or without that key."""
        if stale == self.stale:
            return self
        value = self.values()
        value.pop("stale", None)
        return Entry.parse({**value, "stale": True} if stale else value)


def _text(value: dict[str, Any], key: str) -> str:
    text = value.get(key)
    if not isinstance(text, str) or not text:
        raise ValueError(f"{key} is missing or is not text")
    return text


@dataclass(frozen=True, slots=True)
class ListedFinding:
    """One finding of an asset; its code may be one that only another version knows."""

    severity: Severity
    text: str
    code: str


@dataclass(frozen=True, slots=True)
class ListedAsset:
    """One asset as a manifest of any version lists it.

    ``path`` is relative to the manifest. ``width`` and ``height`` are the final size of the page in ``unit``
    (``px`` or ``mm``); all three are None where the manifest gives no size. ``words`` are those in the file, by
    role; ``inputs`` maps each file it was made from to its sha256; ``findings`` stand worst first.
    """

    id: str
    path: str
    partner: str
    message: str | None
    template: str | None
    channel: str | None
    variant: str | None
    medium: str
    locale: str | None
    format: str
    width: float | None
    height: float | None
    unit: str | None
    bleed_mm: float
    scale: float
    bytes: int
    sha256: str
    pixel_sha256: str | None
    alt: str
    alt_long: str
    link: str | None
    click: str | None
    stale: bool
    words: Mapping[str, str]
    inputs: Mapping[str, str]
    findings: tuple[ListedFinding, ...]

    @property
    def ratio(self) -> float:
        """Return width ÷ height; 1 where the manifest gives no size."""
        return self.width / self.height if self.width and self.height else 1.0


def read_listed(value: object) -> ListedAsset:
    """Return how an entry's plain values list the asset. Raises NotRead."""
    return ListedAsset(**_listed(value))


def _listed(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotRead("it is not an object")
    width, height, unit = _listed_size(value)
    sha256 = _listed_text(value, "sha256")
    if not SHA256.fullmatch(sha256):
        raise NotRead("sha256 is not 64 hexadecimal digits")
    pixels = value.get("pixel_sha256")
    texts = {key: _listed_text(value, key) for key in ("id", "partner", "medium")}
    choices = ("message", "template", "channel", "variant", "locale", "link", "click")
    return {
        **texts,
        **{key: _listed_choice(value, key) for key in choices},
        **{key: _listed_choice(value, key) or "" for key in ("alt", "alt_long")},
        "path": _listed_path(value),
        "format": _listed_text(value, "format").lower(),
        "width": width,
        "height": height,
        "unit": unit,
        "bleed_mm": _listed_number(value, "bleed_mm") or 0.0,
        "scale": _listed_number(value, "scale") or 1.0,
        "bytes": int(_listed_number(value, "bytes") or 0),
        "sha256": sha256,
        "pixel_sha256": pixels if isinstance(pixels, str) else None,
        "stale": value.get("stale") is True,
        "words": _inner(_inner(_inner(value, "spec"), "words"), _inner(value, "measured").get("tier")),
        "inputs": _inner(value, "inputs"),
        "findings": _listed_findings(value.get("findings")),
    }


def _inner(value: Mapping[str, Any], key: object) -> dict[str, Any]:
    """Return the object below a key; an empty one where there is none."""
    found = value.get(key) if isinstance(key, str) else None
    return found if isinstance(found, dict) else {}


def _listed_text(value: Mapping[str, Any], key: str) -> str:
    text = _listed_choice(value, key)
    if text is None:
        raise NotRead(f"{key} is missing")
    return text


def _listed_choice(value: Mapping[str, Any], key: str) -> str | None:
    text = value.get(key)
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise NotRead(f"{key} is not text")
    return text


def _listed_number(value: Mapping[str, Any], key: str) -> float | None:
    """Return a number of 0 or more; None where the key is not there."""
    number = value.get(key)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise NotRead(f"{key} is not a number")
    if not 0 <= number <= MAX_NUMBER:  # NaN is not in there either
        raise NotRead(f"{key} is {number}")
    return float(number)


def _listed_size(value: Mapping[str, Any]) -> tuple[float | None, float | None, str | None]:
    """Return width, height and their unit; px before mm, since a screen asset has px alone."""
    for unit in ("px", "mm"):
        width, height = _listed_number(value, f"width_{unit}"), _listed_number(value, f"height_{unit}")
        if width is None and height is None:
            continue
        if not width or not height:
            raise NotRead(f"width_{unit} × height_{unit} is no size")
        return width, height, unit
    return None, None, None


def _listed_path(value: Mapping[str, Any]) -> str:
    """Return the asset's path, with ``/``; one that could lead out of the manifest's folder is refused."""
    path = value.get("path")
    if not isinstance(path, str) or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in path):
        raise NotRead("path is not text")
    parts = path.split("/")
    if "\\" in path or any(part in ("", ".", "..") for part in parts) or re.match(r"[A-Za-z]:", path):
        raise NotRead(f"path {path!r} is not a plain path below the manifest")
    return path


def _listed_findings(value: object) -> tuple[ListedFinding, ...]:
    if value is not None and not isinstance(value, list):
        raise NotRead("findings is not a list")
    found = [_listed_finding(one) for one in value or ()]
    return tuple(sorted(found, key=lambda one: (SEVERITY_ORDER.index(one.severity), one.code, one.text)))


def _listed_finding(value: object) -> ListedFinding:
    if not isinstance(value, dict):
        raise NotRead("a finding is not an object")
    severity = value.get("severity")
    if severity not in [known.value for known in Severity]:
        raise NotRead(f"a finding has the severity {severity!r}")
    text, code = (_listed_choice(value, key) or "" for key in ("text", "code"))
    return ListedFinding(Severity(severity), text, code)


# No file of a campaign is larger: artwork of the largest sheets has some tens of megabytes.
MAX_FILE_BYTES = 256 * 1024 * 1024
FORMATS = frozenset({"png", "jpg", "gif", "webp", "svg", "pdf"})
# Lengths in px or mm; and the scale of artwork. Beyond these no drawing ends in time.
MAX_LENGTH, MIN_SCALE, MAX_SCALE = 100_000.0, 0.01, 10.0


@dataclass(frozen=True, slots=True)
class FinishedAsset(ListedAsset):
    """One finished file with all that a check of it needs. ``measured`` has ``tier`` and ``omitted``; ``terms`` are
    the days that bind it."""

    spec: Spec
    regions: tuple[DetectedRegion, ...]
    measured: Mapping[str, Any]
    terms: tuple[Term, ...]


def read_finished(value: object) -> FinishedAsset:
    """Return what the plain values of an entry promise. Raises ValueError, in words, with the place in the entry."""
    Entry.parse(value)
    assert isinstance(value, dict), "Entry.parse takes nothing else"
    weight = value.get("bytes")
    if not isinstance(weight, int) or isinstance(weight, bool) or not 0 < weight <= MAX_FILE_BYTES:
        raise NotRead(f"bytes is not a number of bytes from 1 to {MAX_FILE_BYTES:,}")
    spec = read_record(Spec, value.get("spec"), "spec")
    _check(spec)
    for key, promised in (("format", spec.format), ("link", spec.link), ("alt", spec.alt)):
        if value.get(key) != promised:
            raise NotRead(f"{key} is not that of its spec")
    regions = value.get("regions")
    if not isinstance(regions, list):
        raise NotRead("regions is not a list")
    found = tuple(
        read_record(DetectedRegion, mark, f"regions[{at}]", may_lack={"reading"})
        for at, mark in enumerate(regions)
    )
    pixels = value.get("pixel_sha256")
    if pixels is not None and not (isinstance(pixels, str) and SHA256.fullmatch(pixels)):
        raise NotRead("pixel_sha256 is not 64 hexadecimal digits")
    measured = _read_measured(value.get("measured"), spec)
    terms = read_terms(value.get("terms", []))
    return FinishedAsset(**_listed(value), spec=spec, regions=found, measured=measured, terms=terms)


def _check(spec: Spec) -> None:
    """Raise NotRead where a spec has values with which nothing can be measured."""
    if spec.unit not in ("px", "mm"):
        raise NotRead("spec.unit is neither px nor mm")
    if spec.format not in FORMATS:
        raise NotRead("spec.format is none that assetgen makes")
    if not all(0 < length <= MAX_LENGTH for length in (spec.width, spec.height)):
        raise NotRead("spec.width or spec.height is out of all bounds")
    if not MIN_SCALE <= spec.scale <= MAX_SCALE:
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
