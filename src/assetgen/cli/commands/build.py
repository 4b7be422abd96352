"""``assetgen build`` and ``assetgen qr``: build missing and outdated assets, show progress, print a summary."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from assetgen.cli import INTERRUPTED, MACHINE, NOTHING_PLANNED
from assetgen.cli.session import (
    INTERRUPTED_MESSAGE,
    WAITING,
    Form,
    Format,
    Out,
    Session,
    Strict,
    exit_code,
    include_input_errors,
    jobs_option,
    promote_warnings,
    read_counts,
    resolve_output_folder,
    show_progress,
    table,
    with_selection,
    zero_counts,
)
from assetgen.errors import AssetgenError
from assetgen.findings import Finding, sort_findings

if TYPE_CHECKING:
    from assetgen.building.pipeline import BuildOptions, FolderBuild
    from assetgen.building.rebuild_reasons import BuildPreview
    from assetgen.manifest.entry import FinishedAsset
    from assetgen.planning.selection import Selection
    from assetgen.releases.lockfile import Lockfile


def preview_as_dict(preview: BuildPreview, findings: list[Finding]) -> dict[str, Any]:
    """Return the preview of a build as plain values, for the JSON report.

    ``make`` maps each asset to its rebuild reason; ``new`` lists those that were never built.
    """
    return {
        "make": preview.reasons,
        "new": sorted(preview.new),
        "remove": preview.removed,
        "kept": list(preview.up_to_date),
        "findings": [finding.as_dict() for finding in sort_findings(findings)],
    }


def print_preview(session: Session, preview: BuildPreview) -> None:
    """Print a line for each asset to build and each file to remove; with ``--verbose`` also for each kept file."""
    for asset_id, reason in preview.reasons.items():
        is_new = asset_id in preview.new
        session.out.print(f"new      {asset_id}" if is_new else f"changed  {asset_id}: {reason}")
    for path in preview.removed:
        session.out.print(f"removed  {path}")
    if session.verbose and not session.quiet:
        for asset_id in preview.up_to_date:
            session.out.print(f"kept     {asset_id}")
    if not session.quiet:
        changed = len(preview.reasons) - len(preview.new)
        removed, kept = len(preview.removed), len(preview.up_to_date)
        counts = f"{len(preview.new)} new, {changed} changed, {removed} removed, {kept} kept"
        session.err.print(f"{counts}; dry run: no files changed")


# The sources of a campaign besides the brand's folder.
SOURCES = frozenset({"campaign.yaml", "partners", "templates"})
# Files that editors and Python write beside the sources. Vim creates a file 4913 to test whether it may write.
TEMPORARY_SUFFIXES = ("~", "#", ".swp", ".swx", ".tmp", ".bak")
TEMPORARY_NAMES = frozenset({"4913", "__pycache__"})


class SourceFilter:
    """Decides whether a saved file can change the build. Used as the ``watch_filter`` of watchfiles."""

    def __init__(self, root: Path, out: Path) -> None:
        """Create a filter for a campaign folder and an output folder, which may be inside it."""
        from assetgen.loading.yaml.brand_folder import brand_folder

        self.root = Path(os.path.realpath(root))
        self.brand = Path(os.path.realpath(root / brand_folder(root)))
        self._out = Path(os.path.realpath(out))

    @property
    def folders(self) -> tuple[Path, ...]:
        """Return the folders to watch: the campaign, and its shared brand if it has one."""
        return (self.root,) if self.brand.is_relative_to(self.root) else (self.root, self.brand)

    def __call__(self, change: object, path: str) -> bool:
        """Return whether a path is a source file of the campaign: not hidden, temporary or in the output folder."""
        saved = Path(path)
        if saved.is_relative_to(self._out):
            return False
        if saved.is_relative_to(self.brand):
            return not any(map(_is_temporary, saved.relative_to(self.brand).parts))
        if not saved.is_relative_to(self.root):
            return False
        parts = saved.relative_to(self.root).parts
        return bool(parts) and parts[0] in SOURCES and not any(map(_is_temporary, parts))


def _is_temporary(name: str) -> bool:
    """Return whether a file or folder of this name is hidden, or was written by an editor."""
    return name.startswith(".") or name.endswith(TEMPORARY_SUFFIXES) or name in TEMPORARY_NAMES


RESULT, BYTES = "result", "bytes"


class BuildCommand(TyperCommand):
    """The ``build`` command. ``--frozen`` may have a value or none, which Typer itself does not support."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments, with ``--frozen`` written out as ``--frozen=result``."""
        return super().parse_args(
            ctx, [f"--frozen={RESULT}" if word == "--frozen" else word for word in args]
        )


