"""Web and e-mail addresses in words, compared by their hosts, and doubles that only look like a host."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from assetgen.campaign.plain_words import Found, fold

# Endings that people use, beside those of countries and the oldest ones, which linkify knows.
# A list that is fetched would change what is found from day to day.
ENDINGS = """
    academy africa agency app art bank band best bible bio blog care careers cat center centre chat
    church city click clinic clothing cloud club coach codes community company cymru dev digital direct
    doctor donate education email energy events expert family fans film fit foundation fun fund fyi
    games gay gives giving global gmbh goo gov group guide guru health healthcare help host hosting
    house icu inc ink institute int international irish jobs land law legal life link live llc london
    ltd marketing media mil mobi mom network news ngo now one ong onl online page partners party photos
    plus police post press productions pub radio report review reviews rip run sale school science scot
    services sex shop show site social software solutions space store stream studio support systems team
    tech technology tel today tools top training travel trust tube tv university video vip wales watch
    website wiki win wine work works world wtf xyz zip zone
""".split()
_LABEL = r"[^\W_][\w-]{0,62}"
# What linkify passes over: a host after a colon, a slash or a star; www with an unknown ending; a host
# with an unknown ending and a path; this very machine, and a machine by its figures.
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
UNUSUAL = (
    re.compile(r"(?<![\w@.-])localhost[:/](?=\w)[^\s,;)]*\w", re.IGNORECASE),
    re.compile(rf"(?<![\w.,+-])(?:{_OCTET}\.){{3}}{_OCTET}(?![.,-]?\w)(?:[:/](?:[^\s,;)]*\w)?)?"),
    re.compile(r"(?<!\w)www\d?\.[\w-]+(?:\.[\w-]+)*", re.IGNORECASE),
    re.compile(rf"(?<![\w@.-])(?:{_LABEL}\.){{1,9}}[^\W\d_]{{2,}}/(?=\w)"),
    re.compile(
        rf"(?<=[:/_*=~-])(?=[\w-]{{0,62}}[^\W\d_])(?:{_LABEL}\.){{1,9}}"
        rf"(?:[a-z]{{2}}|com|org|net|{'|'.join(ENDINGS)})(?![\w@-])",
        re.IGNORECASE,
    ),
)
SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*")
MOST_HOST = 253

# Letters of other scripts by the Latin letter that they look like.
LOOK_ALIKES = {
    "a": "аАαΑɑ", "b": "ЬьВвΒ", "c": "сСϲϹ", "d": "ԁ", "e": "еЕΕє", "g": "ɡ", "h": "һНнҺΗ",
    "i": "іІιΙıɩ", "j": "јЈ", "k": "кКκΚ", "l": "ӏӀǀ", "m": "мМΜ", "n": "ոпΝ", "o": "оОοΟօ",
    "p": "рРρΡ", "q": "ԛ", "s": "ѕЅ", "t": "тТτΤ", "u": "υսц", "v": "νѵ", "w": "ԝшωѡ",
    "x": "хХχΧ", "y": "уУγΥү", "z": "Ζᴢ",
}  # fmt: skip
AS_LATIN = {ord(sign): latin for latin, signs in LOOK_ALIKES.items() for sign in signs}
AS_TAKEN = str.maketrans("1i|0", "lllo")
LEAST_NAME = 6
"""A shorter name than this is too near to ordinary words to look for its doubles."""
NAME = re.compile(r"[\w|]+")


def find_addresses(words: str) -> list[Found]:
    """Return the web and e-mail addresses in words, in their order; ``value`` is the host."""
    folded = fold(words)
    plain = folded.plain.replace("|", " ")  # a bar parts a number from an address; no host has one
    spans = [(match.index, match.last_index, match.url) for match in _linkify().match(plain) or ()]
    for pattern in UNUSUAL:
        for match in pattern.finditer(plain):
            if not any(start < match.end() and match.start() < end for start, end, _ in spans):
                spans.append((match.start(), match.end(), match.group()))
    return [
        folded.found(start, end, host_of(address) or address.lower()) for start, end, address in sorted(spans)
    ]


@cache
def _linkify() -> Any:
    from linkify_it import LinkifyIt

    return LinkifyIt().tlds(ENDINGS, True)


def host_of(url_or_host: str) -> str | None:
    """Return the host of a web address, an e-mail address or a host, lower case, in IDNA; else None."""
    text = fold(url_or_host).plain.strip().removeprefix("mailto:")
    if not SCHEME.match(text):
        text = f"//{text}"
    try:
        host = urlsplit(text).hostname or ""
        if len(host) > MOST_HOST:
            return None
        host = host.removesuffix(".").encode("idna").decode("ascii").lower()
    except ValueError:  # UnicodeError, from a label that IDNA does not allow, is one of these
        return None
    return host if HOST.fullmatch(host) else None


def find_doubles(words: str, hosts: Iterable[str]) -> list[Found]:
    """Return the words that look like the name in one of the hosts, and are spelt otherwise."""
    names = {name for host in hosts for name in host.split(".")[:-1] if len(name) >= LEAST_NAME}
    skeletons = {_skeleton(name): name for name in names}
    folded = fold(words)
    return [
        folded.found(match.start(), match.end(), name)
        for match in NAME.finditer(folded.plain)
        if (name := skeletons.get(_skeleton(match.group()))) and match.group().lower() not in names
    ]


def _skeleton(name: str) -> str:
    """Return what a reader takes a name for: one form for all that look the same."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return bare.translate(AS_LATIN).lower().translate(AS_TAKEN).replace("rn", "m").replace("vv", "w")
