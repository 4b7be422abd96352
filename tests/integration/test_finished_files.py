"""What rides along in the finished files: nothing but what a channel asks for. Read part by part, and by poppler."""

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
from tests.support.finished import Part, jpeg_parts, pdf_boxes_mm, pdf_facts, pdf_fonts, png_parts, poppler

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "out"
NUMBER = "0808 1000 900"
Entry = dict[str, Any]

PNG_XMP = b"XML:com.adobe.xmp\0"
PNG_PARTS = {"IHDR", "iCCP", "iTXt", "PLTE", "IDAT", "IEND"}
JPEG_STRANGERS = re.compile(r"comment|app\d+")
XMP_WORDS = {"xmpmeta", "RDF", "Description", "AltTextAccessibility", "Alt", "li"}
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
# What a file could tell of the machine that made it, or of who sat at it.
MACHINE = re.compile(
    rb"/(home|root|tmp|Users|work|usr|var|private)/[\w.]|file://|localhost|logos\.invalid|C:\\\\"
)


def foreign_parts(content: bytes) -> list[str]:
    """Return the names of the parts of a raster file that have no business in it."""
    if content.startswith(b"\x89PNG"):
        parts = png_parts(content)
        strangers = [part.name for part in parts if part.name not in PNG_PARTS]
        texts = [part for part in parts if part.name == "iTXt"]
        strangers += [
            f"iTXt {part.content[:20]!r}"
            for part in texts
            if not part.content.startswith(b"XML:com.adobe.xmp\0")
        ]
        return strangers + _more_than_once(parts, {"iCCP", "iTXt"})
    parts = jpeg_parts(content)
    return [part.name for part in parts if JPEG_STRANGERS.fullmatch(part.name)] + _more_than_once(
        parts, {"icc", "xmp"}
    )


def _more_than_once(parts: list[Part], names: set[str]) -> list[str]:
    counts = {name: sum(part.name == name for part in parts) for name in names}
    return [f"{count} × {name}" for name, count in counts.items() if count != 1]


def xmp_words(content: bytes) -> tuple[set[str], set[str]]:
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
    faults = [f"a part that has no business here: {name}" for name in foreign_parts(content)]
    if faults:
        return faults
    tags, languages = xmp_words(content)
    if tags != XMP_WORDS:
        faults.append(f"XMP says more than the alt text: {sorted(tags ^ XMP_WORDS)}")
    if languages != {"x-default", entry["locale"]}:
        faults.append(f"alt text in {sorted(languages)}")
    with Image.open(io.BytesIO(content)) as picture:
        if hashlib.sha256(picture.convert("RGB").tobytes()).hexdigest() != entry["pixel_sha256"]:
            faults.append("pixel_sha256 is not that of its pixels")
    return faults


def page_faults(path: Path, entry: Entry) -> list[str]:
    """Return what is wrong with a PDF, as poppler and its own objects tell."""
    told = poppler("pdfinfo", "-box", str(path))
    facts = pdf_facts(told)
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
    scale, bleed = entry["scale"], entry["bleed_mm"]
    wanted = [entry["width_mm"] * scale, entry["height_mm"] * scale]
    bled = 2 * bleed * scale
    # A printer's marks stand beyond the bleed.
    marked = bled + 2 * (entry["spec"]["press"] or {}).get("slug_mm", 0.0)
    for name, extra in (("TrimBox", 0.0), ("BleedBox", bled), ("MediaBox", marked)):
        left, bottom, right, top = pdf_boxes_mm(told)[name]
        size = (right - left, top - bottom)
        if any(abs(a - b - extra) > TOLERANCE_MM for a, b in zip(size, wanted, strict=True)):
            faults.append(f"{name} is {size[0]:.2f} × {size[1]:.2f} mm")
    for font, embedded, readable in pdf_fonts(path):
        if not (embedded and readable and font.startswith("Hanken-Grotesk")):
            faults.append(f"font {font}: embedded {embedded}, Unicode {readable}")
    return faults + object_faults(path, entry)


def object_faults(path: Path, entry: Entry) -> list[str]:
    """Return what the objects of a PDF hold that they should not: looked into, compressed or not."""
    faults = []
    with pikepdf.open(path) as pdf:
        if str(pdf.Root.get("/Lang", "")) != entry["locale"]:
            faults.append(f"language {pdf.Root.get('/Lang')}")
        for key in ("/OpenAction", "/AA", "/AcroForm", "/Names"):
            faults += [f"{key} in the catalogue"] if key in pdf.Root else []
        if "/Annots" in pdf.pages[0] and len(pdf.pages[0].Annots):
            faults.append("annotations")
        for thing in pdf.objects:
            raw = thing.unparse(resolved=False)
            if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") != "/Image":
                raw += thing.read_bytes()
            faults += [f"of the machine: {match[0]!r}" for match in MACHINE.finditer(raw)]
    return faults


