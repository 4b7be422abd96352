"""The form of ``brand/brand.yaml`` and ``brand/printers.yaml``: what is locked, and how it is printed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from assetgen.schema.fields import (
    COLOUR,
    PARAMETER,
    TEL,
    URL,
    WORD_KEY,
    Date,
    Day,
    Id,
    Inks,
    Line,
    Locale,
    OnOff,
    PointShares,
    Strict,
    Tracking,
    Words,
)

Stock = Literal["coated", "uncoated", "newsprint"]
STOCKS: tuple[Stock, ...] = ("coated", "uncoated", "newsprint")


class PictureFile(Strict):
    """A picture of the brand's."""

    file: Words = Field(
        description="A JPEG or PNG in brand/images, of at most 25 MB and 25 million pixels. It is drawn upright and in "
        "sRGB, without its notes, with at most 12 million pixels. One that is animated, see-through, damaged, or in "
        "inks without a profile is an error."
    )
    focus: PointShares = Field(
        default=(0.5, 0.5),
        description="The point that stays in view however the picture is cut, in shares of its width and height from "
        "the top left.",
    )
    alt: Line | None = Field(
        default=None,
        description="What the picture says to somebody who cannot see it, in PDFs. Without it the picture is "
        "decoration.",
    )
    light: Id | None = Field(
        default=None, description="The name of the picture that takes its place on a light background."
    )


class Colour(Strict):
    """One colour of the palette, with its inks for each stock on which it is printed.

    Inks are cyan, magenta, yellow and black in per cent. Without inks for a stock, a press file on that stock that
    shows the colour is not made; the others are.
    """

    srgb: Annotated[str, StringConstraints(pattern=COLOUR), AfterValidator(str.upper)] = Field(
        description="The colour on screens, as `#RRGGBB`."
    )
    coated: Inks | None = Field(default=None, description="The inks on coated stock, four per cent.")
    uncoated: Inks | None = Field(default=None, description="The inks on uncoated stock, four per cent.")
    newsprint: Inks | None = Field(default=None, description="The inks on newsprint, four per cent.")

    def inks(self, stock: str) -> Inks | None:
        """Return the inks for a stock: ``coated``, ``uncoated``, ``newsprint``; None where it has none."""
        return {"coated": self.coated, "uncoated": self.uncoated, "newsprint": self.newsprint}[stock]


class ConditionFile(Strict):
    """One printing condition: what a stock is printed to."""

    condition: Annotated[Line, Field(max_length=60)] | None = Field(
        default=None,
        description="The name under which the ICC registered it, such as FOGRA51. One that is not registered needs a "
        "`profile`.",
    )
    info: Annotated[Line, Field(max_length=120)] | None = Field(
        default=None, description="The name as people say it."
    )
    profile: Words | None = Field(
        default=None,
        description="An ICC profile of four inks in brand/profiles. Without the file, files for a condition that is "
        "not registered are not made (`machine`); the others are PDF/X-1a.",
    )
    ink_limit: Annotated[float, Field(ge=100, le=400)] | None = Field(
        default=None,
        description="The most of all four inks together, in per cent; no colour of the palette may have more. "
        "Default: 300 on coated stock, 280 on uncoated, 240 on newsprint.",
    )


class HelplineNumber(Strict):
    """The helpline's number."""

    display: Line = Field(description="The number as people read it.")
    tel: Annotated[str, StringConstraints(pattern=TEL)] = Field(
        description="The same number as a telephone dials it (E.164): a plus and digits."
    )


class HelplineAddress(Strict):
    """The helpline's site."""

    display: Words = Field(description="The address as people read it.")
    url: Annotated[str, StringConstraints(pattern=URL, max_length=200)] = Field(
        description="The same address as a browser opens it."
    )


Host = Annotated[Words, AfterValidator(str.lower)]


class AlsoAllowed(Strict):
    """Numbers and hosts that may stand in words beside the brand's own."""

    numbers: tuple[Words, ...] = Field(default=(), description="Such numbers, for example 999.")
    hosts: tuple[Host, ...] = Field(default=(), description="Such hosts of web addresses.")


class Confirmation(Strict):
    """Who confirmed the facts, and for how long that holds."""

    by: Words | None = Field(
        default=None,
        description="The person or office that confirmed the facts. While it is empty every check says so.",
    )
    on: Date | None = Field(default=None, description="The day on which they did; read, not used yet.")
    review_by: Day | None = Field(
        default=None,
        description="The last day before the facts are to be confirmed again. After it `check`, `verify` and `pack` "
        "warn. A pack's first page names it.",
    )


