"""Schema of a channel, in ``brand/channels.yaml`` and the built-in catalogue, with the defaults of each medium.

A row of these files gives only what differs from the defaults of its medium. After validation every value is set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from assetgen.catalogue.page_sizes import shape_of
from assetgen.schema.fields import (
    Background,
    Date,
    FixedLengthList,
    Id,
    Length,
    NonEmptyText,
    NullIsDefault,
    OnOff,
    PageSize,
    StrictModel,
)

Medium = Literal["social", "display", "dooh", "workplace", "email", "print", "ooh", "press"]
PRINT_MEDIUMS = frozenset({"print", "ooh", "press"})
CopyLength = Literal["long", "short", "tiny"]
BodyLength = Literal["long", "short"]
ActionLength = Literal["short"]
RequiredElement = Literal["number", "address", "promise", "partner"]
Format = Literal["png", "jpg", "webp", "pdf"]
ColourSpace = Literal["srgb", "cmyk-coated", "cmyk-uncoated", "cmyk-news", "cmyk-large"]


@dataclass(frozen=True, slots=True)
class MediumDefaults:
    """The default values of the channels of one medium.

    ``safe`` is the inset of the safe area, in mm for print mediums and a share of the short side for screens.
    ``px_mm`` is the physical size of a pixel on the reader's screen. ``headline``, ``body`` and ``action`` list copy
    lengths, best first.
    """

    safe: float
    format: Format
    colour: ColourSpace
    requires: tuple[RequiredElement, ...]
    headline: tuple[CopyLength, ...]
    body: tuple[BodyLength, ...]
    action: tuple[ActionLength, ...]
    px_mm: float | None = None
    bleed_mm: float = 0.0
    ppi: int = 72
    qr: bool = False

    def copy_lengths(self) -> dict[str, tuple[str, ...]]:
        """Return the copy lengths by role."""
        return {"headline": self.headline, "body": self.body, "action": self.action}


A5_MM2 = 148 * 210
ALL_ELEMENTS: tuple[RequiredElement, ...] = ("number", "address", "promise", "partner")
WITHOUT_PARTNER: tuple[RequiredElement, ...] = ("number", "address", "promise")
NUMBER_AND_ADDRESS: tuple[RequiredElement, ...] = ("number", "address")
# Narrow channels of these mediums must show only NUMBER_AND_ADDRESS by default.
ADVERT_MEDIUMS, NARROW_SHAPES = ("social", "display", "dooh"), ("strip", "skyscraper")
MIN_HEIGHT_FOR_PROMISE_PX = 100
ALL_LENGTHS: tuple[CopyLength, ...] = ("long", "short", "tiny")
LONG_AND_SHORT: tuple[BodyLength, ...] = ("long", "short")
# QR codes default to off on screens, where the reader's phone may show the code itself, and to on in print.
DEFAULTS = {
    "social": MediumDefaults(0.06, "jpg", "srgb", WITHOUT_PARTNER, ALL_LENGTHS, LONG_AND_SHORT, (), 0.06),
    "display": MediumDefaults(0.05, "jpg", "srgb", WITHOUT_PARTNER, ALL_LENGTHS, LONG_AND_SHORT, (), 0.26),
    "dooh": MediumDefaults(0.05, "jpg", "srgb", WITHOUT_PARTNER, ALL_LENGTHS, LONG_AND_SHORT, (), 0.86),
    "workplace": MediumDefaults(0.05, "jpg", "srgb", ALL_ELEMENTS, ALL_LENGTHS, LONG_AND_SHORT, (), 0.28),
    "email": MediumDefaults(0.08, "jpg", "srgb", ALL_ELEMENTS, ALL_LENGTHS, LONG_AND_SHORT, (), 0.13),
    "print": MediumDefaults(
        5, "pdf", "cmyk-coated", ALL_ELEMENTS, LONG_AND_SHORT, LONG_AND_SHORT, ("short",), None, 3, 300, True
    ),
    "ooh": MediumDefaults(25, "pdf", "cmyk-large", WITHOUT_PARTNER, ("short", "tiny"), (), (), None, 0, 300),
    "press": MediumDefaults(
        3, "pdf", "cmyk-news", ALL_ELEMENTS, LONG_AND_SHORT, LONG_AND_SHORT, ("short",), None, 0, 300
    ),
}


def _default_of_medium(key: str) -> Callable[[dict[str, Any]], Any]:
    """Return a default factory that takes a key's value from the medium's defaults."""
    return lambda values: getattr(DEFAULTS[values["medium"]], key) if "medium" in values else None


def _default_shape(values: dict[str, Any]) -> str:
    """Return the shape for a page's aspect ratio; square if the media owner sets the size."""
    width, height = values.get("size") or (1, 1)
    return shape_of(width / height)


