"""``assetgen init``: a new campaign folder that builds at once, with an invented helpline."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from assetgen.cli.session import Session


def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
) -> None:
    """Make a new campaign folder that builds at once. Its helpline is invented: change what says 'change me'."""
    from assetgen.cli.starter import write_starter

    session: Session = context.obj
    target = session.folder / folder
    files = write_starter(target)
    if not session.quiet:
        session.out.print(f"{len(files)} files written to {target}")
        session.out.print(f"next: assetgen -C {shlex.quote(str(target))} build")
