"""``build --frozen``: what the command does before a build, and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

from assetgen.cli.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from assetgen.findings import Finding
    from assetgen.planning.selection import Selection
    from assetgen.releases.lockfile import Lock

RESULT, BYTES = "result", "bytes"


class BuildCommand(TyperCommand):
    """``--frozen`` may stand alone, or say how: Typer has no option whose value may be left out."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words of a call."""
        return super().parse_args(
            ctx, [f"--frozen={RESULT}" if word == "--frozen" else word for word in args]
        )


def lock_of(session: Session) -> Lock:
    """Return what was accepted. Raises CampaignError."""
    from assetgen.releases.lockfile import LOCK_NAME
    from assetgen.releases.lockfile_checks import read_lock

    session.require_folder()
    return read_lock(session.folder / LOCK_NAME)


def held_against(
    lock: Lock, out: Path, chosen: Selection, how: str, *, is_shard: bool, session: Session
) -> list[Finding]:
    """Return what differs between the lock and what was just built."""
    from assetgen.planning.selection import EVERYTHING
    from assetgen.releases.lockfile_checks import Frozen, compare_with_lock

    is_narrowed = is_shard or chosen != EVERYTHING
    done = compare_with_lock(lock, out, chosen.chooses, is_narrowed=is_narrowed, how=Frozen(how))
    if not session.quiet:
        session.err.print(f"{done.compared} compared with assetgen.lock")
    return list(done.findings)
