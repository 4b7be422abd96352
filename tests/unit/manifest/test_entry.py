"""Manifest entries: each is read back as it was written, or refused with the field at fault."""

from __future__ import annotations

import copy
import json
import math
import re
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.manifest.entry import MAX_FILE_BYTES, MAX_NUMBER, InvalidEntry, read_finished, read_record
from assetgen.planning.asset import LogoRule, Spec
from assetgen.preflight.results import CodeReading, DetectedRegion
from tests.support.built_files import CODE_PNG, POSTER, SQUARE, built_file
from tests.support.factories import make_spec
from tests.support.wording import Wording

texts = st.text(st.characters(categories=None, exclude_categories=["Cs"]), max_size=8)
numbers = st.floats(-MAX_NUMBER, MAX_NUMBER, allow_nan=False)


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for the values of a type that a record may have."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return st.one_of([st.none() if one is type(None) else values_of(one) for one in arguments])
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(values_of(arguments[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values_of, arguments))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return st.dictionaries(texts, values_of(arguments[1]), max_size=2)
    if is_dataclass(kind):
        return st.builds(
            cast("type[Any]", kind), **{key: values_of(one) for key, one in get_type_hints(kind).items()}
        )
    return {str: texts, int: st.integers(-(10**9), 10**9), float: numbers, bool: st.booleans()}[kind]


def plain(value: Any) -> Any:
    """Return a value as it is after a round trip through JSON."""
    return json.loads(json.dumps(value))


def case_id(value: Any) -> str:
    """Return the id of a case: what it changes, or which field the message must name."""
    text = (
        ",".join(f"{key}={one!r}" for key, one in value.items()) if isinstance(value, dict) else value.strip()
    )
    return text[:40]


specs = values_of(Spec)
regions = values_of(DetectedRegion)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)


# Records


@settings(max_examples=60)
@given(specs)
def test_spec_is_read_back_from_json_unchanged(spec: Spec) -> None:
    assert read_record(Spec, plain(spec.as_dict()), "spec") == spec


def test_integers_in_a_spec_stay_integers_when_written_again() -> None:
    text = json.dumps(make_spec(width=85, height=54.5).as_dict())

    assert json.dumps(read_record(Spec, json.loads(text), "spec").as_dict()) == text


@given(regions)
def test_detected_region_is_read_back_from_json_unchanged(region: DetectedRegion) -> None:
    assert read_record(DetectedRegion, plain(region.as_dict()), "region", optional={"reading"}) == region


@settings(max_examples=200)
@given(st.data(), st.sampled_from([field.name for field in fields(Spec)]), anything)
def test_spec_with_an_arbitrary_value_is_read_or_refused_with_its_key(
    data: Any, key: str, value: Any
) -> None:
    plain_spec = {**plain(make_spec().as_dict()), key: value}

    try:
        read = read_record(Spec, plain_spec, "spec")
    except InvalidEntry as error:
        assert str(error).startswith(f"spec.{key}")
    else:
        assert read.as_dict().keys() == make_spec().as_dict().keys()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"width": "wide"}, "spec.width"),
        ({"width": True}, "spec.width"),
        ({"width": math.inf}, "spec.width"),
        ({"width": math.nan}, "spec.width"),
        ({"ppi": 96.5}, "spec.ppi"),
        ({"ppi": 10**400}, "spec.ppi"),
        ({"unit": None}, "spec.unit"),
        ({"safe": [1, 2, 3]}, "spec.safe"),
        ({"safe": [1, 2, 3, "4"]}, "spec.safe[3]"),
        ({"requires": "number"}, "spec.requires"),
        ({"words": {"long": ["a"]}}, "spec.words.long"),
        ({"words": {"long": {"headline": 1}}}, "spec.words.long.headline"),
        ({"logos": [{"partner": "a"}]}, "spec.logos[0]"),
        ({"keep_clear": [[0, 0, 1, 1], [0, 0, 1]]}, "spec.keep_clear[1]"),
        ({"colours": []}, "spec"),
    ],
    ids=case_id,
)
def test_invalid_spec_value_is_refused_with_its_key(
    change: dict[str, Any], place: str, wording: Wording
) -> None:
    with pytest.raises(InvalidEntry) as refused:
        read_record(Spec, {**plain(make_spec().as_dict()), **change}, "spec")

    assert str(refused.value).startswith(f"{place} ")
    assert wording == str(refused.value)


