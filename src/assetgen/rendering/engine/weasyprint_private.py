"""Everything that rests on how WeasyPrint 70 works inside: nothing here is promised by its documentation.

An upgrade that changes any of it fails in ``test_weasyprint_private.py``, which holds each part against the engine
itself; the version is capped in ``pyproject.toml``. What its text drawing rounds is in ``layout/engine_metrics.py``.

Nothing here imports WeasyPrint at the start: the fonts must be prepared first (``prepare_fonts``).
"""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

# Rules of its own style sheet that fit each element of a page, for footnotes and notes: five styles are worked out
# beside each one that is drawn. Of a page of 50 elements that is 250 in vain, an eighth of the making of a small
# asset (measured). A page without footnotes is the same without them.
NOTES = frozenset({"footnote-call", "footnote-marker", "note-call", "note-marker", "note-callback"})
# What makes a note of an element: ``float: footnote``, ``float: note``. A word more often than needed does no harm.
NOTED = re.compile(rb"\bnote\b|footnote", re.I)

# Its log, from which alone it can be seen that something was left out.
IGNORED = re.compile(
    r"Ignored `(?P<name>[^:`]+):\s*(?P<value>.*)` at (?P<line>\d+):(?P<column>\d+), (?P<why>.*?)\.?$", re.S
)
NO_VALUE = ", no value."
AT = re.compile(r"at (?P<line>\d+):(?P<column>\d+)")
NOTDEF = re.compile(r'\.notdef glyph.*?"(?P<text>.+)" \(U\+(?P<code>[0-9A-F]+)\)', re.S)
NO_ALT = re.compile(r'Image "(?P<url>.*)" has no required alt description', re.S)
PICTURE = re.compile(r"Failed to (?:load|render SVG) image(?: at)? '?(?P<url>[^':\s]*:?[^'\s]*)'?")
QUOTED = re.compile(r"'([^']+)'")


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def kept_log() -> Iterator[list[str]]:
    """Collect what the layout engine says, and keep it off the terminal."""
    logger = logging.getLogger("weasyprint")
    handler = _Kept()
    before = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield handler.messages
    finally:
        logger.removeHandler(handler)
        logger.propagate = before


def known_properties() -> Iterable[str]:
    """Return the names of all CSS properties that the engine knows."""
    from weasyprint.css.properties import KNOWN_PROPERTIES

    names: Iterable[str] = KNOWN_PROPERTIES
    return names


def page_class(weasyprint: Any, sources: Iterable[bytes]) -> Any:
    """Return the class of the engine's pages for designs of these sources: the slim one, unless one has notes."""
    if any(NOTED.search(source) for source in sources):
        return weasyprint.HTML

    class Page(weasyprint.HTML):  # type: ignore[misc]
        """A page that has no notes."""

        def _ua_stylesheets(self, forms: bool = False) -> list[Any]:
            return [_without_notes(sheet) for sheet in super()._ua_stylesheets(forms)]

    return Page


def _without_notes(sheet: Any) -> Any:
    """Return a style sheet without its rules for the notes of any element.

    The matcher's entries are (test, specificity, order, pseudo-element, declarations).
    """
    slim = copy.copy(sheet)
    slim.matcher = copy.copy(sheet.matcher)
    slim.matcher.other_selectors = [entry for entry in sheet.matcher.other_selectors if entry[3] not in NOTES]
    return slim


def text_boxes(document: Any) -> Iterator[Any]:
    """Yield each stretch of words of a rendered document, with its ``text``, ``style`` and place."""
    from weasyprint.formatting_structure.boxes import TextBox

    for page in document.pages:
        for box in page._page_box.descendants(placeholders=True):
            if isinstance(box, TextBox) and box.text.strip():
                yield box


def families_asked(document: Any) -> frozenset[str]:
    """Return the family that each stretch of words names first.

    Where only the brand's fonts exist, a family that is not there is drawn in one of them, and the finished
    file does not tell.
    """
    return frozenset(box.style["font_family"][0] for box in text_boxes(document))


def families_drawn(document: Any) -> frozenset[str]:
    """Return the families that a document was drawn with: known only once its PDF is written."""
    names = (font.family for font in document.fonts.values())
    return frozenset(name.decode() if isinstance(name, bytes) else str(name) for name in names)


def full_bleed_box(_document: object, pdf: Any) -> None:
    """Write the page's whole bleed into its BleedBox: the engine stops it at 10 pt (3.5 mm)."""
    for thing in pdf.objects:
        if isinstance(thing, dict) and thing.get("Type") == "/Page" and "TrimBox" in thing:
            thing["BleedBox"] = thing["MediaBox"]


def radial_lights(pdf: Any) -> Iterator[tuple[int, Any, list[tuple[float, Sequence[float]]]]]:
    """Yield number, object and stops (offset, colour) of each shading of a PDF that is light from a point outwards.

    In RGB, with even steps from stop to stop, the last colour going on for ever: as the engine writes a gradient.
    """
    for number, thing in enumerate(pdf.objects):
        if (
            not isinstance(thing, dict)
            or thing.get("ShadingType") != 3
            or thing["ColorSpace"] != "/DeviceRGB"
        ):
            continue
        x, y, radius, far_x, far_y, _ = thing["Coords"]
        function = thing["Function"]
        if (
            (x, y, radius) == (far_x, far_y, 0)
            and list(thing.get("Extend", ())) == [b"true", b"true"]
            and function.get("FunctionType") == 3
            and list(thing["Domain"]) == [0, 1]
            and all(step["FunctionType"] == 2 and step["N"] == 1 for step in function["Functions"])
        ):
            steps = function["Functions"]
            ends = zip([*function["Bounds"], 1.0], [step["C1"] for step in steps], strict=True)
            yield number, thing, [(0.0, steps[0]["C0"]), *ends]
