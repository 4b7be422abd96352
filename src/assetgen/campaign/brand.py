"""``brand/brand.yaml`` and the brand's fonts, read and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from assetgen.campaign.art import Colour, FontFace, Inks
from assetgen.campaign.binding import bind
from assetgen.campaign.conditions import Condition, own_conditions, read_conditions
from assetgen.campaign.facts import check_facts
from assetgen.campaign.fonts import read_fonts
from assetgen.campaign.model import Allow, Brand, Facts, LinkStyle, Text
from assetgen.campaign.nearest import did_you_mean
from assetgen.campaign.pictures import read_pictures
from assetgen.campaign.printers import read_printers
from assetgen.campaign.reading import Document
from assetgen.campaign.schema import BrandFile
from assetgen.campaign.schema_print import ColourFile, ConditionFile
from assetgen.campaign.words import check_own_words
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, Severity

# Colours and words that the tool's own parts use; every brand has them.
NEEDED_COLOURS = ("ink", "paper")
LESS_INK = "less cyan, magenta and yellow, more black"
NEEDED_WORDS = ("call", "scan", "partnership", "edition", "led_by")


def read_brand(root: Path, document: Document) -> tuple[Brand, list[Finding]]:
    """Return the brand and findings that do not keep it from use; raises CampaignError with the others."""
    file = bind(BrandFile, document)
    faces, findings = read_fonts(root)
    facts = _to_facts(file, document)
    faults = check_facts(facts, document.place)
    findings += faults or _check_own_words(file, facts, document)
    findings += _check_fonts(file, document, faces)
    findings += _check_names(file, document)
    pictures, unread = read_pictures(root, file.pictures, document)
    findings += unread
    conditions, faults = read_conditions(
        root, dict[str, ConditionFile](file.press.items()), document, own_conditions(), ("press",)
    )
    findings += [*faults, *_check_limits(file, conditions, document)]
    if findings:
        raise CampaignError(findings)
    brand = Brand(
        led_by=file.led_by,
        palette={
            name: _to_colour(name, colour, document.place("palette", name))
            for name, colour in file.palette.items()
        },
        fonts=dict(file.fonts),
        faces=faces,
        words={locale: dict(words) for locale, words in file.words.items()},
        allow=Allow(
            messages=tuple(file.allow.messages),
            channels=tuple(file.allow.channels),
            templates=tuple(file.allow.templates),
            tracking=tuple(file.allow.tracking),
            extra=file.allow.extra,
        ),
        link=LinkStyle(file.link.style, file.link.parameter),
        facts=facts,
        pictures=pictures,
        conditions=conditions,
    )
    return brand, _unconfirmed(facts, document)


STOCKS = ("coated", "uncoated", "newsprint")


def with_printers(root: Path, brand: Brand, document: Document) -> tuple[Brand, list[Finding]]:
    """Return the brand with the printers of ``brand/printers.yaml``, and what is wrong with them."""
    printers, findings = read_printers(root, document, brand.conditions)
    for printer in printers.values():
        for stock, condition in printer.conditions.items():
            inks = {name: colour.inks(stock) for name, colour in brand.palette.items()}
            place = document.place(printer.id, "conditions", stock, "ink_limit")
            findings += [
                Finding("bad-value", f"{text} at {printer.name}", LESS_INK, place)
                for _, text in _too_much(inks, stock, condition)
            ]
    return replace(brand, printers=printers), findings


def _check_limits(
    file: BrandFile, conditions: Mapping[str, Condition], document: Document
) -> Iterator[Finding]:
    """Yield a finding for each colour with more ink than its stock takes."""
    for stock in STOCKS:
        inks = {name: _inks(getattr(colour, stock)) for name, colour in file.palette.items()}
        for name, text in _too_much(inks, stock, conditions[stock]):
            yield Finding("bad-value", text, LESS_INK, document.place("palette", name, stock))


def _too_much(inks: Mapping[str, Inks | None], stock: str, condition: Condition) -> Iterator[tuple[str, str]]:
    """Yield (colour, what is wrong) for each colour with more ink than a condition takes."""
    for name, values in inks.items():
        if values and sum(values) > condition.ink_limit:
            yield name, f"{name} has {sum(values):g} % of ink; {stock} takes {condition.ink_limit:g} %"


def _to_colour(name: str, file: ColourFile, place: Place) -> Colour:
    coated, uncoated, newsprint = (_inks(getattr(file, stock)) for stock in STOCKS)
    return Colour(name, file.srgb.upper(), coated, uncoated, newsprint, place)


def _inks(values: list[float] | None) -> Inks | None:
    if values is None:
        return None
    cyan, magenta, yellow, black = values
    return cyan, magenta, yellow, black


def _to_facts(file: BrandFile, document: Document) -> Facts:
    given = file.facts
    return Facts(
        name=given.name,
        number=given.number.display,
        number_tel=given.number.tel,
        address=given.address.display,
        url=given.address.url,
        promise=dict(given.promise),
        hosts=tuple(host.lower() for host in given.hosts),
        also_numbers=tuple(given.also.numbers),
        also_hosts=tuple(host.lower() for host in given.also.hosts),
        confirmed_by=given.confirmed.by,
        confirmed_on=given.confirmed.on,
        review_by=given.confirmed.review_by,
        place=document.place("facts"),
        review_place=document.place("facts", "confirmed", "review_by"),
    )


def _check_fonts(file: BrandFile, document: Document, faces: tuple[FontFace, ...]) -> list[Finding]:
    """Return a finding for each family that no file of ``brand/fonts`` holds."""
    families = sorted({face.family for face in faces})
    findings = []
    if "text" not in file.fonts:
        findings.append(
            Finding(
                "bad-value",
                "missing: fonts.text",
                "add text: with the family of most words",
                document.place("fonts"),
            )
        )
    for script, family in file.fonts.items():
        if family not in families:
            text = f"no font file of the family {family} in brand/fonts"
            hint = did_you_mean(family, families) or "put its .ttf files there"
            findings.append(Finding("font-missing", text, hint, document.place("fonts", script)))
    return findings


def _check_names(file: BrandFile, document: Document) -> list[Finding]:
    """Return a finding for each colour and fixed word that the tool's own parts need and do not find."""
    findings = [
        Finding(
            "bad-value",
            f"missing: palette.{name}",
            f"add {name}: every design needs it",
            document.place("palette"),
        )
        for name in NEEDED_COLOURS
        if name not in file.palette
    ]
    for locale, words in file.words.items():
        findings += [
            Finding(
                "bad-value",
                f"missing: words.{locale}.{name}",
                f"add {name}: with its words",
                document.place("words", locale),
            )
            for name in NEEDED_WORDS
            if name not in words
        ]
    return findings


def _check_own_words(file: BrandFile, facts: Facts, document: Document) -> list[Finding]:
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
    for tag, words in file.words.items():
        texts += [Text(said, document.place("words", tag, name)) for name, said in words.items()]
    return [finding for text in texts for finding in check_own_words(text, facts)]


def _unconfirmed(facts: Facts, document: Document) -> list[Finding]:
    if facts.confirmed_by:
        return []
    return [
        Finding(
            "fact-unconfirmed",
            f"nobody at {facts.name} has confirmed its number, address and promise",
            "ask the owner, then fill in facts.confirmed: by and on",
            document.place("facts", "confirmed", "by"),
            Severity.NOTE,
        )
    ]
