"""Check the text and styles of a template's sources for literal facts and for CSS that cannot be printed.

The text of a template is found in two steps. First, its Jinja syntax tree is written out as markup: text and literal
strings unchanged, each fact as one private-use character, and everything else as ``UNKNOWN``, which separates words.
Then the text is extracted from that markup.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from itertools import zip_longest
from typing import Any

from assetgen.findings import LINE_END, Finding, Place
from assetgen.loading.copy_rules.facts import (
    TOUCHES_ADDRESS,
    TOUCHES_NUMBER,
    WORD,
    find_addresses,
)
from assetgen.loading.copy_rules.phone_numbers import find_numbers, region_of_number
from assetgen.schema.brand_file import Facts

# Attributes that a person reads or hears, and those with the target of a link. The addresses of pictures, style sheets
# and attachments are not checked here: the renderer loads only files of the campaign.
TEXT_ATTRIBUTES = frozenset({"alt", "title", "aria-label", "content", "placeholder"})
LINK_TAGS, LINK_ATTRIBUTES = frozenset({"a", "area"}), frozenset({"href", "xlink:href"})
# Tags that do not separate the words before and after them.
INLINE_TAGS = frozenset(
    """
    a abbr b bdi bdo cite code data em font i ins kbd mark q s samp small span strong sub sup time tspan u
    var wbr
    """.split()
)

UNKNOWN = "…"
"""Replaces text that is not known before rendering. It is not part of a number or an address."""
FACT_SIGNS = {"number": "\ue000", "address": "\ue001"}


@dataclass(frozen=True, slots=True)
class TextRun:
    """Text that is read without a break, and the line number of each of its characters."""

    words: str
    lines: tuple[int, ...]
    is_link: bool = False


def extract_text_runs(tree: Any) -> list[TextRun]:
    """Return the text of a template in order; ``tree`` is its Jinja syntax tree."""
    writer = _MarkupWriter()
    writer.write(tree)
    markup = "".join(writer.parts)
    parser = _TextRunParser(markup, writer)
    parser.feed(markup)
    parser.close()
    parser.end_run()
    return parser.runs


@dataclass(slots=True)
class _MarkupWriter:
    """Writes a Jinja syntax tree as markup, and records each part's line number in the template."""

    parts: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    length: int = 0
    known: dict[str, str] = field(default_factory=dict)
    """The text of the variables that ``{% set %}`` defines."""

    def write(self, node: Any) -> None:
        """Write a node and its children."""
        from jinja2 import nodes

        if isinstance(node, nodes.TemplateData):
            self._add(node.data.translate(_WITHOUT_SIGNS), node.lineno)
        elif isinstance(node, nodes.Expr):
            self._add(escape(self._text_of(node)), node.lineno)
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
                self.known[node.target.name] = self._text_of(node.node)
            self._write_all(child for child in node.iter_child_nodes() if not isinstance(child, nodes.Expr))

    def line_at(self, offset: int) -> int:
        """Return the line number in the template for an offset in the written markup."""
        index = max(bisect_right(self.starts, offset) - 1, 0)
        before = self.parts[index][: offset - self.starts[index]] if self.parts else ""
        return self.lines[index] + before.count("\n") if self.lines else 1

    def _write_all(self, body: Iterable[Any]) -> None:
        for child in body:
            self.write(child)

    def _add(self, text: str, line: int) -> None:
        self.parts.append(text)
        self.starts.append(self.length)
        self.lines.append(line)
        self.length += len(text)

    def _text_of(self, node: Any) -> str:
        """Return the text of an expression: its literal strings, the sign of a fact, or ``UNKNOWN``."""
        from jinja2 import nodes

        if isinstance(node, nodes.Const):
            is_visible = isinstance(node.value, str | int) and not isinstance(node.value, bool)
            return str(node.value).translate(_WITHOUT_SIGNS) if is_visible else UNKNOWN
        if isinstance(node, nodes.Name):
            return self.known.get(node.name, UNKNOWN)
        if isinstance(node, nodes.Concat):
            return "".join(self._text_of(part) for part in node.nodes)
        if isinstance(node, nodes.Add):
            return self._text_of(node.left) + self._text_of(node.right)
        if isinstance(node, nodes.List | nodes.Tuple):
            return "".join(self._text_of(part) for part in node.items if not _is_number(part))
        if isinstance(node, nodes.Filter) and node.node is not None:
            return self._text_of(node.node)
        if isinstance(node, nodes.CondExpr):
            return UNKNOWN.join(self._text_of(part) for part in (node.expr1, node.expr2) if part is not None)
        return FACT_SIGNS.get(_fact_name(node), UNKNOWN)


