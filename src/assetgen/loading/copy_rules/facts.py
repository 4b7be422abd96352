"""Check the facts in copy: report numbers and addresses that differ from the brand's facts, and bad placeholders.

A foreign number or address is one that is neither the brand's nor in the brand's list ``also_allowed``.
"""

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
    TextMatch,
    find_numbers,
    find_own_number,
    fold_text,
    has_letters,
    region_of_number,
    to_e164,
)
from assetgen.loading.yaml.file_validation import did_you_mean
from assetgen.schema.brand_file import Facts
from assetgen.schema.fields import PlacedText

# Common top-level domains that linkify-it does not know; it knows country codes and the oldest domains. The list is
# fixed, because results would change from day to day with a downloaded list.
TOP_LEVEL_DOMAINS = """
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
# Addresses that linkify-it does not find: localhost, IP addresses, www with an unknown domain, a host with an unknown
# domain and a path, and a host after a sign such as a colon, a slash or a star.
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
MISSED_ADDRESSES = (
    re.compile(r"(?<![\w@.-])localhost[:/](?=\w)[^\s,;)]*\w", re.IGNORECASE),
    re.compile(rf"(?<![\w.,+-])(?:{_OCTET}\.){{3}}{_OCTET}(?![.,-]?\w)(?:[:/](?:[^\s,;)]*\w)?)?"),
    re.compile(r"(?<!\w)www\d?\.[\w-]+(?:\.[\w-]+)*", re.IGNORECASE),
    re.compile(rf"(?<![\w@.-])(?:{_LABEL}\.){{1,9}}[^\W\d_]{{2,}}/(?=\w)"),
    re.compile(
        rf"(?<=[:/_*=~-])(?=[\w-]{{0,62}}[^\W\d_])(?:{_LABEL}\.){{1,9}}"
        rf"(?:[a-z]{{2}}|com|org|net|{'|'.join(TOP_LEVEL_DOMAINS)})(?![\w@-])",
        re.IGNORECASE,
    ),
)
SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*")
MAX_HOST_LENGTH = 253

# Characters of other scripts, by the Latin letter that they look like. A selection of the confusable characters of
# Unicode Technical Standard 39.
LOOK_ALIKES = {
    "a": "аАαΑɑ", "b": "ЬьВвΒ", "c": "сСϲϹ", "d": "ԁ", "e": "еЕΕє", "g": "ɡ", "h": "һНнҺΗ",
    "i": "іІιΙıɩ", "j": "јЈ", "k": "кКκΚ", "l": "ӏӀǀ", "m": "мМΜ", "n": "ոпΝ", "o": "оОοΟօ",
    "p": "рРρΡ", "q": "ԛ", "s": "ѕЅ", "t": "тТτΤ", "u": "υսц", "v": "νѵ", "w": "ԝшωѡ",
    "x": "хХχΧ", "y": "уУγΥү", "z": "Ζᴢ",
}  # fmt: skip
AS_LATIN = {ord(character): latin for latin, characters in LOOK_ALIKES.items() for character in characters}
# ASCII characters that look alike in many fonts.
AS_CONFUSED = str.maketrans("1i|0", "lllo")
MIN_NAME_LENGTH = 6
"""Shorter names resemble too many ordinary words to search for look-alikes."""
NAME = re.compile(r"[\w|]+")


def find_addresses(words: str) -> list[TextMatch]:
    """Return the web and email addresses in a text, in order. The ``value`` of each is its host."""
    folded = fold_text(words)
    plain = folded.plain.replace("|", " ")  # copy may separate number and address by a bar; hosts have none
    spans = [(match.index, match.last_index, match.url) for match in _linkify().match(plain) or ()]
    for pattern in MISSED_ADDRESSES:
        for match in pattern.finditer(plain):
            if not any(start < match.end() and match.start() < end for start, end, _ in spans):
                spans.append((match.start(), match.end(), match.group()))
    return [
        folded.found(start, end, host_of(address) or address.lower()) for start, end, address in sorted(spans)
    ]


@cache
def _linkify() -> Any:
    from linkify_it import LinkifyIt

    return LinkifyIt().tlds(TOP_LEVEL_DOMAINS, True)


def host_of(url_or_host: str) -> str | None:
    """Return the host of a web address, email address or host, in lower case and IDNA; None if it is not valid."""
    text = fold_text(url_or_host).plain.strip().removeprefix("mailto:")
    if not SCHEME.match(text):
        text = f"//{text}"
    try:
        host = urlsplit(text).hostname or ""
        if len(host) > MAX_HOST_LENGTH:
            return None
        host = host.removesuffix(".").encode("idna").decode("ascii").lower()
    except ValueError:  # also UnicodeError, for a label that IDNA does not allow
        return None
    return host if HOST.fullmatch(host) else None


def find_look_alikes(words: str, hosts: Iterable[str]) -> list[TextMatch]:
    """Return the words that look like a name in one of the hosts but are spelt differently."""
    names = {name for host in hosts for name in host.split(".")[:-1] if len(name) >= MIN_NAME_LENGTH}
    skeletons = {_skeleton(name): name for name in names}
    folded = fold_text(words)
    return [
        folded.found(match.start(), match.end(), name)
        for match in NAME.finditer(folded.plain)
        if (name := skeletons.get(_skeleton(match.group()))) and match.group().lower() not in names
    ]


def _skeleton(name: str) -> str:
    """Return the same string for all names that look the same (the "skeleton" of Unicode Technical Standard 39)."""
    base = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return base.translate(AS_LATIN).lower().translate(AS_CONFUSED).replace("rn", "m").replace("vv", "w")


E164 = re.compile(r"\+[1-9]\d{6,14}")
SHORT_NUMBER = re.compile(r"[1-9]\d{2,5}")
# The results for this many texts are cached: the same copy is checked for every partner, and again after each save.
MAX_CACHED_TEXTS = 4096


@lru_cache(MAX_CACHED_TEXTS)
def find_foreign_numbers(words: str, tel: str, also: tuple[str, ...]) -> tuple[TextMatch, ...]:
    """Return the phone numbers in a text that are neither the brand's (``tel``) nor allowed (``also``).

    This includes the brand's number with a changed digit, two swapped digits or letters, however it is formatted.
    """
    region = region_of_number(tel)
    own, misspelt = find_own_number(words, tel)
    allowed = {to_e164(text, region) or re.sub(r"\D", "", text) for text in also}
    foreign = [
        found
        for found in find_numbers(words, region)
        if not any(found.is_inside(ours) for ours in own)
        and (found.value not in allowed or has_letters(found.text))
    ]
    foreign += [number for number in misspelt if not any(number.overlaps(found) for found in foreign)]
    return tuple(sorted(foreign, key=lambda found: found.start))


@lru_cache(MAX_CACHED_TEXTS)
def find_foreign_addresses(
    words: str, address: str, hosts: tuple[str, ...], also: tuple[str, ...]
) -> tuple[TextMatch, ...]:
    """Return the addresses in a text with a host that is not allowed, and words that look like the brand's name."""
    own = {host_of(host) for host in (*hosts, *also, address)}
    addresses = find_addresses(words)
    foreign = [found for found in addresses if found.value not in own]
    look_alikes = find_look_alikes(words, (host_of(address) or "", *hosts))
    foreign += [name for name in look_alikes if not any(name.overlaps(found) for found in foreign)]
    return tuple(sorted(foreign, key=lambda found: found.start))


