"""Templates that extend a base: missing keys and files come from the base, key by key and file by file."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.errors import CampaignError
from assetgen.loading.campaign import load_campaign
from assetgen.loading.model import Template
from assetgen.rendering.renderer import Renderer
from tests.support.template_sources import read_template
from tests.support.tiny_campaign import (
    CARD_ID,
    FILES,
    STYLE_CSS,
    finding_texts,
    load_tiny,
    render_tiny,
    write_tiny,
)
from tests.support.wording import Wording
from tests.unit.loading.places_and_codes import places_and_codes

OWN = "templates/own/template.yaml"
HEAD = "name: Own\nabout: Bare, otherwise.\nextends: bare\n"
CAMPAIGN_WITH_OWN = {"campaign.yaml": FILES["campaign.yaml"].replace("template: bare", "template: own")}
# Includes are named without a folder, so that a template that extends this one can replace them.
BASE = {
    "templates/bare/template.html": FILES["templates/bare/template.html"].replace("bare/extra", "extra"),
    "templates/bare/extra.html": "<!-- the base's extra -->",
}


def read(root: Path, more: str = "", changes: dict[str, str] | None = None) -> Template:
    return read_template(write_tiny(root, {OWN: HEAD + more, **(changes or {})}), "own", None)


def template_errors(root: Path, changes: dict[str, str], name: str = "own") -> list[str]:
    with pytest.raises(CampaignError) as raised:
        read_template(write_tiny(root, changes), name, None)
    return [finding.as_text() for finding in raised.value.findings]


def test_template_of_three_lines_inherits_everything_else(tmp_path: Path) -> None:
    own = read(tmp_path)
    bare = read_template(tmp_path, "bare", None)

    assert (own.id, own.file.name, own.bases) == ("own", "Own", ("bare",))
    assert (own.file.backgrounds, own.layouts) == (bare.file.backgrounds, bare.layouts)
    assert set(own.sources) == {OWN, *bare.sources}


def test_parts_and_shapes_are_overridden_key_by_key(tmp_path: Path) -> None:
    own = read(
        tmp_path,
        "backgrounds: [dark]\n"
        "parts: {headline: {max_size: 0.4}, body: {max_size: 0.1}}\n"
        "shapes:\n"
        "  landscape: {margin: 0.1, parts: {number: {lines: 2}}}\n"
        "  wide: {extends: landscape}\n",
    )
    landscape, wide = own.layouts["landscape"], own.layouts["wide"]

    assert own.file.backgrounds == ("dark",)
    assert (landscape.parts["headline"].max_size, landscape.parts["headline"].weights) == (0.4, (700,))
    assert (landscape.parts["number"].lines, landscape.parts["number"].max_size) == (2, 0.2)
    assert landscape.parts["body"].max_size == 0.1
    assert landscape.cta is not None and landscape.cta.column == ("number",)
    assert landscape.margin == 0.1
    assert wide == landscape


def test_inherited_shape_follows_the_overridden_shape_it_extends(tmp_path: Path) -> None:
    base = {
        "templates/bare/template.yaml": FILES["templates/bare/template.yaml"]
        + "  wide: {extends: landscape}\n"
    }

    own = read(tmp_path, "shapes: {landscape: {margin: 0.2}}\n", base)

    assert own.layouts["wide"].margin == 0.2


def test_null_removes_a_shape_its_copy_or_its_motif(tmp_path: Path) -> None:
    door = "    motif: {kind: floor, door: [0.8, 0.84, 0.89]}\n"
    door += "  wide: {extends: landscape}\n  tall: {extends: landscape}\n"
    base = {"templates/bare/template.yaml": FILES["templates/bare/template.yaml"] + door}

    own = read(tmp_path, "shapes: {landscape: {motif: null}, tall: {copy: null}, wide: null}\n", base)

    assert set(own.layouts) == {"landscape", "tall"}
    assert own.layouts["landscape"].motif is None
    assert own.layouts["landscape"].copy_ is not None
    assert own.layouts["tall"].copy_ is None


def test_nearest_base_wins_in_a_chain_of_bases(tmp_path: Path) -> None:
    middle = {
        "templates/middle/template.yaml": HEAD + "parts: {headline: {max_size: 0.3, lines: 2}}\n",
        OWN: HEAD.replace("extends: bare", "extends: middle") + "parts: {headline: {lines: 3}}\n",
    }

    own = read_template(write_tiny(tmp_path, middle), "own", None)
    headline = own.layouts["landscape"].parts["headline"]

    assert own.bases == ("middle", "bare")
    assert (headline.max_size, headline.lines, headline.weights) == (0.3, 3, (700,))


def test_style_sheets_of_the_base_come_before_its_own(tmp_path: Path) -> None:
    own = read(tmp_path, changes={"templates/own/style.css": "", "templates/own/a.css": ""})

    assert own.style_sheets == ("templates/bare/style.css", "templates/own/a.css", "templates/own/style.css")


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
    ids=["no own files", "own part", "own page", "own page that extends the page of the base"],
)
def test_own_files_override_base_files_and_used_files_are_inputs(
    changes: dict[str, str], used: set[str], tmp_path: Path
) -> None:
    rendered = render_tiny(tmp_path, {OWN: HEAD, **BASE, **CAMPAIGN_WITH_OWN, **changes}, CARD_ID)
    always = {OWN, "templates/bare/template.yaml", "templates/bare/style.css"}

    assert finding_texts(rendered) == []
    assert {name for name in rendered.inputs if name.startswith("templates/")} == used | always


def test_renderer_keeps_equally_named_parts_of_two_templates_apart(tmp_path: Path, wording: Wording) -> None:
    """Both templates include extra.html. A renderer that cached one for the other would render the wrong one."""
    changes = {OWN: HEAD, **BASE, "templates/own/extra.html": "<p>{{ nothing }}</p>"}
    campaign, assets = load_tiny(
        tmp_path, {**changes, "partners/acme/partner.yaml": "name: Acme\ntemplate: bare\n"}
    )
    _, assets_with_own = load_tiny(tmp_path, {"partners/acme/partner.yaml": "name: Acme\ntemplate: own\n"})
    render = Renderer(campaign)

    assert finding_texts(render(assets[CARD_ID])) == []
    errors_of_own = finding_texts(render(assets_with_own[CARD_ID]))
    assert places_and_codes(errors_of_own) == ["templates/own/extra.html:1 template"]
    assert wording == errors_of_own
    assert finding_texts(render(assets[CARD_ID])) == []


@pytest.mark.parametrize(
    ("file", "css", "place"),
    [
        ("templates/bare/style.css", STYLE_CSS + "p { colour: red }\n", "templates/bare/style.css:4:5"),
        ("templates/own/style.css", "p { colour: red }\n", "templates/own/style.css:1:5"),
    ],
    ids=["style sheet of the base", "own style sheet"],
)
def test_css_error_is_reported_in_the_file_that_contains_it(
    file: str, css: str, place: str, tmp_path: Path, wording: Wording
) -> None:
    (error,) = finding_texts(render_tiny(tmp_path, {OWN: HEAD, **CAMPAIGN_WITH_OWN, file: css}))

    assert places_and_codes([error]) == [f"{place} css-ignored"]
    assert "colour" in error
    assert wording == error


def test_error_in_a_base_is_reported_once_and_excludes_both_templates(tmp_path: Path) -> None:
    changes = {OWN: HEAD, "templates/bare/template.html": "{% if %}\n"}

    loaded = load_campaign(write_tiny(tmp_path, changes))

    (error,) = [one for one in loaded.findings if one.is_error]
    assert (error.place.file, error.place.line) == ("templates/bare/template.html", 1)
    assert loaded.campaign.broken_templates == {"own", "bare"}


def test_hint_for_an_unknown_base_names_the_nearest_template(tmp_path: Path, wording: Wording) -> None:
    errors = template_errors(tmp_path, {OWN: HEAD.replace("bare", "bar")})

    assert places_and_codes(errors) == [f"{OWN}:3:10 unknown-id"]
    assert "bare" in errors[0]
    assert wording == errors


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
    ids=["itself", "two templates"],
)
def test_templates_that_extend_each_other_are_rejected(
    files: dict[str, str], file: str, tmp_path: Path, wording: Wording
) -> None:
    errors = template_errors(tmp_path, files)

    assert places_and_codes(errors) == [f"{file}:3:10 template"]
    assert wording == errors


def test_error_in_a_shape_is_reported_where_it_is_written(tmp_path: Path, wording: Wording) -> None:
    shapes = (
        "shapes: {wide: {extends: landscap}, landscape: {copy: {box: [0, 0, 1, 1], column: [hedline]}}}\n"
    )

    errors = template_errors(tmp_path, {OWN: HEAD + shapes})

    assert places_and_codes(errors) == [f"{OWN}:4:84 template", f"{OWN}:4:26 template"]
    assert "headline" in errors[0] and "landscape" in errors[1]
    assert wording == errors


def test_template_without_a_base_must_be_complete(tmp_path: Path, wording: Wording) -> None:
    errors = template_errors(tmp_path, {OWN: "name: Own\nabout: Nothing.\nbackgrounds: [light]\n"})

    assert places_and_codes(errors) == [
        "templates/own/template.html missing-file",
        "templates/own/style.css missing-file",
        f"{OWN}:1:1 bad-value",
        f"{OWN}:1:1 bad-value",
    ]
    assert "parts" in errors[2] and "shapes" in errors[3]
    assert wording == errors
