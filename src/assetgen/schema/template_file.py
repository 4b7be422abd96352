"""Schema of ``templates/<template>/template.yaml``: how a template sets its parts, and where it places them.

Lengths are shares. The live area is the safe area without the partner footer. Boxes are in shares of the live area.
Type sizes are shares of its short side, or of the size of another part (``relative_to``). The layout places the motif
by these numbers and by the copy, so the light of the motif follows the copy.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from assetgen.schema.fields import (
    Background,
    FixedLengthList,
    Id,
    InkedModel,
    KeepNull,
    NonEmptyText,
    NullIsDefault,
    PointShares,
    Share,
    Srgb,
    StrictModel,
)

# How far a box may extend beyond the live area, as a share of the live area's side. In a round channel the live area
# is the square inside the circle, and the circle extends this far beyond the square: (√2 − 1) ÷ 2. In other channels
# the layout cuts the box at the live area.
MAX_OVERHANG = 0.2072
# The name of the QR code in a column.
QR_CODE = "code"
# Kinds of motif whose light has no door.
KINDS_WITHOUT_DOOR = ("band", "side")
# The keys that a template without a base must have.
NEEDED_WITHOUT_BASE = ("backgrounds", "parts", "shapes")


def _check_box(box: tuple[float, ...]) -> tuple[float, ...]:
    """Raise an error for an empty box, and for one that extends too far beyond the live area."""
    x, y, width, height = box
    if min(x, y) < -MAX_OVERHANG or min(width, height) <= 0 or max(x + width, y + height) > 1 + MAX_OVERHANG:
        raise PydanticCustomError("box", "extends too far beyond the live area, or has no area")
    return box


def _check_span(span: tuple[float, ...]) -> tuple[float, ...]:
    """Raise an error for a span that does not end after its start."""
    start, end = span
    if start >= end:
        raise PydanticCustomError("span", "must end after its start")
    return span


BoxShares = Annotated[tuple[Share, Share, Share, Share], FixedLengthList, AfterValidator(_check_box)]
Span = Annotated[tuple[Share, Share], FixedLengthList, AfterValidator(_check_span)]
Ratio = Annotated[float, Field(ge=0, le=10)]
Lightness = Annotated[float, Field(ge=0, le=1)]


class Part(StrictModel):
    """How one part is set. A key that is missing or null keeps the value of the part that is extended."""

    # Null is kept as None while templates and shapes are merged. The parts of a merged layout contain no None.

    roles: Annotated[tuple[Id, ...], KeepNull] = Field(
        default=(),
        description="The roles whose text the part contains, in this order: headline, body, action, local, number, "
        "address, promise, name. Default: the role with the part's name.",
    )
    font: Annotated[Id, KeepNull] = Field(
        default="text",
        description="The font role: a key of `fonts` in brand.yaml. A brand without it uses its `text` family.",
    )
    weights: Annotated[tuple[Annotated[int, Field(ge=100, le=900)], ...], KeepNull] = Field(
        default=(500,),
        description="The font weight of each of these roles. A weight without a font file is set in the nearest one.",
    )
    leading: Annotated[float, Field(ge=0.7, le=3), KeepNull] = Field(
        default=1.25, description="The line height, as a multiple of the type size."
    )
    tracking: Annotated[float, Field(ge=-0.2, le=0.5), KeepNull] = Field(
        default=0.0, description="The letter-spacing, in em."
    )
    max_size: Annotated[Ratio, KeepNull] = Field(
        default=0.1,
        description="The maximum type size, as a share of the live area's short side, or of the size of the part in "
        "`relative_to`.",
    )
    relative_to: Id | None = Field(
        default=None, description="Another part. The sizes of this part are shares of its size."
    )
    preferred_size: Annotated[Ratio, KeepNull] = Field(
        default=0.0,
        description="The preferred type size, measured as `max_size` is. Below it the layout tries shorter copy.",
    )
    lines: Annotated[int, Field(ge=1, le=12), KeepNull] = Field(
        default=1, description="The maximum number of lines."
    )
    measure_em: Annotated[float, Field(gt=1, le=200)] | None = Field(
        default=None, description="The maximum line length, in em."
    )
    gap: Annotated[Ratio, KeepNull] = Field(
        default=0.6,
        description="The space above the part, from the baseline before it to the top of its capitals, in em of its "
        "type size. With `same_line`, the space between the two parts.",
    )
    clearance: Annotated[Ratio, KeepNull] = Field(
        default=0.35, description="The minimum distance of letters from the edges of the light, in em."
    )
    optional: Annotated[bool, KeepNull] = Field(
        default=False,
        description="Whether the part is left out if it does not fit at a comfortable size and the channel does not "
        "require it. Of several such parts, the last one in `parts` is left out first.",
    )
    same_line: Annotated[bool, KeepNull] = Field(
        default=False,
        description="Whether the part is set on the baseline of the part before it, aligned with the right edge of "
        "the box.",
    )


class Region(StrictModel):
    """A box, and the parts that are set in it."""

    box: BoxShares = Field(
        description="Left, top, width and height, in shares of the live area. In a round channel the live area is the "
        "square inside the circle. There a box may extend up to 0.2 beyond it, but the text stays inside the circle."
    )
    column: Annotated[tuple[Id | tuple[Id, ...], ...], Field(min_length=1)] = Field(
        description="The parts, from the top. `code` is the QR code. Parts in an inner list are set beside the code, "
        "if there is one."
    )
    anchor: Literal["top", "middle", "bottom"] = Field(
        default="top", description="The vertical alignment of the parts in the box."
    )


def column_names(region: Region | None) -> tuple[str, ...]:
    """Return the names of the parts and the QR code in a region, from the top; empty if there is no region."""
    column = region.column if region else ()
    return tuple(name for item in column for name in ((item,) if isinstance(item, str) else item))


def column_parts(region: Region | None) -> tuple[str, ...]:
    """Return the names of the parts in a region, without the QR code."""
    return tuple(name for name in column_names(region) if name != QR_CODE)


class MotifShape(StrictModel):
    """The motif: a door ajar and the light that falls from it, or a field of light behind the call to action."""

    kind: Literal["floor", "corner", "bar", "far", "band", "side"] = Field(
        description="floor: the light covers the page below the copy. corner: it falls to the lower right. bar: a "
        "narrow gap across a strip, with light to its right. far: a small, whole door, whose light widens towards the "
        "bottom of the page. band: light from the call to action down to the bottom of the page, without a door. side: "
        "light from the call to action to the right edge of the page, without a door."
    )
    door: Annotated[tuple[Share, ...], Field(min_length=1, max_length=3), NullIsDefault] = Field(
        default=(),
        description="The gap of the door, as x positions in shares of the live area's width: bottom left, top left and "
        "right side. For far, only the right side. Required, except for band and side.",
    )
    drop: Ratio = Field(
        default=0.0,
        description="floor and far: how far the edge of the light falls between the threshold and the left side of the "
        "page. corner: the height of the threshold above the call to action. A share of the live area's short side.",
    )
    min_drop: Ratio = Field(
        default=0.0, description="The smallest `drop`, in the same unit, if the copy needs more room."
    )
    lift: Share = Field(
        default=0.03,
        description="How much higher the bottom right of the gap is than its bottom left, as a share of the live "
        "area's short side.",
    )
    spread: Share = Field(
        default=0.1,
        description="How far the right edge of the light falls on its way to the right side of the page, in the same "
        "unit.",
    )
    leaf: Share = Field(
        default=0.08,
        description="How far the bottom of the door rises on its way to the right side of the page, in the same unit.",
    )
    foot_x: Share = Field(
        default=0.0,
        description="corner: where the left edge of the light meets the bottom of the page, as a share of the live "
        "area's width.",
    )
    clear: Ratio = Field(
        default=0.45,
        description="The space between the edge of the light and the first line of the call to action, in em of the "
        "number.",
    )
    head: Share | None = Field(
        default=None,
        description="The top of the gap, as a share of the live area's height. Default: the gap runs off the page.",
    )
    threshold: Share | None = Field(
        default=None,
        description="The y position of the threshold, as a share of the live area's height. Default: it follows the "
        "call to action.",
    )
    height: Share = Field(
        default=0.0,
        description="far, required there: the height of the door, as a share of the live area's short side. The other "
        "dimensions of the door follow from it.",
    )

    @model_validator(mode="after")
    def _check_door(self) -> Self:
        """Check that ``door`` and ``height`` are given as the kind requires."""
        is_far = self.kind == "far"
        if not self.door:
            if self.kind not in KINDS_WITHOUT_DOOR:
                raise PydanticCustomError("door", "door is missing; only band and side do without it")
        elif len(self.door) != (1 if is_far else 3):
            raise PydanticCustomError(
                "door", "door needs one x for far" if is_far else "door needs three x values"
            )
        if is_far != (self.height > 0):
            raise PydanticCustomError("door", "far needs a height" if is_far else "height is only for far")
        return self


class FooterStyle(StrictModel):
    """The partner footer: a band of paper along the bottom, top or left side of the page."""

    max_size: Ratio = Field(
        default=0.04,
        description="The maximum type size of the names, as a share of the page's short side.",
    )
    max_share: Ratio = Field(
        default=0.3, description="The maximum height of the band, as a share of the page's height."
    )
    imprint: bool = Field(
        default=True, description="Whether the last line shows the national lead and the edition."
    )
    name: bool = Field(
        default=True,
        description="Whether the campaign's name is at the left. Without it, “In partnership with” is there if all "
        "names fit in one row.",
    )
    side: Literal["bottom", "top", "left"] = Field(
        default="bottom",
        description="The side of the page. top: the door hangs from the band. left: the edge of the band leans like "
        "the gap of the door.",
    )
    span: Span = Field(
        default=(0.0, 1.0),
        description="The start and end of the names, in shares of the live area's width. With `side: top` and a start "
        "above 0, the band covers only that part of the top.",
    )
    min_share: Share = Field(
        default=0.0,
        description="The minimum height of the band, as a share of the page's height; with `side: left`, its minimum "
        "width, as a share of the page's width.",
    )
    distribute: bool = Field(
        default=False,
        description="Whether names fill the whole width: with equal gaps in one row, in columns in several rows. "
        "Without `name` the label is above them.",
    )
    always: bool = Field(
        default=False,
        description="Whether names are also shown where the channel does not require them, if they fit at a "
        "comfortable size.",
    )
    surface: Literal["paper", "field"] = Field(
        default="paper",
        description="The surface behind the partners: a band of paper, or the page's own background, called the field. "
        "Logos are chosen to suit it.",
    )


class PicturePlace(StrictModel):
    """How a picture is placed in the field: the page without the footer band and the motif's light."""

    at: PointShares = Field(
        default=(0.5, 0.5),
        description="The point at which the picture's focus is placed, in shares of the field. The focus moves only as "
        "far as the picture's edges allow.",
    )
    zoom: Annotated[float, Field(ge=1, le=4)] = Field(
        default=1.0,
        description="The size of the picture, as a multiple of the smallest size that fills the field. With a larger "
        "picture, the focus reaches `at` in more shapes.",
    )


