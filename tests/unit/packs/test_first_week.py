"""The plan for a first week of posts, and the days that a pack names."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from assetgen.packs.pack_pages import DAYS, day_words, first_week
from tests.support.pack_values import make_brief, make_post

MANY = tuple(
    make_post(network=network, message=message)
    for message in ("worried", "online", "loved-one")
    for network in ("Facebook", "Instagram", "X")
)


def test_a_week_has_five_days_and_no_post_or_network_twice_in_a_row() -> None:
    week = first_week(make_brief(posts=MANY))

    assert [day for day, _, _ in week] == list(DAYS)
    assert len({row for _, _, row in week}) == 5
    assert all(one.network != other.network for (_, one, _), (_, other, _) in pairwise(week))
    assert {post.message for _, post, _ in week} == {"worried", "online", "loved-one"}


def test_a_row_is_counted_as_a_spreadsheet_counts_it() -> None:
    week = first_week(make_brief(posts=MANY))

    assert all(MANY[row - 2] == post for _, post, row in week)


def test_posts_without_a_picture_and_of_another_language_are_left_out() -> None:
    posts = (make_post(image=""), make_post(message="online"), make_post(locale="cy", message="loved-one"))

    assert [(day, row) for day, _, row in first_week(make_brief(posts=posts))] == [("Monday", 3)]


def test_without_posts_there_is_no_week() -> None:
    assert first_week(make_brief(posts=(make_post(image=""),))) == ()


def test_a_day_is_written_as_people_write_it() -> None:
    assert day_words(date(2027, 3, 1)) == "1 March 2027"
