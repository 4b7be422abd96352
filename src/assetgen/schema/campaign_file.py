"""The form of ``campaign.yaml``: what is built."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from assetgen.schema.fields import (
    BackgroundChoice,
    Contact,
    Date,
    Day,
    Id,
    Line,
    Locale,
    PictureChoice,
    PrinterChoice,
    Strict,
    TemplateChoice,
    Tracking,
    UnsetByNull,
    Words,
)

AskedKey = Literal[
    "id", "name", "short_name", "role", "messages", "channels", "locales", "template", "background", "local_line",
    "tracking", "alongside", "logo", "contact_name", "contact_email", "custom_sizes",
]  # fmt: skip


class Requests(Strict):
    """How the export of a web form is read: which column holds what, and what its answers mean."""

    columns: dict[AskedKey, Line] = Field(
        default={}, description="The header of the column for each key. Default: the keys themselves."
    )
    values: dict[AskedKey, dict[str, Line]] = Field(
        default={}, description="A form's answers by key, each with the word that it stands for."
    )


class CampaignFile(Strict):
    """``campaign.yaml``: what is built, unless a partner's own file says otherwise."""

    name: Line = Field(
        description="The campaign's name. What follows `facts.name` in it stands in the partner footer."
    )
    slug: Annotated[Id, Field(max_length=20)] = Field(
        description="The first part of every file name, and part of a tracked link's code."
    )
    edition: Line = Field(description="The edition; it stands in the imprint and in a tracked link's code.")
    released: Date = Field(description="The only date inside finished files.")
    messages: Annotated[tuple[Words, ...], Field(min_length=1)] = Field(
        description="The messages, as globs, of a partner that lists none, in this order."
    )
    locales: Annotated[tuple[Locale, ...], Field(min_length=1)] = Field(
        description="The locales of a partner that lists none."
    )
    channels: Annotated[tuple[Words, ...], Field(min_length=1)] = Field(
        description="The channels, as globs, of a partner that lists none."
    )
    template: TemplateChoice = Field(
        description="One id: the template of every channel for which the catalogue names none. A map of globs to ids, "
        '`{"*": beacon, "poster-*": other}`: the longest glob that matches wins, also over the catalogue.'
    )
    background: BackgroundChoice = Field(
        default={},
        description="The background, dark or light, of every channel, or of those that a glob matches, over the "
        "catalogue's. Where a template cannot draw it, the template's first.",
    )
    picture: PictureChoice = Field(
        default={},
        description="The picture that fills the field where the template has room for one: a name of `pictures` in "
        "brand.yaml, or `none`. The longest glob of a map that matches wins.",
    )
    printer: PrinterChoice = Field(
        default={},
        description="Who prints what: an id of brand/printers.yaml, or `none`. It counts for the medium print alone.",
    )
    tracking: Tracking = Field(default="none", description="What a link tells the site's owner.")
    approval: Literal["none", "required"] = Field(
        default="none", description="required: a pack holds only what somebody approved."
    )
    embargo: Day | None = Field(
        default=None,
        description="Before this day nothing is handed out: no pack but a specimen, and `check` and `verify` say so.",
    )
    valid_until: Day | None = Field(
        default=None, description="The last day on which it may be shown; after it likewise."
    )
    requests: Requests = Field(
        default=Requests(), description="How `assetgen partner import` reads the export of a web form."
    )
    contact: Annotated[Contact, UnsetByNull] = Field(
        default=Contact(), description="The contact for questions, on the first page of a pack."
    )
