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

from assetgen.packs.pack_context import (
    CLICK_SECTIONS,
    COPY_SECTION,
    SECTION_BY_ID,
    SECTIONS,
    PackContext,
    PackFile,
    PackSection,
    PackStyle,
    Post,
)
from assetgen.packs.pack_tables import TABLES, PressFacts
from assetgen.planning.variants import OFFICE

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
MONTHS = "January February March April May June July August September October November December".split()
FIRST_ROW = 2
"""The number of a table's first row below its header, as a spreadsheet counts."""


def day_text(day: date) -> str:
    """Return a date as text: 1 March 2027."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def first_week(context: PackContext) -> tuple[tuple[str, Post, int], ...]:
    """Return a proposal for the first week: for each day (day, post, row of the post in ``posts.csv``).

    No post appears twice, and networks and messages alternate. Only posts with a picture are proposed, all in the
    language of the first of them. If there are fewer posts than days, the week is shorter.
    """
    candidates = [(row, post) for row, post in enumerate(context.posts, FIRST_ROW) if post.image]
    candidates = [(row, post) for row, post in candidates if post.locale == candidates[0][1].locale]
    networks, messages, yesterday = Counter[str](), Counter[str](), ""
    week = []
    for day in DAYS[: len(candidates)]:
        row, post = min(
            candidates,
            key=lambda numbered: (
                networks[numbered[1].network],
                numbered[1].network == yesterday,
                messages[numbered[1].message],
                numbered[0],
            ),
        )
        candidates.remove((row, post))
        networks[post.network] += 1
        messages[post.message] += 1
        yesterday = post.network
        week.append((day, post, row))
    return tuple(week)


FIRST_PAGE = "00-READ-ME-FIRST"
CONTACT_SHEET = "contact-sheet.pdf"
MAX_PICTURES = 4
INSIDE = "{inside}\n"
"""Where first-page.md has the table of the pack's sections."""
TEXT_COLUMNS = 78
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
# The brand's font family is written into CSS, where other characters would end the declaration.
NOT_IN_FONT_NAMES = re.compile(r"[^\w\- ]")
# Networks for which the campaign has pictures but no posts, by the start of their channels' ids.
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
Picture = Callable[[PackFile], str | None]


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One row of the table of sections: the folder, its name and purpose, its number of files, and some pictures."""

    folder: str
    name: str
    about: str
    count: str
    pictures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FirstPage:
    """The first page in three formats: HTML for a browser, HTML that is laid out as the PDF, and plain text."""

    screen: str
    paper: str
    text: str


def make_first_page(
    context: PackContext,
    section_ids: frozenset[str],
    part: str | None,
    press: Mapping[str, PressFacts],
    picture: Picture,
) -> FirstPage:
    """Return the first page of a pack, or of one part of it.

    ``section_ids`` are its sections, ``part`` is the id of the part, None for the whole pack. ``press`` has the press
    facts of each file for a printer, by its path in the pack. ``picture`` returns a small picture of a file as a
    ``data:`` URL.
    """
    name = SECTION_BY_ID[part].name if part else None
    inside = [
        _inside(context, SECTION_BY_ID[section_id], picture)
        for section_id in SECTION_BY_ID
        if section_id in section_ids
    ]
    markdown = _template("first-page.md").render(_values(context, section_ids, name, press))
    before, _, after = markdown.partition(INSIDE)
    last = context.last_day()

    def page(files: frozenset[str] = frozenset(), style: str = "") -> str:
        return render_page(
            "first-page.html",
            context,
            style=style,
            part=name,
            until=day_text(last) if last else "",
            before=as_html(before, files),
            inside=inside,
            after=as_html(after, files),
            linked=bool(files),
        )

    # Only the page for a browser has links to the files. Paper and the preview of an email cannot open them.
    files = frozenset({*TABLES, CONTACT_SHEET, *(row.folder for row in inside)})
    text = "\n\n".join([_text_header(context, name), *as_text(before), _text_rows(inside), *as_text(after)])
    text += "\n"
    return FirstPage(screen=page(files, read_page("screen.css")), paper=page(), text=text)


MARKDOWN = MarkdownIt("zero").enable(["blockquote", "heading", "list", "backticks", "emphasis", "escape"])
# Characters that would be Markdown syntax in a value: anywhere, or at its start.
MARKDOWN_SYNTAX = re.compile(r"[\\`*_]|\A[#>+-]")
# Changes to the HTML that Markdown gives: a quotation becomes a notice, and lists lose their line breaks.
HTML_REPLACEMENTS = (
    ("<blockquote>\n<p>", '<p class="notice">'),
    ("</p>\n</blockquote>", "</p>"),
    ("\n<li>", "<li>"),
    ("</li>\n", "</li>"),
)


def as_html(words: str, files: frozenset[str] = frozenset()) -> Markup:
    """Return Markdown as escaped HTML. A name in backticks that is one of ``files`` becomes a link."""
    html = str(MARKDOWN.render(words, {"files": files}))
    for old, new in HTML_REPLACEMENTS:
        html = html.replace(old, new)
    return Markup(html)


def _text_as_html(_: object, tokens: Sequence[Token], at: int, *__: object) -> str:
    return str(escape(tokens[at].content))


def _code_as_html(_: object, tokens: Sequence[Token], at: int, __: object, env: EnvType) -> str:
    code = escape(tokens[at].content)
    return f'<a href="{code}"><code>{code}</code></a>' if code in env["files"] else f"<code>{code}</code>"


MARKDOWN.add_render_rule("text", _text_as_html)
MARKDOWN.add_render_rule("code_inline", _code_as_html)


def as_text(words: str) -> Iterator[str]:
    """Yield the blocks of Markdown as plain text, in lines of at most 78 characters."""
    for block in SyntaxTreeNode(MARKDOWN.parse(words)).children:
        if block.type == "heading":
            heading = _plain_text(block)
            yield f"\n{heading.upper()}\n{'=' * len(heading)}"
        elif block.type == "blockquote":
            yield wrap(_plain_text(block), first="!! ", others="!! ")
        elif block.type == "paragraph":
            yield wrap(_plain_text(block))
        else:
            yield "\n".join(
                wrap(_plain_text(item), first=bullet, others=" " * len(bullet))
                for number, item in enumerate(block.children, 1)
                for bullet in [f"{number}. " if block.type == "ordered_list" else "- "]
            )


def _plain_text(node: SyntaxTreeNode) -> str:
    """Return a node's text without Markdown syntax. Emphasis (a button, a column, a promise) becomes quotes."""
    text = "".join(map(_plain_text, node.children)) if node.children else node.content
    return f"“{text}”" if node.type == "em" else text


