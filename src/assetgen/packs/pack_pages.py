"""A pack's pages: the first page (HTML, PDF, text) and the contact sheet."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from itertools import takewhile
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markdown_it.utils import EnvType
from markupsafe import Markup, escape

from assetgen.packs.pack_context import CLICKED, COPY, USE_OF, USES, Brief, Good, Look, Post, Use
from assetgen.packs.pack_tables import TABLES, PressFacts
from assetgen.planning.variants import OFFICE

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
MONTHS = "January February March April May June July August September October November December".split()
FIRST_ROW = 2
"""A table's first row after its head, as a spreadsheet counts."""


def day_words(day: date) -> str:
    """Return a date as people write it: 1 March 2027."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


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
MAX_PICTURES = 4
INSIDE = "{inside}\n"
"""Where the first page's words name what is inside."""
WIDTH = 78
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
    words = _template("first-page.md").render(_values(brief, uses, name, press))
    before, _, after = words.partition(INSIDE)
    last = brief.last_day()

    def page(files: frozenset[str] = frozenset(), style: str = "") -> str:
        return render_page(
            "first-page.html",
            brief,
            style=style,
            part=name,
            until=day_words(last) if last else "",
            before=as_html(before, files),
            inside=inside,
            after=as_html(after, files),
            linked=bool(files),
        )

    # A browser opens the files that the page names; on paper, and in a mail's preview, there is nothing to open.
    files = frozenset({*TABLES, CONTACT_SHEET, *(row.folder for row in inside)})
    text = "\n\n".join([_head(brief, name), *as_text(before), _rows(inside), *as_text(after)]) + "\n"
    return FirstPage(screen=page(files, read_page("screen.css")), paper=page(), text=text)


MARKDOWN = MarkdownIt("zero").enable(["blockquote", "heading", "list", "backticks", "emphasis", "escape"])
# What would be a mark of Markdown in a value, anywhere or at its beginning.
SIGNS = re.compile(r"[\\`*_]|\A[#>+-]")
# How the elements that Markdown gives stand in the page: a quotation is a notice, a list is one line.
ELEMENTS = (
    ("<blockquote>\n<p>", '<p class="notice">'),
    ("</p>\n</blockquote>", "</p>"),
    ("\n<li>", "<li>"),
    ("</li>\n", "</li>"),
)


def as_html(words: str, files: frozenset[str] = frozenset()) -> Markup:
    """Return Markdown as HTML, escaped; those of ``files`` that it names in backticks are links."""
    html = str(MARKDOWN.render(words, {"files": files}))
    for made, wanted in ELEMENTS:
        html = html.replace(made, wanted)
    return Markup(html)


def _text_as_html(_: object, tokens: Sequence[Token], at: int, *__: object) -> str:
    return str(escape(tokens[at].content))


def _code_as_html(_: object, tokens: Sequence[Token], at: int, __: object, env: EnvType) -> str:
    code = escape(tokens[at].content)
    return f'<a href="{code}"><code>{code}</code></a>' if code in env["files"] else f"<code>{code}</code>"


MARKDOWN.add_render_rule("text", _text_as_html)
MARKDOWN.add_render_rule("code_inline", _code_as_html)


def as_text(words: str) -> Iterator[str]:
    """Yield the blocks of Markdown as plain text in lines of at most 78 characters."""
    for block in SyntaxTreeNode(MARKDOWN.parse(words)).children:
        if block.type == "heading":
            said = _without_marks(block)
            yield f"\n{said.upper()}\n{'=' * len(said)}"
        elif block.type == "blockquote":
            yield wrapped(_without_marks(block), first="!! ", others="!! ")
        elif block.type == "paragraph":
            yield wrapped(_without_marks(block))
        else:
            yield "\n".join(
                wrapped(_without_marks(item), first=mark, others=" " * len(mark))
                for at, item in enumerate(block.children, 1)
                for mark in [f"{at}. " if block.type == "ordered_list" else "- "]
            )


def _without_marks(node: SyntaxTreeNode) -> str:
    """Return what a node says; what is said elsewhere (a button, a column, a promise) in quotes."""
    said = "".join(map(_without_marks, node.children)) if node.children else node.content
    return f"“{said}”" if node.type == "em" else said


def wrapped(text: str, *, first: str = "", others: str = "") -> str:
    """Return a paragraph in lines of at most 78 characters; a word is never broken, nor an address."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def render_page(name: str, brief: Brief, *, style: str = "", **shown: Any) -> str:
    """Return one of the pages with the brand's colours and type."""
    return _template(name).render(
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
def _template(name: str) -> Template:
    """Return a page, or words in Markdown, ready to be filled in: every pack of a process fills in the same."""
    # A page escapes its values as HTML, words as Markdown.
    escaping = {"autoescape": True} if name.endswith(".html") else {"finalize": as_words}
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, **escaping)
    return environment.from_string(read_page(name))


def as_words(value: object) -> object:
    """Return a value that begins no block of its own and whose signs are no marks of Markdown."""
    return SIGNS.sub(r"\\\g<0>", " ".join(value.split())) if isinstance(value, str) else value