def accepted_build(session: Session) -> Lockfile:
    """Read the lockfile. Raises CampaignError if it is missing or unreadable."""
    from assetgen.releases.lockfile import LOCKFILE_NAME
    from assetgen.releases.lockfile_checks import read_lockfile

    session.require_folder()
    return read_lockfile(session.folder / LOCKFILE_NAME)


def differences_from_lockfile(
    lock: Lockfile, out: Path, chosen: Selection, how: str, *, is_shard: bool, session: Session
) -> list[Finding]:
    """Return the differences between the lockfile and the build that has just ended.

    ``how`` is ``result`` or ``bytes``; with ``is_shard`` the build covers only a part of the campaign.
    """
    from assetgen.planning.selection import EVERYTHING
    from assetgen.releases.lockfile_checks import LockComparisonMode, compare_with_lockfile

    is_narrowed = is_shard or chosen != EVERYTHING
    comparison = compare_with_lockfile(
        lock, out, chosen.selects, is_partial=is_narrowed, mode=LockComparisonMode(how)
    )
    if not session.quiet:
        session.err.print(f"{comparison.compared} assets compared with assetgen.lock")
    return list(comparison.findings)


# The number of rejected files that are listed; the rest are only counted.
MAX_REJECTED = 10


@with_selection
def build(
    context: typer.Context,
    chosen: Selection,
    out: Out = None,
    jobs: Annotated[int | None, jobs_option("render")] = None,
    force: Annotated[bool, typer.Option("--force", help="Rebuild everything selected.")] = False,
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast", help="Stop at the first asset that fails.")
    ] = False,
    guides: Annotated[
        bool,
        typer.Option(
            "--guides",
            help="Also write pictures with the safe areas and panel joins drawn in, to .assetgen/guides/.",
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Only list new, changed and removed assets (with -v also kept ones)."),
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Print why each asset is rebuilt.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Keep running, and build again when a file is saved.")
    ] = False,
    frozen: Annotated[
        str | None,
        typer.Option(
            "--frozen",
            metavar="[=bytes]",
            help="Fail if the result differs from assetgen.lock. "
            "=bytes requires equal bytes, even from a different renderer.",
        ),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(
            "--shard", metavar="I/N", help="Build only shard I of N. assetgen merge joins the shards."
        ),
    ] = None,
    form: Form = "text",
    strict: Strict = False,
) -> None:
    """Build missing and outdated assets into out/.

    An asset is rebuilt when one of its inputs, the renderer or a preflight check changes; --explain prints the reason.
    Finished files are cached in .assetgen/store and shared between branches. A selection (-p -c -M -m -t -l) limits
    what is built; all other files stay. A fault in one partner, message or template does not stop the others, but the
    exit code is then 1.
    """
    incompatible = {"--watch": watch, "--guides": guides, "--frozen": frozen, "--shard": shard}
    if dry_run and (option := next((name for name, is_given in incompatible.items() if is_given), None)):
        raise typer.BadParameter(f"--dry-run cannot be combined with {option}", context)
    if frozen not in (None, RESULT, BYTES):
        raise typer.BadParameter(f"--frozen={frozen} is not valid: write --frozen or --frozen=bytes", context)
    from assetgen.building.pipeline import BuildOptions
    from assetgen.manifest.shards import Shard

    session: Session = context.obj
    options = BuildOptions(
        jobs, force=force, fail_fast=fail_fast, shard=Shard.parse(shard) if shard is not None else None
    )
    output = _OutputOptions(form, strict=strict, explain=explain, guides=guides)
    run = _BuildRun(session, chosen, resolve_output_folder(session, out), options, output, frozen)
    if dry_run:
        raise typer.Exit(run.dry())
    if watch:
        raise typer.Exit(run.watch())
    raise typer.Exit(run.once())


@dataclass(frozen=True, slots=True)
class _OutputOptions:
    """The options for the report, and whether to draw guides."""

    form: Format
    strict: bool
    explain: bool
    guides: bool


