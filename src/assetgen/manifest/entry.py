"""One asset's entry in the manifest, at three levels of detail.

``Entry`` has the fields that the build needs, and the whole entry as an undecoded line. ``ListedAsset`` describes the
asset; an entry written by any version can be read as one. ``FinishedAsset`` adds all that a preflight check of the file
needs: its spec and the detected regions.

An entry is untrusted input. Each field is validated against its type; an unknown key, a missing key or a wrong type is
rejected with its place. Numbers have a limit, so that no calculation overflows.

The workers write each entry's line, so the parent process does not hold or encode the asset's values.
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

from assetgen.findings import NO_PLACE, SEVERITY_ORDER, Severity
from assetgen.planning.asset import RELEASE_DATE_KINDS, ReleaseDate, Spec
from assetgen.preflight.results import DetectedRegion

if TYPE_CHECKING:
    from assetgen.planning.asset import Asset
    from assetgen.rendering.rendered_file import RenderedFile

Record = TypeVar("Record")
_Decoder = Callable[[object, str], Any]
"""Takes a JSON value and its place (such as ``spec.width``); returns the value as its type. Raises InvalidEntry."""
MAX_NUMBER = 1e12
"""Larger than any length, weight or count in a manifest."""
_TYPE_NAMES = {str: "text", bool: "true or false"}


class InvalidEntry(ValueError):
    """Raised for a JSON value that is not valid. The message says where it is and what is wrong."""


def read_record(kind: type[Record], value: object, where: str, optional: Set[str] = frozenset()) -> Record:
    """Return the dataclass ``kind`` from a JSON object. ``where`` is its place, ``optional`` are the optional keys.

    Raises InvalidEntry with the place of the value that is not valid.
    """
    decoders = _decoders(cast(Any, kind))
    if not isinstance(value, dict):
        raise InvalidEntry(f"{where} is not an object")
    if unknown := sorted(map(str, value.keys() - decoders.keys())):
        raise InvalidEntry(f"{where} has an unknown key: {unknown[0]}")
    if missing := sorted(decoders.keys() - value.keys() - optional):
        raise InvalidEntry(f"{where} has no {missing[0]}")
    return kind(**{key: decoders[key](one, f"{where}.{key}") for key, one in value.items()})


@cache
def _decoders(kind: type) -> Mapping[str, _Decoder]:
    """Return the decoder of each field. Cached, since a manifest has tens of thousands of records of a few kinds."""
    hints = get_type_hints(kind)
    return {field.name: _decoder(hints[field.name]) for field in fields(cast(Any, kind))}


def read_texts(value: object, where: str) -> tuple[str, ...]:
    """Return a JSON list of texts as a tuple. Raises InvalidEntry."""
    return cast(tuple[str, ...], _decoder(tuple[str, ...])(value, where))


@cache
def _decoder(kind: Any) -> _Decoder:
    """Return the decoder of a field's type."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        (one,) = [one for one in arguments if one is not type(None)]
        inner = _decoder(one)
        return lambda value, where: None if value is None else inner(value, where)
    if origin is tuple:
        items = [_decoder(one) for one in arguments if one is not Ellipsis]
        return _tuple_decoder(items, has_any_length=arguments[-1] is Ellipsis)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping_decoder(_decoder(arguments[1]))
    if is_dataclass(kind):
        return lambda value, where: read_record(cast(type[Any], kind), value, where)
    if kind in (int, float):
        return _number_decoder(kind)
    return _plain_decoder(kind)


def _plain_decoder(kind: type) -> _Decoder:
    def decode(value: object, where: str) -> Any:
        if not isinstance(value, kind):
            raise InvalidEntry(f"{where} is not {_TYPE_NAMES[kind]}")
        return value

    return decode


