"""The build database, ``out/.assetgen/state``: the inputs that each file was built from, for the next build.

The manifest is for other programs and has 4 kB or more per asset. This file is smaller, and the build reads it first.
It is read and written in one piece: for 10,000 assets that takes 30 ms each way, as fast as a database (measured). The
sha256 in its first line shows whether the file is complete. If the file is missing, the next build takes longer but
gives the same result.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from assetgen.building.fingerprint import FileHashes, SourceIndex, SourceStat
from assetgen.findings import Finding, Place, Severity
from assetgen.manifest.manifest_file import FileStat

if TYPE_CHECKING:
    from assetgen.planning.asset import Asset

PlainFinding = tuple[Any, ...]
"""A finding as hashable values that JSON can hold."""


def finding_to_plain(finding: Finding) -> PlainFinding:
    """Return a finding as plain values."""
    place = finding.place
    return (
        finding.code,
        finding.text,
        finding.hint,
        (place.file, place.line, place.column),
        finding.severity.value,
        finding.asset,
        finding.box,
        finding.role,
    )


def finding_from_plain(value: Sequence[Any]) -> Finding:
    """Return the finding that these plain values describe. Raises ValueError or TypeError if they are not valid."""
    code, text, hint, place, severity, asset, box, role = value
    where = None if box is None else (box[0], box[1], box[2], box[3])
    return Finding(code, text, hint, Place(*place), Severity(severity), asset, where, role)


FORMAT_VERSION = 1
NAME_COUNT = 8
"""How many cells at the start of a row are names, from ``id`` to ``locale``."""


class BuildRecord(NamedTuple):
    """The inputs of one file when it was built, and the result of its preflight checks.

    Attributes:
        fingerprint: the fingerprint of its values.
        places_digest: the digest of the source places of its values; '' if it has no findings.
        renderer_version: the version of the renderer.
        checks_version: the version of the preflight checks.
        reason: why it was built.
        plan_inputs: the files that its plan depends on.
        render_inputs: the files that rendering opened.
        plain_findings: the findings of the preflight checks, none of them an error. Every build reports them.
    """

    fingerprint: str
    places_digest: str
    renderer_version: str
    checks_version: str
    reason: str
    plan_inputs: FileHashes
    render_inputs: FileHashes
    plain_findings: tuple[PlainFinding, ...]

    def findings(self) -> list[Finding]:
        """Return the findings of the preflight checks."""
        return [finding_from_plain(one) for one in self.plain_findings]


class BuildRow(NamedTuple):
    """One asset of the last plan: the names that a selection matches, its file, and the inputs of that file.

    ``sha256`` and ``record`` are None for an asset that was not built. ``span`` is the position of its entry in the
    manifest: offset and length in bytes.
    """

    id: str
    path: str
    partner: str
    message: str | None
    template: str | None
    channel: str
    medium: str
    locale: str
    sha256: str | None = None
    file_stat: FileStat | None = None
    span: tuple[int, int] | None = None
    record: BuildRecord | None = None

    @classmethod
    def of(cls, asset: Asset) -> BuildRow:
        """Return the row of an asset that is not built yet."""
        names = asset.id, asset.path, asset.partner, asset.message, asset.template
        return cls(*names, asset.channel, asset.medium, asset.locale)

    def with_span(self, at: tuple[int, int] | None) -> BuildRow:
        """Return the row with a new position in the manifest.

        It avoids the slower ``_replace``, since it runs for every row.
        """
        return BuildRow._make((*self[:10], at, self.record))


def findings_of_rows(rows: Iterable[BuildRow]) -> list[Finding]:
    """Return the findings of the preflight checks on the files of these rows."""
    return [finding for row in rows if row.record for finding in row.record.findings()]


@dataclass(frozen=True, slots=True)
class PartnerPlan:
    """The last plan of one partner: the partners shown with it, its own tracked links, the findings in its files."""

    shown_with: tuple[str, ...]
    links: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class LastPlan:
    """The last plan, if it had no fault. The next build reuses it for partners whose files have not changed.

    Attributes:
        renderer_version: the version of the renderer, which includes the code that reads and plans.
        sources: the campaign's files, with their stat and sha256.
        partners: the plan of each partner, by name.
        findings: the findings that belong to no partner.
        unverified_ids: the ids of assets that were not selected, so their files were not compared with the plan.
    """

    renderer_version: str
    sources: SourceIndex
    partners: Mapping[str, PartnerPlan]
    findings: tuple[Finding, ...]
    unverified_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class BuildDatabase:
    """The record of the last build.

    Attributes:
        engine: the version of each rendering library, for the rebuild reasons.
        manifest_stat: the file stat of the manifest; None if the rows do not describe all of it.
        rows: one row per asset, by path.
        failed_ids: the ids of assets that failed.
        last_plan: the last plan; None if the next build must read the whole campaign.
    """

    engine: Mapping[str, str] = field(default_factory=dict)
    manifest_stat: FileStat | None = None
    rows: Mapping[str, BuildRow] = field(default_factory=dict)
    failed_ids: frozenset[str] = frozenset()
    last_plan: LastPlan | None = None


def read_build_db(path: Path) -> BuildDatabase:
    """Return the build database in a file; an empty one if the file is missing or damaged."""
    try:
        content = path.read_bytes()
    except OSError:
        return BuildDatabase()
    return parse_build_db(content) or BuildDatabase()


def parse_build_db(content: bytes) -> BuildDatabase | None:
    """Return the build database in these bytes; None if they are incomplete or have a different format."""
    checksum, _, body = content.partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != checksum:
        return None
    was_collecting = gc.isenabled()
    gc.disable()  # the values have no reference cycles; looking for some would take a third of the time
    try:
        raw = json.loads(body)
        return _from_plain(raw) if raw["form"] == FORMAT_VERSION else None
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    finally:
        if was_collecting:
            gc.enable()


def encode_build_db(state: BuildDatabase) -> bytes:
    """Return a build database as the bytes of its file."""
    body = json.dumps(_to_plain(state), ensure_ascii=False, separators=(",", ":")).encode()
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def write_build_db(path: Path, temp: Path, state: BuildDatabase) -> None:
    """Write the build database to ``temp``, on the same disk, and move it to ``path``. Raises OSError.

    It does not wait for the disk: a power cut may damage the file, but the next build notices that by its sha256.
    """
    temp.write_bytes(encode_build_db(state))
    os.replace(temp, path)


class _SharedValues:
    """A table of values that many rows share. Each value is written once, and rows refer to it by number."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[Any, int] = {}
        self._numbers_by_identity: dict[int, int] = {}

    def number(self, value: Any) -> int:
        """Return the number of a value in the table. The value must outlive the table.

        Most values are the same object as an earlier one, so they are looked up by identity first.
        """
        number = self._numbers_by_identity.get(id(value))
        if number is None:
            number = self._numbers.setdefault(value, len(self.values))
            if number == len(self.values):
                self.values.append(value)
            self._numbers_by_identity[id(value)] = number
        return number