class ShapeLayout(StrictModel):
    """The layout of one shape. Keys that are missing come from the shape that ``extends`` names.

    Null removes ``copy``, ``motif`` and ``picture``. For any other key null means the same as a missing key.
    """

    extends: NonEmptyText | None = Field(
        default=None,
        description="The shape that this one extends. A key given here replaces the key of that shape.",
    )
    cta: Region | None = Field(
        default=None,
        description="The region of the call to action: number, address, promise and code.",
    )
    copy_: Region | None = Field(
        default=None,
        alias="copy",
        description="The region of the copy: headline and body. `null` removes it.",
    )
    motif: MotifShape | None = Field(default=None, description="The door and its light. `null` removes them.")
    footer: Annotated[FooterStyle, KeepNull] = Field(
        default=FooterStyle(), description="The footer with the partners."
    )
    parts: dict[Id, Part] = Field(
        default={},
        description="Changes to the template's parts in this shape.",
    )
    cta_on: Annotated[Literal["light", "field"], KeepNull] = Field(
        default="light",
        description="The surface behind the number: the motif's light, or the field (the rest of the page).",
    )
    margin: Annotated[float, Field(ge=0, le=0.3), KeepNull] = Field(
        default=0.0,
        description="The minimum margin, as a share of the page's short side. It applies where the margin outside the "
        "channel's safe area is smaller.",
    )
    picture: PicturePlace | None = Field(
        default=None,
        description="The place for a picture in the field, behind the copy; `{}` uses the default values. Without it, "
        "or with `null`, the shape shows no picture.",
    )