@dataclass(frozen=True, slots=True)
class _BuildRun:
    """One run of the command."""

    session: Session
    chosen: Selection
    out: Path
    options: BuildOptions
    output: _OutputOptions
    frozen: str | None

    def once(self) -> int:
        """Build once; return the exit code."""
        from assetgen.building.pipeline import build_folder

        self.session.require_folder()
        lock = accepted_build(self.session) if self.frozen else None
        with show_progress(self.session, "building") as show:
            options = replace(
                self.options,
                on_progress=lambda at: show(at.done, at.total, at.asset_id),
                on_wait=lambda: self.session.err.print(WAITING),
            )
            done = build_folder(self.session.folder, self.session.load, self.chosen, self.out, options)
        if self.output.explain and self.output.form == "text":
            for asset_id, reason in done.result.reasons.items():
                self.session.out.print(f"{asset_id}: {reason}")
        differing: list[Finding] = []
        if lock is not None and self.frozen and not done.result.interrupted:
            differing = differences_from_lockfile(
                lock,
                self.out,
                self.chosen,
                self.frozen,
                is_shard=self.options.shard is not None,
                session=self.session,
            )
        code = self._report(done, differing)
        return self._draw_guides(code) if self.output.guides else code

    def _report(self, done: FolderBuild, differing: list[Finding]) -> int:
        result = done.result
        findings = promote_warnings([*done.findings, *result.findings, *differing], strict=self.output.strict)
        counts = read_counts("build", result)
        attempted = [*result.built_ids, *result.failed_ids]
        self.session.print_report(findings, self.output.form, "build", counts, assets=attempted)
        if self.output.form == "text" and not self.session.quiet:
            self._summary(done, counts)
        if result.interrupted:
            self.session.err.print(INTERRUPTED_MESSAGE)
            return INTERRUPTED
        errors = {finding.code for finding in result.findings if finding.is_error}
        if result.built == 0 and errors == {"machine"}:
            return MACHINE
        return exit_code(findings)

    def _summary(self, done: FolderBuild, counts: dict[str, object]) -> None:
        """Print a table of the built assets by partner and medium, and the totals."""
        result, failed = done.result, set(done.result.failed_ids)
        mediums = sorted({medium for _, medium in done.partner_and_medium.values()})
        built_table = table("partner", *mediums, "failed", right=(*mediums, "failed"))
        for partner in sorted({partner for partner, _ in done.partner_and_medium.values()}):
            own = {
                asset_id: medium
                for asset_id, (owner, medium) in done.partner_and_medium.items()
                if owner == partner
            }
            built = Counter(medium for asset_id, medium in own.items() if asset_id not in failed)
            cells = [str(built[medium] or "") for medium in mediums]
            built_table.add_row(partner, *cells, str(len(failed & own.keys()) or ""))
        if done.partner_and_medium:
            self.session.err.print(built_table)
        totals = ", ".join(
            f"{counts[key]} {key}" for key in ("built", "cached", "failed", "skipped", "removed")
        )
        totals += f", {result.unreached} not reached" if result.unreached else ""
        self.session.out.print(f"{totals} in {result.seconds:.1f} s: {self.out.as_posix()}")
        if result.failed:
            stale = (self.out / ".assetgen/stale").as_posix()
            self.session.err.print(
                f"failed assets are not in the output; their old files, if any, are in {stale}/"
            )
            for path in result.rejected[:MAX_REJECTED]:
                self.session.err.print(f"rejected by a preflight check: {path}")
            if len(result.rejected) > MAX_REJECTED:
                self.session.err.print(f"… and {len(result.rejected) - MAX_REJECTED} more in the same folder")
        elif result.built and not self.session.quiet:
            self.session.err.print("to see all assets on one page, run: assetgen gallery")

    def dry(self) -> int:
        """Print what a build would do, and why; change nothing. Return the exit code."""
        from assetgen.building.incremental import read_and_plan, selected_ids
        from assetgen.building.rebuild_reasons import preview_build

        loaded, plan = read_and_plan(self.session.load)
        chosen = selected_ids(self.chosen, loaded, plan)
        changes = preview_build(loaded.campaign, plan, chosen, self.out, force=self.options.force)
        findings = promote_warnings([*loaded.findings, *changes.findings], strict=self.output.strict)
        if self.output.form == "json":
            typer.echo(json.dumps(preview_as_dict(changes, findings), indent=1))
            return exit_code(findings)
        self.session.print_report(findings, self.output.form, "build", {})
        if self.output.form == "text":
            print_preview(self.session, changes)
        return exit_code(findings)

    def watch(self) -> int:
        """Build, then build again whenever a source file is saved, until Ctrl-C. Return the last exit code."""
        from watchfiles import watch as changes

        self.session.require_folder()
        sources = SourceFilter(self.session.folder, self.out)
        code = self._once_or_findings()
        if code == INTERRUPTED:
            return code
        self.session.err.print("watching for changes; press Ctrl-C to stop")
        # With raise_interrupt, Ctrl-C while waiting raises KeyboardInterrupt; watchfiles would print its own message.
        for changed in changes(*sources.folders, watch_filter=sources, raise_interrupt=True):
            names = sorted({Path(name).name for _, name in changed})
            self.session.err.print(f"changed: {', '.join(names[:5])}")
            code = self._once_or_findings()
            # Ctrl-C during a build ends the build; it must also end the watch.
            if code == INTERRUPTED:
                break
        return code

    def _once_or_findings(self) -> int:
        """Build once. Report a campaign that cannot be read, so that the watch continues."""
        try:
            return self.once()
        except AssetgenError as error:
            self.session.print_report(error.findings, self.output.form, "build", zero_counts("build"))
            return NOTHING_PLANNED

    def _draw_guides(self, code: int) -> int:
        """Draw the guides of the built assets; return ``code``, or MACHINE instead of 0 if that fails.

        The report has already been printed, so an error here goes to standard error in every format.
        """
        from assetgen.cli.report import print_findings
        from assetgen.gallery.gallery_pictures import draw_guides
        from assetgen.manifest.entry import read_finished
        from assetgen.manifest.manifest_file import MANIFEST_NAME, Manifest
        from assetgen.rendering.engine.machine import os_error_finding

        manifest = Manifest.parse((self.out / MANIFEST_NAME).read_bytes())
        assets, _ = manifest.read(read_finished)
        folder = self.session.folder / ".assetgen" / "guides"
        try:
            drawn = draw_guides(self.out, filter(self._is_chosen, assets), folder)
        except OSError as error:
            print_findings(self.session.err, [os_error_finding(error)])
            return code or MACHINE
        if not self.session.quiet:
            self.session.err.print(f"{len(drawn)} guides: {folder.as_posix()}")
        return code

    def _is_chosen(self, asset: FinishedAsset) -> bool:
        """Return whether the selection includes an asset of the manifest."""
        from assetgen.loading.channels import matches

        return all(
            not globs
            or any(
                matches(glob, str(getattr(asset, kind)), asset.medium if kind == "channel" else None)
                for glob in globs
            )
            for kind, globs in self.chosen.globs_by_kind()
        )


