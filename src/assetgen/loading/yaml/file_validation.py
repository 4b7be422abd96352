"""Validate files against the models of ``schema``, and check the ids of files and folders.

Pydantic's errors become findings with places and hints, for example the most similar known key.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.yaml.document import YamlDocument
from assetgen.schema.channel_file import SafeCircle
from assetgen.schema.fields import PATTERN_DESCRIPTIONS
from assetgen.schema.message_file import BY_LOCALE

MIN_SIMILARITY = 0.6
MAX_LISTED = 12


def most_similar(word: str, known: Iterable[str], min_similarity: float = MIN_SIMILARITY) -> str | None:
    """Return the known word most similar to ``word``, ignoring case, or None if none is similar enough.

    ``min_similarity`` is the minimum similarity, 0 to 1: twice the number of matching letters in order, divided by
    the number of letters of both words (``difflib.SequenceMatcher.ratio``). Of equally similar words the
    alphabetically first is returned.
    """
    folded = word.casefold()
    if not folded:
        return None
    best, best_similarity = None, min_similarity
    for candidate in sorted(set(known)):
        # Without autojunk: it would make the result depend on the length of a word.
        matcher = SequenceMatcher(None, folded, candidate.casefold(), autojunk=False)
        if matcher.real_quick_ratio() < best_similarity or matcher.quick_ratio() < best_similarity:
            continue
        similarity = matcher.ratio()
        if similarity > best_similarity or (best is None and similarity == best_similarity):
            best, best_similarity = candidate, similarity
    return best


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return a hint with the most similar known word, else with all known words; None if there are none or too many."""
    words = sorted(set(known))
    near = most_similar(word, words)
    if near is not None:
        return f"did you mean {near}?"
    if words and len(words) <= MAX_LISTED:
        return f"one of: {', '.join(words)}"
    return None


VALID_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
# Together these limits keep every file name within 140 characters.
MAX_LENGTHS = {"slug": 20, "partner": 32, "message": 16, "channel": 26, "template": 20, "printer": 32}
RESERVED_NAMES = frozenset({"all", "packs", "qr", "index"})
# Device names that Windows reserves in every folder, whatever the extension.
WINDOWS_NAMES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"com{n}" for n in range(10)} | {f"lpt{n}" for n in range(10)}
)


def check_id(kind: str, name: str, place: Place) -> list[Finding]:
    """Return a finding that proposes a valid id if ``name`` is not a valid id of this kind (``partner``)."""
    reason = _id_fault(kind, name)
    if reason is None:
        return []
    text, hint = f"{name} is not a valid {kind} id: {reason}", f"rename it to {propose_id(kind, name)}"
    return [Finding("bad-id", text, hint, place)]


def _id_fault(kind: str, name: str) -> str | None:
    if not VALID_ID.fullmatch(name):
        return "use lower-case letters a to z, digits and hyphens, starting with a letter or digit"
    if len(name) > MAX_LENGTHS[kind]:
        return f"use at most {MAX_LENGTHS[kind]} characters"
    if name in RESERVED_NAMES:
        return "assetgen reserves this name"
    if name in WINDOWS_NAMES:
        return "Windows reserves this name"
    return None


def propose_id(kind: str, name: str) -> str:
    """Return a valid id that is similar to ``name``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: MAX_LENGTHS[kind]].strip("-")
    return slug if slug and slug not in RESERVED_NAMES | WINDOWS_NAMES else f"{kind}-{slug or '1'}"


def check_case(kind: str, places: Mapping[str, Place]) -> list[Finding]:
    """Return a finding for each name that differs from an earlier one only by case."""
    seen: dict[str, str] = {}
    findings = []
    for name in sorted(places):
        first = seen.setdefault(name.casefold(), name)
        if first != name:
            text = f"{first} and {name} differ only by case: Windows and macOS treat them as one name"
            findings.append(Finding("duplicate-id", text, f"rename one {kind}", places[name]))
    return findings


def split_valid_ids(kind: str, places: Mapping[str, Place]) -> tuple[list[str], list[Finding]]:
    """Return the valid ids among the names, in order, and findings about the other names."""
    findings = check_case(kind, places)
    valid: list[str] = []
    for name in sorted(places):
        faults = check_id(kind, name, places[name])
        findings += faults
        if not faults:
            valid.append(name)
    return valid, findings


def shorten_list(names: Iterable[str]) -> str:
    """Return at most five names for a message, and the number of the others."""
    names = list(names)
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


SAMPLE_LOCALE = "en-GB"
Record = TypeVar("Record", bound=BaseModel)

# Keys with which a user might try to set a fact outside brand/brand.yaml.
FACT_KEYS = frozenset({"facts", "number", "address", "promise", "phone", "telephone", "website", "url"})


def validate_document(model: type[Record], document: YamlDocument, *, under: tuple[str, ...] = ()) -> Record:
    """Validate a document's data, or the part at the path ``under``, and return it as an instance of ``model``.

    Raises CampaignError with a finding for each error.
    """
    data: Any = document.data
    for key in under:
        data = data[key]
    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = _without_union_repeats(_without_consequences(error.errors(include_url=False)))
        findings = [_finding(model, document, under, data, detail) for detail in details]
        raise CampaignError(dict.fromkeys(findings)) from None


def _without_consequences(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Return the errors without those that only follow from others.

    An invalid entry also makes its list too short, and a default may depend on an invalid value.
    """
    return [
        detail
        for detail in details
        if detail["type"] != "default_factory_not_called"
        and not (
            detail["type"] == "too_short"
            and any(other["loc"][:-1] == detail["loc"] for other in details if other["loc"])
        )
    ]


