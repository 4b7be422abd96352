"""Making with the store of finished work before it: what was made once is taken, what was proved once is believed.

What is taken is believed only where this folder proved it with the same proofs; else it is proved again. The
drawing itself is started when the first asset has to be drawn, so that a build that finds all never starts it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen.build.outdir import stopping_the_build
from assetgen.build.proven import with_word, word_on
from assetgen.build.reads import Reads, drawn_from
from assetgen.build.store import Kept, Store, Word
from assetgen.build.versions import Versions
from assetgen.build.work import Maker, MakerFactory, start_maker
from assetgen.plan.recipe import drawn_with, recipe_digest
from assetgen.rendering.rendered_file import Made

if TYPE_CHECKING:
    from assetgen.loading.model import Campaign
    from assetgen.planning.asset import Asset


@dataclass(frozen=True, slots=True)
class KeepingFactory:
    """Gives a maker that takes finished work from the store, and keeps there what it draws; pickled to workers.

    ``own`` is the folder that holds the store, None where nothing can be kept. With ``anew`` all is drawn.
    """

    makers: MakerFactory
    campaign: Campaign
    own: Path | None
    versions: Versions
    anew: bool = False

    def __call__(self) -> Maker:
        """Return the maker, which starts to draw when it has to."""
        store = Store(self.own) if self.own else None
        return Keeper(self.makers, self.campaign, store, self.versions, anew=self.anew)


class Keeper:
    """The maker of one process."""

    def __init__(
        self,
        makers: MakerFactory,
        campaign: Campaign,
        store: Store | None,
        versions: Versions,
        *,
        anew: bool,
    ) -> None:
        self._makers, self._campaign, self._store = makers, campaign, store
        self._versions, self._anew = versions, anew
        self._reads = Reads.of(campaign)
        self._draw: Callable[[Asset], Made] | None = None

    def __call__(self, asset: Asset) -> Made:
        """Return a finished file with the word of the proofs on it. Raises MachineError."""
        recipe = recipe_digest(asset, drawn_with(asset, self._campaign))
        draws, proves = self._versions.draws, self._versions.proves
        kept = None
        if self._store and not self._anew:
            kept = self._store.find(recipe, draws, self._reads)
        made = _made_of(asset, kept) if kept else self._drawn(asset)
        if made.content is None:
            return made
        word = kept.word if kept else None
        if word is None or word.proves != proves:
            word = Word(proves, *word_on(asset, made))
            # A finding of the drawing has a place in today's sources: such a work is not kept.
            if self._store and not made.findings:
                drawn = drawn_from(made.inputs, made.sought)
                keeping = Kept(drawn, made.content, made.page, made.pixel_sha256, made.measured, word)
                with stopping_the_build("write the store of finished work"):
                    self._store.keep(recipe, draws, keeping)
        return with_word(asset, made, word.findings, word.marks)

    def _drawn(self, asset: Asset) -> Made:
        if self._draw is None:
            self._draw = start_maker(self._makers)
        return self._draw(asset)


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
