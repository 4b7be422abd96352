"""What a preflight check returns: findings and detected regions; and the check of a file's weight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from assetgen.findings import Finding, Severity
from assetgen.geometry import Box
from assetgen.planning.asset import Spec
from assetgen.units import PX_PER_MM


@dataclass(frozen=True, slots=True)
class CodeReading:
    """What was measured of a QR code, for the manifest.

    ``module_px`` is in CSS px of the page, ``module_mm`` at final size (None where nobody knows how large the
    file will be shown). ``quiet_modules`` is the clear margin, 4 at most; ``contrast`` a WCAG ratio;
    ``unused`` the share of the error correction that nothing has used up. ``px_per_module`` is what a phone at
    the channel's distance has for each module, ``least_px`` the least that was read in dim light, ``margin``
    the first by the second. ``shots`` of six were read by zxing-cpp, ``zbar_shots`` by zbar (None: absent).
    """

    text: str
    modules: int
    module_px: float
    module_mm: float | None
    quiet_modules: float
    contrast: float
    unused: float
    px_per_module: float | None
    least_px: float | None
    margin: float | None
    shots: int
    zbar_shots: int | None


@dataclass(frozen=True, slots=True)
class DetectedRegion:
    """Something that was found in a finished file, and where: px, or mm from the trim at final size.

    ``mask`` is the letters' one-bit picture of the number and the address in a raster file; ``reading`` is
    what was measured of a QR code.
    """

    role: str
    box: tuple[float, float, float, float]
    mask: str | None = None
    reading: CodeReading | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the mark as plain values for the manifest; a code's with what was measured of it."""
        said = {"role": self.role, "box": list(self.box), "mask": self.mask}
        return said if self.reading is None else {**said, "reading": asdict(self.reading)}


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found out about one finished file: an error keeps it out of ``out/``."""

    findings: tuple[Finding, ...] = ()
    regions: tuple[DetectedRegion, ...] = ()

    @property
    def ok(self) -> bool:
        """Say whether nothing is wrong enough to keep the file back."""
        return not any(finding.is_error for finding in self.findings)

    @classmethod
    def joined(cls, proofs: Iterable[Proof]) -> Proof:
        """Return all findings and marks of several proofs of one file, without repeats."""
        every = list(proofs)
        findings = dict.fromkeys(finding for proof in every for finding in proof.findings)
        return cls(tuple(findings), tuple(mark for proof in every for mark in proof.regions))


def px_per_unit(spec: Spec) -> float:
    """Return CSS px of the page per px (screens) or per mm at final size (print)."""
    return 1.0 if spec.unit == "px" else PX_PER_MM * spec.scale


def told_box(box: Box, spec: Spec) -> tuple[float, float, float, float]:
    """Return a box of the page in CSS px as findings and marks tell it: px, or mm from the trim at final size."""
    per = px_per_unit(spec)
    x, y, width, height = (round(value / per, 1) for value in (box.x, box.y, box.width, box.height))
    return (x, y, width, height)


def prove_weight(content: bytes, spec: Spec) -> Iterator[Finding]:
    """Yield a finding where a file is heavier than its channel takes, or than is advised for it."""
    weight = len(content)
    if spec.max_bytes is not None and weight > spec.max_bytes:
        text = f"{weight:,} bytes; the channel takes {spec.max_bytes:,}"
        yield Finding("weight", text, "a calmer background or less light makes it lighter")
    elif spec.recommended_max_bytes is not None and weight > spec.recommended_max_bytes:
        text = f"{weight:,} bytes; {spec.recommended_max_bytes:,} are advised for the channel"
        yield Finding("weight", text, severity=Severity.WARNING)
