"""A pack's tables as CSV files, and each message's copy as a text file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pikepdf

from assetgen.packs.pack_context import CLICK_SECTIONS, COPY_SECTION, PackContext, PackCopy, PackFile, Post
from assetgen.planning.variants import MONO
from assetgen.schema.brand_file import join_words

ASK_OWNER = "as the media owner requires"
# Channel id patterns and stocks; the first match counts. The weights are usual in the United Kingdom's print trade.
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
    ("pullup-*", "grey-backed roll-up film, as the maker of the stand requires"),
    ("window-vinyl-*", "self-adhesive window vinyl"),
    ("aboard-*", "weatherproof poster paper, 200 g/m² or more"),
    ("pvc-*", "PVC banner, 440 to 510 g/m², hemmed, with eyelets"),
)


def suggested_stock(pack_file: PackFile, channel_id: str) -> str:
    """Return the stock to suggest for a file, by its section, else by its channel's id, else by its inks."""
    if pack_file.section != "print":
        return "as the newspaper or magazine requires" if pack_file.section == "press" else ASK_OWNER
    for pattern, stock in STOCKS:
        if fnmatchcase(channel_id, pattern):
            return stock
    if pack_file.spec.colour == "cmyk-large":
        return "PVC banner, mesh or film, as the large-format printer advises for the place"
    return (
        "uncoated, 120 g/m²" if pack_file.spec.colour == "cmyk-uncoated" else "silk coated, 150 to 170 g/m²"
    )


CONVERT = "none: convert to your own profile"


@dataclass(frozen=True, slots=True)
class PressFacts:
    """The number of pages, the colours and the profile of one file, as the job ticket shows them."""

    pages: int
    colours: str
    profile: str

    @property
    def is_for_press(self) -> bool:
        """Say whether the file names the print condition for which it is prepared."""
        return self.profile != CONVERT


def read_press_facts(file: Path) -> PressFacts:
    """Read the press facts of a PDF for a printer. A PDF without an output intent counts as RGB.

    Raises ValueError for a file that cannot be read as a PDF.
    """
    try:
        with pikepdf.open(file) as pdf:
            pages = len(pdf.pages)
            intents = pdf.Root.get("/OutputIntents")
            if intents is None or len(intents) == 0:
                return PressFacts(pages, "RGB", CONVERT)
            intent = intents[0]
            condition = intent.get("/OutputConditionIdentifier", intent.get("/OutputCondition"))
            profile = intent.get("/DestOutputProfile")
            components = int(profile.get("/N", 4)) if profile is not None else 4
            colours = {1: "black only", 3: "RGB"}.get(components, "CMYK")
            return PressFacts(pages, colours, str(condition or "embedded"))
    except pikepdf.PdfError as error:
        raise ValueError(f"{file.name} cannot be read as a PDF: {error}") from error


# A spreadsheet reads a cell that begins like this as a formula, which it calculates or follows (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
ALT_TEXT, POSTS, CLICKS, TICKET = TABLES = ("alt-text.csv", "posts.csv", "click-urls.csv", "job-ticket.csv")
# Sections whose job ticket mentions outlined type, since media owners ask for it more often than printers do.
OWNER_SECTIONS = frozenset({"outdoor", "press"})
DRAFT = "draft translation: not reviewed yet"


def escape_formula(value: object) -> str:
    """Return a cell that no spreadsheet reads as a formula. A text that begins like one gets an apostrophe."""
    text = str(value)
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS) else text


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table as CSV: UTF-8 with a byte order mark (Excel needs it), and lines that end in CR LF."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    """Return a number as a number (210, not 210.0), and any other value as text that is not a formula."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int | float) else escape_formula(value)


def make_tables(
    context: PackContext, section_ids: frozenset[str], press: Mapping[str, PressFacts]
) -> dict[str, bytes]:
    """Return the tables of a pack, or of a part of it, by file name. Empty tables are left out.

    ``section_ids`` are its sections. ``press`` has the press facts of each file for a printer, by its path in
    the pack.
    """
    tables = {
        ALT_TEXT: _alt_text(context, section_ids),
        POSTS: _posts(context, section_ids),
        CLICKS: _click_urls(context, section_ids),
        TICKET: _job_ticket(context, section_ids, press),
    }
    return {name: csv_bytes(head, rows) for name, (head, rows) in tables.items() if rows}


Table = tuple[tuple[str, ...], list[tuple[object, ...]]]


def _alt_text(context: PackContext, section_ids: frozenset[str]) -> Table:
    head = ("file", "place", "message", "language", "size", "alt text", "longer description", "note")
    return head, [
        (
            *_first_columns(context, pack_file),
            *(pack_file.size, pack_file.alt, pack_file.alt_long),
            "" if pack_file.section == "qr" else context.channel_notes(pack_file),
        )
        for pack_file in context.files
        if pack_file.section in section_ids
    ]


