"""How much the store holds, and what leaves it first: the works that were of no use for longest."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assetgen.build.lock import locked
from assetgen.build.store import USUAL_LIMIT_BYTES, Store


@dataclass(frozen=True, slots=True)
class Held:
    """What a store holds: finished works, files, bytes on the disk."""

    works: int
    files: int
    bytes: int


def measure(store: Store) -> Held:
    """Return how much a store holds."""
    files = store.files()
    return Held(len(store.records()), len(files), sum(_size(file) for file in files))


def prune(store: Store, limit_bytes: int, *, wait: bool = True) -> Held:
    """Remove works, the longest unused first, until the rest takes at most so many bytes; return what was removed.

    What no work names goes too. Waits until no build uses the store; without ``wait`` nothing is removed then.
    Raises OSError.
    """
    if not store.root.is_dir():
        return Held(0, 0, 0)
    with locked(store.lock, give_up=lambda: not wait) as is_ours:
        if not is_ours:
            return Held(0, 0, 0)
        files = {file: _size(file) for file in store.files()}
        kept: set[Path] = set()
        room, removed = limit_bytes, 0
        newest_first = sorted(store.records(), key=lambda path: (-path.stat().st_mtime_ns, path.name))
        for record in newest_first:
            own = ({record} | store.objects_of(record)) & files.keys() - kept
            cost = sum(files[file] for file in own)
            if removed or cost > room:
                removed += 1
                continue
            room -= cost
            kept |= own
        gone = files.keys() - kept
        for file in gone:
            file.unlink(missing_ok=True)
    return Held(removed, len(gone), sum(files[file] for file in gone))


def prune_in_time(store: Store, added_bytes: int, limit_bytes: int = USUAL_LIMIT_BYTES) -> None:
    """Prune where, since it was last done, a tenth of the limit was added: to look through it all takes a while.

    A store that is deleted by hand meanwhile needs none. Raises OSError.
    """
    tally = store.root / "added"
    try:
        added = int(tally.read_text("ascii")) + added_bytes
    except (FileNotFoundError, ValueError):
        added = added_bytes
    with suppress(FileNotFoundError):
        if added > limit_bytes // 10:
            prune(store, limit_bytes, wait=False)
            added = 0
        tally.write_text(str(added), "ascii")


def _size(file: Path) -> int:
    return file.stat().st_size
