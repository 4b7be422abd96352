"""Encoding: the best quality under the channel's weight, never so poor that letters fray."""

from __future__ import annotations

import io
import zlib
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from assetgen.findings import Severity
from assetgen.rendering.images.raster import Encoded, encode, srgb_profile, unfiltered_png, xmp_packet
from assetgen.rendering.rendered_file import Made
from assetgen.rendering.renderer import Renderer
from tests.support.finished import png_parts
from tests.support.finished_folder import proven
from tests.support.tiny import CARD, load_tiny
from tests.support.wording import Wording

ALT = "Worried about your thoughts? Call 0808 157 0123."
ALT_PATH = ".//{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}AltTextAccessibility//{*}li"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def make_picture() -> Image.Image:
    """Return 80 × 80 px of light with grain: hard to make small."""
    grain = np.random.default_rng(7).integers(0, 60, (80, 80, 3))
    light = np.linspace(0, 190, 80)[None, :, None]
    return Image.fromarray((grain + light).astype("uint8"))


def encode_as(
    file_format: str, max_bytes: int | None = None, recommended_max_bytes: int | None = None
) -> Encoded:
    return encode(np.asarray(make_picture()), file_format, ALT, "en-GB", max_bytes, recommended_max_bytes)


def opened(encoded: Encoded) -> Image.Image:
    return Image.open(io.BytesIO(encoded.content))


def luma_table(encoded: Encoded) -> list[int]:
    return list(opened(encoded).quantization[0])  # type: ignore[attr-defined]


