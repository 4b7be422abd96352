"""The place and the code of what was said, without its words: those are held in snapshots."""

from __future__ import annotations

import re
from collections.abc import Iterable

FIRST_LINE = re.compile(r"(.*?): (error|warning|note): .* \[([a-z0-9-]+)\]", re.DOTALL)


def marks(said: Iterable[str]) -> list[str]:
    """Return ``place code`` of findings as people read them, with the severity where it is no error."""
    found = []
    for one in said:
        parts = FIRST_LINE.fullmatch(one.partition("\n  hint: ")[0])
        assert parts is not None, one
        place, severity, code = parts.groups()
        found.append(f"{place} {code}" if severity == "error" else f"{place} {code} ({severity})")
    return found
