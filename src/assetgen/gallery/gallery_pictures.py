"""Pictures of finished files: thumbnails for the gallery, and guides.

A thumbnail is named by the hash of the asset's content. So it is drawn once for each version of an asset, and is never
out of date. It has two pixels for each CSS px. PDFium is not thread-safe, so many thumbnails are drawn in several
processes; few are drawn in this process.

A guide is a finished file's picture with lines for trim, safe area, covered areas and panel joins, taken from the spec
in the manifest. Guides are written outside ``out/``, since they are not assets.
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
"""The area of every thumbnail in CSS px, so that a strip and a story look equally large."""
SIDE_MAX_PX = 320
STRIP_RATIO = 4.5
STRIP_MAX_PX = 640
"""The largest width of a strip: it spans two columns, since at 320 px it would be too thin to see."""
PIXELS_PER_PX = 2
INLINE_LIMIT = 40
"""Up to this many thumbnails, starting processes takes longer than drawing in this one."""

THUMB_NAME = re.compile(r"[0-9a-f]{16}\.(?:jpg|png)")


class FileCondition(StrEnum):
    """The condition of an asset's file. The value is the note on its card."""

    FOUND = ""
    MISSING = "the file is missing"
    CHANGED = "the file changed since the build"
    """The file is not the one that the manifest describes."""
    UNREADABLE = "the file cannot be drawn"


@dataclass(frozen=True, slots=True)
class ThumbJob:
    """One thumbnail to draw: at most ``width_px`` × ``height_px`` pixels (not CSS px).

    ``sources`` are files that should have the same content; the first whose hash is ``sha256`` is drawn.
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
    """Return the thumbnail's width and height in CSS px, in the asset's proportions.

    All thumbnails have the same area, but fit into 320 × 320 px (a strip: 640 px wide). A thumbnail of an asset in px
    is never larger than the asset.
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
    """Return the name of the asset's thumbnail; None for an SVG, which the page shows directly.

    The thumbnail of a QR code is a PNG, since JPEG blurs the sharp edges of its modules.
    """
    if entry.format == "svg":
        return None
    return f"{entry.sha256[:16]}.{'png' if entry.medium == 'qr' else 'jpg'}"


def draw_thumbs(jobs: Sequence[ThumbJob], on_progress: Progress | None = None) -> list[FileCondition]:
    """Draw the thumbnails. Return the condition of each job's file, in the order of the jobs.

    Raises RenderError (``worker``) if a process died. Thumbnails that were drawn before that stay.
    """
    report = on_progress or (lambda done, total: None)
    report(0, len(jobs))
    if len(jobs) > INLINE_LIMIT:
        return _draw_in_processes(jobs, report)
    outcomes: list[FileCondition] = []
    for job in jobs:
        outcomes.append(draw_thumb(job))
        report(len(outcomes), len(jobs))
    return outcomes


def _draw_in_processes(jobs: Sequence[ThumbJob], report: Progress) -> list[FileCondition]:
    workers = min(os.cpu_count() or 1, 8, len(jobs))
    outcomes: dict[int, FileCondition] = {}
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(draw_thumb, job): number for number, job in enumerate(jobs)}
        try:
            for future in as_completed(futures):
                outcomes[futures[future]] = future.result()
                report(len(outcomes), len(jobs))
        except BrokenProcessPool as error:
            finding = Finding(
                "worker", "a process died while drawing thumbnails", hint="run the command again"
            )
            raise RenderError(finding) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    return [outcomes[number] for number in range(len(jobs))]


def draw_thumb(job: ThumbJob) -> FileCondition:
    """Draw one thumbnail and move it into place in one step; return the condition of the asset's file.

    If the thumbnail cannot be drawn, nothing is written.
    """
    content = _matching_content(job)
    if content is None:
        return FileCondition.CHANGED
    try:
        picture = draw_thumbnail(content, job.format, (job.width_px, job.height_px))
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return FileCondition.UNREADABLE
    write_atomically(job.target, _encode(picture, job.target.suffix), job.temporary)
    return FileCondition.FOUND


def _matching_content(job: ThumbJob) -> bytes | None:
    """Return the content of the first source whose hash is that of the job; None if there is no such source."""
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


def write_atomically(target: Path, content: bytes, temporary: Path) -> None:
    """Write the file atomically: it appears complete or not at all. ``temporary`` is a folder on the same disk."""
    handle, name = tempfile.mkstemp(prefix="gallery-", dir=temporary)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        # mkstemp creates a private file, but a web server must be able to read the gallery.
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


