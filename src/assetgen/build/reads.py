"""What the files that an asset was drawn from hold today: by the bytes that would be drawn, not by their names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assetgen.loading.model import Campaign

Drawn = tuple[tuple[str, str | None], ...]
"""Each file that a drawing opened, sorted, with its sha256; None for one that was looked for and is not there."""


class Reads:
    """The sha256 of files of the campaign, each found once: what was read with the campaign counts as it was read."""

    def __init__(self, root: Path, known: Mapping[str, bytes], hashes: Mapping[str, str]) -> None:
        self._root = root
        self._bytes = known
        self._hashes: dict[str, str | None] = dict(hashes)

    @classmethod
    def of(cls, campaign: Campaign) -> Reads:
        """Return the reads of a campaign: its designs, fonts and logos are those in memory, the rest is on disk."""
        sources = {
            name: content
            for template in campaign.templates.values()
            for name, content in template.sources.items()
        }
        hashes = {face.path: face.sha256 for face in campaign.brand.faces}
        for partner in campaign.partners.values():
            hashes |= partner.logo.files if partner.logo else {}
        return cls(campaign.root, sources, hashes)

    def sha256(self, name: str) -> str | None:
        """Return the sha256 of a file by its path below the campaign, None where there is none to be read."""
        if name not in self._hashes:
            self._hashes[name] = self._find(name)
        return self._hashes[name]

    def _find(self, name: str) -> str | None:
        content = self._bytes.get(name)
        try:
            return hashlib.sha256(
                (self._root / name).read_bytes() if content is None else content
            ).hexdigest()
        except (OSError, ValueError):
            return None

    def now(self, names: Iterable[str]) -> Drawn:
        """Return what these files hold today."""
        return tuple((name, self.sha256(name)) for name in sorted(names))


def drawn_from(inputs: Mapping[str, str], sought: Iterable[str]) -> Drawn:
    """Return what a drawing opened, and what it looked for in vain, as one sorted list."""
    return tuple(sorted([*inputs.items(), *((name, None) for name in sought)], key=lambda pair: pair[0]))


def made_key(recipe: str, draws: str, drawn: Drawn) -> str:
    """Return the key of all that can change the bytes: the values, what draws, the files that were read."""
    return hashlib.sha256(repr((recipe, draws, drawn)).encode()).hexdigest()


def proved_key(made: str, proves: str) -> str:
    """Return the key of a proof: the bytes with their spec and page (all of which ``made`` fixes), what proves."""
    return hashlib.sha256(f"{made} {proves}".encode()).hexdigest()
