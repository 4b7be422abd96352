"""Read each folder below ``templates/`` once, and check everything that can be checked without rendering.

The renderer uses the bytes that are read here and never reads the files again, so an edit during a build has no effect
on it. A template may extend another: missing files come from there, and each file keeps its own path.
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
    TextRun,
    check_markup_styles,
    check_style,
    check_text_run,
    extract_text_runs,
    find_literal_facts,
)
from assetgen.loading.yaml.campaign_folder import (
    OUTSIDE,
    REPLACE_LINK_HINT,
    is_file,
    list_entries,
    read_bytes,
    resolve_links,
)
from assetgen.loading.yaml.document import YamlDocument, read_document
from assetgen.loading.yaml.file_validation import did_you_mean, validate_document
from assetgen.schema.brand_file import Facts
from assetgen.schema.fields import StrictModel
from assetgen.schema.template_file import NEEDED_WITHOUT_BASE, QR_CODE, Part, ShapeLayout, TemplateFile

Model = TypeVar("Model", bound=StrictModel)
# The path in shapes:, what is wrong, and a hint.
ShapeFault = tuple[tuple[str | int, ...], str, str | None]
MAX_CACHED_FILES = 256
"""The text of this many files is cached while the process runs."""


def check_sources(sources: Mapping[str, bytes], facts: Facts | None) -> list[Finding]:
    """Return every finding about a template's sources that needs no rendering."""
    findings: list[Finding] = []
    for file, content in sources.items():
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            place = Place(file, 1, 1)
            findings.append(Finding("template", "the file is not UTF-8", "save it as UTF-8", place))
            continue
        if file.endswith(".css"):
            findings += check_style(text, file, facts)
        elif file.endswith(".html"):
            findings += check_markup(text, file, facts)
    return findings


def check_markup(text: str, file: str, facts: Facts | None) -> list[Finding]:
    """Return findings for a Jinja syntax error, literal numbers and addresses, and the styles in markup."""
    from jinja2 import TemplateSyntaxError

    try:
        runs, constants = _extract_text(text)
    except TemplateSyntaxError as error:
        text = f"Jinja syntax error: {error.message or 'no reason given'}"
        hint = "correct the {{ … }} or {% … %} on this line; every block needs its end tag"
        return [Finding("template", text, hint, Place(file, error.lineno))]
    findings: list[Finding] = []
    if facts is not None:
        for run in runs:
            findings += check_text_run(run, file, facts)
        for words, line in constants:
            findings += find_literal_facts(words, Place(file, line), facts)
        findings = list(dict.fromkeys(findings))
    return findings + check_markup_styles(text, file, facts)


@lru_cache(MAX_CACHED_FILES)
def _extract_text(text: str) -> tuple[tuple[TextRun, ...], tuple[tuple[str, int], ...]]:
    """Return the text runs of a Jinja template, and its string constants with their lines.

    Cached by content, because usually one file changes at a time. Raises TemplateSyntaxError.
    """
    from jinja2 import Environment, nodes

    tree = Environment().parse(text)
    constants = [(node.value, node.lineno) for node in tree.find_all(nodes.Const)]
    strings = tuple((words, line) for words, line in constants if isinstance(words, str))
    return tuple(extract_text_runs(tree)), strings


SOURCE_SUFFIXES = (".html", ".css", ".yaml")
NEEDED_FILES = ("template.yaml", "template.html", "style.css")
MAX_SOURCE_BYTES = 500_000


@dataclass(frozen=True, slots=True)
class _TemplateFolder:
    """The content of one template folder. ``file`` is None if its template.yaml is missing or invalid."""

    document: YamlDocument | None
    file: TemplateFile | None
    sources: dict[str, bytes]
    findings: tuple[Finding, ...]


