"""The folder ``out/``: its lock, and every write, move and removal in it.

A lock belongs to the open file, so the system frees it however its holder ends; the file itself stays.

A path is a plain one (``entry.is_plain_path``) and none of the folders on its way may be a link, so that
nothing outside ``out/`` can be reached. What this module is asked to remove is the ledger's to decide.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from assetgen.building.build_db import BuildState, read_state
from assetgen.building.pool.executor import Halt
from assetgen.errors import MachineError, RenderError
from assetgen.findings import Finding, Severity
from assetgen.manifest.entry import is_plain_path
from assetgen.manifest.manifest_file import Stamp, stamp_of

WAIT_S = 0.05

if sys.platform == "win32":
    import msvcrt

    def _try(handle: int, *, shared: bool) -> bool:
        """Take the first byte of the file; Windows has no shared kind here, so a sharer holds it alone."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try(handle: int, *, shared: bool) -> bool:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def locked(
    path: Path,
    *,
    shared: bool = False,
    give_up: Callable[[], bool] = lambda: False,
    on_wait: Callable[[], None] = lambda: None,
) -> Iterator[bool]:
    """Hold the lock file at ``path``; say whether it is held: False where ``give_up`` was True while waiting.

    ``on_wait`` is called once where somebody else holds it. Raises OSError where the file cannot be opened.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        held = _try(handle, shared=shared)
        if not held and not give_up():
            on_wait()
        while not held and not give_up():
            time.sleep(WAIT_S)
            held = _try(handle, shared=shared)
        yield held
    finally:
        os.close(handle)


OWN_FOLDER = ".assetgen"
# What one file's own folder can be guilty of. Any other trouble (a full disk, a failing one) is no
# fault of the asset: it stops the build, and what stands in out/ stays.
_OF_ONE_FILE = (PermissionError, IsADirectoryError, NotADirectoryError, FileExistsError)


class OutDir:
    """``out/`` with its own folder ``.assetgen/``: ``tmp`` (swept), ``stale``, ``rejected``, ``replaced``, the
    ``journal``, the ``state`` and the ``lock``."""

    def __init__(self, out: Path) -> None:
        """Take ``out`` as it is; write nothing. Raises MachineError where a folder of its own is a link."""
        self.root = Path(os.path.realpath(out))
        self.own = self.root / OWN_FOLDER
        self.tmp = self.own / "tmp"
        self.journal = self.own / "journal"
        self.state = self.own / "state"
        self.lock = self.own / "lock"
        self._stale = self.own / "stale"
        self._rejected = self.own / "rejected"
        self._replaced = self.own / "replaced"
        self._plain_folders: dict[str, bool] = {}
        own = (self.own, self.tmp, self.journal, self.state, self.lock)
        for path in (*own, self._stale, self._rejected, self._replaced):
            with stopping_the_build(f"look into {self.root.name}"):
                self._refuse_link(path)

    def prepare(self) -> None:
        """Make the missing folders; sweep what a killed build left in ``tmp``. Raises MachineError."""
        with stopping_the_build(f"prepare {self.root.name}"):
            self.own.mkdir(parents=True, exist_ok=True)
            self.sweep()
            self.tmp.mkdir()

    def sweep(self) -> None:
        """Remove ``tmp`` with all that is in it. Raises OSError."""
        if self.tmp.exists():
            shutil.rmtree(self.tmp)

    def has(self, path: str) -> bool:
        """Say whether a regular file is there, reached through no link."""
        return self.stamp(path) is not None

    def stamp(self, path: str) -> Stamp | None:
        """Return how the file at ``path`` was written; None where no regular file is there, reached through no link.

        Quick: each folder is looked at once. Whatever is written, moved or removed looks again.
        """
        if not is_plain_path(path):
            return None
        folder = path.rpartition("/")[0]
        if folder not in self._plain_folders:
            self._plain_folders[folder] = not _behind_link(self.root / path)
        if not self._plain_folders[folder]:
            return None
        try:
            found = os.lstat(f"{self.root}/{path}")
        except (OSError, ValueError):
            return None
        return stamp_of(found) if stat.S_ISREG(found.st_mode) else None

    def bytes_of(self, paths: Iterable[str]) -> int:
        """Return how many bytes the files at these paths have together."""
        return sum(stamp[0] for path in paths if (stamp := self.stamp(path)))

    def sha256(self, path: str) -> str | None:
        """Return the sha256 of the file that is there, None where there is none that can be read."""
        file = self._file(path)
        if file is None:
            return None
        try:
            with file.open("rb") as opened:
                return hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError:
            return None

    def clear_way(self, path: str, sha256: str, *, ours: bool) -> Finding | None:
        """See that a file with this hash can be moved to ``path``; do so before the journal is written.

        A file that is not ours and not the same is moved to ``.assetgen/replaced/``, and the finding says so.
        Raises RenderError where something else is in the way.
        """
        with _said_of(self._shown(path)):
            target = self._locate(path)
            mode = _mode(target)
            if mode is not None and stat.S_ISDIR(mode):
                raise IsADirectoryError
            if mode is None or ours or self.sha256(path) == sha256:
                return None
            aside = self.set_aside(path)
        text = f"a file that assetgen did not write stood at {self._shown(path)}; it was moved to {aside}"
        return Finding("unsafe-file", text, hint="keep files of your own elsewhere", severity=Severity.NOTE)

    def place(self, temp: str, path: str) -> Stamp:
        """Move a finished file of ``tmp`` to ``path``, in whole; return its stamp there. Raises RenderError."""
        with _said_of(self._shown(path)):
            target = self._locate(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(self.tmp / temp, target)
            placed = stamp_of(target.lstat())
            self.drop_old(path)
        return placed

    def drop_old(self, path: str) -> None:
        """Remove what earlier builds kept of a file that is as it should be again. Raises OSError."""
        for folder in (self._stale, self._rejected):
            self._drop_old(folder, path)

    def discard(self, temp: str) -> None:
        """Remove a file of ``tmp`` that is not needed. Raises OSError."""
        (self.tmp / temp).unlink()

    def reject(self, temp: str, path: str) -> str:
        """Move a file of ``tmp`` that did not pass its proof to ``.assetgen/rejected/``; return that, to be shown.

        Raises RenderError.
        """
        kept = self._rejected / path
        shown = self._shown(kept.relative_to(self.root).as_posix())
        with _said_of(shown):
            self._refuse_link_below(kept)
            kept.parent.mkdir(parents=True, exist_ok=True)
            os.replace(self.tmp / temp, kept)
        return shown

    def to_stale(self, path: str) -> None:
        """Move the file at ``path``, if there is one, to ``.assetgen/stale/``. Raises RenderError."""
        with _said_of(self._shown(path)):
            target = self._locate(path)
            if not _is_file(target):
                return
            kept = self._stale / path
            self._refuse_link_below(kept)
            kept.parent.mkdir(parents=True, exist_ok=True)
            os.replace(target, kept)
        _prune(target.parent, self.root)

    def remove(self, path: str) -> bool:
        """Remove the file at ``path`` and the folders that this leaves empty; say whether there was one.

        Raises RenderError.
        """
        with _said_of(self._shown(path)):
            target = self._locate(path)
            there = _is_file(target)
            if there:
                target.unlink()
            self._drop_old(self._rejected, path)
        _prune(target.parent, self.root)
        return there

    def set_aside(self, path: str) -> str:
        """Move what is at ``path`` to a free name in ``.assetgen/replaced/``; return that, to be shown."""
        kept = self._replaced / path
        self._refuse_link_below(kept)
        kept.parent.mkdir(parents=True, exist_ok=True)
        number = 1
        while _mode(kept) is not None:
            number += 1
            kept = kept.with_name(f"{Path(path).name}.{number}")
        os.replace(self.root / path, kept)
        return self._shown(kept.relative_to(self.root).as_posix())

    def _drop_old(self, folder: Path, path: str) -> None:
        """Remove what an earlier build kept of a path in a folder of its own."""
        old = folder / path
        if _behind_link(old) or not _is_file(old):
            return
        old.unlink()
        _prune(old.parent, folder)

    def _locate(self, path: str) -> Path:
        """Return where a path lies. Raises RenderError where its name or a link leads out of ``out/``."""
        if not is_plain_path(path):
            text, hint = f"no path below the output folder: {path!r}", "please report this"
            raise RenderError(Finding("unsafe-file", text, hint=hint))
        target = self.root / path
        self._refuse_link_below(target)
        return target

    def _refuse_link_below(self, target: Path) -> None:
        if not _behind_link(target):
            return
        shown = self._shown(target.parent.relative_to(self.root).as_posix())
        text = f"a link stands on the way to this file's folder: {shown}"
        raise RenderError(
            Finding("unsafe-file", text, hint="put a folder in the link's place, then build again")
        )

    def _refuse_link(self, path: Path) -> None:
        if path.is_symlink():
            text = f"{self._shown(path.relative_to(self.root).as_posix())} is a link"
            hint = "delete the link: assetgen writes there, and sweeps"
            raise MachineError(Finding("unsafe-file", text, hint=hint))

    def _file(self, path: str) -> Path | None:
        try:
            target = self._locate(path)
            mode = _mode(target)
        except (RenderError, OSError):
            return None
        return target if mode is not None and stat.S_ISREG(mode) else None

    def _shown(self, path: str) -> str:
        return f"{self.root.name}/{path}"


@contextmanager
def stopping_the_build(doing: str) -> Iterator[None]:
    """Turn an OSError inside into a MachineError that says what could not be done."""
    try:
        yield
    except OSError as error:
        raise _no_room(doing, error) from error


@contextmanager
def _said_of(shown: str) -> Iterator[None]:
    """Turn an OSError that concerns one file alone into a RenderError, any other into a MachineError."""
    try:
        yield
    except _OF_ONE_FILE as error:
        raise RenderError(_in_the_way(shown, error)) from error
    except OSError as error:
        raise _no_room(f"write {shown}", error) from error


def _no_room(doing: str, error: OSError) -> MachineError:
    hint = "see that the disk has room and that the folder can be written to, then build again"
    return MachineError(Finding("machine", f"cannot {doing}: {error.strerror or error}", hint=hint))


def _in_the_way(shown: str, error: OSError) -> Finding:
    if isinstance(error, PermissionError):
        hint = "see that the folder can be written to and that no program holds the file, then build again"
        return Finding("machine", f"cannot write {shown}: {error.strerror or 'permission denied'}", hint=hint)
    if isinstance(error, IsADirectoryError):
        text = f"a folder stands where this file belongs: {shown}"
        return Finding("unsafe-file", text, hint="move the folder elsewhere, then build again")
    text = f"a file stands where a folder belongs, on the way to {shown}"
    return Finding("unsafe-file", text, hint="move that file elsewhere, then build again")


def _mode(path: Path) -> int | None:
    """Return the mode of what is there, links not followed; None where nothing is."""
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return None


def _behind_link(path: Path) -> bool:
    """Say whether a link stands on the way to a path below ``out/``, whose own links are resolved."""
    return Path(os.path.realpath(path.parent)) != path.parent


def _is_file(path: Path) -> bool:
    """Say whether something other than a folder is there: a file, or a link somebody put in its place."""
    try:
        mode = _mode(path)
    except NotADirectoryError:
        return False
    return mode is not None and not stat.S_ISDIR(mode)


def _prune(folder: Path, root: Path) -> None:
    """Remove a folder and those above it, up to ``root``, as long as they are empty."""
    while folder != root and folder.is_relative_to(root):
        try:
            folder.rmdir()
        except FileNotFoundError:
            folder = folder.parent  # gone already: the one above may be empty too
            continue
        except OSError:
            return  # not empty, or not ours to remove: it stays
        folder = folder.parent


@dataclass(frozen=True, slots=True)
class HeldOutDir:
    """The folder, what the last build left as its state, and whether somebody asks for the end."""

    tree: OutDir
    state: BuildState
    halt: Halt


@contextmanager
def hold_out_dir(out: Path, on_wait: Callable[[], None] = lambda: None) -> Iterator[HeldOutDir | None]:
    """Hold an ``out/``, waiting for another build to end, and note Ctrl-C and SIGTERM meanwhile.

    Gives None where one of them came before it was held. Raises MachineError.
    """
    tree, halt = OutDir(out), Halt()
    with ExitStack() as stack:
        stack.enter_context(halt.listening())
        with stopping_the_build(f"prepare {tree.root.name}"):
            tree.own.mkdir(parents=True, exist_ok=True)
            lock = locked(tree.lock, give_up=lambda: halt.requested, on_wait=on_wait)
            held = stack.enter_context(lock)
        yield HeldOutDir(tree, read_state(tree.state), halt) if held else None
