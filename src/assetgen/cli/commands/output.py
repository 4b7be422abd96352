"""Commands on an output folder: ``assetgen gallery``, ``merge``, ``why`` and ``cache``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from assetgen.cli.session import Form, Out, Session, built_into, counted, named_folder, steps
from assetgen.errors import CampaignError
from assetgen.findings import Finding

if TYPE_CHECKING:
    from assetgen.building.build_db import BuildState
    from assetgen.planning.asset import Plan


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
    form: Form = "text",
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
    if form == "text" and not session.quiet:
        joined = f"{counted(done.files, 'files')} of {counted(done.shards, 'shards')}, {done.removed} removed"
        session.out.print(f"{joined}: {out.as_posix()}")
        if done.failed_ids:
            failed = counted(len(done.failed_ids), "assets")
            session.err.print(
                f"{failed} failed in their shards, whose builds say why; first: {done.failed_ids[0]}"
            )
    raise session.ending(done.findings, STOPPED if done.interrupted else None)


SHOWN_DIGITS = 12


def why(
    context: typer.Context,
    asset: Annotated[str, typer.Argument(metavar="ASSET", help="An asset's id, or the path of its file.")],
    out: Out = None,
) -> None:
    """Say which files made an asset, why it was last made, and what the next build would do with it.

    A file that stands there as - was looked for and is not there: were it there, it would have been drawn.
    """
    from assetgen.building.build_db import read_state
    from assetgen.building.output_dir import OutDir
    from assetgen.building.rebuild_reasons import preview
    from assetgen.planning.planner import plan_assets

    session: Session = context.obj
    folder = built_into(session, out)
    loaded = session.load()
    plan = plan_assets(loaded.campaign)
    state = read_state(OutDir(folder).state)
    asset_id = _find(asset, plan, state, folder)
    row = next((row for row in state.rows.values() if row.id == asset_id), None)
    session.out.print(asset_id)
    if row is None or row.work is None:
        session.out.print("  made     not yet, or nothing says how")
    else:
        session.out.print(f"  file     {(folder / row.path).as_posix()}")
        session.out.print(f"  made     {row.work.reason}")
    seen = preview(loaded.campaign, plan, frozenset({asset_id}), folder)
    session.out.print(f"  next     {seen.reasons.get(asset_id) or _kept(asset_id, plan)}")
    for name, sha256 in sorted((*row.work.planned, *row.work.drawn)) if row and row.work else ():
        session.out.print(f"  read     {(sha256 or '-')[:SHOWN_DIGITS]:<{SHOWN_DIGITS}}  {name}")


def _kept(asset_id: str, plan: Plan) -> str:
    """Return what the next build does with an asset that it does not make."""
    if asset_id in plan.by_id():
        return "nothing has changed: it is kept"
    if any(one.id == asset_id for one in plan.unplanned):
        return "its message or design cannot be read: it fails until that is mended (assetgen check)"
    return "it is not planned any more: it is removed"


def _find(word: str, plan: Plan, state: BuildState, folder: Path) -> str:
    """Return the id that an id or a path means. Raises CampaignError where it means none."""
    from assetgen.loading.yaml.file_validation import did_you_mean

    known: dict[str, str] = {}
    named: list[tuple[str, str]] = [(row.id, row.path) for row in state.rows.values()]
    named += [(one.id, one.path) for one in plan.assets]
    named += [(one.id, one.path) for one in plan.unplanned]
    for asset_id, path in named:
        known |= {asset_id: asset_id, path: asset_id, (folder / path).as_posix(): asset_id}
    wanted = word.removeprefix("./")
    if wanted not in known:
        hint = did_you_mean(wanted, known) or "assetgen list assets shows them all"
        raise CampaignError(Finding("unknown-id", f"no such asset: {word}", hint))
    return known[wanted]


UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9}
SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMG]?)B?", re.IGNORECASE)


Deed = Literal["info", "prune", "clear"]
"""What can be done with the store."""


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
    if deed == "info":
        held = measure(store)
        where = store.root.as_posix()
        session.out.print(f"{held.works:,} finished works, {_shown(held.bytes)}: {where}")
        return
    gone = prune(store, limit_bytes) if deed == "prune" else measure(store)
    if deed == "clear":
        store.clear()
    session.out.print(f"{gone.works:,} finished works removed, {_shown(gone.bytes)}")


def _bytes(words: str) -> int:
    found = SIZE.fullmatch(words.strip())
    if found is None:
        raise typer.BadParameter(f"{words!r} is no size: write 500MB or 2GB", param_hint="--max-size")
    return int(float(found[1]) * UNITS[found[2].upper()])


def _shown(size_bytes: int) -> str:
    return f"{size_bytes / 10**6:,.1f} MB"
