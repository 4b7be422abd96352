"""Check that fonts are embedded, belong to the brand, and have a glyph for every character.

Every program that reads a PDF's text relies on each font's ``/ToUnicode`` map. If that map is wrong, the page shows one
number, but programs read, search and check a different one. The embedded font has a table of its own (``cmap``) from
characters to glyphs. For digits and Latin letters, the two tables must agree.

PDFium returns the right character even if its glyph is missing and a box is drawn. The glyph numbers are therefore read
from the page's content stream with pikepdf. This also finds text inside a pattern, which PDFium does not return.
"""

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import pikepdf

from assetgen.findings import Finding
from assetgen.planning.asset import Spec
from assetgen.preflight.pdf.finished_page import UNKNOWN_CHAR, FinishedPage, PageFont
from assetgen.preflight.pdf.pdf_file import READ_ERRORS, OpenPdf, ParsedInstruction

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

MAP_OPERATORS = "endbfchar endbfrange"


def find_wrong_unicode(font: pikepdf.Object, own: Mapping[int, frozenset[str]]) -> Iterator[tuple[str, str]]:
    """Yield (characters in the font, text in the page) for each glyph whose ``/ToUnicode`` text is wrong.

    ``own`` has the characters of each glyph in the font's ``cmap``, in NFKC. A glyph without any cannot be compared.
    Only ASCII digits and letters are compared: for Arabic forms and ligatures, the font and the page have different
    characters.
    """
    if not _has_glyph_codes(font) or "/ToUnicode" not in font:
        return
    for glyph, text in _read_to_unicode(font["/ToUnicode"]):
        signs = own.get(glyph)
        if signs and to_nfkc(text) not in signs and any(_is_plain(sign) for sign in (*signs, text)):
            yield "/".join(sorted(signs)), text


def chars_by_glyph(font: TTFont) -> dict[int, frozenset[str]]:
    """Return the characters of each glyph in the font's ``cmap``, in NFKC; empty if it has no ``cmap``."""
    signs: dict[int, set[str]] = {}
    glyphs = font.getReverseGlyphMap()
    for code, name in (font.getBestCmap() or {}).items():
        signs.setdefault(glyphs[name], set()).add(to_nfkc(chr(code)))
    return {glyph: frozenset(names) for glyph, names in signs.items()}


def _has_glyph_codes(font: pikepdf.Object) -> bool:
    """Return whether a font's codes are glyph numbers, as WeasyPrint writes them."""
    if font.get("/Encoding") != "/Identity-H" or "/DescendantFonts" not in font:
        return False
    mapped = font["/DescendantFonts"][0].get("/CIDToGIDMap", pikepdf.Name.Identity)
    return isinstance(mapped, pikepdf.Name) and mapped == "/Identity"


def _read_to_unicode(to_unicode: pikepdf.Object) -> Iterator[tuple[int, str]]:
    """Yield glyph and text of each entry of a ``/ToUnicode`` map (ISO 32000-1, 9.10.3)."""
    for step in pikepdf.parse_content_stream(to_unicode, MAP_OPERATORS):
        operands = list(step.operands)
        if str(step.operator) == "endbfchar":
            for code, text in zip(operands[::2], operands[1::2], strict=False):
                yield int.from_bytes(bytes(code)), _utf16(bytes(text))
        elif str(step.operator) == "endbfrange":
            for first, last, texts in zip(operands[::3], operands[1::3], operands[2::3], strict=False):
                yield from _range(int.from_bytes(bytes(first)), int.from_bytes(bytes(last)), texts)


