"""``assetgen approve``: says yes to finished files, in ``approvals/``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from assetgen.cli.options import (
    Channels,
    Day,
    Form,
    Locales,
    Mediums,
    Messages,
    Out,
    Partners,
    Templates,
    built_into,
    day_of,
    selection,
)
from assetgen.cli.session import Format, Session, counted, exit_code, with_input_faults

if TYPE_CHECKING:
    from pathlib import Path


def approve(
    context: typer.Context,
    partner: Partners = None,
    channel: Channels = None,
    medium: Mediums = None,
    message: Messages = None,
    template: Templates = None,
    locale: Locales = None,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NAME", help="Who says yes (default: the partner's approved_by)."),
    ] = None,
    date: Day = None,
    out: Out = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be approved; write nothing.")
    ] = False,
    form: Form = Format.TEXT,
) -> None:
    """Approve finished files: write what they say and how they look into approvals/, one small file each.

    Look at them first (assetgen gallery). A file that is not built, or not as it is planned today, cannot be approved.
    A later change of its words, sizes or pixels voids the approval: check and pack say what changed. Where
    campaign.yaml has approval: required, a pack holds only what is approved. To take an approval back, delete its file.
    """
    from assetgen.planning.planner import plan_assets
    from assetgen.planning.selection import select
    from assetgen.releases.release_checks import approve_files

    session: Session = context.obj
    loaded = session.load()
    campaign, plan = loaded.campaign, plan_assets(loaded.campaign)
    options = selection(partner, channel, medium, message, template, locale)
    with with_input_faults(loaded.findings):
        chosen = set(select(plan, options, campaign))
    assets = [asset for asset in plan.assets if asset.id in chosen]
    folder: Path = built_into(session, out)
    names = {one.id: by or one.approved_by for one in campaign.partners.values()}
    done = approve_files(campaign.root, folder, assets, names, day_of(date), write=not dry_run)
    counts: dict[str, Any] = {
        "approved": len(done.written),
        "unchanged": len(done.standing),
        "refused": len(assets) - len(done.written) - len(done.standing),
    }
    findings = list(done.findings)
    if form is Format.TEXT:
        for file in done.written:
            session.out.print(file)
    session.print_report(findings, form, "approve", counts, assets=[*done.written])
    if form is Format.TEXT and not session.quiet:
        verb = "would be approved" if dry_run else "approved"
        words = f"{counted(len(done.written), 'assets')} {verb}, {counts['unchanged']} approved before"
        session.out.print(f"{words}, {counts['refused']} refused")
    raise typer.Exit(exit_code(findings))
