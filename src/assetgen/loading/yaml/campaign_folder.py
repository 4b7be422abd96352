"""Find and read the files of a campaign folder. A file outside it, even behind a link, is an error."""

from __future__ import annotations

import errno
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.yaml.brand_folder import brand_folder
from assetgen.loading.yaml.document import MAX_BYTES, YamlDocument, read_document
from assetgen.loading.yaml.file_validation import did_you_mean

HINTS = {
    "campaign.yaml": "go to the campaign folder (assetgen -C DIR), or create one: assetgen init DIR",
    "brand/brand.yaml": "this file holds facts, colours and fonts; assetgen init DIR writes an example",
}
OUTSIDE, REPLACE_LINK_HINT = (
    "the path leads out of the campaign folder",
    "replace the symbolic link with the file itself",
)
PARTNER_HINT = "create the file with name: and the partner's name, or delete the folder"


def read_yaml(root: Path, name: str, *, may_be_empty: bool = False) -> YamlDocument:
    """Read a YAML file; ``name`` is relative to ``root``.

    Raises CampaignError if the file is missing, outside the folder, too large or invalid.
    """
    path, place = root / name, Place(name)
    if not is_file(path):
        check_regular_file(path, place)
        hint = HINTS.get(name, PARTNER_HINT if name.startswith("partners/") else None)
        if is_file(path.with_suffix(".yml")):
            hint = f"rename {path.stem}.yml to {path.name}"
        raise CampaignError(Finding("missing-file", f"file not found: {name}", hint, place))
    check_inside(path, root, place)
    if path.stat().st_size > MAX_BYTES:
        hint = "split the file"
        raise CampaignError(Finding("too-large", f"the file has more than {MAX_BYTES:,} bytes", hint, place))
    return read_document(read_bytes(path, place), name, may_be_empty=may_be_empty)


def read_bytes(path: Path, place: Place) -> bytes:
    """Return a file's bytes. Raises CampaignError if the user may not read the file."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable_file(error, place) from error


def read_bounded(path: Path, place: Place, max_bytes: int, hint: str) -> bytes:
    """Return a file's bytes. Raises CampaignError, without reading the rest, if it has more than ``max_bytes``."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            content = file.read(max_bytes + 1) if size <= max_bytes else b""
    except OSError as error:
        raise _unreadable_file(error, place) from error
    size = max(size, len(content))
    if size > max_bytes:
        text = f"the file has {size:,} bytes; the limit is {max_bytes:,}"
        raise CampaignError(Finding("too-large", text, hint, place))
    return content


def _unreadable_file(error: OSError, place: Place) -> CampaignError:
    text = f"the file cannot be read: {error.strerror or 'no reason given'}"
    return CampaignError(Finding("missing-file", text, "check that you have permission to read it", place))


def is_file(path: Path) -> bool:
    """Say whether a file exists; false for a name that the system does not accept, such as one that is too long."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def check_regular_file(path: Path, place: Place) -> None:
    """Raise CampaignError if the path exists but is not a file, or may not be accessed. A missing path is fine."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM):
            raise _unreadable_file(error, place) from error
        if isinstance(error, OSError) and error.errno == errno.ELOOP:
            raise _link_loop(place) from error
        return
    kind = "a folder" if stat.S_ISDIR(mode) else "a device or a pipe"
    text = f"expected a file, found {kind}: {path.name:.60}"
    raise CampaignError(Finding("bad-value", text, "replace it with the file itself", place))


def _link_loop(place: Place) -> CampaignError:
    hint = REPLACE_LINK_HINT
    return CampaignError(Finding("unsafe-file", "a symbolic link points to itself", hint, place))


def resolve_campaign_folder(root: Path) -> Path:
    """Return the campaign folder with its links resolved. Raises CampaignError if they form a loop."""
    try:
        return root.resolve()
    except (OSError, RuntimeError) as error:
        text, hint = (
            "the campaign folder is a symbolic link that points to itself",
            "go to the campaign folder (assetgen -C DIR)",
        )
        raise CampaignError(Finding("unsafe-file", text, hint, Place(root.as_posix()))) from error


