"""Selection by globs: in partners' lists, and in the command line's options over the plan."""

from __future__ import annotations

import pytest

from assetgen.errors import CampaignError
from assetgen.findings import Finding
from assetgen.loading.channels import match_channels, match_ids, matches
from assetgen.planning.asset import Plan
from assetgen.planning.planner import plan_assets
from assetgen.planning.selection import Selection, select
from tests.support.tiny_campaign import real_campaign
from tests.support.wording import Wording


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_assets(real_campaign())


def select_ids(plan: Plan, **words: tuple[str, ...]) -> tuple[str, ...]:
    return select(plan, Selection(**words), real_campaign())


def select_errors(plan: Plan, **words: tuple[str, ...]) -> list[Finding]:
    with pytest.raises(CampaignError) as raised:
        select_ids(plan, **words)
    return raised.value.findings


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("word", "is_match"),
    [
        ("poster-a4", True),
        ("poster-*", True),
        ("poster-a[3-5]", True),
        ("poster-a?", True),
        ("*", True),
        ("print/*", True),
        ("print/poster-a4", True),
        ("*/poster-a4", True),
        ("poster", False),
        ("Poster-a4", False),
        ("poster-a[!4]", False),
        ("social/*", False),
        ("print", False),
        ("print/", False),
    ],
)
def test_selection_glob_matches_an_id_or_a_medium_and_id(word: str, is_match: bool) -> None:
    assert matches(word, "poster-a4", "print") is is_match


def test_selection_glob_with_a_slash_matches_only_channels() -> None:
    assert not matches("print/*", "worried")


def test_selected_ids_are_in_the_order_of_the_globs_without_duplicates() -> None:
    assert match_ids(["b*", "*", "a"], ["a", "b1", "b2", "c"]) == ("b1", "b2", "a", "c")


def test_selected_channels_are_in_the_order_of_the_globs_without_duplicates() -> None:
    channels = real_campaign().channels.values()

    names = match_channels(["poster-a4", "print/poster-a[34]", "ig-story"], channels)

    assert names == ("poster-a4", "poster-a3", "ig-story")


def test_empty_selection_selects_the_whole_plan(plan: Plan) -> None:
    assert select_ids(plan) == tuple(asset.id for asset in plan.assets)


def test_globs_of_one_option_widen_and_further_options_narrow_the_selection(plan: Plan) -> None:
    names = select_ids(
        plan,
        partner=("nspcc", "*-police"),
        channel=("social/ig-story", "poster-a4"),
        message=("worried", "online"),
        locale=("en-*",),
    )

    assert names == (
        "nspcc/online/ig-story/en-GB",
        "nspcc/worried/ig-story/en-GB",
        "staffordshire-police/online/poster-a4/en-GB",
        "staffordshire-police/online/poster-a4.office/en-GB",
        "staffordshire-police/worried/poster-a4/en-GB",
        "staffordshire-police/worried/poster-a4.office/en-GB",
        "staffordshire-police/online/ig-story/en-GB",
        "staffordshire-police/worried/ig-story/en-GB",
    )


def test_qr_codes_are_selected_by_their_medium(plan: Plan) -> None:
    assert select_ids(plan, medium=("qr",), partner=("nspcc",)) == (
        "nspcc/qr/pdf",
        "nspcc/qr/png",
        "nspcc/qr/svg",
    )


def test_assets_made_once_per_partner_are_selected_by_message_all(plan: Plan) -> None:
    assert set(select_ids(plan, message=("all",), partner=("nspcc",))) == {
        asset.id for asset in plan.assets if asset.partner == "nspcc" and asset.message == "all"
    }


def test_all_unmatched_globs_are_reported_with_the_nearest_match(plan: Plan, wording: Wording) -> None:
    errors = select_errors(
        plan,
        partner=("nspc",),
        channel=("social/ig-storry", "poster-x*"),
        medium=("printt",),
        message=("woried", "online"),
        template=("becon",),
        locale=("en-US",),
    )

    assert codes(errors) == ["unknown-id"] * 7
    assert wording == [finding.as_text() for finding in errors]


@pytest.mark.parametrize(
    ("word", "named"),
    [
        ("socal/*", "social/*"),
        ("a0", "poster-a0"),
        ("nope", "assetgen list channels"),
        ("", "assetgen list channels"),
    ],
    ids=["misspelt medium", "end of an id", "unlike any id", "empty"],
)
def test_unmatched_channel_glob_always_has_a_hint(
    plan: Plan, word: str, named: str, wording: Wording
) -> None:
    (finding,) = select_errors(plan, channel=(word,))

    assert finding.code == "unknown-id"
    assert finding.hint and named in finding.hint
    assert wording == finding.as_text()


@pytest.mark.parametrize(
    "words",
    [
        {"partner": ("nspcc",), "channel": ("ooh-48-sheet",)},
        {"partner": ("nspcc",), "message": ("workforce",)},
        {"channel": ("bus-t-side",)},
        {"medium": ("email",), "channel": ("ooh-48-sheet",)},
    ],
    ids=[
        "partner without the channel",
        "partner without the message",
        "channel without a size",
        "medium without the channel",
    ],
)
def test_globs_that_match_separately_but_not_together_are_an_error(
    plan: Plan, words: dict[str, tuple[str, ...]], wording: Wording
) -> None:
    errors = select_errors(plan, **words)

    assert codes(errors) == ["unknown-id"]
    assert wording == [finding.as_text() for finding in errors]