def _foreign_numbers_in(facts: Facts, words: str) -> tuple[TextMatch, ...]:
    return find_foreign_numbers(words, facts.tel, facts.also_allowed.numbers)


def _foreign_addresses_in(facts: Facts, words: str) -> tuple[TextMatch, ...]:
    return find_foreign_addresses(words, facts.address_text, facts.hosts, facts.also_allowed.hosts)


def check_facts(facts: Facts, place: Callable[..., Place]) -> list[Finding]:
    """Return a finding for each fact that is invalid or contradicts another fact.

    ``place`` returns the place of a value by its path (``place("facts", "number", "tel")``).
    """
    return [*_check_number(facts, place), *_check_address(facts, place), *_check_allowed(facts, place)]


def _check_number(facts: Facts, place: Callable[..., Place]) -> list[Finding]:
    if facts.number is None:
        return []
    tel, display = facts.tel, facts.number_text
    at_tel, at_display = place("facts", "number", "tel"), place("facts", "number", "display")
    region = region_of_number(tel)
    if SHORT_NUMBER.fullmatch(tel):
        if re.sub(r"[\s-]", "", display) != tel:
            text = f"facts.number: display {display:.60} is not the short code {tel}"
            return [Finding("bad-value", text, "write the same digits in both", at_display)]
        return []
    if not E164.fullmatch(tel) or to_e164(tel, region, may_be_unassigned=True) is None:
        hint = "write a plus, the country code and the number without spaces: +448081000900"
        return [Finding("bad-value", f"facts.number.tel: {tel:.60} is not a phone number", hint, at_tel)]
    shown = to_e164(display, region, may_be_unassigned=True)
    if shown is None:
        text = f"facts.number.display: {display:.60} is not a phone number"
        return [
            Finding(
                "bad-value",
                text,
                f"write {tel} as people read it, such as 0808 1000 900",
                at_display,
            )
        ]
    if shown != tel:
        text = f"facts.number: display {display:.60} means {shown}, but tel is {tel}"
        return [Finding("bad-value", text, "ask the number's owner which of the two is correct", at_display)]
    return []


