"""Reading the brand: its fonts, its palette and inks, its facts and fixed words, its printers."""

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
from assetgen.loading.brand import USUAL_CAP_EM, read_brand, read_face, read_fonts, with_printers
from assetgen.loading.model import Brand
from assetgen.loading.yaml.document import YamlDocument, read_document
from tests.support.tiny import FILES, REPO
from tests.support.wording import Wording

FILE = "brand/brand.yaml"
FONT = "Hanken500.ttf"
CONFIRMED = "  confirmed: {by: The owner, on: 2026-11-01}\n"
SOUND = FILES[FILE] + CONFIRMED
PRINTERS = "brand/printers.yaml"


@cache
def tiny_font(family: str = "Hanken Grotesk", weight: int = 500, cap_height: int = 700) -> bytes:
    """Return a font of one letter, which is read a hundred times faster than a whole one."""
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "A"])
    builder.setupCharacterMap({65: "A"})
    builder.setupGlyf({name: TTGlyphPen(None).glyph() for name in (".notdef", "A")})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "A": (600, 0)})
    builder.setupHorizontalHeader(ascent=900, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": str(weight)})
    builder.setupOS2(usWeightClass=weight, sCapHeight=cap_height)
    builder.setupPost()
    held = io.BytesIO()
    builder.save(held)
    return held.getvalue()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "brand/fonts").mkdir(parents=True)
    for weight in (500, 700):
        (tmp_path / f"brand/fonts/Hanken{weight}.ttf").write_bytes(tiny_font(weight=weight))
    return tmp_path


def document(text: str = SOUND, file: str = FILE) -> YamlDocument:
    return read_document(text.encode(), file)


def swapped(old: str, new: str) -> str:
    assert old in SOUND
    return SOUND.replace(old, new, 1)


def place_of(text: str, words: str) -> Place:
    return Place.at(FILE, text, text.index(words))


def read(root: Path, text: str = SOUND) -> Brand:
    brand, findings = read_brand(root, document(text))
    assert findings == []
    return brand


def refused(root: Path, text: str) -> list[Finding]:
    with pytest.raises(CampaignError) as raised:
        read_brand(root, document(text))
    return list(raised.value.findings)


def test_a_face_says_its_family_its_weight_and_its_measures() -> None:
    content = (REPO / "brand/fonts/HankenGrotesk_500Medium.ttf").read_bytes()

    face = read_face(content, "brand/fonts/x.ttf")

    assert (face.path, face.family) == ("brand/fonts/x.ttf", "Hanken Grotesk")
    assert (face.postscript_name, face.weight, face.italic) == ("HankenGrotesk-Medium", 500, False)
    assert 0.6 < face.cap_em < 0.8 and 0.8 < face.ascent_em < 1.2 and 0.1 < face.descent_em < 0.5
    assert {ord("A"), ord("0"), ord("é")} <= face.characters
    assert face.content == content and len(face.sha256) == 64


def test_measures_are_shares_of_the_em_and_a_font_without_a_name_of_its_own_has_its_family() -> None:
    face = read_face(tiny_font("Tiny"), "x.ttf")

    assert (face.cap_em, face.ascent_em, face.descent_em) == (0.7, 0.9, 0.2)
    assert (face.family, face.postscript_name, face.characters) == ("Tiny", "Tiny", frozenset({65}))


def test_a_font_that_states_no_height_of_capitals_gets_the_usual_one() -> None:
    assert read_face(tiny_font(cap_height=0), "x.ttf").cap_em == USUAL_CAP_EM


@pytest.mark.parametrize("content", [b"", b"no font", b"\0\1\0\0" * 40], ids=["empty", "words", "broken"])
def test_what_is_no_font_is_refused_by_its_file(content: bytes, wording: Wording) -> None:
    with pytest.raises(CampaignError) as raised:
        read_face(content, "brand/fonts/x.ttf")

    (finding,) = raised.value.findings
    assert (finding.code, finding.place) == ("bad-value", Place("brand/fonts/x.ttf"))
    assert wording == finding.as_text()


def test_a_font_cut_short_is_refused(wording: Wording) -> None:
    with pytest.raises(CampaignError) as raised:
        read_face(tiny_font()[:400], "x.ttf")

    assert [(one.code, one.place) for one in raised.value.findings] == [("bad-value", Place("x.ttf"))]
    assert wording == str(raised.value)


