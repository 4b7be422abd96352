"""A finished raster file as such: whole, of its size and weight, sRGB, with its alt text and nothing of anybody."""

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
from assetgen.preflight.raster_file import is_srgb, prove_raster_file, read_xmp
from assetgen.preflight.results import Proof
from assetgen.rendering.images.raster import encode, srgb_profile, xmp_packet
from tests.support.factories import make_spec
from tests.support.wording import Wording

ALT = "A lit doorway & a path."
FORMATS = ("png", "jpg", "webp")
WIDTH, HEIGHT = 96, 64


def picture() -> Image.Image:
    drawn = Image.new("RGB", (WIDTH, HEIGHT), (16, 38, 44))
    ImageDraw.Draw(drawn).ellipse((20, 10, 70, 50), fill=(240, 170, 110), outline=(255, 255, 255))
    return drawn


@cache
def built(file_format: str) -> bytes:
    """Return the file as the build encodes it."""
    return encode(np.asarray(picture()), file_format, ALT, "en-GB", None, None).content


def raster_spec(file_format: str, **changes: Any) -> Spec:
    size = {"width": float(WIDTH), "height": float(HEIGHT)}
    return make_spec(**{**size, "format": file_format, "alt": ALT, **changes})


def proof_of(content: bytes, file_format: str = "png", **changes: Any) -> tuple[Proof, Image.Image | None]:
    return prove_raster_file(content, raster_spec(file_format, **changes))


def said(content: bytes, file_format: str = "png", **changes: Any) -> list[tuple[str, str]]:
    """Return the codes and words of what was found."""
    return [(f.code, f.text) for f in proof_of(content, file_format, **changes)[0].findings]


def only(code: str, found: list[tuple[str, str]]) -> str:
    """Return the words of the one finding that has this code."""
    (text,) = [text for one, text in found if one == code]
    return text


def png_with(name: bytes, body: bytes) -> bytes:
    """Return the sound PNG with a chunk more, before its end."""
    chunk = struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return built("png")[:-12] + chunk + built("png")[-12:]


def saved(file_format: str, picture: Image.Image, **more: Any) -> bytes:
    """Return a picture saved by Pillow, with the profile and the XMP that are due unless told otherwise."""
    out = io.BytesIO()
    options: dict[str, Any] = {"icc_profile": srgb_profile(), "xmp": xmp_packet(ALT, "en-GB"), **more}
    if file_format == "png":
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", options.pop("xmp").decode())
        options["pnginfo"] = info
    picture.save(out, {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}[file_format], **options)
    return out.getvalue()


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_file_as_it_is_built_has_no_finding_and_its_picture_is_given(file_format: str) -> None:
    proof, seen = proof_of(built(file_format), file_format)

    assert proof == Proof()
    assert seen is not None
    assert (seen.mode, seen.size) == ("RGB", (WIDTH, HEIGHT))
    assert seen.getpixel((45, 30)) == pytest.approx((240, 170, 110), abs=12)


def test_a_png_of_few_colours_is_as_good() -> None:
    noise = Image.effect_noise((WIDTH, HEIGHT), 90).convert("RGB")
    few = encode(np.asarray(noise), "png", ALT, "en-GB", 1, None).content

    proof, seen = proof_of(few)

    assert proof == Proof()
    assert seen is not None
    assert seen.mode == "P"


