"""What a PDF is made of: the objects that stand in each other, and its words, safe to tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pikepdf


def told(value: object) -> str:
    """Return the beginning of what a file says, without anything that a terminal would obey."""
    return ascii(str(value)[:60])[1:-1]


def held_in(thing: object) -> Iterator[pikepdf.Dictionary | pikepdf.Stream]:
    """Yield an object of the file that has keys, and those that stand in it; what it only refers to is another."""
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
            yield one
            inner: Iterable[object] = (value for _, value in one.items())
        elif isinstance(one, pikepdf.Array):
            inner = iter(one)
        else:
            continue
        waiting += [value for value in inner if isinstance(value, pikepdf.Object) and not value.is_indirect]
