"""Writing the gallery into ``out/``: thumbnails, style sheet, page; then old thumbnails go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assetgen.errors import CampaignError, MachineError
from assetgen.findings import Finding, Place
from assetgen.gallery.gallery_page import (
    FOLDER,
    STYLE_NAME,
    cleaned,
    make_card,
    read_part,
    render_page,
)
from assetgen.gallery.gallery_pictures import (
    PIXELS_PER_PX,
    THUMB_NAME,
    Condition,
    ThumbJob,
    draw_thumbs,
    thumb_name,
    thumb_size_px,
    write_whole,
)
from assetgen.manifest.entry import ListedAsset
from assetgen.manifest.manifest_file import read_listed_assets

PAGE_NAME = "index.html"
LIST_NAME = ".assetgen/gallery"
"""Names each thumbnail that the gallery wrote: what is not in it is never removed."""
MARK = b"assetgen gallery"
"""Stands near the top of the page and the style sheet: what lacks it is somebody else's file."""
MARK_WITHIN_BYTES = 1000


@dataclass(frozen=True, slots=True)
class GalleryResult:
    """What was written: ``assets`` on the page, thumbnails ``made`` by this call.

    ``written`` are the files that this call wrote, relative to ``out``; one that was already right
    is not among them.
    """

    page: Path
    assets: int
    made: int
    written: tuple[str, ...]


def write_gallery(out: Path, *, on_progress: Callable[[int, int], None] | None = None) -> GalleryResult:
    """Write the gallery of ``out`` from its manifest and the files that this names.

    ``on_progress`` is told thumbnails drawn and thumbnails to draw. An asset whose file is missing or
    cannot be drawn is shown as such. Raises CampaignError without a sound manifest or where a file
    of the gallery's name is not its own, RenderError where a process died, MachineError where the
    disk refuses.
    """
    heading, listed = read_listed_assets(out)
    assets = [cleaned(asset) for asset in listed]
    page, style = out / PAGE_NAME, out / FOLDER / STYLE_NAME
    try:
        _refuse_links(out)
        _refuse_foreign(out, page, style)
        conditions, drawn = _draw_missing(out, assets, on_progress)
        cards = [make_card(asset, condition) for asset, condition in zip(assets, conditions, strict=True)]
        texts = {style: read_part(STYLE_NAME), page: render_page(heading, cards)}
        changed = [path for path, text in texts.items() if _write_changed(out, path, text.encode())]
        _remove_old_thumbs(out, assets)
    except OSError as error:
        text = f"the gallery cannot be written: {error.strerror or error}"
        hint = "see that the disk has room and may be written"
        raise MachineError(Finding("machine", text, hint=hint)) from error
    written = sorted([*drawn, *(path.relative_to(out).as_posix() for path in changed)])
    return GalleryResult(page, len(cards), len(drawn), tuple(written))


def _refuse_foreign(out: Path, *paths: Path) -> None:
    """Raise CampaignError where a file that the gallery would replace was not written by it."""
    for path in paths:
        if not path.exists():
            continue
        with path.open("rb") as stream:
            if MARK in stream.read(MARK_WITHIN_BYTES):
                continue
        place = Place(path.relative_to(out).as_posix())
        text = "this file is in the gallery's place and was not written by assetgen"
        hint = "move it out of the output folder"
        raise CampaignError(Finding("unsafe-file", text, hint=hint, place=place))


def _draw_missing(
    out: Path, entries: Sequence[ListedAsset], on_progress: Callable[[int, int], None] | None
) -> tuple[list[Condition], list[str]]:
    """Draw the thumbnails that are not there; return each entry's condition and the thumbnails drawn."""
    temporary = _temporary(out)
    (out / FOLDER).mkdir(exist_ok=True)
    conditions = [_condition(out, entry) for entry in entries]
    # Partners share bytes wherever a channel has no room for their names: one thumbnail for all of these.
    sharing: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        name = thumb_name(entry)
        if conditions[number] is Condition.FOUND and name and not (out / FOLDER / name).is_file():
            sharing.setdefault(name, []).append(number)
    jobs = [_job(out, name, [entries[number] for number in sharing[name]], temporary) for name in sharing]
    # First, as a killed call must not leave files of nobody's.
    _list_own_thumbs(out, _own_thumbs(out) | set(sharing))
    outcomes = draw_thumbs(jobs, on_progress)
    for numbers, outcome in zip(sharing.values(), outcomes, strict=True):
        for number in numbers:
            conditions[number] = outcome
    drawn = zip(sharing, outcomes, strict=True)
    return conditions, [f"{FOLDER}/{name}" for name, outcome in drawn if outcome is Condition.FOUND]


def _condition(out: Path, entry: ListedAsset) -> Condition:
    """Return how the asset's file is found, from its place and weight; drawing looks at its bytes."""
    path = out / entry.path
    # A link that leads out of the folder is not followed: nothing outside is part of the output.
    if not path.is_file() or not path.resolve().is_relative_to(out.resolve()):
        return Condition.MISSING
    return Condition.FOUND if path.stat().st_size == entry.bytes else Condition.CHANGED


def _job(out: Path, name: str, entries: Sequence[ListedAsset], temporary: Path) -> ThumbJob:
    """Return the drawing of one thumbnail for the entries that share it."""
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
    """Return the folder for unfinished files, made if need be: same disk, swept by the next build."""
    folder = out / ".assetgen" / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write_changed(out: Path, path: Path, content: bytes) -> bool:
    """Write the file unless it holds these bytes already; say whether it was written."""
    if path.is_file() and path.read_bytes() == content:
        return False
    write_whole(path, content, _temporary(out))
    return True


def _own_thumbs(out: Path) -> set[str]:
    """Return the names of the thumbnails that the gallery wrote here, by its own list."""
    path = out / LIST_NAME
    names = path.read_text(encoding="utf-8", errors="replace").split() if path.is_file() else []
    return {name for name in names if THUMB_NAME.fullmatch(name)}


def _list_own_thumbs(out: Path, names: Iterable[str]) -> None:
    text = "".join(f"{name}\n" for name in sorted(names))
    _write_changed(out, out / LIST_NAME, text.encode())


def _remove_old_thumbs(out: Path, entries: Sequence[ListedAsset]) -> None:
    """Remove the gallery's own thumbnails of assets that the manifest no longer holds, and nothing else."""
    wanted, own = {thumb_name(entry) for entry in entries}, _own_thumbs(out)
    for name in own - wanted:
        path = out / FOLDER / name
        if path.is_file() or path.is_symlink():
            path.unlink()
    _list_own_thumbs(out, (name for name in own & wanted if name and (out / FOLDER / name).is_file()))


def _refuse_links(out: Path) -> None:
    """Raise CampaignError where a folder or file that the gallery writes into is a link: it may lead anywhere."""
    for name in (FOLDER, ".assetgen", ".assetgen/tmp", LIST_NAME):
        if (out / name).is_symlink():
            text = f"{name} is a link: the gallery writes and removes files there"
            hint = "put a folder in the link's place"
            raise CampaignError(Finding("unsafe-file", text, hint=hint, place=Place(name)))
