"""Pictures are named in the brand and chosen by channel; each slip is told with its place and how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from assetgen.findings import Severity
from assetgen.loading.campaign import load_campaign
from assetgen.planning.planner import plan_assets
from tests.support.campaigns import (
    BRAND_FILE,
    MESSAGE_FILE,
    PARTNER_FILE,
    append,
    at,
    edit,
    errors_of,
    make_campaign,
    write,
)
from tests.support.photographs import jpeg, noise, png
from tests.support.pictured import load_pictured, pictured
from tests.support.tiny import CARD, SHEET
from tests.support.wording import Wording
from tests.unit.loading.marks import marks

Change = Callable[[Path], None]
THRESHOLD = "{file: threshold.jpg"


def swap(old: str, new: str, file: str = BRAND_FILE) -> Change:
    return lambda root: edit(root, file, old, new)


def put(name: str, content: bytes) -> Change:
    def change(root: Path) -> None:
        write(root, f"brand/images/{name}", content)
        edit(root, BRAND_FILE, "threshold.jpg", name)

    return change


def chosen(file: str, words: str) -> Change:
    return lambda root: append(root, file, f"picture: {words}")


# What is done → where it is told (the words that stand there), the code of it.
FAULTS: dict[str, tuple[Change, str, str]] = {
    "no such file": (swap("threshold.jpg", "treshold.jpg"), "treshold.jpg", "missing-file"),
    "elsewhere": (swap("threshold.jpg", "../fonts/OFL.txt"), "../fonts/OFL.txt", "unsafe-file"),
    "absolute": (swap("threshold.jpg", "/etc/hostname"), "/etc/hostname", "unsafe-file"),
    "focus beside the picture": (swap("[0.69, 0.5]", "[1.69, 0.5]"), "1.69", "bad-value"),
    "focus of one share": (swap("[0.69, 0.5]", "[0.69]"), "[0.69]", "bad-value"),
    "focus that is no number": (swap("[0.69, 0.5]", "[.nan, 0.5]"), ".nan", "bad-value"),
    "unknown key": (swap(THRESHOLD, "{fokus: [0, 0], file: threshold.jpg"), "fokus", "unknown-key"),
    "another's number": (
        swap("A door stands ajar", "Call 01632 960 123 where a door stands ajar"),
        "Call 01632",
        "locked-fact",
    ),
    "no such picture for light background": (
        swap("light: morning", "light: mourning"),
        "mourning",
        "unknown-id",
    ),
    "a name that means none": (swap("  threshold: ", "  none: "), "none: {", "bad-id"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_slip_in_the_brand_is_told_where_it_stands(name: str, tmp_path: Path, wording: Wording) -> None:
    change, where, code = FAULTS[name]
    root = make_campaign(tmp_path / "campaign")
    change(root)

    told = errors_of(root)[0]

    assert marks([told]) == [f"{at(root, BRAND_FILE, where)} {code}"]
    assert wording == told


@pytest.mark.parametrize(
    "content",
    [jpeg(noise(40, 40))[:900], png(Image.new("RGBA", (4, 4))), b""],
    ids=["cut short", "PNG", "empty"],
)
def test_a_file_that_cannot_be_used_is_told_by_its_path(
    content: bytes, tmp_path: Path, wording: Wording
) -> None:
    root = make_campaign(tmp_path / "campaign")
    put("own.jpg", content)(root)

    (told,) = errors_of(root)

    assert marks([told]) == ["brand/images/own.jpg bad-value"]
    assert wording == told


def test_a_link_out_of_the_campaign_is_not_followed(tmp_path: Path, wording: Wording) -> None:
    root = make_campaign(tmp_path / "campaign")
    (tmp_path / "secret.jpg").write_bytes(jpeg(noise(8, 8)))
    (root / "brand/images/threshold.jpg").unlink()
    (root / "brand/images/threshold.jpg").symlink_to(tmp_path / "secret.jpg")

    (told,) = errors_of(root)

    assert marks([told]) == [f"{at(root, BRAND_FILE, 'threshold.jpg')} unsafe-file"]
    assert wording == told


@pytest.mark.parametrize("file", ["campaign.yaml", MESSAGE_FILE, PARTNER_FILE])
@pytest.mark.parametrize(
    "words", ["threshhold", '{"poster-*": threshhold}'], ids=["one for all", "by channel"]
)
def test_a_picture_that_is_not_there_is_told_where_it_is_chosen(
    file: str, words: str, tmp_path: Path, wording: Wording
) -> None:
    root = make_campaign(tmp_path / "campaign")
    chosen(file, words)(root)

    told = errors_of(root)

    assert f"{at(root, file, 'threshhold')} unknown-id" in marks(told)
    assert all("threshold" in one for one in told)
    assert wording == told


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
def test_the_nearest_choice_of_a_picture_counts(
    choices: dict[str, str], expected: str | None, tmp_path: Path
) -> None:
    root = make_campaign(tmp_path / "campaign")
    append(root, PARTNER_FILE, 'template: {"poster-a4": window}')
    for file, words in choices.items():
        chosen(file, words)(root)

    assets = plan_assets(load_campaign(root).campaign).by_id()

    asset = assets["example-county-council/worried/poster-a4/en-GB"]
    assert asset.template == "window"
    assert asset.picture == expected
    assert assets["example-county-council/worried/ig-square/en-GB"].picture is None, (
        "beacon has no place for one"
    )


def test_on_light_background_stands_the_picture_that_was_made_for_it(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    append(root, PARTNER_FILE, "template: {poster-a4: window}\nbackground: {poster-a4: light}\npicture: pane")

    assets = plan_assets(load_campaign(root).campaign).by_id()

    asset = assets["example-county-council/worried/poster-a4/en-GB"]
    assert (asset.background, asset.picture, asset.spec.picture_alt) == (
        "light",
        "morning",
        "Morning sun on a pale wall",
    )


def test_a_shape_takes_its_place_for_a_picture_from_another_and_may_give_it_up(tmp_path: Path) -> None:
    template = pictured()["templates/bare/template.yaml"]
    shapes = "  wide: {extends: landscape}\n  strip: {extends: landscape, picture: null}\n"
    shapes += "  tall: {extends: wide, picture: {zoom: 2}}\n"

    campaign, _ = load_pictured(tmp_path, noise(40, 30), {"templates/bare/template.yaml": template + shapes})

    places = {name: one.picture for name, one in campaign.templates["bare"].arrangements.items()}
    assert places["landscape"] == places["wide"]
    assert places["strip"] is None
    assert places["landscape"] is not None
    assert places["tall"] is not None
    assert (places["landscape"].at, places["landscape"].zoom) == ((0.8, 0.5), 1)
    assert (places["tall"].at, places["tall"].zoom) == ((0.5, 0.5), 2)


def test_what_the_picture_says_is_promised_with_the_asset(tmp_path: Path) -> None:
    _, assets = load_pictured(tmp_path, noise(40, 30))

    assert {assets[name].spec.picture_alt for name in (CARD, SHEET)} == {"A harbour"}


@pytest.mark.parametrize("file", ["campaign.yaml", MESSAGE_FILE, PARTNER_FILE])
def test_a_channel_that_is_named_and_has_no_place_for_its_picture_is_told(
    file: str, tmp_path: Path, wording: Wording
) -> None:
    root = make_campaign(tmp_path / "campaign")
    chosen(file, '{"ig-square": pane, "ig-*": daybreak, "ig-story": none}')(root)

    (told,) = plan_assets(load_campaign(root).campaign).warnings

    assert (told.place.file, told.severity) == (file, Severity.WARNING)
    assert all(name in told.text for name in ("ig-square", "pane", "beacon"))
    assert told.hint is not None and 'template: {"ig-square": window}' in told.hint
    assert wording == told.as_text()
