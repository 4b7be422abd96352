"""A pack's pages: the first page (HTML, PDF, text) and the contact sheet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from importlib import resources
from itertools import takewhile
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from assetgen.packs.copy_files import Block, as_html, as_text, read_blocks, wrapped
from assetgen.packs.pack_contents import CLICKED, COPY, USE_OF, USES, Good, Use
from assetgen.packs.pack_context import Brief, Look, Post
from assetgen.packs.pack_tables import TABLES, PressFacts
from assetgen.planning.variants import OFFICE

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


FIRST_PAGE = "00-READ-ME-FIRST"
CONTACT_SHEET = "contact-sheet.pdf"
MOST_PICTURES = 4
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
# A brand's family is a name in CSS; anything else in it would end the declaration.
NOT_OF_A_FAMILY = re.compile(r"[^\w\- ]")
# Networks for which no post is written: how the ids of their channels begin.
OTHER_NETWORKS = {
    "threads-": "Threads",
    "bluesky-": "Bluesky",
    "mastodon-": "Mastodon",
    "nextdoor-": "Nextdoor",
    "pinterest-": "Pinterest",
    "tiktok-": "TikTok",
    "snapchat-": "Snapchat",
    "youtube-": "YouTube",
}
Picture = Callable[[Good], str | None]


@dataclass(frozen=True, slots=True)
class Inside:
    """One row of what is inside: a folder, what it is for, how much is in it, some of its pictures."""

    folder: str
    name: str
    about: str
    count: str
    pictures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FirstPage:
    """The first page in its three forms; ``paper`` is the HTML that becomes the PDF."""

    screen: str
    paper: str
    text: str


def make_first_page(
    brief: Brief, uses: frozenset[str], part: str | None, press: Mapping[str, PressFacts], picture: Picture
) -> FirstPage:
    """Return the first page of a pack, or of the part of it that is named."""
    name = USE_OF[part].name if part else None
    inside = [_inside(brief, USE_OF[use], picture) for use in USE_OF if use in uses]
    words = _words().render(_values(brief, uses, name, press))
    blocks = tuple(read_blocks(words))
    last = brief.last_day()
    shown: dict[str, Any] = {
        "part": name,
        "blocks": blocks,
        "inside": inside,
        "until": day_words(last) if last else "",
    }
    # A browser opens the files that the page names; on paper, and in a mail's preview, there is nothing to open.
    files = frozenset({*TABLES, CONTACT_SHEET, *(row.folder for row in inside)})
    screen = render_page(
        "first-page.html",
        brief,
        style=read_page("screen.css"),
        html=partial(as_html, files=files),
        linked=True,
        **shown,
    )
    paper = render_page("first-page.html", brief, html=as_html, linked=False, **shown)
    return FirstPage(screen=screen, paper=paper, text=_text(brief, name, blocks, inside))


def render_page(name: str, brief: Brief, *, style: str = "", **shown: Any) -> str:
    """Return one of the pages with the brand's colours and type."""
    return _page(name).render(
        title=f"{brief.campaign}: {brief.partner_name}, edition {brief.edition}",
        promise=next(iter(brief.promises.values())),
        style=Markup(_with_look(read_page("pages.css") + style, brief.look)),
        brief=brief,
        **shown,
    )


def _with_look(style: str, look: Look) -> str:
    """Return a style sheet with the brand's values in it: the engine knows no custom properties in page margins."""
    family = NOT_OF_A_FAMILY.sub("", look.family)
    values = {
        "dark": look.dark,
        "light": look.light,
        "accent": look.accent,
        "family": f'"{family}", system-ui, sans-serif',
    }
    for name, value in values.items():
        style = style.replace(f"var(--{name})", value)
    return style


@cache
def read_page(name: str) -> str:
    """Return a file of ``pages/``."""
    return (resources.files("assetgen.packs") / "pages" / name).read_text("utf-8")