class ColourRole(InkedModel):
    """A colour that a template draws with, and how to derive it for a brand that does not define it.

    Either `srgb` gives the colour itself, or `from` names a colour, and the other keys say how this one differs. The
    steps are those of OKLCH.
    """

    about: NonEmptyText = Field(description="What the template uses the colour for.")
    srgb: Srgb | None = Field(default=None, description="A fixed colour, as `#RRGGBB`. It may have inks.")
    from_: Id | None = Field(
        default=None,
        alias="from",
        description="The colour that this one is derived from: `ink`, `paper`, or a role that is declared before it.",
    )
    lighter: Lightness = Field(default=0.0, description="How much lighter it is, 0 to 1.")
    darker: Lightness = Field(default=0.0, description="How much darker it is, 0 to 1.")
    chroma: Annotated[float, Field(ge=0, le=0.4)] | None = Field(
        default=None,
        description="Its maximum chroma, 0 (grey) to about 0.3 (vivid). Default: that of the other colour.",
    )
    hue: Annotated[float, Field(ge=0, lt=360)] | None = Field(
        default=None,
        description="Its hue in degrees (30 red, 75 amber, 145 green, 260 blue), with exactly `chroma`. Default: that "
        "of the other colour.",
    )
    contrast_with: Id | None = Field(
        default=None,
        description="The colour that it is text on, or that is text on it. Their contrast is at least 4.5:1.",
    )

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if (self.srgb is None) == (self.from_ is None):
            raise PydanticCustomError("source", "needs either srgb: or from:")
        return self


