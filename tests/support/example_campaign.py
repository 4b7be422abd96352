"""The example campaign: small, valid, with one partner. Its files are in ``tests/fixtures/example_campaign``.

It has the repository's templates, fonts and pictures, and stays as it is when the starter of ``assetgen init`` changes.
"""

from __future__ import annotations

import shutil
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from assetgen.errors import CampaignError
from assetgen.loading.campaign import load_campaign
from assetgen.planning.asset import Asset
from assetgen.planning.planner import plan_assets

Thing = TypeVar("Thing")

CHECKOUT = Path(__file__).resolve().parents[2]
EXAMPLE = CHECKOUT / "tests/fixtures/example_campaign"
SHARED = ("brand/fonts", "brand/images", "templates")
PARTNER = "example-county-council"
PARTNER_FILE = f"partners/{PARTNER}/partner.yaml"
MESSAGE_FILE = "brand/messages/worried.yaml"
BRAND_FILE = "brand/brand.yaml"
STYLE_FILE = "templates/beacon/style.css"
MARKUP_FILE = "templates/beacon/template.html"


def make_campaign(root: Path) -> Path:
    """Write a valid campaign into a missing or empty folder, and return the folder."""
    shutil.copytree(EXAMPLE, root, dirs_exist_ok=True)
    (root / "gitignore").rename(root / ".gitignore")
    for name in SHARED:
        ignore = shutil.ignore_patterns(".*", "*~", "__pycache__")
        shutil.copytree(CHECKOUT / name, root / name, ignore=ignore)
    return root


def planned_assets(root: Path) -> dict[str, Asset]:
    """Return the planned assets of a campaign without errors, by id."""
    loaded = load_campaign(root)
    assert [finding.as_text() for finding in loaded.findings if finding.is_error] == []
    return plan_assets(loaded.campaign).by_id()


def replace_in_file(root: Path, file: str, old: str, new: str) -> None:
    """Replace the first ``old`` in a file, which must contain it."""
    path = root / file
    text = path.read_text("utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def with_values(thing: Thing, **values: Any) -> Thing:
    """Return a copy of a model or dataclass with other values. Names that it lacks go to its ``file``."""
    if isinstance(thing, BaseModel):
        unknown = values.keys() - type(thing).model_fields.keys()
        assert not unknown, f"{type(thing).__name__} has no {', '.join(sorted(unknown))}"
        return thing.model_copy(update=values)
    assert is_dataclass(thing) and not isinstance(thing, type)
    own = {name: values.pop(name) for name in {one.name for one in fields(thing)} & values.keys()}
    if values:
        own["file"] = with_values(thing.file, **values)  # type: ignore[attr-defined]
    return replace(thing, **own)


def append_line(root: Path, file: str, words: str) -> None:
    """Add a line at the end of a file."""
    path = root / file
    path.write_text(f"{path.read_text('utf-8').rstrip()}\n{words}\n", "utf-8")


def add_partner(root: Path, partner_id: str, words: str = "name: Another Council\n") -> str:
    """Write a second partner, and return the path of its file below ``root``."""
    file = f"partners/{partner_id}/partner.yaml"
    (root / file).parent.mkdir(parents=True)
    (root / file).write_text(words, "utf-8")
    return file


def write_campaign_file(root: Path, file: str, content: str | bytes) -> Path:
    """Write a file of the campaign and its folders, and return its path."""
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def position_of(root: Path, file: str, words: str) -> str:
    """Return ``file:line:column`` of the first ``words`` in a file."""
    before, match, _ = (root / file).read_text("utf-8").partition(words)
    assert match, f"{file} does not hold {words!r}"
    lines = before.split("\n")
    return f"{file}:{len(lines)}:{len(lines[-1]) + 1}"


def campaign_errors(root: Path) -> list[str]:
    """Return the texts of a campaign's errors, whether or not it can be loaded."""
    try:
        findings = list(load_campaign(root).findings)
    except CampaignError as error:
        findings = error.findings
    return [finding.as_text() for finding in findings if finding.is_error]
