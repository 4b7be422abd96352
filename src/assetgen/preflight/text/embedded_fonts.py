"""Check that fonts are embedded, the brand's own, and have a glyph for every character.

Everything that reads a PDF's words, ours too, believes each font's ``/ToUnicode``. Where that is wrong the page shows
one number and is read, searched and proved as another. The embedded font has a table of its own (``cmap``) from signs
to glyphs; shapes that stand for digits and Latin letters must have the same name in both.

PDFium gives the right character for a glyph that is a mere box, so glyphs are read from the page's content
by pikepdf; so is text inside a pattern, which no reader of text can see.
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
from assetgen.preflight.pdf.finished_page import UNKNOWN, FinishedPage, PageFont
from assetgen.preflight.pdf.pdf_file import DAMAGE, OpenPdf, Step

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


POSTSCRIPT_NAME_ID = 6
# Where an embedded font does not state its capitals' height: scripts without capitals.
USUAL_CAP_EM, USUAL_WEIGHT = 0.7, 400
TOLD_FONTS = 512
"""Fonts whose tables are remembered: subsets differ from page to page, but often repeat."""
MAX_DEPTH = 16
SHOWING = frozenset({"Tj", "TJ", "'", '"'})
TEXT = " ".join(sorted({"Tf", *SHOWING}))
FONT_HINT = "only files of brand/fonts; name their family first in font-family"


@dataclass(frozen=True, slots=True)
class Face:
    """What an embedded font says of itself: ``glyphs`` is how many it has, ``signs`` what they stand for."""

    name: str
    weight: int
    cap_em: float
    glyphs: int
    signs: Mapping[int, frozenset[str]]


class _FontFile:
    """A font's bytes by their hash, so that remembering one does not keep the bytes."""

    __slots__ = ("content", "key")

    def __init__(self, content: bytes) -> None:
        self.content, self.key = content, hashlib.sha256(content).digest()

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _FontFile) and other.key == self.key


def face_of(font: PageFont) -> Face | None:
    """Return what an embedded font says of itself; None where it is not embedded or cannot be read."""
    return _face(_FontFile(font.file)) if font.file else None


@lru_cache(maxsize=TOLD_FONTS)
def _face(file: _FontFile) -> Face | None:
    from fontTools.ttLib import TTFont

    try:
        font = TTFont(io.BytesIO(file.content), lazy=True)
        os2, units = font.get("OS/2"), font["head"].unitsPerEm
        cap = getattr(os2, "sCapHeight", 0) / units if os2 else 0
        return Face(
            name=(font["name"].getDebugName(POSTSCRIPT_NAME_ID) if "name" in font else "") or "",
            weight=int(os2.usWeightClass) if os2 else USUAL_WEIGHT,
            cap_em=cap or USUAL_CAP_EM,
            glyphs=int(font["maxp"].numGlyphs),
            signs=own_signs(font) if "cmap" in font else {},
        )
    except Exception:  # noqa: BLE001  a broken table makes its reader raise nearly any kind of exception
        return None


def prove_fonts(page: FinishedPage, spec: Spec) -> list[Finding]:
    """Return a finding for each font of the page that is not embedded or not the brand's."""
    findings = []
    for font in dict.fromkeys(page.fonts.values()):
        face = face_of(font)
        if not font.file:
            text = f"the font {font.name} is not embedded: a reader would see another"
            findings.append(Finding("font-missing", text, FONT_HINT))
        elif face is None or face.name not in spec.faces:
            own = ", ".join(spec.faces) or "none"
            text = f"words are set in {face.name if face else font.name}, which is not of the brand ({own})"
            findings.append(Finding("font-missing", text, FONT_HINT))
    return findings


def prove_glyphs(page: FinishedPage, file: OpenPdf, spec: Spec) -> list[Finding]:
    """Return a finding for each sign without a glyph, and for words inside a pattern."""
    unread = [letter.sign for letter in page.letters if letter.sign == UNKNOWN]
    faces = {font.name: face for font in page.fonts.values() if (face := face_of(font))}
    findings = []
    try:
        page_object = file.pdf.pages[0].obj
        shown = list(_shown(file, page_object, in_pattern=False, depth=0))
        wrong = list(dict.fromkeys(_misnamed(page_object, faces, depth=0)))
    except DAMAGE as error:
        return [Finding("glyph-missing", f"the page's glyphs cannot be read: {error}", "build it again")]
    if any(one.in_pattern for one in shown):
        text = "words stand inside a pattern, where no reader and no search finds them"
        findings.append(Finding("words-altered", text, "set words as text on the page, not in a background"))
    if wrong:
        said = ", ".join(f"{is_!r} as {said!r}" for is_, said in wrong[:3])
        text = f"the file gives out glyphs for others ({said}): it shows one text and is read as another"
        findings.append(Finding("words-altered", text, "build it again; a font's /ToUnicode map is wrong"))
    boxes = sum(one.boxes(faces) for one in shown)
    if boxes or unread:
        many = boxes or len(unread)
        text = f"{many} sign{'s' if many != 1 else ''} on the finished page {'have' if many != 1 else 'has'} no glyph"
        hint = f"the brand's fonts ({', '.join(spec.fonts)}) lack it: other words, or a font that has it"
        findings.append(Finding("glyph-missing", text, hint))
    return findings


