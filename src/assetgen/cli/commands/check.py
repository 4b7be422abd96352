"""``assetgen check`` and ``assetgen verify``: check the sources; check finished files again."""

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
    counted,
    day_of,
    jobs_option,
    raised,
    steps,
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
    """Read every file of the campaign and report every fault, with file, line and column. Renders nothing.

    Of the selected assets also what holds on the day: an embargo, a time that is over, a logo whose permission has
    ended, facts to be asked again; and, where the campaign has approval: required, what nobody approved.
    """
    from assetgen.building.incremental import read_and_plan, selected_ids
    from assetgen.releases.approvals import planned_consent

    session: Session = context.obj
    loaded, plan = read_and_plan(session.load)
    ids = selected_ids(chosen, loaded, plan)
    planned = [asset for asset in plan.assets if asset.id in ids]
    consent = planned_consent(loaded.campaign, planned, day_of(date))
    findings = raised([*loaded.findings, *plan.findings, *consent], strict=strict)
    counts: dict[str, object] = {
        "partners": len({asset.partner for asset in planned}),
        "messages": len({asset.message for asset in planned} - {None, "all"}),
        "channels": len({asset.channel for asset in planned if asset.medium != "qr"}),
        "assets": len(planned),
    }
    session.print_report(findings, form, "check", counts)
    if form == "text" and not session.quiet:
        said = ", ".join(counted(int(str(counts[key])), key) for key in ("partners", "messages", "channels"))
        session.out.print(f"{counted(len(planned), 'assets')} planned: {said}")
    raise session.ending(findings)


STOPPED = "interrupted: the other files were not read"


def verify(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Folders or packs (zip) with a manifest (default: out/)."),
    ] = None,
    jobs: Annotated[int | None, jobs_option("read")] = None,
    date: Day = None,
    form: Form = "text",
    strict: Strict = False,
) -> None:
    """Read finished files and prove them again. Needs no sources, only the manifest beside the files.

    A PDF is proved wholly. Of a picture: hash, size, weight, profile, metadata, its QR code, that its words are
    there and stand out, and that number and address are still, letter for letter, what was proved. What the other
    words say is taken as built. It finds accidents, not a forger who rewrites file and manifest both. Files that are
    under embargo, or whose time is over, on the day (--date) are told: a note, a warning.
    """
    from assetgen.verifying.verification import verify as verify_files

    session: Session = context.obj
    with steps(session, "verifying") as show:
        result = verify_files(
            paths or [session.folder / "out"],
            jobs=jobs,
            on=day_of(date),
            on_progress=lambda at: show(at.done, at.total, at.asset_id),
        )
    findings = raised(result.findings, strict=strict)
    counts: dict[str, object] = {
        "verified": len(result.files) - result.failed,
        "failed": result.failed,
        "unreached": result.unreached,
        "seconds": round(result.seconds, 2),
        "assets": [one.as_dict() for one in result.files],
    }
    ids = [one.id for one in result.files]
    # Places are told as seen from here, not from the campaign's folder: there need not be one.
    session.print_report(findings, form, "verify", counts, assets=ids, folder="")
    if form == "text" and not session.quiet:
        _summary(session, result)
    raise session.ending(findings, STOPPED if result.interrupted else None)


def _summary(session: Session, result: VerifyResult) -> None:
    """Print how many files were proved again and, for each kind of them, what that means."""
    sound = [one for one in result.files if one.ok]
    unreached = f", {result.unreached} not reached" if result.unreached else ""
    words = f"{len(sound)} of {counted(len(result.files), 'files')} proved again{unreached}"
    session.out.print(f"{words} in {result.seconds:.1f} s")
    kinds: dict[tuple[tuple[str, ...], ...], Counter[str]] = {}
    for one in sound:
        kinds.setdefault((one.proved, one.as_built, one.unchecked), Counter())[one.format] += 1
    for (proved, as_built, unchecked), formats in sorted(kinds.items(), key=lambda kind: -kind[1].total()):
        session.out.print(", ".join(f"{number} {name}" for name, number in formats.most_common()))
        for title, said in (("proved", proved), ("as built", as_built), ("not checked", unchecked)):
            if said:
                session.out.print(f"  {title + ':':<13}{'; '.join(said)}")
