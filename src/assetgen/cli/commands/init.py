"""``assetgen init``: write a new campaign folder that builds at once.

The files lie in ``assetgen/starter/``. Its fonts, pictures and templates are the repository's own: the wheel holds
a copy of them, a checkout is read where they lie. Nothing is overwritten.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

import typer

from assetgen.cli.session import Session
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place

CHECKOUT = Path(__file__).resolve().parents[4]
# What the starter shares with the repository's own campaign, as in hatch_build.py.
SHARED = ("brand/fonts", "brand/images", "templates")
GITIGNORE = "gitignore"
"""The starter's ``.gitignore``, under a name that git does not obey in this repository."""


def write_starter(folder: Path) -> list[str]:
    """Write the starter campaign into a folder that is missing or empty; return the paths written, sorted.

    Paths are relative to ``folder``, with ``/``. Raises CampaignError (``bad-value``) where something is in
    the folder already, or where it cannot be written to.
    """
    refuse_occupied(folder)
    contents = read_starter()
    try:
        for path, content in contents.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            # "x": should a file appear there in the meantime, it is not ours to overwrite.
            with target.open("xb") as file:
                file.write(content)
    except OSError as error:
        raise CampaignError(
            Finding(
                "bad-value",
                f"the new campaign cannot be written: {error.strerror or error}",
                hint="choose a folder that you may write to",
                place=Place(str(folder)),
            )
        ) from error
    return sorted(contents)


def refuse_occupied(folder: Path) -> None:
    """Raise CampaignError unless a folder is missing or empty."""
    try:
        if not folder.exists() and not folder.is_symlink():
            return
        if not folder.is_dir():
            text = "this is not a folder"
        elif any(folder.iterdir()):
            text = "this folder is not empty"
        else:
            return
    except OSError as error:
        text = f"this folder cannot be looked into: {error.strerror or error}"
    hint = "name a folder that does not exist yet: assetgen init my-campaign"
    raise CampaignError(Finding("bad-value", text, hint=hint, place=Place(str(folder))))


def read_starter() -> dict[str, bytes]:
    """Return the starter's files: path with ``/`` to bytes, sorted."""
    packed = files("assetgen") / "starter"
    found = dict(read_below(packed))
    found[f".{GITIGNORE}"] = found.pop(GITIGNORE)
    for folder in SHARED:
        if not (packed / folder).is_dir():
            found |= read_below(CHECKOUT / folder, f"{folder}/")
    return dict(sorted(found.items()))


def read_below(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield the path (with ``/``) and the bytes of every file below a folder, without what editors leave there."""
    for entry in folder.iterdir():
        if entry.name.startswith((".", "__pycache__")) or entry.name.endswith("~"):
            continue
        if entry.is_dir():
            yield from read_below(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry.read_bytes()


def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
) -> None:
    """Make a new campaign folder that builds at once. Its helpline is invented: change what says 'change me'."""

    session: Session = context.obj
    target = session.folder / folder
    files = write_starter(target)
    if not session.quiet:
        session.out.print(f"{len(files)} files written to {target}")
        session.out.print(f"next: assetgen -C {shlex.quote(str(target))} build")