def _values(
    brief: Brief, uses: frozenset[str], part: str | None, press: Mapping[str, PressFacts]
) -> dict[str, object]:
    goods = [good for good in brief.goods if good.use in uses]
    printed = [good for good in goods if good.is_for_printer]
    desk = [good for good in goods if good.variant == OFFICE]
    codes = [good for good in goods if good.use == "qr"]
    posts = brief.posts if "social" in uses else ()
    links = sorted({good.link for good in goods if good.link})
    others = {
        name
        for start, name in OTHER_NETWORKS.items()
        if any(good.channel.startswith(start) for good in goods)
    }
    terms = [(one.kind, day_words(date.fromisoformat(one.day)), one.of) for one in brief.terms]
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
        "terms": terms,
        "early": [day for kind, day, _ in terms if kind == "embargo"][-1:],
        "no_end": brief.last_day() is None and brief.review_by is None,
        "released": day_words(brief.released),
        "review_by": day_words(brief.review_by) if brief.review_by else "",
        "printed": bool(printed),
        "for_printer": "print" in {good.use for good in printed},
        "booked": sorted({USE_OF[good.use].folder for good in printed if good.use != "print"}),
        "screens": any(good.use == "screens" for good in goods),
        "in_email": any(good.use == "email" for good in goods),
        "office": any(good.channel == "poster-a4" for good in printed) and not desk,
        "desk": bool(desk),
        "sheets": any(good.spec.sheet for good in printed),
        "printed_codes": any(good.link for good in printed),
        "bleeds": [f"{one:g}" for one in sorted({good.spec.bleed_mm for good in printed} - {0})],
        "scaled": any(good.spec.scale != 1 for good in printed),
        "rgb": any(not press[good.packed].is_for_press for good in printed),
        "press": bool(printed) and all(press[good.packed].is_for_press for good in printed),
        "provisional": any(brief.channels[good.channel].is_provisional for good in printed),
        "clicks": any(good.click for good in goods if good.use in CLICKED),
        "has_codes": bool(codes),
        "code_mm": f"{min((good.spec.width for good in codes if good.spec.unit == 'mm'), default=25):g}",
        "link_shown": links[0] if len(links) == 1 else f"an address that begins {brief.url}",
        "messages": _messages(brief),
        "number": brief.number.replace(" ", NO_BREAK_SPACE),
        "address": brief.address,
        "promise": next(iter(brief.promises.values())),
        "edition": brief.edition,
        "ask": ", ".join(one for one in (brief.ask_name, brief.ask_email) if one),
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
    pool = [
        good for good in goods if good.format != "svg" and 0.3 < good.spec.width / good.spec.height < 3
    ] or goods
    messages = list(dict.fromkeys(good.message for good in pool))
    for at in range(min(MAX_PICTURES, len(pool))):
        seen = {good.channel for good in chosen}
        left = [good for good in pool if good not in chosen]
        wanted = messages[at % len(messages)]
        chosen.append(min(left, key=lambda good: (good.message != wanted, good.channel in seen)))
        # Spread over the folder: the next one is looked for behind this one.
        at_last = pool.index(chosen[-1])
        pool = pool[at_last + 1 :] + pool[: at_last + 1]
    return chosen


def _head(brief: Brief, part: str | None) -> str:
    """Return the first lines of the first page as text."""
    last = brief.last_day()
    lines = [
        brief.campaign,
        f"Campaign pack for {brief.partner_name}",
        f"Edition {brief.edition}" + (f", part: {part}" if part else ""),
        *([f"To be shown until {day_words(last)}"] if last else []),
        f"{brief.number}   {brief.address}   {next(iter(brief.promises.values()))}",
    ]
    return "\n".join(lines)


def _rows(inside: Iterable[Inside]) -> str:
    """Return what is inside as text, a folder a row."""
    return "\n".join(
        wrapped(f"{row.name}: {row.about} ({row.count})", first=f"{row.folder:<14}", others=" " * 14)
        for row in inside
    )


FEWEST_COLUMNS, MAX_COLUMNS = 4, 6
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
    columns = min(max(columns, FEWEST_COLUMNS), MAX_COLUMNS)
    return render_page("contact-sheet.html", brief, sections=sections, start=start, columns=columns)


def _common_start(goods: Iterable[Good]) -> str:
    """Return what all names begin with, up to a sign that parts them: it is said once, not under each picture."""
    signs = zip(*(good.name for good in goods), strict=False)
    start = "".join(same[0] for same in takewhile(lambda same: len(set(same)) == 1, signs))
    return start[: start.rfind("_") + 1]


def _section(brief: Brief, use: Use, goods: list[Good], start: str, picture: Picture) -> SheetSection:
    items: dict[tuple[str, str], list[Good]] = {}
    for good in sorted(goods, key=lambda good: (brief.channel_name(good), good.packed)):
        detail = f"{good.size} · {good.format.upper()}"
        items.setdefault((brief.channel_name(good), detail), []).append(good)

    def row(heading: str, detail: str, said: Sequence[tuple[str, str, Good]]) -> SheetRow:
        cards = tuple(
            SheetCard(title, beneath, _end(one, start), picture(one), one.alt, one.is_round)
            for title, beneath, one in said
        )
        is_low = all(one.spec.width / one.spec.height > LOW_RATIO for _, _, one in said)
        return SheetRow(heading, detail, cards, is_low)

    rows = [
        row(name, detail, [(_message(one), "", one) for one in mine])
        for (name, detail), mine in items.items()
        if len(mine) > 1
    ]
    singles = [(name, detail, mine[0]) for (name, detail), mine in items.items() if len(mine) == 1]
    if singles:
        rows.append(row("", "", singles))
    return SheetSection(use.folder, use.name, len(goods), tuple(rows))


def _message(good: Good) -> str:
    return f"{good.message or ''} {'' if good.use == 'qr' else good.locale}".strip()


def _end(good: Good, start: str) -> str:
    return f"…{good.name.removeprefix(start)}" if start else good.name
