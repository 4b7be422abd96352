"""``assetgen init``: write a new campaign folder that can be built at once.

The files are in ``assetgen/starter/``. The starter uses the fonts, pictures and templates of the repository's own
campaign: a wheel contains a copy of them, a source checkout reads the originals. No file is ever overwritten.
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
# Folders that the starter shares with the repository's own campaign. hatch_build.py has the same list.
SHARED = ("brand/fonts", "brand/images", "templates")
GITIGNORE = "gitignore"
"""The name of the starter's ``.gitignore`` in the package: git must not apply it to this repository."""


def write_starter(folder: Path) -> list[str]:
    """Write the starter campaign into a new or empty folder; return the paths of its files, sorted.

    Paths are relative to ``folder``, with ``/``. Raises CampaignError (``bad-value``) if the folder is not empty or
    cannot be written to.
    """
    require_empty_folder(folder)
    contents = read_starter()
    try:
        for path, content in contents.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            # "x": do not overwrite a file that somebody else creates in the meantime.
            with target.open("xb") as file:
                file.write(content)
    except OSError as error:
        raise CampaignError(
            Finding(
                "bad-value",
                f"cannot write the new campaign: {error.strerror or error}",
                hint="choose a folder that you may write to",
                place=Place(str(folder)),
            )
        ) from error
    return sorted(contents)


def require_empty_folder(folder: Path) -> None:
    """Raise CampaignError unless the folder does not exist or is empty."""
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
        text = f"cannot read this folder: {error.strerror or error}"
    hint = "name a folder that does not exist yet: assetgen init my-campaign"
    raise CampaignError(Finding("bad-value", text, hint=hint, place=Place(str(folder))))


def read_starter() -> dict[str, bytes]:
    """Return the bytes of each of the starter's files by path (with ``/``), sorted."""
    package_folder = files("assetgen") / "starter"
    found = dict(read_below(package_folder))
    found[f".{GITIGNORE}"] = found.pop(GITIGNORE)
    for folder in SHARED:
        if not (package_folder / folder).is_dir():
            found |= read_below(CHECKOUT / folder, f"{folder}/")
    return dict(sorted(found.items()))


def read_below(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield the path (with ``/``) and the bytes of every file below a folder, except files that editors leave."""
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
    """Create a campaign folder that can be built at once.

    The helpline in it is invented: change every line that says 'change me'.
    """

    session: Session = context.obj
    target = session.folder / folder
    files = write_starter(target)
    if not session.quiet:
        session.out.print(f"{len(files)} files written to {target}")
        session.out.print(f"next: assetgen -C {shlex.quote(str(target))} build")
