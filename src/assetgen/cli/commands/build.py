"""``assetgen build`` and ``assetgen qr``: build what is missing or out of date, show progress, summarise."""

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
    STOPPED,
    Form,
    Format,
    Out,
    Session,
    Strict,
    built_into,
    counts_of,
    exit_code,
    jobs_option,
    no_counts,
    raised,
    steps,
    table,
    with_input_faults,
    with_selection,
)
from assetgen.errors import AssetgenError
from assetgen.findings import Finding, worst_first

if TYPE_CHECKING:
    from assetgen.building.pipeline import BuildOptions, FolderBuild
    from assetgen.building.rebuild_reasons import Preview
    from assetgen.manifest.entry import FinishedAsset
    from assetgen.planning.selection import Selection
    from assetgen.releases.lockfile import Lock


def plan_as_dict(seen: Preview, findings: list[Finding]) -> dict[str, Any]:
    """Return what a build would do as plain values: ``make`` has the reason of each, ``new`` those never made."""
    return {
        "make": seen.reasons,
        "new": sorted(seen.new),
        "remove": seen.removed,
        "kept": list(seen.kept),
        "findings": [finding.as_dict() for finding in worst_first(findings)],
    }


def print_plan(session: Session, seen: Preview) -> None:
    """Print a line for each asset that would be made and each file that would go; with -v for those kept too."""
    for asset_id, reason in seen.reasons.items():
        is_new = asset_id in seen.new
        session.out.print(f"new      {asset_id}" if is_new else f"changed  {asset_id}: {reason}")
    for path in seen.removed:
        session.out.print(f"removed  {path}")
    if session.verbose and not session.quiet:
        for asset_id in seen.kept:
            session.out.print(f"kept     {asset_id}")
    if not session.quiet:
        changed = len(seen.reasons) - len(seen.new)
        counts = f"{len(seen.new)} new, {changed} changed, {len(seen.removed)} removed, {len(seen.kept)} kept"
        session.err.print(f"{counts}; nothing was done")


SOURCES = frozenset({"campaign.yaml", "brand", "partners", "templates"})
# What editors write beside a file while it is open; 4913 is Vim's trial of whether it may write here.
EDITORS_ENDS = ("~", "#", ".swp", ".swx", ".tmp", ".bak")
EDITORS_NAMES = frozenset({"4913", "__pycache__"})


class SourceFilter:
    """Says whether a saved file can change what is built; the form of watchfiles' ``watch_filter``."""

    def __init__(self, root: Path, out: Path) -> None:
        """Take the campaign's folder, and the folder that is built into, which may lie in it."""
        self.root = Path(os.path.realpath(root))
        self._out = Path(os.path.realpath(out))

    def __call__(self, change: object, path: str) -> bool:
        """Judge a path by what stands below the campaign's folder: what lies above may be called anything."""
        saved = Path(path)
        if not saved.is_relative_to(self.root) or saved.is_relative_to(self._out):
            return False
        parts = saved.relative_to(self.root).parts
        return bool(parts) and parts[0] in SOURCES and not any(map(_is_nobodys_source, parts))


def _is_nobodys_source(part: str) -> bool:
    """Say whether a file or folder of this name is hidden, or an editor's own."""
    return part.startswith(".") or part.endswith(EDITORS_ENDS) or part in EDITORS_NAMES


RESULT, BYTES = "result", "bytes"


class BuildCommand(TyperCommand):
    """``--frozen`` may stand alone, or say how: Typer has no option whose value may be left out."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words of a call."""
        return super().parse_args(
            ctx, [f"--frozen={RESULT}" if word == "--frozen" else word for word in args]
        )


def lock_of(session: Session) -> Lock:
    """Return what was accepted. Raises CampaignError."""
    from assetgen.releases.lockfile import LOCK_NAME
    from assetgen.releases.lockfile_checks import read_lock

    session.require_folder()
    return read_lock(session.folder / LOCK_NAME)


