"""What a page paints with beside its own objects: patterns, masks, gradients, glyphs, the looks of notes.

The list of a page's objects tells where pictures and shapes are, but not what such paint holds. Where it is no
more than gradients of few steps, nothing can be drawn that the list does not have.
"""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf

from assetgen.preflight.pdf_parts import DAMAGE, OpenPdf

MOST_DEPTH = 8
# The layout engine's gradients are axial or radial (ISO 32000-1, table 78), by functions of powers, stitched.
GRADIENTS, STEPS = (2, 3), (2, 3)
# The rows of the smallest code have over two hundred edges; a page's gradients together have a few dozen steps.
MOST_STEPS = 60
# A cell of paint draws a gradient, or a shape or two: saving, placing, filling; no picture, no words.
MOST_OPERATORS = 40
DRAWING = frozenset("q Q cm gs sh Do re m l c h f f* n W W* cs sc scn g rg k".split())


def is_smooth(file: OpenPdf) -> bool:
    """Say whether a PDF's first page paints with nothing but its own objects and smooth gradients."""
    try:
        page = file.pdf.pages[0]
        if any("/AP" in note for note in page.obj.get("/Annots", [])):
            return False
        steps = list(_steps(page.resources, depth=0))
    except DAMAGE:
        return False
    return None not in steps and sum(step or 0 for step in steps) <= MOST_STEPS


def _steps(
    resources: pikepdf.Object, *, depth: int, used: frozenset[str] | None = None
) -> Iterator[int | None]:
    """Yield the steps of each gradient, and None for whatever may be anything.

    ``used`` are the names that a pattern's or a mask's cell paints with, whose pictures are in no list of objects;
    of the page's own resources, None: all of them, but a picture is an object.
    """
    if depth > MOST_DEPTH:
        yield None
        return
    if used is None and any(font.get("/Subtype") == "/Type3" for font in _named(resources, "/Font", None)):
        yield None
    for shading in _named(resources, "/Shading", used):
        yield _gradient(shading)
    for drawn in _named(resources, "/XObject", used):
        if drawn.get("/Subtype") == "/Form":
            yield from _cell(drawn, depth) if used is not None else _steps_of(drawn, depth, None)
        elif used is not None:
            yield None
    for pattern in _named(resources, "/Pattern", used):
        yield from (
            _cell(pattern, depth) if pattern.get("/PatternType") == 1 else [_gradient(pattern["/Shading"])]
        )
    for state in _named(resources, "/ExtGState", used):
        mask = state.get("/SMask", "/None")
        if isinstance(mask, pikepdf.Dictionary):
            yield from _cell(mask["/G"], depth)


def _cell(cell: pikepdf.Object, depth: int) -> Iterator[int | None]:
    """Yield the steps of a pattern's or a mask's cell, or of a form in one."""
    steps = list(pikepdf.parse_content_stream(cell))
    if len(steps) > MOST_OPERATORS or not DRAWING.issuperset(str(step.operator) for step in steps):
        yield None
        return
    names = (value for step in steps for value in step.operands if isinstance(value, pikepdf.Name))
    yield from _steps_of(cell, depth, frozenset(map(str, names)))


def _steps_of(holder: pikepdf.Object, depth: int, used: frozenset[str] | None) -> Iterator[int | None]:
    if "/Resources" in holder:
        yield from _steps(holder["/Resources"], depth=depth + 1, used=used)


def _gradient(shading: pikepdf.Object | None) -> int | None:
    if shading is None or int(shading["/ShadingType"]) not in GRADIENTS:
        return None
    return _function(shading["/Function"], 0)


def _function(function: pikepdf.Object, depth: int) -> int | None:
    """Return the steps of a gradient's function; None of one that is a table or a program."""
    if isinstance(function, pikepdf.Array):
        parts = list(function)
    elif depth > MOST_DEPTH or int(function["/FunctionType"]) not in STEPS:
        return None
    else:
        parts = list(function.get("/Functions", []))
    steps = [_function(part, depth + 1) for part in parts]
    return None if None in steps else 1 + sum(step or 0 for step in steps)


def _named(resources: pikepdf.Object, kind: str, used: frozenset[str] | None) -> Iterator[pikepdf.Object]:
    for name, value in resources.get(kind, pikepdf.Dictionary()).items():
        if used is None or name in used:
            yield value
