"""From a document to a checked record: each fault once, in plain words, where it stands."""

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
from assetgen.loading.yaml.file_validation import FACT_KEYS, bind
from assetgen.schema.channel_file import SafeCircle
from assetgen.schema.fields import FORMS, TEL, Strict

FILE = "partners/acme/partner.yaml"


class Alt(Strict):
    """A part that has parts of its own."""

    short: str
    long: str | None = None


class Box(Strict):
    """A part whose key has another name in the file."""

    with_: tuple[str, ...] = Field(default=(), alias="with")
    side: Annotated[float, Field(gt=0, le=10)] = 1.0


class Sample(Strict):
    """A file with one key of each kind."""

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


class Named(Strict):
    """A file with a key that must be there."""

    name: str
    alt: str


def document(text: str, file: str = FILE) -> YamlDocument:
    return read_document(text.encode(), file)


def refused(text: str, model: type[Strict] = Sample, file: str = FILE) -> list[Finding]:
    with pytest.raises(CampaignError) as raised:
        bind(model, document(text, file))
    return list(raised.value.findings)


def only(text: str, file: str = FILE) -> Finding:
    (finding,) = refused(text, file=file)
    return finding


def test_a_sound_file_becomes_a_record() -> None:
    text = "name: Acme\ncount: 3\nswitch: off\nday: 2026-11-01\nbox: {with: [a, b], side: 2.5}\nsafe: {circle: 4}\n"

    record = bind(Sample, document(text))

    assert (record.name, record.count, record.switch, record.day) == ("Acme", 3, False, date(2026, 11, 1))
    assert (record.box.with_, record.box.side) == (("a", "b"), 2.5)
    assert record.safe == SafeCircle(circle=4)


def test_a_part_of_a_file_is_read_under_its_path_and_its_places_are_those_of_the_file() -> None:
    text = "rows:\n  first: {side: 2}\n  second: {side: 20}\n"

    assert bind(Box, document(text), under=("rows", "first")).side == 2
    with pytest.raises(CampaignError) as raised:
        bind(Box, document(text), under=("rows", "second"))
    (finding,) = raised.value.findings
    assert (finding.text, str(finding.place)) == ("side: 20 is out of bounds", f"{FILE}:3:18")


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("name: [a]", "name: a list is not words", "write words after the colon"),
        ("name: Longer", "name: has 6 characters", "at most 5"),
        ("name: ''", "name: is empty", "write its words, or take the key out"),
        ("count: many", "count: many is not a whole number", "write digits alone: 300"),
        ("count: 1.5", "count: 1.5 is not a whole number", "write digits alone: 300"),
        ("switch: perhaps", "switch: perhaps is not on or off", "write on or off"),
        ("day: 1 May", "day: 1 May is not a date", "write year, month and day: 2026-11-01"),
        ("kind: gren", "kind: gren is none of the values allowed", "did you mean green?"),
        ("kind: zzzzzz", "kind: zzzzzz is none of the values allowed", "one of: green, red"),
        ("tel: 0808", "tel: 0808 has not the form asked for", FORMS[TEL]),
        ("names: []", "names: has too few entries", "at least 1"),
        ("names: [a, b, c]", "names: has too many entries", "at most 2"),
        ("names: solo", "names: solo is not a list", "write the entries in brackets: [solo]"),
        ("names: {a: b}", "names: a mapping is not a list", "write the entries in brackets: […]"),
        ("names: [[a]]", "names, entry 1: a list is not words", "write words after the colon"),
        ("box: words", "box: words is not a mapping of keys and values",
         "write its keys below it, each as key: value"),
        ("logo: logo.svg", "logo: logo.svg is not a mapping of keys and values",
         "logo: {file: logo.svg, alt: the partner's name}"),
        ("box: {side: 0}", "box.side: 0 is out of bounds", "more than 0"),
        ("box: {side: 11}", "box.side: 11 is out of bounds", "at most 10"),
        ("box: {side: wide}", "box.side: wide is not a number",
         "write digits, with a point where one is needed: 2.5"),
        ("box: {side: .inf}", "box.side: .inf is not a number",
         "write digits, with a point where one is needed: 2.5"),
    ],
)  # fmt: skip
def test_a_faulty_value_is_told_in_plain_words(text: str, said: str, hint: str) -> None:
    finding = only(text)

    assert (finding.code, finding.text, finding.hint) == ("bad-value", said, hint)


