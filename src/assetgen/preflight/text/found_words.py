"""Find the facts and every other expected text on a finished page.

The facts are the phone number, the web address and the promise. The number and the address must each be on one line.
Lines are built from the positions of letters on the page, not from their order in the file. The promise may run over
several lines. A number or an address that the brand does not allow is an error.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from statistics import fmean

import numpy as np

from assetgen.findings import Finding
from assetgen.geometry import bounding_box
from assetgen.loading.copy_rules.facts import find_foreign_addresses, find_foreign_numbers
from assetgen.loading.copy_rules.phone_numbers import find_own_number
from assetgen.planning.asset import Spec
from assetgen.preflight.pdf.canvas import Layers
from assetgen.preflight.pdf.finished_page import FinishedPage, Letter
from assetgen.preflight.results import DetectedRegion, convert_box
from assetgen.preflight.text.masks import encode_mask, whole_pixels
from assetgen.preflight.text.text_lines import PageText, VisualLine, normalise, without_repeats

FACTS = ("number", "address", "promise")
# The minimum extra distance between two groups of digits, compared with digits inside a group, in em.
GROUP_GAP_EM = 0.08
# A digit nearer to the number than this is read as part of it, in em between their ink.
BESIDE_EM = 0.75
# How many search patterns are cached: a campaign has the same words on many pages.
CACHED_PATTERNS = 4096
# Characters, besides hyphens, that join an extension to a number.
EXTENDING = frozenset("/#*")
# Letter-spaced text in which every character reads as a word of its own. An address has at least six characters.
LETTER_SPACED = re.compile(r"(?<!\S)\S(?: \S){5,}(?!\S)")
HINT = "place it as one piece of text, with {{ text(…) }}"


@dataclass(frozen=True, slots=True)
class FoundFacts:
    """The facts of a page: the letters of each correct occurrence by role, and the findings."""

    letters: dict[str, list[tuple[Letter, ...]]]
    findings: tuple[Finding, ...]


def find_facts(reading: PageText, spec: Spec, expected: dict[str, str]) -> FoundFacts:
    """Find the facts on a page. Report required facts that are missing, a broken number, and foreign facts.

    ``expected`` has the expected text of each role, in the copy length that was used.
    """
    letters: dict[str, list[tuple[Letter, ...]]] = {role: [] for role in FACTS}
    findings: list[Finding] = []
    number, address = expected.get("number", ""), expected.get("address", "")
    promise = expected.get("promise", "")
    for line in reading.lines:
        letters["number"] += _numbers(line, number)
        letters["address"] += _addresses(line, address)
    if promise:
        letters["promise"] += reading.find(promise, exact=True)
    broken = list(_broken(reading, spec, number, letters["number"]))
    foreign = list(_foreign(reading, spec))
    # A broken number is not missing, unless its digits are part of a foreign number.
    is_only_broken = bool(broken) and not any(finding.role == "number" for finding in foreign)
    findings += broken
    for role in FACTS:
        if role in spec.requires and not letters[role] and not (role == "number" and is_only_broken):
            text = (
                f"the {role} is missing from the finished page, or differs: {_plain(expected.get(role, ''))}"
            )
            findings.append(Finding("facts-missing", text, HINT, role=role))
    findings += foreign
    return FoundFacts(letters, tuple(findings))


def _plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def _find_spans(line: VisualLine, words: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each occurrence of words in a line's text, ignoring spaces."""
    pattern = _pattern_of(words)
    if pattern is not None:
        yield from (match.span() for match in pattern.finditer(line.text))


@lru_cache(maxsize=CACHED_PATTERNS)
def _pattern_of(words: str) -> re.Pattern[str] | None:
    """Return a pattern that finds words with or without spaces between characters; None if there are no words."""
    squeezed_words = normalise(words)
    return re.compile(r"\s?".join(map(re.escape, squeezed_words))) if squeezed_words else None


def _numbers(line: VisualLine, number: str) -> Iterator[tuple[Letter, ...]]:
    """Yield the letters of each correct number: in its groups, not mirrored, and with no digits next to it."""
    groups = [len(group) for group in number.split()]
    for start, end in _find_spans(line, number):
        letters = line.letters_between(start, end)
        if any(letter.is_mirrored for letter in letters) or len(letters) != sum(groups):
            continue
        if _continues(line, start, end) or not _are_grouped(letters, groups):
            continue
        yield letters


