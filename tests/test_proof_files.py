"""Finished files as such: whole, of their size and weight, with profile and alt text, and with nothing more."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pikepdf
import pytest
from factories import make_spec
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from assetgen.findings import Severity
from assetgen.plan.asset import Spec
from assetgen.preflight.pdf_file import prove_pdf_file
from assetgen.preflight.raster_file import is_srgb, prove_raster_file
from assetgen.preflight.xmp import read_xmp
from assetgen.render.encode import encode, srgb_profile, xmp_packet

FORMATS = ("png", "jpg", "webp")
SIZE = (48, 32)


def spec_for(file_format: str, **changes: object) -> Spec:
    return make_spec(format=file_format, width=48.0, height=32.0, **changes)


def picture() -> Image.Image:
    drawn = Image.linear_gradient("L").resize(SIZE)
    return Image.merge("RGB", (drawn, drawn.transpose(Image.Transpose.ROTATE_180), drawn))


@cache
def sound(file_format: str) -> bytes:
    return encode(picture(), file_format, make_spec().alt, "en-GB", None, None).content


def codes(content: bytes, spec: Spec) -> list[str]:
    proof, _ = prove_raster_file(content, spec)
    return [finding.code for finding in proof.findings]


@pytest.mark.parametrize("file_format", FORMATS)
def test_what_the_tool_writes_is_sound(file_format: str) -> None:
    proof, seen = prove_raster_file(sound(file_format), spec_for(file_format))

    assert proof.findings == ()
    assert seen is not None and seen.size == SIZE


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("other", FORMATS)
def test_another_format_under_the_name_is_not_the_channels_file(file_format: str, other: str) -> None:
    if other != file_format:
        assert codes(sound(other), spec_for(file_format)) == ["size"]


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_file_cut_short_is_named_at_every_length(file_format: str) -> None:
    content = sound(file_format)
    ImageFile.LOAD_TRUNCATED_IMAGES = True  # as the layout engine leaves it
    for end in range(0, len(content), 7):
        assert "size" in codes(content[:end], spec_for(file_format)), f"cut at {end}"


@pytest.mark.parametrize("file_format", FORMATS)
def test_bytes_after_the_end_are_named(file_format: str) -> None:
    assert codes(sound(file_format) + b"C:\\Users\\smith", spec_for(file_format)) == ["metadata"]


def saved(name: str, **options: object) -> bytes:
    kept = {"icc_profile": srgb_profile(), "xmp": xmp_packet(make_spec().alt, "en-GB"), **options}
    out = io.BytesIO()
    drawn = kept.pop("picture", None) or picture()
    assert isinstance(drawn, Image.Image)
    drawn.save(out, name, **{key: value for key, value in kept.items() if value is not None})
    return out.getvalue()


def half_clear() -> Image.Image:
    drawn = picture().convert("RGBA")
    drawn.putalpha(128)
    return drawn


def exif() -> bytes:
    told = Image.Exif()
    told[0x013B] = "J. Smith"
    return told.tobytes()


SPOILT: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a camera's data in a JPEG": ("jpg", lambda: saved("JPEG", exif=exif()), "metadata"),
    "a camera's data in a WebP": ("webp", lambda: saved("WEBP", exif=exif()), "metadata"),
    "a comment": ("jpg", lambda: saved("JPEG", comment=b"made by jsmith"), "metadata"),
    "resolution in a PNG": ("png", lambda: saved("PNG", dpi=(300, 300)), "metadata"),
    "no profile": ("jpg", lambda: saved("JPEG", icc_profile=None), "metadata"),
    "a damaged profile": ("jpg", lambda: saved("JPEG", icc_profile=b"not one"), "metadata"),
    "an editor's XMP": ("jpg", lambda: saved("JPEG", xmp=editors_xmp()), "metadata"),
    "XMP that is no XML": ("jpg", lambda: saved("JPEG", xmp=b"<x"), "metadata"),
    "no alt text": ("jpg", lambda: saved("JPEG", xmp=None), "alt-missing"),
    "another alt text": ("jpg", lambda: saved("JPEG", xmp=xmp_packet("Another.", "en-GB")), "alt-missing"),
    "another size": ("jpg", lambda: saved("JPEG", picture=picture().resize((49, 32))), "size"),
    "greys": ("jpg", lambda: saved("JPEG", picture=picture().convert("L")), "size"),
    "inks": ("jpg", lambda: saved("JPEG", picture=picture().convert("CMYK")), "size"),
    "transparency": ("webp", lambda: saved("WEBP", picture=half_clear()), "size"),
    "two pictures": (
        "webp",
        lambda: saved("WEBP", save_all=True, append_images=[Image.new("RGB", SIZE)]),
        "metadata",
    ),
}


def editors_xmp() -> bytes:
    own = xmp_packet(make_spec().alt, "en-GB").decode()
    return own.replace(
        'rdf:about=""', 'rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="x"'
    ).encode()


@pytest.mark.parametrize("fault", SPOILT)
def test_a_spoilt_file_is_named(fault: str) -> None:
    file_format, make, code = SPOILT[fault]

    assert code in codes(make(), spec_for(file_format)), codes(make(), spec_for(file_format))


def test_weight_is_an_error_over_the_limit_and_a_warning_over_the_advice() -> None:
    weight = len(sound("png"))
    too_heavy, _ = prove_raster_file(sound("png"), spec_for("png", max_bytes=weight - 1))
    advised, _ = prove_raster_file(sound("png"), spec_for("png", advised_bytes=weight - 1))
    kept, _ = prove_raster_file(sound("png"), spec_for("png", max_bytes=weight, advised_bytes=weight))

    assert [(f.code, f.severity) for f in too_heavy.findings] == [("weight", Severity.ERROR)]
    assert [(f.code, f.severity) for f in advised.findings] == [("weight", Severity.WARNING)]
    assert kept.findings == ()


def test_a_picture_out_of_all_measure_is_not_decoded() -> None:
    head = b"IHDR" + (60_000).to_bytes(4) + (60_000).to_bytes(4) + bytes([8, 2, 0, 0, 0])
    chunk = (13).to_bytes(4) + head + zlib.crc32(head).to_bytes(4)
    content = sound("png")[:8] + chunk + sound("png")[33:]

    proof, seen = prove_raster_file(content, spec_for("png"))

    assert seen is None and "size" in {finding.code for finding in proof.findings}


def test_a_profile_is_judged_by_where_it_leads_colours_not_by_its_name() -> None:
    swapped = (
        srgb_profile()
        .replace(b"rXYZ", b"\0tmp", 1)
        .replace(b"gXYZ", b"rXYZ", 1)
        .replace(b"\0tmp", b"gXYZ", 1)
    )

    assert is_srgb(srgb_profile()) and not is_srgb(swapped) and not is_srgb(b"")


@given(st.sampled_from(FORMATS), st.binary(max_size=400))
def test_any_bytes_are_judged_without_a_traceback(file_format: str, content: bytes) -> None:
    assert codes(content, spec_for(file_format))


@given(st.sampled_from(FORMATS), st.integers(0, 10_000), st.integers(0, 255))
def test_a_changed_byte_is_judged_without_a_traceback(file_format: str, at: int, value: int) -> None:
    content = bytearray(sound(file_format))
    content[at % len(content)] = value

    prove_raster_file(bytes(content), spec_for(file_format))


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_xmp_is_read_or_refused_in_words(content: bytes) -> None:
    try:
        read_xmp(content)
    except ValueError as error:
        assert str(error)


# PDF


@cache
def page() -> bytes:
    """Return a page of 100 × 60 mm with 3 mm of bleed, as the layout engine writes one."""
    pdf = pikepdf.new()
    mm = 72 / 25.4
    pdf.add_blank_page(page_size=(100 * mm, 60 * mm))
    own = pdf.pages[0].obj
    outer = pikepdf.Array([-3 * mm, -3 * mm, 103 * mm, 63 * mm])
    own.MediaBox, own.BleedBox, own.TrimBox = outer, outer, pikepdf.Array([0, 0, 100 * mm, 60 * mm])
    pdf.docinfo["/Title"], pdf.docinfo["/Producer"] = "Stop It Now!", "WeasyPrint 70.0"
    pdf.Root.Lang, pdf.Root.StructTreeRoot = pikepdf.String("en-GB"), pikepdf.Dictionary()
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


PAGE_SPEC = replace(make_spec(), format="pdf", unit="mm", width=100.0, height=60.0, bleed_mm=3.0, ppi=300)


def changed(change: Callable[[pikepdf.Pdf], object], **options: object) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(page())) as pdf:
        change(pdf)
        pdf.save(out, **options)
    return out.getvalue()


def link_to(target: str) -> Callable[[pikepdf.Pdf], object]:
    def change(pdf: pikepdf.Pdf) -> None:
        action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(target))
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action
        )
        pdf.pages[0].obj.Annots = pikepdf.Array([note])

    return change


def boxed(name: str, *sides: float) -> Callable[[pikepdf.Pdf], object]:
    return lambda pdf: pdf.pages[0].obj.__setitem__(name, pikepdf.Array(list(sides)))


PAGES: dict[str, tuple[Callable[[pikepdf.Pdf], object], str]] = {
    "two pages": (lambda pdf: pdf.pages.append(pdf.pages[0]), "size"),
    "no trim": (lambda pdf: pdf.pages[0].obj.__delitem__("/TrimBox"), "size"),
    "another trim": (boxed("/TrimBox", 0, 0, 280, 170.08), "size"),
    "no bleed": (boxed("/MediaBox", 0, 0, 283.465, 170.079), "size"),
    "a crop": (boxed("/CropBox", 0, 0, 100, 100), "size"),
    "a box of three sides": (boxed("/TrimBox", 0, 0, 280), "size"),
    "turned": (lambda pdf: pdf.pages[0].obj.__setitem__("/Rotate", 90), "size"),
    "an author": (lambda pdf: pdf.docinfo.__setitem__("/Author", "J. Smith"), "metadata"),
    "another program": (lambda pdf: pdf.docinfo.__setitem__("/Producer", "Editor 3"), "metadata"),
    "a script": (
        lambda pdf: pdf.Root.__setitem__(
            "/OpenAction", pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="x")
        ),
        "metadata",
    ),
    "a stranger's link": (link_to("https://www.example.org/"), "facts-altered"),
    "no title": (lambda pdf: pdf.docinfo.__delitem__("/Title"), "alt-missing"),
    "no language": (lambda pdf: pdf.Root.__delitem__("/Lang"), "alt-missing"),
    "no tags": (lambda pdf: pdf.Root.__delitem__("/StructTreeRoot"), "alt-missing"),
}


def test_a_page_as_the_engine_writes_it_is_sound() -> None:
    assert prove_pdf_file(page(), PAGE_SPEC).findings == ()


@pytest.mark.parametrize("target", ["https://www.stopitnow.org.uk/help", "tel:+448081000900"])
def test_a_link_to_the_helpline_is_no_fault(target: str) -> None:
    assert prove_pdf_file(changed(link_to(target)), PAGE_SPEC).findings == ()


@pytest.mark.parametrize("fault", PAGES)
def test_a_spoilt_page_is_named(fault: str) -> None:
    change, code = PAGES[fault]

    found = [finding.code for finding in prove_pdf_file(changed(change), PAGE_SPEC).findings]

    assert code in found, found


def test_a_locked_file_is_named() -> None:
    locked = changed(lambda pdf: None, encryption=pikepdf.Encryption(owner="o", user="u"))

    assert [finding.code for finding in prove_pdf_file(locked, PAGE_SPEC).findings] == ["size"]


@given(st.binary(max_size=300))
def test_any_bytes_as_a_pdf_are_judged_without_a_traceback(content: bytes) -> None:
    assert [finding.code for finding in prove_pdf_file(content, PAGE_SPEC).findings] == ["size"]


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=9))
def test_a_pdf_with_changed_bytes_is_judged_without_a_traceback(at: int, other: bytes) -> None:
    content = bytearray(page())
    start = at % len(content)
    content[start : start + len(other)] = other

    prove_pdf_file(bytes(content), PAGE_SPEC)
