"""Read ``brand/messages/<message>.yaml``, and overlay a message on the one that it is like.

Alt texts and posts are held to their length limits, counted as each network counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.channels import picture_faults, template_faults
from assetgen.loading.copy_rules.facts import check_words, fill, find_addresses
from assetgen.loading.model import Brand, Message
from assetgen.loading.yaml.document import YamlDocument
from assetgen.loading.yaml.file_validation import bind, did_you_mean
from assetgen.schema.fields import Text
from assetgen.schema.message_file import BY_LOCALE, EXTENDS, LOCALE_KEY, MessageFile, MessageWords

# What every platform takes (channel facts 9); the long form has room for the rest.
ALT_SHORT_MAX = 120
ALT_LONG_MAX = 1000


def alts_too_long(words: MessageWords, values: Mapping[str, str], filled_in: str) -> list[Finding]:
    """Return a finding for each alt text of a message that is too long with these values in its placeholders."""
    limits = ((words.alt_short, ALT_SHORT_MAX), (words.alt_long, ALT_LONG_MAX))
    return [
        Finding(
            "alt-too-long",
            f"alt text of {length} characters",
            f"at most {most} characters, {filled_in}",
            text.place,
        )
        for text, most in limits
        if (length := len(fill(text.text, values))) > most
    ]


@dataclass(frozen=True, slots=True)
class Network:
    """A network: what people call it, how many characters a post has at most, and how many hashtags (None: any).

    ``channels`` is how the ids of its channels begin: a picture there is posted with these words.
    """

    name: str
    most: int
    channels: str
    most_hashtags: int | None = None


# Channel facts 10. Instagram takes five hashtags since December 2025.
NETWORKS = {
    "facebook": Network("Facebook", 63_206, "fb-"),
    "instagram": Network("Instagram", 2_200, "ig-", most_hashtags=5),
    "x": Network("X", 280, "x-"),
    "linkedin": Network("LinkedIn", 3_000, "linkedin-"),
    "whatsapp": Network("WhatsApp", 700, "whatsapp-"),
}
X_LINK = 23
"""X shortens every web address to one of its own, whatever its length, with or without https in front."""

# The characters that X counts as one (its published configuration, version 3); all others count as two.
X_SINGLE = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_FACE = "[\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u27bf\u2934-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
_TONE = "[\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
# One picture to the reader, and two to X: a flag, a keycap, faces that are joined, with their tones.
EMOJI = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_FACE}{_TONE}(?:\u200d{_FACE}{_TONE})*"
)
HASHTAG = re.compile(r"(?<![\w&])[#\uff03](?=\w*[^\W\d_])\w+")


def posts_too_long(
    posts: Mapping[str, Text], networks: Iterable[str], values: Mapping[str, str], filled_in: str
) -> list[Finding]:
    """Return a finding for each post to some networks that is too much with these values in its placeholders."""
    findings = []
    for name in networks:
        if name not in posts:
            continue
        network, words = NETWORKS[name], fill(posts[name].text, values)
        place = posts[name].place
        if (length := post_length(name, words)) > network.most:
            text = f"post for {network.name} of {length:,} characters"
            counted = f"; an address counts as {X_LINK}" if name == "x" else ""
            hint = f"at most {network.most:,} characters, {filled_in}{counted}"
            findings.append(Finding("post-limit", text, hint, place))
        hashtags = len(HASHTAG.findall(words))
        if network.most_hashtags is not None and hashtags > network.most_hashtags:
            text = f"post for {network.name} with {hashtags} hashtags"
            findings.append(Finding("post-limit", text, f"at most {network.most_hashtags}", place))
    return findings


def post_length(network: str, words: str) -> int:
    """Return how many characters a network counts in a post."""
    composed = unicodedata.normalize("NFC", words)
    return x_length(composed) if network == "x" else len(composed)


def x_length(words: str) -> int:
    """Return what X counts: 23 for each web address, two for each emoji and each character outside ``X_SINGLE``."""
    length, behind = 0, 0
    for found in find_addresses(words):
        if "@" in found.text or found.start < behind:
            continue
        length += _weight(words[behind : found.start]) + X_LINK
        behind = found.end
    return length + _weight(words[behind:])


def _weight(words: str) -> int:
    plain, emoji = EMOJI.subn("", words)
    return 2 * emoji + sum(
        1 if any(first <= ord(sign) <= last for first, last in X_SINGLE) else 2 for sign in plain
    )


def networks_of(channel_id: str) -> tuple[str, ...]:
    """Return the network on which a channel's picture is posted, if posts are written for it."""
    return tuple(name for name, network in NETWORKS.items() if channel_id.startswith(network.channels))


# What an asset shows of a message. The other's alt text describes the other's words, so where any of these
# is said anew it is not taken over.
SHOWN = frozenset({"headline", "body", "action"})


