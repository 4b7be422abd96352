"""A partner's logo, rebuilt at the door. The file is untrusted: what is drawn is never the original."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

from assetgen.campaign.logo_png import rebuild_png
from assetgen.campaign.model import Logo
from assetgen.campaign.svg import MAX_REBUILT_BYTES, read_drawing, write_drawing
from assetgen.campaign.svg_references import check_references
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, worst_first


def read_logo(content: bytes, file: str, alt: str, place: Place) -> Logo:
    """Return the logo of a file's bytes, rebuilt as plain SVG or 8-bit sRGB PNG.

    ``file`` is the path below the campaign's folder; ``place`` is where the logo is named. An SVG's
    width and height are px (1/96 in), a PNG's are pixels. Raise ``CampaignError`` with every finding of
    the file: ``bad-value``, ``unsafe-file`` or ``too-large``.
    """
    suffix = PurePosixPath(file).suffix.lower()
    if suffix not in (".svg", ".png"):
        hint = "export the logo as SVG, or as a PNG with a transparent ground"
        raise CampaignError(Finding("bad-value", "a logo is an .svg or .png file", hint, place))
    if not content:
        raise CampaignError(Finding("bad-value", "the file is empty", "export the logo again", Place(file)))
    if suffix == ".svg":
        rebuilt, width, height = rebuild_svg(content, file)
        mime = "image/svg+xml"
    else:
        rebuilt, width, height = rebuild_png(content, file)
        mime = "image/png"
    return Logo(
        file=file,
        alt=alt,
        mime=mime,
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