def test_the_faces_of_the_folder_come_in_the_order_of_their_paths(root: Path) -> None:
    faces, findings = read_fonts(root)

    assert findings == []
    assert [face.path for face in faces] == sorted(face.path for face in faces)
    assert {face.weight for face in faces} == {500, 700}


def test_files_of_another_kind_are_passed_over_and_folders_are_looked_into(root: Path) -> None:
    (root / "brand/fonts/notes.txt").write_text("none")
    (root / "brand/fonts/more").mkdir()
    shutil.move(root / "brand/fonts" / FONT, root / "brand/fonts/more/MEDIUM.TTF")

    faces, findings = read_fonts(root)

    assert findings == [] and len(faces) == 2
    assert "brand/fonts/more/MEDIUM.TTF" in [face.path for face in faces]


def test_a_brand_without_a_folder_of_fonts_is_told_to_make_one(tmp_path: Path, wording: Wording) -> None:
    faces, (finding,) = read_fonts(tmp_path)

    assert faces == ()
    assert (finding.code, finding.place) == ("missing-file", Place("brand/fonts"))
    assert wording == finding.as_text()


def test_one_broken_font_does_not_hide_the_others(root: Path) -> None:
    (root / "brand/fonts/A.otf").write_bytes(b"broken")

    faces, findings = read_fonts(root)

    assert len(faces) == 2
    assert [(one.code, one.place) for one in findings] == [("bad-value", Place("brand/fonts/A.otf"))]


