"""The result of rendering an asset, and the factory that a worker makes its renderer with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assetgen.findings import Finding
from assetgen.loading.model import Campaign
from assetgen.planning.asset import Asset


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
    marks: tuple[Mapping[str, Any], ...] = ()
    sought: frozenset[str] = frozenset()
    is_kept: bool = False

    @property
    def ok(self) -> bool:
        """Say whether there is a file and no finding of severity error."""
        return self.content is not None and not any(finding.is_error for finding in self.findings)


@dataclass(frozen=True, slots=True)
class RendererFactory:
    """Makes a process's renderer; pickled to workers, and cheap to import.

    ``own`` is where it writes what the engine needs as files (default: the campaign's ``.assetgen``).
    """

    campaign: Campaign
    own: Path | None = None

    def __call__(self) -> Callable[[Asset], Made]:
        """Return a renderer. Raises MachineError where the layout engine does not start."""
        from assetgen.rendering.renderer import Renderer

        return Renderer(self.campaign, self.own)