# Whole.


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("keeps", [0.0, 0.02, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_told_even_where_pillow_was_made_to_take_it(
    file_format: str, keeps: float
) -> None:
    ImageFile.LOAD_TRUNCATED_IMAGES = True  # as the layout engine leaves it
    content = built(file_format)

    proof, seen = proof_of(content[: int(len(content) * keeps)], file_format)

    assert [finding.code for finding in proof.findings] == ["size"]
    assert seen is None


@pytest.mark.parametrize("file_format", FORMATS)
def test_another_format_under_this_name_is_told(file_format: str) -> None:
    for other in set(FORMATS) - {file_format}:
        assert [code for code, _ in said(built(other), file_format)] == ["size"]


def test_pixels_that_were_damaged_are_told_by_their_sum(wording: Wording) -> None:
    at = built("png").index(b"IDAT") + 40
    damaged = built("png")[:at] + bytes([built("png")[at] ^ 1]) + built("png")[at + 1 :]

    told = said(damaged)
    assert len(told) == 1
    assert wording == only("size", told)


@pytest.mark.parametrize(
    ("file_format", "content"),
    [("jpg", b"\xff\xd8\xff\xd9"), ("webp", b"RIFF\4\0\0\0WEBP")],
    ids=["jpg", "webp"],
)
def test_a_file_of_the_right_form_with_nothing_in_it_is_told(
    file_format: str, content: bytes, wording: Wording
) -> None:
    code, text = said(content, file_format)[-1]

    assert code == "size"
    assert wording == text


@pytest.mark.parametrize("file_format", FORMATS)
def test_what_hangs_on_behind_the_end_is_told(file_format: str, wording: Wording) -> None:
    told = said(built(file_format) + b"hello", file_format)

    assert len(told) == 1
    assert "5" in only("metadata", told)
    assert wording == only("metadata", told)


# Size, weight, colours.


@pytest.mark.parametrize("file_format", FORMATS)
def test_another_size_is_told_and_the_picture_given_all_the_same(file_format: str, wording: Wording) -> None:
    proof, seen = proof_of(built(file_format), file_format, width=100.0)

    (finding,) = proof.findings
    assert finding.code == "size"
    assert "96 × 64 px" in finding.text and "100 × 64 px" in finding.text
    assert wording == finding.text
    assert seen is not None


@pytest.mark.parametrize("side", [6_000, 12_000, 60_000])
def test_more_pixels_than_anybody_holds_are_never_decoded(side: int) -> None:
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    at = built("png").index(b"IHDR") + 4
    bomb = built("png")[:at] + head + struct.pack(">I", zlib.crc32(b"IHDR" + head)) + built("png")[at + 17 :]

    proof, seen = proof_of(bomb)

    assert {finding.code for finding in proof.findings} == {"size"}
    assert seen is None


def test_more_pixels_than_anybody_holds_are_told_even_where_the_channel_asks_for_them(
    wording: Wording,
) -> None:
    head = struct.pack(">IIBBBBB", 6000, 6000, 8, 2, 0, 0, 0)
    at = built("png").index(b"IHDR") + 4
    bomb = built("png")[:at] + head + struct.pack(">I", zlib.crc32(b"IHDR" + head)) + built("png")[at + 17 :]

    told = said(bomb, width=6000.0, height=6000.0)
    assert len(told) == 1
    assert all(number in only("size", told) for number in ("36,000,000", "25,000,000"))
    assert wording == only("size", told)


def test_weight_over_the_limit_is_an_error_and_over_the_advice_a_warning() -> None:
    weight = len(built("png"))

    over, advised = (
        proof_of(built("png"), max_bytes=weight - 1)[0],
        proof_of(built("png"), recommended_max_bytes=weight - 1)[0],
    )

    assert [(f.code, f.severity.value) for f in over.findings] == [("weight", "error")]
    assert [(f.code, f.severity.value) for f in advised.findings] == [("weight", "warning")]
    assert proof_of(built("png"), max_bytes=weight, recommended_max_bytes=weight)[0] == Proof()


@pytest.mark.parametrize("mode", ["RGBA", "L", "LA", "1"])
def test_colours_that_are_not_plain_rgb_are_told(mode: str, wording: Wording) -> None:
    text = only("size", said(saved("png", picture().convert(mode))))

    assert mode in text
    assert wording == text


def test_a_jpeg_in_ink_is_told() -> None:
    codes = [code for code, _ in said(saved("jpg", picture().convert("CMYK")), "jpg")]

    assert "size" in codes


@pytest.mark.parametrize("file_format", ["png", "webp"])
def test_a_picture_that_moves_is_told(file_format: str, wording: Wording) -> None:
    moving = saved(
        file_format, picture(), save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT))], duration=500
    )

    told = [text for code, text in said(moving, file_format) if code == "size"]
    assert told
    assert wording == told


