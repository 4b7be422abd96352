"""From a document to a checked record: pydantic's complaints become findings with places and hints."""

from __future__ import annotations

from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from assetgen.campaign.nearest import did_you_mean
from assetgen.campaign.reading import Document
from assetgen.errors import CampaignError
from assetgen.findings import Finding

Record = TypeVar("Record", bound=BaseModel)

# Keys by which somebody might try to change a fact outside brand/brand.yaml.
FACT_KEYS = frozenset({"facts", "number", "address", "promise", "phone", "telephone", "website", "url"})


def bind(model: type[Record], document: Document, *, under: tuple[str, ...] = ()) -> Record:
    """Return the document's data (or the part ``under`` a path) as a record of ``model``.

    Raises CampaignError with a finding for each fault, in the order of the file.
    """
    data: Any = document.data
    for key in under:
        data = data[key]
    try:
        return model.model_validate(data)
    except ValidationError as error:
        findings = [_finding(model, document, under, detail) for detail in error.errors(include_url=False)]
        raise CampaignError(dict.fromkeys(findings)) from None


def _finding(
    model: type[BaseModel], document: Document, under: tuple[str, ...], detail: ErrorDetails
) -> Finding:
    path = under + _document_path(detail["loc"])
    name = ".".join(str(step) for step in path[len(under) :])
    if detail["type"] == "extra_forbidden":
        return _unknown_key(model, document, path, detail["loc"])
    if detail["type"] == "missing":
        code = "alt-missing" if path[-2:] in (("alt", "short"),) or path[-1:] == ("alt",) else "bad-value"
        return Finding(code, f"missing: {name}", _missing_hint(name), document.place(*path[:-1]))
    text, hint = _words(detail)
    return Finding("bad-value", f"{name}: {text}" if name else text, hint, document.place(*path))


def _missing_hint(name: str) -> str:
    return f"add {name.rsplit('.', 1)[-1]}: with its value"


def _unknown_key(
    model: type[BaseModel], document: Document, path: tuple[str | int, ...], loc: tuple[int | str, ...]
) -> Finding:
    key, place = str(path[-1]), document.key_place(*path)
    if key in FACT_KEYS and document.file != "brand/brand.yaml":
        hint = "number, address and promise stand in brand/brand.yaml, under facts, and nowhere else"
        return Finding("locked-fact", f"{key}: the facts are the brand's and cannot be set here", hint, place)
    return Finding("unknown-key", f"unknown key: {key}", did_you_mean(key, _keys_at(model, loc[:-1])), place)


def _keys_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys that are known at a path inside the model."""
    here: type[BaseModel] | None = model
    for step in loc:
        if here is None:
            return []
        field = here.model_fields.get(str(step)) or next(
            (known for known in here.model_fields.values() if known.alias == step), None
        )
        if field is None:
            continue  # a key of a mapping, or the name of a union's branch: the model is the same
        here = _model_in(field.annotation)
    return [field.alias or name for name, field in here.model_fields.items()] if here else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model that an annotation holds, through optionals, lists, mappings and metadata."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _document_path(loc: tuple[int | str, ...]) -> tuple[str | int, ...]:
    """Return pydantic's location as the document's path: without the names of a union's branches."""
    return tuple(
        step
        for step in loc
        if not (isinstance(step, str) and (step.endswith("File") or "[" in step or step == "locales"))
    )


def _words(detail: ErrorDetails) -> tuple[str, str | None]:
    """Return what is wrong, and how to mend it, in plain words."""
    given, context = detail["input"], detail.get("ctx", {})
    kind = detail["type"]
    shown = _shown(given)
    if kind == "literal_error":
        known = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
        return f"{shown} is none of the values allowed", did_you_mean(
            shown, known
        ) or f"one of: {', '.join(known)}"
    if kind in _EXPECTED:
        return f"{shown} is not {_EXPECTED[kind]}", None
    if kind == "string_pattern_mismatch":
        return f"{shown} has not the form asked for", f"the form: {context['pattern']}"
    if kind in _BOUNDS:
        sign, key = _BOUNDS[kind]
        return f"{shown} is out of bounds", f"{sign} {context[key]}"
    if kind == "string_too_short":
        return "is empty", None
    if kind == "too_short":
        return "has too few entries", f"at least {context['min_length']}"
    if kind == "too_long":
        return "has too many entries", f"at most {context['max_length']}"
    return str(detail["msg"]).lower(), None


def _shown(given: Any) -> str:
    """Return a value as a message shows it."""
    if isinstance(given, str):
        return given[:60]
    if isinstance(given, dict):
        return "a mapping"
    return "a list" if isinstance(given, list) else "nothing"


_EXPECTED = {
    "string_type": "words",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_parsing": "on or off",
    "bool_type": "on or off",
    "date_from_datetime_parsing": "a date (2026-11-01)",
    "date_parsing": "a date (2026-11-01)",
    "date_type": "a date (2026-11-01)",
    "date_from_datetime_inexact": "a date (2026-11-01)",
    "list_type": "a list",
    "dict_type": "a mapping of keys and values",
    "model_type": "a mapping of keys and values",
    "model_attributes_type": "a mapping of keys and values",
}
_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
    "string_too_long": ("characters: at most", "max_length"),
}
