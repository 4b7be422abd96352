"""Encoding raster files: the best quality within the channel's byte limits, but never below a minimum quality."""

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
from assetgen.rendering.images.raster import EncodedRaster, encode, srgb_profile, unfiltered_png, xmp_packet
from assetgen.rendering.rendered_file import RenderedFile
from assetgen.rendering.renderer import Renderer
from tests.support.built_files import with_check_result
from tests.support.raw_file_parts import png_parts
from tests.support.tiny_campaign import CARD_ID, load_tiny
from tests.support.wording import Wording

ALT = "Worried about your thoughts? Call 0808 157 0123."
ALT_PATH = ".//{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}AltTextAccessibility//{*}li"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def make_picture() -> Image.Image:
    """Return 80 × 80 px of a gradient with grain, which compresses badly."""
    grain = np.random.default_rng(7).integers(0, 60, (80, 80, 3))
    gradient = np.linspace(0, 190, 80)[None, :, None]
    return Image.fromarray((grain + gradient).astype("uint8"))


def encode_as(
    file_format: str, max_bytes: int | None = None, recommended_max_bytes: int | None = None
) -> EncodedRaster:
    return encode(np.asarray(make_picture()), file_format, ALT, "en-GB", max_bytes, recommended_max_bytes)


def decode(encoded: EncodedRaster) -> Image.Image:
    return Image.open(io.BytesIO(encoded.content))


def luma_table(encoded: EncodedRaster) -> list[int]:
    return list(decode(encoded).quantization[0])  # type: ignore[attr-defined]


