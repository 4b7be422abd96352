"""A new campaign from a few answers: name, number, address, colour and font."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from assetgen import Campaign
from assetgen.creating.new_campaign import (
    StarterAnswers,
    address_fault,
    colour_fault,
    font_fault,
    number_fault,
    require_usable_folder,
    starter_for,
    write_starter,
)
from assetgen.errors import CampaignError
from assetgen.schema.brand_file import STOCKS
from tests.support.font_files import changed_font
from tests.support.wording import Wording

BRAND, CAMPAIGN = "brand/brand.yaml", "campaign.yaml"
REPO = Path(__file__).resolve().parents[3]


def brand_of(answers: StarterAnswers) -> dict[str, object]:
    content: dict[str, object] = yaml.safe_load(starter_for(answers)[BRAND])
    return content


def messages_of(answers: StarterAnswers) -> dict[str, str]:
    files = starter_for(answers)
    return {path: content.decode() for path, content in files.items() if path.startswith("brand/messages/")}


def errors_of(root: Path, answers: StarterAnswers) -> list[str]:
    write_starter(root, answers)
    return [finding.as_text() for finding in Campaign.load(root).check() if finding.is_error]


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param(StarterAnswers(), id="none"),
        pytest.param(StarterAnswers(name="Riverside Food Bank"), id="a name"),
        pytest.param(
            StarterAnswers(name="Help: now #1", number="01632 960 123"), id="a name with signs of YAML"
        ),
        pytest.param(StarterAnswers(address="tintoys.example/visit"), id="an address alone"),
        pytest.param(StarterAnswers(number="116 123"), id="a short code alone"),
        pytest.param(
            StarterAnswers(number="+1 202 555 0123", address="help.example.com"), id="a foreign number"
        ),
        pytest.param(StarterAnswers(colour="#FFDB45"), id="a pale colour"),
        pytest.param(StarterAnswers(colour="6a1b9a"), id="a dark colour without a hash"),
    ],
)
def test_a_campaign_with_any_answers_passes_check(tmp_path: Path, answers: StarterAnswers) -> None:
    assert errors_of(tmp_path / "c", answers) == []


def test_answers_replace_the_example_values_and_their_marks() -> None:
    answers = StarterAnswers("Riverside Food Bank", "0808 157 0456", "www.foodbank.example")
    files = starter_for(answers)
    facts = yaml.safe_load(files[BRAND])["facts"]
    campaign = yaml.safe_load(files[CAMPAIGN])

    assert facts["name"] == campaign["name"] == "Riverside Food Bank"
    assert facts["number"] == {"display": "0808 157 0456"}
    assert facts["address"] == {"display": "www.foodbank.example"}
    assert campaign["slug"] == "riverside-food-bank"
    assert "Example Advice" not in "".join(content.decode() for content in (files[BRAND], files[CAMPAIGN]))


def test_an_address_that_was_pasted_from_a_browser_is_printed_without_its_scheme() -> None:
    facts = brand_of(StarterAnswers(address="https://www.foodbank.example/"))["facts"]

    assert facts["address"] == {"display": "www.foodbank.example"}  # type: ignore[index]


def test_the_examples_promise_is_not_made_for_a_real_service() -> None:
    brand = brand_of(StarterAnswers(number="0808 157 0456"))

    assert "promise" not in brand["facts"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("answers", "absent"),
    [
        (StarterAnswers(number="0808 157 0456"), ("address", "link")),
        (StarterAnswers(address="www.foodbank.example"), ("number",)),
    ],
    ids=["a number alone", "an address alone"],
)
def test_messages_name_only_the_facts_that_the_service_has(
    answers: StarterAnswers, absent: tuple[str, ...]
) -> None:
    for path, commented in messages_of(answers).items():
        text = re.sub(r"(?m)^#.*\n", "", commented)
        assert not [name for name in absent if f"{{{name}}}" in text], path
        assert re.search(r"\{(number|address|link)\}", text), path
        assert "Call {address}" not in text and ", or ." not in text and "  ." not in text


def test_a_colour_becomes_the_accent_with_an_ink_a_paper_and_all_inks() -> None:
    answers = StarterAnswers(colour="#C8102E")
    palette = brand_of(answers)["palette"]

    assert isinstance(palette, dict)
    assert set(palette) == {"ink", "paper", "accent"}
    assert palette["accent"]["srgb"] == "#C8102E"
    assert all(len(colour[stock]) == 4 for colour in palette.values() for stock in STOCKS)
    assert all("\naccent: accent\n" in f"\n{text}" for text in messages_of(answers).values())


def test_a_font_file_replaces_the_example_fonts(tmp_path: Path) -> None:
    def rename(font: object) -> None:
        for record in font["name"].names:  # type: ignore[index]
            if record.nameID in (1, 16):
                record.string = "Harbour Gothic"

    source = REPO / "brand/fonts/HankenGrotesk_700Bold.ttf"
    path = tmp_path / "Harbour.ttf"
    path.write_bytes(changed_font(rename, source.read_bytes()))

    files = starter_for(StarterAnswers(font=path))

    assert yaml.safe_load(files[BRAND])["fonts"] == {"text": "Harbour Gothic"}
    assert [name for name in files if name.startswith("brand/fonts/")] == ["brand/fonts/Harbour.ttf"]


def test_blank_writes_no_messages_and_selects_every_new_one() -> None:
    files = starter_for(StarterAnswers(is_blank=True))

    assert messages_of(StarterAnswers(is_blank=True)) == {}
    assert yaml.safe_load(files[CAMPAIGN])["messages"] == ["*"]


def test_the_copy_leaves_room_for_a_long_address(tmp_path: Path) -> None:
    assert errors_of(tmp_path / "c", StarterAnswers(address="www.harbour-lights-line.example")) == []
    both = StarterAnswers(number="0808 157 0456", address="www.harbour-lights-line.example")
    assert errors_of(tmp_path / "d", both) == []


def test_wrong_answers_are_refused_with_an_example(tmp_path: Path, wording: Wording) -> None:
    faults = [
        *(number_fault(number) for number in ("12", "call us", "0808 CHILDREN")),
        *(address_fault(address) for address in ("foo", "mailto:me@example.org", "two words.example")),
        *(colour_fault(colour) for colour in ("red", "#12345")),
    ]

    assert None not in faults
    assert wording == faults
    assert "is not a font file" in (font_fault(tmp_path) or "")


def test_right_answers_have_no_fault() -> None:
    assert number_fault("116 123") is number_fault("01632 960 123") is number_fault("+1 202 555 0123") is None
    assert (
        address_fault("https://www.example.org/")
        is address_fault("example.org")
        is address_fault("www.example.org/help")
        is None
    )
    assert colour_fault("#c8102e") is colour_fault("C8102E") is None
    assert font_fault(REPO / "brand/fonts") is None


@pytest.mark.parametrize(
    "names",
    [(".git",), ("README.md", "LICENSE"), (".gitattributes", ".DS_Store", "desktop.ini"), (".gitignore",)],
    ids=str,
)
def test_a_folder_with_only_files_of_git_or_the_system_counts_as_empty(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    for name in names:
        (tmp_path / name).write_text("mine", "utf-8")

    require_usable_folder(tmp_path)
    written = write_starter(tmp_path)

    assert not set(names) & set(written)
    assert all((tmp_path / name).read_text("utf-8") == "mine" for name in names)
    assert "campaign.yaml" in written


def test_a_folder_with_other_files_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")

    with pytest.raises(CampaignError, match="not empty"):
        write_starter(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
