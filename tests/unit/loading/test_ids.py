"""Ids: legal names, and a legal proposal for each that is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.findings import Place
from assetgen.loading.yaml.file_validation import check_case, check_id, first_of, legal_only, propose_id

HERE = Place("partners/x/partner.yaml")
FORM = "small letters a to z, digits and hyphens, a letter or digit first"
MAX_LENGTHS = {"slug": 20, "partner": 32, "message": 16, "channel": 26, "template": 20}
KINDS = sorted(MAX_LENGTHS)


@pytest.mark.parametrize("name", ["a", "0", "staffordshire-police", "5-live", "a-", "com10", "a" * 32])
def test_legal_name_has_no_finding(name: str) -> None:
    assert check_id("partner", name, HERE) == []


@pytest.mark.parametrize(
    ("kind", "name", "reason", "proposed"),
    [
        ("partner", "Police", FORM, "police"),
        ("partner", "-police", FORM, "police"),
        ("partner", "leek_town", FORM, "leek-town"),
        ("partner", "Café du Nord", FORM, "cafe-du-nord"),
        ("partner", "警察", FORM, "partner-1"),
        ("partner", "", FORM, "partner-1"),
        ("partner", "police\n", FORM, "police"),
        ("partner", "packs", "the name has a meaning of its own", "partner-packs"),
        ("message", "all", "the name has a meaning of its own", "message-all"),
        ("channel", "qr", "the name has a meaning of its own", "channel-qr"),
        ("channel", "index", "the name has a meaning of its own", "channel-index"),
        ("partner", "con", "Windows reserves the name", "partner-con"),
        ("message", "lpt1", "Windows reserves the name", "message-lpt1"),
        ("slug", "a" * 21, "at most 20 characters", "a" * 20),
        ("partner", "a" * 33, "at most 32 characters", "a" * 32),
        ("message", "a" * 17, "at most 16 characters", "a" * 16),
        ("channel", "a" * 27, "at most 26 characters", "a" * 26),
        ("message", "know-the-law-now-x", "at most 16 characters", "know-the-law-now"),
        ("message", "know-the-law-ab-cd", "at most 16 characters", "know-the-law-ab"),
    ],
)
def test_illegal_name_is_told_with_a_legal_one(kind: str, name: str, reason: str, proposed: str) -> None:
    assert [finding.as_text() for finding in check_id(kind, name, HERE)] == [
        f"partners/x/partner.yaml: error: {name} is no {kind} id: {reason} [bad-id]\n  hint: call it {proposed}"
    ]


@given(st.sampled_from(KINDS), st.text(max_size=60))
def test_what_is_proposed_is_always_legal(kind: str, name: str) -> None:
    assert check_id(kind, propose_id(kind, name), HERE) == []


def test_two_names_that_differ_by_case_alone_are_one() -> None:
    places = {name: Place(f"partners/{name}/partner.yaml") for name in ("nspcc", "Nspcc", "police")}

    assert [finding.as_text() for finding in check_case("partner", places)] == [
        "partners/nspcc/partner.yaml: error: Nspcc and nspcc differ by case alone: on Windows and macOS they "
        "are one [duplicate-id]\n  hint: rename one partner"
    ]


def test_only_legal_names_are_used_and_in_order() -> None:
    names, findings = legal_only("message", dict.fromkeys(("worried", "All", "online"), HERE))

    assert names == ["online", "worried"]
    assert [finding.code for finding in findings] == ["bad-id"]


def test_a_long_list_is_cut_with_the_number_of_the_rest() -> None:
    assert first_of("abcde") == "a, b, c, d, e"
    assert first_of("abcdefg") == "a, b, c, d, e and 2 more"
