"""Commands on an output folder: ``assetgen gallery``, ``merge``, ``why`` and ``cache``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from assetgen.cli.session import (
    WAITING,
    Form,
    Out,
    Session,
    count_of,
    parse_folder,
    resolve_output_folder,
    show_progress,
)
from assetgen.errors import CampaignError
from assetgen.findings import Finding

if TYPE_CHECKING:
    from assetgen.building.build_db import BuildDatabase
    from assetgen.planning.asset import Plan


def gallery(
    context: typer.Context,
    out: Out = None,
) -> None:
    """Write out/index.html, a page that shows every asset.

    Each asset is shown in its true proportions. The page has filters, and a click shows an asset at 100 %.
    """
    from assetgen.gallery.gallery_files import write_gallery

    session: Session = context.obj
    folder = resolve_output_folder(session, out)
    with show_progress(session, "rendering thumbnails") as show:
        result = write_gallery(folder, on_progress=lambda done, total: show(done, total, None))
    if not session.quiet:
        session.err.print(f"{result.assets} assets, {result.thumbnails} thumbnails rendered")
    session.out.print(str(result.page))


STOPPED = "interrupted: files already merged are complete; run merge again for the rest"


def merge(
    context: typer.Context,
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="DIR...", help="The output folders of all shards, from build --shard."),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--out", metavar="OUT", parser=parse_folder, help="The folder to merge them into."
        ),
    ],
    form: Form = "text",
) -> None:
    """Merge the shards of one build into one output folder.

    The result equals that of one build without shards. Every file is hashed first. The merge stops before it writes
    anything, and reports everything at once, if a shard is missing, unfinished or of a different plan, edition or
    engine, or if two shards have different files for one path. A shard may be given twice if its bytes are the same.
    The shards' folders, and files in OUT that are not from a build, do not change.
    """
    from assetgen.building.merge_shards import merge_shards

    session: Session = context.obj
    with show_progress(session, "merging") as show:
        done = merge_shards(folders, out, show, on_wait=lambda: session.err.print(WAITING))
    counts: dict[str, object] = {"files": done.files, "removed": done.removed, "failed": len(done.failed_ids)}
    session.print_report(list(done.findings), form, "merge", counts, folder="")
    if form == "text" and not session.quiet:
        merged = (
            f"{count_of(done.files, 'files')} of {count_of(done.shards, 'shards')}, {done.removed} removed"
        )
        session.out.print(f"{merged}: {out.as_posix()}")
        if done.failed_ids:
            failed = count_of(len(done.failed_ids), "assets")
            session.err.print(
                f"{failed} failed when the shards were built, first {done.failed_ids[0]}; see their build reports"
            )
    raise session.exit_for(done.findings, STOPPED if done.interrupted else None)


_SHA256_DIGITS = 12


def why(
    context: typer.Context,
    asset: Annotated[str, typer.Argument(metavar="ASSET", help="An asset's id, or the path of its file.")],
    out: Out = None,
) -> None:
    """Show why an asset was last built, and from which files.

    Also shows what the next build would do with it. A file with - for its hash did not exist when the asset was built;
    the asset will be rebuilt when it appears.
    """
    from assetgen.building.build_db import read_build_db
    from assetgen.building.output_dir import OutDir
    from assetgen.building.rebuild_reasons import preview_build
    from assetgen.planning.planner import plan_assets

    session: Session = context.obj
    folder = resolve_output_folder(session, out)
    loaded = session.load()
    plan = plan_assets(loaded.campaign)
    state = read_build_db(OutDir(folder).build_db)
    asset_id = _find(asset, plan, state, folder)
    row = next((row for row in state.rows.values() if row.id == asset_id), None)
    session.out.print(asset_id)
    if row is None or row.record is None:
        session.out.print("  built    never, or there is no record of it")
    else:
        session.out.print(f"  file     {(folder / row.path).as_posix()}")
        session.out.print(f"  built    {row.record.reason}")
    seen = preview_build(loaded.campaign, plan, frozenset({asset_id}), folder)
    session.out.print(f"  next     {seen.reasons.get(asset_id) or _reason_not_built(asset_id, plan)}")
    for name, sha256 in (
        sorted((*row.record.plan_inputs, *row.record.render_inputs)) if row and row.record else ()
    ):
        session.out.print(f"  read     {(sha256 or '-')[:_SHA256_DIGITS]:<{_SHA256_DIGITS}}  {name}")


def _reason_not_built(asset_id: str, plan: Plan) -> str:
    """Return a text that says why the next build does not build an asset."""
    if asset_id in plan.by_id():
        return "unchanged: it is kept"
    if any(one.id == asset_id for one in plan.unplanned):
        return "it fails: its message or template cannot be read (see assetgen check)"
    return "it is no longer planned: it is removed"


def _find(id_or_path: str, plan: Plan, state: BuildDatabase, folder: Path) -> str:
    """Return the id of the asset that an id or a file's path names. Raises CampaignError if there is none."""
    from assetgen.loading.yaml.file_validation import did_you_mean

    known: dict[str, str] = {}
    assets: list[tuple[str, str]] = [(row.id, row.path) for row in state.rows.values()]
    assets += [(one.id, one.path) for one in plan.assets]
    assets += [(one.id, one.path) for one in plan.unplanned]
    for asset_id, path in assets:
        known |= {asset_id: asset_id, path: asset_id, (folder / path).as_posix(): asset_id}
    name = id_or_path.removeprefix("./")
    if name not in known:
        hint = did_you_mean(name, known) or "assetgen list assets lists them all"
        raise CampaignError(Finding("unknown-id", f"unknown asset: {id_or_path}", hint))
    return known[name]


UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9}
SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMG]?)B?", re.IGNORECASE)


CacheAction = Literal["info", "prune", "clear"]
"""What can be done with the build cache."""


def cache(
    context: typer.Context,
    action: Annotated[
        CacheAction,
        typer.Argument(
            metavar="info|prune|clear", help="info shows its size, prune reduces it, clear empties it."
        ),
    ],
    max_size: Annotated[
        str,
        typer.Option(
            "--max-size", metavar="SIZE", help="The maximum size after prune, such as 500MB or 2GB."
        ),
    ] = "5GB",
) -> None:
    """Show, reduce or empty the build cache.

    The build cache, .assetgen/store, holds finished files and shares them between branches. It is safe to delete, also
    while a build runs. Each build reduces it to 5 GB; the entries that were not used for the longest time go first. In
    CI, cache only .assetgen/store, without the seal file beside it: each file then passes its preflight checks again
    before it enters out/.
    """
    from assetgen.building.build_cache import BuildCache, measure_cache, prune_cache
    from assetgen.building.output_dir import ASSETGEN_FOLDER

    limit_bytes = _bytes(max_size)
    session: Session = context.obj
    session.require_folder()
    cache = BuildCache(session.folder / ASSETGEN_FOLDER)
    if action == "info":
        size = measure_cache(cache)
        where = cache.root.as_posix()
        session.out.print(f"{size.records:,} finished files, {_megabytes(size.bytes)}, in {where}")
        return
    removed = prune_cache(cache, limit_bytes) if action == "prune" else measure_cache(cache)
    if action == "clear":
        cache.clear()
    session.out.print(f"{removed.records:,} finished files removed, {_megabytes(removed.bytes)}")


def _bytes(size: str) -> int:
    """Return the number of bytes of a size such as 500MB. Raises BadParameter if the text is not a size."""
    found = SIZE.fullmatch(size.strip())
    if found is None:
        raise typer.BadParameter(f"{size!r} is not a size (write 500MB or 2GB)", param_hint="--max-size")
    return int(float(found[1]) * UNITS[found[2].upper()])


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 10**6:,.1f} MB"