class TemplateReader:
    """Reads the templates of a campaign. Each folder is read only once, even if several templates extend it."""

    def __init__(self, root: Path, ids: Iterable[str], facts: Facts | None) -> None:
        self.root, self.ids, self.facts = root, sorted(ids), facts
        self._folders: dict[str, _TemplateFolder] = {}

    def read(self, template_id: str) -> Template:
        """Return a template, merged with the templates that it extends.

        Raises CampaignError with every finding about the template.yaml and the sources of each of them.
        """
        chain, findings = self._chain(template_id)
        sources = {file: content for name in chain for file, content in self._folders[name].sources.items()}
        files = [file for name in chain if (file := self._folders[name].file)]
        if not findings and len(files) == len(chain):
            findings += self._missing_files(chain, sources)
        findings += [finding for name in chain for finding in self._folders[name].findings]
        if len(files) < len(chain):
            raise CampaignError(dict.fromkeys(findings))
        file = reduce(lambda own, base: extend_template(base, own), files)
        layouts, shape_faults = build_layouts(file.parts, file.shapes)
        findings += [self._shape_finding(chain, fault) for fault in shape_faults]
        if findings:
            raise CampaignError(dict.fromkeys(findings))
        return Template(
            id=template_id,
            file=file,
            bases=chain[1:],
            layouts=layouts,
            sources=sources,
            place=_place(template_id),
        )

    def _chain(self, template_id: str) -> tuple[tuple[str, ...], list[Finding]]:
        """Return a template and those that it extends, nearest first, and findings if the chain is broken."""
        chain: tuple[str, ...] = ()
        name: str | None = template_id
        while name is not None:
            chain = (*chain, name)
            folder = self._folder(name)
            base = folder.file.extends if folder.file else None
            place = folder.document.place("extends") if folder.document else _place(name)
            if base in chain:
                text = f"circular extends: {base} in turn extends {name}"
                return chain, [Finding("template", text, "delete extends: in one of them", place)]
            if base is not None and base not in self.ids:
                hint = did_you_mean(base, [other for other in self.ids if other not in chain])
                return chain, [Finding("unknown-id", f"no such template: {base}", hint, place)]
            name = base
        return chain, []

    def _folder(self, template_id: str) -> _TemplateFolder:
        if template_id not in self._folders:
            self._folders[template_id] = self._read_folder(template_id)
        return self._folders[template_id]

    def _read_folder(self, template_id: str) -> _TemplateFolder:
        sources, findings = _read_sources(self.root, self.root / "templates" / template_id)
        name = f"templates/{template_id}/template.yaml"
        document, file = None, None
        if name not in sources:
            findings.append(_missing_file(template_id, "template.yaml"))
        else:
            try:
                document = read_document(sources[name], name)
                file = validate_document(TemplateFile, document)
            except CampaignError as error:
                findings += error.findings
        if file and document and not file.extends:
            findings += [
                Finding("bad-value", f"missing: {key}", f"add {key}: and its value", document.place())
                for key in NEEDED_WITHOUT_BASE
                if key not in file.model_fields_set
            ]
        findings += check_sources(sources, self.facts)
        return _TemplateFolder(document, file, sources, tuple(findings))

    def _missing_files(self, chain: tuple[str, ...], sources: dict[str, bytes]) -> list[Finding]:
        return [
            _missing_file(chain[0], name)
            for name in NEEDED_FILES
            if name != "template.yaml" and not any(f"templates/{base}/{name}" in sources for base in chain)
        ]

    def _shape_finding(self, chain: tuple[str, ...], fault: ShapeFault) -> Finding:
        """Return the finding for a fault in a shape, placed in the nearest template.yaml of the chain that has it."""
        path, text, hint = fault
        documents = [document for name in chain if (document := self._folders[name].document)]
        source = next((one for one in documents if one.holds("shapes", *path)), documents[0])
        return Finding("template", text, hint, source.place("shapes", *path))


def _place(template_id: str) -> Place:
    return Place(f"templates/{template_id}/template.yaml")


def _missing_file(template_id: str, name: str) -> Finding:
    place = Place(f"templates/{template_id}/{name}")
    hint = (
        "a template needs template.yaml, template.html and style.css, or a template to extend that has them"
    )
    return Finding("missing-file", f"file not found: {place.file}", hint, place)


def _read_sources(root: Path, folder: Path) -> tuple[dict[str, bytes], list[Finding]]:
    sources: dict[str, bytes] = {}
    findings: list[Finding] = []
    list_entries(
        folder, Place(folder.relative_to(root).as_posix())
    )  # raises CampaignError if it cannot be read
    for path in sorted(folder.rglob("*")):
        if path.suffix not in SOURCE_SUFFIXES or not is_file(path):
            continue
        name = path.relative_to(root).as_posix()
        if not resolve_links(path, Place(name)).is_relative_to(root.resolve()):
            findings.append(Finding("unsafe-file", OUTSIDE, REPLACE_LINK_HINT, Place(name)))
        elif path.stat().st_size > MAX_SOURCE_BYTES:
            findings.append(
                Finding(
                    "too-large",
                    f"the file has more than {MAX_SOURCE_BYTES:,} bytes",
                    "split the file",
                    Place(name),
                )
            )
        else:
            sources[name] = read_bytes(path, Place(name))
    return sources, findings


