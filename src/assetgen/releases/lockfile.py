"""``assetgen.lock``: the accepted files, each with a digest and a perceptual fingerprint.

A look is a grid of means: 16 × 16 of luma, 4 × 4 of each chroma (Y'CbCr of JPEG), each 0 to 255, whatever the shape
of the picture. Another engine sets an edge a fraction of a pixel elsewhere, which moves no mean by much; a logo that
is gone, a line of words that is broken elsewhere, another colour move some by more.

A text file, a short block an asset, sorted: what changed shows in a diff, and a merge that went wrong names its line.
It holds digests, no copy of any words, and of a picture its look (``look_of``).
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

CELLS, CHROMA_CELLS = 16, 4
LOOK_BYTES = CELLS**2 + 2 * CHROMA_CELLS**2
LONG_SIDE_PX = 640
"""How large a PDF's page is drawn for its look."""
MAX_IN_A_CELL = 8
MAX_IN_THE_MEAN = 1.0
"""The tolerance, of 255: no cell differs by more than the first, all together by no more than the second."""


def look_of(content: bytes, format_: str) -> bytes | None:
    """Return the look of a finished file, None of an SVG, which is lines and no pixels. Raises RenderError."""
    picture = picture_of(content, format_, LONG_SIDE_PX)
    if picture is None:
        return None
    luma, *chroma = picture.convert("YCbCr").split()
    grid = [luma.resize((CELLS, CELLS), Image.Resampling.BOX)]
    grid += [band.resize((CHROMA_CELLS, CHROMA_CELLS), Image.Resampling.BOX) for band in chroma]
    return b"".join(band.tobytes() for band in grid)


def looks_alike(one: bytes | None, other: bytes | None) -> bool:
    """Say whether two looks are one picture within the tolerance."""
    if one is None or other is None:
        return one is other
    gaps = [abs(a - b) for a, b in zip(one, other, strict=True)]
    return max(gaps) <= MAX_IN_A_CELL and sum(gaps) / len(gaps) <= MAX_IN_THE_MEAN


def picture_of(content: bytes, format_: str, page_px: int) -> Image.Image | None:
    """Return a finished file as a picture in RGB, on white; of a PDF its first page, ``page_px`` on its long side.

    None of an SVG. Raises RenderError where the file cannot be read.
    """
    if format_ == "svg":
        return None
    try:
        if format_ == "pdf":
            return _page_of(content, page_px)
        with Image.open(io.BytesIO(content), formats=[RASTER_FORMATS[format_]]) as image:
            return on_white(image)
    except (OSError, ValueError, SyntaxError, LookupError, Image.DecompressionBombError) as error:
        text = f"the file cannot be read as a {format_}: {error}"
        raise RenderError(Finding("file-altered", text)) from error


def _page_of(content: bytes, page_px: int) -> Image.Image:
    """Draw the first page of a PDF. Raises ValueError."""
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


LOCK_NAME = "assetgen.lock"
FORM = "1"
HEAD = "# The finished files that were accepted. `assetgen accept` writes this, `assetgen build --frozen` compares."
WORD_DIGITS, INPUTS_DIGITS = 12, 16
OWN_FILES = "assetgen/"
"""What comes with assetgen itself is the engine's, not an input of the campaign's."""
_KEYS = ("id", "sha256", "pixels", "words", "link", "click", "inputs", "look")


@dataclass(frozen=True, slots=True)
class Accepted:
    """One asset. ``words`` has a digest for each role of its words and for its alt texts; ``inputs`` one for all
    files that made it; ``look`` is None of an SVG, and where nobody asked for it."""

    path: str
    id: str
    sha256: str
    pixel_sha256: str | None
    words: Mapping[str, str]
    link: str | None
    click: str | None
    inputs: str
    look: bytes | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """All that was accepted. ``files`` are the inputs of all assets: path → the sha256 that it had in some of them."""

    campaign: str
    edition: str
    engine: Mapping[str, str]
    assets: Mapping[str, Accepted] = field(default_factory=dict)
    files: Mapping[str, frozenset[str]] = field(default_factory=dict)


def accepted_from(asset: ListedAsset, look: bytes | None = None) -> Accepted:
    """Return what a lock keeps of an asset."""
    alts = {"alt": asset.alt, "alt_long": asset.alt_long}
    words = {**asset.words, **{key: text for key, text in alts.items() if text}}
    return Accepted(
        path=asset.path,
        id=asset.id,
        sha256=asset.sha256,
        pixel_sha256=asset.pixel_sha256,
        words={role: _digest(words[role], WORD_DIGITS) for role in sorted(words)},
        link=asset.link,
        click=asset.click,
        inputs=_digest(sorted(inputs_of(asset).items()), INPUTS_DIGITS),
        look=look,
    )


def inputs_of(asset: ListedAsset) -> dict[str, str]:
    """Return the campaign's files that made an asset, with their sha256."""
    return {name: sha256 for name, sha256 in asset.inputs.items() if not name.startswith(OWN_FILES)}


def files_of(assets: Iterable[ListedAsset]) -> dict[str, frozenset[str]]:
    """Return all files that made some of these assets, with each sha256 that they had."""
    found: dict[str, set[str]] = {}
    for asset in assets:
        for name, sha256 in inputs_of(asset).items():
            found.setdefault(name, set()).add(sha256)
    return {name: frozenset(found[name]) for name in sorted(found)}


