"""Schemas of ``brand/brand.yaml`` and ``brand/printers.yaml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from assetgen.schema.fields import (
    COLOUR,
    LABEL_KEY,
    PARAMETER,
    TEL,
    URL,
    Date,
    Day,
    Id,
    Inks,
    Locale,
    NonEmptyText,
    OneLineText,
    OnOff,
    PointShares,
    StrictModel,
    Tracking,
)

Stock = Literal["coated", "uncoated", "newsprint"]
STOCKS: tuple[Stock, ...] = ("coated", "uncoated", "newsprint")


class PictureFile(StrictModel):
    """A picture of the brand."""

    file: NonEmptyText = Field(
        description="A JPEG or PNG in brand/images, of at most 25 MB and 25 million pixels. It is turned upright, "
        "converted to sRGB, stripped of its metadata and reduced to at most 12 million pixels. An animated, "
        "transparent or damaged picture is an error, and so is a CMYK picture without a profile."
    )
    focus: PointShares = Field(
        default=(0.5, 0.5),
        description="The point that stays visible however the picture is cropped, in shares of its width and height "
        "from the top left.",
    )
    alt: OneLineText | None = Field(
        default=None,
        description="The picture's alt text in PDFs. Without it the picture is decorative.",
    )
    light: Id | None = Field(
        default=None,
        description="The name of the picture that is used instead on a light background.",
    )


class Colour(StrictModel):
    """A colour of the palette, with its inks for each stock.

    Inks are cyan, magenta, yellow and black, in per cent. Where a stock has no inks, they are calculated from `srgb`,
    and `check` reports the calculated values.
    """

    srgb: Annotated[str, StringConstraints(pattern=COLOUR), AfterValidator(str.upper)] = Field(
        description="The colour on screens, as `#RRGGBB`."
    )
    coated: Inks | None = Field(
        default=None, description="The inks on coated stock: four numbers, in per cent."
    )
    uncoated: Inks | None = Field(
        default=None, description="The inks on uncoated stock: four numbers, in per cent."
    )
    newsprint: Inks | None = Field(
        default=None, description="The inks on newsprint: four numbers, in per cent."
    )

    def inks(self, stock: str) -> Inks | None:
        """Return the inks for a stock (``coated``, ``uncoated`` or ``newsprint``), or None if there are none."""
        return {"coated": self.coated, "uncoated": self.uncoated, "newsprint": self.newsprint}[stock]


class ConditionFile(StrictModel):
    """The print condition of a stock."""

    condition: Annotated[OneLineText, Field(max_length=60)] | None = Field(
        default=None,
        description="The condition's name in the ICC registry, such as FOGRA51. A condition that is not registered "
        "needs a `profile`.",
    )
    info: Annotated[OneLineText, Field(max_length=120)] | None = Field(
        default=None, description="The condition's full name, for people."
    )
    profile: NonEmptyText | None = Field(
        default=None,
        description="A CMYK ICC profile in brand/profiles. If the file is missing, press files for a condition that "
        "is not registered are not built (`machine`); for a registered condition they are PDF/X-1a.",
    )
    ink_limit: Annotated[float, Field(ge=100, le=400)] | None = Field(
        default=None,
        description="The maximum sum of all four inks, in per cent. No colour of the palette may exceed it. "
        "Default: 300 on coated stock, 280 on uncoated, 240 on newsprint.",
    )


class HelplineNumber(StrictModel):
    """The helpline's phone number."""

    display: OneLineText = Field(description="The number as it is printed.")
    tel: Annotated[str, StringConstraints(pattern=TEL)] = Field(
        description="The same number in E.164 format: a plus and digits."
    )


class HelplineAddress(StrictModel):
    """The address of the helpline's website."""

    display: NonEmptyText = Field(description="The address as it is printed.")
    url: Annotated[str, StringConstraints(pattern=URL, max_length=200)] = Field(
        description="The same address as a full URL."
    )


Host = Annotated[NonEmptyText, AfterValidator(str.lower)]


class AlsoAllowed(StrictModel):
    """Phone numbers and hosts that copy may contain as well as the brand's own."""

    numbers: tuple[NonEmptyText, ...] = Field(default=(), description="Phone numbers, for example 999.")
    hosts: tuple[Host, ...] = Field(default=(), description="Hosts of web addresses.")


class Confirmation(StrictModel):
    """Who confirmed the facts, and until when the confirmation is valid."""

    by: NonEmptyText | None = Field(
        default=None,
        description="The person or office that confirmed the facts. While it is empty, every check reports it.",
    )
    on: Date | None = Field(default=None, description="The date of the confirmation. Not used yet.")
    review_by: Day | None = Field(
        default=None,
        description="The last day of the confirmation. After it `check`, `verify` and `pack` warn until the facts are "
        "confirmed again. The first page of a pack shows it.",
    )


