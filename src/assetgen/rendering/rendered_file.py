"""The result of rendering an asset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assetgen.findings import Finding


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file's bytes and what was measured while making it; no bytes where it could not be made.

    ``page`` is the PDF that a raster file was drawn from; None of a PDF, and of a code alone. ``marks`` are
    what the proof found in the file, as the manifest says it.
    ``pixel_sha256`` is that of the finished file's RGB(A) pixels; of a PDF, its page at 72 dpi; of an
    SVG, None. ``inputs`` maps each file that was opened to the sha256 of the bytes that were drawn; ``sought``
    are those that were looked for and are not there: one that appears there would be drawn. ``is_kept``: it was
    made before and kept, not drawn now.
    """

    asset_id: str
    content: bytes | None = field(repr=False)
    pixel_sha256: str | None
    measured: Mapping[str, Any]
    findings: tuple[Finding, ...]
    inputs: Mapping[str, str]
    page: bytes | None = field(default=None, repr=False)
    regions: tuple[Mapping[str, Any], ...] = ()
    sought: frozenset[str] = frozenset()
    is_kept: bool = False