def _continues(line: VisualLine, start: int, end: int) -> bool:
    """Return whether digits or an extension next to the number are close enough to be read as part of it."""
    for end_place, step in ((start, -1), (end - 1, 1)):
        index = line.letter_indexes[end_place]
        assert index is not None, "a number begins and ends with a letter"
        neighbour = index + step
        if not _is_near(line, index, neighbour):
            continue
        sign = line.letters[neighbour].char
        if sign.isnumeric() or sign == "+":
            return True
        is_joined = unicodedata.category(sign[0]) == "Pd" or sign in EXTENDING
        beyond = neighbour + step
        if is_joined and _is_near(line, neighbour, beyond) and line.letters[beyond].char.isnumeric():
            return True
    return False


def _is_near(line: VisualLine, index: int, neighbour: int) -> bool:
    """Return whether two letters of a line, given by index, are at most one space apart."""
    if not 0 <= neighbour < len(line.letters):
        return False
    left, right = sorted((line.letters[index], line.letters[neighbour]), key=lambda letter: letter.box.x)
    return right.box.x - left.box.right < BESIDE_EM * left.size_px


def _are_grouped(letters: Sequence[Letter], groups: Sequence[int]) -> bool:
    """Return whether the gaps between groups of digits are wider than those inside a group."""
    gaps = {sum(groups[:count]) for count in range(1, len(groups))}
    if not gaps:
        return True
    steps = [math.dist((a.x, a.y), (b.x, b.y)) for a, b in pairwise(letters)]
    mean_inside = fmean(step for index, step in enumerate(steps, 1) if index not in gaps)
    return all(steps[index - 1] > mean_inside + GROUP_GAP_EM * letters[0].size_px for index in gaps)


def _addresses(line: VisualLine, address: str) -> Iterator[tuple[Letter, ...]]:
    """Yield the letters of each occurrence of the address that is not part of a longer address."""
    for start, end in _find_spans(line, address):
        before = line.text[start - 1] if start else " "
        after = line.text[end : end + 2] + "  "
        joined = before.isalnum() or before in "@.-_" or after[0].isalnum() or after[0] in "@-_"
        goes_on = after[0] in "./:" and after[1].isalnum()
        letters = line.letters_between(start, end)
        if not joined and not goes_on and not any(letter.is_mirrored for letter in letters):
            yield letters


def _broken(
    reading: PageText, spec: Spec, number: str, correct: Sequence[tuple[Letter, ...]]
) -> Iterator[Finding]:
    """Yield a finding for each place where the number's digits are present, but split or in the wrong order.

    ``correct`` has the letters of the numbers that are right.
    """
    digits = normalise(number)
    if not digits:
        return
    whole = {letter for letters in correct for letter in letters}
    for paragraph in reading.paragraphs:
        rest = [letter for line in paragraph.lines for letter in line.letters if letter not in whole]
        start = _signs(rest).find(digits)
        if start >= 0:
            text = f"the digits of the number are not one piece of text: {_plain(number)}"
            box = convert_box(
                bounding_box([letter.box for letter in rest[start : start + len(digits)]]), spec
            )
            yield Finding("number-broken", text, HINT, box=box, role="number")
    groups = number.split()
    for line in reading.lines:
        for order in _other_orders(groups):
            for start, end in _find_spans(line, "".join(order)):
                letters = line.letters_between(start, end)
                if whole.isdisjoint(letters) and not _continues(line, start, end):
                    text = f"the number's groups are in the wrong order: {' '.join(order)}"
                    hint = "use {{ text(…) }} or <bdi>: both keep it left to right in every language"
                    box = convert_box(bounding_box([letter.box for letter in letters]), spec)
                    yield Finding("number-broken", text, hint, box=box, role="number")
    yield from _over_lines(reading, spec, digits, whole)


def _signs(letters: Iterable[Letter]) -> str:
    """Return letters as text with exactly one character for each: a letter of several characters becomes "?"."""
    return "".join(letter.char if len(letter.char) == 1 else "?" for letter in letters)


