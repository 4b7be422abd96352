"""Read ``brand/messages/<message>.yaml``, and merge a message over the one that it extends.

The lengths of alt texts and posts are checked here. Post characters are counted as the network counts them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.channels import check_picture_choice, check_template_choice
from assetgen.loading.colour_roles import (
    INK,
    MIN_TEXT_CONTRAST,
    PAPER,
    contrast_of,
    nearest_with_contrast,
    unknown_colour,
)
from assetgen.loading.copy_rules.facts import check_copy, fill_placeholders, find_addresses
from assetgen.loading.model import Brand, Message
from assetgen.loading.yaml.document import YamlDocument
from assetgen.loading.yaml.file_validation import did_you_mean, validate_document
from assetgen.schema.fields import PlacedText
from assetgen.schema.message_file import BY_LOCALE, EXTENDS, LOCALE_KEY, MessageCopy, MessageFile

# The short alt text fits every platform: 120 is the lowest limit found, LinkedIn's (accessible-social.com).
# The long one fits X, Instagram and Threads, which take 1,000 (help.publer.com and accessible-social.com, 2024-26).
ALT_SHORT_MAX = 120
ALT_LONG_MAX = 1000


def check_alt_lengths(words: MessageCopy, values: Mapping[str, str], filled_in: str) -> list[Finding]:
    """Return a finding for each alt text of a message that is too long.

    Args:
        words: The copy of the message in one locale.
        values: The value of each placeholder.
        filled_in: A phrase for the hint that says which placeholders are filled in.
    """
    limits = ((words.alt_short, ALT_SHORT_MAX), (words.alt_long, ALT_LONG_MAX))
    return [
        Finding(
            "alt-too-long",
            f"the alt text has {length} characters",
            f"use at most {max_length} characters, {filled_in}",
            text.place,
        )
        for text, max_length in limits
        if (length := len(fill_placeholders(text.text, values))) > max_length
    ]


@dataclass(frozen=True, slots=True)
class Network:
    """A social network: its name, and the maximum characters and hashtags of a post.

    ``max_hashtags`` is None if there is no limit. ``channel_prefix`` is the prefix of the ids of its channels. Pictures
    for these channels are posted with the post copy.
    """

    name: str
    max_characters: int
    channel_prefix: str
    max_hashtags: int | None = None


# Post limits by help.publer.com (2025). WhatsApp's is common knowledge without a published source. Instagram allows
# five hashtags a post since 18 December 2025 (Business Today, Social Samosa).
NETWORKS = {
    "facebook": Network("Facebook", 63_206, "fb-"),
    "instagram": Network("Instagram", 2_200, "ig-", max_hashtags=5),
    "x": Network("X", 280, "x-"),
    "linkedin": Network("LinkedIn", 3_000, "linkedin-"),
    "whatsapp": Network("WhatsApp", 700, "whatsapp-"),
}
X_LINK_LENGTH = 23
"""X replaces every web address by a short link of its own. It counts as 23 characters, whatever the address."""

# Code points that X counts as one character (twitter-text configuration, version 3). All others count as two.
X_SINGLE = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_FACE = "[\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u27bf\u2934-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
_TONE = "[\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
# One emoji, which X counts as two characters: a flag, a keycap, or joined pictures with their skin tones.
EMOJI = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_FACE}{_TONE}(?:\u200d{_FACE}{_TONE})*"
)
HASHTAG = re.compile(r"(?<![\w&])[#\uff03](?=\w*[^\W\d_])\w+")


def check_post_lengths(
    posts: Mapping[str, PlacedText], networks: Iterable[str], values: Mapping[str, str], filled_in: str
) -> list[Finding]:
    """Return a finding for each post that exceeds its network's limit of characters or hashtags.

    Args:
        posts: The post for each network.
        networks: The networks to check. Those without a post are skipped.
        values: The value of each placeholder.
        filled_in: A phrase for the hint that says which placeholders are filled in.
    """
    findings = []
    for name in networks:
        if name not in posts:
            continue
        network, words = NETWORKS[name], fill_placeholders(posts[name].text, values)
        place = posts[name].place
        if (length := post_length(name, words)) > network.max_characters:
            text = f"the post for {network.name} has {length:,} characters"
            counted = f"; X counts each web address as {X_LINK_LENGTH}" if name == "x" else ""
            hint = f"use at most {network.max_characters:,} characters, {filled_in}{counted}"
            findings.append(Finding("post-limit", text, hint, place))
        hashtags = len(HASHTAG.findall(words))
        if network.max_hashtags is not None and hashtags > network.max_hashtags:
            text = f"the post for {network.name} has {hashtags} hashtags"
            findings.append(Finding("post-limit", text, f"use at most {network.max_hashtags}", place))
    return findings


def post_length(network: str, words: str) -> int:
    """Return the length of a post as its network counts it."""
    composed = unicodedata.normalize("NFC", words)
    return x_length(composed) if network == "x" else len(composed)


def x_length(words: str) -> int:
    """Return the length of a post on X.

    A web address counts as 23 characters. An emoji, or any other character outside ``X_SINGLE``, counts as two.
    """
    length, position = 0, 0
    for found in find_addresses(words):
        if "@" in found.text or found.start < position:
            continue
        length += _weight(words[position : found.start]) + X_LINK_LENGTH
        position = found.end
    return length + _weight(words[position:])


def _weight(words: str) -> int:
    plain, emoji = EMOJI.subn("", words)
    return 2 * emoji + sum(
        1 if any(first <= ord(sign) <= last for first, last in X_SINGLE) else 2 for sign in plain
    )


def networks_of(channel_id: str) -> tuple[str, ...]:
    """Return the networks on which a channel's pictures are posted, by the prefix of its id: one or none."""
    return tuple(name for name, network in NETWORKS.items() if channel_id.startswith(network.channel_prefix))


