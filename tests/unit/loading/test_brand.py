"""Reading the brand: its fonts, palette and inks, facts and labels, and its printers."""

from __future__ import annotations

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, Severity
from assetgen.loading.brand import add_printers, read_brand
from assetgen.loading.model import Brand
from assetgen.loading.yaml.document import YamlDocument, read_document
from tests.support.font_files import changed_font, tiny_font
from tests.support.tiny_campaign import FILES
from tests.support.wording import Wording

FILE = "brand/brand.yaml"
FONT = "Hanken500.ttf"
CONFIRMED = "  confirmed: {by: The owner, on: 2026-11-01}\n"
VALID = FILES[FILE] + CONFIRMED
PRINTERS = "brand/printers.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the folder of a campaign with two font files and nothing else."""
    (tmp_path / "brand/fonts").mkdir(parents=True)
    for weight in (500, 700):
        (tmp_path / f"brand/fonts/Hanken{weight}.ttf").write_bytes(tiny_font(weight=weight))
    return tmp_path


def document(text: str = VALID, file: str = FILE) -> YamlDocument:
    return read_document(text.encode(), file)


def valid_text_with(old: str, new: str) -> str:
    """Return the valid brand file with its first ``old`` replaced."""
    assert old in VALID
    return VALID.replace(old, new, 1)


def place_of(text: str, part: str) -> Place:
    return Place.at(FILE, text, text.index(part))


def read(root: Path, text: str = VALID) -> Brand:
    brand, findings = read_brand(root, document(text))
    assert findings == []
    return brand


def brand_errors(root: Path, text: str) -> list[Finding]:
    with pytest.raises(CampaignError) as raised:
        read_brand(root, document(text))
    return list(raised.value.findings)


def test_valid_brand_is_read_with_the_place_of_each_colour(root: Path) -> None:
    brand = read(root)

    assert brand.facts.tel == "+448081570123"
    assert brand.palette_places == {name: place_of(VALID, f'{{srgb: "{code}"') for name, code in
                                    (("ink", "#10262C"), ("paper", "#FBF6EE"))}  # fmt: skip
    assert brand.families("en-GB").text == "Hanken Grotesk"
    assert brand.printers == {} and brand.pictures == {}


def test_unconfirmed_facts_are_a_note_not_an_error(root: Path, wording: Wording) -> None:
    brand, (finding,) = read_brand(root, document(FILES[FILE]))

    assert brand.facts.name == "Open Door Line"
    assert (finding.code, finding.severity) == ("fact-unconfirmed", Severity.NOTE)
    assert "Open Door Line" in finding.text
    assert wording == finding.text


def test_font_family_without_a_file_gets_the_nearest_family_as_hint(root: Path, wording: Wording) -> None:
    text = valid_text_with("{text: Hanken Grotesk}", "{text: Hanken Grotesk, cy: Hanken Grotesque}")

    (finding,) = brand_errors(root, text)

    assert (finding.code, finding.place) == ("font-missing", place_of(text, "Hanken Grotesque"))
    assert "Hanken Grotesque" in finding.text and "Hanken Grotesk" in (finding.hint or "")
    assert wording == (finding.text, finding.hint)


def test_font_family_without_any_font_files_gets_a_general_hint(tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "brand/fonts").mkdir(parents=True)

    (finding,) = brand_errors(tmp_path, VALID)

    assert finding.code == "font-missing"
    assert wording == finding.hint


def test_brand_without_a_text_font_is_rejected(root: Path, wording: Wording) -> None:
    (finding,) = brand_errors(root, valid_text_with("{text: Hanken Grotesk}", "{en: Hanken Grotesk}"))

    assert finding.code == "bad-value" and "text" in finding.text
    assert wording == (finding.text, finding.hint)


@pytest.mark.parametrize("name", ["ink", "paper"])
def test_palette_without_ink_or_paper_gets_a_derived_one(root: Path, name: str) -> None:
    brand, _ = read_brand(root, document(valid_text_with(f"  {name}: ", f"  other-{name}: ")))

    assert brand.palette.derived == {name}
    assert set(brand.palette.colours) == {*brand.file.palette, name}


def test_role_with_an_unknown_colour_is_rejected_with_the_known_ones(root: Path, wording: Wording) -> None:
    (finding,) = brand_errors(root, valid_text_with("fonts:", "colours: {slate: navvy}\nfonts:"))

    assert finding.code == "unknown-id"
    assert wording == (finding.text, finding.hint)


def test_note_about_font_files_does_not_stop_the_brand_from_loading(root: Path) -> None:
    (root / "brand/fonts/.DS_Store").write_bytes(b"")

    _, findings = read_brand(root, document(VALID))

    assert [finding.code for finding in findings] == ["font-file"]


