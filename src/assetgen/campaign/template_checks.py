"""What can be said of a design's sources without drawing: syntax, literal facts, what would not survive in ink."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from assetgen.campaign.model import Facts
from assetgen.campaign.template_facts import facts_said, literal_facts
from assetgen.campaign.template_styles import check_markup_styles, check_style
from assetgen.campaign.template_words import Said, said_in
from assetgen.findings import Finding, Place

KEPT = 256
"""Of so many files what they say is kept while the process lives."""


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
    from jinja2 import TemplateSyntaxError

    try:
        said_here, constants = _written_in(text)
    except TemplateSyntaxError as error:
        text = f"not readable as Jinja: {error.message or 'no reason given'}"
        hint = "mend the {{ … }} or {% … %} there; each block has its own end"
        return [Finding("template", text, hint, Place(file, error.lineno))]
    findings: list[Finding] = []
    if facts is not None:
        for said in said_here:
            findings += facts_said(said, file, facts)
        for words, line in constants:
            findings += literal_facts(words, Place(file, line), facts)
        findings = list(dict.fromkeys(findings))
    return findings + check_markup_styles(text, file, facts)


@lru_cache(KEPT)
def _written_in(text: str) -> tuple[tuple[Said, ...], tuple[tuple[str, int], ...]]:
    """Return what markup says when it is written out, and its literal words with their lines.

    Kept by the text itself: of a design's files mostly one is saved at a time. Raises TemplateSyntaxError.
    """
    from jinja2 import Environment, nodes

    tree = Environment().parse(text)
    constants = [(node.value, node.lineno) for node in tree.find_all(nodes.Const)]
    return tuple(said_in(tree)), tuple((words, line) for words, line in constants if isinstance(words, str))
