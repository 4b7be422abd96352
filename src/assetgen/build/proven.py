"""Making with the proof beside it: what is drawn is read back before anybody gets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assetgen.findings import Finding, Place

if TYPE_CHECKING:
    from assetgen.planning.asset import Asset
    from assetgen.rendering.rendered_file import Made

Findings = tuple[Finding, ...]
Marks = tuple[Mapping[str, Any], ...]
# What the channel asks for, rather than the words or the design.
_OF_THE_CHANNEL = frozenset({"weight", "size", "qr-too-small"})
# What the role's own file is to blame for: the words are too long, or say something else.
_OF_THE_PARTNER = frozenset({"partner", "imprint", "logo", "local"})


@dataclass(frozen=True, slots=True)
class ProvingFactory:
    """Gives a maker that proves what it makes; called once in each worker, to which it is pickled."""

    makers: Callable[[], Callable[[Asset], Made]]

    def __call__(self) -> Callable[[Asset], Made]:
        make = self.makers()
        return lambda asset: proven(asset, make(asset))


def proven(asset: Asset, made: Made) -> Made:
    """Return what was made with the findings and the marks of its proof; what was not made, as it is."""
    if made.content is None:
        return made
    return with_word(asset, made, *word_on(asset, made))


def word_on(asset: Asset, made: Made) -> tuple[Findings, Marks]:
    """Return the word of the proofs on what was made: findings without a place in the sources, and marks."""
    from assetgen.preflight.checks import (
        prove,  # a build that finds all in the store loads no reader of files
    )

    assert made.content is not None, "what was not made is not proved"
    proof = prove(made.content, made.page, asset.spec, made.measured)
    return proof.findings, tuple(mark.as_dict() for mark in proof.marks)


def with_word(asset: Asset, made: Made, findings: Findings, marks: Marks) -> Made:
    """Return what was made with the word of its proof, each finding at its cause in today's sources."""
    told = [replace(finding, place=cause(asset, made, finding)) for finding in findings]
    every = dict.fromkeys(finding.for_asset(asset.id) for finding in (*made.findings, *told))
    return replace(made, findings=tuple(every), marks=marks)


def cause(asset: Asset, made: Made, finding: Finding) -> Place:
    """Return where in the campaign's files the cause of a finding stands: the words' own place, else the design's."""
    if finding.place.file is not None:
        return finding.place
    if finding.role in _OF_THE_PARTNER:
        return asset.places["partner"]
    tier = made.measured.get("tier")
    written = next((words.places for words in asset.word_sets if words.name == tier), {})
    if finding.code == "type-small" and (role := finding.role or "") in written:
        return written[role]
    order = ("channel", "template") if finding.code in _OF_THE_CHANNEL else ("template", "channel")
    return next((asset.places[key] for key in (*order, "partner") if key in asset.places), finding.place)
