"""Finished files hold only what their channel requires: no other metadata, local path, font or page box.

Their parts are read one by one, and with poppler.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zlib
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2 as pdfium
import pytest
from defusedxml import ElementTree
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from assetgen.loading.campaign import load_campaign
from assetgen.planning.planner import plan_assets
from tests.support.raw_file_parts import (
    FilePart,
    jpeg_parts,
    pdf_boxes_mm,
    pdf_fonts,
    pdfinfo_values,
    png_parts,
    run_poppler,
)

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "out"
NUMBER = "0808 1000 900"
Entry = dict[str, Any]

PNG_XMP = b"XML:com.adobe.xmp\0"
PNG_PARTS = {"IHDR", "iCCP", "iTXt", "PLTE", "IDAT", "IEND"}
UNEXPECTED_JPEG_PARTS = re.compile(r"comment|app\d+")
XMP_NAMES = {"xmpmeta", "RDF", "Description", "AltTextAccessibility", "Alt", "li"}
TOLERANCE_MM = 0.1
# A manifest's keys and the types of their values; None where a key may be null.
TYPES: dict[str, tuple[type | None, ...]] = {
    **dict.fromkeys(("id", "path", "partner", "channel", "medium", "locale", "format"), (str,)),
    **dict.fromkeys(("sha256", "alt", "alt_long"), (str,)),
    **dict.fromkeys(
        ("message", "template", "background", "variant", "link", "click", "pixel_sha256"), (str, None)
    ),
    **dict.fromkeys(("spec", "measured", "inputs"), (dict,)),
    **dict.fromkeys(("regions", "findings", "terms"), (list,)),
    "bytes": (int,),
}
PX_TYPES: dict[str, tuple[type | None, ...]] = {"width_px": (int,), "height_px": (int,)}
MM_TYPES: dict[str, tuple[type | None, ...]] = dict.fromkeys(
    ("width_mm", "height_mm", "bleed_mm", "scale"), (int, float)
)
# Whatever could reveal the machine, or the user, that made a file.
LOCAL_PATH = re.compile(
    rb"/(home|root|tmp|Users|work|usr|var|private)/[\w.]|file://|localhost|logos\.invalid|C:\\\\"
)


def unexpected_parts(content: bytes) -> list[str]:
    """Return the names of the parts of a raster file that it should not have."""
    if content.startswith(b"\x89PNG"):
        parts = png_parts(content)
        unexpected = [part.name for part in parts if part.name not in PNG_PARTS]
        texts = [part for part in parts if part.name == "iTXt"]
        unexpected += [
            f"iTXt {part.content[:20]!r}"
            for part in texts
            if not part.content.startswith(b"XML:com.adobe.xmp\0")
        ]
        return unexpected + _not_exactly_once(parts, {"iCCP", "iTXt"})
    parts = jpeg_parts(content)
    return [part.name for part in parts if UNEXPECTED_JPEG_PARTS.fullmatch(part.name)] + _not_exactly_once(
        parts, {"icc", "xmp"}
    )


def _not_exactly_once(parts: list[FilePart], names: set[str]) -> list[str]:
    counts = {name: sum(part.name == name for part in parts) for name in names}
    return [f"{count} × {name}" for name, count in counts.items() if count != 1]


def xmp_names(content: bytes) -> tuple[set[str], set[str]]:
    """Return the names of the elements of a raster file's XMP, and the languages of its alt texts."""
    if content.startswith(b"\x89PNG"):
        (text,) = [part.content for part in png_parts(content) if part.name == "iTXt"]
        packet = text.split(b"\0", 5)[-1]
    else:
        (packet,) = [part.content for part in jpeg_parts(content) if part.name == "xmp"]
    tree = ElementTree.fromstring(packet)
    tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
    languages = {
        value for element in tree.iter() for key, value in element.attrib.items() if key.endswith("}lang")
    }
    return tags, languages


def raster_faults(content: bytes, entry: Entry) -> list[str]:
    """Return what is wrong with a raster file's parts, its XMP and its pixels' hash."""
    faults = [f"unexpected part: {name}" for name in unexpected_parts(content)]
    if faults:
        return faults
    tags, languages = xmp_names(content)
    if tags != XMP_NAMES:
        faults.append(f"XMP holds more or less than the alt text: {sorted(tags ^ XMP_NAMES)}")
    if languages != {"x-default", entry["locale"]}:
        faults.append(f"alt text in {sorted(languages)}")
    with Image.open(io.BytesIO(content)) as picture:
        if hashlib.sha256(picture.convert("RGB").tobytes()).hexdigest() != entry["pixel_sha256"]:
            faults.append("pixel_sha256 is not that of its pixels")
    return faults


