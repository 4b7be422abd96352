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

from assetgen.building.build_cache import BuildCache, CachedFile, CheckVerdict
from assetgen.building.fingerprint import (
    CampaignHashes,
    FileHashes,
    Versions,
    campaign_values,
    render_inputs,
    value_fingerprint,
)
from assetgen.building.output_dir import BUG_HINT, raising_machine_error
from assetgen.errors import AssetgenError, MachineError
from assetgen.findings import Finding, Place
from assetgen.manifest.entry import Entry, is_plain_path
from assetgen.manifest.manifest_file import write_synced
from assetgen.rendering.engine.machine import machine_finding, missing_package
from assetgen.rendering.rendered_file import RenderedFile

if TYPE_CHECKING:
    from assetgen.loading.model import CampaignModel
    from assetgen.planning.asset import Asset

RenderFunction = Callable[["Asset"], RenderedFile]
Findings = tuple[Finding, ...]
_Regions = tuple[Mapping[str, Any], ...]
# Finding codes whose cause is a rule of the channel rather than the copy or the template.
_CHANNEL_CODES = frozenset({"weight", "size", "qr-too-small"})
# Roles whose content comes from the partner's file, so that their findings point there.
_PARTNER_ROLES = frozenset({"partner", "imprint", "logo", "local"})

_temp_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class RenderOutcome:
    """The result of building one asset.

    Attributes:
        asset_id: the asset.
        entry: its manifest entry; None if it failed.
        temp: the name of its file in ``tmp``. A file without an entry failed a preflight check.
        findings: its findings.
        render_inputs: the files that rendering opened.
        is_from_cache: whether the file comes from the build cache.
    """

    asset_id: str
    entry: Entry | None
    temp: str | None
    findings: tuple[Finding, ...]
    render_inputs: FileHashes = ()
    is_from_cache: bool = False

    @classmethod
    def failure(cls, asset_id: str, findings: Iterable[Finding]) -> RenderOutcome:
        """Return the outcome of an asset without a file."""
        return cls(asset_id, None, None, tuple(finding.for_asset(asset_id) for finding in findings))

    @classmethod
    def from_failure(cls, asset: Asset, finding: Finding) -> RenderOutcome:
        """Return the outcome of an asset whose worker crashed or hung."""
        return cls.failure(asset.id, [finding])


def start_rendering(start: Callable[[], RenderFunction], tmp: Path) -> Callable[[Asset], RenderOutcome]:
    """Return the function that builds one asset. This is the initialiser of a worker. Raises MachineError."""
    return partial(render_to_tmp, start_renderer(start), tmp)


def start_renderer(start: Callable[[], RenderFunction]) -> RenderFunction:
    """Return a renderer. Raises MachineError if it cannot start, since then no asset can be rendered."""
    try:
        return start()
    except AssetgenError as error:
        raise MachineError(error.findings) from error
    except (Exception, SystemExit) as error:
        fault = machine_finding(error) or unexpected_error("machine", "the renderer could not start", error)
        raise MachineError(fault) from error


def render_to_tmp(render: RenderFunction, tmp: Path, asset: Asset) -> RenderOutcome:
    """Build one asset and write its file to ``tmp``. Any error with the asset becomes a finding of its outcome.

    Raises MachineError if ``tmp`` cannot be written or a package is missing, since that affects every asset; and
    MemoryError, after which this process is unreliable.
    """
    if not is_plain_path(asset.path):
        text = f"{asset.path!r} is not a path below the output folder"
        return RenderOutcome.failure(
            asset.id, [Finding("unsafe-file", text, hint="this is a bug in assetgen: please report it")]
        )
    if asset.faults:
        return RenderOutcome.failure(asset.id, asset.faults)
    try:
        rendered = render(asset)
        if rendered.content is None:
            return RenderOutcome.failure(asset.id, rendered.findings or [_empty_result()])
        is_sound = not any(finding.is_error for finding in rendered.findings)
        entry = Entry.of(asset, rendered, rendered.content) if is_sound else None
    except (MachineError, MemoryError):
        raise
    except AssetgenError as error:
        return RenderOutcome.failure(asset.id, error.findings)
    except (Exception, SystemExit) as error:
        if isinstance(error, ImportError) and (missing := missing_package(error)):
            raise MachineError(missing) from error
        return RenderOutcome.failure(
            asset.id, [unexpected_error("worker", "rendering failed unexpectedly", error)]
        )
    findings = tuple(finding.for_asset(asset.id) for finding in rendered.findings)
    drawn = render_inputs(rendered.inputs, rendered.absent_inputs)
    return RenderOutcome(
        asset.id, entry, _write_temp(tmp, rendered.content), findings, drawn, rendered.is_cached
    )


