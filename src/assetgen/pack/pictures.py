"""The small pictures on a pack's pages, as ``data:`` addresses: a page needs nothing beside itself."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from PIL import Image

from assetgen.pack.goods import Good
from assetgen.rendering.images.previews import draw_thumbnail

BOX_PX = (260, 260)
MOST_KEPT = 600
"""Partners share the bytes of many files; about 10 kB each."""
MOST_SVG_BYTES = 100_000


class Pictures:
    """Draws small pictures; keeps the latest for the partners that follow in the same process."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def of(self, good: Good, file: Path) -> str | None:
        """Return a file's small picture; None for one that cannot be drawn small."""
        key = good.sha256
        if key not in self._kept:
            drawn = _draw(good, file)
            if drawn is None:
                return None
            if len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = drawn
        return self._kept[key]


def _draw(good: Good, file: Path) -> str | None:
    content = file.read_bytes()
    if good.format == "svg":
        return _address("image/svg+xml", content) if len(content) <= MOST_SVG_BYTES else None
    try:
        picture = draw_thumbnail(content, good.format, BOX_PX)
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return None
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=84, optimize=True, subsampling=0)
    return _address("image/jpeg", stream.getvalue())


def _address(mime: str, content: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"
