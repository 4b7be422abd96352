"""The result of rendering an asset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assetgen.findings import Finding


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A finished file's bytes and what was measured while it was rendered.

    ``content`` is None if rendering failed; ``findings`` then say why.
    ``pixel_sha256`` is the hash of the file's RGB(A) pixels: for a PDF those of its page at 72 dpi, for an SVG None.
    ``inputs`` maps each file that was opened to the sha256 of the bytes that were used.
    ``page`` is the PDF that a raster file was drawn from. It is None for a PDF and for a QR code alone.
    ``regions`` are the regions that the preflight checks detected in the file, as the manifest lists them.
    ``absent_inputs`` are paths that were tried before an input and do not exist. A file that appears there is used.
    ``is_cached`` says that the file came from the build cache.
    """

    asset_id: str
    content: bytes | None = field(repr=False)
    pixel_sha256: str | None
    measured: Mapping[str, Any]
    findings: tuple[Finding, ...]
    inputs: Mapping[str, str]
    page: bytes | None = field(default=None, repr=False)
    regions: tuple[Mapping[str, Any], ...] = ()
    absent_inputs: frozenset[str] = frozenset()
    is_cached: bool = False
