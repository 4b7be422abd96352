"""Write the gallery into ``out/``: thumbnails, style sheet and page. Then remove old thumbnails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assetgen.errors import CampaignError, MachineError
from assetgen.findings import Finding, Place
from assetgen.gallery.gallery_page import (
    FOLDER,
    STYLE_NAME,
    clean_asset,
    make_card,
    read_resource,
    render_page,
)
from assetgen.gallery.gallery_pictures import (
    PIXELS_PER_PX,
    THUMB_NAME,
    FileCondition,
    ThumbJob,
    draw_thumbs,
    thumb_name,
    thumb_size_px,
    write_atomically,
)
from assetgen.manifest.entry import ListedAsset
from assetgen.manifest.manifest_file import read_listed_assets

PAGE_NAME = "index.html"
LIST_NAME = ".assetgen/gallery"
"""The list of all thumbnails that the gallery wrote. Only these are ever removed."""
SIGNATURE = b"assetgen gallery"
"""Text near the top of the page and of the style sheet. A file without it was not written by the gallery."""
SIGNATURE_WITHIN_BYTES = 1000


@dataclass(frozen=True, slots=True)
class GalleryResult:
    """The result of ``write_gallery``.

    ``assets`` is the number of assets on the page, ``thumbnails`` the number of thumbnails that were drawn. ``written``
    are the files that were written, relative to ``out``. Files that were up to date are not in it.
    """

    page: Path
    assets: int
    thumbnails: int
    written: tuple[str, ...]


def write_gallery(out: Path, *, on_progress: Callable[[int, int], None] | None = None) -> GalleryResult:
    """Write the gallery of ``out`` from its manifest and the files that the manifest names.

    ``on_progress`` receives the number of thumbnails drawn and the number to draw. An asset whose file is missing or
    cannot be drawn is shown with a note about this. Raises CampaignError if there is no valid manifest, or if the
    gallery would replace a file that it did not write; RenderError if a process died; MachineError if a file cannot be
    written.
    """
    heading, listed = read_listed_assets(out)
    assets = [clean_asset(asset) for asset in listed]
    page, style = out / PAGE_NAME, out / FOLDER / STYLE_NAME
    try:
        _refuse_links(out)
        _refuse_foreign(out, page, style)
        conditions, drawn = _draw_missing(out, assets, on_progress)
        cards = [make_card(asset, condition) for asset, condition in zip(assets, conditions, strict=True)]
        texts = {style: read_resource(STYLE_NAME), page: render_page(heading, cards)}
        changed = [path for path, text in texts.items() if _write_changed(out, path, text.encode())]
        _remove_old_thumbs(out, assets)
    except OSError as error:
        text = f"the gallery cannot be written: {error.strerror or error}"
        hint = "check that the disk has free space and that you may write to the output folder"
        raise MachineError(Finding("machine", text, hint=hint)) from error
    written = sorted([*drawn, *(path.relative_to(out).as_posix() for path in changed)])
    return GalleryResult(page, len(cards), len(drawn), tuple(written))


def _refuse_foreign(out: Path, *paths: Path) -> None:
    """Raise CampaignError if the gallery would replace a file that it did not write."""
    for path in paths:
        if not path.exists():
            continue
        with path.open("rb") as stream:
            if SIGNATURE in stream.read(SIGNATURE_WITHIN_BYTES):
                continue
        place = Place(path.relative_to(out).as_posix())
        text = "the gallery would replace this file, but assetgen did not write it"
        hint = "move it out of the output folder"
        raise CampaignError(Finding("unsafe-file", text, hint=hint, place=place))


def _draw_missing(
    out: Path, entries: Sequence[ListedAsset], on_progress: Callable[[int, int], None] | None
) -> tuple[list[FileCondition], list[str]]:
    """Draw the missing thumbnails. Return each entry's condition, and the names of the thumbnails drawn."""
    temporary = _temporary(out)
    (out / FOLDER).mkdir(exist_ok=True)
    conditions = [_condition(out, entry) for entry in entries]
    # Where a channel has no room for partners' names, all partners have the same file: they share a thumbnail.
    entries_by_thumb: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        name = thumb_name(entry)
        if conditions[number] is FileCondition.FOUND and name and not (out / FOLDER / name).is_file():
            entries_by_thumb.setdefault(name, []).append(number)
    jobs = [
        _job(out, name, [entries[number] for number in numbers], temporary)
        for name, numbers in entries_by_thumb.items()
    ]
    # The names are listed before drawing, so that a killed call leaves no thumbnail that is never removed.
    _list_own_thumbs(out, _own_thumbs(out) | set(entries_by_thumb))
    outcomes = draw_thumbs(jobs, on_progress)
    for numbers, outcome in zip(entries_by_thumb.values(), outcomes, strict=True):
        for number in numbers:
            conditions[number] = outcome
    drawn = zip(entries_by_thumb, outcomes, strict=True)
    return conditions, [f"{FOLDER}/{name}" for name, outcome in drawn if outcome is FileCondition.FOUND]


