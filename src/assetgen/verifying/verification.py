"""Finished files proved again, with nothing but themselves and their manifest: of a folder, or of a pack."""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from PIL import Image

from assetgen.building.pipeline import Progress
from assetgen.building.pool.executor import Halt, Task
from assetgen.building.pool.local_pool import LocalPool
from assetgen.building.render_task import unexpected
from assetgen.child_process import Bounds
from assetgen.errors import AssetgenError
from assetgen.findings import Finding, Place, Severity, worst_first
from assetgen.manifest.entry import FinishedAsset
from assetgen.planning.asset import judged
from assetgen.preflight.recheck import Again, prove_again
from assetgen.rendering.images.raster import picture_sha256
from assetgen.units import MAX_PIXELS
from assetgen.verifying.finished_files import (
    Evidence,
    Refused,
    Survey,
    document_faults,
    read_evidence,
    read_surveys,
)

BOUNDS = Bounds(time_s=300.0)
BYTES = "its bytes, by size and sha256"
BUILD_AGAIN = "this is not the file that was proved: take it from the build again"


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of one file. ``file`` is what a person would open: the file, or the pack that it is in.

    ``proved``, ``as_built`` and ``unchecked`` say in words what was proved again, what is taken from the
    manifest, and what nobody can check here; all empty where something is wrong with the file.
    """

    id: str
    path: str
    format: str
    file: str
    proved: tuple[str, ...]
    as_built: tuple[str, ...]
    unchecked: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Say whether nothing is wrong with the file."""
        return not any(finding.is_error for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Return what was proved as plain values, in the form of ``--format json``."""
        said = {"proved": self.proved, "as_built": self.as_built, "unchecked": self.unchecked}
        return {"id": self.id, "path": self.path, "file": self.file, "ok": self.ok} | {
            key: list(words) for key, words in said.items()
        }


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """What was proved of each file, sorted by file and path; all findings, worst first, of the manifests too."""

    files: tuple[Verified, ...]
    findings: tuple[Finding, ...]
    unreached: int
    seconds: float
    interrupted: bool

    @property
    def failed(self) -> int:
        """Return how many files have an error."""
        return sum(not one.ok for one in self.files)


def verify(
    paths: Sequence[Path],
    *,
    jobs: int | None = None,
    on: date | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> VerifyResult:
    """Prove the files of folders and packs again; Ctrl-C ends it early, told in the result.

    Raises CampaignError where none of the paths holds a manifest that can be read. Uses processes of its own
    (``jobs``: the cores), which begin by importing the caller's main module: see that it is guarded. ``on`` is the
    day of which it is asked whether the files may be shown; without it nobody asks.
    """
    started_s = time.monotonic()
    halt = Halt()
    surveys, findings = read_surveys(paths)
    todo: list[Evidence] = []
    for survey in surveys:
        evidence, faults = read_evidence(survey)
        todo += evidence
        findings += faults
        findings += _out_of_time(evidence, on) if on else ()
    done = [one for survey in surveys for one in _documents(survey)]
    papers, total = len(done), len(done) + len(todo)
    tell = on_progress or (lambda progress: None)
    with halt.listening():
        tell(Progress(papers, 0, total, None))
        count = jobs or os.cpu_count() or 1
        pool = LocalPool(_start_verifying, verb="read", jobs=count, bounds=BOUNDS, halt=halt)
        for one in todo:
            pool.submit(Task(one.id, one))
        with closing(pool.results()) as batches:
            for batch in batches:
                done += [one.value_or(_lost) for one in batch]
                failed = sum(not one.ok for one in done)
                tell(Progress(len(done), failed, total, batch[-1].task.id))
    files = sorted(done, key=lambda one: (one.file, one.path))
    findings += [finding for one in files for finding in one.findings]
    return VerifyResult(
        tuple(files),
        tuple(worst_first(findings)),
        total - len(done),
        time.monotonic() - started_s,
        halt.requested,
    )


def _out_of_time(evidence: Sequence[Evidence], on: date) -> list[Finding]:
    """Return what the days of a source's files say on a day, each once."""
    found = judged((term for one in evidence for term in one.asset.terms), on)
    return [replace(finding, place=Place(evidence[0].source.shown)) for finding in found]


def _documents(survey: Survey) -> Iterator[Verified]:
    """Yield what became of each file of a pack that is no asset. They are few and small: read here."""
    for document in survey.documents:
        faults = tuple(document_faults(survey.source, document, survey.refused.get(document.path)))
        file, form = survey.source.file_of(document.path), document.path.rpartition(".")[2].lower()
        proved, as_built = ((), ()) if faults else ((BYTES,), ("what they say",))
        name = f"{survey.source.shown}/{document.path}"
        yield Verified(name, document.path, form, file, proved, as_built, (), faults)


def _start_verifying() -> Callable[[Evidence], Verified]:
    """Return the work on one file. The initialiser of a worker that verifies."""
    return verify_one


def _lost(evidence: Evidence, finding: Finding) -> Verified:
    """Return what became of a file whose worker died or hung."""
    return _told(evidence, None, [finding])


def verify_one(evidence: Evidence) -> Verified:
    """Prove one file again; whatever goes wrong with it is a finding."""
    asset, findings = evidence.asset, list[Finding]()
    if asset.stale:
        text = "it is stale: its partner's own files could not be read when the others were built"
        hint = "mend the partner's files, build again"
        findings.append(Finding("stale", text, hint, severity=Severity.WARNING))
    try:
        if evidence.refused is not None:
            raise Refused(evidence.refused)
        content = evidence.source.read(asset.path, asset.bytes)
    except FileNotFoundError:
        text = f"it is in the manifest and not there: {asset.path}"
        return _told(evidence, None, [*findings, Finding("missing-file", text, "build it again")])
    except (Refused, OSError) as error:
        text = f"{asset.path} is not read: {getattr(error, 'strerror', None) or error}"
        return _told(evidence, None, [*findings, Finding("unsafe-file", text, BUILD_AGAIN)])
    again = None
    try:
        findings += _altered(content, asset)
        again = prove_again(content, asset.spec, asset.regions, asset.measured)
    except AssetgenError as error:
        findings += error.findings
    except MemoryError:
        findings.append(Finding("worker", "ran out of memory", "use fewer jobs: -j 1"))
    except Exception as error:  # noqa: BLE001  one file's fault must not cost the others
        findings.append(unexpected("worker", "the proof broke off", error))
    return _told(evidence, again, findings)


def _told(evidence: Evidence, again: Again | None, findings: Iterable[Finding]) -> Verified:
    """Return what became of the file, each finding with its place."""
    one, file = evidence.asset, evidence.source.file_of(evidence.asset.path)
    every = (*findings, *(again.findings if again else ()))
    placed = tuple(replace(finding, place=Place(file), asset=one.id) for finding in every)
    if again is None or any(finding.is_error for finding in every):
        return Verified(one.id, one.path, one.spec.format, file, (), (), (), placed)
    proved = (BYTES, *again.proved)
    return Verified(one.id, one.path, one.spec.format, file, proved, again.as_built, again.unchecked, placed)


def _altered(content: bytes, asset: FinishedAsset) -> Iterator[Finding]:
    """Yield a finding where a file is not the one that was proved, byte by byte or pixel by pixel."""
    if len(content) != asset.bytes:
        text = f"{len(content):,} bytes; the manifest says {asset.bytes:,}"
        yield Finding("file-altered", text, BUILD_AGAIN)
    elif hashlib.sha256(content).hexdigest() != asset.sha256:
        yield Finding("file-altered", "its bytes are not those of the file that was proved", BUILD_AGAIN)
    elif asset.spec.format == "png" and not _has_pixels(content, asset.pixel_sha256):
        yield Finding("file-altered", "its pixels are not those that were proved", BUILD_AGAIN)


def _has_pixels(content: bytes, sha256: str | None) -> bool:
    """Say whether a PNG has these pixels (other formats are decoded a little differently on each machine).

    One that cannot be decoded, or is too large, is left to the proof of the file, which says so.
    """
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
            too_large = picture.width * picture.height > MAX_PIXELS
            return too_large or picture_sha256(picture) == sha256
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return True
