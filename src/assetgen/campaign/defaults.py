"""The campaign's own lists: everybody's defaults, checked against what there is."""

from __future__ import annotations

import re
from datetime import date

from assetgen.campaign.choices import picture_faults, printer_faults, template_faults
from assetgen.campaign.dated import dated, no_day_left
from assetgen.campaign.ids import check_id
from assetgen.campaign.model import USUAL_TEMPLATE, Text
from assetgen.campaign.nearest import did_you_mean, nearest
from assetgen.campaign.partners import Known, missing_in_locale
from assetgen.campaign.reading import Document
from assetgen.campaign.schema import CampaignFile
from assetgen.campaign.selection import chosen_channels, chosen_ids, known_channel_words
from assetgen.campaign.words import check_own_words
from assetgen.findings import Finding

IS_PATTERN = re.compile(r"[*?\[]")
# More than "other" is like "together": a design that comes later is no slip of one that is there.
LEAST_OF_A_SLIP = 0.8


def asks_for_nothing() -> tuple[CampaignFile, Document]:
    """Return defaults that choose nothing, to read partners by while ``campaign.yaml`` is broken."""
    file = CampaignFile.model_construct(
        name="",
        slug="",
        edition="",
        released=date.min,
        messages=[],
        locales=[],
        channels=[],
        template={},
        ground={},
        picture={},
        printer={},
        tracking="none",
        embargo=None,
        valid_until=None,
    )
    return file, Document("campaign.yaml", {}, "", {(): (1, 1)}, {})


def check_defaults(known: Known) -> list[Finding]:
    """Return the faults of ``campaign.yaml`` that its form does not show: ids of what is not there, or not allowed."""
    file, document = known.campaign, known.campaign_document
    found = check_id("slug", file.slug, document.place("slug"))
    found += check_own_words(Text(file.name, document.place("name")), known.brand.facts)

    def unknown(kind: str, word: str, ids: list[str], *path: str | int) -> None:
        hint = did_you_mean(word, ids)
        found.append(Finding("unknown-id", f"no such {kind}: {word}", hint, document.place(*path)))

    for index, word in enumerate(file.messages):
        if not chosen_ids([word], known.message_ids):
            unknown("message", word, list(known.message_ids), "messages", index)
    found += _channels_not_to_be_had(known)
    embargo = dated(file.embargo, document, "embargo")
    found += no_day_left(embargo, dated(file.valid_until, document, "valid_until"))
    found += known.refused_words("messages", file.messages, document)
    found += known.refused_words("channels", file.channels, document)
    found += template_faults(file.template, document, known.template_ids, known.brand.allow)
    found += picture_faults(file.picture, document, known.brand.pictures)
    found += printer_faults(file.printer, document, known.brand.printers)
    if not {"", "*"} & set(file.template) and (why := _no_usual_template(known)):
        hint = 'add "*": and the id of a design'
        found.append(Finding("bad-value", f"template: {why}", hint, document.place("template")))
    if not known.allowed("tracking", [file.tracking]):
        found.append(known.refusal("tracking", f"tracking: {file.tracking}", document.place("tracking")))
    for index, locale in enumerate(file.locales):
        missing = missing_in_locale(locale, known.brand)
        if missing == "words":
            unknown("locale", locale, list(known.brand.words), "locales", index)
        elif missing:
            hint = f"add {missing} in {locale} to brand/brand.yaml"
            text = f"the brand has no {missing} in {locale}"
            found.append(Finding("unknown-id", text, hint, document.place("locales", index)))
    return found


def _channels_not_to_be_had(known: Known) -> list[Finding]:
    """Return a finding for each channel of the campaign's list that is not there, or that its owner must give."""
    found, every = [], known.every_channel()
    for index, word in enumerate(known.campaign.channels):
        place = known.campaign_document.place("channels", index)
        if not chosen_channels([word], every):
            hint = did_you_mean(word, known_channel_words(word, every))
            found.append(Finding("unknown-id", f"no such channel: {word}", hint, place))
        elif word in known.ask_owner:
            found.append(known.no_fixed_size(word, place))
    return found


def check_allow(known: Known, brand_document: Document) -> list[Finding]:
    """Return a finding for each word of the brand's ``allow`` that means nothing there is.

    Messages and designs may come later: of those a pattern is left alone, and a design that is near none.
    """
    every, allow = known.every_channel(), known.brand.allow
    found = []

    def unknown(kind: str, index: int, word: str, hint: str | None) -> None:
        text = f"allow: no such {kind.removesuffix('s')}: {word}"
        found.append(Finding("unknown-id", text, hint, brand_document.place("allow", kind, index)))

    for index, word in enumerate(allow.messages):
        if not IS_PATTERN.search(word) and word not in known.message_ids:
            unknown("messages", index, word, did_you_mean(word, known.message_ids))
    for index, word in enumerate(allow.channels):
        if word != "*" and not chosen_channels([word], every):
            mediums = [f"{channel.medium}/*" for channel in every]
            words = mediums if word.endswith("/*") else known_channel_words(word, every)
            unknown("channels", index, word, did_you_mean(word, words))
    for index, word in enumerate(allow.templates):
        if word not in known.template_ids and nearest(word, known.template_ids, LEAST_OF_A_SLIP):
            unknown("templates", index, word, did_you_mean(word, known.template_ids))
    return found


def _no_usual_template(known: Known) -> str | None:
    """Return why channels of which nobody names a design have none."""
    if USUAL_TEMPLATE not in known.template_ids:
        return "no design for the other channels"
    if not known.allowed("templates", [USUAL_TEMPLATE]):
        return f"the brand does not allow {USUAL_TEMPLATE} for the other channels"
    return None
