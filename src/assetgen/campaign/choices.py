"""Who chooses a channel's design and ground: a word, or a map of globs over channels, at each step of precedence.

A choice is a map; ``""`` is the word that stands alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assetgen.campaign.ids import first_of
from assetgen.campaign.model import Allow
from assetgen.campaign.nearest import did_you_mean
from assetgen.campaign.reading import Document
from assetgen.campaign.selection import matches
from assetgen.findings import Finding, Place

Choice = Mapping[str, str]
ALONE = ""


def particular(choice: Choice, channel_id: str, medium: str) -> str | None:
    """Return what a map names for a channel: its most particular glob, the longest that matches, or None."""
    words = [word for word in choice if word != ALONE and matches(word, channel_id, medium)]
    return choice[max(words, key=lambda word: ("*" not in word, len(word)))] if words else None


def chosen(choices: Iterable[Choice], channel_id: str, medium: str) -> tuple[str | None, bool]:
    """Return what the strongest of these choices names for a channel, and whether a map does.

    ``choices`` come from the strongest to the weakest; one that says nothing of this channel is passed over.
    """
    for choice in choices:
        word = particular(choice, channel_id, medium)
        if word is not None:
            return word, True
        if ALONE in choice:
            return choice[ALONE], False
    return None, False


def template_faults(
    choice: Choice, document: Document, template_ids: Sequence[str], allow: Allow
) -> list[Finding]:
    """Return a finding for each design of a choice that is not there, or that the brand does not allow."""
    findings = []
    for word, template_id in choice.items():
        place = document.place("template", word) if word != ALONE else document.place("template")
        if template_id not in template_ids:
            hint = did_you_mean(template_id, template_ids)
            findings.append(Finding("unknown-id", f"no such template: {template_id}", hint, place))
        elif not any(matches(one, template_id) for one in allow.templates):
            findings.append(refusal(allow.templates, template_id, place))
    return findings


def refusal(allowed: Sequence[str], word: str, place: Place) -> Finding:
    """Return the finding for something that the brand does not allow."""
    hint = f"allowed: {first_of(allowed)} (brand/brand.yaml, allow)"
    return Finding("bad-value", f"the brand does not allow {word}", hint, place)
