"""``assetgen merge``: joins shards that were built on several machines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assetgen.cli.options import Form, named_folder
from assetgen.cli.session import Format, Session, counted, exit_code, steps
from assetgen.cli.terminal import INTERRUPTED

WAITING = "a build is at work in the output folder: waiting for it to end"
STOPPED = "interrupted: what was joined is whole; merge again for the rest"


def merge(
    context: typer.Context,
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR...", help="What build --shard made, all of it.")
    ],
    out: Annotated[
        Path,
        typer.Option("-o", "--out", metavar="OUT", parser=named_folder, help="The folder to join them into."),
    ],
    form: Form = Format.TEXT,
) -> None:
    """Join the shards of one build: their files, manifests and states, to exactly what one build gives.

    Every file is hashed first. A shard that is missing, unfinished, of another plan, edition or engine, and two
    different files for one path are refused, all at once, and then nothing is written. A shard that is there twice with
    the same bytes is fine. The shards' own folders stay as they are; what OUT holds beside the build is left alone.
    """
    from assetgen.building.merge_shards import merge as merge_shards

    session: Session = context.obj
    with steps(session, "joining") as show:
        done = merge_shards(folders, out, show, on_wait=lambda: session.err.print(WAITING))
    counts: dict[str, object] = {"files": done.files, "removed": done.removed, "failed": len(done.failed_ids)}
    session.print_report(list(done.findings), form, "merge", counts, folder="")
    if form is Format.TEXT and not session.quiet:
        joined = f"{counted(done.files, 'files')} of {counted(done.shards, 'shards')}, {done.removed} removed"
        session.out.print(f"{joined}: {out.as_posix()}")
        if done.failed_ids:
            failed = counted(len(done.failed_ids), "assets")
            session.err.print(
                f"{failed} failed in their shards, whose builds say why; first: {done.failed_ids[0]}"
            )
    if done.interrupted:
        session.err.print(STOPPED)
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(exit_code(done.findings))
