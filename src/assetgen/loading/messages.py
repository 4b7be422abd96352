"""Read ``brand/messages/<message>.yaml``, and overlay a message on the one that it is like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.choices import picture_faults, template_faults
from assetgen.loading.copy_rules.facts import check_words
from assetgen.loading.copy_rules.length_limits import check_alt, check_posts
from assetgen.loading.model import Brand, Message
from assetgen.loading.yaml.document import YamlDocument
from assetgen.loading.yaml.file_validation import bind
from assetgen.loading.yaml.ids import did_you_mean
from assetgen.schema.message_file import BY_LOCALE, LIKE, LOCALE_KEY, MessageFile

# What an asset shows of a message. The other's alt text describes the other's words, so where any of these
# is said anew it is not taken over.
SHOWN = frozenset({"headline", "body", "action"})


@dataclass(frozen=True, slots=True)
class Layered(YamlDocument):
    """A document over the one that it is like: the data of both, each value with the place where it stands."""

    below: YamlDocument

    def holds(self, *path: str | int) -> bool:
        """Say whether a value stands at a path, here or below."""
        return YamlDocument.holds(self, *path) or self.below.holds(*path)

    def place(self, *path: str | int) -> Place:
        """Return the place of the value at a path, here if it stands here, else below; or of its parent."""
        while not YamlDocument.holds(self, *path):
            if self.below.holds(*path):
                return self.below.place(*path)
            path = path[:-1]
        return YamlDocument.place(self, *path)

    def key_place(self, *path: str | int) -> Place:
        """Return the place of the key that holds the value at a path, here if it stands here, else below."""
        if not YamlDocument.holds(self, *path) and self.below.holds(*path):
            return self.below.key_place(*path)
        return YamlDocument.key_place(self, *path)


@dataclass(frozen=True, slots=True)
class MessageFiles:
    """The messages' files. ``read`` gives one by its id, or raises CampaignError; ``ids`` are those there are."""

    read: Callable[[str], YamlDocument]
    ids: Sequence[str]

    def whole(self, message_id: str) -> YamlDocument:
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

    def _other(self, other: str, names: Sequence[str], document: YamlDocument) -> YamlDocument:
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


def laid_over(document: YamlDocument, below: YamlDocument) -> Layered:
    """Return a document over the one that it is like, key by key; a key left empty takes the other's value away."""
    taken = {key: _taken(document.data.get(key), value) for key, value in below.data.items()}
    data = _over(document.data, taken)
    return Layered(document.file, data, document.sha256, document._values, document._keys, below)


def files_of(document: YamlDocument) -> dict[str, str]:
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


def read_message(
    document: YamlDocument, message_id: str, brand: Brand, template_ids: Sequence[str]
) -> Message:
    """Return a message from its file, laid over those that it is like; raises CampaignError with every fault."""
    file = check_form(document)
    findings: list[Finding] = []
    if file.accent not in brand.file.palette:
        findings.append(
            Finding(
                "unknown-id",
                f"no such colour: {file.accent}",
                did_you_mean(file.accent, brand.file.palette),
                document.place("accent"),
            )
        )
    findings += template_faults(file.template, document, template_ids, brand.file.allow)
    findings += picture_faults(file.picture, document, brand.pictures)
    for words in file.locales.values():
        for text in words.every_text():
            findings += check_words(text, brand.facts)
        findings += check_alt(words, brand) + check_posts(words.posts.given(), brand)
    if findings:
        raise CampaignError(findings)
    return Message(message_id, file, document.place(), files_of(document))


def check_form(document: YamlDocument) -> MessageFile:
    """Return a message's file by its form alone, which needs no brand; raises CampaignError with its faults."""
    return bind(MessageFile, _with_locales(document))


def _with_locales(document: YamlDocument) -> YamlDocument:
    """Return the document with its locales gathered under one key, as the schema has them.

    The places stay those of the file: ``binding`` leaves that key out of a path.
    """
    locales = {key: value for key, value in document.data.items() if LOCALE_KEY.fullmatch(key)}
    rest = {key: value for key, value in document.data.items() if key not in locales}
    return replace(document, data={**rest, BY_LOCALE: locales})
