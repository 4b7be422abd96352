"""Read the channel catalogue, and resolve choices by channel, such as ``template: {"social/*": beacon}``.

The catalogue has the built-in channels and those of ``brand/channels.yaml``, which has the same form. A glob with
``/`` matches ``medium/id``. Any other glob matches the id. A choice maps globs to names. A single name without a
map, such as ``template: beacon``, is stored under the key ``""``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

from assetgen.catalogue.page_sizes import SHEETS, find_imposition
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.model import MEDIUMS, Channel
from assetgen.loading.yaml.document import YamlDocument, read_document
from assetgen.loading.yaml.file_validation import did_you_mean, shorten_list, validate_document
from assetgen.schema.brand_file import AllowedChoices
from assetgen.schema.channel_file import DEFAULTS, ChannelFile, SafeCircle
from assetgen.units import MAX_PIXELS

ROW_HINT = "write name:, medium:, size: and source: below it"
# Variant → the only medium whose channels may have it.
MEDIUM_OF_VARIANT = {"office": "print", "mono": "press", **dict.fromkeys(SHEETS, "print")}
CATALOGUE_FILES = ("social", "display", "dooh", "workplace", "email", "print", "ooh", "press")

# The folder shown in findings on the built-in catalogue. It is not a folder of the campaign.
BUILT_IN_FOLDER = "assetgen/catalogue/"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The channels by id, in the catalogue's order.

    ``ask_owner`` has the channels without a fixed size: they cannot be built without the media owner's template.
    """

    channels: dict[str, Channel]
    ask_owner: dict[str, Channel]


@cache
def built_in_documents() -> tuple[YamlDocument, ...]:
    """Return the files of the built-in catalogue, one for each medium. They never change, so they are cached."""
    folder = files("assetgen.catalogue") / "channels"
    return tuple(
        read_document((folder / f"{name}.yaml").read_bytes(), f"{BUILT_IN_FOLDER}{name}.yaml")
        for name in CATALOGUE_FILES
    )


def read_catalogue(documents: Iterable[YamlDocument]) -> tuple[Catalogue, list[Finding]]:
    """Return the catalogue in these documents, and its findings. Of channels with the same id, the last is used."""
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
        text = f"{channel_id}: a channel must be a mapping of keys"
        raise CampaignError(Finding("bad-value", text, ROW_HINT, document.place(channel_id)))
    medium = document.data[channel_id].get("medium")
    if medium not in DEFAULTS:
        hint = did_you_mean(str(medium), [known for known in MEDIUMS if known in DEFAULTS])
        text = f"{channel_id}: no such medium: {medium}" if medium else f"{channel_id}: medium is missing"
        raise CampaignError(Finding("bad-value", text, hint, document.place(channel_id, "medium")))
    if document.data[channel_id].get("format") == "gif":
        text = f"{channel_id}: format gif is not supported: a GIF holds neither colour profile nor alt text"
        raise CampaignError(
            Finding("bad-value", text, "use png, jpg or webp", document.place(channel_id, "format"))
        )
    row = validate_document(ChannelFile, document, under=(channel_id,))
    faults = [] if row.ask_owner else _faults(document, channel_id, row)
    if faults:
        raise CampaignError(faults)
    return Channel.from_row(row, channel_id, document.place(channel_id))


