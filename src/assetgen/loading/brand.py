"""Read and validate ``brand/brand.yaml``, with the fonts and pictures that it names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Severity
from assetgen.loading.artwork.bitmaps import read_pictures
from assetgen.loading.copy_rules.facts import check_brand_copy, check_facts
from assetgen.loading.fonts import read_fonts
from assetgen.loading.model import Brand, FontFace
from assetgen.loading.printers import PrintCondition, built_in_conditions, read_conditions, read_printers
from assetgen.loading.yaml.document import YamlDocument
from assetgen.loading.yaml.file_validation import did_you_mean, validate_document
from assetgen.schema.brand_file import STOCKS, BrandFile, Facts
from assetgen.schema.fields import Inks, PlacedText

# Colours and labels that the built-in parts of templates use. Every brand must define them.
REQUIRED_COLOURS = ("ink", "paper")
LESS_INK_HINT = "use less cyan, magenta and yellow, and more black"
REQUIRED_LABELS = ("call", "scan", "partnership", "edition", "led_by")


def read_brand(root: Path, document: YamlDocument) -> tuple[Brand, list[Finding]]:
    """Return the brand, and the findings that do not prevent its use.

    Raises CampaignError with all findings if any of them prevents its use.
    """
    file = validate_document(BrandFile, document)
    faces, findings = read_fonts(root, file.embedding_licence)
    has_unusable_fonts = any(finding.is_error for finding in findings)
    facts = file.facts
    faults = check_facts(facts, document.place)
    findings += faults or _check_own_words(file, facts, document)
    # The family of a file that cannot be read is unknown, so a family without a file has probably the same cause.
    if not has_unusable_fonts:
        findings += _check_fonts(file, document, faces)
    findings += _check_names(file, document)
    pictures, unread = read_pictures(root, file.pictures, document)
    findings += unread
    conditions, faults = read_conditions(root, file.press, document, built_in_conditions(), ("press",))
    findings += [*faults, *_check_ink_limits(file, conditions, document)]
    if findings:
        raise CampaignError(findings)
    places = {name: document.place("palette", name) for name in file.palette}
    font_places = {family: document.place("fonts", role) for role, family in reversed(file.fonts.items())}
    brand = Brand(file, places, font_places, faces, pictures, conditions)
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
    """Return a finding for each font family that has no upright face in ``brand/fonts``."""
    families = sorted({face.family for face in faces if not face.italic})
    findings = []
    if "text" not in file.fonts:
        hint = "add text: with the font family for most words"
        findings.append(Finding("bad-value", "missing: fonts.text", hint, document.place("fonts")))
    for script, family in file.fonts.items():
        if family not in families:
            text = f"brand/fonts has no font file of the family {family}"
            hint = did_you_mean(family, families) or "put its font files into brand/fonts"
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
