"""The examples of the documentation work: each is written into a new campaign, which stays without errors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import reference_tables
from assetgen.creating.new_campaign import StarterAnswers, write_starter
from assetgen.creating.new_files import write_message
from assetgen.errors import CampaignError
from assetgen.loading.campaign import load_campaign
from assetgen.planning.planner import plan_assets
from assetgen.rendering.renderer import Renderer
from tests.support import example_campaign
from tests.support.doc_pages import ROOT, examples, written_pages

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path fill="#003A70" d="M0 0H40V20H0Z"/></svg>'
# Files that hold several things by name: an example adds to them. Of other files an example is the whole.
SHARED = ("campaign.yaml", "brand/brand.yaml", "brand/channels.yaml", "brand/printers.yaml")


class Words(yaml.SafeLoader):
    """YAML as assetgen reads it, where ``on`` and ``2027-01-10`` are words."""


Words.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """The example campaign with the pictures and logos that examples name."""
    root = example_campaign.make_campaign(tmp_path / "campaign")
    (root / "brand/images/harbour.jpg").write_bytes((root / "brand/images/daybreak.jpg").read_bytes())
    return root


def over(base: Any, said: Any) -> Any:
    """Return values with an example's laid over them, key by key. A colour is replaced as a whole, as on its line."""
    if isinstance(base, dict) and isinstance(said, dict) and "srgb" not in said:
        return {**base, **{key: over(base.get(key), one) for key, one in said.items()}}
    return said


def write_example(root: Path, name: str, text: str) -> None:
    """Write an example into its file; over what is there where the example is an excerpt."""
    path = root / name
    if path.exists() and (name in SHARED or name.startswith("templates/")):
        both = over(yaml.load(path.read_text("utf-8"), Words), yaml.load(text, Words))
        path.write_text(yaml.safe_dump(both, allow_unicode=True, sort_keys=False), "utf-8")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    if name.startswith("partners/"):
        for logo in ("logo.svg", "logo-white.svg", "logo-black.svg"):
            (path.parent / logo).write_text(LOGO, "utf-8")


def errors_of(root: Path, *files: str) -> list[str]:
    """Return the errors of a campaign's sources and plan; of these files alone, where some are named."""
    try:
        loaded = load_campaign(root)
        findings = [*loaded.findings, *plan_assets(loaded.campaign).findings]
    except CampaignError as error:
        findings = list(error.findings)
    return [one.as_text() for one in findings if one.is_error and (not files or one.place.file in files)]


# The tutorial starts with a campaign of its own and has its own test.
TUTORIAL = "docs/tutorial/first-poster.md"


@pytest.mark.each("page", lambda: [page for page in written_pages() if examples(page) and page != TUTORIAL])
def test_the_examples_of_a_page_are_sound(page: str, campaign: Path) -> None:
    for name, text in examples(page):
        write_example(campaign, name, text)

    assert errors_of(campaign) == []


def test_the_tutorial_makes_a_poster(tmp_path: Path) -> None:
    campaign = tmp_path / "night-line"
    answers = StarterAnswers("Carers Night Line", "0808 157 0456", "www.nightline.example", "#FFC857")
    write_starter(campaign, answers)
    write_message(campaign, "awake")
    partners = campaign / "partners"
    (partners / "example-partner").rename(partners / "northshire")
    for name, text in examples(TUTORIAL):
        write_example(campaign, name, text)

    loaded = load_campaign(campaign)
    plan = plan_assets(loaded.campaign)
    made = Renderer(loaded.campaign)(plan.by_id()["northshire/awake/poster-a4/en-GB"])

    assert {(asset.partner, asset.message) for asset in plan.assets if asset.message} == {
        ("northshire", "awake")
    }
    assert [one.as_text() for one in made.findings if one.is_error] == []
    assert made.content


def test_a_new_channel_is_drawn(campaign: Path) -> None:
    for name, text in examples("docs/how-to/add-a-channel.md"):
        write_example(campaign, name, text)
    write_example(campaign, "campaign.yaml", "channels: [foyer-screen]")

    loaded = load_campaign(campaign)
    made = Renderer(loaded.campaign)(
        plan_assets(loaded.campaign).by_id()["example-county-council/worried/foyer-screen/en-GB"]
    )

    assert [one.as_text() for one in made.findings if one.is_error] == []
    assert made.content


def reference_examples() -> Iterator[str]:
    """Yield the kinds of file that the reference has an example of."""
    yield from reference_tables.NAMES


@pytest.mark.each("kind", reference_examples)
def test_the_example_of_each_file_is_sound(kind: str, campaign: Path) -> None:
    name = reference_tables.NAMES[kind].replace("…", "example")
    path = campaign / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(reference_tables.example(kind), "utf-8")
    if kind == "partner":
        (path.parent / "logo.svg").write_text(LOGO, "utf-8")
        (campaign / "partners/nspcc").mkdir()
        (campaign / "partners/nspcc/partner.yaml").write_text("name: NSPCC\n", "utf-8")
    if kind == "template":
        for source in ("template.html", "style.css"):
            (path.parent / source).write_bytes((campaign / "templates/plain" / source).read_bytes())

    assert (ROOT / f"docs/reference/files/{kind}.md").is_file()
    assert errors_of(campaign, name) == []
