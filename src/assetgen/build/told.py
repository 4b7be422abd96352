"""Findings as plain values and back: for what is kept between two builds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assetgen.findings import Finding, Place, Severity

Plain = tuple[Any, ...]
"""A finding as values that JSON takes, and that compare."""


def finding_to_plain(finding: Finding) -> Plain:
    """Return a finding as plain values."""
    place = finding.place
    return (
        finding.code,
        finding.text,
        finding.hint,
        (place.file, place.line, place.column),
        finding.severity.value,
        finding.asset,
        finding.box,
        finding.role,
    )


def finding_from_plain(value: Sequence[Any]) -> Finding:
    """Return the finding again. Raises ValueError or TypeError where it is none."""
    code, text, hint, place, severity, asset, box, role = value
    where = None if box is None else (box[0], box[1], box[2], box[3])
    return Finding(code, text, hint, Place(*place), Severity(severity), asset, where, role)
