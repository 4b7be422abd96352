"""The properties that every finished file must have. Each function returns the faults as texts, or []."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.support.file_readers import (
    Entry,
    alt_texts,
    embedded_by_font,
    grey_picture_of,
    open_picture,
    page_boxes_mm,
    profile_name,
    read_codes,
)

# Keys of Pillow's info that say how to read the pixels, and the two that every file must have: profile and XMP.
EXPECTED_PILLOW_INFO = {
    "icc_profile", "xmp", "XML:com.adobe.xmp", "jfif", "jfif_version", "jfif_unit", "jfif_density",
    "progressive", "progression", "transparency", "adobe", "adobe_transform",
}  # fmt: skip
MANIFEST_KEYS = {
    "id", "path", "partner", "message", "template", "background", "channel", "variant", "medium", "locale", "format",
    "bytes", "sha256", "pixel_sha256", "alt", "alt_long", "link", "click",
    "spec", "regions", "measured", "findings", "inputs",
}  # fmt: skip
TOLERANCE_MM = 0.1


def file_faults_of(out: Path, entry: Entry) -> list[str]:
    """Return the faults of one finished file and its manifest entry."""
    path = out / entry["path"]
    content = path.read_bytes()
    faults = [f"no key {key}" for key in sorted(MANIFEST_KEYS - set(entry))]
    if hashlib.sha256(content).hexdigest() != entry["sha256"] or len(content) != entry["bytes"]:
        faults.append("not the bytes of the manifest")
    faults += [
        f"a finding: {finding['code']}" for finding in entry["findings"] if finding["severity"] == "error"
    ]
    if entry["format"] in ("png", "jpg"):
        faults += _raster_faults(path, entry)
    if entry["format"] == "pdf":
        faults += _page_faults(path, content, entry)
    return faults


def _raster_faults(path: Path, entry: Entry) -> list[str]:
    picture = open_picture(path)
    faults = []
    if picture.size != (entry["width_px"], entry["height_px"]):
        faults.append(f"{picture.size} px")
    if "sRGB" not in profile_name(picture):
        faults.append("no sRGB profile")
    limit = entry["spec"]["max_bytes"]
    if limit is not None and entry["bytes"] > limit:
        faults.append(f"{entry['bytes']} bytes, {limit} allowed")
    if set(alt_texts(picture).values()) != {entry["alt"]} or entry["locale"] not in alt_texts(picture):
        faults.append("not the alt text")
    foreign = set(picture.info) - EXPECTED_PILLOW_INFO
    if foreign or picture.getexif():
        faults.append(f"other metadata: {sorted(foreign)}")
    return faults


def _page_faults(path: Path, content: bytes, entry: Entry) -> list[str]:
    boxes, scale = page_boxes_mm(path), entry["scale"]
    width, height, bleed = entry["width_mm"] * scale, entry["height_mm"] * scale, entry["bleed_mm"] * scale
    # Cut marks are outside the bleed.
    edge = bleed + (entry["spec"]["press"] or {}).get("slug_mm", 0.0)
    faults = []
    expected = {
        "TrimBox": (0.0, 0.0, width, height),
        "BleedBox": (-bleed, -bleed, width + bleed, height + bleed),
        "MediaBox": (-edge, -edge, width + edge, height + edge),
    }
    for name, wanted in expected.items():
        if any(abs(a - b) > TOLERANCE_MM for a, b in zip(boxes[name], wanted, strict=True)):
            faults.append(f"{name} {[round(v, 2) for v in boxes[name]]}, not {[round(v, 2) for v in wanted]}")
    embedded = embedded_by_font(path)
    faults += [f"{name} is not embedded" for name, is_embedded in embedded.items() if not is_embedded]
    if entry["medium"] != "qr" and not embedded:
        faults.append("no fonts")
    faults += [f"{name} is not the brand's" for name in embedded if "Hanken-Grotesk" not in name]
    faults += [
        f"{word.decode()} inside"
        for word in (b"/JavaScript", b"/Annots", b"/home/", b"/tmp/")
        if word in content
    ]
    return faults


def code_faults(out: Path, entry: Entry) -> list[str]:
    """Return the faults of the QR code of one finished file, as zxing and zbar read it."""
    if entry["format"] == "svg":
        return []
    read = read_codes(grey_picture_of(out / entry["path"]))
    wanted = {entry["link"]} if entry["link"] else set()
    return [
        f"{reader} reads {found}"
        for reader, found in zip(("zxing", "zbar"), read, strict=True)
        if found != wanted
    ]
