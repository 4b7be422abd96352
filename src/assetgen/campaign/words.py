"""The words that people write: placeholders, and the facts that no words may contradict."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from assetgen.campaign.facts import foreign_addresses, foreign_numbers
from assetgen.campaign.model import Facts, Text
from assetgen.campaign.nearest import did_you_mean
from assetgen.campaign.plain_words import Found
from assetgen.findings import Finding

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
    hint = "take it out, or allow it: brand/brand.yaml, facts.also"
    numbers = [
        ("locked-fact", f"another phone number: {found.text}") for found in foreign_numbers(text.text, facts)
    ]
    hosts = [
        ("foreign-host", f"another web address: {found.text}")
        for found in foreign_addresses(text.text, facts)
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
    values = {"number": facts.number, "address": facts.address, "link": facts.url, "partner": partner}
    filled = _Filled.of(text.text, values)
    numbers = _one_of_each(filled.touched(("number",), TOUCHES_NUMBER), foreign_numbers(filled.words, facts))
    addresses = _one_of_each(
        filled.touched(("address", "link"), TOUCHES_ADDRESS), foreign_addresses(filled.words, facts)
    )
    findings = []
    for number in numbers:
        hint = f"the helpline's number is written {{number}}; it is {facts.number}"
        if number.value == "number":
            hint = "let {number} stand alone, with a blank on each side"
        findings.append(Finding("locked-fact", f"another phone number: {number.text}", hint, text.place))
    for address in addresses:
        hint = f"the helpline's address is written {{address}}; it is {facts.address}"
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
