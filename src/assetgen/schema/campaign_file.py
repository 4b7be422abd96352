"""Schema of ``campaign.yaml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from assetgen.schema.fields import (
    BackgroundChoice,
    Contact,
    Date,
    Day,
    Id,
    Locale,
    NonEmptyText,
    NullIsDefault,
    OneLineText,
    PictureChoice,
    PrinterChoice,
    StrictModel,
    TemplateChoice,
    Tracking,
)

RequestKey = Literal[
    "id", "name", "short_name", "role", "messages", "channels", "locales", "template", "background", "local_line",
    "tracking", "alongside", "logo", "contact_name", "contact_email", "custom_sizes",
]  # fmt: skip


def _check_brand_folder(folder: str) -> str:
    """Raise an error for a path that is absolute or written with backslashes."""
    if folder.startswith(("/", "~")) or "\\" in folder or ":" in folder:
        raise PydanticCustomError(
            "folder", "must be a path relative to campaign.yaml, with /: ../shared-brand"
        )
    return folder


class FormMapping(StrictModel):
    """How to read the export of a web form: its columns, and the meaning of its answers."""

    columns: dict[RequestKey, OneLineText] = Field(
        default={}, description="The column header of each key. Default: the key itself."
    )
    values: dict[RequestKey, dict[str, OneLineText]] = Field(
        default={}, description="For each key, a map from an answer in the form to the value it means."
    )


class CampaignFile(StrictModel):
    """``campaign.yaml``: what is built. A partner's own file can override most of it."""

    name: OneLineText = Field(
        description="The campaign's name. The partner footer shows the part of it that follows `facts.name`."
    )
    slug: Annotated[Id, Field(max_length=20)] = Field(
        description="The first part of every file name, and part of the code of a tracked link."
    )
    edition: OneLineText = Field(
        description="The edition. The imprint shows it, and it is part of the code of a tracked link."
    )
    released: Date = Field(description="The date of the release, the only date inside finished files.")
    messages: Annotated[tuple[NonEmptyText, ...], Field(min_length=1)] = Field(
        description="The messages, as globs and in this order, for partners that list none."
    )
    locales: Annotated[tuple[Locale, ...], Field(min_length=1)] = Field(
        description="The locales for partners that list none."
    )
    channels: Annotated[tuple[NonEmptyText, ...], Field(min_length=1)] = Field(
        description="The channels, as globs, for partners that list none."
    )
    brand: Annotated[NonEmptyText, AfterValidator(_check_brand_folder)] = Field(
        default="brand",
        description="The folder of the brand, relative to campaign.yaml. Several campaigns can share one: "
        "`brand: ../shared-brand`.",
    )
    template: TemplateChoice = Field(
        description="The id of the template for channels for which the catalogue names none. Or a map from globs to "
        'ids, `{"*": beacon, "poster-*": other}`: the longest matching glob wins, even over the catalogue.'
    )
    background: BackgroundChoice = Field(
        default={},
        description="The background, `dark` or `light`, of every channel; or a map from globs to backgrounds. It "
        "overrides the catalogue's. A template that does not have it uses its own first background.",
    )
    picture: PictureChoice = Field(
        default={},
        description="The picture behind the copy, where the template has a place for one: a name from `pictures` in "
        "brand.yaml, or `none`; or a map from globs to names, in which the longest matching glob wins.",
    )
    printer: PrinterChoice = Field(
        default={},
        description="The printer: an id from brand/printers.yaml, or `none`; or a map from globs to ids. It applies "
        "only to channels of the medium `print`.",
    )
    tracking: Tracking = Field(
        default="none",
        description="How much a link tells the owner of the website: nothing, the campaign, also the partner, or also "
        "the channel.",
    )
    approval: Literal["none", "required"] = Field(
        default="none", description="required: a pack contains only approved assets."
    )
    embargo: Day | None = Field(
        default=None,
        description="Before this day only specimen packs are made, and `check` and `verify` report the embargo.",
    )
    valid_until: Day | None = Field(
        default=None,
        description="The last day on which the assets may be shown. After it only specimen packs are made, and `check` "
        "and `verify` report it.",
    )
    requests: FormMapping = Field(
        default=FormMapping(), description="How `assetgen partner import` reads the export of a web form."
    )
    contact: Annotated[Contact, NullIsDefault] = Field(
        default=Contact(), description="The contact for questions. The first page of a pack shows it."
    )
