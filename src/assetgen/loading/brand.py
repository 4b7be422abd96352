"""Read and validate ``brand/brand.yaml`` and the fonts in ``brand/fonts``."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, Severity
from assetgen.loading.artwork.bitmaps import read_pictures
from assetgen.loading.copy_rules.facts import check_brand_copy, check_facts
from assetgen.loading.model import Brand, FontFace
from assetgen.loading.printers import PrintCondition, built_in_conditions, read_conditions, read_printers
from assetgen.loading.yaml.campaign_folder import check_inside, is_file, list_entries, read_bytes
from assetgen.loading.yaml.document import YamlDocument
from assetgen.loading.yaml.file_validation import did_you_mean, validate_document
from assetgen.schema.brand_file import STOCKS, BrandFile, Facts
from assetgen.schema.fields import Inks, PlacedText

FONT_SUFFIXES = (".ttf", ".otf")
# OpenType name ids (``name`` table). 16 is the typographic family. 1 is the older family of at most four styles.
FAMILY_NAME_IDS = (16, 1)
POSTSCRIPT_NAME_ID = 6
# Cap height for a font that states none. Fonts of scripts without capitals have 0 in OS/2.sCapHeight, or no value.
DEFAULT_CAP_EM = 0.7


def read_fonts(root: Path) -> tuple[tuple[FontFace, ...], list[Finding]]:
    """Return the font faces in ``brand/fonts``, and a finding for each font file that cannot be used."""
    faces: list[FontFace] = []
    findings: list[Finding] = []
    folder = root / "brand" / "fonts"
    try:
        folder_exists = bool(list_entries(folder, Place("brand/fonts"))) or folder.is_dir()
    except CampaignError as error:
        return (), error.findings
    if not folder_exists:
        hint = "create brand/fonts, and put the brand's .ttf files into it"
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
    return tuple(faces), findings + _find_duplicate_faces(faces)


def read_face(content: bytes, file: str) -> FontFace:
    """Return the face in a font file.

    Raises CampaignError if the file is not a font with outlines and a character map.
    """
    from fontTools.ttLib import TTFont

    try:
        font = TTFont(io.BytesIO(content), lazy=True)
        os2, hhea, units = font["OS/2"], font["hhea"], font["head"].unitsPerEm
        family = next(name for key in FAMILY_NAME_IDS if (name := font["name"].getDebugName(key)))
        postscript_name = font["name"].getDebugName(POSTSCRIPT_NAME_ID) or family
        characters = frozenset(font.getBestCmap() or ())
        cap = getattr(os2, "sCapHeight", 0) / units
        ascent_em, descent_em = hhea.ascent / units, -hhea.descent / units
        weight, italic = int(os2.usWeightClass), bool(os2.fsSelection & 1)
    # fontTools raises nearly any kind of exception on a damaged font.
    except Exception as error:
        hint = "replace it with a static .ttf or .otf file"
        raise CampaignError(
            Finding("bad-value", "the font file cannot be read", hint, Place(file))
        ) from error
    return FontFace(
        path=file,
        family=family,
        postscript_name=postscript_name,
        weight=weight,
        italic=italic,
        cap_em=cap if cap > 0 else DEFAULT_CAP_EM,
        ascent_em=ascent_em,
        descent_em=descent_em,
        sha256=hashlib.sha256(content).hexdigest(),
        characters=characters,
        content=content,
    )


def _find_duplicate_faces(faces: list[FontFace]) -> list[Finding]:
    """Return a finding for each file with the family, weight and style of an earlier one.

    The layout engine cannot tell such files apart. It may draw the words with either.
    """
    seen: dict[tuple[str, int, bool], FontFace] = {}
    findings = []
    for face in faces:
        key = (face.family, face.weight, face.italic)
        if key in seen:
            text = (
                f"same family, weight and style as {seen[key].path}: the layout engine cannot tell them apart"
            )
            findings.append(Finding("font-missing", text, "delete one of the two files", Place(face.path)))
        seen.setdefault(key, face)
    return findings


# Colours and labels that the built-in parts of templates use. Every brand must define them.
REQUIRED_COLOURS = ("ink", "paper")
LESS_INK_HINT = "use less cyan, magenta and yellow, and more black"
REQUIRED_LABELS = ("call", "scan", "partnership", "edition", "led_by")


def read_brand(root: Path, document: YamlDocument) -> tuple[Brand, list[Finding]]:
    """Return the brand, and the findings that do not prevent its use.

    Raises CampaignError with all findings if any of them prevents its use.
    """
    file = validate_document(BrandFile, document)
    faces, findings = read_fonts(root)
    facts = file.facts
    faults = check_facts(facts, document.place)
    findings += faults or _check_own_words(file, facts, document)
    findings += _check_fonts(file, document, faces)
    findings += _check_names(file, document)
    pictures, unread = read_pictures(root, file.pictures, document)
    findings += unread
    conditions, faults = read_conditions(root, file.press, document, built_in_conditions(), ("press",))
    findings += [*faults, *_check_ink_limits(file, conditions, document)]
    if findings:
        raise CampaignError(findings)
    places = {name: document.place("palette", name) for name in file.palette}
    brand = Brand(file, places, faces, pictures, conditions)
    return brand, _report_unconfirmed_facts(facts, document)


def add_printers(root: Path, brand: Brand, document: YamlDocument) -> tuple[Brand, list[Finding]]:
    """Return the brand with the printers of ``brand/printers.yaml``, and a finding for each fault in them."""
    printers, findings = read_printers(root, document, brand.conditions)
    for printer in printers.values():
        for stock, condition in printer.conditions.items():
            inks = {name: colour.inks(stock) for name, colour in brand.file.palette.items()}
            place = document.place(printer.id, "conditions", stock, "ink_limit")
            findings += [
                Finding("bad-value", f"{text} at {printer.file.name}", LESS_INK_HINT, place)
                for _, text in _excess_ink(inks, stock, condition)
            ]
    return replace(brand, printers=printers), findings


def _check_ink_limits(
    file: BrandFile, conditions: Mapping[str, PrintCondition], document: YamlDocument
) -> Iterator[Finding]:
    """Yield a finding for each colour whose total ink exceeds the limit of its stock."""
    for stock in STOCKS:
        inks = {name: colour.inks(stock) for name, colour in file.palette.items()}
        for name, text in _excess_ink(inks, stock, conditions[stock]):
            yield Finding("bad-value", text, LESS_INK_HINT, document.place("palette", name, stock))


def _excess_ink(
    inks: Mapping[str, Inks | None], stock: str, condition: PrintCondition
) -> Iterator[tuple[str, str]]:
    """Yield (colour name, message) for each colour whose total ink exceeds the limit of a print condition."""
    for name, values in inks.items():
        if values and sum(values) > condition.ink_limit:
            yield (
                name,
                f"{name} has {sum(values):g} % of ink; the limit for {stock} is {condition.ink_limit:g} %",
            )


def _check_fonts(file: BrandFile, document: YamlDocument, faces: tuple[FontFace, ...]) -> list[Finding]:
    """Return a finding for each font family that has no file in ``brand/fonts``."""
    families = sorted({face.family for face in faces})
    findings = []
    if "text" not in file.fonts:
        hint = "add text: with the font family for most words"
        findings.append(Finding("bad-value", "missing: fonts.text", hint, document.place("fonts")))
    for script, family in file.fonts.items():
        if family not in families:
            text = f"brand/fonts has no font file of the family {family}"
            hint = did_you_mean(family, families) or "put its .ttf files into brand/fonts"
            findings.append(Finding("font-missing", text, hint, document.place("fonts", script)))
    return findings


def _check_names(file: BrandFile, document: YamlDocument) -> list[Finding]:
    """Return a finding for each required colour and label that the brand does not define."""
    required: list[tuple[tuple[str, ...], Collection[str], tuple[str, ...], str]] = [
        (("palette",), file.palette, REQUIRED_COLOURS, "every template needs it")
    ]
    required += [
        (("labels", tag), labels, REQUIRED_LABELS, "with the words to print")
        for tag, labels in file.labels.items()
    ]
    return [
        Finding(
            "bad-value", f"missing: {'.'.join((*path, name))}", f"add {name}: {why}", document.place(*path)
        )
        for path, known, names, why in required
        for name in names
        if name not in known
    ]


def _check_own_words(file: BrandFile, facts: Facts, document: YamlDocument) -> list[Finding]:
    """Return a finding for each number and address in the brand's copy that is not one of its facts."""
    texts = [PlacedText(file.led_by, document.place("led_by"))]
    texts += [
        PlacedText(picture.alt, document.place("pictures", name, "alt"))
        for name, picture in file.pictures.items()
        if picture.alt
    ]
    texts += [
        PlacedText(promise, document.place("facts", "promise", tag))
        for tag, promise in file.facts.promise.items()
    ]
    for tag, labels in file.labels.items():
        texts += [PlacedText(label, document.place("labels", tag, name)) for name, label in labels.items()]
    return [finding for text in texts for finding in check_brand_copy(text, facts)]


def _report_unconfirmed_facts(facts: Facts, document: YamlDocument) -> list[Finding]:
    if facts.confirmed.by:
        return []
    text = f"the number, address and promise of {facts.name} are not confirmed"
    hint = "ask the owner of the helpline, then fill in by and on under facts.confirmed"
    place = document.place("facts", "confirmed", "by")
    return [Finding("fact-unconfirmed", text, hint, place, Severity.NOTE)]