def _check_address(facts: Facts, place: Callable[..., Place]) -> list[Finding]:
    findings: list[Finding] = []
    if facts.address is None:
        return findings
    at_display, at_url = place("facts", "address", "display"), place("facts", "address", "url")
    shown, opened = host_of(facts.address.display), host_of(facts.address.url)
    if not facts.address.url.startswith("https://") or opened is None:
        text = f"facts.address.url: {facts.address.url:.60} is not an https address"
        findings.append(Finding("bad-value", text, "start it with https:// and a host", at_url))
    if shown is None or "." not in shown:
        text = f"facts.address.display: {facts.address.display:.60} is not a web address"
        findings.append(Finding("bad-value", text, "write it as people type it: www.example.org", at_display))
    if findings:
        return findings
    if shown != opened:
        text = f"facts.address: display shows {shown}, but url opens {opened}"
        findings.append(Finding("bad-value", text, "use the same host in both", at_display))
    own = {host_of(host) for host in facts.hosts}
    if opened not in own:
        text = f"facts.hosts does not contain {opened}, the host of facts.address.url"
        findings.append(Finding("bad-value", text, f"add {opened}", place("facts", "hosts")))
    return findings


def _check_allowed(facts: Facts, place: Callable[..., Place]) -> list[Finding]:
    """Return a finding for each invalid entry in the facts' lists of hosts and numbers."""
    findings = []
    lists = (
        (("facts", "hosts"), facts.hosts),
        (("facts", "also_allowed", "hosts"), facts.also_allowed.hosts),
    )
    for path, hosts in lists:
        findings += [
            Finding(
                "bad-value",
                f"{'.'.join(path)}: {host:.60} is not a host",
                "write only the host: www.example.org",
                place(*path, at),
            )
            for at, host in enumerate(hosts)
            if host_of(host) is None or "." not in host or re.search(r"[/:@?#\s]", host)
        ]
    region = region_of_number(facts.tel)
    for at, number in enumerate(facts.also_allowed.numbers):
        if to_e164(number, region) is None and not SHORT_NUMBER.fullmatch(number.replace(" ", "")):
            text = f"facts.also_allowed.numbers: {number:.60} is not a phone number"
            hint = "write it as people read it: 999, 116 123, 0808 1000 900"
            findings.append(Finding("bad-value", text, hint, place("facts", "also_allowed", "numbers", at)))
    return findings


PLACEHOLDERS = ("number", "address", "link", "partner")
NO_NUMBER_HINT = "delete it, or add number: to facts: in brand/brand.yaml"
NO_ADDRESS_HINT = "delete it, or add address: to facts: in brand/brand.yaml"
BRACES = re.compile(r"\{([^{}]*)\}|[{}]")
# The same for findings: adjacent braces are reported as one error.
BRACE_GROUPS = re.compile(r"(?<!\{)\{([^{}]*)\}(?!\})|\{+[^{}]*\}+|[{}]+")

SAMPLE_PARTNER = "Somebody"
"""The partner's name for checks of copy that all partners share."""

# Characters directly before or after a number or address that turn it into a different one, as pairs of patterns.
# Punctuation is not included, except where an address continues after it.
TOUCHES_NUMBER = re.compile(r"(?:\+|\d[-\u2010]?)\Z"), re.compile(r"[-\u2010]?\d")
TOUCHES_ADDRESS = (
    re.compile(r"(?:[\w@%~&=+]|\w[.\-]+)\Z"),
    re.compile(r"[\w@%~&=+\\]|[./:?#!-]+[\w@%~&=]"),
)
WORD = re.compile(r"\S+")


def check_copy(text: PlacedText, facts: Facts, partner: str = SAMPLE_PARTNER) -> list[Finding]:
    """Return a finding for each unknown placeholder, foreign number and foreign address in a text.

    The text is checked as it will be rendered, with the facts and the name of ``partner`` filled in.
    """
    findings = []
    available = facts.placeholder_values(partner)
    for found in BRACE_GROUPS.finditer(text.text):
        name = found.group(1)
        if name in PLACEHOLDERS and name not in available:
            fact = "number" if name == "number" else "address"
            reason = f"{found.group()} has no value: the service has no {fact}"
            fix = NO_NUMBER_HINT if name == "number" else NO_ADDRESS_HINT
            findings.append(Finding("bad-value", reason, fix, text.place))
        elif name not in PLACEHOLDERS:
            hint = did_you_mean(found.group(), [f"{{{known}}}" for known in PLACEHOLDERS])
            findings.append(Finding("bad-value", f"unknown placeholder: {found.group()}", hint, text.place))
    return findings + _foreign_facts(text, facts, partner)


