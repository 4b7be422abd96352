"""The proof of a finished file by somebody who has nothing but the file and its entry in the manifest.

A PDF holds its own page: all is proved again as in the build. Of a raster file there are the pixels alone:
number and address are held against their masks, of other words it is seen that ink is there and stands out,
the code is read. What the words say and how they are set is taken as it was built.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from assetgen.findings import Finding
from assetgen.planning.asset import Spec
from assetgen.preflight.checks import prove
from assetgen.preflight.pdf.canvas import RasterCanvas
from assetgen.preflight.press.imposition_checks import PROVED as PIECES
from assetgen.preflight.press.press_checks import PROVED, UNCHECKED
from assetgen.preflight.qr.code_checks import prove_code, prove_code_svg
from assetgen.preflight.raster_file import prove_raster_file
from assetgen.preflight.results import DetectedRegion, Proof
from assetgen.preflight.text.found_words import FACTS, MASKED
from assetgen.preflight.text.legibility import MIN_CONTRAST, MIN_CONTRAST_LARGE
from assetgen.preflight.text.masks import MASK_HEIGHT_PX, Letters, read_mask, separate, spread, whole_pixels

# Of nine neighbouring pixels of a mask this share may be wrong. Sound: 0.09 at most, over 700 marks in PNG and
# JPEG; one letter put in another's place: 0.18 at least (an o for an n, 11 px high), a digit 0.26.
MAX_WRONG = 0.14
# Thin strokes are paler in the pixels than their ink is: by a sixth at 11 px. The limit allows for a fifth.
PALER = 0.8
# A logo of any colour stands out from its background by so much at the least.
MIN_SEEN = 1.15
HINT = "this is not the file that was proved: take it from the build again"

CODE, LOGO = "code", "logo"
CODE_OF_THE_GONE = {LOGO: "logo-rules", **dict.fromkeys(FACTS, "facts-hidden")}


@dataclass(frozen=True, slots=True)
class Again:
    """What is wrong; and in words what was proved, what is taken as built, and what nobody can check here."""

    findings: tuple[Finding, ...]
    proved: tuple[str, ...]
    as_built: tuple[str, ...]
    unchecked: tuple[str, ...]


def prove_again(
    content: bytes, spec: Spec, marks: Sequence[DetectedRegion], measured: Mapping[str, Any]
) -> Again:
    """Return what can be said of a finished file by its entry alone."""
    code = "its code, read again" if spec.link else "that no other QR code is there"
    if spec.format == "svg":
        proof = prove_code_svg(content, spec)
        return Again(proof.findings, ("its drawing", code), ("its link",), ())
    if spec.format == "pdf":
        return _page_again(content, spec, measured, code)
    of_file, picture = prove_raster_file(content, spec)
    of_code = prove_code(RasterCanvas(picture), spec) if picture else Proof()
    findings = [*of_file.findings, *of_code.findings]
    proved = ("pixels, weight, profile, metadata", code)
    if not spec.words:
        return Again(tuple(findings), proved, ("its link",), ())
    if picture is not None:
        findings += prove_marks(picture.convert("RGB"), spec, marks)
    return Again(
        tuple(dict.fromkeys(findings)),
        (*proved, *_proved_of_words(marks)),
        ("what the other words say", "size and place of type, fonts, safe area, logos"),
        ("words in the picture that no mark names",),
    )


def _proved_of_words(marks: Sequence[DetectedRegion]) -> tuple[str, ...]:
    masked = [role for role in MASKED if any(mark.role == role for mark in marks)]
    letters = (f"{' and '.join(masked)}, letter for letter",) if masked else ()
    return (*letters, "that the other words are there, and their contrast")


def _page_again(content: bytes, spec: Spec, measured: Mapping[str, Any], code: str) -> Again:
    proof = prove(content, content, spec, measured)
    proved = ("boxes, weight, metadata", code)
    if not spec.words:
        return Again(proof.findings, proved, ("its link",), ())
    return Again(
        proof.findings,
        (
            *proved,
            "every word, its type, place and contrast",
            "fonts, logos",
            *(PROVED if spec.press else ()),
            *((PIECES,) if spec.sheet else ()),
        ),
        ("what its words are to be",),
        ("words that are drawn as a picture or as outlines", *(UNCHECKED if spec.press else ())),
    )


def prove_marks(picture: Image.Image, spec: Spec, marks: Sequence[DetectedRegion]) -> list[Finding]:
    """Return what is no longer where it was found when an RGB picture was proved."""
    findings = []
    for role in FACTS:
        if role in spec.requires and not any(mark.role == role for mark in marks):
            text = f"the manifest does not say where the {role} stands, which has to be there"
            findings.append(Finding("facts-missing", text, "build it again", role=role))
    for mark in marks:
        if mark.role != CODE:
            findings += _masked(picture, mark) if mark.role in MASKED else _seen(picture, mark)
    return findings


def _masked(picture: Image.Image, mark: DetectedRegion) -> Iterator[Finding]:
    """Yield what is wrong with the letters of a fact that has a mask."""
    box = whole_pixels(mark.box, picture.size)
    try:
        if mark.mask is None:
            raise ValueError("there is none")
        bits, is_turned = read_mask(mark.mask)
        across, down = box[2] - box[0], box[3] - box[1]
        wide, high = (down, across) if is_turned else (across, down)
        if bits.shape[1] != max(1, round(wide * MASK_HEIGHT_PX / high)):
            raise ValueError("it has another shape than its box")
        if not bits.any():
            raise ValueError("it is empty")
    except ValueError as error:
        yield _fault(
            mark, "bad-value", f"the mask of the {mark.role} cannot be used: {error}", "build it again"
        )
        return
    letters = separate(Letters.cut(picture, box, is_turned=is_turned), bits)
    if letters.is_empty:
        yield _fault(mark, "facts-hidden", f"nothing stands where the {mark.role} was")
        return
    match = letters.match(bits)
    if match.extra > MAX_WRONG:
        yield _fault(mark, "facts-altered", f"what stands where the {mark.role} was is not the {mark.role}")
    elif match.missing > MAX_WRONG:
        yield _fault(mark, "facts-hidden", f"a part of the {mark.role} is not to be seen")
    elif mark.role == "number" and letters.has_more_beside:
        yield _fault(
            mark, "facts-altered", "something stands right beside the number, as a further figure would"
        )
    elif letters.contrast < MIN_CONTRAST * PALER:
        yield _pale(mark, letters.contrast, MIN_CONTRAST)


def _seen(picture: Image.Image, mark: DetectedRegion) -> Iterator[Finding]:
    """Yield what is wrong where words without a mask stood, or a logo: not there, or hardly to be seen."""
    parts = [mark.box] if mark.role == LOGO else _quarters(mark.box)
    contrasts = [spread(picture.crop(whole_pixels(part, picture.size))) for part in parts]
    if min(contrasts) < MIN_SEEN:
        gone = "nothing stands where" if max(contrasts) < MIN_SEEN else "something is missing where"
        code = CODE_OF_THE_GONE.get(mark.role, "words-altered")
        yield _fault(mark, code, f"{gone} the {mark.role} was")
        return
    least = MIN_CONTRAST if mark.role in FACTS else MIN_CONTRAST_LARGE
    if mark.role != LOGO and min(contrasts) < least * PALER:
        yield _pale(mark, min(contrasts), least)


def _quarters(box: tuple[float, float, float, float]) -> list[tuple[float, float, float, float]]:
    """Return a box of words in four along its longer side: each has ink, so that half a line cannot go unseen."""
    x, y, width, height = box
    if width >= height:
        return [(x + width * at / 4, y, width / 4, height) for at in range(4)]
    return [(x, y + height * at / 4, width, height / 4) for at in range(4)]


def _pale(mark: DetectedRegion, contrast: float, least: float) -> Finding:
    text = f"contrast {contrast:.2f}:1 where the {mark.role} stands; {least:g}:1 is due"
    return _fault(mark, "contrast", text)


def _fault(mark: DetectedRegion, code: str, text: str, hint: str = HINT) -> Finding:
    """Return what is wrong where a mark is."""
    return Finding(code, text, hint, box=mark.box, role=mark.role)
