"""``assetgen build``: makes what is missing or out of date, says how far it is, sums up."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetgen.cli.commands.frozen import BYTES, RESULT, held_against, lock_of
from assetgen.cli.dry_run import plan_as_dict, print_plan
from assetgen.cli.exits import INTERRUPTED, MACHINE
from assetgen.cli.folders import built_into
from assetgen.cli.options import (
    Channels,
    Form,
    Locales,
    Mediums,
    Messages,
    Out,
    Partners,
    Strict,
    Templates,
    selection,
)
from assetgen.cli.outcome import STOPPED, exit_code, no_counts, print_report, raised, with_input_faults
from assetgen.cli.progress import steps
from assetgen.cli.session import Format, Session

if TYPE_CHECKING:
    from assetgen.building.folder_build import FolderBuild
    from assetgen.building.shards import Shard
    from assetgen.findings import Finding
    from assetgen.planning.selection import Selection

WAITING = "another build is at work in the output folder: waiting for it to end"
# How many files that were kept back are named one by one.
MOST_REJECTED = 10


def build(
    context: typer.Context,
    partner: Partners = None,
    channel: Channels = None,
    medium: Mediums = None,
    message: Messages = None,
    template: Templates = None,
    locale: Locales = None,
    out: Out = None,
    jobs: Annotated[
        int | None,
        typer.Option("-j", "--jobs", metavar="N", min=1, help="Processes that draw (default: the cores)."),
    ] = None,
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
    form: Form = Format.TEXT,
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
    from assetgen.building.shards import Shard

    session: Session = context.obj
    chosen = selection(partner, channel, medium, message, template, locale)
    run = _Run(
        session,
        chosen,
        out,
        jobs,
        form,
        force=force,
        fail_fast=fail_fast,
        guides=guides,
        explain=explain,
        strict=strict,
        frozen=frozen,
        shard=Shard.parse(shard) if shard is not None else None,
    )
    if dry_run:
        raise typer.Exit(run.dry())
    if watch:
        raise typer.Exit(run.watch())
    raise typer.Exit(run.once())


class _Run:
    """One call of the command."""

    def __init__(
        self,
        session: Session,
        chosen: Selection,
        out: Path | None,
        jobs: int | None,
        form: Format,
        *,
        force: bool,
        fail_fast: bool,
        guides: bool,
        explain: bool,
        strict: bool,
        frozen: str | None,
        shard: Shard | None,
    ) -> None:
        self.frozen, self.shard = frozen, shard
        self.session, self.chosen, self.jobs, self.form = session, chosen, jobs, form
        self.out = built_into(session, out)
        self.force, self.fail_fast, self.guides, self.explain, self.strict = (
            force,
            fail_fast,
            guides,
            explain,
            strict,
        )

    def once(self) -> int:
        """Build once; return the exit code."""
        from assetgen.building.folder_build import build_folder
        from assetgen.building.pipeline import BuildOptions

        self.session.require_folder()
        lock = lock_of(self.session) if self.frozen else None
        with steps(self.session, "building") as show:
            way = BuildOptions(
                jobs=self.jobs or os.cpu_count() or 1,
                force=self.force,
                fail_fast=self.fail_fast,
                on_progress=lambda at: show(at.done, at.total, at.asset_id),
            )
            done = build_folder(
                self.session.folder,
                self.session.load,
                self.chosen,
                self.out,
                way,
                on_wait=lambda: self.session.err.print(WAITING),
                shard=self.shard,
            )
        if self.explain and self.form is Format.TEXT:
            for asset_id, reason in done.result.reasons.items():
                self.session.out.print(f"{asset_id}: {reason}")
        differing: list[Finding] = []
        if lock is not None and self.frozen and not done.result.interrupted:
            differing = held_against(
                lock,
                self.out,
                self.chosen,
                self.frozen,
                is_shard=self.shard is not None,
                session=self.session,
            )
        code = self._report(done, differing)
        return self._draw_guides(code) if self.guides else code

    def _report(self, done: FolderBuild, differing: list[Finding]) -> int:
        result = done.result
        findings = raised([*done.findings, *result.findings, *differing], strict=self.strict)
        counts: dict[str, object] = {
            "built": result.built,
            "cached": result.cached,
            "failed": result.failed,
            "skipped": result.skipped,
            "removed": result.removed,
            "unreached": result.unreached,
            "seconds": round(result.seconds, 2),
        }
        made = [*result.built_ids, *result.failed_ids]
        print_report(self.session, findings, self.form, "build", counts, assets=made)
        if self.form is Format.TEXT and not self.session.quiet:
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
        from rich.table import Table

        result, failed = done.result, set(done.result.failed_ids)
        mediums = sorted({medium for _, medium in done.kinds.values()})
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("partner")
        for medium in (*mediums, "failed"):
            table.add_column(medium, justify="right")
        for partner in sorted({partner for partner, _ in done.kinds.values()}):
            own = {one: medium for one, (who, medium) in done.kinds.items() if who == partner}
            made = Counter(medium for one, medium in own.items() if one not in failed)
            cells = [str(made[medium] or "") for medium in mediums]
            table.add_row(partner, *cells, str(len(failed & own.keys()) or ""))
        if done.kinds:
            self.session.err.print(table)
        words = ", ".join(
            f"{counts[key]} {key}" for key in ("built", "cached", "failed", "skipped", "removed")
        )
        words += f", {result.unreached} not reached" if result.unreached else ""
        self.session.out.print(f"{words} in {result.seconds:.1f} s: {self.out.as_posix()}")
        if result.failed:
            aside = (self.out / ".assetgen/stale").as_posix()
            self.session.err.print(f"what failed is not in the output; its old file, if any, is in {aside}/")
            for path in result.rejected[:MOST_REJECTED]:
                self.session.err.print(f"made, but kept back: {path}")
            if len(result.rejected) > MOST_REJECTED:
                self.session.err.print(f"… and {len(result.rejected) - MOST_REJECTED} more beside it")
        elif result.built and not self.session.quiet:
            self.session.err.print("assetgen gallery makes a page of all of them")

    def dry(self) -> int:
        """Say what a build would make, and why; make nothing."""
        from assetgen.building.build_campaign import preview
        from assetgen.planning.planner import plan_assets
        from assetgen.planning.selection import select

        loaded = self.session.load()
        plan = plan_assets(loaded.campaign)
        with with_input_faults(loaded.findings):
            chosen = frozenset(select(plan, self.chosen, loaded.campaign))
        seen = preview(loaded.campaign, plan, chosen, self.out, force=self.force)
        findings = raised([*loaded.findings, *seen.findings], strict=self.strict)
        if self.form is Format.JSON:
            typer.echo(json.dumps(plan_as_dict(seen, findings), indent=1))
            return exit_code(findings)
        print_report(self.session, findings, self.form, "build", {})
        if self.form is Format.TEXT:
            print_plan(self.session, seen)
        return exit_code(findings)

    def watch(self) -> int:
        """Build, then again whenever a file of the campaign is saved, until Ctrl-C."""
        from watchfiles import watch as changes

        from assetgen.cli.watching import SourceFilter

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
        from assetgen.cli.exits import NOTHING_PLANNED
        from assetgen.errors import AssetgenError

        try:
            return self.once()
        except AssetgenError as error:
            print_report(self.session, error.findings, self.form, "build", no_counts("build"))
            return NOTHING_PLANNED

    def _draw_guides(self, code: int) -> int:
        """Draw the guides of what was built; return the exit code, which was ``code`` before.

        The report has been printed: what goes wrong here is said on standard error, whatever its form.
        """
        from assetgen.cli.report import print_findings
        from assetgen.gallery.guides import draw_guides
        from assetgen.rendering.engine.machine import refused

        manifest = json.loads((self.out / "manifest.json").read_text("utf-8"))
        entries = [entry for entry in manifest["assets"] if self._is_chosen(entry)]
        folder = self.session.folder / ".assetgen" / "guides"
        try:
            drawn = draw_guides(self.out, entries, folder)
        except OSError as error:
            print_findings(self.session.err, [refused(error)])
            return code or MACHINE
        if not self.session.quiet:
            self.session.err.print(f"{len(drawn)} guides: {folder.as_posix()}")
        return code

    def _is_chosen(self, entry: dict[str, object]) -> bool:
        from assetgen.loading.choices import matches

        return all(
            not words
            or any(
                matches(word, str(entry[kind]), str(entry["medium"]) if kind == "channel" else None)
                for word in words
            )
            for kind, words in self.chosen.given()
        )