def _to_plain(state: BuildDatabase) -> dict[str, Any]:
    shared = _SharedValues()
    rows = []
    for row in state.rows.values():
        cells: list[Any] = list(row[:-1])
        if row.record is not None:
            cells += [row.record.fingerprint, *(shared.number(value) for value in row.record[1:])]
        rows.append(cells)
    return {
        "form": FORMAT_VERSION,
        "engine": dict(state.engine),
        "manifest": state.manifest_stat,
        "failed": sorted(state.failed_ids),
        "last_plan": None if state.last_plan is None else _last_plan_to_plain(state.last_plan),
        "shared": shared.values,
        "rows": rows,
    }


def _last_plan_to_plain(last_plan: LastPlan) -> dict[str, Any]:
    return {
        "renderer_version": last_plan.renderer_version,
        "sources": last_plan.sources,
        "partners": {
            name: [one.shown_with, one.links, _findings_to_plain(one.findings)]
            for name, one in last_plan.partners.items()
        },
        "findings": _findings_to_plain(last_plan.findings),
        "unverified_ids": sorted(last_plan.unverified_ids),
    }


def _findings_to_plain(findings: Iterable[Finding]) -> list[PlainFinding]:
    return [finding_to_plain(finding) for finding in findings]


def _from_plain(raw: Mapping[str, Any]) -> BuildDatabase:
    shared = [_hashable(value) for value in raw["shared"]]
    rows: dict[str, BuildRow] = {}
    for cells in raw["rows"]:
        sha256, file_stat, at, *rest = cells[NAME_COUNT:]
        record = BuildRecord._make((rest[0], *[shared[number] for number in rest[1:]])) if rest else None
        row = BuildRow._make(
            (*cells[:NAME_COUNT], sha256, file_stat and tuple(file_stat), at and tuple(at), record)
        )
        rows[row.path] = row
    return BuildDatabase(
        engine=dict(raw["engine"]),
        manifest_stat=_file_stat(raw["manifest"]) if raw["manifest"] else None,
        rows=rows,
        failed_ids=frozenset(raw["failed"]),
        last_plan=_last_plan_from_plain(raw["last_plan"]) if raw["last_plan"] else None,
    )


def _hashable(value: Any) -> Any:
    """Return a shared value with tuples in place of JSON's lists, so that it is hashable."""
    return tuple(_hashable(one) for one in value) if isinstance(value, list) else value


def _file_stat(value: Any) -> FileStat:
    size, mtime_ns, ctime_ns, inode = value
    return size, mtime_ns, ctime_ns, inode


def _last_plan_from_plain(raw: Mapping[str, Any]) -> LastPlan:
    return LastPlan(
        renderer_version=raw["renderer_version"],
        sources={name: (_seen(seen), sha256) for name, (seen, sha256) in raw["sources"].items()},
        partners={
            name: PartnerPlan(tuple(beside), tuple(links), _findings_from_plain(findings))
            for name, (beside, links, findings) in raw["partners"].items()
        },
        findings=_findings_from_plain(raw["findings"]),
        unverified_ids=frozenset(raw["unverified_ids"]),
    )


def _seen(value: Any) -> SourceStat:
    size, mtime_ns, ctime_ns, inode, leads = value
    return size, mtime_ns, ctime_ns, inode, leads


def _findings_from_plain(raw: Iterable[list[Any]]) -> tuple[Finding, ...]:
    return tuple(finding_from_plain(value) for value in raw)
