"""``07-copy``: each message's words as a plain text file, and how plain text is written for every machine."""

from __future__ import annotations

import textwrap

from assetgen.pack.brief import Brief, Wording
from assetgen.pack.uses import COPY

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
