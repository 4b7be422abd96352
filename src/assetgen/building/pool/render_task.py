"""One task of a build: render an asset, check it, and write it whole into ``out/.assetgen/tmp``.

The bytes do not travel: the worker writes and hashes them, and hands back the file's name and the line
for the manifest. So the parent stays light with any number of workers, and only it touches ``out/``.
"""

from __future__ import annotations

import itertools
import os
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen.building.fingerprint import Drawn, drawn_from
from assetgen.building.output_dir import stopping_the_build
from assetgen.errors import AssetgenError, MachineError
from assetgen.findings import Finding
from assetgen.manifest.entry import Entry, is_plain_path
from assetgen.rendering.engine.machine import missing_package, refused

if TYPE_CHECKING:
    from assetgen.planning.asset import Asset
    from assetgen.rendering.rendered_file import Made

Render = Callable[["Asset"], "Made"]

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one asset: its entry and its file's name in ``tmp``; its findings.

    A file without an entry was made and did not pass its proof: it is kept, but not in ``out/``. ``drawn`` are
    the files that drawing opened; ``is_kept``: it was made before and kept, not drawn now.
    """

    asset_id: str
    entry: Entry | None
    temp: str | None
    findings: tuple[Finding, ...]
    drawn: Drawn = ()
    is_kept: bool = False

    @classmethod
    def failure(cls, asset_id: str, findings: Iterable[Finding]) -> Outcome:
        """Return the outcome of an asset that was not made."""
        return cls(asset_id, None, None, tuple(finding.for_asset(asset_id) for finding in findings))

    @classmethod
    def lost(cls, asset: Asset, finding: Finding) -> Outcome:
        """Return the outcome of an asset whose worker died or hung."""
        return cls.failure(asset.id, [finding])


def start_rendering(start: Callable[[], Render], tmp: Path) -> Callable[[Asset], Outcome]:
    """Return the work on one asset. The initialiser of a worker that renders. Raises MachineError."""
    return partial(render_to_tmp, start_renderer(start), tmp)


def start_renderer(start: Callable[[], Render]) -> Render:
    """Return a renderer. Raises MachineError where it cannot start: without it no asset can be made."""
    try:
        return start()
    except AssetgenError as error:
        raise MachineError(error.findings) from error
    except (Exception, SystemExit) as error:
        fault = _of_the_machine(error) or unexpected("machine", "the drawing could not be set up", error)
        raise MachineError(fault) from error


def _of_the_machine(error: BaseException) -> Finding | None:
    """Return the finding for a package that is not there, or a folder or disk that refuses; else None."""
    if isinstance(error, ImportError):
        return missing_package(error)
    return refused(error) if isinstance(error, OSError) else None


def render_to_tmp(render: Render, tmp: Path, asset: Asset) -> Outcome:
    """Make one asset; whatever goes wrong with it is a finding of its outcome.

    Raises MachineError where ``tmp`` cannot be written or a package is not there: that stops all the others too; and
    MemoryError, after which this process is good for nothing more.
    """
    if not is_plain_path(asset.path):
        text = f"no path below the output folder: {asset.path!r}"
        return Outcome.failure(asset.id, [Finding("unsafe-file", text, hint="please report this")])
    if asset.faults:
        return Outcome.failure(asset.id, asset.faults)
    try:
        made = render(asset)
        if made.content is None:
            return Outcome.failure(asset.id, made.findings or [_silent()])
        entry = Entry.of(asset, made, made.content) if made.ok else None
    except (MachineError, MemoryError):
        raise
    except AssetgenError as error:
        return Outcome.failure(asset.id, error.findings)
    except ImportError as error:
        missing = missing_package(error)
        if missing is None:
            return Outcome.failure(asset.id, [unexpected("worker", "the drawing broke off", error)])
        raise MachineError(missing) from error
    except (Exception, SystemExit) as error:  # noqa: BLE001  one asset's fault must not cost the others
        return Outcome.failure(asset.id, [unexpected("worker", "the drawing broke off", error)])
    findings = tuple(finding.for_asset(asset.id) for finding in made.findings)
    drawn = drawn_from(made.inputs, made.sought)
    return Outcome(asset.id, entry, _write_whole(tmp, made.content), findings, drawn, made.is_kept)


def _write_whole(tmp: Path, content: bytes) -> str:
    """Write the bytes to a new file in ``tmp``, wait for the disk, and return the file's name."""
    name = f"{os.getpid()}-{next(_numbers)}"
    with stopping_the_build("write a finished file"), (tmp / name).open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return name


def unexpected(code: str, what: str, error: BaseException) -> Finding:
    """Return the finding for an exception that nobody foresaw: its type, its words, the line it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    where = (
        f" (it came from {os.path.basename(frames[-1].filename)}, line {frames[-1].lineno})" if frames else ""
    )
    words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Finding(code, f"{what}: {words}", hint=f"this is a fault in assetgen: please report it{where}")


def _silent() -> Finding:
    return Finding("worker", "the drawing gave no file and no reason", hint="please report this")
