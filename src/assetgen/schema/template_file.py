"""The form of ``templates/<template>/template.yaml``: how a template sets its parts, and where they stand.

Lengths are shares. A box is in shares of the live area (the safe area less the partner footer); a size of type is a
share of the live area's short side, or of another part's size (``relative_to``). Where the motif stands is found
from these numbers and from the words, so that its light follows them.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from assetgen.schema.fields import (
    Background,
    Id,
    OfOneKind,
    OrNull,
    PointShares,
    Share,
    Strict,
    UnsetByNull,
    Words,
)

# How far a box may reach out of the live area: a circle reaches this far out of the square inside it, in shares of
# that square's side. Elsewhere the box ends at the live area.
OUT = 0.2072
# What stands for the QR code in a column.
CODE = "code"
# Light that lies behind the call without a door.
PLAIN_LIGHT = ("band", "side")
# What a template that extends no other must say itself.
NEEDED_WITHOUT_BASE = ("backgrounds", "parts", "shapes")


def _inside(box: tuple[float, ...]) -> tuple[float, ...]:
    """Refuse a box that reaches further out of the live area than a circle out of its square."""
    x, y, width, height = box
    if min(x, y) < -OUT or min(width, height) <= 0 or max(x + width, y + height) > 1 + OUT:
        raise PydanticCustomError("box", "reaches out of the live area")
    return box


def _rising(span: tuple[float, ...]) -> tuple[float, ...]:
    """Refuse a span that ends where it starts, or before."""
    start, end = span
    if start >= end:
        raise PydanticCustomError("span", "ends before it starts")
    return span


BoxShares = Annotated[tuple[Share, Share, Share, Share], OfOneKind, AfterValidator(_inside)]
Span = Annotated[tuple[Share, Share], OfOneKind, AfterValidator(_rising)]
Ratio = Annotated[float, Field(ge=0, le=10)]


class Part(Strict):
    """How one part is set. In a file a part may give any of its keys; the rest is as in the part it starts from.

    A key that is null gives nothing. While templates and shapes are laid over one another its value is None; the
    parts of a finished arrangement hold none.
    """

    roles: Annotated[tuple[Id, ...], OrNull] = Field(
        default=(),
        description="The roles whose words the part holds, one after the other: headline, body, action, local, "
        "number, address, promise, name. Default: the role that has the part's own name.",
    )
    weights: Annotated[tuple[Annotated[int, Field(ge=100, le=900)], ...], OrNull] = Field(
        default=(500,), description="The font weight of each of these roles."
    )
    leading: Annotated[float, Field(ge=0.7, le=3), OrNull] = Field(
        default=1.25, description="Line height over size."
    )
    tracking: Annotated[float, Field(ge=-0.2, le=0.5), OrNull] = Field(
        default=0.0, description="Letter-spacing, in em."
    )
    max_size: Annotated[Ratio, OrNull] = Field(
        default=0.1,
        description="The greatest size, as a share of the live area's short side; with `relative_to`, of that part's "
        "size.",
    )
    relative_to: Id | None = Field(
        default=None, description="The part whose size this one's sizes are shares of."
    )
    preferred_size: Annotated[Ratio, OrNull] = Field(
        default=0.0, description="Below this size, in the same measure as `max_size`, shorter copy is tried."
    )
    lines: Annotated[int, Field(ge=1, le=12), OrNull] = Field(
        default=1, description="How many lines the part may take."
    )
    measure_em: Annotated[float, Field(gt=1, le=200)] | None = Field(
        default=None, description="The longest line, in em."
    )
    gap: Annotated[Ratio, OrNull] = Field(
        default=0.6,
        description="The space above, from the last baseline to the top of the capitals, in em of the part's own "
        "size. With `same_line`, the space between the two parts.",
    )
    clearance: Annotated[Ratio, OrNull] = Field(
        default=0.35, description="How far the letters keep from the edges of the light, in em."
    )
    optional: Annotated[bool, OrNull] = Field(
        default=False,
        description="The part is left out where it does not fit at a comfortable size, unless the channel requires "
        "it. Of several, the one that stands last under `parts` is left out first.",
    )
    same_line: Annotated[bool, OrNull] = Field(
        default=False,
        description="The part stands to the right of the part before it, on its baseline, flush with the box.",
    )


class Region(Strict):
    """A box, and the parts that stand in it."""

    box: BoxShares = Field(
        description="Left, top, width and height, in shares of the live area. In a round channel the live area is "
        "the square inside its circle, and a box may reach up to 0.2 out of it: its ink stays in the circle."
    )
    column: Annotated[tuple[Id | tuple[Id, ...], ...], Field(min_length=1)] = Field(
        description="The parts, from the top. Where there is a code (`code`), an inner list is set beside it."
    )
    anchor: Literal["top", "middle", "bottom"] = Field(
        default="top", description="Where in the box the parts gather."
    )


def column_names(region: Region | None) -> tuple[str, ...]:
    """Return what stands in a region from the top, the code and the parts beside it included."""
    column = region.column if region else ()
    return tuple(name for item in column for name in ((item,) if isinstance(item, str) else item))


def column_parts(region: Region | None) -> tuple[str, ...]:
    """Return the parts of a region, those beside the code included, without the code."""
    return tuple(name for name in column_names(region) if name != CODE)


class Opening(Strict):
    """The door ajar and the light that falls from it, or a plain field of light behind the call."""

    kind: Literal["floor", "corner", "bar", "far", "band", "side"] = Field(
        description="floor: the light covers the page below the words. corner: it falls to the lower right. bar: a "
        "sliver across a strip, all light to its right. far: a small door seen whole, whose light widens to the "
        "page's lower edges. band: all of the page from the call down, without a door. side: all from the call to "
        "the right, without a door."
    )
    door: Annotated[tuple[Share, ...], Field(min_length=1, max_length=3), UnsetByNull] = Field(
        default=(),
        description="Needed but for band and side. Three x, in shares of the live area's width: the gap's foot on "
        "the left, its head on the left, its right side. For far one x: its right side.",
    )
    drop: Ratio = Field(
        default=0.0,
        description="floor and far: how far the edge of the light falls from the threshold to the page's left side. "
        "corner: how far the threshold stands above the call. A share of the live area's short side.",
    )
    min_drop: Ratio = Field(
        default=0.0, description="How far `drop` may shrink to give the words room, in the same measure."
    )
    lift: Share = Field(
        default=0.03,
        description="How much higher the gap's right foot stands, a share of the live area's short side.",
    )
    spread: Share = Field(
        default=0.1,
        description="How far the right edge of the light falls to the page's right side, in the same measure.",
    )
    leaf: Share = Field(
        default=0.08,
        description="How far the door's foot rises to the page's right side, in the same measure.",
    )
    foot_x: Share = Field(
        default=0.0,
        description="corner: where the left edge of the light meets the page's foot, a share of the live area's width.",
    )
    clear: Ratio = Field(
        default=0.45,
        description="The space between the edge of the light and the call's first line, in em of the number.",
    )
    head: Share | None = Field(
        default=None,
        description="The gap's top, a share of the live area's height. Default: it runs off the page.",
    )
    threshold: Share | None = Field(
        default=None,
        description="The threshold's height, a share of the live area's height. Default: found from the call.",
    )
    height: Share = Field(
        default=0.0,
        description="far, and needed there: how high the door stands, a share of the live area's short side. All "
        "its other measures follow.",
    )

    @model_validator(mode="after")
    def _has_its_measures(self) -> Self:
        """Refuse light from a door without one, and a door that is measured in another way than its kind."""
        is_far = self.kind == "far"
        if not self.door:
            if self.kind not in PLAIN_LIGHT:
                raise PydanticCustomError("door", "the light comes from a door: door is missing")
        elif len(self.door) != (1 if is_far else 3):
            raise PydanticCustomError("door", "far takes one x in door" if is_far else "door takes three x")
        if is_far != (self.height > 0):
            raise PydanticCustomError("door", "far needs a height" if is_far else "height is for far alone")
        return self


class Foot(Strict):
    """The partner footer: a band of paper along the page's bottom, top or left."""

    max_size: Ratio = Field(
        default=0.04, description="The greatest size of the names, a share of the page's short side."
    )
    max_share: Ratio = Field(
        default=0.3, description="The greatest height of the band, a share of the page's height."
    )
    imprint: bool = Field(
        default=True, description="Whether the national lead and the edition stand on the last line."
    )
    name: bool = Field(
        default=True,
        description="Whether the campaign's name stands at the left. Without it, “In partnership with” does where "
        "one row holds all.",
    )
    side: Literal["bottom", "top", "left"] = Field(
        default="bottom",
        description="Where the band lies. At the top the door hangs from it; at the left its edge leans as the gap "
        "does.",
    )
    span: Span = Field(
        default=(0.0, 1.0),
        description="Where the names stand, from and to, in shares of the live area's width. At the top, from more "
        "than 0, the band covers that part of the head alone.",
    )
    min_share: Share = Field(
        default=0.0,
        description="The least that the band takes, a share of the page's height; at the left, of its width.",
    )
    distribute: bool = Field(
        default=False,
        description="Names are spread over the measure: equal gaps in one row, columns in several. Without `name` "
        "the label stands above them.",
    )
    always: bool = Field(
        default=False,
        description="Names also stand where the channel does not require them, if they fit at a comfortable size.",
    )
    surface: Literal["paper", "field"] = Field(
        default="paper",
        description="What the partners stand on: a band of paper, or the template's field. Logos are chosen for it.",
    )


