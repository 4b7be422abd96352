"""``assetgen qr``: a partner's QR codes alone, as SVG, PNG and PDF."""

from __future__ import annotations

from typing import Annotated

import typer

from assetgen.cli.options import Form, Out, built_into
from assetgen.cli.session import STOPPED, Format, Session, exit_code, with_input_faults
from assetgen.cli.terminal import INTERRUPTED


def qr(
    context: typer.Context,
    partner: Annotated[
        str, typer.Argument(metavar="PARTNER", help="The partner's id; a glob takes several.")
    ],
    out: Out = None,
    form: Form = Format.TEXT,
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
    counts: dict[str, object] = {
        "built": result.built,
        "failed": result.failed,
        "unreached": result.unreached,
    }
    session.print_report(findings, form, "qr", counts, assets=result.built_ids)
    if form is Format.TEXT:
        absent = (result.reasons.keys() - set(result.built_ids)) | set(result.failed_ids)
        for asset in plan.assets:
            if chosen.chooses(asset) and asset.id not in absent:
                session.out.print(f"{(folder / asset.path).as_posix()}  {asset.spec.link}")
    if result.interrupted:
        session.err.print(STOPPED)
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(exit_code(findings))
