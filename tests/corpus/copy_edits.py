"""Edits of an asset's words that do not hang on what the words are: they are taken from the page, line by line."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.corpus.edited_assets import Base, Edit, Rect

Change = Callable[[str], str]


def lines_of(html: str, role: str) -> list[tuple[int, int]]:
    """Return where the lines of a role's words stand in the markup, each as start and end."""
    start = html.index("<body")
    part = re.compile(rf'<(h1|p|span) class="part {role}(?: [^"]*)?"[^>]*(>.*?<)/\1>', re.S)
    found = [
        (text.start(1), text.end(1))
        for whole in part.finditer(html, start)
        for text in re.compile(r">([^<]+)(?=<)").finditer(html, whole.start(2), whole.end(2))
        if text[1].strip()
    ]
    assert found, f"the page has no words of {role}"
    return found


def retold(role: str, change: Change, line: int = 0) -> Edit:
    """Change one line of a role's words; the first one, if no other is asked for."""

    def html(page: str, _: Base) -> str:
        start, end = lines_of(page, role)[line]
        new = change(page[start:end])
        assert new != page[start:end], f"the words of {role} stay what they are"
        return page[:start] + new + page[end:]

    return Edit(html=html)


def exchanged(role: str, one: int, other: int) -> Edit:
    """Exchange two lines of a role's words, the upper one first."""

    def html(page: str, _: Base) -> str:
        lines = lines_of(page, role)
        (start, end), (below, last) = lines[one], lines[other]
        assert page[start:end] != page[below:last]
        return page[:start] + page[below:last] + page[end:below] + page[start:end] + page[last:]

    return Edit(html=html)


def letter_lost(words: str) -> str:
    """Return words without a letter from the middle of the longest of them."""
    longest = max(words.split(), key=len)
    middle = len(longest) // 2
    return words.replace(longest, longest[:middle] + longest[middle + 1 :], 1)


def word_lost(words: str) -> str:
    """Return words without the first of them."""
    return words.split(maxsplit=1)[1]


def word_put_in(word: str) -> Change:
    """Return a change that puts a word before the last one."""

    def change(words: str) -> str:
        *rest, last = words.split()
        return " ".join([*rest, word, last])

    return change


def last_word(word: str) -> Change:
    """Return a change that puts a word in place of the last one."""
    return lambda words: " ".join([*words.split()[:-1], word])


def last_letter(letter: str) -> Change:
    """Return a change that puts a letter in place of the last one."""
    return lambda words: words.rstrip()[:-1] + letter


def hyphenated(words: str) -> str:
    """Return words with a soft hyphen in the longest of them."""
    longest = max(words.split(), key=len)
    middle = len(longest) // 2
    return words.replace(longest, f"{longest[:middle]}&shy;{longest[middle:]}", 1)


def box_of(own: Base, role: str, line: int = 0) -> Rect:
    """Return the box around one line of a role's words, where they stand."""
    start, end = lines_of(own.html, role)[line]
    return own.box(own.html[start:end])


def onto(role: str, other: str, declarations: str = "") -> Edit:
    """Move a role's words onto another's, first line on first line, so that they begin together."""

    def html(page: str, own: Base) -> str:
        x, y, _, height = box_of(own, role)
        to_x, to_y, _, to_height = box_of(own, other)
        shift = f"transform:translate({to_x - x:.2f}px,{to_y + to_height / 2 - y - height / 2:.2f}px)"
        pattern = rf'(class="part {role}(?: [^"]*)?" style="[^"]*)"'
        new, count = re.subn(pattern, lambda found: f'{found[1]};{shift};{declarations}"', page)
        assert count, f"the page has no part {role}"
        return new

    return Edit(html=html)


def in_two_paragraphs(role: str, gap_px: float = 0) -> Edit:
    """Let a role's second line begin a paragraph of its own, as words pasted with a line end do."""

    def html(page: str, own: Base) -> str:
        opening = re.compile(rf'<(h1|p) class="part {role}(?: [^"]*)?" style="[^"]*">')
        found = opening.search(page)
        assert found, f"the page has no part {role}"
        first, second = box_of(own, role, 0), box_of(own, role, 1)
        step = f"margin-top:{second[1] - first[1] + gap_px:.2f}px"
        at = page.index('<span class="line"', page.index('<span class="line"', found.end()) + 1)
        again = found[0].replace('">', f';{step}">')
        return f"{page[:at]}</{found[1]}>{again}{page[at:]}"

    return Edit(html=html)
