"""A partner's logo, rebuilt at the door. The file is untrusted: what is drawn is never the original."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assetgen.campaign.art import Logo
from assetgen.campaign.folder import read_bounded
from assetgen.campaign.logo_png import EXPORT_AGAIN, rebuild_png
from assetgen.campaign.logo_png import MAX_BYTES as MAX_PNG_BYTES
from assetgen.campaign.svg import MAX_REBUILT_BYTES, read_drawing, write_drawing
from assetgen.campaign.svg_references import check_references
from assetgen.campaign.svg_source import LIGHTER
from assetgen.campaign.svg_source import MAX_BYTES as MAX_SVG_BYTES
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, worst_first


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of logo's file: what it is drawn as, how large it may be, what mends one that is larger."""

    mime: str
    most_bytes: int
    lighter: str
    rebuild: Callable[[bytes, str], tuple[bytes, float, float]]


def read_logo_file(path: Path, file: str, alt: str, place: Place) -> Logo:
    """Return the logo in a file, of which no more is read than a logo may have; raises as ``read_logo`` does."""
    kind = _kind_of(file, place)
    return read_logo(read_bounded(path, Place(file), kind.most_bytes, kind.lighter), file, alt, place)


def read_logo(content: bytes, file: str, alt: str, place: Place) -> Logo:
    """Return the logo of a file's bytes, rebuilt as plain SVG or 8-bit sRGB PNG.

    ``file`` is the path below the campaign's folder; ``place`` is where the logo is named. An SVG's
    width and height are px (1/96 in), a PNG's are pixels. Raise ``CampaignError`` with every finding of
    the file: ``bad-value``, ``unsafe-file`` or ``too-large``.
    """
    kind = _kind_of(file, place)
    if not content:
        raise CampaignError(Finding("bad-value", "the file is empty", "export the logo again", Place(file)))
    rebuilt, width, height = kind.rebuild(content, file)
    return Logo(
        file=file,
        alt=alt,
        mime=kind.mime,
        content=rebuilt,
        width=width,
        height=height,
        sha256=hashlib.sha256(rebuilt).hexdigest(),
        source_sha256=hashlib.sha256(content).hexdigest(),
    )


def rebuild_svg(content: bytes, file: str) -> tuple[bytes, float, float]:
    """Return the rebuilt SVG, its width and its height in px (1/96 in)."""
    findings: list[Finding] = []
    drawing = read_drawing(content, file, findings)
    if drawing is not None:
        check_references(drawing, findings)
    if findings or drawing is None:
        raise CampaignError(worst_first(findings))
    rebuilt = write_drawing(drawing)
    if len(rebuilt) > MAX_REBUILT_BYTES:
        text = f"the paths are too long: {len(rebuilt)} bytes; at most {MAX_REBUILT_BYTES} are taken"
        raise CampaignError(Finding("too-large", text, "simplify the paths", Place(file)))
    return rebuilt, drawing.width, drawing.height


KINDS = {
    ".svg": _Kind("image/svg+xml", MAX_SVG_BYTES, LIGHTER, rebuild_svg),
    ".png": _Kind("image/png", MAX_PNG_BYTES, EXPORT_AGAIN, rebuild_png),
}


def _kind_of(file: str, place: Place) -> _Kind:
    kind = KINDS.get(PurePosixPath(file).suffix.lower())
    if kind is None:
        hint = "export the logo as SVG, or as a PNG with a transparent ground"
        raise CampaignError(Finding("bad-value", "a logo is an .svg or .png file", hint, place))
    return kind
