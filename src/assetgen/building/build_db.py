"""The build database, ``out/.assetgen/state``: what each file was made from, for the next build.

The manifest is what others read, 4 kB an asset and more; this is what the build itself asks first. One compact file,
read and written whole: of 10,000 assets in 30 ms either way, as quick as a database (measured), and the sum in its
first line tells a torn file from a whole one. Without it nothing is lost but time: all is looked at again.
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

from assetgen.building.fingerprint import Drawn, Seen, Snapshot
from assetgen.findings import Finding, Place, Severity
from assetgen.manifest.manifest_file import Stamp

if TYPE_CHECKING:
    from assetgen.planning.asset import Asset

Plain = tuple[Any, ...]
"""A finding as values that JSON takes, and that compare."""


def finding_to_plain(finding: Finding) -> Plain:
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
    """Return the finding again. Raises ValueError or TypeError where it is none."""
    code, text, hint, place, severity, asset, box, role = value
    where = None if box is None else (box[0], box[1], box[2], box[3])
    return Finding(code, text, hint, Place(*place), Severity(severity), asset, where, role)


FORM = 1
NAMES = 8
"""How many of a row's cells are names."""


class Work(NamedTuple):
    """What one file was made from. ``draws`` and ``proves`` are the versions that did it.

    ``places`` is the digest of where its values were written, '' where no finding points at them. ``reason`` says
    why it was made. ``planned`` are the files that its plan rested on, ``drawn`` those that drawing opened.
    ``told`` is what the proofs had to say of it: no error, but worth saying in every build.
    """

    recipe: str
    places: str
    draws: str
    proves: str
    reason: str
    planned: Drawn
    drawn: Drawn
    told: tuple[Plain, ...]

    def findings(self) -> list[Finding]:
        """Return what the proofs had to say."""
        return [finding_from_plain(one) for one in self.told]


class BuildRow(NamedTuple):
    """One asset of the last plan: its names, as a selection asks for them; its file and its work, if it was made.

    ``at`` is where its entry stands in the manifest: offset and length in bytes.
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
    stamp: Stamp | None = None
    at: tuple[int, int] | None = None
    work: Work | None = None

    @classmethod
    def of(cls, asset: Asset) -> BuildRow:
        """Return the row of an asset that is not made."""
        names = asset.id, asset.path, asset.partner, asset.message, asset.template
        return cls(*names, asset.channel, asset.medium, asset.locale)

    def standing_at(self, at: tuple[int, int] | None) -> BuildRow:
        """Return the row with another place in the manifest: quick, for all rows of a state."""
        return BuildRow._make((*self[:10], at, self.work))


def findings_of_rows(rows: Iterable[BuildRow]) -> list[Finding]:
    """Return what the proofs had to say of the files of these rows."""
    return [finding for row in rows if row.work for finding in row.work.findings()]


@dataclass(frozen=True, slots=True)
class PartnerPlan:
    """One partner as it was planned: those that stand beside it, its own tracked links, what was said of its files."""

    beside: tuple[str, ...]
    links: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What need not be read again as long as its files stay as they are: a plan without a fault.

    ``code`` is the version of all that reads and plans; ``findings`` are those of no partner. ``doubtful`` are
    the ids of assets that were not selected: whether their files are what the plan asks for was not looked at.
    """

    code: str
    sources: Snapshot
    partners: Mapping[str, PartnerPlan]
    findings: tuple[Finding, ...]
    doubtful: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class BuildState:
    """What the last build left. ``engine`` are its versions in words; ``manifest`` that file's stamp.

    ``failed`` are the ids of assets that failed; ``outlook`` is None where the plan had a fault.
    """

    engine: Mapping[str, str] = field(default_factory=dict)
    manifest: Stamp | None = None
    rows: Mapping[str, BuildRow] = field(default_factory=dict)
    failed: frozenset[str] = frozenset()
    outlook: Outlook | None = None


def read_state(path: Path) -> BuildState:
    """Return the state in a file; an empty one where there is none, or none that is whole."""
    try:
        content = path.read_bytes()
    except OSError:
        return BuildState()
    return parse_state(content) or BuildState()