def held_against(
    lock: Lock, out: Path, chosen: Selection, how: str, *, is_shard: bool, session: Session
) -> list[Finding]:
    """Return what differs between the lock and what was just built."""
    from assetgen.planning.selection import EVERYTHING
    from assetgen.releases.lockfile_checks import Frozen, compare_with_lock

    is_narrowed = is_shard or chosen != EVERYTHING
    done = compare_with_lock(lock, out, chosen.chooses, is_narrowed=is_narrowed, how=Frozen(how))
    if not session.quiet:
        session.err.print(f"{done.compared} compared with assetgen.lock")
    return list(done.findings)


WAITING = "another build is at work in the output folder: waiting for it to end"
# How many files that were kept back are named one by one.
MAX_REJECTED = 10


@with_selection
def build(
    context: typer.Context,
    chosen: Selection,
    out: Out = None,
    jobs: Annotated[int | None, jobs_option("draw")] = None,
    force: Annotated[bool, typer.Option("--force", help="Make everything that is selected anew.")] = False,
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast", help="Stop at the first asset that fails.")
    ] = False,
    guides: Annotated[
        bool,
        typer.Option(
            "--guides", help="Also draw safe areas and joins over each asset, into .assetgen/guides/."
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what is new, changed, removed, with -v also kept; make nothing."),
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say for each asset why it is made.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on: build again as files are saved.")] = False,
    frozen: Annotated[
        str | None,
        typer.Option(
            "--frozen",
            metavar="[=bytes]",
            help="Fail where the result differs from assetgen.lock; =bytes: also where another engine's bytes do.",
        ),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option("--shard", metavar="I/N", help="Make the I-th of N parts; assetgen merge joins them."),
    ] = None,
    form: Form = "text",
    strict: Strict = False,
) -> None:
    """Build the campaign, or the selected part of it, into out/: what is missing, edited, or out of date.

    An asset is out of date when a value, a file, the engine or a proof that it rests on is another: --explain says
    which. What was made once, on any branch, is taken from .assetgen/store. A selection (-p -c -M -m -t -l) narrows
    what is made, never what is planned: the other files stay. A fault in one partner, message or template does not
    stop the others: they are built, and the exit code is 1.
    """
    beside = {"--watch": watch, "--guides": guides, "--frozen": frozen, "--shard": shard}
    if dry_run and (other := next((name for name, is_given in beside.items() if is_given), None)):
        raise typer.BadParameter(f"--dry-run makes nothing: {other} cannot go with it", context)
    if frozen not in (None, RESULT, BYTES):
        raise typer.BadParameter(f"--frozen={frozen}: it is --frozen, or --frozen=bytes", context)
    from assetgen.building.pipeline import BuildOptions
    from assetgen.manifest.shards import Shard

    session: Session = context.obj
    options = BuildOptions(
        jobs, force=force, fail_fast=fail_fast, shard=Shard.parse(shard) if shard is not None else None
    )
    printed = _Printed(form, strict=strict, explain=explain, guides=guides)
    run = _Run(session, chosen, built_into(session, out), options, printed, frozen)
    if dry_run:
        raise typer.Exit(run.dry())
    if watch:
        raise typer.Exit(run.watch())
    raise typer.Exit(run.once())


@dataclass(frozen=True, slots=True)
class _Printed:
    """What the command prints and draws beside the assets."""

    form: Format
    strict: bool
    explain: bool
    guides: bool


@dataclass(frozen=True, slots=True)
class _Run:
    """One call of the command."""

    session: Session
    chosen: Selection
    out: Path
    options: BuildOptions
    printed: _Printed
    frozen: str | None

    def once(self) -> int:
        """Build once; return the exit code."""
        from assetgen.building.pipeline import build_folder

        self.session.require_folder()
        lock = lock_of(self.session) if self.frozen else None
        with steps(self.session, "building") as show:
            options = replace(
                self.options,
                on_progress=lambda at: show(at.done, at.total, at.asset_id),
                on_wait=lambda: self.session.err.print(WAITING),
            )
            done = build_folder(self.session.folder, self.session.load, self.chosen, self.out, options)
        if self.printed.explain and self.printed.form == "text":
            for asset_id, reason in done.result.reasons.items():
                self.session.out.print(f"{asset_id}: {reason}")
        differing: list[Finding] = []
        if lock is not None and self.frozen and not done.result.interrupted:
            differing = held_against(
                lock,
                self.out,
                self.chosen,
                self.frozen,
                is_shard=self.options.shard is not None,
                session=self.session,
            )
        code = self._report(done, differing)
        return self._draw_guides(code) if self.printed.guides else code

    def _report(self, done: FolderBuild, differing: list[Finding]) -> int:
        result = done.result
        findings = raised([*done.findings, *result.findings, *differing], strict=self.printed.strict)
        counts = counts_of("build", result)
        made = [*result.built_ids, *result.failed_ids]
        self.session.print_report(findings, self.printed.form, "build", counts, assets=made)
        if self.printed.form == "text" and not self.session.quiet:
            self._summary(done, counts)
        if result.interrupted:
            self.session.err.print(STOPPED)
            return INTERRUPTED
        errors = {finding.code for finding in result.findings if finding.is_error}
        if result.built == 0 and errors == {"machine"}:
            return MACHINE
        return exit_code(findings)

    def _summary(self, done: FolderBuild, counts: dict[str, object]) -> None:
        """Print a line for each partner and medium that something was made for, and the totals."""
        result, failed = done.result, set(done.result.failed_ids)
        mediums = sorted({medium for _, medium in done.kinds.values()})
        made_of = table("partner", *mediums, "failed", right=(*mediums, "failed"))
        for partner in sorted({partner for partner, _ in done.kinds.values()}):
            own = {one: medium for one, (who, medium) in done.kinds.items() if who == partner}
            made = Counter(medium for one, medium in own.items() if one not in failed)
            cells = [str(made[medium] or "") for medium in mediums]
            made_of.add_row(partner, *cells, str(len(failed & own.keys()) or ""))
        if done.kinds:
            self.session.err.print(made_of)
        words = ", ".join(
            f"{counts[key]} {key}" for key in ("built", "cached", "failed", "skipped", "removed")
        )
        words += f", {result.unreached} not reached" if result.unreached else ""
        self.session.out.print(f"{words} in {result.seconds:.1f} s: {self.out.as_posix()}")
        if result.failed:
            aside = (self.out / ".assetgen/stale").as_posix()
            self.session.err.print(f"what failed is not in the output; its old file, if any, is in {aside}/")
            for path in result.rejected[:MAX_REJECTED]:
                self.session.err.print(f"made, but kept back: {path}")
            if len(result.rejected) > MAX_REJECTED:
                self.session.err.print(f"… and {len(result.rejected) - MAX_REJECTED} more beside it")
        elif result.built and not self.session.quiet:
            self.session.err.print("assetgen gallery makes a page of all of them")

    def dry(self) -> int:
        """Say what a build would make, and why; make nothing."""
        from assetgen.building.incremental import read_and_plan, selected_ids
        from assetgen.building.rebuild_reasons import preview

        loaded, plan = read_and_plan(self.session.load)
        chosen = selected_ids(self.chosen, loaded, plan)
        seen = preview(loaded.campaign, plan, chosen, self.out, force=self.options.force)
        findings = raised([*loaded.findings, *seen.findings], strict=self.printed.strict)
        if self.printed.form == "json":
            typer.echo(json.dumps(plan_as_dict(seen, findings), indent=1))
            return exit_code(findings)
        self.session.print_report(findings, self.printed.form, "build", {})
        if self.printed.form == "text":
            print_plan(self.session, seen)
        return exit_code(findings)

    def watch(self) -> int:
        """Build, then again whenever a file of the campaign is saved, until Ctrl-C."""
        from watchfiles import watch as changes

        self.session.require_folder()
        sources = SourceFilter(self.session.folder, self.out)
        code = self._once_or_findings()
        if code == INTERRUPTED:
            return code
        self.session.err.print("watching; Ctrl-C ends")
        # An interrupt while nothing happens is raised: watchfiles would else announce it in words of its own.
        for changed in changes(sources.root, watch_filter=sources, raise_interrupt=True):
            names = sorted({Path(name).name for _, name in changed})
            self.session.err.print(f"changed: {', '.join(names[:5])}")
            code = self._once_or_findings()
            # A Ctrl-C in the middle of a build ended that build; it was meant for the watch.
            if code == INTERRUPTED:
                break
        return code

    def _once_or_findings(self) -> int:
        """Build once; a campaign that cannot be read is reported, and the watch goes on."""
        try:
            return self.once()
        except AssetgenError as error:
            self.session.print_report(error.findings, self.printed.form, "build", no_counts("build"))
            return NOTHING_PLANNED

    def _draw_guides(self, code: int) -> int:
        """Draw the guides of what was built; return the exit code, which was ``code`` before.

        The report has been printed: what goes wrong here is said on standard error, whatever its form.
        """
        from assetgen.cli.report import print_findings
        from assetgen.gallery.gallery_pictures import draw_guides
        from assetgen.manifest.entry import read_finished
        from assetgen.manifest.manifest_file import MANIFEST_NAME, Manifest
        from assetgen.rendering.engine.machine import refused

        manifest = Manifest.parse((self.out / MANIFEST_NAME).read_bytes())
        assets, _ = manifest.read(read_finished)
        folder = self.session.folder / ".assetgen" / "guides"
        try:
            drawn = draw_guides(self.out, filter(self._is_chosen, assets), folder)
        except OSError as error:
            print_findings(self.session.err, [refused(error)])
            return code or MACHINE
        if not self.session.quiet:
            self.session.err.print(f"{len(drawn)} guides: {folder.as_posix()}")
        return code

    def _is_chosen(self, asset: FinishedAsset) -> bool:
        from assetgen.loading.channels import matches

        return all(
            not words
            or any(
                matches(word, str(getattr(asset, kind)), asset.medium if kind == "channel" else None)
                for word in words
            )
            for kind, words in self.chosen.given()
        )


def qr(
    context: typer.Context,
    partner: Annotated[
        str, typer.Argument(metavar="PARTNER", help="The partner's id; a glob takes several.")
    ],
    out: Out = None,
    form: Form = "text",
) -> None:
    """Write a partner's QR codes: SVG and PDF for print, PNG for screens, each with its quiet zone."""
    from assetgen.building.pipeline import build as build_campaign
    from assetgen.planning.planner import plan_assets
    from assetgen.planning.selection import Selection

    session: Session = context.obj
    folder = built_into(session, out)
    loaded = session.load()
    plan = plan_assets(loaded.campaign)
    chosen = Selection(partner=(partner,), medium=("qr",))
    with with_input_faults(loaded.findings):
        result = build_campaign(loaded.campaign, plan=plan, selection=chosen, out=folder, jobs=1)
    ours = [finding for finding in loaded.findings if finding.is_error]
    findings = [*ours, *result.findings]
    session.print_report(findings, form, "qr", counts_of("qr", result), assets=result.built_ids)
    if form == "text":
        absent = (result.reasons.keys() - set(result.built_ids)) | set(result.failed_ids)
        for asset in plan.assets:
            if chosen.chooses(asset) and asset.id not in absent:
                session.out.print(f"{(folder / asset.path).as_posix()}  {asset.spec.link}")
    raise session.ending(findings, STOPPED if result.interrupted else None)
