"""Letters compared with their mask in finished pixels, whatever the background, size or encoder; what is reported."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from assetgen.findings import Finding
from assetgen.planning.asset import Spec
from assetgen.preflight.recheck import MAX_WRONG, prove_marks
from assetgen.preflight.results import DetectedRegion
from assetgen.preflight.text.masks import Letters, Match, mask_of, read_mask, separate, spread, whole_pixels
from tests.support.factories import make_spec
from tests.support.tiny import REPO
from tests.support.wording import Wording

FONT = REPO / "brand/fonts/HankenGrotesk_700Bold.ttf"
NUMBER = "0808 157 0123"
Colour = tuple[int, int, int]
DARK, LIGHT, APRICOT = (16, 38, 44), (251, 246, 238), (244, 178, 122)
SIZES = (14, 22, 48, 90, 180)


@dataclass(frozen=True)
class Drawn:
    """Words on a background, and the mark that a proof would have made of them."""

    picture: Image.Image
    mark: DetectedRegion

    @property
    def box(self) -> tuple[int, int, int, int]:
        return whole_pixels(self.mark.box, self.picture.size)

    def match(self, other: Drawn | None = None) -> Match:
        """Return how the words agree with their own mask, or another's."""
        bits, is_turned = read_mask((other or self).mark.mask or "")
        return separate(Letters.cut(self.picture, self.box, is_turned=is_turned), bits).match(bits)


def drawn(
    words: str = NUMBER,
    size_px: int = 48,
    ink: Colour = DARK,
    background: Colour | Image.Image = LIGHT,
    role: str = "number",
    turned: bool = False,
    at: tuple[float, float] = (40.0, 30.0),
) -> Drawn:
    """Draw words as a page does, antialiased, at any part of a pixel; their mark is told to a tenth of one."""
    font = ImageFont.truetype(FONT, size_px)
    left, top, right, bottom = font.getbbox(words)
    size = (round(right + 2 * at[0]), round(bottom + 2 * at[1]))
    alpha = Image.new("L", size)
    ImageDraw.Draw(alpha).text(at, words, fill=255, font=font)
    picture = (
        background.resize(size) if isinstance(background, Image.Image) else Image.new("RGB", size, background)
    )
    picture.paste(Image.new("RGB", size, ink), (0, 0), alpha)
    box = (at[0] + left, at[1] + top, right - left, bottom - top)
    if turned:
        alpha, picture = (one.transpose(Image.Transpose.TRANSPOSE) for one in (alpha, picture))
        box = (box[1], box[0], box[3], box[2])
    cut = np.asarray(alpha.crop(whole_pixels(box, picture.size)))
    return Drawn(picture, DetectedRegion(role, box, mask_of(cut)))


def encoded(one: Drawn, form: str) -> Drawn:
    """Return the same as a file of that form has it."""
    out = io.BytesIO()
    if form == "palette":
        one.picture.quantize(64, dither=Image.Dither.FLOYDSTEINBERG).save(out, "PNG")
    else:
        one.picture.save(out, form, quality=80)
    return Drawn(Image.open(out).convert("RGB"), one.mark)


def light_from_a_door() -> Image.Image:
    """Return a background that goes from one light to another, as the designs' have it."""
    across = np.linspace(0, 1, 64)[None, :, None]
    down = np.linspace(0, 1, 64)[:, None, None]
    field = np.array(LIGHT) * (1 - 0.25 * across) - np.array((0, 40, 70)) * down * 0.5
    return Image.fromarray(field.clip(0, 255).astype(np.uint8))


# ── letters and their mask


@pytest.mark.parametrize("size_px", SIZES)
@pytest.mark.parametrize(("ink", "background"), [(DARK, LIGHT), (LIGHT, DARK), (DARK, APRICOT)], ids=str)
def test_letters_agree_with_their_mask_in_any_size_and_polarity(
    size_px: int, ink: Colour, background: Colour
) -> None:
    match = drawn(size_px=size_px, ink=ink, background=background).match()

    assert max(match.missing, match.extra) < MAX_WRONG / 2


@pytest.mark.parametrize("size_px", SIZES)
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "palette"])
def test_no_encoder_parts_letters_from_their_mask(size_px: int, form: str) -> None:
    match = encoded(drawn(size_px=size_px, background=light_from_a_door()), form).match()

    assert max(match.missing, match.extra) < MAX_WRONG


