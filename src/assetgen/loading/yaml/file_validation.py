"""Check what files say: their values by the models of ``schema``, and the ids of files and folders.

Pydantic's complaints become findings with places and hints: the nearest known word is one.
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
from assetgen.schema.fields import FORMS
from assetgen.schema.message_file import BY_LOCALE

MIN_LIKENESS = 0.6
MAX_LISTED = 12


def nearest(word: str, known: Iterable[str], least: float = MIN_LIKENESS) -> str | None:
    """Return the known word most like ``word``, case aside; None when nothing is near.

    ``least`` is how like it must be: 2 × the letters in common, in order, over the letters of both.

    Of two that are equally near the first in alphabetical order is returned, whatever the order given.
    """
    given = word.casefold()
    if not given:
        return None
    best, best_likeness = None, least
    for candidate in sorted(set(known)):
        # No junk heuristics: they would make the answer hang on how long a word is.
        matcher = SequenceMatcher(None, given, candidate.casefold(), autojunk=False)
        if matcher.real_quick_ratio() < best_likeness or matcher.quick_ratio() < best_likeness:
            continue
        likeness = matcher.ratio()
        if likeness > best_likeness or (best is None and likeness == best_likeness):
            best, best_likeness = candidate, likeness
    return best


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return a hint: the nearest known word, else all of them when they are few, else None."""
    words = sorted(set(known))
    near = nearest(word, words)
    if near is not None:
        return f"did you mean {near}?"
    if words and len(words) <= MAX_LISTED:
        return f"one of: {', '.join(words)}"
    return None


LEGAL_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
# Lengths that keep every file name within 140 characters.
MAX_LENGTHS = {"slug": 20, "partner": 32, "message": 16, "channel": 26, "template": 20, "printer": 32}
OUR_NAMES = frozenset({"all", "packs", "qr", "index"})
# Device names that Windows reserves in every folder, with any extension.
WINDOWS_NAMES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"com{n}" for n in range(10)} | {f"lpt{n}" for n in range(10)}
)


def check_id(kind: str, name: str, place: Place) -> list[Finding]:
    """Return a finding, with a legal proposal, where ``name`` is no id of this kind."""
    reason = _fault(kind, name)
    if reason is None:
        return []
    return [
        Finding("bad-id", f"{name} is no {kind} id: {reason}", f"call it {propose_id(kind, name)}", place)
    ]


def _fault(kind: str, name: str) -> str | None:
    if not LEGAL_ID.fullmatch(name):
        return "small letters a to z, digits and hyphens, a letter or digit first"
    if len(name) > MAX_LENGTHS[kind]:
        return f"at most {MAX_LENGTHS[kind]} characters"
    if name in OUR_NAMES:
        return "the name has a meaning of its own"
    if name in WINDOWS_NAMES:
        return "Windows reserves the name"
    return None


