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
    assert (own.file.grounds, own.arrangements) == (bare.file.grounds, bare.arrangements)
    assert set(own.sources) == {OWN, *bare.sources}


def test_parts_and_shapes_are_replaced_key_by_key(tmp_path: Path) -> None:
    own = read(
        tmp_path,
        "grounds: [dark]\n"
        "parts: {headline: {most: 0.4}, body: {most: 0.1}}\n"
        "shapes:\n"
        "  landscape: {margin: 0.1, parts: {number: {lines: 2}}}\n"
        "  wide: {like: landscape}\n",
    )
    landscape, wide = own.arrangements["landscape"], own.arrangements["wide"]

    assert own.file.grounds == ("dark",)
    assert (landscape.parts["headline"].most, landscape.parts["headline"].weights) == (0.4, (700,))
    assert (landscape.parts["number"].lines, landscape.parts["number"].most) == (2, 0.2)
    assert landscape.parts["body"].most == 0.1
    assert landscape.call is not None and landscape.call.column == ("number",)
    assert landscape.margin == 0.1
    assert wide == landscape


def test_a_base_s_shape_that_is_like_one_of_ours_follows_it(tmp_path: Path) -> None:
    base = {
        "templates/bare/template.yaml": FILES["templates/bare/template.yaml"] + "  wide: {like: landscape}\n"
    }

    own = read(tmp_path, "shapes: {landscape: {margin: 0.2}}\n", base)

    assert own.arrangements["wide"].margin == 0.2


def test_null_takes_a_shape_its_words_or_its_opening_away(tmp_path: Path) -> None:
    door = "    opening: {kind: floor, door: [0.8, 0.84, 0.89]}\n  wide: {like: landscape}\n  tall: {like: landscape}\n"
    base = {"templates/bare/template.yaml": FILES["templates/bare/template.yaml"] + door}

    own = read(tmp_path, "shapes: {landscape: {opening: null}, tall: {words: null}, wide: null}\n", base)

    assert set(own.arrangements) == {"landscape", "tall"}
    assert own.arrangements["landscape"].opening is None
    assert own.arrangements["landscape"].words is not None
    assert own.arrangements["tall"].words is None


def test_a_base_of_a_base_is_reached_and_the_nearest_counts(tmp_path: Path) -> None:
    middle = {
        "templates/middle/template.yaml": HEAD + "parts: {headline: {most: 0.3, lines: 2}}\n",
        OWN: HEAD.replace("extends: bare", "extends: middle") + "parts: {headline: {lines: 3}}\n",
    }

    own = read_template(write_tiny(tmp_path, middle), "own", None)
    headline = own.arrangements["landscape"].parts["headline"]

    assert own.bases == ("middle", "bare")
    assert (headline.most, headline.lines, headline.weights) == (0.3, 3, (700,))


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


def test_its_base_is_drawn_with_its_own_parts_beside_it(tmp_path: Path) -> None:
    """Both name a part extra.html; a renderer that kept one for the other would draw the wrong one."""
    changes = {OWN: HEAD, **BASE, "templates/own/extra.html": "<p>{{ nothing }}</p>"}
    campaign, assets = load_tiny(
        tmp_path, {**changes, "partners/acme/partner.yaml": "name: Acme\ntemplate: bare\n"}
    )
    _, of_own = load_tiny(tmp_path, {"partners/acme/partner.yaml": "name: Acme\ntemplate: own\n"})
    draw = Renderer(campaign)

    assert said(draw(assets[CARD])) == []
    assert said(draw(of_own[CARD])) == [
        "templates/own/extra.html:1: error: 'nothing' is undefined [template]"
    ]
    assert said(draw(assets[CARD])) == []


@pytest.mark.parametrize(
    ("file", "words", "place"),
    [
        ("templates/bare/style.css", STYLE_CSS + "p { colour: red }\n", "templates/bare/style.css:4:5"),
        ("templates/own/style.css", "p { colour: red }\n", "templates/own/style.css:1:5"),
    ],
)
def test_a_fault_of_a_style_is_told_in_the_file_that_has_it(
    file: str, words: str, place: str, tmp_path: Path
) -> None:
    (fault,) = said(make(tmp_path, {OWN: HEAD, **USED, file: words}))

    assert fault.startswith(f"{place}: error: the layout engine does not know colour: red")


def test_a_fault_of_the_base_is_told_once_and_holds_back_both(tmp_path: Path) -> None:
    broken = {OWN: HEAD, "templates/bare/template.html": "{% if %}\n"}

    loaded = load_campaign(write_tiny(tmp_path, broken))

    (fault,) = [one for one in loaded.findings if one.is_error]
    assert (fault.place.file, fault.place.line) == ("templates/bare/template.html", 1)
    assert loaded.campaign.broken_templates == {"own", "bare"}


def test_an_unknown_base_is_told_with_the_nearest(tmp_path: Path) -> None:
    assert faults(tmp_path, {OWN: HEAD.replace("bare", "bar")}) == [
        f"{OWN}:3:10: error: no such template: bar [unknown-id]\n  hint: did you mean bare?"
    ]


@pytest.mark.parametrize(
    ("files", "file", "text"),
    [
        ({OWN: HEAD.replace("bare", "own")}, OWN, "own extends own"),
        (
            {
                OWN: HEAD.replace("bare", "other"),
                "templates/other/template.yaml": HEAD.replace("bare", "own"),
            },
            "templates/other/template.yaml",
            "own extends other",
        ),
    ],
)
def test_designs_that_extend_each_other_are_told(
    files: dict[str, str], file: str, text: str, tmp_path: Path
) -> None:
    assert faults(tmp_path, files) == [
        f"{file}:3:10: error: extends: {text} again [template]\n  hint: let one of them stand alone"
    ]


def test_a_shape_s_fault_is_told_where_it_is_written(tmp_path: Path) -> None:
    shapes = "shapes: {wide: {like: landscap}, landscape: {words: {box: [0, 0, 1, 1], column: [hedline]}}}\n"

    assert faults(tmp_path, {OWN: HEAD + shapes}) == [
        f"{OWN}:4:82: error: no such part: hedline [template]\n  hint: did you mean headline?",
        f"{OWN}:4:23: error: like: no such shape: landscap [template]\n  hint: did you mean landscape?",
    ]


def test_who_extends_nothing_says_all(tmp_path: Path) -> None:
    assert faults(tmp_path, {OWN: "name: Own\nabout: Nothing.\ngrounds: [light]\n"}) == [
        f"templates/own/{name}: error: file not found: templates/own/{name} [missing-file]\n"
        "  hint: a design has template.yaml, template.html and style.css, or extends one that has"
        for name in ("template.html", "style.css")
    ] + [
        f"{OWN}:1:1: error: missing: {key} [bad-value]\n  hint: add {key}: with its value"
        for key in ("parts", "shapes")
    ]
