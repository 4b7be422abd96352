"""Reading templates: shapes with ``extends`` resolved, sources kept as bytes, all errors in one run."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.errors import CampaignError
from assetgen.planning.combination import layout_names
from assetgen.schema.template_file import ShapeLayout, column_parts
from tests.support.template_sources import (
    MARKUP_FILE,
    STYLE_FILE,
    TEMPLATE_FILE,
    read_template,
    read_tiny_template,
    template_faults,
    template_yaml_with,
)
from tests.support.tiny_campaign import FILES, real_campaign, write_tiny
from tests.support.wording import Wording
from tests.unit.loading.places_and_codes import places_and_codes


def test_template_keeps_its_description_and_source_bytes(tmp_path: Path) -> None:
    template = read_tiny_template(tmp_path)

    assert (template.id, template.file.name, template.file.about) == ("bare", "Bare", "Words on nothing.")
    assert template.file.backgrounds == ("light",)
    assert template.place.file == TEMPLATE_FILE
    assert {name: content.decode() for name, content in template.sources.items()} == {
        name: text for name, text in FILES.items() if name.startswith("templates/")
    }


def test_markup_in_subfolders_is_a_source_and_text_files_are_not(tmp_path: Path) -> None:
    template = read_tiny_template(
        tmp_path, {"templates/bare/parts/a.html": "a", "templates/bare/notes.txt": "b"}
    )

    assert "templates/bare/parts/a.html" in template.sources
    assert "templates/bare/notes.txt" not in template.sources


def test_shape_inherits_missing_keys_from_the_shape_it_extends(tmp_path: Path) -> None:
    template = read_tiny_template(
        tmp_path,
        template_yaml_with(
            "  wide: {extends: landscape, margin: 0.1, parts: {number: {max_size: 0.4, lines: 2}}}\n"
        ),
    )
    landscape, wide = template.layouts["landscape"], template.layouts["wide"]

    assert (wide.copy_, wide.cta, wide.cta_on) == (landscape.copy_, landscape.cta, "field")
    assert (wide.margin, landscape.margin) == (0.1, 0.0)
    assert (wide.parts["number"].max_size, wide.parts["number"].lines) == (0.4, 2)
    assert wide.parts["number"].weights == landscape.parts["number"].weights == (700,)
    assert wide.parts["headline"] == landscape.parts["headline"]


def test_chains_of_extends_are_resolved_in_any_order(tmp_path: Path) -> None:
    template = read_tiny_template(
        tmp_path, template_yaml_with("  tall: {extends: wide}\n  wide: {extends: landscape, margin: 0.2}\n")
    )

    assert template.layouts["tall"] == template.layouts["wide"]
    assert template.layouts["tall"].margin == 0.2


@pytest.mark.parametrize(
    ("more", "column", "named"),
    [
        ("  wide: {extends: landscap}\n", 19, "landscape"),
        ("  wide: {extends: wide}\n", 19, "wide"),
        ("  wide: {cta: {box: [0, 0, 1, 1], column: [numbr]}}\n  tall: {extends: wide}\n", 44, "number"),
    ],
    ids=["shape", "itself", "part"],
)
def test_unknown_name_in_a_shape_is_reported_once_where_written(
    more: str, column: int, named: str, tmp_path: Path, wording: Wording
) -> None:
    line = FILES[TEMPLATE_FILE].count("\n") + 1

    errors = template_faults(tmp_path, template_yaml_with(more))

    assert places_and_codes(errors) == [f"{TEMPLATE_FILE}:{line}:{column} template"]
    assert named in errors[0]
    assert wording == errors


def test_box_outside_the_live_area_is_rejected(tmp_path: Path, wording: Wording) -> None:
    more = template_yaml_with(
        "  wide: {extends: landscape, copy: {box: [0, 0.2, 1.5, 0.8], column: [headline]}}\n"
    )
    line = FILES[TEMPLATE_FILE].count("\n") + 1

    errors = template_faults(tmp_path, more)

    assert places_and_codes(errors) == [f"{TEMPLATE_FILE}:{line}:42 bad-value"]
    assert wording == errors


def test_shapes_that_extend_each_other_are_rejected(tmp_path: Path, wording: Wording) -> None:
    errors = template_faults(
        tmp_path, template_yaml_with("  wide: {extends: tall}\n  tall: {extends: wide}\n")
    )

    assert {error.rpartition(" ")[2] for error in places_and_codes(errors)} == {"template"}
    assert all("wide" in error and "tall" in error for error in errors)
    assert wording == errors


def test_invalid_keys_are_reported_at_their_places(tmp_path: Path, wording: Wording) -> None:
    changes = template_yaml_with(
        "  wide:\n    copy: {box: [0, 0, 1], column: [headline], ancor: top}\n    margin: 4\n"
    )
    line = FILES[TEMPLATE_FILE].count("\n") + 2

    errors = template_faults(tmp_path, changes)

    assert places_and_codes(errors) == [
        f"{TEMPLATE_FILE}:{line}:17 bad-value",
        f"{TEMPLATE_FILE}:{line}:48 unknown-key",
        f"{TEMPLATE_FILE}:{line + 1}:13 bad-value",
    ]
    assert wording == errors


def test_missing_files_and_template_errors_are_reported_together(tmp_path: Path, wording: Wording) -> None:
    root = write_tiny(tmp_path, {MARKUP_FILE: "{% if %}\n"})
    (root / STYLE_FILE).unlink()

    with pytest.raises(CampaignError) as raised:
        read_template(root, "bare", None)

    errors = [finding.as_text() for finding in raised.value.findings]
    assert places_and_codes(errors) == [f"{STYLE_FILE} missing-file", f"{MARKUP_FILE}:1 template"]
    assert wording == errors


@pytest.mark.parametrize(
    ("file", "source", "place"),
    [
        pytest.param(STYLE_FILE, "p { color: red }\n.a { background: RADIAL-gradient(red, blue) }\n",
                     "2:18", id="gradient in capitals"),
        pytest.param(STYLE_FILE, "@media print {\n  p { mask: conic-gradient(red, blue) }\n}\n",
                     "2:13", id="gradient in a media query"),
        pytest.param(STYLE_FILE, '@import "more.css";\n', "1:1", id="import rule"),
        pytest.param(STYLE_FILE, "\n@font-face { font-family: x }\n", "2:1", id="font-face rule"),
        pytest.param(STYLE_FILE, "@page { margin: 0 }\n", "1:1", id="page rule"),
        pytest.param(MARKUP_FILE, '<svg>\n<path stroke="var( --ink )"/></svg>\n', "2:15", id="variable in SVG"),
        pytest.param(MARKUP_FILE, "<svg><style>\n path { fill: VAR(/**/--ink) }</style></svg>\n",
                     "2:15", id="variable with a comment in SVG"),
        pytest.param(MARKUP_FILE, "<svg>\n<path style=' fill : var(--ink, red)'/></svg>\n",
                     "2:22", id="variable in a style of SVG"),
        pytest.param(MARKUP_FILE, '<svg>\n<path fill="var&#40;--ink)"/></svg>\n', "2:1", id="escaped variable in SVG"),
        pytest.param(MARKUP_FILE, '<svg>\n{% if foot %}<path fill="var(--{{ accent }})"/>{% endif %}\n',
                     "2:26", id="variable with an accent in SVG"),
        pytest.param(MARKUP_FILE, '<svg\n style="fill: var(--ink)"/>\n', "2:15", id="variable on the svg element"),
        pytest.param(MARKUP_FILE,
                     '<p>\n<b style="color: {{ palette.ink }}; background: linear-gradient(red, blue)">x</b></p>\n',
                     "2:49", id="gradient in an attribute"),
        pytest.param(MARKUP_FILE, '<p\n class="a"\n style="mask: &#108;inear-gradient(red, blue)">x</p>\n',
                     "1:1", id="escaped gradient"),
        pytest.param(MARKUP_FILE,
                     "<style>\n.a { color: {{ palette.ink }} }\n.b { mask: conic-gradient(red, blue) }\n</style>\n",
                     "3:12", id="gradient in a style element"),
        pytest.param(MARKUP_FILE, "<style>\n@import 'more.css';\n</style>\n", "2:1", id="import in a style element"),
        pytest.param(MARKUP_FILE, "<p>\n{{ number(\n</p>\n", "3", id="Jinja syntax error"),
    ],
)  # fmt: skip
def test_css_or_svg_that_cannot_be_printed_is_reported_at_its_place(
    file: str, source: str, place: str, tmp_path: Path, wording: Wording
) -> None:
    errors = template_faults(tmp_path, {file: source})

    assert places_and_codes(errors) == [f"{file}:{place} template"]
    assert wording == errors


@pytest.mark.parametrize(
    ("file", "source"),
    [
        (STYLE_FILE, "/* linear-gradient(red, blue) */\n"),
        (MARKUP_FILE, "{# <p style='mask: linear-gradient(red, blue)'> <svg fill='var(--ink)'> #}\n"),
        (MARKUP_FILE, "<!-- <svg fill='var(--ink)'/> -->\n"),
        (MARKUP_FILE, "<style>/* linear-gradient(red, blue) */</style>\n"),
        (MARKUP_FILE, "<p title='linear-gradient(red, blue)'>linear-gradient(red, blue)</p>\n"),
    ],
)
def test_gradient_or_variable_in_a_comment_or_text_is_ignored(file: str, source: str, tmp_path: Path) -> None:
    assert read_tiny_template(tmp_path, {file: source}).sources


@pytest.mark.parametrize(
    "source",
    [
        "<p style='color: var(--ink)'>x</p>\n",
        "<svg fill='{{ palette.ink }}'><path/></svg>\n<p style='color: var(--ink)'>x</p>\n",
        "<style>.a { color: var(--ink) }</style>\n",
    ],
)
def test_css_variables_are_allowed_outside_svg(source: str, tmp_path: Path) -> None:
    assert read_tiny_template(tmp_path, {MARKUP_FILE: source}).sources


@pytest.mark.parametrize(
    ("file", "source", "place", "shown", "code"),
    [
        pytest.param(STYLE_FILE, 'h1::after {\n  content: "Ring 0121 496 0999" }\n',
                     "2:12", "0121 496 0999", "locked-fact", id="number"),
        pytest.param(STYLE_FILE, 'h1::after { content: "0121 " /* and */ "496\\A 0999" }\n',
                     "1:22", "0121 496 0999", "locked-fact", id="number in two strings"),
        pytest.param(STYLE_FILE, "h1::after { content: '\\30 121 496 0999' }\n",
                     "1:22", "0121 496 0999", "locked-fact", id="escaped number"),
        pytest.param(STYLE_FILE, 'p { --said: "www.example.net" }\n',
                     "1:13", "www.example.net", "foreign-host", id="address in a CSS variable"),
        pytest.param(STYLE_FILE, '@media print { p { content: counter(x, "see example.net") } }\n',
                     "1:40", "example.net", "foreign-host", id="address in a counter"),
        pytest.param(STYLE_FILE, "h1::after { content: '{{ 0808 157 0123' }\n",
                     "1:22", "0808 157 0123", "locked-fact", id="number after braces"),
        pytest.param(MARKUP_FILE, "<style>\n h1::after { content: 'Ring 0121 496 0999' }\n</style>\n",
                     "2:23", "0121 496 0999", "locked-fact", id="number in a style element"),
        pytest.param(MARKUP_FILE, "<p\n style='content: \"Ring 0121 496 0999\"'>x</p>\n",
                     "2:18", "0121 496 0999", "locked-fact", id="number in an attribute"),
    ],
)  # fmt: skip
def test_number_or_address_printed_by_css_is_reported(
    file: str, source: str, place: str, shown: str, code: str, tmp_path: Path, wording: Wording
) -> None:
    root = write_tiny(tmp_path, {file: source})

    with pytest.raises(CampaignError) as raised:
        read_template(root, "bare", real_campaign().brand)

    errors = [finding.as_text() for finding in raised.value.findings]
    assert places_and_codes(errors) == [f"{file}:{place} {code}"]
    assert shown in errors[0]
    assert wording == errors


@pytest.mark.parametrize(
    ("source", "line", "shown", "code"),
    [
        pytest.param("<p>\n0808 <b>157</b> 0123</p>", 2, "0808 157 0123", "locked-fact", id="across a bold tag"),
        pytest.param("<p>0808<br>157 0123</p>", 1, "0808 157 0123", "locked-fact", id="across a line break"),
        pytest.param("<p>0808{% if foot %} 157 {% endif %}<!-- x -->0123</p>", 1,
                     "0808 157 0123", "locked-fact", id="across a branch and a comment"),
        pytest.param("\n{{ '0808' ~ ' 157 ' ~ '0124' }}", 2, "0808 157 0124", "locked-fact", id="joined by tilde"),
        pytest.param("{{ '0808' + ' 1570124' }}", 1, "0808 1570124", "locked-fact", id="joined by plus"),
        pytest.param("{% set x = '0808' %}\n{{ x }} 157 0124", 2, "0808 157 0124", "locked-fact", id="set variable"),
        pytest.param("{{ ['0808', ' 157 0124'] | join }}", 1, "0808 157 0124", "locked-fact", id="join filter"),
        pytest.param("{{ facts.number }}9", 1, "0808 1000 9009", "locked-fact", id="fact followed by a digit"),
        pytest.param("<b>9</b>{{ facts['number'] }}", 1, "90808 1000 900", "locked-fact", id="fact after a digit"),
        pytest.param("\n{{ facts.address }}.evil.com", 2,
                     "www.stopitnow.org.uk.evil.com", "foreign-host", id="fact followed by a host"),
        pytest.param("{{ facts.address ~ '/donate' }}", 1,
                     "www.stopitnow.org.uk/donate", "foreign-host", id="fact followed by a path"),
        pytest.param('<p>\n<a href="https://evil.com/">x</a></p>', 2,
                     "https://evil.com/", "foreign-host", id="web link"),
        pytest.param('<a href="tel:08081570123">x</a>', 1, "08081570123", "locked-fact", id="link to a number"),
    ],
)  # fmt: skip
def test_number_or_address_joined_from_markup_is_reported(
    source: str, line: int, shown: str, code: str, tmp_path: Path, wording: Wording
) -> None:
    root = write_tiny(tmp_path, {MARKUP_FILE: source})

    with pytest.raises(CampaignError) as raised:
        read_template(root, "bare", real_campaign().brand)

    errors = [finding.as_text() for finding in raised.value.findings]
    assert places_and_codes(errors) == [f"{MARKUP_FILE}:{line} {code}"]
    assert shown in errors[0]
    assert wording == errors


@pytest.mark.parametrize(
    "source",
    [
        "<p>Call {{ facts.number }}, or see {{ facts.address }}.</p>",
        "<p>{{ facts.number }}</p><p>9 to 5</p>",
        "<p>0808</p><p>157 0123</p>",
        "{% if foot %}0808 157{% else %}0123{% endif %}",
        '<a href="{{ click }}"><img src="brand/www.example.net.png" alt=""></a><a href="#x">x</a>',
        "{% set x %}0808{% endset %}157 0123",
        "{{ flat(((0, 0), (1080, 0), (1080, 1350)), palette.ink) }}",
    ],
)
def test_markup_that_forms_no_number_or_address_is_accepted(source: str, tmp_path: Path) -> None:
    assert read_template(write_tiny(tmp_path, {MARKUP_FILE: source}), "bare", real_campaign().brand)


@pytest.mark.parametrize(
    "source",
    [
        "p { background: url(\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E\") }\n",
        "p { background: url('brand/www.example.net.png') }\n",
        "/* Ring 0121 496 0999 */\n@namespace svg 'http://www.w3.org/2000/svg';\n",
        "p { font-family: var(--font-text); content: 'Ring us' \" on \" attr(title) }\n",
        "p { width: 1214960999px }\n",
    ],
)
def test_css_that_prints_no_number_or_address_is_accepted(source: str, tmp_path: Path) -> None:
    root = write_tiny(tmp_path, {STYLE_FILE: source})

    assert read_template(root, "bare", real_campaign().brand)


def test_source_too_large_or_linked_from_outside_is_rejected(tmp_path: Path) -> None:
    root = write_tiny(tmp_path / "in", {"templates/bare/huge.css": "a" * 500_001})
    (tmp_path / "secret.html").write_text("secret", "utf-8")
    (root / "templates/bare/link.html").symlink_to(tmp_path / "secret.html")

    with pytest.raises(CampaignError) as raised:
        read_template(root, "bare", None)

    assert [(finding.code, finding.place.file) for finding in raised.value.findings] == [
        ("too-large", "templates/bare/huge.css"),
        ("unsafe-file", "templates/bare/link.html"),
    ]


def test_layout_keys_are_ordered_from_specific_to_general() -> None:
    assert layout_names("poster-a4", "portrait", "print", True) == (
        "poster-a4", "portrait/print+code", "portrait+code", "portrait/print", "portrait",
    )  # fmt: skip
    assert layout_names("ig-story", "tall", "social", False) == ("ig-story", "tall/social", "tall")


def test_column_parts_are_flat_and_exclude_the_qr_code(tmp_path: Path) -> None:
    template = read_tiny_template(
        tmp_path,
        template_yaml_with("  wide: {cta: {box: [0, 0, 1, 1], column: [headline, [number, code]]}}\n"),
    )

    assert column_parts(template.layouts["wide"].cta) == ("headline", "number")
    assert column_parts(ShapeLayout().cta) == ()
