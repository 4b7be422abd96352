"""Reading font files of every kind into faces, and the findings about files that cannot be used."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from assetgen.errors import CampaignError
from assetgen.findings import Place, Severity
from assetgen.loading.fonts import DEFAULT_CAP_EM, nearest_face, read_font_file, read_fonts
from assetgen.loading.model import FontFace
from tests.support.font_files import (
    MEDIUM,
    cff_font,
    changed_font,
    font_collection,
    tiny_font,
    variable_font,
    web_font,
)
from tests.support.wording import Wording

FOLDER = "brand/fonts"
FONT = "Hanken500.ttf"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the folder of a campaign with two font files and nothing else."""
    (tmp_path / FOLDER).mkdir(parents=True)
    for weight in (500, 700):
        (tmp_path / f"{FOLDER}/Hanken{weight}.ttf").write_bytes(tiny_font(weight=weight))
    return tmp_path


def only_face(content: bytes) -> FontFace:
    (face,) = read_font_file(content, "x.ttf")
    return face


def only_finding(content: bytes) -> CampaignError:
    with pytest.raises(CampaignError) as raised:
        read_font_file(content, f"{FOLDER}/x.ttf")
    assert [(one.code, one.place) for one in raised.value.findings] == [
        ("font-file", Place(f"{FOLDER}/x.ttf"))
    ]
    return raised.value


def test_face_has_family_weight_and_metrics() -> None:
    (face,) = read_font_file(MEDIUM.read_bytes(), f"{FOLDER}/x.ttf")

    assert (face.path, face.family) == (f"{FOLDER}/x.ttf", "Hanken Grotesk")
    assert (face.postscript_name, face.weight, face.italic) == ("HankenGrotesk-Medium", 500, False)
    assert (face.cap_em, face.ascent_em, face.descent_em) == (0.697, 1.0, 0.303)
    assert face.descender_em == pytest.approx(0.213, abs=0.001)
    assert {ord("A"), ord("0"), ord("é")} <= face.characters
    assert face.content == MEDIUM.read_bytes() and len(face.sha256) == 64


def test_cap_height_and_descender_are_measured_from_glyphs_not_read_from_os2() -> None:
    face = only_face(tiny_font("Tiny", cap_height=500))

    assert (face.cap_em, face.descender_em) == (0.68, 0.23)
    assert (face.family, face.postscript_name, face.characters) == ("Tiny", "Tiny", frozenset({65, 72, 112}))


def test_font_without_latin_letters_gets_the_default_cap_height() -> None:
    def only_a_pilcrow(font: TTFont) -> None:
        for table in font["cmap"].tables:
            table.cmap = {0xB6: "A"}

    assert only_face(changed_font(only_a_pilcrow, tiny_font())).cap_em == DEFAULT_CAP_EM


@pytest.mark.parametrize(("is_typo", "expected"), [(True, (0.8, 0.15)), (False, (0.9, 0.2))])
def test_line_metrics_are_the_ones_that_the_font_selects(
    is_typo: bool, expected: tuple[float, float]
) -> None:
    def choose(font: TTFont) -> None:
        font["OS/2"].version = 4
        font["OS/2"].fsSelection |= 0x80 if is_typo else 0

    face = only_face(changed_font(choose, tiny_font()))

    assert (face.ascent_em, face.descent_em) == expected


@pytest.mark.parametrize("flavour", ["woff", "woff2"])
def test_web_font_is_read_as_the_font_that_it_contains(flavour: str) -> None:
    face, original = only_face(web_font(flavour)), only_face(MEDIUM.read_bytes())

    assert TTFont(io.BytesIO(face.content)).flavor is None
    assert (face.family, face.weight, face.cap_em) == (original.family, original.weight, original.cap_em)
    assert face.characters == original.characters


def test_font_with_cff_outlines_is_read() -> None:
    face = only_face(cff_font("Serif"))

    assert (face.family, face.weight, face.cap_em) == ("Serif", 400, 0.68)
    assert face.content.startswith(b"OTTO")


def test_each_font_of_a_collection_is_a_face() -> None:
    faces = read_font_file(font_collection(tiny_font("One", 400), tiny_font("Two", 700)), "x.ttc")

    assert [(face.family, face.weight) for face in faces] == [("One", 400), ("Two", 700)]
    assert all(TTFont(io.BytesIO(face.content))["name"].getDebugName(1) == face.family for face in faces)


def test_variable_font_has_a_static_face_for_each_named_weight() -> None:
    faces = read_font_file(variable_font("Flex", {"Regular": 400, "Bold": 700}), "x.ttf")

    assert [(face.family, face.weight, face.postscript_name) for face in faces] == [
        ("Flex", 400, "Flex-Regular"),
        ("Flex", 700, "Flex-Bold"),
    ]
    for face in faces:
        font = TTFont(io.BytesIO(face.content))
        assert "fvar" not in font and font["OS/2"].usWeightClass == face.weight
    assert len({face.sha256 for face in faces}) == 1


def test_variable_font_without_named_weights_has_a_face_for_each_hundred() -> None:
    faces = read_font_file(variable_font(), "x.ttf")

    assert [face.weight for face in faces] == [100, 200, 300, 400, 500, 600, 700, 800, 900]


def test_reading_a_variable_font_twice_gives_the_same_bytes() -> None:
    content = variable_font("Flex", {"Bold": 700})

    assert only_face(content).content == only_face(content).content


def test_condensed_face_has_a_family_of_its_own() -> None:
    def condense(font: TTFont) -> None:
        font["OS/2"].usWidthClass = 3
        font["name"].setName("Harbour Condensed", 1, 3, 1, 0x409)
        font["name"].setName("Harbour", 16, 3, 1, 0x409)

    face = only_face(changed_font(condense, tiny_font()))

    assert face.family == "Harbour Condensed"
    assert TTFont(io.BytesIO(face.content))["OS/2"].usWidthClass == 5