@pytest.mark.parametrize("key", [field.name for field in fields(Spec)])
def test_spec_without_a_required_key_is_refused(key: str) -> None:
    without = plain(make_spec().as_dict())
    del without[key]

    with pytest.raises(InvalidEntry, match=rf"^spec .*\b{key}\b"):
        read_record(Spec, without, "spec")


@pytest.mark.parametrize("value", [None, [], "spec", 3], ids=repr)
def test_record_that_is_not_an_object_is_refused(value: object, wording: Wording) -> None:
    with pytest.raises(InvalidEntry) as refused:
        read_record(Spec, value, "spec")

    assert wording == str(refused.value)


def test_nested_records_are_read() -> None:
    rule = LogoRule("acme", "Acme", 2.5, 20.0, 0.25)

    assert read_record(Spec, plain(make_spec(logos=(rule,)).as_dict()), "spec").logos == (rule,)


# Entries


@pytest.mark.parametrize("asset_id", [SQUARE, POSTER, CODE_PNG])
def test_entry_of_a_build_is_read_back_unchanged(asset_id: str) -> None:
    entry = built_file(asset_id).entry

    finished = read_finished(entry)

    assert plain(finished.spec.as_dict()) == entry["spec"]
    assert [plain(region.as_dict()) for region in finished.regions] == entry["regions"]
    assert (finished.id, finished.path, finished.bytes) == (entry["id"], entry["path"], entry["bytes"])
    assert not finished.stale


def test_measurements_of_a_qr_code_are_read_back() -> None:
    (region,) = read_finished(built_file(CODE_PNG).entry).regions

    assert isinstance(region.reading, CodeReading)
    assert region.reading.text == built_file(CODE_PNG).entry["link"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"path": "../x.png"}, "path '../x.png' "),
        ({"path": "/etc/passwd"}, "path "),
        ({"path": 3}, "path "),
        ({"sha256": "0"}, "sha256 "),
        ({"pixel_sha256": "0"}, "pixel_sha256 "),
        ({"bytes": 0}, "bytes "),
        ({"bytes": True}, "bytes "),
        ({"bytes": MAX_FILE_BYTES + 1}, "bytes "),
        ({"id": None}, "id "),
        ({"spec": None}, "spec "),
        ({"regions": None}, "regions "),
        ({"regions": [{"role": "number"}]}, "regions[0] "),
        ({"measured": []}, "measured "),
        ({"measured": {"tier": "none such"}}, "measured.tier "),
        ({"measured": {"tier": ["long"]}}, "measured.tier "),
        ({"format": "png"}, "format "),
        ({"link": "https://www.example.org/"}, "link "),
        ({"alt": "Another picture"}, "alt "),
        ({"channel": 7}, "channel "),
        ({"width_px": 10**400}, "width_px "),
        ({"width_px": 0}, "width_px "),
        ({"findings": [{"severity": "bad"}]}, "'bad'"),
    ],
    ids=case_id,
)
def test_invalid_entry_is_refused_with_the_field_at_fault(
    change: dict[str, Any], named: str, wording: Wording
) -> None:
    with pytest.raises(ValueError) as refused:
        read_finished({**built_file(SQUARE).entry, **change})

    assert named in str(refused.value)
    assert wording == re.sub("0{400}", "0…", str(refused.value))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"unit": "inch"}, "spec.unit "),
        ({"format": "exe"}, "spec.format "),
        ({"width": 0}, "spec.width "),
        ({"height": 1e9}, "spec.height "),
        ({"scale": 1e-9}, "spec.scale "),
        ({"scan_m": -1}, ""),
    ],
    ids=case_id,
)
def test_spec_with_an_impossible_value_is_refused(
    change: dict[str, Any], named: str, wording: Wording
) -> None:
    entry = built_file(SQUARE).entry

    with pytest.raises(ValueError) as refused:
        read_finished({**entry, "spec": {**entry["spec"], **change}})

    assert named in str(refused.value)
    assert wording == str(refused.value)


@settings(max_examples=150)
@given(st.data())
def test_entry_with_an_arbitrary_value_is_read_or_refused_with_a_message(data: st.DataObject) -> None:
    entry = copy.deepcopy(dict(built_file(SQUARE).entry))
    where: Any = entry
    while True:
        at = data.draw(st.sampled_from(sorted(where) if isinstance(where, dict) else range(len(where))))
        if not isinstance(where[at], dict | list) or not where[at] or data.draw(st.booleans()):
            break
        where = where[at]
    where[at] = data.draw(anything)

    try:
        read_finished(entry)
    except (ValueError, TypeError) as error:
        assert str(error)
