"""Choosing by globs: partners' lists, and the command line's options over the plan."""

from __future__ import annotations

import pytest

from assetgen.errors import CampaignError
from assetgen.loading.channels import chosen_channels, chosen_ids, matches
from assetgen.planning.asset import Plan
from assetgen.planning.planner import plan_assets
from assetgen.planning.selection import Selection, select
from tests.support.tiny import real_campaign


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_assets(real_campaign())


def chosen(plan: Plan, **words: tuple[str, ...]) -> tuple[str, ...]:
    return select(plan, Selection(**words), real_campaign())


def refused(plan: Plan, **words: tuple[str, ...]) -> list[str]:
    with pytest.raises(CampaignError) as raised:
        chosen(plan, **words)
    return [finding.as_text() for finding in raised.value.findings]


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
def test_a_word_is_a_shell_glob_over_id_or_medium_and_id(word: str, is_match: bool) -> None:
    assert matches(word, "poster-a4", "print") is is_match


def test_a_word_with_a_slash_chooses_nothing_but_channels() -> None:
    assert not matches("print/*", "worried")


def test_ids_come_in_the_order_of_the_words_each_once() -> None:
    assert chosen_ids(["b*", "*", "a"], ["a", "b1", "b2", "c"]) == ("b1", "b2", "a", "c")


def test_channels_come_in_the_order_of_the_words_each_once() -> None:
    channels = real_campaign().channels.values()

    names = chosen_channels(["poster-a4", "print/poster-a[34]", "ig-story"], channels)

    assert names == ("poster-a4", "poster-a3", "ig-story")


def test_no_word_chooses_the_whole_plan(plan: Plan) -> None:
    assert chosen(plan) == tuple(asset.id for asset in plan.assets)


def test_words_of_one_kind_add_and_kinds_narrow(plan: Plan) -> None:
    names = chosen(
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


def test_codes_are_chosen_by_their_medium(plan: Plan) -> None:
    assert chosen(plan, medium=("qr",), partner=("nspcc",)) == (
        "nspcc/qr/pdf",
        "nspcc/qr/png",
        "nspcc/qr/svg",
    )


def test_assets_once_a_partner_are_chosen_by_the_message_all(plan: Plan) -> None:
    assert set(chosen(plan, message=("all",), partner=("nspcc",))) == {
        asset.id for asset in plan.assets if asset.partner == "nspcc" and asset.message == "all"
    }


def test_words_that_match_nothing_are_all_named_with_the_nearest(plan: Plan) -> None:
    assert refused(
        plan,
        partner=("nspc",),
        channel=("social/ig-storry", "poster-x*"),
        medium=("printt",),
        message=("woried", "online"),
        template=("becon",),
        locale=("en-US",),
    ) == [
        "assetgen: error: --partner nspc matches nothing [unknown-id]\n  hint: did you mean nspcc?",
        "assetgen: error: --channel social/ig-storry matches nothing [unknown-id]\n"
        "  hint: did you mean social/ig-story?",
        "assetgen: error: --channel poster-x* matches nothing [unknown-id]\n  hint: did you mean poster-a0?",
        "assetgen: error: --medium printt matches nothing [unknown-id]\n  hint: did you mean print?",
        "assetgen: error: --message woried matches nothing [unknown-id]\n  hint: did you mean worried?",
        "assetgen: error: --template becon matches nothing [unknown-id]\n  hint: did you mean beacon?",
        "assetgen: error: --locale en-US matches nothing [unknown-id]\n  hint: did you mean en-GB?",
    ]


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("socal/*", "did you mean social/*?"),
        ("a0", "did you mean poster-a0?"),
        ("nope", "assetgen list channels shows what there is"),
        ("", "assetgen list channels shows what there is"),
    ],
)
def test_a_channel_s_word_that_matches_nothing_is_never_left_without_a_hint(
    plan: Plan, word: str, hint: str
) -> None:
    assert refused(plan, channel=(word,)) == [
        f"assetgen: error: --channel {word} matches nothing [unknown-id]\n  hint: {hint}"
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            {"partner": ("nspcc",), "channel": ("ooh-48-sheet",)},
            "assetgen: error: nspcc does not ask for ooh-48-sheet: its channels are others [unknown-id]\n"
            "  hint: add it to channels: in partners/nspcc/partner.yaml, or choose another partner",
        ),
        (
            {"partner": ("nspcc",), "message": ("workforce",)},
            "assetgen: error: nspcc does not ask for workforce: its messages are others [unknown-id]\n"
            "  hint: add it to messages: in partners/nspcc/partner.yaml, or choose another partner",
        ),
        (
            {"channel": ("bus-t-side",)},
            "assetgen: error: bus-t-side cannot be built: the sheet is a T whose drop differs from vehicle to vehicle"
            " [unknown-id]\n  hint: ask the media owner for the template, then add its size to brand/channels.yaml",
        ),
        (
            {"medium": ("email",), "channel": ("ooh-48-sheet",)},
            "assetgen: error: the selection matches no asset of the plan [unknown-id]\n"
            "  hint: assetgen list assets shows the plan",
        ),
    ],
)
def test_words_that_match_only_apart_are_an_error(
    plan: Plan, words: dict[str, tuple[str, ...]], said: str
) -> None:
    assert refused(plan, **words) == [said]
