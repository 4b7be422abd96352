"""Schemas of ``brand/brand.yaml`` and ``brand/printers.yaml``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from assetgen.schema.fields import (
    LABEL_KEY,
    PARAMETER,
    TEL,
    URL,
    Date,
    Day,
    Id,
    InkedModel,
    Locale,
    NonEmptyText,
    OneLineText,
    OnOff,
    PointShares,
    Srgb,
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


class Colour(InkedModel):
    """A colour of the palette, with its inks for each stock.

    Inks are cyan, magenta, yellow and black, in per cent. If a stock has no inks, they are calculated from `srgb`, and
    `check` reports that. `assetgen brand inks` proposes values.
    """

    srgb: Srgb = Field(description="The colour on screens, as `#RRGGBB`.")


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


class ServiceNumber(StrictModel):
    """The service's phone number."""

    display: OneLineText = Field(description="The number as it is printed.")
    tel: Annotated[str, StringConstraints(pattern=TEL)] = Field(
        default="",
        description="The same number in E.164 format, a plus and digits; or a short code such as `116123`. Default: "
        "`display`, read as a number of the country of the first locale under `labels`.",
    )


class ServiceAddress(StrictModel):
    """The address of the service's website."""

    display: NonEmptyText = Field(description="The address as it is printed.")
    url: Annotated[str, StringConstraints(pattern=URL, max_length=200)] = Field(
        default="", description="The same address as a full URL. Default: `https://`, `display` and `/`."
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
    """The locked facts: number, address and promise. A partner cannot change them.

    A service has a number, an address, or both. A promise is optional.
    """

    name: OneLineText = Field(description="The service's name.")
    number: ServiceNumber | None = Field(default=None, description="The service's phone number.")
    address: ServiceAddress | None = Field(default=None, description="The address of the service's website.")
    promise: dict[Locale, OneLineText] = Field(
        default={}, description="The service's promise to people who get in touch, by locale."
    )
    hosts: tuple[Host, ...] = Field(
        default=(), description="The hosts that belong to the brand. Default: the host of `address`."
    )
    also_allowed: AlsoAllowed = Field(
        default=AlsoAllowed(),
        description="Other numbers and hosts that copy may contain, such as 999.",
    )
    confirmed: Confirmation = Field(default=Confirmation(), description="Who confirmed the facts.")

    @property
    def number_text(self) -> str:
        """Return the number as it is printed, or an empty string if the service has none."""
        return self.number.display if self.number else ""

    @property
    def tel(self) -> str:
        """Return the number in E.164 format or as a short code, or an empty string if the service has none."""
        return self.number.tel if self.number else ""

    @property
    def address_text(self) -> str:
        """Return the address as it is printed, or an empty string if the service has none."""
        return self.address.display if self.address else ""

    @property
    def url(self) -> str:
        """Return the full URL of the address, or an empty string if the service has none."""
        return self.address.url if self.address else ""

    def promise_in(self, locale: str) -> str:
        """Return the promise in a locale, or an empty string if the service makes none."""
        return self.promise.get(locale, "")

    def words_for(self, conjunction: str = "and") -> str:
        """Return the names of the facts that the service has, such as "number, address and promise"."""
        missing = self.missing_roles()
        return join_words(
            [role for role in ("number", "address", "promise") if role not in missing], conjunction
        )

    def missing_roles(self) -> frozenset[str]:
        """Return the roles of the facts that the service does not have, such as ``number``."""
        facts = {"number": self.number, "address": self.address, "promise": self.promise}
        return frozenset(role for role, fact in facts.items() if not fact)

    def placeholder_values(self, partner: str = "") -> dict[str, str]:
        """Return the value of each placeholder that copy may contain; ``partner`` is the partner's name."""
        values = {"number": self.number_text, "address": self.address_text, "link": self.url}
        return {**{name: value for name, value in values.items() if value}, "partner": partner}

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.number is None and self.address is None:
            raise PydanticCustomError(
                "reach", "needs a number: or an address:, so that people can get in touch"
            )
        return self


def join_words(words: Sequence[str], conjunction: str) -> str:
    """Return words as a list in a sentence: "number, address and promise". There must be at least one."""
    return f" {conjunction} ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


class AllowedChoices(StrictModel):
    """What the campaign and its partners may choose.

    Ids and globs of the campaign and its partners select only what is allowed here. If one selects nothing, that is an
    error. An entry here that matches nothing is an error too.
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

    led_by: OneLineText | None = Field(
        default=None,
        description="Who stands behind the service. The imprint shows it after the label `led_by`.",
    )
    palette: Annotated[dict[Id, Colour], Field(min_length=1)] = Field(
        description="The colours by name. `ink` is the colour of text, `paper` of the page; if one is missing, it is "
        "derived from the others."
    )
    colours: dict[Id, Id] = Field(
        default={},
        description="Colour roles of the templates, each with the colour of the palette to use for it: `slate: navy`. "
        "A role that is neither here nor in the palette is derived, and `check` lists it.",
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