def parse_state(content: bytes) -> BuildState | None:
    """Return the state that these bytes say, None where they are not whole or of another form."""
    total, _, body = content.partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != total:
        return None
    was_collecting = gc.isenabled()
    gc.disable()  # a third of the time would go into looking for rings among values that have none
    try:
        raw = json.loads(body)
        return _from_plain(raw) if raw["form"] == FORM else None
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    finally:
        if was_collecting:
            gc.enable()


def state_bytes(state: BuildState) -> bytes:
    """Return a state as the bytes of its file."""
    body = json.dumps(_to_plain(state), ensure_ascii=False, separators=(",", ":")).encode()
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def write_state(path: Path, temp: Path, state: BuildState) -> None:
    """Replace the state in whole, by way of ``temp`` on the same disk. Raises OSError.

    There is no waiting for the disk: a state that a power cut tears is one that is not whole.
    """
    temp.write_bytes(state_bytes(state))
    os.replace(temp, path)


class _Table:
    """Values that many rows share, each written once."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[Any, int] = {}

        self._known: dict[int, int] = {}

    def number(self, value: Any) -> int:
        """Return the number of a value, which must outlive the table: mostly it is the very object seen before."""
        number = self._known.get(id(value))
        if number is None:
            number = self._numbers.setdefault(value, len(self.values))
            if number == len(self.values):
                self.values.append(value)
            self._known[id(value)] = number
        return number


def _to_plain(state: BuildState) -> dict[str, Any]:
    shared = _Table()
    rows = []
    for row in state.rows.values():
        cells: list[Any] = list(row[:-1])
        if row.work is not None:
            cells += [row.work.recipe, *(shared.number(value) for value in row.work[1:])]
        rows.append(cells)
    return {
        "form": FORM,
        "engine": dict(state.engine),
        "manifest": state.manifest,
        "failed": sorted(state.failed),
        "outlook": None if state.outlook is None else _outlook_to_plain(state.outlook),
        "shared": shared.values,
        "rows": rows,
    }


def _outlook_to_plain(outlook: Outlook) -> dict[str, Any]:
    return {
        "code": outlook.code,
        "sources": outlook.sources,
        "partners": {
            name: [one.beside, one.links, _plain(one.findings)] for name, one in outlook.partners.items()
        },
        "findings": _plain(outlook.findings),
        "doubtful": sorted(outlook.doubtful),
    }


def _plain(findings: Iterable[Finding]) -> list[Plain]:
    return [finding_to_plain(finding) for finding in findings]


def _from_plain(raw: Mapping[str, Any]) -> BuildState:
    shared = [_frozen(value) for value in raw["shared"]]
    rows: dict[str, BuildRow] = {}
    for cells in raw["rows"]:
        sha256, stamp, at, *rest = cells[NAMES:]
        work = Work._make((rest[0], *[shared[number] for number in rest[1:]])) if rest else None
        row = BuildRow._make((*cells[:NAMES], sha256, stamp and tuple(stamp), at and tuple(at), work))
        rows[row.path] = row
    return BuildState(
        engine=dict(raw["engine"]),
        manifest=_stamp(raw["manifest"]) if raw["manifest"] else None,
        rows=rows,
        failed=frozenset(raw["failed"]),
        outlook=_outlook_from_plain(raw["outlook"]) if raw["outlook"] else None,
    )


def _frozen(value: Any) -> Any:
    """Return a shared value as it was: words, numbers, lists of them that compare."""
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value


def _stamp(value: Any) -> Stamp:
    size, mtime_ns, ctime_ns, inode = value
    return size, mtime_ns, ctime_ns, inode


def _outlook_from_plain(raw: Mapping[str, Any]) -> Outlook:
    return Outlook(
        code=raw["code"],
        sources={name: (_seen(seen), sha256) for name, (seen, sha256) in raw["sources"].items()},
        partners={
            name: PartnerPlan(tuple(beside), tuple(links), _findings(findings))
            for name, (beside, links, findings) in raw["partners"].items()
        },
        findings=_findings(raw["findings"]),
        doubtful=frozenset(raw["doubtful"]),
    )


def _seen(value: Any) -> Seen:
    size, mtime_ns, ctime_ns, inode, leads = value
    return size, mtime_ns, ctime_ns, inode, leads


def _findings(raw: Iterable[list[Any]]) -> tuple[Finding, ...]:
    return tuple(finding_from_plain(value) for value in raw)
