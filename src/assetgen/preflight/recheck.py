"""Check a finished file again, with only the file and its entry in the manifest.

A PDF contains its own page, so every check of the build is repeated. A raster file has only pixels. Its number and
address are compared with their masks, and its QR code is read. Other words are only checked for ink and for contrast.
Their text and type are assumed unchanged since the build.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from assetgen.findings import Finding
from assetgen.planning.asset import Spec
from assetgen.preflight.checks import check_file
from assetgen.preflight.pdf.canvas import RasterCanvas
from assetgen.preflight.press.imposition_checks import CHECKED_OF_SHEET as PIECES
from assetgen.preflight.press.press_checks import CHECKED_OF_PRESS, NOT_CHECKED_OF_PRESS
from assetgen.preflight.qr.code_checks import check_code_svg, check_codes
from assetgen.preflight.raster_file import check_raster_file
from assetgen.preflight.results import UNCHANGED_HINT, DetectedRegion, PreflightResult
from assetgen.preflight.text.found_words import FACTS, MASKED_ROLES
from assetgen.preflight.text.legibility import MIN_CONTRAST, MIN_CONTRAST_LARGE
from assetgen.preflight.text.masks import (
    MASK_HEIGHT_PX,
    LetterPixels,
    contrast_range,
    decode_mask,
    separate_ink,
    whole_pixels,
)

# In any square of nine mask pixels, this share may be wrong. Measured over 700 regions in PNG and JPEG: correct
# letters have at most 0.09. A wrong letter has at least 0.18 (an o for an n, 11 px high), a wrong digit 0.26.
MAX_WRONG = 0.14
# Anti-aliasing makes thin strokes paler than their ink: by a sixth at 11 px. This share of the minimum allows a fifth.
PALE_SHARE = 0.8
# The lowest contrast of a logo that can be seen, in any colour. It is above that of words on a page (legibility.py),
# because a raster file is all there is to measure here.
MIN_RECHECK_CONTRAST = 1.15

CODE, LOGO = "code", "logo"
CODE_WHEN_MISSING = {LOGO: "logo-rules", **dict.fromkeys(FACTS, "facts-hidden")}


@dataclass(frozen=True, slots=True)
class RecheckResult:
    """The result of a recheck: the findings, and phrases for the report.

    ``checked`` names what was checked again, ``assumed`` what is assumed unchanged since the build, ``not_checked``
    what cannot be checked.
    """

    findings: tuple[Finding, ...]
    checked: tuple[str, ...]
    assumed: tuple[str, ...]
    not_checked: tuple[str, ...]


def recheck_file(
    content: bytes, spec: Spec, regions: Sequence[DetectedRegion], measured: Mapping[str, Any]
) -> RecheckResult:
    """Check a finished file against its manifest entry.

    ``regions`` are the detected regions of the entry. ``measured`` has the measurements of the build, as for
    ``check_file``.
    """
    code = "its QR code, read again" if spec.link else "that it has no QR code"
    if spec.format == "svg":
        result = check_code_svg(content, spec)
        return RecheckResult(result.findings, ("its drawing", code), ("its link",), ())
    if spec.format == "pdf":
        return _recheck_pdf(content, spec, measured, code)
    file_result, picture = check_raster_file(content, spec)
    code_result = check_codes(RasterCanvas(picture), spec) if picture else PreflightResult()
    findings = [*file_result.findings, *code_result.findings]
    checked = ("pixels, file size, profile, metadata", code)
    if not spec.words:
        return RecheckResult(tuple(findings), checked, ("its link",), ())
    if picture is not None:
        findings += check_regions(picture.convert("RGB"), spec, regions)
    return RecheckResult(
        tuple(dict.fromkeys(findings)),
        (*checked, *_checked_words(regions)),
        ("the text of the other words", "size and position of type, fonts, safe area, logos"),
        ("words in the picture outside the detected regions",),
    )


def _checked_words(regions: Sequence[DetectedRegion]) -> tuple[str, ...]:
    """Return phrases that say which words of a raster file are checked, and how."""
    masked = [role for role in MASKED_ROLES if any(region.role == role for region in regions)]
    letters = (f"{' and '.join(masked)}, letter for letter",) if masked else ()
    return (*letters, "that the other words are present, and their contrast")


def _recheck_pdf(content: bytes, spec: Spec, measured: Mapping[str, Any], code: str) -> RecheckResult:
    result = check_file(content, content, spec, measured)
    checked = ("page boxes, file size, metadata", code)
    if not spec.words:
        return RecheckResult(result.findings, checked, ("its link",), ())
    return RecheckResult(
        result.findings,
        (
            *checked,
            "every word, its type, position and contrast",
            "fonts, logos",
            *(CHECKED_OF_PRESS if spec.press else ()),
            *((PIECES,) if spec.sheet else ()),
        ),
        ("the copy that it is compared with",),
        ("words that are drawn as a picture or as outlines", *(NOT_CHECKED_OF_PRESS if spec.press else ())),
    )


def check_regions(picture: Image.Image, spec: Spec, regions: Sequence[DetectedRegion]) -> list[Finding]:
    """Check the detected regions of an RGB picture.

    The findings are required facts that have no region, and regions whose content is missing or different.
    """
    findings = []
    for role in FACTS:
        if role in spec.requires and not any(mark.role == role for mark in regions):
            text = f"the manifest has no region for the {role}, which this asset requires"
            findings.append(Finding("facts-missing", text, "build the asset again", role=role))
    for mark in regions:
        if mark.role != CODE:
            findings += (
                _check_masked(picture, mark) if mark.role in MASKED_ROLES else _check_unmasked(picture, mark)
            )
    return findings


def _check_masked(picture: Image.Image, region: DetectedRegion) -> Iterator[Finding]:
    """Yield a finding if a number or an address differs from its mask, or has too little contrast."""
    box = whole_pixels(region.box, picture.size)
    try:
        if region.mask is None:
            raise ValueError("it is missing")
        bits, is_turned = decode_mask(region.mask)
        across, down = box[2] - box[0], box[3] - box[1]
        width, height = (down, across) if is_turned else (across, down)
        if bits.shape[1] != max(1, round(width * MASK_HEIGHT_PX / height)):
            raise ValueError("its shape differs from that of its box")
        if not bits.any():
            raise ValueError("it is empty")
    except ValueError as error:
        text = f"the mask of the {region.role} cannot be used: {error}"
        yield _fault(region, "bad-value", text, "build the asset again")
        return
    letters = separate_ink(LetterPixels.cut(picture, box, is_turned=is_turned), bits)
    if letters.is_empty:
        yield _fault(region, "facts-hidden", f"the {region.role} is missing: its place is empty")
        return
    match = letters.match(bits)
    if match.extra > MAX_WRONG:
        text = f"the {region.role} is altered: its place shows something different"
        yield _fault(region, "facts-altered", text)
    elif match.missing > MAX_WRONG:
        yield _fault(region, "facts-hidden", f"a part of the {region.role} cannot be seen")
    elif region.role == "number" and letters.has_more_beside:
        text = "something is directly beside the number and could be read as a further digit"
        yield _fault(region, "facts-altered", text)
    elif letters.contrast < MIN_CONTRAST * PALE_SHARE:
        yield _low_contrast(region, letters.contrast, MIN_CONTRAST)


def _check_unmasked(picture: Image.Image, region: DetectedRegion) -> Iterator[Finding]:
    """Yield a finding if a logo, or words without a mask, are missing or have too little contrast."""
    parts = [region.box] if region.role == LOGO else _quarters(region.box)
    contrasts = [contrast_range(picture.crop(whole_pixels(part, picture.size))) for part in parts]
    if min(contrasts) < MIN_RECHECK_CONTRAST:
        is_empty = max(contrasts) < MIN_RECHECK_CONTRAST
        code = CODE_WHEN_MISSING.get(region.role, "words-altered")
        missing = f"the {region.role} is missing" if is_empty else f"a part of the {region.role} is missing"
        yield _fault(region, code, missing)
        return
    min_contrast = MIN_CONTRAST if region.role in FACTS else MIN_CONTRAST_LARGE
    if region.role != LOGO and min(contrasts) < min_contrast * PALE_SHARE:
        yield _low_contrast(region, min(contrasts), min_contrast)


def _quarters(box: tuple[float, float, float, float]) -> list[tuple[float, float, float, float]]:
    """Split a box of words into four parts along its longer side.

    Each part must have ink, so that a missing half of a line is noticed.
    """
    x, y, width, height = box
    if width >= height:
        return [(x + width * index / 4, y, width / 4, height) for index in range(4)]
    return [(x, y + height * index / 4, width, height / 4) for index in range(4)]


def _low_contrast(region: DetectedRegion, contrast: float, min_contrast: float) -> Finding:
    text = f"the contrast at the {region.role} is {contrast:.2f}:1; the minimum is {min_contrast:g}:1"
    return _fault(region, "contrast", text)


def _fault(region: DetectedRegion, code: str, text: str, hint: str = UNCHANGED_HINT) -> Finding:
    return Finding(code, text, hint, box=region.box, role=region.role)
