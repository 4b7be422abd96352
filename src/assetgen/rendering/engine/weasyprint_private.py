"""Everything that depends on undocumented internals of WeasyPrint 70.

``test_weasyprint_private.py`` compares each function with the engine itself, so it fails if an upgrade changes one.
``pyproject.toml`` caps the version. How the engine rounds text positions is in ``layout/engine_metrics.py``.

This module imports WeasyPrint only inside functions, since the fonts must be prepared first (``prepare_fonts``).
"""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

# Pseudo-elements for footnotes and notes. WeasyPrint's own style sheet has rules for them that match every element,
# so it computes five more styles for each one. On a page of 50 elements that is 250 unused styles, an eighth of the
# time for a small asset (measured). A page without notes looks the same without these rules.
NOTES = frozenset({"footnote-call", "footnote-marker", "note-call", "note-marker", "note-callback"})
# Matches sources that may contain notes (``float: footnote``, ``float: note``). A false match does no harm.
NOTED = re.compile(rb"\bnote\b|footnote", re.I)

# Messages of its log. Only the log shows that the engine left something out.
IGNORED = re.compile(
    r"Ignored `(?P<name>[^:`]+):\s*(?P<value>.*)` at (?P<line>\d+):(?P<column>\d+), (?P<why>.*?)\.?$", re.S
)
NO_VALUE = ", no value."
AT = re.compile(r"at (?P<line>\d+):(?P<column>\d+)")
NOTDEF = re.compile(r'\.notdef glyph.*?"(?P<text>.+)" \(U\+(?P<code>[0-9A-F]+)\)', re.S)
NO_ALT = re.compile(r'Image "(?P<url>.*)" has no required alt description', re.S)
PICTURE = re.compile(r"Failed to (?:load|render SVG) image(?: at)? '?(?P<url>[^':\s]*:?[^'\s]*)'?")
QUOTED = re.compile(r"'([^']+)'")


class _MessageHandler(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def capture_log() -> Iterator[list[str]]:
    """Collect the layout engine's log messages, and keep them off the terminal."""
    logger = logging.getLogger("weasyprint")
    handler = _MessageHandler()
    propagate = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield handler.messages
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate


def known_properties() -> Iterable[str]:
    """Return the names of all CSS properties that the engine knows."""
    from weasyprint.css.properties import KNOWN_PROPERTIES

    names: Iterable[str] = KNOWN_PROPERTIES
    return names


def page_class(weasyprint: Any, sources: Iterable[bytes]) -> Any:
    """Return WeasyPrint's ``HTML`` class, or a faster subclass without its rules for footnotes.

    ``sources`` are the templates' files. If none of them uses footnotes, the subclass is returned.
    """
    if any(NOTED.search(source) for source in sources):
        return weasyprint.HTML

    class Page(weasyprint.HTML):  # type: ignore[misc]
        """A page without footnotes and notes."""

        def _ua_stylesheets(self, forms: bool = False) -> list[Any]:
            return [_without_notes(sheet) for sheet in super()._ua_stylesheets(forms)]

    return Page


def _without_notes(sheet: Any) -> Any:
    """Return a copy of a style sheet without its rules for footnotes and notes.

    The matcher's entries are (test, specificity, order, pseudo-element, declarations).
    """
    slim = copy.copy(sheet)
    slim.matcher = copy.copy(sheet.matcher)
    slim.matcher.other_selectors = [entry for entry in sheet.matcher.other_selectors if entry[3] not in NOTES]
    return slim


def text_boxes(document: Any) -> Iterator[Any]:
    """Yield each text box of a rendered document, with its ``text``, ``style`` and position."""
    from weasyprint.formatting_structure.boxes import TextBox

    for page in document.pages:
        for box in page._page_box.descendants(placeholders=True):
            if isinstance(box, TextBox) and box.text.strip():
                yield box


def requested_families(document: Any) -> frozenset[str]:
    """Return the first font family in the style of each text box.

    The engine replaces an unknown family by one of the brand's, which cannot be seen in the finished file.
    """
    return frozenset(box.style["font_family"][0] for box in text_boxes(document))


def used_families(document: Any) -> frozenset[str]:
    """Return the font families that a document uses. They are known only after its PDF is written."""
    names = (font.family for font in document.fonts.values())
    return frozenset(name.decode() if isinstance(name, bytes) else str(name) for name in names)


def extend_bleed_box(_document: object, pdf: Any) -> None:
    """Extend each page's BleedBox to its whole bleed. The engine limits it to 10 pt (3.5 mm)."""
    for thing in pdf.objects:
        if isinstance(thing, dict) and thing.get("Type") == "/Page" and "TrimBox" in thing:
            thing["BleedBox"] = thing["MediaBox"]


def radial_gradients(pdf: Any) -> Iterator[tuple[int, Any, list[tuple[float, Sequence[float]]]]]:
    """Yield the number, the object and the stops (offset, colour) of each radial gradient that the engine wrote.

    Such a gradient is around one point, in RGB, and linear between stops; its last colour continues outwards. Other
    shadings are skipped.
    """
    for number, shading in enumerate(pdf.objects):
        if (
            not isinstance(shading, dict)
            or shading.get("ShadingType") != 3
            or shading["ColorSpace"] != "/DeviceRGB"
        ):
            continue
        x, y, radius, outer_x, outer_y, _ = shading["Coords"]
        function = shading["Function"]
        if (
            (x, y, radius) == (outer_x, outer_y, 0)
            and list(shading.get("Extend", ())) == [b"true", b"true"]
            and function.get("FunctionType") == 3
            and list(shading["Domain"]) == [0, 1]
            and all(step["FunctionType"] == 2 and step["N"] == 1 for step in function["Functions"])
        ):
            steps = function["Functions"]
            ends = zip([*function["Bounds"], 1.0], [step["C1"] for step in steps], strict=True)
            yield number, shading, [(0.0, steps[0]["C0"]), *ends]
