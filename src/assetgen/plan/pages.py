"""From a channel to a page: CSS px, the bleed, the live area."""

from __future__ import annotations

from assetgen.loading.model import Channel
from assetgen.plan.asset import Page, Rect
from assetgen.units import PX_PER_MM


def page_for(channel: Channel) -> Page:
    """Return the page of a channel: (trim + bleed) × scale in print, one CSS px a pixel on screens.

    The live area of a round channel is the square inside its circle.
    """
    unit = PX_PER_MM * channel.scale if channel.is_print else 1.0
    width, height = channel.width * unit, channel.height * unit

    def scaled(rect: Rect) -> Rect:
        x, y, w, h = rect
        return x * unit, y * unit, w * unit, h * unit

    return Page(
        width_px=width,
        height_px=height,
        bleed_px=channel.bleed_mm * unit if channel.is_print else 0.0,
        live=_live(channel, unit),
        keep_clear=tuple(scaled(rect) for rect in channel.keep_clear),
        joins_x=tuple(x * unit for x in channel.joins_x),
        joins_y=tuple(y * unit for y in channel.joins_y),
        px_per_unit=unit,
    )


def _live(channel: Channel, unit: float) -> Rect:
    if channel.safe_circle is not None:
        side = channel.safe_circle / 2**0.5
        return (channel.width - side) / 2 * unit, (channel.height - side) / 2 * unit, side * unit, side * unit
    top, right, bottom, left = channel.safe
    return (
        left * unit,
        top * unit,
        (channel.width - left - right) * unit,
        (channel.height - top - bottom) * unit,
    )