def propose_id(kind: str, name: str) -> str:
    """Return the nearest legal id."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: MAX_LENGTHS[kind]].strip("-")
    return words if words and words not in OUR_NAMES | WINDOWS_NAMES else f"{kind}-{words or '1'}"


def check_case(kind: str, places: Mapping[str, Place]) -> list[Finding]:
    """Return a finding for each name that differs from an earlier one by case alone."""
    seen: dict[str, str] = {}
    findings = []
    for name in sorted(places):
        first = seen.setdefault(name.casefold(), name)
        if first != name:
            text = f"{first} and {name} differ by case alone: on Windows and macOS they are one"
            findings.append(Finding("duplicate-id", text, f"rename one {kind}", places[name]))
    return findings


def legal_only(kind: str, places: Mapping[str, Place]) -> tuple[list[str], list[Finding]]:
    """Return the names that can be used as ids, in order, and the findings on the others."""
    findings = check_case(kind, places)
    legal: list[str] = []
    for name in sorted(places):
        faults = check_id(kind, name, places[name])
        findings += faults
        if not faults:
            legal.append(name)
    return legal, findings


def first_of(names: Iterable[str]) -> str:
    """Return a few names for a message: at most five, then how many more."""
    names = list(names)
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


SOME_LOCALE = "en-GB"
Record = TypeVar("Record", bound=BaseModel)

# Keys by which somebody might try to change a fact outside brand/brand.yaml.
FACT_KEYS = frozenset({"facts", "number", "address", "promise", "phone", "telephone", "website", "url"})


def bind(model: type[Record], document: YamlDocument, *, under: tuple[str, ...] = ()) -> Record:
    """Return the document's data (or the part ``under`` a path) as a record of ``model``.

    Raises CampaignError with a finding for each fault, in the order of the file.
    """
    data: Any = document.data
    for key in under:
        data = data[key]
    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = _one_of_each_union(_own_faults(error.errors(include_url=False)))
        findings = [_finding(model, document, under, data, detail) for detail in details]
        raise CampaignError(dict.fromkeys(findings)) from None


def _own_faults(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Return the complaints without those that only follow from others.

    An entry that is no good makes its list too short as well, and a default rests on values that are faulty.
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


def _one_of_each_union(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Return the complaints without those of the other branches of a union.

    A value may be this or that: where it is of one of these kinds, what it is not is of no interest; where
    it is of neither, one complaint is enough.
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
    """Return pydantic's location without the name of a union's branch at its end."""
    last = loc[-1] if loc else None
    is_branch = isinstance(last, str) and (
        last.startswith(("tuple[", "constrained-")) or last == SafeCircle.__name__
    )
    return loc[:-1] if is_branch else loc


def _finding(
    model: type[BaseModel], document: YamlDocument, under: tuple[str, ...], data: Any, detail: ErrorDetails
) -> Finding:
    path = under + _document_path(detail["loc"], data, is_missing=detail["type"] == "missing")
    name = _name(path[len(under) :])
    if detail["type"] == "extra_forbidden":
        return _unknown_key(model, document, path, detail["loc"])
    if detail["type"] == "missing":
        code = "alt-missing" if path[-2:] in (("alt", "short"),) or path[-1:] == ("alt",) else "bad-value"
        hint = f"add {name.rsplit('.', 1)[-1]}: with its value"
        return Finding(code, f"missing: {name}", hint, document.place(*path[:-1]))
    if detail["loc"] == (BY_LOCALE,):
        hint = "add en-GB: with headline, body, action and alt below it"
        return Finding("bad-value", "missing: the words, under a locale", hint, document.place())
    text, advice = _words(detail)
    if detail["type"] in _MAPPING_ERRORS and isinstance(detail["input"], str):
        advice = _AS_MAPPING.get(str(path[-1]) if path else "", advice)
    return Finding("bad-value", f"{name}: {text}" if name else text, advice, document.place(*path))


def _name(path: tuple[str | int, ...]) -> str:
    """Return a path as a message names it: ``size, entry 1``."""
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
    names = [field.alias or name for name, field in here.model_fields.items()] if here else []
    return [SOME_LOCALE if name == BY_LOCALE else name for name in names]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model that an annotation holds, through optionals, lists, mappings and metadata."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _document_path(loc: tuple[int | str, ...], data: Any, *, is_missing: bool) -> tuple[str | int, ...]:
    """Return pydantic's location as the document's path: the steps that the document itself can take.

    What falls out are the names of a union's branches, and the key under which locales are gathered.
    """
    path: list[str | int] = []
    for number, step in enumerate(loc):
        is_held = (isinstance(data, dict) and step in data) or (
            isinstance(data, list) and isinstance(step, int) and step < len(data)
        )
        if is_held:
            data = data[step]
        elif not (is_missing and number == len(loc) - 1):
            continue
        if number > 0 or step != BY_LOCALE:
            path.append(step)
    return tuple(path)


def _words(detail: ErrorDetails) -> tuple[str, str | None]:
    """Return what is wrong, and how to mend it, in plain words."""
    given, context = detail["input"], detail.get("ctx", {})
    kind, shown = detail["type"], _shown(detail["input"])
    if kind == "literal_error":
        known = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
        hint = did_you_mean(shown, known) or f"one of: {', '.join(known)}"
        return f"{shown} is none of the values allowed", hint
    if kind in _EXPECTED:
        expected, hint = _EXPECTED[kind]
        return f"{shown} is not {expected}", hint.replace("{shown}", shown if isinstance(given, str) else "…")
    if kind == "string_pattern_mismatch":
        pattern = str(context["pattern"])
        return f"{shown} has not the form asked for", FORMS.get(pattern, f"the form: {pattern}")
    if kind in _BOUNDS:
        sign, key = _BOUNDS[kind]
        return f"{shown} is out of bounds", f"{sign} {context[key]:g}"
    if kind == "string_too_long" or (kind == "too_long" and isinstance(given, str)):
        return (
            f"has {context.get('actual_length', len(str(given)))} characters",
            f"at most {context['max_length']}",
        )
    if kind == "string_too_short":
        return "is empty", "write its words, or take the key out"
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


_WORDS = ("words", "write words after the colon")
_WHOLE = ("a whole number", "write digits alone: 300")
_FIGURE = ("a number", "write digits, with a point where one is needed: 2.5")
_SWITCH = ("on or off", "write on or off")
_DATE = ("a date", "write year, month and day: 2026-11-01")
_LIST = ("a list", "write the entries in brackets: [{shown}]")
_MAPPING = ("a mapping of keys and values", "write its keys below it, each as key: value")
_EXPECTED = {
    "string_type": _WORDS,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_type": _WHOLE,
    "float_parsing": _FIGURE,
    "float_type": _FIGURE,
    "finite_number": ("a finite number", _FIGURE[1]),
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
# What people write as one word or sentence, and how it is written.
_AS_MAPPING = {
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
