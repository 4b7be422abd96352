"""QR codes: the link that a code opens, the symbol and its size, and codes as separate files.

A link may identify the campaign, the partner or the channel, but never a reader.

A phone at ``scan_m`` has about N = 1390 × module ÷ distance pixels for each module. Both lengths are in mm. The
estimate is for a 26 mm lens and a 1080p preview. In tests with simulated photographs in dim light, good symbols were
read from N = 2.2 to 2.6. A module that gives N = 3.9 leaves a margin of half as much again.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from urllib.parse import urlencode, urlsplit

from assetgen.loading.model import CampaignModel, Partner
from assetgen.planning.asset import Asset, Code, Page, Spec, collect_release_dates
from assetgen.units import PX_PER_MM

CODE_LENGTH = 5
# Hexadecimal digits without the vowels, so that no code ever spells a word.
CODE_DIGITS = frozenset("0123456789bcdf")


def link_code(slug: str, edition: str, *policy_ids: str) -> str:
    """Return the tracking code: the first 5 hexadecimal digits other than ``a`` and ``e`` of a sha256.

    It is the hash of the slug, the edition and the ids, joined by ``/``.
    """
    digest = hashlib.sha256("/".join((slug, edition, *policy_ids)).encode()).hexdigest()
    return "".join(digit for digit in digest if digit in CODE_DIGITS)[:CODE_LENGTH]


def tracked_ids(tracking: str, partner_id: str, channel_id: str | None) -> tuple[str, ...]:
    """Return the ids that a link identifies: no id for ``campaign`` tracking, else partner, or partner and channel."""
    if tracking == "campaign":
        return ()
    if tracking == "partner" or channel_id is None:
        return (partner_id,)
    return (partner_id, channel_id)


def link_for(campaign: CampaignModel, partner_id: str, channel_id: str | None) -> str:
    """Return the link for a partner's channel, or for all its channels if ``channel_id`` is None.

    A service without an address has no links: the result is empty.
    """
    tracking = campaign.partners[partner_id].tracking
    address = campaign.brand.facts.url
    if tracking == "none" or not address:
        return address
    if campaign.brand.file.link.style == "utm":
        return add_to_query(address, _utm_fields(campaign, tracking, partner_id, channel_id))
    code = link_code(
        campaign.file.slug, campaign.file.edition, *tracked_ids(tracking, partner_id, channel_id)
    )
    return add_to_query(address, {campaign.brand.file.link.parameter: code})


def add_to_query(url: str, fields: Mapping[str, str]) -> str:
    """Return a URL with fields added to the end of its query. Its fragment stays after the query."""
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode(fields)) if part)
    return parts._replace(query=query).geturl()


def _utm_fields(
    campaign: CampaignModel, tracking: str, partner_id: str, channel_id: str | None
) -> dict[str, str]:
    """Return the UTM fields that web statistics use, limited to those that the tracking policy allows."""
    fields = {"utm_campaign": campaign.file.slug}
    ids = tracked_ids(tracking, partner_id, channel_id)
    if ids:
        fields["utm_source"] = ids[0]
    if len(ids) > 1:
        fields["utm_medium"] = ids[1]
    return fields


PHONE_PX_FACTOR = 1390
PX_PER_MODULE = 3.9
# Minimum sizes at any distance. 4 px: DENSO WAVE, the inventor of the QR code, asks for at least four dots a module
# (qrcode.com). 0.5 mm and 20 mm (without the quiet zone) are our limits for print; GS1 UK says that 20 to 25 mm may
# improve scanning.
MIN_MODULE_MM = 0.5
MIN_MODULE_PX = 4
MIN_SYMBOL_MM = 20.0
# A code that is scanned from this distance or further is often behind glass or exposed to weather. So it gets level Q,
# which can correct errors in a quarter of its codewords.
FAR_SCAN_M = 0.8
LEVELS = "LMQH"


@lru_cache(maxsize=4096)
def symbol(link: str, min_level: str) -> tuple[str, int, tuple[str, ...]]:
    """Return the error correction level, version and rows of the QR code for a link, without a quiet zone.

    The version is the smallest that holds the link at level ``min_level``. The level is the highest with which the
    link still fits into that version.
    """
    import qrcode
    from qrcode.exceptions import DataOverflowError

    corrections = {level: getattr(qrcode.constants, f"ERROR_CORRECT_{level}") for level in LEVELS}
    version = _version(link, corrections[min_level])
    for level in reversed(LEVELS[LEVELS.index(min_level) :]):
        code = qrcode.QRCode(version=version, error_correction=corrections[level], border=0)
        code.add_data(link, optimize=0)
        try:
            code.make(fit=False)
        except DataOverflowError:
            continue
        rows = tuple("".join("1" if dark else "0" for dark in row) for row in code.get_matrix())
        return level, version, rows
    raise AssertionError("the link does not fit the version that was chosen for it")


def _version(link: str, correction: int) -> int:
    import qrcode

    code = qrcode.QRCode(error_correction=correction, border=0)
    code.add_data(link, optimize=0)
    return int(code.best_fit())


def min_level(scan_m: float) -> str:
    """Return the minimum error correction level for a scanning distance."""
    return "Q" if scan_m >= FAR_SCAN_M else "M"


def module_mm(scan_m: float, modules: int) -> float:
    """Return the side of a module at final size in mm. ``modules`` is the number of modules on a side of the symbol."""
    return max(PX_PER_MODULE * scan_m * 1000 / PHONE_PX_FACTOR, MIN_MODULE_MM, MIN_SYMBOL_MM / modules)


def code_for_print(link: str, scan_m: float, px_per_mm: float) -> Code:
    """Return the QR code for a printed page. ``px_per_mm`` is CSS px of the page per mm at final size."""
    level, version, rows = symbol(link, min_level(scan_m))
    side_mm = math.ceil(module_mm(scan_m, len(rows)) * 100) / 100
    return Code(link, level, version, rows, side_mm * px_per_mm)


def code_for_screen(link: str, scan_m: float, px_mm: float) -> Code:
    """Return the QR code for a screen, with modules of whole pixels. ``px_mm`` is the width of a pixel."""
    level, version, rows = symbol(link, min_level(scan_m))
    side_px = math.ceil(module_mm(scan_m, len(rows)) / px_mm - 0.001)
    return Code(link, level, version, rows, float(max(MIN_MODULE_PX, side_px)))


FILE_FORMATS = ("pdf", "png", "svg")
# Separate QR code files, for use in other people's layouts: at least level Q, and a module of 1 mm (PDF, SVG) or 24 px.
FILE_LEVEL = "Q"
FILE_MODULE_MM = 1.0
FILE_MODULE_PX = 24


def qr_assets(campaign: CampaignModel, partner: Partner) -> Iterator[Asset]:
    """Yield a partner's QR code files in all of ``FILE_FORMATS``.

    A partner has one code for its link. With ``tracking: channel`` it has one for each channel with a QR code. A
    service without an address has no codes.
    """
    if not campaign.brand.facts.address:
        return
    channels: list[str | None] = [None]
    if partner.tracking == "channel":
        channels = [name for name in partner.channels if campaign.channel(partner.id, name).qr] or [None]
    for channel_id in channels:
        for file_format in FILE_FORMATS:
            yield _qr_asset(campaign, partner, channel_id, file_format)


def _qr_asset(campaign: CampaignModel, partner: Partner, channel_id: str | None, file_format: str) -> Asset:
    link = link_for(campaign, partner.id, channel_id)
    level, version, rows = symbol(link, FILE_LEVEL)
    is_raster = file_format == "png"
    module_px = float(FILE_MODULE_PX) if is_raster else FILE_MODULE_MM * PX_PER_MM
    code = Code(link, level, version, rows, module_px)
    locale = partner.file.locales[0] if partner.file.locales else campaign.file.locales[0]
    suffix = f"_{channel_id}" if channel_id else ""
    return Asset(
        id="/".join(part for part in (partner.id, "qr", channel_id, file_format) if part),
        path=f"{partner.id}/qr/{campaign.file.slug}_{partner.id}_qr{suffix}.{file_format}",
        partner=partner.id,
        channel=channel_id or "qr",
        medium="qr",
        locale=locale,
        format=file_format,
        shape="square",
        accent="paper",
        spec=_spec(campaign, link, locale, file_format, code.side_px),
        page=Page(
            width_px=code.side_px,
            height_px=code.side_px,
            bleed_px=0.0,
            live=(0.0, 0.0, code.side_px, code.side_px),
            keep_clear=(),
            panel_joins_x=(),
            panel_joins_y=(),
            px_per_unit=1.0 if is_raster else PX_PER_MM,
        ),
        type_size_limits={},
        code=code,
        palette={"ink": campaign.brand.palette.colours["ink"].srgb, "paper": "#FFFFFF"},
        released=campaign.file.released.isoformat(),
        inputs={**campaign.files, **partner.files},
        places={"partner": partner.place},
        release_dates=collect_release_dates(campaign, partner),
    )


def _spec(campaign: CampaignModel, link: str, locale: str, file_format: str, side_px: float) -> Spec:
    """Return the spec of a QR code file: a square with sides in px, or in mm for a vector format."""
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
        panel_joins_x=(),
        panel_joins_y=(),
        format=file_format,
        colour="srgb",
        max_bytes=None,
        recommended_max_bytes=None,
        view_m=0.4,
        read_m=0.4,
        scan_m=0.4,
        px_mm=None,
        requires=(),
        words={},
        link=link,
        click=None,
        alt=f"QR code: {facts.address_text}",
        alt_long=f"QR code that opens {link}",
        fonts=(),
        faces=(),
        tel=facts.tel,
        numbers=(*filter(None, [facts.number_text]), *facts.also_allowed.numbers),
        hosts=tuple(dict.fromkeys((*facts.hosts, *facts.also_allowed.hosts))),
        locale=locale,
        code_alt=f"QR code: {facts.address_text}",
    )