def test_a_font_that_leads_out_of_the_campaign_is_refused(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.ttf"
    outside.write_bytes(tiny_font())
    (root / "brand/fonts/A.ttf").symlink_to(outside)

    faces, findings = read_fonts(root)

    assert len(faces) == 2
    assert [(one.code, one.place.file) for one in findings] == [("unsafe-file", "brand/fonts/A.ttf")]


def test_two_files_of_one_face_are_told_at_the_second(root: Path, wording: Wording) -> None:
    shutil.copy(root / "brand/fonts" / FONT, root / "brand/fonts/Other.ttf")

    _, (finding,) = read_fonts(root)

    assert (finding.code, finding.place) == ("font-missing", Place("brand/fonts/Other.ttf"))
    assert f"brand/fonts/{FONT}" in finding.text
    assert wording == finding.as_text()


def test_a_sound_brand_is_read_with_the_place_of_each_colour(root: Path) -> None:
    brand = read(root)

    assert brand.facts.number.tel == "+448081570123"
    assert brand.palette_places == {name: place_of(SOUND, f'{{srgb: "{code}"') for name, code in
                                    (("ink", "#10262C"), ("paper", "#FBF6EE"))}  # fmt: skip
    assert brand.family("en-GB") == "Hanken Grotesk"
    assert brand.printers == {} and brand.pictures == {}


def test_facts_that_nobody_confirmed_are_a_note_and_no_error(root: Path, wording: Wording) -> None:
    brand, (finding,) = read_brand(root, document(FILES[FILE]))

    assert brand.facts.name == "Open Door Line"
    assert (finding.code, finding.severity) == ("fact-unconfirmed", Severity.NOTE)
    assert "Open Door Line" in finding.text
    assert wording == finding.text


def test_a_family_without_a_file_is_named_with_the_nearest_that_there_is(
    root: Path, wording: Wording
) -> None:
    text = swapped("{text: Hanken Grotesk}", "{text: Hanken Grotesk, cy: Hanken Grotesque}")

    (finding,) = refused(root, text)

    assert (finding.code, finding.place) == ("font-missing", place_of(text, "Hanken Grotesque"))
    assert "Hanken Grotesque" in finding.text and "Hanken Grotesk" in (finding.hint or "")
    assert wording == (finding.text, finding.hint)


def test_a_family_where_no_font_is_there_gets_the_plain_hint(tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "brand/fonts").mkdir(parents=True)

    (finding,) = refused(tmp_path, SOUND)

    assert finding.code == "font-missing"
    assert wording == finding.hint


def test_a_brand_without_a_family_for_text_is_refused(root: Path, wording: Wording) -> None:
    (finding,) = refused(root, swapped("{text: Hanken Grotesk}", "{en: Hanken Grotesk}"))

    assert finding.code == "bad-value" and "text" in finding.text
    assert wording == (finding.text, finding.hint)


@pytest.mark.parametrize("name", ["ink", "paper"])
def test_a_colour_that_every_template_needs_must_be_there(root: Path, name: str, wording: Wording) -> None:
    (finding,) = refused(root, swapped(f"  {name}: ", f"  other-{name}: "))

    assert finding.code == "bad-value" and name in finding.text
    assert wording == (finding.text, finding.hint)


@pytest.mark.parametrize("name", ["call", "scan", "partnership", "edition", "led_by"])
def test_a_fixed_word_that_the_tool_prints_must_be_there_in_each_locale(
    root: Path, name: str, wording: Wording
) -> None:
    words = {"call": "Ffon", "scan": "Sgan", "partnership": "Gyda", "edition": "Argraffiad", "led_by": "Dan"}
    said = ", ".join(f"{key}: {word}" for key, word in words.items() if key != name)
    text = swapped("facts:\n", f"  cy: {{{said}}}\nfacts:\n")

    (finding,) = refused(root, text)

    assert (finding.code, finding.place) == ("bad-value", place_of(text, f"{{{said}"))
    assert "cy" in finding.text and name in finding.text
    assert wording == (finding.text, finding.hint)


def test_a_colour_with_more_ink_than_a_stock_takes_is_told_where_its_inks_stand(
    root: Path, wording: Wording
) -> None:
    text = swapped("newsprint: [50, 10, 0, 85]", "newsprint: [90, 90, 90, 90]")

    (finding,) = refused(root, text)

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
def test_the_brands_own_words_hold_no_number_and_no_address_but_its_facts(
    root: Path, old: str, new: str, code: str, shown: str, wording: Wording
) -> None:
    (finding,) = refused(root, swapped(old, new))

    assert finding.code == code and shown in finding.text
    assert wording == finding.text


def test_faulty_facts_are_told_alone_since_the_words_are_held_against_them(
    root: Path, wording: Wording
) -> None:
    text = swapped("+448081570123", "+448081570124").replace("Scan or call", "Scan or call 0121 496 0999")

    findings = refused(root, text)

    assert [one.place for one in findings] == [place_of(text, '"+448081570124"')] or len(findings) == 1
    assert "0808 157 0123" in findings[0].text and "+448081570123" in findings[0].text
    assert wording == findings[0].text


def test_faults_of_all_kinds_are_told_together(root: Path) -> None:
    text = swapped("  paper: ", "  card: ").replace("{text: Hanken Grotesk}", "{text: Zilla}")

    assert [one.code for one in refused(root, text)] == ["font-missing", "bad-value"]


def test_an_unknown_key_is_refused_before_any_font_is_read(tmp_path: Path) -> None:
    findings = refused(tmp_path, swapped("led_by: the", "ledby: the"))

    assert {one.code for one in findings} == {"bad-value", "unknown-key"}


def printers(limit: int) -> YamlDocument:
    text = f"harbour:\n  name: Harbour Press\n  conditions:\n    coated: {{condition: FOGRA51, ink_limit: {limit}}}\n"
    return document(text, PRINTERS)


def test_a_printer_is_added_to_the_brand_with_its_conditions(root: Path) -> None:
    brand, findings = with_printers(root, read(root), printers(300))

    assert findings == []
    assert list(brand.printers) == ["harbour"]
    assert brand.condition("coated", "harbour").ink_limit == 300
    assert brand.condition("uncoated", "harbour") == brand.condition("uncoated", None)


def test_a_colour_with_more_ink_than_a_printer_takes_is_told_in_the_printers_file(
    root: Path, wording: Wording
) -> None:
    limits = printers(160)

    _, (finding,) = with_printers(root, read(root), limits)

    assert finding.code == "bad-value"
    assert finding.place == limits.place("harbour", "conditions", "coated", "ink_limit")
    assert all(part in finding.text for part in ("170 %", "coated", "160 %", "Harbour Press"))
    assert wording == (finding.text, finding.hint)