def _other_orders(groups: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the wrong orders of a number in a right-to-left line: its groups reversed, or all its digits reversed."""
    groups_reversed = tuple(reversed(groups))
    all_reversed = tuple(group[::-1] for group in groups_reversed)
    return [order for order in dict.fromkeys((groups_reversed, all_reversed)) if order != tuple(groups)]


def _over_lines(reading: PageText, spec: Spec, digits: str, whole: set[Letter]) -> Iterator[Finding]:
    """Yield a finding for each number that starts at the end of one line of the page and ends on the next line."""
    for upper, lower in pairwise(reading.lines):
        letters = [*upper.letters, *lower.letters]
        start = _signs(letters).find(digits)
        if start < 0 or not start < len(upper.letters) < start + len(digits):
            continue
        found = letters[start : start + len(digits)]
        if whole.isdisjoint(found) and found[0].group != found[-1].group:
            box = convert_box(bounding_box([letter.box for letter in found]), spec)
            yield Finding("number-broken", "the number is split over two lines", HINT, box=box, role="number")


_Foreign = tuple[str, str, int, int]


def _foreign(reading: PageText, spec: Spec) -> Iterator[Finding]:
    """Yield a finding for each number or address that the brand does not allow, in a line or in a paragraph."""
    reported: set[tuple[str, str]] = set()
    for line in reading.lines:
        for kind, words, start, end in (*_foreign_in(line.text, spec), *_foreign_letter_spaced(line, spec)):
            key = (kind, normalise(words))
            if key not in reported:
                reported.add(key)
                box = convert_box(
                    bounding_box([letter.box for letter in line.letters_between(start, end)]), spec
                )
                yield _foreign_finding(kind, words, box)
    for paragraph in reading.paragraphs:
        if len(paragraph.lines) == 1:
            continue
        for kind, words, *_ in _foreign_in(paragraph.text, spec):
            key = (kind, normalise(words))
            # The brand's own number, split over two lines, is reported as broken instead.
            if key not in reported and not find_own_number(words, spec.tel)[0]:
                reported.add(key)
                box = convert_box(bounding_box([line.box for line in paragraph.lines]), spec)
                yield _foreign_finding(kind, words, box)


def _foreign_letter_spaced(line: VisualLine, spec: Spec) -> Iterator[_Foreign]:
    """Yield the foreign addresses in letter-spaced text, in which every letter reads as a word of its own."""
    for match in LETTER_SPACED.finditer(line.text):
        for kind, words, start, end in _foreign_in(match[0].replace(" ", ""), spec):
            if kind == "address":
                yield kind, words, match.start() + 2 * start, match.start() + 2 * end - 1


def _foreign_in(text: str, spec: Spec) -> Iterator[_Foreign]:
    """Yield the foreign numbers and addresses in a text: kind, words, start and end."""
    for number in find_foreign_numbers(text, spec.tel, spec.numbers[1:]):
        yield "number", number.text, number.start, number.end
    for address in find_foreign_addresses(text, spec.hosts[0] if spec.hosts else "", spec.hosts, ()):
        yield "address", address.text, address.start, address.end


def _foreign_finding(kind: str, words: str, box: tuple[float, float, float, float]) -> Finding:
    text = f"the finished file has a {kind} that the brand does not allow: {_plain(words)}"
    hint = f"remove it, or list the {kind} under facts.also_allowed in brand.yaml"
    return Finding("facts-altered", text, hint, box=box, role=kind)


IMPRINT, PARTNER = "imprint", "partner"
# Characters that qualify the words before them: a question mark, or a sign that refers to small print.
QUALIFYING = frozenset("?*†‡§")
# Roles whose paragraphs must have expected words only. A line with the number may begin with words of the template.
ROLES_WITHOUT_OTHER_WORDS = frozenset({"promise", "headline", "body", "local", "action", PARTNER, IMPRINT})
# The words of one role can contain those of a different role, as a headline contains the helpline's name. A letter
# belongs to the first matching role of this list.
ROLE_PRIORITY = (
    "number",
    "address",
    "promise",
    "headline",
    "body",
    "local",
    "action",
    "name",
    PARTNER,
    IMPRINT,
)


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles of a page: the role of each letter, the letters of each occurrence of a role, and the findings."""

    role_of: Mapping[Letter, str]
    places: Mapping[str, tuple[tuple[Letter, ...], ...]]
    findings: tuple[Finding, ...]

    def group_by_role(self, letters: Iterable[Letter]) -> Mapping[str, list[Letter]]:
        """Return letters by role; letters without a role are under ''."""
        parted: dict[str, list[Letter]] = {}
        for letter in letters:
            parted.setdefault(self.role_of.get(letter, ""), []).append(letter)
        return parted


def find_roles(
    page: FinishedPage,
    reading: PageText,
    facts: FoundFacts,
    spec: Spec,
    expected: Mapping[str, str],
    omitted: Collection[str],
) -> Roles:
    """Find the role of each letter; report each expected text that is missing from the page.

    ``omitted`` has the roles that the layout left out for lack of room. It never has a required fact.
    """
    places: dict[str, tuple[tuple[Letter, ...], ...]] = {
        role: tuple(found) for role, found in facts.letters.items() if found
    }
    findings: list[Finding] = []
    for role, words in expected.items():
        if role in (PARTNER, *FACTS):
            continue
        texts = words.split("\n") if role == IMPRINT else [words]
        found = [_find(reading, text) for text in texts]
        places[role] = tuple(letters for occurrences in found for letters in occurrences)
        if role not in omitted:
            missing = [text for text, occurrences in zip(texts, found, strict=True) if not occurrences]
            findings += [_missing_words(role, text) for text in missing]
    if PARTNER not in omitted:
        places[PARTNER] = tuple(_partners(page, reading, spec, findings))
    for role in FACTS:
        if role in expected and role not in (*spec.requires, *omitted) and role not in places:
            findings.append(_missing_words(role, expected[role]))
    role_of = _assign_roles(places)
    findings += _find_added_words(reading, role_of, spec)
    return Roles(role_of, {role: found for role, found in places.items() if found}, tuple(findings))


def _find_added_words(reading: PageText, role_of: Mapping[Letter, str], spec: Spec) -> Iterator[Finding]:
    """Yield a finding for each paragraph with words beyond the expected ones: an added word can reverse the meaning."""
    for paragraph in reading.paragraphs:
        letters = [letter for line in paragraph.lines for letter in line.letters]
        role = next(
            (role_of[letter] for letter in letters if role_of.get(letter) in ROLES_WITHOUT_OTHER_WORDS), None
        )
        added = [letter for letter in letters if letter not in role_of and _has_meaning(letter.char)]
        if role is None or not added or letters[0].group < 0:
            continue
        text = f"the paragraph of the {role} has text that is not in the copy: {paragraph.text[:80]}"
        hint = "put the template's own text into a separate paragraph"
        box = convert_box(bounding_box([letter.box for letter in added]), spec)
        yield Finding("words-altered", text, hint, box=box, role=role)


def _has_meaning(sign: str) -> bool:
    return sign.isalnum() or sign in QUALIFYING


def _find(reading: PageText, words: str) -> list[tuple[Letter, ...]]:
    return [without_repeats(letters) for letters in reading.find(words, exact=False)]


def _partners(
    page: FinishedPage, reading: PageText, spec: Spec, findings: list[Finding]
) -> Iterator[tuple[Letter, ...]]:
    """Yield the letters of each partner's name, and add a finding for each missing name or logo.

    Occurrences that fill their whole paragraph are preferred: a short name can be part of many other words.
    """
    lengths = Counter(letter.group for letter in page.letters)
    for names in spec.lockups:
        found = next((places for name in names if (places := _find(reading, name))), None)
        if found:
            yield from [place for place in found if len(place) == lengths[place[0].group]] or found
        else:
            findings.append(_missing_words(PARTNER, names[0]))
    alts = {figure.alt for figure in page.figures}
    for logo in spec.logos:
        if logo.alt not in alts:
            findings.append(_missing_words(PARTNER, f"the logo of {logo.alt}"))


def _missing_words(role: str, words: str) -> Finding:
    text = f"the {role} is missing from the finished page, or differs: {_plain(words)}"
    hint = "place it with assetgen's own macros, such as {{ text(…) }}, and do not edit the finished file"
    return Finding("words-altered", text, hint, role=role)


def _assign_roles(places: Mapping[str, tuple[tuple[Letter, ...], ...]]) -> dict[Letter, str]:
    role_of: dict[Letter, str] = {}
    for role in sorted(
        places, key=lambda name: ROLE_PRIORITY.index(name) if name in ROLE_PRIORITY else len(ROLE_PRIORITY)
    ):
        for letters in places[role]:
            for letter in letters:
                role_of.setdefault(letter, role)
    return role_of


MASKED_ROLES = ("number", "address")
"""Roles whose letters are kept as a mask, so that a raster file can be checked again without its page."""


def word_regions(roles: Roles, layers: Layers, spec: Spec) -> Iterator[DetectedRegion]:
    """Yield a detected region for each occurrence of a role's words."""
    for role, places in roles.places.items():
        for letters in places:
            box = convert_box(bounding_box([letter.box for letter in letters]), spec)
            has_mask = role in MASKED_ROLES and spec.unit == "px" and spec.format != "pdf"
            yield DetectedRegion(role, box, _mask(box, layers) if has_mask else None)


def _mask(box: tuple[float, float, float, float], layers: Layers) -> str:
    """Return the mask of the letters in a box of a raster file, whose layers have one pixel per px."""
    left, top, right, bottom = whole_pixels(box, layers.text_picture.size)
    return encode_mask(np.asarray(layers.text_picture.crop((left, top, right, bottom)).getchannel("A")))
