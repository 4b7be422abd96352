"""The form of ``brand/channels.yaml`` and of the built-in catalogue: a channel, and what its medium usually means.

A row says what differs from its medium's defaults; the defaults are here, each with its reason. So a row that was read
has every value.
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
    Id,
    Length,
    OfOneKind,
    OnOff,
    PageSize,
    Strict,
    UnsetByNull,
    Words,
)

Medium = Literal["social", "display", "dooh", "workplace", "email", "print", "ooh", "press"]
PRINT_MEDIUMS = frozenset({"print", "ooh", "press"})
Tier = Literal["long", "short", "tiny"]
BodyTier = Literal["long", "short"]
ActionTier = Literal["short"]
Required = Literal["number", "address", "promise", "partner"]
Format = Literal["png", "jpg", "webp", "pdf"]
ColourSpace = Literal["srgb", "cmyk-coated", "cmyk-uncoated", "cmyk-news", "cmyk-large"]


@dataclass(frozen=True, slots=True)
class MediumDefaults:
    """What a row of this medium means where it says nothing.

    ``safe`` is in mm for print, else a share of the short side; ``px_mm`` the size of one pixel before
    the reader; ``headline``, ``body``, ``action`` the lengths of copy.
    """

    safe: float
    format: Format
    colour: ColourSpace
    requires: tuple[Required, ...]
    headline: tuple[Tier, ...]
    body: tuple[BodyTier, ...]
    action: tuple[ActionTier, ...]
    px_mm: float | None = None
    bleed_mm: float = 0.0
    ppi: int = 72
    qr: bool = False

    def copy_lengths(self) -> dict[str, tuple[str, ...]]:
        """Return the lengths of copy by role."""
        return {"headline": self.headline, "body": self.body, "action": self.action}


A5_MM2 = 148 * 210
ALL_FOUR: tuple[Required, ...] = ("number", "address", "promise", "partner")
IN_PASSING: tuple[Required, ...] = ("number", "address", "promise")
IN_SHORT: tuple[Required, ...] = ("number", "address")
# Where IN_SHORT is all that a channel of a screen must show, unless it says otherwise.
SCREEN_ADVERTS, NARROW = ("social", "display", "dooh"), ("strip", "skyscraper")
MIN_HEIGHT_FOR_PROMISE_PX = 100
ALL_TIERS: tuple[Tier, ...] = ("long", "short", "tiny")
LONG_AND_SHORT: tuple[BodyTier, ...] = ("long", "short")
# Codes are off where the reader holds the camera that would scan them, on where a hand is free: print.
DEFAULTS = {
    "social": MediumDefaults(0.06, "jpg", "srgb", IN_PASSING, ALL_TIERS, LONG_AND_SHORT, (), 0.06),
    "display": MediumDefaults(0.05, "jpg", "srgb", IN_PASSING, ALL_TIERS, LONG_AND_SHORT, (), 0.26),
    "dooh": MediumDefaults(0.05, "jpg", "srgb", IN_PASSING, ALL_TIERS, LONG_AND_SHORT, (), 0.86),
    "workplace": MediumDefaults(0.05, "jpg", "srgb", ALL_FOUR, ALL_TIERS, LONG_AND_SHORT, (), 0.28),
    "email": MediumDefaults(0.08, "jpg", "srgb", ALL_FOUR, ALL_TIERS, LONG_AND_SHORT, (), 0.13),
    "print": MediumDefaults(
        5, "pdf", "cmyk-coated", ALL_FOUR, LONG_AND_SHORT, LONG_AND_SHORT, ("short",), None, 3, 300, True
    ),
    "ooh": MediumDefaults(25, "pdf", "cmyk-large", IN_PASSING, ("short", "tiny"), (), (), None, 0, 300),
    "press": MediumDefaults(
        3, "pdf", "cmyk-news", ALL_FOUR, LONG_AND_SHORT, LONG_AND_SHORT, ("short",), None, 0, 300
    ),
}


def _by_medium(key: str) -> Callable[[dict[str, Any]], Any]:
    """Return what gives a key its medium's default."""
    return lambda said: getattr(DEFAULTS[said["medium"]], key) if "medium" in said else None


def _usual_shape(said: dict[str, Any]) -> str:
    """Return the shape of a page by its ratio; square where the size is its owner's."""
    width, height = said.get("size") or (1, 1)
    return shape_of(width / height)


def _usual_insets(said: dict[str, Any]) -> tuple[float, float, float, float]:
    """Return the medium's insets of the safe area: mm in print, a share of the short side on screens."""
    usual = DEFAULTS[said["medium"]].safe if "medium" in said else 0.0
    if said.get("medium") not in PRINT_MEDIUMS:
        usual = round(usual * min(said.get("size") or (0,)))
    return usual, usual, usual, usual


