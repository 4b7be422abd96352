"""Render an asset through the build cache, with the findings of the preflight checks.

The drawing itself is started when the first asset has to be drawn, so that a build that finds all in the cache never
starts it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetgen.building.build_cache import Kept, Store, StoredVerdict
from assetgen.building.fingerprint import Reads, Versions, drawn_from, drawn_with, recipe_digest
from assetgen.building.output_dir import stopping_the_build
from assetgen.building.pool.render_task import Render, start_renderer
from assetgen.findings import Finding, Place
from assetgen.rendering.rendered_file import Made

if TYPE_CHECKING:
    from assetgen.loading.model import Campaign
    from assetgen.planning.asset import Asset

Findings = tuple[Finding, ...]
Marks = tuple[Mapping[str, Any], ...]
# What the channel asks for, rather than the words or the design.
_OF_THE_CHANNEL = frozenset({"weight", "size", "qr-too-small"})
# What the role's own file is to blame for: the words are too long, or say something else.
_OF_THE_PARTNER = frozenset({"partner", "imprint", "logo", "local"})


class CheckedRenderer:
    """The renderer of one process with cache and checks around it.

    ``own`` is where the engine's files are written; without a ``store`` nothing is kept; with ``anew`` all is drawn.
    """

    def __init__(
        self, campaign: Campaign, versions: Versions, own: Path, store: Store | None, *, anew: bool
    ) -> None:
        self._campaign, self._versions, self._own = campaign, versions, own
        self._store, self._anew = store, anew
        self._reads = Reads.of(campaign)

    @cached_property
    def _render(self) -> Render:
        """The renderer, started when it is first needed."""
        from assetgen.rendering.renderer import Renderer

        return start_renderer(partial(Renderer, self._campaign, self._own))

    def __call__(self, asset: Asset) -> Made:
        """Return a finished file with the word of the proofs on it. Raises MachineError."""
        recipe = recipe_digest(asset, drawn_with(asset, self._campaign))
        draws, proves = self._versions.draws, self._versions.proves
        kept = None
        if self._store and not self._anew:
            kept = self._store.find(recipe, draws, self._reads)
        made = _made_of(asset, kept) if kept else self._render(asset)
        if made.content is None:
            return made
        word = kept.word if kept else None
        if word is None or word.proves != proves:
            word = StoredVerdict(proves, *word_on(asset, made))
            # A finding of the drawing has a place in today's sources: such a work is not kept.
            if self._store and not made.findings:
                drawn = drawn_from(made.inputs, made.sought)
                keeping = Kept(drawn, made.content, made.page, made.pixel_sha256, made.measured, word)
                with stopping_the_build("write the store of finished work"):
                    self._store.keep(recipe, draws, keeping)
        return with_word(asset, made, word.findings, word.marks)


def _made_of(asset: Asset, kept: Kept) -> Made:
    return Made(
        asset_id=asset.id,
        content=kept.content,
        pixel_sha256=kept.pixel_sha256,
        measured=kept.measured,
        findings=(),
        inputs={name: sha256 for name, sha256 in kept.drawn if sha256 is not None},
        page=kept.page,
        sought=frozenset(name for name, sha256 in kept.drawn if sha256 is None),
        is_kept=True,
    )


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
