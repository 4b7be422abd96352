"""CSS custom properties that a template uses but that neither the page nor a style sheet declares."""

from __future__ import annotations

import pytest

from assetgen.rendering.engine.html_to_pdf import undeclared_variables

PAGE = '<html style="--ink:#000;--page-w:10.000px"><body></body></html>'


@pytest.mark.parametrize(
    ("sheet", "undeclared"),
    [
        (".a { color: var(--ink) }", []),
        (".a { color: var( --papr ) }", ["--papr"]),
        (".a { color: var(--papr, red) }", []),
        (":root { --own: 2px } .a { margin: var(--own) }", []),
        ("/* var(--papr) */ .a { color: var(--ink) }", []),
        (".a { color: var(--b); margin: var(--a) var(--b) }", ["--b", "--a"]),
    ],
)
def test_only_undeclared_css_variables_are_found(sheet: str, undeclared: list[str]) -> None:
    assert undeclared_variables(PAGE, [sheet])[0] == undeclared


def test_variables_in_the_inline_styles_of_a_page_are_checked() -> None:
    page = PAGE.replace("<body>", '<body><p style="color: var(--papr)">x</p>')

    assert undeclared_variables(page, [])[0] == ["--papr"]
