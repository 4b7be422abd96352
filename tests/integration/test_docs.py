"""The documents tell the truth: links lead somewhere, every command, option, key and channel is there, recipes work."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

import channel_table
import reference_tables
from assetgen.cli.app import app
from assetgen.errors import CampaignError
from assetgen.loading.campaign import load_campaign
from assetgen.loading.channels import built_in_documents, read_catalogue
from assetgen.planning.planner import plan_assets
from assetgen.rendering.renderer import Renderer
from assetgen.schema.json_schema import json_schema
from tests.support.campaigns import make_campaign

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")


@cache
def pages() -> list[str]:
    docs = sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md"))
    return ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", *docs]


@cache
def readme() -> str:
    return (ROOT / "README.md").read_text("utf-8")


def reference() -> str:
    return readme() + "".join(
        (ROOT / page).read_text("utf-8") for page in pages() if page.startswith("docs/")
    )


@cache
def command_line() -> Any:
    return typer.main.get_command(app)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as a forge makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.each("page", pages)
def test_every_link_leads_somewhere(page: str) -> None:
    broken = []
    for target, anchor in LINK.findall((ROOT / page).read_text("utf-8")):
        path = (ROOT / page).parent / target if target else ROOT / page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            broken.append(f"{target}#{anchor}")

    assert broken == []


@pytest.mark.each("name", lambda: sorted(command_line().commands))
def test_every_command_and_option_is_in_the_readme(name: str) -> None:
    command = command_line().commands[name]
    options = {option for one in command.params for option in one.opts if option.startswith("--")}

    assert re.search(rf"`{name}\b", readme())
    assert [option for option in sorted(options - {"--help"}) if option not in readme()] == []


def test_every_global_option_is_in_the_readme() -> None:
    options = {option for one in command_line().params for option in one.opts}

    missing = [option for option in sorted(options - {"--help", "-h"}) if option not in readme()]
    assert missing == []


def keys_of(schema: dict[str, Any]) -> set[str]:
    """Return every key that a file of this form may hold, at any depth."""
    found: set[str] = set()
    for part in (schema, *schema.get("$defs", {}).values()):
        found |= set(part.get("properties", {}))
    return found


@pytest.mark.parametrize(
    "kind", ["campaign", "brand", "message", "partner", "channels", "printers", "template"]
)
def test_every_key_of_every_file_is_in_the_reference(kind: str) -> None:
    files = (ROOT / "docs/files.md").read_text("utf-8")

    missing = [
        key for key in sorted(keys_of(json_schema(kind))) if not re.search(rf"\b{re.escape(key)}\b", files)
    ]
    assert missing == []


def test_the_table_of_channels_is_the_catalogue() -> None:
    catalogue, _ = read_catalogue(built_in_documents())

    assert (ROOT / "docs/channels.md").read_text("utf-8") == channel_table.write_table(catalogue)
    text = reference()

    assert all(f"`{name}`" in text for name in (*catalogue.channels, *catalogue.ask_owner))


def test_the_reference_of_keys_is_that_of_the_models() -> None:
    pages = {page.name: page.read_text("utf-8") for page in (ROOT / "docs/reference/files").glob("*.md")}

    assert pages == reference_tables.write_reference(), "run make docs"


@pytest.mark.parametrize(
    "kind", ["campaign", "brand", "message", "partner", "channels", "printers", "template"]
)
def test_every_key_has_a_description(kind: str) -> None:
    schema = json_schema(kind)
    root = schema.get("additionalProperties") or schema
    models = [model for model in (root, *schema["$defs"].values()) if "properties" in model]

    assert models
    for model in models:
        for key, one in model["properties"].items():
            assert one.get("description") or "$ref" in one, key


def recipe(file: str) -> str:
    """Return the YAML of the README that names its file in the first line."""
    blocks = re.findall(r"```yaml\n# (\S+)\n(.*?)```", readme(), re.DOTALL)
    return dict(blocks)[file]


def test_the_readme_s_recipes_make_what_they_say(tmp_path: Path) -> None:
    root = tmp_path / "campaign"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns("out", ".*", "src", "tests"))
    partner = root / "partners/harbour-council/partner.yaml"
    partner.parent.mkdir()
    own = yaml.safe_load(recipe("partners/harbour-council/partner.yaml"))
    own["channels"].append("foyer-screen")
    partner.write_text(yaml.safe_dump(own), "utf-8")
    with (root / "brand/channels.yaml").open("a", encoding="utf-8") as channels:
        channels.write(recipe("brand/channels.yaml"))

    loaded = load_campaign(root)
    plan = plan_assets(loaded.campaign).by_id()

    assert [finding.as_text() for finding in loaded.findings if finding.is_error] == []
    draw = Renderer(loaded.campaign)
    for channel in ("foyer-screen", "poster-a4", "disp-mpu"):
        made = draw(plan[f"harbour-council/worried/{channel}/en-GB"])
        assert (made.findings, made.content is not None) == ((), True)


def test_the_examples_of_messages_are_sound_ones(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    files = (ROOT / "docs/files.md").read_text("utf-8")
    section = files.partition("## brand/messages/")[2].partition("## brand/channels.yaml")[0]
    whole, further = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    (root / "brand/messages/worried.yaml").write_text(whole, "utf-8")
    (root / "brand/messages/worried-3.yaml").write_text(further, "utf-8")

    loaded = load_campaign(root)
    words = loaded.campaign.messages["worried-3"].file.locales["en-GB"]

    assert [finding.as_text() for finding in loaded.findings if finding.is_error] == []
    assert words.headline["long"].text in further
    assert words.headline["short"].text in whole


def test_the_example_of_each_file_is_a_sound_one(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    files = (ROOT / "docs/files.md").read_text("utf-8")
    section = files.partition("## brand/channels.yaml")[2].partition("```yaml\n")[2].partition("```")[0]
    (root / "brand/channels.yaml").write_text(section, "utf-8")

    loaded = load_campaign(root)

    assert [finding.as_text() for finding in loaded.findings if finding.is_error] == []
    assert {"library-window", "kiosk-badge"} <= set(loaded.campaign.channels)


def examples(heading: str) -> list[str]:
    """Return the YAML examples of a section of docs/files.md, by its heading."""
    files = (ROOT / "docs/files.md").read_text("utf-8")
    section = re.split(r"^#{2,3} ", files.partition(f"{heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A copy of the campaign of this repository, without what was built."""
    root = tmp_path / "campaign"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns("out", ".*", "src", "tests", "docs", "setup"))
    return root


