"""Length limits of alt texts and posts, counted as each network counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assetgen.findings import Finding
from assetgen.loading.copy_rules.facts import fill, find_addresses
from assetgen.loading.model import Brand
from assetgen.schema.fields import Text
from assetgen.schema.message_file import MessageWords

# What every platform takes (channel facts 9); the long form has room for the rest.
ALT_SHORT_MAX = 120
ALT_LONG_MAX = 1000


def check_alt(words: MessageWords, brand: Brand) -> list[Finding]:
    """Return a finding for each alt text of a message that is too long for any partner."""
    return alts_too_long(words, brand.facts.placeholders(), "with the number and the address filled in")


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


def check_posts(posts: Mapping[str, Text], brand: Brand) -> list[Finding]:
    """Return a finding for each post of a message that is too much for any partner."""
    return posts_too_long(
        posts, posts, brand.facts.placeholders(), "with the number and the address filled in"
    )


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
