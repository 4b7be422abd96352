"""Second check of a finished picture, which knows only its manifest entry: masks, contrast and findings."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from assetgen.findings import Finding
from assetgen.planning.asset import Spec
from assetgen.preflight.recheck import MAX_WRONG, check_regions
from assetgen.preflight.results import DetectedRegion
from assetgen.preflight.text.masks import (
    LetterPixels,
    MaskMatch,
    contrast_range,
    decode_mask,
    encode_mask,
    separate_ink,
    whole_pixels,
)
from tests.support.factories import make_spec
from tests.support.tiny_campaign import REPO
from tests.support.wording import Wording

FONT = REPO / "brand/fonts/HankenGrotesk_700Bold.ttf"
NUMBER = "0808 157 0123"
Colour = tuple[int, int, int]
DARK, LIGHT, APRICOT = (16, 38, 44), (251, 246, 238), (244, 178, 122)
SIZES = (14, 22, 48, 90, 180)


@dataclass(frozen=True)
class DrawnText:
    """Text on a background, and the region that a preflight check would have recorded for it."""

    picture: Image.Image
    region: DetectedRegion

    @property
    def box(self) -> tuple[int, int, int, int]:
        return whole_pixels(self.region.box, self.picture.size)

    def match(self, other: DrawnText | None = None) -> MaskMatch:
        """Return how the text matches its own mask, or the mask of ``other``."""
        bits, is_turned = decode_mask((other or self).region.mask or "")
        return separate_ink(LetterPixels.cut(self.picture, self.box, is_turned=is_turned), bits).match(bits)


def draw(
    text: str = NUMBER,
    size_px: int = 48,
    ink: Colour = DARK,
    background: Colour | Image.Image = LIGHT,
    role: str = "number",
    is_rotated: bool = False,
    at: tuple[float, float] = (40.0, 30.0),
) -> DrawnText:
    """Draw text as a page does: antialiased, and at any subpixel offset."""
    font = ImageFont.truetype(FONT, size_px)
    left, top, right, bottom = font.getbbox(text)
    size = (round(right + 2 * at[0]), round(bottom + 2 * at[1]))
    alpha = Image.new("L", size)
    ImageDraw.Draw(alpha).text(at, text, fill=255, font=font)
    picture = (
        background.resize(size) if isinstance(background, Image.Image) else Image.new("RGB", size, background)
    )
    picture.paste(Image.new("RGB", size, ink), (0, 0), alpha)
    box = (at[0] + left, at[1] + top, right - left, bottom - top)
    if is_rotated:
        alpha, picture = (image.transpose(Image.Transpose.TRANSPOSE) for image in (alpha, picture))
        box = (box[1], box[0], box[3], box[2])
    cut = np.asarray(alpha.crop(whole_pixels(box, picture.size)))
    return DrawnText(picture, DetectedRegion(role, box, encode_mask(cut)))


def encoded(drawn: DrawnText, file_format: str) -> DrawnText:
    """Return the text after its picture was saved in a format and read back."""
    out = io.BytesIO()
    if file_format == "palette":
        drawn.picture.quantize(64, dither=Image.Dither.FLOYDSTEINBERG).save(out, "PNG")
    else:
        drawn.picture.save(out, file_format, quality=80)
    return DrawnText(Image.open(out).convert("RGB"), drawn.region)


def gradient_background() -> Image.Image:
    """Return a background with a gradient, as the templates have it."""
    across = np.linspace(0, 1, 64)[None, :, None]
    down = np.linspace(0, 1, 64)[:, None, None]
    field = np.array(LIGHT) * (1 - 0.25 * across) - np.array((0, 40, 70)) * down * 0.5
    return Image.fromarray(field.clip(0, 255).astype(np.uint8))


# ── matching letters with their mask


@pytest.mark.parametrize("size_px", SIZES)
@pytest.mark.parametrize(("ink", "background"), [(DARK, LIGHT), (LIGHT, DARK), (DARK, APRICOT)], ids=str)
def test_dark_and_light_letters_match_their_mask_at_any_size(
    size_px: int, ink: Colour, background: Colour
) -> None:
    match = draw(size_px=size_px, ink=ink, background=background).match()

    assert max(match.missing, match.extra) < MAX_WRONG / 2


@pytest.mark.parametrize("size_px", SIZES)
@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "palette"])
def test_letters_match_their_mask_in_every_file_format(size_px: int, file_format: str) -> None:
    match = encoded(draw(size_px=size_px, background=gradient_background()), file_format).match()

    assert max(match.missing, match.extra) < MAX_WRONG


@pytest.mark.parametrize("offset_px", [0.0, 0.3, 0.5, 0.8])
def test_letters_match_their_mask_at_any_subpixel_offset(offset_px: float) -> None:
    match = draw(size_px=18, at=(40 + offset_px, 30 + offset_px)).match()

    assert max(match.missing, match.extra) < MAX_WRONG


@pytest.mark.parametrize("size_px", SIZES)
def test_rotated_letters_match_their_mask(size_px: int) -> None:
    match = draw(size_px=size_px, is_rotated=True).match()

    assert max(match.missing, match.extra) < MAX_WRONG


@pytest.mark.parametrize("size_px", SIZES)
@pytest.mark.parametrize(
    "other", ["0808 157 0128", "0808 157 0723", "0808 757 0123", "0308 157 0123", "0808 1570 123"]
)
def test_a_different_number_does_not_match_the_mask(size_px: int, other: str) -> None:
    here, different = draw(size_px=size_px), draw(other, size_px)
    # Stretch the different number into the box of the right one, as if it had been set there.
    stretched = different.picture.crop(different.box).resize(
        (here.box[2] - here.box[0], here.box[3] - here.box[1])
    )
    here.picture.paste(stretched, here.box[:2])

    match = here.match()

    assert max(match.missing, match.extra) > MAX_WRONG


# ── findings


def findings_of(text: DrawnText, **spec: object) -> list[Finding]:
    """Return the findings for a picture on which only the number is required."""
    return check_regions(text.picture, make_spec(requires=("number",), **spec), [text.region])


def codes_of(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_intact_letters_have_no_findings() -> None:
    assert findings_of(draw()) == []


def test_a_number_that_is_not_in_the_picture_is_reported(wording: Wording) -> None:
    (finding,) = findings_of(DrawnText(Image.new("RGB", (600, 200), LIGHT), draw().region))

    assert finding.code == "facts-hidden"
    assert wording == finding.text
    assert finding.box == draw().region.box


@pytest.mark.parametrize(("grey", "is_reported"), [(60, False), (105, False), (165, True), (200, True)])
def test_letters_with_too_little_contrast_are_reported(grey: int, is_reported: bool) -> None:
    assert (
        codes_of(findings_of(draw(ink=(grey, grey, grey), background=(255, 255, 255))))
        == ["contrast"] * is_reported
    )


@pytest.mark.parametrize("role", ["number", "address", "promise"])
def test_a_required_fact_without_a_region_is_reported(role: str, wording: Wording) -> None:
    spec: Spec = make_spec(requires=(role,))

    findings = check_regions(draw().picture, spec, [])

    assert codes_of(findings) == ["facts-missing"]
    assert role in findings[0].text
    assert wording == findings[0].text


@pytest.mark.parametrize(
    "mask", [None, "!", draw("0808").region.mask], ids=["missing", "not base64", "wrong shape"]
)
def test_an_unusable_mask_is_reported(mask: str | None, wording: Wording) -> None:
    drawn = draw()

    (finding,) = findings_of(DrawnText(drawn.picture, DetectedRegion("number", drawn.region.box, mask)))

    assert finding.code == "bad-value"
    assert wording == finding.text


def test_an_empty_mask_is_reported(wording: Wording) -> None:
    drawn = draw()
    left, top, right, bottom = drawn.box
    empty = encode_mask(np.zeros((bottom - top, right - left), np.uint8))

    (finding,) = findings_of(DrawnText(drawn.picture, DetectedRegion("number", drawn.region.box, empty)))

    assert finding.code == "bad-value"
    assert wording == finding.text


@pytest.mark.parametrize(
    "box", [(9000.0, 9000.0, 50.0, 20.0), (-400.0, -90.0, 200.0, 40.0), (10.0, 10.0, 0.0, 0.0)], ids=str
)
@pytest.mark.parametrize("role", ["number", "headline", "logo"])
def test_a_region_outside_the_picture_is_reported(box: tuple[float, float, float, float], role: str) -> None:
    drawn = draw()
    region = DetectedRegion(role, box, drawn.region.mask)

    findings = check_regions(drawn.picture, make_spec(requires=()), [region])

    assert findings != []


def test_a_full_stop_after_the_number_is_accepted() -> None:
    drawn = draw()
    _, _, right, bottom = drawn.box
    ImageDraw.Draw(drawn.picture).ellipse((right + 2, bottom - 8, right + 9, bottom - 1), fill=DARK)

    assert findings_of(drawn) == []


def test_contrast_is_measured_between_the_lightest_and_the_darkest_pixels() -> None:
    assert contrast_range(Image.new("RGB", (40, 40), DARK)) == pytest.approx(1.0)
    assert contrast_range(
        draw(size_px=90, ink=(0, 0, 0), background=(255, 255, 255)).picture
    ) == pytest.approx(21.0, abs=0.5)
