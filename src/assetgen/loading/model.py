"""The campaign as frozen values: what the files say, checked, with all that they name.

``file`` of a thing is the model of its file, where every key is declared; beside it stands only what was resolved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ConfigDict

from assetgen.findings import NOWHERE, Finding, Place
from assetgen.loading.printers import PrintCondition, Printer, own_conditions
from assetgen.schema.brand_file import BrandFile, Facts, PictureFile
from assetgen.schema.campaign_file import CampaignFile
from assetgen.schema.channel_file import ChannelFile
from assetgen.schema.fields import Dated, Text
from assetgen.schema.message_file import MessageFile
from assetgen.schema.partner_file import LogoFile, PartnerFile
from assetgen.schema.template_file import Arrangement, TemplateFile


def no_day_left(embargo: Dated | None, valid_until: Dated | None) -> list[Finding]:
    """Return a finding where a time is over before it begins."""
    if embargo and valid_until and valid_until.day < embargo.day:
        text = f"valid_until {valid_until.day} is before embargo {embargo.day}: there is no day between them"
        return [Finding("bad-value", text, "change one of the two", valid_until.place)]
    return []


@dataclass(frozen=True, slots=True)
class Ink:
    """What of a logo's box is painted, as it was measured when the file was read.

    ``coverage`` is the painted share of the box. ``rim`` are the relative luminances (0 to 1, WCAG 2.2) of its
    outer edge, in nine even steps from dark to light: what meets the background. ``background`` is the colour
    (``#RRGGBB``) that the file brings along as its own pale background, None where it is see-through.
    """

    coverage: float = 1.0
    rim: tuple[float, ...] = ()
    background: str | None = None


@dataclass(frozen=True, slots=True)
class Logo:
    """A partner's logo, rebuilt at the door: what is drawn is ``content``, never the original.

    ``mime`` is ``image/svg+xml`` or ``image/png``; width and height are its own units, for the ratio: of its
    ink, to which a file of a partner's is cut. ``rules`` is what its owner says of it; ``dark`` and ``mono`` are the
    same logo for dark backgrounds and for work in one colour.
    """

    file: str
    rules: LogoFile
    mime: str
    content: bytes = field(repr=False)
    width: float
    height: float
    sha256: str
    source_sha256: str
    ink: Ink = Ink()
    place: Place = NOWHERE
    dark: Logo | None = None
    mono: Logo | None = None

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
    what is (``artwork/bitmaps.py``), of ``width`` by ``height`` pixels.
    """

    name: str
    file: PictureFile
    path: str
    content: bytes = field(repr=False)
    width: int
    height: int
    source_sha256: str


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
CLICK_MEDIUMS = frozenset({"social", "display", "workplace", "email"})
# The design of a channel for which neither the campaign nor the catalogue names one.
USUAL_TEMPLATE = "beacon"


@dataclass(frozen=True, slots=True)
class Brand:
    """The locked facts, palette, type and rules of a brand, with the files that they name."""

    file: BrandFile
    palette_places: Mapping[str, Place]
    """Where each colour of the palette stands in its file."""
    faces: tuple[FontFace, ...]
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    conditions: Mapping[str, PrintCondition] = field(default_factory=own_conditions)
    printers: Mapping[str, Printer] = field(default_factory=dict)

    @property
    def facts(self) -> Facts:
        """Return the locked facts."""
        return self.file.facts

    def condition(self, stock: str, printer: str | None) -> PrintCondition:
        """Return how a stock is printed: as its printer says, else as the brand does."""
        own = self.printers[printer].conditions if printer else {}
        return own.get(stock, self.conditions[stock])

    def family(self, locale: str) -> str:
        """Return the font family for a locale: its own, its language's, else ``text``."""
        fonts = self.file.fonts
        return fonts.get(locale) or fonts.get(locale.split("-", maxsplit=1)[0]) or fonts["text"]


@dataclass(frozen=True, slots=True)
class Message:
    """One idea for one audience."""

    id: str
    file: MessageFile
    """What its file says, laid over those of the messages that it is like."""
    place: Place
    files: Mapping[str, str]
    """Path → sha256 of its file, and of the files of the messages that it is like."""


class Channel(ChannelFile):
    """One place where an asset appears, and all that it demands."""

    # Made of a row that was checked, never of a file: nothing has to check it.
    model_config = ConfigDict(defer_build=True)

    id: str
    place: Place = NOWHERE
    based_on: str | None = None
    """The channel of the catalogue that a partner's own size is made like; what is chosen for that is for this too."""
    arranged_like: str | None = None
    """The same, where the two have one ratio: then what a template arranges for that one fits this one."""
    variant: str | None = None
    """Which further form of the channel's asset is meant; None: the main one."""
    printer: Printer | None = None
    """Who prints it; None: nobody in particular."""

    @classmethod
    def of(cls, row: ChannelFile, channel_id: str, place: Place) -> Channel:
        """Return the channel that a row of a catalogue describes."""
        return cls.model_construct(**dict(row), id=channel_id, place=place)


@dataclass(frozen=True, slots=True)
class Partner:
    """The partner that a pack is for. ``file`` is what its own file says; the rest is resolved against the campaign."""

    id: str
    file: PartnerFile
    short_name: Text
    logo: Logo | None
    alongside: tuple[str, ...]
    """The partners whose logos stand beside its own."""
    messages: tuple[str, ...]
    """The ids that its globs chose, or the campaign's, in order; likewise ``locales`` and ``channels``."""
    locales: tuple[str, ...]
    channels: tuple[str, ...]
    tracking: str
    place: Place
    files: Mapping[str, str]
    """Path → sha256 of each file that this partner was read from."""
    custom_sizes: Mapping[str, Channel] = field(default_factory=dict)
    """Sizes of its own, made like channels of the catalogue, by id; ``channels`` names them too."""


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
class Campaign:
    """All that a build starts from. ``root`` is the campaign's folder."""

    root: Path
    file: CampaignFile
    brand: Brand
    messages: Mapping[str, Message]
    templates: Mapping[str, Template]
    channels: Mapping[str, Channel]
    ask_owner: tuple[Channel, ...]
    """Channels that exist but have no fixed size: the media owner's own template is needed."""
    partners: Mapping[str, Partner]
    unreadable_partners: frozenset[str]
    """Partners whose own files cannot be read: their finished files stay, marked stale."""
    broken_messages: frozenset[str]
    broken_templates: frozenset[str]
    files: Mapping[str, str]
    """Path → sha256 of the files that every asset rests on: ``campaign.yaml``, and the brand's three."""

    def channel(self, partner_id: str, channel_id: str) -> Channel:
        """Return a channel as a partner has it: of its own sizes, or of the catalogue."""
        partner = self.partners.get(partner_id)
        own = partner.custom_sizes.get(channel_id) if partner else None
        return own or self.channels[channel_id]

    def every_channel(self) -> tuple[Channel, ...]:
        """Return the channels of the catalogue, then the partners' own sizes."""
        return (
            *self.channels.values(),
            *(one for who in self.partners.values() for one in who.custom_sizes.values()),
        )
