"""Schema of ``partners/<partner>/partner.yaml``: the partner, and its choices."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from assetgen.schema.fields import (
    COLOUR,
    BackgroundChoice,
    Contact,
    Day,
    Id,
    Inks,
    Locale,
    Name,
    NonEmptyText,
    OneLineText,
    PageSize,
    PictureChoice,
    PlacedText,
    PlacedValue,
    PrinterChoice,
    ShortCopy,
    ShortLine,
    StrictModel,
    TemplateChoice,
    Tracking,
)

PlacedName = Annotated[PlacedText, PlacedValue(Name)]
LogoInks = dict[Annotated[str, StringConstraints(pattern=COLOUR), AfterValidator(str.lower)], Inks]


class LogoFile(StrictModel):
    """A partner's logo: its files beside ``partner.yaml``, and the owner's rules for using it."""

    file: NonEmptyText = Field(
        description="An SVG or PNG file beside partner.yaml. An SVG may contain only shapes: no text, styles or "
        "pictures. Assets show a rebuilt copy of the file."
    )
    alt: OneLineText = Field(description="The logo's alt text, for people who cannot see it.")
    dark: NonEmptyText | None = Field(default=None, description="A version of the logo for dark backgrounds.")
    mono: NonEmptyText | None = Field(
        default=None,
        description="A version of the logo in one colour. It is also used where the usual version would not be visible "
        "on its background.",
    )
    min_width_mm: Annotated[float, Field(ge=0, le=1000)] = Field(
        default=0.0,
        description="The minimum width of the logo's visible area, in mm; on screens, measured with the channel's "
        "`px_mm`.",
    )
    clear: Annotated[float, Field(ge=0, le=2)] = Field(
        default=0.0, description="The clear space around the logo, as a share of its height."
    )
    permission_until: Day | None = Field(
        default=None,
        description="The last day on which the logo may be shown. After it, files that show the logo go into no pack, "
        "of this partner or of others.",
    )
    inks: LogoInks = Field(
        default={},
        description="The inks (cyan, magenta, yellow and black, in per cent) for colours of an SVG logo. Other colours "
        "are converted to CMYK, with greys and near-blacks in black ink only.",
    )


class CustomSize(StrictModel):
    """A custom size of a partner. It has all the requirements of the channel it is based on."""

    id: NonEmptyText = Field(description="An id that no channel of the catalogue or the campaign has.")
    based_on: Id = Field(description="The channel it is based on; `allow.channels` must allow it.")
    size: PageSize = Field(
        description="Width and height, in mm of the trimmed size if `based_on` is printed, otherwise in px. The area "
        "must be between a quarter and four times that of `based_on`, and the long side at most twelve times the "
        "short side."
    )
    name: Annotated[OneLineText, Field(max_length=60)] | None = Field(
        default=None, description="Its name in lists, job tickets and contact sheets."
    )


class PartnerFile(StrictModel):
    """``partners/<partner>/partner.yaml``. Only ``name`` is required."""

    name: PlacedName = Field(description="The partner's name. The footer shows it, in up to three lines.")
    short_name: ShortLine | None = Field(
        default=None,
        description="A shorter name, used where the full one does not fit. Default: the name without the part in "
        "brackets.",
    )
    role: Literal["lead", "joint", "supporting"] = Field(
        default="supporting", description="The role. It decides the order and size of the logos in a footer."
    )
    logo: LogoFile | None = Field(
        default=None, description="The partner's logo. Without it the name is set in type."
    )
    alongside: tuple[NonEmptyText, ...] = Field(
        default=(),
        description="Other partners whose logos are shown with this one, at most three.",
    )
    messages: Annotated[tuple[NonEmptyText, ...], Field(min_length=1)] | None = Field(
        default=None,
        description="The messages, as globs; `allow.messages` must allow them. Default: the campaign's.",
    )
    locales: Annotated[tuple[Locale, ...], Field(min_length=1)] | None = Field(
        default=None, description="The locales. Default: the campaign's."
    )
    channels: Annotated[tuple[NonEmptyText, ...], Field(min_length=1)] | None = Field(
        default=None,
        description="The channels, as globs; `allow.channels` must allow them. Default: the campaign's.",
    )
    template: TemplateChoice = Field(
        default={},
        description="The template. It overrides the message's and the campaign's; `allow.templates` must allow it.",
    )
    background: BackgroundChoice = Field(
        default={}, description="The background. It overrides the message's and the campaign's."
    )
    picture: PictureChoice = Field(
        default={}, description="The picture. It overrides the message's and the campaign's."
    )
    printer: PrinterChoice = Field(default={}, description="The printer. It overrides the campaign's.")
    local_line: dict[Locale, ShortCopy] = Field(
        default={},
        description="A line above the number, by locale, in channels that have one. It replaces the message's action.",
    )
    tracking: Tracking | None = Field(
        default=None,
        description="What a link tells the owner of the website; `allow.tracking` must allow it. Default: the "
        "campaign's.",
    )
    contact: Contact = Field(
        default=Contact(), description="The recipient of the pack; `assetgen list packs` shows it."
    )
    custom_sizes: tuple[CustomSize, ...] = Field(
        default=(),
        description="Custom sizes, built in addition to `channels`. Their maximum number is `allow.custom_sizes`.",
    )
    embargo: Day | None = Field(
        default=None, description="Before this day only specimen packs are made for this partner."
    )
    valid_until: Day | None = Field(
        default=None, description="The last day on which this partner's assets may be shown."
    )
    approved_by: Name | None = Field(
        default=None,
        description="The approver for this partner, if `assetgen approve` is run without `--by`.",
    )
