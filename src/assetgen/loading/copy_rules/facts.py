"""Facts in copy: find numbers, addresses and placeholders, and report what contradicts the brand's facts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

from assetgen.findings import Finding, Place
from assetgen.loading.copy_rules.phone_numbers import (
    Found,
    find_numbers,
    fold,
    has_letters,
    number_digits,
    number_region,
    own_and_slips,
)
from assetgen.loading.yaml.file_validation import did_you_mean
from assetgen.schema.brand_file import Facts
from assetgen.schema.fields import Text

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
MAX_HOST = 253

# Letters of other scripts by the Latin letter that they look like.
LOOK_ALIKES = {
    "a": "аАαΑɑ", "b": "ЬьВвΒ", "c": "сСϲϹ", "d": "ԁ", "e": "еЕΕє", "g": "ɡ", "h": "һНнҺΗ",
    "i": "іІιΙıɩ", "j": "јЈ", "k": "кКκΚ", "l": "ӏӀǀ", "m": "мМΜ", "n": "ոпΝ", "o": "оОοΟօ",
    "p": "рРρΡ", "q": "ԛ", "s": "ѕЅ", "t": "тТτΤ", "u": "υսц", "v": "νѵ", "w": "ԝшωѡ",
    "x": "хХχΧ", "y": "уУγΥү", "z": "Ζᴢ",
}  # fmt: skip
AS_LATIN = {ord(sign): latin for latin, signs in LOOK_ALIKES.items() for sign in signs}
AS_TAKEN = str.maketrans("1i|0", "lllo")
MIN_NAME = 6
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
        if len(host) > MAX_HOST:
            return None
        host = host.removesuffix(".").encode("idna").decode("ascii").lower()
    except ValueError:  # UnicodeError, from a label that IDNA does not allow, is one of these
        return None
    return host if HOST.fullmatch(host) else None


def find_doubles(words: str, hosts: Iterable[str]) -> list[Found]:
    """Return the words that look like the name in one of the hosts, and are spelt otherwise."""
    names = {name for host in hosts for name in host.split(".")[:-1] if len(name) >= MIN_NAME}
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


E164 = re.compile(r"\+[1-9]\d{6,14}")
SERVICE = re.compile(r"[1-9]\d{2,5}")
# Of so many texts it is kept what was found: the same words are judged for every partner, and at each save.
KEPT = 4096


@lru_cache(KEPT)
def foreign_numbers(words: str, tel: str, also: tuple[str, ...]) -> tuple[Found, ...]:
    """Return the numbers in words that are neither the brand's own (``tel``) nor allowed beside it (``also_allowed``).

    The brand's number with one digit changed, two exchanged or letters in it is found however it is set.
    """
    region = number_region(tel)
    own, slips = own_and_slips(words, tel)
    allowed = {number_digits(text, region) or re.sub(r"\D", "", text) for text in also}
    foreign = [
        found
        for found in find_numbers(words, region)
        if not any(found.lies_in(ours) for ours in own)
        and (found.value not in allowed or has_letters(found.text))
    ]
    foreign += [slip for slip in slips if not any(slip.meets(found) for found in foreign)]
    return tuple(sorted(foreign, key=lambda found: found.start))


@lru_cache(KEPT)
def foreign_addresses(
    words: str, address: str, hosts: tuple[str, ...], also: tuple[str, ...]
) -> tuple[Found, ...]:
    """Return the addresses in words whose host is not the brand's, and words that look like its name."""
    own = {host_of(host) for host in (*hosts, *also, address)}
    addresses = find_addresses(words)
    foreign = [found for found in addresses if found.value not in own]
    doubles = find_doubles(words, (host_of(address) or "", *hosts))
    foreign += [double for double in doubles if not any(double.meets(found) for found in foreign)]
    return tuple(sorted(foreign, key=lambda found: found.start))


def _numbers_not_of(facts: Facts, words: str) -> tuple[Found, ...]:
    return foreign_numbers(words, facts.number.tel, facts.also_allowed.numbers)


def _addresses_not_of(facts: Facts, words: str) -> tuple[Found, ...]:
    return foreign_addresses(words, facts.address.display, facts.hosts, facts.also_allowed.hosts)


def check_facts(facts: Facts, place: Callable[..., Place]) -> list[Finding]:
    """Return a finding for each fact that disagrees with another or is none.

    ``place`` gives the place of a value by its path (``place("facts", "number", "tel")``).
    """
    return [*_check_number(facts, place), *_check_address(facts, place), *_check_also(facts, place)]


