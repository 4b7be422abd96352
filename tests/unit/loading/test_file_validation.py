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
from assetgen.schema.fields import TEL, Strict
from tests.support.wording import Wording

FILE = "partners/acme/partner.yaml"


class Alt(Strict):
    """A part that has parts of its own."""

    short: str
    long: str | None = None


class Box(Strict):
    """A part whose key has another name in the file."""

    alongside: tuple[str, ...] = Field(default=(), alias="with")
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
    assert (record.box.alongside, record.box.side) == (("a", "b"), 2.5)
    assert record.safe == SafeCircle(circle=4)


def test_a_part_of_a_file_is_read_under_its_path_and_its_places_are_those_of_the_file(
    wording: Wording,
) -> None:
    text = "rows:\n  first: {side: 2}\n  second: {side: 20}\n"

    assert bind(Box, document(text), under=("rows", "first")).side == 2
    with pytest.raises(CampaignError) as raised:
        bind(Box, document(text), under=("rows", "second"))
    (finding,) = raised.value.findings
    assert (finding.code, str(finding.place)) == ("bad-value", f"{FILE}:3:18")
    assert wording == finding.text


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("name: [a]", "name", id="list for words"),
        pytest.param("name: Longer", "name", id="too many letters"),
        pytest.param("name: ''", "name", id="no letter"),
        pytest.param("count: many", "count", id="words for a number"),
        pytest.param("count: 1.5", "count", id="half for a whole number"),
        pytest.param("switch: perhaps", "switch", id="neither on nor off"),
        pytest.param("day: 1 May", "day", id="day in words"),
        pytest.param("kind: gren", "kind", id="kind misspelt"),
        pytest.param("kind: zzzzzz", "kind", id="no kind"),
        pytest.param("tel: 0808", "tel", id="number to dial"),
        pytest.param("names: []", "names", id="no entry"),
        pytest.param("names: [a, b, c]", "names", id="three entries"),
        pytest.param("names: solo", "names", id="words for a list"),
        pytest.param("names: {a: b}", "names", id="mapping for a list"),
        pytest.param("names: [[a]]", "names", id="list in a list"),
        pytest.param("box: words", "box", id="words for a mapping"),
        pytest.param("logo: logo.svg", "logo", id="file for a logo"),
        pytest.param("box: {side: 0}", "side", id="nothing"),
        pytest.param("box: {side: 11}", "side", id="too much"),
        pytest.param("box: {side: wide}", "side", id="words for half a number"),
        pytest.param("box: {side: .inf}", "side", id="infinity"),
    ],
)
def test_a_faulty_value_is_told_in_plain_words(text: str, key: str, wording: Wording) -> None:
    finding = only(text)

    assert finding.code == "bad-value" and key in finding.text
    assert wording == (finding.text, finding.hint)


def test_a_long_value_is_shown_cut_short(wording: Wording) -> None:
    finding = only(f"kind: {'x' * 90}")

    assert "x" * 60 in finding.text and "x" * 61 not in finding.text
    assert wording == finding.text


def test_a_fault_stands_at_its_value_and_an_unknown_key_at_the_key() -> None:
    findings = refused("name: Acme\ncount: many\nboxes:\n  a: {sides: 2}\n")

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
    ids=["file", "part", "part of many", "part of two kinds"],
)
def test_an_unknown_key_is_told_with_the_nearest_key_of_its_own_part(
    text: str, key: str, nearest: str, wording: Wording
) -> None:
    (found,) = [one for one in refused(text) if one.code == "unknown-key"]

    assert key in found.text and nearest in (found.hint or "")
    assert wording == (found.text, found.hint)


@pytest.mark.parametrize("key", sorted(FACT_KEYS))
def test_a_fact_outside_of_the_brand_is_locked(key: str, wording: Wording) -> None:
    finding = only(f"{key}: 0800 1111")

    assert finding.code == "locked-fact" and key in finding.text
    assert wording == (finding.text, finding.hint)


def test_in_the_brands_own_file_a_misplaced_fact_is_an_unknown_key() -> None:
    assert only("website: a", file="brand/brand.yaml").code == "unknown-key"


def test_a_missing_key_is_told_where_it_should_stand(wording: Wording) -> None:
    (finding,) = refused("alt: x\n", Named)

    assert (finding.code, str(finding.place)) == ("bad-value", f"{FILE}:1:1")
    assert "name" in finding.text
    assert wording == (finding.text, finding.hint)


@pytest.mark.parametrize(
    ("text", "model", "key"),
    [("alt: {long: x}", Sample, "short"), ("name: x", Named, "alt")],
    ids=["of a length", "all"],
)
def test_missing_words_for_a_picture_have_a_code_of_their_own(
    text: str, model: type[Strict], key: str, wording: Wording
) -> None:
    (finding,) = refused(text, model)

    assert finding.code == "alt-missing" and key in finding.text
    assert wording == finding.text


def test_a_list_is_not_also_too_short_because_its_one_entry_is_faulty(wording: Wording) -> None:
    finding = only("names: [[a]]")

    assert str(finding.place) == f"{FILE}:1:9"
    assert wording == finding.text


def test_a_value_that_may_be_this_or_that_has_one_fault(wording: Wording) -> None:
    found = [only(text) for text in ("safe: words", "safe: {circle: 0}", "safe: [1, wide]")]

    assert [str(one.place) for one in found] == [f"{FILE}:1:{column}" for column in (7, 16, 11)]
    assert wording == [one.text for one in found[1:]]


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
