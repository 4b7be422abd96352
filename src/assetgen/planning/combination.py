"""A combination: one partner, message, channel and locale of a campaign, from which one asset is planned."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from assetgen.errors import CampaignError
from assetgen.findings import Finding
from assetgen.loading.model import Campaign, Channel, Message, Partner, Template
from assetgen.planning.asset import Page, Rect
from assetgen.planning.qr_codes import link_for
from assetgen.schema.message_file import MessageWords
from assetgen.units import PX_PER_MM

MAX_NAME_LENGTH = 140


def named_for(channel: Channel, message_id: str) -> str:
    """Return what stands for the message in an asset's id and name."""
    return "all" if channel.per == "partner" else message_id


def asset_id(partner_id: str, message: str, channel: Channel, locale: str) -> str:
    """Return an asset's id: ``partner/message/channel[.deliverable]/locale``."""
    form = f".{channel.deliverable}" if channel.deliverable else ""
    return f"{partner_id}/{message}/{channel.id}{form}/{locale}"


def asset_path(slug: str, partner_id: str, message: str, channel: Channel, locale: str) -> str:
    """Return an asset's path below ``out/``: stable from build to build, ASCII, a name of at most 140 characters."""
    form = f"_{channel.deliverable}" if channel.deliverable else ""
    usual = f"{slug}_{partner_id}_{message}_{channel.id}{form}_{locale}"
    fields = {
        "campaign": slug,
        "partner": partner_id,
        "message": message,
        "channel": channel.id,
        "form": form,
    }
    sizes = {"width_mm": f"{channel.width:g}", "height_mm": f"{channel.height:g}"}
    own = channel.printer.named({**fields, **sizes, "locale": locale}) if channel.printer else None
    name = f"{own or usual}.{channel.format}"
    if len(name) > MAX_NAME_LENGTH:
        raise CampaignError(
            Finding("bad-id", f"file name of {len(name)} characters: {name}", "shorten an id")
        )
    return f"{partner_id}/{locale}/{channel.medium}/{name}"


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
        joins_x=tuple(x * unit for x in channel.joins.x),
        joins_y=tuple(y * unit for y in channel.joins.y),
        px_per_unit=unit,
    )


def _live(channel: Channel, unit: float) -> Rect:
    if channel.safe_circle is not None:
        side = channel.safe_circle / 2**0.5
        return (channel.width - side) / 2 * unit, (channel.height - side) / 2 * unit, side * unit, side * unit
    top, right, bottom, left = channel.insets
    return (
        left * unit,
        top * unit,
        (channel.width - left - right) * unit,
        (channel.height - top - bottom) * unit,
    )


@dataclass(frozen=True)
class Combination:
    """What an asset combines. ``channel`` is the variant that is made: the main form, ``office``, a sheet."""

    campaign: Campaign
    partner: Partner
    message: Message
    channel: Channel
    template: Template
    locale: str

    @property
    def named(self) -> str:
        """The word for the message in the asset's id and path."""
        return named_for(self.channel, self.message.id)

    @property
    def id(self) -> str:
        """The asset's id."""
        return asset_id(self.partner.id, self.named, self.channel, self.locale)

    @property
    def path(self) -> str:
        """The asset's path below ``out/``. Raises CampaignError where it would be too long."""
        return asset_path(self.campaign.file.slug, self.partner.id, self.named, self.channel, self.locale)

    @property
    def copy(self) -> MessageWords:
        """The message's copy in this locale."""
        return self.message.file.locales[self.locale]

    @cached_property
    def link(self) -> str:
        """The address that the asset's code, or a click on it, opens."""
        return link_for(self.campaign, self.partner.id, self.channel.id)

    @cached_property
    def page(self) -> Page:
        """The page that is laid out, in CSS px."""
        return page_for(self.channel)

    @cached_property
    def values(self) -> dict[str, str]:
        """The value of each placeholder that copy may hold."""
        facts = self.campaign.brand.facts
        return {
            "number": facts.number.display,
            "address": facts.address.display,
            "link": self.link,
            "partner": self.partner.file.name.text,
        }
