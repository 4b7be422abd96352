"""Verify finished files: run the preflight checks again on a folder or a pack, using only its files and manifest."""

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
from assetgen.building.pool.executor import ONE_PROCESS_HINT, Interrupt, Task
from assetgen.building.pool.local_pool import LocalPool
from assetgen.building.render_task import unexpected_error
from assetgen.child_process import TaskLimits
from assetgen.errors import AssetgenError
from assetgen.findings import Finding, Place, Severity, sort_findings
from assetgen.manifest.entry import ALTERED_TEXT, STALE_HINT, STALE_TEXT, FinishedAsset
from assetgen.planning.asset import check_release_dates
from assetgen.preflight.recheck import RecheckResult, recheck_file
from assetgen.preflight.results import UNCHANGED_HINT
from assetgen.rendering.images.raster import picture_sha256
from assetgen.units import MAX_PIXELS
from assetgen.verifying.finished_files import (
    COPY_AGAIN_HINT,
    FileToVerify,
    RefusedFile,
    SourceContents,
    check_document,
    list_files_to_verify,
    read_sources,
)

BOUNDS = TaskLimits(time_s=300.0)
_BYTES_CHECKED = "size and sha256 of the file"


@dataclass(frozen=True, slots=True)
class VerifiedFile:
    """The result for one file. ``file`` is the file to open: the file itself, or the pack that contains it.

    ``checked``, ``as_built`` and ``unchecked`` describe what was checked again, what was taken from the manifest, and
    what cannot be checked here. All three are empty if the file has an error.
    """

    id: str
    path: str
    format: str
    file: str
    checked: tuple[str, ...]
    as_built: tuple[str, ...]
    unchecked: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Return whether the file has no error."""
        return not any(finding.is_error for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain values for ``--format json``."""
        checked = {"proved": self.checked, "as_built": self.as_built, "unchecked": self.unchecked}
        return {"id": self.id, "path": self.path, "file": self.file, "ok": self.ok} | {
            key: list(texts) for key, texts in checked.items()
        }


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """The results of all files, sorted by file and path, and all findings, worst first.

    The findings include those about manifests. ``unreached`` counts files that were not checked because of an
    interrupt.
    """

    files: tuple[VerifiedFile, ...]
    findings: tuple[Finding, ...]
    unreached: int
    seconds: float
    interrupted: bool

    @property
    def ok(self) -> bool:
        """Return whether all files were checked without an error."""
        return not self.interrupted and not any(finding.is_error for finding in self.findings)

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
    """Check the files of folders and packs again. Ctrl-C ends it early, which the result records.

    It starts worker processes. They import the caller's main module, which must therefore guard its code with
    ``if __name__ == "__main__"``.

    Args:
        paths: Folders and packs with a manifest.
        jobs: The number of worker processes; by default the number of cores.
        on: The day on which to check embargoes and expiry dates; None to skip them.
        on_progress: Called at the start and after each batch of files.

    Raises:
        CampaignError: None of the paths has a readable manifest.
    """
    started_s = time.monotonic()
    halt = Interrupt()
    surveys, findings = read_sources(paths)
    todo: list[FileToVerify] = []
    for survey in surveys:
        file_to_verify, faults = list_files_to_verify(survey)
        todo += file_to_verify
        findings += faults
        findings += _date_findings(file_to_verify, on) if on else ()
    done = [one for survey in surveys for one in _documents(survey)]
    document_count, total = len(done), len(done) + len(todo)
    report_progress = on_progress or (lambda progress: None)
    with halt.catching_signals():
        report_progress(Progress(document_count, 0, total, None))
        worker_count = jobs or os.cpu_count() or 1
        pool = LocalPool(
            _start_verifying, past_verb="checked", jobs=worker_count, bounds=BOUNDS, interrupt=halt
        )
        for one in todo:
            pool.submit(Task(one.id, one))
        with closing(pool.results()) as batches:
            for batch in batches:
                done += [one.value_or(_failure_result) for one in batch]
                failed = sum(not one.ok for one in done)
                report_progress(Progress(len(done), failed, total, batch[-1].task.id))
    files = sorted(done, key=lambda one: (one.file, one.path))
    findings += [finding for one in files for finding in one.findings]
    return VerifyResult(
        tuple(files),
        tuple(sort_findings(findings)),
        total - len(done),
        time.monotonic() - started_s,
        halt.requested,
    )


