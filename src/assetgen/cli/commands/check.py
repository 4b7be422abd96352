"""``assetgen check``: reads all input, renders nothing, reports every fault at once."""

from __future__ import annotations

import typer

from assetgen.cli.options import (
    Channels,
    Day,
    Form,
    Locales,
    Mediums,
    Messages,
    Partners,
    Strict,
    Templates,
    day_of,
    selection,
)
from assetgen.cli.session import Format, Session, counted, exit_code, raised, with_input_faults


def check(
    context: typer.Context,
    partner: Partners = None,
    channel: Channels = None,
    medium: Mediums = None,
    message: Messages = None,
    template: Templates = None,
    locale: Locales = None,
    date: Day = None,
    form: Form = Format.TEXT,
    strict: Strict = False,
) -> None:
    """Read every file of the campaign and report every fault, with file, line and column. Renders nothing.

    Of the selected assets also what holds on the day: an embargo, a time that is over, a logo whose permission has
    ended, facts to be asked again; and, where the campaign has approval: required, what nobody approved.
    """
    from assetgen.planning.planner import plan_assets
    from assetgen.planning.selection import select
    from assetgen.releases.release_checks import planned_consent

    session: Session = context.obj
    loaded = session.load()
    plan = plan_assets(loaded.campaign)
    options = selection(partner, channel, medium, message, template, locale)
    with with_input_faults(loaded.findings):
        chosen = set(select(plan, options, loaded.campaign))
    planned = [asset for asset in plan.assets if asset.id in chosen]
    consent = planned_consent(loaded.campaign, planned, day_of(date))
    findings = raised([*loaded.findings, *plan.findings, *consent], strict=strict)
    counts: dict[str, object] = {
        "partners": len({asset.partner for asset in planned}),
        "messages": len({asset.message for asset in planned} - {None, "all"}),
        "channels": len({asset.channel for asset in planned if asset.medium != "qr"}),
        "assets": len(planned),
    }
    session.print_report(findings, form, "check", counts)
    if form is Format.TEXT and not session.quiet:
        said = ", ".join(counted(int(str(counts[key])), key) for key in ("partners", "messages", "channels"))
        session.out.print(f"{counted(len(planned), 'assets')} planned: {said}")
    raise typer.Exit(exit_code(findings))