def wrap(text: str, *, first: str = "", others: str = "") -> str:
    """Return a paragraph in lines of at most 78 characters. Words and addresses are never broken."""
    return textwrap.fill(
        text,
        TEXT_COLUMNS,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def render_page(name: str, context: PackContext, *, style: str = "", **shown: Any) -> str:
    """Return a page (a file of ``pages/``) as HTML in the brand's colours and font."""
    return _template(name).render(
        title=f"{context.campaign}: {context.partner_name}, edition {context.edition}",
        promise=context.promise,
        style=Markup(_fill_in_style(read_page("pages.css") + style, context.style)),
        context=context,
        **shown,
    )


def _fill_in_style(css: str, style: PackStyle) -> str:
    """Fill in the brand's custom properties in a style sheet, since the engine ignores them in page margins."""
    family = NOT_IN_FONT_NAMES.sub("", style.family)
    values = {
        "dark": style.dark,
        "light": style.light,
        "accent": style.accent,
        "family": f'"{family}", system-ui, sans-serif',
    }
    for name, value in values.items():
        css = css.replace(f"var(--{name})", value)
    return css


@cache
def read_page(name: str) -> str:
    """Return the text of a file of ``pages/``."""
    return (resources.files("assetgen.packs") / "pages" / name).read_text("utf-8")


@cache
def _template(name: str) -> Template:
    """Return a file of ``pages/`` as a Jinja template. All packs of a process share it."""
    # Values are escaped as HTML in an HTML page, as Markdown in a Markdown file.
    escaping = {"autoescape": True} if name.endswith(".html") else {"finalize": as_markdown}
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, **escaping)
    return environment.from_string(read_page(name))


def as_markdown(value: object) -> object:
    """Return a text as one line of Markdown, with all Markdown syntax escaped. Other values stay unchanged."""
    return MARKDOWN_SYNTAX.sub(r"\\\g<0>", " ".join(value.split())) if isinstance(value, str) else value