@pytest.mark.parametrize(
    "content",
    [b"", b"no font", b"\0\1\0\0" * 40, None],
    ids=["empty", "text", "broken", "half"],
)
def test_damaged_font_file_is_reported_once_with_its_name(content: bytes | None, wording: Wording) -> None:
    whole = MEDIUM.read_bytes()

    assert wording == str(only_finding(whole[: len(whole) // 2] if content is None else content))


def test_font_whose_letters_have_no_ink_is_reported_as_damaged(wording: Wording) -> None:
    def empty(font: TTFont) -> None:
        glyph = font["glyf"]["n"]
        glyph.numberOfContours = 0

    assert wording == str(only_finding(changed_font(empty)))


def test_font_without_outlines_is_refused(wording: Wording) -> None:
    def without_outlines(font: TTFont) -> None:
        for table in ("glyf", "loca"):
            del font[table]

    assert wording == str(only_finding(changed_font(without_outlines, tiny_font())))


def test_faces_are_sorted_by_path(root: Path) -> None:
    faces, findings = read_fonts(root)

    assert findings == []
    assert [face.path for face in faces] == sorted(face.path for face in faces)
    assert {face.weight for face in faces} == {500, 700}


def test_fonts_in_subfolders_are_read_and_other_files_ignored(root: Path) -> None:
    (root / FOLDER / "notes.txt").write_text("none")
    (root / FOLDER / "more").mkdir()
    shutil.move(root / FOLDER / FONT, root / FOLDER / "more/MEDIUM.TTF")

    faces, findings = read_fonts(root)

    assert findings == [] and len(faces) == 2
    assert f"{FOLDER}/more/MEDIUM.TTF" in [face.path for face in faces]


def test_files_of_an_operating_system_are_ignored_with_one_note(root: Path, wording: Wording) -> None:
    (root / FOLDER / "__MACOSX").mkdir()
    for name in ("._Hanken500.ttf", ".DS_Store", "__MACOSX/Hanken500.ttf", "Thumbs.db"):
        (root / FOLDER / name).write_bytes(b"\0\5\x16\7")

    faces, (note,) = read_fonts(root)

    assert len(faces) == 2
    assert (note.code, note.severity, note.place) == ("font-file", Severity.NOTE, Place(FOLDER))
    assert wording == note.as_text()


def test_missing_fonts_folder_is_reported(tmp_path: Path, wording: Wording) -> None:
    faces, (finding,) = read_fonts(tmp_path)

    assert faces == ()
    assert (finding.code, finding.place) == ("missing-file", Place(FOLDER))
    assert wording == finding.as_text()


def test_one_broken_font_does_not_hide_the_others(root: Path) -> None:
    (root / FOLDER / "A.otf").write_bytes(b"broken")

    faces, findings = read_fonts(root)

    assert len(faces) == 2
    assert [(one.code, one.place) for one in findings] == [("font-file", Place(f"{FOLDER}/A.otf"))]


def test_font_linked_from_outside_the_campaign_is_rejected(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.ttf"
    outside.write_bytes(tiny_font())
    (root / FOLDER / "A.ttf").symlink_to(outside)

    faces, findings = read_fonts(root)

    assert len(faces) == 2
    assert [(one.code, one.place.file) for one in findings] == [("unsafe-file", f"{FOLDER}/A.ttf")]


def test_duplicate_face_is_reported_at_the_second_file(root: Path, wording: Wording) -> None:
    shutil.copy(root / FOLDER / FONT, root / FOLDER / "Other.ttf")

    _, (finding,) = read_fonts(root)

    assert (finding.code, finding.place) == ("font-missing", Place(f"{FOLDER}/Other.ttf"))
    assert f"{FOLDER}/{FONT}" in finding.text
    assert wording == finding.as_text()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("Hanken500.woff2", lambda: web_font("woff2", tiny_font())),
        ("HankenVariable.ttf", lambda: variable_font("Hanken Grotesk", {"Medium": 500})),
    ],
    ids=["web font", "variable font"],
)
def test_web_or_variable_copy_of_a_static_face_is_not_used(
    root: Path, name: str, make: Callable[[], bytes]
) -> None:
    (root / FOLDER / name).write_bytes(make())

    faces, findings = read_fonts(root)

    assert findings == []
    assert [face.path for face in faces] == [f"{FOLDER}/{FONT}", f"{FOLDER}/Hanken700.ttf"]


@pytest.mark.parametrize("bits", [0x0002, 0x0100, 0x0200])
def test_restricted_font_is_reported_unless_the_brand_states_a_licence(
    root: Path, bits: int, wording: Wording
) -> None:
    def restrict(font: TTFont) -> None:
        font["OS/2"].fsType = bits

    (root / FOLDER / FONT).write_bytes(changed_font(restrict, tiny_font()))

    _, (finding,) = read_fonts(root)

    assert (finding.code, finding.place) == ("font-file", Place(f"{FOLDER}/{FONT}"))
    assert wording == finding.as_text()
    assert read_fonts(root, ["Hanken Grotesk"])[1] == []


@pytest.mark.parametrize(("wanted", "nearest"), [(400, 400), (500, 400), (600, 700), (550, 700), (900, 700)])
def test_missing_weight_is_replaced_by_the_nearest_or_for_bold_by_the_bolder(
    wanted: int, nearest: int
) -> None:
    faces = tuple(only_face(tiny_font("Tiny", weight)) for weight in (400, 700))

    assert nearest_face(faces, "Tiny", wanted).weight == nearest