def page_faults(path: Path, entry: Entry) -> list[str]:
    """Return what is wrong with a PDF, as poppler and its objects show."""
    report = run_poppler("pdfinfo", "-box", str(path))
    facts = pdfinfo_values(report)
    expected = {
        "Pages": "1",
        "Tagged": "yes",
        "JavaScript": "no",
        "Form": "none",
        "Encrypted": "no",
        "Page rot": "0",
    }
    faults = [f"{name}: {facts[name]}" for name, value in expected.items() if facts[name] != value]
    faults += [f"no {name}" for name in ("Title",) if not facts.get(name)]
    scale = entry["scale"]
    trim_size_mm = [entry["width_mm"] * scale, entry["height_mm"] * scale]
    bleed_mm = 2 * entry["bleed_mm"] * scale
    # Cut marks are outside the bleed.
    slug_and_bleed_mm = bleed_mm + 2 * (entry["spec"]["press"] or {}).get("slug_mm", 0.0)
    for name, extra in (("TrimBox", 0.0), ("BleedBox", bleed_mm), ("MediaBox", slug_and_bleed_mm)):
        left, bottom, right, top = pdf_boxes_mm(report)[name]
        size = (right - left, top - bottom)
        if any(abs(a - b - extra) > TOLERANCE_MM for a, b in zip(size, trim_size_mm, strict=True)):
            faults.append(f"{name} is {size[0]:.2f} × {size[1]:.2f} mm")
    for font, embedded, readable in pdf_fonts(path):
        if not (embedded and readable and font.startswith("Hanken-Grotesk")):
            faults.append(f"font {font}: embedded {embedded}, Unicode {readable}")
    return faults + object_faults(path, entry)


def object_faults(path: Path, entry: Entry) -> list[str]:
    """Return unexpected content in the objects of a PDF, including compressed streams."""
    faults = []
    with pikepdf.open(path) as pdf:
        if str(pdf.Root.get("/Lang", "")) != entry["locale"]:
            faults.append(f"language {pdf.Root.get('/Lang')}")
        for key in ("/OpenAction", "/AA", "/AcroForm", "/Names"):
            faults += [f"{key} in the catalogue"] if key in pdf.Root else []
        if "/Annots" in pdf.pages[0] and len(pdf.pages[0].Annots):
            faults.append("annotations")
        for pdf_object in pdf.objects:
            raw = pdf_object.unparse(resolved=False)
            if isinstance(pdf_object, pikepdf.Stream) and pdf_object.get("/Subtype") != "/Image":
                raw += pdf_object.read_bytes()
            faults += [f"local path: {match[0]!r}" for match in LOCAL_PATH.finditer(raw)]
    return faults


def number_faults(path: Path, entry: Entry) -> list[str]:
    """Return each reader that misses a required number on a page, or finds one that is not required."""
    document = pdfium.PdfDocument(path)
    try:
        by_pdfium = document[0].get_textpage().get_text_bounded()
    finally:
        document.close()
    texts = {"poppler": run_poppler("pdftotext", "-layout", str(path), "-"), "PDFium": by_pdfium}
    faults = []
    for reader, text in texts.items():
        lines = [re.sub(r"\s+", " ", line) for line in text.splitlines()]
        count = sum(line.count(NUMBER) for line in lines)
        if ("number" in entry["spec"]["requires"]) != (count > 0):
            faults.append(f"{reader} reads the number {count} times")
    return faults


def entry_faults(entry: Entry) -> list[str]:
    """Return each key of a manifest entry that is missing, unexpected or of the wrong type."""
    types = {**TYPES, **(PX_TYPES if entry["spec"]["unit"] == "px" else MM_TYPES)}
    faults = [f"no key {key}" for key in types if key not in entry]
    faults += [f"unexpected key {key}" for key in entry.keys() - types.keys()]
    for key, allowed in types.items():
        value = entry.get(key)
        is_valid = (
            None in allowed if value is None else isinstance(value, tuple(kind for kind in allowed if kind))
        )
        faults += [] if is_valid and not isinstance(value, bool) else [f"{key} is {value!r}"]
    faults += [
        f"{key} is not a sha256 digest" for key in ("sha256",) if not re.fullmatch("[0-9a-f]{64}", entry[key])
    ]
    faults += [
        f"input {name}: {sha}"
        for name, sha in entry["inputs"].items()
        if not re.fullmatch("[0-9a-f]{64}", sha)
    ]
    faults += [
        f"input outside the campaign: {name}" for name in entry["inputs"] if name.startswith(("/", ".."))
    ]
    return faults