def table_of_quality(quality: int) -> list[int]:
    """Return the luminance table that a JPEG of this quality has, from a file of its own."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", quality=quality)
    return list(Image.open(io.BytesIO(out.getvalue())).quantization[0])  # type: ignore[attr-defined]


@cache
def weights_of(file_format: str) -> list[int]:
    """Return the weight of each encoding that may be, the lightest first: each is what is left under the last."""
    weights = [len(encode_as(file_format).content)]
    while len(lighter := encode_as(file_format, weights[0] - 1).content) < weights[0]:
        weights.insert(0, len(lighter))
    return weights


@pytest.mark.parametrize("file_format", ["jpg", "webp", "png"])
def test_without_a_limit_the_best_quality_is_taken(file_format: str) -> None:
    assert (
        encode_as(file_format).quality
        == {"jpg": {"quality": 92}, "webp": {"quality": 92}, "png": {}}[file_format]
    )


@pytest.mark.parametrize(("file_format", "steps"), [("jpg", 5), ("webp", 5), ("png", 6)])
def test_under_a_limit_the_next_lower_quality_is_taken_down_to_the_least(
    file_format: str, steps: int
) -> None:
    weights = weights_of(file_format)

    assert len(weights) == steps
    for lighter, heavier in pairwise(weights):
        assert len(encode_as(file_format, heavier - 1).content) == lighter
        assert len(encode_as(file_format, lighter).content) == lighter


@pytest.mark.parametrize("file_format", ["jpg", "webp", "png"])
def test_where_nothing_is_light_enough_the_lightest_is_taken(file_format: str) -> None:
    assert len(encode_as(file_format, 100).content) == weights_of(file_format)[0]


@settings(max_examples=40, derandomize=True)
@given(hard=st.none() | st.integers(1_000, 20_000), advised=st.none() | st.integers(1_000, 20_000))
def test_the_rule_in_one_sentence(hard: int | None, advised: int | None) -> None:
    """The best that is under both limits; else the best under the hard one; else the lightest."""
    weights = weights_of("jpg")
    allowed = [weight for weight in weights if hard is None or weight <= hard]
    light = [weight for weight in allowed if advised is None or weight <= advised]

    expected = max(light) if light else max(allowed) if allowed else min(weights)

    assert len(encode_as("jpg", hard, advised).content) == expected


@pytest.mark.each("limit", lambda: [None, 100, *weights_of("jpg")])
def test_a_jpeg_is_never_under_quality_80_and_keeps_all_its_colour(limit: int | None) -> None:
    encoded = encode_as("jpg", limit)

    assert 80 <= encoded.quality["quality"] <= 92
    assert luma_table(encoded) == table_of_quality(encoded.quality["quality"])
    assert all(value <= least for value, least in zip(luma_table(encoded), table_of_quality(80), strict=True))
    assert [layer[1:3] for layer in opened(encoded).layer] == [(1, 1)] * 3  # type: ignore[attr-defined]


@pytest.mark.each("limit", lambda: [None, 100, *weights_of("png")])
def test_a_png_is_never_under_64_colours(limit: int | None) -> None:
    encoded = encode_as("png", limit)
    picture = opened(encoded)

    if "colours" not in encoded.quality:
        assert picture.mode == "RGB"
        assert picture.tobytes() == make_picture().tobytes()
        return
    assert picture.mode == "P"
    assert 64 <= encoded.quality["colours"] <= 256
    assert len(picture.getcolors() or ()) == encoded.quality["colours"]


def make_drawing() -> Image.Image:
    """Return 333 × 97 px of discs with smooth rims, on two flat backgrounds."""
    y, x = np.mgrid[0:97, 0:333]
    away = np.minimum(np.hypot(x - 60, y - 40) - 30, np.hypot(x - 250, y - 60) - 25)
    cover = np.clip(0.5 - away, 0, 1)
    light = np.where(x + y / 2 < 200, 40, 25)
    planes = [cover * colour + (1 - cover) * light for colour in (240, 30, 90)]
    return Image.fromarray(np.stack(planes, axis=2).astype("uint8"))


def plain_png_weight(picture: Image.Image) -> int:
    """Return what a PNG weighs as Pillow writes it by itself, with the same profile and alt text in it."""
    out, info = io.BytesIO(), PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp_packet(ALT, "en-GB").decode())
    picture.save(out, "PNG", icc_profile=srgb_profile(), pnginfo=info)
    return len(out.getvalue())


@pytest.mark.parametrize("size", [(1, 1), (333, 97), (5, 40)])
def test_a_drawing_is_a_png_of_unfiltered_rows_with_the_very_pixels(size: tuple[int, int]) -> None:
    picture = make_drawing().crop((0, 0, *size))

    content = unfiltered_png(np.asarray(picture), xmp_packet(ALT, "en-GB"))

    parts = png_parts(content)
    raw = zlib.decompress(b"".join(part.content for part in parts if part.name == "IDAT"))
    assert {raw[at] for at in range(0, len(raw), 1 + 3 * picture.width)} == {0}
    assert [part.name for part in parts if part.name != "IDAT"] == ["IHDR", "iCCP", "iTXt", "IEND"]
    with Image.open(io.BytesIO(content)) as opened_again:
        assert (opened_again.mode, opened_again.size) == ("RGB", picture.size)
        assert opened_again.tobytes() == picture.tobytes()


def test_a_drawing_weighs_less_than_a_plain_png_and_a_photograph_no_more() -> None:
    drawing, grain = make_drawing(), make_picture()

    weights = [
        len(encode(np.asarray(one), "png", ALT, "en-GB", None, None).content) for one in (drawing, grain)
    ]

    assert weights[0] < plain_png_weight(drawing)
    assert weights[1] <= plain_png_weight(grain)


def test_a_drawing_that_is_too_heavy_is_packed_harder_before_it_loses_a_colour() -> None:
    drawing = make_drawing()
    quick, hard = (
        len(unfiltered_png(np.asarray(drawing), xmp_packet(ALT, "en-GB"), level)) for level in (4, 9)
    )

    encoded = encode(np.asarray(drawing), "png", ALT, "en-GB", quick - 1, None)

    assert hard < quick
    assert len(encoded.content) == hard and "colours" not in encoded.quality


@pytest.mark.parametrize("file_format", ["jpg", "webp", "png"])
@pytest.mark.parametrize("alt", [ALT, """<a href="x">'&amp;' ]]> & co</a>""", "ਗੱਲ ਕਰੋ – گفتگو – 🙂"])
def test_any_alt_text_comes_back_from_the_file(file_format: str, alt: str) -> None:
    picture = opened(encode(np.asarray(make_picture()), file_format, alt, "pa-Guru", None, None))

    packet = picture.info.get("xmp") or picture.info["XML:com.adobe.xmp"].encode()
    told = {item.get(LANGUAGE): item.text for item in ElementTree.fromstring(packet).iterfind(ALT_PATH)}

    assert told == {"x-default": alt, "pa-Guru": alt}


def test_the_alt_text_weighs_too() -> None:
    plain, told = (encode(np.asarray(make_picture()), "jpg", alt, "en-GB", None, None) for alt in ("", ALT))

    assert len(told.content) - len(plain.content) == 2 * len(ALT.encode())


@pytest.mark.parametrize("file_format", ["jpg", "webp", "png"])
def test_the_profile_is_srgb_and_nothing_else_is_told(file_format: str) -> None:
    picture = opened(encode_as(file_format))

    assert picture.info["icc_profile"] == srgb_profile()
    assert dict(picture.getexif()) == {}
    assert b"Pillow" not in encode_as(file_format).content


def test_the_profile_is_srgb_with_a_date_that_never_changes() -> None:
    profile = srgb_profile()

    assert "sRGB" in ImageCms.getProfileName(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    assert profile[24:36] == bytes([0x07, 0xEA, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])
    srgb_profile.cache_clear()
    assert srgb_profile() == profile


@pytest.mark.parametrize("file_format", ["jpg", "webp", "png"])
@pytest.mark.parametrize("limit", [None, 7_000])
def test_the_same_picture_gives_the_same_bytes(file_format: str, limit: int | None) -> None:
    assert encode_as(file_format, limit) == encode_as(file_format, limit)


def test_the_packet_holds_the_alt_text_and_nothing_else() -> None:
    tags = [element.tag.split("}")[1] for element in ElementTree.fromstring(xmp_packet(ALT, "en-GB")).iter()]

    assert tags == ["xmpmeta", "RDF", "Description", "AltTextAccessibility", "Alt", "li", "li"]


def test_a_file_over_the_hard_limit_is_an_error_and_one_over_the_advised_a_warning(
    tmp_path: Path, wording: Wording
) -> None:
    campaign, assets = load_tiny(tmp_path)
    renderer, card = Renderer(campaign), assets[CARD]

    def proved(**limits: int) -> Made:
        limited = replace(card, spec=replace(card.spec, **limits))  # type: ignore[arg-type]
        return proven(limited, renderer(limited))

    heavy, fair, light = proved(max_bytes=1000), proved(recommended_max_bytes=1000), proved()

    weights = [f"{len(made.content or b''):,} bytes" for made in (heavy, fair)]
    assert any(finding.is_error for finding in heavy.findings)
    (over,), (more,) = (
        [finding for finding in made.findings if finding.code == "weight"] for made in (heavy, fair)
    )
    assert (str(over.place), over.severity) == ("brand/channels.yaml:2:3", Severity.ERROR)
    assert more.severity is Severity.WARNING
    assert weights[0] in over.text and weights[1] in more.text
    assert wording == [
        over.text.replace(weights[0], "N bytes"), over.hint, more.text.replace(weights[1], "N bytes"),
    ]  # fmt: skip
    assert "weight" not in {finding.code for finding in light.findings}


def test_a_format_that_nobody_encodes_is_never_written_as_another() -> None:
    with pytest.raises(KeyError):
        encode_as("gif")
