"""Pictures of finished files for people: thumbnails, and guides drawn over an asset.

A thumbnail is named by the asset's content, so it is drawn once for each version of an asset, and is
never out of date. It is drawn at two pixels for each CSS px. PDFium is not thread-safe: many
thumbnails are drawn in processes, few in this one.

Made from the finished file and the manifest's spec; written outside ``out/``, since a guide is no asset.
"""

from __future__ import annotations

import hashlib
import io
import math
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing import get_context
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageDraw

from assetgen.errors import RenderError
from assetgen.findings import Finding
from assetgen.manifest.entry import FinishedAsset, ListedAsset
from assetgen.planning.asset import Spec
from assetgen.rendering.images.previews import draw_thumbnail

Progress = Callable[[int, int], None]

AREA_PX2 = 200 * 200
"""Every thumbnail covers this area in CSS px, so that a strip and a story weigh the same to the eye."""
SIDE_MAX_PX = 320
STRIP_RATIO = 4.5
STRIP_MAX_PX = 640
"""A strip bounded by 320 px would be a thread: it spans two columns."""
PIXELS_PER_PX = 2
INLINE_LIMIT = 40
"""Up to this many thumbnails, starting processes costs more than it saves."""

THUMB_NAME = re.compile(r"[0-9a-f]{16}\.(?:jpg|png)")


class Condition(StrEnum):
    """How an asset's file was found; the value is what its card says."""

    FOUND = ""
    MISSING = "file missing"
    CHANGED = "file changed since the build"
    """The file is not the one that the manifest describes."""
    UNREADABLE = "no picture of this file"


@dataclass(frozen=True, slots=True)
class ThumbJob:
    """One thumbnail to draw: at most ``width_px`` × ``height_px`` pixels (not CSS px).

    ``sources`` are files that should hold the same bytes, the first that does is drawn;
    ``temporary`` is a folder on the same disk as ``target``.
    """

    sources: tuple[Path, ...]
    target: Path
    temporary: Path
    format: str
    sha256: str
    width_px: int
    height_px: int


def thumb_size_px(entry: ListedAsset) -> tuple[int, int]:
    """Return the thumbnail's size in CSS px: the asset's proportion, at the area that all share.

    Within 320 × 320 (a strip: 640 wide), and never larger than the asset itself on a screen.
    """
    width = math.sqrt(AREA_PX2 * entry.ratio)
    height = width / entry.ratio
    widest = STRIP_MAX_PX if entry.ratio > STRIP_RATIO else SIDE_MAX_PX
    bounds = [1.0, widest / width, SIDE_MAX_PX / height]
    if entry.unit == "px" and entry.width:
        bounds.append(entry.width / width)
    shrink = min(bounds)
    return max(1, round(width * shrink)), max(1, round(height * shrink))


def thumb_name(entry: ListedAsset) -> str | None:
    """Return the name of the asset's thumbnail; None for an SVG, which the page shows as it is.

    A code is a PNG: the sharp edges of its modules do not take JPEG well.
    """
    if entry.format == "svg":
        return None
    return f"{entry.sha256[:16]}.{'png' if entry.medium == 'qr' else 'jpg'}"


def draw_thumbs(jobs: Sequence[ThumbJob], on_progress: Progress | None = None) -> list[Condition]:
    """Draw the thumbnails and return what came of each, in the order of the jobs.

    Raises RenderError (``worker``) where a drawing process died; what was drawn until then stays.
    """
    report = on_progress or (lambda done, total: None)
    report(0, len(jobs))
    if len(jobs) > INLINE_LIMIT:
        return _draw_in_processes(jobs, report)
    outcomes: list[Condition] = []
    for job in jobs:
        outcomes.append(draw_thumb(job))
        report(len(outcomes), len(jobs))
    return outcomes


def _draw_in_processes(jobs: Sequence[ThumbJob], report: Progress) -> list[Condition]:
    workers = min(os.cpu_count() or 1, 8, len(jobs))
    outcomes: dict[int, Condition] = {}
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(draw_thumb, job): number for number, job in enumerate(jobs)}
        try:
            for future in as_completed(futures):
                outcomes[futures[future]] = future.result()
                report(len(outcomes), len(jobs))
        except BrokenProcessPool as error:
            finding = Finding("worker", "a process died while it drew thumbnails", hint="run it again")
            raise RenderError(finding) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    return [outcomes[number] for number in range(len(jobs))]


def draw_thumb(job: ThumbJob) -> Condition:
    """Draw one thumbnail and move it in whole; leave nothing behind where that is not possible."""
    content = _built_content(job)
    if content is None:
        return Condition.CHANGED
    try:
        picture = draw_thumbnail(content, job.format, (job.width_px, job.height_px))
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return Condition.UNREADABLE
    write_whole(job.target, _encode(picture, job.target.suffix), job.temporary)
    return Condition.FOUND


