"""Edits of an asset's copy that work for any copy: they find the lines in the page's HTML by their role."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.corpus.edited_assets import Edit, Rect, UneditedAsset

TextChange = Callable[[str], str]


def line_spans(html: str, role: str) -> list[tuple[int, int]]:
    """Return where the lines of a role's text are in the HTML, each as start and end."""
    start = html.index("<body")
    part = re.compile(rf'<(h1|p|span) class="part {role}(?: [^"]*)?"[^>]*(>.*?<)/\1>', re.S)
    found = [
        (text.start(1), text.end(1))
        for whole in part.finditer(html, start)
        for text in re.compile(r">([^<]+)(?=<)").finditer(html, whole.start(2), whole.end(2))
        if text[1].strip()
    ]
    assert found, f"the page has no text of {role}"
    return found


def change_line(role: str, change: TextChange, line: int = 0) -> Edit:
    """Change one line of a role's text, by default the first."""

    def html(page: str, _: UneditedAsset) -> str:
        start, end = line_spans(page, role)[line]
        new = change(page[start:end])
        assert new != page[start:end], f"the text of {role} does not change"
        return page[:start] + new + page[end:]

    return Edit(html=html)


def swap_lines(role: str, upper: int, lower: int) -> Edit:
    """Swap two lines of a role's text."""

    def html(page: str, _: UneditedAsset) -> str:
        lines = line_spans(page, role)
        (start, end), (below, last) = lines[upper], lines[lower]
        assert page[start:end] != page[below:last]
        return page[:start] + page[below:last] + page[end:below] + page[start:end] + page[last:]

    return Edit(html=html)


def drop_letter(text: str) -> str:
    """Return a text without the middle letter of its longest word."""
    longest = max(text.split(), key=len)
    middle = len(longest) // 2
    return text.replace(longest, longest[:middle] + longest[middle + 1 :], 1)


def drop_first_word(text: str) -> str:
    """Return a text without its first word."""
    return text.split(maxsplit=1)[1]


def insert_word(word: str) -> TextChange:
    """Return a change that inserts a word before the last one."""

    def change(text: str) -> str:
        *rest, last = text.split()
        return " ".join([*rest, word, last])

    return change


def replace_last_word(word: str) -> TextChange:
    """Return a change that replaces the last word."""
    return lambda text: " ".join([*text.split()[:-1], word])


def replace_last_letter(letter: str) -> TextChange:
    """Return a change that replaces the last letter."""
    return lambda text: text.rstrip()[:-1] + letter


def add_soft_hyphen(text: str) -> str:
    """Return a text with a soft hyphen in its longest word."""
    longest = max(text.split(), key=len)
    middle = len(longest) // 2
    return text.replace(longest, f"{longest[:middle]}&shy;{longest[middle:]}", 1)


def line_box(original: UneditedAsset, role: str, line: int = 0) -> Rect:
    """Return the box around one line of a role's text on the page."""
    start, end = line_spans(original.html, role)[line]
    return original.text_box(original.html[start:end])


def move_onto(role: str, other: str, declarations: str = "") -> Edit:
    """Move a role's text onto another role's, so that both first lines begin at the same point."""

    def html(page: str, original: UneditedAsset) -> str:
        x, y, _, height = line_box(original, role)
        to_x, to_y, _, to_height = line_box(original, other)
        shift = f"transform:translate({to_x - x:.2f}px,{to_y + to_height / 2 - y - height / 2:.2f}px)"
        pattern = rf'(class="part {role}(?: [^"]*)?" style="[^"]*)"'
        new, count = re.subn(pattern, lambda found: f'{found[1]};{shift};{declarations}"', page)
        assert count, f"the page has no part {role}"
        return new

    return Edit(html=html)


def split_into_paragraphs(role: str, gap_px: float = 0) -> Edit:
    """Start a new paragraph at a role's second line, as pasted text with a line end does."""

    def html(page: str, original: UneditedAsset) -> str:
        opening_tag = re.compile(rf'<(h1|p) class="part {role}(?: [^"]*)?" style="[^"]*">')
        found = opening_tag.search(page)
        assert found, f"the page has no part {role}"
        first, second = line_box(original, role, 0), line_box(original, role, 1)
        step = f"margin-top:{second[1] - first[1] + gap_px:.2f}px"
        at = page.index('<span class="line"', page.index('<span class="line"', found.end()) + 1)
        second_tag = found[0].replace('">', f';{step}">')
        return f"{page[:at]}</{found[1]}>{second_tag}{page[at:]}"

    return Edit(html=html)
