"""What a page's fonts say their glyphs mean, beside what the fonts' own tables say.

Everything that reads a PDF's words, ours too, believes each font's ``/ToUnicode``. Where that is wrong the page shows
one number and is read, searched and proved as another. The embedded font has a table of its own (``cmap``) from signs
to glyphs; shapes that stand for digits and Latin letters must have the same name in both.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pikepdf

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

ENDS = "endbfchar endbfrange"


def misnamed(font: pikepdf.Object, own: Mapping[int, frozenset[str]]) -> Iterator[tuple[str, str]]:
    """Yield (what a glyph is, what the page says it is) for each glyph of a font whose two names differ.

    ``own`` is what the font's own table says of each glyph, folded. Only where one of the two is an ASCII digit or
    letter: forms of Arabic and ligatures have other names in the font than in the text, and what has no name in the
    font cannot be judged.
    """
    if not _has_glyph_codes(font) or "/ToUnicode" not in font:
        return
    for glyph, said in _said(font["/ToUnicode"]):
        signs = own.get(glyph)
        if signs and folded(said) not in signs and any(_is_plain(sign) for sign in (*signs, said)):
            yield "/".join(sorted(signs)), said


def own_signs(font: TTFont) -> dict[int, frozenset[str]]:
    """Return what each glyph stands for by the font's own table, folded; nothing where it has no table."""
    signs: dict[int, set[str]] = {}
    glyphs = font.getReverseGlyphMap()
    for code, name in (font.getBestCmap() or {}).items():
        signs.setdefault(glyphs[name], set()).add(folded(chr(code)))
    return {glyph: frozenset(names) for glyph, names in signs.items()}


def _has_glyph_codes(font: pikepdf.Object) -> bool:
    """Say whether a font's codes are glyphs' numbers, as the engine writes them."""
    if font.get("/Encoding") != "/Identity-H" or "/DescendantFonts" not in font:
        return False
    mapped = font["/DescendantFonts"][0].get("/CIDToGIDMap", pikepdf.Name.Identity)
    return isinstance(mapped, pikepdf.Name) and mapped == "/Identity"


def _said(to_unicode: pikepdf.Object) -> Iterator[tuple[int, str]]:
    """Yield glyph and text of each entry of a ``/ToUnicode`` map (ISO 32000-1, 9.10.3)."""
    for step in pikepdf.parse_content_stream(to_unicode, ENDS):
        operands = list(step.operands)
        if str(step.operator) == "endbfchar":
            for code, text in zip(operands[::2], operands[1::2], strict=False):
                yield int.from_bytes(bytes(code)), _utf16(bytes(text))
        elif str(step.operator) == "endbfrange":
            for first, last, texts in zip(operands[::3], operands[1::3], operands[2::3], strict=False):
                yield from _range(int.from_bytes(bytes(first)), int.from_bytes(bytes(last)), texts)


def _range(first: int, last: int, texts: pikepdf.Object) -> Iterator[tuple[int, str]]:
    """Yield the entries of one range: a text for each of its glyphs, or the first's, counted on."""
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


def folded(text: str) -> str:
    """Return a text without the differences between signs that are one shape: NFKC."""
    return unicodedata.normalize("NFKC", text)


def _is_plain(text: str) -> bool:
    return len(text) == 1 and text.isascii() and text.isalnum()