def _write_temp(tmp: Path, content: bytes) -> str:
    """Write the bytes to a new file in ``tmp``, wait for the disk, and return its name."""
    name = f"{os.getpid()}-{next(_temp_numbers)}"
    with raising_machine_error("write a finished file"):
        write_synced(tmp / name, content, "xb")
    return name


def unexpected_error(code: str, what: str, error: BaseException) -> Finding:
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

    ``assetgen_folder`` is the folder for the renderer's own files. If ``cache`` is None, nothing is cached. With
    ``force`` every asset is rendered, even if it is in the cache.
    """

    def __init__(
        self,
        campaign: CampaignModel,
        versions: Versions,
        assetgen_folder: Path,
        cache: BuildCache | None,
        *,
        force: bool,
    ) -> None:
        self._campaign, self._versions, self._cache_folder = campaign, versions, assetgen_folder
        self._cache, self._force = cache, force
        self._reads = CampaignHashes.of(campaign)

    @cached_property
    def _render(self) -> RenderFunction:
        """Return the renderer, which is started on first use."""
        from assetgen.rendering.renderer import Renderer

        return start_renderer(partial(Renderer, self._campaign, self._cache_folder))

    def __call__(self, asset: Asset) -> RenderedFile:
        """Render an asset or take it from the cache; return it with its preflight findings. Raises MachineError."""
        fingerprint = value_fingerprint(asset, campaign_values(asset, self._campaign))
        renderer_version, checks_version = self._versions.renderer, self._versions.checks
        cached = None
        if self._cache and not self._force:
            cached = self._cache.find(fingerprint, renderer_version, self._reads)
        rendered = _made_from_cache(asset, cached) if cached else self._render(asset)
        if rendered.content is None:
            return rendered
        verdict = cached.verdict if cached else None
        if verdict is None or verdict.checks_version != checks_version:
            verdict = CheckVerdict(checks_version, *check_rendered(asset, rendered))
            # Do not cache a file with rendering findings: they point at places in today's sources, which may move.
            if self._cache and not rendered.findings:
                drawn = render_inputs(rendered.inputs, rendered.absent_inputs)
                to_cache = CachedFile(
                    drawn, rendered.content, rendered.page, rendered.pixel_sha256, rendered.measured, verdict
                )
                with raising_machine_error("write the build cache"):
                    self._cache.add(fingerprint, renderer_version, to_cache)
        return with_verdict(asset, rendered, verdict.findings, verdict.regions)


def _made_from_cache(asset: Asset, cached: CachedFile) -> RenderedFile:
    return RenderedFile(
        asset_id=asset.id,
        content=cached.content,
        pixel_sha256=cached.pixel_sha256,
        measured=cached.measured,
        findings=(),
        inputs={name: sha256 for name, sha256 in cached.dependencies if sha256 is not None},
        page=cached.page,
        absent_inputs=frozenset(name for name, sha256 in cached.dependencies if sha256 is None),
        is_cached=True,
    )


def check_rendered(asset: Asset, rendered: RenderedFile) -> tuple[Findings, _Regions]:
    """Run the preflight checks on a rendered file; return findings without a source place, and detected regions."""
    # Imported here, so that a build that finds everything in the cache does not load the checks.
    from assetgen.preflight.checks import check_file

    assert rendered.content is not None, "the caller has checked that there is a file"
    result = check_file(rendered.content, rendered.page, asset.spec, rendered.measured)
    return result.findings, tuple(region.as_dict() for region in result.regions)


def with_verdict(asset: Asset, rendered: RenderedFile, findings: Findings, marks: _Regions) -> RenderedFile:
    """Return a rendered file with its preflight findings, each with its place in today's sources."""
    placed = [replace(finding, place=find_cause(asset, rendered, finding)) for finding in findings]
    all_findings = dict.fromkeys(finding.for_asset(asset.id) for finding in (*rendered.findings, *placed))
    return replace(rendered, findings=tuple(all_findings), regions=marks)


def find_cause(asset: Asset, rendered: RenderedFile, finding: Finding) -> Place:
    """Return the place in the campaign's files at which to fix a finding.

    A finding that has a place keeps it. Otherwise it is the partner's file for ``_PARTNER_ROLES``, the copy if its type
    is too small, the channel for ``_CHANNEL_CODES``, and the template for all other findings.
    """
    if finding.place.file is not None:
        return finding.place
    if finding.role in _PARTNER_ROLES:
        return asset.places["partner"]
    tier = rendered.measured.get("tier")
    copy_places = next((words.places for words in asset.copy_sets if words.name == tier), {})
    if finding.code == "type-small" and (role := finding.role or "") in copy_places:
        return copy_places[role]
    order = ("channel", "template") if finding.code in _CHANNEL_CODES else ("template", "channel")
    return next((asset.places[key] for key in (*order, "partner") if key in asset.places), finding.place)