def _values(
    context: PackContext, section_ids: frozenset[str], part: str | None, press: Mapping[str, PressFacts]
) -> dict[str, object]:
    pack_files = [pack_file for pack_file in context.files if pack_file.section in section_ids]
    printed = [pack_file for pack_file in pack_files if pack_file.is_for_printer]
    desk = [pack_file for pack_file in pack_files if pack_file.variant == OFFICE]
    codes = [pack_file for pack_file in pack_files if pack_file.section == "qr"]
    posts = context.posts if "social" in section_ids else ()
    links = sorted({pack_file.link for pack_file in pack_files if pack_file.link})
    others = {
        name
        for start, name in OTHER_NETWORKS.items()
        if any(pack_file.channel.startswith(start) for pack_file in pack_files)
    }
    release_dates = [
        (release_date.kind, day_text(date.fromisoformat(release_date.day)), release_date.of)
        for release_date in context.release_dates
    ]
    return {
        "confirmed": context.is_confirmed,
        "owner": context.owner,
        "partner": context.partner_name,
        "part": part,
        "drafts": context.drafts,
        "languages": context.locales,
        "posts": bool(posts),
        "no_picture": any(not post.image for post in posts),
        "week": first_week(context) if posts else (),
        "other_networks": sorted(others),
        "release_dates": release_dates,
        "early": [day for kind, day, _ in release_dates if kind == "embargo"][-1:],
        "no_end": context.last_day() is None and context.review_by is None,
        "released": day_text(context.released),
        "review_by": day_text(context.review_by) if context.review_by else "",
        "printed": bool(printed),
        "for_printer": "print" in {pack_file.section for pack_file in printed},
        "booked": sorted(
            {SECTION_BY_ID[pack_file.section].folder for pack_file in printed if pack_file.section != "print"}
        ),
        "screens": any(pack_file.section == "screens" for pack_file in pack_files),
        "in_email": any(pack_file.section == "email" for pack_file in pack_files),
        "office": any(pack_file.channel == "poster-a4" for pack_file in printed) and not desk,
        "desk": bool(desk),
        "sheets": any(pack_file.spec.sheet for pack_file in printed),
        "printed_codes": any(pack_file.link for pack_file in printed),
        "bleeds": [
            f"{bleed:g}" for bleed in sorted({pack_file.spec.bleed_mm for pack_file in printed} - {0})
        ],
        "scaled": any(pack_file.spec.scale != 1 for pack_file in printed),
        "rgb": any(not press[pack_file.packed_path].is_for_press for pack_file in printed),
        "press": bool(printed) and all(press[pack_file.packed_path].is_for_press for pack_file in printed),
        "provisional": any(context.channels[pack_file.channel].is_provisional for pack_file in printed),
        "clicks": any(pack_file.click for pack_file in pack_files if pack_file.section in CLICK_SECTIONS),
        "has_codes": bool(codes),
        "code_mm": f"{min((pack_file.spec.width for pack_file in codes if pack_file.spec.unit == 'mm'), default=25):g}",
        "link_shown": links[0] if len(links) == 1 else f"an address that begins {context.url}",
        "messages": _messages(context),
        "number": context.number.replace(" ", NO_BREAK_SPACE),
        "address": context.address,
        "promise": context.promise,
        "facts_and": context.facts_words[0],
        "facts_or": context.facts_words[1],
        "edition": context.edition,
        "ask": ", ".join(value for value in (context.ask_name, context.ask_email) if value),
    }


def _messages(context: PackContext) -> tuple[tuple[str, str], ...]:
    """Return (name, headline) of each message, in the first of the pack's languages that has the message."""
    found: dict[str, str] = {}
    for wording in context.copies:
        found.setdefault(wording.message, wording.texts[0][1])
    return tuple(found.items())


def _inside(context: PackContext, section: PackSection, picture: Picture) -> SectionRow:
    if section is COPY_SECTION:
        count, pack_files = len(context.copies), []
    else:
        pack_files = [pack_file for pack_file in context.files if pack_file.section == section.id]
        count = len(pack_files)
    pictures = []
    for pack_file in _sample(pack_files):
        drawn = picture(pack_file)
        if drawn is not None:
            pictures.append((drawn, f"{context.channel_name(pack_file)}, small"))
    files = f"{count} file{'' if count == 1 else 's'}"
    return SectionRow(section.folder, section.name, section.about, files, tuple(pictures))


def _sample(pack_files: list[PackFile]) -> list[PackFile]:
    """Return a few files that look different: if possible, each has its own message and channel."""
    chosen: list[PackFile] = []
    pool = [
        pack_file
        for pack_file in pack_files
        if pack_file.format != "svg" and 0.3 < pack_file.spec.width / pack_file.spec.height < 3
    ] or pack_files
    messages = list(dict.fromkeys(pack_file.message for pack_file in pool))
    for number in range(min(MAX_PICTURES, len(pool))):
        seen = {pack_file.channel for pack_file in chosen}
        left = [pack_file for pack_file in pool if pack_file not in chosen]
        message = messages[number % len(messages)]
        chosen.append(
            min(left, key=lambda pack_file: (pack_file.message != message, pack_file.channel in seen))
        )
        # To spread the sample over the folder, the search for the next file starts after this one.
        last = pool.index(chosen[-1])
        pool = pool[last + 1 :] + pool[: last + 1]
    return chosen


