"""A pack's tables as CSV files that Excel, Numbers and LibreOffice open as they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from assetgen.pack.brief import Brief, Post
from assetgen.pack.goods import Good
from assetgen.pack.press_file import PressFacts
from assetgen.pack.stock import stock_for
from assetgen.pack.uses import CLICKED
from assetgen.planning.variants import MONO

# A spreadsheet takes a cell that begins so for a formula, and would reckon with it, or open what it names.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
ALT_TEXT, POSTS, CLICKS, TICKET = TABLES = ("alt-text.csv", "posts.csv", "click-urls.csv", "job-ticket.csv")
# Media owners ask for outlined type more often than printers do.
TO_OWNERS = frozenset({"outdoor", "press"})
DRAFT = "draft translation: not reviewed yet"


def harmless(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula: words that begin like one get an apostrophe."""
    text = str(value)
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS) else text


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table: UTF-8 with its mark (Excel takes it for another encoding without), lines that end in CR LF."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    """Return a number as it is (210, not 210.0), all else made harmless."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int | float) else harmless(value)


def make_tables(brief: Brief, uses: frozenset[str], press: Mapping[str, PressFacts]) -> dict[str, bytes]:
    """Return the tables of a pack, or of a part of it, by name: those that would be empty are left out.

    ``press`` has what was read of each file for a printer, by its path in the pack.
    """
    tables = {
        ALT_TEXT: _alt_text(brief, uses),
        POSTS: _posts(brief, uses),
        CLICKS: _click_urls(brief, uses),
        TICKET: _job_ticket(brief, uses, press),
    }
    return {name: csv_bytes(head, rows) for name, (head, rows) in tables.items() if rows}


Table = tuple[tuple[str, ...], list[tuple[object, ...]]]


def _alt_text(brief: Brief, uses: frozenset[str]) -> Table:
    head = ("file", "place", "message", "language", "size", "alt text", "longer description", "note")
    return head, [
        (
            *(good.packed, brief.channel_name(good), _message(good.message), good.locale, good.size),
            *(good.alt, good.alt_long, "" if good.use == "qr" else brief.channel_notes(good)),
        )
        for good in brief.goods
        if good.use in uses
    ]


def _posts(brief: Brief, uses: frozenset[str]) -> Table:
    head = ("network", "message", "language", "text", "image", "alt text", "other images", "note")
    if "social" not in uses:
        return head, []
    return head, [
        (
            post.network,
            post.message,
            post.locale,
            post.text,
            post.image,
            post.alt,
            "; ".join(post.also),
            "; ".join(_post_notes(post)),
        )
        for post in brief.posts
    ]


def _post_notes(post: Post) -> list[str]:
    """Return what stands in the way of a post."""
    notes = [DRAFT] if post.is_draft else []
    if not post.image:
        notes.append(
            f"{post.network} takes no post without a picture, and this pack has none for it: ask for one"
            if post.needs_picture
            else "no picture in this pack: post the words alone"
        )
    return notes


def _click_urls(brief: Brief, uses: frozenset[str]) -> Table:
    head = ("file", "place", "message", "language", "size", "a click opens")
    return head, [
        (
            good.packed,
            brief.channel_name(good),
            _message(good.message),
            good.locale,
            good.size,
            good.click,
        )
        for good in brief.goods
        if good.use in uses & CLICKED and good.click
    ]


def _job_ticket(brief: Brief, uses: frozenset[str], press: Mapping[str, PressFacts]) -> Table:
    head = (
        *("file", "item", "message", "language", "copies", "trim width mm", "trim height mm", "bleed mm"),
        *("page in file", "pages", "colours", "profile", "ppi at final size", "suggested stock", "note"),
    )
    rows: list[tuple[object, ...]] = []
    for good in sorted(brief.goods, key=lambda good: _by_item(brief, good)):
        if good.use not in uses or not good.is_for_printer:
            continue
        facts, place = press[good.packed], brief.channels[good.channel]
        said = [place.notes] if place.notes else []
        if good.printer:
            said.append(f"Made for {brief.printers.get(good.printer, good.printer)}.")
        if good.sheet:
            said.append(
                f"Print at 100 % on {good.sheet.paper} and cut by the marks, which stand outside the bleed."
            )
        if good.use in TO_OWNERS:
            said.append(
                "Type is live, its fonts are inside: to outline it, where it must be, is the printer's step."
            )
        if place.is_provisional:
            said.append("Sizes differ from owner to owner: ask for the media owner's template first.")
        rows.append(
            (
                *(good.packed, brief.channel_name(good), _message(good.message), good.locale, ""),
                *(good.width, good.height, good.bleed_mm, f"{good.scale * 100:g} %", facts.pages),
                *(
                    "black only" if good.form == MONO else facts.colours,
                    facts.profile,
                    good.ppi,
                    stock_for(good, place.like),
                    " ".join(said),
                ),
            )
        )
    return head, rows


def _by_item(brief: Brief, good: Good) -> tuple[str, str, str]:
    """Return what puts a printer's order together: all messages of one item beside each other."""
    return good.packed.partition("/")[0], brief.channel_name(good), good.packed


def _message(message: str | None) -> str:
    """Return a message as a table names it; a file that belongs to no single one says so."""
    return "" if message is None else "(every message)" if message == "all" else message
