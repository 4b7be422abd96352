"""``assetgen doctor``: every part that the machine needs: found, missing, how to get it."""

from __future__ import annotations

import typer

from assetgen.cli.exits import MACHINE, OK
from assetgen.cli.session import Session


def doctor(context: typer.Context) -> None:
    """Look for every part of the machine that a build needs, and say how to get what is missing."""
    from rich.table import Table

    from assetgen.rendering.engine.machine import inspect_machine

    session: Session = context.obj
    session.require_folder()
    parts = inspect_machine(session.folder)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("part", "state", "version", "how to get it"):
        table.add_column(name, overflow="fold")
    for part in parts:
        table.add_row(
            part.name, "found" if part.found else "missing", part.version, "" if part.found else part.remedy
        )
    session.out.print(table)
    missing = [part.name for part in parts if not part.found and part.needed]
    if missing and not session.quiet:
        session.err.print(f"missing: {', '.join(missing)}")
    raise typer.Exit(MACHINE if missing else OK)