def _without_union_repeats(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Return at most one error for each value of a union type.

    If a value has the type of one branch, the type errors of the other branches are dropped. If it fits no branch, one
    type error is kept.
    """
    kept: list[ErrorDetails] = []
    for detail in details:
        stem = _stem(detail["loc"])
        others = [
            other for other in details if other is not detail and _stem(other["loc"])[: len(stem)] == stem
        ]
        if detail["type"] in _TYPE_ERRORS and any(
            other["type"] not in _TYPE_ERRORS or len(_stem(other["loc"])) > len(stem) or other in kept
            for other in others
        ):
            continue
        kept.append(detail)
    return kept


def _stem(loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Return pydantic's location without the name of a union branch at its end."""
    last = loc[-1] if loc else None
    is_branch = isinstance(last, str) and (
        last.startswith(("tuple[", "constrained-")) or last == SafeCircle.__name__
    )
    return loc[:-1] if is_branch else loc


def _finding(
    model: type[BaseModel], document: YamlDocument, under: tuple[str, ...], data: Any, detail: ErrorDetails
) -> Finding:
    path = under + _document_path(detail["loc"], data, is_missing=detail["type"] == "missing")
    name = _path_name(path[len(under) :])
    if detail["type"] == "extra_forbidden":
        return _unknown_key(model, document, path, detail["loc"])
    if detail["type"] == "missing":
        code = "alt-missing" if path[-2:] in (("alt", "short"),) or path[-1:] == ("alt",) else "bad-value"
        hint = f"add {name.rsplit('.', 1)[-1]}: and its value"
        return Finding(code, f"the key {name} is missing", hint, document.place(*path[:-1]))
    if detail["loc"] == (BY_LOCALE,):
        hint = "add en-GB: with headline, body, action and alt below it"
        return Finding("bad-value", "the message has no copy in any locale", hint, document.place())
    text, error_hint = _describe(detail)
    if detail["type"] in _MAPPING_ERRORS and isinstance(detail["input"], str):
        error_hint = _MAPPING_EXAMPLES.get(str(path[-1]) if path else "", error_hint)
    return Finding("bad-value", f"{name}: {text}" if name else text, error_hint, document.place(*path))


def _path_name(path: tuple[str | int, ...]) -> str:
    """Return a path as it appears in messages: ``size, entry 1``."""
    name = ""
    for step in path:
        if isinstance(step, int):
            name += f", entry {step + 1}"
        else:
            name += f".{step}" if name else step
    return name.removeprefix(", ")


def _unknown_key(
    model: type[BaseModel], document: YamlDocument, path: tuple[str | int, ...], loc: tuple[int | str, ...]
) -> Finding:
    key, place = str(path[-1]), document.key_place(*path)
    if key in FACT_KEYS and not document.file.endswith("/brand.yaml"):
        hint = "delete it; brand/brand.yaml sets the number, address and promise, under facts:"
        return Finding("locked-fact", f"{key}: facts of the brand cannot be set in this file", hint, place)
    return Finding("unknown-key", f"unknown key: {key}", did_you_mean(key, _keys_at(model, loc[:-1])), place)


def _keys_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Return the known keys at a location inside the model."""
    current: type[BaseModel] | None = model
    for step in loc:
        if current is None:
            return []
        field = current.model_fields.get(str(step)) or next(
            (known for known in current.model_fields.values() if known.alias == step), None
        )
        if field is None:
            continue  # a key of a mapping, or the name of a union branch: the model is the same
        current = _model_in(field.annotation)
    names = [field.alias or name for name, field in current.model_fields.items()] if current else []
    return [SAMPLE_LOCALE if name == BY_LOCALE else name for name in names]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the first model inside an annotation: an optional, list, mapping or annotated type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _document_path(loc: tuple[int | str, ...], data: Any, *, is_missing: bool) -> tuple[str | int, ...]:
    """Return pydantic's location as a path in the document.

    This drops the names of union branches, and the key under which locales are collected.
    """
    path: list[str | int] = []
    for number, step in enumerate(loc):
        exists = (isinstance(data, dict) and step in data) or (
            isinstance(data, list) and isinstance(step, int) and step < len(data)
        )
        if exists:
            data = data[step]
        elif not (is_missing and number == len(loc) - 1):
            continue
        if number > 0 or step != BY_LOCALE:
            path.append(step)
    return tuple(path)


def _describe(detail: ErrorDetails) -> tuple[str, str | None]:
    """Return the text and the hint for an error of pydantic."""
    given, context = detail["input"], detail.get("ctx", {})
    error_type, shown = detail["type"], _shown(detail["input"])
    if error_type == "literal_error":
        known = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
        hint = did_you_mean(shown, known) or f"use one of: {', '.join(known)}"
        return f"{shown} is not an allowed value", hint
    if error_type in _EXPECTED:
        expected, hint = _EXPECTED[error_type]
        return f"expected {expected}, found {shown}", hint.replace(
            "{shown}", shown if isinstance(given, str) else "…"
        )
    if error_type == "string_pattern_mismatch":
        pattern = str(context["pattern"])
        return (
            f"{shown} is not valid here",
            f"expected {PATTERN_DESCRIPTIONS.get(pattern, f'the pattern {pattern}')}",
        )
    if error_type in _BOUNDS:
        bound, key = _BOUNDS[error_type]
        return f"{shown} is out of range", f"use {bound} {context[key]:g}"
    if error_type == "string_too_long" or (error_type == "too_long" and isinstance(given, str)):
        return (
            f"has {context.get('actual_length', len(str(given)))} characters",
            f"use at most {context['max_length']} characters",
        )
    if error_type == "string_too_short":
        return "is empty", "write its text, or delete the key"
    if error_type == "too_short":
        return "has too few entries", f"write at least {context['min_length']}"
    if error_type == "too_long":
        return "has too many entries", f"write at most {context['max_length']}"
    return str(detail["msg"]).lower(), None


def _shown(given: Any) -> str:
    """Return a value as messages show it."""
    if isinstance(given, str):
        return given[:60]
    if isinstance(given, dict):
        return "a mapping"
    return "a list" if isinstance(given, list) else "nothing"


_TEXT = ("text", "write text after the colon")
_INTEGER = ("a whole number", "write only digits: 300")
_NUMBER = ("a number", "write digits, with a decimal point if needed: 2.5")
_SWITCH = ("on or off", "write on or off")
_DATE = ("a valid date", "write it as YYYY-MM-DD: 2026-11-01")
_LIST = ("a list", "write the entries in brackets: [{shown}]")
_MAPPING = ("a mapping of keys and values", "write its keys below it, each as key: value")
_EXPECTED = {
    "string_type": _TEXT,
    "int_parsing": _INTEGER,
    "int_from_float": _INTEGER,
    "int_type": _INTEGER,
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "finite_number": ("a finite number", _NUMBER[1]),
    "bool_parsing": _SWITCH,
    "bool_type": _SWITCH,
    "date_from_datetime_parsing": _DATE,
    "date_parsing": _DATE,
    "date_type": _DATE,
    "tuple_type": _LIST,
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
}
_MAPPING_ERRORS = frozenset({"dict_type", "model_type", "model_attributes_type"})
# Keys for which users often write plain text instead of a mapping, with an example of the mapping.
_MAPPING_EXAMPLES = {
    "logo": "logo: {file: logo.svg, alt: the partner's name}",
    "local_line": 'local_line: {en-GB: "In our borough, help is one call away."}',
    "contact": "contact: {name: Communications team, email: comms@example.org}",
}
_TYPE_ERRORS = frozenset({"string_type", "tuple_type", "dict_type", "model_type", "model_attributes_type"})
_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}
