"""The most ink that a gradient can have, from the colours of its steps (ISO 32000-1, 7.10 and 8.7.4.5)."""

from __future__ import annotations

import itertools

import pikepdf

from assetgen.preflight.colour_space import EVERY_INK, Plates, Space, most_of, space_of
from assetgen.preflight.graphics_state import as_number

MOST_DEPTH = 8
MOST_SAMPLES = 4096
BYTE = 8


def shading_space(shading: pikepdf.Object, named: pikepdf.Object | None) -> Space:
    """Return the colour space that a gradient is drawn in."""
    return space_of(shading["/ColorSpace"], named)


def shading_ink(shading: pikepdf.Object, space: Space) -> tuple[Plates, float] | None:
    """Return the most of each ink in a gradient, and of all together; None where its space has no known inks.

    Between two steps inks are mixed, so that no place has more than the heaviest step. A gradient by a program
    or a mesh may have anything.
    """
    if space.heaviest() is None:
        return None
    steps = _steps(shading.get("/Function"), 0)
    if steps is None:
        return space.heaviest()
    if "/Background" in shading:
        steps = [*steps, tuple(as_number(value) for value in shading["/Background"])]
    if space.palette is not None or any(len(step) != space.components for step in steps):
        return space.heaviest() or (EVERY_INK, 4.0)
    return most_of([space.plates(step) for step in steps])


def _steps(function: pikepdf.Object | None, depth: int) -> list[tuple[float, ...]] | None:
    """Return the colours between which a function mixes; None of one that can give anything."""
    if function is None or depth > MOST_DEPTH:
        return None
    if isinstance(function, pikepdf.Array):
        return _side_by_side(function, depth)
    kind = int(function["/FunctionType"])
    if kind == 2:
        ends = (function.get("/C0", [0]), function.get("/C1", [1]))
        return [tuple(as_number(value) for value in end) for end in ends]
    if kind == 3:
        parts = [_steps(part, depth + 1) for part in function["/Functions"]]
        known = [part for part in parts if part is not None]
        return list(itertools.chain(*known)) if len(known) == len(parts) else None
    return _samples(function) if kind == 0 else None


def _side_by_side(functions: pikepdf.Array, depth: int) -> list[tuple[float, ...]] | None:
    """Return the steps of functions that give a component each: every one's highest with every other's lowest."""
    ends: list[tuple[float, float]] = []
    for function in functions:
        steps = _steps(function, depth + 1)
        if steps is None or any(len(step) != 1 for step in steps):
            return None
        ends.append((min(steps)[0], max(steps)[0]))
    return list(itertools.product(*ends)) if len(ends) <= 4 else None


def _samples(function: pikepdf.Object) -> list[tuple[float, ...]] | None:
    """Return the samples of a table of bytes; None of any other."""
    if not isinstance(function, pikepdf.Stream) or int(function["/BitsPerSample"]) != BYTE:
        return None
    limits = [as_number(value) for value in function.get("/Decode", function["/Range"])]
    lows, highs = limits[::2], limits[1::2]
    table, many = function.read_bytes(), len(lows)
    if not many or len(table) > MOST_SAMPLES * many:
        return None
    rows = [table[at : at + many] for at in range(0, len(table) - many + 1, many)]
    return [
        tuple(low + value / 255 * (high - low) for low, high, value in zip(lows, highs, row, strict=True))
        for row in rows
    ]
