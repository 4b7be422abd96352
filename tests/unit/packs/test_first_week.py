"""The plan for the first week of posts in a pack, and dates in words."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from assetgen.packs.pack_pages import DAYS, day_text, first_week
from tests.support.pack_values import sample_pack_context, sample_post

NINE_POSTS = tuple(
    sample_post(network=network, message=message)
    for message in ("worried", "online", "loved-one")
    for network in ("Facebook", "Instagram", "X")
)


def test_first_week_has_five_different_posts_on_alternating_networks() -> None:
    week = first_week(sample_pack_context(posts=NINE_POSTS))

    assert [day for day, _, _ in week] == list(DAYS)
    assert len({row for _, _, row in week}) == 5
    assert all(one.network != other.network for (_, one, _), (_, other, _) in pairwise(week))
    assert {post.message for _, post, _ in week} == {"worried", "online", "loved-one"}


def test_first_week_numbers_the_rows_of_posts_as_a_spreadsheet_does() -> None:
    week = first_week(sample_pack_context(posts=NINE_POSTS))

    assert all(NINE_POSTS[row - 2] == post for _, post, row in week)


def test_posts_without_a_picture_or_in_a_different_language_are_left_out() -> None:
    posts = (
        sample_post(image=""),
        sample_post(message="online"),
        sample_post(locale="cy", message="loved-one"),
    )

    assert [(day, row) for day, _, row in first_week(sample_pack_context(posts=posts))] == [("Monday", 3)]


def test_first_week_is_empty_without_usable_posts() -> None:
    assert first_week(sample_pack_context(posts=(sample_post(image=""),))) == ()


def test_a_date_is_written_in_words() -> None:
    assert day_text(date(2027, 3, 1)) == "1 March 2027"
