"""Messages that are like others: what a file does not say itself, it takes from the file that it is like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assetgen.campaign.binding import LIKE
from assetgen.campaign.nearest import did_you_mean
from assetgen.campaign.reading import Document
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place

# What an asset shows of a message. The other's alt text describes the other's words, so where any of these
# is said anew it is not taken over.
SHOWN = frozenset({"headline", "body", "action"})


@dataclass(frozen=True, slots=True)
class Layered(Document):
    """A document over the one that it is like: the data of both, each value with the place where it stands."""

    below: Document

    def holds(self, *path: str | int) -> bool:
        """Say whether a value stands at a path, here or below."""
        return Document.holds(self, *path) or self.below.holds(*path)

    def place(self, *path: str | int) -> Place:
        """Return the place of the value at a path, here if it stands here, else below; or of its parent."""
        while not Document.holds(self, *path):
            if self.below.holds(*path):
                return self.below.place(*path)
            path = path[:-1]
        return Document.place(self, *path)

    def key_place(self, *path: str | int) -> Place:
        """Return the place of the key that holds the value at a path, here if it stands here, else below."""
        if not Document.holds(self, *path) and self.below.holds(*path):
            return self.below.key_place(*path)
        return Document.key_place(self, *path)


@dataclass(frozen=True, slots=True)
class MessageFiles:
    """The messages' files. ``read`` gives one by its id, or raises CampaignError; ``ids`` are those there are."""

    read: Callable[[str], Document]
    ids: Sequence[str]

    def whole(self, message_id: str) -> Document:
        """Return a message's file over all that it is like.

        Raises CampaignError where there is no such message, where it cannot be read, or where they go in a circle.
        """
        names, documents = [message_id], [self.read(message_id)]
        while isinstance(other := documents[-1].data.get(LIKE), str):
            documents.append(self._other(other, names, documents[-1]))
            names.append(other)
        whole = documents.pop()
        for document in reversed(documents):
            whole = laid_over(document, whole)
        return whole

    def _other(self, other: str, names: Sequence[str], document: Document) -> Document:
        """Return the file of the message that the last of ``names`` is like."""
        place = document.place(LIKE)
        if other in names:
            text = f"like: {other} is like {names[-1]} again"
            raise CampaignError(Finding("bad-value", text, "let one of them stand alone", place))
        if other not in self.ids:
            hint = did_you_mean(other, [name for name in self.ids if name not in names])
            raise CampaignError(Finding("unknown-id", f"like: no such message: {other}", hint, place))
        try:
            return self.read(other)
        except CampaignError as error:
            text = f"like: {other} cannot be read"
            raise CampaignError(Finding("stale", text, f"mend {other}, or take like out", place)) from error


def laid_over(document: Document, below: Document) -> Layered:
    """Return a document over the one that it is like, key by key; a key left empty takes the other's value away."""
    taken = {key: _taken(document.data.get(key), value) for key, value in below.data.items()}
    data = _over(document.data, taken)
    return Layered(document.file, data, document.sha256, document._values, document._keys, below)


def files_of(document: Document) -> dict[str, str]:
    """Return path → sha256 of each file that a document was read from."""
    files = {document.file: document.sha256}
    return {**files, **files_of(document.below)} if isinstance(document, Layered) else files


def _taken(own: Any, other: Any) -> Any:
    """Return what is taken of the other's locale: no review, and no alt text, of words that are not the same."""
    if not isinstance(own, dict) or not isinstance(other, dict):
        return other
    left = {"reviewed"} | ({"alt"} if SHOWN & own.keys() else set())
    return {key: value for key, value in other.items() if key not in left}


def _over(own: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**other, **own}
    for key in own.keys() & other.keys():
        if isinstance(own[key], dict) and isinstance(other[key], dict):
            merged[key] = _over(own[key], other[key])
    return merged