def _posts(context: PackContext, section_ids: frozenset[str]) -> Table:
    head = ("network", "message", "language", "text", "image", "alt text", "other images", "note")
    if "social" not in section_ids:
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
        for post in context.posts
    ]


def _post_notes(post: Post) -> list[str]:
    """Return what a user must know before publishing a post."""
    notes = [DRAFT] if post.is_draft else []
    if not post.image and post.needs_picture:
        requirement = f"{post.network} does not accept posts without a picture"
        notes.append(f"{requirement}, and this pack has none for this post: ask for one")
    elif not post.image:
        notes.append("this pack has no picture for this post: publish the text alone")
    return notes


def _click_urls(context: PackContext, section_ids: frozenset[str]) -> Table:
    head = ("file", "place", "message", "language", "size", "a click opens")
    return head, [
        (*_first_columns(context, pack_file), pack_file.size, pack_file.click)
        for pack_file in context.files
        if pack_file.section in section_ids & CLICK_SECTIONS and pack_file.click
    ]


def _job_ticket(context: PackContext, section_ids: frozenset[str], press: Mapping[str, PressFacts]) -> Table:
    head = (
        *("file", "item", "message", "language", "copies", "trim width mm", "trim height mm", "bleed mm"),
        *("page in file", "pages", "colours", "profile", "ppi at final size", "suggested stock", "note"),
    )
    rows: list[tuple[object, ...]] = []
    for pack_file in sorted(context.files, key=lambda pack_file: _item_key(context, pack_file)):
        if pack_file.section not in section_ids or not pack_file.is_for_printer:
            continue
        facts, channel, spec = (
            press[pack_file.packed_path],
            context.channels[pack_file.channel],
            pack_file.spec,
        )
        notes = [channel.notes] if channel.notes else []
        if spec.press and (printer := spec.press.printer):
            notes.append(f"Made for {context.printers.get(printer, printer)}.")
        if spec.sheet:
            notes.append(
                f"Print at 100 % on {spec.sheet.paper} and cut along the marks, which are outside the bleed."
            )
        if pack_file.section in OWNER_SECTIONS:
            notes.append(
                "The type is live and its fonts are embedded. If it has to be outlined, the printer does that."
            )
        if channel.is_provisional:
            notes.append("Sizes differ between media owners: ask for the owner's template first.")
        rows.append(
            (
                *_first_columns(context, pack_file),
                *("", spec.width, spec.height, spec.bleed_mm, f"{spec.scale * 100:g} %", facts.pages),
                *(
                    "black only" if pack_file.variant == MONO else facts.colours,
                    facts.profile,
                    spec.ppi,
                    suggested_stock(pack_file, channel.stock_channel),
                    " ".join(notes),
                ),
            )
        )
    return head, rows


def _item_key(context: PackContext, pack_file: PackFile) -> tuple[str, str, str]:
    """Return the key that sorts the job ticket, so that all messages of one item are together."""
    return pack_file.packed_path.partition("/")[0], context.channel_name(pack_file), pack_file.packed_path


def _first_columns(context: PackContext, pack_file: PackFile) -> tuple[str, str, str, str]:
    """Return the first columns of a file's row: its path, channel, message and language."""
    message = "(every message)" if pack_file.message == "all" else pack_file.message or ""
    return pack_file.packed_path, context.channel_name(pack_file), message, pack_file.locale


def make_copy_files(context: PackContext) -> dict[str, bytes]:
    """Return a text file for each message and language, by its path in the pack."""
    return {copy_path(context, one): plain_text(_copy_text(context, one)) for one in context.copies}


def copy_path(context: PackContext, wording: PackCopy) -> str:
    """Return the path in the pack of a message's text file."""
    name = f"{context.slug}_{context.partner}_{wording.message}_words_{wording.locale}.txt"
    return f"{COPY_SECTION.folder}/{wording.locale}/{name}"


def _copy_text(context: PackContext, wording: PackCopy) -> str:
    """Return a message's copy as plain text. Lines are not wrapped, so that people can copy them."""
    lines = [f"{context.campaign}: {wording.message} ({wording.locale}), edition {context.edition}"]
    if wording.is_draft:
        lines.append("DRAFT TRANSLATION: nobody has reviewed this text yet. Do not publish it.")
    facts = [*filter(None, [context.number, context.address]), *(["the promise"] if context.promises else [])]
    lines.append(f"Do not change {join_words(facts, 'or')}.")
    for label, text in wording.texts:
        lines += ["", label.upper(), text]
    return "\n".join(lines) + "\n"


def plain_text(text: str) -> bytes:
    """Return a text that every editor can read: UTF-8 with a byte order mark, and lines that end in CR LF."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8-sig")
