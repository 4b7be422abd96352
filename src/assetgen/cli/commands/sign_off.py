"""``assetgen approve``, ``assetgen diff``, ``assetgen accept``: a person looks at a build and says yes to it."""

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
    built_into,
    counted,
    day_of,
    named_folder,
    steps,
    table,
    with_selection,
)

if TYPE_CHECKING:
    from assetgen.findings import Finding
    from assetgen.planning.selection import Selection
    from assetgen.releases.visual_diff import ComparedSides, Difference, Side


@with_selection
def approve(
    context: typer.Context,
    chosen: Selection,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NAME", help="Who says yes (default: the partner's approved_by)."),
    ] = None,
    date: Day = None,
    out: Out = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be approved; write nothing.")
    ] = False,
    form: Form = "text",
) -> None:
    """Approve finished files: write what they say and how they look into approvals/, one small file each.

    Look at them first (assetgen gallery). A file that is not built, or not as it is planned today, cannot be approved.
    A later change of its words, sizes or pixels voids the approval: check and pack say what changed. Where
    campaign.yaml has approval: required, a pack holds only what is approved. To take an approval back, delete its file.
    """
    from assetgen.building.incremental import read_and_plan, selected_ids
    from assetgen.releases.approvals import approve_files

    session: Session = context.obj
    loaded, plan = read_and_plan(session.load)
    ids, campaign = selected_ids(chosen, loaded, plan), loaded.campaign
    assets = [asset for asset in plan.assets if asset.id in ids]
    folder = built_into(session, out)
    names = {one.id: by or one.file.approved_by for one in campaign.partners.values()}
    done = approve_files(campaign.root, folder, assets, names, day_of(date), write=not dry_run)
    counts: dict[str, Any] = {
        "approved": len(done.written),
        "unchanged": len(done.standing),
        "refused": len(assets) - len(done.written) - len(done.standing),
    }
    findings = list(done.findings)
    if form == "text":
        for file in done.written:
            session.out.print(file)
    session.print_report(findings, form, "approve", counts, assets=[*done.written])
    if form == "text" and not session.quiet:
        verb = "would be approved" if dry_run else "approved"
        words = f"{counted(len(done.written), 'assets')} {verb}, {counts['unchanged']} approved before"
        session.out.print(f"{words}, {counts['refused']} refused")
    raise session.ending(findings)


def accept(context: typer.Context, out: Out = None) -> None:
    """Take all that was built into assetgen.lock, in the campaign's folder; put that file into git.

    It holds, for each asset, its name, the sha256 of its bytes and pixels, digests of its words, its links and the
    files that made it, and a small picture of 16 by 16 cells. build --frozen fails where a build would differ from it.
    A file that was edited since, a stale asset or a single shard is not accepted: then the lock stays as it is.
    """
    from assetgen.releases.lockfile import LOCK_NAME
    from assetgen.releases.lockfile_checks import accept as accept_built

    session: Session = context.obj
    session.require_folder()
    folder = built_into(session, out)
    with steps(session, "accepting") as show:
        lock = accept_built(session.folder, folder, show)
    where = (session.folder / LOCK_NAME).as_posix()
    session.out.print(f"{counted(len(lock.assets), 'assets')} accepted: {where}")


DiffForm = Literal["text", "json"]
"""The forms of the list."""


def diff(
    context: typer.Context,
    old: Annotated[
        Path, typer.Argument(metavar="OLD", help="A folder that was built into, or assetgen.lock.")
    ],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The other one.")],
    pictures: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            metavar="DIR",
            parser=named_folder,
            help="Draw before and after, side by side, into this folder.",
        ),
    ] = None,
    form: Annotated[DiffForm, typer.Option("--format", help="The form of the list.")] = "text",
) -> None:
    """Say what changed to the eye between two builds, or between the lock and a build; exit 1 where something did.

    Told are assets that are new or gone, other words, alt texts and links, and pictures of which pixels differ. Other
    bytes of the same picture are no difference. The lock has no pictures, only a grid of 16 by 16 cells: against it a
    change shows when it is larger than what another engine would do, or when words changed.
    """
    from assetgen.releases.visual_diff import compare, read_sides

    session: Session = context.obj
    before, now = read_sides(old, new)
    drawn: list[Path] = []
    faults: list[Finding] = []

    def draw(difference: Difference) -> None:
        if pictures is not None:
            faults.extend(_draw(difference, before, now, pictures, drawn))

    with steps(session, "comparing") as show:
        compared = compare(before, now, draw, show)
    faults = list(dict.fromkeys([*compared.findings, *faults]))
    if form == "json":
        differences = [one.as_dict() for one in compared.differences]
        said = {"differences": differences, "same": compared.same, "alike": compared.alike}
        typer.echo(json.dumps({**said, "findings": [one.as_dict() for one in faults]}, indent=1))
    else:
        _print(session, compared, faults)
        if pictures is not None and not session.quiet:
            session.err.print(f"{len(drawn)} pictures: {pictures.as_posix()}")
    raise typer.Exit(FINDINGS if compared.differences or faults else OK)


def _draw(difference: Difference, before: Side, now: Side, folder: Path, drawn: list[Path]) -> list[Finding]:
    """Draw one pair; return what kept it from being drawn."""
    from assetgen.errors import RenderError
    from assetgen.releases.visual_diff import draw_pair

    try:
        picture = draw_pair(difference, before, now, folder)
    except RenderError as error:
        return error.findings
    if picture is not None:
        drawn.append(picture)
    return []


def _print(session: Session, compared: ComparedSides, faults: list[Finding]) -> None:
    """Print a line for each difference, and the totals."""
    from assetgen.cli.report import print_findings, shown

    told = table("", "asset", "what", "pixels", right=("pixels",))
    for one in compared.differences:
        share = "" if one.share is None else f"{100 * one.share:.2f} %"
        told.add_row(one.kind.value, shown(one.id), shown("; ".join(one.what)), share)
    if compared.differences:
        session.out.print(told)
    if not session.quiet:
        alike = f", {compared.alike} with other bytes that nobody sees" if compared.alike else ""
        session.out.print(f"{len(compared.differences)} differ, {compared.same} the same{alike}")
    if faults:
        print_findings(session.err, faults)