@dataclass(frozen=True, slots=True)
class _Shown:
    """Glyphs that one operator shows in one font."""

    font: str
    kind: str
    codes: bytes
    in_pattern: bool

    def boxes(self, faces: Mapping[str, Face]) -> int:
        """Return how many of the glyphs are the box for a missing one, or none of the font's."""
        if self.kind != "glyphs":
            return len(self.codes) // 2 if self.kind == "mapped" else 0
        most = faces[self.font].glyphs if self.font in faces else 1 << 16
        glyphs = [self.codes[at] << 8 | self.codes[at + 1] for at in range(0, len(self.codes) - 1, 2)]
        return sum(glyph == 0 or glyph >= most for glyph in glyphs)


def _shown(file: OpenPdf, stream: pikepdf.Object, *, in_pattern: bool, depth: int) -> Iterator[_Shown]:
    """Yield what a page or a stream and the forms and patterns of its resources show as text."""
    if depth > MAX_DEPTH:
        return
    resources = stream.get("/Resources", pikepdf.Dictionary())
    fonts = resources.get("/Font", pikepdf.Dictionary())
    if fonts:
        yield from _text(file.some_steps(stream, TEXT), fonts, in_pattern=in_pattern)
    for form in _streams(resources, "/XObject"):
        if form.get("/Subtype") == "/Form":
            yield from _shown(file, form, in_pattern=in_pattern, depth=depth + 1)
    for pattern in _streams(resources, "/Pattern"):
        yield from _shown(file, pattern, in_pattern=True, depth=depth + 1)


def _misnamed(owner: pikepdf.Object, faces: Mapping[str, Face], *, depth: int) -> Iterator[tuple[str, str]]:
    """Yield the glyphs that the fonts of a page, and of its forms, give out for others."""
    resources = owner.get("/Resources", pikepdf.Dictionary())
    for font in resources.get("/Font", pikepdf.Dictionary()).values():
        name = str(font.get("/BaseFont", "")).lstrip("/")
        yield from misnamed(font, faces[name].signs if name in faces else {})
    if depth < MAX_DEPTH:
        for form in _streams(resources, "/XObject"):
            yield from _misnamed(form, faces, depth=depth + 1)


def _streams(resources: pikepdf.Object, kind: str) -> Iterator[pikepdf.Object]:
    """Yield the streams of a kind of resources."""
    named = resources.get(kind, pikepdf.Dictionary()).values()
    yield from (one for one in named if isinstance(one, pikepdf.Stream))


def _text(steps: Sequence[Step], fonts: pikepdf.Object, *, in_pattern: bool) -> Iterator[_Shown]:
    name, codes = "", ""
    for kind, step in steps:
        if kind == "Tf" and str(step.operands[0]) in fonts:
            font = fonts[str(step.operands[0])]
            name, codes = str(font.get("/BaseFont", "")).lstrip("/"), _codes(font)
        elif kind in SHOWING:
            yield _Shown(name, codes, b"".join(_strings(step.operands)), in_pattern)


def _codes(font: pikepdf.Object) -> str:
    """Return what a font's codes are: glyphs' numbers, as the engine writes them for every glyph that it has;
    ``mapped``, as it does where it has none; ``simple`` in a font of one byte a sign."""
    if font.get("/Subtype") != "/Type0":
        return "simple"
    return "glyphs" if font.get("/Encoding") == "/Identity-H" else "mapped"


def _strings(operands: Iterable[pikepdf.Object]) -> Iterator[bytes]:
    for operand in operands:
        if isinstance(operand, pikepdf.String):
            yield bytes(operand)
        elif isinstance(operand, pikepdf.Array):
            # An array of a text operator holds strings and numbers, and no arrays.
            yield from [bytes(one) for one in operand if isinstance(one, pikepdf.String)]
