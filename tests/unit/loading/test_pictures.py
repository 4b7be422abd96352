"""Pictures: named in the brand, chosen by channel, and each error reported at its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from assetgen.findings import Severity
from assetgen.loading.campaign import load_campaign
from assetgen.planning.planner import plan_assets
from tests.support.example_campaign import (
    BRAND_FILE,
    MESSAGE_FILE,
    PARTNER_FILE,
    append_line,
    campaign_errors,
    make_campaign,
    position_of,
    replace_in_file,
    write_campaign_file,
)
from tests.support.photographs import jpeg, noise, png
from tests.support.picture_campaign import load_picture_campaign, picture_campaign_files
from tests.support.tiny_campaign import CARD_ID, SHEET_ID
from tests.support.wording import Wording
from tests.unit.loading.places_and_codes import places_and_codes

Change = Callable[[Path], None]
THRESHOLD = "{file: threshold.jpg"


def replace_in(old: str, new: str, file: str = BRAND_FILE) -> Change:
    return lambda root: replace_in_file(root, file, old, new)


def use_file(name: str, content: bytes) -> Change:
    """Return the change that replaces the file of the picture ``threshold``."""

    def change(root: Path) -> None:
        write_campaign_file(root, f"brand/images/{name}", content)
        replace_in_file(root, BRAND_FILE, "threshold.jpg", name)

    return change


def choose_picture(file: str, value: str) -> Change:
    return lambda root: append_line(root, file, f"picture: {value}")


# A change to the brand, the text in the file where the error is reported, and its code.
INVALID_CHANGES: dict[str, tuple[Change, str, str]] = {
    "missing file": (replace_in("threshold.jpg", "treshold.jpg"), "treshold.jpg", "missing-file"),
    "file outside the images folder": (
        replace_in("threshold.jpg", "../fonts/OFL.txt"),
        "../fonts/OFL.txt",
        "unsafe-file",
    ),
    "absolute path": (replace_in("threshold.jpg", "/etc/hostname"), "/etc/hostname", "unsafe-file"),
    "focus outside the picture": (replace_in("[0.69, 0.5]", "[1.69, 0.5]"), "1.69", "bad-value"),
    "focus with one coordinate": (replace_in("[0.69, 0.5]", "[0.69]"), "[0.69]", "bad-value"),
    "focus with NaN": (replace_in("[0.69, 0.5]", "[.nan, 0.5]"), ".nan", "bad-value"),
    "unknown key": (replace_in(THRESHOLD, "{fokus: [0, 0], file: threshold.jpg"), "fokus", "unknown-key"),
    "wrong phone number in the alt text": (
        replace_in("A door stands ajar", "Call 01632 960 123 where a door stands ajar"),
        "Call 01632",
        "locked-fact",
    ),
    "unknown picture for the light background": (
        replace_in("light: morning", "light: mourning"),
        "mourning",
        "unknown-id",
    ),
    "picture named none": (replace_in("  threshold: ", "  none: "), "none: {", "bad-id"),
}


@pytest.mark.parametrize("name", INVALID_CHANGES)
def test_picture_error_in_the_brand_is_reported_at_its_place(
    name: str, tmp_path: Path, wording: Wording
) -> None:
    change, place_text, code = INVALID_CHANGES[name]
    root = make_campaign(tmp_path / "campaign")
    change(root)

    error = campaign_errors(root)[0]

    assert places_and_codes([error]) == [f"{position_of(root, BRAND_FILE, place_text)} {code}"]
    assert wording == error


@pytest.mark.parametrize(
    "content",
    [jpeg(noise(40, 40))[:900], png(Image.new("RGBA", (4, 4))), b""],
    ids=["truncated", "PNG", "empty"],
)
def test_unusable_picture_file_is_reported_by_its_path(
    content: bytes, tmp_path: Path, wording: Wording
) -> None:
    root = make_campaign(tmp_path / "campaign")
    use_file("own.jpg", content)(root)

    (error,) = campaign_errors(root)

    assert places_and_codes([error]) == ["brand/images/own.jpg bad-value"]
    assert wording == error


def test_picture_linked_from_outside_the_campaign_is_rejected(tmp_path: Path, wording: Wording) -> None:
    root = make_campaign(tmp_path / "campaign")
    (tmp_path / "secret.jpg").write_bytes(jpeg(noise(8, 8)))
    (root / "brand/images/threshold.jpg").unlink()
    (root / "brand/images/threshold.jpg").symlink_to(tmp_path / "secret.jpg")

    (error,) = campaign_errors(root)

    assert places_and_codes([error]) == [f"{position_of(root, BRAND_FILE, 'threshold.jpg')} unsafe-file"]
    assert wording == error


@pytest.mark.parametrize("file", ["campaign.yaml", MESSAGE_FILE, PARTNER_FILE])
@pytest.mark.parametrize(
    "value", ["threshhold", '{"poster-*": threshhold}'], ids=["for all channels", "by channel"]
)
def test_unknown_picture_is_reported_where_it_is_chosen(
    file: str, value: str, tmp_path: Path, wording: Wording
) -> None:
    root = make_campaign(tmp_path / "campaign")
    choose_picture(file, value)(root)

    errors = campaign_errors(root)

    assert f"{position_of(root, file, 'threshhold')} unknown-id" in places_and_codes(errors)
    assert all("threshold" in error for error in errors)
    assert wording == errors


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ({}, None),
        ({"campaign.yaml": "pane"}, "pane"),
        ({"campaign.yaml": "pane", MESSAGE_FILE: "daybreak"}, "daybreak"),
        ({MESSAGE_FILE: "daybreak", PARTNER_FILE: "threshold"}, "threshold"),
        ({"campaign.yaml": "pane", PARTNER_FILE: "none"}, None),
        ({"campaign.yaml": '{"*": pane, "poster-*": daybreak}'}, "daybreak"),
        ({"campaign.yaml": '{"*": pane, "poster-*": none}'}, None),
        ({"campaign.yaml": "pane", PARTNER_FILE: '{"ig-*": daybreak}'}, "pane"),
    ],
)
def test_picture_of_the_partner_overrides_message_and_campaign(
    choices: dict[str, str], expected: str | None, tmp_path: Path
) -> None:
    root = make_campaign(tmp_path / "campaign")
    append_line(root, PARTNER_FILE, 'template: {"poster-a4": window}')
    for file, value in choices.items():
        choose_picture(file, value)(root)

    assets = plan_assets(load_campaign(root).campaign).by_id()

    asset = assets["example-county-council/worried/poster-a4/en-GB"]
    assert asset.template == "window"
    assert asset.picture == expected
    assert assets["example-county-council/worried/ig-square/en-GB"].picture is None, "beacon shows no picture"


def test_light_background_uses_the_light_version_of_the_picture(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    append_line(
        root, PARTNER_FILE, "template: {poster-a4: window}\nbackground: {poster-a4: light}\npicture: pane"
    )

    assets = plan_assets(load_campaign(root).campaign).by_id()

    asset = assets["example-county-council/worried/poster-a4/en-GB"]
    assert (asset.background, asset.picture, asset.spec.picture_alt) == (
        "light",
        "morning",
        "Morning sun on a pale wall",
    )


def test_shape_inherits_its_picture_position_or_removes_it(tmp_path: Path) -> None:
    template = picture_campaign_files()["templates/bare/template.yaml"]
    shapes = "  wide: {extends: landscape}\n  strip: {extends: landscape, picture: null}\n"
    shapes += "  tall: {extends: wide, picture: {zoom: 2}}\n"

    campaign, _ = load_picture_campaign(
        tmp_path, noise(40, 30), {"templates/bare/template.yaml": template + shapes}
    )

    pictures = {name: one.picture for name, one in campaign.templates["bare"].layouts.items()}
    assert pictures["landscape"] == pictures["wide"]
    assert pictures["strip"] is None
    assert pictures["landscape"] is not None
    assert pictures["tall"] is not None
    assert (pictures["landscape"].at, pictures["landscape"].zoom) == ((0.8, 0.5), 1)
    assert (pictures["tall"].at, pictures["tall"].zoom) == ((0.5, 0.5), 2)


def test_alt_text_of_the_picture_is_in_the_asset_spec(tmp_path: Path) -> None:
    _, assets = load_picture_campaign(tmp_path, noise(40, 30))

    assert {assets[name].spec.picture_alt for name in (CARD_ID, SHEET_ID)} == {"A harbour"}


@pytest.mark.parametrize("file", ["campaign.yaml", MESSAGE_FILE, PARTNER_FILE])
def test_picture_for_a_channel_that_shows_none_gives_a_warning(
    file: str, tmp_path: Path, wording: Wording
) -> None:
    root = make_campaign(tmp_path / "campaign")
    choose_picture(file, '{"ig-square": pane, "ig-*": daybreak, "ig-story": none}')(root)

    (warning,) = plan_assets(load_campaign(root).campaign).warnings

    assert (warning.place.file, warning.severity) == (file, Severity.WARNING)
    assert all(name in warning.text for name in ("ig-square", "pane", "beacon"))
    assert warning.hint is not None and 'template: {"ig-square": window}' in warning.hint
    assert wording == warning.as_text()
