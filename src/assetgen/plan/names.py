"""What an asset is called: its id, and the name of its file."""

from __future__ import annotations

from assetgen.errors import CampaignError
from assetgen.findings import Finding
from assetgen.loading.model import Channel

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
