"""Ids: which are valid, and the valid id that is proposed for an invalid one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.findings import Place
from assetgen.loading.yaml import file_validation
from assetgen.loading.yaml.file_validation import (
    check_case,
    check_id,
    propose_id,
    shorten_list,
    split_valid_ids,
)
from tests.support.wording import Wording
from tests.unit.loading.places_and_codes import places_and_codes

PLACE = Place("partners/x/partner.yaml")
MAX_LENGTHS = {"slug": 20, "partner": 32, "message": 16, "channel": 26, "template": 20, "printer": 32}
KINDS = sorted(MAX_LENGTHS)


@pytest.mark.parametrize("name", ["a", "0", "staffordshire-police", "5-live", "a-", "com10", "a" * 32])
def test_valid_id_has_no_finding(name: str) -> None:
    assert check_id("partner", name, PLACE) == []


@pytest.mark.parametrize(
    ("kind", "name", "proposed"),
    [
        ("partner", "Police", "police"),
        ("partner", "-police", "police"),
        ("partner", "leek_town", "leek-town"),
        ("partner", "Café du Nord", "cafe-du-nord"),
        ("partner", "警察", "partner-1"),
        ("partner", "", "partner-1"),
        ("partner", "police\n", "police"),
        ("partner", "packs", "partner-packs"),
        ("message", "all", "message-all"),
        ("channel", "qr", "channel-qr"),
        ("channel", "index", "channel-index"),
        ("partner", "con", "partner-con"),
        ("message", "lpt1", "message-lpt1"),
        ("slug", "a" * 21, "a" * 20),
        ("partner", "a" * 33, "a" * 32),
        ("message", "a" * 17, "a" * 16),
        ("channel", "a" * 27, "a" * 26),
        ("message", "know-the-law-now-x", "know-the-law-now"),
        ("message", "know-the-law-ab-cd", "know-the-law-ab"),
    ],
)
def test_hint_for_an_invalid_id_proposes_a_valid_one(
    kind: str, name: str, proposed: str, wording: Wording
) -> None:
    (finding,) = check_id(kind, name, PLACE)

    assert (finding.code, finding.place) == ("bad-id", PLACE)
    assert finding.hint is not None and proposed in finding.hint
    assert wording == finding.as_text()


@pytest.mark.parametrize(("kind", "length"), MAX_LENGTHS.items(), ids=MAX_LENGTHS)
def test_id_may_be_exactly_as_long_as_the_limit_of_its_kind(kind: str, length: int) -> None:
    assert check_id(kind, "a" * length, PLACE) == []
    (finding,) = check_id(kind, "a" * (length + 1), PLACE)

    assert finding.code == "bad-id" and f" {length} " in finding.text


def test_length_limit_of_every_kind_is_tested() -> None:
    assert file_validation.MAX_LENGTHS.keys() == MAX_LENGTHS.keys()


@given(st.sampled_from(KINDS), st.text(max_size=60))
def test_proposed_id_is_always_valid(kind: str, name: str) -> None:
    assert check_id(kind, propose_id(kind, name), PLACE) == []


@pytest.mark.parametrize(
    ("names", "duplicate"),
    [(("nspcc", "Nspcc", "police"), "nspcc"), (("Police", "police", "nspcc"), "police")],
    ids=["adjacent", "apart"],
)
def test_ids_that_differ_only_in_case_are_duplicates(
    names: tuple[str, ...], duplicate: str, wording: Wording
) -> None:
    places = {name: Place(f"partners/{name}/partner.yaml") for name in names}

    errors = [finding.as_text() for finding in check_case("partner", places)]

    assert places_and_codes(errors) == [f"partners/{duplicate}/partner.yaml duplicate-id"]
    assert wording == errors


def test_invalid_ids_are_left_out_and_the_others_sorted() -> None:
    names, findings = split_valid_ids("message", dict.fromkeys(("worried", "All", "online"), PLACE))

    assert names == ["online", "worried"]
    assert [finding.code for finding in findings] == ["bad-id"]


def test_long_list_is_shortened_with_the_count_of_the_rest(wording: Wording) -> None:
    assert shorten_list("abcde") == "a, b, c, d, e"
    assert "2" in shorten_list("abcdefg")
    assert wording == shorten_list("abcdefg")
