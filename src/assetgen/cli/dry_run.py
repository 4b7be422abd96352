"""What ``build --dry-run`` prints: what is new, changed and why, removed, kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assetgen.cli.session import Session
from assetgen.findings import Finding, worst_first

if TYPE_CHECKING:
    from assetgen.building.pipeline import Preview


def plan_as_dict(seen: Preview, findings: list[Finding]) -> dict[str, Any]:
    """Return what a build would do as plain values: ``make`` has the reason of each, ``new`` those never made."""
    return {
        "make": seen.reasons,
        "new": sorted(seen.new),
        "remove": seen.removed,
        "kept": list(seen.kept),
        "findings": [finding.as_dict() for finding in worst_first(findings)],
    }


def print_plan(session: Session, seen: Preview) -> None:
    """Print a line for each asset that would be made and each file that would go; with -v for those kept too."""
    for asset_id, reason in seen.reasons.items():
        is_new = asset_id in seen.new
        session.out.print(f"new      {asset_id}" if is_new else f"changed  {asset_id}: {reason}")
    for path in seen.removed:
        session.out.print(f"removed  {path}")
    if session.verbose and not session.quiet:
        for asset_id in seen.kept:
            session.out.print(f"kept     {asset_id}")
    if not session.quiet:
        changed = len(seen.reasons) - len(seen.new)
        counts = f"{len(seen.new)} new, {changed} changed, {len(seen.removed)} removed, {len(seen.kept)} kept"
        session.err.print(f"{counts}; nothing was done")
