"""The brand's font files, read into what drawing and proving need: family, weight, metrics, characters."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

from assetgen.campaign.art import FontFace
from assetgen.campaign.folder import check_inside, entries, is_file, read_bytes
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place

FONT_SUFFIXES = (".ttf", ".otf")
# OpenType name ids: typographic family before the family of four.
FAMILY_NAME_IDS = (16, 1)
POSTSCRIPT_NAME_ID = 6
# A capital's height where the font states none (fonts of scripts without capitals).
USUAL_CAP_EM = 0.7


def read_fonts(root: Path) -> tuple[tuple[FontFace, ...], list[Finding]]:
    """Return the faces of ``brand/fonts`` and a finding for each file that is no usable font."""
    faces: list[FontFace] = []
    findings: list[Finding] = []
    folder = root / "brand" / "fonts"
    try:
        is_there = bool(entries(folder, Place("brand/fonts"))) or folder.is_dir()
    except CampaignError as error:
        return (), error.findings
    if not is_there:
        hint = "put the brand's .ttf files there"
        return (), [Finding("missing-file", "folder not found: brand/fonts", hint, Place("brand/fonts"))]
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in FONT_SUFFIXES or not is_file(path):
            continue
        place = Place(path.relative_to(root).as_posix())
        try:
            check_inside(path, root, place)
            faces.append(read_face(read_bytes(path, place), place.file or ""))
        except CampaignError as error:
            findings += error.findings
    return tuple(faces), findings + _twins(faces)


def read_face(content: bytes, file: str) -> FontFace:
    """Return one face; raises CampaignError where the file is no font with outlines and a character map."""
    from fontTools.ttLib import TTFont

    try:
        font = TTFont(io.BytesIO(content), lazy=True)
        os2, hhea, units = font["OS/2"], font["hhea"], font["head"].unitsPerEm
        family = next(name for key in FAMILY_NAME_IDS if (name := font["name"].getDebugName(key)))
        own_name = font["name"].getDebugName(POSTSCRIPT_NAME_ID) or family
        characters = frozenset(font.getBestCmap() or ())
        cap = getattr(os2, "sCapHeight", 0) / units
        ascent_em, descent_em = hhea.ascent / units, -hhea.descent / units
        weight, italic = int(os2.usWeightClass), bool(os2.fsSelection & 1)
    # A broken font makes its tables' readers raise nearly any kind of exception.
    except Exception as error:
        hint = "put a static .ttf or .otf file there"
        raise CampaignError(Finding("bad-value", "not a font that can be read", hint, Place(file))) from error
    return FontFace(
        path=file,
        family=family,
        postscript_name=own_name,
        weight=weight,
        italic=italic,
        cap_em=cap if cap > 0 else USUAL_CAP_EM,
        ascent_em=ascent_em,
        descent_em=descent_em,
        sha256=hashlib.sha256(content).hexdigest(),
        characters=characters,
        content=content,
    )


def _twins(faces: list[FontFace]) -> list[Finding]:
    """Return a finding for each two files that the layout engine would take for one face."""
    seen: dict[tuple[str, int, bool], FontFace] = {}
    findings = []
    for face in faces:
        key = (face.family, face.weight, face.italic)
        if key in seen:
            text = f"same family, weight and style as {seen[key].path}: the layout engine takes them for one"
            findings.append(Finding("font-missing", text, "keep one of the two", Place(face.path)))
        seen.setdefault(key, face)
    return findings
