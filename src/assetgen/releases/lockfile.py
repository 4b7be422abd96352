"""``assetgen.lock``: the accepted files, each with a digest and a perceptual fingerprint.

A perceptual fingerprint (key ``look``) is a grid of mean values: 16 × 16 of luma and 4 × 4 of each chroma channel
(Y'CbCr as in JPEG), each from 0 to 255, for any shape of picture. A different renderer moves edges by a fraction of a
pixel, which hardly changes the means. A missing logo, a different line break or a different colour changes some of
them by more.

The lockfile is text, with a short block per asset, sorted, so that diffs are readable and a bad merge is found by line.
It holds digests of the copy, not the copy itself, and the perceptual fingerprint of each picture.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pypdfium2
from PIL import Image

from assetgen.errors import CampaignError, RenderError
from assetgen.findings import Finding, Place
from assetgen.manifest.entry import SHA256, ListedAsset, is_plain_path
from assetgen.rendering.images.previews import RASTER_FORMATS, on_white

_LUMA_CELLS, _CHROMA_CELLS = 16, 4
FINGERPRINT_BYTES = _LUMA_CELLS**2 + 2 * _CHROMA_CELLS**2
_LONG_SIDE_PX = 640
"""The long side at which a PDF's page is rasterised for its perceptual fingerprint."""
_MAX_CELL_DIFFERENCE = 8
_MAX_MEAN_DIFFERENCE = 1.0
"""The tolerance, of 255: the largest difference of a single cell, and the largest mean difference of all cells."""


def perceptual_fingerprint(content: bytes, format_: str) -> bytes | None:
    """Return a finished file's perceptual fingerprint; None for an SVG, which has no pixels. Raises RenderError."""
    picture = decode_picture(content, format_, _LONG_SIDE_PX)
    if picture is None:
        return None
    luma, *chroma = picture.convert("YCbCr").split()
    grid = [luma.resize((_LUMA_CELLS, _LUMA_CELLS), Image.Resampling.BOX)]
    grid += [band.resize((_CHROMA_CELLS, _CHROMA_CELLS), Image.Resampling.BOX) for band in chroma]
    return b"".join(band.tobytes() for band in grid)


def fingerprints_match(one: bytes | None, other: bytes | None) -> bool:
    """Return whether two perceptual fingerprints are equal within the tolerance."""
    if one is None or other is None:
        return one is other
    differences = [abs(a - b) for a, b in zip(one, other, strict=True)]
    return (
        max(differences) <= _MAX_CELL_DIFFERENCE
        and sum(differences) / len(differences) <= _MAX_MEAN_DIFFERENCE
    )


def decode_picture(content: bytes, format_: str, page_px: int) -> Image.Image | None:
    """Decode a finished file as an RGB picture on white; None for an SVG.

    For a PDF, render the first page, ``page_px`` on its long side. Raises RenderError if the file cannot be read.
    """
    if format_ == "svg":
        return None
    try:
        if format_ == "pdf":
            return _rasterise_page(content, page_px)
        with Image.open(io.BytesIO(content), formats=[RASTER_FORMATS[format_]]) as image:
            return on_white(image)
    except (OSError, ValueError, SyntaxError, LookupError, Image.DecompressionBombError) as error:
        text = f"the file cannot be read as a {format_}: {error}"
        raise RenderError(Finding("file-altered", text, "build the asset again")) from error


def _rasterise_page(content: bytes, page_px: int) -> Image.Image:
    """Rasterise the first page of a PDF. Raises ValueError if PDFium cannot read it."""
    try:
        document = pypdfium2.PdfDocument(content)
        try:
            page = document[0]
            scale = page_px / max(page.get_width(), page.get_height(), 1.0)
            picture: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
            return picture
        finally:
            document.close()
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise ValueError(str(error)) from error


LOCKFILE_NAME = "assetgen.lock"
_FORMAT_VERSION = "1"
_HEADER = "# The finished files that were accepted. `assetgen accept` writes this, `assetgen build --frozen` compares."
_COPY_DIGITS, _INPUTS_DIGITS = 12, 16
_OWN_FILES = "assetgen/"
"""Files with this prefix belong to assetgen itself, so they are not inputs of the campaign."""
_KEYS = ("id", "sha256", "pixels", "words", "link", "click", "inputs", "look")


