"""Plain text files: each message's copy, and Markdown as HTML or text.

Headings (``##``), lists (``-``, ``1.``), notices (``!``), paragraphs; in them ``**strong**``, ``*said*`` and
names of files in backticks. A value that holds such signs is only set otherwise: everything is escaped.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup, escape

from assetgen.packs.pack_contents import COPY
from assetgen.packs.pack_context import Brief, Wording

WIDTH = 78


def plain_text(text: str) -> bytes:
    """Return a text as every editor reads it, Windows' oldest too: UTF-8 with its mark, lines that end in CR LF."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8-sig")


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


INLINE = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\*(?P<em>[^*]+)\*|`(?P<code>[^`]+)`")
ITEM = re.compile(r"(?P<mark>-|\d+\.) (?P<words>.*)")


class BlockKind(StrEnum):
    HEADING = "h2"
    PARAGRAPH = "p"
    NOTICE = "notice"
    BULLETS = "ul"
    NUMBERS = "ol"
    INSIDE = "inside"


@dataclass(frozen=True, slots=True)
class Block:
    """One block of words; a list has several."""

    kind: BlockKind
    words: tuple[str, ...]


def read_blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a text. A list goes on over blank lines; each paragraph and item is one line."""
    items: list[str] = []
    kind = BlockKind.BULLETS
    for line in (line.strip() for line in text.splitlines()):
        if not line:
            continue
        item = ITEM.fullmatch(line)
        listed = BlockKind.BULLETS if item and item["mark"] == "-" else BlockKind.NUMBERS
        if items and (item is None or listed is not kind):
            yield Block(kind, tuple(items))
            items = []
        if item is not None:
            kind = listed
            items.append(item["words"])
        elif line == "{inside}":
            yield Block(BlockKind.INSIDE, ())
        elif line.startswith("## "):
            yield Block(BlockKind.HEADING, (line[3:],))
        elif line.startswith("! "):
            yield Block(BlockKind.NOTICE, (line[2:],))
        else:
            yield Block(BlockKind.PARAGRAPH, (line,))
    if items:
        yield Block(kind, tuple(items))


def as_html(words: str, files: frozenset[str] = frozenset()) -> Markup:
    """Return a line's words as HTML, escaped, its marks as elements; those of ``files`` that it names are links."""

    def element(found: re.Match[str]) -> str:
        name = str(found.lastgroup)
        marked = f"<{name}>{found[name]}</{name}>"
        return f'<a href="{found[name]}">{marked}</a>' if name == "code" and found[name] in files else marked

    # No mark is a sign that escaping changes: so what is marked afterwards was escaped before.
    return Markup(INLINE.sub(element, str(escape(words))))


def as_plain(words: str) -> str:
    """Return a line's words without marks; what is said elsewhere (a button, a column, a promise) in quotes."""
    return INLINE.sub(lambda found: f"“{found['em']}”" if found["em"] else found[str(found.lastgroup)], words)


def as_text(blocks: Iterable[Block], inside: str) -> str:
    """Return the blocks as plain text in lines of at most 78 characters; ``inside`` stands where that is asked for."""
    parts: list[str] = []
    for block in blocks:
        words = [as_plain(one) for one in block.words]
        if block.kind is BlockKind.INSIDE:
            parts.append(inside)
        elif block.kind is BlockKind.HEADING:
            parts.append(f"\n{words[0].upper()}\n{'=' * len(words[0])}")
        elif block.kind is BlockKind.NOTICE:
            parts.append(wrapped(words[0], first="!! ", others="!! "))
        elif block.kind is BlockKind.PARAGRAPH:
            parts.append(wrapped(words[0]))
        else:
            marks = [
                f"{at}. " if block.kind is BlockKind.NUMBERS else "- " for at in range(1, len(words) + 1)
            ]
            parts.append(
                "\n".join(
                    wrapped(word, first=mark, others=" " * len(mark))
                    for mark, word in zip(marks, words, strict=True)
                )
            )
    return "\n\n".join(parts) + "\n"
