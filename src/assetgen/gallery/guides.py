"""Guides: an asset's picture with its safe area, joins and what covers it drawn on top, for the designer's eye.

Made from the finished file and the manifest's spec; written outside ``out/``, since a guide is no asset.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageDraw

from assetgen.manifest.entry import FinishedAsset
from assetgen.planning.asset import Spec

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
    picture = _picture(source)
    pieces = _pieces(spec)
    factor = picture.width / (pieces[0].page_width)
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
    for x in spec.joins_x:
        draw.rectangle(box(x, 0, line / factor, spec.height), fill=JOIN)
    for y in spec.joins_y:
        draw.rectangle(box(0, y, spec.width, line / factor), fill=JOIN)
    if spec.bleed_mm:
        draw.rectangle(box(0, 0, spec.width, spec.height), outline=TRIM, width=line)
    top, right, bottom, left = spec.safe
    safe = box(left, top, spec.width - left - right, spec.height - top - bottom)
    if spec.safe_circle:
        draw.ellipse(safe, outline=SAFE, width=line)
    else:
        draw.rectangle(safe, outline=SAFE, width=line)


def _picture(source: Path) -> Image.Image:
    """Return a finished file as pixels, no side over ``LONGEST_PX``."""
    if source.suffix == ".pdf":
        document = pdfium.PdfDocument(source)
        try:
            page = document[0]
            scale = LONGEST_PX / max(page.get_size())
            drawn: Image.Image = page.render(scale=scale).to_pil()
            return drawn.convert("RGB")
        finally:
            document.close()
    with Image.open(source) as picture:
        copy = picture.convert("RGB")
    copy.thumbnail((LONGEST_PX, LONGEST_PX))
    return copy
