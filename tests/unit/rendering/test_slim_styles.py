"""Pages without notes are laid out without the styles of notes, and look the same; pages with notes keep them."""

from __future__ import annotations

from pathlib import Path

from assetgen.loading.campaign import load_campaign
from assetgen.rendering.renderer import Renderer
from tests.support.tiny import FILES, STYLE_CSS, load_tiny, write_tiny

NOTED_CSS = f"{STYLE_CSS}.body {{ float: footnote }}\n"


def renderer_in(root: Path, files: dict[str, str]) -> Renderer:
    return Renderer(load_campaign(write_tiny(root, files)).campaign)


def test_a_page_is_the_same_to_the_byte_with_the_engine_s_own_styles(tmp_path: Path) -> None:
    import weasyprint

    campaign, assets = load_tiny(tmp_path)
    slim, whole = Renderer(campaign), Renderer(campaign)
    whole.engine._page_class = weasyprint.HTML

    assert slim.engine._page_class is not weasyprint.HTML
    for asset in assets.values():
        made = slim(asset)
        assert made.content is not None
        assert made.content == whole(asset).content


def test_a_design_that_has_notes_keeps_their_styles(tmp_path: Path) -> None:
    import weasyprint

    noted = renderer_in(tmp_path, {**FILES, "templates/bare/style.css": NOTED_CSS})

    assert noted.engine._page_class is weasyprint.HTML