@pytest.mark.parametrize("name", ["call", "scan", "partnership", "edition", "led_by"])
def test_every_locale_must_have_every_label(root: Path, name: str, wording: Wording) -> None:
    labels = {"call": "Ffon", "scan": "Sgan", "partnership": "Gyda", "edition": "Argraffiad", "led_by": "Dan"}
    other_labels = ", ".join(f"{key}: {word}" for key, word in labels.items() if key != name)
    text = valid_text_with("facts:\n", f"  cy: {{{other_labels}}}\nfacts:\n")

    (finding,) = brand_errors(root, text)

    assert (finding.code, finding.place) == ("bad-value", place_of(text, f"{{{other_labels}"))
    assert "cy" in finding.text and name in finding.text
    assert wording == (finding.text, finding.hint)


def test_colour_over_the_ink_limit_is_reported_at_its_inks(root: Path, wording: Wording) -> None:
    text = valid_text_with("newsprint: [50, 10, 0, 85]", "newsprint: [90, 90, 90, 90]")

    (finding,) = brand_errors(root, text)

    assert finding.code == "bad-value"
    assert "360 %" in finding.text and "newsprint" in finding.text
    assert finding.place == place_of(text, "[90, 90, 90, 90]")
    assert wording == (finding.text, finding.hint)


@pytest.mark.parametrize(
    ("old", "new", "code", "shown"),
    [
        ("led_by: the Example", "led_by: www.example.net, the Example", "foreign-host", "www.example.net"),
        ("scan: Scan or call", "scan: Scan or call 0121 496 0999", "locked-fact", "0121 496 0999"),
        ("Confidential and anonymous", "Confidential—not 01782 234234", "locked-fact", "01782 234234"),
    ],
    ids=["led_by", "scan", "promise"],
)
def test_brand_copy_must_not_contain_wrong_numbers_or_addresses(
    root: Path, old: str, new: str, code: str, shown: str, wording: Wording
) -> None:
    (finding,) = brand_errors(root, valid_text_with(old, new))

    assert finding.code == code and shown in finding.text
    assert wording == finding.text


def test_copy_is_not_checked_against_invalid_facts(root: Path, wording: Wording) -> None:
    text = valid_text_with("+448081570123", "+448081570124").replace(
        "Scan or call", "Scan or call 0121 496 0999"
    )

    (finding,) = brand_errors(root, text)

    assert finding.place == place_of(text, '"0808 157 0123"')
    assert "0808 157 0123" in finding.text and "+448081570123" in finding.text
    assert wording == finding.text


def test_font_and_palette_errors_are_reported_together(root: Path) -> None:
    text = valid_text_with("fonts:", "colours: {slate: navvy}\nfonts:")
    text = text.replace("{text: Hanken Grotesk}", "{text: Zilla}")

    assert [one.code for one in brand_errors(root, text)] == ["font-missing", "unknown-id"]


def test_unknown_key_is_rejected_before_any_font_is_read(tmp_path: Path) -> None:
    findings = brand_errors(tmp_path, valid_text_with("led_by: the", "ledby: the"))

    assert {one.code for one in findings} == {"unknown-key"}


def printers_file(limit: int) -> YamlDocument:
    text = f"harbour:\n  name: Harbour Press\n  conditions:\n    coated: {{condition: FOGRA51, ink_limit: {limit}}}\n"
    return document(text, PRINTERS)


def test_printer_adds_its_print_conditions_to_the_brand(root: Path) -> None:
    brand, findings = add_printers(root, read(root), printers_file(300))

    assert findings == []
    assert list(brand.printers) == ["harbour"]
    assert brand.condition("coated", "harbour").ink_limit == 300
    assert brand.condition("uncoated", "harbour") == brand.condition("uncoated", None)


def test_colour_over_a_printers_ink_limit_is_reported_in_printers_yaml(root: Path, wording: Wording) -> None:
    limits = printers_file(160)

    _, (finding,) = add_printers(root, read(root), limits)

    assert finding.code == "bad-value"
    assert finding.place == limits.place("harbour", "conditions", "coated", "ink_limit")
    assert all(part in finding.text for part in ("170 %", "coated", "160 %", "Harbour Press"))
    assert wording == (finding.text, finding.hint)


def test_an_error_in_the_facts_does_not_hide_an_unknown_font_family(root: Path) -> None:
    text = valid_text_with("Hanken Grotesk", "Futura").replace("+448081570123", "+448081570999")

    assert {one.code for one in brand_errors(root, text)} >= {"font-missing", "bad-value"}


def test_a_family_with_italic_files_alone_is_reported(root: Path) -> None:
    def slant(font: TTFont) -> None:
        font["OS/2"].fsSelection |= 1

    for path in (root / "brand/fonts").iterdir():
        path.write_bytes(changed_font(slant, path.read_bytes()))

    assert [one.code for one in brand_errors(root, VALID)] == ["font-missing"]
