"""``assetgen approve``, ``diff`` and ``accept``: a person reviews a build, approves files or accepts the build."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from assetgen.cli import FINDINGS, OK
from assetgen.cli.session import (
    Day,
    Form,
    Out,
    Session,
    count_of,
    date_or_today,
    parse_folder,
    resolve_output_folder,
    show_progress,
    table,
    with_selection,
)

if TYPE_CHECKING:
    from assetgen.findings import Finding
    from assetgen.planning.selection import Selection
    from assetgen.releases.visual_diff import Difference, DiffSide, VisualDiff


@with_selection
def approve(
    context: typer.Context,
    chosen: Selection,
    by: Annotated[
        str | None,
        typer.Option(
            "--by", metavar="NAME", help="The person who approves (default: the partner's approved_by)."
        ),
    ] = None,
    date: Day = None,
    out: Out = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list what would be approved; write nothing.")
    ] = False,
    form: Form = "text",
) -> None:
    """Approve finished files.

    Look at the files first (assetgen gallery). For each one, a small file in approvals/ records its text, sizes and
    pixels. A file that is missing or out of date cannot be approved. A later change of its text, sizes or pixels voids
    the approval; check and pack report what changed. With approval: required in campaign.yaml, a pack needs the
    approval of every file. To withdraw an approval, delete its file.
    """
    from assetgen.building.incremental import read_and_plan, selected_ids
    from assetgen.releases.approvals import approve_files

    session: Session = context.obj
    loaded, plan = read_and_plan(session.load)
    ids, campaign = selected_ids(chosen, loaded, plan), loaded.campaign
    assets = [asset for asset in plan.assets if asset.id in ids]
    folder = resolve_output_folder(session, out)
    names = {one.id: by or one.file.approved_by for one in campaign.partners.values()}
    done = approve_files(campaign.root, folder, assets, names, date_or_today(date), write=not dry_run)
    counts: dict[str, Any] = {
        "approved": len(done.written),
        "unchanged": len(done.still_valid),
        "refused": len(assets) - len(done.written) - len(done.still_valid),
    }
    findings = list(done.findings)
    if form == "text":
        for file in done.written:
            session.out.print(file)
    session.print_report(findings, form, "approve", counts, assets=[*done.written])
    if form == "text" and not session.quiet:
        verb = "would be approved" if dry_run else "approved"
        totals = f"{count_of(len(done.written), 'assets')} {verb}, {counts['unchanged']} already approved"
        session.out.print(f"{totals}, {counts['refused']} refused")
    raise session.exit_for(findings)


def accept(context: typer.Context, out: Out = None) -> None:
    """Record the finished build in assetgen.lock.

    Commit that file to git. For each asset it holds the name, the sha256 of its bytes and pixels, digests of its text,
    links and input files, and a perceptual fingerprint of 16 by 16 cells. build --frozen fails if a build differs from
    it. The command refuses a build with edited files or stale assets, and a single shard; the lockfile then stays
    unchanged.
    """
    from assetgen.releases.lockfile import LOCKFILE_NAME
    from assetgen.releases.lockfile_checks import write_lockfile as accept_built

    session: Session = context.obj
    session.require_folder()
    folder = resolve_output_folder(session, out)
    with show_progress(session, "accepting") as show:
        lock = accept_built(session.folder, folder, show)
    where = (session.folder / LOCKFILE_NAME).as_posix()
    session.out.print(f"{count_of(len(lock.assets), 'assets')} recorded in {where}")


DiffForm = Literal["text", "json"]
"""The formats of the list."""


def diff(
    context: typer.Context,
    old: Annotated[
        Path, typer.Argument(metavar="OLD", help="The earlier build: an output folder or assetgen.lock.")
    ],
    new: Annotated[
        Path, typer.Argument(metavar="NEW", help="The later build: an output folder or assetgen.lock.")
    ],
    pictures: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            metavar="DIR",
            parser=parse_folder,
            help="Write a before-and-after picture of each change into this folder.",
        ),
    ] = None,
    form: Annotated[DiffForm, typer.Option("--format", help="The format of the list.")] = "text",
) -> None:
    """List what visibly changed between two builds.

    Either side may also be assetgen.lock. Reports new and removed assets, changed text, alt texts and links, and
    pictures whose pixels differ. A file with different bytes but the same picture counts as the same. The lockfile has
    no pictures, only perceptual fingerprints of 16 by 16 cells: against it, a picture counts as changed if it differs
    by more than a different renderer could cause. The exit code is 1 if anything changed.
    """
    from assetgen.releases.visual_diff import diff_sides, read_sides

    session: Session = context.obj
    before, now = read_sides(old, new)
    drawn: list[Path] = []
    faults: list[Finding] = []

    def draw(difference: Difference) -> None:
        if pictures is not None:
            faults.extend(_draw(difference, before, now, pictures, drawn))

    with show_progress(session, "comparing") as show:
        compared = diff_sides(before, now, draw, show)
    faults = list(dict.fromkeys([*compared.findings, *faults]))
    if form == "json":
        differences = [one.as_dict() for one in compared.differences]
        report = {"differences": differences, "same": compared.unchanged, "alike": compared.no_visible_change}
        typer.echo(json.dumps({**report, "findings": [one.as_dict() for one in faults]}, indent=1))
    else:
        _print(session, compared, faults)
        if pictures is not None and not session.quiet:
            session.err.print(f"{len(drawn)} pictures: {pictures.as_posix()}")
    raise typer.Exit(FINDINGS if compared.differences or faults else OK)


def _draw(
    difference: Difference, before: DiffSide, now: DiffSide, folder: Path, drawn: list[Path]
) -> list[Finding]:
    """Draw one pair and add its picture to ``drawn``; return the findings if it cannot be drawn."""
    from assetgen.errors import RenderError
    from assetgen.releases.visual_diff import draw_pair

    try:
        picture = draw_pair(difference, before, now, folder)
    except RenderError as error:
        return error.findings
    if picture is not None:
        drawn.append(picture)
    return []


def _print(session: Session, compared: VisualDiff, faults: list[Finding]) -> None:
    """Print a line for each difference, and the totals."""
    from assetgen.cli.report import escape_unprintable, print_findings

    listed = table("", "asset", "what", "pixels", right=("pixels",))
    for one in compared.differences:
        share = "" if one.changed_share is None else f"{100 * one.changed_share:.2f} %"
        listed.add_row(
            one.kind.value, escape_unprintable(one.id), escape_unprintable("; ".join(one.changes)), share
        )
    if compared.differences:
        session.out.print(listed)
    if not session.quiet:
        alike = (
            f", {compared.no_visible_change} with different bytes but no visible change"
            if compared.no_visible_change
            else ""
        )
        session.out.print(f"{len(compared.differences)} differ, {compared.unchanged} are the same{alike}")
    if faults:
        print_findings(session.err, faults)
