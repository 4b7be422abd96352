"""Read the font files in ``brand/fonts`` into faces: each with its family, weight, metrics, and static OpenType bytes.

TrueType and CFF outlines are read from TTF, OTF, TTC, WOFF and WOFF2 files. A variable font gives one face for each of
its named weights. Metrics are read with HarfBuzz, as the layout engine does.
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, Severity
from assetgen.loading.model import FontFace
from assetgen.loading.yaml.brand_folder import brand_folder
from assetgen.loading.yaml.campaign_folder import check_inside, is_file, list_entries, read_bytes

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

WEB_SUFFIXES = (".woff", ".woff2")
SUFFIXES = (".ttf", ".otf", ".ttc", ".otc", *WEB_SUFFIXES)
# Folders and files that operating systems add to copies and archives.
JUNK_NAMES = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})
# OpenType name ids (``name`` table). 16 is the typographic family. 1 is the older family of at most four styles.
FAMILY_ID, STYLE_ID, FULL_NAME_ID, POSTSCRIPT_NAME_ID = 1, 2, 4, 6
TYPOGRAPHIC_FAMILY_ID, TYPOGRAPHIC_STYLE_ID, VARIATIONS_PREFIX_ID = 16, 17, 25
# OS/2.usWidthClass of a face that is neither condensed nor expanded.
NORMAL_WIDTH = 5
# Bits of OS/2.fsType (OpenType specification): restricted licence, no subsetting, bitmap embedding only.
RESTRICTED = {0x0002: "embedding", 0x0100: "embedding a part of the font", 0x0200: "embedding outlines"}
# Cap height and descender for a font without a glyph for H or p, as fonts of scripts without capitals have none.
DEFAULT_CAP_EM, DEFAULT_DESCENDER_EM = 0.7, 0.215
# CSS weights above this one count as bold, so a missing one is replaced by a bolder one first (CSS Fonts 4, 5.2).
NORMAL_WEIGHT = 500
DESCENDERS = "gjpqy"
# Letters and digits that a sound font draws with ink.
SAMPLE = "Hamburgefonstiv 0123456789"
DAMAGED = "the font is damaged or incomplete"
REPLACE_HINT = "replace it with a fresh copy of the .ttf, .otf, .woff or .woff2 file"


def read_fonts(root: Path, licensed: Collection[str] = ()) -> tuple[tuple[FontFace, ...], list[Finding]]:
    """Return the faces of the font files in ``brand/fonts``, and a finding for each file that cannot be used.

    ``licensed`` are families that may be embedded although their files forbid it.
    """
    folder_name = f"{brand_folder(root)}/fonts"
    folder = root / folder_name
    try:
        folder_exists = bool(list_entries(folder, Place(folder_name))) or folder.is_dir()
    except CampaignError as error:
        return (), error.findings
    if not folder_exists:
        hint = f"create {folder_name}, and put the brand's font files into it"
        return (), [Finding("missing-file", f"folder not found: {folder_name}", hint, Place(folder_name))]
    faces: list[FontFace] = []
    findings: list[Finding] = []
    ignored: list[str] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if any(part.startswith(".") or part in JUNK_NAMES for part in name.split("/")):
            ignored += [name] if is_file(path) else []
            continue
        if path.suffix.lower() not in SUFFIXES or not is_file(path):
            continue
        place = Place(f"{folder_name}/{name}")
        try:
            check_inside(path, root, place)
            read = read_font_file(read_bytes(path, place), place.file or "")
        except CampaignError as error:
            findings += error.findings
            continue
        findings += _restriction(read, licensed, place)
        faces += read
    faces, duplicates = _without_copies(faces)
    return tuple(faces), [*findings, *duplicates, *_ignored_note(ignored, folder_name)]


def _ignored_note(names: list[str], folder: str) -> Iterator[Finding]:
    if names:
        shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        text = f"files of an operating system are ignored: {shown}"
        yield Finding("font-file", text, "delete them", Place(folder), Severity.NOTE)


def _restriction(faces: Iterable[FontFace], licensed: Collection[str], place: Place) -> Iterator[Finding]:
    """Yield a finding if a font file forbids what a PDF needs, and the brand states no licence for its family."""
    for face in faces:
        if face.restriction and face.family not in licensed:
            text = f"the licence bits of {face.family} (fsType) forbid {face.restriction}, which a PDF needs"
            hint = (
                f"use a different font, or, if your licence allows embedding, "
                f"add embedding_licence: [{face.family}] to brand/brand.yaml"
            )
            yield Finding("font-file", text, hint, place)
            return


def _without_copies(faces: list[FontFace]) -> tuple[list[FontFace], list[Finding]]:
    """Return one face of each family, weight and style, and a finding for each pair that is ambiguous.

    A web font beside the same face as .ttf or .otf is a copy, and so is a variable font's weight beside a static file.
    """
    chosen: dict[tuple[str, int, bool], FontFace] = {}
    findings = []
    for face in sorted(faces, key=_copy_rank):
        key = (face.family, face.weight, face.italic)
        first = chosen.setdefault(key, face)
        if first is not face and _copy_rank(first)[:2] == _copy_rank(face)[:2]:
            text = f"the font has the same family, weight and style as {first.path}"
            findings.append(Finding("font-missing", text, "delete one of the two files", Place(face.path)))
    return sorted(chosen.values(), key=lambda face: (face.path, face.weight)), findings


def _copy_rank(face: FontFace) -> tuple[bool, bool, str]:
    return face.is_instance, face.path.lower().endswith(WEB_SUFFIXES), face.path


def read_font_file(content: bytes, file: str) -> list[FontFace]:
    """Return the faces in a font file. ``file`` is its path below the campaign folder.

    Raises CampaignError if the file is damaged, or has no outlines or no characters.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        fonts = list(_static_fonts(content))
        return [_read_face(font, file, sha256) for font in fonts]
    except _UnusableFontError as error:
        raise CampaignError(Finding("font-file", str(error), error.hint, Place(file))) from error
    # fontTools raises nearly any kind of exception on a damaged font.
    except Exception as error:
        raise CampaignError(Finding("font-file", DAMAGED, REPLACE_HINT, Place(file))) from error


