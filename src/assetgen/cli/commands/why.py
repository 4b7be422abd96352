"""``assetgen why``: which inputs made a file, and why it was last made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assetgen.cli.options import Out, built_into
from assetgen.cli.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from assetgen.building.build_db import BuildState
    from assetgen.planning.asset import Plan

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
    from assetgen.errors import CampaignError
    from assetgen.findings import Finding
    from assetgen.loading.yaml.ids import did_you_mean

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
