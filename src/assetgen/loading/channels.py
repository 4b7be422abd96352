"""The channel catalogue: the built-in rows, and those of ``brand/channels.yaml`` in the same form.

A row says what differs from its medium's defaults; the defaults are here, each with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from assetgen.catalogue.page_sizes import SHEETS, grid_on, shape_of
from assetgen.errors import CampaignError
from assetgen.findings import Finding
from assetgen.loading.model import MEDIUMS, PRINT_MEDIUMS, AskOwner, Channel, Copy
from assetgen.loading.yaml.document import YamlDocument, read_document
from assetgen.loading.yaml.file_validation import bind
from assetgen.loading.yaml.ids import did_you_mean
from assetgen.schema.campaign_files import ChannelFile, SafeCircleFile
from assetgen.units import MOST_PIXELS

ROW_HINT = "write name:, medium:, size: and source: below it"
A5_MM2 = 148 * 210
# A further form of a channel's asset → the only medium that has it.
FORMS_OF_MEDIUM = {"office": "print", "mono": "press", **dict.fromkeys(SHEETS, "print")}
CATALOGUE_FILES = ("social", "display", "dooh", "workplace", "email", "print", "ooh", "press")

# How the built-in catalogue is named in places: no folder of a campaign.
BUILT_IN_FOLDER = "assetgen/catalogue/"


@dataclass(frozen=True, slots=True)
class MediumDefaults:
    """What a row of this medium means where it says nothing.

    ``safe`` is in mm for print, else a share of the short side; ``px_mm`` the size of one pixel before
    the reader; ``headline``, ``body``, ``action`` the tiers of copy.
    """

    safe: float
    format: str
    colour: str
    requires: tuple[str, ...]
    headline: tuple[str, ...]
    body: tuple[str, ...]
    action: tuple[str, ...]
    px_mm: float | None = None
    bleed_mm: float = 0.0
    ppi: int = 72
    qr: bool = False


ALL_FOUR = ("number", "address", "promise", "partner")
IN_PASSING = ("number", "address", "promise")
IN_SHORT = ("number", "address")
# Where IN_SHORT is all that a channel of a screen must show, unless it says otherwise.
SCREEN_ADVERTS, NARROW, LEAST_HEIGHT_FOR_PROMISE_PX = (
    ("social", "display", "dooh"),
    ("strip", "skyscraper"),
    100,
)
ALL_TIERS = ("long", "short", "tiny")
# Codes are off where the reader holds the camera that would scan them, on where a hand is free: print.
DEFAULTS = {
    "social": MediumDefaults(0.06, "jpg", "srgb", IN_PASSING, ALL_TIERS, ("long", "short"), (), 0.06),
    "display": MediumDefaults(0.05, "jpg", "srgb", IN_PASSING, ALL_TIERS, ("long", "short"), (), 0.26),
    "dooh": MediumDefaults(0.05, "jpg", "srgb", IN_PASSING, ALL_TIERS, ("long", "short"), (), 0.86),
    "workplace": MediumDefaults(0.05, "jpg", "srgb", ALL_FOUR, ALL_TIERS, ("long", "short"), (), 0.28),
    "email": MediumDefaults(0.08, "jpg", "srgb", ALL_FOUR, ALL_TIERS, ("long", "short"), (), 0.13),
    "print": MediumDefaults(
        5,
        "pdf",
        "cmyk-coated",
        ALL_FOUR,
        ("long", "short"),
        ("long", "short"),
        ("short",),
        None,
        3,
        300,
        True,
    ),
    "ooh": MediumDefaults(25, "pdf", "cmyk-large", IN_PASSING, ("short", "tiny"), (), (), None, 0, 300),
    "press": MediumDefaults(
        3, "pdf", "cmyk-news", ALL_FOUR, ("long", "short"), ("long", "short"), ("short",), None, 0, 300
    ),
}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The channels that are built, by id in the catalogue's order, and those that need their owner's template."""

    channels: dict[str, Channel]
    ask_owner: dict[str, AskOwner]


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
            if isinstance(row, Channel):
                catalogue.channels[channel_id] = row
            else:
                catalogue.ask_owner[channel_id] = row
    return catalogue, findings


def _read_row(document: YamlDocument, channel_id: str) -> Channel | AskOwner:
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
    if row.ask_owner:
        return AskOwner(channel_id, row.name, row.medium, row.ask_owner)
    faults = _faults(document, channel_id, row)
    if faults:
        raise CampaignError(faults)
    return _to_channel(document, channel_id, row)


def _faults(document: YamlDocument, channel_id: str, row: ChannelFile) -> list[Finding]:
    """Return what no single key can show: values that do not go together."""

    def fault(text: str, key: str, hint: str | None = None) -> Finding:
        return Finding("bad-value", f"{channel_id}: {text}", hint, document.place(channel_id, key))

    found = []
    if row.size is None:
        return [fault("missing: size", "size", "add size: [width, height], or ask_owner: with the reason")]
    is_print = row.medium in PRINT_MEDIUMS
    if is_print != (row.format in (None, "pdf") and is_print):
        found.append(fault(f"format {row.format} is not for {row.medium}", "format", "leave format out"))
    if not is_print and row.format == "pdf":
        found.append(fault("format pdf is for print, ooh and press", "format", "png or jpg"))
    if not is_print and any(length != int(length) for length in row.size):
        found.append(fault("size is in whole pixels", "size", "round it"))
    if (DEFAULTS[row.medium].qr if row.qr is None else row.qr) and row.scan_m is None:
        found.append(fault("missing: scan_m, which a code needs", "qr", "add scan_m: or qr: off"))
    found += [fault(text, "deliverables", hint) for text, hint in _impossible_forms(row, row.size)]
    if not is_print:
        found += [fault(*said) for said in _impossible_on_screens(row, row.size)]
    if said := _no_live_area(row, row.size):
        found.append(fault(*said))
    if row.read_m is not None and row.read_m > row.view_m:
        found.append(
            fault("read_m is more than view_m", "read_m", "small words are read from nearer: lower read_m")
        )
    return found