# Profile, alt text, metadata.


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_file_without_a_profile_is_told(file_format: str, wording: Wording) -> None:
    told = said(saved(file_format, picture(), icc_profile=None), file_format)

    assert len(told) == 1
    assert wording == only("metadata", told)


@pytest.mark.parametrize("file_format", FORMATS)
def test_another_profile_is_told_whatever_it_calls_itself(file_format: str, wording: Wording) -> None:
    other = bytearray(srgb_profile())
    entry = other.index(b"rXYZ")  # in the table of tags: name, place, length
    place = int.from_bytes(other[entry + 4 : entry + 8])
    other[place + 8 : place + 12] = struct.pack(">i", int(0.61 * 65536))  # a redder red

    told = said(saved(file_format, picture(), icc_profile=bytes(other)), file_format)
    assert len(told) == 1
    assert wording == only("metadata", told)


@pytest.mark.parametrize("profile", [b"", b"not one", srgb_profile()[:200]])
def test_a_profile_that_is_none_is_not_srgb(profile: bytes) -> None:
    assert is_srgb(srgb_profile())
    assert not is_srgb(profile)


def test_a_profile_for_another_kind_of_colour_is_told(wording: Wording) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()

    told = said(saved("jpg", picture(), icc_profile=lab), "jpg")
    assert "metadata" in {code for code, _ in told}
    assert wording == [text for code, text in told if code == "metadata"]


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_lost_alt_text_and_another_one_are_told(file_format: str, wording: Wording) -> None:
    other = saved(file_format, picture(), xmp=xmp_packet("A door.", "en-GB"))
    empty = saved(file_format, picture(), xmp=xmp_packet("", "en-GB"))

    told = [*said(other, file_format), *said(empty, file_format)]
    assert [code for code, _ in told] == ["alt-missing", "alt-missing"]
    assert wording == [text for _, text in told]


def test_a_file_without_any_xmp_has_lost_its_alt_text(wording: Wording) -> None:
    out = io.BytesIO()
    picture().save(out, "JPEG", icc_profile=srgb_profile())

    told = said(out.getvalue(), "jpg")
    assert len(told) == 1
    assert wording == only("alt-missing", told)


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
def test_a_part_of_a_png_that_nobody_needs_is_told(name: bytes, body: bytes, wording: Wording) -> None:
    told = [text for code, text in said(png_with(name, body)) if code == "metadata"]

    assert any(name.decode() in text for text in told)
    assert wording == told


def test_a_crowd_of_foreign_parts_is_told_in_few_words(wording: Wording) -> None:
    crowd = built("png")[:-12]
    for at in range(500):
        name = b"x" + str(at).zfill(3).encode()
        crowd += struct.pack(">I", 0) + name + struct.pack(">I", zlib.crc32(name))

    texts = [text for _, text in said(crowd + built("png")[-12:])]

    assert len(texts) == 6
    assert "495" in texts[-1]
    assert wording == texts[-1]


def test_a_place_where_a_photograph_was_taken_is_told(wording: Wording) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (52.8, 0.0, 0.0)

    told = [
        text
        for file_format in ("jpg", "webp")
        for code, text in said(saved(file_format, picture(), exif=exif), file_format)
        if code == "metadata" and "EXIF" in text
    ]

    assert len(told) == 2
    assert wording == told


def test_a_comment_in_a_jpeg_is_told(wording: Wording) -> None:
    told = said(saved("jpg", picture(), comment=b"by Somebody"), "jpg")

    assert len(told) == 1
    assert "by Somebody" in only("metadata", told)
    assert wording == only("metadata", told)


