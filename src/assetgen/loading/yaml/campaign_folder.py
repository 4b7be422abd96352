"""The campaign's folder: which files it holds, and their bytes. Nothing outside it is read, links resolved."""

from __future__ import annotations

import errno
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.yaml.document import MAX_BYTES, YamlDocument, read_document
from assetgen.loading.yaml.file_validation import did_you_mean

HINTS = {
    "campaign.yaml": "go to the campaign's folder (assetgen -C DIR), or make one: assetgen init DIR",
    "brand/brand.yaml": "facts, colours and type stand there; assetgen init DIR writes an example",
}
PARTNER_HINT = "write one with name: and the partner's name, or take the folder away"


def read_yaml(root: Path, name: str, *, may_be_empty: bool = False) -> YamlDocument:
    """Return the document in a file; ``name`` is relative to ``root``. Raises CampaignError."""
    path, place = root / name, Place(name)
    if not is_file(path):
        refuse_what_is_no_file(path, place)
        hint = HINTS.get(name, PARTNER_HINT if name.startswith("partners/") else None)
        if is_file(path.with_suffix(".yml")):
            hint = f"rename {path.stem}.yml to {path.name}"
        raise CampaignError(Finding("missing-file", f"file not found: {name}", hint, place))
    check_inside(path, root, place)
    if path.stat().st_size > MAX_BYTES:
        hint = "divide the file"
        raise CampaignError(Finding("too-large", f"over {MAX_BYTES:,} bytes", hint, place))
    return read_document(read_bytes(path, place), name, may_be_empty=may_be_empty)


def read_bytes(path: Path, place: Place) -> bytes:
    """Return a file's bytes; raises CampaignError where this user may not read them."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(error, place) from error


def read_bounded(path: Path, place: Place, most: int, hint: str) -> bytes:
    """Return a file's bytes; raises CampaignError, and reads no more, where it has over ``most``."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            content = file.read(most + 1) if size <= most else b""
    except OSError as error:
        raise _unreadable(error, place) from error
    size = max(size, len(content))
    if size > most:
        text = f"the file has {size:,} bytes; at most {most:,} are taken"
        raise CampaignError(Finding("too-large", text, hint, place))
    return content


def _unreadable(error: OSError, place: Place) -> CampaignError:
    text = f"the file cannot be read: {error.strerror or 'no reason given'}"
    return CampaignError(Finding("missing-file", text, "check the file's permissions", place))


def is_file(path: Path) -> bool:
    """Say whether there is a file; a name that the system does not take (too long) is that of none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def refuse_what_is_no_file(path: Path, place: Place) -> None:
    """Raise CampaignError where something other than a file stands, or nobody may see what does."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM):
            raise _unreadable(error, place) from error
        if isinstance(error, OSError) and error.errno == errno.ELOOP:
            raise _endless(place) from error
        return
    kind = "a folder" if stat.S_ISDIR(mode) else "a device or a pipe"
    text = f"{kind} where a file belongs: {path.name:.60}"
    raise CampaignError(Finding("bad-value", text, "put the file itself there", place))


def _endless(place: Place) -> CampaignError:
    hint = "put the file itself there, not a link to it"
    return CampaignError(Finding("unsafe-file", "a link that leads to itself", hint, place))


def campaign_folder(root: Path) -> Path:
    """Return the campaign's folder with its links followed; raises CampaignError where they lead in a circle."""
    try:
        return root.resolve()
    except (OSError, RuntimeError) as error:
        text, hint = (
            "the campaign's folder is a link that leads to itself",
            "go to the campaign's folder (assetgen -C DIR)",
        )
        raise CampaignError(Finding("unsafe-file", text, hint, Place(root.as_posix()))) from error


def resolved(path: Path, place: Place) -> Path:
    """Return a path with its links followed; raises CampaignError where they lead round in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: before Python 3.13
        raise _endless(place) from error


def check_inside(path: Path, root: Path, place: Place) -> None:
    """Raise CampaignError where a link leads out of the campaign's folder."""
    if not resolved(path, place).is_relative_to(root.resolve()):
        hint = "put the file itself there, not a link to it"
        raise CampaignError(Finding("unsafe-file", "leads out of the campaign's folder", hint, place))


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that another file names: what messages call it and its folder, and where to put it.

    With ``suffixes`` the nearest name of a file that has one of them is offered for a name that is not there.
    """

    name: str
    folder_name: str
    hint: str
    suffixes: Collection[str] = ()


def named_file(root: Path, folder: Path, name: str, place: Place, kind: FileKind) -> Path:
    """Return the path of a file in a folder of the campaign, of which another file gives the name.

    Raises CampaignError where it is not there or leads out of the folder.
    """
    path = folder / name
    if Path(name).is_absolute() or not resolved(path, place).is_relative_to(resolved(folder, place)):
        text = f"{kind.name} leads out of {kind.folder_name}: {name:.60}"
        raise CampaignError(Finding("unsafe-file", text, kind.hint, place))
    check_inside(path, root, place)
    if not is_file(path):
        refuse_what_is_no_file(path, place)
        there = [one.name for one in folder.glob("*") if one.suffix.lower() in kind.suffixes]
        advice = did_you_mean(name, there) or kind.hint if kind.suffixes else None
        raise CampaignError(Finding("missing-file", f"{kind.name} not found: {name:.60}", advice, place))
    return path


def entries(folder: Path, place: Place) -> list[Path]:
    """Return what stands in a folder, in order, without hidden names; nothing where there is no folder.

    Raises CampaignError where this user may not look into it.
    """
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise _closed(error, place) from error


def _closed(error: OSError, place: Place) -> CampaignError:
    text = f"the folder cannot be read: {error.strerror or 'no reason given'}"
    return CampaignError(Finding("missing-file", text, "check the folder's permissions", place))


def folders(root: Path, parent: str, file: str) -> dict[str, Place]:
    """Return the folders below ``parent`` by name, each with the place of its main file; raises as ``entries``.

    A link that leads nowhere counts: whose folder it was is not gone because a disk is.
    """
    try:
        names = [
            path.name
            for path in entries(root / parent, Place(parent))
            if path.is_dir() or (path.is_symlink() and not path.exists())
        ]
    except OSError as error:
        raise _closed(error, Place(parent)) from error
    return {name: Place(f"{parent}/{name}/{file}") for name in names}


def partner_folders(root: Path) -> dict[str, Place]:
    """Return the partners' folders; raises CampaignError where there is none: nothing would be planned."""
    found = folders(root, "partners", "partner.yaml")
    if found:
        return found
    folder = root / "partners"
    text = "no partners: there is no folder partners/"
    if folder.is_dir():
        text = "no partners: partners/ holds no folder"
    elif is_file(folder):
        text = "no partners: partners is a file, not a folder"
    hint = "write partners/<partner>/partner.yaml, with name: and the partner's name"
    raise CampaignError(Finding("missing-file", text, hint, Place("partners")))


def yaml_files(root: Path, parent: str) -> dict[str, Place]:
    """Return the YAML files in ``parent`` by name, each with its place; raises as ``entries``.

    One that is called ``.yml`` counts, so that reading it can say how it is to be called.
    """
    paths = [path for path in entries(root / parent, Place(parent)) if path.suffix in (".yaml", ".yml")]
    return {path.stem: Place(f"{parent}/{path.stem}.yaml") for path in paths}