def _usual_background(said: dict[str, Any]) -> Background:
    """Return light for newsprint, uncoated stock and print of A5 or smaller, else dark."""
    width, height = said.get("size") or (1, 1)
    if said.get("colour") in ("cmyk-news", "cmyk-uncoated"):
        return "light"
    if said.get("medium") in ("print", "press") and width * height <= A5_MM2:
        return "light"
    return "dark"


def _usual_requires(said: dict[str, Any]) -> tuple[Required, ...]:
    """Return what must stand on a channel: on a narrow advert number and address alone."""
    if "medium" not in said:
        return ()
    _, height = said.get("size") or (1, MIN_HEIGHT_FOR_PROMISE_PX)
    is_narrow = said.get("shape") in NARROW or height < MIN_HEIGHT_FOR_PROMISE_PX
    if said["medium"] in SCREEN_ADVERTS and is_narrow:
        return IN_SHORT
    return DEFAULTS[said["medium"]].requires


class SafeCircle(Strict):
    """A safe area that is a centred circle."""

    circle: Annotated[float, Field(gt=0)] = Field(description="The circle's diameter.")


Distance = Annotated[float, Field(ge=0)]
Insets = Annotated[tuple[Distance, Distance, Distance, Distance], OfOneKind]


class CopyLengths(Strict):
    """The lengths of copy that a channel takes, best first; `[]` for none. By medium, where a role is not given."""

    headline: Annotated[tuple[Tier, ...], UnsetByNull] = Field(
        default_factory=tuple, description="Lengths of the headline."
    )
    body: Annotated[tuple[BodyTier, ...], UnsetByNull] = Field(
        default_factory=tuple, description="Lengths of the body."
    )
    action: Annotated[tuple[ActionTier, ...], UnsetByNull] = Field(
        default_factory=tuple, description="Lengths of the line above the number."
    )


class PanelJoins(Strict):
    """Where the sheets of a site meet: no letter stands across a join."""

    x: tuple[Length, ...] = Field(default=(), description="Joins, measured from the left.")
    y: tuple[Length, ...] = Field(default=(), description="Joins, measured from the top.")