def _built_content(job: ThumbJob) -> bytes | None:
    """Return the bytes that the manifest describes, from the first source that holds them."""
    for source in job.sources:
        content = source.read_bytes()
        if hashlib.sha256(content).hexdigest() == job.sha256:
            return content
    return None


def _encode(picture: Image.Image, suffix: str) -> bytes:
    stream = io.BytesIO()
    if suffix == ".png":
        picture.quantize(64).save(stream, "PNG", optimize=True)
    else:
        picture.save(stream, "JPEG", quality=84, optimize=True, subsampling=0)
    return stream.getvalue()


def write_whole(target: Path, content: bytes, temporary: Path) -> None:
    """Write the file so that it is there whole or not at all; ``temporary`` is on the same disk."""
    handle, name = tempfile.mkstemp(prefix="gallery-", dir=temporary)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        # mkstemp makes the file private; the gallery is put on a server as it is.
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


# Guides are for looking at a layout: no side is drawn longer than this.
LONGEST_PX = 1600
Rect = tuple[float, float, float, float]
SAFE, TRIM, COVERED, JOIN = (0, 170, 90), (230, 0, 120), (230, 60, 40), (40, 90, 230)


def draw_guides(out: Path, assets: Iterable[FinishedAsset], folder: Path) -> list[Path]:
    """Draw the guides of these finished files into a folder; return the pictures, in order."""
    written = []
    for asset in assets:
        source = out / asset.path
        if asset.medium == "qr" or not source.is_file():
            continue
        target = (folder / asset.path).with_suffix(".png")
        target.parent.mkdir(parents=True, exist_ok=True)
        guide(source, asset.spec).save(target)
        written.append(target)
    return written


def guide(source: Path, spec: Spec) -> Image.Image:
    """Return a finished file's picture, trimmed of nothing, with its guides; on a sheet those of each piece."""
    picture = _guide_picture(source)
    pieces = _pieces(spec)
    factor = picture.width / pieces[0].page_width
    draw = ImageDraw.Draw(picture, "RGBA")
    line = max(1, round(min(picture.size) / 300))
    for piece in pieces:
        _draw_piece(draw, piece, spec, factor, line)
    return picture


@dataclass(frozen=True, slots=True)
class _Piece:
    """Where a trim lies on a file's page, in the spec's unit; ``turned_height`` is that of a trim that is turned."""

    page_width: float
    left: float
    top: float
    turned_height: float | None = None

    def box(self, x: float, y: float, width: float, height: float) -> Rect:
        """Return a box of the trim as left, top, right, bottom on the page."""
        if self.turned_height is not None:
            x, y, width, height = self.turned_height - y - height, x, height, width
        return self.left + x, self.top + y, self.left + x + width, self.top + y + height


def _pieces(spec: Spec) -> list[_Piece]:
    if sheet := spec.sheet:
        turned = spec.height if sheet.turned else None
        return [_Piece(sheet.width_mm, x, y, turned) for x, y in sheet.cells]
    # Beyond the bleed may stand a printer's marks, whose lengths are the file's own.
    edge = spec.bleed_mm + (spec.press.slug_mm / spec.scale if spec.press else 0.0)
    return [_Piece(spec.width + 2 * edge, edge, edge)]


def _draw_piece(draw: ImageDraw.ImageDraw, piece: _Piece, spec: Spec, factor: float, line: int) -> None:
    def box(x: float, y: float, width: float, height: float) -> Rect:
        left, top, right, bottom = (side * factor for side in piece.box(x, y, width, height))
        return left, top, right, bottom

    for covered in spec.keep_clear:
        draw.rectangle(box(*covered), fill=(*COVERED, 70), outline=COVERED, width=line)
    for x in spec.panel_joins_x:
        draw.rectangle(box(x, 0, line / factor, spec.height), fill=JOIN)
    for y in spec.panel_joins_y:
        draw.rectangle(box(0, y, spec.width, line / factor), fill=JOIN)
    if spec.bleed_mm:
        draw.rectangle(box(0, 0, spec.width, spec.height), outline=TRIM, width=line)
    top, right, bottom, left = spec.safe
    safe = box(left, top, spec.width - left - right, spec.height - top - bottom)
    if spec.safe_circle:
        draw.ellipse(safe, outline=SAFE, width=line)
    else:
        draw.rectangle(safe, outline=SAFE, width=line)


def _guide_picture(source: Path) -> Image.Image:
    """Return a finished file as pixels, no side over ``LONGEST_PX``."""
    if source.suffix == ".pdf":
        with pdfium.PdfDocument(source) as document:
            page = document[0]
            drawn: Image.Image = page.render(scale=LONGEST_PX / max(page.get_size())).to_pil()
            return drawn.convert("RGB")
    with Image.open(source) as picture:
        copy = picture.convert("RGB")
    copy.thumbnail((LONGEST_PX, LONGEST_PX))
    return copy