def _tuple_decoder(of: list[_Decoder], *, has_any_length: bool) -> _Decoder:
    def decode(value: object, where: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise InvalidEntry(f"{where} is not a list")
        if not has_any_length and len(value) != len(of):
            raise InvalidEntry(f"{where} has {len(value)} values, not {len(of)}")
        decoders = of * len(value) if has_any_length else of
        pairs = zip(decoders, value, strict=True)
        return tuple([inner(one, f"{where}[{at}]") for at, (inner, one) in enumerate(pairs)])

    return decode


def _mapping_decoder(of: _Decoder) -> _Decoder:
    def decode(value: object, where: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise InvalidEntry(f"{where} is not an object")
        return {key: of(one, f"{where}.{key}") for key, one in value.items()}

    return decode


def _number_decoder(kind: type[int] | type[float]) -> _Decoder:
    """Return the decoder of a number. An integer stays an integer, so that it is written back unchanged."""
    kinds, description = ((int,), "a whole number") if kind is int else ((int, float), "a number")

    def decode(value: object, where: str) -> Any:
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise InvalidEntry(f"{where} is not {description}")
        if not -MAX_NUMBER <= value <= MAX_NUMBER:  # also refuses NaN
            raise InvalidEntry(f"{where} is out of range")
        return value

    return decode


def is_date(text: str) -> bool:
    """Say whether a text is a date such as 2026-11-26."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def read_release_dates(value: object, where: str = "terms") -> tuple[ReleaseDate, ...]:
    """Return an asset's release dates (embargo, expiry and the like) from its entry. Raises InvalidEntry."""
    if not isinstance(value, list):
        raise InvalidEntry(f"{where} is not a list")
    release_dates = tuple(
        read_record(ReleaseDate, one, f"{where}[{at}]", {"place"}) for at, one in enumerate(value)
    )
    for at, release_date in enumerate(release_dates):
        if release_date.kind not in RELEASE_DATE_KINDS or release_date.place != NO_PLACE:
            raise InvalidEntry(f"{where}[{at}].kind is not a kind of day that limits an asset")
        if not is_date(release_date.day):
            raise InvalidEntry(f"{where}[{at}].day is not a date (expected YYYY-MM-DD)")
    return release_dates


SHA256 = re.compile(r"[0-9a-f]{64}")
# A part does not start with a dot, and has no control characters, backslashes or colons. Windows reads the last two as
# folders, drives or streams.
_PART = r"[^\x00-\x1f\x7f\\:/.][^\x00-\x1f\x7f\\:/]*"
_PLAIN_PATH = re.compile(rf"{_PART}(?:/{_PART})+")


def is_plain_path(path: object) -> bool:
    """Say whether a path is one that a build can write: ``folder/…/file``, with no hidden part.

    Files directly in ``out/`` (the manifest, the gallery's page) and below a hidden folder are never assets. So no
    manifest and no journal can cause their removal.
    """
    return isinstance(path, str) and len(path) <= 1000 and _PLAIN_PATH.fullmatch(path) is not None


def to_line(value: object) -> bytes:
    """Return plain values as one line of JSON in UTF-8. Raises ValueError or TypeError for values JSON cannot hold."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


class Entry(NamedTuple):
    """The fields of an entry that the build needs, and the whole entry as the manifest's ``line``.

    A tuple rather than a dataclass for speed: a build creates ten thousand of them even if only one partner changed.
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
    def of(cls, asset: Asset, rendered: RenderedFile, content: bytes) -> Entry:
        """Return the entry of a finished asset. Raises ValueError or TypeError for values that JSON cannot hold."""
        values = {
            **asset.describe(),
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "pixel_sha256": rendered.pixel_sha256,
            "spec": asset.spec.as_dict(),
            "regions": [dict(mark) for mark in rendered.regions],
            "measured": dict(rendered.measured),
            "findings": [finding.for_asset(asset.id).as_dict() for finding in rendered.findings],
            "terms": [release_date.as_dict() for release_date in asset.release_dates],
            "inputs": dict(sorted({**asset.inputs, **rendered.inputs}.items())),
        }
        return cls.parse(values)

    @classmethod
    def parse(cls, value: object) -> Entry:
        """Return the entry that these plain values describe. Raises ValueError with a clear message, or TypeError."""
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

    def with_inputs(self, inputs: Mapping[str, str], release_dates: Iterable[ReleaseDate] = ()) -> Entry:
        """Return the entry with new inputs and release dates, for a file whose bytes have not changed."""
        changes = {
            "terms": [release_date.as_dict() for release_date in release_dates],
            "inputs": dict(sorted(inputs.items())),
        }
        return Entry.parse({**self.values(), **changes})

    def for_pack(self, path: str) -> Entry:
        """Return the entry for a pack's manifest: with its path in the pack and without its inputs."""
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
    """One finding of an asset. Its code may be unknown to this version."""

    severity: Severity
    text: str
    code: str


@dataclass(frozen=True, slots=True)
class ListedAsset:
    """One asset as a manifest of any version lists it.

    ``path`` is relative to the manifest's folder. ``width`` and ``height`` are the final size of the page in ``unit``
    (``px`` or ``mm``); all three are None if the manifest gives no size. ``words`` is the copy in the file, by role.
    ``inputs`` maps each file that the asset was built from to its sha256. ``findings`` are sorted, worst first.
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
        """Return width ÷ height; 1 if the manifest gives no size."""
        return self.width / self.height if self.width and self.height else 1.0


def read_listed(value: object) -> ListedAsset:
    """Return the asset that an entry's plain values describe. Raises InvalidEntry."""
    return ListedAsset(**_listed(value))


def _listed(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidEntry("it is not an object")
    width, height, unit = _listed_size(value)
    sha256 = _required_text(value, "sha256")
    if not SHA256.fullmatch(sha256):
        raise InvalidEntry("sha256 is not 64 hexadecimal digits")
    pixel_sha256 = value.get("pixel_sha256")
    texts = {key: _required_text(value, key) for key in ("id", "partner", "medium")}
    optional = ("message", "template", "channel", "variant", "locale", "link", "click")
    return {
        **texts,
        **{key: _optional_text(value, key) for key in optional},
        **{key: _optional_text(value, key) or "" for key in ("alt", "alt_long")},
        "path": _listed_path(value),
        "format": _required_text(value, "format").lower(),
        "width": width,
        "height": height,
        "unit": unit,
        "bleed_mm": _listed_number(value, "bleed_mm") or 0.0,
        "scale": _listed_number(value, "scale") or 1.0,
        "bytes": int(_listed_number(value, "bytes") or 0),
        "sha256": sha256,
        "pixel_sha256": pixel_sha256 if isinstance(pixel_sha256, str) else None,
        "stale": value.get("stale") is True,
        "words": _object_at(
            _object_at(_object_at(value, "spec"), "words"), _object_at(value, "measured").get("tier")
        ),
        "inputs": _object_at(value, "inputs"),
        "findings": _listed_findings(value.get("findings")),
    }


def _object_at(value: Mapping[str, Any], key: object) -> dict[str, Any]:
    """Return the object below a key; an empty object if the key has none."""
    found = value.get(key) if isinstance(key, str) else None
    return found if isinstance(found, dict) else {}


def _required_text(value: Mapping[str, Any], key: str) -> str:
    text = _optional_text(value, key)
    if text is None:
        raise InvalidEntry(f"{key} is missing")
    return text


def _optional_text(value: Mapping[str, Any], key: str) -> str | None:
    text = value.get(key)
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise InvalidEntry(f"{key} is not text")
    return text


def _listed_number(value: Mapping[str, Any], key: str) -> float | None:
    """Return a number of 0 or more; None if the key is missing. Raises InvalidEntry for any other value."""
    number = value.get(key)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise InvalidEntry(f"{key} is not a number")
    if not 0 <= number <= MAX_NUMBER:  # also refuses NaN
        raise InvalidEntry(f"{key} is out of range: {number}")
    return float(number)


def _listed_size(value: Mapping[str, Any]) -> tuple[float | None, float | None, str | None]:
    """Return width, height and unit: px if the entry has pixels, else mm; all three None if it has no size."""
    for unit in ("px", "mm"):
        width, height = _listed_number(value, f"width_{unit}"), _listed_number(value, f"height_{unit}")
        if width is None and height is None:
            continue
        if not width or not height:
            raise InvalidEntry(f"width_{unit} × height_{unit} is not a size: both must be above 0")
        return width, height, unit
    return None, None, None


def _listed_path(value: Mapping[str, Any]) -> str:
    """Return the asset's path. Raises InvalidEntry for a path that could lead out of the manifest's folder."""
    path = value.get("path")
    if not isinstance(path, str) or any(
        unicodedata.category(character) in ("Cc", "Cs") for character in path
    ):
        raise InvalidEntry("path is not text")
    parts = path.split("/")
    if "\\" in path or any(part in ("", ".", "..") for part in parts) or re.match(r"[A-Za-z]:", path):
        raise InvalidEntry(f"path {path!r} is not a plain path below the manifest")
    return path


def _listed_findings(value: object) -> tuple[ListedFinding, ...]:
    if value is not None and not isinstance(value, list):
        raise InvalidEntry("findings is not a list")
    found = [_listed_finding(one) for one in value or ()]
    return tuple(sorted(found, key=lambda one: (SEVERITY_ORDER.index(one.severity), one.code, one.text)))


def _listed_finding(value: object) -> ListedFinding:
    if not isinstance(value, dict):
        raise InvalidEntry("a finding is not an object")
    severity = value.get("severity")
    if severity not in [known.value for known in Severity]:
        raise InvalidEntry(f"a finding has an unknown severity: {severity!r}")
    text, code = (_optional_text(value, key) or "" for key in ("text", "code"))
    return ListedFinding(Severity(severity), text, code)


# Larger than any file of a campaign: artwork of the largest sheets has tens of megabytes.
MAX_FILE_BYTES = 256 * 1024 * 1024
_FORMATS = frozenset({"png", "jpg", "gif", "webp", "svg", "pdf"})
# Lengths in px or mm, and the scale of artwork. Beyond these limits a check would take too long.
_MAX_LENGTH, _MIN_SCALE, _MAX_SCALE = 100_000.0, 0.01, 10.0


STALE_TEXT = "the file is stale: its partner's files could not be read in the last build"
STALE_HINT = "correct the partner's files, then build again"
ALTERED_TEXT = "its bytes differ from those of the file that was checked"


@dataclass(frozen=True, slots=True)
class FinishedAsset(ListedAsset):
    """One finished file with all that its preflight checks need.

    ``measured`` has ``tier`` (the copy length) and ``omitted`` (the roles left out). ``release_dates`` are the
    dates that limit when it may be shown.
    """

    spec: Spec
    regions: tuple[DetectedRegion, ...]
    measured: Mapping[str, Any]
    release_dates: tuple[ReleaseDate, ...]


def read_finished(value: object) -> FinishedAsset:
    """Return the finished file that an entry describes. Raises ValueError, which names the place in the entry."""
    Entry.parse(value)
    assert isinstance(value, dict), "Entry.parse refuses everything else"
    size_bytes = value.get("bytes")
    if (
        not isinstance(size_bytes, int)
        or isinstance(size_bytes, bool)
        or not 0 < size_bytes <= MAX_FILE_BYTES
    ):
        raise InvalidEntry(f"bytes is not a whole number from 1 to {MAX_FILE_BYTES:,}")
    spec = read_record(Spec, value.get("spec"), "spec")
    _check_spec(spec)
    for key, expected in (("format", spec.format), ("link", spec.link), ("alt", spec.alt)):
        if value.get(key) != expected:
            raise InvalidEntry(f"{key} differs from spec.{key}")
    regions = value.get("regions")
    if not isinstance(regions, list):
        raise InvalidEntry("regions is not a list")
    detected = tuple(
        read_record(DetectedRegion, region, f"regions[{at}]", optional={"reading"})
        for at, region in enumerate(regions)
    )
    pixel_sha256 = value.get("pixel_sha256")
    if pixel_sha256 is not None and not (isinstance(pixel_sha256, str) and SHA256.fullmatch(pixel_sha256)):
        raise InvalidEntry("pixel_sha256 is not 64 hexadecimal digits")
    measured = _read_measured(value.get("measured"), spec)
    release_dates = read_release_dates(value.get("terms", []))
    return FinishedAsset(
        **_listed(value), spec=spec, regions=detected, measured=measured, release_dates=release_dates
    )


def _check_spec(spec: Spec) -> None:
    """Raise InvalidEntry if a spec has a value with which the preflight checks cannot run."""
    if spec.unit not in ("px", "mm"):
        raise InvalidEntry("spec.unit is neither px nor mm")
    if spec.format not in _FORMATS:
        raise InvalidEntry("spec.format is not a format that assetgen writes")
    if not all(0 < length <= _MAX_LENGTH for length in (spec.width, spec.height)):
        raise InvalidEntry("spec.width or spec.height is out of range")
    if not _MIN_SCALE <= spec.scale <= _MAX_SCALE:
        raise InvalidEntry("spec.scale is out of range")
    distances = (spec.view_m, spec.read_m, spec.scan_m, spec.px_mm)
    if any(distance is not None and distance <= 0 for distance in distances):
        raise InvalidEntry("spec.view_m, read_m, scan_m or px_mm is not above 0")


def _read_measured(value: object, spec: Spec) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidEntry("measured is not an object")
    tier = value.get("tier")
    if spec.words and not (isinstance(tier, str) and tier in spec.words):
        raise InvalidEntry("measured.tier is not in spec.words")
    return {"tier": tier, "omitted": read_texts(value.get("omitted", []), "measured.omitted")}
