"""Every promised text on the page: each role's words found again, and the letters that say them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from assetgen.findings import Finding
from assetgen.geometry import around
from assetgen.planning.asset import Spec
from assetgen.preflight.facts import FACTS, FoundFacts
from assetgen.preflight.page import Letter, Page
from assetgen.preflight.proof import told_box
from assetgen.preflight.reading import Reading, distinct

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


def find_roles(
    page: Page,
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
            findings += [_altered(role, text) for text in missing]
    if PARTNER not in omitted:
        places[PARTNER] = tuple(_partners(page, reading, spec, findings))
    for role in FACTS:
        if role in promised and role not in (*spec.requires, *omitted) and role not in places:
            findings.append(_altered(role, promised[role]))
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
    page: Page, reading: Reading, spec: Spec, findings: list[Finding]
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
            findings.append(_altered(PARTNER, names[0]))
    alts = {figure.alt for figure in page.figures}
    for logo in spec.logos:
        if logo.alt not in alts:
            findings.append(_altered(PARTNER, f"the logo of {logo.alt}"))


def _altered(role: str, words: str) -> Finding:
    shown = words.replace("\N{NO-BREAK SPACE}", " ")
    text = f"the {role} is not on the finished page as it should be: {shown}"
    hint = "the design or the file lost or changed it: place it with the tool's own part"
    return Finding("words-altered", text, hint, role=role)


def _owners(places: Mapping[str, tuple[tuple[Letter, ...], ...]]) -> dict[Letter, str]:
    of: dict[Letter, str] = {}
    for role in sorted(places, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER)):
        for letters in places[role]:
            for letter in letters:
                of.setdefault(letter, role)
    return of