def _range(first: int, last: int, texts: pikepdf.Object) -> Iterator[tuple[int, str]]:
    """Yield the entries of a range, which lists a text for each glyph or gives the first text, to be incremented."""
    if isinstance(texts, pikepdf.Array):
        for glyph, text in zip(range(first, last + 1), list(texts), strict=False):
            yield glyph, _utf16(bytes(text))
        return
    start = bytes(texts)
    for step in range(min(last, first + 0xFFFF) - first + 1):
        value = int.from_bytes(start) + step
        yield first + step, _utf16(value.to_bytes(max(len(start), (value.bit_length() + 7) // 8)))


def _utf16(content: bytes) -> str:
    return content.decode("utf-16-be", "replace")


def to_nfkc(text: str) -> str:
    """Convert a text to NFKC, in which compatible forms of a character are equal."""
    return unicodedata.normalize("NFKC", text)


def _is_plain(text: str) -> bool:
    return len(text) == 1 and text.isascii() and text.isalnum()


POSTSCRIPT_NAME_ID = 6
# The cap height for an embedded font that does not state it, as fonts for scripts without capitals do.
USUAL_CAP_EM, USUAL_WEIGHT = 0.7, 400
CACHED_FONTS = 512
"""How many fonts' tables are cached: subsets differ from page to page, but often repeat."""
MAX_DEPTH = 16
SHOW_OPERATORS = frozenset({"Tj", "TJ", "'", '"'})
TEXT_OPERATORS = " ".join(sorted({"Tf", *SHOW_OPERATORS}))
FONT_HINT = "write font-family: var(--font-text), or the variable of a different role"


@dataclass(frozen=True, slots=True)
class EmbeddedFont:
    """Properties of an embedded font.

    ``name`` is its PostScript name, ``cap_em`` the height of its capitals in em, ``glyph_count`` the number of its
    glyphs, ``chars_of_glyph`` the characters of each glyph.
    """

    name: str
    weight: int
    cap_em: float
    glyph_count: int
    chars_of_glyph: Mapping[int, frozenset[str]]


class _FontFile:
    """A font's bytes, hashed and compared by their SHA-256, as a key for the cache."""

    __slots__ = ("content", "key")

    def __init__(self, content: bytes) -> None:
        self.content, self.key = content, hashlib.sha256(content).digest()

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _FontFile) and other.key == self.key


def read_font(font: PageFont) -> EmbeddedFont | None:
    """Return the properties of an embedded font; None if it is not embedded or cannot be read."""
    return _face(_FontFile(font.file)) if font.file else None


@lru_cache(maxsize=CACHED_FONTS)
def _face(file: _FontFile) -> EmbeddedFont | None:
    from fontTools.ttLib import TTFont

    try:
        font = TTFont(io.BytesIO(file.content), lazy=True)
        os2, units = font.get("OS/2"), font["head"].unitsPerEm
        cap = getattr(os2, "sCapHeight", 0) / units if os2 else 0
        return EmbeddedFont(
            name=(font["name"].getDebugName(POSTSCRIPT_NAME_ID) if "name" in font else "") or "",
            weight=int(os2.usWeightClass) if os2 else USUAL_WEIGHT,
            cap_em=cap or USUAL_CAP_EM,
            glyph_count=int(font["maxp"].numGlyphs),
            chars_of_glyph=chars_by_glyph(font) if "cmap" in font else {},
        )
    except Exception:  # noqa: BLE001  a broken table makes its reader raise nearly any kind of exception
        return None


def check_fonts(page: FinishedPage, spec: Spec) -> list[Finding]:
    """Return a finding for each font of the page that is not embedded or does not belong to the brand."""
    findings = []
    for font in dict.fromkeys(page.fonts.values()):
        face = read_font(font)
        if not font.file:
            text = f"the font {font.name} is not embedded: readers would see a substitute"
            findings.append(Finding("font-missing", text, FONT_HINT))
        elif face is None or face.name not in spec.faces:
            brand_fonts = ", ".join(spec.faces) or "none"
            name = face.name if face else font.name
            text = f"text is set in {name}, which is not a font of the brand (it has: {brand_fonts})"
            findings.append(Finding("font-missing", text, FONT_HINT))
    return findings


def check_glyphs(page: FinishedPage, file: OpenPdf, spec: Spec) -> list[Finding]:
    """Return findings for characters without a glyph, wrong ``/ToUnicode`` maps and words inside a pattern."""
    unknown = [letter.char for letter in page.letters if letter.char == UNKNOWN_CHAR]
    faces = {font.name: face for font in page.fonts.values() if (face := read_font(font))}
    findings = []
    try:
        page_object = file.pdf.pages[0].obj
        shown = list(_shown(file, page_object, in_pattern=False, depth=0))
        wrong = list(dict.fromkeys(_misnamed(page_object, faces, depth=0)))
    except READ_ERRORS as error:
        return [
            Finding("glyph-missing", f"the page's glyphs cannot be read: {error}", "build the asset again")
        ]
    if any(one.in_pattern for one in shown):
        text = "text is inside a pattern, where screen readers and searches cannot find it"
        findings.append(Finding("words-altered", text, "place the text on the page, not in a background"))
    if wrong:
        examples = ", ".join(f"{actual!r} as {stated!r}" for actual, stated in wrong[:3])
        text = (
            f"the page shows one text but is read as another ({examples}): a font's /ToUnicode map is wrong"
        )
        findings.append(Finding("words-altered", text, "build the asset again"))
    missing = sum(one.missing(faces) for one in shown)
    if missing or unknown:
        count = missing or len(unknown)
        characters = "characters have" if count != 1 else "character has"
        text = f"{count} {characters} no glyph on the finished page"
        hint = f"the brand's fonts ({', '.join(spec.fonts)}) lack glyphs: change the copy, or add a font that has them"
        findings.append(Finding("glyph-missing", text, hint))
    return findings


@dataclass(frozen=True, slots=True)
class _ShownText:
    """The text that one text operator shows in one font. ``kind`` is a result of ``_kind_of_codes``."""

    font: str
    kind: str
    codes: bytes
    in_pattern: bool

    def missing(self, faces: Mapping[str, EmbeddedFont]) -> int:
        """Return how many glyphs are missing: glyph 0 (the box), numbers not in the font, and ``mapped`` codes."""
        if self.kind != "glyphs":
            return len(self.codes) // 2 if self.kind == "mapped" else 0
        glyph_count = faces[self.font].glyph_count if self.font in faces else 1 << 16
        glyphs = [
            self.codes[index] << 8 | self.codes[index + 1] for index in range(0, len(self.codes) - 1, 2)
        ]
        return sum(glyph == 0 or glyph >= glyph_count for glyph in glyphs)


def _shown(file: OpenPdf, stream: pikepdf.Object, *, in_pattern: bool, depth: int) -> Iterator[_ShownText]:
    """Yield the text of a page or a stream, and of the forms and patterns in its resources."""
    if depth > MAX_DEPTH:
        return
    resources = stream.get("/Resources", pikepdf.Dictionary())
    fonts = resources.get("/Font", pikepdf.Dictionary())
    if fonts:
        yield from _text(file.parse_operators(stream, TEXT_OPERATORS), fonts, in_pattern=in_pattern)
    for form in _streams(resources, "/XObject"):
        if form.get("/Subtype") == "/Form":
            yield from _shown(file, form, in_pattern=in_pattern, depth=depth + 1)
    for pattern in _streams(resources, "/Pattern"):
        yield from _shown(file, pattern, in_pattern=True, depth=depth + 1)


def _misnamed(
    owner: pikepdf.Object, faces: Mapping[str, EmbeddedFont], *, depth: int
) -> Iterator[tuple[str, str]]:
    """Yield the results of ``find_wrong_unicode`` for each font of a page and of its forms."""
    resources = owner.get("/Resources", pikepdf.Dictionary())
    for font in resources.get("/Font", pikepdf.Dictionary()).values():
        name = str(font.get("/BaseFont", "")).lstrip("/")
        yield from find_wrong_unicode(font, faces[name].chars_of_glyph if name in faces else {})
    if depth < MAX_DEPTH:
        for form in _streams(resources, "/XObject"):
            yield from _misnamed(form, faces, depth=depth + 1)


def _streams(resources: pikepdf.Object, kind: str) -> Iterator[pikepdf.Object]:
    """Yield the streams of one kind of resource, such as ``/XObject``."""
    named = resources.get(kind, pikepdf.Dictionary()).values()
    yield from (value for value in named if isinstance(value, pikepdf.Stream))


def _text(
    steps: Sequence[ParsedInstruction], fonts: pikepdf.Object, *, in_pattern: bool
) -> Iterator[_ShownText]:
    name, codes = "", ""
    for kind, step in steps:
        if kind == "Tf" and str(step.operands[0]) in fonts:
            font = fonts[str(step.operands[0])]
            name, codes = str(font.get("/BaseFont", "")).lstrip("/"), _kind_of_codes(font)
        elif kind in SHOW_OPERATORS:
            yield _ShownText(name, codes, b"".join(_strings(step.operands)), in_pattern)


def _kind_of_codes(font: pikepdf.Object) -> str:
    """Return the kind of a font's codes: ``glyphs``, ``mapped`` or ``simple``.

    ``glyphs`` are glyph numbers, as WeasyPrint writes them. ``mapped`` are codes of a character map, which WeasyPrint
    writes for characters that the font lacks. ``simple`` codes are one byte per character.
    """
    if font.get("/Subtype") != "/Type0":
        return "simple"
    return "glyphs" if font.get("/Encoding") == "/Identity-H" else "mapped"


def _strings(operands: Iterable[pikepdf.Object]) -> Iterator[bytes]:
    for operand in operands:
        if isinstance(operand, pikepdf.String):
            yield bytes(operand)
        elif isinstance(operand, pikepdf.Array):
            # The array of a text operator has strings and numbers, but no arrays.
            yield from [bytes(item) for item in operand if isinstance(item, pikepdf.String)]
