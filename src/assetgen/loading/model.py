"""The campaign as frozen values: the validated contents of its files, with all references resolved.

The attribute ``file`` of each class is the schema model of its file, with every key. The other attributes are
resolved values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ConfigDict

from assetgen.findings import NO_PLACE, Finding, Place
from assetgen.loading.colour_roles import Palette
from assetgen.loading.printers import PrintCondition, Printer, built_in_conditions
from assetgen.schema.brand_file import BrandFile, Facts, PictureFile
from assetgen.schema.campaign_file import CampaignFile
from assetgen.schema.channel_file import ChannelFile
from assetgen.schema.fields import PlacedDate, PlacedText, is_font_role
from assetgen.schema.message_file import MessageFile
from assetgen.schema.partner_file import LogoFile, PartnerFile
from assetgen.schema.template_file import ShapeLayout, TemplateFile


def check_embargo_before_expiry(embargo: PlacedDate | None, valid_until: PlacedDate | None) -> list[Finding]:
    """Return a finding if the expiry is before the end of the embargo, so that no day is left."""
    if embargo and valid_until and valid_until.day < embargo.day:
        text = f"valid_until {valid_until.day} is before embargo {embargo.day}"
        return [Finding("bad-value", text, "change one of the two dates", valid_until.place)]
    return []


@dataclass(frozen=True, slots=True)
class Ink:
    """The painted part of a logo's box, measured when the file was read.

    ``coverage`` is the painted share of the box. ``rim_luminances`` has the relative luminance (0 to 1, WCAG 2.2) of
    the outer edge, which meets the background: nine percentiles, from dark to light. ``background`` is the colour
    (``#RRGGBB``) of a pale background in the file itself. It is None if the file has none.
    """

    coverage: float = 1.0
    rim_luminances: tuple[float, ...] = ()
    background: str | None = None


@dataclass(frozen=True, slots=True)
class Logo:
    """A partner's logo, rebuilt when it was read. Only ``content`` is drawn, never the original file.

    ``mime`` is ``image/svg+xml`` or ``image/png``. ``width`` and ``height`` are px in an SVG, pixels in a PNG, after
    the logo was cropped to its ink. ``rules`` has the owner's rules for its use. ``dark`` and ``mono`` are the files of
    the same logo for dark backgrounds and for one-colour work.
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
    place: Place = NO_PLACE
    dark: Logo | None = None
    mono: Logo | None = None

    @property
    def files(self) -> dict[str, str]:
        """Return the sha256 of each file that the logo was read from, by path."""
        versions = (self, self.dark, self.mono)
        return {one.file: one.source_sha256 for one in versions if one}

    @property
    def is_vector(self) -> bool:
        """Return whether it is a vector drawing, which is sharp at any size."""
        return self.mime == "image/svg+xml"

    @property
    def ratio(self) -> float:
        """Return width ÷ height."""
        return self.width / self.height


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the brand.

    ``content`` is the original file, which is never drawn. ``decode_picture`` in ``artwork/bitmaps.py`` decodes it to
    ``width`` by ``height`` pixels.
    """

    name: str
    file: PictureFile
    path: str
    content: bytes = field(repr=False)
    width: int
    height: int
    source_sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class FontFace:
    """One face of a font file: its family, weight and metrics in em, and its bytes as a static font.

    Measuring and drawing use ``content``. The file is not read again, so its hash ``sha256`` always describes the
    bytes in use. ``postscript_name`` is the name that the font keeps when it is embedded in a PDF. ``cap_em`` is the
    cap height. ``ascent_em`` and ``descent_em`` are how far a line extends above and below the baseline,
    ``descender_em`` is how far the ink of letters such as g reaches below it; all are positive. ``is_instance`` is True
    if the face was made from a variable font. ``restriction`` says what the font's licence bits forbid; it is empty if
    they forbid nothing. A face equals only itself, which makes it a fast dictionary key.
    """

    path: str
    family: str
    postscript_name: str
    weight: int
    italic: bool
    cap_em: float
    ascent_em: float
    descent_em: float
    descender_em: float
    sha256: str
    characters: frozenset[int] = field(repr=False)
    content: bytes = field(repr=False)
    is_instance: bool = False
    restriction: str = ""


@dataclass(frozen=True, slots=True)
class FontFamilies:
    """The font families of one locale, by font role. A role that the brand does not name has the family of ``text``."""

    by_role: Mapping[str, str]

    @property
    def text(self) -> str:
        """Return the family of the font role ``text``, in which most copy is set."""
        return self.by_role["text"]

    def of(self, role: str) -> str:
        """Return the family of a font role, such as ``headline``."""
        return self.by_role.get(role, self.text)


MEDIUMS = ("social", "display", "dooh", "workplace", "email", "print", "ooh", "press", "radio", "qr")
CLICK_MEDIUMS = frozenset({"social", "display", "workplace", "email"})
# The template of a channel for which neither the campaign nor the catalogue names one.
DEFAULT_TEMPLATE = "beacon"


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand: locked facts, palette, fonts and rules, and the contents of the files that they name."""

    file: BrandFile
    palette: Palette
    """The palette of the file, with the roles that every brand has."""
    palette_place: Place
    palette_places: Mapping[str, Place]
    """The place in the file of each colour of the palette."""
    font_places: Mapping[str, Place]
    """The place in the file of each font family."""
    faces: tuple[FontFace, ...]
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    conditions: Mapping[str, PrintCondition] = field(default_factory=built_in_conditions)
    printers: Mapping[str, Printer] = field(default_factory=dict)

    @property
    def facts(self) -> Facts:
        """Return the locked facts."""
        return self.file.facts

    def condition(self, stock: str, printer: str | None) -> PrintCondition:
        """Return the print condition of a stock: the printer's, else the brand's. ``printer`` is an id or None."""
        own = self.printers[printer].conditions if printer else {}
        return own.get(stock, self.conditions[stock])

    def families(self, locale: str) -> FontFamilies:
        """Return a locale's font families. If the brand names one for the locale or its language, all roles use it."""
        fonts = self.file.fonts
        if family := fonts.get(locale) or fonts.get(locale.split("-", maxsplit=1)[0]):
            return FontFamilies({"text": family})
        return FontFamilies({role: family for role, family in fonts.items() if is_font_role(role)})


@dataclass(frozen=True, slots=True)
class Message:
    """A campaign message: one idea for one audience."""

    id: str
    file: MessageFile
    """Its file, merged over those of the messages that it extends."""
    place: Place
    files: Mapping[str, str]
    """Path → sha256 of its file and of the files of the messages that it extends."""


class Channel(ChannelFile):
    """A channel: one place where assets appear, and its requirements."""

    # Built from a validated row of the catalogue, so pydantic need not build a validator.
    model_config = ConfigDict(defer_build=True)

    id: str
    place: Place = NO_PLACE
    based_on: str | None = None
    """The catalogue channel that a custom size is based on. Choices for that channel apply to the custom size too."""
    same_layout_as: str | None = None
    """The same id if both have the same ratio: a template's layout for that channel then fits this one."""
    variant: str | None = None
    """The variant of the channel's asset (``office``, ``mono``, ``sheet-a4``); None for the main one."""
    printer: Printer | None = None
    """The printer that prints it; None if no printer was chosen."""

    @classmethod
    def from_row(cls, row: ChannelFile, channel_id: str, place: Place) -> Channel:
        """Return the channel that a row of the catalogue describes."""
        return cls.model_construct(**dict(row), id=channel_id, place=place)


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner, for which a pack is built. The globs in its file are already replaced by matching ids."""

    id: str
    file: PartnerFile
    short_name: PlacedText
    logo: Logo | None
    alongside: tuple[str, ...]
    """The ids of the partners whose logos are shown with its own."""
    messages: tuple[str, ...]
    """The ids that its globs match, in order, or the campaign's. The same holds for ``locales`` and ``channels``."""
    locales: tuple[str, ...]
    channels: tuple[str, ...]
    tracking: str
    place: Place
    files: Mapping[str, str]
    """Path → sha256 of each file that this partner was read from."""
    custom_sizes: Mapping[str, Channel] = field(default_factory=dict)
    """Its custom sizes, as channels by id. ``channels`` has their ids too."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template: ``template.yaml`` and its source files. Rendering uses these values and does not read the disk."""

    id: str
    file: TemplateFile
    """Its ``template.yaml``, merged over those of its bases."""
    bases: tuple[str, ...]
    """The ids of the templates that this one extends, nearest first."""
    layouts: Mapping[str, ShapeLayout]
    """The layout for each shape, with every value of every part."""
    palette: Palette
    """The brand's palette, with the colour roles that the template declares."""
    sources: Mapping[str, bytes]
    """Path relative to the campaign (``templates/beacon/style.css``) → bytes. Its own come first, then its bases'."""
    place: Place

    @property
    def style_sheets(self) -> tuple[str, ...]:
        """Return the paths of its style sheets in the order of the cascade: its bases' first, then its own."""
        return tuple(
            name
            for one in reversed((self.id, *self.bases))
            for name in sorted(self.sources)
            if name.startswith(f"templates/{one}/") and name.endswith(".css")
        )

    def source(self, name: str) -> str | None:
        """Return the path of a source file by name, in its own folder or its nearest base's; None if none has it."""
        paths = (f"templates/{one}/{name}" for one in (self.id, *self.bases))
        return next((path for path in paths if path in self.sources), None)


@dataclass(frozen=True, slots=True)
class CampaignModel:
    """A campaign: all inputs of a build. ``root`` is the campaign folder."""

    root: Path
    file: CampaignFile
    brand: Brand
    messages: Mapping[str, Message]
    templates: Mapping[str, Template]
    channels: Mapping[str, Channel]
    ask_owner: tuple[Channel, ...]
    """Channels without a fixed size. They cannot be built without the media owner's template."""
    partners: Mapping[str, Partner]
    unreadable_partners: frozenset[str]
    """The ids of partners that cannot be planned today. Their finished files are kept and marked stale."""
    broken_messages: frozenset[str]
    broken_templates: frozenset[str]
    files: Mapping[str, str]
    """Path → sha256 of the inputs of every asset: ``campaign.yaml``, and ``brand.yaml``, ``channels.yaml`` and
    ``printers.yaml`` in ``brand/``."""

    @property
    def partner_ids(self) -> list[str]:
        """Return the ids of all partners, sorted, including those whose files cannot be read."""
        return sorted({*self.partners, *self.unreadable_partners})

    def channel(self, partner_id: str, channel_id: str) -> Channel:
        """Return a channel by its id: a custom size of the partner, else a channel of the catalogue."""
        partner = self.partners.get(partner_id)
        own = partner.custom_sizes.get(channel_id) if partner else None
        return own or self.channels[channel_id]

    def every_channel(self) -> tuple[Channel, ...]:
        """Return the channels of the catalogue, then the partners' custom sizes."""
        return (
            *self.channels.values(),
            *(one for partner in self.partners.values() for one in partner.custom_sizes.values()),
        )
