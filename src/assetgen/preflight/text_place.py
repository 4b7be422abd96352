"""Where shown text stands: how far each string of a font goes, and the box around it (ISO 32000-1, 9.4.4)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf

from assetgen.geometry import Box
from assetgen.preflight.graphics_state import NUMBERS, State, as_matrix, as_number, box_of
from assetgen.preflight.objects import IDENTITY, Frame, times

# How far ink may stand beyond what a font says of its letters, in em, and where it says nothing.
BEYOND_EM = 0.25
USUAL_BELOW, USUAL_ABOVE = -500.0, 1200.0
USUAL_WIDTH = 1000.0
SPACE = 32
PLAIN_NUMBERS = {"Tc": "letter_space", "Tw": "word_space", "TL": "leading", "Ts": "rise"}
"""Operators that set one number of the state."""


@dataclass(frozen=True, slots=True)
class Widths:
    """How wide a font's codes are, in thousandths of an em; how many bytes a code has; how far below and above the
    baseline its letters go."""

    of: dict[int, float]
    usual: float
    bytes_a_code: int
    below: float = USUAL_BELOW
    above: float = USUAL_ABOVE

    @classmethod
    def read(cls, font: pikepdf.Object) -> Widths:
        """Return the widths of a font."""
        if font.get("/Subtype") == "/Type0":
            inner = font["/DescendantFonts"][0]
            usual = as_number(inner.get("/DW", USUAL_WIDTH))
            return cls(_of_glyphs(list(inner.get("/W", []))), usual, 2, *_heights(inner))
        first = int(font.get("/FirstChar", 0))
        own = [as_number(width) for width in font.get("/Widths", [])]
        # A font of drawn glyphs has units of its own.
        per_em = as_number(font["/FontMatrix"][0]) * 1000 if "/FontMatrix" in font else 1.0
        return cls(
            {first + at: width * per_em for at, width in enumerate(own)}, USUAL_WIDTH, 1, *_heights(font)
        )

    def codes(self, text: bytes) -> list[int]:
        """Return the codes of a string."""
        if self.bytes_a_code == 1:
            return list(text)
        # Most strings are one glyph, with a step to the next one between them.
        if len(text) == 2:
            return [text[0] << 8 | text[1]]
        return [text[at] << 8 | text[at + 1] for at in range(0, len(text) - 1, 2)]


def _heights(font: pikepdf.Object) -> tuple[float, float]:
    """Return how far a font's letters go below and above the baseline, as it says itself."""
    said = font.get("/FontDescriptor", pikepdf.Dictionary()).get("/FontBBox")
    if said is None or len(said) != 4:
        return USUAL_BELOW, USUAL_ABOVE
    low, high = as_number(said[1]), as_number(said[3])
    return (low, high) if low < high else (USUAL_BELOW, USUAL_ABOVE)


def _of_glyphs(table: list[object]) -> dict[int, float]:
    """Return the widths of a Type 0 font's table: ``first [w …]`` and ``first last w``."""
    widths: dict[int, float] = {}
    at = 0
    while at + 1 < len(table):
        first, second = int(as_number(table[at])), table[at + 1]
        if isinstance(second, pikepdf.Array):
            widths |= {first + step: as_number(width) for step, width in enumerate(second)}
            at += 2
            continue
        if at + 2 >= len(table):
            break
        last = min(int(as_number(second)), first + 0xFFFF)
        widths |= dict.fromkeys(range(first, last + 1), as_number(table[at + 2]))
        at += 3
    return widths


def show(state: State, widths: Widths, parts: Iterable[bytes | float], frame: Frame) -> tuple[Box, float]:
    """Return the box around a shown string and its size in pt of the page; move the state behind it.

    ``parts`` are strings, and thousandths of an em to go back.
    """
    size, stretch = state.font_size, state.stretch
    matrix = times((size * stretch, 0.0, 0.0, size, 0.0, state.rise), times(state.text, state.matrix))
    of, usual = widths.of.get, widths.usual
    word_space = state.word_space if widths.bytes_a_code == 1 else 0.0
    advance, ends_at = 0.0, [0.0]
    for part in parts:
        if isinstance(part, bytes):
            codes = widths.codes(part)
            wide = sum([of(code, usual) for code in codes]) / 1000 * size + len(codes) * state.letter_space
            advance += (wide + (codes.count(SPACE) * word_space if word_space else 0.0)) * stretch
        else:
            advance -= part / 1000 * size * stretch
        ends_at.append(advance)
    state.text = times((1.0, 0.0, 0.0, 1.0, advance, 0.0), state.text)
    em = size * stretch or 1.0
    ends = (
        min(ends_at) / em - BEYOND_EM,
        widths.below / 1000 - BEYOND_EM,
        max(ends_at) / em + BEYOND_EM,
        widths.above / 1000 + BEYOND_EM,
    )
    return box_of(ends, matrix, frame), math.hypot(matrix[2], matrix[3])


def text_step(
    state: State, operator: str, operands: Sequence[Any], font_of: Callable[[object], pikepdf.Object]
) -> list[bytes | float] | None:
    """Obey a text operator, and return what it shows: strings, and thousandths of an em to go back; or None."""
    if operator == "BT":
        state.text = state.line_start = IDENTITY
    elif operator == "Tf":
        state.font, state.font_size = font_of(operands[0]), as_number(operands[1])
    elif operator == "Tm":
        state.text = state.line_start = as_matrix(list(operands))
    elif operator in ("Td", "TD"):
        x, y = (as_number(value) for value in operands)
        state.leading = -y if operator == "TD" else state.leading
        _next_line(state, x, y)
    elif operator in ("T*", "'", '"'):
        _next_line(state, 0.0, -state.leading)
    elif operator in PLAIN_NUMBERS:
        setattr(state, PLAIN_NUMBERS[operator], as_number(operands[0]))
    elif operator == "Tz":
        state.stretch = as_number(operands[0]) / 100
    elif operator == "Tr":
        state.render_mode = int(as_number(operands[0]))
    if operator == '"':
        state.word_space, state.letter_space = as_number(operands[0]), as_number(operands[1])
    if operator in ("Tj", "'", '"'):
        return [bytes(operands[-1])]
    if operator != "TJ" or not isinstance(operands[0], pikepdf.Array):
        return None
    parts: list[Any] = list(operands[0])
    return [float(part) if isinstance(part, NUMBERS) else bytes(part) for part in parts]


def _next_line(state: State, x: float, y: float) -> None:
    state.line_start = times((1.0, 0.0, 0.0, 1.0, x, y), state.line_start)
    state.text = state.line_start