def _default_insets(values: dict[str, Any]) -> tuple[float, float, float, float]:
    """Return the default insets of the safe area: mm for print mediums, whole px for screens."""
    inset = DEFAULTS[values["medium"]].safe if "medium" in values else 0.0
    if values.get("medium") not in PRINT_MEDIUMS:
        inset = round(inset * min(values.get("size") or (0,)))
    return inset, inset, inset, inset


def _default_background(values: dict[str, Any]) -> Background:
    """Return ``light`` for newsprint, uncoated stock, and print up to A5; otherwise ``dark``."""
    width, height = values.get("size") or (1, 1)
    if values.get("colour") in ("cmyk-news", "cmyk-uncoated"):
        return "light"
    if values.get("medium") in ("print", "press") and width * height <= A5_MM2:
        return "light"
    return "dark"


def _default_requires(values: dict[str, Any]) -> tuple[RequiredElement, ...]:
    """Return the elements that a channel must show; on narrow or low screen adverts, only number and address."""
    if "medium" not in values:
        return ()
    _, height = values.get("size") or (1, MIN_HEIGHT_FOR_PROMISE_PX)
    is_narrow = values.get("shape") in NARROW_SHAPES or height < MIN_HEIGHT_FOR_PROMISE_PX
    if values["medium"] in ADVERT_MEDIUMS and is_narrow:
        return NUMBER_AND_ADDRESS
    return DEFAULTS[values["medium"]].requires


class SafeCircle(StrictModel):
    """A safe area that is a centred circle."""

    circle: Annotated[float, Field(gt=0)] = Field(description="The circle's diameter.")


Distance = Annotated[float, Field(ge=0)]
Insets = Annotated[tuple[Distance, Distance, Distance, Distance], FixedLengthList]


class CopyLengths(StrictModel):
    """The copy lengths that a channel uses, best first; `[]` for none. A missing role has the medium's lengths."""

    headline: Annotated[tuple[CopyLength, ...], NullIsDefault] = Field(
        default_factory=tuple, description="Lengths of the headline."
    )
    body: Annotated[tuple[BodyLength, ...], NullIsDefault] = Field(
        default_factory=tuple, description="Lengths of the body."
    )
    action: Annotated[tuple[ActionLength, ...], NullIsDefault] = Field(
        default_factory=tuple, description="Lengths of the line above the number."
    )


class PanelJoins(StrictModel):
    """The lines where the sheets of a billboard meet. No letter crosses a join."""

    x: tuple[Length, ...] = Field(default=(), description="Vertical joins, measured from the left.")
    y: tuple[Length, ...] = Field(default=(), description="Horizontal joins, measured from the top.")


