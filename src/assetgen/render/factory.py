"""What is sent to a worker process: the campaign. The renderer, and with it the layout engine, is made there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assetgen.loading.model import Campaign
from assetgen.planning.asset import Asset
from assetgen.render.made import Made


@dataclass(frozen=True, slots=True)
class RendererFactory:
    """Makes a process's renderer; pickled to workers, and cheap to import.

    ``own`` is where it writes what the engine needs as files (default: the campaign's ``.assetgen``).
    """

    campaign: Campaign
    own: Path | None = None

    def __call__(self) -> Callable[[Asset], Made]:
        """Return a renderer. Raises MachineError where the layout engine does not start."""
        from assetgen.render.renderer import Renderer

        return Renderer(self.campaign, self.own)