class Facts(StrictModel):
    """The locked facts: number, address and promise. A partner cannot change them."""

    name: OneLineText = Field(description="The helpline's name.")
    number: HelplineNumber = Field(description="The helpline's number.")
    address: HelplineAddress = Field(description="The address of the helpline's website.")
    promise: Annotated[dict[Locale, OneLineText], Field(min_length=1)] = Field(
        description="The helpline's promise to callers, by locale."
    )
    hosts: Annotated[tuple[Host, ...], Field(min_length=1)] = Field(
        description="The hosts that belong to the brand."
    )
    also_allowed: AlsoAllowed = Field(
        default=AlsoAllowed(),
        description="Other numbers and hosts that copy may contain, such as 999.",
    )
    confirmed: Confirmation = Field(default=Confirmation(), description="Who confirmed the facts.")

    def placeholder_values(self, partner: str = "") -> dict[str, str]:
        """Return the value of each placeholder; ``partner`` is the partner's name."""
        return {
            "number": self.number.display,
            "address": self.address.display,
            "link": self.address.url,
            "partner": partner,
        }


class AllowedChoices(StrictModel):
    """What the campaign and its partners may choose.

    If nothing that an id or glob of theirs selects is allowed, that is an error. If only some of it is allowed, the
    rest is left out. An entry here that matches nothing is an error too.
    """

    messages: tuple[NonEmptyText, ...] = Field(default=("*",), description="Messages, as globs.")
    channels: tuple[NonEmptyText, ...] = Field(default=("*",), description="Channels, as globs.")
    templates: tuple[NonEmptyText, ...] = Field(
        default=("*",), description="Templates, as globs. This also limits the templates of channels."
    )
    tracking: tuple[Tracking, ...] = Field(
        default=("none", "campaign", "partner", "channel"), description="Kinds of link tracking."
    )
    custom_sizes: Annotated[int, Field(ge=0, le=50)] = Field(
        default=6, description="The maximum number of custom sizes of a partner."
    )


class LinkStyle(StrictModel):
    """The format of a tracked link."""

    style: Literal["code", "utm"] = Field(
        default="code",
        description="code: one parameter, `?r=7c10b`. utm: `utm_campaign`, `utm_source`, `utm_medium`.",
    )
    parameter: Annotated[str, StringConstraints(pattern=PARAMETER)] = Field(
        default="r", description="The name of the parameter that holds the code."
    )


class BrandFile(StrictModel):
    """``brand/brand.yaml``: facts, palette, fonts, labels, and what partners may choose."""

    led_by: OneLineText = Field(description="The national lead, for the imprint.")
    palette: Annotated[dict[Id, Colour], Field(min_length=1)] = Field(
        description="The colours by name. `ink` and `paper` are required."
    )
    fonts: dict[NonEmptyText, NonEmptyText] = Field(
        description="Font families by role. `text` is the family of most words; a template may also use `headline` or "
        "roles of its own. A role that is missing has the family of `text`. A language (`ur`) or locale may have a "
        "family of its own."
    )
    embedding_licence: tuple[NonEmptyText, ...] = Field(
        default=(),
        description="Families that you may embed in PDFs although the licence bits of their files (fsType) forbid it.",
    )
    labels: dict[Locale, dict[Annotated[str, StringConstraints(pattern=LABEL_KEY)], OneLineText]] = Field(
        description="Labels by locale: `call`, `scan`, `partnership`, `led_by`, `edition`, and any others that a "
        "template uses."
    )
    pictures: dict[Id, PictureFile] = Field(default={}, description="The brand's pictures by name.")
    allow: AllowedChoices = Field(
        default=AllowedChoices(), description="What the campaign and its partners may choose."
    )
    link: LinkStyle = Field(default=LinkStyle(), description="The format of a tracked link.")
    press: dict[Stock, ConditionFile] = Field(
        default={},
        description="The print condition of each stock. Default: FOGRA39 for coated stock, with its profile; "
        "FOGRA47 for uncoated stock and IFRA26 for newsprint, by their registered names.",
    )
    facts: Facts = Field(description="The locked facts.")


class PrinterFile(StrictModel):
    """A printer of ``brand/printers.yaml``, and how it wants its files."""

    name: Annotated[OneLineText, Field(max_length=60)] = Field(
        description="The printer's name. The job ticket shows it."
    )
    cut_marks: OnOff = Field(
        default=False,
        description="Cut marks outside the bleed: black hairlines, 4 mm long, that start 1 mm outside it. Imposed "
        "sheets always have cut marks.",
    )
    bleed_mm: Annotated[float, Field(gt=0, le=20)] | None = Field(
        default=None,
        description="The bleed on every side, in mm. A channel without a bleed still gets none. Default: the "
        "channel's bleed.",
    )
    pdfx: Literal["x4", "x1a"] | None = Field(
        default=None,
        description="PDF/X-4 or PDF/X-1a:2001. Default: by stock. PDF/X-4 needs the stock's profile; without it the "
        "file is not built (`machine`).",
    )
    conditions: dict[Stock, ConditionFile] = Field(
        default={},
        description="Printing conditions that differ from `press` in brand.yaml, with the same four keys.",
    )
    naming: Annotated[NonEmptyText, Field(max_length=120)] | None = Field(
        default=None,
        description="The pattern of file names, without the extension. It may contain `{campaign}`, `{partner}`, "
        "`{message}`, `{channel}`, `{locale}`, `{width_mm}`, `{height_mm}`, `{form}` (empty, or `_sheet-a4` and so "
        "on), letters, digits, `-`, `_` and `.`. `{message}`, `{channel}` and `{form}` are required, and two ids need "
        "an `_` between them, so that every name is unique. Default: assetgen's own names.",
    )
    source: NonEmptyText | None = Field(default=None, description="Where these requirements come from.")