def errors_in(root: Path, *files: str) -> list[str]:
    try:
        found = list(load_campaign(root).findings)
    except CampaignError as error:  # the rest of the campaign asks for what an example does not have
        found = error.findings
    return [one.as_text() for one in found if one.is_error and (not files or one.place.file in files)]


def test_the_example_of_a_partner_and_of_its_own_sizes_are_sound_in_the_shipped_campaign(
    shipped: Path,
) -> None:
    (partner,), (extra,) = examples("## partners/…/partner.yaml"), examples("### Sizes of a partner's own")
    folder = shipped / "partners/example-borough"
    folder.mkdir()
    (folder / "partner.yaml").write_text(partner + extra, "utf-8")
    logo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path fill="#123456" d="M0 0H40V20H0Z"/></svg>'
    (folder / "logo.svg").write_text(logo, "utf-8")

    assert errors_in(shipped) == []
    loaded = load_campaign(shipped)
    own = loaded.campaign.partners["example-borough"].custom_sizes
    assert list(own) == [one["id"] for one in yaml.safe_load(extra)["custom_sizes"]]
    assert {asset.channel for asset in plan_assets(loaded.campaign).assets} >= set(own)


def test_the_example_of_a_campaign_and_of_a_form_are_sound(shipped: Path) -> None:
    (campaign,), (form,) = examples("## campaign.yaml"), examples("### Asking by a form")
    (shipped / "campaign.yaml").write_text(campaign + form, "utf-8")

    assert errors_in(shipped) == []


def test_the_example_of_a_brand_is_a_sound_one(shipped: Path) -> None:
    (brand,) = examples("## brand/brand.yaml")
    (shipped / "brand/brand.yaml").write_text(brand, "utf-8")
    picture = next((shipped / "brand/images").glob("*.jpg"))
    picture.rename(picture.with_name("harbour.jpg"))

    assert errors_in(shipped, "brand/brand.yaml") == []


def test_the_example_of_a_design_is_a_sound_one(shipped: Path) -> None:
    (design,) = examples("## templates/…/template.yaml")
    own = shipped / "templates/own"
    shutil.copytree(shipped / "templates/plain", own)
    (own / "template.yaml").write_text(design, "utf-8")

    assert errors_in(shipped, "templates/own/template.yaml") == []


def test_architecture_names_only_modules_that_exist() -> None:
    named = re.findall(r"`([a-z_/]+(?:\.py|/))`", (ROOT / "ARCHITECTURE.md").read_text("utf-8"))
    written_by_commands = {"approvals/", "out/"}
    places = (ROOT / "src/assetgen", ROOT)

    assert named
    assert [
        one
        for one in named
        if one not in written_by_commands and not any((at / one).exists() for at in places)
    ] == []
