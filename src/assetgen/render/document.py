"""Pages for people (a pack's first page, its contact sheet): HTML → PDF in the brand's fonts, from nothing else.

What they show is inside the HTML (``data:`` addresses); nothing is fetched. As for an asset, whatever the engine
says is a fault: these pages are ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assetgen.errors import MachineError, RenderError
from assetgen.findings import Finding
from assetgen.loading.model import FontFace
from assetgen.render.font_files import prepare_fonts
from assetgen.render.judge import kept_log

DATA = re.compile(r"data:[^\s\"')]+")
"""A picture's address is the picture: no report has room for it."""


class DocumentEngine:
    """The layout engine of one process, for documents. ``own`` is where the fonts are put as files."""

    def __init__(self, own: Path, faces: Iterable[FontFace]) -> None:
        """Start the engine. Raises MachineError where it does not start."""
        prepare_fonts(own, faces)
        try:
            import weasyprint
            from weasyprint.text.fonts import FontConfiguration
            from weasyprint.urls import URLFetcher
        except OSError as error:
            hint = "assetgen doctor says how to get it"
            raise MachineError(
                Finding("machine", f"the layout engine does not start: {error}", hint)
            ) from error
        self._html: Any = weasyprint.HTML
        self._fonts = FontConfiguration()
        self._fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)

    def lay_out(self, html: str) -> bytes:
        """Return a document as a tagged PDF. Raises RenderError with what the engine says of it."""
        with kept_log() as log:
            document = self._html(string=html, base_url="http://pack.invalid/", url_fetcher=self._fetcher)
            pdf: bytes = document.render(font_config=self._fonts, pdf_tags=True).write_pdf(pdf_tags=True)
        if log:
            said = "; ".join(dict.fromkeys(DATA.sub("data:…", line) for line in log))
            raise RenderError(Finding("template", f"the layout engine says of a document: {said}"))
        return pdf
