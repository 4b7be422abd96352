"""Validating a YAML document against a schema: each error is reported once, at its place."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, StringConstraints

from assetgen.errors import CampaignError
from assetgen.findings import Finding
from assetgen.loading.yaml.document import YamlDocument, read_document
from assetgen.loading.yaml.file_validation import FACT_KEYS, validate_document
from assetgen.schema.channel_file import SafeCircle
from assetgen.schema.fields import TEL, StrictModel
from tests.support.wording import Wording

FILE = "partners/acme/partner.yaml"


class Alt(StrictModel):
    """A nested mapping."""

    short: str
    long: str | None = None


class Box(StrictModel):
    """A nested mapping with a key that is named differently in the file."""

    alongside: tuple[str, ...] = Field(default=(), alias="with")
    side: Annotated[float, Field(gt=0, le=10)] = 1.0


class Sample(StrictModel):
    """A file with one key of each type."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=5)] = "x"
    count: int = 1
    switch: bool = True
    day: date | None = None
    kind: Literal["red", "green"] = "red"
    tel: Annotated[str, StringConstraints(pattern=TEL)] = "+448081000900"
    names: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)] = ("a",)
    safe: tuple[float, float] | SafeCircle = (0.0, 0.0)
    alt: Alt | None = None
    box: Box = Box()
    boxes: dict[str, Box] = Field(default_factory=dict)
    logo: Alt | None = None


class Named(StrictModel):
    """A file with required keys."""

    name: str
    alt: str


def document(text: str, file: str = FILE) -> YamlDocument:
    return read_document(text.encode(), file)


def binding_errors(text: str, model: type[StrictModel] = Sample, file: str = FILE) -> list[Finding]:
    with pytest.raises(CampaignError) as raised:
        validate_document(model, document(text, file))
    return list(raised.value.findings)


def only_error(text: str, file: str = FILE) -> Finding:
    (finding,) = binding_errors(text, file=file)
    return finding


def test_valid_file_becomes_a_record() -> None:
    text = "name: Acme\ncount: 3\nswitch: off\nday: 2026-11-01\nbox: {with: [a, b], side: 2.5}\nsafe: {circle: 4}\n"

    record = validate_document(Sample, document(text))

    assert (record.name, record.count, record.switch, record.day) == ("Acme", 3, False, date(2026, 11, 1))
    assert (record.box.alongside, record.box.side) == (("a", "b"), 2.5)
    assert record.safe == SafeCircle(circle=4)


def test_error_in_a_part_of_a_file_has_its_place_in_the_file(
    wording: Wording,
) -> None:
    text = "rows:\n  first: {side: 2}\n  second: {side: 20}\n"

    assert validate_document(Box, document(text), under=("rows", "first")).side == 2
    with pytest.raises(CampaignError) as raised:
        validate_document(Box, document(text), under=("rows", "second"))
    (finding,) = raised.value.findings
    assert (finding.code, str(finding.place)) == ("bad-value", f"{FILE}:3:18")
    assert wording == finding.text


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("name: [a]", "name", id="list instead of text"),
        pytest.param("name: Longer", "name", id="text too long"),
        pytest.param("name: ''", "name", id="empty text"),
        pytest.param("count: many", "count", id="text instead of a number"),
        pytest.param("count: 1.5", "count", id="fraction instead of a whole number"),
        pytest.param("switch: perhaps", "switch", id="neither on nor off"),
        pytest.param("day: 1 May", "day", id="date in words"),
        pytest.param("kind: gren", "kind", id="misspelt choice"),
        pytest.param("kind: zzzzzz", "kind", id="unknown choice"),
        pytest.param("tel: 08o8", "tel", id="malformed phone number"),
        pytest.param("names: []", "names", id="empty list"),
        pytest.param("names: [a, b, c]", "names", id="list too long"),
        pytest.param("names: solo", "names", id="text instead of a list"),
        pytest.param("names: {a: b}", "names", id="mapping instead of a list"),
        pytest.param("names: [[a]]", "names", id="list in a list"),
        pytest.param("box: words", "box", id="text instead of a mapping"),
        pytest.param("logo: logo.svg", "logo", id="file name instead of a logo mapping"),
        pytest.param("box: {side: 0}", "side", id="number too small"),
        pytest.param("box: {side: 11}", "side", id="number too large"),
        pytest.param("box: {side: wide}", "side", id="text instead of a decimal"),
        pytest.param("box: {side: .inf}", "side", id="infinity"),
    ],
)
def test_invalid_value_is_reported_with_its_key(text: str, key: str, wording: Wording) -> None:
    finding = only_error(text)

    assert finding.code == "bad-value" and key in finding.text
    assert wording == (finding.text, finding.hint)


