"""``assetgen check`` and ``assetgen verify``: check the source files, and check finished files again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetgen.cli.session import (
    Day,
    Form,
    Session,
    Strict,
    count_of,
    date_or_today,
    jobs_option,
    promote_warnings,
    show_progress,
    with_selection,
)

if TYPE_CHECKING:
    from assetgen.planning.selection import Selection
    from assetgen.verifying.verification import VerifyResult


@with_selection
def check(
    context: typer.Context,
    chosen: Selection,
    date: Day = None,
    form: Form = "text",
    strict: Strict = False,
) -> None:
    """Check the campaign's source files. Renders nothing.

    Reports every fault with its file, line and column. For the selected assets it also checks the date (--date): an
    embargo, an end date that has passed, a logo whose permission has expired, facts due for confirmation. If the
    campaign has approval: required, it also reports assets without approval.
    """
    from assetgen.building.incremental import read_and_plan, selected_ids
    from assetgen.releases.approvals import planned_release_findings

    session: Session = context.obj
    loaded, plan = read_and_plan(session.load)
    ids = selected_ids(chosen, loaded, plan)
    planned = [asset for asset in plan.assets if asset.id in ids]
    consent = planned_release_findings(loaded.campaign, planned, date_or_today(date))
    findings = promote_warnings([*loaded.findings, *plan.findings, *consent], strict=strict)
    counts: dict[str, object] = {
        "partners": len({asset.partner for asset in planned}),
        "messages": len({asset.message for asset in planned} - {None, "all"}),
        "channels": len({asset.channel for asset in planned if asset.medium != "qr"}),
        "assets": len(planned),
    }
    session.print_report(findings, form, "check", counts)
    if form == "text" and not session.quiet:
        totals = ", ".join(
            count_of(int(str(counts[key])), key) for key in ("partners", "messages", "channels")
        )
        session.out.print(f"{count_of(len(planned), 'assets')} planned: {totals}")
    raise session.exit_for(findings)


STOPPED = "interrupted: the remaining files were not checked"


def verify(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...", help="Output folders, or packs (zip), with a manifest (default: out/)."
        ),
    ] = None,
    jobs: Annotated[int | None, jobs_option("check files")] = None,
    date: Day = None,
    form: Form = "text",
    strict: Strict = False,
) -> None:
    """Check finished files again, without the source files.

    Reads only the files and their manifest. A PDF gets every preflight check again. A picture is checked for its hash,
    dimensions, file size, colour profile, metadata and QR code, for text that is present and legible, and for the
    number and address, letter for letter. The wording of its other text is taken from the manifest. This finds
    accidents, not a forger who rewrites both the file and the manifest. On the date (--date), an embargo is a note and
    a passed end date is a warning.
    """
    from assetgen.verifying.verification import verify as verify_files

    session: Session = context.obj
    with show_progress(session, "verifying") as show:
        result = verify_files(
            paths or [session.folder / "out"],
            jobs=jobs,
            on=date_or_today(date),
            on_progress=lambda at: show(at.done, at.total, at.asset_id),
        )
    findings = promote_warnings(result.findings, strict=strict)
    counts: dict[str, object] = {
        "verified": len(result.files) - result.failed,
        "failed": result.failed,
        "unreached": result.unreached,
        "seconds": round(result.seconds, 2),
        "assets": [one.as_dict() for one in result.files],
    }
    ids = [one.id for one in result.files]
    # Paths are relative to the current folder, not to the campaign folder: there may be no campaign.
    session.print_report(findings, form, "verify", counts, assets=ids, folder="")
    if form == "text" and not session.quiet:
        _summary(session, result)
    raise session.exit_for(findings, STOPPED if result.interrupted else None)


def _summary(session: Session, result: VerifyResult) -> None:
    """Print how many files passed and, for each kind of file, what was checked in it."""
    passed = [one for one in result.files if one.ok]
    unreached = f", {result.unreached} not reached" if result.unreached else ""
    total = f"{len(passed)} of {count_of(len(result.files), 'files')} passed{unreached}"
    session.out.print(f"{total} in {result.seconds:.1f} s")
    kinds: dict[tuple[tuple[str, ...], ...], Counter[str]] = {}
    for one in passed:
        kinds.setdefault((one.checked, one.as_built, one.unchecked), Counter())[one.format] += 1
    for (checked, as_built, unchecked), formats in sorted(kinds.items(), key=lambda kind: -kind[1].total()):
        session.out.print(", ".join(f"{number} {name}" for name, number in formats.most_common()))
        for title, parts in (("checked", checked), ("as built", as_built), ("not checked", unchecked)):
            if parts:
                session.out.print(f"  {title + ':':<13}{'; '.join(parts)}")