def _digest(value: object, digits: int) -> str:
    text = json.dumps(value, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


def lock_text(lock: Lock) -> str:
    """Return a lock as its file's text: the same values, the same bytes."""
    lines = [HEAD, f"form {FORM}", f"campaign {_quoted(lock.campaign)}", f"edition {_quoted(lock.edition)}"]
    lines += [f"engine {_quoted(name)} {_quoted(lock.engine[name])}" for name in sorted(lock.engine)]
    for name in sorted(lock.files):
        lines += [f"file {sha256} {_quoted(name)}" for sha256 in sorted(lock.files[name])]
    for path in sorted(lock.assets):
        one = lock.assets[path]
        words = " ".join(f"{role}:{digest}" for role, digest in sorted(one.words.items()))
        look = base64.b64encode(one.look).decode() if one.look else None
        cells = (
            *(_quoted(one.id), one.sha256, one.pixel_sha256, words or None),
            *(one.link and _quoted(one.link), one.click and _quoted(one.click), one.inputs, look),
        )
        lines += ["", f"asset {_quoted(path)}"]
        lines += [f"  {key} {cell or '-'}" for key, cell in zip(_KEYS, cells, strict=True)]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def parse_lock(text: str, shown: str = LOCK_NAME) -> Lock:
    """Return the lock that a text is. Raises CampaignError, which names the line."""
    reader = _Reader(shown)
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            reader.take(line.removesuffix("\r"))
        except (ValueError, binascii.Error) as error:
            raise CampaignError(_unreadable(shown, number, str(error))) from error
    try:
        return reader.lock()
    except ValueError as error:
        raise CampaignError(_unreadable(shown, None, str(error))) from error


def _unreadable(shown: str, line: int | None, words: str) -> Finding:
    hint = "take the file from git again; or look at out/ and accept it anew: assetgen accept"
    return Finding("bad-value", f"the lock cannot be used: {words}", hint, Place(shown, line))


class _Reader:
    """A lock that is read line by line. Raises ValueError, in words."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._said: dict[str, str] = {}
        self._engine: dict[str, str] = {}
        self._files: dict[str, set[str]] = {}
        self._assets: dict[str, Accepted] = {}
        self._path: str | None = None
        self._cells: dict[str, str] = {}

    def take(self, line: str) -> None:
        """Take one line."""
        if line.startswith(("<<<<<<<", "=======", ">>>>>>>", "|||||||")):
            raise ValueError("a merge of two branches is unfinished here")
        if not line or line.startswith("#"):
            return
        if line.startswith("  "):
            key, _, cell = line.strip().partition(" ")
            if key not in _KEYS or key in self._cells or self._path is None or not cell:
                raise ValueError(f"{key!r} has no place here")
            self._cells[key] = cell
            if key == _KEYS[-1]:
                self._assets[self._path] = _accepted(self._path, self._cells)
                self._path = None
            return
        if self._path is not None:
            raise ValueError(f"the asset before this line is cut short: {self._path}")
        self._take_heading(*line.partition(" ")[::2])

    def _take_heading(self, key: str, rest: str) -> None:
        if key in ("form", "campaign", "edition") and key not in self._said:
            self._said[key] = rest if key == "form" else _text(rest)
        elif key == "engine" and (found := re.fullmatch(r'("(?:[^"\\]|\\.)*") (".*")', rest)):
            self._engine[_text(found[1])] = _text(found[2])
        elif key == "file" and SHA256.fullmatch(rest[:64]) and rest[64:65] == " ":
            self._files.setdefault(_text(rest[65:]), set()).add(rest[:64])
        elif key == "asset":
            self._path, self._cells = _text(rest), {}
            if not is_plain_path(self._path) or self._path in self._assets:
                raise ValueError(f"no path of an asset, or one that was there before: {self._path!r}")
        else:
            raise ValueError(f"{key!r} has no place here")

    def lock(self) -> Lock:
        """Return what was read."""
        if self._path is not None:
            raise ValueError(f"its last asset is cut short: {self._path}")
        if self._said.get("form") != FORM:
            raise ValueError(f"it is of form {self._said.get('form', 'none')}, not {FORM}")
        if missing := {"campaign", "edition"} - self._said.keys():
            raise ValueError(f"it has no {min(missing)}")
        files = {name: frozenset(sums) for name, sums in self._files.items()}
        return Lock(self._said["campaign"], self._said["edition"], self._engine, self._assets, files)


def _accepted(path: str, cells: Mapping[str, str]) -> Accepted:
    if missing := [key for key in _KEYS if key not in cells]:
        raise ValueError(f"the asset before has no {missing[0]}: {path}")
    given = {key: None if cell == "-" else cell for key, cell in cells.items()}
    sums = (given["sha256"] or "", given["pixels"] or "0" * 64)
    if not all(SHA256.fullmatch(one) for one in sums):
        raise ValueError(f"sha256 or pixels is not 64 hexadecimal digits: {path}")
    words = [word.partition(":") for word in (given["words"] or "").split()]
    look = base64.b64decode(given["look"], validate=True) if given["look"] else None
    if look is not None and len(look) != LOOK_BYTES:
        raise ValueError(f"a look has {LOOK_BYTES} bytes: {path}")
    return Accepted(
        path=path,
        id=_text(given["id"] or ""),
        sha256=sums[0],
        pixel_sha256=given["pixels"],
        words={role: digest for role, _, digest in words},
        link=_text(given["link"]) if given["link"] else None,
        click=_text(given["click"]) if given["click"] else None,
        inputs=given["inputs"] or "",
        look=look,
    )


def _text(quoted: str) -> str:
    """Return a text as JSON writes one. Raises ValueError, also of one that is cut short."""
    try:
        value = json.loads(quoted)
    except json.JSONDecodeError:
        value = None
    if not isinstance(value, str):
        raise ValueError(f"not a text in quotes: {quoted[:60]}")
    return value