class ChannelFile(Strict):
    """One channel. Lengths are whole px for screens, and mm of the trimmed, final size for print, ooh and press."""

    name: Words = Field(description="What lists call it.")
    medium: Medium = Field(description="Where it is seen; it decides what is usual for the other keys.")
    size: PageSize | None = Field(
        default=None,
        description="Width and height. Needed, unless `ask_owner` is given; at most 25 million pixels on screens.",
    )
    shape: Annotated[Id, UnsetByNull] = Field(
        default_factory=_usual_shape,
        description="A shape of the template. By width ÷ height: under 0.34 skyscraper, 0.62 tall, 0.9 portrait, 1.12 "
        "square, 1.95 landscape, 4.5 wide, above strip.",
    )
    safe: Annotated[Insets | SafeCircle, UnsetByNull] = Field(
        default_factory=_usual_insets,
        description="Where words may stand: top, right, bottom and left, or a centred circle. By medium: a share of "
        "the short side on screens, 5 mm in print, 25 mm in ooh, 3 mm in press.",
    )
    keep_clear: tuple[Insets, ...] = Field(
        default=(),
        description="What covers the page, each as x, y, width, height: a face, a column of icons.",
    )
    bleed_mm: Annotated[float, Field(ge=0, le=100), UnsetByNull] = Field(
        default_factory=_by_medium("bleed_mm"),
        description="The bleed, in mm. By medium: 3 in print, else 0; not on screens.",
    )
    scale: Annotated[float, Field(gt=0, le=1)] = Field(
        default=1.0,
        description="Page over final size: 0.1 for artwork at 10 %; not on screens.",
    )
    ppi: Annotated[int, Field(ge=10, le=2400), UnsetByNull] = Field(
        default_factory=_by_medium("ppi"),
        description="The least resolution of placed pictures. By medium: 300 in print, ooh and press, else 72.",
    )
    format: Annotated[Format, UnsetByNull] = Field(
        default_factory=_by_medium("format"),
        description="The finished file's format. By medium: pdf for print, ooh and press, else jpg.",
    )
    max_bytes: Annotated[int, Field(ge=1000)] | None = Field(
        default=None, description="The weight that the channel takes; a heavier file is not shipped."
    )
    recommended_max_bytes: Annotated[int, Field(ge=1000)] | None = Field(
        default=None, description="A weight over which there is a warning."
    )
    colour: Annotated[ColourSpace, UnsetByNull] = Field(
        default_factory=_by_medium("colour"),
        description="The stock, by medium. It decides the usual background, and the inks and the condition of a press "
        "file. On screens srgb alone.",
    )
    template: Id | None = Field(
        default=None,
        description="The template of this channel: after the maps of partner, message and campaign, before their "
        "single names. A built-in channel whose template the campaign does not have, or the brand does not allow, "
        "takes the campaign's.",
    )
    background: Annotated[Background, UnsetByNull] = Field(
        default_factory=_usual_background,
        description="The background: light for newsprint, uncoated stock, and print and press up to A5; else dark.",
    )
    view_m: Annotated[float, Field(gt=0, le=1000)] = Field(
        default=0.4, description="The distance from which headline and number must read, in metres."
    )
    read_m: Annotated[float, Field(gt=0, le=1000), UnsetByNull] = Field(
        default_factory=lambda said: said.get("view_m"),
        description="The distance from which the small words must read, in metres; `view_m` if not given.",
    )
    scan_m: Annotated[float, Field(gt=0, le=100)] | None = Field(
        default=None,
        description="The distance from which a phone reads the code, in metres; needed where `qr` is on.",
    )
    px_mm: Annotated[float, Field(gt=0, le=1000)] | None = Field(
        default=None,
        validate_default=True,
        description="The size of one pixel before the reader, in mm; by medium.",
    )
    requires: Annotated[tuple[Required, ...], UnsetByNull] = Field(
        default_factory=_usual_requires,
        description="What must stand on it. By medium: all four for print, press, workplace and email, all but the "
        "partner for the others; number and address alone on strips, skyscrapers and adverts under 100 px high.",
    )
    qr: Annotated[OnOff, UnsetByNull] = Field(
        default_factory=_by_medium("qr"), description="A QR code. By medium: on in print, else off."
    )
    copy_: CopyLengths = Field(
        default_factory=dict,
        validate_default=True,
        alias="copy",
        description="The lengths of copy that it takes, best first; by medium.",
    )
    per: Literal["message", "partner"] = Field(
        default="message",
        description="One file for each message, or one in all, with the partner's first message.",
    )
    variants: tuple[Literal["office", "mono", "sheet-a4", "sheet-sra3"], ...] = Field(
        default=(),
        description="Further forms of the asset, each a file of its own with `_office` and so on in its name. office "
        "(print): for a desktop printer and for being read aloud: no bleed, RGB, light background, at least 5 mm "
        "clear, tagged to PDF/UA-1, and PDF/A-2b. mono (press): in black alone. sheet-a4, sheet-sra3 (print): the "
        "press file's page as often as the paper holds it, with its bleed and hairlines to cut by; 5 mm of the paper "
        "stay white.",
    )
    panel_joins: PanelJoins = Field(default=PanelJoins(), description="Where sheets meet.")
    source: Words = Field(description="Where the figures come from.")
    checked_on: Annotated[Date, UnsetByNull] = Field(
        default_factory=lambda: date.min, description="When somebody last checked the figures."
    )
    provisional: bool = Field(
        default=False,
        description="The figures are likely, not certain: lists tell the user to ask the media owner.",
    )
    notes: Words | None = Field(default=None, description="What else there is to know.")
    ask_owner: Words | None = Field(
        default=None,
        description="Why it cannot be built without its owner's template. Such a channel is listed, never made.",
    )

    @field_validator("px_mm")
    @classmethod
    def _only_on_screens(cls, given: float | None, info: ValidationInfo) -> float | None:
        """Return the medium's size of a pixel where none is given, and none for print."""
        medium = info.data.get("medium")
        if medium is None or medium in PRINT_MEDIUMS:
            return None
        return given or DEFAULTS[medium].px_mm

    @field_validator("copy_", mode="before")
    @classmethod
    def _by_its_medium(cls, given: Any, info: ValidationInfo) -> Any:
        """Return the lengths that are given over the medium's."""
        if not isinstance(given, dict) or "medium" not in info.data:
            return given
        own = {role: lengths for role, lengths in given.items() if lengths is not None}
        return {**DEFAULTS[info.data["medium"]].copy_lengths(), **own}

    @property
    def is_print(self) -> bool:
        """Say whether the finished file is a page for a press, measured in mm."""
        return self.medium in PRINT_MEDIUMS

    @property
    def width(self) -> float:
        """Return the width; nothing of a channel whose owner gives the size."""
        return self.size[0] if self.size else 0.0

    @property
    def height(self) -> float:
        """Return the height; nothing of a channel whose owner gives the size."""
        return self.size[1] if self.size else 0.0

    @property
    def safe_circle(self) -> float | None:
        """Return the diameter of the circle that is the safe area; None where it is not one."""
        return self.safe.circle if isinstance(self.safe, SafeCircle) else None

    @property
    def insets(self) -> tuple[float, float, float, float]:
        """Return the safe area's insets: top, right, bottom, left; of a circle, those of its bounding box."""
        if not isinstance(self.safe, SafeCircle):
            return self.safe
        side, end = (self.width - self.safe.circle) / 2, (self.height - self.safe.circle) / 2
        return end, side, end, side
