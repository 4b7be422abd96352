"""A partner's own sizes: channels that are made like one of the catalogue, on a page of another size.

All that the channel demands is taken over. Of lengths, what stands for a tolerance of cutting (bleed, safe area in
mm) is kept, and made less only on a smaller sheet; what is a share of a screen (safe area in px, a face to keep
clear of) goes with the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from assetgen.campaign.ids import check_id
from assetgen.campaign.model import Channel
from assetgen.campaign.nearest import did_you_mean
from assetgen.campaign.reading import Document
from assetgen.campaign.schema_partner import ExtraFile, PartnerFile
from assetgen.campaign.shapes import SHAPE_NAMES, shape_of
from assetgen.findings import Finding
from assetgen.units import MOST_PIXELS

if TYPE_CHECKING:
    from assetgen.campaign.partners import Known

# Beyond these the distances and sizes of type of the channel do not fit the page any more.
MOST_TIMES_AREA = 4.0
MOST_RATIO = 12.0
LEAST_SIDE_PX = 50
# A PDF page has at most 14,400 units of 1/72 in a side (ISO 32000-1, annex C).
MOST_PAGE_MM = 5080.0
LEAST_SAFE_MM = 3.0
# Uploaded adverts of free size are seen as wide as a phone, whatever their pixels.
PHONE_MM = 65.0
SAME_RATIO = 0.03


def extra_channels(
    file: PartnerFile, document: Document, known: Known
) -> tuple[dict[str, Channel], list[Finding]]:
    """Return a partner's own channels by id, and why others are refused."""
    channels: dict[str, Channel] = {}
    findings: list[Finding] = []
    most = known.brand.allow.extra
    if len(file.extra) > most:
        text = f"extra: {len(file.extra)} asked for, and the brand allows {most}"
        hint = "leave some out, or ask for more in brand/brand.yaml: allow.extra"
        findings.append(Finding("bad-value", text, hint, document.place("extra", most)))
    designs = set(known.allowed("templates", known.template_ids))
    for at, wanted in enumerate(file.extra):
        faults = list(_faults(wanted, at, document, known))
        if wanted.id in channels:
            place = document.place("extra", at, "id")
            text = f"two sizes are called {wanted.id}"
            faults.append(Finding("duplicate-id", text, "give each an id of its own", place))
        findings += faults
        if not faults:
            made = made_like(known.channels[wanted.like], wanted)
            template = made.template if made.template in designs else None
            channels[wanted.id] = replace(made, template=template, place=document.place("extra", at))
    return channels, findings


def made_like(like: Channel, wanted: ExtraFile) -> Channel:
    """Return a channel of another size that is made like one of the catalogue."""
    width, height = wanted.size
    unit = "mm" if like.is_print else "px"
    across, down = width / like.width, height / like.height
    is_as_long = abs(across / down - 1) <= SAME_RATIO
    px_mm = like.px_mm
    if px_mm and abs(px_mm * like.width - PHONE_MM) < 0.1:
        px_mm = round(PHONE_MM / width, 6)
    shape = shape_of(width / height) if like.shape in SHAPE_NAMES else like.shape
    circle = (
        like.safe_circle * min(width, height) / min(like.width, like.height) if like.safe_circle else None
    )
    return replace(
        like,
        id=wanted.id,
        name=wanted.name or f"{like.name}, {width:g} × {height:g} {unit}",
        width=width,
        height=height,
        shape=like.shape if is_as_long else shape,
        safe=_safe(like, width, height, circle),
        safe_circle=circle,
        keep_clear=tuple((x * across, y * down, w * across, h * down) for x, y, w, h in like.keep_clear),
        px_mm=px_mm,
        source=f"made like {like.id}",
        like=like.id,
        arranged_like=like.id if is_as_long else None,
    )


def _safe(
    like: Channel, width: float, height: float, circle: float | None
) -> tuple[float, float, float, float]:
    """Return the safe area's insets on the new page; of a circle, those of its bounding box."""
    if circle is not None:
        side, end = (width - circle) / 2, (height - circle) / 2
        return end, side, end, side
    top, right, bottom, left = like.safe
    if not like.is_print:
        across, down = width / like.width, height / like.height
        return round(top * down), round(right * across), round(bottom * down), round(left * across)
    less = min(1.0, min(width, height) / min(like.width, like.height))

    def kept(inset: float) -> float:
        return max(min(inset, LEAST_SAFE_MM), round(inset * less, 1))

    return kept(top), kept(right), kept(bottom), kept(left)


def _faults(wanted: ExtraFile, at: int, document: Document, known: Known) -> Iterator[Finding]:
    """Yield why a size cannot be had."""
    at_id, at_like = document.place("extra", at, "id"), document.place("extra", at, "like")
    yield from check_id("channel", wanted.id, at_id)
    if wanted.id in known.channels or wanted.id in known.ask_owner:
        text = f"there is a channel {wanted.id} already"
        yield Finding("duplicate-id", text, "give this size an id of its own", at_id)
    if wanted.like in known.ask_owner:
        yield known.no_fixed_size(wanted.like, at_like)
    elif wanted.like not in known.channels:
        hint = did_you_mean(wanted.like, known.channels)
        yield Finding("unknown-id", f"no such channel: {wanted.like}", hint, at_like)
    elif not known.allowed("channels", [wanted.like]):
        yield known.refusal("channels", wanted.like, at_like)
    else:
        place = document.place("extra", at, "size")
        for text, hint in _of_size(known.channels[wanted.like], wanted):
            yield Finding("bad-value", f"{wanted.id}: {text}", hint, place)


def _of_size(like: Channel, wanted: ExtraFile) -> Iterator[tuple[str, str]]:
    """Yield (what is wrong, hint) with a size."""
    width, height = wanted.size
    unit = "mm" if like.is_print else "px"
    said = f"{width:g} × {height:g} {unit}"
    times = width * height / (like.width * like.height)
    if like.joins_x or like.joins_y:
        yield (
            f"{like.id} is made of sheets that join",
            "ask the site's owner where the sheets of this size meet",
        )
    if not like.is_print and (width % 1 or height % 1):
        yield "size is in whole pixels", "round it"
    if not like.is_print and min(width, height) < LEAST_SIDE_PX:
        yield f"{said} is too small for words", f"at least {LEAST_SIDE_PX} px a side"
    if not like.is_print and width * height > MOST_PIXELS:
        yield f"size is {width * height / 1e6:g} million pixels", f"at most {MOST_PIXELS / 1e6:g} million"
    if like.is_print and (max(width, height) + 2 * like.bleed_mm) * like.scale > MOST_PAGE_MM:
        yield f"{said} is larger than a PDF page can be", f"at most {MOST_PAGE_MM:g} mm with its bleed"
    if max(width / height, height / width) > MOST_RATIO:
        yield f"{said} is too long for its height", f"one side is at most {MOST_RATIO:g} times the other"
    if not 1 / MOST_TIMES_AREA <= times <= MOST_TIMES_AREA:
        own = f"{like.id} has {like.width:g} × {like.height:g} {unit}"
        hint = (
            f"choose a channel nearer to it: at most {MOST_TIMES_AREA:g} times the area, at least a quarter"
        )
        yield f"{said} is no size for something like {like.id}", f"{own}; {hint}"
    made = made_like(like, wanted)
    top, right, bottom, left = made.safe
    if left + right >= width or top + bottom >= height:
        yield (
            f"the safe area of {like.id} leaves no room on {said}",
            "choose a larger size, or another channel",
        )
