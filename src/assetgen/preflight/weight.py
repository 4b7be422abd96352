"""How heavy a finished file may be."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.findings import Finding, Severity
from assetgen.planning.asset import Spec


def prove_weight(content: bytes, spec: Spec) -> Iterator[Finding]:
    """Yield a finding where a file is heavier than its channel takes, or than is advised for it."""
    weight = len(content)
    if spec.max_bytes is not None and weight > spec.max_bytes:
        text = f"{weight:,} bytes; the channel takes {spec.max_bytes:,}"
        yield Finding("weight", text, "a calmer ground or less light makes it lighter")
    elif spec.advised_bytes is not None and weight > spec.advised_bytes:
        text = f"{weight:,} bytes; {spec.advised_bytes:,} are advised for the channel"
        yield Finding("weight", text, severity=Severity.WARNING)