def _condition(out: Path, entry: ListedAsset) -> FileCondition:
    """Return the condition of an asset's file, from its path and size. Its bytes are checked when it is drawn."""
    path = out / entry.path
    # A symlink that leads out of the folder is not followed, since nothing outside is part of the output.
    if not path.is_file() or not path.resolve().is_relative_to(out.resolve()):
        return FileCondition.MISSING
    return FileCondition.FOUND if path.stat().st_size == entry.bytes else FileCondition.CHANGED


def _job(out: Path, name: str, entries: Sequence[ListedAsset], temporary: Path) -> ThumbJob:
    """Return the job of drawing one thumbnail for the entries that share it."""
    width_px, height_px = thumb_size_px(entries[0])
    return ThumbJob(
        sources=tuple(out / entry.path for entry in entries),
        target=out / FOLDER / name,
        temporary=temporary,
        format=entries[0].format,
        sha256=entries[0].sha256,
        width_px=width_px * PIXELS_PER_PX,
        height_px=height_px * PIXELS_PER_PX,
    )


def _temporary(out: Path) -> Path:
    """Return the folder for unfinished files, and create it if necessary.

    It is on the same disk as ``out``, and the next build empties it.
    """
    folder = out / ".assetgen" / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write_changed(out: Path, path: Path, content: bytes) -> bool:
    """Write the file unless it has these bytes already. Say whether it was written."""
    if path.is_file() and path.read_bytes() == content:
        return False
    write_atomically(path, content, _temporary(out))
    return True


def _own_thumbs(out: Path) -> set[str]:
    """Return the names of the thumbnails that the gallery wrote here, according to its list."""
    path = out / LIST_NAME
    names = path.read_text(encoding="utf-8", errors="replace").split() if path.is_file() else []
    return {name for name in names if THUMB_NAME.fullmatch(name)}


def _list_own_thumbs(out: Path, names: Iterable[str]) -> None:
    text = "".join(f"{name}\n" for name in sorted(names))
    _write_changed(out, out / LIST_NAME, text.encode())


def _remove_old_thumbs(out: Path, entries: Sequence[ListedAsset]) -> None:
    """Remove the gallery's own thumbnails of assets that are no longer in the manifest, and nothing else."""
    needed, own = {thumb_name(entry) for entry in entries}, _own_thumbs(out)
    for name in own - needed:
        path = out / FOLDER / name
        if path.is_file() or path.is_symlink():
            path.unlink()
    _list_own_thumbs(out, (name for name in own & needed if name and (out / FOLDER / name).is_file()))


def _refuse_links(out: Path) -> None:
    """Raise CampaignError if a path that the gallery writes to is a symbolic link, which may lead anywhere."""
    for name in (FOLDER, ".assetgen", ".assetgen/tmp", LIST_NAME):
        if (out / name).is_symlink():
            text = f"{name} is a symbolic link, but the gallery writes and removes files there"
            hint = "delete it: the gallery creates what it needs"
            raise CampaignError(Finding("unsafe-file", text, hint=hint, place=Place(name)))