class Facts(Strict):
    """The locked facts: number, address and promise. Nothing that a partner writes changes them."""

    name: Line = Field(description="The helpline's name.")
    number: HelplineNumber = Field(description="The helpline's number.")
    address: HelplineAddress = Field(description="The helpline's site.")
    promise: Annotated[dict[Locale, Line], Field(min_length=1)] = Field(
        description="What the helpline promises, in its own words, by locale."
    )
    hosts: Annotated[tuple[Host, ...], Field(min_length=1)] = Field(
        description="The hosts that are the brand's own."
    )
    also_allowed: AlsoAllowed = Field(
        default=AlsoAllowed(), description="What may stand in words beside the facts, such as 999."
    )
    confirmed: Confirmation = Field(default=Confirmation(), description="Who confirmed the facts.")

    def placeholders(self, partner: str = "") -> dict[str, str]:
        """Return what stands for each placeholder in words, with a partner's name."""
        return {
            "number": self.number.display,
            "address": self.address.display,
            "link": self.address.url,
            "partner": partner,
        }


class Allow(Strict):
    """What the campaign and its partners may choose.

    A word of theirs of which nothing is allowed is an error; of any other the rest is left out. A word here that names
    nothing is an error too.
    """

    messages: tuple[Words, ...] = Field(default=("*",), description="Messages, as globs.")
    channels: tuple[Words, ...] = Field(default=("*",), description="Channels, as globs.")
    templates: tuple[Words, ...] = Field(
        default=("*",), description="Templates, as globs; they bind a channel's own template too."
    )
    tracking: tuple[Tracking, ...] = Field(
        default=("none", "campaign", "partner", "channel"), description="Ways of tracking links."
    )
    custom_sizes: Annotated[int, Field(ge=0, le=50)] = Field(
        default=6, description="How many sizes of its own (`custom_sizes`) a partner may have."
    )


class LinkStyle(Strict):
    """How a tracked link looks."""

    style: Literal["code", "utm"] = Field(
        default="code",
        description="code: `?r=7c10b`. utm: `utm_campaign`, `utm_source`, `utm_medium`.",
    )
    parameter: Annotated[str, StringConstraints(pattern=PARAMETER)] = Field(
        default="r", description="The name before the code."
    )


class BrandFile(Strict):
    """``brand/brand.yaml``: facts, palette, type, fixed words, what partners may choose."""

    led_by: Line = Field(description="The national lead, for the imprint.")
    palette: Annotated[dict[Id, Colour], Field(min_length=1)] = Field(
        description="The colours by name. Every brand has `ink` and `paper`."
    )
    fonts: dict[Words, Words] = Field(
        description="Font families. `text` is the family of most words; a language (`ur`) or locale may have its own."
    )
    labels: dict[Locale, dict[Annotated[str, StringConstraints(pattern=WORD_KEY)], Line]] = Field(
        description="Fixed words by locale: `call`, `scan`, `partnership`, `led_by`, `edition`, and any that a "
        "template asks for."
    )
    pictures: dict[Id, PictureFile] = Field(default={}, description="The brand's pictures by name.")
    allow: Allow = Field(default=Allow(), description="What the campaign and its partners may choose.")
    link: LinkStyle = Field(default=LinkStyle(), description="How a tracked link looks.")
    press: dict[Stock, ConditionFile] = Field(
        default={},
        description="The printing condition of each stock, where it is not the tool's own: FOGRA39 with its profile, "
        "FOGRA47 and IFRA26 by their registered names.",
    )
    facts: Facts = Field(description="The locked facts.")


class PrinterFile(Strict):
    """One printer of ``brand/printers.yaml``: how it wants the files that it prints."""

    name: Annotated[Line, Field(max_length=60)] = Field(
        description="What people call it; it stands in the job ticket."
    )
    cut_marks: OnOff = Field(
        default=False,
        description="Cut marks beyond the bleed: hairlines in black, from 1 mm outside it, 4 mm long. Sheets have "
        "theirs in any case.",
    )
    bleed_mm: Annotated[float, Field(gt=0, le=20)] | None = Field(
        default=None,
        description="The bleed on every side, in mm; a channel without a bleed gets none. Default: the channel's.",
    )
    pdfx: Literal["x4", "x1a"] | None = Field(
        default=None,
        description="PDF/X-4 or PDF/X-1a:2001; by stock if not given. PDF/X-4 needs the stock's profile: without one "
        "the file is not made (`machine`).",
    )
    conditions: dict[Stock, ConditionFile] = Field(
        default={},
        description="What it prints in another way than `press` in brand.yaml says: the same four keys.",
    )
    naming: Annotated[Words, Field(max_length=120)] | None = Field(
        default=None,
        description="The pattern of its files' names without the ending, from `{campaign}`, `{partner}`, `{message}`, "
        "`{channel}`, `{locale}`, `{width_mm}`, `{height_mm}`, `{form}` (nothing, or `_sheet-a4` and so on), letters, "
        "digits, `-`, `_` and `.`. Message, channel and form must be there, and an `_` between two ids, so that no two "
        "files get one name. Default: the usual names.",
    )
    source: Words | None = Field(default=None, description="Where this was learnt.")
