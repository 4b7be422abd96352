"""The channel catalogue, and what globs choose of it: for a partner, or a template, background or picture for it.

Rows are the built-in ones, and those of ``brand/channels.yaml`` in the same form. A word that holds ``/`` matches
``medium/id``; any other matches the id. A choice is a map; ``""`` is the word that stands alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

from assetgen.catalogue.page_sizes import SHEETS, grid_on
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.model import MEDIUMS, Channel
from assetgen.loading.yaml.document import YamlDocument, read_document
from assetgen.loading.yaml.file_validation import bind, did_you_mean, first_of
from assetgen.schema.brand_file import Allow
from assetgen.schema.channel_file import DEFAULTS, ChannelFile, SafeCircle
from assetgen.units import MAX_PIXELS

ROW_HINT = "write name:, medium:, size: and source: below it"
# A further form of a channel's asset → the only medium that has it.
FORMS_OF_MEDIUM = {"office": "print", "mono": "press", **dict.fromkeys(SHEETS, "print")}
CATALOGUE_FILES = ("social", "display", "dooh", "workplace", "email", "print", "ooh", "press")

# How the built-in catalogue is named in places: no folder of a campaign.
BUILT_IN_FOLDER = "assetgen/catalogue/"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The channels that are built, by id in the catalogue's order, and those that need their owner's template."""

    channels: dict[str, Channel]
    ask_owner: dict[str, Channel]


@cache
def built_in_documents() -> tuple[YamlDocument, ...]:
    """Return the built-in catalogue's files, one for each medium; read once, since they are the package's own."""
    folder = files("assetgen.catalogue") / "channels"
    return tuple(
        read_document((folder / f"{name}.yaml").read_bytes(), f"{BUILT_IN_FOLDER}{name}.yaml")
        for name in CATALOGUE_FILES
    )


def read_catalogue(documents: Iterable[YamlDocument]) -> tuple[Catalogue, list[Finding]]:
    """Return the catalogue of these documents and the findings; a later row replaces an earlier one."""
    catalogue, findings = Catalogue({}, {}), []
    for document in documents:
        for channel_id in document.data:
            try:
                row = _read_row(document, channel_id)
            except CampaignError as error:
                findings += error.findings
                continue
            catalogue.channels.pop(channel_id, None)
            catalogue.ask_owner.pop(channel_id, None)
            (catalogue.ask_owner if row.ask_owner else catalogue.channels)[channel_id] = row
    return catalogue, findings


def _read_row(document: YamlDocument, channel_id: str) -> Channel:
    if not isinstance(document.data[channel_id], dict):
        text = f"{channel_id}: a channel is a mapping of keys"
        raise CampaignError(Finding("bad-value", text, ROW_HINT, document.place(channel_id)))
    medium = document.data[channel_id].get("medium")
    if medium not in DEFAULTS:
        hint = did_you_mean(str(medium), [known for known in MEDIUMS if known in DEFAULTS])
        text = f"{channel_id}: no such medium: {medium}" if medium else f"{channel_id}: missing: medium"
        raise CampaignError(Finding("bad-value", text, hint, document.place(channel_id, "medium")))
    if document.data[channel_id].get("format") == "gif":
        text = f"{channel_id}: format gif: a GIF carries neither colour profile nor alt text"
        raise CampaignError(
            Finding("bad-value", text, "png, jpg or webp", document.place(channel_id, "format"))
        )
    row = bind(ChannelFile, document, under=(channel_id,))
    faults = [] if row.ask_owner else _faults(document, channel_id, row)
    if faults:
        raise CampaignError(faults)
    return Channel.of(row, channel_id, document.place(channel_id))


def _faults(document: YamlDocument, channel_id: str, row: ChannelFile) -> list[Finding]:
    """Return what no single key can show: values that do not go together."""

    def fault(text: str, key: str, hint: str | None = None) -> Finding:
        return Finding("bad-value", f"{channel_id}: {text}", hint, document.place(channel_id, key))

    found = []
    if row.size is None:
        return [fault("missing: size", "size", "add size: [width, height], or ask_owner: with the reason")]
    is_print = row.is_print
    if is_print and row.format != "pdf":
        found.append(fault(f"format {row.format} is not for {row.medium}", "format", "leave format out"))
    if not is_print and row.format == "pdf":
        found.append(fault("format pdf is for print, ooh and press", "format", "png or jpg"))
    if not is_print and any(length != int(length) for length in row.size):
        found.append(fault("size is in whole pixels", "size", "round it"))
    if row.qr and row.scan_m is None:
        found.append(fault("missing: scan_m, which a code needs", "qr", "add scan_m: or qr: off"))
    found += [fault(text, "variants", hint) for text, hint in _impossible_forms(row, row.size)]
    if not is_print:
        found += [fault(*said) for said in _impossible_on_screens(row, row.size)]
    if said := _no_live_area(row, row.size):
        found.append(fault(*said))
    if row.read_m > row.view_m:
        found.append(
            fault("read_m is more than view_m", "read_m", "small words are read from nearer: lower read_m")
        )
    return found


def _impossible_forms(row: ChannelFile, size: tuple[float, ...]) -> Iterator[tuple[str, str]]:
    """Yield (what is wrong, hint) for further forms that this channel cannot have."""
    for form, only in FORMS_OF_MEDIUM.items():
        if form in row.variants and row.medium != only:
            yield f"{form} is a form of {only} alone", "leave it out"
    for form in (form for form in row.variants if form in SHEETS):
        if row.scale != 1:
            yield f"{form} is printed at its own size, this channel at {row.scale:g} of it", "leave it out"
        elif grid_on(SHEETS[form], size[0], size[1], row.bleed_mm) is None:
            yield f"two of {size[0]:g} × {size[1]:g} mm do not fit on {SHEETS[form]}", f"leave {form} out"


def _impossible_on_screens(row: ChannelFile, size: tuple[float, ...]) -> Iterator[tuple[str, str, str]]:
    """Yield (what is wrong, key, hint) for what only a page for a press can have, and for too many pixels."""
    pixels = size[0] * size[1]
    if pixels > MAX_PIXELS:
        yield f"size is {pixels / 1e6:g} million pixels", "size", f"at most {MAX_PIXELS / 1e6:g} million"
    if row.bleed_mm:
        yield "bleed_mm is for print, ooh and press", "bleed_mm", "leave bleed_mm out"
    if row.scale != 1:
        yield "scale is for print, ooh and press", "scale", "leave scale out"
    if row.colour != "srgb":
        yield f"a screen shows no ink: {row.colour}", "colour", "colour: srgb"


def _no_live_area(row: ChannelFile, size: tuple[float, ...]) -> tuple[str, str, str] | None:
    """Return (what is wrong, key, hint) where the safe area leaves nothing to stand on."""
    width, height = size
    if isinstance(row.safe, SafeCircle):
        short = min(width, height)
        if row.safe.circle > short:
            text = f"safe is a circle of {row.safe.circle:g} on {width:g} × {height:g}"
            return text, "safe", f"at most {short:g}, the short side"
        return None
    top, right, bottom, left = row.insets
    if left + right < width and top + bottom < height:
        return None
    if "safe" in row.model_fields_set:
        return "safe leaves no room", "safe", "the order is top, right, bottom, left"
    text = f"the usual safe area, {top:g} on each side, leaves no room"
    return text, "safe", "add safe: [top, right, bottom, left]"


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
    found = (one.id for word in words for one in channels if matches(word, one.id, one.medium))
    return tuple(dict.fromkeys(found))


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
    ids = [channel.id, *([channel.based_on] if channel.based_on else [])]
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