def _faults(document: YamlDocument, channel_id: str, row: ChannelFile) -> list[Finding]:
    """Return a finding for each value that is missing or does not fit the channel's other values."""

    def fault(text: str, key: str, hint: str | None = None) -> Finding:
        return Finding("bad-value", f"{channel_id}: {text}", hint, document.place(channel_id, key))

    found = []
    if row.size is None:
        hint = "add size: [width, height], or add ask_owner: with the reason why the size is not fixed"
        return [fault("size is missing", "size", hint)]
    is_print = row.is_print
    if is_print and row.format != "pdf":
        text = f"format {row.format} is not supported for {row.medium}"
        found.append(fault(text, "format", "remove format: pdf is the default"))
    if not is_print and row.format == "pdf":
        found.append(fault("format pdf is only for print, ooh and press", "format", "use png or jpg"))
    if not is_print and any(length != int(length) for length in row.size):
        found.append(fault("size must be in whole pixels", "size", "round it"))
    if row.qr and row.scan_m is None:
        found.append(fault("scan_m is missing; a QR code needs it", "qr", "add scan_m, or set qr: off"))
    found += [fault(text, "variants", hint) for text, hint in _check_variants(row, row.size)]
    if not is_print:
        found += [fault(*wrong) for wrong in _check_screen_values(row, row.size)]
    if wrong := _check_safe_area(row, row.size):
        found.append(fault(*wrong))
    if row.read_m > row.view_m:
        hint = "lower read_m, the reading distance of small text, to at most view_m"
        found.append(fault("read_m is more than view_m", "read_m", hint))
    return found


def _check_variants(row: ChannelFile, size: tuple[float, ...]) -> Iterator[tuple[str, str]]:
    """Yield (message, hint) for each variant that this channel cannot have."""
    for variant, medium in MEDIUM_OF_VARIANT.items():
        if variant in row.variants and row.medium != medium:
            yield f"the variant {variant} is only for {medium}", f"remove {variant}"
    for variant in (name for name in row.variants if name in SHEETS):
        if row.scale != 1:
            text = f"the variant {variant} needs scale 1, and this channel has scale {row.scale:g}"
            yield text, f"remove {variant}"
        elif find_imposition(SHEETS[variant], size[0], size[1], row.bleed_mm) is None:
            text = f"{variant}: two pieces of {size[0]:g} × {size[1]:g} mm do not fit on {SHEETS[variant]}"
            yield text, f"remove {variant}"


def _check_screen_values(row: ChannelFile, size: tuple[float, ...]) -> Iterator[tuple[str, str, str]]:
    """Yield (message, key, hint) for each value that only a printed channel may have, and if the size is too large."""
    pixels = size[0] * size[1]
    if pixels > MAX_PIXELS:
        hint = f"make it smaller: at most {MAX_PIXELS / 1e6:g} million pixels are allowed"
        yield f"size is {pixels / 1e6:g} million pixels", "size", hint
    if row.bleed_mm:
        yield "bleed_mm is only for print, ooh and press", "bleed_mm", "remove bleed_mm"
    if row.scale != 1:
        yield "scale is only for print, ooh and press", "scale", "remove scale"
    if row.colour != "srgb":
        yield f"colour {row.colour} is only for print, ooh and press", "colour", "set colour: srgb"


def _check_safe_area(row: ChannelFile, size: tuple[float, ...]) -> tuple[str, str, str] | None:
    """Return (message, key, hint) if the safe area does not fit on the page or leaves no room, else None."""
    width, height = size
    if isinstance(row.safe, SafeCircle):
        short = min(width, height)
        if row.safe.circle > short:
            text = f"the safe circle of {row.safe.circle:g} does not fit on {width:g} × {height:g}"
            return text, "safe", f"make it at most {short:g}, the short side"
        return None
    top, right, bottom, left = row.insets
    if left + right < width and top + bottom < height:
        return None
    if "safe" in row.model_fields_set:
        return (
            "safe leaves no room for copy",
            "safe",
            "use smaller values, in the order top, right, bottom, left",
        )
    text = f"the default safe area of {top:g} on each side leaves no room for copy"
    return text, "safe", "add safe: [top, right, bottom, left] with smaller values"


def matches(glob: str, item_id: str, medium: str | None = None) -> bool:
    """Return whether a glob matches an item by its id, or a channel by ``medium/id`` if the glob has a ``/``."""
    if "/" in glob:
        return medium is not None and fnmatchcase(f"{medium}/{item_id}", glob)
    return fnmatchcase(item_id, glob)


