"""Ids of files and folders, and the nearest known word for hints."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from assetgen.findings import Finding, Place

LEAST_LIKENESS = 0.6
MOST_LISTED = 12


def nearest(word: str, known: Iterable[str], least: float = LEAST_LIKENESS) -> str | None:
    """Return the known word most like ``word``, case aside; None when nothing is near.

    ``least`` is how like it must be: 2 × the letters in common, in order, over the letters of both.

    Of two that are equally near the first in alphabetical order is returned, whatever the order given.
    """
    given = word.casefold()
    if not given:
        return None
    best, best_likeness = None, least
    for candidate in sorted(set(known)):
        # No junk heuristics: they would make the answer hang on how long a word is.
        matcher = SequenceMatcher(None, given, candidate.casefold(), autojunk=False)
        if matcher.real_quick_ratio() < best_likeness or matcher.quick_ratio() < best_likeness:
            continue
        likeness = matcher.ratio()
        if likeness > best_likeness or (best is None and likeness == best_likeness):
            best, best_likeness = candidate, likeness
    return best


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return a hint: the nearest known word, else all of them when they are few, else None."""
    words = sorted(set(known))
    near = nearest(word, words)
    if near is not None:
        return f"did you mean {near}?"
    if words and len(words) <= MOST_LISTED:
        return f"one of: {', '.join(words)}"
    return None


LEGAL_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
# Lengths that keep every file name within 140 characters.
MAX_LENGTHS = {"slug": 20, "partner": 32, "message": 16, "channel": 26, "template": 20, "printer": 32}
OUR_NAMES = frozenset({"all", "packs", "qr", "index"})
# Device names that Windows reserves in every folder, with any extension.
WINDOWS_NAMES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"com{n}" for n in range(10)} | {f"lpt{n}" for n in range(10)}
)


def check_id(kind: str, name: str, place: Place) -> list[Finding]:
    """Return a finding, with a legal proposal, where ``name`` is no id of this kind."""
    reason = _fault(kind, name)
    if reason is None:
        return []
    return [
        Finding("bad-id", f"{name} is no {kind} id: {reason}", f"call it {propose_id(kind, name)}", place)
    ]


def _fault(kind: str, name: str) -> str | None:
    if not LEGAL_ID.fullmatch(name):
        return "small letters a to z, digits and hyphens, a letter or digit first"
    if len(name) > MAX_LENGTHS[kind]:
        return f"at most {MAX_LENGTHS[kind]} characters"
    if name in OUR_NAMES:
        return "the name has a meaning of its own"
    if name in WINDOWS_NAMES:
        return "Windows reserves the name"
    return None


def propose_id(kind: str, name: str) -> str:
    """Return the nearest legal id."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: MAX_LENGTHS[kind]].strip("-")
    return words if words and words not in OUR_NAMES | WINDOWS_NAMES else f"{kind}-{words or '1'}"


def check_case(kind: str, places: Mapping[str, Place]) -> list[Finding]:
    """Return a finding for each name that differs from an earlier one by case alone."""
    seen: dict[str, str] = {}
    findings = []
    for name in sorted(places):
        first = seen.setdefault(name.casefold(), name)
        if first != name:
            text = f"{first} and {name} differ by case alone: on Windows and macOS they are one"
            findings.append(Finding("duplicate-id", text, f"rename one {kind}", places[name]))
    return findings


def legal_only(kind: str, places: Mapping[str, Place]) -> tuple[list[str], list[Finding]]:
    """Return the names that can be used as ids, in order, and the findings on the others."""
    findings = check_case(kind, places)
    legal: list[str] = []
    for name in sorted(places):
        faults = check_id(kind, name, places[name])
        findings += faults
        if not faults:
            legal.append(name)
    return legal, findings


def first_of(names: Iterable[str]) -> str:
    """Return a few names for a message: at most five, then how many more."""
    names = list(names)
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more