@dataclass(frozen=True, slots=True)
class LockedAsset:
    """One asset of the lockfile.

    ``words`` has a digest for each role of its copy and for its alt texts. ``inputs`` is one digest of all its inputs.
    ``perceptual_fingerprint`` is None for an SVG, or if it was not calculated.
    """

    path: str
    id: str
    sha256: str
    pixel_sha256: str | None
    words: Mapping[str, str]
    link: str | None
    click: str | None
    inputs: str
    perceptual_fingerprint: bytes | None = None


@dataclass(frozen=True, slots=True)
class Lockfile:
    """The contents of a lockfile. ``files`` maps each input's path to every sha256 with which an asset was built."""

    campaign: str
    edition: str
    engine: Mapping[str, str]
    assets: Mapping[str, LockedAsset] = field(default_factory=dict)
    files: Mapping[str, frozenset[str]] = field(default_factory=dict)


def locked_asset(asset: ListedAsset, perceptual_fingerprint: bytes | None = None) -> LockedAsset:
    """Return an asset as the lockfile records it."""
    alts = {"alt": asset.alt, "alt_long": asset.alt_long}
    words = {**asset.words, **{key: text for key, text in alts.items() if text}}
    return LockedAsset(
        path=asset.path,
        id=asset.id,
        sha256=asset.sha256,
        pixel_sha256=asset.pixel_sha256,
        words={role: _digest(words[role], _COPY_DIGITS) for role in sorted(words)},
        link=asset.link,
        click=asset.click,
        inputs=_digest(sorted(inputs_of(asset).items()), _INPUTS_DIGITS),
        perceptual_fingerprint=perceptual_fingerprint,
    )


def inputs_of(asset: ListedAsset) -> dict[str, str]:
    """Return the campaign files that an asset was built from, each with its sha256."""
    return {name: sha256 for name, sha256 in asset.inputs.items() if not name.startswith(_OWN_FILES)}


def files_of(assets: Iterable[ListedAsset]) -> dict[str, frozenset[str]]:
    """Return the campaign files that any of these assets was built from, each with all its sha256 values."""
    found: dict[str, set[str]] = {}
    for asset in assets:
        for name, sha256 in inputs_of(asset).items():
            found.setdefault(name, set()).add(sha256)
    return {name: frozenset(found[name]) for name in sorted(found)}


