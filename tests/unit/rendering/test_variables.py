"""Custom properties that a design uses and nobody declares."""

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
def test_what_is_used_is_declared_on_the_page_or_in_a_sheet(sheet: str, undeclared: list[str]) -> None:
    assert undeclared_variables(PAGE, [sheet])[0] == undeclared


def test_a_page_s_own_styles_count() -> None:
    page = PAGE.replace("<body>", '<body><p style="color: var(--papr)">x</p>')

    assert undeclared_variables(page, [])[0] == ["--papr"]
