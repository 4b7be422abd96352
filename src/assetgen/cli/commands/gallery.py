"""``assetgen gallery``: a page with every asset."""

from __future__ import annotations

import typer

from assetgen.cli.options import Out, built_into
from assetgen.cli.session import Session, steps


def gallery(
    context: typer.Context,
    out: Out = None,
) -> None:
    """Write out/index.html: every asset in true proportion, with filters, at 100 % on a click."""
    from assetgen.gallery.gallery_files import write_gallery

    session: Session = context.obj
    folder = built_into(session, out)
    with steps(session, "drawing thumbnails") as show:
        result = write_gallery(folder, on_progress=lambda done, total: show(done, total, None))
    if not session.quiet:
        session.err.print(f"{result.assets} assets, {result.made} thumbnails drawn")
    session.out.print(str(result.page))
