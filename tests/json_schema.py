"""A reader of JSON Schema for the tests: the part that our schemas use. A keyword that it does not know is an error.

An editor brings its own; this one is here to hold that the schemas take the files of the real campaign.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
FORMATS = {"date": re.compile(r"\d{4}-\d{2}-\d{2}")}
# Said to a reader, or read elsewhere: $defs by $ref, the two about keys by _other_keys.
PASSED_OVER = {"$defs", "$id", "$schema", "title", "description", "default", "examples"}
ABOUT_OTHER_KEYS = {"patternProperties", "additionalProperties"}


def faults(value: object, schema: Any, root: dict[str, Any], where: str = "") -> list[str]:
    """Return what is wrong with a value by a schema, each fault with its place. KeyError for a strange keyword."""
    if isinstance(schema, bool):
        return [] if schema else [f"{where}: nothing may stand here"]
    found: list[str] = []
    for keyword in schema.keys() - PASSED_OVER - ABOUT_OTHER_KEYS:
        if keyword not in RULES:
            raise KeyError(f"{where}: the reader of the tests does not know {keyword}")
        found += RULES[keyword](Case(keyword, schema[keyword], value, root, where))
    if isinstance(value, dict):
        found += _other_keys(value, schema, root, where)
    return sorted(found)


@dataclass(frozen=True)
class Case:
    """One keyword of a schema, what it wants, and the value that it is held against."""

    keyword: str
    wanted: Any
    value: Any
    root: dict[str, Any]
    where: str

    def inside(self, value: object, schema: Any, name: object) -> list[str]:
        return faults(value, schema, self.root, f"{self.where}/{name}")

    def here(self, schema: Any) -> list[str]:
        return faults(self.value, schema, self.root, self.where)

    def says(self, words: str) -> list[str]:
        return [f"{self.where}: {words}"]


def _ref(case: Case) -> list[str]:
    assert case.wanted.startswith("#/"), case.wanted
    found: Any = case.root
    for part in case.wanted[2:].split("/"):
        found = found[part]
    return case.here(found)


def _type(case: Case) -> list[str]:
    names = case.wanted if isinstance(case.wanted, list) else [case.wanted]
    if any(_is(case.value, name) for name in names):
        return []
    return case.says(f"{case.value!r} is no {' or '.join(names)}")


def _enum(case: Case) -> list[str]:
    allowed = case.wanted if case.keyword == "enum" else [case.wanted]
    return [] if case.value in allowed else case.says(f"{case.value!r} is none of {allowed!r}")


def _combined(case: Case) -> list[str]:
    outcomes = [case.here(one) for one in case.wanted]
    passing = sum(not outcome for outcome in outcomes)
    if case.keyword == "allOf":
        return [fault for outcome in outcomes for fault in outcome]
    if passing == 0 or (case.keyword == "oneOf" and passing > 1):
        return case.says(f"{passing} of {len(outcomes)} forms fit: {outcomes}")
    return []


def _pattern(case: Case) -> list[str]:
    if not isinstance(case.value, str) or re.search(case.wanted, case.value):
        return []
    return case.says(f"{case.value!r} does not match {case.wanted}")


def _format(case: Case) -> list[str]:
    if not isinstance(case.value, str) or FORMATS[case.wanted].fullmatch(case.value):
        return []
    return case.says(f"{case.value!r} is no {case.wanted}")


def _properties(case: Case) -> Iterator[str]:
    if isinstance(case.value, dict):
        for name in case.wanted.keys() & case.value.keys():
            yield from case.inside(case.value[name], case.wanted[name], name)


def _required(case: Case) -> Iterator[str]:
    if isinstance(case.value, dict):
        yield from (f"{case.where}: {name} is missing" for name in case.wanted if name not in case.value)


def _property_names(case: Case) -> Iterator[str]:
    if isinstance(case.value, dict):
        for name in case.value:
            yield from case.inside(name, case.wanted, name)


def _items(case: Case) -> Iterator[str]:
    if isinstance(case.value, list):
        for number, item in enumerate(case.value):
            yield from case.inside(item, case.wanted, number)


def _unique(case: Case) -> list[str]:
    if not case.wanted or not isinstance(case.value, list):
        return []
    return (
        case.says("an item stands twice") if len({repr(one) for one in case.value}) < len(case.value) else []
    )


def _count(case: Case) -> list[str]:
    if not isinstance(case.value, (str, list, dict)):
        return []
    count = len(case.value)
    fits = count <= case.wanted if case.keyword.startswith("max") else count >= case.wanted
    return [] if fits else case.says(f"{case.keyword} is {case.wanted}, not {count}")


def _bound(case: Case) -> list[str]:
    if not _is(case.value, "number"):
        return []
    fits = {
        "minimum": case.value >= case.wanted,
        "maximum": case.value <= case.wanted,
        "exclusiveMinimum": case.value > case.wanted,
        "exclusiveMaximum": case.value < case.wanted,
    }[case.keyword]
    return [] if fits else case.says(f"{case.keyword} is {case.wanted}, not {case.value}")


RULES: dict[str, Callable[[Case], list[str] | Iterator[str]]] = {
    "$ref": _ref,
    "type": _type,
    "enum": _enum,
    "const": _enum,
    **dict.fromkeys(("anyOf", "oneOf", "allOf"), _combined),
    "pattern": _pattern,
    "format": _format,
    "properties": _properties,
    "required": _required,
    "propertyNames": _property_names,
    "items": _items,
    "uniqueItems": _unique,
    **dict.fromkeys(
        ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _count
    ),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _bound),
}


def _other_keys(
    value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], where: str
) -> Iterator[str]:
    """Return what is wrong with the keys that ``properties`` does not name."""
    patterns = schema.get("patternProperties", {})
    for name in value.keys() - schema.get("properties", {}).keys():
        matching = [one for pattern, one in patterns.items() if re.search(pattern, name)]
        for one in matching or [schema.get("additionalProperties", True)]:
            yield from faults(value[name], one, root, f"{where}/{name}")


def _is(value: object, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, TYPES[name])
