"""Read ``brand/brand.yaml`` and the brand's fonts, and check them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, Severity
from assetgen.loading.artwork.bitmaps import read_pictures
from assetgen.loading.copy_rules.facts import check_facts, check_own_words
from assetgen.loading.model import Brand, FontFace
from assetgen.loading.printers import PrintCondition, own_conditions, read_conditions, read_printers
from assetgen.loading.yaml.campaign_folder import check_inside, entries, is_file, read_bytes
from assetgen.loading.yaml.document import YamlDocument
from assetgen.loading.yaml.file_validation import bind, did_you_mean
from assetgen.schema.brand_file import STOCKS, BrandFile, Facts
from assetgen.schema.fields import Inks, Text

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


# Colours and words that the tool's own parts use; every brand has them.
NEEDED_COLOURS = ("ink", "paper")
LESS_INK = "less cyan, magenta and yellow, more black"
NEEDED_WORDS = ("call", "scan", "partnership", "edition", "led_by")


def read_brand(root: Path, document: YamlDocument) -> tuple[Brand, list[Finding]]:
    """Return the brand and findings that do not keep it from use; raises CampaignError with the others."""
    file = bind(BrandFile, document)
    faces, findings = read_fonts(root)
    facts = file.facts
    faults = check_facts(facts, document.place)
    findings += faults or _check_own_words(file, facts, document)
    findings += _check_fonts(file, document, faces)
    findings += _check_names(file, document)
    pictures, unread = read_pictures(root, file.pictures, document)
    findings += unread
    conditions, faults = read_conditions(root, file.press, document, own_conditions(), ("press",))
    findings += [*faults, *_check_limits(file, conditions, document)]
    if findings:
        raise CampaignError(findings)
    places = {name: document.place("palette", name) for name in file.palette}
    brand = Brand(file, places, faces, pictures, conditions)
    return brand, _unconfirmed(facts, document)


def with_printers(root: Path, brand: Brand, document: YamlDocument) -> tuple[Brand, list[Finding]]:
    """Return the brand with the printers of ``brand/printers.yaml``, and what is wrong with them."""
    printers, findings = read_printers(root, document, brand.conditions)
    for printer in printers.values():
        for stock, condition in printer.conditions.items():
            inks = {name: colour.inks(stock) for name, colour in brand.file.palette.items()}
            place = document.place(printer.id, "conditions", stock, "ink_limit")
            findings += [
                Finding("bad-value", f"{text} at {printer.file.name}", LESS_INK, place)
                for _, text in _too_much(inks, stock, condition)
            ]
    return replace(brand, printers=printers), findings


def _check_limits(
    file: BrandFile, conditions: Mapping[str, PrintCondition], document: YamlDocument
) -> Iterator[Finding]:
    """Yield a finding for each colour with more ink than its stock takes."""
    for stock in STOCKS:
        inks = {name: colour.inks(stock) for name, colour in file.palette.items()}
        for name, text in _too_much(inks, stock, conditions[stock]):
            yield Finding("bad-value", text, LESS_INK, document.place("palette", name, stock))


def _too_much(
    inks: Mapping[str, Inks | None], stock: str, condition: PrintCondition
) -> Iterator[tuple[str, str]]:
    """Yield (colour, what is wrong) for each colour with more ink than a condition takes."""
    for name, values in inks.items():
        if values and sum(values) > condition.ink_limit:
            yield name, f"{name} has {sum(values):g} % of ink; {stock} takes {condition.ink_limit:g} %"


def _check_fonts(file: BrandFile, document: YamlDocument, faces: tuple[FontFace, ...]) -> list[Finding]:
    """Return a finding for each family that no file of ``brand/fonts`` holds."""
    families = sorted({face.family for face in faces})
    findings = []
    if "text" not in file.fonts:
        hint = "add text: with the family of most words"
        findings.append(Finding("bad-value", "missing: fonts.text", hint, document.place("fonts")))
    for script, family in file.fonts.items():
        if family not in families:
            text = f"no font file of the family {family} in brand/fonts"
            hint = did_you_mean(family, families) or "put its .ttf files there"
            findings.append(Finding("font-missing", text, hint, document.place("fonts", script)))
    return findings


def _check_names(file: BrandFile, document: YamlDocument) -> list[Finding]:
    """Return a finding for each colour and fixed word that the tool's own parts need and do not find."""
    needed: list[tuple[tuple[str, ...], Collection[str], tuple[str, ...], str]] = [
        (("palette",), file.palette, NEEDED_COLOURS, "every design needs it")
    ]
    needed += [(("labels", tag), words, NEEDED_WORDS, "with its words") for tag, words in file.labels.items()]
    return [
        Finding(
            "bad-value", f"missing: {'.'.join((*path, name))}", f"add {name}: {why}", document.place(*path)
        )
        for path, known, names, why in needed
        for name in names
        if name not in known
    ]


def _check_own_words(file: BrandFile, facts: Facts, document: YamlDocument) -> list[Finding]:
    """Return a finding for each number and address in the brand's own words that is not of its facts."""
    texts = [Text(file.led_by, document.place("led_by"))]
    texts += [
        Text(picture.alt, document.place("pictures", name, "alt"))
        for name, picture in file.pictures.items()
        if picture.alt
    ]
    texts += [
        Text(words, document.place("facts", "promise", tag)) for tag, words in file.facts.promise.items()
    ]
    for tag, words in file.labels.items():
        texts += [Text(said, document.place("labels", tag, name)) for name, said in words.items()]
    return [finding for text in texts for finding in check_own_words(text, facts)]


def _unconfirmed(facts: Facts, document: YamlDocument) -> list[Finding]:
    if facts.confirmed.by:
        return []
    text = f"nobody at {facts.name} has confirmed its number, address and promise"
    hint = "ask the owner, then fill in facts.confirmed: by and on"
    place = document.place("facts", "confirmed", "by")
    return [Finding("fact-unconfirmed", text, hint, place, Severity.NOTE)]
