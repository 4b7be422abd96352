"""A field of light behind the call to action, without a door: all of the page from one line on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assetgen.geometry import Box
from assetgen.layout.motifs.door import NOTHING
from assetgen.layout.motifs.motif import CallToAction, DrawnMotif, Stage
from assetgen.schema.template_file import Opening


@dataclass(frozen=True, slots=True)
class LightField:
    """Light over the page below the call's head (``band``), or right of the call's left side (``side``).

    Its shapes have the roles of a door, of which it draws the light alone: markup for one draws the other.
    """

    opening: Opening

    @property
    def lean(self) -> float:
        """Return 0: its edges are level or upright."""
        return 0.0

    def draw(self, stage: Stage, call: CallToAction) -> Iterator[DrawnMotif]:
        """Yield the one drawing there is: the field follows the call, and leaves the copy the rest."""
        page, clear = stage.page, self.opening.clear * call.type_px
        if self.opening.kind == "band":
            x, y = page.x, call.ink.y - clear
            unlit = Box(page.x, page.y, page.width, max(0.0, y - page.y))
        else:
            x, y = call.ink.x - clear, page.y
            unlit = Box(page.x, page.y, max(0.0, x - page.x), page.height)
        fall = Box(x, y, page.right - x, page.bottom - y).corners()
        reach = max(stage.trim_width, stage.trim_height)
        yield DrawnMotif({**NOTHING, "fall": fall}, fall, (fall,), unlit, (x, y), reach)