class TemplateFile(StrictModel):
    """``templates/<template>/template.yaml``: a template's description, and its layout for each shape.

    A template that extends another needs only ``name`` and ``about``.
    """

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["extends"]}, {"required": list(NEEDED_WITHOUT_BASE)}]}
    )

    name: NonEmptyText = Field(description="The template's name in lists.")
    about: NonEmptyText = Field(description="One line about its purpose.")
    extends: Id | None = Field(
        default=None,
        description="The template that this one extends. Files that are missing in the folder come from there, its "
        "style sheets apply before this one's, and `parts` and `shapes` are replaced key by key.",
    )
    backgrounds: Annotated[tuple[Background, ...], Field(min_length=1)] = Field(
        default=("dark", "light"),
        description="The backgrounds that the template supports. The first is used in place of any other. With "
        "`extends`, the default is that template's list.",
    )
    colours: dict[Id, ColourRole] = Field(
        default={},
        description="The colour roles that the template draws with, besides `ink` and `paper`, which every brand has. "
        "With `extends`, these are added to that template's.",
    )
    parts: dict[Id, Part] = Field(
        default={},
        description="How each part is set, in every shape. With `extends`, these keys replace that template's.",
    )
    shapes: dict[NonEmptyText, ShapeLayout | None] = Field(
        default={},
        description="The layout of each shape; `null` removes that of the extended template. The most specific name "
        "wins: a channel's id, portrait/print+code, portrait+code, portrait/print, portrait.",
    )
