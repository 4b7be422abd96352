"""What can be said of a design's sources without drawing: syntax, literal facts, what would not survive in ink."""

from __future__ import annotations

from collections.abc import Mapping

from assetgen.campaign.model import Facts
from assetgen.campaign.template_facts import facts_said, literal_facts
from assetgen.campaign.template_styles import check_markup_styles, check_style
from assetgen.campaign.template_words import said_in
from assetgen.findings import Finding, Place


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
    findings: list[Finding] = []
    if facts is not None:
        for said in said_in(tree):
            findings += facts_said(said, file, facts)
        for node in tree.find_all(nodes.Const):
            if isinstance(node.value, str):
                findings += literal_facts(node.value, Place(file, node.lineno), facts)
        findings = list(dict.fromkeys(findings))
    return findings + check_markup_styles(text, file, facts)