# The keys of a locale whose copy is drawn on assets. The alt text describes them. So a message that changes one of
# them does not inherit the alt text.
DRAWN_KEYS = frozenset({"headline", "body", "action"})


@dataclass(frozen=True, slots=True)
class ExtendedDocument(YamlDocument):
    """A document merged over its base, the document that it extends. Each value keeps its place in its own file."""

    base: YamlDocument

    def holds(self, *path: str | int) -> bool:
        """Return whether this document or its base has a value at a path."""
        return YamlDocument.holds(self, *path) or self.base.holds(*path)

    def place(self, *path: str | int) -> Place:
        """Return the place of the value at a path: in this document, else in its base, else of its parent."""
        while not YamlDocument.holds(self, *path):
            if self.base.holds(*path):
                return self.base.place(*path)
            path = path[:-1]
        return YamlDocument.place(self, *path)

    def key_place(self, *path: str | int) -> Place:
        """Return the place of the key of the value at a path: in this document, else in its base."""
        if not YamlDocument.holds(self, *path) and self.base.holds(*path):
            return self.base.key_place(*path)
        return YamlDocument.key_place(self, *path)


@dataclass(frozen=True, slots=True)
class MessageFiles:
    """The message files. ``read`` returns one by its id or raises CampaignError. ``ids`` are the existing ids.

    ``folder`` is their folder, relative to the campaign.
    """

    read: Callable[[str], YamlDocument]
    ids: Sequence[str]
    folder: str = "brand/messages"

    def read_merged(self, message_id: str) -> YamlDocument:
        """Return a message's file, merged over all the messages that it extends.

        Raises CampaignError if one of the messages does not exist or cannot be read, or if they extend each other in
        a circle.
        """
        names, documents = [message_id], [self.read(message_id)]
        while isinstance(base_id := documents[-1].data.get(EXTENDS), str):
            documents.append(self._read_base(base_id, names, documents[-1]))
            names.append(base_id)
        whole = documents.pop()
        for document in reversed(documents):
            whole = merge_over(document, whole)
        return whole

    def paths_of(self, message_ids: Iterable[str]) -> set[str]:
        """Return the paths of messages and of those that they extend. A file that cannot be read ends its chain."""
        paths: set[str] = set()
        for message_id in message_ids:
            name: object = message_id
            while isinstance(name, str) and (path := f"{self.folder}/{name}.yaml") not in paths:
                paths.add(path)
                try:
                    name = self.read(name).data.get(EXTENDS)
                except CampaignError:
                    break
        return paths

    def _read_base(self, base_id: str, names: Sequence[str], document: YamlDocument) -> YamlDocument:
        """Return the file of the message ``base_id``, which the message in ``document`` extends.

        ``names`` are the ids of the messages read so far. Raises CampaignError.
        """
        place = document.place(EXTENDS)
        if base_id in names:
            text = f"extends forms a circle: {' → '.join((*names[names.index(base_id) :], base_id))}"
            raise CampaignError(Finding("bad-value", text, "delete extends: in one of them", place))
        if base_id not in self.ids:
            hint = did_you_mean(base_id, [name for name in self.ids if name not in names])
            text = f"extends names a message that does not exist: {base_id}"
            raise CampaignError(Finding("unknown-id", text, hint, place))
        try:
            return self.read(base_id)
        except CampaignError as error:
            text = f"extends names {base_id}, which cannot be read"
            raise CampaignError(
                Finding("stale", text, f"correct {base_id}, or delete extends:", place)
            ) from error