class PicturePlace(Strict):
    """How a picture stands in the field of a shape."""

    at: PointShares = Field(
        default=(0.5, 0.5),
        description="Where the picture's focus comes to stand, in shares of the field, as near as the picture's "
        "edges allow.",
    )
    zoom: Annotated[float, Field(ge=1, le=4)] = Field(
        default=1.0,
        description="How much larger the picture is drawn than it must be to fill the field. A larger picture "
        "reaches `at` in more shapes.",
    )


class Arrangement(Strict):
    """The layout of one shape. In a file a shape may give any of its keys; ``extends`` gives the others.

    Null takes ``copy``, ``motif`` and ``picture`` away; of any other key it gives nothing.
    """

    extends: Words | None = Field(
        default=None,
        description="The shape whose keys this one takes over. A key given here replaces that one.",
    )
    cta: Region | None = Field(
        default=None, description="Where the parts that call stand: number, address, promise, code."
    )
    copy_: Region | None = Field(
        default=None,
        alias="copy",
        description="Where the parts that say something stand: headline, body. `null` takes the region away.",
    )
    motif: Opening | None = Field(default=None, description="The door and its light. `null` takes them away.")
    footer: Annotated[Foot, OrNull] = Field(default=Foot(), description="The band with the partners.")
    parts: dict[Id, Part] = Field(
        default={}, description="What differs in this shape from the template's own parts."
    )
    cta_on: Annotated[Literal["light", "field"], OrNull] = Field(
        default="light", description="What lies under the number: the light, or the field."
    )
    margin: Annotated[float, Field(ge=0, le=0.3), OrNull] = Field(
        default=0.0,
        description="The template's own margin, a share of the page's short side. It counts where the channel's "
        "safe area is narrower.",
    )
    picture: PicturePlace | None = Field(
        default=None,
        description="The place for a picture in the field; `{}` is one with the usual values. Without it, or with "
        "`null`, the shape shows no picture.",
    )


class TemplateFile(Strict):
    """``templates/<template>/template.yaml``: a template's description and its arrangements by shape.

    What extends another template may leave out all but its name and what it is for.
    """

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["extends"]}, {"required": list(NEEDED_WITHOUT_BASE)}]}
    )

    name: Words = Field(description="What lists call the template.")
    about: Words = Field(description="One line on what it is for.")
    extends: Id | None = Field(
        default=None,
        description="The template that this one starts from. Files that the folder lacks come from there, its style "
        "sheets count before this one's, and `parts` and `shapes` are replaced key by key.",
    )
    backgrounds: Annotated[tuple[Background, ...], Field(min_length=1)] = Field(
        default=("dark", "light"),
        description="The backgrounds that it can draw; the first stands in for one that it cannot. With `extends`, "
        "the base's if not given.",
    )
    parts: dict[Id, Part] = Field(
        default={},
        description="How each part is set, in every shape. With `extends`, laid over the base's.",
    )
    shapes: dict[Words, Arrangement | None] = Field(
        default={},
        description="The layout of each shape; `null` takes the base's away. The most particular name counts: a "
        "channel's id, portrait/print+code, portrait+code, portrait/print, portrait.",
    )