def _impossible_forms(row: ChannelFile, size: tuple[float, ...]) -> Iterator[tuple[str, str]]:
    """Yield (what is wrong, hint) for further forms that this channel cannot have."""
    for form, only in FORMS_OF_MEDIUM.items():
        if form in row.deliverables and row.medium != only:
            yield f"{form} is a form of {only} alone", "leave it out"
    bleed_mm = DEFAULTS[row.medium].bleed_mm if row.bleed_mm is None else row.bleed_mm
    for form in (form for form in row.deliverables if form in SHEETS):
        if row.scale != 1:
            yield f"{form} is printed at its own size, this channel at {row.scale:g} of it", "leave it out"
        elif grid_on(SHEETS[form], size[0], size[1], bleed_mm) is None:
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
    if row.colour and row.colour != "srgb":
        yield f"a screen shows no ink: {row.colour}", "colour", "colour: srgb"


def _no_live_area(row: ChannelFile, size: tuple[float, ...]) -> tuple[str, str, str] | None:
    """Return (what is wrong, key, hint) where the safe area leaves nothing to stand on."""
    width, height = size
    if isinstance(row.safe, SafeCircleFile):
        short = min(width, height)
        if row.safe.circle > short:
            text = f"safe is a circle of {row.safe.circle:g} on {width:g} × {height:g}"
            return text, "safe", f"at most {short:g}, the short side"
        return None
    top, right, bottom, left = _safe_insets(row, DEFAULTS[row.medium])
    if left + right < width and top + bottom < height:
        return None
    if row.safe is not None:
        return "safe leaves no room", "safe", "the order is top, right, bottom, left"
    text = f"the usual safe area, {top:g} on each side, leaves no room"
    return text, "safe", "add safe: [top, right, bottom, left]"


def _to_channel(document: YamlDocument, channel_id: str, row: ChannelFile) -> Channel:
    defaults = DEFAULTS[row.medium]
    assert row.size is not None
    width, height = row.size
    shape = row.shape or shape_of(width / height)
    is_print = row.medium in PRINT_MEDIUMS
    colour = row.colour or defaults.colour
    copy = row.copy_
    return Channel(
        id=channel_id,
        name=row.name,
        medium=row.medium,
        width=width,
        height=height,
        shape=shape,
        safe=_safe_insets(row, defaults),
        safe_circle=row.safe.circle if isinstance(row.safe, SafeCircleFile) else None,
        keep_clear=tuple((x, y, w, h) for x, y, w, h in row.keep_clear),
        bleed_mm=defaults.bleed_mm if row.bleed_mm is None else row.bleed_mm,
        scale=row.scale,
        ppi=row.ppi or defaults.ppi,
        format=row.format or defaults.format,
        max_bytes=row.max_bytes,
        advised_bytes=row.advised_bytes,
        colour=colour,
        template=row.template,
        ground=row.ground or _usual_ground(row.medium, colour, width * height),
        view_m=row.view_m,
        read_m=row.view_m if row.read_m is None else row.read_m,
        scan_m=row.scan_m,
        px_mm=None if is_print else (row.px_mm or defaults.px_mm),
        requires=_usual_requires(row, shape) if row.requires is None else tuple(row.requires),
        qr=defaults.qr if row.qr is None else row.qr,
        copy=Copy(
            headline=defaults.headline if copy.headline is None else tuple(copy.headline),
            body=defaults.body if copy.body is None else tuple(copy.body),
            action=defaults.action if copy.action is None else tuple(copy.action),
        ),
        per=row.per,
        deliverables=tuple(row.deliverables),
        joins_x=tuple(row.joins.x),
        joins_y=tuple(row.joins.y),
        source=row.source,
        checked_on=row.checked_on or date.min,
        provisional=row.provisional,
        notes=row.notes,
        place=document.place(channel_id),
    )


def _usual_requires(row: ChannelFile, shape: str) -> tuple[str, ...]:
    """Return what must stand on a channel that does not say: on a narrow advert number and address alone."""
    assert row.size is not None
    is_narrow = shape in NARROW or row.size[1] < LEAST_HEIGHT_FOR_PROMISE_PX
    if row.medium in SCREEN_ADVERTS and is_narrow:
        return IN_SHORT
    return DEFAULTS[row.medium].requires


def _safe_insets(row: ChannelFile, defaults: MediumDefaults) -> tuple[float, float, float, float]:
    """Return the safe area's insets; of a circle, those of its bounding box."""
    assert row.size is not None
    width, height = row.size
    if isinstance(row.safe, SafeCircleFile):
        side, end = (width - row.safe.circle) / 2, (height - row.safe.circle) / 2
        return end, side, end, side
    if row.safe is not None:
        top, right, bottom, left = row.safe
        return top, right, bottom, left
    inset = defaults.safe if row.medium in PRINT_MEDIUMS else round(defaults.safe * min(width, height))
    return inset, inset, inset, inset


def _usual_ground(medium: str, colour: str, area_mm2: float) -> str:
    """Return light for newsprint, uncoated stock and A5 or smaller (design brief), else dark."""
    if colour in ("cmyk-news", "cmyk-uncoated"):
        return "light"
    if medium in ("print", "press") and area_mm2 <= A5_MM2:
        return "light"
    return "dark"