@dataclass(frozen=True, slots=True)
class Layered(YamlDocument):
    """A document over the one that it is like: the data of both, each value with the place where it stands."""

    below: YamlDocument

    def holds(self, *path: str | int) -> bool:
        """Say whether a value stands at a path, here or below."""
        return YamlDocument.holds(self, *path) or self.below.holds(*path)

    def place(self, *path: str | int) -> Place:
        """Return the place of the value at a path, here if it stands here, else below; or of its parent."""
        while not YamlDocument.holds(self, *path):
            if self.below.holds(*path):
                return self.below.place(*path)
            path = path[:-1]
        return YamlDocument.place(self, *path)

    def key_place(self, *path: str | int) -> Place:
        """Return the place of the key that holds the value at a path, here if it stands here, else below."""
        if not YamlDocument.holds(self, *path) and self.below.holds(*path):
            return self.below.key_place(*path)
        return YamlDocument.key_place(self, *path)


@dataclass(frozen=True, slots=True)
class MessageFiles:
    """The messages' files. ``read`` gives one by its id, or raises CampaignError; ``ids`` are those there are."""

    read: Callable[[str], YamlDocument]
    ids: Sequence[str]

    def whole(self, message_id: str) -> YamlDocument:
        """Return a message's file over all that it is like.

        Raises CampaignError where there is no such message, where it cannot be read, or where they go in a circle.
        """
        names, documents = [message_id], [self.read(message_id)]
        while isinstance(other := documents[-1].data.get(EXTENDS), str):
            documents.append(self._other(other, names, documents[-1]))
            names.append(other)
        whole = documents.pop()
        for document in reversed(documents):
            whole = laid_over(document, whole)
        return whole

    def _other(self, other: str, names: Sequence[str], document: YamlDocument) -> YamlDocument:
        """Return the file of the message that the last of ``names`` is like."""
        place = document.place(EXTENDS)
        if other in names:
            text = f"extends: {other} is like {names[-1]} again"
            raise CampaignError(Finding("bad-value", text, "let one of them stand alone", place))
        if other not in self.ids:
            hint = did_you_mean(other, [name for name in self.ids if name not in names])
            raise CampaignError(Finding("unknown-id", f"extends: no such message: {other}", hint, place))
        try:
            return self.read(other)
        except CampaignError as error:
            text = f"extends: {other} cannot be read"
            raise CampaignError(
                Finding("stale", text, f"mend {other}, or take extends out", place)
            ) from error


def laid_over(document: YamlDocument, below: YamlDocument) -> Layered:
    """Return a document over the one that it is like, key by key; a key left empty takes the other's value away."""
    taken = {key: _taken(document.data.get(key), value) for key, value in below.data.items()}
    data = _over(document.data, taken)
    return Layered(document.file, data, document.sha256, document._values, document._keys, below)


def files_of(document: YamlDocument) -> dict[str, str]:
    """Return path → sha256 of each file that a document was read from."""
    files = {document.file: document.sha256}
    return {**files, **files_of(document.below)} if isinstance(document, Layered) else files


def _taken(own: Any, other: Any) -> Any:
    """Return what is taken of the other's locale: no review, and no alt text, of words that are not the same."""
    if not isinstance(own, dict) or not isinstance(other, dict):
        return other
    left = {"reviewed"} | ({"alt"} if SHOWN & own.keys() else set())
    return {key: value for key, value in other.items() if key not in left}


def _over(own: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**other, **own}
    for key in own.keys() & other.keys():
        if isinstance(own[key], dict) and isinstance(other[key], dict):
            merged[key] = _over(own[key], other[key])
    return merged


def read_message(
    document: YamlDocument, message_id: str, brand: Brand, template_ids: Sequence[str]
) -> Message:
    """Return a message from its file, laid over those that it is like; raises CampaignError with every fault."""
    file = check_form(document)
    findings: list[Finding] = []
    if file.accent not in brand.file.palette:
        hint = did_you_mean(file.accent, brand.file.palette)
        findings.append(
            Finding("unknown-id", f"no such colour: {file.accent}", hint, document.place("accent"))
        )
    findings += template_faults(file.template, document, template_ids, brand.file.allow)
    findings += picture_faults(file.picture, document, brand.pictures)
    # What is too long for any partner.
    shared, filled_in = brand.facts.placeholders(), "with the number and the address filled in"
    for words in file.locales.values():
        for text in words.every_text():
            findings += check_words(text, brand.facts)
        posts = words.posts.given()
        findings += alts_too_long(words, shared, filled_in) + posts_too_long(posts, posts, shared, filled_in)
    if findings:
        raise CampaignError(findings)
    return Message(message_id, file, document.place(), files_of(document))


def check_form(document: YamlDocument) -> MessageFile:
    """Return a message's file by its form alone, which needs no brand; raises CampaignError with its faults."""
    return bind(MessageFile, _with_locales(document))


def _with_locales(document: YamlDocument) -> YamlDocument:
    """Return the document with its locales gathered under one key, as the schema has them.

    The places stay those of the file: ``binding`` leaves that key out of a path.
    """
    locales = {key: value for key, value in document.data.items() if LOCALE_KEY.fullmatch(key)}
    rest = {key: value for key, value in document.data.items() if key not in locales}
    return replace(document, data={**rest, BY_LOCALE: locales})
