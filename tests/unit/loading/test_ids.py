"""Ids: legal names, and a legal proposal for each that is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.findings import Place
from assetgen.loading.yaml.file_validation import check_case, check_id, first_of, legal_only, propose_id
from tests.support.wording import Wording
from tests.unit.loading.marks import marks

HERE = Place("partners/x/partner.yaml")
MAX_LENGTHS = {"slug": 20, "partner": 32, "message": 16, "channel": 26, "template": 20}
KINDS = sorted(MAX_LENGTHS)


@pytest.mark.parametrize("name", ["a", "0", "staffordshire-police", "5-live", "a-", "com10", "a" * 32])
def test_legal_name_has_no_finding(name: str) -> None:
    assert check_id("partner", name, HERE) == []


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
def test_illegal_name_is_told_with_a_legal_one(kind: str, name: str, proposed: str, wording: Wording) -> None:
    (finding,) = check_id(kind, name, HERE)

    assert (finding.code, finding.place) == ("bad-id", HERE)
    assert finding.hint is not None and proposed in finding.hint
    assert wording == finding.as_text()


@given(st.sampled_from(KINDS), st.text(max_size=60))
def test_what_is_proposed_is_always_legal(kind: str, name: str) -> None:
    assert check_id(kind, propose_id(kind, name), HERE) == []


def test_two_names_that_differ_by_case_alone_are_one(wording: Wording) -> None:
    places = {name: Place(f"partners/{name}/partner.yaml") for name in ("nspcc", "Nspcc", "police")}

    said = [finding.as_text() for finding in check_case("partner", places)]

    assert marks(said) == ["partners/nspcc/partner.yaml duplicate-id"]
    assert wording == said


def test_only_legal_names_are_used_and_in_order() -> None:
    names, findings = legal_only("message", dict.fromkeys(("worried", "All", "online"), HERE))

    assert names == ["online", "worried"]
    assert [finding.code for finding in findings] == ["bad-id"]


def test_a_long_list_is_cut_with_the_number_of_the_rest(wording: Wording) -> None:
    assert first_of("abcde") == "a, b, c, d, e"
    assert "2" in first_of("abcdefg")
    assert wording == first_of("abcdefg")
