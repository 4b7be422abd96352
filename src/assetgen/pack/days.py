"""The days that a pack's first page names: until when it may be used, and what to post in a first week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from assetgen.pack.brief import Brief, Post

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
MONTHS = "January February March April May June July August September October November December".split()
FIRST_ROW = 2
"""A table's first row after its head, as a spreadsheet counts."""


def day_words(day: date) -> str:
    """Return a date as people write it: 1 March 2027."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def valid_words(brief: Brief) -> Iterator[str]:
    """Yield from when and until when a pack may be used, a sentence or two at a time."""
    yield f"This is edition {brief.edition}, released on {day_words(brief.released)}."
    for term in brief.terms:
        day = day_words(date.fromisoformat(term.day))
        if term.kind == "embargo":
            yield f"Show nothing of it before **{day}**."
        elif term.kind == "valid_until":
            yield f"Show it until **{day}**, that day included. Then take posts, adverts and posters down."
        elif term.kind == "permission_until":
            yield f"The logo of {term.of} may be shown until **{day}**, that day included. Ask for a new pack before."
    if brief.last_day() is None and brief.review_by is None:
        yield "No end is set: ask before a new campaign whether there is a newer edition."
    if brief.review_by is not None:
        yield (
            f"The number, address and promise of {brief.owner} are due to be looked at again by"
            f" **{day_words(brief.review_by)}**: ask for a new pack then, and before every reprint."
        )


def first_week(brief: Brief) -> tuple[tuple[str, Post, int], ...]:
    """Return (day, post, its row in ``posts.csv``) for a first week: no post twice, networks and messages in turn.

    Posts with a picture, in the pack's first language; fewer days where there are fewer.
    """
    left = [(row, post) for row, post in enumerate(brief.posts, FIRST_ROW) if post.image]
    left = [(row, post) for row, post in left if post.locale == left[0][1].locale]
    networks, messages, yesterday = Counter[str](), Counter[str](), ""
    week = []
    for day in DAYS[: len(left)]:
        row, post = min(
            left,
            key=lambda one: (
                networks[one[1].network],
                one[1].network == yesterday,
                messages[one[1].message],
                one[0],
            ),
        )
        left.remove((row, post))
        networks[post.network] += 1
        messages[post.message] += 1
        yesterday = post.network
        week.append((day, post, row))
    return tuple(week)
