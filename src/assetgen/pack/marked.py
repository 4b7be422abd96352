"""The first page's words, written once in a small part of Markdown, as HTML and as plain text.

Headings (``##``), lists (``-``, ``1.``), notices (``!``), paragraphs; in them ``**strong**``, ``*said*`` and
names of files in backticks. A value that holds such signs is only set otherwise: everything is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup, escape

from assetgen.pack.wording import wrapped

INLINE = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\*(?P<em>[^*]+)\*|`(?P<code>[^`]+)`")
ITEM = re.compile(r"(?P<mark>-|\d+\.) (?P<words>.*)")


class Kind(StrEnum):
    HEADING = "h2"
    PARAGRAPH = "p"
    NOTICE = "notice"
    BULLETS = "ul"
    NUMBERS = "ol"
    INSIDE = "inside"


@dataclass(frozen=True, slots=True)
class Block:
    """One block of words; a list has several."""

    kind: Kind
    words: tuple[str, ...]


def read_blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a text. A list goes on over blank lines; each paragraph and item is one line."""
    items: list[str] = []
    kind = Kind.BULLETS
    for line in (line.strip() for line in text.splitlines()):
        if not line:
            continue
        item = ITEM.fullmatch(line)
        listed = Kind.BULLETS if item and item["mark"] == "-" else Kind.NUMBERS
        if items and (item is None or listed is not kind):
            yield Block(kind, tuple(items))
            items = []
        if item is not None:
            kind = listed
            items.append(item["words"])
        elif line == "{inside}":
            yield Block(Kind.INSIDE, ())
        elif line.startswith("## "):
            yield Block(Kind.HEADING, (line[3:],))
        elif line.startswith("! "):
            yield Block(Kind.NOTICE, (line[2:],))
        else:
            yield Block(Kind.PARAGRAPH, (line,))
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
        if block.kind is Kind.INSIDE:
            parts.append(inside)
        elif block.kind is Kind.HEADING:
            parts.append(f"\n{words[0].upper()}\n{'=' * len(words[0])}")
        elif block.kind is Kind.NOTICE:
            parts.append(wrapped(words[0], first="!! ", others="!! "))
        elif block.kind is Kind.PARAGRAPH:
            parts.append(wrapped(words[0]))
        else:
            marks = [f"{at}. " if block.kind is Kind.NUMBERS else "- " for at in range(1, len(words) + 1)]
            parts.append(
                "\n".join(
                    wrapped(word, first=mark, others=" " * len(mark))
                    for mark, word in zip(marks, words, strict=True)
                )
            )
    return "\n\n".join(parts) + "\n"