_WITHOUT_SIGNS = {ord(sign): UNKNOWN for sign in FACT_SIGNS.values()}


def _is_number(node: Any) -> bool:
    return not isinstance(getattr(node, "value", ""), str)


def _fact_name(node: Any) -> str:
    """Return the name of the fact in an expression (``facts.number``, ``facts["number"]``), or an empty string."""
    from jinja2 import nodes

    if getattr(getattr(node, "node", None), "name", None) != "facts":
        return ""
    if isinstance(node, nodes.Getattr):
        return node.attr
    argument = getattr(node, "arg", None)
    return str(getattr(argument, "value", ""))


class _TextRunParser(HTMLParser):
    """Extracts the text runs of markup. Inline tags do not end a run; each attribute is a run of its own."""

    def __init__(self, markup: str, writer: _MarkupWriter) -> None:
        super().__init__(convert_charrefs=True)
        self.runs: list[TextRun] = []
        self._writer = writer
        self._in_style = False
        self._words: list[str] = []
        self._lines: list[int] = []
        self._line_starts = [0]
        for line in markup.split("\n"):
            self._line_starts.append(self._line_starts[-1] + len(line) + 1)

    def handle_data(self, data: str) -> None:
        if self._in_style:
            return
        offset = self._offset()
        for number, line in enumerate(data.split("\n")):
            line_offset = offset if number == 0 else self._line_starts[self.getpos()[0] - 1 + number]
            words = line if number == 0 else f"\n{line}"
            self._words.append(words)
            self._lines += [self._writer.line_at(line_offset)] * len(words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        self._end_run_at(tag)
        line = self._writer.line_at(self._offset())
        for name, value in attrs:
            is_link = tag in LINK_TAGS and name in LINK_ATTRIBUTES and ("rel", "attachment") not in attrs
            if value and (is_link or name in TEXT_ATTRIBUTES):
                self.runs.append(TextRun(value, (line,) * len(value), is_link))

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False
        self._end_run_at(tag)

    def end_run(self) -> None:
        """End the current run, if it has any text."""
        if words := "".join(self._words):
            self.runs.append(TextRun(words, tuple(self._lines)))
        self._words, self._lines = [], []

    def _end_run_at(self, tag: str) -> None:
        """End the current run at a block tag; add a blank at a line break."""
        if tag == "br":
            self._words.append(" ")
            self._lines.append(self._writer.line_at(self._offset()))
        elif tag not in INLINE_TAGS:
            self.end_run()

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column


# A link with a scheme or a host. Other links open files of the template.
EXTERNAL_LINK = re.compile(r"\s*(?:(?:[a-z][a-z0-9+.-]*:)?//|(?:mailto|tel|sms):)", re.IGNORECASE)
LITERAL_FACT_HINT = "write {{ facts.number }} or {{ facts.address }} instead"
KINDS = {"locked-fact": "phone number", "foreign-host": "web address"}
TOUCHES = {
    "number": ("locked-fact", TOUCHES_NUMBER),
    "address": ("foreign-host", TOUCHES_ADDRESS),
}


def find_literal_facts(words: str, place: Place, facts: Facts) -> list[Finding]:
    """Return a finding for each number or address that is written out instead of taken from the facts."""
    return check_text_run(TextRun(words, ()), place, facts)


def check_text_run(run: TextRun, at: str | Place, facts: Facts) -> list[Finding]:
    """Return a finding for each literal number or address in a text run, and for each fact that adjacent text alters.

    ``at`` is the place of the whole run, or the file to which the run's line numbers belong.
    """
    if run.is_link and not EXTERNAL_LINK.match(run.words):
        return []
    region = region_of_number(facts.tel)
    numbers, addresses = find_numbers(run.words, region), find_addresses(run.words)
    found = [("locked-fact", number.start, number.text, LITERAL_FACT_HINT) for number in numbers]
    found += [("foreign-host", address.start, address.text, LITERAL_FACT_HINT) for address in addresses]
    found = [item for item in found if not any(sign in item[2] for sign in FACT_SIGNS.values())]
    found += _find_altered_facts(run.words, facts)
    return [
        Finding(
            code,
            f"a template must not contain a {KINDS[code]}: {' '.join(text.split())}",
            hint,
            at if isinstance(at, Place) else Place(at, run.lines[start]),
        )
        for code, start, text, hint in found
    ]


def _find_altered_facts(words: str, facts: Facts) -> list[tuple[str, int, str, str]]:
    """Return (finding code, offset, text, hint) for each fact that an adjacent character turns into a different one."""
    found = []
    for name, sign in FACT_SIGNS.items():
        code, (before, after) = TOUCHES[name]
        for offset in (match.start() for match in re.finditer(sign, words)):
            if before.search(words[:offset]) or after.match(words[offset + 1 :]):
                whole = next(word for word in WORD.finditer(words) if word.start() <= offset < word.end())
                text = whole.group()
                for other, fact in (("number", facts.number_text), ("address", facts.address_text)):
                    text = text.replace(FACT_SIGNS[other], fact)
                hint = f"put a space on each side of {{{{ facts.{name} }}}}"
                found.append((code, offset, text, hint))
    return found


RESERVED_RULES = {
    "page": "delete the rule: assetgen writes @page itself",
    "import": "delete the rule: the brand's fonts and the template's style sheets are already loaded",
    "font-face": "delete the rule: the brand's fonts and the template's style sheets are already loaded",
}
GRADIENT_HINT = "use the light(…) macro: it draws a gradient on screens and inks in print"
SVG_HINT = "write {{ palette.<name> }}: the renderer draws the shape black otherwise"
# Rules and functions whose strings are addresses for the renderer and are never visible.
UNSEEN_RULES, UNSEEN_FUNCTIONS = frozenset({"namespace", "import", "charset"}), frozenset({"url", "src"})

EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
STATEMENT_OR_COMMENT = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
# Replaces Jinja expressions. CSS and HTML read it as a letter; it is not part of a number or an address.
FILLED_IN = "…"

FAMILY_HINT = (
    "write var(--font-text) or var(--font-headline); brand/brand.yaml sets their families under fonts:"
)
WIDE_KEYWORDS = frozenset({"inherit", "initial", "unset", "revert"})
PlaceOf = Callable[[Any], Place]


def check_style(text: str, file: str, facts: Facts | None) -> list[Finding]:
    """Return findings for gradients, reserved at-rules, names of font families, and literal facts in a style sheet.

    CSS gradients cannot be converted to inks, so they cannot be printed. Only the brand names font families.
    """
    import tinycss2

    tokens = tinycss2.parse_stylesheet(text)
    return _check_tokens(tokens, lambda token: Place(file, token.source_line, token.source_column), facts)


def check_markup_styles(text: str, file: str, facts: Facts | None) -> list[Finding]:
    """Return findings as ``check_style`` does, for the styles in markup, and a finding for each ``var()`` in SVG."""
    findings: list[Finding] = []
    for style, tokens, place_of in _parsed_markup_styles(text, file):
        if style.is_style:
            findings += _check_tokens(tokens, place_of, facts)
        if style.in_svg:
            findings += _check_variables(tokens, place_of)
    return findings


def _parsed_markup_styles(text: str, file: str) -> Iterator[tuple[_Style, list[Any], PlaceOf]]:
    """Yield each style in markup, with its tokens and a function that returns a token's place in the file."""
    import tinycss2

    text = "\n".join(LINE_END.split(text))
    for style in _styles(_without_jinja(text)):

        def place_of(token: Any, style: _Style = style) -> Place:
            offset = _offset(style.text, token.source_line, token.source_column - 1) if style.is_exact else 0
            return Place.at(file, text, style.offset + offset)

        tokens = (
            tinycss2.parse_stylesheet(style.text)
            if style.is_sheet
            else tinycss2.parse_component_value_list(style.text)
        )
        yield style, tokens, place_of


def _check_tokens(tokens: list[Any], place_of: PlaceOf, facts: Facts | None) -> list[Finding]:
    findings = []
    for token in _flat(tokens):
        if token.type == "function" and token.lower_name.endswith("-gradient"):
            text = f"{token.name}() cannot be printed"
            findings.append(Finding("template", text, GRADIENT_HINT, place_of(token)))
        if token.type == "at-rule" and token.lower_at_keyword in RESERVED_RULES:
            hint = RESERVED_RULES[token.lower_at_keyword]
            text = f"@{token.at_keyword} is not allowed in a template"
            findings.append(Finding("template", text, hint, place_of(token)))
    for family, token in _named_families(tokens):
        text = f"a template must not name a font family: {family}"
        findings.append(Finding("template", text, FAMILY_HINT, place_of(token)))
    if facts is not None:
        for words, token in _strings(tokens):
            findings += find_literal_facts(words, place_of(token), facts)
    return findings


def _named_families(tokens: list[Any]) -> Iterator[tuple[str, Any]]:
    """Yield each font family that a style names, in ``font-family`` or ``font``, and its token."""
    declared = ""
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.type == "ident" and following is not None and following == ":":
            declared = token.lower_value
        elif token == ";" or token.type in ("{} block", "qualified-rule", "at-rule"):
            declared = ""
        elif declared in ("font-family", "font") and token.type in ("string", "ident"):
            # The shorthand ``font`` has words for style and weight too, so only a string is surely a family there.
            is_keyword = token.type == "ident" and (declared == "font" or token.lower_value in WIDE_KEYWORDS)
            if not is_keyword:
                yield token.value, token
        if token.type != "at-rule" or token.lower_at_keyword not in RESERVED_RULES:
            for inner in _inner(token):
                yield from _named_families(inner)


# The CSS custom properties of every page, besides its colours and its fonts (``--font-text``).
PAGE_LENGTHS = (
    *("page-w", "page-h", "u", "bleed"),
    *("safe-top", "safe-left", "safe-right", "safe-bottom", "qr"),
)
PAGE_VARIABLES = frozenset({"accent", "on-accent", *PAGE_LENGTHS})
DECLARED_VARIABLE = re.compile(r"(?<![\w-])--([\w-]+)\s*:")


def find_palette_names(tree: Any) -> Iterator[tuple[str, int]]:
    """Yield the name of each colour of the palette that a Jinja syntax tree uses, and its line."""
    from jinja2 import nodes

    for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
        if isinstance(node.node, nodes.Name) and node.node.name == "palette":
            name = node.attr if isinstance(node, nodes.Getattr) else getattr(node.arg, "value", None)
            if isinstance(name, str):
                yield name.replace("_", "-"), node.lineno


def find_declared_variables(text: str) -> Iterator[str]:
    """Yield the name of each CSS custom property that a source declares, without the dashes."""
    return (found.group(1) for found in DECLARED_VARIABLE.finditer(text))


def find_css_variables(text: str, file: str) -> Iterator[tuple[str, Place]]:
    """Yield the name of each CSS custom property that a style sheet or markup uses, without the dashes."""
    import tinycss2

    if file.endswith(".css"):
        tokens = [
            (token, Place(file, token.source_line, token.source_column))
            for token in _flat(tinycss2.parse_stylesheet(text))
        ]
    else:
        tokens = [
            (token, place_of(token))
            for style, tokens, place_of in _parsed_markup_styles(text, file)
            if style.is_style
            for token in _flat(tokens)
        ]
    for token, place in tokens:
        if token.type == "function" and token.lower_name == "var":
            name = next((one.value for one in token.arguments if one.type == "ident"), "")
            if name.startswith("--") and FILLED_IN not in name:
                yield name.removeprefix("--"), place


def _check_variables(tokens: list[Any], place_of: PlaceOf) -> list[Finding]:
    return [
        Finding("template", f"{_as_written(token)} has no effect in inline SVG", SVG_HINT, place_of(token))
        for token in _flat(tokens)
        if token.type == "function" and token.lower_name == "var"
    ]


def _as_written(variable: Any) -> str:
    name = next((token.value for token in variable.arguments if token.type == "ident"), "")
    return f"{variable.name}({re.sub(f'{FILLED_IN}+', FILLED_IN, name)})"


def _inner(token: Any) -> Iterator[list[Any]]:
    """Yield the lists of tokens inside a token: a rule, block or function."""
    for name in ("prelude", "content", "arguments", "value"):
        inner = getattr(token, name, None)
        if isinstance(inner, list):
            yield inner


def _flat(tokens: Iterable[Any]) -> Iterator[Any]:
    """Yield every token of a parsed style, also those inside blocks and functions."""
    for token in tokens:
        yield token
        for inner in _inner(token):
            yield from _flat(inner)


def _strings(tokens: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Yield each string that may be visible, and its token. Adjacent strings are joined, as in ``content``."""
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
    """A style in markup.

    ``offset`` is where its text starts. If the text is written with character references, ``is_exact`` is false and
    ``offset`` is where its tag starts.
    """

    text: str
    offset: int
    in_svg: bool
    is_exact: bool = True
    is_style: bool = True
    is_sheet: bool = False


def _without_jinja(text: str) -> str:
    """Return the markup with its Jinja replaced by text of the same length."""
    text = STATEMENT_OR_COMMENT.sub(lambda found: " " * len(found.group()), text)
    return EXPRESSION.sub(lambda found: FILLED_IN * len(found.group()), text)


def _offset(text: str, line: int, column: int) -> int:
    """Return the offset of a line (from 1) and column (from 0) in a text whose lines end with ``\\n``."""
    lines = text.split("\n")
    return sum(len(previous) + 1 for previous in lines[: line - 1]) + column


def _styles(plain: str) -> list[_Style]:
    parser = _StyleParser(plain)
    parser.feed(plain)
    parser.close()
    parser.end_sheet()
    return parser.styles


class _StyleParser(HTMLParser):
    """Collects the styles of markup: ``style`` elements, ``style`` attributes, and attributes with functions in SVG."""

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
                self._add_attribute(name, value, is_style=is_style)
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
        """Add the current style element, if there is one."""
        if self._sheet:
            text = "".join(self._sheet)
            self.styles.append(_Style(text, self._sheet_offset, self._in_svg, is_sheet=True))
        self._sheet = None

    def _add_attribute(self, name: str, value: str, *, is_style: bool) -> None:
        start, tag = _offset(self._plain, *self.getpos()), self.get_starttag_text() or ""
        found_name = re.search(rf"(?<=[\s\"'/]){re.escape(name)}\s*=", tag, re.IGNORECASE)
        value_start = tag.find(value, found_name.end()) if found_name else -1
        offset = start + max(value_start, 0)
        self.styles.append(_Style(value, offset, self._in_svg, is_exact=value_start >= 0, is_style=is_style))
