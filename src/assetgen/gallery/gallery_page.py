"""The gallery's page: group the assets, list the options of the filters, and render the HTML.

The same manifest and the same files always give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from importlib import resources
from itertools import groupby
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from assetgen.catalogue.page_sizes import SHAPE_NAMES, shape_of
from assetgen.findings import SEVERITY_ORDER
from assetgen.gallery.gallery_pictures import FileCondition, thumb_name, thumb_size_px
from assetgen.loading.model import MEDIUMS
from assetgen.manifest.entry import ListedAsset
from assetgen.manifest.manifest_file import ManifestHead
from assetgen.rendering.images.previews import RASTER_FORMATS

FOLDER = "index"
STYLE_NAME = "gallery.css"
NONE = "-"
"""The filters' value for "no message" and "no locale". No id can have this value."""

MEDIUM_NAMES = {
    "social": "Social",
    "display": "Digital adverts",
    "dooh": "Digital screens",
    "workplace": "Workplace",
    "email": "Email",
    "print": "Print",
    "ooh": "Outdoor",
    "press": "Press",
    "radio": "Radio",
    "qr": "QR codes",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One asset as the page shows it. All sizes are whole numbers of CSS px."""

    entry: ListedAsset
    condition: FileCondition
    shape: str
    width_px: int
    height_px: int
    href: str
    picture: str | None
    """The thumbnail's path, relative to the page; None where there is nothing to show."""
    size: str
    weight: str
    badges: tuple[tuple[str, str], ...]
    """(severity, text), such as ("warning", "2 warnings")."""

    @property
    def view(self) -> str:
        """Return how a click opens the asset: ``picture`` (in the page, at 100 %) or ``file``."""
        return "picture" if self.entry.format in RASTER_FORMATS or self.entry.format == "svg" else "file"

    @property
    def facets(self) -> dict[str, str]:
        """Return the asset's value for each filter."""
        return {
            "partner": self.entry.partner,
            "message": self.entry.message or NONE,
            "medium": self.entry.medium,
            "shape": self.shape,
            "locale": self.entry.locale or NONE,
        }

    @property
    def title(self) -> str:
        """Return the first line of the caption."""
        name = self.entry.message or self.entry.format.upper()
        return f"{name}, {self.entry.variant}" if self.entry.variant else name


@dataclass(frozen=True, slots=True)
class ChannelGroup:
    """The assets of one channel. ``size`` is their common size, or empty if they differ."""

    channel: str
    size: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class MediumSection:
    """The assets of one medium."""

    id: str
    name: str
    groups: tuple[ChannelGroup, ...]

    @property
    def count(self) -> int:
        return sum(len(group.cards) for group in self.groups)


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter above the assets: its key, its label, and (value, label, count) of each option.

    ``every`` is the label of the option that shows all assets.
    """

    key: str
    label: str
    every: str
    options: tuple[tuple[str, str, int], ...]


def clean_asset(asset: ListedAsset) -> ListedAsset:
    """Replace the characters in an asset's texts that HTML does not allow. The page escapes the texts later."""
    texts: dict[str, Any] = {
        field.name: _clean(value)
        for field in fields(asset)
        if isinstance(value := getattr(asset, field.name), str)
    }
    findings = (
        replace(finding, text=_clean(finding.text), code=_clean(finding.code)) for finding in asset.findings
    )
    return replace(asset, **texts, findings=tuple(findings))


def _clean(text: str) -> str:
    """Replace control characters and lone surrogates, which HTML does not allow."""
    return "".join(
        "\ufffd" if unicodedata.category(character) in ("Cc", "Cs") else character for character in text
    )


def size_text(entry: ListedAsset) -> str:
    """Return the final size as text: ``1080 × 1920 px``, ``210 × 297 mm, 3 mm bleed``."""
    if entry.width is None or entry.height is None:
        return ""
    text = f"{entry.width:g} × {entry.height:g} {entry.unit}"
    if entry.bleed_mm:
        text += f", {entry.bleed_mm:g} mm bleed"
    if entry.unit == "mm" and entry.scale != 1:
        text += f", page at {entry.scale * 100:g} %"
    return text


def file_size_text(weight_bytes: int) -> str:
    """Return a file's size as text, in kB or MB (1000 and 1,000,000 bytes)."""
    if weight_bytes < 1000:
        return f"{weight_bytes} bytes"
    if weight_bytes < 1_000_000:
        return f"{weight_bytes / 1000:.0f} kB"
    return f"{weight_bytes / 1_000_000:.1f} MB"


def make_card(entry: ListedAsset, condition: FileCondition) -> Card:
    """Return the card of one asset."""
    width_px, height_px = thumb_size_px(entry)
    # Percent-encoded, so that no path is read as a scheme, a query or a fragment.
    href = quote(entry.path, safe="/")
    name = thumb_name(entry)
    picture = f"{FOLDER}/{name}" if name else href
    return Card(
        entry=entry,
        condition=condition,
        shape=shape_of(entry.ratio),
        width_px=width_px,
        height_px=height_px,
        href=href,
        picture=picture if condition is FileCondition.FOUND else None,
        size=size_text(entry),
        weight=file_size_text(entry.bytes),
        badges=_badges(entry),
    )


def _badges(entry: ListedAsset) -> tuple[tuple[str, str], ...]:
    counts = Counter(finding.severity for finding in entry.findings)
    return tuple(
        (severity.value, f"{counts[severity]} {severity.value}{'s' if counts[severity] > 1 else ''}")
        for severity in SEVERITY_ORDER
        if counts[severity]
    )


def group_cards(cards: Iterable[Card]) -> tuple[MediumSection, ...]:
    """Return the cards grouped by medium and channel. Within a medium tall channels come first, strips last."""
    ordered = sorted(cards, key=lambda card: (_medium_rank(card.entry.medium), card.entry.medium))
    return tuple(
        MediumSection(medium, MEDIUM_NAMES.get(medium, medium), _groups(tuple(members)))
        for medium, members in groupby(ordered, key=lambda card: card.entry.medium)
    )


def _medium_rank(medium: str) -> int:
    return MEDIUMS.index(medium) if medium in MEDIUMS else len(MEDIUMS)


def _groups(cards: Sequence[Card]) -> tuple[ChannelGroup, ...]:
    by_channel: dict[str, list[Card]] = {}
    for card in cards:
        by_channel.setdefault(card.entry.channel or card.entry.medium, []).append(card)
    groups = (_group(channel, members) for channel, members in by_channel.items())
    return tuple(sorted(groups, key=lambda group: (_shape_rank(group), group.channel)))


def _shape_rank(group: ChannelGroup) -> int:
    return min(SHAPE_NAMES.index(card.shape) for card in group.cards)


def _group(channel: str, cards: Iterable[Card]) -> ChannelGroup:
    def rank(card: Card) -> tuple[str, ...]:
        entry = card.entry
        return (entry.partner, entry.locale or "", entry.message or "", entry.variant or "", entry.id)

    ordered = tuple(sorted(cards, key=rank))
    sizes = {card.size for card in ordered}
    return ChannelGroup(channel, sizes.pop() if len(sizes) == 1 else "", ordered)


def make_filters(cards: Sequence[Card]) -> tuple[Filter, ...]:
    """Return the filters. The filter for locales is left out if all assets have the same locale."""
    filters = [
        Filter("partner", "Partner", "All partners", _options(cards, "partner")),
        Filter("message", "Message", "All messages", _options(cards, "message")),
        Filter("medium", "Medium", "All mediums", _options(cards, "medium", MEDIUMS, MEDIUM_NAMES)),
        Filter("shape", "Shape", "All shapes", _options(cards, "shape", SHAPE_NAMES)),
    ]
    if not has_locales(cards):
        return tuple(filters)
    return (*filters, Filter("locale", "Locale", "All locales", _options(cards, "locale")))


def has_locales(cards: Iterable[Card]) -> bool:
    """Say whether the assets have more than one locale. If so, each card shows its locale."""
    return len({card.entry.locale for card in cards if card.entry.locale}) > 1


def _options(
    cards: Sequence[Card], key: str, order: Sequence[str] = (), names: Mapping[str, str] | None = None
) -> tuple[tuple[str, str, int], ...]:
    """Return (value, label, count) of each value that occurs: first those in ``order``, then alphabetically."""
    counts = Counter(card.facets[key] for card in cards)
    known = [value for value in order if value in counts]
    others = sorted(value for value in counts if value not in order)
    labels = {NONE: "none", **(names or {})}
    return tuple((value, labels.get(value, value), counts[value]) for value in (*known, *others))


def read_resource(name: str) -> str:
    """Return a text file of this package: the page's template, its style sheet or its script."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def content_policy(script: str) -> str:
    """Return the page's Content-Security-Policy. It allows the page's own files and its own script, nothing else.

    ``file:`` is needed besides ``'self'``: in some browsers ``'self'`` does not match a page opened from a disk.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        "default-src 'none'; img-src 'self' file: data:; style-src 'self' file:; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def render_page(heading: ManifestHead, cards: Sequence[Card]) -> str:
    """Return the HTML of the gallery. Its footer lists the versions of the build, assetgen's first."""
    script = read_resource("gallery.js")
    versions = [(_clean(name), _clean(version)) for name, version in heading.engine.items()]
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(read_resource("gallery.html")).render(
        campaign=_clean(heading.campaign),
        edition=_clean(heading.edition),
        engine=sorted(versions, key=lambda version: (version[0] != "assetgen", version[0].lower())),
        sections=group_cards(cards),
        filters=make_filters(cards),
        has_locales=has_locales(cards),
        total=len(cards),
        style=f"{FOLDER}/{STYLE_NAME}",
        policy=content_policy(script),
        script=Markup(script),
    )
