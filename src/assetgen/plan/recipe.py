"""What of an asset changes its bytes (its recipe), and what only says where it came from (its provenance).

A field of ``Asset`` counts as recipe unless it is named here, so that one that is added later is never forgotten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from assetgen.loading.model import Campaign
from assetgen.planning.asset import Asset

PROVENANCE = frozenset({"inputs", "places", "faults", "terms"})
"""Where the values were written, why an asset cannot be made, when it may be shown: no pixel rests on these."""
_RECIPE = tuple(
    field.name for field in fields(Asset) if field.name not in PROVENANCE and field.name != "word_sets"
)


def recipe_digest(asset: Asset, drawn_with: tuple[str, ...]) -> str:
    """Return the sha256 of all values that an asset is drawn from, but for what is in files.

    ``drawn_with`` is what drawing takes from the campaign beside them (``drawn_with``).
    """
    words = [(words.name, tuple(words.words.items())) for words in asset.word_sets]
    values: list[Any] = [getattr(asset, name) for name in _RECIPE]
    return _digest((drawn_with, words, values))


def places_digest(asset: Asset) -> str:
    """Return the sha256 of all places that a finding of an asset could point at, the words' own included."""
    return _digest((_sorted(asset.places), [_sorted(words.places) for words in asset.word_sets]))


def drawn_with(asset: Asset, campaign: Campaign) -> tuple[str, ...]:
    """Return what the drawing of an asset takes from the campaign that is in no file's bytes.

    The family of its locale; and the names of its design's sources, since one more file may take another's place.
    """
    design = campaign.templates.get(asset.template or "")
    return (campaign.brand.family(asset.locale), *sorted(design.sources if design else ()))


def _sorted(places: Mapping[str, object]) -> list[tuple[str, object]]:
    return sorted(places.items())


def _digest(value: object) -> str:
    """Return the sha256 of frozen values by what they say: every one of them has a repr that says it all."""
    return hashlib.sha256(repr(value).encode("utf-8", "backslashreplace")).hexdigest()
