"""The campaign as frozen values: what the files say, checked, with every default filled in.

Nothing past ``campaign/`` sees YAML, pydantic or a value that could still have been resolved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from assetgen.findings import NOWHERE, Finding, Place
from assetgen.loading.printers import PrintCondition, Printer, own_conditions
from assetgen.loading.yaml.document import YamlDocument
from assetgen.schema.template_file import Arrangement, TemplateFile


@dataclass(frozen=True, slots=True)
class Dated:
    """A day, and its place in the campaign's files."""

    day: date
    place: Place = NOWHERE


def dated(day: date | None, document: YamlDocument, *path: str | int) -> Dated | None:
    """Return a day of a document with its place; None where none is set."""
    return Dated(day, document.place(*path)) if day else None


def no_day_left(embargo: Dated | None, valid_until: Dated | None) -> list[Finding]:
    """Return a finding where a time is over before it begins."""
    if embargo and valid_until and valid_until.day < embargo.day:
        text = f"valid_until {valid_until.day} is before embargo {embargo.day}: there is no day between them"
        return [Finding("bad-value", text, "change one of the two", valid_until.place)]
    return []


Inks = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Colour:
    """One palette entry: sRGB as ``#RRGGBB``, inks as (cyan, magenta, yellow, black) in per cent.

    None for a stock on which it is not printed.
    """

    name: str
    srgb: str
    coated: Inks | None
    uncoated: Inks | None
    newsprint: Inks | None
    place: Place = NOWHERE

    def inks(self, condition: str) -> Inks | None:
        """Return its inks for a condition: ``coated``, ``uncoated``, ``newsprint``; None where it has none."""
        return {"coated": self.coated, "uncoated": self.uncoated, "newsprint": self.newsprint}[condition]


@dataclass(frozen=True, slots=True)
class Ink:
    """What of a logo's box is painted, as it was measured when the file was read.

    ``coverage`` is the painted share of the box. ``rim`` are the relative luminances (0 to 1, WCAG 2.2) of its
    outer edge, in nine even steps from dark to light: what meets the ground. ``ground`` is the colour
    (``#RRGGBB``) that the file brings along as its own pale ground, None where it is see-through.
    """

    coverage: float = 1.0
    rim: tuple[float, ...] = ()
    ground: str | None = None


@dataclass(frozen=True, slots=True)
class Logo:
    """A partner's logo, rebuilt at the door: what is drawn is ``content``, never the original.

    ``mime`` is ``image/svg+xml`` or ``image/png``; width and height are its own units, for the ratio: of its
    ink, to which a file of a partner's is cut. ``least_width_mm`` and ``clear`` (a share of its height) are the
    owner's rules; ``dark`` and ``mono`` the same logo for dark grounds and for work in one colour.
    """

    file: str
    alt: str
    mime: str
    content: bytes = field(repr=False)
    width: float
    height: float
    sha256: str
    source_sha256: str
    ink: Ink = Ink()
    place: Place = NOWHERE
    least_width_mm: float = 0.0
    clear: float = 0.0
    dark: Logo | None = None
    mono: Logo | None = None
    permission_until: Dated | None = None
    inks: Mapping[str, tuple[float, float, float, float]] = field(default_factory=dict)
    """A colour of the logo (``#RRGGBB``) → the inks that its owner prints it in, in per cent."""

    @property
    def files(self) -> dict[str, str]:
        """Return path → sha256 of each file that it was read from."""
        forms = (self, self.dark, self.mono)
        return {one.file: one.source_sha256 for one in forms if one}

    @property
    def is_vector(self) -> bool:
        """Say whether it is drawn sharp at any size."""
        return self.mime == "image/svg+xml"

    @property
    def ratio(self) -> float:
        """Return width ÷ height."""
        return self.width / self.height


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the brand's. ``content`` is its file as it came, which is never drawn: ``develop`` makes of it
    what is (``campaign/picture_file.py``), of ``width`` by ``height`` pixels.

    ``focus`` is the point that stays in view, in shares of width and height from the top left. Without ``alt``
    the picture is decoration. ``light`` is the name of the picture that stands in its place on light ground.
    """

    name: str
    file: str
    alt: str | None
    focus: tuple[float, float]
    content: bytes = field(repr=False)
    width: int
    height: int
    source_sha256: str
    light: str | None = None


@dataclass(frozen=True, slots=True)
class FontFace:
    """One font file: its family and weight as fontconfig sees them, metrics in em, and its bytes.

    ``content`` is what is measured and drawn with, never the file again: it is what ``sha256`` was taken of.
    ``postscript_name`` is the face's own name, which a file that it is embedded in keeps. ``cap_em`` is the
    height of a capital, ``ascent_em`` and ``descent_em`` (positive) the line's extent.
    """

    path: str
    family: str
    postscript_name: str
    weight: int
    italic: bool
    cap_em: float
    ascent_em: float
    descent_em: float
    sha256: str
    characters: frozenset[int] = field(repr=False)
    content: bytes = field(repr=False)


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
    conditions: Mapping[str, PrintCondition] = field(default_factory=own_conditions)
    printers: Mapping[str, Printer] = field(default_factory=dict)

    def condition(self, stock: str, printer: str | None) -> PrintCondition:
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
    """A template: its description and its sources, read once; drawing reads these and no disk."""

    id: str
    file: TemplateFile
    """Its description, laid over those of its bases."""
    bases: tuple[str, ...]
    """The designs that this one extends, nearest first."""
    arrangements: Mapping[str, Arrangement]
    """The layout of each shape, every part with all its values."""
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