def check_name(text: PlacedText, facts: Facts) -> list[Finding]:
    """Return a finding for each placeholder, foreign number and foreign address in a name.

    Names are rendered unchanged, so they must not contain placeholders.
    """
    hint = "write the text itself; only messages and local lines may contain placeholders"
    return [
        Finding("bad-value", f"a placeholder is not allowed here: {found.group()}", hint, text.place)
        for found in BRACE_GROUPS.finditer(text.text)
    ] + _foreign_facts(PlacedText(BRACES.sub(" ", text.text), text.place), facts, "")


def check_brand_copy(text: PlacedText, facts: Facts) -> list[Finding]:
    """Return a finding for each foreign number and address in a text of the brand or the campaign."""
    hint = "delete it, or add it to facts.also_allowed in brand/brand.yaml"
    numbers = [
        ("locked-fact", f"{found.text} is not the service's phone number")
        for found in _foreign_numbers_in(facts, text.text)
    ]
    hosts = [
        ("foreign-host", f"{found.text} is not the service's web address")
        for found in _foreign_addresses_in(facts, text.text)
    ]
    return [Finding(code, message, hint, text.place) for code, message in numbers + hosts]


@dataclass(frozen=True, slots=True)
class _FilledText:
    """A text with its placeholders filled in, and the name, start and end of each value."""

    text: str
    spans: tuple[tuple[str, int, int], ...]

    @classmethod
    def of(cls, text: str, values: Mapping[str, str]) -> _FilledText:
        """Fill in a text; a placeholder without a value becomes a blank."""
        parts, spans, length, read_to = [], [], 0, 0
        for found in BRACES.finditer(text):
            name = found.group(1) or ""
            before, value = text[read_to : found.start()], values.get(name, " ")
            start = length + len(before)
            spans.append((name, start, start + len(value)))
            parts += [before, value]
            length, read_to = start + len(value), found.end()
        return cls("".join([*parts, text[read_to:]]), tuple(spans))

    def altered(
        self, names: Iterable[str], touching: tuple[re.Pattern[str], re.Pattern[str]]
    ) -> Iterator[TextMatch]:
        """Yield the filled-in values that adjacent characters alter, each with the whole words around it."""
        before, after = touching
        for name, start, end in self.spans:
            if name not in names:
                continue
            if before.search(_visible(self.text[:start])) or after.match(_visible(self.text[end:])):
                around = [
                    word for word in WORD.finditer(self.text) if word.end() > start and word.start() < end
                ]
                first, last = around[0].start(), around[-1].end()
                yield TextMatch(self.text[first:last], first, last, name)


def _visible(text: str) -> str:
    """Return a text without invisible characters, with compatibility characters replaced by plain ones."""
    return unicodedata.normalize("NFKC", "".join(char for char in text if unicodedata.category(char) != "Cf"))


def _foreign_facts(text: PlacedText, facts: Facts, partner: str) -> list[Finding]:
    values = facts.placeholder_values(partner)
    filled = _FilledText.of(text.text, values)
    numbers = _merge_found(
        filled.altered(("number",), TOUCHES_NUMBER), _foreign_numbers_in(facts, filled.text)
    )
    addresses = _merge_found(
        filled.altered(("address", "link"), TOUCHES_ADDRESS), _foreign_addresses_in(facts, filled.text)
    )
    findings = []
    for number in numbers:
        hint = (
            f"write {{number}} for the service's number, {facts.number_text}"
            if facts.number
            else NO_NUMBER_HINT
        )
        if number.value == "number":
            hint = "put a space on each side of {number}"
        findings.append(
            Finding("locked-fact", f"{number.text} is not the service's phone number", hint, text.place)
        )
    for address in addresses:
        hint = (
            f"write {{address}} for the service's address, {facts.address_text}"
            if facts.address
            else NO_ADDRESS_HINT
        )
        if address.value in ("address", "link"):
            hint = f"put a space on each side of {{{address.value}}}"
        findings.append(
            Finding("foreign-host", f"{address.text} is not the service's web address", hint, text.place)
        )
    return findings


def _merge_found(altered: Iterable[TextMatch], foreign: Iterable[TextMatch]) -> list[TextMatch]:
    """Return the matches of both kinds by position. Of two that overlap, an altered placeholder takes precedence."""
    kept: list[TextMatch] = []
    for found in (*altered, *foreign):
        if not any(found.overlaps(other) for other in kept):
            kept.append(found)
    return sorted(kept, key=lambda found: found.start)


def fill_placeholders(words: str, values: Mapping[str, str]) -> str:
    """Replace the placeholders in a text by their values. Unknown placeholders stay, and nothing is evaluated."""
    return BRACES.sub(lambda found: values.get(found.group(1) or "", found.group()), words)
