"""Finished raster files: complete, of the right size and weight, sRGB, with alt text, no foreign metadata."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, ImageFile
from PIL.PngImagePlugin import PngInfo

from assetgen.planning.asset import Spec
from assetgen.preflight.raster_file import check_raster_file, is_srgb, read_xmp
from assetgen.preflight.results import PreflightResult
from assetgen.rendering.images.raster import encode, srgb_profile, xmp_packet
from tests.support.factories import make_spec
from tests.support.wording import Wording

ALT = "A lit doorway & a path."
FORMATS = ("png", "jpg", "webp")
WIDTH, HEIGHT = 96, 64


def picture() -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), (16, 38, 44))
    ImageDraw.Draw(image).ellipse((20, 10, 70, 50), fill=(240, 170, 110), outline=(255, 255, 255))
    return image


@cache
def built(file_format: str) -> bytes:
    """Return the file as the build encodes it."""
    return encode(np.asarray(picture()), file_format, ALT, "en-GB", None, None).content


def raster_spec(file_format: str, **changes: Any) -> Spec:
    size = {"width": float(WIDTH), "height": float(HEIGHT)}
    return make_spec(**{**size, "format": file_format, "alt": ALT, **changes})


def preflight(
    content: bytes, file_format: str = "png", **changes: Any
) -> tuple[PreflightResult, Image.Image | None]:
    """Return the result of the preflight check, and the decoded picture."""
    return check_raster_file(content, raster_spec(file_format, **changes))


def reported(content: bytes, file_format: str = "png", **changes: Any) -> list[tuple[str, str]]:
    """Return the code and the text of each finding."""
    return [(f.code, f.text) for f in preflight(content, file_format, **changes)[0].findings]


def only_text(code: str, findings: list[tuple[str, str]]) -> str:
    """Return the text of the one finding that has this code."""
    (text,) = [text for found_code, text in findings if found_code == code]
    return text


def png_with(name: bytes, body: bytes) -> bytes:
    """Return the valid PNG with an extra chunk before its end."""
    chunk = struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return built("png")[:-12] + chunk + built("png")[-12:]


def saved(file_format: str, picture: Image.Image, **more: Any) -> bytes:
    """Return a picture saved by Pillow, with a valid profile and valid XMP unless ``more`` replaces them."""
    out = io.BytesIO()
    options: dict[str, Any] = {"icc_profile": srgb_profile(), "xmp": xmp_packet(ALT, "en-GB"), **more}
    if file_format == "png":
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", options.pop("xmp").decode())
        options["pnginfo"] = info
    picture.save(out, {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}[file_format], **options)
    return out.getvalue()


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_built_file_has_no_findings_and_its_picture_is_returned(file_format: str) -> None:
    result, decoded = preflight(built(file_format), file_format)

    assert result == PreflightResult()
    assert decoded is not None
    assert (decoded.mode, decoded.size) == ("RGB", (WIDTH, HEIGHT))
    assert decoded.getpixel((45, 30)) == pytest.approx((240, 170, 110), abs=12)


def test_a_png_with_a_palette_is_accepted() -> None:
    noise = Image.effect_noise((WIDTH, HEIGHT), 90).convert("RGB")
    few = encode(np.asarray(noise), "png", ALT, "en-GB", 1, None).content

    result, decoded = preflight(few)

    assert result == PreflightResult()
    assert decoded is not None
    assert decoded.mode == "P"


# Complete files.


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_reported_even_if_pillow_accepts_it(file_format: str, share: float) -> None:
    ImageFile.LOAD_TRUNCATED_IMAGES = True  # the layout engine sets this
    content = built(file_format)

    result, decoded = preflight(content[: int(len(content) * share)], file_format)

    assert [finding.code for finding in result.findings] == ["size"]
    assert decoded is None


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_file_of_the_wrong_format_is_reported(file_format: str) -> None:
    for other in set(FORMATS) - {file_format}:
        assert [code for code, _ in reported(built(other), file_format)] == ["size"]


def test_damaged_pixels_are_reported_by_their_checksum(wording: Wording) -> None:
    at = built("png").index(b"IDAT") + 40
    damaged = built("png")[:at] + bytes([built("png")[at] ^ 1]) + built("png")[at + 1 :]

    findings = reported(damaged)
    assert len(findings) == 1
    assert wording == only_text("size", findings)


@pytest.mark.parametrize(
    ("file_format", "content"),
    [("jpg", b"\xff\xd8\xff\xd9"), ("webp", b"RIFF\4\0\0\0WEBP")],
    ids=["jpg", "webp"],
)
def test_a_file_without_a_picture_is_reported(file_format: str, content: bytes, wording: Wording) -> None:
    code, text = reported(content, file_format)[-1]

    assert code == "size"
    assert wording == text


@pytest.mark.parametrize("file_format", FORMATS)
def test_bytes_after_the_end_of_the_file_are_reported(file_format: str, wording: Wording) -> None:
    findings = reported(built(file_format) + b"hello", file_format)

    assert len(findings) == 1
    assert "5" in only_text("metadata", findings)
    assert wording == only_text("metadata", findings)


# Size, weight, colours.


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_wrong_size_is_reported_and_the_picture_still_returned(file_format: str, wording: Wording) -> None:
    result, decoded = preflight(built(file_format), file_format, width=100.0)

    (finding,) = result.findings
    assert finding.code == "size"
    assert "96 × 64 px" in finding.text and "100 × 64 px" in finding.text
    assert wording == finding.text
    assert decoded is not None


@pytest.mark.parametrize("side", [6_000, 12_000, 60_000])
def test_a_picture_with_too_many_pixels_is_not_decoded(side: int) -> None:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    at = built("png").index(b"IHDR") + 4
    bomb = (
        built("png")[:at] + header + struct.pack(">I", zlib.crc32(b"IHDR" + header)) + built("png")[at + 17 :]
    )

    result, decoded = preflight(bomb)

    assert {finding.code for finding in result.findings} == {"size"}
    assert decoded is None


def test_too_many_pixels_are_reported_even_if_the_channel_requires_them(
    wording: Wording,
) -> None:
    header = struct.pack(">IIBBBBB", 6000, 6000, 8, 2, 0, 0, 0)
    at = built("png").index(b"IHDR") + 4
    bomb = (
        built("png")[:at] + header + struct.pack(">I", zlib.crc32(b"IHDR" + header)) + built("png")[at + 17 :]
    )

    findings = reported(bomb, width=6000.0, height=6000.0)
    assert len(findings) == 1
    assert all(number in only_text("size", findings) for number in ("36,000,000", "25,000,000"))
    assert wording == only_text("size", findings)


def test_a_picture_over_its_limit_or_recommended_weight_is_reported() -> None:
    weight = len(built("png"))

    over_limit, over_recommended = (
        preflight(built("png"), max_bytes=weight - 1)[0],
        preflight(built("png"), recommended_max_bytes=weight - 1)[0],
    )

    assert [(f.code, f.severity.value) for f in over_limit.findings] == [("weight", "error")]
    assert [(f.code, f.severity.value) for f in over_recommended.findings] == [("weight", "warning")]
    assert preflight(built("png"), max_bytes=weight, recommended_max_bytes=weight)[0] == PreflightResult()


@pytest.mark.parametrize("mode", ["RGBA", "L", "LA", "1"])
def test_colour_modes_other_than_rgb_are_reported(mode: str, wording: Wording) -> None:
    text = only_text("size", reported(saved("png", picture().convert(mode))))

    assert mode in text
    assert wording == text


def test_a_cmyk_jpeg_is_reported() -> None:
    codes = [code for code, _ in reported(saved("jpg", picture().convert("CMYK")), "jpg")]

    assert "size" in codes


@pytest.mark.parametrize("file_format", ["png", "webp"])
def test_an_animated_picture_is_reported(file_format: str, wording: Wording) -> None:
    animated = saved(
        file_format, picture(), save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT))], duration=500
    )

    texts = [text for code, text in reported(animated, file_format) if code == "size"]
    assert texts
    assert wording == texts


# Profile, alt text, metadata.


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_file_without_a_colour_profile_is_reported(file_format: str, wording: Wording) -> None:
    findings = reported(saved(file_format, picture(), icc_profile=None), file_format)

    assert len(findings) == 1
    assert wording == only_text("metadata", findings)


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_profile_that_only_claims_to_be_srgb_is_reported(file_format: str, wording: Wording) -> None:
    other = bytearray(srgb_profile())
    entry = other.index(b"rXYZ")  # in the tag table: name, offset, length
    place = int.from_bytes(other[entry + 4 : entry + 8])
    other[place + 8 : place + 12] = struct.pack(">i", int(0.61 * 65536))  # a redder red

    findings = reported(saved(file_format, picture(), icc_profile=bytes(other)), file_format)
    assert len(findings) == 1
    assert wording == only_text("metadata", findings)


@pytest.mark.parametrize(
    "profile", [b"", b"not one", srgb_profile()[:200]], ids=["empty", "not a profile", "truncated"]
)
def test_an_invalid_profile_is_not_srgb(profile: bytes) -> None:
    assert is_srgb(srgb_profile())
    assert not is_srgb(profile)


def test_a_lab_profile_is_reported(wording: Wording) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()

    findings = reported(saved("jpg", picture(), icc_profile=lab), "jpg")
    assert "metadata" in {code for code, _ in findings}
    assert wording == [text for code, text in findings if code == "metadata"]


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_wrong_or_empty_alt_text_is_reported(file_format: str, wording: Wording) -> None:
    other = saved(file_format, picture(), xmp=xmp_packet("A door.", "en-GB"))
    empty = saved(file_format, picture(), xmp=xmp_packet("", "en-GB"))

    findings = [*reported(other, file_format), *reported(empty, file_format)]
    assert [code for code, _ in findings] == ["alt-missing", "alt-missing"]
    assert wording == [text for _, text in findings]


def test_a_file_without_xmp_is_reported_as_having_no_alt_text(wording: Wording) -> None:
    out = io.BytesIO()
    picture().save(out, "JPEG", icc_profile=srgb_profile())

    findings = reported(out.getvalue(), "jpg")
    assert len(findings) == 1
    assert wording == only_text("alt-missing", findings)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        (b"tEXt", b"Author\0Somebody"),
        (b"tIME", bytes(7)),
        (b"pHYs", bytes(9)),
        (b"eXIf", b"MM\0*" + bytes(8)),
        (b"prVt", b"whatever"),
    ],
    ids=["tEXt", "tIME", "pHYs", "eXIf", "prVt"],
)
def test_an_unneeded_png_chunk_is_reported(name: bytes, body: bytes, wording: Wording) -> None:
    texts = [text for code, text in reported(png_with(name, body)) if code == "metadata"]

    assert any(name.decode() in text for text in texts)
    assert wording == texts


def test_many_unneeded_chunks_are_summarised(wording: Wording) -> None:
    with_chunks = built("png")[:-12]
    for at in range(500):
        name = b"x" + str(at).zfill(3).encode()
        with_chunks += struct.pack(">I", 0) + name + struct.pack(">I", zlib.crc32(name))

    texts = [text for _, text in reported(with_chunks + built("png")[-12:])]

    assert len(texts) == 6
    assert "495" in texts[-1]
    assert wording == texts[-1]


def test_the_gps_position_of_a_photograph_is_reported(wording: Wording) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (52.8, 0.0, 0.0)

    texts = [
        text
        for file_format in ("jpg", "webp")
        for code, text in reported(saved(file_format, picture(), exif=exif), file_format)
        if code == "metadata" and "EXIF" in text
    ]

    assert len(texts) == 2
    assert wording == texts


def test_a_comment_in_a_jpeg_is_reported(wording: Wording) -> None:
    findings = reported(saved("jpg", picture(), comment=b"by Somebody"), "jpg")

    assert len(findings) == 1
    assert "by Somebody" in only_text("metadata", findings)
    assert wording == only_text("metadata", findings)


def test_an_xmp_property_of_an_editor_is_reported_by_name(wording: Wording) -> None:
    packet = xmp_packet(ALT, "en-GB").replace(
        b'rdf:about=""', b'rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Editor 9"'
    )

    findings = reported(saved("jpg", picture(), xmp=packet), "jpg")
    assert len(findings) == 1
    assert "CreatorTool" in only_text("metadata", findings)
    assert wording == only_text("metadata", findings)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_xmp_is_read_or_rejected_with_a_message(content: bytes) -> None:
    try:
        read_xmp(content)
    except ValueError as error:
        assert str(error)


@pytest.mark.parametrize(
    "packet",
    [b"<x", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', b"<x>" + b" " * 64_000 + b"</x>"],
    ids=["not closed", "an entity", "too long"],
)
def test_invalid_xmp_is_reported(packet: bytes) -> None:
    ((code, text),) = reported(saved("webp", picture(), xmp=packet), "webp")

    assert code == "metadata"
    assert "XMP" in text


def test_every_finding_has_a_hint() -> None:
    findings = [
        *preflight(b"")[0].findings,
        *preflight(png_with(b"tEXt", b"a\0b"), max_bytes=1, width=1.0, alt="A door.")[0].findings,
    ]

    assert {finding.code for finding in findings} == {"size", "weight", "metadata", "alt-missing"}
    assert all(finding.hint for finding in findings)


# Files that could keep a parser busy for minutes. If one is not rejected at once, the test hangs.


def test_a_jpeg_with_a_million_ff_bytes_is_rejected_quickly() -> None:
    endless = built("jpg")[:-2] + b"\xff" * 1_000_000 + b"\0" * 10

    assert [code for code, _ in reported(endless, "jpg")] == ["size"]


def test_a_jpeg_with_too_many_scans_is_rejected(wording: Wording) -> None:
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x00"

    findings = reported(built("jpg")[:-2] + scan * 30 + b"\xff\xd9", "jpg")
    assert len(findings) == 1
    assert wording == only_text("size", findings)


def test_a_colour_profile_that_decompresses_to_too_much_is_rejected(wording: Wording) -> None:
    body = b"ICC Profile\0\0" + zlib.compress(bytes(50_000_000))
    chunk = struct.pack(">I", len(body)) + b"iCCP" + body + struct.pack(">I", zlib.crc32(b"iCCP" + body))
    start = built("png")[:33]  # the signature and IHDR

    findings = reported(start + chunk + built("png")[33:])
    assert len(findings) == 1
    assert wording == only_text("size", findings)


# Any bytes.


@settings(max_examples=150)
@given(file_format=st.sampled_from(FORMATS), content=st.binary(max_size=300), with_header=st.booleans())
def test_random_bytes_always_have_a_finding(file_format: str, content: bytes, with_header: bool) -> None:
    start = built(file_format)[:40] if with_header else b""

    result, decoded = preflight(start + content, file_format)

    assert not result.ok
    assert decoded is None


@settings(max_examples=150)
@given(file_format=st.sampled_from(FORMATS), data=st.data())
def test_a_truncated_file_always_has_a_finding(file_format: str, data: st.DataObject) -> None:
    length = data.draw(st.integers(0, len(built(file_format)) - 1))

    assert not preflight(built(file_format)[:length], file_format)[0].ok


@settings(max_examples=400)
@given(file_format=st.sampled_from(FORMATS), data=st.data())
def test_a_changed_png_that_passes_still_has_the_same_picture(file_format: str, data: st.DataObject) -> None:
    content = built(file_format)
    at, removed = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(0, 30))
    changed = content[:at] + data.draw(st.binary(max_size=12)) + content[at + removed :]

    result, decoded = preflight(changed, file_format)

    assert not result.ok or decoded is not None
    assert not any("object at" in finding.text for finding in result.findings)
    if result.ok and file_format == "png":
        assert decoded is not None
        assert decoded.tobytes() == picture().tobytes()
