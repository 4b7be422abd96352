"""``assetgen cache``: the store of finished work."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

import typer

from assetgen.cli.session import Session

UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9}
SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMG]?)B?", re.IGNORECASE)


class Deed(StrEnum):
    """What can be done with the store."""

    INFO = "info"
    PRUNE = "prune"
    CLEAR = "clear"


def cache(
    context: typer.Context,
    deed: Annotated[
        Deed, typer.Argument(metavar="info|prune|clear", help="Say what it holds; make it smaller; empty it.")
    ],
    max_size: Annotated[
        str, typer.Option("--max-size", metavar="SIZE", help="What prune leaves at most: 500MB, 2GB.")
    ] = "5GB",
) -> None:
    """The store of finished work, .assetgen/store: what was made once, on any branch, is taken from there.

    It is safe to delete, and a build may be at work meanwhile. After a build it is pruned to 5 GB by itself, the
    works that were of no use for longest first. For a CI's cache take .assetgen/store alone: without the seal that
    stands beside it, each file is proved again before it enters out/.
    """
    from assetgen.building.build_cache import Store, measure, prune
    from assetgen.building.output_dir import OWN_FOLDER

    limit_bytes = _bytes(max_size)
    session: Session = context.obj
    session.require_folder()
    store = Store(session.folder / OWN_FOLDER)
    if deed is Deed.INFO:
        held = measure(store)
        where = store.root.as_posix()
        session.out.print(f"{held.works:,} finished works, {_shown(held.bytes)}: {where}")
        return
    gone = prune(store, limit_bytes) if deed is Deed.PRUNE else measure(store)
    if deed is Deed.CLEAR:
        store.clear()
    session.out.print(f"{gone.works:,} finished works removed, {_shown(gone.bytes)}")


def _bytes(words: str) -> int:
    found = SIZE.fullmatch(words.strip())
    if found is None:
        raise typer.BadParameter(f"{words!r} is no size: write 500MB or 2GB", param_hint="--max-size")
    return int(float(found[1]) * UNITS[found[2].upper()])


def _shown(size_bytes: int) -> str:
    return f"{size_bytes / 10**6:,.1f} MB"
