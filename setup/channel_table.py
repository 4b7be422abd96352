"""Write docs/reference/channels.md: every built-in channel with sizes, safe areas and distances, from the catalogue.

Run by ``make docs``.
"""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.loading.channels import Catalogue, built_in_documents, read_catalogue
from assetgen.loading.model import MEDIUMS, Channel
from assetgen.schema.channel_file import SafeCircle

HEAD = """\
# Built-in channels

Written by `make docs` from `src/assetgen/catalogue/channels/`: change them there.
Your own channels, and changes to these, go into `brand/channels.yaml`: [Add a channel](../how-to/add-a-channel.md).

- **size**: px on screens; mm of the trimmed, final size in print, with the bleed on each side.
- **safe area**: the distance from the edge in the same unit, as top, right, bottom, left;
  one number counts for all four sides, and ⌀ is a centred circle.
  What must be kept clear besides is x, y, width × height from the top left.
- **read from**: the distance in metres for headline and number, then for small words, if it differs.
- **scan from**: the distance in metres from which a phone reads the QR code; a dash means no code.
- **template**: taken where the campaign has it; every other channel has the campaign's own.
- *provisional*: ask the media owner for its template before you rely on these figures.
"""


def pages() -> dict[str, str]:
    """Return the page by its path below docs/reference/. The built-in catalogue must be without a fault."""
    catalogue, findings = read_catalogue(built_in_documents())
    if findings:
        raise ValueError("\n".join(finding.as_text() for finding in findings))
    return {"channels.md": "\n".join(_lines(catalogue)).rstrip() + "\n"}


def _lines(catalogue: Catalogue) -> Iterator[str]:
    yield HEAD
    for medium in MEDIUMS:
        channels = [one for one in catalogue.channels.values() if one.medium == medium]
        if channels:
            yield from (f"## {medium}", "", *_places(channels), "", *_files(channels), "")
    yield from ("## Ask the owner", "", "These channels exist, but have no fixed size.", "")
    yield from ("| id | name | why |", "|---|---|---|")
    yield from (f"| `{one.id}` | {one.name} | {one.ask_owner} |" for one in catalogue.ask_owner.values())


def _places(channels: list[Channel]) -> Iterator[str]:
    """Yield the table of what each channel's owner prescribes: size, safe area, distances."""
    yield "| id | name | size | safe area | read from | scan from |"
    yield "|---|---|---|---|---|---|"
    for one in channels:
        name = f"{one.name} *(provisional)*" if one.provisional else one.name
        yield f"| `{one.id}` | {name} | {_size(one)} | {_safe(one)} | {_distances(one)} | {_scan(one)} |"


def _files(channels: list[Channel]) -> Iterator[str]:
    """Yield the table of what a channel's file is and holds."""
    yield "| id | shape | template | background | format | largest file | variants | required |"
    yield "|---|---|---|---|---|---|---|---|"
    for one in channels:
        yield (
            f"| `{one.id}` | {one.shape} | {one.template or '–'} | {one.background} | {one.format} "
            f"| {_weight(one)} | {', '.join(one.variants) or '–'} | {', '.join(one.requires) or '–'} |"
        )


def _size(channel: Channel) -> str:
    width, height = channel.size or (0, 0)
    bleed = f" + {channel.bleed_mm:g}" if channel.bleed_mm else ""
    scale = "" if channel.scale == 1 else f", drawn at {channel.scale:.0%}"
    return f"{width:g} × {height:g}{bleed} {'mm' if channel.is_print else 'px'}{scale}"


def _safe(channel: Channel) -> str:
    if isinstance(channel.safe, SafeCircle):
        said = f"⌀ {channel.safe.circle:g}"
    else:
        sides = channel.safe
        said = ", ".join(f"{side:g}" for side in (sides[:1] if len(set(sides)) == 1 else sides))
    kept_clear = "; ".join(
        f"{x:g}, {y:g}, {width:g} × {height:g}" for x, y, width, height in channel.keep_clear
    )
    return f"{said}; keep clear {kept_clear}" if kept_clear else said


def _distances(channel: Channel) -> str:
    far, near = channel.view_m, channel.read_m
    return f"{far:g} m" if far == near else f"{far:g} m, {near:g} m"


def _scan(channel: Channel) -> str:
    return f"{channel.scan_m:g} m" if channel.qr and channel.scan_m else "–"


def _weight(channel: Channel) -> str:
    limit = channel.max_bytes or channel.recommended_max_bytes
    if limit is None:
        return "–"
    return f"{limit / 1000:,.0f} kB{'' if channel.max_bytes else ' (recommended)'}"
