"""Read each folder below ``templates/`` once, and check what needs no drawing.

What is drawn are these bytes, never the disk again: a file that is edited during a build cannot get in.
A design may extend another: what it lacks comes from there, and each file keeps its own path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from pathlib import Path
from typing import Any, TypeVar

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.model import Template
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
from assetgen.loading.yaml.file_validation import bind, did_you_mean
from assetgen.schema.brand_file import Facts
from assetgen.schema.fields import Strict
from assetgen.schema.template_file import CODE, NEEDED_WITHOUT_BASE, Arrangement, Part, TemplateFile

Form = TypeVar("Form", bound=Strict)
# Where in shapes:, what is wrong, hint.
ShapeFault = tuple[tuple[str | int, ...], str, str | None]
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


def extended(base: TemplateFile, own: TemplateFile) -> TemplateFile:
    """Return a design's description over its base's: key by key in ``parts`` and ``shapes``, each as a whole else.

    A shape that is null is taken away.
    """
    shapes = dict(base.shapes)
    for name, shape in own.shapes.items():
        start = shapes.get(name)
        shapes[name] = (
            _over(start, shape, parts=_parts_over(start.parts, shape.parts)) if start and shape else shape
        )
    return _over(base, own, parts=_parts_over(base.parts, own.parts), shapes=shapes)


def _parts_over(base: Mapping[str, Part], own: Mapping[str, Part]) -> dict[str, Part]:
    return {**base, **{name: _over(base[name], part) if name in base else part for name, part in own.items()}}


def _over(base: Form, own: Form, **merged: Any) -> Form:
    """Return a form with each key that another gives, null included, in place of its own."""
    given = {name: getattr(own, name) for name in own.model_fields_set}
    return base.model_copy(update={**given, **merged})


def build_arrangements(
    parts: Mapping[str, Part], forms: Mapping[str, Arrangement | None]
) -> tuple[dict[str, Arrangement], list[ShapeFault]]:
    """Return each arrangement with ``extends`` resolved, and the faults of those that cannot be."""
    shapes = {name: form for name, form in forms.items() if form is not None}
    base = {name: _completed(Part(roles=(name,)), part) for name, part in parts.items()}
    built: dict[str, Arrangement] = {}
    faults: list[ShapeFault] = []

    def build(name: str, seen: tuple[str, ...]) -> Arrangement | None:
        if name in built:
            return built[name]
        like = shapes[name].extends
        if like and like not in shapes:
            faults.append(((name, "extends"), f"extends: no such shape: {like}", did_you_mean(like, shapes)))
            return None
        if like in (*seen, name):
            faults.append(
                ((name, "extends"), f"extends: {like} is like {name} again", "let one of them stand alone")
            )
            return None
        start = build(like, (*seen, name)) if like else Arrangement(parts=base)
        if start is None:
            return None
        built[name] = _overlay(start, shapes[name])
        return built[name]

    for name, form in shapes.items():
        arrangement = build(name, ())
        if arrangement:
            faults += _unknown_parts(name, form, arrangement)
    return built, faults


# What a shape takes away by null; any other key that is null gives nothing.
TAKEN_BY_NULL = frozenset({"copy_", "motif", "picture"})


def _overlay(start: Arrangement, shape: Arrangement) -> Arrangement:
    """Return an arrangement with what a shape gives in its place."""
    parts = dict(start.parts)
    for name, part in shape.parts.items():
        parts[name] = _completed(parts.get(name) or Part(roles=(name,)), part)
    return _completed(start, shape, TAKEN_BY_NULL).model_copy(update={"parts": parts, "extends": None})


def _completed(start: Form, own: Form, taken_by_null: frozenset[str] = frozenset()) -> Form:
    """Return a form with each key that another gives in its place, null only where it takes something away."""
    given = {name: getattr(own, name) for name in own.model_fields_set}
    return start.model_copy(
        update={name: value for name, value in given.items() if value is not None or name in taken_by_null}
    )


def _unknown_parts(name: str, shape: Arrangement, arrangement: Arrangement) -> list[ShapeFault]:
    """Return the parts that stand in a region of this very shape, and are not described."""
    known = arrangement.parts
    faults: list[ShapeFault] = []
    for region, written in (("cta", shape.cta), ("copy", shape.copy_)):
        for index, item in enumerate(written.column if written else ()):
            names = [item] if isinstance(item, str) else item
            faults += [
                ((name, region, "column", index), f"no such part: {one}", did_you_mean(one, known))
                for one in names
                if one not in known and one != CODE
            ]
    return faults
