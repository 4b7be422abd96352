"""Read the words and styles of a template's sources: typed facts, and what would not survive on a press.

The tree of the Jinja is written out once: text as it is, strings of expressions as they would be drawn, a
fact as one sign that stands for it, all else as one that parts words. The tags are then taken out of that.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Any

from assetgen.findings import LINE_END, Finding, Place
from assetgen.loading.copy_rules.facts import (
    ONE_WORD,
    TOUCHES_ADDRESS,
    TOUCHES_NUMBER,
    find_addresses,
)
from assetgen.loading.copy_rules.phone_numbers import find_numbers, number_region
from assetgen.schema.brand_file import Facts

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


# A link that leads somewhere: with a scheme, or to a host; any other opens a file of the design.
LEADS_OUT = re.compile(r"\s*(?:(?:[a-z][a-z0-9+.-]*:)?//|(?:mailto|tel|sms):)", re.IGNORECASE)
TYPED_HINT = "write {{ facts.number }}, {{ facts.address }}: a template holds no fact of its own"
KINDS = {"locked-fact": "phone number", "foreign-host": "web address"}
TOUCHES = {
    "number": ("locked-fact", TOUCHES_NUMBER),
    "address": ("foreign-host", TOUCHES_ADDRESS),
}


def literal_facts(words: str, place: Place, facts: Facts) -> list[Finding]:
    """Return a finding for each number or address that is typed instead of taken from the facts."""
    return facts_said(Said(words, ()), place, facts)


def facts_said(said: Said, at: str | Place, facts: Facts) -> list[Finding]:
    """Return the same of what markup says, and a finding for each fact that what stands beside it changes.

    ``at`` is the place of all the words, or the file whose lines they know.
    """
    if said.is_link and not LEADS_OUT.match(said.words):
        return []
    region = number_region(facts.number.tel)
    found = [("locked-fact", one.start, one.text, TYPED_HINT) for one in find_numbers(said.words, region)]
    found += [("foreign-host", one.start, one.text, TYPED_HINT) for one in find_addresses(said.words)]
    found = [one for one in found if not any(sign in one[2] for sign in FACT_SIGNS.values())]
    found += _changed(said.words, facts)
    return [
        Finding(
            code,
            f"a {KINDS[code]} in a template: {' '.join(text.split())}",
            hint,
            at if isinstance(at, Place) else Place(at, said.lines[start]),
        )
        for code, start, text, hint in found
    ]


def _changed(words: str, facts: Facts) -> list[tuple[str, int, str, str]]:
    """Return (code, where, the words, hint) of each fact that touches what makes another of it."""
    found = []
    for name, sign in FACT_SIGNS.items():
        code, (before, behind) = TOUCHES[name]
        for place in (match.start() for match in re.finditer(sign, words)):
            if before.search(words[:place]) or behind.match(words[place + 1 :]):
                whole = next(word for word in ONE_WORD.finditer(words) if word.start() <= place < word.end())
                text = whole.group()
                for other, fact in (("number", facts.number.display), ("address", facts.address.display)):
                    text = text.replace(FACT_SIGNS[other], fact)
                hint = f"let {{{{ facts.{name} }}}} stand alone, with a blank on each side"
                found.append((code, place, text, hint))
    return found


OWN_RULES = {
    "page": "the tool writes @page",
    "import": "the brand's fonts and the design's sheets are loaded already",
    "font-face": "the brand's fonts and the design's sheets are loaded already",
}
GRADIENT_HINT = "use the light(…) macro: it is a gradient on screen and ink in print"
SVG_HINT = "write {{ palette.<name> }}: inline SVG sees no style sheet"
# Rules and functions whose strings are addresses for the engine, which no reader sees.
UNSEEN_RULES, UNSEEN_FUNCTIONS = frozenset({"namespace", "import", "charset"}), frozenset({"url", "src"})

EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
STATEMENT_OR_COMMENT = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
# Stands for what Jinja writes: a letter to CSS and to HTML, and no part of a number or an address.
FILLED_IN = "…"

PlaceOf = Callable[[Any], Place]


def check_style(text: str, file: str, facts: Facts | None) -> list[Finding]:
    """Return gradients (no ink can print them), rules that are the tool's, and literal facts of a style sheet."""
    import tinycss2

    tokens = tinycss2.parse_stylesheet(text)
    return _faults(tokens, lambda token: Place(file, token.source_line, token.source_column), facts)


def check_markup_styles(text: str, file: str, facts: Facts | None) -> list[Finding]:
    """Return the same faults of ``style`` attributes and elements, and ``var()`` inside SVG."""
    import tinycss2

    text = "\n".join(LINE_END.split(text))
    plain = _without_jinja(text)
    findings: list[Finding] = []
    for style in _styles(plain):

        def place_of(token: Any, style: _Style = style) -> Place:
            offset = _offset(style.words, token.source_line, token.source_column - 1) if style.is_exact else 0
            return Place.at(file, text, style.offset + offset)

        tokens = (
            tinycss2.parse_stylesheet(style.words)
            if style.is_sheet
            else tinycss2.parse_component_value_list(style.words)
        )
        if style.is_style:
            findings += _faults(tokens, place_of, facts)
        if style.in_svg:
            findings += _variables(tokens, place_of)
    return findings


