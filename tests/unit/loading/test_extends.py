"""A design that extends another: what it lacks comes from there, key by key, each file under its own path."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.errors import CampaignError
from assetgen.loading.campaign import load_campaign
from assetgen.loading.model import Template
from assetgen.rendering.renderer import Renderer
from tests.support.template_sources import read_template
from tests.support.tiny import CARD, FILES, STYLE_CSS, load_tiny, make, said, write_tiny
from tests.support.wording import Wording
from tests.unit.loading.marks import marks

OWN = "templates/own/template.yaml"
HEAD = "name: Own\nabout: Bare, otherwise.\nextends: bare\n"
USED = {"campaign.yaml": FILES["campaign.yaml"].replace("template: bare", "template: own")}
# Its parts are named without a folder, so that whoever extends it may bring their own.
BASE = {
    "templates/bare/template.html": FILES["templates/bare/template.html"].replace("bare/extra", "extra"),
    "templates/bare/extra.html": "<!-- the base's extra -->",
}


def read(root: Path, more: str = "", changes: dict[str, str] | None = None) -> Template:
    return read_template(write_tiny(root, {OWN: HEAD + more, **(changes or {})}), "own", None)


def faults(root: Path, changes: dict[str, str], name: str = "own") -> list[str]:
    with pytest.raises(CampaignError) as raised:
        read_template(write_tiny(root, changes), name, None)
    return [finding.as_text() for finding in raised.value.findings]


def test_a_description_of_three_lines_is_a_whole_design(tmp_path: Path) -> None:
    own = read(tmp_path)
    bare = read_template(tmp_path, "bare", None)

    assert (own.id, own.file.name, own.bases) == ("own", "Own", ("bare",))
    assert (own.file.backgrounds, own.arrangements) == (bare.file.backgrounds, bare.arrangements)
    assert set(own.sources) == {OWN, *bare.sources}


def test_parts_and_shapes_are_replaced_key_by_key(tmp_path: Path) -> None:
    own = read(
        tmp_path,
        "backgrounds: [dark]\n"
        "parts: {headline: {max_size: 0.4}, body: {max_size: 0.1}}\n"
        "shapes:\n"
        "  landscape: {margin: 0.1, parts: {number: {lines: 2}}}\n"
        "  wide: {extends: landscape}\n",
    )
    landscape, wide = own.arrangements["landscape"], own.arrangements["wide"]

    assert own.file.backgrounds == ("dark",)
    assert (landscape.parts["headline"].max_size, landscape.parts["headline"].weights) == (0.4, (700,))
    assert (landscape.parts["number"].lines, landscape.parts["number"].max_size) == (2, 0.2)
    assert landscape.parts["body"].max_size == 0.1
    assert landscape.cta is not None and landscape.cta.column == ("number",)
    assert landscape.margin == 0.1
    assert wide == landscape


def test_a_base_s_shape_that_is_like_one_of_ours_follows_it(tmp_path: Path) -> None:
    base = {
        "templates/bare/template.yaml": FILES["templates/bare/template.yaml"]
        + "  wide: {extends: landscape}\n"
    }

    own = read(tmp_path, "shapes: {landscape: {margin: 0.2}}\n", base)

    assert own.arrangements["wide"].margin == 0.2


def test_null_takes_a_shape_its_words_or_its_opening_away(tmp_path: Path) -> None:
    door = "    motif: {kind: floor, door: [0.8, 0.84, 0.89]}\n"
    door += "  wide: {extends: landscape}\n  tall: {extends: landscape}\n"
    base = {"templates/bare/template.yaml": FILES["templates/bare/template.yaml"] + door}

    own = read(tmp_path, "shapes: {landscape: {motif: null}, tall: {copy: null}, wide: null}\n", base)

    assert set(own.arrangements) == {"landscape", "tall"}
    assert own.arrangements["landscape"].motif is None
    assert own.arrangements["landscape"].copy_ is not None
    assert own.arrangements["tall"].copy_ is None


def test_a_base_of_a_base_is_reached_and_the_nearest_counts(tmp_path: Path) -> None:
    middle = {
        "templates/middle/template.yaml": HEAD + "parts: {headline: {max_size: 0.3, lines: 2}}\n",
        OWN: HEAD.replace("extends: bare", "extends: middle") + "parts: {headline: {lines: 3}}\n",
    }

    own = read_template(write_tiny(tmp_path, middle), "own", None)
    headline = own.arrangements["landscape"].parts["headline"]

    assert own.bases == ("middle", "bare")
    assert (headline.max_size, headline.lines, headline.weights) == (0.3, 3, (700,))


def test_style_sheets_count_in_the_order_base_then_own(tmp_path: Path) -> None:
    own = read(tmp_path, changes={"templates/own/style.css": "", "templates/own/a.css": ""})

    assert own.sheets == ("templates/bare/style.css", "templates/own/a.css", "templates/own/style.css")


@pytest.mark.parametrize(
    ("changes", "used"),
    [
        ({}, {"templates/bare/template.html", "templates/bare/extra.html"}),
        ({"templates/own/extra.html": ""}, {"templates/bare/template.html", "templates/own/extra.html"}),
        (
            {"templates/own/template.html": BASE["templates/bare/template.html"]},
            {"templates/own/template.html", "templates/bare/extra.html"},
        ),
        (
            {
                "templates/own/template.html": '{% extends "bare/template.html" %}',
                "templates/own/extra.html": "",
            },
            {"templates/own/template.html", "templates/bare/template.html", "templates/own/extra.html"},
        ),
    ],
    ids=["nothing of its own", "a part", "the page", "a page on the base's page"],
)
def test_its_own_files_win_and_those_that_are_drawn_are_its_inputs(
    changes: dict[str, str], used: set[str], tmp_path: Path
) -> None:
    made = make(tmp_path, {OWN: HEAD, **BASE, **USED, **changes}, CARD)
    always = {OWN, "templates/bare/template.yaml", "templates/bare/style.css"}

    assert said(made) == []
    assert {name for name in made.inputs if name.startswith("templates/")} == used | always


def test_its_base_is_drawn_with_its_own_parts_beside_it(tmp_path: Path, wording: Wording) -> None:
    """Both name a part extra.html; a renderer that kept one for the other would draw the wrong one."""
    changes = {OWN: HEAD, **BASE, "templates/own/extra.html": "<p>{{ nothing }}</p>"}
    campaign, assets = load_tiny(
        tmp_path, {**changes, "partners/acme/partner.yaml": "name: Acme\ntemplate: bare\n"}
    )
    _, of_own = load_tiny(tmp_path, {"partners/acme/partner.yaml": "name: Acme\ntemplate: own\n"})
    draw = Renderer(campaign)

    assert said(draw(assets[CARD])) == []
    faults_of_own = said(draw(of_own[CARD]))
    assert marks(faults_of_own) == ["templates/own/extra.html:1 template"]
    assert wording == faults_of_own
    assert said(draw(assets[CARD])) == []


@pytest.mark.parametrize(
    ("file", "words", "place"),
    [
        ("templates/bare/style.css", STYLE_CSS + "p { colour: red }\n", "templates/bare/style.css:4:5"),
        ("templates/own/style.css", "p { colour: red }\n", "templates/own/style.css:1:5"),
    ],
    ids=["the base's", "its own"],
)
def test_a_fault_of_a_style_is_told_in_the_file_that_has_it(
    file: str, words: str, place: str, tmp_path: Path, wording: Wording
) -> None:
    (fault,) = said(make(tmp_path, {OWN: HEAD, **USED, file: words}))

    assert marks([fault]) == [f"{place} css-ignored"]
    assert "colour" in fault
    assert wording == fault


def test_a_fault_of_the_base_is_told_once_and_holds_back_both(tmp_path: Path) -> None:
    broken = {OWN: HEAD, "templates/bare/template.html": "{% if %}\n"}

    loaded = load_campaign(write_tiny(tmp_path, broken))

    (fault,) = [one for one in loaded.findings if one.is_error]
    assert (fault.place.file, fault.place.line) == ("templates/bare/template.html", 1)
    assert loaded.campaign.broken_templates == {"own", "bare"}


def test_an_unknown_base_is_told_with_the_nearest(tmp_path: Path, wording: Wording) -> None:
    told = faults(tmp_path, {OWN: HEAD.replace("bare", "bar")})

    assert marks(told) == [f"{OWN}:3:10 unknown-id"]
    assert "bare" in told[0]
    assert wording == told


@pytest.mark.parametrize(
    ("files", "file"),
    [
        ({OWN: HEAD.replace("bare", "own")}, OWN),
        (
            {
                OWN: HEAD.replace("bare", "other"),
                "templates/other/template.yaml": HEAD.replace("bare", "own"),
            },
            "templates/other/template.yaml",
        ),
    ],
    ids=["itself", "two"],
)
def test_designs_that_extend_each_other_are_told(
    files: dict[str, str], file: str, tmp_path: Path, wording: Wording
) -> None:
    told = faults(tmp_path, files)

    assert marks(told) == [f"{file}:3:10 template"]
    assert wording == told


def test_a_shape_s_fault_is_told_where_it_is_written(tmp_path: Path, wording: Wording) -> None:
    shapes = (
        "shapes: {wide: {extends: landscap}, landscape: {copy: {box: [0, 0, 1, 1], column: [hedline]}}}\n"
    )

    told = faults(tmp_path, {OWN: HEAD + shapes})

    assert marks(told) == [f"{OWN}:4:84 template", f"{OWN}:4:26 template"]
    assert "headline" in told[0] and "landscape" in told[1]
    assert wording == told


def test_who_extends_nothing_says_all(tmp_path: Path, wording: Wording) -> None:
    told = faults(tmp_path, {OWN: "name: Own\nabout: Nothing.\nbackgrounds: [light]\n"})

    assert marks(told) == [
        "templates/own/template.html missing-file",
        "templates/own/style.css missing-file",
        f"{OWN}:1:1 bad-value",
        f"{OWN}:1:1 bad-value",
    ]
    assert "parts" in told[2] and "shapes" in told[3]
    assert wording == told
