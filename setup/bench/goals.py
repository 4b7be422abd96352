"""Goals, with the measured value and the limit of each, and Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """A measured value and its limit. ``measured`` is None if something needed for the measurement is missing."""

    what: str
    measured: float | None
    bound: float
    is_minimum: bool

    @property
    def is_met(self) -> bool:
        if self.measured is None:
            return False
        return self.measured >= self.bound if self.is_minimum else self.measured <= self.bound

    def row(self) -> tuple[str, str, str, str]:
        """Return the goal as a row of a table."""
        bound = f"{'at least' if self.is_minimum else 'at most'} {self.bound:g}"
        if self.measured is None:
            return self.what, "not measured", bound, "no"
        return self.what, f"{self.measured:.2f}", bound, "yes" if self.is_met else "no"


def at_least(what: str, measured: float | None, bound: float) -> Goal:
    """Return a goal that is met by values of at least ``bound``."""
    return Goal(what, measured, bound, is_minimum=True)


def at_most(what: str, measured: float | None, bound: float) -> Goal:
    """Return a goal that is met by values of at most ``bound``."""
    return Goal(what, measured, bound, is_minimum=False)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table, padded for terminals: the first column is left-aligned, the others right-aligned."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    cells = [
        [
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        for line in lines
    ]
    rule = [("-" * width) if column == 0 else "-" * (width - 1) + ":" for column, width in enumerate(widths)]
    return "\n".join("| " + " | ".join(line) + " |" for line in [cells[0], rule, *cells[1:]])