def test_a_long_value_is_shown_cut_short() -> None:
    assert only(f"kind: {'x' * 90}").text == f"kind: {'x' * 60} is none of the values allowed"


def test_a_fault_stands_at_its_value_and_an_unknown_key_at_the_key() -> None:
    findings = refused("name: Acme\ncount: many\nboxes:\n  a: {sides: 2}\n")

    assert [(one.code, str(one.place)) for one in findings] == [
        ("bad-value", f"{FILE}:2:8"),
        ("unknown-key", f"{FILE}:4:7"),
    ]


@pytest.mark.parametrize(
    ("text", "key", "hint"),
    [
        ("nam: Acme", "nam", "did you mean name?"),
        ("box: {wiht: [a]}", "wiht", "did you mean with?"),
        ("boxes: {a: {sid: 2}}", "sid", "did you mean side?"),
        ("safe: {cirle: 2}", "cirle", "did you mean circle?"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_key_of_its_own_part(text: str, key: str, hint: str) -> None:
    found = [one for one in refused(text) if one.code == "unknown-key"]

    assert [(one.text, one.hint) for one in found] == [(f"unknown key: {key}", hint)]


@pytest.mark.parametrize("key", sorted(FACT_KEYS))
def test_a_fact_outside_of_the_brand_is_locked(key: str) -> None:
    finding = only(f"{key}: 0800 1111")

    assert finding.code == "locked-fact"
    assert finding.text == f"{key}: the facts are the brand's and cannot be set here"
    assert (
        finding.hint == "number, address and promise stand in brand/brand.yaml, under facts, and nowhere else"
    )


def test_in_the_brands_own_file_a_misplaced_fact_is_an_unknown_key() -> None:
    assert only("website: a", file="brand/brand.yaml").code == "unknown-key"


def test_a_missing_key_is_told_where_it_should_stand() -> None:
    findings = refused("alt: x\n", Named)

    assert [(one.code, one.text, one.hint, str(one.place)) for one in findings] == [
        ("bad-value", "missing: name", "add name: with its value", f"{FILE}:1:1")
    ]


@pytest.mark.parametrize(
    ("text", "model", "said"),
    [("alt: {long: x}", Sample, "missing: alt.short"), ("name: x", Named, "missing: alt")],
)
def test_missing_words_for_a_picture_have_a_code_of_their_own(
    text: str, model: type[Strict], said: str
) -> None:
    (finding,) = refused(text, model)

    assert (finding.code, finding.text) == ("alt-missing", said)


def test_a_list_is_not_also_too_short_because_its_one_entry_is_faulty() -> None:
    assert [one.text for one in refused("names: [[a]]")] == ["names, entry 1: a list is not words"]


def test_a_value_that_may_be_this_or_that_has_one_fault() -> None:
    assert len(refused("safe: words")) == 1
    assert [one.text for one in refused("safe: {circle: 0}")] == ["safe.circle: 0 is out of bounds"]
    assert [one.text for one in refused("safe: [1, wide]")] == ["safe, entry 2: wide is not a number"]


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
def test_any_file_is_a_record_or_distinct_findings_in_it(keys: dict[str, str]) -> None:
    text = "".join(f"{key}: {value}\n" for key, value in keys.items())

    try:
        bind(Sample, document(text))
    except CampaignError as error:
        findings = list(error.findings)
        assert findings and len(set(findings)) == len(findings)
        assert {one.place.file for one in findings} == {FILE}
        assert all(one.text and (one.place.line or 0) <= len(keys) for one in findings)