def _digest(value: object, digits: int) -> str:
    text = json.dumps(value, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


def format_lockfile(lock: Lockfile) -> str:
    """Return the text of a lockfile. Equal values give equal bytes."""
    lines = [
        _HEADER,
        f"form {_FORMAT_VERSION}",
        f"campaign {_quote(lock.campaign)}",
        f"edition {_quote(lock.edition)}",
    ]
    lines += [f"engine {_quote(name)} {_quote(lock.engine[name])}" for name in sorted(lock.engine)]
    for name in sorted(lock.files):
        lines += [f"file {sha256} {_quote(name)}" for sha256 in sorted(lock.files[name])]
    for path in sorted(lock.assets):
        one = lock.assets[path]
        words = " ".join(f"{role}:{digest}" for role, digest in sorted(one.words.items()))
        perceptual_fingerprint = (
            base64.b64encode(one.perceptual_fingerprint).decode() if one.perceptual_fingerprint else None
        )
        cells = (
            *(_quote(one.id), one.sha256, one.pixel_sha256, words or None),
            *(
                one.link and _quote(one.link),
                one.click and _quote(one.click),
                one.inputs,
                perceptual_fingerprint,
            ),
        )
        lines += ["", f"asset {_quote(path)}"]
        lines += [f"  {key} {cell or '-'}" for key, cell in zip(_KEYS, cells, strict=True)]
    return "\n".join(lines) + "\n"


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def parse_lockfile(text: str, shown: str = LOCKFILE_NAME) -> Lockfile:
    """Parse the text of a lockfile. ``shown`` is its name in messages. Raises CampaignError, which names the line."""
    reader = _LockParser(shown)
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            reader.take(line.removesuffix("\r"))
        except (ValueError, binascii.Error) as error:
            raise CampaignError(_parse_error(shown, number, str(error))) from error
    try:
        return reader.lock()
    except ValueError as error:
        raise CampaignError(_parse_error(shown, None, str(error))) from error


def _parse_error(shown: str, line: int | None, message: str) -> Finding:
    hint = "restore the file from git, or look at out/ and run assetgen accept"
    return Finding("bad-value", f"the lockfile cannot be used: {message}", hint, Place(shown, line))


class _LockParser:
    """Parses a lockfile line by line. Raises ValueError with a clear message."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._head: dict[str, str] = {}
        self._engine: dict[str, str] = {}
        self._files: dict[str, set[str]] = {}
        self._assets: dict[str, LockedAsset] = {}
        self._path: str | None = None
        self._cells: dict[str, str] = {}

    def take(self, line: str) -> None:
        """Parse one line."""
        if line.startswith(("<<<<<<<", "=======", ">>>>>>>", "|||||||")):
            raise ValueError("it contains a merge conflict marker")
        if not line or line.startswith("#"):
            return
        if line.startswith("  "):
            key, _, cell = line.strip().partition(" ")
            if key not in _KEYS or key in self._cells or self._path is None or not cell:
                raise ValueError(f"{key!r} is not expected here")
            self._cells[key] = cell
            if key == _KEYS[-1]:
                self._assets[self._path] = _parse_asset(self._path, self._cells)
                self._path = None
            return
        if self._path is not None:
            raise ValueError(f"the entry of {self._path} is incomplete")
        self._take_heading(*line.partition(" ")[::2])

    def _take_heading(self, key: str, rest: str) -> None:
        if key in ("form", "campaign", "edition") and key not in self._head:
            self._head[key] = rest if key == "form" else _parse_text(rest)
        elif key == "engine" and (found := re.fullmatch(r'("(?:[^"\\]|\\.)*") (".*")', rest)):
            self._engine[_parse_text(found[1])] = _parse_text(found[2])
        elif key == "file" and SHA256.fullmatch(rest[:64]) and rest[64:65] == " ":
            self._files.setdefault(_parse_text(rest[65:]), set()).add(rest[:64])
        elif key == "asset":
            self._path, self._cells = _parse_text(rest), {}
            if not is_plain_path(self._path) or self._path in self._assets:
                raise ValueError(f"the asset path {self._path!r} is not valid, or is listed twice")
        else:
            raise ValueError(f"{key!r} is not expected here")

    def lock(self) -> Lockfile:
        """Return the parsed lockfile. Raises ValueError if it is incomplete or has a different format."""
        if self._path is not None:
            raise ValueError(f"its last entry is incomplete: {self._path}")
        if self._head.get("form") != _FORMAT_VERSION:
            raise ValueError(f"its format is {self._head.get('form', 'none')}, not {_FORMAT_VERSION}")
        if missing := {"campaign", "edition"} - self._head.keys():
            raise ValueError(f"it has no {min(missing)}")
        files = {name: frozenset(sums) for name, sums in self._files.items()}
        return Lockfile(self._head["campaign"], self._head["edition"], self._engine, self._assets, files)


def _parse_asset(path: str, cells: Mapping[str, str]) -> LockedAsset:
    if missing := [key for key in _KEYS if key not in cells]:
        raise ValueError(f"the entry of {path} has no {missing[0]}")
    given = {key: None if cell == "-" else cell for key, cell in cells.items()}
    sums = (given["sha256"] or "", given["pixels"] or "0" * 64)
    if not all(SHA256.fullmatch(one) for one in sums):
        raise ValueError(f"sha256 or pixels is not 64 hexadecimal digits: {path}")
    words = [word.partition(":") for word in (given["words"] or "").split()]
    perceptual_fingerprint = base64.b64decode(given["look"], validate=True) if given["look"] else None
    if perceptual_fingerprint is not None and len(perceptual_fingerprint) != FINGERPRINT_BYTES:
        raise ValueError(f"look is not {FINGERPRINT_BYTES} bytes long: {path}")
    return LockedAsset(
        path=path,
        id=_parse_text(given["id"] or ""),
        sha256=sums[0],
        pixel_sha256=given["pixels"],
        words={role: digest for role, _, digest in words},
        link=_parse_text(given["link"]) if given["link"] else None,
        click=_parse_text(given["click"]) if given["click"] else None,
        inputs=given["inputs"] or "",
        perceptual_fingerprint=perceptual_fingerprint,
    )


def _parse_text(quoted: str) -> str:
    """Return the text in a JSON string. Raises ValueError if ``quoted`` is not a complete JSON string."""
    try:
        value = json.loads(quoted)
    except json.JSONDecodeError:
        value = None
    if not isinstance(value, str):
        raise ValueError(f"expected text in quotes, found: {quoted[:60]}")
    return value
