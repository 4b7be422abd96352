"""Draw a field of light behind the call to action: all of the page below a line, or to the right of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assetgen.geometry import Box
from assetgen.layout.motifs.door import EMPTY_SHAPES
from assetgen.layout.motifs.motif import CallToAction, DrawnMotif, Stage
from assetgen.schema.template_file import MotifShape


@dataclass(frozen=True, slots=True)
class LightField:
    """Light on the page below the top of the call to action (``band``), or to the right of its left side (``side``).

    Its shapes have the same roles as those of a door, so that a template's markup can draw either. Only ``fall`` has
    points.
    """

    motif_shape: MotifShape

    @property
    def lean(self) -> float:
        """Return 0, because its edges are level or upright."""
        return 0.0

    def draw(self, stage: Stage, cta: CallToAction) -> Iterator[DrawnMotif]:
        """Yield the only drawing: the field follows the call to action, and the rest of the page is for the copy."""
        page, clear = stage.page, self.motif_shape.clear * cta.type_px
        if self.motif_shape.kind == "band":
            x, y = page.x, cta.ink.y - clear
            unlit = Box(page.x, page.y, page.width, max(0.0, y - page.y))
        else:
            x, y = cta.ink.x - clear, page.y
            unlit = Box(page.x, page.y, max(0.0, x - page.x), page.height)
        fall = Box(x, y, page.right - x, page.bottom - y).corners()
        reach = max(stage.trim_width, stage.trim_height)
        yield DrawnMotif({**EMPTY_SHAPES, "fall": fall}, fall, (fall,), unlit, (x, y), reach)
