"""The form of ``partner.yaml``: keys, types, bounds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from assetgen.campaign.schema_print import LogoInks
from assetgen.campaign.schema_types import (
    EMAIL,
    Date,
    GroundChoice,
    Id,
    Line,
    Locale,
    PictureChoice,
    PrinterChoice,
    Strict,
    TemplateChoice,
    Tracking,
    Words,
)


class LogoFile(Strict):
    """A partner's logo: a file beside ``partner.yaml``, and what it says to somebody who cannot see it."""

    file: Words
    alt: Line
    dark: Words | None = None
    mono: Words | None = None
    min_width_mm: Annotated[float, Field(ge=0, le=1000)] = 0.0
    clear: Annotated[float, Field(ge=0, le=2)] = 0.0
    permission_until: Date | None = None
    inks: LogoInks = Field(default={})


class ContactFile(Strict):
    """Who answers questions about a partner's pack."""

    name: Words | None = None
    email: Annotated[str, StringConstraints(pattern=EMAIL)] | None = None


class ExtraFile(Strict):
    """A size of the partner's own, made like a channel of the catalogue: px for screens, mm (trim) for print."""

    id: Words
    like: Id
    size: Annotated[list[Annotated[float, Field(gt=0, le=20000)]], Field(min_length=2, max_length=2)]
    name: Annotated[Line, Field(max_length=60)] | None = None


class PartnerFile(Strict):
    """``partners/<partner>/partner.yaml``: all but ``name`` may be left out."""

    name: Annotated[Line, Field(max_length=120)]
    short_name: Annotated[Line, Field(max_length=60)] | None = None
    role: Literal["lead", "joint", "supporting"] = "supporting"
    logo: LogoFile | None = None
    with_: list[Words] = Field(default=[], alias="with")
    messages: Annotated[list[Words], Field(min_length=1)] | None = None
    locales: Annotated[list[Locale], Field(min_length=1)] | None = None
    channels: Annotated[list[Words], Field(min_length=1)] | None = None
    template: TemplateChoice = Field(default={})
    ground: GroundChoice = Field(default={})
    picture: PictureChoice = Field(default={})
    printer: PrinterChoice = Field(default={})
    local_line: dict[Locale, Annotated[Line, Field(max_length=60)]] = Field(default={})
    tracking: Tracking | None = None
    contact: ContactFile = ContactFile()
    extra: list[ExtraFile] = Field(default=[])
    embargo: Date | None = None
    valid_until: Date | None = None
    approved_by: Annotated[Line, Field(max_length=120)] | None = None
