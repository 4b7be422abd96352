"""Look up the layouts of a template, and lay shapes and templates over those that they start from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from assetgen.loading.yaml.ids import did_you_mean
from assetgen.schema.fields import Strict
from assetgen.schema.template_file import Arrangement, Part, Region, TemplateFile

# What stands for the QR code in a column.
CODE = "code"


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


def _parts_over(base: Mapping[str, Part], own: Mapping[str, Part]) -> dict[str, Part]:
    return {**base, **{name: _over(base[name], part) if name in base else part for name, part in own.items()}}


def _over(base: Form, own: Form, **merged: Any) -> Form:
    """Return a form with each key that another gives, null included, in place of its own."""
    given = {name: getattr(own, name) for name in own.model_fields_set}
    return base.model_copy(update={**given, **merged})


def build_arrangements(
    parts: Mapping[str, Part], forms: Mapping[str, Arrangement | None]
) -> tuple[dict[str, Arrangement], list[ShapeFault]]:
    """Return each arrangement with ``like`` resolved, and the faults of those that cannot be."""
    shapes = {name: form for name, form in forms.items() if form is not None}
    base = {name: _completed(Part(say=(name,)), part) for name, part in parts.items()}
    built: dict[str, Arrangement] = {}
    faults: list[ShapeFault] = []

    def build(name: str, seen: tuple[str, ...]) -> Arrangement | None:
        if name in built:
            return built[name]
        like = shapes[name].like
        if like and like not in shapes:
            faults.append(((name, "like"), f"like: no such shape: {like}", did_you_mean(like, shapes)))
            return None
        if like in (*seen, name):
            faults.append(
                ((name, "like"), f"like: {like} is like {name} again", "let one of them stand alone")
            )
            return None
        start = build(like, (*seen, name)) if like else Arrangement(parts=base)
        if start is None:
            return None
        built[name] = _overlay(start, shapes[name])
        return built[name]

    for name, form in shapes.items():
        arrangement = build(name, ())
        if arrangement:
            faults += _unknown_parts(name, form, arrangement)
    return built, faults


# What a shape takes away by null; any other key that is null gives nothing.
TAKEN_BY_NULL = frozenset({"words", "opening", "picture"})


def _overlay(start: Arrangement, shape: Arrangement) -> Arrangement:
    """Return an arrangement with what a shape gives in its place."""
    parts = dict(start.parts)
    for name, part in shape.parts.items():
        parts[name] = _completed(parts.get(name) or Part(say=(name,)), part)
    return _completed(start, shape, TAKEN_BY_NULL).model_copy(update={"parts": parts, "like": None})


def _completed(start: Form, own: Form, taken_by_null: frozenset[str] = frozenset()) -> Form:
    """Return a form with each key that another gives in its place, null only where it takes something away."""
    given = {name: getattr(own, name) for name in own.model_fields_set}
    return start.model_copy(
        update={name: value for name, value in given.items() if value is not None or name in taken_by_null}
    )


def _unknown_parts(name: str, shape: Arrangement, arrangement: Arrangement) -> list[ShapeFault]:
    """Return the parts that stand in a region of this very shape, and are not described."""
    known = arrangement.parts
    faults: list[ShapeFault] = []
    for region, written in (("call", shape.call), ("words", shape.words)):
        for index, item in enumerate(written.column if written else ()):
            names = [item] if isinstance(item, str) else item
            faults += [
                ((name, region, "column", index), f"no such part: {one}", did_you_mean(one, known))
                for one in names
                if one not in known and one != "code"
            ]
    return faults
