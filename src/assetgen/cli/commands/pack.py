"""``assetgen pack``: write one zip for each partner, with its files and instructions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from assetgen.cli.session import (
    STOPPED,
    Day,
    Form,
    Out,
    Session,
    Strict,
    built_into,
    counted,
    day_of,
    jobs_option,
    raised,
    steps,
    table,
)
from assetgen.errors import CampaignError
from assetgen.findings import Finding

if TYPE_CHECKING:
    from pathlib import Path

    from assetgen.loading.model import Campaign
    from assetgen.packs.pack_run import PackResult

Parts = Annotated[
    list[str] | None,
    typer.Option(
        "--part",
        metavar="PART[,PART]",
        help="One zip for each part only: print, social, adverts, screens, email, qr, copy, outdoor, press.",
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
    from assetgen.packs.pack_run import PackOptions, pack_partners
    from assetgen.planning.planner import plan_assets

    session: Session = context.obj
    folder = built_into(session, out)
    parts = _parts(part or [])
    if not partners and not every:
        raise typer.BadParameter("no partner named: name one or more, or pass --all")
    loaded = session.load()
    chosen = _chosen([] if every else partners or [], loaded.campaign)
    plan = plan_assets(loaded.campaign)
    with steps(session, "packing") as show:
        options = PackOptions(
            day_of(day),
            parts,
            jobs,
            force,
            specimen,
            on_progress=show,
            on_wait=lambda: session.err.print("waiting for another build in the output folder to end"),
        )
        result = pack_partners(loaded.campaign, plan, folder, chosen, options)
    # Without --all, errors in the files of other partners are not reported.
    relevant = {finding for finding in loaded.findings if not finding.is_error or every}
    findings = raised([*(one for one in loaded.findings if one in relevant), *result.findings], strict=strict)
    session.print_report(findings, form, "pack", _counts(result), assets=chosen)
    if form == "text":
        _summary(session, result, folder)
    raise session.ending(findings, STOPPED if result.interrupted else None)


def _parts(values: Sequence[str]) -> tuple[str, ...]:
    """Return the parts that ``--part`` names, each once, in their usual order. Raises CampaignError."""
    from assetgen.loading.yaml.file_validation import did_you_mean
    from assetgen.packs.pack_context import USE_OF

    named = [part.strip() for value in values for part in value.split(",") if part.strip()]
    unknown = [part for part in named if part not in USE_OF]
    if unknown:
        hint = did_you_mean(unknown[0], USE_OF) or f"one of: {', '.join(USE_OF)}"
        raise CampaignError(Finding("unknown-id", f"--part {unknown[0]}: unknown part", hint))
    return tuple(part for part in USE_OF if part in named)


def _chosen(globs: Sequence[str], campaign: Campaign) -> list[str]:
    """Return the ids of the partners that match. Includes partners that cannot be read: their packs are refused.

    Without ``globs``, all partners match. Raises CampaignError if one matches no partner.
    """
    from assetgen.loading.channels import matches
    from assetgen.loading.yaml.file_validation import did_you_mean

    known = sorted({*campaign.partners, *campaign.unreadable_partners})
    if not globs:
        return known
    faults = [
        Finding(
            "unknown-id", f"unknown partner: {glob}", did_you_mean(glob, known) or "assetgen list partners"
        )
        for glob in globs
        if not any(matches(glob, name) for name in known)
    ]
    if faults:
        raise CampaignError(faults)
    return [name for name in known if any(matches(glob, name) for glob in globs)]


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
        written = counted(len(result.made), "packs")
        unchanged = len(result.packs) - len(result.made)
        session.err.print(
            f"{written} written, {unchanged} unchanged{refused}{unreached} in {result.seconds:.1f} s"
        )