def _date_findings(file_to_verify: Sequence[FileToVerify], on: date) -> list[Finding]:
    """Return the findings about embargo, expiry and review dates of a source's files on a day, each once."""
    found = check_release_dates(
        (release_date for one in file_to_verify for release_date in one.asset.release_dates), on
    )
    return [replace(finding, place=Place(file_to_verify[0].source.shown)) for finding in found]


def _documents(survey: SourceContents) -> Iterator[VerifiedFile]:
    """Yield the result for each file of a pack that is not an asset. They are few and small, so no worker is used."""
    for document in survey.documents:
        faults = tuple(check_document(survey.source, document, survey.refused.get(document.path)))
        file, extension = survey.source.reported_file(document.path), document.path.rpartition(".")[2].lower()
        checked, as_built = ((), ()) if faults else ((_BYTES_CHECKED,), ("its text",))
        name = f"{survey.source.shown}/{document.path}"
        yield VerifiedFile(name, document.path, extension, file, checked, as_built, (), faults)


def _start_verifying() -> Callable[[FileToVerify], VerifiedFile]:
    """Initialise a worker: return the function that verifies one file."""
    return verify_one


def _failure_result(file_to_verify: FileToVerify, finding: Finding) -> VerifiedFile:
    """Return the result for a file whose worker crashed or hung."""
    return _result(file_to_verify, None, [finding])


def verify_one(file_to_verify: FileToVerify) -> VerifiedFile:
    """Check one file again. Any error with it becomes a finding."""
    asset, findings = file_to_verify.asset, list[Finding]()
    if asset.stale:
        findings.append(Finding("stale", STALE_TEXT, STALE_HINT, severity=Severity.WARNING))
    try:
        if file_to_verify.refused is not None:
            raise RefusedFile(file_to_verify.refused)
        content = file_to_verify.source.read(asset.path, asset.bytes)
    except FileNotFoundError:
        text = f"{asset.path} is in the manifest but does not exist"
        return _result(file_to_verify, None, [*findings, Finding("missing-file", text, "build it again")])
    except (RefusedFile, OSError) as error:
        text = f"{asset.path} cannot be read: {getattr(error, 'strerror', None) or error}"
        return _result(file_to_verify, None, [*findings, Finding("unsafe-file", text, COPY_AGAIN_HINT)])
    again = None
    try:
        findings += _changed_content(content, asset)
        again = recheck_file(content, asset.spec, asset.regions, asset.measured)
    except AssetgenError as error:
        findings += error.findings
    except MemoryError:
        findings.append(Finding("worker", "the process ran out of memory", ONE_PROCESS_HINT))
    except Exception as error:  # noqa: BLE001  an error in one file must not affect the others
        findings.append(unexpected_error("worker", "the preflight checks failed unexpectedly", error))
    return _result(file_to_verify, again, findings)


def _result(
    file_to_verify: FileToVerify, again: RecheckResult | None, findings: Iterable[Finding]
) -> VerifiedFile:
    """Return the result for a file, with each finding placed at the file."""
    asset, file = file_to_verify.asset, file_to_verify.source.reported_file(file_to_verify.asset.path)
    all_findings = (*findings, *(again.findings if again else ()))
    placed = tuple(replace(finding, place=Place(file), asset=asset.id) for finding in all_findings)
    if again is None or any(finding.is_error for finding in all_findings):
        return VerifiedFile(asset.id, asset.path, asset.spec.format, file, (), (), (), placed)
    checked = (_BYTES_CHECKED, *again.checked)
    return VerifiedFile(
        asset.id, asset.path, asset.spec.format, file, checked, again.assumed, again.not_checked, placed
    )


def _changed_content(content: bytes, asset: FinishedAsset) -> Iterator[Finding]:
    """Yield a finding if the bytes or the pixels of a file differ from its manifest entry."""
    if len(content) != asset.bytes:
        text = f"it has {len(content):,} bytes; the manifest says {asset.bytes:,}"
        yield Finding("file-altered", text, UNCHANGED_HINT)
    elif hashlib.sha256(content).hexdigest() != asset.sha256:
        yield Finding("file-altered", ALTERED_TEXT, UNCHANGED_HINT)
    elif asset.spec.format == "png" and not _has_pixels(content, asset.pixel_sha256):
        yield Finding("file-altered", "its pixels differ from those that were checked", UNCHANGED_HINT)


def _has_pixels(content: bytes, sha256: str | None) -> bool:
    """Return whether a PNG has these pixels. Other formats decode slightly differently on each machine.

    A picture that cannot be decoded or is too large returns True, because the preflight checks report it.
    """
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
            too_large = picture.width * picture.height > MAX_PIXELS
            return too_large or picture_sha256(picture) == sha256
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return True
