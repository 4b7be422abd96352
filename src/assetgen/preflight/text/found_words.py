"""Find the facts and every other promised text on a finished page.

The number is read as the eye reads it, along a line on the page, wherever the file puts its letters; so is
the address. The promise may go on over lines. Any other number or address is a fault.
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
from assetgen.geometry import around
from assetgen.loading.copy_rules.facts import foreign_addresses, foreign_numbers
from assetgen.loading.copy_rules.phone_numbers import own_and_slips
from assetgen.planning.asset import Spec
from assetgen.preflight.pdf.canvas import Layers
from assetgen.preflight.pdf.finished_page import FinishedPage, Letter
from assetgen.preflight.results import DetectedRegion, told_box
from assetgen.preflight.text.masks import mask_of, whole_pixels
from assetgen.preflight.text.text_lines import EyeLine, Reading, distinct, squeezed

FACTS = ("number", "address", "promise")
# How much further apart the figures at the seam of two groups stand than those inside a group, in em.
SEAM_EM = 0.08
# A figure nearer than this to the number belongs to it for the eye, in em of ink.
BESIDE_EM = 0.75
# Words whose patterns are remembered: a campaign says the same on many pages.
TOLD_WORDS = 4096
# Signs, beside hyphens, that lead from a number to an extension of it.
EXTENDING = frozenset("/#*")
# Words set so wide that each sign stands alone; no address has fewer signs.
SET_WIDE = re.compile(r"(?<!\S)\S(?: \S){5,}(?!\S)")
HINT = "set it in one piece, with the tool's own part: text(…)"


@dataclass(frozen=True, slots=True)
class FoundFacts:
    """The letters of each fact where it stands as promised, by role; what is wrong with them."""

    letters: dict[str, list[tuple[Letter, ...]]]
    findings: tuple[Finding, ...]


def find_facts(reading: Reading, spec: Spec, promised: dict[str, str]) -> FoundFacts:
    """Return where the facts stand on a page, and a finding for each that is missing, broken or not its own.

    ``promised`` are the spec's words by role, in the tier that was used.
    """
    letters: dict[str, list[tuple[Letter, ...]]] = {role: [] for role in FACTS}
    findings: list[Finding] = []
    number, address = promised.get("number", ""), promised.get("address", "")
    promise = promised.get("promise", "")
    for line in reading.lines:
        letters["number"] += _numbers(line, number)
        letters["address"] += _addresses(line, address)
    if promise:
        letters["promise"] += reading.find(promise, exact=True)
    broken = list(_broken(reading, spec, number, letters["number"]))
    foreign = list(_foreign(reading, spec))
    # Its figures are all there, only broken: not missing, unless they are a part of another number.
    is_there = bool(broken) and not any(finding.role == "number" for finding in foreign)
    findings += broken
    for role in FACTS:
        if role in spec.requires and not letters[role] and not (role == "number" and is_there):
            text = f"the {role} is not on the finished page as it should be: {_plain(promised.get(role, ''))}"
            findings.append(Finding("facts-missing", text, HINT, role=role))
    findings += foreign
    return FoundFacts(letters, tuple(findings))


def _plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def _spots(line: EyeLine, words: str) -> Iterator[tuple[int, int]]:
    """Yield where words stand in a line, spaces passed over: (start, end) in its text."""
    pattern = _spaced(words)
    if pattern is not None:
        yield from (match.span() for match in pattern.finditer(line.text))


@lru_cache(maxsize=TOLD_WORDS)
def _spaced(words: str) -> re.Pattern[str] | None:
    """Return what finds words with a space between any two of their signs, or none; None where there are no words."""
    wanted = squeezed(words)
    return re.compile(r"\s?".join(map(re.escape, wanted))) if wanted else None


def _numbers(line: EyeLine, number: str) -> Iterator[tuple[Letter, ...]]:
    """Yield the letters of each place where the number stands alone, upright, in its groups."""
    groups = [len(group) for group in number.split()]
    for start, end in _spots(line, number):
        letters = line.between(start, end)
        if any(letter.mirrored for letter in letters) or len(letters) != sum(groups):
            continue
        if _continues(line, start, end) or not _grouped(letters, groups):
            continue
        yield letters


def _continues(line: EyeLine, start: int, end: int) -> bool:
    """Say whether further figures stand so near that they are read with the number, or an extension follows it."""
    for before, after in ((start, -1), (end - 1, 1)):
        here = line.places[before]
        assert here is not None, "a number begins and ends with a letter"
        at = here + after
        if not _is_near(line, here, at):
            continue
        sign = line.letters[at].sign
        if sign.isnumeric() or sign == "+":
            return True
        is_joined = unicodedata.category(sign[0]) == "Pd" or sign in EXTENDING
        if is_joined and _is_near(line, at, at + after) and line.letters[at + after].sign.isnumeric():
            return True
    return False


def _is_near(line: EyeLine, here: int, at: int) -> bool:
    """Say whether a letter of a line stands next to another without more than a space between them."""
    if not 0 <= at < len(line.letters):
        return False
    one, other = sorted((line.letters[here], line.letters[at]), key=lambda letter: letter.box.x)
    return other.box.x - one.box.right < BESIDE_EM * one.size_px


def _grouped(letters: Sequence[Letter], groups: Sequence[int]) -> bool:
    """Say whether the figures stand in their groups: further apart at each seam than inside."""
    seams = {sum(groups[:count]) for count in range(1, len(groups))}
    if not seams:
        return True
    steps = [math.dist((a.x, a.y), (b.x, b.y)) for a, b in pairwise(letters)]
    inside = fmean(step for at, step in enumerate(steps, 1) if at not in seams)
    return all(steps[at - 1] > inside + SEAM_EM * letters[0].size_px for at in seams)


def _addresses(line: EyeLine, address: str) -> Iterator[tuple[Letter, ...]]:
    """Yield the letters of each place where the address stands alone: not as part of a longer one."""
    for start, end in _spots(line, address):
        before = line.text[start - 1] if start else " "
        after = line.text[end : end + 2] + "  "
        joined = before.isalnum() or before in "@.-_" or after[0].isalnum() or after[0] in "@-_"
        goes_on = after[0] in "./:" and after[1].isalnum()
        letters = line.between(start, end)
        if not joined and not goes_on and not any(letter.mirrored for letter in letters):
            yield letters


def _broken(
    reading: Reading, spec: Spec, number: str, proved: Sequence[tuple[Letter, ...]]
) -> Iterator[Finding]:
    """Yield a finding for each place where the number's figures stand, but not in one piece or not in order."""
    digits = squeezed(number)
    if not digits:
        return
    whole = {letter for letters in proved for letter in letters}
    for paragraph in reading.paragraphs:
        rest = [letter for line in paragraph.lines for letter in line.letters if letter not in whole]
        at = _signs(rest).find(digits)
        if at >= 0:
            text = f"the number's figures stand, but not in one piece: {_plain(number)}"
            box = told_box(around([letter.box for letter in rest[at : at + len(digits)]]), spec)
            yield Finding("number-broken", text, HINT, box=box, role="number")
    groups = number.split()
    for line in reading.lines:
        for order in _other_orders(groups):
            for start, end in _spots(line, "".join(order)):
                letters = line.between(start, end)
                if whole.isdisjoint(letters) and not _continues(line, start, end):
                    text = f"the number's groups stand in another order: {' '.join(order)}"
                    hint = "keep it from left to right in every language: text(…) does, or <bdi>"
                    box = told_box(around([letter.box for letter in letters]), spec)
                    yield Finding("number-broken", text, hint, box=box, role="number")
    yield from _over_lines(reading, spec, digits, whole)


