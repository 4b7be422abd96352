"""Small font files of every kind, made in the test: static, variable, CFF, collections, web fonts."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

from tests.support.tiny_campaign import REPO

MEDIUM = REPO / "brand/fonts/HankenGrotesk_500Medium.ttf"
GLYPHS = [".notdef", "A", "H", "p"]
CHARACTERS = {65: "A", 72: "H", 112: "p"}
# Bottom and top of each glyph's rectangle, in thousandths of an em.
HEIGHTS = {".notdef": (0, 700), "A": (0, 690), "H": (0, 680), "p": (-230, 500)}


def _saved(font: FontBuilder | TTFont) -> bytes:
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def _builder(family: str, style: str, weight: int, cap_height: int, *, is_ttf: bool = True) -> FontBuilder:
    builder = FontBuilder(1000, isTTF=is_ttf)
    builder.setupGlyphOrder(GLYPHS)
    builder.setupCharacterMap(CHARACTERS)
    if is_ttf:
        builder.setupGlyf({name: _rectangle(TTGlyphPen(None), *HEIGHTS[name]).glyph() for name in GLYPHS})
    else:
        charstrings = {
            name: _rectangle(T2CharStringPen(600, None), *HEIGHTS[name]).getCharString() for name in GLYPHS
        }
        builder.setupCFF(f"{family}-{style}".replace(" ", ""), {}, charstrings, {})
    builder.setupHorizontalMetrics(dict.fromkeys(GLYPHS, (600, 50)))
    builder.setupHorizontalHeader(ascent=900, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": style})
    builder.setupOS2(usWeightClass=weight, sCapHeight=cap_height, sTypoAscender=800, sTypoDescender=-150)
    builder.setupPost()
    return builder


def _rectangle(pen: TTGlyphPen | T2CharStringPen, bottom: int, top: int) -> TTGlyphPen | T2CharStringPen:
    pen.moveTo((50, bottom))
    for point in ((50, top), (550, top), (550, bottom)):
        pen.lineTo(point)
    pen.closePath()
    return pen


@cache
def tiny_font(family: str = "Hanken Grotesk", weight: int = 500, cap_height: int = 700) -> bytes:
    """Return a font of three letters, which is read a hundred times faster than a complete one."""
    return _saved(_builder(family, str(weight), weight, cap_height))


def cff_font(family: str = "Serif") -> bytes:
    """Return a font with CFF outlines (``.otf``)."""
    return _saved(_builder(family, "Regular", 400, 700, is_ttf=False))


def variable_font(family: str = "Flex", names: dict[str, int] | None = None) -> bytes:
    """Return a font with a weight axis from 100 to 900. ``names`` are its named weights."""
    builder = _builder(family, "Regular", 400, 700)
    instances = [{"location": {"wght": weight}, "stylename": name} for name, weight in (names or {}).items()]
    builder.setupFvar([("wght", 100, 400, 900, "Weight")], instances)
    builder.setupGvar({})
    return _saved(builder)


def changed_font(change: Callable[[TTFont], None], content: bytes | None = None) -> bytes:
    """Return a font, by default Hanken Grotesk Medium, after a change."""
    font = TTFont(io.BytesIO(content or MEDIUM.read_bytes()))
    change(font)
    return _saved(font)


def web_font(flavour: str, content: bytes | None = None) -> bytes:
    """Return a font as ``woff`` or ``woff2``."""

    def compress(font: TTFont) -> None:
        font.flavor = flavour

    return changed_font(compress, content)


def font_collection(*contents: bytes) -> bytes:
    """Return the fonts as one collection (``.ttc``)."""
    collection = TTCollection()
    collection.fonts = [TTFont(io.BytesIO(content)) for content in contents]
    out = io.BytesIO()
    collection.save(out)
    return out.getvalue()
