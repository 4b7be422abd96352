"""What can be said of a design's sources without drawing: syntax, literal facts, what would not survive in ink."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser

from assetgen.campaign.model import Facts
from assetgen.campaign.template_facts import literal_facts
from assetgen.campaign.template_styles import check_markup_styles, check_style
from assetgen.findings import Finding, Place

# Attributes whose words a person reads or hears.
SPOKEN_ATTRIBUTES = frozenset({"alt", "title", "aria-label", "content", "placeholder"})


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
            findings += check_style(text, file, facts)
        elif file.endswith(".html"):
            findings += check_markup(text, file, facts)
    return findings


def check_markup(text: str, file: str, facts: Facts | None) -> list[Finding]:
    """Return a Jinja fault, literal numbers and addresses, and the faults of the styles in markup."""
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
            findings += literal_facts(words, Place(file, line), facts)
    return findings + check_markup_styles(text, file, facts)


class _Spoken(HTMLParser):
    """Collects the words of markup that a person reads: text, and attributes such as ``alt``."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[tuple[str, int]] = []
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if not self._in_style:
            self.words.append((data, self.getpos()[0]))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        line = self.getpos()[0]
        self.words += [(value, line) for name, value in attrs if value and name in SPOKEN_ATTRIBUTES]

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False


def _spoken(markup: str, first_line: int) -> list[tuple[str, int]]:
    parser = _Spoken()
    parser.feed(markup)
    parser.close()
    return [(words, first_line + line - 1) for words, line in parser.words]
