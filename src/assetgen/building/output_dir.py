"""The folder ``out/``: its lock, and every write, move and removal in it.

A lock belongs to an open file, so the system releases it however its holder ends. The lock file itself stays.

Every path must be plain (``entry.is_plain_path``), and none of its folders may be a link, so nothing outside ``out/``
can be reached. This module does not decide which files to remove; ``output_record`` does.
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

from assetgen.building.build_db import BuildDatabase, read_build_db
from assetgen.building.pool.executor import Interrupt
from assetgen.errors import MachineError, RenderError
from assetgen.findings import Finding, Severity
from assetgen.manifest.entry import is_plain_path
from assetgen.manifest.manifest_file import FileStat, file_stat

BUG_HINT = "this is a bug in assetgen: please report it"
_WAIT_S = 0.05

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int, *, shared: bool) -> bool:
        """Lock the first byte of the file. ``msvcrt`` has no shared locks, so a shared lock is exclusive as well."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(handle: int, *, shared: bool) -> bool:
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
    """Hold the lock file at ``path``. Yields True once it is held, False if ``give_up`` returned True while waiting.

    ``on_wait`` is called once if another process holds the lock. Raises OSError if the file cannot be opened.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        is_locked = _try_lock(handle, shared=shared)
        if not is_locked and not give_up():
            on_wait()
        while not is_locked and not give_up():
            time.sleep(_WAIT_S)
            is_locked = _try_lock(handle, shared=shared)
        yield is_locked
    finally:
        os.close(handle)


ASSETGEN_FOLDER = ".assetgen"
# Errors that concern one file or its folder. Any other error, such as a full disk, concerns all assets: it stops the
# build, and the files in out/ stay.
_ONE_FILE_ERRORS = (PermissionError, IsADirectoryError, NotADirectoryError, FileExistsError)


class OutDir:
    """The output folder ``out/`` and its subfolder ``.assetgen/``.

    ``.assetgen/`` holds the folders ``tmp`` (emptied by each build), ``stale``, ``rejected`` and ``replaced``, and the
    files ``journal``, ``state`` (the build database) and ``lock``.
    """

    def __init__(self, out: Path) -> None:
        """Set the paths below ``out``; write nothing.

        Raises MachineError if ``.assetgen/`` or a path in it is a link.
        """
        self.root = Path(os.path.realpath(out))
        self.assetgen_folder = self.root / ASSETGEN_FOLDER
        self.tmp = self.assetgen_folder / "tmp"
        self.journal = self.assetgen_folder / "journal"
        self.build_db = self.assetgen_folder / "state"
        self.lock = self.assetgen_folder / "lock"
        self._stale = self.assetgen_folder / "stale"
        self._rejected = self.assetgen_folder / "rejected"
        self._replaced = self.assetgen_folder / "replaced"
        self._has_no_link: dict[str, bool] = {}
        fixed_paths = (self.assetgen_folder, self.tmp, self.journal, self.build_db, self.lock)
        for path in (*fixed_paths, self._stale, self._rejected, self._replaced):
            with raising_machine_error(f"open {self.root.name}"):
                self._refuse_link(path)

    def prepare(self) -> None:
        """Create missing folders; remove files that a killed build has left in ``tmp``. Raises MachineError."""
        with raising_machine_error(f"prepare {self.root.name}"):
            self.assetgen_folder.mkdir(parents=True, exist_ok=True)
            self.remove_tmp()
            self.tmp.mkdir()

    def remove_tmp(self) -> None:
        """Remove ``tmp`` and everything in it. Raises OSError."""
        if self.tmp.exists():
            shutil.rmtree(self.tmp)

    def has(self, path: str) -> bool:
        """Say whether ``path`` is a regular file and none of its folders is a link."""
        return self.file_stat(path) is not None

    def file_stat(self, path: str) -> FileStat | None:
        """Return the stat of the regular file at ``path``; None if there is none or one of its folders is a link.

        Fast: whether a folder is a link is checked once and remembered. Methods that change files check again.
        """
        if not is_plain_path(path):
            return None
        folder = path.rpartition("/")[0]
        if folder not in self._has_no_link:
            self._has_no_link[folder] = not _behind_link(self.root / path)
        if not self._has_no_link[folder]:
            return None
        try:
            found = os.lstat(f"{self.root}/{path}")
        except (OSError, ValueError):
            return None
        return file_stat(found) if stat.S_ISREG(found.st_mode) else None

    def bytes_of(self, paths: Iterable[str]) -> int:
        """Return the total size in bytes of the files at these paths."""
        return sum(file_stat[0] for path in paths if (file_stat := self.file_stat(path)))

    def sha256(self, path: str) -> str | None:
        """Return the sha256 of the file at ``path``; None if it cannot be read."""
        file = self._file(path)
        if file is None:
            return None
        try:
            with file.open("rb") as opened:
                return hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError:
            return None

    def make_way(self, path: str, sha256: str, *, ours: bool) -> Finding | None:
        """Make sure that a file with this hash can be moved to ``path``. Call this before writing the journal.

        ``ours`` says whether assetgen wrote the present file. If it did not and the hash is different, that file is
        moved to ``.assetgen/replaced/`` and a finding about it is returned; otherwise None. Raises RenderError if
        anything else prevents the move.
        """
        with _raising_for_file(self._shown(path)):
            target = self._locate(path)
            mode = _mode(target)
            if mode is not None and stat.S_ISDIR(mode):
                raise IsADirectoryError
            if mode is None or ours or self.sha256(path) == sha256:
                return None
            aside = self.move_to_replaced(path)
        text = f"{self._shown(path)} was not written by assetgen; it was moved to {aside}"
        hint = "keep your own files outside the output folder"
        return Finding("unsafe-file", text, hint=hint, severity=Severity.NOTE)

    def move_in(self, temp: str, path: str) -> FileStat:
        """Move a finished file from ``tmp`` to ``path`` and return its file stat there. Raises RenderError."""
        with _raising_for_file(self._shown(path)):
            target = self._locate(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(self.tmp / temp, target)
            placed = file_stat(target.lstat())
            self.drop_old_copies(path)
        return placed

    def drop_old_copies(self, path: str) -> None:
        """Remove the copies of ``path`` in ``stale`` and ``rejected``, now that it is built again. Raises OSError."""
        for folder in (self._stale, self._rejected):
            self._drop_copy(folder, path)

    def discard(self, temp: str) -> None:
        """Remove a file from ``tmp``. Raises OSError."""
        (self.tmp / temp).unlink()

    def reject(self, temp: str, path: str) -> str:
        """Move a file that failed a preflight check from ``tmp`` to ``.assetgen/rejected/``.

        Returns its new path, for messages. Raises RenderError.
        """
        kept = self._rejected / path
        shown = self._shown(kept.relative_to(self.root).as_posix())
        with _raising_for_file(shown):
            self._refuse_link_below(kept)
            kept.parent.mkdir(parents=True, exist_ok=True)
            os.replace(self.tmp / temp, kept)
        return shown

    def move_to_stale(self, path: str) -> None:
        """Move the file at ``path``, if any, to ``.assetgen/stale/``. Raises RenderError."""
        with _raising_for_file(self._shown(path)):
            target = self._locate(path)
            if not _is_file_or_link(target):
                return
            kept = self._stale / path
            self._refuse_link_below(kept)
            kept.parent.mkdir(parents=True, exist_ok=True)
            os.replace(target, kept)
        _remove_empty_folders(target.parent, self.root)

    def remove(self, path: str) -> bool:
        """Remove the file at ``path`` and the folders that this leaves empty; say whether there was a file.

        Raises RenderError.
        """
        with _raising_for_file(self._shown(path)):
            target = self._locate(path)
            exists = _is_file_or_link(target)
            if exists:
                target.unlink()
            self._drop_copy(self._rejected, path)
        _remove_empty_folders(target.parent, self.root)
        return exists

    def move_to_replaced(self, path: str) -> str:
        """Move the file at ``path`` to an unused name in ``.assetgen/replaced/``; return its new path, for messages.

        Raises RenderError if a link is in the way, OSError if the file cannot be moved.
        """
        kept = self._replaced / path
        self._refuse_link_below(kept)
        kept.parent.mkdir(parents=True, exist_ok=True)
        number = 1
        while _mode(kept) is not None:
            number += 1
            kept = kept.with_name(f"{Path(path).name}.{number}")
        os.replace(self.root / path, kept)
        return self._shown(kept.relative_to(self.root).as_posix())

    def _drop_copy(self, folder: Path, path: str) -> None:
        """Remove the copy of ``path`` that an earlier build kept in ``folder``."""
        copy = folder / path
        if _behind_link(copy) or not _is_file_or_link(copy):
            return
        copy.unlink()
        _remove_empty_folders(copy.parent, folder)

    def _locate(self, path: str) -> Path:
        """Return the full path of a file. Raises RenderError if its name or a link leads out of ``out/``."""
        if not is_plain_path(path):
            text, hint = (
                f"{path!r} is not a path below the output folder",
                BUG_HINT,
            )
            raise RenderError(Finding("unsafe-file", text, hint=hint))
        target = self.root / path
        self._refuse_link_below(target)
        return target

    def _refuse_link_below(self, target: Path) -> None:
        if not _behind_link(target):
            return
        shown = self._shown(target.parent.relative_to(self.root).as_posix())
        text = f"the path {shown} contains a symbolic link, and assetgen does not write through links"
        raise RenderError(
            Finding("unsafe-file", text, hint="replace the link with a folder, then build again")
        )

    def _refuse_link(self, path: Path) -> None:
        if path.is_symlink():
            text = f"{self._shown(path.relative_to(self.root).as_posix())} is a symbolic link"
            hint = "delete it: assetgen writes and deletes files there"
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
def raising_machine_error(doing: str) -> Iterator[None]:
    """Turn an OSError inside the block into a MachineError that says what could not be done."""
    try:
        yield
    except OSError as error:
        raise _machine_error(doing, error) from error


@contextmanager
def _raising_for_file(shown: str) -> Iterator[None]:
    """Turn an OSError about this one file into a RenderError, any other OSError into a MachineError."""
    try:
        yield
    except _ONE_FILE_ERRORS as error:
        raise RenderError(_blocked(shown, error)) from error
    except OSError as error:
        raise _machine_error(f"write {shown}", error) from error


def _machine_error(doing: str, error: OSError) -> MachineError:
    hint = "check that the disk has free space and that you may write to the folder, then build again"
    return MachineError(Finding("machine", f"cannot {doing}: {error.strerror or error}", hint=hint))


def _blocked(shown: str, error: OSError) -> Finding:
    if isinstance(error, PermissionError):
        hint = "check that you may write to the folder and that no other program has the file open, then build again"
        return Finding("machine", f"cannot write {shown}: {error.strerror or 'permission denied'}", hint=hint)
    if isinstance(error, IsADirectoryError):
        text = f"{shown} is a folder; assetgen must write a file there"
        return Finding("unsafe-file", text, hint="move the folder elsewhere, then build again")
    text = f"a part of the path {shown} is a file, not a folder"
    return Finding("unsafe-file", text, hint="move that file elsewhere, then build again")


def _mode(path: Path) -> int | None:
    """Return the mode of a path without following links; None if it does not exist."""
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return None


def _behind_link(path: Path) -> bool:
    """Say whether a folder between ``out/`` and this path is a link. Links above ``out/`` are already resolved."""
    return Path(os.path.realpath(path.parent)) != path.parent


def _is_file_or_link(path: Path) -> bool:
    """Say whether ``path`` exists and is not a folder: it is a file or a link."""
    try:
        mode = _mode(path)
    except NotADirectoryError:
        return False
    return mode is not None and not stat.S_ISDIR(mode)


def _remove_empty_folders(folder: Path, root: Path) -> None:
    """Remove a folder and its parents below ``root``, as long as they are empty."""
    while folder != root and folder.is_relative_to(root):
        try:
            folder.rmdir()
        except FileNotFoundError:
            folder = folder.parent  # already removed: its parent may be empty too
            continue
        except OSError:
            return  # not empty, or no permission
        folder = folder.parent


@dataclass(frozen=True, slots=True)
class LockedOutDir:
    """A locked output folder, the build database in it, and whether Ctrl-C or SIGTERM was received."""

    out_dir: OutDir
    build_db: BuildDatabase
    interrupt: Interrupt


@contextmanager
def lock_out_dir(out: Path, on_wait: Callable[[], None] = lambda: None) -> Iterator[LockedOutDir | None]:
    """Lock an output folder; wait for any other build in it to end.

    Inside the block, Ctrl-C and SIGTERM do not end the process; they only set ``interrupt.requested``. Yields None if
    one of them arrived before the lock was held. Raises MachineError.
    """
    out_dir, interrupt = OutDir(out), Interrupt()
    with ExitStack() as stack:
        stack.enter_context(interrupt.catching_signals())
        with raising_machine_error(f"prepare {out_dir.root.name}"):
            out_dir.assetgen_folder.mkdir(parents=True, exist_ok=True)
            lock = locked(out_dir.lock, give_up=lambda: interrupt.requested, on_wait=on_wait)
            is_locked = stack.enter_context(lock)
        yield LockedOutDir(out_dir, read_build_db(out_dir.build_db), interrupt) if is_locked else None
