"""One task of a build: render an asset or take it from the build cache, check it, and write it to a temporary file.

The worker writes the file to ``out/.assetgen/tmp`` and hashes it. It returns only the file's name and its line for the
manifest, so the parent needs little memory and time per asset. Only the parent changes ``out/`` itself.

The renderer starts when the first asset has to be rendered. A build that finds everything in the cache never starts it.
"""

from __future__ import annotations

import itertools
import os
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetgen.building.build_cache import Kept, Store, StoredVerdict
from assetgen.building.fingerprint import Drawn, Reads, Versions, drawn_from, drawn_with, recipe_digest
from assetgen.building.output_dir import BUG_HINT, stopping_the_build
from assetgen.errors import AssetgenError, MachineError
from assetgen.findings import Finding, Place
from assetgen.manifest.entry import Entry, is_plain_path
from assetgen.manifest.manifest_file import write_through
from assetgen.rendering.engine.machine import fault_of_machine, missing_package
from assetgen.rendering.rendered_file import Made

if TYPE_CHECKING:
    from assetgen.loading.model import Campaign
    from assetgen.planning.asset import Asset

Render = Callable[["Asset"], Made]
Findings = tuple[Finding, ...]
_Regions = tuple[Mapping[str, Any], ...]
# Finding codes whose cause is a rule of the channel rather than the copy or the template.
_CHANNEL_CODES = frozenset({"weight", "size", "qr-too-small"})
# Roles whose content comes from the partner's file, so that their findings point there.
_PARTNER_ROLES = frozenset({"partner", "imprint", "logo", "local"})

_temp_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of building one asset.

    Attributes:
        asset_id: the asset.
        entry: its manifest entry; None if it failed.
        temp: the name of its file in ``tmp``. A file without an entry failed a preflight check.
        findings: its findings.
        drawn: the files that rendering opened.
        is_kept: whether the file comes from the build cache.
    """

    asset_id: str
    entry: Entry | None
    temp: str | None
    findings: tuple[Finding, ...]
    drawn: Drawn = ()
    is_kept: bool = False

    @classmethod
    def failure(cls, asset_id: str, findings: Iterable[Finding]) -> Outcome:
        """Return the outcome of an asset without a file."""
        return cls(asset_id, None, None, tuple(finding.for_asset(asset_id) for finding in findings))

    @classmethod
    def lost(cls, asset: Asset, finding: Finding) -> Outcome:
        """Return the outcome of an asset whose worker crashed or hung."""
        return cls.failure(asset.id, [finding])


def start_rendering(start: Callable[[], Render], tmp: Path) -> Callable[[Asset], Outcome]:
    """Return the function that builds one asset. This is the initialiser of a worker. Raises MachineError."""
    return partial(render_to_tmp, start_renderer(start), tmp)


def start_renderer(start: Callable[[], Render]) -> Render:
    """Return a renderer. Raises MachineError where it cannot start, since then no asset can be rendered."""
    try:
        return start()
    except AssetgenError as error:
        raise MachineError(error.findings) from error
    except (Exception, SystemExit) as error:
        fault = fault_of_machine(error) or unexpected("machine", "the renderer could not start", error)
        raise MachineError(fault) from error


def render_to_tmp(render: Render, tmp: Path, asset: Asset) -> Outcome:
    """Build one asset and write its file to ``tmp``. Any error with the asset becomes a finding of its outcome.

    Raises MachineError where ``tmp`` cannot be written or a package is missing, since that affects every asset; and
    MemoryError, after which this process is unreliable.
    """
    if not is_plain_path(asset.path):
        text = f"{asset.path!r} is not a path below the output folder"
        return Outcome.failure(
            asset.id, [Finding("unsafe-file", text, hint="this is a bug in assetgen: please report it")]
        )
    if asset.faults:
        return Outcome.failure(asset.id, asset.faults)
    try:
        made = render(asset)
        if made.content is None:
            return Outcome.failure(asset.id, made.findings or [_empty_result()])
        is_sound = not any(finding.is_error for finding in made.findings)
        entry = Entry.of(asset, made, made.content) if is_sound else None
    except (MachineError, MemoryError):
        raise
    except AssetgenError as error:
        return Outcome.failure(asset.id, error.findings)
    except (Exception, SystemExit) as error:
        if isinstance(error, ImportError) and (missing := missing_package(error)):
            raise MachineError(missing) from error
        return Outcome.failure(asset.id, [unexpected("worker", "rendering failed unexpectedly", error)])
    findings = tuple(finding.for_asset(asset.id) for finding in made.findings)
    drawn = drawn_from(made.inputs, made.sought)
    return Outcome(asset.id, entry, _write_temp(tmp, made.content), findings, drawn, made.is_kept)


def _write_temp(tmp: Path, content: bytes) -> str:
    """Write the bytes to a new file in ``tmp``, wait for the disk, and return its name."""
    name = f"{os.getpid()}-{next(_temp_numbers)}"
    with stopping_the_build("write a finished file"):
        write_through(tmp / name, content, "xb")
    return name


def unexpected(code: str, what: str, error: BaseException) -> Finding:
    """Return the finding for an unexpected exception: its type, its message and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    where = (
        f" (raised in {os.path.basename(frames[-1].filename)}, line {frames[-1].lineno})" if frames else ""
    )
    message = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Finding(code, f"{what}: {message}", hint=f"{BUG_HINT}{where}")


