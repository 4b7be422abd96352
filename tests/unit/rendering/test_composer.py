"""Composing a page's HTML: the variables of a template, their escaping, the sandbox, and the sources that were used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assetgen.colour import CssColour, mix
from assetgen.errors import TemplateError
from assetgen.layout.engine_metrics import Measurer
from assetgen.layout.page_layout import lay_out_page
from assetgen.planning.asset import Asset
from assetgen.rendering.html.composer import Composer
from assetgen.rendering.html.markup import TextMarkup
from assetgen.rendering.images.brand_pictures import PictureCache
from tests.support.tiny_campaign import CARD_ID, SHEET_ID, load_tiny, one_asset_per_channel, real_campaign
from tests.support.wording import Wording

EXTRA = "templates/bare/extra.html"


def compose(root: Path, part: str = "", asset_id: str = CARD_ID, **changes: str) -> str:
    """Return the page of an asset, with this markup in a part that its template includes."""
    campaign, assets = load_tiny(root, {EXTRA: part})
    asset = assets[asset_id]
    asset = replace(asset, texts={**asset.texts, **changes})
    return compose_with(campaign, asset)[0]


def compose_with(campaign, asset: Asset, composer: Composer | None = None) -> tuple[str, Composer]:  # type: ignore[no-untyped-def]
    measurer = Measurer(campaign.brand.faces)
    families = campaign.brand.families(asset.locale)
    arranged = lay_out_page(asset, campaign.templates[asset.template or ""], measurer, families)
    composer = composer or Composer(campaign.templates, PictureCache(campaign.brand.pictures))
    return composer.compose(asset, arranged, TextMarkup(measurer, families)), composer


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("{{ facts.name }}", "Open Door Line"),
        ("{{ facts.number }}", "0808\N{NO-BREAK SPACE}157\N{NO-BREAK SPACE}0123"),
        ("{{ facts.address }}", "www.example.org"),
        ("{{ facts.promise }}", "Confidential and anonymous"),
        ("{{ campaign.name }} {{ campaign.edition }}", "Open Door Line 1"),
        ("{{ brand.led_by }}", "the Example Foundation"),
        ("{{ labels.scan }}", "Scan or call"),
        ("{{ message.id }}: {{ message.headline }}", "hello: Talk to us"),
        ("{{ message.alt }}", "Talk to us"),
        ("{{ partner.name }}, {{ partner.short_name }}", "Acme, Acme"),
        ("{{ channel.id }} {{ channel.medium }}", "tiny-card social"),
        ("{{ channel.width | int }} × {{ channel.height | int }}", "320 × 180"),
        ("{{ locale.tag }} {{ locale.dir }}", "en-GB ltr"),
        ("{{ palette.ink }} {{ accent }}", "#10262C #10262C"),
        ("{{ background }} {{ shape }} {{ cta_on }}", "light landscape field"),
        ("{{ page.unit }}", "160.0"),
        ("{{ mix(palette.ink, palette.paper, 1) }}", "#10262C"),
    ],
)
def test_a_template_receives_each_variable_with_its_value(
    tmp_path: Path, expression: str, value: str
) -> None:
    assert f"<i>{value}</i>" in compose(tmp_path, f"<i>{expression}</i>")


def test_the_body_class_names_medium_shape_channel_background_and_accent(tmp_path: Path) -> None:
    classes = "medium-social shape-landscape channel-tiny-card background-light call-on-field"

    assert f'<body class="{classes} accent-dark without-motif">' in compose(tmp_path)


@pytest.mark.parametrize(
    "declaration",
    [
        "--ink:#10262C",
        "--paper:#FBF6EE",
        "--accent:#10262C",
        "--page-w:320.000px",
        "--page-h:180.000px",
        "--u:1.800px",
        "--safe-top:10.000px",
        "--safe-right:10.000px",
        "--safe-bottom:10.000px",
        "--safe-left:10.000px",
        "--bleed:0.000px",
        "--qr:0.000px",
    ],
)
def test_the_page_declares_each_custom_property(tmp_path: Path, declaration: str) -> None:
    page = compose(tmp_path)

    assert declaration in page.split('style="')[1].split('"')[0].split(";")


def test_the_bleed_property_is_in_px(tmp_path: Path) -> None:
    assert "--bleed:11.339px" in compose(tmp_path, asset_id=SHEET_ID)


def test_values_are_escaped_in_text_and_in_attributes(tmp_path: Path) -> None:
    page = compose(
        tmp_path,
        '<i title="{{ partner.name }}">{{ partner.name }}</i>{{ text("headline") }}',
        **{"partner.name": '"><script>alert(1)</script>&'},
    )

    assert "<script>" not in page
    assert '<i title="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;">' in page


def test_jinja_syntax_in_a_value_stays_plain_text(tmp_path: Path) -> None:
    assert "{{ 7 * 7 }}" in compose(tmp_path, "{{ partner.name }}", **{"partner.name": "{{ 7 * 7 }}"})


@pytest.mark.parametrize(
    "expression",
    [
        "{{ ''.__class__ }}",
        "{{ facts.__class__ }}",
        "{{ text.__globals__ }}",
        "{{ text.__code__ }}",
        "{{ light.__init__ }}",
        "{{ page.box.__class__.__mro__ }}",
        "{{ ''['__class__'] }}",
        "{{ '%s' | attr('__class__') }}",
        "{{ cycler.__init__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ [].append(1) }}",
        "{{ '{0.__class__}'.format(facts) }}",
        "{{ facts.name | safe }}",
    ],
)
def test_a_template_cannot_escape_the_jinja_sandbox(tmp_path: Path, expression: str) -> None:
    campaign, assets = load_tiny(tmp_path)
    template = campaign.templates["bare"]
    sources = {**template.sources, EXTRA: f"\n{expression}".encode()}
    campaign = replace(campaign, templates={"bare": replace(template, sources=sources)})

    with pytest.raises(TemplateError) as error:
        compose_with(campaign, assets[CARD_ID])

    (finding,) = error.value.findings
    assert finding.code == "template"
    assert (finding.place.file, finding.place.line) == (EXTRA, 2)


@pytest.mark.parametrize("include", ["{% include '../campaign.yaml' %}", "{% include '/etc/hostname' %}"])
def test_a_template_cannot_include_a_file_outside_its_folder(
    tmp_path: Path, include: str, wording: Wording
) -> None:
    with pytest.raises(TemplateError) as error:
        compose(tmp_path, f"\n{include}")

    (finding,) = error.value.findings
    assert (finding.code, finding.place.file) == ("template", EXTRA)
    assert wording == str(error.value)


def test_the_loader_records_the_sources_of_each_page(tmp_path: Path) -> None:
    changes = {EXTRA: '{% if channel.medium == "print" %}{% include "bare/print.html" %}{% endif %}'}
    campaign, assets = load_tiny(tmp_path, {**changes, "templates/bare/print.html": ""})
    always = {
        f"templates/bare/{name}" for name in ("template.html", "template.yaml", "style.css", "extra.html")
    }

    _, composer = compose_with(campaign, assets[SHEET_ID])
    first = set(composer.loader.used)
    compose_with(campaign, assets[CARD_ID], composer)
    second = set(composer.loader.used)
    compose_with(campaign, assets[SHEET_ID], composer)
    third = set(composer.loader.used)

    assert first == always | {"templates/bare/print.html"}
    assert second == always
    assert third == first


def test_composing_an_asset_twice_gives_the_same_page(tmp_path: Path) -> None:
    campaign, assets = load_tiny(tmp_path)
    first_page, composer = compose_with(campaign, assets[CARD_ID])

    assert compose_with(campaign, assets[CARD_ID], composer)[0] == first_page


@pytest.mark.thorough
def test_no_campaign_page_contains_a_local_path_or_a_css_variable() -> None:
    campaign = real_campaign()

    for asset in one_asset_per_channel()[::10]:
        page, _ = compose_with(campaign, asset)
        assert str(campaign.root) not in page
        assert "var(" not in page
        assert "file:" not in page


@pytest.mark.parametrize(
    ("share", "mixed"), [(0, "#000000"), (1, "#FFFFFF"), (0.5, "#808080"), (0.2, "#333333")]
)
def test_mix_blends_two_colours_by_share(share: float, mixed: str) -> None:
    assert mix("#FFFFFF", "#000000", share) == mixed


def test_a_css_colour_returns_its_rgb_channels() -> None:
    assert CssColour("#10262C").channels() == (16, 38, 44)


def test_a_right_to_left_locale_sets_the_page_direction(tmp_path: Path) -> None:
    campaign, assets = load_tiny(tmp_path, {EXTRA: "<i>{{ locale.dir }}</i>"})

    page, _ = compose_with(campaign, replace(assets[CARD_ID], locale="ur-PK"))

    assert "<i>rtl</i>" in page
    assert '<html lang="ur-PK" dir="rtl"' in page


@pytest.mark.parametrize(
    ("page", "quoted"),
    [
        ('{{ text("headline", "h1") }}', 'text("number")'),
        ('{{ text("headlin") }}{{ text("number") }}', "headlin"),
    ],
    ids=["a part omitted", "a part misspelt"],
)
def test_a_page_that_omits_or_misspells_a_part_is_rejected(
    tmp_path: Path, page: str, quoted: str, wording: Wording
) -> None:
    html = "templates/bare/template.html"
    campaign, assets = load_tiny(
        tmp_path,
        {html: f'{{% extends "assetgen/page.html" %}}\n{{% block page %}}\n{page}\n{{% endblock %}}\n'},
    )

    with pytest.raises(TemplateError) as error:
        compose_with(campaign, assets[CARD_ID])

    (finding,) = error.value.findings
    assert (finding.code, finding.place.file) == ("template", html)
    assert quoted in finding.text
    assert wording == str(error.value)


@pytest.mark.parametrize("expression", ["{{ qr }}", "{{ code(palette.ink, palette.paper) }}"])
def test_a_page_must_draw_the_code_with_qr_or_the_code_macro(expression: str, wording: Wording) -> None:
    campaign = real_campaign()
    house = campaign.templates["house"]
    html = "templates/house/template.html"
    source = house.sources[html].decode()
    code = "{{ code(palette.ink, palette.paper) }}"
    assert code in source
    asset = next(asset for asset in one_asset_per_channel() if asset.channel == "poster-a4")

    def page(text: str) -> str:
        changed = replace(house, sources={**house.sources, html: text.encode()})
        return compose_with(replace(campaign, templates={**campaign.templates, "house": changed}), asset)[0]

    assert page(source.replace(code, expression)) == page(source)
    with pytest.raises(TemplateError) as error:
        page(source.replace(code, "{% if qr %}{% endif %}"))
    (finding,) = error.value.findings
    assert finding.code == "template" and "code(dark, light)" in finding.text
    assert wording == [finding.text, finding.hint]
