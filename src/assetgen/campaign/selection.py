"""Choosing by globs: what a partner's lists and the command line's options mean.

A word that holds ``/`` matches ``medium/id``; any other matches the id.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assetgen.campaign.model import AskOwner, Channel


def matches(word: str, thing_id: str, medium: str | None = None) -> bool:
    """Say whether a selection word chooses a thing of this id (and medium, for a channel)."""
    if "/" in word:
        return medium is not None and fnmatchcase(f"{medium}/{thing_id}", word)
    return fnmatchcase(thing_id, word)


def chosen_ids(words: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Return the known ids that any word chooses, in the order of the words, each once."""
    known = list(known)
    return tuple(dict.fromkeys(thing for word in words for thing in known if matches(word, thing)))


def chosen_channels(words: Iterable[str], channels: Iterable[Channel | AskOwner]) -> tuple[str, ...]:
    """Return the ids of the channels that any word chooses, in the order of the words, each once."""
    channels = list(channels)
    return tuple(
        dict.fromkeys(
            channel.id for word in words for channel in channels if matches(word, channel.id, channel.medium)
        )
    )


def known_channel_words(word: str, channels: Iterable[Channel | AskOwner]) -> list[str]:
    """Return what a word that chooses no channel might have meant: ids, or ``medium/id`` where it holds ``/``."""
    if "/" in word:
        return [f"{channel.medium}/{channel.id}" for channel in channels]
    return [channel.id for channel in channels]