# The longest side of a guide.
LONGEST_PX = 1600
Rect = tuple[float, float, float, float]
SAFE, TRIM, COVERED, PANEL_JOIN = (0, 170, 90), (230, 0, 120), (230, 60, 40), (40, 90, 230)


def draw_guides(out: Path, assets: Iterable[FinishedAsset], folder: Path) -> list[Path]:
    """Draw the guides of finished files into a folder; return the paths of the pictures, in order.

    QR codes and missing files are left out.
    """
    written = []
    for asset in assets:
        source = out / asset.path
        if asset.medium == "qr" or not source.is_file():
            continue
        target = (folder / asset.path).with_suffix(".png")
        target.parent.mkdir(parents=True, exist_ok=True)
        draw_guide_overlay(source, asset.spec).save(target)
        written.append(target)
    return written


def draw_guide_overlay(source: Path, spec: Spec) -> Image.Image:
    """Return a finished file's uncropped picture with its guides. In an imposition each piece has its own guides."""
    picture = _guide_picture(source)
    pieces = _pieces(spec)
    factor = picture.width / pieces[0].page_width
    draw = ImageDraw.Draw(picture, "RGBA")
    line_px = max(1, round(min(picture.size) / 300))
    for piece in pieces:
        _draw_piece(draw, piece, spec, factor, line_px)
    return picture


@dataclass(frozen=True, slots=True)
class _Piece:
    """The position of one trim on a file's page, in the spec's unit.

    ``turned_height`` is the trim's height before it was rotated by 90° clockwise; None if it is not rotated.
    """

    page_width: float
    left: float
    top: float
    turned_height: float | None = None

    def box(self, x: float, y: float, width: float, height: float) -> Rect:
        """Convert a box from trim to page coordinates; return its left, top, right and bottom."""
        if self.turned_height is not None:
            x, y, width, height = self.turned_height - y - height, x, height, width
        return self.left + x, self.top + y, self.left + x + width, self.top + y + height


def _pieces(spec: Spec) -> list[_Piece]:
    if sheet := spec.sheet:
        turned = spec.height if sheet.turned else None
        return [_Piece(sheet.width_mm, x, y, turned) for x, y in sheet.cells]
    # Outside the bleed there may be cut marks. Their slug is in mm of the file, so it is divided by the scale.
    edge = spec.bleed_mm + (spec.press.slug_mm / spec.scale if spec.press else 0.0)
    return [_Piece(spec.width + 2 * edge, edge, edge)]


def _draw_piece(draw: ImageDraw.ImageDraw, piece: _Piece, spec: Spec, factor: float, line_px: int) -> None:
    def box(x: float, y: float, width: float, height: float) -> Rect:
        left, top, right, bottom = (side * factor for side in piece.box(x, y, width, height))
        return left, top, right, bottom

    for covered in spec.keep_clear:
        draw.rectangle(box(*covered), fill=(*COVERED, 70), outline=COVERED, width=line_px)
    for x in spec.panel_joins_x:
        draw.rectangle(box(x, 0, line_px / factor, spec.height), fill=PANEL_JOIN)
    for y in spec.panel_joins_y:
        draw.rectangle(box(0, y, spec.width, line_px / factor), fill=PANEL_JOIN)
    if spec.bleed_mm:
        draw.rectangle(box(0, 0, spec.width, spec.height), outline=TRIM, width=line_px)
    top, right, bottom, left = spec.safe
    safe = box(left, top, spec.width - left - right, spec.height - top - bottom)
    if spec.safe_circle:
        draw.ellipse(safe, outline=SAFE, width=line_px)
    else:
        draw.rectangle(safe, outline=SAFE, width=line_px)


def _guide_picture(source: Path) -> Image.Image:
    """Return a finished file as a picture whose longest side is at most ``LONGEST_PX``."""
    if source.suffix == ".pdf":
        with pdfium.PdfDocument(source) as document:
            page = document[0]
            drawn: Image.Image = page.render(scale=LONGEST_PX / max(page.get_size())).to_pil()
            return drawn.convert("RGB")
    with Image.open(source) as picture:
        copy = picture.convert("RGB")
    copy.thumbnail((LONGEST_PX, LONGEST_PX))
    return copy