def _empty_result() -> Finding:
    return Finding(
        "worker",
        "the renderer returned neither a file nor a finding",
        hint="this is a bug in assetgen: please report it",
    )


class CheckedRenderer:
    """The renderer of one process, with the build cache and the preflight checks.

    ``own`` is the folder for the renderer's own files. Without a ``store`` nothing is cached; with ``force`` everything
    is rendered.
    """

    def __init__(
        self, campaign: Campaign, versions: Versions, own: Path, store: Store | None, *, force: bool
    ) -> None:
        self._campaign, self._versions, self._own = campaign, versions, own
        self._store, self._force = store, force
        self._reads = Reads.of(campaign)

    @cached_property
    def _render(self) -> Render:
        """The renderer, started on first use."""
        from assetgen.rendering.renderer import Renderer

        return start_renderer(partial(Renderer, self._campaign, self._own))

    def __call__(self, asset: Asset) -> Made:
        """Return a finished file with the findings of its preflight checks. Raises MachineError."""
        recipe = recipe_digest(asset, drawn_with(asset, self._campaign))
        draws, proves = self._versions.draws, self._versions.proves
        cached = None
        if self._store and not self._force:
            cached = self._store.find(recipe, draws, self._reads)
        made = _made_from_cache(asset, cached) if cached else self._render(asset)
        if made.content is None:
            return made
        verdict = cached.word if cached else None
        if verdict is None or verdict.proves != proves:
            verdict = StoredVerdict(proves, *word_on(asset, made))
            # Do not cache a file with rendering findings: they point at places in today's sources, which may move.
            if self._store and not made.findings:
                drawn = drawn_from(made.inputs, made.sought)
                to_cache = Kept(drawn, made.content, made.page, made.pixel_sha256, made.measured, verdict)
                with stopping_the_build("write the build cache"):
                    self._store.keep(recipe, draws, to_cache)
        return with_word(asset, made, verdict.findings, verdict.marks)


def _made_from_cache(asset: Asset, cached: Kept) -> Made:
    return Made(
        asset_id=asset.id,
        content=cached.content,
        pixel_sha256=cached.pixel_sha256,
        measured=cached.measured,
        findings=(),
        inputs={name: sha256 for name, sha256 in cached.drawn if sha256 is not None},
        page=cached.page,
        sought=frozenset(name for name, sha256 in cached.drawn if sha256 is None),
        is_kept=True,
    )


def word_on(asset: Asset, made: Made) -> tuple[Findings, _Regions]:
    """Run the preflight checks on a rendered file; return findings without a source place, and detected regions."""
    # Imported here, so that a build that finds everything in the cache does not load the checks.
    from assetgen.preflight.checks import prove

    assert made.content is not None, "the caller has checked that there is a file"
    proof = prove(made.content, made.page, asset.spec, made.measured)
    return proof.findings, tuple(region.as_dict() for region in proof.regions)


def with_word(asset: Asset, made: Made, findings: Findings, marks: _Regions) -> Made:
    """Return a rendered file with its preflight findings, each at its cause in today's sources."""
    placed = [replace(finding, place=cause(asset, made, finding)) for finding in findings]
    all_findings = dict.fromkeys(finding.for_asset(asset.id) for finding in (*made.findings, *placed))
    return replace(made, findings=tuple(all_findings), regions=marks)


def cause(asset: Asset, made: Made, finding: Finding) -> Place:
    """Return the place in the campaign's files that causes a finding: the copy's where known, else the template's.

    The partner's or the channel's file for the roles and codes that depend on them.
    """
    if finding.place.file is not None:
        return finding.place
    if finding.role in _PARTNER_ROLES:
        return asset.places["partner"]
    tier = made.measured.get("tier")
    copy_places = next((words.places for words in asset.word_sets if words.name == tier), {})
    if finding.code == "type-small" and (role := finding.role or "") in copy_places:
        return copy_places[role]
    order = ("channel", "template") if finding.code in _CHANNEL_CODES else ("template", "channel")
    return next((asset.places[key] for key in (*order, "partner") if key in asset.places), finding.place)