def qr(
    context: typer.Context,
    partner: Annotated[str, typer.Argument(metavar="PARTNER", help="A partner id, or a glob for several.")],
    out: Out = None,
    form: Form = "text",
) -> None:
    """Write a partner's QR codes as SVG, PDF and PNG.

    SVG and PDF are for print, PNG is for screens. Each code includes its quiet zone.
    """
    from assetgen.building.pipeline import build as build_campaign
    from assetgen.planning.planner import plan_assets
    from assetgen.planning.selection import Selection

    session: Session = context.obj
    folder = resolve_output_folder(session, out)
    loaded = session.load()
    plan = plan_assets(loaded.campaign)
    chosen = Selection(partner=(partner,), medium=("qr",))
    with include_input_errors(loaded.findings):
        result = build_campaign(loaded.campaign, plan=plan, selection=chosen, out=folder, jobs=1)
    input_errors = [finding for finding in loaded.findings if finding.is_error]
    findings = [*input_errors, *result.findings]
    session.print_report(findings, form, "qr", read_counts("qr", result), assets=result.built_ids)
    if form == "text":
        absent = (result.reasons.keys() - set(result.built_ids)) | set(result.failed_ids)
        for asset in plan.assets:
            if chosen.selects(asset) and asset.id not in absent:
                session.out.print(f"{(folder / asset.path).as_posix()}  {asset.spec.link}")
    raise session.exit_for(findings, INTERRUPTED_MESSAGE if result.interrupted else None)