def merge_over(document: YamlDocument, base: YamlDocument) -> ExtendedDocument:
    """Return a document merged key by key over its base. A key with an empty value removes the base's value."""
    inherited = {key: _inheritable(document.data.get(key), value) for key, value in base.data.items()}
    data = _merge(document.data, inherited)
    return ExtendedDocument(document.file, data, document.sha256, document._values, document._keys, base)


def source_hashes(document: YamlDocument) -> dict[str, str]:
    """Return the sha256 of each file that a document was read from, by path."""
    files = {document.file: document.sha256}
    return {**files, **source_hashes(document.base)} if isinstance(document, ExtendedDocument) else files


def _inheritable(own: Any, base: Any) -> Any:
    """Return the part of a base's locale that a message inherits.

    A review covers exact words, so a locale with copy of its own does not inherit ``reviewed``. If that copy is drawn,
    it does not inherit the alt text either.
    """
    if not isinstance(own, dict) or not isinstance(base, dict):
        return base
    excluded = {"reviewed"} | ({"alt"} if DRAWN_KEYS & own.keys() else set())
    return {key: value for key, value in base.items() if key not in excluded}


def _merge(own: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**base, **own}
    for key in own.keys() & base.keys():
        if isinstance(own[key], dict) and isinstance(base[key], dict):
            merged[key] = _merge(own[key], base[key])
    return merged


def read_message(
    document: YamlDocument, message_id: str, brand: Brand, template_ids: Sequence[str]
) -> Message:
    """Return a message. ``document`` is its file, merged over those that it extends.

    Raises CampaignError with every fault.
    """
    file = validate_message(document)
    findings: list[Finding] = []
    findings += _check_accent(file.accent, brand, document.place("accent"))
    findings += check_template_choice(file.template, document, template_ids, brand.file.allow)
    findings += check_picture_choice(file.picture, document, brand.pictures)
    # Lengths without a partner's name and link. The planner checks them again for each partner.
    shared, filled_in = brand.facts.placeholder_values(), "with the number and the address filled in"
    for words in file.locales.values():
        for text in words.every_text():
            findings += check_copy(text, brand.facts)
        posts = words.posts.given()
        findings += check_alt_lengths(words, shared, filled_in) + check_post_lengths(
            posts, posts, shared, filled_in
        )
    if findings:
        raise CampaignError(findings)
    return Message(message_id, file, document.place(), source_hashes(document))


def _check_accent(accent: str, brand: Brand, place: Place) -> Iterator[Finding]:
    """Yield a finding if the brand lacks an accent, or if neither dark nor light text reads well on it."""
    colours = brand.palette.colours
    if accent not in colours:
        yield unknown_colour(accent, brand.file.palette, place)
        return
    srgb, tones = colours[accent].srgb, [colours[role].srgb for role in (INK, PAPER)]
    ratio = max(contrast_of(srgb, tone) for tone in tones)
    if ratio < MIN_TEXT_CONTRAST:
        text = f"text on the accent {accent} ({srgb}) has a contrast of {ratio:.2f}:1"
        nearest = nearest_with_contrast(srgb, tones, MIN_TEXT_CONTRAST)
        hint = f"the nearest colour that reaches it is {nearest}"
        yield Finding("contrast", f"{text}; the minimum is {MIN_TEXT_CONTRAST:g}:1", hint, place)


def validate_message(document: YamlDocument) -> MessageFile:
    """Return a message's file, validated by the schema alone. Raises CampaignError with its faults."""
    return validate_document(MessageFile, _with_locales(document))


def _with_locales(document: YamlDocument) -> YamlDocument:
    """Return the document with its locales moved under the one key that the schema expects.

    Places in the file still apply: ``validate_document`` leaves that key out of a path.
    """
    locales = {key: value for key, value in document.data.items() if LOCALE_KEY.fullmatch(key)}
    rest = {key: value for key, value in document.data.items() if key not in locales}
    return replace(document, data={**rest, BY_LOCALE: locales})
