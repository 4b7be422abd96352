"""A PDF opened once for all checks, and whether its page paints with more than its own objects.

The list of a page's objects tells where pictures and shapes are, but not what such paint holds. Where it is no
more than gradients of few steps, nothing can be drawn that the list does not have.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import pikepdf

DAMAGE = (
    pikepdf.PdfError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
)
"""What reading a damaged file raises: the damage shows itself anywhere, as one of these."""
Step = tuple[str, pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage]
"""An operator's name, and the operator with its operands."""


@dataclass(frozen=True, slots=True)
class HeldStream:
    """An object of a file that has keys, a dictionary or a stream, and what stands under them."""

    thing: pikepdf.Object
    entries: dict[str, object]


class OpenPdf:
    """A PDF in memory, read by pikepdf as far as anybody asks. What cannot be read raises one of ``DAMAGE``."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._steps: dict[tuple[int, int], Sequence[Step]] = {}

    @cached_property
    def sound(self) -> pikepdf.Pdf:
        """Return the file as it is. Raises PdfError where it can be read only by mending it."""
        return pikepdf.open(io.BytesIO(self.content), attempt_recovery=False)

    @cached_property
    def pdf(self) -> pikepdf.Pdf:
        """Return the file, mended where it has to be."""
        try:
            return self.sound
        except pikepdf.PdfError:
            return pikepdf.open(io.BytesIO(self.content))

    @cached_property
    def held(self) -> Sequence[HeldStream]:
        """Return all that has keys, wherever it stands in the file."""
        return [one for thing in self.pdf.objects for one in _held_in(thing)]

    def steps(self, stream: pikepdf.Object) -> Sequence[Step]:
        """Return the operators of a page or of a stream, with their operands."""
        number = stream.objgen
        if number == (0, 0):
            return parsed(stream)
        if number not in self._steps:
            self._steps[number] = parsed(stream)
        return self._steps[number]

    def some_steps(self, stream: pikepdf.Object, operators: str) -> Sequence[Step]:
        """Return at least these operators: where nobody has asked for all of them, that is quicker."""
        known = self._steps.get(stream.objgen)
        return known if known is not None else parsed(stream, operators)


def parsed(stream: pikepdf.Object, operators: str = "") -> list[Step]:
    """Return the operators of a page or of a stream; where some are named, those alone."""
    return [(str(step.operator), step) for step in pikepdf.parse_content_stream(stream, operators)]


def told(value: object) -> str:
    """Return the beginning of what a file says, without anything that a terminal would obey."""
    return ascii(str(value)[:60])[1:-1]


def _held_in(thing: object) -> Iterator[HeldStream]:
    """Yield an object of the file that has keys, and those that stand in it; what it only refers to is another."""
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
            entries: dict[str, object] = dict(one.items())
            yield HeldStream(one, entries)
            inner: Iterable[object] = entries.values()
        elif isinstance(one, pikepdf.Array):
            inner = iter(one)
        else:
            continue
        waiting += [value for value in inner if isinstance(value, pikepdf.Object) and not value.is_indirect]


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