@cache
def _page(name: str) -> Template:
    """Return a page, ready to be filled in: every pack of a process fills in the same."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(read_page(name))


@cache
def _words() -> Template:
    """Return the first page's words, ready to be filled in: plain text, escaped where it lands in HTML."""
    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_one_line
    )
    return environment.from_string(read_page("first-page.md"))


def _one_line(value: object) -> object:
    """Return a value that begins no block of its own."""
    return " ".join(value.split()) if isinstance(value, str) else value


def _values(
    brief: Brief, uses: frozenset[str], part: str | None, press: Mapping[str, PressFacts]
) -> dict[str, object]:
    goods = [good for good in brief.goods if good.use in uses]
    printed = [good for good in goods if good.is_for_printer]
    desk = [good for good in goods if good.form == OFFICE]
    codes = [good for good in goods if good.use == "qr"]
    posts = brief.posts if "social" in uses else ()
    links = sorted({good.link for good in goods if good.link})
    others = {
        name
        for start, name in OTHER_NETWORKS.items()
        if any(good.channel.startswith(start) for good in goods)
    }
    return {
        "confirmed": brief.is_confirmed,
        "owner": brief.owner,
        "partner": brief.partner_name,
        "part": part,
        "drafts": brief.drafts,
        "languages": brief.locales,
        "posts": bool(posts),
        "no_picture": any(not post.image for post in posts),
        "week": first_week(brief) if posts else (),
        "other_networks": sorted(others),
        "early": [day_words(date.fromisoformat(one.day)) for one in brief.terms if one.kind == "embargo"][
            -1:
        ],
        "printed": bool(printed),
        "for_printer": "print" in {good.use for good in printed},
        "booked": sorted({USE_OF[good.use].folder for good in printed if good.use != "print"}),
        "screens": any(good.use == "screens" for good in goods),
        "in_email": any(good.use == "email" for good in goods),
        "office": any(good.channel == "poster-a4" for good in printed) and not desk,
        "desk": bool(desk),
        "sheets": any(good.sheet for good in printed),
        "printed_codes": any(good.link for good in printed),
        "bleeds": [f"{one:g}" for one in sorted({good.bleed_mm for good in printed if good.bleed_mm})],
        "scaled": any(good.scale != 1 for good in printed),
        "rgb": any(not press[good.packed].is_for_press for good in printed),
        "press": bool(printed) and all(press[good.packed].is_for_press for good in printed),
        "provisional": any(brief.channels[good.channel].is_provisional for good in printed),
        "clicks": any(good.click for good in goods if good.use in CLICKED),
        "has_codes": bool(codes),
        "code_mm": f"{min((good.width for good in codes if good.unit == 'mm'), default=25):g}",
        "link_shown": links[0] if len(links) == 1 else f"an address that begins {brief.url}",
        "messages": _messages(brief),
        "number": brief.number.replace(" ", NO_BREAK_SPACE),
        "address": brief.address,
        "promise": next(iter(brief.promises.values())),
        "edition": brief.edition,
        "ask": ", ".join(one for one in (brief.ask_name, brief.ask_email) if one),
        "valid": tuple(valid_words(brief)),
    }


def _messages(brief: Brief) -> tuple[tuple[str, str], ...]:
    """Return each message's name with its first headline, in the pack's first language that has one."""
    found: dict[str, str] = {}
    for wording in brief.wordings:
        found.setdefault(wording.message, wording.words[0][1])
    return tuple(found.items())


def _inside(brief: Brief, use: Use, picture: Picture) -> Inside:
    if use is COPY:
        count, goods = len(brief.wordings), []
    else:
        goods = [good for good in brief.goods if good.use == use.id]
        count = len(goods)
    pictures = []
    for good in _various(goods):
        drawn = picture(good)
        if drawn is not None:
            pictures.append((drawn, f"{brief.channel_name(good)}, small"))
    files = f"{count} file{'' if count == 1 else 's'}"
    return Inside(use.folder, use.name, use.about, files, tuple(pictures))


