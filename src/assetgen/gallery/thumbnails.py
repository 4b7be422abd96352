"""Thumbnails: how large each is, what its file is called, and drawing it.

A thumbnail is named by the asset's content, so it is drawn once for each version of an asset, and is
never out of date. It is drawn at two pixels for each CSS px. PDFium is not thread-safe: many
thumbnails are drawn in processes, few in this one.
"""

from __future__ import annotations

import hashlib
import io
import math
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from enum import Enum, auto
from multiprocessing import get_context
from pathlib import Path

from PIL import Image

from assetgen.errors import RenderError
from assetgen.findings import Finding
from assetgen.manifest.entry import ListedAsset
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


class ThumbnailOutcome(Enum):
    """What came of drawing one thumbnail."""

    DRAWN = auto()
    CHANGED = auto()
    """The file is not the one that the manifest describes."""
    UNREADABLE = auto()


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


def draw_thumbs(jobs: Sequence[ThumbJob], on_progress: Progress | None = None) -> list[ThumbnailOutcome]:
    """Draw the thumbnails and return what came of each, in the order of the jobs.

    Raises RenderError (``worker``) where a drawing process died; what was drawn until then stays.
    """
    report = on_progress or _no_report
    report(0, len(jobs))
    if len(jobs) > INLINE_LIMIT:
        return _draw_in_processes(jobs, report)
    outcomes: list[ThumbnailOutcome] = []
    for job in jobs:
        outcomes.append(draw_thumb(job))
        report(len(outcomes), len(jobs))
    return outcomes


def _no_report(done: int, total: int) -> None:
    """Report nothing: nobody asked."""


def _draw_in_processes(jobs: Sequence[ThumbJob], report: Progress) -> list[ThumbnailOutcome]:
    workers = min(os.cpu_count() or 1, 8, len(jobs))
    outcomes: dict[int, ThumbnailOutcome] = {}
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


def draw_thumb(job: ThumbJob) -> ThumbnailOutcome:
    """Draw one thumbnail and move it in whole; leave nothing behind where that is not possible."""
    content = _built_content(job)
    if content is None:
        return ThumbnailOutcome.CHANGED
    box = (job.width_px, job.height_px)
    try:
        picture = draw_thumbnail(content, job.format, box)
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return ThumbnailOutcome.UNREADABLE
    write_whole(job.target, _encode(picture, job.target.suffix), job.temporary)
    return ThumbnailOutcome.DRAWN


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
