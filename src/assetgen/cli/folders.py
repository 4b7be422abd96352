"""The folder that is built into: where it may not be."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import typer

from assetgen.cli.session import Session
from assetgen.errors import CampaignError
from assetgen.findings import Finding

SOURCES = ("brand", "partners", "templates", ".assetgen", ".git")


def named_folder(word: str) -> Path:
    """Return an option's word as a folder; an empty one would be the current folder, which nobody meant."""
    if not word:
        raise typer.BadParameter("the folder has no name")
    return Path(word)


def built_into(session: Session, out: Path | None) -> Path:
    """Return the folder to build into, which need not be there: ``out``, else the campaign's own.

    Raises CampaignError where it cannot be one, or holds what people wrote.
    """
    if out is None:
        session.require_folder()
    folder = out or session.folder / "out"
    fault = _fault(folder) or _onto_sources(folder, session.folder)
    if fault:
        hint = "name another folder, or leave -o out: then it is out/ in the campaign"
        raise CampaignError(Finding("bad-value", f"-o {folder}: {fault}", hint=hint))
    return folder


def _fault(folder: Path) -> str | None:
    try:
        return None if stat.S_ISDIR(folder.stat().st_mode) else "it is a file, not a folder"
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return "a file stands on the way"
    except (OSError, ValueError) as error:
        return str(getattr(error, "strerror", None) or error)


def _onto_sources(folder: Path, campaign: Path) -> str | None:
    target, root = (Path(os.path.realpath(path)) for path in (folder, campaign))
    own = [Path(os.path.realpath(root / name)) for name in SOURCES]
    if target == root or any(target.is_relative_to(one) for one in own):
        return "the campaign's own files are there, not what is built"
    return None
