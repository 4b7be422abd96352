"""Picture files of a brand: which JPEGs and PNGs are accepted, and how they are decoded."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from assetgen.errors import CampaignError
from assetgen.loading.artwork.bitmaps import (
    MAX_KEPT_PIXELS,
    MAX_PICTURE_BYTES,
    decode_picture,
    validate_picture,
)
from tests.support.photographs import (
    MODES,
    jpeg,
    jpeg_with_orientation,
    noise,
    png,
    png_of_claimed_size,
    red_and_blue_halves,
    swapped_profile,
)
from tests.support.wording import Wording

RED, BLUE = (200, 30, 30), (30, 30, 200)


def code_and_text_of(content: bytes, file: str = "p.jpg") -> tuple[str, str]:
    """Return the code and text of the only finding, which validation and decoding must report alike."""
    with pytest.raises(CampaignError) as in_validation:
        validate_picture(content, file)
    with pytest.raises(CampaignError) as in_decoding:
        decode_picture(content, file)
    (finding,), (same,) = in_validation.value.findings, in_decoding.value.findings
    assert (finding.code, finding.text, finding.place.file) == (same.code, same.text, file)
    assert finding.hint
    return finding.code, finding.text


def has_colour(picture: Image.Image, at: tuple[float, float], colour: tuple[int, int, int]) -> bool:
    """Return whether a picture has a colour at a point (shares of its sides), allowing for JPEG loss."""
    x, y = int(at[0] * picture.width), int(at[1] * picture.height)
    return bool(np.abs(np.asarray(picture)[y, x].astype(int) - colour).max() <= 6)


@pytest.mark.parametrize(
    ("orientation", "red_at"),
    [(1, (0.1, 0.5)), (2, (0.9, 0.5)), (3, (0.9, 0.5)), (6, (0.5, 0.1)), (8, (0.5, 0.9))],
)
def test_a_picture_is_rotated_by_its_exif_orientation(orientation: int, red_at: tuple[float, float]) -> None:
    content = jpeg_with_orientation(red_and_blue_halves(80, 40), orientation)

    picture = decode_picture(content, "p.jpg")

    assert picture.size == validate_picture(content, "p.jpg") == ((40, 80) if orientation >= 5 else (80, 40))
    assert has_colour(picture, red_at, RED)


def test_metadata_of_a_picture_is_removed() -> None:
    picture = decode_picture(jpeg_with_orientation(red_and_blue_halves(80, 40), 6), "p.jpg")

    assert picture.info == {}
    assert picture.getexif() == {}


def test_the_colour_profile_of_a_picture_is_applied_and_removed() -> None:
    content = png(Image.new("RGB", (4, 4), (255, 0, 0)), icc_profile=swapped_profile())

    picture = decode_picture(content, "p.png")

    assert has_colour(picture, (0.5, 0.5), (0, 0, 255))
    assert "icc_profile" not in picture.info


@pytest.mark.parametrize(
    "profile", [b"junk", swapped_profile()], ids=["not a profile", "RGB profile for CMYK"]
)
def test_a_picture_with_an_unusable_colour_profile_is_refused(profile: bytes, wording: Wording) -> None:
    content = jpeg(red_and_blue_halves(8, 8).convert("CMYK"), icc_profile=profile)

    code, text = code_and_text_of(content)

    assert code == "bad-value"
    assert wording == text


def test_a_cmyk_picture_without_a_profile_is_refused(wording: Wording) -> None:
    content = jpeg(red_and_blue_halves(8, 8).convert("CMYK"))

    code, text = code_and_text_of(content)

    assert code == "bad-value" and "CMYK" in text
    assert wording == text


def test_sixteen_bits_per_channel_become_eight() -> None:
    deep = Image.fromarray(np.full((4, 4), 0x80FF, np.uint16))

    assert has_colour(decode_picture(png(deep), "p.png"), (0.5, 0.5), (0x80, 0x80, 0x80))


def test_transparency_is_refused_but_an_opaque_alpha_channel_is_accepted(wording: Wording) -> None:
    translucent, opaque = Image.new("RGBA", (4, 4), (9, 9, 9, 254)), Image.new("RGBA", (4, 4), (9, 9, 9, 255))

    code, text = code_and_text_of(png(translucent), "p.png")
    assert code == "bad-value"
    assert wording == text
    assert decode_picture(png(opaque), "p.png").mode == "RGB"


def test_an_animation_is_refused(wording: Wording) -> None:
    content = png(noise(8, 8), save_all=True, append_images=[noise(8, 8, 1)])

    code, text = code_and_text_of(content, "p.png")

    assert code == "bad-value" and "2" in text
    assert wording == text


def test_a_phone_picture_with_an_embedded_second_picture_is_accepted() -> None:
    out = io.BytesIO()
    red_and_blue_halves(80, 40).save(
        out, "MPO", save_all=True, append_images=[noise(8, 8)], quality=95, subsampling=0
    )

    assert validate_picture(out.getvalue(), "p.jpg") == (80, 40)
    assert has_colour(decode_picture(out.getvalue(), "p.jpg"), (0.1, 0.5), RED)


@pytest.mark.parametrize(
    ("content", "file", "code", "shown"),
    [
        (b"", "p.jpg", "bad-value", "JPEG"),
        (png(noise(2, 2)), "p.jpg", "bad-value", "JPEG"),
        (jpeg(noise(8, 8)), "p.png", "bad-value", "PNG"),
        (jpeg(noise(8, 8)), "p.webp", "bad-value", ".jpg"),
        (png_of_claimed_size(6000, 5000), "p.png", "too-large", "6000"),
        (png_of_claimed_size(60_000, 60_000), "p.png", "too-large", "178 million"),
        (png_of_claimed_size(40, 40), "p.png", "bad-value", "OSError"),
        (png(noise(8, 8))[:-20], "p.png", "bad-value", ""),
        (jpeg(noise(99, 99))[:5000], "p.jpg", "bad-value", "OSError"),
        (b"\xff\xd8" + bytes(MAX_PICTURE_BYTES), "p.jpg", "too-large", "25,000,002"),
    ],
    ids=[
        "empty", "PNG named jpg", "JPEG named png", "WebP", "too many pixels", "decompression bomb",
        "missing pixel data", "PNG without an end", "truncated JPEG", "too many bytes",
    ],
)  # fmt: skip
def test_an_unusable_picture_is_refused_with_the_reason(
    content: bytes, file: str, code: str, shown: str, wording: Wording
) -> None:
    found_code, text = code_and_text_of(content, file)

    assert found_code == code and shown in text
    assert wording == text


@pytest.mark.thorough
def test_a_large_picture_is_scaled_down_to_the_pixel_limit() -> None:
    content = jpeg(Image.new("RGB", (5000, 4000), BLUE), quality=50)

    picture = decode_picture(content, "p.jpg")

    assert picture.size == validate_picture(content, "p.jpg")
    assert 0.99 * MAX_KEPT_PIXELS < picture.width * picture.height <= 1.001 * MAX_KEPT_PIXELS
    assert picture.width / picture.height == pytest.approx(1.25, rel=1e-3)


@cache
def valid_files() -> tuple[tuple[bytes, str], ...]:
    picture = noise(40, 24)
    return (
        (jpeg(picture), "p.jpg"),
        (jpeg(picture, progressive=True), "p.jpg"),
        (jpeg_with_orientation(picture, 5), "p.jpeg"),
        (png(picture), "p.png"),
        (png(picture, icc_profile=swapped_profile()), "p.png"),
    )


@settings(max_examples=60, derandomize=True)
@given(
    mode=st.sampled_from(MODES),
    width=st.integers(1, 90),
    height=st.integers(1, 90),
    orientation=st.integers(0, 9),
)
def test_validation_returns_the_size_of_the_decoded_picture(
    mode: str, width: int, height: int, orientation: int
) -> None:
    picture = noise(width, height).convert("L" if mode == "I;16" else mode)
    picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257) if mode == "I;16" else picture
    is_jpeg = mode in ("RGB", "L", "CMYK", "YCbCr")
    exif = Image.Exif()
    exif[0x0112] = orientation
    encode, file = (jpeg, "p.jpg") if is_jpeg else (png, "p.png")
    encoded = encode(picture, exif=exif)

    try:
        size = validate_picture(encoded, file)
    except CampaignError:
        assert mode == "CMYK" or "A" in picture.getbands()
        return

    upright = decode_picture(encoded, file)
    assert upright.size == size == ((height, width) if 5 <= orientation <= 8 else (width, height))
    assert upright.mode == "RGB"


@settings(max_examples=120, derandomize=True)
@given(
    content=st.binary(max_size=400), start=st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"])
)
@example(content=b"", start=b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00")
def test_arbitrary_bytes_are_refused_without_a_crash(content: bytes, start: bytes) -> None:
    for file in ("p.jpg", "p.png"):
        with pytest.raises(CampaignError) as raised:
            validate_picture(start + content, file)
        assert {finding.code for finding in raised.value.findings} <= {"bad-value", "too-large"}


@settings(max_examples=150, derandomize=True)
@given(index=st.integers(0, 4), cut=st.floats(0, 1, exclude_max=True), data=st.data())
def test_a_damaged_picture_is_refused_or_keeps_within_the_pixel_limit(
    index: int, cut: float, data: st.DataObject
) -> None:
    content, file = valid_files()[index]
    at = int(cut * len(content))
    is_cut = data.draw(st.booleans())
    damaged = (
        content[:at]
        if is_cut
        else content[:at] + data.draw(st.binary(min_size=1, max_size=4)) + content[at + 1 :]
    )

    for read in (validate_picture, decode_picture):
        try:
            found = read(damaged, file)
        except CampaignError:
            continue
        width, height = found if isinstance(found, tuple) else found.size
        assert 0 < width * height <= MAX_KEPT_PIXELS * 1.001


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95])
def test_a_truncated_picture_is_always_refused(share: float) -> None:
    for content, file in valid_files():
        assert code_and_text_of(content[: int(share * len(content))], file)[0] == "bad-value"
