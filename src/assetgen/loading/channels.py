"""The channel catalogue: the built-in rows, and those of ``brand/channels.yaml`` in the same form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from assetgen.catalogue.page_sizes import SHEETS, grid_on
from assetgen.errors import CampaignError
from assetgen.findings import Finding
from assetgen.loading.model import MEDIUMS, Channel
from assetgen.loading.yaml.document import YamlDocument, read_document
from assetgen.loading.yaml.file_validation import bind
from assetgen.loading.yaml.ids import did_you_mean
from assetgen.schema.channel_file import DEFAULTS, ChannelFile, SafeCircle
from assetgen.units import MOST_PIXELS

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
        raise CampaignError(
            Finding(
                "bad-value",
                f"{channel_id}: a channel is a mapping of keys",
                ROW_HINT,
                document.place(channel_id),
            )
        )
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
    found += [fault(text, "deliverables", hint) for text, hint in _impossible_forms(row, row.size)]
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
        if form in row.deliverables and row.medium != only:
            yield f"{form} is a form of {only} alone", "leave it out"
    for form in (form for form in row.deliverables if form in SHEETS):
        if row.scale != 1:
            yield f"{form} is printed at its own size, this channel at {row.scale:g} of it", "leave it out"
        elif grid_on(SHEETS[form], size[0], size[1], row.bleed_mm) is None:
            yield f"two of {size[0]:g} × {size[1]:g} mm do not fit on {SHEETS[form]}", f"leave {form} out"


def _impossible_on_screens(row: ChannelFile, size: tuple[float, ...]) -> Iterator[tuple[str, str, str]]:
    """Yield (what is wrong, key, hint) for what only a page for a press can have, and for too many pixels."""
    pixels = size[0] * size[1]
    if pixels > MOST_PIXELS:
        yield f"size is {pixels / 1e6:g} million pixels", "size", f"at most {MOST_PIXELS / 1e6:g} million"
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
