"""``assetgen pack``: write one zip for each partner, with its files and instructions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assetgen.cli.session import (
    INTERRUPTED_MESSAGE,
    WAITING,
    Day,
    Form,
    Out,
    Session,
    Strict,
    count_of,
    date_or_today,
    jobs_option,
    promote_warnings,
    resolve_output_folder,
    show_progress,
    table,
)

if TYPE_CHECKING:
    from pathlib import Path

    from assetgen.packs.pack_run import PackResult

Parts = Annotated[
    list[str] | None,
    typer.Option(
        "--part",
        metavar="PART[,PART]",
        help="Write one zip for each of these: print, social, adverts, screens, email, qr, copy, outdoor, press.",
    ),
]
Named = Annotated[
    list[str] | None, typer.Argument(metavar="[PARTNER]...", help="Partner ids or globs: 'harbour-*'.")
]


def pack(
    context: typer.Context,
    partners: Named = None,
    every: Annotated[bool, typer.Option("--all", help="Pack every partner.")] = False,
    part: Parts = None,
    out: Out = None,
    jobs: Annotated[int | None, jobs_option("write packs")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write packs again even if nothing changed.")
    ] = False,
    specimen: Annotated[
        bool,
        typer.Option(
            "--specimen",
            help="Write a preview pack, marked on each page, despite an embargo or missing approvals.",
        ),
    ] = False,
    day: Day = None,
    form: Form = "text",
    strict: Strict = False,
) -> None:
    """Write a partner's pack (zip) into out/packs/.

    The file is <slug>_<partner>_<edition>.zip. It contains the built files, unchanged, by use and language; the post
    for each picture; alt texts; a job ticket for the printer; a first page that explains everything; and the checksums
    for verify. A partner gets no pack while one of its files is missing, failed or outdated: run build first. The same
    holds while a file is under embargo, expired, or not approved in a campaign with approval: required. --specimen
    writes a preview pack even then.
    """
    from assetgen.packs.pack_run import PackOptions, choose_partners, choose_parts, pack_partners
    from assetgen.planning.planner import plan_assets

    session: Session = context.obj
    folder = resolve_output_folder(session, out)
    parts = choose_parts([name for value in part or [] for name in value.split(",")])
    if not partners and not every:
        raise typer.BadParameter("no partner is given: name one or more partners, or pass --all")
    loaded = session.load()
    chosen = choose_partners(loaded.campaign, None if every else partners)
    plan = plan_assets(loaded.campaign)
    with show_progress(session, "packing") as show:
        options = PackOptions(
            date_or_today(day),
            parts,
            jobs,
            force,
            specimen,
            on_progress=show,
            on_wait=lambda: session.err.print(WAITING),
        )
        result = pack_partners(loaded.campaign, plan, folder, chosen, options)
    # Without --all, errors in the files of other partners are not reported.
    relevant = {finding for finding in loaded.findings if not finding.is_error or every}
    findings = promote_warnings(
        [*(one for one in loaded.findings if one in relevant), *result.findings], strict=strict
    )
    session.print_report(findings, form, "pack", _counts(result), assets=chosen)
    if form == "text":
        _summary(session, result, folder)
    raise session.exit_for(findings, INTERRUPTED_MESSAGE if result.interrupted else None)


def _counts(result: PackResult) -> dict[str, object]:
    """Return the numbers and the packs for the JSON report."""
    return {
        "packed": len(result.made),
        "kept": len(result.packs) - len(result.made),
        "refused": len(result.refused),
        "unreached": len(result.unreached),
        "seconds": round(result.seconds, 2),
        "packs": [
            {
                "file": record.path,
                "partner": record.partner,
                "part": record.part,
                "edition": record.edition,
                "locales": list(record.locales),
                "files": record.files,
                "bytes": record.bytes,
                "sha256": record.sha256,
                "made": record.name in result.made,
            }
            for record in result.packs
        ],
    }


def _summary(session: Session, result: PackResult, folder: Path) -> None:
    """Print each zip with its size, and the totals."""
    if result.packs:
        packs = table("pack", "files", "size", "", right=("files", "size"), overflow="fold")
        for record in result.packs:
            path, size = (folder / record.path).as_posix(), f"{record.bytes / 1e6:.1f} MB"
            state = "written" if record.name in result.made else "unchanged"
            packs.add_row(path, f"{record.files}", size, state)
        session.out.print(packs)
    if not session.quiet:
        refused = f", {len(result.refused)} refused" if result.refused else ""
        unreached = f", {len(result.unreached)} not reached" if result.unreached else ""
        written = count_of(len(result.made), "packs")
        unchanged = len(result.packs) - len(result.made)
        session.err.print(
            f"{written} written, {unchanged} unchanged{refused}{unreached} in {result.seconds:.1f} s"
        )