def test_what_else_an_editor_writes_into_the_xmp_is_told_by_its_name(wording: Wording) -> None:
    packet = xmp_packet(ALT, "en-GB").replace(
        b'rdf:about=""', b'rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Editor 9"'
    )

    told = said(saved("jpg", picture(), xmp=packet), "jpg")
    assert len(told) == 1
    assert "CreatorTool" in only("metadata", told)
    assert wording == only("metadata", told)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_xmp_is_read_or_refused_in_words(content: bytes) -> None:
    try:
        read_xmp(content)
    except ValueError as error:
        assert str(error)


@pytest.mark.parametrize(
    "packet", [b"<x", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', b"<x>" + b" " * 64_000 + b"</x>"]
)
def test_an_xmp_that_is_none_is_told(packet: bytes) -> None:
    (finding,) = said(saved("webp", picture(), xmp=packet), "webp")

    assert finding[0] == "metadata"
    assert "XMP" in finding[1]


def test_every_finding_of_an_error_says_what_to_do() -> None:
    findings = [
        *proof_of(b"")[0].findings,
        *proof_of(png_with(b"tEXt", b"a\0b"), max_bytes=1, width=1.0, alt="A door.")[0].findings,
    ]

    assert {finding.code for finding in findings} == {"size", "weight", "metadata", "alt-missing"}
    assert all(finding.hint for finding in findings)


# What would keep a reader busy for minutes is done with at once, or the suite hangs.


def test_a_scan_of_nothing_but_ff_is_passed_in_one_go() -> None:
    endless = built("jpg")[:-2] + b"\xff" * 1_000_000 + b"\0" * 10

    assert [code for code, _ in said(endless, "jpg")] == ["size"]


def test_a_jpeg_drawn_over_and_over_again_is_refused(wording: Wording) -> None:
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x00"

    told = said(built("jpg")[:-2] + scan * 30 + b"\xff\xd9", "jpg")
    assert len(told) == 1
    assert wording == only("size", told)


def test_a_profile_that_swells_out_of_all_measure_is_refused(wording: Wording) -> None:
    body = b"ICC Profile\0\0" + zlib.compress(bytes(50_000_000))
    chunk = struct.pack(">I", len(body)) + b"iCCP" + body + struct.pack(">I", zlib.crc32(b"iCCP" + body))
    start = built("png")[:33]  # the magic and IHDR

    told = said(start + chunk + built("png")[33:])
    assert len(told) == 1
    assert wording == only("size", told)


# Whatever the bytes are, there is an answer.


@settings(max_examples=150)
@given(file_format=st.sampled_from(FORMATS), content=st.binary(max_size=300), own_start=st.booleans())
def test_any_bytes_have_a_finding(file_format: str, content: bytes, own_start: bool) -> None:
    start = built(file_format)[:40] if own_start else b""

    proof, seen = proof_of(start + content, file_format)

    assert not proof.ok
    assert seen is None


@settings(max_examples=150)
@given(file_format=st.sampled_from(FORMATS), data=st.data())
def test_a_file_cut_short_anywhere_has_a_finding(file_format: str, data: st.DataObject) -> None:
    length = data.draw(st.integers(0, len(built(file_format)) - 1))

    assert not proof_of(built(file_format)[:length], file_format)[0].ok


@settings(max_examples=400)
@given(file_format=st.sampled_from(FORMATS), data=st.data())
def test_a_file_changed_anywhere_is_judged_and_a_png_that_passes_is_the_same_picture(
    file_format: str, data: st.DataObject
) -> None:
    sound = built(file_format)
    at, gone = data.draw(st.integers(0, len(sound) - 1)), data.draw(st.integers(0, 30))
    changed = sound[:at] + data.draw(st.binary(max_size=12)) + sound[at + gone :]

    proof, seen = proof_of(changed, file_format)

    assert not proof.ok or seen is not None
    assert not any("object at" in finding.text for finding in proof.findings)
    if proof.ok and file_format == "png":
        assert seen is not None
        assert seen.tobytes() == picture().tobytes()
