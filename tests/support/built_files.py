"""Built files with their manifest entries, for tests that change them. Each real asset is rendered once per process.

``write_folder`` writes files and manifest. ``BuiltFile.with_content`` changes a file and makes its manifest entry
agree, as somebody does who changes both.
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

from assetgen.building.render_task import check_rendered, with_verdict
from assetgen.manifest.entry import Entry
from assetgen.manifest.manifest_file import ManifestHead, manifest_bytes
from assetgen.planning.asset import Asset
from assetgen.preflight.pdf.finished_page import FinishedPage
from assetgen.rendering.images.raster import picture_sha256
from assetgen.rendering.rendered_file import RenderedFile
from assetgen.rendering.renderer import Renderer
from tests.support.tiny_campaign import real_assets, real_campaign

SQUARE = "staffordshire-police/worried/ig-square/en-GB"
MPU = "nspcc/worried/disp-mpu/en-GB"
SCREEN = "staffordshire-police/worried/council-screen/en-GB"
STRIP = "nspcc/worried/disp-leaderboard/en-GB"
POSTER = "staffordshire-police/worried/poster-a4/en-GB"
CODE_PNG, CODE_SVG, CODE_PDF = (f"staffordshire-police/qr/{form}" for form in ("png", "svg", "pdf"))
HEADING = ManifestHead("Stop It Now!", "2026.1", {"assetgen": "0"})


@dataclass(frozen=True)
class BuiltFile:
    """A built file, its manifest entry as plain values, and the PDF page that its pixels were drawn from."""

    content: bytes = field(repr=False)
    entry: Mapping[str, Any] = field(repr=False)
    page: bytes | None = field(default=None, repr=False)

    @property
    def path(self) -> str:
        return str(self.entry["path"])

    def picture(self) -> Image.Image:
        """Return the file's pixels as RGB."""
        return Image.open(io.BytesIO(self.content)).convert("RGB")

    def region_boxes(self, role: str) -> list[tuple[int, int, int, int]]:
        """Return the detected regions of a role: left, top, right, bottom in whole pixels."""
        return [
            (round(x), round(y), round(x + width), round(y + height))
            for x, y, width, height in (
                region["box"] for region in self.entry["regions"] if region["role"] == role
            )
        ]

    def letter_boxes(self, role: str) -> list[tuple[int, int, int, int]]:
        """Return the box of each letter in a role's first region, in whole pixels, from left to right."""
        left, top, right, bottom = self.region_boxes(role)[0]
        assert self.page is not None
        with FinishedPage(self.page) as page:
            boxes = [letter.box for letter in page.letters]
        inside = [
            (round(box.x), top, round(box.right), bottom)
            for box in boxes
            if left - 2 <= box.x and box.right <= right + 2 and top - 2 <= box.y and box.bottom <= bottom + 2
        ]
        return sorted(inside)

    def with_content(self, content: bytes) -> BuiltFile:
        """Return the file with other bytes, and an entry that agrees with them."""
        values = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        if self.entry["format"] == "png":
            try:
                values["pixel_sha256"] = picture_sha256(Image.open(io.BytesIO(content)))
            except (OSError, SyntaxError):
                values["pixel_sha256"] = None
        return replace(self, content=content, entry={**self.entry, **values})

    def with_picture(self, picture: Image.Image) -> BuiltFile:
        """Return the file with other pixels, encoded as before, and an entry that agrees."""
        before = Image.open(io.BytesIO(self.content))
        out = io.BytesIO()
        profile: dict[str, Any] = {"icc_profile": before.info.get("icc_profile")}
        if before.format == "PNG":
            picture.save(out, "PNG", pnginfo=_png_info(before), **profile)
        else:
            picture.save(out, "JPEG", quality=92, subsampling=0, xmp=before.info["xmp"], **profile)
        return self.with_content(out.getvalue())

    def with_entry(self, **changes: Any) -> BuiltFile:
        """Return the file with other values in its entry."""
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
def real_asset(asset_id: str) -> Asset:
    """Return an asset of the real campaign."""
    return next(one for one in real_assets() if one.id == asset_id)


def with_check_result(asset: Asset, made: RenderedFile) -> RenderedFile:
    """Return a rendered file with the findings and regions of its preflight checks; one without content as it is."""
    return made if made.content is None else with_verdict(asset, made, *check_rendered(asset, made))


@cache
def built_file(asset_id: str) -> BuiltFile:
    """Return the built file of a real asset, which must pass its preflight checks."""
    made = with_check_result(real_asset(asset_id), _renderer()(real_asset(asset_id)))
    assert made.content is not None
    assert not [finding.as_text() for finding in made.findings if finding.is_error]
    return BuiltFile(
        made.content, json.loads(Entry.of(real_asset(asset_id), made, made.content).line), made.page
    )


def manifest_of(pieces: Iterable[BuiltFile]) -> str:
    """Return the manifest of some files."""
    return manifest_bytes(HEADING, [Entry.parse(dict(one.entry)) for one in pieces]).decode()


def write_folder(folder: Path, *pieces: BuiltFile) -> Path:
    """Write files with their manifest, and return the folder."""
    for one in pieces:
        file = folder / one.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(one.content)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(manifest_of(pieces), "utf-8")
    return folder
