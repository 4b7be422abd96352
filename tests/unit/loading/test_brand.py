"""Reading the brand: its fonts, palette and inks, facts and labels, and its printers."""

from __future__ import annotations

import io
import shutil
from functools import cache
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, Severity
from assetgen.loading.brand import DEFAULT_CAP_EM, add_printers, read_brand, read_face, read_fonts
from assetgen.loading.model import Brand
from assetgen.loading.yaml.document import YamlDocument, read_document
from tests.support.tiny_campaign import FILES, REPO
from tests.support.wording import Wording

FILE = "brand/brand.yaml"
FONT = "Hanken500.ttf"
CONFIRMED = "  confirmed: {by: The owner, on: 2026-11-01}\n"
VALID = FILES[FILE] + CONFIRMED
PRINTERS = "brand/printers.yaml"


@cache
def tiny_font(family: str = "Hanken Grotesk", weight: int = 500, cap_height: int = 700) -> bytes:
    """Return a font of one letter, which is read a hundred times faster than a complete one."""
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "A"])
    builder.setupCharacterMap({65: "A"})
    builder.setupGlyf({name: TTGlyphPen(None).glyph() for name in (".notdef", "A")})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "A": (600, 0)})
    builder.setupHorizontalHeader(ascent=900, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": str(weight)})
    builder.setupOS2(usWeightClass=weight, sCapHeight=cap_height)
    builder.setupPost()
    buffer = io.BytesIO()
    builder.save(buffer)
    return buffer.getvalue()


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


def test_face_has_family_weight_and_metrics() -> None:
    content = (REPO / "brand/fonts/HankenGrotesk_500Medium.ttf").read_bytes()

    face = read_face(content, "brand/fonts/x.ttf")

    assert (face.path, face.family) == ("brand/fonts/x.ttf", "Hanken Grotesk")
    assert (face.postscript_name, face.weight, face.italic) == ("HankenGrotesk-Medium", 500, False)
    assert 0.6 < face.cap_em < 0.8 and 0.8 < face.ascent_em < 1.2 and 0.1 < face.descent_em < 0.5
    assert {ord("A"), ord("0"), ord("é")} <= face.characters
    assert face.content == content and len(face.sha256) == 64


def test_face_metrics_are_in_em_and_its_name_defaults_to_the_family() -> None:
    face = read_face(tiny_font("Tiny"), "x.ttf")

    assert (face.cap_em, face.ascent_em, face.descent_em) == (0.7, 0.9, 0.2)
    assert (face.family, face.postscript_name, face.characters) == ("Tiny", "Tiny", frozenset({65}))


def test_font_without_a_cap_height_gets_the_default() -> None:
    assert read_face(tiny_font(cap_height=0), "x.ttf").cap_em == DEFAULT_CAP_EM


@pytest.mark.parametrize("content", [b"", b"no font", b"\0\1\0\0" * 40], ids=["empty", "text", "broken"])
def test_file_that_is_not_a_font_is_rejected(content: bytes, wording: Wording) -> None:
    with pytest.raises(CampaignError) as raised:
        read_face(content, "brand/fonts/x.ttf")

    (finding,) = raised.value.findings
    assert (finding.code, finding.place) == ("bad-value", Place("brand/fonts/x.ttf"))
    assert wording == finding.as_text()


def test_truncated_font_is_rejected(wording: Wording) -> None:
    with pytest.raises(CampaignError) as raised:
        read_face(tiny_font()[:400], "x.ttf")

    assert [(one.code, one.place) for one in raised.value.findings] == [("bad-value", Place("x.ttf"))]
    assert wording == str(raised.value)


def test_faces_are_sorted_by_path(root: Path) -> None:
    faces, findings = read_fonts(root)

    assert findings == []
    assert [face.path for face in faces] == sorted(face.path for face in faces)
    assert {face.weight for face in faces} == {500, 700}


def test_fonts_in_subfolders_are_read_and_other_files_ignored(root: Path) -> None:
    (root / "brand/fonts/notes.txt").write_text("none")
    (root / "brand/fonts/more").mkdir()
    shutil.move(root / "brand/fonts" / FONT, root / "brand/fonts/more/MEDIUM.TTF")

    faces, findings = read_fonts(root)

    assert findings == [] and len(faces) == 2
    assert "brand/fonts/more/MEDIUM.TTF" in [face.path for face in faces]


def test_missing_fonts_folder_is_reported(tmp_path: Path, wording: Wording) -> None:
    faces, (finding,) = read_fonts(tmp_path)

    assert faces == ()
    assert (finding.code, finding.place) == ("missing-file", Place("brand/fonts"))
    assert wording == finding.as_text()


def test_one_broken_font_does_not_hide_the_others(root: Path) -> None:
    (root / "brand/fonts/A.otf").write_bytes(b"broken")

    faces, findings = read_fonts(root)

    assert len(faces) == 2
    assert [(one.code, one.place) for one in findings] == [("bad-value", Place("brand/fonts/A.otf"))]


def test_font_linked_from_outside_the_campaign_is_rejected(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.ttf"
    outside.write_bytes(tiny_font())
    (root / "brand/fonts/A.ttf").symlink_to(outside)

    faces, findings = read_fonts(root)

    assert len(faces) == 2
    assert [(one.code, one.place.file) for one in findings] == [("unsafe-file", "brand/fonts/A.ttf")]


def test_duplicate_face_is_reported_at_the_second_file(root: Path, wording: Wording) -> None:
    shutil.copy(root / "brand/fonts" / FONT, root / "brand/fonts/Other.ttf")

    _, (finding,) = read_fonts(root)

    assert (finding.code, finding.place) == ("font-missing", Place("brand/fonts/Other.ttf"))
    assert f"brand/fonts/{FONT}" in finding.text
    assert wording == finding.as_text()


def test_valid_brand_is_read_with_the_place_of_each_colour(root: Path) -> None:
    brand = read(root)

    assert brand.facts.number.tel == "+448081570123"
    assert brand.palette_places == {name: place_of(VALID, f'{{srgb: "{code}"') for name, code in
                                    (("ink", "#10262C"), ("paper", "#FBF6EE"))}  # fmt: skip
    assert brand.family("en-GB") == "Hanken Grotesk"
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
def test_palette_must_have_ink_and_paper(root: Path, name: str, wording: Wording) -> None:
    (finding,) = brand_errors(root, valid_text_with(f"  {name}: ", f"  other-{name}: "))

    assert finding.code == "bad-value" and name in finding.text
    assert wording == (finding.text, finding.hint)


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
    text = valid_text_with("  paper: ", "  card: ").replace("{text: Hanken Grotesk}", "{text: Zilla}")

    assert [one.code for one in brand_errors(root, text)] == ["font-missing", "bad-value"]


def test_unknown_key_is_rejected_before_any_font_is_read(tmp_path: Path) -> None:
    findings = brand_errors(tmp_path, valid_text_with("led_by: the", "ledby: the"))

    assert {one.code for one in findings} == {"bad-value", "unknown-key"}


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
