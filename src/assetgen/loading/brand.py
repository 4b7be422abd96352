"""Read and validate ``brand/brand.yaml``, with the fonts and pictures that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from assetgen.colour import relative_luminance
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Severity
from assetgen.loading.artwork.bitmaps import read_pictures
from assetgen.loading.colour_roles import (
    INK,
    MIN_INK_CONTRAST,
    PAPER,
    contrast_of,
    core_palette,
    differ_in_hue,
    hue_name,
    may_differ_in_hue,
    nearest_with_contrast,
    unknown_colour,
)
from assetgen.loading.copy_rules.facts import SHORT_NUMBER, check_brand_copy, check_facts, host_of
from assetgen.loading.copy_rules.phone_numbers import to_e164
from assetgen.loading.fonts import read_fonts
from assetgen.loading.ink_conversion import printed_colour
from assetgen.loading.model import Brand, FontFace
from assetgen.loading.printers import PrintCondition, built_in_conditions, read_conditions, read_printers
from assetgen.loading.yaml.document import YamlDocument
from assetgen.loading.yaml.file_validation import did_you_mean, validate_document
from assetgen.schema.brand_file import STOCKS, BrandFile, Facts
from assetgen.schema.fields import Inks, PlacedText

# Labels that the built-in parts of templates use. Every brand must define them.
LESS_INK_HINT = "use less cyan, magenta and yellow, and more black"
REQUIRED_LABELS = ("call", "scan", "partnership", "edition")


def read_brand(root: Path, document: YamlDocument) -> tuple[Brand, list[Finding]]:
    """Return the brand, and the findings that do not prevent its use.

    Raises CampaignError with all findings if any of them prevents its use.
    """
    file = complete_facts(validate_document(BrandFile, document))
    faces, findings = read_fonts(root, file.embedding_licence)
    has_unusable_fonts = any(finding.is_error for finding in findings)
    facts = file.facts
    faults = check_facts(facts, document.place)
    findings += faults or _check_own_words(file, facts, document)
    # The family of a file that cannot be read is unknown, so a family without a file has probably the same cause.
    if not has_unusable_fonts:
        findings += _check_fonts(file, document, faces)
    findings += [*_check_labels(file, document), *_check_colours(file, document)]
    pictures, unread = read_pictures(root, file.pictures, document)
    findings += unread
    conditions, faults = read_conditions(root, file.press, document, built_in_conditions(), ("press",))
    findings += [*faults, *_check_ink_limits(file, conditions, document)]
    findings += _check_ink_hues(file, document)
    if any(finding.is_error for finding in findings):
        raise CampaignError(findings)
    palette = core_palette(file.palette, file.colours)
    places = {name: document.place("palette", name) for name in file.palette}
    font_places = {family: document.place("fonts", role) for role, family in reversed(file.fonts.items())}
    brand = Brand(
        file, palette, document.key_place("palette"), places, font_places, faces, pictures, conditions
    )
    return brand, [*findings, *_report_unconfirmed_facts(facts, document)]


def complete_facts(file: BrandFile) -> BrandFile:
    """Return a brand's file with the values that follow from others: ``tel``, ``url`` and ``hosts`` of the facts."""
    facts = file.facts
    number, address, hosts = facts.number, facts.address, facts.hosts
    if number and not number.tel:
        digits = re.sub(r"[\s-]", "", number.display)
        region = next((tag.partition("-")[2] for tag in file.labels if "-" in tag), "") or "GB"
        tel = (
            digits
            if SHORT_NUMBER.fullmatch(digits)
            else to_e164(number.display, region, may_be_unassigned=True)
        )
        number = number.model_copy(update={"tel": tel or digits})
    if address and not address.url:
        path = "" if "/" in address.display else "/"
        address = address.model_copy(update={"url": f"https://{address.display}{path}"})
    if address and not hosts and (host := host_of(address.url)):
        hosts = (host,)
    facts = facts.model_copy(update={"number": number, "address": address, "hosts": hosts})
    return file.model_copy(update={"facts": facts})


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


def _check_ink_hues(file: BrandFile, document: YamlDocument) -> Iterator[Finding]:
    """Yield a warning for each set of inks that prints in a different hue than the colour has on screens."""
    for name, colour in file.palette.items():
        for stock in STOCKS:
            inks = colour.inks(stock)
            if inks is None:
                continue
            printed = printed_colour(inks)
            if may_differ_in_hue(colour.srgb, printed) and differ_in_hue(colour.srgb, printed):
                text = (
                    f"the {stock} inks of {name} print {hue_name(printed)}, but on screens it is "
                    f"{hue_name(colour.srgb)} ({colour.srgb})"
                )
                hint = "correct the inks, or delete them and run: assetgen brand inks --write"
                yield Finding("ink", text, hint, document.place("palette", name, stock), Severity.WARNING)


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
    """Return a finding for each named font family without an upright face, and if the role ``text`` is missing."""
    families = sorted({face.family for face in faces if not face.italic})
    findings = []
    if "text" not in file.fonts:
        hint = "add text: with the name of the main font family"
        findings.append(Finding("bad-value", "fonts.text is missing", hint, document.place("fonts")))
    for script, family in file.fonts.items():
        if family not in families:
            text = f"brand/fonts has no font file of the family {family}"
            hint = did_you_mean(family, families) or "put its font files into brand/fonts"
            findings.append(Finding("font-missing", text, hint, document.place("fonts", script)))
    return findings


def _check_labels(file: BrandFile, document: YamlDocument) -> Iterator[Finding]:
    """Yield a finding for each required label that the brand does not define."""
    for tag, labels in file.labels.items():
        for name in (*REQUIRED_LABELS, *(["led_by"] if file.led_by else [])):
            if name not in labels:
                hint = f"add {name}: with the text to print"
                place = document.place("labels", tag)
                yield Finding("bad-value", f"labels.{tag}.{name} is missing", hint, place)


def _check_colours(file: BrandFile, document: YamlDocument) -> Iterator[Finding]:
    """Yield a finding for each role with an unknown colour, and for an ink that is hard to read on the paper."""
    for role, name in file.colours.items():
        if name not in file.palette:
            yield unknown_colour(name, file.palette, document.place("colours", role))
    colours = core_palette(file.palette, file.colours).colours
    ink, paper = colours[INK].srgb, colours[PAPER].srgb
    ratio = contrast_of(ink, paper)
    is_dark = relative_luminance(ink) < relative_luminance(paper)
    if ratio < MIN_INK_CONTRAST or not is_dark:
        text = f"the ink {ink} has a contrast of {ratio:.1f}:1 with the paper {paper}"
        text += f"; the minimum is {MIN_INK_CONTRAST:g}:1" if is_dark else "; the ink must be the darker one"
        nearest = nearest_with_contrast(ink, [paper], MIN_INK_CONTRAST) if is_dark else None
        hint = f"the nearest dark enough colour is {nearest}" if nearest else "exchange the two"
        name = file.colours.get(INK, INK)
        place = document.place("palette", name) if name in file.palette else document.place("palette")
        yield Finding("contrast", text, hint, place)


def _check_own_words(file: BrandFile, facts: Facts, document: YamlDocument) -> list[Finding]:
    """Return a finding for each number and address in the brand's copy that is neither its own nor allowed."""
    texts = [PlacedText(file.led_by, document.place("led_by"))] if file.led_by else []
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
    text = f"nobody has confirmed the {facts.words_for()} of {facts.name}"
    hint = "ask the owner of the service, then fill in by and on under facts.confirmed"
    place = document.place("facts", "confirmed", "by")
    return [Finding("fact-unconfirmed", text, hint, place, Severity.NOTE)]