def _various(goods: list[Good]) -> list[Good]:
    """Return a few files that look unlike each other: another message and another channel each."""
    chosen: list[Good] = []
    pool = [good for good in goods if good.format != "svg" and 0.3 < good.width / good.height < 3] or goods
    messages = list(dict.fromkeys(good.message for good in pool))
    for at in range(min(MOST_PICTURES, len(pool))):
        seen = {good.channel for good in chosen}
        left = [good for good in pool if good not in chosen]
        wanted = messages[at % len(messages)]
        chosen.append(min(left, key=lambda good: (good.message != wanted, good.channel in seen)))
        # Spread over the folder: the next one is looked for behind this one.
        at_last = pool.index(chosen[-1])
        pool = pool[at_last + 1 :] + pool[: at_last + 1]
    return chosen


def _text(brief: Brief, part: str | None, blocks: tuple[Block, ...], inside: list[Inside]) -> str:
    last = brief.last_day()
    head = [
        brief.campaign,
        f"Campaign pack for {brief.partner_name}",
        f"Edition {brief.edition}" + (f", part: {part}" if part else ""),
        *([f"To be shown until {day_words(last)}"] if last else []),
        f"{brief.number}   {brief.address}   {next(iter(brief.promises.values()))}",
    ]
    rows = "\n".join(
        wrapped(f"{row.name}: {row.about} ({row.count})", first=f"{row.folder:<14}", others=" " * 14)
        for row in inside
    )
    return "\n".join(head) + "\n\n" + as_text(blocks, rows)


FEWEST_COLUMNS, MOST_COLUMNS = 4, 6
LOW_RATIO = 1.2
"""Width over height of what leaves a square frame half empty."""


@dataclass(frozen=True, slots=True)
class SheetCard:
    """One file on the sheet: ``name`` is the end of its name, behind what all names of the pack begin with."""

    title: str
    detail: str
    name: str
    picture: str | None
    alt: str
    is_round: bool


@dataclass(frozen=True, slots=True)
class SheetRow:
    """Some files under one heading: those of one item; without a heading those of which there is one each."""

    heading: str
    detail: str
    cards: tuple[SheetCard, ...]
    is_low: bool


@dataclass(frozen=True, slots=True)
class SheetSection:
    """One folder of the pack."""

    folder: str
    name: str
    count: int
    rows: tuple[SheetRow, ...]


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


def _section(brief: Brief, use: Use, goods: list[Good], start: str, picture: Picture) -> SheetSection:
    items: dict[tuple[str, str], list[Good]] = {}
    for good in sorted(goods, key=lambda good: (brief.channel_name(good), good.packed)):
        items.setdefault((brief.channel_name(good), _detail(good)), []).append(good)
    rows = [
        SheetRow(
            name,
            detail,
            tuple(
                SheetCard(_message(one), "", _end(one, start), picture(one), one.alt, one.is_round)
                for one in mine
            ),
            _are_low(mine),
        )
        for (name, detail), mine in items.items()
        if len(mine) > 1
    ]
    singles = [(name, detail, mine[0]) for (name, detail), mine in items.items() if len(mine) == 1]
    if singles:
        cards = tuple(
            SheetCard(name, detail, _end(one, start), picture(one), one.alt, one.is_round)
            for name, detail, one in singles
        )
        rows.append(SheetRow("", "", cards, _are_low([one for _, _, one in singles])))
    return SheetSection(use.folder, use.name, len(goods), tuple(rows))


def _are_low(goods: Iterable[Good]) -> bool:
    return all(one.width / one.height > LOW_RATIO for one in goods)


def _detail(good: Good) -> str:
    return f"{good.size} · {good.format.upper()}"


def _message(good: Good) -> str:
    return f"{good.message or ''} {'' if good.use == 'qr' else good.locale}".strip()


def _end(good: Good, start: str) -> str:
    return f"…{good.name.removeprefix(start)}" if start else good.name
