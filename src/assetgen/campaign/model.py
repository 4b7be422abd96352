"""The campaign as frozen values: what the files said, checked, with every default filled in.

Nothing past ``campaign/`` sees YAML, pydantic or a value that could still have been resolved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from assetgen.campaign.arrangement import Arrangement
from assetgen.campaign.art import Colour, FontFace, Logo, Picture
from assetgen.campaign.conditions import Condition, own_conditions
from assetgen.campaign.dated import Dated
from assetgen.campaign.printers import Printer
from assetgen.findings import NOWHERE, Place

MEDIUMS = ("social", "display", "dooh", "workplace", "email", "print", "ooh", "press", "radio", "qr")
PRINT_MEDIUMS = frozenset({"print", "ooh", "press"})
CLICK_MEDIUMS = frozenset({"social", "display", "workplace", "email"})
TIERS = ("long", "short", "tiny")
# The design of a channel for which neither the campaign nor the catalogue names one.
USUAL_TEMPLATE = "beacon"


@dataclass(frozen=True, slots=True)
class Text:
    """Words that a person wrote, and where they stand."""

    text: str
    place: Place = NOWHERE

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Facts:
    """The helpline's number, its address, its promise. Nothing that a partner writes changes them."""

    name: str
    number: str
    number_tel: str
    address: str
    url: str
    promise: Mapping[str, str]
    hosts: tuple[str, ...]
    also_numbers: tuple[str, ...]
    also_hosts: tuple[str, ...]
    confirmed_by: str | None
    confirmed_on: date | None
    review_by: date | None
    place: Place = NOWHERE
    review_place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Allow:
    """What partners of this brand may choose, as globs."""

    messages: tuple[str, ...] = ("*",)
    channels: tuple[str, ...] = ("*",)
    templates: tuple[str, ...] = ("*",)
    tracking: tuple[str, ...] = ("none", "campaign", "partner", "channel")
    extra: int = 6
    """How many sizes of its own a partner may ask for."""


@dataclass(frozen=True, slots=True)
class LinkStyle:
    """How a tracked link looks: ``code`` is ``?<parameter>=<code>``, ``utm`` the usual three fields."""

    style: str = "code"
    parameter: str = "r"


@dataclass(frozen=True, slots=True)
class Brand:
    """The locked facts, palette, type and rules of a brand."""

    led_by: str
    palette: Mapping[str, Colour]
    fonts: Mapping[str, str]
    faces: tuple[FontFace, ...]
    words: Mapping[str, Mapping[str, str]]
    allow: Allow
    link: LinkStyle
    facts: Facts
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    conditions: Mapping[str, Condition] = field(default_factory=own_conditions)
    printers: Mapping[str, Printer] = field(default_factory=dict)

    def condition(self, stock: str, printer: str | None) -> Condition:
        """Return how a stock is printed: as its printer says, else as the brand does."""
        own = self.printers[printer].conditions if printer else {}
        return own.get(stock, self.conditions[stock])

    def family(self, locale: str) -> str:
        """Return the font family for a locale: its own, its language's, else ``text``."""
        return (
            self.fonts.get(locale) or self.fonts.get(locale.split("-", maxsplit=1)[0]) or self.fonts["text"]
        )


@dataclass(frozen=True, slots=True)
class MessageWords:
    """One message in one locale. ``headline``, ``body``, ``action`` map a tier to its words."""

    headline: Mapping[str, Text]
    body: Mapping[str, Text]
    action: Mapping[str, Text]
    alt_short: Text
    alt_long: Text
    posts: Mapping[str, Text]
    source: Text | None
    reviewed: bool


