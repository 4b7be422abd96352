"""The campaign's own lists: everybody's defaults, checked against what there is."""

from __future__ import annotations

from datetime import date

from assetgen.campaign.ids import check_id
from assetgen.campaign.model import USUAL_TEMPLATE
from assetgen.campaign.nearest import did_you_mean
from assetgen.campaign.partners import Known, missing_in_locale
from assetgen.campaign.reading import Document
from assetgen.campaign.schema import CampaignFile
from assetgen.campaign.selection import chosen_channels, chosen_ids, known_channel_words
from assetgen.findings import Finding


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
        tracking="none",
    )
    return file, Document("campaign.yaml", {}, "", {(): (1, 1)}, {})


def check_defaults(known: Known) -> list[Finding]:
    """Return the faults of ``campaign.yaml`` that its form does not show: ids of what is not there, or not allowed."""
    file, document = known.campaign, known.campaign_document
    found = check_id("slug", file.slug, document.place("slug"))

    def unknown(kind: str, word: str, ids: list[str], *path: str | int) -> None:
        hint = did_you_mean(word, ids)
        found.append(Finding("unknown-id", f"no such {kind}: {word}", hint, document.place(*path)))

    for index, word in enumerate(file.messages):
        if not chosen_ids([word], known.message_ids):
            unknown("message", word, list(known.message_ids), "messages", index)
    every = known.every_channel()
    for index, word in enumerate(file.channels):
        if not chosen_channels([word], every):
            unknown("channel", word, known_channel_words(word, every), "channels", index)
    found += known.refused_words("messages", file.messages, document)
    found += known.refused_words("channels", file.channels, document)
    for pattern, template_id in file.template.items():
        path = ("template", pattern) if pattern else ("template",)
        if template_id not in known.template_ids:
            unknown("template", template_id, list(known.template_ids), *path)
        elif not known.allowed("templates", [template_id]):
            found.append(known.refusal("templates", template_id, document.place(*path)))
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


def _no_usual_template(known: Known) -> str | None:
    """Return why channels of which nobody names a design have none."""
    if USUAL_TEMPLATE not in known.template_ids:
        return "no design for the other channels"
    if not known.allowed("templates", [USUAL_TEMPLATE]):
        return f"the brand does not allow {USUAL_TEMPLATE} for the other channels"
    return None