class _UnusableFontError(Exception):
    """Raised for a font that assetgen cannot use. The message says why."""

    def __init__(self, text: str, hint: str) -> None:
        super().__init__(text)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class _StaticFont:
    """One static font as OpenType bytes. ``weight`` is the weight of a variable font's instance, else None."""

    content: bytes
    weight: int | None = None


def _static_fonts(content: bytes) -> Iterator[_StaticFont]:
    """Yield the fonts in a font file (also a collection, web font or variable font) as static OpenType fonts."""
    from fontTools.ttLib import TTFont

    signature = content[:4]
    if signature == b"ttcf":
        (count,) = struct.unpack(">L", content[8:12])
        for number in range(count):
            yield from _instances(_saved(TTFont(io.BytesIO(content), fontNumber=number)))
    elif signature in (b"wOFF", b"wOF2"):
        font = TTFont(io.BytesIO(content))
        font.flavor = None
        yield from _instances(_saved(font))
    else:
        yield from _instances(content)


def _saved(font: TTFont) -> bytes:
    """Return a font as OpenType bytes. The same font always gives the same bytes."""
    font.recalcTimestamp = False
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def _instances(content: bytes) -> Iterator[_StaticFont]:
    """Yield a static font unchanged, or an instance for each named weight of a variable font.

    HarfBuzz makes an instance in a hundredth of a second, so instances need no cache.
    """
    from fontTools.ttLib import TTFont

    _check_tables(content)
    font = TTFont(io.BytesIO(content), lazy=True)
    if "fvar" not in font:
        yield _StaticFont(content)
        return
    import uharfbuzz as hb

    family = _family(font)
    for weight, style in _named_weights(font):
        plan = hb.SubsetInput()
        plan.keep_everything()
        plan.flags |= hb.SubsetFlags.DOWNGRADE_CFF2
        face = hb.Face(content)
        plan.pin_all_axes_to_default(face)
        if weight is not None:
            plan.pin_axis_location(face, "wght", weight)
        instance = TTFont(io.BytesIO(hb.subset(face, plan).blob.data))
        _rename(instance, family, style, f"{family}-{style}".replace(" ", ""))
        yield _StaticFont(_saved(instance), weight or int(instance["OS/2"].usWeightClass))


def _named_weights(font: TTFont) -> list[tuple[int | None, str]]:
    """Return (weight, style name) of each named instance that differs from the default only in its weight.

    A font without such instances gives each hundred in its range. The weight is None if the font has no weight axis.
    """
    axes = {axis.axisTag: axis for axis in font["fvar"].axes}
    if "wght" not in axes:
        return [(None, "Regular")]
    named: dict[int | None, str] = {}
    for instance in font["fvar"].instances:
        others = {tag: value for tag, value in instance.coordinates.items() if tag != "wght"}
        if all(value == axes[tag].defaultValue for tag, value in others.items()):
            weight = round(instance.coordinates["wght"])
            named.setdefault(weight, font["name"].getDebugName(instance.subfamilyNameID) or str(weight))
    if named:
        return sorted(named.items(), key=lambda pair: pair[0] or 0)
    lowest, highest = axes["wght"].minValue, axes["wght"].maxValue
    return [(weight, str(weight)) for weight in range(100, 1000, 100) if lowest <= weight <= highest]


def _rename(font: TTFont, family: str, style: str, postscript_name: str) -> None:
    """Give a font the names by which the layout engine finds it."""
    names = font["name"]
    for name_id in (TYPOGRAPHIC_FAMILY_ID, TYPOGRAPHIC_STYLE_ID, VARIATIONS_PREFIX_ID):
        names.removeNames(nameID=name_id)
    for name_id, value in (
        (FAMILY_ID, family),
        (STYLE_ID, style),
        (FULL_NAME_ID, f"{family} {style}"),
        (POSTSCRIPT_NAME_ID, postscript_name),
    ):
        names.removeNames(nameID=name_id)
        names.setName(value, name_id, 3, 1, 0x409)