@dataclass(frozen=True, slots=True)
class Message:
    """One idea for one audience."""

    id: str
    accent: str
    template: Mapping[str, str]
    ground: Mapping[str, str]
    locales: Mapping[str, MessageWords]
    place: Place
    files: Mapping[str, str]
    """Path → sha256 of its file, and of the files of the messages that it is like."""
    picture: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Partner:
    """Who asks for a pack. ``channels``, ``messages`` are the ids that its globs chose, in order."""

    id: str
    name: Text
    short_name: Text
    role: str
    logo: Logo | None
    with_: tuple[str, ...]
    messages: tuple[str, ...]
    locales: tuple[str, ...]
    channels: tuple[str, ...]
    template: Mapping[str, str]
    """Its own choice of designs, by glob; ``""`` is the word that stands alone. Likewise ``ground``."""
    ground: Mapping[str, str]
    local_line: Mapping[str, Text]
    tracking: str
    contact_name: str | None
    contact_email: str | None
    place: Place
    files: Mapping[str, str]
    """Path → sha256 of each file that this partner was read from."""
    picture: Mapping[str, str] = field(default_factory=dict)
    printer: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Channel] = field(default_factory=dict)
    """Sizes of its own, made like channels of the catalogue, by id; ``channels`` names them too."""
    embargo: Dated | None = None
    valid_until: Dated | None = None
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """The tiers of copy that a channel takes, best first; empty means none of that role."""

    headline: tuple[str, ...]
    body: tuple[str, ...]
    action: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """One place where an asset appears, and all that it demands.

    Lengths (``width``, ``height``, ``safe``, ``keep_clear``, ``joins``) are px for screen mediums,
    mm at final size (trim) for print, ooh and press. ``safe`` is (top, right, bottom, left);
    ``safe_circle`` the diameter of a centred circle instead. ``scale`` is page over final size.
    ``view_m``, ``read_m``, ``scan_m`` are distances in metres; ``px_mm`` is the size of one pixel
    before the reader in mm. ``max_bytes`` is a hard limit, ``advised_bytes`` one that only warns.
    """

    id: str
    name: str
    medium: str
    width: float
    height: float
    shape: str
    safe: tuple[float, float, float, float]
    safe_circle: float | None
    keep_clear: tuple[tuple[float, float, float, float], ...]
    bleed_mm: float
    scale: float
    ppi: int
    format: str
    max_bytes: int | None
    advised_bytes: int | None
    colour: str
    template: str | None
    ground: str
    view_m: float
    read_m: float
    scan_m: float | None
    px_mm: float | None
    requires: tuple[str, ...]
    qr: bool
    copy: Copy
    per: str
    deliverables: tuple[str, ...]
    joins_x: tuple[float, ...]
    joins_y: tuple[float, ...]
    source: str
    checked_on: date
    provisional: bool
    notes: str | None
    place: Place = NOWHERE
    like: str | None = None
    """The channel of the catalogue that a partner's own size is made like; what is chosen for that is for this too."""
    arranged_like: str | None = None
    """The same, where the two have one ratio: then what a design arranges for that one fits this one."""
    deliverable: str | None = None
    """Which further form of the channel's asset is meant; None: the main one."""
    printer: Printer | None = None
    """Who prints it; None: nobody in particular."""

    @property
    def is_print(self) -> bool:
        """Say whether the finished file is a page for a press, measured in mm."""
        return self.medium in PRINT_MEDIUMS


@dataclass(frozen=True, slots=True)
class AskOwner:
    """A channel that exists but has no fixed size: the media owner's own template is needed."""

    id: str
    name: str
    medium: str
    why: str


@dataclass(frozen=True, slots=True)
class Template:
    """A design: its description and its sources, read once; drawing reads these and no disk."""

    id: str
    name: str
    about: str
    bases: tuple[str, ...]
    """The designs that this one extends, nearest first."""
    grounds: tuple[str, ...]
    arrangements: Mapping[str, Arrangement]
    sources: Mapping[str, bytes]
    """Path relative to the campaign (``templates/beacon/style.css``) → its bytes; its own first, then its bases'."""
    place: Place

    @property
    def sheets(self) -> tuple[str, ...]:
        """Return its style sheets in the order in which they count: its bases' first, then its own."""
        return tuple(
            name
            for one in reversed((self.id, *self.bases))
            for name in sorted(self.sources)
            if name.startswith(f"templates/{one}/") and name.endswith(".css")
        )

    def source(self, name: str) -> str | None:
        """Return the path of a source by its name in the folder: its own, else its nearest base's, or None."""
        paths = (f"templates/{one}/{name}" for one in (self.id, *self.bases))
        return next((path for path in paths if path in self.sources), None)


@dataclass(frozen=True, slots=True)
class Requests:
    """How a form's export is read: the header of the column for each key, and a form's answers by key, each with
    the word that it stands for."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Campaign:
    """All that a build starts from. ``root`` is the campaign's folder."""

    root: Path
    name: str
    slug: str
    edition: str
    released: date
    locales: tuple[str, ...]
    template: Mapping[str, str]
    ground: Mapping[str, str]
    tracking: str
    brand: Brand
    messages: Mapping[str, Message]
    templates: Mapping[str, Template]
    channels: Mapping[str, Channel]
    ask_owner: tuple[AskOwner, ...]
    partners: Mapping[str, Partner]
    requests: Requests
    unreadable_partners: frozenset[str]
    """Partners whose own files cannot be read: their finished files stay, marked stale."""
    broken_messages: frozenset[str]
    broken_templates: frozenset[str]
    files: Mapping[str, str]
    """Path → sha256 of the files that every asset rests on: ``campaign.yaml``, and the brand's three."""
    picture: Mapping[str, str] = field(default_factory=dict)
    printer: Mapping[str, str] = field(default_factory=dict)
    """Whose files, by glob over channels, are made for which printer."""
    approval: str = "none"
    """Whether a pack holds only what somebody approved: ``none`` or ``required``."""
    embargo: Dated | None = None
    valid_until: Dated | None = None
    contact_name: str | None = None
    """Who made the packs and answers questions about them; None where nobody is named. Likewise the email."""
    contact_email: str | None = None

    def channel(self, partner_id: str, channel_id: str) -> Channel:
        """Return a channel as a partner has it: of its own sizes, or of the catalogue."""
        partner = self.partners.get(partner_id)
        own = partner.extra.get(channel_id) if partner else None
        return own or self.channels[channel_id]

    def every_channel(self) -> tuple[Channel, ...]:
        """Return the channels of the catalogue, then the partners' own sizes."""
        return (
            *self.channels.values(),
            *(one for who in self.partners.values() for one in who.extra.values()),
        )
