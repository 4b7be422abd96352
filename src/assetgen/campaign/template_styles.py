"""A design's styles, in its style sheets and in its markup: what would not survive in ink, and typed facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from assetgen.campaign.model import Facts
from assetgen.campaign.template_facts import literal_facts
from assetgen.findings import LINE_END, Finding, Place

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
