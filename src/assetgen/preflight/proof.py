"""What a proof says: findings, and the marks of what was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assetgen.findings import Finding
from assetgen.geometry import Box
from assetgen.plan.asset import Spec
from assetgen.units import PX_PER_MM


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that was found in a finished file, and where: px, or mm from the trim at final size.

    ``mask`` is the letters' one-bit picture of the number and the address in a raster file.
    """

    role: str
    box: tuple[float, float, float, float]
    mask: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the mark as plain values for the manifest."""
        return {"role": self.role, "box": list(self.box), "mask": self.mask}


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found out about one finished file: an error keeps it out of ``out/``."""

    findings: tuple[Finding, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def ok(self) -> bool:
        """Say whether nothing is wrong enough to keep the file back."""
        return not any(finding.is_error for finding in self.findings)

    @classmethod
    def joined(cls, proofs: Iterable[Proof]) -> Proof:
        """Return all findings and marks of several proofs of one file, without repeats."""
        every = list(proofs)
        findings = dict.fromkeys(finding for proof in every for finding in proof.findings)
        return cls(tuple(findings), tuple(mark for proof in every for mark in proof.marks))


def px_per_unit(spec: Spec) -> float:
    """Return CSS px of the page per px (screens) or per mm at final size (print)."""
    return 1.0 if spec.unit == "px" else PX_PER_MM * spec.scale


def told_box(box: Box, spec: Spec) -> tuple[float, float, float, float]:
    """Return a box of the page in CSS px as findings and marks tell it: px, or mm from the trim at final size."""
    per = px_per_unit(spec)
    x, y, width, height = (round(value / per, 1) for value in (box.x, box.y, box.width, box.height))
    return (x, y, width, height)
