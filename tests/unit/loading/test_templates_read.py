"""Designs as they are read: arrangements with ``like`` resolved, sources kept as bytes, faults in one run."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.errors import CampaignError
from assetgen.planning.combination import arrangement_keys
from assetgen.schema.template_file import Arrangement, column_parts
from tests.support.template_sources import DESIGN, MARKUP, STYLE, faults, read, read_template, shapes
from tests.support.tiny import FILES, real_campaign, write_tiny
from tests.support.wording import Wording
from tests.unit.loading.marks import marks


def test_a_design_keeps_its_description_and_its_sources_as_bytes(tmp_path: Path) -> None:
    design = read(tmp_path)

    assert (design.id, design.file.name, design.file.about) == ("bare", "Bare", "Words on nothing.")
    assert design.file.backgrounds == ("light",)
    assert design.place.file == DESIGN
    assert {name: content.decode() for name, content in design.sources.items()} == {
        name: words for name, words in FILES.items() if name.startswith("templates/")
    }


def test_files_in_folders_below_are_sources_and_other_kinds_are_not(tmp_path: Path) -> None:
    design = read(tmp_path, {"templates/bare/parts/a.html": "a", "templates/bare/notes.txt": "b"})

    assert "templates/bare/parts/a.html" in design.sources
    assert "templates/bare/notes.txt" not in design.sources


def test_a_shape_takes_all_that_it_does_not_say_from_the_one_it_is_like(tmp_path: Path) -> None:
    design = read(
        tmp_path,
        shapes("  wide: {extends: landscape, margin: 0.1, parts: {number: {max_size: 0.4, lines: 2}}}\n"),
    )
    landscape, wide = design.arrangements["landscape"], design.arrangements["wide"]

    assert (wide.copy_, wide.cta, wide.cta_on) == (landscape.copy_, landscape.cta, "field")
    assert (wide.margin, landscape.margin) == (0.1, 0.0)
    assert (wide.parts["number"].max_size, wide.parts["number"].lines) == (0.4, 2)
    assert wide.parts["number"].weights == landscape.parts["number"].weights == (700,)
    assert wide.parts["headline"] == landscape.parts["headline"]


def test_like_reaches_through_others_in_whatever_order_they_stand(tmp_path: Path) -> None:
    design = read(tmp_path, shapes("  tall: {extends: wide}\n  wide: {extends: landscape, margin: 0.2}\n"))

    assert design.arrangements["tall"] == design.arrangements["wide"]
    assert design.arrangements["tall"].margin == 0.2


@pytest.mark.parametrize(
    ("more", "column", "named"),
    [
        ("  wide: {extends: landscap}\n", 19, "landscape"),
        ("  wide: {extends: wide}\n", 19, "wide"),
        ("  wide: {cta: {box: [0, 0, 1, 1], column: [numbr]}}\n  tall: {extends: wide}\n", 44, "number"),
    ],
    ids=["shape", "itself", "part"],
)
def test_a_shape_that_names_what_is_not_there_is_told_once_and_where_it_is_written(
    more: str, column: int, named: str, tmp_path: Path, wording: Wording
) -> None:
    line = FILES[DESIGN].count("\n") + 1

    said = faults(tmp_path, shapes(more))

    assert marks(said) == [f"{DESIGN}:{line}:{column} template"]
    assert named in said[0]
    assert wording == said


def test_a_box_stays_inside_the_live_area(tmp_path: Path, wording: Wording) -> None:
    more = shapes("  wide: {extends: landscape, copy: {box: [0, 0.2, 1.5, 0.8], column: [headline]}}\n")
    line = FILES[DESIGN].count("\n") + 1

    said = faults(tmp_path, more)

    assert marks(said) == [f"{DESIGN}:{line}:42 bad-value"]
    assert wording == said


def test_shapes_that_are_like_each_other_are_told(tmp_path: Path, wording: Wording) -> None:
    said = faults(tmp_path, shapes("  wide: {extends: tall}\n  tall: {extends: wide}\n"))

    assert {mark.rpartition(" ")[2] for mark in marks(said)} == {"template"}
    assert all("wide" in one and "tall" in one for one in said)
    assert wording == said


def test_keys_of_a_description_are_checked_with_place_and_hint(tmp_path: Path, wording: Wording) -> None:
    changes = shapes("  wide:\n    copy: {box: [0, 0, 1], column: [headline], ancor: top}\n    margin: 4\n")
    line = FILES[DESIGN].count("\n") + 2

    said = faults(tmp_path, changes)

    assert marks(said) == [
        f"{DESIGN}:{line}:17 bad-value",
        f"{DESIGN}:{line}:48 unknown-key",
        f"{DESIGN}:{line + 1}:13 bad-value",
    ]
    assert wording == said


def test_files_that_are_missing_and_faults_of_the_others_come_together(
    tmp_path: Path, wording: Wording
) -> None:
    root = write_tiny(tmp_path, {MARKUP: "{% if %}\n"})
    (root / STYLE).unlink()

    with pytest.raises(CampaignError) as raised:
        read_template(root, "bare", None)

    said = [finding.as_text() for finding in raised.value.findings]
    assert marks(said) == [f"{STYLE} missing-file", f"{MARKUP}:1 template"]
    assert wording == said


@pytest.mark.parametrize(
    ("file", "words", "place"),
    [
        pytest.param(STYLE, "p { color: red }\n.a { background: RADIAL-gradient(red, blue) }\n",
                     "2:18", id="gradient in capitals"),
        pytest.param(STYLE, "@media print {\n  p { mask: conic-gradient(red, blue) }\n}\n",
                     "2:13", id="gradient in print"),
        pytest.param(STYLE, '@import "more.css";\n', "1:1", id="import"),
        pytest.param(STYLE, "\n@font-face { font-family: x }\n", "2:1", id="font face"),
        pytest.param(STYLE, "@page { margin: 0 }\n", "1:1", id="page"),
        pytest.param(MARKUP, '<svg>\n<path stroke="var( --ink )"/></svg>\n', "2:15", id="variable"),
        pytest.param(MARKUP, "<svg><style>\n path { fill: VAR(/**/--ink) }</style></svg>\n",
                     "2:15", id="variable with a comment"),
        pytest.param(MARKUP, "<svg>\n<path style=' fill : var(--ink, red)'/></svg>\n",
                     "2:22", id="variable in a style"),
        pytest.param(MARKUP, '<svg>\n<path fill="var&#40;--ink)"/></svg>\n', "2:1", id="variable in an escape"),
        pytest.param(MARKUP, '<svg>\n{% if foot %}<path fill="var(--{{ accent }})"/>{% endif %}\n',
                     "2:26", id="accent"),
        pytest.param(MARKUP, '<svg\n style="fill: var(--ink)"/>\n', "2:15", id="variable on the root"),
        pytest.param(MARKUP,
                     '<p>\n<b style="color: {{ palette.ink }}; background: linear-gradient(red, blue)">x</b></p>\n',
                     "2:49", id="gradient in an attribute"),
        pytest.param(MARKUP, '<p\n class="a"\n style="mask: &#108;inear-gradient(red, blue)">x</p>\n',
                     "1:1", id="gradient in an escape"),
        pytest.param(MARKUP,
                     "<style>\n.a { color: {{ palette.ink }} }\n.b { mask: conic-gradient(red, blue) }\n</style>\n",
                     "3:12", id="gradient in a style element"),
        pytest.param(MARKUP, "<style>\n@import 'more.css';\n</style>\n", "2:1", id="import in a style element"),
        pytest.param(MARKUP, "<p>\n{{ number(\n</p>\n", "3", id="Jinja"),
    ],
)  # fmt: skip
def test_what_would_not_survive_in_ink_is_told_with_its_line(
    file: str, words: str, place: str, tmp_path: Path, wording: Wording
) -> None:
    said = faults(tmp_path, {file: words})

    assert marks(said) == [f"{file}:{place} template"]
    assert wording == said


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (STYLE, "/* linear-gradient(red, blue) */\n"),
        (MARKUP, "{# <p style='mask: linear-gradient(red, blue)'> <svg fill='var(--ink)'> #}\n"),
        (MARKUP, "<!-- <svg fill='var(--ink)'/> -->\n"),
        (MARKUP, "<style>/* linear-gradient(red, blue) */</style>\n"),
        (MARKUP, "<p title='linear-gradient(red, blue)'>linear-gradient(red, blue)</p>\n"),
    ],
)
def test_a_gradient_in_a_comment_or_in_words_is_none(file: str, words: str, tmp_path: Path) -> None:
    assert read(tmp_path, {file: words}).sources


@pytest.mark.parametrize(
    "words",
    [
        "<p style='color: var(--ink)'>x</p>\n",
        "<svg fill='{{ palette.ink }}'><path/></svg>\n<p style='color: var(--ink)'>x</p>\n",
        "<style>.a { color: var(--ink) }</style>\n",
    ],
)
def test_a_variable_outside_svg_is_as_good_as_in_a_style_sheet(words: str, tmp_path: Path) -> None:
    assert read(tmp_path, {MARKUP: words}).sources


@pytest.mark.parametrize(
    ("file", "words", "place", "shown", "code"),
    [
        pytest.param(STYLE, 'h1::after {\n  content: "Ring 0121 496 0999" }\n',
                     "2:12", "0121 496 0999", "locked-fact", id="number"),
        pytest.param(STYLE, 'h1::after { content: "0121 " /* and */ "496\\A 0999" }\n',
                     "1:22", "0121 496 0999", "locked-fact", id="number in two strings"),
        pytest.param(STYLE, "h1::after { content: '\\30 121 496 0999' }\n",
                     "1:22", "0121 496 0999", "locked-fact", id="number with an escape"),
        pytest.param(STYLE, 'p { --said: "www.example.net" }\n',
                     "1:13", "www.example.net", "foreign-host", id="address in a variable"),
        pytest.param(STYLE, '@media print { p { content: counter(x, "see example.net") } }\n',
                     "1:40", "example.net", "foreign-host", id="address in a counter"),
        pytest.param(STYLE, "h1::after { content: '{{ 0808 157 0123' }\n",
                     "1:22", "0808 157 0123", "locked-fact", id="number after braces"),
        pytest.param(MARKUP, "<style>\n h1::after { content: 'Ring 0121 496 0999' }\n</style>\n",
                     "2:23", "0121 496 0999", "locked-fact", id="number in a style element"),
        pytest.param(MARKUP, "<p\n style='content: \"Ring 0121 496 0999\"'>x</p>\n",
                     "2:18", "0121 496 0999", "locked-fact", id="number in an attribute"),
    ],
)  # fmt: skip
def test_a_fact_that_a_style_draws_is_told_as_in_markup(
    file: str, words: str, place: str, shown: str, code: str, tmp_path: Path, wording: Wording
) -> None:
    root = write_tiny(tmp_path, {file: words})

    with pytest.raises(CampaignError) as raised:
        read_template(root, "bare", real_campaign().brand.facts)

    said = [finding.as_text() for finding in raised.value.findings]
    assert marks(said) == [f"{file}:{place} {code}"]
    assert shown in said[0]
    assert wording == said


@pytest.mark.parametrize(
    ("words", "line", "shown", "code"),
    [
        pytest.param("<p>\n0808 <b>157</b> 0123</p>", 2, "0808 157 0123", "locked-fact", id="bold"),
        pytest.param("<p>0808<br>157 0123</p>", 1, "0808 157 0123", "locked-fact", id="break"),
        pytest.param("<p>0808{% if foot %} 157 {% endif %}<!-- x -->0123</p>", 1,
                     "0808 157 0123", "locked-fact", id="branch and comment"),
        pytest.param("\n{{ '0808' ~ ' 157 ' ~ '0124' }}", 2, "0808 157 0124", "locked-fact", id="tilde"),
        pytest.param("{{ '0808' + ' 1570124' }}", 1, "0808 1570124", "locked-fact", id="plus"),
        pytest.param("{% set x = '0808' %}\n{{ x }} 157 0124", 2, "0808 157 0124", "locked-fact", id="set"),
        pytest.param("{{ ['0808', ' 157 0124'] | join }}", 1, "0808 157 0124", "locked-fact", id="join"),
        pytest.param("{{ facts.number }}9", 1, "0808 1000 9009", "locked-fact", id="fact and a digit"),
        pytest.param("<b>9</b>{{ facts['number'] }}", 1, "90808 1000 900", "locked-fact", id="digit and a fact"),
        pytest.param("\n{{ facts.address }}.evil.com", 2,
                     "www.stopitnow.org.uk.evil.com", "foreign-host", id="fact and a host"),
        pytest.param("{{ facts.address ~ '/donate' }}", 1,
                     "www.stopitnow.org.uk/donate", "foreign-host", id="fact and a path"),
        pytest.param('<p>\n<a href="https://evil.com/">x</a></p>', 2, "https://evil.com/", "foreign-host", id="link"),
        pytest.param('<a href="tel:08081570123">x</a>', 1, "08081570123", "locked-fact", id="link to a number"),
    ],
)  # fmt: skip
def test_a_fact_that_markup_pieces_together_is_told(
    words: str, line: int, shown: str, code: str, tmp_path: Path, wording: Wording
) -> None:
    root = write_tiny(tmp_path, {MARKUP: words})

    with pytest.raises(CampaignError) as raised:
        read_template(root, "bare", real_campaign().brand.facts)

    said = [finding.as_text() for finding in raised.value.findings]
    assert marks(said) == [f"{MARKUP}:{line} {code}"]
    assert shown in said[0]
    assert wording == said


@pytest.mark.parametrize(
    "words",
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
def test_what_markup_does_not_say_in_one_go_is_no_fact(words: str, tmp_path: Path) -> None:
    assert read_template(write_tiny(tmp_path, {MARKUP: words}), "bare", real_campaign().brand.facts)


@pytest.mark.parametrize(
    "words",
    [
        "p { background: url(\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E\") }\n",
        "p { background: url('brand/www.example.net.png') }\n",
        "/* Ring 0121 496 0999 */\n@namespace svg 'http://www.w3.org/2000/svg';\n",
        "p { font-family: 'Hanken Grotesk'; content: 'Ring us' \" on \" attr(title) }\n",
        "p { width: 1214960999px }\n",
    ],
)
def test_what_a_style_does_not_draw_is_no_fact(words: str, tmp_path: Path) -> None:
    root = write_tiny(tmp_path, {STYLE: words})

    assert read_template(root, "bare", real_campaign().brand.facts)


def test_a_source_that_is_too_large_or_leads_out_is_not_read(tmp_path: Path) -> None:
    root = write_tiny(tmp_path / "in", {"templates/bare/huge.css": "a" * 500_001})
    (tmp_path / "secret.html").write_text("secret", "utf-8")
    (root / "templates/bare/link.html").symlink_to(tmp_path / "secret.html")

    with pytest.raises(CampaignError) as raised:
        read_template(root, "bare", None)

    assert [(finding.code, finding.place.file) for finding in raised.value.findings] == [
        ("too-large", "templates/bare/huge.css"),
        ("unsafe-file", "templates/bare/link.html"),
    ]


def test_the_most_particular_arrangement_is_looked_up_first() -> None:
    assert arrangement_keys("poster-a4", "portrait", "print", True) == (
        "poster-a4", "portrait/print+code", "portrait+code", "portrait/print", "portrait",
    )  # fmt: skip
    assert arrangement_keys("ig-story", "tall", "social", False) == ("ig-story", "tall/social", "tall")


def test_parts_of_a_column_are_flat_and_without_the_code(tmp_path: Path) -> None:
    design = read(
        tmp_path, shapes("  wide: {cta: {box: [0, 0, 1, 1], column: [headline, [number, code]]}}\n")
    )

    assert column_parts(design.arrangements["wide"].cta) == ("headline", "number")
    assert column_parts(Arrangement().cta) == ()
