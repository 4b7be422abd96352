"""The layouts of a template: where each part stands, for each page shape.

Lengths are shares. Boxes are [x, y, width, height] in shares of the live area (the safe area, less the
partner foot); sizes of type are shares of the live area's short side, or of another part's size (``of``).
Where the opening stands is found from these numbers and from the words, so that the light follows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from assetgen.loading.yaml.ids import did_you_mean
from assetgen.schema.fields import Strict
from assetgen.schema.template_file import (
    FootFile,
    OpeningFile,
    PartFile,
    PicturePlaceFile,
    RegionFile,
    ShapeFile,
    TemplateFile,
)

# What stands for the QR code in a column.
CODE = "code"


@dataclass(frozen=True, slots=True)
class Part:
    """How one part is set.

    say          the roles whose words it holds, one after the other (default: its own)
    weights      the weight of each of them
    leading      line height over size
    tracking     letter-spacing in em
    most         its greatest size: a share of the live area's short side; with ``of``, of that part's size
    good         the size, in the same measure, under which the next shorter copy is tried
    lines        how many lines it may take
    measure_em   its longest line, in em
    gap          space above it, from the last baseline to its capitals' top, in em of its own size
    clear        how far its letters keep from the light's edges, in em
    optional     left out where it does not fit at a comfortable size, unless the channel requires it
    beside       on the baseline of the part before it, flush with the box's right; ``gap`` is the space
                 between the two
    """

    say: tuple[str, ...]
    weights: tuple[int, ...] = (500,)
    leading: float = 1.25
    tracking: float = 0.0
    most: float = 0.1
    of: str | None = None
    good: float = 0.0
    lines: int = 1
    measure_em: float | None = None
    gap: float = 0.6
    clear: float = 0.35
    optional: bool = False
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Region:
    """A box, and the parts in it from the top; a nested tuple stands beside the code where there is one."""

    box: tuple[float, float, float, float]
    column: tuple[str | tuple[str, ...], ...]
    anchor: str = "top"


@dataclass(frozen=True, slots=True)
class Opening:
    """The door ajar and the light that falls from it, or a plain field of light behind the call.

    kind         floor: the light covers the page below the words; corner: it falls to the lower right;
                 bar: a sliver across a strip, all light to its right; far: a small door in the field,
                 seen whole, whose light widens to the page's lower edges; band: all of the page from
                 the call down, without a door; side: all from the call to the right, without a door
    door         x of the gap's foot on the left, of its head on the left, of its right side
                 (shares of the live area's width); far: its right side alone
    drop         floor, far: how far the light's edge falls from the threshold to the page's left side;
                 corner: how far the threshold stands above the call; shares of the live short side
    least_drop   how far ``drop`` may shrink to give the words room
    lift         how much higher the gap's right foot stands (share of the live short side)
    spread       how far the light's right edge falls to the page's right side (same)
    leaf         how far the door's foot rises to the page's right side (same)
    foot_x       corner: where the light's left edge meets the page's foot (share of the live width)
    clear        space between the light's edge and the call's first line, in em of the number
    head         the gap's top, as a share of the live height; default: it runs off the page
    threshold    the threshold's height as a share of the live height; default: found from the call
    height       far: how high the door stands, a share of the live short side; all its other measures follow
    """

    kind: str
    door: tuple[float, ...]
    drop: float = 0.0
    least_drop: float = 0.0
    lift: float = 0.03
    spread: float = 0.1
    leaf: float = 0.08
    foot_x: float = 0.0
    clear: float = 0.45
    head: float | None = None
    threshold: float | None = None
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Foot:
    """The partner foot: a band of paper.

    most         the lock-ups' greatest size of type, a share of the page's short side
    share        the greatest share of the page's height that the foot takes
    imprint      whether the national lead and the edition stand on its last line
    name         whether the campaign's name stands at its left; without it, the label stands there
                 where there is room for all in one row
    side         where the band lies: along the bottom, along the top (a lintel from which the door
                 hangs), or along the left
    span         where in the live area's width the names stand, from and to, in shares of it
    least        the least share of the page's height that a band takes (left: of its width)
    even         names spread over the measure: equal gaps in a row, columns where there are several;
                 without ``name`` the label stands above them
    always       names stand where the channel does not ask for them, too, if they fit at a comfortable size
    on           what it stands on: a band of paper, or the design's field. Logos are chosen for it
    """

    most: float = 0.04
    share: float = 0.3
    imprint: bool = True
    name: bool = True
    side: str = "bottom"
    span: tuple[float, float] = (0.0, 1.0)
    least: float = 0.0
    even: bool = False
    always: bool = False
    on: str = "paper"


@dataclass(frozen=True, slots=True)
class PicturePlace:
    """How a picture stands in the field.

    at           where its focus comes to stand, in shares of the field, as near as the picture's edges allow
    zoom         how much larger it is drawn than it must be to fill the field
    """

    at: tuple[float, float] = (0.5, 0.5)
    zoom: float = 1.0


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One shape's arrangement.

    ``call_on`` says what lies under the number: the light, or the field. ``margin`` is the design's own
    margin, a share of the page's short side; it counts where the channel's safe area is narrower.
    Without ``picture`` the arrangement has no place for one.
    """

    parts: Mapping[str, Part]
    call: Region | None = None
    words: Region | None = None
    opening: Opening | None = None
    foot: Foot = Foot()
    call_on: str = "light"
    margin: float = 0.0
    picture: PicturePlace | None = None


def arrangement_keys(channel_id: str, shape: str, medium: str, has_code: bool) -> tuple[str, ...]:
    """Return the names under which an arrangement is looked up, the most particular first."""
    keys = [channel_id]
    if has_code:
        keys += [f"{shape}/{medium}+code", f"{shape}+code"]
    return (*keys, f"{shape}/{medium}", shape)


def column_names(region: Region | None) -> tuple[str, ...]:
    """Return what stands in a region from the top, the code and the parts beside it included."""
    column = region.column if region else ()
    return tuple(name for item in column for name in ((item,) if isinstance(item, str) else item))


def column_parts(region: Region | None) -> tuple[str, ...]:
    """Return the parts of a region, those beside the code included, without the code."""
    return tuple(name for name in column_names(region) if name != CODE)


Form = TypeVar("Form", bound=Strict)
NO_DOOR = (0.0, 0.0, 0.0)
# Where in shapes:, what is wrong, hint.
ShapeFault = tuple[tuple[str | int, ...], str, str | None]


def extended(base: TemplateFile, own: TemplateFile) -> TemplateFile:
    """Return a design's description over its base's: key by key in ``parts`` and ``shapes``, each as a whole else.

    A shape that is null is taken away.
    """
    shapes = dict(base.shapes)
    for name, shape in own.shapes.items():
        start = shapes.get(name)
        shapes[name] = (
            _over(start, shape, parts=_parts_over(start.parts, shape.parts)) if start and shape else shape
        )
    return _over(base, own, parts=_parts_over(base.parts, own.parts), shapes=shapes)


def _parts_over(base: Mapping[str, PartFile], own: Mapping[str, PartFile]) -> dict[str, PartFile]:
    return {**base, **{name: _over(base[name], part) if name in base else part for name, part in own.items()}}


def _over(base: Form, own: Form, **merged: Any) -> Form:
    """Return a form with each key that another gives, null included, in place of its own."""
    given = {name: getattr(own, name) for name in own.model_fields_set}
    return base.model_copy(update={**given, **merged})


def build_arrangements(
    parts: Mapping[str, PartFile], forms: Mapping[str, ShapeFile | None]
) -> tuple[dict[str, Arrangement], list[ShapeFault]]:
    """Return each arrangement with ``like`` resolved, and the faults of those that cannot be."""
    shapes = {name: form for name, form in forms.items() if form is not None}
    base = {name: _part(name, None, file) for name, file in parts.items()}
    built: dict[str, Arrangement] = {}
    faults: list[ShapeFault] = []

    def build(name: str, seen: tuple[str, ...]) -> Arrangement | None:
        if name in built:
            return built[name]
        file = shapes[name]
        if file.like and file.like not in shapes:
            faults.append(
                ((name, "like"), f"like: no such shape: {file.like}", did_you_mean(file.like, shapes))
            )
            return None
        if file.like in (*seen, name):
            faults.append(
                ((name, "like"), f"like: {file.like} is like {name} again", "let one of them stand alone")
            )
            return None
        start = build(file.like, (*seen, name)) if file.like else Arrangement(base)
        if start is None:
            return None
        built[name] = _overlay(start, file)
        return built[name]

    for name, form in shapes.items():
        arrangement = build(name, ())
        if arrangement:
            faults += _unknown_parts(name, form, arrangement)
    return built, faults


def _overlay(start: Arrangement, file: ShapeFile) -> Arrangement:
    """Return an arrangement with what a shape's form gives in its place; null takes words, opening or picture away."""
    parts, given = dict(start.parts), file.model_fields_set
    for name, part in file.parts.items():
        parts[name] = _part(name, parts.get(name), part)
    return replace(
        start,
        parts=parts,
        call=_region(file.call) if file.call else start.call,
        words=(_region(file.words) if file.words else None) if "words" in given else start.words,
        opening=(_opening(file.opening) if file.opening else None) if "opening" in given else start.opening,
        foot=_foot(file.foot) if file.foot else start.foot,
        call_on=file.call_on or start.call_on,
        margin=start.margin if file.margin is None else file.margin,
        picture=_picture(file.picture) if "picture" in given else start.picture,
    )


def _part(name: str, start: Part | None, file: PartFile) -> Part:
    given = {key: value for key, value in file.model_dump().items() if value is not None}
    for key in ("say", "weights"):
        if key in given:
            given[key] = tuple(given[key])
    return replace(start or Part(say=(name,)), **given)


def _region(file: RegionFile) -> Region:
    x, y, width, height = file.box
    column = tuple(tuple(item) if isinstance(item, list) else item for item in file.column)
    return Region((x, y, width, height), column, file.anchor)


def _opening(file: OpeningFile) -> Opening:
    given = {field.name: getattr(file, field.name) for field in fields(Opening)}
    return Opening(**{**given, "door": tuple(file.door or NO_DOOR)})


def _picture(file: PicturePlaceFile | None) -> PicturePlace | None:
    if file is None:
        return None
    x, y = file.at
    return PicturePlace((x, y), file.zoom)


def _foot(file: FootFile) -> Foot:
    given = {field.name: getattr(file, field.name) for field in fields(Foot)}
    start, end = file.span
    return Foot(**{**given, "span": (start, end)})


def _unknown_parts(name: str, file: ShapeFile, arrangement: Arrangement) -> list[ShapeFault]:
    """Return the parts that stand in a region of this very shape, and are not described."""
    known = arrangement.parts
    faults: list[ShapeFault] = []
    for region, written in (("call", file.call), ("words", file.words)):
        for index, item in enumerate(written.column if written else ()):
            names = [item] if isinstance(item, str) else item
            faults += [
                ((name, region, "column", index), f"no such part: {one}", did_you_mean(one, known))
                for one in names
                if one not in known and one != "code"
            ]
    return faults
