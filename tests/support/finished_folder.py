"""Finished files with their manifest, as a build leaves them: real assets, each made once in a test run, to be spoilt.

``write_folder`` writes them with whatever a test has put in place of one. What a spoilt file's entry says of
its bytes is made to agree (``agreed``), as by somebody who changed a file and its manifest both.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from assetgen.building.render_task import with_word, word_on
from assetgen.manifest.entry import Entry
from assetgen.manifest.manifest_file import Heading, manifest_bytes
from assetgen.planning.asset import Asset
from assetgen.preflight.pdf.finished_page import FinishedPage
from assetgen.rendering.images.raster import picture_sha256
from assetgen.rendering.rendered_file import Made
from assetgen.rendering.renderer import Renderer
from tests.support.tiny import real_assets, real_campaign

SQUARE = "staffordshire-police/worried/ig-square/en-GB"
MPU = "nspcc/worried/disp-mpu/en-GB"
SCREEN = "staffordshire-police/worried/council-screen/en-GB"
STRIP = "nspcc/worried/disp-leaderboard/en-GB"
POSTER = "staffordshire-police/worried/poster-a4/en-GB"
CODE_PNG, CODE_SVG, CODE_PDF = (f"staffordshire-police/qr/{form}" for form in ("png", "svg", "pdf"))
HEADING = Heading("Stop It Now!", "2026.1", {"assetgen": "0"})


@dataclass(frozen=True)
class Piece:
    """A finished file, its entry as plain values, the page that its pixels were drawn from."""

    content: bytes = field(repr=False)
    entry: Mapping[str, Any] = field(repr=False)
    page: bytes | None = field(default=None, repr=False)

    @property
    def path(self) -> str:
        return str(self.entry["path"])

    def picture(self) -> Image.Image:
        """Return the file's pixels, RGB."""
        return Image.open(io.BytesIO(self.content)).convert("RGB")

    def boxes(self, role: str) -> list[tuple[int, int, int, int]]:
        """Return where a role stands: left, top, right, bottom in whole pixels."""
        return [
            (round(x), round(y), round(x + width), round(y + height))
            for x, y, width, height in (mark["box"] for mark in self.entry["regions"] if mark["role"] == role)
        ]

    def letters(self, role: str) -> list[tuple[int, int, int, int]]:
        """Return where each letter of a role's first mark is, in whole pixels, from left to right."""
        left, top, right, bottom = self.boxes(role)[0]
        assert self.page is not None
        with FinishedPage(self.page) as page:
            boxes = [letter.box for letter in page.letters]
        inside = [
            (round(box.x), top, round(box.right), bottom)
            for box in boxes
            if left - 2 <= box.x and box.right <= right + 2 and top - 2 <= box.y and box.bottom <= bottom + 2
        ]
        return sorted(inside)

    def agreed(self, content: bytes) -> Piece:
        """Return the piece with other bytes, and an entry that agrees with them."""
        said = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        if self.entry["format"] == "png":
            try:
                said["pixel_sha256"] = picture_sha256(Image.open(io.BytesIO(content)))
            except (OSError, SyntaxError):
                said["pixel_sha256"] = None
        return replace(self, content=content, entry={**self.entry, **said})

    def painted(self, picture: Image.Image) -> Piece:
        """Return the piece with other pixels, saved as the first were, and an entry that agrees."""
        before = Image.open(io.BytesIO(self.content))
        out = io.BytesIO()
        kept: dict[str, Any] = {"icc_profile": before.info.get("icc_profile")}
        if before.format == "PNG":
            picture.save(out, "PNG", pnginfo=_png_info(before), **kept)
        else:
            picture.save(out, "JPEG", quality=92, subsampling=0, xmp=before.info["xmp"], **kept)
        return self.agreed(out.getvalue())

    def saying(self, **changes: Any) -> Piece:
        """Return the piece with another entry."""
        return replace(self, entry={**self.entry, **changes})


def _png_info(picture: Image.Image) -> Any:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", picture.info["XML:com.adobe.xmp"])
    return info


@cache
def _renderer() -> Renderer:
    return Renderer(real_campaign())


@cache
def asset(asset_id: str) -> Asset:
    """Return an asset of the real campaign."""
    return next(one for one in real_assets() if one.id == asset_id)


def proven(asset: Asset, made: Made) -> Made:
    """Return what was made with the findings and the marks of its proof; what was not made, as it is."""
    return made if made.content is None else with_word(asset, made, *word_on(asset, made))


@cache
def piece(asset_id: str) -> Piece:
    """Return an asset of the real campaign, made and proved; it must be sound."""
    made = proven(asset(asset_id), _renderer()(asset(asset_id)))
    assert made.content is not None
    assert not [finding.as_text() for finding in made.findings if finding.is_error]
    return Piece(made.content, json.loads(Entry.of(asset(asset_id), made, made.content).line), made.page)


def manifest_of(pieces: Iterable[Piece]) -> str:
    """Return the manifest of some files."""
    return manifest_bytes(HEADING, [Entry.parse(dict(one.entry)) for one in pieces]).decode()


def write_folder(folder: Path, *pieces: Piece) -> Path:
    """Write files with their manifest; return the folder."""
    for one in pieces:
        file = folder / one.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(one.content)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(manifest_of(pieces), "utf-8")
    return folder
