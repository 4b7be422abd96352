"""Places and codes of findings, without their messages: the exact messages are held in snapshots."""

from __future__ import annotations

import re
from collections.abc import Iterable

FIRST_LINE = re.compile(r"(.*?): (error|warning|note): .* \[([a-z0-9-]+)\]", re.DOTALL)


def places_and_codes(findings: Iterable[str]) -> list[str]:
    """Return ``place code`` of each printed finding, followed by its severity if it is not an error."""
    found = []
    for finding in findings:
        parts = FIRST_LINE.fullmatch(finding.partition("\n  hint: ")[0])
        assert parts is not None, finding
        place, severity, code = parts.groups()
        found.append(f"{place} {code}" if severity == "error" else f"{place} {code} ({severity})")
    return found
