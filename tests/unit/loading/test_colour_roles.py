"""Colour roles: the brand's own colour, a mapped one, or a derived one that keeps its contrast."""

from __future__ import annotations

import pytest

from assetgen.loading.colour_roles import (
    INK,
    MIN_INK_CONTRAST,
    MIN_TEXT_CONTRAST,
    PAPER,
    contrast_of,
    core_palette,
    differ_in_hue,
    hue_name,
    lightness,
    may_differ_in_hue,
    nearest_with_contrast,
    resolve_roles,
    text_role,
)
from assetgen.schema.brand_file import Colour
from assetgen.schema.template_file import ColourRole


def palette(**colours: str) -> dict[str, Colour]:
    return {name: Colour(srgb=srgb) for name, srgb in colours.items()}


def role(**values: object) -> ColourRole:
    return ColourRole.model_validate({"about": "a test", **values})


def test_a_brand_with_ink_and_paper_keeps_them() -> None:
    core = core_palette(palette(ink="#10262C", paper="#FBF6EE", apricot="#FFB570"), {})

    assert (core.colours[INK].srgb, core.colours[PAPER].srgb) == ("#10262C", "#FBF6EE")
    assert core.derived == frozenset()


@pytest.mark.parametrize(
    "own",
    [
        pytest.param({"red": "#C8102E"}, id="one saturated colour"),
        pytest.param({"navy": "#003087"}, id="one dark colour"),
        pytest.param({"yellow": "#FFDB45"}, id="one pale colour"),
        pytest.param({"red": "#E2001A", "white": "#FFFFFF"}, id="a colour and white"),
        pytest.param({"sand": "#D8C8A8", "sky": "#BFD9F2"}, id="two pale colours"),
        pytest.param({"grey": "#808080"}, id="a grey"),
    ],
)
def test_ink_and_paper_are_derived_with_enough_contrast_from_any_palette(own: dict[str, str]) -> None:
    core = core_palette(palette(**own), {})
    ink, paper = core.colours[INK].srgb, core.colours[PAPER].srgb

    assert contrast_of(ink, paper) >= MIN_INK_CONTRAST
    assert lightness(ink) < lightness(paper)
    assert ink not in own.values()
    assert core.derived == {INK, PAPER}


def test_the_darkest_of_several_colours_is_the_ink() -> None:
    core = core_palette(palette(red="#C8102E", navy="#00264D"), {})

    assert core.colours[INK].srgb == "#00264D"


def test_a_role_may_be_mapped_to_a_colour_of_another_name() -> None:
    own = palette(night="#0E1512", cream="#FFFBF2", moss="#5F6B3A")

    core = core_palette(own, {"ink": "night", "paper": "cream"})
    resolved = resolve_roles(core, {"slate": role(**{"from": "ink"}, lighter=0.2)}, {"slate": "moss"})

    assert core.derived == resolved.derived == frozenset()
    assert resolved.colours["slate"].srgb == "#5F6B3A"


def test_a_role_is_derived_from_one_that_was_declared_before_it() -> None:
    core = core_palette(palette(ink="#10262C", paper="#FBF6EE"), {})
    roles = {
        "door": role(**{"from": "ink"}, lighter=0.1),
        "edge": role(**{"from": "door"}, darker=0.05),
        "black": role(srgb="#171717", coated=[0, 0, 0, 100]),
    }

    resolved = resolve_roles(core, roles, {})

    steps = [lightness(resolved.colours[name].srgb) for name in ("ink", "edge", "door")]
    assert steps[1] - steps[0] == pytest.approx(0.05, abs=0.01)
    assert steps[2] - steps[1] == pytest.approx(0.05, abs=0.01)
    assert resolved.colours["black"].inks("coated") == (0, 0, 0, 100)
    assert resolved.derived == {"door", "edge", "black"}


def test_a_derived_text_colour_is_moved_until_it_is_legible() -> None:
    core = core_palette(palette(ink="#10262C", paper="#FBF6EE"), {})
    pale = role(**{"from": "paper"}, darker=0.1, contrast_with="paper")

    resolved = resolve_roles(core, {"slate": pale}, {})

    assert contrast_of(resolved.colours["slate"].srgb, "#FBF6EE") >= MIN_TEXT_CONTRAST


def test_text_on_a_dark_accent_is_paper_and_on_a_light_one_ink() -> None:
    colours = palette(ink="#10262C", paper="#FBF6EE")

    assert text_role("#C8102E", colours) == text_role("#1A3A43", colours) == PAPER
    assert text_role("#FFB570", colours) == text_role("#B9BCC2", colours) == INK


def test_the_nearest_legible_colour_keeps_its_hue() -> None:
    nearest = nearest_with_contrast("#7C8A3C", ["#10262C", "#FBF6EE"], MIN_TEXT_CONTRAST)

    assert nearest is not None
    assert hue_name(nearest) == hue_name("#7C8A3C")
    assert max(contrast_of(nearest, other) for other in ("#10262C", "#FBF6EE")) >= MIN_TEXT_CONTRAST
    assert abs(lightness(nearest) - lightness("#7C8A3C")) < 0.1


def test_no_colour_is_near_enough_if_the_contrast_is_impossible() -> None:
    assert nearest_with_contrast("#808080", ["#808080"], 7.0) is None


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ("#FFB570", "#7ABF7A", True),
        ("#C8102E", "#0B5D3B", True),
        ("#FFB570", "#F9B778", False),
        ("#10262C", "#402A2A", False),
    ],
    ids=["orange and green", "red and green", "two oranges", "two near-blacks"],
)
def test_hues_that_everybody_tells_apart_differ(one: str, other: str, differs: bool) -> None:
    assert differ_in_hue(one, other) is differs
    assert may_differ_in_hue(one, other) or not differs