def _text_header(context: PackContext, part: str | None) -> str:
    """Return the first lines of the plain-text page."""
    last = context.last_day()
    lines = [
        context.campaign,
        f"Campaign pack for {context.partner_name}",
        f"Edition {context.edition}" + (f", part: {part}" if part else ""),
        *([f"Valid until {day_text(last)}"] if last else []),
        "   ".join(filter(None, [context.number, context.address, context.promise])),
    ]
    return "\n".join(lines)


def _text_rows(inside: Iterable[SectionRow]) -> str:
    """Return the table of sections as plain text, one folder a row."""
    return "\n".join(
        wrap(f"{row.name}: {row.about} ({row.count})", first=f"{row.folder:<14}", others=" " * 14)
        for row in inside
    )


MIN_COLUMNS, MAX_COLUMNS = 4, 6
LOW_RATIO = 1.2
"""The ratio of width to height above which a picture leaves much of a square frame empty."""


@dataclass(frozen=True, slots=True)
class SheetCard:
    """One file on the contact sheet. ``name`` is its file name without the start that all names share."""

    title: str
    detail: str
    name: str
    picture: str | None
    alt: str
    is_round: bool


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of the contact sheet: the files of one item under a heading, or all single files without one."""

    heading: str
    detail: str
    cards: tuple[SheetCard, ...]
    is_low: bool


@dataclass(frozen=True, slots=True)
class ContactSheetSection:
    """One folder of the pack on the contact sheet."""

    folder: str
    name: str
    count: int
    rows: tuple[SheetRow, ...]


def make_contact_sheet(context: PackContext, section_ids: frozenset[str], picture: Picture) -> str:
    """Return the contact sheet of a pack, or of a part of it, as HTML."""
    pack_files = [pack_file for pack_file in context.files if pack_file.section in section_ids]
    start = _common_start(pack_files)
    sections = [
        _section(context, section, of_section, start, picture)
        for section in SECTIONS
        if (of_section := [pack_file for pack_file in pack_files if pack_file.section == section.id])
    ]
    columns = max((len(row.cards) for section in sections for row in section.rows if row.heading), default=0)
    columns = min(max(columns, MIN_COLUMNS), MAX_COLUMNS)
    return render_page("contact-sheet.html", context, sections=sections, start=start, columns=columns)


def _common_start(pack_files: Iterable[PackFile]) -> str:
    """Return the start that all file names share, up to the last "_" in it. The sheet shows it once."""
    columns = zip(*(pack_file.name for pack_file in pack_files), strict=False)
    start = "".join(column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns))
    return start[: start.rfind("_") + 1]


def _section(
    context: PackContext, section: PackSection, pack_files: list[PackFile], start: str, picture: Picture
) -> ContactSheetSection:
    items: dict[tuple[str, str], list[PackFile]] = {}
    for pack_file in sorted(
        pack_files, key=lambda pack_file: (context.channel_name(pack_file), pack_file.packed_path)
    ):
        detail = f"{pack_file.size} · {pack_file.format.upper()}"
        items.setdefault((context.channel_name(pack_file), detail), []).append(pack_file)

    def row(heading: str, detail: str, captions: Sequence[tuple[str, str, PackFile]]) -> SheetRow:
        cards = tuple(
            SheetCard(
                title,
                subtitle,
                _short_name(pack_file, start),
                picture(pack_file),
                pack_file.alt,
                pack_file.is_round,
            )
            for title, subtitle, pack_file in captions
        )
        is_low = all(pack_file.spec.width / pack_file.spec.height > LOW_RATIO for _, _, pack_file in captions)
        return SheetRow(heading, detail, cards, is_low)

    rows = [
        row(name, detail, [(_message_title(pack_file), "", pack_file) for pack_file in of_item])
        for (name, detail), of_item in items.items()
        if len(of_item) > 1
    ]
    singles = [(name, detail, of_item[0]) for (name, detail), of_item in items.items() if len(of_item) == 1]
    if singles:
        rows.append(row("", "", singles))
    return ContactSheetSection(section.folder, section.name, len(pack_files), tuple(rows))


def _message_title(pack_file: PackFile) -> str:
    return f"{pack_file.message or ''} {'' if pack_file.section == 'qr' else pack_file.locale}".strip()


def _short_name(pack_file: PackFile, start: str) -> str:
    return f"…{pack_file.name.removeprefix(start)}" if start else pack_file.name
