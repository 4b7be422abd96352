"""Frozen values read back from plain ones: what a manifest says, taken at its word in form, not in substance.

The types of a dataclass say what may stand where; a strange key, a missing one or a value of another type is
refused with its place. Numbers are bounded, so that no sum with them runs away.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from assetgen.findings import NOWHERE
from assetgen.planning.asset import TERM_KINDS, Term

Record = TypeVar("Record")
MOST = 1e12
"""No length, weight or count in a manifest is larger."""
_PLAIN = {str: "text", bool: "true or false"}


class NotRead(ValueError):
    """Plain values are not of the form that they should have; says where, and what is wrong."""


def read_record(kind: type[Record], value: object, where: str, may_lack: Set[str] = frozenset()) -> Record:
    """Return a frozen dataclass from a JSON object; ``may_lack`` are the keys that may be left out.

    Raises NotRead, which names the place below ``where``.
    """
    if not isinstance(value, dict):
        raise NotRead(f"{where} is not an object")
    known = {field.name for field in fields(cast(Any, kind))}
    strange = sorted(map(str, value.keys() - known))
    missing = sorted(known - value.keys() - may_lack)
    if strange:
        raise NotRead(f"{where} has a key that is not known: {strange[0]}")
    if missing:
        raise NotRead(f"{where} has no {missing[0]}")
    hints = _hints(cast(Any, kind))
    return kind(**{key: _read(hints[key], one, f"{where}.{key}") for key, one in value.items()})


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    """Return the types of a dataclass, looked up once: a manifest has tens of thousands of a few kinds."""
    return get_type_hints(kind)


def read_texts(value: object, where: str) -> tuple[str, ...]:
    """Return a list of texts. Raises NotRead."""
    return cast(tuple[str, ...], _read(tuple[str, ...], value, where))


def _read(kind: Any, value: object, where: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in get_args(kind):
            return None
        (one,) = [one for one in get_args(kind) if one is not type(None)]
        return _read(one, value, where)
    if origin is tuple:
        return _read_tuple(get_args(kind), value, where)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _read_mapping(get_args(kind)[1], value, where)
    if is_dataclass(kind):
        return read_record(cast(type[Any], kind), value, where)
    if kind in (int, float):
        return _read_number(kind, value, where)
    if not isinstance(value, kind):
        raise NotRead(f"{where} is not {_PLAIN[kind]}")
    return value


def _read_tuple(of: tuple[Any, ...], value: object, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise NotRead(f"{where} is not a list")
    if of[-1] is not Ellipsis and len(value) != len(of):
        raise NotRead(f"{where} has {len(value)} values, not {len(of)}")
    kinds = [of[0]] * len(value) if of[-1] is Ellipsis else of
    return tuple(
        _read(kind, one, f"{where}[{at}]") for at, (kind, one) in enumerate(zip(kinds, value, strict=True))
    )


def _read_mapping(of: Any, value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotRead(f"{where} is not an object")
    return {key: _read(of, one, f"{where}.{key}") for key, one in value.items()}


def _read_number(kind: type[int] | type[float], value: object, where: str) -> int | float:
    is_number = isinstance(value, int if kind is int else (int, float)) and not isinstance(value, bool)
    if not is_number:
        raise NotRead(f"{where} is not a{' whole' if kind is int else ''} number")
    number = cast(float, value)
    if not -MOST <= number <= MOST:  # NaN is not in there either
        raise NotRead(f"{where} is out of all bounds")
    return kind(number)


def is_day(text: str) -> bool:
    """Say whether a text is a day as assetgen writes one: 2026-11-26."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def read_terms(value: object, where: str = "terms") -> tuple[Term, ...]:
    """Return the days that bind an asset, as its entry has them. Raises NotRead."""
    if not isinstance(value, list):
        raise NotRead(f"{where} is not a list")
    terms = tuple(read_record(Term, one, f"{where}[{at}]", {"place"}) for at, one in enumerate(value))
    for at, term in enumerate(terms):
        if term.kind not in TERM_KINDS or term.place != NOWHERE:
            raise NotRead(f"{where}[{at}].kind is none that binds an asset")
        if not is_day(term.day):
            raise NotRead(f"{where}[{at}].day is no day")
    return terms
