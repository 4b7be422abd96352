"""Designs: each folder below ``templates/`` read once, its description checked, its sources kept as bytes.

What is drawn are these bytes, never the disk again: a file that is edited during a build cannot get in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

from assetgen.campaign.arrangement import Arrangement, Foot, Opening, Part, Region
from assetgen.campaign.binding import bind
from assetgen.campaign.folder import entries, is_file, read_bytes, resolved
from assetgen.campaign.model import Facts, Template
from assetgen.campaign.nearest import did_you_mean
from assetgen.campaign.reading import read_document
from assetgen.campaign.schema_design import (
    FootFile,
    OpeningFile,
    PartFile,
    RegionFile,
    ShapeFile,
    TemplateFile,
)
from assetgen.campaign.template_checks import check_sources
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place

SOURCE_SUFFIXES = (".html", ".css", ".yaml")
MAX_SOURCE_BYTES = 500_000

# Where in shapes:, what is wrong, hint.
ShapeFault = tuple[tuple[str | int, ...], str, str | None]


def read_template(root: Path, template_id: str, facts: Facts | None) -> Template:
    """Return one design; raises CampaignError with every fault of its description and its sources."""
    folder = root / "templates" / template_id
    place = Place(f"templates/{template_id}/template.yaml")
    sources, findings = _read_sources(root, folder)
    missing = [
        name for name in ("template.yaml", "template.html", "style.css") if _key(folder, name) not in sources
    ]
    if missing:
        places = [Place(f"templates/{template_id}/{name}") for name in missing]
        hint = "a design has template.yaml, template.html and style.css"
        findings += [Finding("missing-file", f"file not found: {one.file}", hint, one) for one in places]
        raise CampaignError([*findings, *check_sources(sources, facts)])
    document = read_document(sources[place.file or ""], place.file or "")
    file = bind(TemplateFile, document)
    arrangements, faults = build_arrangements(file.parts, file.shapes)
    findings += [
        Finding("template", text, hint, document.place("shapes", *path)) for path, text, hint in faults
    ]
    findings += check_sources(sources, facts)
    if findings:
        raise CampaignError(findings)
    return Template(template_id, file.name, file.about, tuple(file.grounds), arrangements, sources, place)


def _key(folder: Path, name: str) -> str:
    return f"templates/{folder.name}/{name}"


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


def build_arrangements(
    parts: Mapping[str, PartFile], shapes: Mapping[str, ShapeFile]
) -> tuple[dict[str, Arrangement], list[ShapeFault]]:
    """Return each arrangement with ``like`` resolved, and the faults of those that cannot be."""
    base = {name: _part(name, None, file) for name, file in parts.items()}
    built: dict[str, Arrangement] = {}
    faults: list[ShapeFault] = []

    def build(name: str, seen: tuple[str, ...]) -> Arrangement | None:
        if name in built:
            return built[name]
        file = shapes[name]
        if file.like and file.like not in shapes:
            faults.append(
                ((name, "like"), f"like: no such shape: {file.like}", did_you_mean(file.like, shapes))
            )
            return None
        if file.like in (*seen, name):
            faults.append(
                ((name, "like"), f"like: {file.like} is like {name} again", "let one of them stand alone")
            )
            return None
        start = build(file.like, (*seen, name)) if file.like else Arrangement(base)
        if start is None:
            return None
        built[name] = _overlay(start, file)
        return built[name]

    for name in shapes:
        arrangement = build(name, ())
        if arrangement:
            faults += _unknown_parts(name, shapes[name], arrangement)
    return built, faults


def _overlay(start: Arrangement, file: ShapeFile) -> Arrangement:
    parts = dict(start.parts)
    for name, part in file.parts.items():
        parts[name] = _part(name, parts.get(name), part)
    return replace(
        start,
        parts=parts,
        call=_region(file.call) if file.call else start.call,
        words=_region(file.words) if file.words else start.words,
        opening=_opening(file.opening) if file.opening else start.opening,
        foot=_foot(file.foot) if file.foot else start.foot,
        call_on=file.call_on or start.call_on,
        margin=start.margin if file.margin is None else file.margin,
    )


def _part(name: str, start: Part | None, file: PartFile) -> Part:
    given = {key: value for key, value in file.model_dump().items() if value is not None}
    for key in ("say", "weights"):
        if key in given:
            given[key] = tuple(given[key])
    return replace(start or Part(say=(name,)), **given)


def _region(file: RegionFile) -> Region:
    x, y, width, height = file.box
    column = tuple(tuple(item) if isinstance(item, list) else item for item in file.column)
    return Region((x, y, width, height), column, file.anchor)


def _opening(file: OpeningFile) -> Opening:
    given = {field.name: getattr(file, field.name) for field in fields(Opening)}
    return Opening(**{**given, "door": tuple(file.door)})


def _foot(file: FootFile) -> Foot:
    return Foot(**{field.name: getattr(file, field.name) for field in fields(Foot)})


def _unknown_parts(name: str, file: ShapeFile, arrangement: Arrangement) -> list[ShapeFault]:
    """Return the parts that stand in a region of this very shape, and are not described."""
    known = arrangement.parts
    faults: list[ShapeFault] = []
    for region, written in (("call", file.call), ("words", file.words)):
        for index, item in enumerate(written.column if written else ()):
            names = [item] if isinstance(item, str) else item
            faults += [
                ((name, region, "column", index), f"no such part: {one}", did_you_mean(one, known))
                for one in names
                if one not in known and one != "code"
            ]
    return faults
