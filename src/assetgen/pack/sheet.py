"""``contact-sheet.pdf``: every file of a pack in small. One item in all its messages is a row, under one heading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from assetgen.pack.brief import Brief
from assetgen.pack.first_page import Picture, render_page
from assetgen.pack.goods import Good
from assetgen.pack.uses import USES, Use

FEWEST_COLUMNS, MOST_COLUMNS = 4, 6
LOW_RATIO = 1.2
"""Width over height of what leaves a square frame half empty."""


@dataclass(frozen=True, slots=True)
class Card:
    """One file on the sheet: ``name`` is the end of its name, behind what all names of the pack begin with."""

    title: str
    detail: str
    name: str
    picture: str | None
    alt: str
    is_round: bool


@dataclass(frozen=True, slots=True)
class Row:
    """Some files under one heading: those of one item; without a heading those of which there is one each."""

    heading: str
    detail: str
    cards: tuple[Card, ...]
    is_low: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One folder of the pack."""

    folder: str
    name: str
    count: int
    rows: tuple[Row, ...]


def make_sheet(brief: Brief, uses: frozenset[str], picture: Picture) -> str:
    """Return the contact sheet of a pack, or of a part of it, as HTML."""
    goods = [good for good in brief.goods if good.use in uses]
    start = _common_start(goods)
    sections = [
        _section(brief, use, mine, start, picture)
        for use in USES
        if (mine := [good for good in goods if good.use == use.id])
    ]
    columns = max((len(row.cards) for section in sections for row in section.rows if row.heading), default=0)
    columns = min(max(columns, FEWEST_COLUMNS), MOST_COLUMNS)
    return render_page("contact-sheet.html", brief, sections=sections, start=start, columns=columns)


def _common_start(goods: Iterable[Good]) -> str:
    """Return what all names begin with, up to a sign that parts them: it is said once, not under each picture."""
    signs = zip(*(good.name for good in goods), strict=False)
    start = "".join(same[0] for same in takewhile(lambda same: len(set(same)) == 1, signs))
    return start[: start.rfind("_") + 1]


def _section(brief: Brief, use: Use, goods: list[Good], start: str, picture: Picture) -> Section:
    items: dict[tuple[str, str], list[Good]] = {}
    for good in sorted(goods, key=lambda good: (brief.channel_name(good), good.packed)):
        items.setdefault((brief.channel_name(good), _detail(good)), []).append(good)
    rows = [
        Row(
            name,
            detail,
            tuple(
                Card(_message(one), "", _end(one, start), picture(one), one.alt, one.is_round) for one in mine
            ),
            _are_low(mine),
        )
        for (name, detail), mine in items.items()
        if len(mine) > 1
    ]
    singles = [(name, detail, mine[0]) for (name, detail), mine in items.items() if len(mine) == 1]
    if singles:
        cards = tuple(
            Card(name, detail, _end(one, start), picture(one), one.alt, one.is_round)
            for name, detail, one in singles
        )
        rows.append(Row("", "", cards, _are_low([one for _, _, one in singles])))
    return Section(use.folder, use.name, len(goods), tuple(rows))


def _are_low(goods: Iterable[Good]) -> bool:
    return all(one.width / one.height > LOW_RATIO for one in goods)


def _detail(good: Good) -> str:
    return f"{good.size} · {good.format.upper()}"


def _message(good: Good) -> str:
    return f"{good.message or ''} {'' if good.use == 'qr' else good.locale}".strip()


def _end(good: Good, start: str) -> str:
    return f"…{good.name.removeprefix(start)}" if start else good.name
