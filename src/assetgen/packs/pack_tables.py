"""A pack's tables as CSV files with the print facts in them, and each message's words as a text file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pikepdf

from assetgen.packs.pack_context import CLICKED, COPY, Brief, Good, Post, Wording
from assetgen.planning.variants import MONO

ASK_OWNER = "as the media owner asks"
# Channel ids, first match counts. Weights are the trade's usual ones in the United Kingdom.
STOCKS = (
    ("factsheet-*", "uncoated office paper, 90 to 120 g/m²"),
    ("leaflet-*", "silk coated, 130 to 170 g/m²"),
    ("card-*", "silk coated board, 350 to 400 g/m²"),
    ("bookmark*", "silk coated board, 300 to 350 g/m²"),
    ("beermat-*", "pulpboard, 1.4 mm"),
    ("sticker-washroom-*", "self-adhesive vinyl, matt laminated"),
    ("sticker-*", "self-adhesive paper or vinyl"),
    ("poster-a6", "silk coated board, 300 to 350 g/m²"),
    ("poster-a5", "silk coated, 150 to 250 g/m²"),
    ("poster-a0", "satin poster paper, 190 to 200 g/m²"),
    ("poster-a1", "satin poster paper, 190 to 200 g/m²"),
    ("poster-double-royal", "satin poster paper, 190 to 200 g/m²"),
    ("poster-*", "silk coated, 150 to 170 g/m²"),
    ("washroom-*", "silk coated, 150 to 170 g/m², for the frame"),
    ("pullup-*", "grey-backed roll-up film, as the stand's maker asks"),
    ("window-vinyl-*", "self-adhesive window vinyl"),
    ("aboard-*", "weatherproof poster paper, 200 g/m² or more"),
    ("pvc-*", "PVC banner, 440 to 510 g/m², hemmed, with eyelets"),
)


def stock_for(good: Good, like: str) -> str:
    """Return what to suggest for a file: by its channel, or the one that it is made like, else by its inks."""
    if good.use != "print":
        return "as the newspaper or magazine asks" if good.use == "press" else ASK_OWNER
    for pattern, stock in STOCKS:
        if fnmatchcase(like, pattern):
            return stock
    if good.spec.colour == "cmyk-large":
        return "PVC banner, mesh or film: as the printer of large formats advises for the place"
    return "uncoated, 120 g/m²" if good.spec.colour == "cmyk-uncoated" else "silk coated, 150 to 170 g/m²"


CONVERT = "none: convert to your own"


@dataclass(frozen=True, slots=True)
class PressFacts:
    """Pages, colours and profile of one file, in the words of the job ticket."""

    pages: int
    colours: str
    profile: str

    @property
    def is_for_press(self) -> bool:
        """Say whether the file names the conditions that it is to be printed in."""
        return self.profile != CONVERT


def read_press_facts(file: Path) -> PressFacts:
    """Return what a file for a printer is. A PDF without an output intent is taken for RGB, as the engine draws.

    Raises ValueError for a file that is no PDF.
    """
    try:
        with pikepdf.open(file) as pdf:
            pages = len(pdf.pages)
            intents = pdf.Root.get("/OutputIntents")
            if intents is None or len(intents) == 0:
                return PressFacts(pages, "RGB", CONVERT)
            intent = intents[0]
            named = intent.get("/OutputConditionIdentifier", intent.get("/OutputCondition"))
            profile = intent.get("/DestOutputProfile")
            inks = int(profile.get("/N", 4)) if profile is not None else 4
            return PressFacts(pages, {1: "black only", 3: "RGB"}.get(inks, "CMYK"), str(named or "embedded"))
    except pikepdf.PdfError as error:
        raise ValueError(f"{file.name} is no PDF that can be read: {error}") from error


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
            *_which(brief, good),
            *(good.size, good.alt, good.alt_long),
            "" if good.use == "qr" else brief.channel_notes(good),
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
    if not post.image and post.needs_picture:
        without = f"{post.network} takes no post without a picture"
        notes.append(f"{without}, and this pack has none for it: ask for one")
    elif not post.image:
        notes.append("no picture in this pack: post the words alone")
    return notes


def _click_urls(brief: Brief, uses: frozenset[str]) -> Table:
    head = ("file", "place", "message", "language", "size", "a click opens")
    return head, [
        (*_which(brief, good), good.size, good.click)
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
        facts, place, spec = press[good.packed], brief.channels[good.channel], good.spec
        said = [place.notes] if place.notes else []
        if spec.press and (printer := spec.press.printer):
            said.append(f"Made for {brief.printers.get(printer, printer)}.")
        if spec.sheet:
            said.append(
                f"Print at 100 % on {spec.sheet.paper} and cut by the marks, which stand outside the bleed."
            )
        if good.use in TO_OWNERS:
            said.append(
                "Type is live, its fonts are inside: to outline it, where it must be, is the printer's step."
            )
        if place.is_provisional:
            said.append("Sizes differ from owner to owner: ask for the media owner's template first.")
        rows.append(
            (
                *_which(brief, good),
                *("", spec.width, spec.height, spec.bleed_mm, f"{spec.scale * 100:g} %", facts.pages),
                *(
                    "black only" if good.variant == MONO else facts.colours,
                    facts.profile,
                    spec.ppi,
                    stock_for(good, place.like),
                    " ".join(said),
                ),
            )
        )
    return head, rows


def _by_item(brief: Brief, good: Good) -> tuple[str, str, str]:
    """Return what puts a printer's order together: all messages of one item beside each other."""
    return good.packed.partition("/")[0], brief.channel_name(good), good.packed


def _which(brief: Brief, good: Good) -> tuple[str, str, str, str]:
    """Return what a table says first of a file; one that belongs to no single message says so."""
    message = "(every message)" if good.message == "all" else good.message or ""
    return good.packed, brief.channel_name(good), message, good.locale


def make_wordings(brief: Brief) -> dict[str, bytes]:
    """Return a text file for each message and language, by its path in the pack."""
    return {wording_path(brief, one): plain_text(_text(brief, one)) for one in brief.wordings}


def wording_path(brief: Brief, wording: Wording) -> str:
    """Return where a message's words stand in the pack."""
    name = f"{brief.slug}_{brief.partner}_{wording.message}_words_{wording.locale}.txt"
    return f"{COPY.folder}/{wording.locale}/{name}"


def _text(brief: Brief, wording: Wording) -> str:
    """Return a message's words. They are not wrapped: they are here to be copied."""
    lines = [f"{brief.campaign}: {wording.message} ({wording.locale}), edition {brief.edition}"]
    if wording.is_draft:
        lines.append("DRAFT TRANSLATION: nobody has reviewed these words yet. Do not publish them.")
    lines.append(f"Keep {brief.number}, {brief.address} and the promise as they are.")
    for what, text in wording.words:
        lines += ["", what.upper(), text]
    return "\n".join(lines) + "\n"


def plain_text(text: str) -> bytes:
    """Return a text as every editor reads it, Windows' oldest too: UTF-8 with its mark, lines that end in CR LF."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8-sig")