def match_ids(globs: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Return the known ids that any of the globs matches, in the order of the globs, each once."""
    known = list(known)
    return tuple(dict.fromkeys(name for glob in globs for name in known if matches(glob, name)))


def match_channels(globs: Iterable[str], channels: Iterable[Channel]) -> tuple[str, ...]:
    """Return the ids of the channels that any of the globs matches, in the order of the globs, each once."""
    channels = list(channels)
    found = (one.id for glob in globs for one in channels if matches(glob, one.id, one.medium))
    return tuple(dict.fromkeys(found))


def channel_names_like(glob: str, channels: Iterable[Channel]) -> list[str]:
    """Return the channel names to suggest for a misspelt glob: ``medium/id`` if the glob has a ``/``, else ids."""
    if "/" in glob:
        return [f"{channel.medium}/{channel.id}" for channel in channels]
    return [channel.id for channel in channels]


Choice = Mapping[str, str]
DEFAULT_KEY = ""
# The name that a choice of pictures or printers gives to a channel that shall have none.
NO_CHOICE = "none"


def most_specific(choice: Choice, channel: Channel) -> str | None:
    """Return the name that a choice gives to a channel by its most specific matching glob; None if no glob matches.

    The exact id wins, then a glob without ``*``, then the longest glob. A custom size is matched by its own id, and
    by the id of the channel that it is based on.
    """
    ids = [channel.id, *([channel.based_on] if channel.based_on else [])]
    globs = [
        glob
        for glob in choice
        if glob != DEFAULT_KEY and any(matches(glob, one, channel.medium) for one in ids)
    ]
    rank = {glob: (glob == channel.id, "*" not in glob, len(glob)) for glob in globs}
    return choice[max(globs, key=lambda glob: rank[glob])] if globs else None


def resolve_choice(choices: Iterable[Choice], channel: Channel) -> tuple[str | None, bool]:
    """Return the name chosen for a channel, or None, and whether it was chosen by a glob.

    ``choices`` are in order of precedence. The first choice with a matching glob, or with a single name for all
    channels, decides.
    """
    for choice in choices:
        name = most_specific(choice, channel)
        if name is not None:
            return name, True
        if DEFAULT_KEY in choice:
            return choice[DEFAULT_KEY], False
    return None, False


def check_template_choice(
    choice: Choice, document: YamlDocument, template_ids: Sequence[str], allow: AllowedChoices
) -> list[Finding]:
    """Return a finding for each template in a choice that does not exist or that the brand does not allow."""
    findings = []
    for glob, template_id in choice.items():
        place = document.place("template", glob) if glob != DEFAULT_KEY else document.place("template")
        if template_id not in template_ids:
            hint = did_you_mean(template_id, template_ids)
            findings.append(Finding("unknown-id", f"no such template: {template_id}", hint, place))
        elif not any(matches(one, template_id) for one in allow.templates):
            findings.append(not_allowed_finding(allow.templates, template_id, place))
    return findings


def check_picture_choice(choice: Choice, document: YamlDocument, pictures: Collection[str]) -> list[Finding]:
    """Return a finding for each picture in a choice that the brand does not have."""
    return _unknown("picture", choice, document, pictures, "define it under pictures: in brand/brand.yaml")


def check_printer_choice(choice: Choice, document: YamlDocument, printers: Collection[str]) -> list[Finding]:
    """Return a finding for each printer in a choice that the brand does not have."""
    return _unknown("printer", choice, document, printers, "define it in brand/printers.yaml")


def _unknown(
    kind: str, choice: Choice, document: YamlDocument, known: Collection[str], hint: str
) -> list[Finding]:
    findings = []
    for glob, name in choice.items():
        if name not in known and name != NO_CHOICE:
            place = document.place(kind, glob) if glob != DEFAULT_KEY else document.place(kind)
            findings.append(
                Finding("unknown-id", f"no such {kind}: {name}", did_you_mean(name, known) or hint, place)
            )
    return findings


def not_allowed_finding(allowed: Sequence[str], value: str, place: Place) -> Finding:
    """Return the finding for a value that the brand does not allow. ``allowed`` are the globs that it allows."""
    hint = f"use one of: {shorten_list(allowed)}; allow: in brand/brand.yaml sets this list"
    return Finding("bad-value", f"the brand does not allow {value}", hint, place)