def _check_number(facts: Facts, place: Callable[..., Place]) -> list[Finding]:
    tel, display = facts.number.tel, facts.number.display
    at_tel, at_display = place("facts", "number", "tel"), place("facts", "number", "display")
    region = number_region(tel)
    if not E164.fullmatch(tel) or number_digits(tel, region) is None:
        hint = "write a plus, the country and the number without spaces: +448081000900"
        return [Finding("bad-value", f"facts.number.tel: {tel:.60} is no phone number", hint, at_tel)]
    shown = number_digits(display, region)
    if shown is None:
        text = f"facts.number.display: {display:.60} is no phone number"
        return [Finding("bad-value", text, f"it must be {tel}, set as people read it", at_display)]
    if shown != tel:
        text = f"facts.number: {display:.60} is {shown}, but tel is {tel}"
        return [Finding("bad-value", text, "ask the number's owner which of the two is right", at_display)]
    return []


def _check_address(facts: Facts, place: Callable[..., Place]) -> list[Finding]:
    findings = []
    at_display, at_url = place("facts", "address", "display"), place("facts", "address", "url")
    shown, opened = host_of(facts.address.display), host_of(facts.address.url)
    if not facts.address.url.startswith("https://") or opened is None:
        text = f"facts.address.url: {facts.address.url:.60} is no https address"
        findings.append(Finding("bad-value", text, "it begins with https:// and a host", at_url))
    if shown is None or "." not in shown:
        text = f"facts.address.display: {facts.address.display:.60} is no web address"
        findings.append(Finding("bad-value", text, "write it as people type it: www.example.org", at_display))
    if findings:
        return findings
    if shown != opened:
        text = f"facts.address: people read {shown}, but the link opens {opened}"
        findings.append(Finding("bad-value", text, "both must name one host", at_display))
    own = {host_of(host) for host in facts.hosts}
    if opened not in own:
        text = f"facts.hosts: {opened} is missing"
        findings.append(Finding("bad-value", text, f"add {opened}", place("facts", "hosts")))
    return findings


def _check_also(facts: Facts, place: Callable[..., Place]) -> list[Finding]:
    """Return a finding for each host and number in the facts' lists that is none."""
    findings = []
    lists = (
        (("facts", "hosts"), facts.hosts),
        (("facts", "also_allowed", "hosts"), facts.also_allowed.hosts),
    )
    for path, hosts in lists:
        findings += [
            Finding(
                "bad-value", f"{'.'.join(path)}: {host:.60} is no host", "www.example.org", place(*path, at)
            )
            for at, host in enumerate(hosts)
            if host_of(host) is None or "." not in host or re.search(r"[/:@?#\s]", host)
        ]
    region = number_region(facts.number.tel)
    for at, number in enumerate(facts.also_allowed.numbers):
        if number_digits(number, region) is None and not SERVICE.fullmatch(number.replace(" ", "")):
            text = f"facts.also_allowed.numbers: {number:.60} is no phone number"
            hint = "as people read it: 999, 116 123, 0808 1000 900"
            findings.append(Finding("bad-value", text, hint, place("facts", "also_allowed", "numbers", at)))
    return findings


PLACEHOLDERS = ("number", "address", "link", "partner")
BRACES = re.compile(r"\{([^{}]*)\}|[{}]")
# The same, for what is said of them: braces that stand together are one fault, not one each.
WRITTEN = re.compile(r"(?<!\{)\{([^{}]*)\}(?!\})|\{+[^{}]*\}+|[{}]+")

SOMEBODY = "Somebody"
"""Stands for a partner's name where words are judged that every partner shares."""

# What makes another number, or another address, of the one that it touches. Signs that end or part
# sentences do not, unless an address goes on behind them.
TOUCHES_NUMBER = re.compile(r"(?:\+|\d[-\u2010]?)\Z"), re.compile(r"[-\u2010]?\d")
TOUCHES_ADDRESS = (
    re.compile(r"(?:[\w@%~&=+]|\w[.\-]+)\Z"),
    re.compile(r"[\w@%~&=+\\]|[./:?#!-]+[\w@%~&=]"),
)
ONE_WORD = re.compile(r"\S+")


def check_words(text: Text, facts: Facts, partner: str = SOMEBODY) -> list[Finding]:
    """Return a finding for each unknown placeholder, foreign number and foreign address in some words.

    They are judged as they will be drawn, with the facts and the ``partner``'s name filled in.
    """
    findings = []
    for found in WRITTEN.finditer(text.text):
        if found.group(1) not in PLACEHOLDERS:
            hint = did_you_mean(found.group(), [f"{{{known}}}" for known in PLACEHOLDERS])
            findings.append(Finding("bad-value", f"no such placeholder: {found.group()}", hint, text.place))
    return findings + _foreign_facts(text, facts, partner)


