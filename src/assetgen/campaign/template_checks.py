"""What can be said of a design's sources without drawing: syntax, literal facts, what would not survive in ink."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

from assetgen.campaign.facts import find_addresses, find_numbers, number_region
from assetgen.campaign.model import Facts
from assetgen.findings import Finding, Place

# Attributes whose words a person reads or hears.
SPOKEN_ATTRIBUTES = frozenset({"alt", "title", "aria-label", "content", "placeholder"})
SVG_VAR = re.compile(r"var\(\s*--[\w-]+")


def check_sources(sources: Mapping[str, bytes], facts: Facts | None) -> list[Finding]:
    """Return every fault of a design's sources that needs no drawing."""
    findings: list[Finding] = []
    for file, content in sources.items():
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            findings.append(Finding("template", "is not UTF-8", "save the file as UTF-8", Place(file, 1, 1)))
            continue
        if file.endswith(".css"):
            findings += check_style(text, file)
        elif file.endswith(".html"):
            findings += check_markup(text, file, facts)
    return findings


def check_style(text: str, file: str) -> list[Finding]:
    """Return gradients (they cannot be printed in ink), imports and literal facts of a style sheet."""
    import tinycss2

    findings = []
    for token in _flat(tinycss2.parse_stylesheet(text)):
        place = Place(file, token.source_line, token.source_column)
        if token.type == "function" and token.lower_name.endswith("-gradient"):
            hint = "use the light(…) macro: it is a gradient on screen and ink in print"
            findings.append(Finding("template", f"{token.name}() cannot be printed in ink", hint, place))
        if token.type == "at-rule" and token.lower_at_keyword in ("import", "font-face", "page"):
            hint = {"page": "the tool writes @page"}.get(
                token.lower_at_keyword, "the brand's fonts and the design's sheets are loaded already"
            )
            findings.append(Finding("template", f"@{token.at_keyword} is not for a template", hint, place))
    return findings


def _flat(tokens: Iterable[Any]) -> Iterator[Any]:
    """Return every token of a parsed style sheet, those inside blocks and functions included."""
    for token in tokens:
        yield token
        for name in ("prelude", "content", "arguments", "value"):
            inner = getattr(token, name, None)
            if isinstance(inner, list):
                yield from _flat(inner)


def check_markup(text: str, file: str, facts: Facts | None) -> list[Finding]:
    """Return a Jinja fault, literal numbers and addresses, and ``var()`` inside SVG."""
    from jinja2 import Environment, TemplateSyntaxError, nodes

    environment = Environment()
    try:
        tree = environment.parse(text)
    except TemplateSyntaxError as error:
        text = f"not readable as Jinja: {error.message or 'no reason given'}"
        hint = "mend the {{ … }} or {% … %} there; each block has its own end"
        return [Finding("template", text, hint, Place(file, error.lineno))]
    findings = []
    if facts is not None:
        strings = [
            (node.value, node.lineno) for node in tree.find_all(nodes.Const) if isinstance(node.value, str)
        ]
        data = [(node.data, node.lineno) for node in tree.find_all(nodes.TemplateData)]
        said = [spoken for markup, start in data for spoken in _spoken(markup, start)]
        for words, line in strings + said:
            findings += _literal_facts(words, Place(file, line), facts)
    return findings + _svg_variables(text, file)


class _Spoken(HTMLParser):
    """Collects the words of markup that a person reads: text, and attributes such as ``alt``."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[tuple[str, int]] = []

    def handle_data(self, data: str) -> None:
        self.words.append((data, self.getpos()[0]))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        self.words += [(value, line) for name, value in attrs if value and name in SPOKEN_ATTRIBUTES]


def _spoken(markup: str, first_line: int) -> list[tuple[str, int]]:
    parser = _Spoken()
    parser.feed(markup)
    parser.close()
    return [(words, first_line + line - 1) for words, line in parser.words]


def _literal_facts(words: str, place: Place, facts: Facts) -> list[Finding]:
    """Return a finding for each number or address that is typed instead of taken from the facts."""
    region = number_region(facts.number_tel)
    hint = "write {{ facts.number }}, {{ facts.address }}: a template holds no fact of its own"
    return [
        Finding("locked-fact", f"a phone number in a template: {found.text}", hint, place)
        for found in find_numbers(words, region)
    ] + [
        Finding("foreign-host", f"a web address in a template: {found.text}", hint, place)
        for found in find_addresses(words)
    ]


def _svg_variables(text: str, file: str) -> list[Finding]:
    findings = []
    for svg in re.finditer(r"<svg\b.*?</svg>", text, re.DOTALL | re.IGNORECASE):
        for found in SVG_VAR.finditer(svg.group()):
            place = Place.at(file, text, svg.start() + found.start())
            hint = "write {{ palette.<name> }}: inline SVG sees no style sheet"
            findings.append(Finding("template", f"{found.group()}) inside SVG draws black", hint, place))
    return findings
