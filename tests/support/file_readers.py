"""Read finished files with independent tools: Pillow's decoder, pikepdf, PDFium, zxing, zbar."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import zxingcpp
from defusedxml import ElementTree
from PIL import Image, ImageCms

MM_PER_PT = 25.4 / 72
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
IPTC = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
Entry = dict[str, Any]


def read_manifest(out: Path) -> dict[str, Any]:
    """Return the manifest of a built folder."""
    manifest: dict[str, Any] = json.loads((out / "manifest.json").read_text("utf-8"))
    return manifest


def open_picture(path: Path) -> Image.Image:
    """Return a raster file, decoded."""
    with Image.open(path) as picture:
        picture.load()
        return picture


def profile_name(picture: Image.Image) -> str:
    """Return the name of a picture's colour profile, '' if it has none."""
    profile = picture.info.get("icc_profile")
    return (
        ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))).strip()
        if profile
        else ""
    )


def alt_texts(picture: Image.Image) -> dict[str, str]:
    """Return the alt texts in a picture's XMP, by language."""
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp")
    tree = ElementTree.fromstring(packet or "")
    items = tree.findall(f".//{IPTC}AltTextAccessibility/{RDF}Alt/{RDF}li")
    return {item.attrib["{http://www.w3.org/XML/1998/namespace}lang"]: item.text or "" for item in items}


def page_boxes_mm(path: Path) -> dict[str, tuple[float, float, float, float]]:
    """Return a page's boxes in mm: left, bottom, right, top."""
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == 1
        page = pdf.pages[0]
        return {
            name: tuple(float(value) * MM_PER_PT for value in getattr(page, name.lower()))  # type: ignore[misc]
            for name in ("MediaBox", "TrimBox", "BleedBox")
        }


def embedded_by_font(path: Path) -> dict[str, bool]:
    """Return each font of a PDF's page and whether it is embedded."""
    embedded = {}
    with pikepdf.open(path) as pdf:
        for obj in pdf.objects:
            if isinstance(obj, pikepdf.Dictionary) and obj.get("/Type") == "/FontDescriptor":
                is_embedded = any(key in obj for key in ("/FontFile", "/FontFile2", "/FontFile3"))
                embedded[str(obj["/FontName"])] = is_embedded
    return embedded


def page_text(content: bytes) -> str:
    """Return the text of a page: no-break spaces as spaces, white space collapsed, lines kept."""
    document = pdfium.PdfDocument(content)
    try:
        text = document[0].get_textpage().get_text_range()
    finally:
        document.close()
    lines = [re.sub(r"[ \u00a0\t]+", " ", line).strip() for line in text.splitlines()]
    return "\n".join(line for line in lines if line)


def grey_picture_of(path: Path, longest_px: int = 2400) -> Image.Image:
    """Return a finished file as grey pixels; a PDF's page so that its longer side is ``longest_px``."""
    if path.suffix != ".pdf":
        return open_picture(path).convert("L")
    document = pdfium.PdfDocument(path)
    try:
        page = document[0]
        scale = longest_px / max(page.get_size())
        drawn: Image.Image = page.render(scale=scale).to_pil()
        return drawn.convert("L")
    finally:
        document.close()


def read_codes(picture: Image.Image) -> tuple[set[str], set[str]]:
    """Return the texts of the codes that zxing and zbar read in a picture."""
    from pyzbar import (
        pyzbar,  # needs the system library zbar, which only `make readers` and `make campaign` install
    )

    by_zxing = {
        found.text
        for found in zxingcpp.read_barcodes(np.asarray(picture), formats=zxingcpp.BarcodeFormat.QRCode)  # type: ignore[arg-type]
    }
    by_zbar = {found.data.decode() for found in pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])}
    return by_zxing, by_zbar
