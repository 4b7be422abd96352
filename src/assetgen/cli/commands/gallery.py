"""``assetgen gallery``: a page with every asset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assetgen.cli.progress import steps
from assetgen.cli.session import Session


def gallery(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="DIR", help="The folder that was built into.")
    ] = None,
) -> None:
    """Write out/index.html: every asset in true proportion, with filters, at 100 % on a click."""
    from assetgen.gallery import write_gallery

    session: Session = context.obj
    folder = out or session.folder / "out"
    with steps(session, "drawing thumbnails") as show:
        result = write_gallery(folder, on_progress=show)
    if not session.quiet:
        session.err.print(f"{result.assets} assets, {result.made} thumbnails drawn")
    session.out.print(str(result.page))