def extend_template(base: TemplateFile, own: TemplateFile) -> TemplateFile:
    """Return a template's description merged into that of its base.

    ``parts`` and ``shapes`` are merged key by key; other keys are replaced. Null removes a shape.
    """
    shapes = dict(base.shapes)
    for name, shape in own.shapes.items():
        start = shapes.get(name)
        shapes[name] = (
            _override(start, shape, parts=_override_parts(start.parts, shape.parts))
            if start and shape
            else shape
        )
    return _override(base, own, parts=_override_parts(base.parts, own.parts), shapes=shapes)


def _override_parts(base: Mapping[str, Part], own: Mapping[str, Part]) -> dict[str, Part]:
    merged = {name: _override(base[name], part) if name in base else part for name, part in own.items()}
    return {**base, **merged}


def _override(base: Model, own: Model, **merged: Any) -> Model:
    """Return a copy of ``base`` with the keys that ``own`` gives, null included, and with the values ``merged``."""
    given = {name: getattr(own, name) for name in own.model_fields_set}
    return base.model_copy(update={**given, **merged})


def build_layouts(
    parts: Mapping[str, Part], shapes_or_null: Mapping[str, ShapeLayout | None]
) -> tuple[dict[str, ShapeLayout], list[ShapeFault]]:
    """Return the layout of each shape with ``extends`` resolved, and the faults of shapes that are invalid."""
    shapes = {name: shape for name, shape in shapes_or_null.items() if shape is not None}
    base_parts = {name: _override_without_null(Part(roles=(name,)), part) for name, part in parts.items()}
    built: dict[str, ShapeLayout] = {}
    faults: list[ShapeFault] = []

    def build(name: str, seen: tuple[str, ...]) -> ShapeLayout | None:
        if name in built:
            return built[name]
        base = shapes[name].extends
        if base and base not in shapes:
            faults.append(((name, "extends"), f"extends: no such shape: {base}", did_you_mean(base, shapes)))
            return None
        if base in (*seen, name):
            text = f"circular extends: {base} in turn extends {name}"
            faults.append(((name, "extends"), text, "delete extends: in one of them"))
            return None
        start = build(base, (*seen, name)) if base else ShapeLayout(parts=base_parts)
        if start is None:
            return None
        built[name] = _apply_shape(start, shapes[name])
        return built[name]

    for name, shape in shapes.items():
        layout = build(name, ())
        if layout:
            faults += _unknown_parts(name, shape, layout)
    return built, faults


# Keys of a shape that null removes. For any other key null means the same as a missing key.
REMOVED_BY_NULL = frozenset({"copy_", "motif", "picture"})


def _apply_shape(start: ShapeLayout, shape: ShapeLayout) -> ShapeLayout:
    """Return the layout ``start`` with the keys that a shape gives."""
    parts = dict(start.parts)
    for name, part in shape.parts.items():
        parts[name] = _override_without_null(parts.get(name) or Part(roles=(name,)), part)
    layout = _override_without_null(start, shape, REMOVED_BY_NULL)
    return layout.model_copy(update={"parts": parts, "extends": None})


def _override_without_null(start: Model, own: Model, removed_by_null: frozenset[str] = frozenset()) -> Model:
    """Return a copy of ``start`` with the keys that ``own`` gives; null only for the keys in ``removed_by_null``."""
    given = {name: getattr(own, name) for name in own.model_fields_set}
    return start.model_copy(
        update={name: value for name, value in given.items() if value is not None or name in removed_by_null}
    )


def _unknown_parts(name: str, shape: ShapeLayout, layout: ShapeLayout) -> list[ShapeFault]:
    """Return a fault for each part that a region of this shape names and that is not defined."""
    known = layout.parts
    faults: list[ShapeFault] = []
    for key, region in (("cta", shape.cta), ("copy", shape.copy_)):
        for index, item in enumerate(region.column if region else ()):
            names = [item] if isinstance(item, str) else item
            faults += [
                ((name, key, "column", index), f"no such part: {part}", did_you_mean(part, known))
                for part in names
                if part not in known and part != QR_CODE
            ]
    return faults
