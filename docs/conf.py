"""Settings of the documentation's site: ``make docs`` builds it with Sphinx, offline and strictly."""

from __future__ import annotations

import logging
import re
from pathlib import Path

from sphinx.application import Sphinx

import assetgen

logging.getLogger("pikepdf").setLevel(logging.WARNING)  # autodoc imports it, and it greets at level INFO

project = "assetgen"
author = "The assetgen authors"
copyright = "the assetgen authors"
version = release = assetgen.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "_static"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"assetgen {release}"
html_static_path = ["_static"]
html_css_files = ["tables.css"]
html_copy_source = False
html_show_sphinx = False

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
# A type in a signature is a link only where it is part of the public interface.
nitpick_ignore_regex = [(r"py:.*", r"(?!assetgen\.\w+$).*")]
# Examples of findings show files that are broken on purpose.
suppress_warnings = ["misc.highlighting_failure"]

LINK = re.compile(r"\]\(((?!\.\.)[\w./-]+\.md)(?:#[\w-]+)?\)")


def add_toctree(app: Sphinx, page: str, source: list[str]) -> None:
    """Give each index page a hidden table of contents: the pages that it links to, in that order.

    So the pages themselves are plain Markdown, which a forge shows as it is.
    """
    if Path(page).name == "index":
        entries = "\n".join(dict.fromkeys(LINK.findall(source[0])))
        source[0] += f"\n```{{toctree}}\n:hidden:\n\n{entries}\n```\n"


def setup(app: Sphinx) -> None:
    """Connect the table of contents."""
    app.connect("source-read", add_toctree)