class ChannelFile(StrictModel):
    """A channel. Lengths are whole px for screens, and mm of the trimmed, final size for print, ooh and press."""

    name: NonEmptyText = Field(description="The channel's name in lists.")
    medium: Medium = Field(description="The kind of channel. It decides the defaults of the other keys.")
    size: PageSize | None = Field(
        default=None,
        description="Width and height; at most 25 million pixels for screens. Required, unless `ask_owner` is given.",
    )
    shape: Annotated[Id, NullIsDefault] = Field(
        default_factory=_default_shape,
        description="A shape of the template. Default, by width ÷ height: skyscraper below 0.34, tall below 0.62, "
        "portrait below 0.9, square below 1.12, landscape below 1.95, wide below 4.5, otherwise strip.",
    )
    safe: Annotated[Insets | SafeCircle, NullIsDefault] = Field(
        default_factory=_default_insets,
        description="The safe area, inside which all copy is placed: insets from the top, right, bottom and left, or a "
        "centred circle. On a round channel the insets are those of the circle. Default: a share of the short side on "
        "screens, 5 mm in print, 25 mm in ooh, 3 mm in press.",
    )
    keep_clear: tuple[Insets, ...] = Field(
        default=(),
        description="Areas that something else covers, such as a face or a column of icons, each as x, y, width and "
        "height.",
    )
    bleed_mm: Annotated[float, Field(ge=0, le=100), NullIsDefault] = Field(
        default_factory=_default_of_medium("bleed_mm"),
        description="The bleed, in mm; not for screens. Default: 3 for print, otherwise 0.",
    )
    scale: Annotated[float, Field(gt=0, le=1)] = Field(
        default=1.0,
        description="The scale of the artwork: 0.1 means that the page is 10 % of the final size. Not for screens.",
    )
    ppi: Annotated[int, Field(ge=10, le=2400), NullIsDefault] = Field(
        default_factory=_default_of_medium("ppi"),
        description="The minimum resolution of placed pictures, in pixels per inch. Default: 300 for print, ooh and "
        "press, otherwise 72.",
    )
    format: Annotated[Format, NullIsDefault] = Field(
        default_factory=_default_of_medium("format"),
        description="The format of the finished file. Default: pdf for print, ooh and press, otherwise jpg.",
    )
    max_bytes: Annotated[int, Field(ge=1000)] | None = Field(
        default=None, description="The maximum file size, in bytes. A larger file is not delivered."
    )
    recommended_max_bytes: Annotated[int, Field(ge=1000)] | None = Field(
        default=None,
        description="The recommended maximum file size, in bytes. A larger file causes a warning.",
    )
    colour: Annotated[ColourSpace, NullIsDefault] = Field(
        default_factory=_default_of_medium("colour"),
        description="The colour space and stock; always srgb for screens. It decides the default background, and the "
        "inks and print condition of a press file. Default: by medium.",
    )
    template: Id | None = Field(
        default=None,
        description="The channel's template. Maps of globs in the files of partner, message and campaign override it; "
        "it overrides a single template named there. A built-in channel uses the campaign's template if its own is "
        "missing or not allowed.",
    )
    background: Annotated[Background, NullIsDefault] = Field(
        default_factory=_default_background,
        description="The background. Default: light for newsprint, uncoated stock, and print and press up to A5; "
        "otherwise dark.",
    )
    view_m: Annotated[float, Field(gt=0, le=1000)] = Field(
        default=0.4, description="The distance at which headline and number must be readable, in metres."
    )
    read_m: Annotated[float, Field(gt=0, le=1000), NullIsDefault] = Field(
        default_factory=lambda values: values.get("view_m"),
        description="The distance at which small text must be readable, in metres. Default: `view_m`.",
    )
    scan_m: Annotated[float, Field(gt=0, le=100)] | None = Field(
        default=None,
        description="The distance at which a phone can scan the QR code, in metres. Required if `qr` is on.",
    )
    px_mm: Annotated[float, Field(gt=0, le=1000)] | None = Field(
        default=None,
        validate_default=True,
        description="The physical size of a pixel on the reader's screen, in mm. Default: by medium.",
    )
    requires: Annotated[tuple[RequiredElement, ...], NullIsDefault] = Field(
        default_factory=_default_requires,
        description="What the channel must show. Default: all four in print, press, workplace and email; all except "
        "the partner in the other mediums; only number and address in social, display and dooh on strips, skyscrapers "
        "and pages under 100 px high.",
    )
    qr: Annotated[OnOff, NullIsDefault] = Field(
        default_factory=_default_of_medium("qr"),
        description="Whether the asset has a QR code. Default: on for print, otherwise off.",
    )
    copy_: CopyLengths = Field(
        default_factory=dict,
        validate_default=True,
        alias="copy",
        description="The copy lengths that the channel uses, best first. Default: by medium.",
    )
    per: Literal["message", "partner"] = Field(
        default="message",
        description="message: one file for each message. partner: one file, with the partner's first message.",
    )
    variants: tuple[Literal["office", "mono", "sheet-a4", "sheet-sra3"], ...] = Field(
        default=(),
        description="Variants of the asset. Each is a separate file with a suffix such as `_office`. office (print): "
        "for desktop printers and screen readers, in RGB on a light background, without bleed, with margins of at "
        "least 5 mm, as tagged PDF/UA-1 and PDF/A-2b. mono (press): printed in black only. sheet-a4, sheet-sra3 "
        "(print): as many copies of the page as fit on the paper, with bleed and cut marks and a white margin of 5 mm.",
    )
    panel_joins: PanelJoins = Field(
        default=PanelJoins(), description="The lines where the sheets of a billboard meet."
    )
    source: NonEmptyText = Field(description="The source of the figures.")
    checked_on: Annotated[Date, NullIsDefault] = Field(
        default_factory=lambda: date.min, description="The date on which the figures were last checked."
    )
    provisional: bool = Field(
        default=False,
        description="Whether the figures are uncertain. If so, lists tell the user to ask the media owner.",
    )
    notes: NonEmptyText | None = Field(default=None, description="Other notes.")
    ask_owner: NonEmptyText | None = Field(
        default=None,
        description="Why the channel cannot be built without the media owner's template. Such a channel is listed "
        "but never built.",
    )

    @field_validator("px_mm")
    @classmethod
    def _set_pixel_size(cls, given: float | None, info: ValidationInfo) -> float | None:
        """Return the size of a pixel: the given one, or the medium's default; None for print mediums."""
        medium = info.data.get("medium")
        if medium is None or medium in PRINT_MEDIUMS:
            return None
        return given or DEFAULTS[medium].px_mm

    @field_validator("copy_", mode="before")
    @classmethod
    def _add_default_lengths(cls, given: Any, info: ValidationInfo) -> Any:
        """Return the given copy lengths; a role that is missing gets the medium's default."""
        if not isinstance(given, dict) or "medium" not in info.data:
            return given
        own = {role: lengths for role, lengths in given.items() if lengths is not None}
        return {**DEFAULTS[info.data["medium"]].copy_lengths(), **own}

    @property
    def is_print(self) -> bool:
        """Return whether the channel is printed, so that its lengths are in mm."""
        return self.medium in PRINT_MEDIUMS

    @property
    def width(self) -> float:
        """Return the width; 0 if the media owner sets the size."""
        return self.size[0] if self.size else 0.0

    @property
    def height(self) -> float:
        """Return the height; 0 if the media owner sets the size."""
        return self.size[1] if self.size else 0.0

    @property
    def safe_circle(self) -> float | None:
        """Return the diameter of a circular safe area, or None if it is a rectangle."""
        if isinstance(self.safe, SafeCircle):
            return self.safe.circle
        return (
            min(self.width, self.height) - 2 * max(self.safe) if self.shape == "round" and self.size else None
        )

    @property
    def insets(self) -> tuple[float, float, float, float]:
        """Return the safe area's insets (top, right, bottom, left); for a circle, those of its bounding box."""
        if not isinstance(self.safe, SafeCircle):
            return self.safe
        side, end = (self.width - self.safe.circle) / 2, (self.height - self.safe.circle) / 2
        return end, side, end, side
