"""QR codes as assets of their own: one for each link of a partner, as SVG, PNG and PDF."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.campaign.links import link_for
from assetgen.loading.model import Campaign, Partner
from assetgen.plan.asset import Asset, Code, Page, Spec
from assetgen.plan.codes import symbol
from assetgen.plan.terms import terms_of
from assetgen.units import PX_PER_MM

FORMATS = ("pdf", "png", "svg")
# A code to be placed by somebody else: level Q at the least, 1 mm a module in vector, 24 px in pixels.
LEVEL = "Q"
MODULE_MM = 1.0
MODULE_PX = 24


def qr_assets(campaign: Campaign, partner: Partner) -> Iterator[Asset]:
    """Return a partner's codes: one for its link, or, with ``tracking: channel``, one for each channel with a code."""
    channels: list[str | None] = [None]
    if partner.tracking == "channel":
        channels = [name for name in partner.channels if campaign.channel(partner.id, name).qr] or [None]
    for channel_id in channels:
        for file_format in FORMATS:
            yield _qr_asset(campaign, partner, channel_id, file_format)


def _qr_asset(campaign: Campaign, partner: Partner, channel_id: str | None, file_format: str) -> Asset:
    link = link_for(campaign, partner.id, channel_id)
    level, version, rows = symbol(link, LEVEL)
    is_raster = file_format == "png"
    module_px = float(MODULE_PX) if is_raster else MODULE_MM * PX_PER_MM
    code = Code(link, level, version, rows, module_px)
    locale = partner.locales[0] if partner.locales else campaign.locales[0]
    tail = f"_{channel_id}" if channel_id else ""
    return Asset(
        id="/".join(part for part in (partner.id, "qr", channel_id, file_format) if part),
        path=f"{partner.id}/qr/{campaign.slug}_{partner.id}_qr{tail}.{file_format}",
        partner=partner.id,
        message=None,
        channel=channel_id or "qr",
        deliverable=None,
        medium="qr",
        locale=locale,
        format=file_format,
        template=None,
        arrangement=None,
        ground=None,
        shape="square",
        accent="paper",
        spec=_spec(campaign, link, locale, file_format, code.side_px),
        page=Page(
            width_px=code.side_px,
            height_px=code.side_px,
            bleed_px=0.0,
            live=(0.0, 0.0, code.side_px, code.side_px),
            keep_clear=(),
            joins_x=(),
            joins_y=(),
            px_per_unit=1.0 if is_raster else PX_PER_MM,
        ),
        word_sets=(),
        floors={},
        code=code,
        foot=(),
        palette={"ink": campaign.brand.palette["ink"].srgb, "paper": "#FFFFFF"},
        texts={},
        released=campaign.released.isoformat(),
        provisional=False,
        inputs={**campaign.files, **partner.files},
        places={"partner": partner.place},
        terms=terms_of(campaign, partner),
    )


def _spec(campaign: Campaign, link: str, locale: str, file_format: str, side_px: float) -> Spec:
    """Return what a code's file must keep: a square of pixels, or of mm in a vector format."""
    facts, is_raster = campaign.brand.facts, file_format == "png"
    side = side_px if is_raster else side_px / PX_PER_MM
    return Spec(
        width=side,
        height=side,
        unit="px" if is_raster else "mm",
        bleed_mm=0.0,
        scale=1.0,
        ppi=300,
        safe=(0.0, 0.0, 0.0, 0.0),
        safe_circle=None,
        keep_clear=(),
        joins_x=(),
        joins_y=(),
        format=file_format,
        colour="srgb",
        max_bytes=None,
        advised_bytes=None,
        view_m=0.4,
        read_m=0.4,
        scan_m=0.4,
        px_mm=None,
        requires=(),
        words={},
        link=link,
        click=None,
        alt=f"QR code: {facts.address}",
        alt_long=f"QR code that opens {link}",
        fonts=(),
        faces=(),
        tel=facts.number_tel,
        numbers=(facts.number, *facts.also_numbers),
        hosts=tuple(dict.fromkeys((*facts.hosts, *facts.also_hosts))),
        locale=locale,
        code_alt=f"QR code: {facts.address}",
    )
