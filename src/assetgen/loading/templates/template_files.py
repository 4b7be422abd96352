"""Read each folder below ``templates/`` once, and check everything that can be checked without rendering.

The renderer uses the bytes that are read here and never reads the files again, so an edit during a build has no effect
on it. A template may extend another: missing files come from there, and each file keeps its own path.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from pathlib import Path
from typing import Any, TypeVar

from assetgen.errors import CampaignError
from assetgen.findings import NO_PLACE, Finding, Place
from assetgen.loading.colour_roles import (
    INK,
    MIN_TEXT_CONTRAST,
    PAPER,
    Palette,
    contrast_of,
    nearest_with_contrast,
    resolve_roles,
    unknown_colour,
)
from assetgen.loading.model import Brand, Template
from assetgen.loading.templates.template_text import (
    PAGE_VARIABLES,
    TextRun,
    check_markup_styles,
    check_style,
    check_text_run,
    extract_text_runs,
    find_css_variables,
    find_declared_variables,
    find_literal_facts,
    find_palette_names,
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
from assetgen.loading.yaml.file_validation import did_you_mean, most_similar, validate_document
from assetgen.schema.brand_file import Facts
from assetgen.schema.fields import StrictModel
from assetgen.schema.template_file import (
    NEEDED_WITHOUT_BASE,
    QR_CODE,
    ColourRole,
    Part,
    ShapeLayout,
    TemplateFile,
)

Model = TypeVar("Model", bound=StrictModel)
# The path in shapes:, what is wrong, and a hint.
# The palette of a template whose brand has a fault: nothing is drawn with it.
NO_PALETTE = Palette({}, frozenset())
ShapeFault = tuple[tuple[str | int, ...], str, str | None]
MAX_CACHED_FILES = 256
"""The text of this many files is cached while the process runs."""


def check_sources(sources: Mapping[str, bytes], facts: Facts | None) -> list[Finding]:
    """Return every finding on a template's sources that can be found without rendering."""
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
        runs, constants, _ = _extract_text(text)
    except TemplateSyntaxError as error:
        text = f"Jinja syntax error: {error.message or 'no reason given'}"
        hint = "correct the {{ … }} or {% … %} there; every block, such as {% if %}, needs its end tag"
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
def _extract_text(
    text: str,
) -> tuple[tuple[TextRun, ...], tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    """Return the text runs of a Jinja template, its string constants and its colours, both with their lines.

    Cached by content, because usually one file changes at a time. Raises TemplateSyntaxError.
    """
    from jinja2 import Environment, nodes

    tree = Environment().parse(text)
    constants = [(node.value, node.lineno) for node in tree.find_all(nodes.Const)]
    strings = tuple((words, line) for words, line in constants if isinstance(words, str))
    return tuple(extract_text_runs(tree)), strings, tuple(find_palette_names(tree))


def check_colour_names(sources: Mapping[str, bytes], known: Collection[str]) -> Iterator[Finding]:
    """Yield a finding for each colour in a template's sources that is neither in the palette nor a declared role."""
    texts = {file: content.decode("utf-8-sig") for file, content in sources.items()}
    declared = {name for text in texts.values() for name in find_declared_variables(text)}
    for file, text in texts.items():
        if file.endswith(".html"):
            for name, line in _extract_text(text)[2]:
                if name not in known:
                    yield unknown_colour(name, known, Place(file, line), "template")
        if file.endswith((".html", ".css")):
            for name, place in find_css_variables(text, file):
                is_page_variable = name in PAGE_VARIABLES or name.startswith("font-")
                if name not in known and name not in declared and not is_page_variable:
                    yield unknown_colour(name, known, place, "template")


def check_role_contrasts(
    palette: Palette, roles: Mapping[str, ColourRole], brand: Brand
) -> Iterator[Finding]:
    """Yield a finding for each role whose colour, as the brand defines it, is too close to the one it is read on."""
    for name, role in roles.items():
        if name in palette.derived or role.contrast_with is None:
            continue
        own, other = palette.colours[name].srgb, palette.colours[role.contrast_with].srgb
        ratio = contrast_of(own, other)
        if ratio < MIN_TEXT_CONTRAST:
            chosen = brand.file.colours.get(name, name)
            text = f"{chosen} ({own}) has a contrast of {ratio:.2f}:1 with {role.contrast_with} ({other})"
            nearest = nearest_with_contrast(own, [other], MIN_TEXT_CONTRAST)
            hint = f"the nearest colour that reaches it is {nearest}"
            place = brand.palette_places.get(chosen, NO_PLACE)
            yield Finding("contrast", f"{text}; the minimum is {MIN_TEXT_CONTRAST:g}:1", hint, place)


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

    def __init__(self, root: Path, ids: Iterable[str], brand: Brand | None) -> None:
        self.root, self.ids, self.brand = root, sorted(ids), brand
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
        if self.brand:
            missing = self.brand.facts.missing_roles()
            layouts = {name: adapt_to_facts(layout, missing) for name, layout in layouts.items()}
        findings += [self._shape_finding(chain, fault) for fault in shape_faults]
        core = self.brand.palette if self.brand else NO_PALETTE
        mapping = self.brand.file.colours if self.brand else {}
        findings += self._check_colour_rules(chain, file)
        palette = core
        if self.brand and not findings:
            palette = resolve_roles(core, file.colours, mapping)
            findings += check_role_contrasts(palette, file.colours, self.brand)
            findings += check_colour_names(sources, palette.colours)
        if findings:
            raise CampaignError(dict.fromkeys(findings))
        return Template(
            id=template_id,
            file=file,
            bases=chain[1:],
            layouts=layouts,
            palette=palette,
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
                text = f"extends forms a circle: {' → '.join((*chain[chain.index(base) :], base))}"
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
                Finding(
                    "bad-value", f"the key {key} is missing", f"add {key}: and its value", document.place()
                )
                for key in NEEDED_WITHOUT_BASE
                if key not in file.model_fields_set
            ]
        findings += check_sources(sources, self.brand.facts if self.brand else None)
        return _TemplateFolder(document, file, sources, tuple(findings))

    def _missing_files(self, chain: tuple[str, ...], sources: dict[str, bytes]) -> list[Finding]:
        return [
            _missing_file(chain[0], name)
            for name in NEEDED_FILES
            if name != "template.yaml" and not any(f"templates/{base}/{name}" in sources for base in chain)
        ]

    def _check_colour_rules(self, chain: tuple[str, ...], file: TemplateFile) -> Iterator[Finding]:
        """Yield a finding for each colour role that names a colour which is not declared before it."""
        known = [INK, PAPER]
        for name, role in file.colours.items():
            for key, other in (("from", role.from_), ("contrast_with", role.contrast_with)):
                if other is not None and other not in known:
                    near = most_similar(other, known)
                    hint = f"did you mean {near}?" if near else f"use one of: {', '.join(known)}"
                    text = f"{key}: {other} is not declared before {name}"
                    place = self._place_in_chain(chain, "colours", name, key)
                    yield Finding("template", text, hint, place)
            known.append(name)

    def _place_in_chain(self, chain: tuple[str, ...], *path: str | int) -> Place:
        """Return the place of a value in the nearest template.yaml of the chain that has it."""
        documents = [document for name in chain if (document := self._folders[name].document)]
        source = next((one for one in documents if one.holds(*path)), documents[0])
        return source.place(*path)

    def _shape_finding(self, chain: tuple[str, ...], fault: ShapeFault) -> Finding:
        """Return the finding for a fault in a shape, placed in the nearest file of the chain that has its path."""
        path, text, hint = fault
        return Finding("template", text, hint, self._place_in_chain(chain, "shapes", *path))


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
    """Return a template's file merged over the file of its base.

    ``colours``, ``parts`` and ``shapes`` are merged key by key; other keys are replaced. Null removes a shape.
    """
    shapes = dict(base.shapes)
    for name, shape in own.shapes.items():
        start = shapes.get(name)
        shapes[name] = (
            _override(start, shape, parts=_override_parts(start.parts, shape.parts))
            if start and shape
            else shape
        )
    parts = _override_parts(base.parts, own.parts)
    return _override(base, own, colours={**base.colours, **own.colours}, parts=parts, shapes=shapes)


def _override_parts(base: Mapping[str, Part], own: Mapping[str, Part]) -> dict[str, Part]:
    merged = {name: _override(base[name], part) if name in base else part for name, part in own.items()}
    return {**base, **merged}


def _override(base: Model, own: Model, **merged: Any) -> Model:
    """Return ``base`` with the values that ``own`` sets, including null, and with the values ``merged``."""
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
            text = f"extends names a shape that does not exist: {base}"
            faults.append(((name, "extends"), text, did_you_mean(base, shapes)))
            return None
        if base in (*seen, name):
            path = (*seen, name)
            text = f"extends forms a circle: {' → '.join((*path[path.index(base) :], base))}"
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


# How much larger the gap below a large address is than below a number, in em of the smaller type: only an address has
# descenders.
GAP_BELOW_ADDRESS = 0.7


def adapt_to_facts(layout: ShapeLayout, missing: Collection[str]) -> ShapeLayout:
    """Return a layout without the facts that the service does not have.

    If the service has no number, the address takes its place and its size. A part that has lost all its roles is left
    out of the columns, and so is the QR code of a service without an address.

    Args:
        layout: The layout of a shape.
        missing: Roles among ``number``, ``address`` and ``promise``.
    """
    if not missing:
        return layout
    parts = dict(layout.parts)
    omitted = {QR_CODE} if "address" in missing else set()
    for name, part in layout.parts.items():
        roles, gap = part.roles, part.gap
        if "number" in missing and part.relative_to == "number" and not part.same_line:
            gap += GAP_BELOW_ADDRESS
        if "number" in missing and "number" in roles:
            roles = tuple("address" if role == "number" else role for role in roles)
        elif "number" in missing:
            roles = tuple(role for role in roles if role != "address")
        roles = tuple(role for role in roles if role not in missing)
        if not roles:
            omitted.add(name)
        else:
            weights = _kept_weights(part, roles)
            parts[name] = part.model_copy(update={"roles": roles, "weights": weights, "gap": gap})
    regions = {
        key: region.model_copy(update={"column": _without(region.column, omitted)}) if region else None
        for key, region in (("cta", layout.cta), ("copy_", layout.copy_))
    }
    return layout.model_copy(update={"parts": parts, **regions})


def _kept_weights(part: Part, roles: tuple[str, ...]) -> tuple[int, ...]:
    """Return the weights of the roles that a part keeps, where it has one for each role."""
    by_role = dict(zip(part.roles, part.weights, strict=False))
    return tuple(by_role.get(role, part.weights[-1]) for role in roles)


def _without(
    column: tuple[str | tuple[str, ...], ...], omitted: Collection[str]
) -> tuple[str | tuple[str, ...], ...]:
    """Return a column without some parts; a row that is left empty is dropped."""
    kept: list[str | tuple[str, ...]] = []
    for item in column:
        if isinstance(item, str):
            kept += [item] if item not in omitted else []
        elif row := tuple(name for name in item if name not in omitted):
            kept.append(row if len(row) > 1 else row[0])
    return tuple(kept)


# Keys of a shape that null removes. For any other key null means the same as a missing key.
REMOVED_BY_NULL = frozenset({"copy_", "motif", "picture"})


def _apply_shape(start: ShapeLayout, shape: ShapeLayout) -> ShapeLayout:
    """Return the layout ``start`` with the values that a shape sets."""
    parts = dict(start.parts)
    for name, part in shape.parts.items():
        parts[name] = _override_without_null(parts.get(name) or Part(roles=(name,)), part)
    layout = _override_without_null(start, shape, REMOVED_BY_NULL)
    return layout.model_copy(update={"parts": parts, "extends": None})


def _override_without_null(start: Model, own: Model, removed_by_null: frozenset[str] = frozenset()) -> Model:
    """Return ``start`` with the values that ``own`` sets. Null has an effect only on keys in ``removed_by_null``."""
    given = {name: getattr(own, name) for name in own.model_fields_set}
    return start.model_copy(
        update={name: value for name, value in given.items() if value is not None or name in removed_by_null}
    )


def _unknown_parts(name: str, shape: ShapeLayout, layout: ShapeLayout) -> list[ShapeFault]:
    """Return a fault for each undefined part that a region of this shape names."""
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
