"""The form of ``partners/<partner>/partner.yaml``: who the partner is, and what it asks for."""

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
    Line,
    Locale,
    Name,
    PageSize,
    PictureChoice,
    PlacedValue,
    PrinterChoice,
    ShortLine,
    Strict,
    TemplateChoice,
    Text,
    Tracking,
    Words,
)

PlacedName = Annotated[Text, PlacedValue(Name)]
LogoInks = dict[Annotated[str, StringConstraints(pattern=COLOUR), AfterValidator(str.lower)], Inks]


class LogoFile(Strict):
    """A partner's logo: files beside ``partner.yaml``, and the owner's rules for it."""

    file: Words = Field(
        description="An SVG of shapes alone (no text, styles or pictures inside) or a PNG, beside partner.yaml. What "
        "is drawn is rebuilt from it."
    )
    alt: Line = Field(description="What the logo says to somebody who cannot see it.")
    dark: Words | None = Field(default=None, description="The logo's own file for dark backgrounds.")
    mono: Words | None = Field(
        default=None,
        description="The logo's own file for one colour; also drawn where the usual one would not show on its "
        "background.",
    )
    min_width_mm: Annotated[float, Field(ge=0, le=1000)] = Field(
        default=0.0,
        description="The least width of the logo's ink as it is seen, in mm (on screens by the channel's `px_mm`).",
    )
    clear: Annotated[float, Field(ge=0, le=2)] = Field(
        default=0.0, description="The space around it that nothing enters, as a share of its height."
    )
    permission_until: Day | None = Field(
        default=None,
        description="The last day on which the logo may be shown. After it no pack is made of files that show it, for "
        "this partner or another.",
    )
    inks: LogoInks = Field(
        default={},
        description="The inks (cyan, magenta, yellow, black in per cent) in which a colour of an SVG logo is printed. "
        "Other colours are separated, greys and near black in black alone.",
    )


class CustomSize(Strict):
    """A size of the partner's own, made like a channel of the catalogue with all that it demands."""

    id: Words = Field(description="A new id: no channel of the catalogue or of the campaign has it.")
    based_on: Id = Field(description="The channel that it is made like; within `allow.channels`.")
    size: PageSize = Field(
        description="Width and height: mm of the trimmed size where `based_on` is printed, else px. At most four times "
        "the area of `based_on`, at least a quarter, and at most twelve times as long as high."
    )
    name: Annotated[Line, Field(max_length=60)] | None = Field(
        default=None, description="What lists, job ticket and contact sheet call it."
    )


class PartnerFile(Strict):
    """``partners/<partner>/partner.yaml``: all but ``name`` may be left out."""

    name: PlacedName = Field(description="The partner's name; it stands in the footer, in up to three lines.")
    short_name: ShortLine | None = Field(
        default=None,
        description="The name that is used where the full one has no room. Default: the name less what is in brackets.",
    )
    role: Literal["lead", "joint", "supporting"] = Field(
        default="supporting", description="The order of the logos in a footer, and how large they are."
    )
    logo: LogoFile | None = Field(
        default=None, description="The partner's logo. Without it the name is set in type."
    )
    alongside: tuple[Words, ...] = Field(
        default=(),
        description="Other partners whose logos are shown with this one, at most three.",
    )
    messages: Annotated[tuple[Words, ...], Field(min_length=1)] | None = Field(
        default=None,
        description="The messages, as globs; the campaign's if not given. Within `allow.messages`.",
    )
    locales: Annotated[tuple[Locale, ...], Field(min_length=1)] | None = Field(
        default=None, description="The locales; the campaign's if not given."
    )
    channels: Annotated[tuple[Words, ...], Field(min_length=1)] | None = Field(
        default=None,
        description="The channels, as globs; the campaign's if not given. Within `allow.channels`.",
    )
    template: TemplateChoice = Field(
        default={},
        description="The template, before the message's and the campaign's; within `allow.templates`.",
    )
    background: BackgroundChoice = Field(
        default={}, description="The background, before the message's and the campaign's."
    )
    picture: PictureChoice = Field(
        default={}, description="The picture, before the message's and the campaign's."
    )
    printer: PrinterChoice = Field(default={}, description="The printer, before the campaign's.")
    local_line: dict[Locale, ShortLine] = Field(
        default={},
        description="A line above the number, in place of the message's action, by locale, in channels that take one.",
    )
    tracking: Tracking | None = Field(
        default=None,
        description="What a link tells the site's owner; the campaign's if not given. Within `allow.tracking`.",
    )
    contact: Contact = Field(
        default=Contact(), description="Who receives the pack; `assetgen list packs` shows it."
    )
    custom_sizes: tuple[CustomSize, ...] = Field(
        default=(),
        description="Sizes of the partner's own, at most `allow.custom_sizes`. They are built beside `channels`.",
    )
    embargo: Day | None = Field(
        default=None, description="Before this day nothing of this partner's is handed out."
    )
    valid_until: Day | None = Field(
        default=None, description="The last day on which this partner's files may be shown."
    )
    approved_by: Name | None = Field(
        default=None,
        description="Who approves for this partner, where `assetgen approve --by` names nobody.",
    )
