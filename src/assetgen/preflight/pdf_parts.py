"""A PDF while it is proved: opened once, its objects gathered once, its streams parsed once; words, safe to tell."""

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
class Held:
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
    def held(self) -> Sequence[Held]:
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


def _held_in(thing: object) -> Iterator[Held]:
    """Yield an object of the file that has keys, and those that stand in it; what it only refers to is another."""
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
            entries: dict[str, object] = dict(one.items())
            yield Held(one, entries)
            inner: Iterable[object] = entries.values()
        elif isinstance(one, pikepdf.Array):
            inner = iter(one)
        else:
            continue
        waiting += [value for value in inner if isinstance(value, pikepdf.Object) and not value.is_indirect]