def _check_tables(content: bytes) -> None:
    """Raise _UnusableFontError unless every table of a font lies within its bytes."""
    count = int.from_bytes(content[4:6], "big")
    ends = [
        sum(struct.unpack(">LL", content[12 + 16 * index + 8 : 12 + 16 * index + 16]))
        for index in range(count)
    ]
    if not ends or max(ends) > len(content):
        raise _UnusableFontError(DAMAGED, REPLACE_HINT)


def _family(font: TTFont) -> str:
    """Return the family name of a font: name ID 16, or ID 1 if 16 is missing or the width is not normal."""
    names, width = font["name"], font["OS/2"].usWidthClass
    # A condensed face often shares its typographic family with the normal ones, and its older family tells them apart.
    ids = (FAMILY_ID,) if width != NORMAL_WIDTH else (TYPOGRAPHIC_FAMILY_ID, FAMILY_ID)
    return str(next(name for name_id in ids if (name := names.getDebugName(name_id))))


def _read_face(static: _StaticFont, file: str, sha256: str) -> FontFace:
    """Return the face of a static font. ``sha256`` is the hash of the file that it comes from."""
    import uharfbuzz as hb
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(static.content), lazy=True)
    if not {"glyf", "CFF ", "CFF2"} & set(font.keys()):
        raise _UnusableFontError(
            "the font has no outlines, only pictures", "use a font with TrueType or CFF outlines"
        )
    os2, family, content = font["OS/2"], _family(font), static.content
    characters = frozenset(font.getBestCmap() or ())
    if not characters:
        raise _UnusableFontError("the font has no characters (cmap table)", REPLACE_HINT)
    postscript_name = str(font["name"].getDebugName(POSTSCRIPT_NAME_ID) or family)
    if os2.usWidthClass != NORMAL_WIDTH:
        renamed = TTFont(io.BytesIO(content))
        renamed["OS/2"].usWidthClass = NORMAL_WIDTH
        style = "Italic" if os2.fsSelection & 1 else "Regular"
        _rename(renamed, family, style, postscript_name)
        content = _saved(renamed)
    metrics = _Metrics(hb.Font(hb.Face(content)))
    metrics.check(characters)
    restriction = next((what for bit, what in RESTRICTED.items() if os2.fsType & bit), "")
    return FontFace(
        path=file,
        family=family,
        postscript_name=postscript_name,
        weight=static.weight or int(os2.usWeightClass),
        italic=bool(os2.fsSelection & 1),
        cap_em=metrics.top_em("H") or metrics.top_em("x") or DEFAULT_CAP_EM,
        ascent_em=metrics.ascent_em,
        descent_em=metrics.descent_em,
        descender_em=metrics.depth_em(DESCENDERS) or DEFAULT_DESCENDER_EM,
        sha256=sha256,
        characters=characters,
        content=content,
        is_instance=static.weight is not None,
        restriction=restriction,
    )


class _Metrics:
    """The vertical metrics of a font in em, as HarfBuzz gives them to the layout engine.

    ``ascent_em`` and ``descent_em`` follow the font's choice between its OS/2 and its hhea values (USE_TYPO_METRICS).
    """

    def __init__(self, font: Any) -> None:
        self._font, self._em = font, font.face.upem
        extents = font.get_font_extents("ltr")
        self.ascent_em, self.descent_em = extents.ascender / self._em, -extents.descender / self._em

    def _extents(self, char: str) -> Any:
        glyph = self._font.get_nominal_glyph(ord(char))
        return self._font.get_glyph_extents(glyph) if glyph else None

    def top_em(self, char: str) -> float:
        """Return the height of a character's ink above the baseline; 0 if the font has no glyph for it."""
        extents = self._extents(char)
        return extents.y_bearing / self._em if extents else 0.0

    def depth_em(self, chars: str) -> float:
        """Return how far the ink of some characters reaches below the baseline; 0 if the font has none of them."""
        found = [extents for char in chars if (extents := self._extents(char))]
        # In HarfBuzz y points upwards: the height of a glyph is negative.
        return max((-(one.y_bearing + one.height) / self._em for one in found), default=0.0)

    def check(self, characters: Collection[int]) -> None:
        """Raise _UnusableFontError if glyphs of common letters have no ink, as in a damaged file."""
        mapped = [char for char in SAMPLE if ord(char) in characters and char != " "]
        if mapped and not all(extents and extents.height for extents in map(self._extents, mapped)):
            raise _UnusableFontError(DAMAGED, REPLACE_HINT)


@lru_cache(maxsize=1024)
def nearest_face(faces: tuple[FontFace, ...], family: str, weight: int) -> FontFace:
    """Return the upright face of a family with the nearest weight.

    If two are equally near, weights above ``NORMAL_WEIGHT`` get the bolder one, other weights the lighter one.
    """
    upright = [face for face in faces if face.family == family and not face.italic]
    side = -1 if weight > NORMAL_WEIGHT else 1
    return min(upright, key=lambda face: (abs(face.weight - weight), side * face.weight))
