"""Results of the preflight checks: findings and detected regions. Also the check of a file's weight."""

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
    """Measurements of a QR code, for the manifest.

    Attributes:
        text: The decoded content.
        modules: Number of modules along one side.
        module_px: Side of a module in CSS px of the page.
        module_mm: Side of a module at final size; None if the final size is unknown.
        quiet_modules: Width of the quiet zone in modules, capped at 4.
        contrast: WCAG contrast ratio between the modules and their background.
        unused: Share of the error correction that is still available, 0 to 1.
        px_per_module: Camera pixels per module that a phone has at the channel's scanning distance; None if unknown.
        least_px: Fewest camera pixels per module at which the code was read in dim light; None if it never was.
        margin: ``px_per_module`` divided by ``least_px``; 0 if only ``least_px`` is None, None if the first is.
        shots: How many of the six simulated phone pictures zxing-cpp read.
        zbar_shots: The same for zbar; None if zbar is not installed.
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
    """A region of a finished file in which a preflight check found a role, such as the number or the code.

    ``box`` is x, y, width and height: in px for screen assets, in mm from the trim at final size for print.
    ``mask`` is a one-bit picture of the letters, for the number and the address in a raster file.
    ``reading`` has the measurements of a QR code.
    """

    role: str
    box: tuple[float, float, float, float]
    mask: str | None = None
    reading: CodeReading | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the region as plain values for the manifest; a code's region includes its measurements."""
        values = {"role": self.role, "box": list(self.box), "mask": self.mask}
        return values if self.reading is None else {**values, "reading": asdict(self.reading)}


@dataclass(frozen=True, slots=True)
class PreflightResult:
    """The result of the preflight checks of one finished file. An error keeps the file out of ``out/``."""

    findings: tuple[Finding, ...] = ()
    regions: tuple[DetectedRegion, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the file has no error; warnings are allowed."""
        return not any(finding.is_error for finding in self.findings)

    @classmethod
    def merged(cls, results: Iterable[PreflightResult]) -> PreflightResult:
        """Merge several results of one file. Repeated findings are kept once."""
        merged = tuple(results)
        findings = dict.fromkeys(finding for result in merged for finding in result.findings)
        return cls(tuple(findings), tuple(region for result in merged for region in result.regions))


def px_per_unit(spec: Spec) -> float:
    """Return how many CSS px of the page make one px (screen) or one mm at final size (print)."""
    return 1.0 if spec.unit == "px" else PX_PER_MM * spec.scale


def convert_box(box: Box, spec: Spec) -> tuple[float, float, float, float]:
    """Convert a box in CSS px of the page to the unit of findings and regions.

    The result is x, y, width and height: in px for screen assets, in mm from the trim at final size for print.
    """
    unit_px = px_per_unit(spec)
    x, y, width, height = (round(value / unit_px, 1) for value in (box.x, box.y, box.width, box.height))
    return (x, y, width, height)


UNCHANGED_HINT = "use the file from the build; do not save it again with another program"


LIGHTER_HINT = "use a plainer background, a weaker gradient or fewer fine lines"


def check_weight(content: bytes, spec: Spec) -> Iterator[Finding]:
    """Yield a finding if the file is over its channel's limit (an error) or recommended maximum (a warning)."""
    weight = len(content)
    if spec.max_bytes is not None and weight > spec.max_bytes:
        text = f"the file has {weight:,} bytes; the channel accepts at most {spec.max_bytes:,}"
        yield Finding("weight", text, LIGHTER_HINT)
    elif spec.recommended_max_bytes is not None and weight > spec.recommended_max_bytes:
        text = f"the file has {weight:,} bytes; the channel recommends at most {spec.recommended_max_bytes:,}"
        yield Finding("weight", text, LIGHTER_HINT, severity=Severity.WARNING)