def check_name(text: Text, facts: Facts) -> list[Finding]:
    """Return the same of a name, which is drawn as it is: any placeholder in it is a finding."""
    hint = "write the words out; braces stand in messages and local lines only"
    return [
        Finding("bad-value", f"no placeholder is filled in here: {found.group()}", hint, text.place)
        for found in WRITTEN.finditer(text.text)
    ] + _foreign_facts(Text(BRACES.sub(" ", text.text), text.place), facts, "")


def check_own_words(text: Text, facts: Facts) -> list[Finding]:
    """Return a finding for each number and address in words of the brand or the campaign that is not of the facts."""
    hint = "take it out, or allow it: brand/brand.yaml, facts.also_allowed"
    numbers = [
        ("locked-fact", f"another phone number: {found.text}") for found in _numbers_not_of(facts, text.text)
    ]
    hosts = [
        ("foreign-host", f"another web address: {found.text}")
        for found in _addresses_not_of(facts, text.text)
    ]
    return [Finding(code, said, hint, text.place) for code, said in numbers + hosts]


@dataclass(frozen=True, slots=True)
class _Filled:
    """Words with their placeholders filled in, and where each stands: its name, from where, up to where."""

    words: str
    spans: tuple[tuple[str, int, int], ...]

    @classmethod
    def of(cls, words: str, values: Mapping[str, str]) -> _Filled:
        """Return the filled words; a placeholder without a value becomes a blank."""
        parts, spans, length, behind = [], [], 0, 0
        for found in BRACES.finditer(words):
            name = found.group(1) or ""
            before, value = words[behind : found.start()], values.get(name, " ")
            start = length + len(before)
            spans.append((name, start, start + len(value)))
            parts += [before, value]
            length, behind = start + len(value), found.end()
        return cls("".join([*parts, words[behind:]]), tuple(spans))

    def touched(
        self, names: Iterable[str], touching: tuple[re.Pattern[str], re.Pattern[str]]
    ) -> Iterator[Found]:
        """Yield each of these placeholders with what makes something else of it, as it would be read."""
        before, behind = touching
        for name, start, end in self.spans:
            if name not in names:
                continue
            if before.search(_seen(self.words[:start])) or behind.match(_seen(self.words[end:])):
                reach = [
                    word
                    for word in ONE_WORD.finditer(self.words)
                    if word.end() > start and word.start() < end
                ]
                first, last = reach[0].start(), reach[-1].end()
                yield Found(self.words[first:last], first, last, name)


def _seen(words: str) -> str:
    """Return words without the signs that nobody sees, and in plain letters."""
    return unicodedata.normalize(
        "NFKC", "".join(sign for sign in words if unicodedata.category(sign) != "Cf")
    )


def _foreign_facts(text: Text, facts: Facts, partner: str) -> list[Finding]:
    values = facts.placeholders(partner)
    filled = _Filled.of(text.text, values)
    numbers = _one_of_each(filled.touched(("number",), TOUCHES_NUMBER), _numbers_not_of(facts, filled.words))
    addresses = _one_of_each(
        filled.touched(("address", "link"), TOUCHES_ADDRESS), _addresses_not_of(facts, filled.words)
    )
    findings = []
    for number in numbers:
        hint = f"the helpline's number is written {{number}}; it is {facts.number.display}"
        if number.value == "number":
            hint = "let {number} stand alone, with a blank on each side"
        findings.append(Finding("locked-fact", f"another phone number: {number.text}", hint, text.place))
    for address in addresses:
        hint = f"the helpline's address is written {{address}}; it is {facts.address.display}"
        if address.value in ("address", "link"):
            hint = f"let {{{address.value}}} stand alone, with a blank on each side"
        findings.append(Finding("foreign-host", f"another web address: {address.text}", hint, text.place))
    return findings


def _one_of_each(touched: Iterable[Found], foreign: Iterable[Found]) -> list[Found]:
    """Return what was found, each once: of two that meet the one whose placeholder is touched."""
    kept: list[Found] = []
    for found in (*touched, *foreign):
        if not any(found.meets(other) for other in kept):
            kept.append(found)
    return sorted(kept, key=lambda found: found.start)


def fill(words: str, values: Mapping[str, str]) -> str:
    """Return words with their placeholders replaced by plain text; nothing is evaluated."""
    return BRACES.sub(lambda found: values.get(found.group(1) or "", found.group()), words)
