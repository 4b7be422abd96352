"""What a design's markup says: the words as a reader meets them, whatever tags and expressions they are made of.

The tree of the Jinja is written out once: text as it is, strings of expressions as they would be drawn, a
fact as one sign that stands for it, all else as one that parts words. The tags are then taken out of that.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Any

# Attributes whose words a person reads or hears, and those that a click opens. What a page is made of (a picture,
# a sheet, an attachment) the layout's fetcher refuses itself.
SPOKEN_ATTRIBUTES = frozenset({"alt", "title", "aria-label", "content", "placeholder"})
LINK_TAGS, LINK_ATTRIBUTES = frozenset({"a", "area"}), frozenset({"href", "xlink:href"})
# Tags that do not part the words on their two sides.
INLINE = frozenset(
    """
    a abbr b bdi bdo cite code data em font i ins kbd mark q s samp small span strong sub sup time tspan u
    var wbr
    """.split()
)

UNKNOWN = "…"
"""Stands for what nobody can know before a page is drawn: no part of a number or an address."""
FACT_SIGNS = {"number": "\ue000", "address": "\ue001"}


@dataclass(frozen=True, slots=True)
class Said:
    """Words that are read in one go, and the line of each of their characters."""

    words: str
    lines: tuple[int, ...]
    is_link: bool = False


def said_in(tree: Any) -> list[Said]:
    """Return all that a template says, in its order; ``tree`` is what Jinja made of it."""
    writer = _Writer()
    writer.write(tree)
    text = "".join(writer.parts)
    reader = _Reader(text, writer)
    reader.feed(text)
    reader.close()
    reader.end_run()
    return reader.said


@dataclass(slots=True)
class _Writer:
    """Writes a tree of Jinja out as markup, and knows from which line of the template each part comes."""

    parts: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    length: int = 0
    known: dict[str, str] = field(default_factory=dict)
    """What ``{% set %}`` has given a name to."""

    def write(self, node: Any) -> None:
        """Write a statement and all below it."""
        from jinja2 import nodes

        if isinstance(node, nodes.TemplateData):
            self._add(node.data.translate(_WITHOUT_SIGNS), node.lineno)
        elif isinstance(node, nodes.Expr):
            self._add(escape(self._said(node)), node.lineno)
        elif isinstance(node, nodes.Output):
            self._write_all(node.nodes)
        elif isinstance(node, nodes.If):
            self._write_all(node.body)
            for branch in (node.elif_, node.else_):
                if branch:
                    self._add(UNKNOWN, node.lineno)
                self._write_all(branch)
        elif isinstance(node, nodes.AssignBlock):
            self._add(UNKNOWN, node.lineno)
            self._write_all(node.body)
            self._add(UNKNOWN, node.lineno)
        else:
            if isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
                self.known[node.target.name] = self._said(node.node)
            self._write_all(child for child in node.iter_child_nodes() if not isinstance(child, nodes.Expr))

    def line_at(self, offset: int) -> int:
        """Return the template's line of what stands at an offset of the text that was written."""
        index = max(bisect_right(self.starts, offset) - 1, 0)
        inside = self.parts[index][: offset - self.starts[index]] if self.parts else ""
        return self.lines[index] + inside.count("\n") if self.lines else 1

    def _write_all(self, body: Iterable[Any]) -> None:
        for child in body:
            self.write(child)

    def _add(self, text: str, line: int) -> None:
        self.parts.append(text)
        self.starts.append(self.length)
        self.lines.append(line)
        self.length += len(text)

    def _said(self, node: Any) -> str:
        """Return an expression's words: its own strings, a fact's sign, else what parts words."""
        from jinja2 import nodes

        if isinstance(node, nodes.Const):
            is_drawn = isinstance(node.value, str | int) and not isinstance(node.value, bool)
            return str(node.value).translate(_WITHOUT_SIGNS) if is_drawn else UNKNOWN
        if isinstance(node, nodes.Name):
            return self.known.get(node.name, UNKNOWN)
        if isinstance(node, nodes.Concat):
            return "".join(self._said(part) for part in node.nodes)
        if isinstance(node, nodes.Add):
            return self._said(node.left) + self._said(node.right)
        if isinstance(node, nodes.List | nodes.Tuple):
            return "".join(self._said(part) for part in node.items if not _is_figure(part))
        if isinstance(node, nodes.Filter) and node.node is not None:
            return self._said(node.node)
        if isinstance(node, nodes.CondExpr):
            return UNKNOWN.join(self._said(part) for part in (node.expr1, node.expr2) if part is not None)
        return FACT_SIGNS.get(_fact_of(node), UNKNOWN)


_WITHOUT_SIGNS = {ord(sign): UNKNOWN for sign in FACT_SIGNS.values()}


def _is_figure(node: Any) -> bool:
    return not isinstance(getattr(node, "value", ""), str)


def _fact_of(node: Any) -> str:
    """Return which fact an expression is (``facts.number``, ``facts["number"]``), else nothing."""
    from jinja2 import nodes

    if getattr(getattr(node, "node", None), "name", None) != "facts":
        return ""
    if isinstance(node, nodes.Getattr):
        return node.attr
    argument = getattr(node, "arg", None)
    return str(getattr(argument, "value", ""))


class _Reader(HTMLParser):
    """Takes the tags out of markup: text that inline tags alone divide is one, attributes stand alone."""

    def __init__(self, text: str, writer: _Writer) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[Said] = []
        self._writer = writer
        self._in_style = False
        self._words: list[str] = []
        self._lines: list[int] = []
        self._line_starts = [0]
        for line in text.split("\n"):
            self._line_starts.append(self._line_starts[-1] + len(line) + 1)

    def handle_data(self, data: str) -> None:
        if self._in_style:
            return
        offset = self._offset()
        for number, line in enumerate(data.split("\n")):
            place = offset if number == 0 else self._line_starts[self.getpos()[0] - 1 + number]
            words = line if number == 0 else f"\n{line}"
            self._words.append(words)
            self._lines += [self._writer.line_at(place)] * len(words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        self._meet(tag)
        line = self._writer.line_at(self._offset())
        for name, value in attrs:
            is_link = tag in LINK_TAGS and name in LINK_ATTRIBUTES and ("rel", "attachment") not in attrs
            if value and (is_link or name in SPOKEN_ATTRIBUTES):
                self.said.append(Said(value, (line,) * len(value), is_link))

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False
        self._meet(tag)

    def end_run(self) -> None:
        """Take the words so far as read in one go."""
        if words := "".join(self._words):
            self.said.append(Said(words, tuple(self._lines)))
        self._words, self._lines = [], []

    def _meet(self, tag: str) -> None:
        if tag == "br":
            self._words.append(" ")
            self._lines.append(self._writer.line_at(self._offset()))
        elif tag not in INLINE:
            self.end_run()

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column
