"""The campaign's folder: which files it holds, and their bytes. Nothing outside it is read, links resolved."""

from __future__ import annotations

from pathlib import Path

from assetgen.campaign.reading import MAX_BYTES, Document, read_document
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place

HINTS = {
    "campaign.yaml": "go to the campaign's folder (assetgen -C DIR), or make one: assetgen init DIR",
    "brand/brand.yaml": "facts, colours and type stand there; assetgen init DIR writes an example",
}
PARTNER_HINT = "write one with name: and the partner's name, or take the folder away"


def read_yaml(root: Path, name: str) -> Document:
    """Return the document in a file; ``name`` is relative to ``root``. Raises CampaignError."""
    path, place = root / name, Place(name)
    if not is_file(path):
        hint = HINTS.get(name, PARTNER_HINT if name.startswith("partners/") else None)
        if is_file(path.with_suffix(".yml")):
            hint = f"rename {path.stem}.yml to {path.name}"
        raise CampaignError(Finding("missing-file", f"file not found: {name}", hint, place))
    check_inside(path, root, place)
    if path.stat().st_size > MAX_BYTES:
        hint = "divide the file"
        raise CampaignError(Finding("too-large", f"over {MAX_BYTES:,} bytes", hint, place))
    return read_document(read_bytes(path, place), name)


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


def check_inside(path: Path, root: Path, place: Place) -> None:
    """Raise CampaignError where a link leads out of the campaign's folder."""
    if not path.resolve().is_relative_to(root.resolve()):
        hint = "put the file itself there, not a link to it"
        raise CampaignError(Finding("unsafe-file", "leads out of the campaign's folder", hint, place))


def folders(root: Path, parent: str, file: str) -> dict[str, Place]:
    """Return the folders below ``parent`` by name, each with the place of its main file."""
    folder = root / parent
    if not folder.is_dir():
        return {}
    names = sorted(
        entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith(".")
    )
    return {name: Place(f"{parent}/{name}/{file}") for name in names}


def yaml_files(root: Path, parent: str) -> dict[str, Place]:
    """Return the ``.yaml`` files in ``parent`` by name, each with its place. Hidden ones are an editor's."""
    paths = sorted(path for path in (root / parent).glob("*.yaml") if not path.name.startswith("."))
    return {path.stem: Place(f"{parent}/{path.name}") for path in paths}
