"""``assetgen accept``: takes what was built into the lock."""

from __future__ import annotations

import typer

from assetgen.cli.folders import built_into
from assetgen.cli.options import Out
from assetgen.cli.outcome import counted
from assetgen.cli.progress import steps
from assetgen.cli.session import Session


def accept(context: typer.Context, out: Out = None) -> None:
    """Take all that was built into assetgen.lock, in the campaign's folder; put that file into git.

    It holds, for each asset, its name, the sha256 of its bytes and pixels, digests of its words, its links and the
    files that made it, and a small picture of 16 by 16 cells. build --frozen fails where a build would differ from it.
    A file that was edited since, a stale asset or a single shard is not accepted: then the lock stays as it is.
    """
    from assetgen.releases.lockfile import LOCK_NAME
    from assetgen.releases.lockfile_checks import accept as accept_built

    session: Session = context.obj
    session.require_folder()
    folder = built_into(session, out)
    with steps(session, "accepting") as show:
        lock = accept_built(session.folder, folder, show)
    where = (session.folder / LOCK_NAME).as_posix()
    session.out.print(f"{counted(len(lock.assets), 'assets')} accepted: {where}")
