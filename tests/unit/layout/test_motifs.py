"""The motif interface: light fields, and a motif that only these tests define, are laid out and rendered."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PIL import Image

from assetgen.geometry import polygons_overlap
from assetgen.layout.engine_metrics import Measurer
from assetgen.layout.motifs import MOTIFS, CallToAction, DrawnMotif, Stage, make_motif
from assetgen.layout.page_layout import PageLayout, lay_out_page
from assetgen.loading.model import CampaignModel, Template
from assetgen.planning.asset import Asset
from assetgen.rendering.images.brand_pictures import field_box
from assetgen.rendering.renderer import Renderer
from assetgen.schema.template_file import MotifShape
from tests.support.motif_stages import area, is_inside
from tests.support.tiny_campaign import CARD_ID, FILES, load_tiny

SIZES = {"landscape": (480, 270), "square": (400, 400), "portrait": (320, 480), "wide": (640, 160)}
INK, PAPER = (0x10, 0x26, 0x2C), (0xFB, 0xF6, 0xEE)
PAGE = """\
{% extends "assetgen/page.html" %}
{% block page %}
{% set art %}
{{ flat(page.box.corners(), palette.ink) }}
{{ flat(motif.ROLE, palette.paper) }}
{% endset %}
{{ svg(art) }}
{{ text("headline", "h1") }}
{{ text("number") }}
{% endblock %}
"""
STYLE = ".headline { color: var(--paper); } .number { color: var(--ink); }"


def campaign_with(root: Path, kind: str, shape: str, role: str = "fall") -> tuple[CampaignModel, Asset]:
    """Return a campaign with a light behind its number, and its card in one shape."""
    width, height = SIZES[shape]
    channels = FILES["brand/channels.yaml"].replace("size: [320, 180]", f"size: [{width}, {height}]")
    description = FILES["templates/bare/template.yaml"].replace("  landscape:", f"  {shape}:")
    description = description.replace("    cta_on: field\n", f"    motif: {{kind: {kind}, clear: 0.5}}\n")
    changes = {
        "brand/channels.yaml": channels.replace("shape: landscape", f"shape: {shape}", 1),
        "templates/bare/template.yaml": description,
        "templates/bare/template.html": PAGE.replace("ROLE", role),
        "templates/bare/style.css": STYLE,
    }
    if kind == "side":
        changes["templates/bare/template.yaml"] = description.replace(
            "[0, 0, 1, 0.5]", "[0, 0, 0.48, 1]"
        ).replace("[0, 0.5, 1, 0.5]", "[0.58, 0, 0.42, 1]")
    campaign, assets = load_tiny(root, changes)
    return campaign, assets[CARD_ID]


def arranged(campaign: CampaignModel, asset: Asset) -> PageLayout:
    family = campaign.brand.families(asset.locale)
    return lay_out_page(asset, campaign.templates["bare"], Measurer(campaign.brand.faces), family)


def render(campaign: CampaignModel, asset: Asset) -> Image.Image:
    rendered = Renderer(campaign)(asset)
    assert rendered.content is not None, rendered.findings
    return Image.open(io.BytesIO(rendered.content)).convert("RGB")


def assert_copy_follows(found: PageLayout) -> None:
    """Assert that the light contains the CTA, and that the copy keeps clear of the motif."""
    assert found.motif is not None
    assert found.copy_column is not None
    corners = (corner for part in found.cta.parts for corner in part.box.corners())
    assert all(is_inside(corner, found.motif.lit) for corner in corners)
    boxes = [
        part.ink(line).enlarged(part.part.clearance * part.size_px).corners()
        for part in found.copy_column.parts
        for line in part.lines
    ]
    assert not any(polygons_overlap(box, shape) for box in boxes for shape in found.motif.kept_clear)


@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("kind", ["band", "side"])
def test_a_light_field_contains_the_cta_and_leaves_the_rest_for_copy(
    kind: str, shape: str, tmp_path: Path
) -> None:
    found = arranged(*campaign_with(tmp_path, kind, shape))

    assert_copy_follows(found)
    assert found.motif is not None
    assert area(found.motif.lit) > 0
    page = found.stage.page
    assert found.motif["fall"][2] == (page.right, page.bottom)
    assert is_inside(found.motif.lit[0], found.motif.unlit.enlarged(0.01).corners())
    assert make_motif(MotifShape.model_construct(kind=kind, door=())).lean == 0.0


@pytest.mark.parametrize("shape", SIZES)
def test_a_light_field_is_rendered_from_its_edge_to_the_edges_of_the_page(shape: str, tmp_path: Path) -> None:
    campaign, asset = campaign_with(tmp_path, "band", shape)
    found = arranged(campaign, asset)
    assert found.motif is not None
    edge = found.motif["fall"][0][1]

    picture = render(campaign, asset)

    right, bottom = picture.width - 1, picture.height - 1
    assert picture.getpixel((right, math.floor(edge) - 1)) == INK
    assert picture.getpixel((right, math.ceil(edge) + 1)) == PAPER
    assert picture.getpixel((0, bottom)) == PAPER


@pytest.mark.parametrize(("kind", "side"), [("band", "bottom"), ("side", "right")])
def test_a_picture_fills_the_page_up_to_the_light_field(kind: str, side: str, tmp_path: Path) -> None:
    found = arranged(*campaign_with(tmp_path, kind, "landscape"))
    assert found.motif is not None
    page, field = found.stage.page, field_box(found)

    # The picture continues 1 px under the edge of the light, so that no hairline shows.
    assert getattr(field, side) == pytest.approx(getattr(found.motif.unlit, side) + 1)
    assert getattr(field, side) < getattr(page, side)
    assert field_box(replace(found, cta_on="field")) == page


@dataclass(frozen=True)
class Arch:
    """A motif that only these tests use: an arch of light around the CTA, in a role that no other motif has."""

    measures: MotifShape
    lean: float = 0.0

    def draw(self, stage: Stage, call: CallToAction) -> Iterator[DrawnMotif]:
        """Yield arches, each lower than the previous one."""
        clear = self.measures.clear * call.type_px
        middle = call.ink.x + call.ink.width / 2
        radius = math.hypot(call.ink.width / 2 + clear, clear)
        for rise in (3.0, 2.0, 1.0):
            turns = [math.pi * step / 12 for step in range(13)]
            top = [
                (middle - radius * math.cos(turn), call.ink.y - rise * clear * math.sin(turn))
                for turn in turns
            ]
            arch = (*top, (middle + radius, stage.page.bottom), (middle - radius, stage.page.bottom))
            yield DrawnMotif({"arch": arch}, arch, (arch,), stage.page, (middle, call.ink.y), radius)


@pytest.fixture
def arch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MOTIFS, "arch", Arch)


def with_arch(campaign: CampaignModel) -> CampaignModel:
    """Return the campaign with an arch instead of the light of its templates."""

    def changed(template: Template) -> Template:
        layouts = {
            name: one.model_copy(update={"motif": one.motif.model_copy(update={"kind": "arch"})})
            for name, one in template.layouts.items()
            if one.motif
        }
        return replace(template, layouts=layouts)

    return replace(campaign, templates={name: changed(one) for name, one in campaign.templates.items()})


@pytest.mark.usefixtures("arch")
@pytest.mark.parametrize("shape", SIZES)
def test_any_motif_that_implements_the_interface_is_laid_out_and_rendered(shape: str, tmp_path: Path) -> None:
    campaign, asset = campaign_with(tmp_path, "band", shape, role="arch")
    campaign = with_arch(campaign)
    found = arranged(campaign, asset)
    assert_copy_follows(found)
    assert found.motif is not None

    picture = render(campaign, asset)

    x, y = found.motif.source
    assert picture.getpixel((int(x), int(y) - 1)) == PAPER
    assert picture.getpixel((picture.width - 1, 1)) == INK
    assert field_box(found) == found.stage.page


@pytest.mark.usefixtures("arch")
def test_a_role_that_the_motif_lacks_is_a_template_error(tmp_path: Path) -> None:
    campaign, asset = campaign_with(tmp_path, "band", "landscape", role="fall")

    rendered = Renderer(with_arch(campaign))(asset)

    assert [finding.code for finding in rendered.findings] == ["template"]
    assert "fall" in rendered.findings[0].text