def number_faults(path: Path, entry: Entry) -> list[str]:
    """Return what is wrong with the number on a page, as poppler and PDFium read it: once, on one line."""
    document = pdfium.PdfDocument(path)
    try:
        by_pdfium = document[0].get_textpage().get_text_bounded()
    finally:
        document.close()
    texts = {"poppler": poppler("pdftotext", "-layout", str(path), "-"), "PDFium": by_pdfium}
    faults = []
    for reader, text in texts.items():
        lines = [re.sub(r"\s+", " ", line) for line in text.splitlines()]
        count = sum(line.count(NUMBER) for line in lines)
        if ("number" in entry["spec"]["requires"]) != (count > 0):
            faults.append(f"{reader} reads the number {count} times")
    return faults


def entry_faults(entry: Entry) -> list[str]:
    """Return where an entry of the manifest is not of the form that DESIGN section 4 promises."""
    types = {**TYPES, **(PX_TYPES if entry["spec"]["unit"] == "px" else MM_TYPES)}
    faults = [f"no key {key}" for key in types if key not in entry]
    faults += [f"a strange key {key}" for key in entry.keys() - types.keys()]
    for key, allowed in types.items():
        value = entry.get(key)
        fits = (
            None in allowed if value is None else isinstance(value, tuple(kind for kind in allowed if kind))
        )
        faults += [] if fits and not isinstance(value, bool) else [f"{key} is {value!r}"]
    faults += [f"{key} is no sha256" for key in ("sha256",) if not re.fullmatch("[0-9a-f]{64}", entry[key])]
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
    path = out / entry["path"]
    faults = entry_faults(entry)
    if entry["format"] in ("png", "jpg"):
        faults += raster_faults(path.read_bytes(), entry)
    if entry["format"] == "pdf":
        faults += page_faults(path, entry)
        faults += number_faults(path, entry)
    return faults


def manifest() -> dict[str, Any]:
    assert (OUT / "manifest.json").is_file(), "out/ holds no campaign: type make build"
    said: dict[str, Any] = json.loads((OUT / "manifest.json").read_text("utf-8"))
    return said


@pytest.mark.campaign
@pytest.mark.parametrize(
    "medium", ["social", "display", "dooh", "workplace", "email", "print", "ooh", "press", "qr"]
)
def test_a_finished_file_holds_what_it_should_and_nothing_else(medium: str) -> None:
    entries = [entry for entry in manifest()["assets"] if entry["medium"] == medium]

    faults = {entry["id"]: found for entry in entries if (found := faults_of(OUT, entry))}

    assert entries
    assert not faults, json.dumps(faults, indent=1)


@pytest.mark.campaign
def test_the_manifest_is_the_plan_carried_out() -> None:
    said = manifest()
    plan = plan_assets(load_campaign(ROOT).campaign)

    assert {entry["id"]: entry["path"] for entry in said["assets"]} == {
        one.id: one.path for one in plan.assets
    }
    assert all(re.fullmatch(r"[0-9][\w.+-]*", version) for version in said["engine"].values()), said["engine"]


# The readers themselves: each stranger that they are here to find, put into a sound file.

ICC, XMP = b"profile", b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"


def png_with(name: bytes = b"", body: bytes = b"") -> bytes:
    """Return a sound PNG, with one more chunk before its end where one is named."""
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


def test_a_clean_picture_has_no_foreign_part() -> None:
    assert foreign_parts(png_with()) == []
    assert foreign_parts(jpeg_with()) == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        (b"tIME", b"\x07\xea\x01\x01\0\0\0"),
        (b"tEXt", b"Author\0Me"),
        (b"eXIf", b"MM\0*"),
        (b"pHYs", bytes(9)),
    ],
)
def test_a_foreign_chunk_of_a_png_is_seen(name: bytes, body: bytes) -> None:
    assert foreign_parts(png_with(name, body)) == [name.decode()]


def test_a_comment_and_exif_of_a_jpeg_are_seen() -> None:
    exif = Image.Exif()
    exif[0x013B] = "Me"

    assert foreign_parts(jpeg_with(comment=b"made at home")) == ["comment"]
    assert foreign_parts(jpeg_with(exif=exif)) == ["app1"]


def test_bytes_after_the_end_of_a_png_are_seen() -> None:
    with pytest.raises(ValueError, match="5 bytes after the end"):
        png_parts(png_with() + b"extra")


def test_a_path_of_the_machine_is_seen_inside_a_compressed_stream(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.Lang = "en-GB"
        pdf.pages[0].Contents = pdf.make_stream(b"% from /home/somebody/campaign\n" * 20)
        pdf.save(tmp_path / "page.pdf", compress_streams=True, recompress_flate=True)

    (fault, *_) = object_faults(tmp_path / "page.pdf", {"locale": "en-GB"})

    assert b"/home/" not in (tmp_path / "page.pdf").read_bytes()
    assert fault == "of the machine: b'/home/s'"