def table_of_quality(quality: int) -> list[int]:
    """Return the luminance table of a JPEG of this quality, read from a separate file."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", quality=quality)
    return list(Image.open(io.BytesIO(out.getvalue())).quantization[0])  # type: ignore[attr-defined]


@cache
def sizes_of(file_format: str) -> list[int]:
    """Return the size in bytes of each possible encoding, smallest first."""
    sizes = [len(encode_as(file_format).content)]
    while len(lighter := encode_as(file_format, sizes[0] - 1).content) < sizes[0]:
        sizes.insert(0, len(lighter))
    return sizes


@pytest.mark.parametrize("file_format", ["jpg", "webp", "png"])
def test_without_a_limit_the_best_quality_is_used(file_format: str) -> None:
    assert (
        encode_as(file_format).quality
        == {"jpg": {"quality": 92}, "webp": {"quality": 92}, "png": {}}[file_format]
    )


@pytest.mark.parametrize(("file_format", "steps"), [("jpg", 5), ("webp", 5), ("png", 6)])
def test_a_byte_limit_lowers_the_quality_step_by_step(file_format: str, steps: int) -> None:
    sizes = sizes_of(file_format)

    assert len(sizes) == steps
    for lighter, heavier in pairwise(sizes):
        assert len(encode_as(file_format, heavier - 1).content) == lighter
        assert len(encode_as(file_format, lighter).content) == lighter


@pytest.mark.parametrize("file_format", ["jpg", "webp", "png"])
def test_the_smallest_encoding_is_used_if_none_meets_the_limit(file_format: str) -> None:
    assert len(encode_as(file_format, 100).content) == sizes_of(file_format)[0]


@settings(max_examples=40, derandomize=True)
@given(hard=st.none() | st.integers(1_000, 20_000), recommended=st.none() | st.integers(1_000, 20_000))
def test_the_best_quality_within_both_limits_is_used(hard: int | None, recommended: int | None) -> None:
    """If none is within both limits, use the best within the hard limit, or else the smallest."""
    sizes = sizes_of("jpg")
    allowed = [size for size in sizes if hard is None or size <= hard]
    within_both = [size for size in allowed if recommended is None or size <= recommended]

    expected = max(within_both) if within_both else max(allowed) if allowed else min(sizes)

    assert len(encode_as("jpg", hard, recommended).content) == expected


@pytest.mark.each("limit", lambda: [None, 100, *sizes_of("jpg")])
def test_a_jpeg_has_at_least_quality_80_and_full_chroma(limit: int | None) -> None:
    encoded = encode_as("jpg", limit)

    assert 80 <= encoded.quality["quality"] <= 92
    assert luma_table(encoded) == table_of_quality(encoded.quality["quality"])
    assert all(value <= limit for value, limit in zip(luma_table(encoded), table_of_quality(80), strict=True))
    assert [layer[1:3] for layer in decode(encoded).layer] == [(1, 1)] * 3  # type: ignore[attr-defined]


@pytest.mark.each("limit", lambda: [None, 100, *sizes_of("png")])
def test_a_png_has_at_least_64_colours(limit: int | None) -> None:
    encoded = encode_as("png", limit)
    picture = decode(encoded)

    if "colours" not in encoded.quality:
        assert picture.mode == "RGB"
        assert picture.tobytes() == make_picture().tobytes()
        return
    assert picture.mode == "P"
    assert 64 <= encoded.quality["colours"] <= 256
    assert len(picture.getcolors() or ()) == encoded.quality["colours"]


def make_drawing() -> Image.Image:
    """Return 333 × 97 px of discs with smooth edges on two flat backgrounds."""
    y, x = np.mgrid[0:97, 0:333]
    distance = np.minimum(np.hypot(x - 60, y - 40) - 30, np.hypot(x - 250, y - 60) - 25)
    cover = np.clip(0.5 - distance, 0, 1)
    background = np.where(x + y / 2 < 200, 40, 25)
    planes = [cover * colour + (1 - cover) * background for colour in (240, 30, 90)]
    return Image.fromarray(np.stack(planes, axis=2).astype("uint8"))


def plain_png_size(picture: Image.Image) -> int:
    """Return the size of a PNG that Pillow writes with default settings, with the same profile and alt text."""
    out, info = io.BytesIO(), PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp_packet(ALT, "en-GB").decode())
    picture.save(out, "PNG", icc_profile=srgb_profile(), pnginfo=info)
    return len(out.getvalue())


@pytest.mark.parametrize("size", [(1, 1), (333, 97), (5, 40)])
def test_an_unfiltered_png_has_exactly_the_same_pixels(size: tuple[int, int]) -> None:
    picture = make_drawing().crop((0, 0, *size))

    content = unfiltered_png(np.asarray(picture), xmp_packet(ALT, "en-GB"))

    parts = png_parts(content)
    raw = zlib.decompress(b"".join(part.content for part in parts if part.name == "IDAT"))
    assert {raw[at] for at in range(0, len(raw), 1 + 3 * picture.width)} == {0}
    assert [part.name for part in parts if part.name != "IDAT"] == ["IHDR", "iCCP", "iTXt", "IEND"]
    with Image.open(io.BytesIO(content)) as decoded:
        assert (decoded.mode, decoded.size) == ("RGB", picture.size)
        assert decoded.tobytes() == picture.tobytes()


def test_a_png_is_never_larger_than_pillow_writes_it() -> None:
    drawing, grain = make_drawing(), make_picture()

    sizes = [
        len(encode(np.asarray(one), "png", ALT, "en-GB", None, None).content) for one in (drawing, grain)
    ]

    assert sizes[0] < plain_png_size(drawing)
    assert sizes[1] <= plain_png_size(grain)


def test_a_large_drawing_is_compressed_harder_before_it_loses_colours() -> None:
    drawing = make_drawing()
    quick, hard = (
        len(unfiltered_png(np.asarray(drawing), xmp_packet(ALT, "en-GB"), level)) for level in (4, 9)
    )

    encoded = encode(np.asarray(drawing), "png", ALT, "en-GB", quick - 1, None)

    assert hard < quick
    assert len(encoded.content) == hard and "colours" not in encoded.quality


@pytest.mark.parametrize("file_format", ["jpg", "webp", "png"])
@pytest.mark.parametrize("alt", [ALT, """<a href="x">'&amp;' ]]> & co</a>""", "ਗੱਲ ਕਰੋ – گفتگو – 🙂"])
def test_any_alt_text_is_read_back_unchanged_from_the_file(file_format: str, alt: str) -> None:
    picture = decode(encode(np.asarray(make_picture()), file_format, alt, "pa-Guru", None, None))

    packet = picture.info.get("xmp") or picture.info["XML:com.adobe.xmp"].encode()
    alt_texts = {item.get(LANGUAGE): item.text for item in ElementTree.fromstring(packet).iterfind(ALT_PATH)}

    assert alt_texts == {"x-default": alt, "pa-Guru": alt}


def test_the_alt_text_counts_towards_the_file_size() -> None:
    without_alt, with_alt = (
        encode(np.asarray(make_picture()), "jpg", alt, "en-GB", None, None) for alt in ("", ALT)
    )

    assert len(with_alt.content) - len(without_alt.content) == 2 * len(ALT.encode())


@pytest.mark.parametrize("file_format", ["jpg", "webp", "png"])
def test_a_file_has_the_srgb_profile_and_no_other_metadata(file_format: str) -> None:
    picture = decode(encode_as(file_format))

    assert picture.info["icc_profile"] == srgb_profile()
    assert dict(picture.getexif()) == {}
    assert b"Pillow" not in encode_as(file_format).content


def test_the_srgb_profile_has_a_fixed_date() -> None:
    profile = srgb_profile()

    assert "sRGB" in ImageCms.getProfileName(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    assert profile[24:36] == bytes([0x07, 0xEA, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])
    srgb_profile.cache_clear()
    assert srgb_profile() == profile


@pytest.mark.parametrize("file_format", ["jpg", "webp", "png"])
@pytest.mark.parametrize("limit", [None, 7_000])
def test_encoding_a_picture_twice_gives_the_same_bytes(file_format: str, limit: int | None) -> None:
    assert encode_as(file_format, limit) == encode_as(file_format, limit)


def test_the_xmp_packet_contains_only_the_alt_text() -> None:
    tags = [element.tag.split("}")[1] for element in ElementTree.fromstring(xmp_packet(ALT, "en-GB")).iter()]

    assert tags == ["xmpmeta", "RDF", "Description", "AltTextAccessibility", "Alt", "li", "li"]


def test_exceeding_the_maximum_bytes_is_an_error_and_the_recommended_a_warning(
    tmp_path: Path, wording: Wording
) -> None:
    campaign, assets = load_tiny(tmp_path)
    renderer, card = Renderer(campaign), assets[CARD_ID]

    def render_and_check(**limits: int) -> RenderedFile:
        limited = replace(card, spec=replace(card.spec, **limits))  # type: ignore[arg-type]
        return with_check_result(limited, renderer(limited))

    too_large, large, small = (
        render_and_check(max_bytes=1000),
        render_and_check(recommended_max_bytes=1000),
        render_and_check(),
    )

    sizes = [f"{len(rendered.content or b''):,} bytes" for rendered in (too_large, large)]
    assert any(finding.is_error for finding in too_large.findings)
    (error,), (warning,) = (
        [finding for finding in rendered.findings if finding.code == "weight"]
        for rendered in (too_large, large)
    )
    assert (str(error.place), error.severity) == ("brand/channels.yaml:2:3", Severity.ERROR)
    assert warning.severity is Severity.WARNING
    assert sizes[0] in error.text and sizes[1] in warning.text
    assert wording == [
        error.text.replace(sizes[0], "N bytes"), error.hint, warning.text.replace(sizes[1], "N bytes"),
    ]  # fmt: skip
    assert "weight" not in {finding.code for finding in small.findings}


def test_encoding_an_unknown_format_raises_an_error() -> None:
    with pytest.raises(KeyError):
        encode_as("gif")
