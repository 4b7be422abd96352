"""A design's arrangements, from what its files say: a base's forms overlaid with its own, ``like`` resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from assetgen.campaign.arrangement import Arrangement, Foot, Opening, Part, PicturePlace, Region
from assetgen.campaign.nearest import did_you_mean
from assetgen.campaign.schema_design import (
    FootFile,
    OpeningFile,
    PartFile,
    PicturePlaceFile,
    RegionFile,
    ShapeFile,
    TemplateFile,
)
from assetgen.campaign.schema_types import Strict

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
