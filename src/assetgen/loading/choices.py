"""Choose by glob: what lists of partners and options select, and who chooses template, background and picture.

A word that holds ``/`` matches ``medium/id``; any other matches the id.

A choice is a map; ``""`` is the word that stands alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from assetgen.findings import Finding, Place
from assetgen.loading.model import Channel
from assetgen.loading.yaml.document import YamlDocument
from assetgen.loading.yaml.ids import did_you_mean, first_of
from assetgen.schema.brand_file import Allow


def matches(word: str, thing_id: str, medium: str | None = None) -> bool:
    """Say whether a selection word chooses a thing of this id (and medium, for a channel)."""
    if "/" in word:
        return medium is not None and fnmatchcase(f"{medium}/{thing_id}", word)
    return fnmatchcase(thing_id, word)


def chosen_ids(words: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Return the known ids that any word chooses, in the order of the words, each once."""
    known = list(known)
    return tuple(dict.fromkeys(thing for word in words for thing in known if matches(word, thing)))


def chosen_channels(words: Iterable[str], channels: Iterable[Channel]) -> tuple[str, ...]:
    """Return the ids of the channels that any word chooses, in the order of the words, each once."""
    channels = list(channels)
    return tuple(
        dict.fromkeys(
            channel.id for word in words for channel in channels if matches(word, channel.id, channel.medium)
        )
    )


def known_channel_words(word: str, channels: Iterable[Channel]) -> list[str]:
    """Return what a word that chooses no channel might have meant: ids, or ``medium/id`` where it holds ``/``."""
    if "/" in word:
        return [f"{channel.medium}/{channel.id}" for channel in channels]
    return [channel.id for channel in channels]


Choice = Mapping[str, str]
ALONE = ""
# What a choice of pictures, or of printers, says where there shall be none.
NOTHING = "none"


def particular(choice: Choice, channel: Channel) -> str | None:
    """Return what a map names for a channel: its most particular glob, the longest that matches, or None.

    A partner's own size answers to its id, and to that of the channel that it is made like.
    """
    ids = [channel.id, *([channel.like] if channel.like else [])]
    words = [
        word for word in choice if word != ALONE and any(matches(word, one, channel.medium) for one in ids)
    ]
    rank = {word: (word == channel.id, "*" not in word, len(word)) for word in words}
    return choice[max(words, key=lambda word: rank[word])] if words else None


def chosen(choices: Iterable[Choice], channel: Channel) -> tuple[str | None, bool]:
    """Return what the strongest of these choices names for a channel, and whether a map does.

    ``choices`` come from the strongest to the weakest; one that says nothing of this channel is passed over.
    """
    for choice in choices:
        word = particular(choice, channel)
        if word is not None:
            return word, True
        if ALONE in choice:
            return choice[ALONE], False
    return None, False


def template_faults(
    choice: Choice, document: YamlDocument, template_ids: Sequence[str], allow: Allow
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


def picture_faults(choice: Choice, document: YamlDocument, pictures: Collection[str]) -> list[Finding]:
    """Return a finding for each picture of a choice that the brand does not have."""
    return _unknown("picture", choice, document, pictures, "name it under pictures: in brand/brand.yaml")


def printer_faults(choice: Choice, document: YamlDocument, printers: Collection[str]) -> list[Finding]:
    """Return a finding for each printer of a choice that the brand does not have."""
    return _unknown("printer", choice, document, printers, "describe it in brand/printers.yaml")


def _unknown(
    kind: str, choice: Choice, document: YamlDocument, known: Collection[str], hint: str
) -> list[Finding]:
    findings = []
    for word, name in choice.items():
        if name not in known and name != NOTHING:
            place = document.place(kind, word) if word != ALONE else document.place(kind)
            findings.append(
                Finding("unknown-id", f"no such {kind}: {name}", did_you_mean(name, known) or hint, place)
            )
    return findings


def refusal(allowed: Sequence[str], word: str, place: Place) -> Finding:
    """Return the finding for something that the brand does not allow."""
    hint = f"allowed: {first_of(allowed)} (brand/brand.yaml, allow)"
    return Finding("bad-value", f"the brand does not allow {word}", hint, place)
