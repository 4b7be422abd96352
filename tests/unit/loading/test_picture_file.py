"""A picture's file is taken as cameras and editors make it, or refused with a reason; nothing of it rides along."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from assetgen.errors import CampaignError
from assetgen.loading.artwork.bitmaps import MAX_KEPT_PIXELS, MAX_PICTURE_BYTES, develop, validate_picture
from tests.support.photographs import MODES, halves, jpeg, noise, png, png_header, swapped_profile, turned
from tests.support.wording import Wording

RED, BLUE = (200, 30, 30), (30, 30, 200)


def fault_of(content: bytes, file: str = "p.jpg") -> tuple[str, str]:
    """Return code and words of what is wrong with a file, said at the door and where it is developed alike."""
    with pytest.raises(CampaignError) as at_the_door:
        validate_picture(content, file)
    with pytest.raises(CampaignError) as inside:
        develop(content, file)
    (one,), (other,) = at_the_door.value.findings, inside.value.findings
    assert (one.code, one.text, one.place.file) == (other.code, other.text, file)
    assert one.hint
    return one.code, one.text


def near(picture: Image.Image, at: tuple[float, float], colour: tuple[int, int, int]) -> bool:
    """Say whether a picture has a colour at a place in shares of it, as nearly as JPEG keeps it."""
    x, y = int(at[0] * picture.width), int(at[1] * picture.height)
    return bool(np.abs(np.asarray(picture)[y, x].astype(int) - colour).max() <= 6)


@pytest.mark.parametrize(
    ("orientation", "red_at"),
    [(1, (0.1, 0.5)), (2, (0.9, 0.5)), (3, (0.9, 0.5)), (6, (0.5, 0.1)), (8, (0.5, 0.9))],
)
def test_a_picture_is_turned_as_the_camera_was_held(orientation: int, red_at: tuple[float, float]) -> None:
    content = turned(halves(80, 40), orientation)

    picture = develop(content, "p.jpg")

    assert picture.size == validate_picture(content, "p.jpg") == ((40, 80) if orientation >= 5 else (80, 40))
    assert near(picture, red_at, RED)


def test_nothing_that_the_file_says_of_its_owner_is_kept() -> None:
    picture = develop(turned(halves(80, 40), 6), "p.jpg")

    assert picture.info == {}
    assert picture.getexif() == {}


def test_a_profile_is_applied_and_dropped() -> None:
    content = png(Image.new("RGB", (4, 4), (255, 0, 0)), icc_profile=swapped_profile())

    picture = develop(content, "p.png")

    assert near(picture, (0.5, 0.5), (0, 0, 255))
    assert "icc_profile" not in picture.info


@pytest.mark.parametrize("profile", [b"junk", swapped_profile()], ids=["no profile", "of other colours"])
def test_a_profile_that_does_not_fit_is_refused(profile: bytes, wording: Wording) -> None:
    content = jpeg(halves(8, 8).convert("CMYK"), icc_profile=profile)

    code, text = fault_of(content)

    assert code == "bad-value"
    assert wording == text


def test_inks_without_a_profile_are_refused(wording: Wording) -> None:
    content = jpeg(halves(8, 8).convert("CMYK"))

    code, text = fault_of(content)

    assert code == "bad-value" and "CMYK" in text
    assert wording == text


def test_sixteen_bits_a_channel_become_eight() -> None:
    deep = Image.fromarray(np.full((4, 4), 0x80FF, np.uint16))

    assert near(develop(png(deep), "p.png"), (0.5, 0.5), (0x80, 0x80, 0x80))


def test_see_through_places_are_refused_and_a_whole_alpha_is_not(wording: Wording) -> None:
    see_through, whole = Image.new("RGBA", (4, 4), (9, 9, 9, 254)), Image.new("RGBA", (4, 4), (9, 9, 9, 255))

    code, text = fault_of(png(see_through), "p.png")
    assert code == "bad-value"
    assert wording == text
    assert develop(png(whole), "p.png").mode == "RGB"


def test_a_film_is_refused(wording: Wording) -> None:
    content = png(noise(8, 8), save_all=True, append_images=[noise(8, 8, 1)])

    code, text = fault_of(content, "p.png")

    assert code == "bad-value" and "2" in text
    assert wording == text


def test_a_telephone_s_picture_with_a_second_one_behind_it_is_no_film() -> None:
    out = io.BytesIO()
    halves(80, 40).save(out, "MPO", save_all=True, append_images=[noise(8, 8)], quality=95, subsampling=0)

    assert validate_picture(out.getvalue(), "p.jpg") == (80, 40)
    assert near(develop(out.getvalue(), "p.jpg"), (0.1, 0.5), RED)


@pytest.mark.parametrize(
    ("content", "file", "code", "shown"),
    [
        (b"", "p.jpg", "bad-value", "JPEG"),
        (png(noise(2, 2)), "p.jpg", "bad-value", "JPEG"),
        (jpeg(noise(8, 8)), "p.png", "bad-value", "PNG"),
        (jpeg(noise(8, 8)), "p.webp", "bad-value", ".jpg"),
        (png_header(6000, 5000), "p.png", "too-large", "6000"),
        (png_header(60_000, 60_000), "p.png", "too-large", "178 million"),
        (png_header(40, 40), "p.png", "bad-value", "OSError"),
        (png(noise(8, 8))[:-20], "p.png", "bad-value", ""),
        (jpeg(noise(99, 99))[:5000], "p.jpg", "bad-value", "OSError"),
        (b"\xff\xd8" + bytes(MAX_PICTURE_BYTES), "p.jpg", "too-large", "25,000,002"),
    ],
    ids=[
        "empty", "PNG for JPEG", "JPEG for PNG", "WebP", "large", "far too large", "header alone",
        "no end", "cut short", "heavy",
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_its_reason(
    content: bytes, file: str, code: str, shown: str, wording: Wording
) -> None:
    told = fault_of(content, file)

    assert told[0] == code and shown in told[1]
    assert wording == told[1]


@pytest.mark.thorough
def test_a_large_picture_is_kept_as_large_as_paper_needs_it() -> None:
    content = jpeg(Image.new("RGB", (5000, 4000), BLUE), quality=50)

    picture = develop(content, "p.jpg")

    assert picture.size == validate_picture(content, "p.jpg")
    assert 0.99 * MAX_KEPT_PIXELS < picture.width * picture.height <= 1.001 * MAX_KEPT_PIXELS
    assert picture.width / picture.height == pytest.approx(1.25, rel=1e-3)


@cache
def sound_files() -> tuple[tuple[bytes, str], ...]:
    picture = noise(40, 24)
    return (
        (jpeg(picture), "p.jpg"),
        (jpeg(picture, progressive=True), "p.jpg"),
        (turned(picture, 5), "p.jpeg"),
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
def test_the_door_says_the_size_that_is_developed(
    mode: str, width: int, height: int, orientation: int
) -> None:
    picture = noise(width, height).convert("L" if mode == "I;16" else mode)
    picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257) if mode == "I;16" else picture
    is_jpeg = mode in ("RGB", "L", "CMYK", "YCbCr")
    exif = Image.Exif()
    exif[0x0112] = orientation
    content, file = (jpeg, "p.jpg") if is_jpeg else (png, "p.png")
    made = content(picture, exif=exif)

    try:
        size = validate_picture(made, file)
    except CampaignError:
        assert mode == "CMYK" or "A" in picture.getbands()
        return

    upright = develop(made, file)
    assert upright.size == size == ((height, width) if 5 <= orientation <= 8 else (width, height))
    assert upright.mode == "RGB"


@settings(max_examples=120, derandomize=True)
@given(
    content=st.binary(max_size=400), start=st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"])
)
@example(content=b"", start=b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00")
def test_no_bytes_make_it_fall_over(content: bytes, start: bytes) -> None:
    for file in ("p.jpg", "p.png"):
        with pytest.raises(CampaignError) as raised:
            validate_picture(start + content, file)
        assert {finding.code for finding in raised.value.findings} <= {"bad-value", "too-large"}


@settings(max_examples=150, derandomize=True)
@given(which=st.integers(0, 4), cut=st.floats(0, 1, exclude_max=True), data=st.data())
def test_a_damaged_file_is_refused_or_drawn_in_its_size(which: int, cut: float, data: st.DataObject) -> None:
    content, file = sound_files()[which]
    at = int(cut * len(content))
    is_cut = data.draw(st.booleans())
    damaged = (
        content[:at]
        if is_cut
        else content[:at] + data.draw(st.binary(min_size=1, max_size=4)) + content[at + 1 :]
    )

    for read in (validate_picture, develop):
        try:
            found = read(damaged, file)
        except CampaignError:
            continue
        width, height = found if isinstance(found, tuple) else found.size
        assert 0 < width * height <= MAX_KEPT_PIXELS * 1.001


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95])
def test_a_picture_that_is_cut_short_is_never_drawn(share: float) -> None:
    for content, file in sound_files():
        assert fault_of(content[: int(share * len(content))], file)[0] == "bad-value"