def resolve_links(path: Path, place: Place) -> Path:
    """Return a path with its links resolved. Raises CampaignError if they form a loop."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: before Python 3.13
        raise _link_loop(place) from error


def check_inside(path: Path, root: Path, place: Place) -> None:
    """Raise CampaignError if the path leads out of the campaign and of its shared brand, for example by a link."""
    folders = (root.resolve(), resolve_links(root / brand_folder(root), place))
    if not any(resolve_links(path, place).is_relative_to(folder) for folder in folders):
        hint = REPLACE_LINK_HINT
        raise CampaignError(Finding("unsafe-file", OUTSIDE, hint, place))


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that another file refers to, with the texts for messages about it.

    ``name`` and ``folder_name`` are what messages call the file and its folder. ``hint`` says where to put the file.
    If the file is missing, the hint proposes the most similar file with one of the ``suffixes``.
    """

    name: str
    folder_name: str
    hint: str
    suffixes: Collection[str] = ()


def find_named_file(root: Path, folder: Path, name: str, place: Place, kind: FileKind) -> Path:
    """Return the path of a file in a campaign's subfolder that another file refers to by ``name``.

    ``place`` is where that name is written. Raises CampaignError if the file is missing or outside the folder.
    """
    path = folder / name
    if Path(name).is_absolute() or not resolve_links(path, place).is_relative_to(
        resolve_links(folder, place)
    ):
        text = f"{kind.name} is outside {kind.folder_name}: {name:.60}"
        raise CampaignError(Finding("unsafe-file", text, kind.hint, place))
    check_inside(path, root, place)
    if not is_file(path):
        check_regular_file(path, place)
        present = [entry.name for entry in folder.glob("*") if entry.suffix.lower() in kind.suffixes]
        hint = did_you_mean(name, present) or kind.hint if kind.suffixes else None
        raise CampaignError(Finding("missing-file", f"{kind.name} not found: {name:.60}", hint, place))
    return path


def list_entries(folder: Path, place: Place) -> list[Path]:
    """Return the entries of a folder in order, without hidden ones; an empty list if the folder is missing.

    Raises CampaignError if the user may not read the folder.
    """
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise _unreadable_folder(error, place) from error


def _unreadable_folder(error: OSError, place: Place) -> CampaignError:
    text = f"the folder cannot be read: {error.strerror or 'no reason given'}"
    return CampaignError(Finding("missing-file", text, "check that you have permission to read it", place))


def list_folders(root: Path, parent: str, file: str) -> dict[str, Place]:
    """Return the folders below ``parent`` by name, each with the place of its main file.

    A broken link counts as a folder, because the disk that it leads to may only be unmounted. Raises CampaignError as
    ``list_entries`` does.
    """
    try:
        names = [
            path.name
            for path in list_entries(root / parent, Place(parent))
            if path.is_dir() or (path.is_symlink() and not path.exists())
        ]
    except OSError as error:
        raise _unreadable_folder(error, Place(parent)) from error
    return {name: Place(f"{parent}/{name}/{file}") for name in names}


def list_partner_folders(root: Path) -> dict[str, Place]:
    """Return the partners' folders. Raises CampaignError if there are none, because no asset could be planned."""
    found = list_folders(root, "partners", "partner.yaml")
    if found:
        return found
    folder = root / "partners"
    text = "no partners: the folder partners/ is missing"
    if folder.is_dir():
        text = "no partners: partners/ contains no folder"
    elif is_file(folder):
        text = "no partners: partners is a file, not a folder"
    hint = "create partners/<partner>/partner.yaml, with name: and the partner's name"
    raise CampaignError(Finding("missing-file", text, hint, Place("partners")))


def list_yaml_files(root: Path, parent: str) -> dict[str, Place]:
    """Return the YAML files in ``parent`` by name, each with its place.

    Files with the suffix ``.yml`` are included, so that reading them can report the wrong suffix. Raises
    CampaignError as ``list_entries`` does.
    """
    paths = [path for path in list_entries(root / parent, Place(parent)) if path.suffix in (".yaml", ".yml")]
    return {path.stem: Place(f"{parent}/{path.stem}.yaml") for path in paths}
