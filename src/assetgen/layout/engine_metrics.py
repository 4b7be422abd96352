"""Measure words as WeasyPrint draws them: width and ink in em from HarfBuzz, and WeasyPrint's letter-spacing.

WeasyPrint does not document its rounding, so ``test_engine_metrics.py`` compares these measurements with its output.
Other private parts of WeasyPrint are used in ``rendering/engine/weasyprint_private.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import trunc

import uharfbuzz as hb

from assetgen.loading.fonts import nearest_face
from assetgen.loading.model import FontFace


def drawn_tracking(tracking_em: float) -> float:
    """Return the letter-spacing in em that WeasyPrint draws for a CSS letter-spacing in em.

    Pango puts half of the letter-spacing on each side of a letter. WeasyPrint 70 (draw/text.py) writes the left half in
    Pango's units as if a px had 1000 of them instead of 1024. It truncates the rest to thousandths of an em. So -0.022
    becomes -0.0213: a difference of 1.5 px along a headline set at 160 px.
    """
    left = tracking_em / 2 * 1.024
    return left + trunc((tracking_em - left) * 1000) / 1000


@dataclass(frozen=True, slots=True)
class ShapedRun:
    """The measurements of shaped words, in em.

    ``left`` and ``right`` are the bearings: the space between the ends of the advance and the ink. ``top`` and
    ``bottom`` are the reach of the ink above and below the baseline; accents rise above the font's cap height.
    ``glyphs`` is the number of glyphs.
    """

    advance: float
    left: float
    right: float
    glyphs: int
    top: float = 0.0
    bottom: float = 0.0


class Measurer:
    """Measures words in the fonts of a brand, and caches the results."""

    def __init__(self, faces: Iterable[FontFace]) -> None:
        self.faces = tuple(face for face in faces if not face.italic)
        self._fonts = {face: hb.Font(hb.Face(hb.Blob(face.content))) for face in self.faces}
        self._shape = lru_cache(maxsize=20_000)(self._shape_words)

    def face(self, family: str, weight: int) -> FontFace:
        """Return the face of a family with the nearest weight."""
        return nearest_face(self.faces, family, weight)

    def shape(self, words: str, family: str, weight: int, *, ligatures: bool = True) -> ShapedRun:
        """Shape and measure words. ``ligatures`` is False if letter-spacing switches them off."""
        return self._shape(words, self.face(family, weight), ligatures)

    def _shape_words(self, words: str, face: FontFace, ligatures: bool) -> ShapedRun:
        font = self._fonts[face]
        em = font.face.upem
        buffer = hb.Buffer()
        buffer.add_str(words)
        buffer.guess_segment_properties()
        hb.shape(font, buffer, {} if ligatures else {"liga": False, "clig": False})
        infos, positions = buffer.glyph_infos, buffer.glyph_positions
        if not infos:
            return ShapedRun(0.0, 0.0, 0.0, 0)
        advance = sum(position.x_advance for position in positions)
        first, last = font.get_glyph_extents(infos[0].codepoint), font.get_glyph_extents(infos[-1].codepoint)
        left = first.x_bearing if first else 0
        right = positions[-1].x_advance - (last.x_bearing + last.width) if last else 0
        top, bottom = 0, 0
        for info, position in zip(infos, positions, strict=True):
            ink = font.get_glyph_extents(info.codepoint)
            if ink and ink.height:
                # In HarfBuzz y points upwards: the bearing is the top of the glyph, and its height is negative.
                top = max(top, ink.y_bearing + position.y_offset)
                bottom = max(bottom, -(ink.y_bearing + ink.height + position.y_offset))
        return ShapedRun(advance / em, left / em, right / em, len(infos), top / em, bottom / em)