@pytest.mark.parametrize("part", [0.0, 0.3, 0.5, 0.8])
def test_letters_may_begin_at_any_part_of_a_pixel(part: float) -> None:
    match = drawn(size_px=18, at=(40 + part, 30 + part)).match()

    assert max(match.missing, match.extra) < MAX_WRONG


@pytest.mark.parametrize("size_px", SIZES)
def test_letters_that_run_down_the_page_agree_too(size_px: int) -> None:
    match = drawn(size_px=size_px, turned=True).match()

    assert max(match.missing, match.extra) < MAX_WRONG


@pytest.mark.parametrize("size_px", SIZES)
@pytest.mark.parametrize(
    "other", ["0808 157 0128", "0808 157 0723", "0808 757 0123", "0308 157 0123", "0808 1570 123"]
)
def test_another_number_in_this_place_does_not_agree(size_px: int, other: str) -> None:
    here, there = drawn(size_px=size_px), drawn(other, size_px)
    # Drawn into the same box, as if it had been set there.
    stretched = there.picture.crop(there.box).resize((here.box[2] - here.box[0], here.box[3] - here.box[1]))
    here.picture.paste(stretched, here.box[:2])

    match = here.match()

    assert max(match.missing, match.extra) > MAX_WRONG


# ── what is told


def told(one: Drawn, **spec: object) -> list[Finding]:
    return prove_marks(one.picture, make_spec(requires=("number",), **spec), [one.mark])


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_sound_letters_raise_nothing() -> None:
    assert told(drawn()) == []


def test_ink_in_the_background_s_colour_is_nothing(wording: Wording) -> None:
    (finding,) = told(Drawn(Image.new("RGB", (600, 200), LIGHT), drawn().mark))

    assert finding.code == "facts-hidden"
    assert wording == finding.text
    assert finding.box == drawn().mark.box


@pytest.mark.parametrize(("grey", "is_told"), [(60, False), (105, False), (165, True), (200, True)])
def test_pale_ink_is_told_by_its_contrast(grey: int, is_told: bool) -> None:
    assert codes(told(drawn(ink=(grey, grey, grey), background=(255, 255, 255)))) == ["contrast"] * is_told


@pytest.mark.parametrize("role", ["number", "address", "promise"])
def test_a_fact_that_is_due_must_have_its_mark(role: str, wording: Wording) -> None:
    spec: Spec = make_spec(requires=(role,))

    findings = prove_marks(drawn().picture, spec, [])

    assert codes(findings) == ["facts-missing"]
    assert role in findings[0].text
    assert wording == findings[0].text


@pytest.mark.parametrize(
    "mask", [None, "!", drawn("0808").mark.mask], ids=["none", "no base64", "of another shape"]
)
def test_a_mask_that_cannot_be_used_is_told(mask: str | None, wording: Wording) -> None:
    one = drawn()

    (finding,) = told(Drawn(one.picture, DetectedRegion("number", one.mark.box, mask)))

    assert finding.code == "bad-value"
    assert wording == finding.text


def test_an_empty_mask_proves_nothing(wording: Wording) -> None:
    one = drawn()
    left, top, right, bottom = one.box
    empty = mask_of(np.zeros((bottom - top, right - left), np.uint8))

    (finding,) = told(Drawn(one.picture, DetectedRegion("number", one.mark.box, empty)))

    assert finding.code == "bad-value"
    assert wording == finding.text


@pytest.mark.parametrize(
    "box", [(9000.0, 9000.0, 50.0, 20.0), (-400.0, -90.0, 200.0, 40.0), (10.0, 10.0, 0.0, 0.0)], ids=str
)
@pytest.mark.parametrize("role", ["number", "headline", "logo"])
def test_a_mark_outside_the_picture_finds_nothing_there(
    box: tuple[float, float, float, float], role: str
) -> None:
    one = drawn()

    findings = prove_marks(one.picture, make_spec(requires=()), [DetectedRegion(role, box, one.mark.mask)])

    assert findings != []


def test_a_full_stop_behind_the_number_is_no_figure() -> None:
    one = drawn()
    _, _, right, bottom = one.box
    ImageDraw.Draw(one.picture).ellipse((right + 2, bottom - 8, right + 9, bottom - 1), fill=DARK)

    assert told(one) == []


def test_the_contrast_of_a_part_is_that_of_its_lightest_and_darkest() -> None:
    assert spread(Image.new("RGB", (40, 40), DARK)) == pytest.approx(1.0)
    assert spread(drawn(size_px=90, ink=(0, 0, 0), background=(255, 255, 255)).picture) == pytest.approx(
        21.0, abs=0.5
    )