def _faults(tokens: list[Any], place_of: PlaceOf, facts: Facts | None) -> list[Finding]:
    findings = []
    for token in _flat(tokens):
        if token.type == "function" and token.lower_name.endswith("-gradient"):
            text = f"{token.name}() cannot be printed in ink"
            findings.append(Finding("template", text, GRADIENT_HINT, place_of(token)))
        if token.type == "at-rule" and token.lower_at_keyword in OWN_RULES:
            hint = OWN_RULES[token.lower_at_keyword]
            text = f"@{token.at_keyword} is not for a template"
            findings.append(Finding("template", text, hint, place_of(token)))
    if facts is not None:
        for words, token in _strings(tokens):
            findings += literal_facts(words, place_of(token), facts)
    return findings


def _variables(tokens: list[Any], place_of: PlaceOf) -> list[Finding]:
    return [
        Finding("template", f"{_as_written(token)} inside SVG draws black", SVG_HINT, place_of(token))
        for token in _flat(tokens)
        if token.type == "function" and token.lower_name == "var"
    ]


def _as_written(variable: Any) -> str:
    name = next((token.value for token in variable.arguments if token.type == "ident"), "")
    return f"{variable.name}({re.sub(f'{FILLED_IN}+', FILLED_IN, name)})"


def _inner(token: Any) -> Iterator[list[Any]]:
    """Return the lists of tokens inside a token: a rule's, a block's, a function's."""
    for name in ("prelude", "content", "arguments", "value"):
        inner = getattr(token, name, None)
        if isinstance(inner, list):
            yield inner


def _flat(tokens: Iterable[Any]) -> Iterator[Any]:
    """Return every token of a parsed style, those inside blocks and functions included."""
    for token in tokens:
        yield token
        for inner in _inner(token):
            yield from _flat(inner)


def _strings(tokens: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Return the words of each string that may be drawn, and its token; strings side by side are drawn as one."""
    run: list[Any] = []
    for token in tokens:
        if token.type == "string":
            run.append(token)
            continue
        if token.type in ("whitespace", "comment"):
            continue
        yield from _joined(run)
        run = []
        is_unseen = (token.type == "at-rule" and token.lower_at_keyword in UNSEEN_RULES) or (
            token.type == "function" and token.lower_name in UNSEEN_FUNCTIONS
        )
        for inner in () if is_unseen else _inner(token):
            yield from _strings(inner)
    yield from _joined(run)


def _joined(run: list[Any]) -> Iterator[tuple[str, Any]]:
    if run:
        yield "".join(token.value for token in run), run[0]


@dataclass(frozen=True, slots=True)
class _Style:
    """A piece of style in markup. ``offset`` is where its words begin; where they are written with character
    references it is not ``is_exact``, and ``offset`` is where its tag begins."""

    words: str
    offset: int
    in_svg: bool
    is_exact: bool = True
    is_style: bool = True
    is_sheet: bool = False


def _without_jinja(text: str) -> str:
    """Return markup of the same length with no Jinja in it."""
    text = STATEMENT_OR_COMMENT.sub(lambda found: " " * len(found.group()), text)
    return EXPRESSION.sub(lambda found: FILLED_IN * len(found.group()), text)


def _offset(text: str, line: int, column: int) -> int:
    """Return the offset of a line (from 1) and column (from 0) in text whose lines end in ``\\n``."""
    lines = text.split("\n")
    return sum(len(one) + 1 for one in lines[: line - 1]) + column


def _styles(plain: str) -> list[_Style]:
    parser = _StyleParser(plain)
    parser.feed(plain)
    parser.close()
    parser.end_sheet()
    return parser.styles


class _StyleParser(HTMLParser):
    """Collects the styles of markup: ``style`` attributes, ``style`` elements, and all attributes inside SVG."""

    def __init__(self, plain: str) -> None:
        super().__init__(convert_charrefs=True)
        self.styles: list[_Style] = []
        self._plain = plain
        self._in_svg = False
        self._sheet: list[str] | None = None
        self._sheet_offset = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_svg = self._in_svg or tag == "svg"
        for name, value in attrs:
            is_style = name == "style"
            if value and (is_style or (self._in_svg and "(" in value)):
                self._take_attribute(name, value, is_style=is_style)
        if tag == "style":
            self._sheet = []

    def handle_data(self, data: str) -> None:
        if self._sheet is None:
            return
        if not self._sheet:
            self._sheet_offset = _offset(self._plain, *self.getpos())
        self._sheet.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self.end_sheet()
        if tag == "svg":
            self._in_svg = False

    def end_sheet(self) -> None:
        """Take the style element that is open, if one is."""
        if self._sheet:
            words = "".join(self._sheet)
            self.styles.append(_Style(words, self._sheet_offset, self._in_svg, is_sheet=True))
        self._sheet = None

    def _take_attribute(self, name: str, value: str, *, is_style: bool) -> None:
        start, tag = _offset(self._plain, *self.getpos()), self.get_starttag_text() or ""
        named = re.search(rf"(?<=[\s\"'/]){re.escape(name)}\s*=", tag, re.IGNORECASE)
        inside = tag.find(value, named.end()) if named else -1
        offset = start + max(inside, 0)
        self.styles.append(_Style(value, offset, self._in_svg, is_exact=inside >= 0, is_style=is_style))
