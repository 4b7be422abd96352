"""Read each folder below ``templates/`` once, and check what needs no drawing.

What is drawn are these bytes, never the disk again: a file that is edited during a build cannot get in.
A design may extend another: what it lacks comes from there, and each file keeps its own path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from pathlib import Path

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.model import Template
from assetgen.loading.templates.layouts import ShapeFault, build_arrangements, extended
from assetgen.loading.templates.template_text import (
    Said,
    check_markup_styles,
    check_style,
    facts_said,
    literal_facts,
    said_in,
)
from assetgen.loading.yaml.campaign_folder import entries, is_file, read_bytes, resolved
from assetgen.loading.yaml.document import YamlDocument, read_document
from assetgen.loading.yaml.file_validation import bind
from assetgen.loading.yaml.ids import did_you_mean
from assetgen.schema.brand_file import Facts
from assetgen.schema.template_file import NEEDED_WITHOUT_BASE, TemplateFile

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


SOURCE_SUFFIXES = (".html", ".css", ".yaml")
NEEDED_FILES = ("template.yaml", "template.html", "style.css")
MAX_SOURCE_BYTES = 500_000


def read_template(root: Path, template_id: str, facts: Facts | None) -> Template:
    """Return one design, read anew with all that it extends; raises CampaignError with every fault of them."""
    ids = [path.name for path in entries(root / "templates", Place("templates"))]
    return Designs(root, ids, facts).read(template_id)


@dataclass(frozen=True, slots=True)
class _Own:
    """What one folder says. ``file`` is None where its description cannot be used."""

    document: YamlDocument | None
    file: TemplateFile | None
    sources: dict[str, bytes]
    faults: tuple[Finding, ...]


class Designs:
    """The designs of a campaign, each folder read once, whoever extends it."""

    def __init__(self, root: Path, ids: Iterable[str], facts: Facts | None) -> None:
        self.root, self.ids, self.facts = root, sorted(ids), facts
        self._kept: dict[str, _Own] = {}

    def read(self, template_id: str) -> Template:
        """Return one design over all that it extends.

        Raises CampaignError with every fault of its description and its sources, and of its bases'.
        """
        chain, findings = self._chain(template_id)
        sources = {file: content for name in chain for file, content in self._kept[name].sources.items()}
        files = [file for name in chain if (file := self._kept[name].file)]
        if not findings and len(files) == len(chain):
            findings += self._missing(chain, sources)
        findings += [fault for name in chain for fault in self._kept[name].faults]
        if len(files) < len(chain):
            raise CampaignError(dict.fromkeys(findings))
        file = reduce(lambda own, base: extended(base, own), files)
        arrangements, shape_faults = build_arrangements(file.parts, file.shapes)
        findings += [self._shape_finding(chain, fault) for fault in shape_faults]
        if findings:
            raise CampaignError(dict.fromkeys(findings))
        return Template(
            id=template_id,
            file=file,
            bases=chain[1:],
            arrangements=arrangements,
            sources=sources,
            place=_place(template_id),
        )

    def _chain(self, template_id: str) -> tuple[tuple[str, ...], list[Finding]]:
        """Return a design and what it extends, nearest first, and why no more of it can be had."""
        chain: tuple[str, ...] = ()
        name: str | None = template_id
        while name is not None:
            chain = (*chain, name)
            own = self._own(name)
            base = own.file.extends if own.file else None
            place = own.document.place("extends") if own.document else _place(name)
            if base in chain:
                text = f"extends: {base} extends {name} again"
                return chain, [Finding("template", text, "let one of them stand alone", place)]
            if base is not None and base not in self.ids:
                hint = did_you_mean(base, [one for one in self.ids if one not in chain])
                return chain, [Finding("unknown-id", f"no such template: {base}", hint, place)]
            name = base
        return chain, []

    def _own(self, template_id: str) -> _Own:
        if template_id not in self._kept:
            self._kept[template_id] = self._read_own(template_id)
        return self._kept[template_id]

    def _read_own(self, template_id: str) -> _Own:
        sources, findings = _read_sources(self.root, self.root / "templates" / template_id)
        name = f"templates/{template_id}/template.yaml"
        document, file = None, None
        if name not in sources:
            findings.append(_missing_file(template_id, "template.yaml"))
        else:
            try:
                document = read_document(sources[name], name)
                file = bind(TemplateFile, document)
            except CampaignError as error:
                findings += error.findings
        if file and document and not file.extends:
            findings += [
                Finding("bad-value", f"missing: {key}", f"add {key}: with its value", document.place())
                for key in NEEDED_WITHOUT_BASE
                if key not in file.model_fields_set
            ]
        findings += check_sources(sources, self.facts)
        return _Own(document, file, sources, tuple(findings))

    def _missing(self, chain: tuple[str, ...], sources: dict[str, bytes]) -> list[Finding]:
        return [
            _missing_file(chain[0], name)
            for name in NEEDED_FILES
            if name != "template.yaml" and not any(f"templates/{one}/{name}" in sources for one in chain)
        ]

    def _shape_finding(self, chain: tuple[str, ...], fault: ShapeFault) -> Finding:
        """Return the finding for a fault of the shapes, in the nearest description that wrote it."""
        path, text, hint = fault
        documents = [document for name in chain if (document := self._kept[name].document)]
        own = next((one for one in documents if one.holds("shapes", *path)), documents[0])
        return Finding("template", text, hint, own.place("shapes", *path))


def _place(template_id: str) -> Place:
    return Place(f"templates/{template_id}/template.yaml")


def _missing_file(template_id: str, name: str) -> Finding:
    place = Place(f"templates/{template_id}/{name}")
    hint = "a design has template.yaml, template.html and style.css, or extends one that has"
    return Finding("missing-file", f"file not found: {place.file}", hint, place)


def _read_sources(root: Path, folder: Path) -> tuple[dict[str, bytes], list[Finding]]:
    sources: dict[str, bytes] = {}
    findings: list[Finding] = []
    entries(folder, Place(folder.relative_to(root).as_posix()))  # raises where nobody may look into it
    for path in sorted(folder.rglob("*")):
        if path.suffix not in SOURCE_SUFFIXES or not is_file(path):
            continue
        name = path.relative_to(root).as_posix()
        if not resolved(path, Place(name)).is_relative_to(root.resolve()):
            findings.append(Finding("unsafe-file", "leads out of the campaign's folder", None, Place(name)))
        elif path.stat().st_size > MAX_SOURCE_BYTES:
            findings.append(Finding("too-large", f"over {MAX_SOURCE_BYTES} bytes", None, Place(name)))
        else:
            sources[name] = read_bytes(path, Place(name))
    return sources, findings
