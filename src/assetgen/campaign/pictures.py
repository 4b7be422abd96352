"""The brand's pictures: ``pictures`` in ``brand/brand.yaml``, and the files in ``brand/images`` that it names."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from assetgen.campaign.art import Picture
from assetgen.campaign.choices import NOTHING
from assetgen.campaign.folder import check_inside, is_file, read_bounded, refuse_what_is_no_file, resolved
from assetgen.campaign.nearest import did_you_mean
from assetgen.campaign.picture_file import FORMATS, LIGHTER, MOST_BYTES, look_at
from assetgen.campaign.reading import Document
from assetgen.campaign.schema_types import PictureFile
from assetgen.errors import CampaignError
from assetgen.findings import Finding

FOLDER = "brand/images"


def read_pictures(
    root: Path, files: Mapping[str, PictureFile], document: Document
) -> tuple[dict[str, Picture], list[Finding]]:
    """Return the pictures by name, and every fault of their names and files."""
    pictures: dict[str, Picture] = {}
    findings: list[Finding] = []
    for name, file in files.items():
        if name == NOTHING:
            text, hint = f"a picture cannot be called {name}", "that word says: no picture here"
            findings.append(Finding("bad-id", text, hint, document.key_place("pictures", name)))
        if file.light is not None and file.light not in files:
            place = document.place("pictures", name, "light")
            nearest = did_you_mean(file.light, files)
            findings.append(Finding("unknown-id", f"no such picture: {file.light}", nearest, place))
        try:
            pictures[name] = _read_picture(root, name, file, document)
        except CampaignError as error:
            findings += error.findings
    return pictures, findings


def _read_picture(root: Path, name: str, file: PictureFile, document: Document) -> Picture:
    place = document.place("pictures", name, "file")
    folder = root / FOLDER
    path = folder / file.file
    if Path(file.file).is_absolute() or not resolved(path, place).is_relative_to(resolved(folder, place)):
        text = f"picture leads out of {FOLDER}: {file.file:.60}"
        raise CampaignError(Finding("unsafe-file", text, f"put the file into {FOLDER}", place))
    check_inside(path, root, place)
    if not is_file(path):
        refuse_what_is_no_file(path, place)
        there = [one.name for one in sorted(folder.glob("*")) if one.suffix.lower() in FORMATS]
        hint = did_you_mean(file.file, there) or f"put the file into {FOLDER}"
        raise CampaignError(Finding("missing-file", f"picture not found: {file.file:.60}", hint, place))
    shown = path.relative_to(root).as_posix()
    content = read_bounded(path, place, MOST_BYTES, LIGHTER)
    width, height = look_at(content, shown)
    x, y = file.focus
    return Picture(
        name=name,
        file=shown,
        alt=file.alt,
        focus=(x, y),
        content=content,
        width=width,
        height=height,
        source_sha256=hashlib.sha256(content).hexdigest(),
        light=file.light,
    )