def test_long_value_is_shortened_in_the_message(wording: Wording) -> None:
    finding = only_error(f"kind: {'x' * 90}")

    assert "x" * 60 in finding.text and "x" * 61 not in finding.text
    assert wording == finding.text


def test_bad_value_is_placed_at_the_value_and_unknown_key_at_the_key() -> None:
    findings = binding_errors("name: Acme\ncount: many\nboxes:\n  a: {sides: 2}\n")

    assert [(one.code, str(one.place)) for one in findings] == [
        ("bad-value", f"{FILE}:2:8"),
        ("unknown-key", f"{FILE}:4:7"),
    ]


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ("nam: Acme", "nam", "name"),
        ("box: {wiht: [a]}", "wiht", "with"),
        ("boxes: {a: {sid: 2}}", "sid", "side"),
        ("safe: {cirle: 2}", "cirle", "circle"),
    ],
    ids=["top level", "nested mapping", "mapping of mappings", "mapping or list"],
)
def test_hint_for_an_unknown_key_names_the_nearest_key_beside_it(
    text: str, key: str, nearest: str, wording: Wording
) -> None:
    (finding,) = [one for one in binding_errors(text) if one.code == "unknown-key"]

    assert key in finding.text and nearest in (finding.hint or "")
    assert wording == (finding.text, finding.hint)


@pytest.mark.parametrize("key", sorted(FACT_KEYS))
def test_fact_key_outside_the_brand_file_is_reported_as_a_locked_fact(key: str, wording: Wording) -> None:
    finding = only_error(f"{key}: 0800 1111")

    assert finding.code == "locked-fact" and key in finding.text
    assert wording == (finding.text, finding.hint)


def test_misplaced_fact_key_in_the_brand_file_is_reported_as_unknown() -> None:
    assert only_error("website: a", file="brand/brand.yaml").code == "unknown-key"


def test_missing_key_is_reported_at_its_mapping(wording: Wording) -> None:
    (finding,) = binding_errors("alt: x\n", Named)

    assert (finding.code, str(finding.place)) == ("bad-value", f"{FILE}:1:1")
    assert "name" in finding.text
    assert wording == (finding.text, finding.hint)


@pytest.mark.parametrize(
    ("text", "model", "key"),
    [("alt: {long: x}", Sample, "short"), ("name: x", Named, "alt")],
    ids=["one length", "whole key"],
)
def test_missing_alt_text_has_its_own_code(
    text: str, model: type[StrictModel], key: str, wording: Wording
) -> None:
    (finding,) = binding_errors(text, model)

    assert finding.code == "alt-missing" and key in finding.text
    assert wording == finding.text


def test_invalid_entry_is_not_also_reported_as_a_list_that_is_too_short(wording: Wording) -> None:
    finding = only_error("names: [[a]]")

    assert str(finding.place) == f"{FILE}:1:9"
    assert wording == finding.text


def test_value_that_matches_no_allowed_type_has_one_error(wording: Wording) -> None:
    findings = [only_error(text) for text in ("safe: words", "safe: {circle: 0}", "safe: [1, wide]")]

    assert [str(one.place) for one in findings] == [f"{FILE}:1:{column}" for column in (7, 16, 11)]
    assert wording == [one.text for one in findings[1:]]


KEYS = st.sampled_from(
    ["name", "count", "switch", "kind", "names", "safe", "alt", "box", "boxes", "nam", "url"]
)
VALUES = st.recursive(
    st.sampled_from(["", "a", "'1'", "1", "1.5", "on", "2026-11-01", "words of some length"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
        st.dictionaries(st.sampled_from(["short", "side", "with", "circle", "sid"]), inner, max_size=2).map(
            lambda parts: "{" + ", ".join(f"{key}: {value}" for key, value in parts.items()) + "}"
        ),
    ),
    max_leaves=5,
)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
def test_arbitrary_file_is_read_or_reported_with_distinct_findings(keys: dict[str, str]) -> None:
    text = "".join(f"{key}: {value}\n" for key, value in keys.items())

    try:
        validate_document(Sample, document(text))
    except CampaignError as error:
        findings = list(error.findings)
        assert findings and len(set(findings)) == len(findings)
        assert {one.place.file for one in findings} == {FILE}
        assert all(one.text and (one.place.line or 0) <= len(keys) for one in findings)
