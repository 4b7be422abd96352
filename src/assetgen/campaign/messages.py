"""``brand/messages/<message>.yaml``: one idea for one audience, read and checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assetgen.campaign.alts import check_alt
from assetgen.campaign.binding import BY_LOCALE, bind
from assetgen.campaign.choices import picture_faults, template_faults
from assetgen.campaign.likeness import files_of
from assetgen.campaign.model import Brand, Message, MessageWords, Text
from assetgen.campaign.nearest import did_you_mean
from assetgen.campaign.posts import check_posts
from assetgen.campaign.reading import Document
from assetgen.campaign.schema import MessageFile, MessageWordsFile
from assetgen.campaign.schema_types import LOCALE_KEY
from assetgen.campaign.words import check_words
from assetgen.errors import CampaignError
from assetgen.findings import Finding


def read_message(document: Document, message_id: str, brand: Brand, template_ids: Sequence[str]) -> Message:
    """Return a message from its file, laid over those that it is like; raises CampaignError with every fault."""
    file = check_form(document)
    findings: list[Finding] = []
    if file.accent not in brand.palette:
        findings.append(
            Finding(
                "unknown-id",
                f"no such colour: {file.accent}",
                did_you_mean(file.accent, brand.palette),
                document.place("accent"),
            )
        )
    findings += template_faults(file.template, document, template_ids, brand.allow)
    findings += picture_faults(file.picture, document, brand.pictures)
    locales = {tag: _to_words(document, tag, words) for tag, words in file.by_locale.items()}
    for words in locales.values():
        for text in all_texts(words):
            findings += check_words(text, brand.facts)
        findings += check_alt(words, brand) + check_posts(words.posts, brand)
    if findings:
        raise CampaignError(findings)
    return Message(
        id=message_id,
        accent=file.accent,
        template=file.template,
        ground=file.ground,
        locales=locales,
        place=document.place(),
        files=files_of(document),
        picture=file.picture,
    )


def check_form(document: Document) -> MessageFile:
    """Return a message's file by its form alone, which needs no brand; raises CampaignError with its faults."""
    return bind(MessageFile, _with_locales(document))


def all_texts(words: MessageWords) -> Iterator[Text]:
    """Return every text of a message in one locale."""
    for tiers in (words.headline, words.body, words.action, words.posts):
        yield from tiers.values()
    yield words.alt_short
    yield words.alt_long
    if words.source:
        yield words.source


def _with_locales(document: Document) -> Document:
    """Return the document with its locales gathered under one key, as the schema has them.

    The places stay those of the file: ``binding`` leaves that key out of a path.
    """
    locales = {key: value for key, value in document.data.items() if LOCALE_KEY.fullmatch(key)}
    rest = {key: value for key, value in document.data.items() if key not in locales}
    return replace(document, data={**rest, BY_LOCALE: locales})


def _to_words(document: Document, tag: str, file: MessageWordsFile) -> MessageWords:
    def text(value: str, *path: str) -> Text:
        return Text(value, document.place(tag, *path))

    def tiers(name: str) -> dict[str, Text]:
        given = getattr(file, name).model_dump()
        return {tier: text(words, name, tier) for tier, words in given.items() if words}

    return MessageWords(
        headline=tiers("headline"),
        body=tiers("body"),
        action=tiers("action"),
        alt_short=text(file.alt.short, "alt", "short"),
        alt_long=text(file.alt.long or file.alt.short, "alt", "long" if file.alt.long else "short"),
        posts=tiers("posts"),
        source=text(file.source, "source") if file.source else None,
        reviewed=file.reviewed,
    )
