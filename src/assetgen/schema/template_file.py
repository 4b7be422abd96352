"""The form of ``templates/<template>/template.yaml``: a design's parts and arrangements."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from assetgen.schema.fields import Ground, Id, Share, Strict, Words

# How far a box may reach out of the live area: a circle reaches this far out of the square inside it, in shares of
# that square's side. Elsewhere the box ends at the live area.
OUT = 0.2072
# Light that lies behind the call without a door.
PLAIN_LIGHT = ("band", "side")
# What a design that extends no other must say itself.
NEEDED_WITHOUT_BASE = ("grounds", "parts", "shapes")


def _inside(box: list[float]) -> list[float]:
    """Refuse a box that reaches further out of the live area than a circle out of its square."""
    x, y, width, height = box
    if min(x, y) < -OUT or min(width, height) <= 0 or max(x + width, y + height) > 1 + OUT:
        raise PydanticCustomError("box", "reaches out of the live area")
    return box


def _rising(span: list[float]) -> list[float]:
    """Refuse a span that ends where it starts, or before."""
    start, end = span
    if start >= end:
        raise PydanticCustomError("span", "ends before it starts")
    return span


Box = Annotated[list[Share], Field(min_length=4, max_length=4), AfterValidator(_inside)]
Ratio = Annotated[float, Field(ge=0, le=10)]


class PartFile(Strict):
    """How one part of a design is set; see ``campaign/arrangement.py`` for each key."""

    say: list[Id] | None = None
    weights: list[Annotated[int, Field(ge=100, le=900)]] | None = None
    leading: Annotated[float, Field(ge=0.7, le=3)] | None = None
    tracking: Annotated[float, Field(ge=-0.2, le=0.5)] | None = None
    most: Ratio | None = None
    of: Id | None = None
    good: Ratio | None = None
    lines: Annotated[int, Field(ge=1, le=12)] | None = None
    measure_em: Annotated[float, Field(gt=1, le=200)] | None = None
    gap: Ratio | None = None
    clear: Ratio | None = None
    optional: bool | None = None
    beside: bool | None = None


class RegionFile(Strict):
    """A box in shares of the live area, and the parts that stand in it, from the top."""

    box: Box
    column: Annotated[list[Id | list[Id]], Field(min_length=1)]
    anchor: Literal["top", "middle", "bottom"] = "top"


class OpeningFile(Strict):
    """The door and its light: see ``campaign/arrangement.py``."""

    kind: Literal["floor", "corner", "bar", "far", "band", "side"]
    door: Annotated[list[Share], Field(min_length=1, max_length=3)] | None = None
    drop: Ratio = 0.0
    least_drop: Ratio = 0.0
    lift: Share = 0.03
    spread: Share = 0.1
    leaf: Share = 0.08
    foot_x: Share = 0.0
    clear: Ratio = 0.45
    head: Share | None = None
    threshold: Share | None = None
    height: Share = 0.0

    @model_validator(mode="after")
    def _has_its_measures(self) -> Self:
        """Refuse light from a door without one, and a door that is measured in another way than its kind."""
        is_far = self.kind == "far"
        if self.door is None:
            if self.kind not in PLAIN_LIGHT:
                raise PydanticCustomError("door", "the light comes from a door: door is missing")
        elif len(self.door) != (1 if is_far else 3):
            raise PydanticCustomError("door", "far takes one x in door" if is_far else "door takes three x")
        if is_far != (self.height > 0):
            raise PydanticCustomError("door", "far needs a height" if is_far else "height is for far alone")
        return self


class FootFile(Strict):
    """The partner foot: a band of paper along the bottom of the page, its top or its left."""

    most: Ratio = 0.04
    share: Ratio = 0.3
    imprint: bool = True
    name: bool = True
    side: Literal["bottom", "top", "left"] = "bottom"
    span: Annotated[list[Share], Field(min_length=2, max_length=2), AfterValidator(_rising)] = Field(
        default=[0.0, 1.0]
    )
    least: Share = 0.0
    even: bool = False
    always: bool = False
    on: Literal["paper", "field"] = "paper"


class PicturePlaceFile(Strict):
    """The picture that may fill the field: where in it the picture's focus comes to stand, how much it is enlarged."""

    at: Annotated[list[Annotated[float, Field(ge=0, le=1)]], Field(min_length=2, max_length=2)] = Field(
        default=[0.5, 0.5]
    )
    zoom: Annotated[float, Field(ge=1, le=4)] = 1.0


class ShapeFile(Strict):
    """One arrangement: regions, the opening, the foot, and what differs from the design's own parts."""

    like: Words | None = None
    call: RegionFile | None = None
    words: RegionFile | None = None
    opening: OpeningFile | None = None
    foot: FootFile | None = None
    parts: dict[Id, PartFile] = Field(default={})
    call_on: Literal["light", "field"] | None = None
    margin: Annotated[float, Field(ge=0, le=0.3)] | None = None
    picture: PicturePlaceFile | None = None


class TemplateFile(Strict):
    """``templates/<template>/template.yaml``: a design's description and its arrangements by shape.

    What extends another design may leave out all but its name and what it is for.
    """

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["extends"]}, {"required": list(NEEDED_WITHOUT_BASE)}]}
    )

    name: Words
    about: Words
    extends: Id | None = None
    grounds: Annotated[list[Ground], Field(min_length=1)] = Field(default=["dark", "light"])
    parts: dict[Id, PartFile] = Field(default={})
    shapes: dict[Words, ShapeFile | None] = Field(default={})