def _signs(letters: Iterable[Letter]) -> str:
    """Return one sign for each letter."""
    return "".join(letter.sign if len(letter.sign) == 1 else "?" for letter in letters)


def _other_orders(groups: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the orders in which a line from right to left may leave a number's groups or figures."""
    turned = tuple(reversed(groups))
    figures = tuple(group[::-1] for group in turned)
    return [order for order in dict.fromkeys((turned, figures)) if order != tuple(groups)]


def _over_lines(reading: Reading, spec: Spec, digits: str, whole: set[Letter]) -> Iterator[Finding]:
    """Yield a finding where the number goes on from the end of one line of the page to the start of the next."""
    for upper, lower in pairwise(reading.lines):
        letters = [*upper.letters, *lower.letters]
        at = _signs(letters).find(digits)
        if at < 0 or not at < len(upper.letters) < at + len(digits):
            continue
        found = letters[at : at + len(digits)]
        if whole.isdisjoint(found) and found[0].group != found[-1].group:
            box = told_box(around([letter.box for letter in found]), spec)
            yield Finding("number-broken", "the number goes on over two lines", HINT, box=box, role="number")


_Foreign = tuple[str, str, int, int]


def _foreign(reading: Reading, spec: Spec) -> Iterator[Finding]:
    """Yield a finding for each number or address that is not the brand's, in lines and in paragraphs."""
    told: set[tuple[str, str]] = set()
    for line in reading.lines:
        for kind, words, start, end in (*_foreign_in(line.text, spec), *_set_wide(line, spec)):
            key = (kind, squeezed(words))
            if key not in told:
                told.add(key)
                box = told_box(around([one.box for one in line.between(start, end)]), spec)
                yield _altered(kind, words, box)
    for paragraph in reading.paragraphs:
        if len(paragraph.lines) == 1:
            continue
        for kind, words, *_ in _foreign_in(paragraph.text, spec):
            key = (kind, squeezed(words))
            # The number itself, over two lines, is told as broken.
            if key not in told and not own_and_slips(words, spec.tel)[0]:
                told.add(key)
                box = told_box(around([line.box for line in paragraph.lines]), spec)
                yield _altered(kind, words, box)


def _set_wide(line: EyeLine, spec: Spec) -> Iterator[_Foreign]:
    """Yield the foreign addresses in what is set so wide that each letter reads as a word of its own."""
    for match in SET_WIDE.finditer(line.text):
        for kind, words, start, end in _foreign_in(match[0].replace(" ", ""), spec):
            if kind == "address":
                yield kind, words, match.start() + 2 * start, match.start() + 2 * end - 1


def _foreign_in(text: str, spec: Spec) -> Iterator[_Foreign]:
    """Yield the foreign numbers and addresses in a text: what each is, its words, where they start and end."""
    for number in foreign_numbers(text, spec.tel, spec.numbers[1:]):
        yield "number", number.text, number.start, number.end
    for address in foreign_addresses(text, spec.hosts[0] if spec.hosts else "", spec.hosts, ()):
        yield "address", address.text, address.start, address.end


def _altered(kind: str, words: str, box: tuple[float, float, float, float]) -> Finding:
    text = f"another {kind} stands in the finished file: {_plain(words)}"
    hint = f"the helpline's own {kind} alone, or one of facts.also_allowed in brand.yaml"
    return Finding("facts-altered", text, hint, box=box, role=kind)


IMPRINT, PARTNER = "imprint", "partner"
# Signs after words that take something back from them: a doubt, or a mark that leads to small print.
TURNING = frozenset("?*†‡§")
# Roles whose paragraph says nothing but promised words; a line with the number may begin with words of its own.
WHOLE = frozenset({"promise", "headline", "body", "local", "action", PARTNER, IMPRINT})
# A role's words may stand in another's, as the helpline's name in a headline: the first of these has the letter.
ORDER = ("number", "address", "promise", "headline", "body", "local", "action", "name", PARTNER, IMPRINT)


@dataclass(frozen=True, slots=True)
class Roles:
    """Which role each letter says; where each role stands; what is wrong with the words."""

    of: Mapping[Letter, str]
    places: Mapping[str, tuple[tuple[Letter, ...], ...]]
    findings: tuple[Finding, ...]

    def parted(self, letters: Iterable[Letter]) -> Mapping[str, list[Letter]]:
        """Return letters by the role that they say, '' for those of none."""
        parted: dict[str, list[Letter]] = {}
        for letter in letters:
            parted.setdefault(self.of.get(letter, ""), []).append(letter)
        return parted


def find_roles(
    page: FinishedPage,
    reading: Reading,
    facts: FoundFacts,
    spec: Spec,
    promised: Mapping[str, str],
    omitted: Collection[str],
) -> Roles:
    """Return which letters say what, and a finding for each promised text that the page does not say.

    ``omitted`` are the roles that were left out where there was no room: never a required fact.
    """
    places: dict[str, tuple[tuple[Letter, ...], ...]] = {
        role: tuple(found) for role, found in facts.letters.items() if found
    }
    findings: list[Finding] = []
    for role, words in promised.items():
        if role in (PARTNER, *FACTS):
            continue
        texts = words.split("\n") if role == IMPRINT else [words]
        found = [_find(reading, text) for text in texts]
        places[role] = tuple(letters for every in found for letters in every)
        if role not in omitted:
            missing = [text for text, every in zip(texts, found, strict=True) if not every]
            findings += [_altered_words(role, text) for text in missing]
    if PARTNER not in omitted:
        places[PARTNER] = tuple(_partners(page, reading, spec, findings))
    for role in FACTS:
        if role in promised and role not in (*spec.requires, *omitted) and role not in places:
            findings.append(_altered_words(role, promised[role]))
    owners = _owners(places)
    findings += _said_more(reading, owners, spec)
    return Roles(owners, {role: each for role, each in places.items() if each}, tuple(findings))


def _said_more(reading: Reading, owners: Mapping[Letter, str], spec: Spec) -> Iterator[Finding]:
    """Yield a finding for each paragraph that says more than was promised: a word more can deny the rest."""
    for paragraph in reading.paragraphs:
        letters = [letter for line in paragraph.lines for letter in line.letters]
        role = next((owners[letter] for letter in letters if owners.get(letter) in WHOLE), None)
        more = [letter for letter in letters if letter not in owners and _says_something(letter.sign)]
        if role is None or not more or letters[0].group < 0:
            continue
        text = f"the {role}'s paragraph says more than was promised: {paragraph.text[:80]}"
        hint = "set words of the design's own in a paragraph of their own"
        box = told_box(around([letter.box for letter in more]), spec)
        yield Finding("words-altered", text, hint, box=box, role=role)


def _says_something(sign: str) -> bool:
    return sign.isalnum() or sign in TURNING


def _find(reading: Reading, words: str) -> list[tuple[Letter, ...]]:
    return [distinct(letters) for letters in reading.find(words, exact=False)]


def _partners(
    page: FinishedPage, reading: Reading, spec: Spec, findings: list[Finding]
) -> Iterator[tuple[Letter, ...]]:
    """Yield the letters of each partner's name; a finding for a partner that is neither named nor shown.

    A name is where a paragraph says it and nothing else; a short one stands by chance in many other words.
    """
    lengths = Counter(letter.group for letter in page.letters)
    for names in spec.lockups:
        found = next((places for name in names if (places := _find(reading, name))), None)
        if found:
            yield from [place for place in found if len(place) == lengths[place[0].group]] or found
        else:
            findings.append(_altered_words(PARTNER, names[0]))
    alts = {figure.alt for figure in page.figures}
    for logo in spec.logos:
        if logo.alt not in alts:
            findings.append(_altered_words(PARTNER, f"the logo of {logo.alt}"))


def _altered_words(role: str, words: str) -> Finding:
    text = f"the {role} is not on the finished page as it should be: {_plain(words)}"
    hint = "the design or the file lost or changed it: place it with the tool's own part"
    return Finding("words-altered", text, hint, role=role)


def _owners(places: Mapping[str, tuple[tuple[Letter, ...], ...]]) -> dict[Letter, str]:
    of: dict[Letter, str] = {}
    for role in sorted(places, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER)):
        for letters in places[role]:
            for letter in letters:
                of.setdefault(letter, role)
    return of


MASKED = ("number", "address")
"""Roles whose letters are kept as a picture: of a raster file they are compared again without its page."""


def word_marks(roles: Roles, layers: Layers, spec: Spec) -> Iterator[DetectedRegion]:
    """Yield a mark for each place where a role's words stand."""
    for role, places in roles.places.items():
        for letters in places:
            box = told_box(around([letter.box for letter in letters]), spec)
            has_mask = role in MASKED and spec.unit == "px" and spec.format != "pdf"
            yield DetectedRegion(role, box, _mask(box, layers) if has_mask else None)


def _mask(box: tuple[float, float, float, float], layers: Layers) -> str:
    """Return the letters in a box of a raster file as a mask; their layers have one pixel a px."""
    left, top, right, bottom = whole_pixels(box, layers.letters.size)
    return mask_of(np.asarray(layers.letters.crop((left, top, right, bottom)).getchannel("A")))
