"""A campaign in other colours than the shipped ones: few, dark, pale, unknown, or with inks of another hue."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assetgen import Campaign, CampaignError, Finding, Severity
from assetgen.colour import contrast, luminances, relative_luminance
from tests.support.cases import case_campaign, check_and_build
from tests.support.example_campaign import BRAND_FILE, replace_in_file
from tests.support.wording import Wording

MESSAGE = "brand/messages/help.yaml"
SQUARE, POSTER = "ig-square", "poster-a4"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return case_campaign(tmp_path / "c")


def keep_colours(root: Path, *names: str) -> None:
    """Delete every colour of the palette but these."""
    text = (root / BRAND_FILE).read_text("utf-8")
    start = text.index("palette:\n") + len("palette:\n")
    end = re.compile(r"^(?=\S)", re.MULTILINE).search(text, start)
    assert end
    kept = [
        line
        for line in text[start : end.start()].splitlines(keepends=True)
        if line.strip().partition(":")[0] in names
    ]
    assert len(kept) == len(names)
    (root / BRAND_FILE).write_text(text[:start] + "".join(kept) + text[end.start() :], "utf-8")


def set_colour(root: Path, name: str, srgb: str) -> None:
    """Give a colour of the palette a different screen value, without inks."""
    path = root / BRAND_FILE
    text, count = re.subn(
        rf"(?m)^  {name}: \{{.*\}}", f'  {name}: {{srgb: "{srgb}"}}', path.read_text("utf-8")
    )
    assert count == 1
    path.write_text(text, "utf-8")


def problems(root: Path) -> list[Finding]:
    return [finding for finding in Campaign.load(root).check() if finding.severity is not Severity.NOTE]


def test_missing_colours_are_derived_with_one_note_at_the_palette(tmp_path: Path, wording: Wording) -> None:
    root = case_campaign(tmp_path / "c", "palette/01-missing-colours")
    keep_colours(root, "ink", "paper", "apricot", "black")

    (note,) = [finding for finding in Campaign.load(root).check() if finding.code == "colour"]

    assert note.severity is Severity.NOTE and note.place.file == BRAND_FILE
    assert wording == note.as_text()
    assert check_and_build(root, SQUARE, POSTER).ok


def test_words_on_a_dark_accent_are_light(tmp_path: Path) -> None:
    root = case_campaign(tmp_path / "c", "palette/02-dark-accent")

    assert check_and_build(root, SQUARE).ok

    (path,) = root.glob(f"out/*/*/*/*_{SQUARE}_*.jpg")
    with Image.open(path) as picture:
        luminance = luminances(np.asarray(picture.convert("RGB")))
    field, lightest = np.median(luminance), np.percentile(luminance, 99.5)
    assert field == pytest.approx(relative_luminance("#1A3A43"), abs=0.02)
    assert contrast(float(lightest), float(field)) >= 4.5


def test_an_accent_that_no_text_is_legible_on_is_an_error_at_the_message(
    root: Path, wording: Wording
) -> None:
    set_colour(root, "apricot", "#8A8A8A")
    replace_in_file(root, BRAND_FILE, "#10262C", "#3A3A3A")

    (error,) = [finding for finding in Campaign.load(root).check() if finding.is_error]

    assert (error.code, error.place.file) == ("contrast", MESSAGE)
    assert wording == error.as_text()


def test_an_ink_that_is_too_light_is_one_error_at_its_colour(root: Path, wording: Wording) -> None:
    replace_in_file(root, BRAND_FILE, '  ink: {srgb: "#10262C"', '  ink: {srgb: "#8899A0"')

    (error,) = problems_of_load(root)

    assert (error.code, error.place.file) == ("contrast", BRAND_FILE)
    assert wording == error.as_text()


def problems_of_load(root: Path) -> list[Finding]:
    with pytest.raises(CampaignError) as raised:
        Campaign.load(root)
    return [finding for finding in raised.value.findings if finding.is_error]


def test_secondary_text_that_is_too_pale_is_an_error_at_its_colour(root: Path, wording: Wording) -> None:
    set_colour(root, "slate", "#A0A8AA")

    errors = [finding for finding in Campaign.load(root).check() if finding.is_error]

    assert {(error.code, error.place.file) for error in errors} == {("contrast", BRAND_FILE)}
    assert wording == errors[0].as_text()


def test_every_unknown_colour_is_reported_in_one_run_with_the_known_ones(
    root: Path, wording: Wording
) -> None:
    markup, style = root / "templates/plain/template.html", root / "templates/plain/style.css"
    markup.write_text(markup.read_text("utf-8").replace("palette.paper", "palette.papper"), "utf-8")
    style.write_text(style.read_text("utf-8") + "\n.body { color: var(--slatee); }\n", "utf-8")
    replace_in_file(root, MESSAGE, "accent: apricot", "accent: apricots")

    errors = [finding for finding in Campaign.load(root).check() if finding.is_error]

    assert wording == "\n".join(finding.as_text() for finding in errors)


def test_inks_of_another_hue_are_a_warning_at_their_line(root: Path, wording: Wording) -> None:
    path = root / BRAND_FILE
    text = re.sub(r"(apricot: .*?coated: )\[[^]]*\]", r"\1[62, 0, 62, 0]", path.read_text("utf-8"), count=1)
    path.write_text(text, "utf-8")

    (warning,) = problems(root)

    assert (warning.code, warning.severity, warning.place.file) == ("ink", Severity.WARNING, BRAND_FILE)
    assert wording == warning.as_text()


def test_colours_without_inks_are_one_warning_and_build(root: Path, wording: Wording) -> None:
    set_colour(root, "apricot", "#FF6A13")
    set_colour(root, "paper", "#FFFFFF")

    (warning,) = problems(root)

    assert wording == warning.as_text()
    assert check_and_build(root, POSTER).ok


def test_a_template_may_declare_colour_roles_of_its_own(root: Path) -> None:
    path = root / "templates/plain/template.yaml"
    more = "\ncolours:\n  tint: {about: the frame, from: paper, darker: 0.1}\n"
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    markup = root / "templates/plain/template.html"
    markup.write_text(markup.read_text("utf-8").replace("palette.paper", "palette.tint"), "utf-8")

    assert check_and_build(root, SQUARE).ok


def test_a_colour_rule_with_an_unknown_source_is_an_error_at_its_line(root: Path, wording: Wording) -> None:
    path = root / "templates/plain/template.yaml"
    more = "\ncolours:\n  tint: {about: the frame, from: papper, darker: 0.1}\n"
    path.write_text(path.read_text("utf-8") + more, "utf-8")

    (error,) = [finding for finding in Campaign.load(root).check() if finding.is_error]

    assert error.place.file == "templates/plain/template.yaml" and error.place.line
    assert wording == error.as_text()