def faults_of(out: Path, entry: Entry) -> list[str]:
    """Return everything that is wrong with a finished file and its manifest entry."""
    path = out / entry["path"]
    faults = entry_faults(entry)
    if entry["format"] in ("png", "jpg"):
        faults += raster_faults(path.read_bytes(), entry)
    if entry["format"] == "pdf":
        faults += page_faults(path, entry)
        faults += number_faults(path, entry)
    return faults


def manifest() -> dict[str, Any]:
    assert (OUT / "manifest.json").is_file(), "out/ has no manifest: run make build first"
    content: dict[str, Any] = json.loads((OUT / "manifest.json").read_text("utf-8"))
    return content


@pytest.mark.campaign
@pytest.mark.parametrize(
    "medium", ["social", "display", "dooh", "workplace", "email", "print", "ooh", "press", "qr"]
)
def test_finished_files_of_a_medium_hold_only_expected_content(medium: str) -> None:
    entries = [entry for entry in manifest()["assets"] if entry["medium"] == medium]

    faults = {entry["id"]: found for entry in entries if (found := faults_of(OUT, entry))}

    assert entries
    assert not faults, json.dumps(faults, indent=1)


@pytest.mark.campaign
def test_manifest_lists_every_planned_asset() -> None:
    content = manifest()
    plan = plan_assets(load_campaign(ROOT).campaign)

    assert {entry["id"]: entry["path"] for entry in content["assets"]} == {
        one.id: one.path for one in plan.assets
    }
    assert all(re.fullmatch(r"[0-9][\w.+-]*", version) for version in content["engine"].values()), content[
        "engine"
    ]


# Tests of the readers above: each kind of unexpected content, added to a valid file.

ICC, XMP = b"profile", b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"


def png_with(name: bytes = b"", body: bytes = b"") -> bytes:
    """Return a valid PNG, with a further chunk before its end where a name is given."""
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, "PNG", pnginfo=info, icc_profile=ICC)
    whole, end = file.getvalue()[:-12], file.getvalue()[-12:]
    chunk = len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)
    return whole + (chunk if name else b"") + end


def jpeg_with(**more: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG", icc_profile=ICC, xmp=XMP, **more)
    return file.getvalue()


def test_a_valid_picture_has_no_unexpected_part() -> None:
    assert unexpected_parts(png_with()) == []
    assert unexpected_parts(jpeg_with()) == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        (b"tIME", b"\x07\xea\x01\x01\0\0\0"),
        (b"tEXt", b"Author\0Me"),
        (b"eXIf", b"MM\0*"),
        (b"pHYs", bytes(9)),
    ],
    ids=["tIME", "tEXt", "eXIf", "pHYs"],
)
def test_an_unexpected_png_chunk_is_detected(name: bytes, body: bytes) -> None:
    assert unexpected_parts(png_with(name, body)) == [name.decode()]


def test_a_jpeg_comment_and_exif_are_detected() -> None:
    exif = Image.Exif()
    exif[0x013B] = "Me"

    assert unexpected_parts(jpeg_with(comment=b"made at home")) == ["comment"]
    assert unexpected_parts(jpeg_with(exif=exif)) == ["app1"]


def test_bytes_after_the_end_of_a_png_are_detected() -> None:
    with pytest.raises(ValueError, match="5 bytes after the end"):
        png_parts(png_with() + b"extra")


def test_a_local_path_in_a_compressed_pdf_stream_is_detected(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.Lang = "en-GB"
        pdf.pages[0].Contents = pdf.make_stream(b"% from /home/somebody/campaign\n" * 20)
        pdf.save(tmp_path / "page.pdf", compress_streams=True, recompress_flate=True)

    (fault, *_) = object_faults(tmp_path / "page.pdf", {"locale": "en-GB"})

    assert b"/home/" not in (tmp_path / "page.pdf").read_bytes()
    assert fault == "local path: b'/home/s'"
