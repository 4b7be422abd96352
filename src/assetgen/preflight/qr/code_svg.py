"""Read the SVG file of a QR code strictly, and draw it for the same checks as any other code.

Such a file may have a size in mm, a title, and filled upright rectangles, written as ``rect`` or as paths of straight
lines. Anything else in it is a finding.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from PIL import Image, ImageDraw

from assetgen.findings import Finding
from assetgen.geometry import Box
from assetgen.planning.asset import Spec
from assetgen.preflight.pdf.canvas import DrawnArea, clip_to
from assetgen.units import PX_PER_MM

SVG = "{http://www.w3.org/2000/svg}"
MAX_BYTES = 200_000
MAX_RECTANGLES = 20_000
MAX_SIDE_PX = 2400
MAX_UNITS = 1e6
# How often the painted area may cover the page. One layer of background and one of modules are enough.
MAX_LAYERS = 4
SIZE_TOLERANCE_MM = 0.1
ATTRIBUTES = {
    "svg": {"viewBox", "width", "height", "role"},
    "title": set[str](),
    "path": {"fill", "d"},
    "rect": {"fill", "x", "y", "width", "height"},
}
COLOUR = re.compile(r"#([0-9A-Fa-f]{6})")
# The pattern matches any run of digits in only one way. Otherwise a long run would take quadratic time.
NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
STEP = re.compile(rf"\s*([MmHhVvLlZz])((?:[\s,]*{NUMBER})*)\s*")
OPERAND_COUNTS = {"m": 2, "l": 2, "h": 1, "v": 1, "z": 0}
LENGTH_MM = re.compile(rf"({NUMBER})mm")


HINT = "build the asset again: assetgen writes only a title and the modules"


class CodeSvgError(ValueError):
    """The SVG cannot be read, or has something that a code does not need; ``finding`` says what."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.finding = Finding(code, text, HINT)


@dataclass(frozen=True, slots=True)
class Filled:
    """Upright rectangles of one colour, in the units of the view box."""

    colour: tuple[int, int, int]
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class SvgCanvas:
    """A canvas that draws the rectangles of an SVG in the order of the file, at any scale.

    ``box`` is the page in CSS px, ``units`` the view box.
    """

    box: Box
    units: Box
    filled: tuple[Filled, ...]

    def view(self, max_side_px: int) -> DrawnArea:
        return self._drawn(self.box, min(max_side_px, MAX_SIDE_PX) / self.box.width)

    def region(self, box: Box, scale: float) -> DrawnArea:
        return self._drawn(clip_to(box, self.box, 1.0), scale)

    def _drawn(self, box: Box, scale: float) -> DrawnArea:
        scale = min(scale, MAX_SIDE_PX / max(box.width, box.height))
        size = max(1, round(box.width * scale)), max(1, round(box.height * scale))
        picture = Image.new("RGB", size, (255, 255, 255))
        drawing = ImageDraw.Draw(picture)
        px_per_unit = self.box.width / self.units.width
        across, down = size[0] / box.width, size[1] / box.height
        for shape in self.filled:
            for rectangle in shape.boxes:
                left = _pixel(((rectangle.x - self.units.x) * px_per_unit - box.x) * across, size[0])
                right = _pixel(((rectangle.right - self.units.x) * px_per_unit - box.x) * across, size[0])
                top = _pixel(((rectangle.y - self.units.y) * px_per_unit - box.y) * down, size[1])
                bottom = _pixel(((rectangle.bottom - self.units.y) * px_per_unit - box.y) * down, size[1])
                if right > left and bottom > top:
                    drawing.rectangle((left, top, right - 1, bottom - 1), fill=shape.colour)
        return DrawnArea(picture, box, scale)


def _pixel(value: float, maximum: int) -> int:
    """Return the nearest pixel edge, from 0 to ``maximum``."""
    return round(min(max(value, 0.0), maximum))


def read_svg(content: bytes, spec: Spec) -> tuple[SvgCanvas, tuple[Finding, ...]]:
    """Return an SVG as a canvas, and findings about its size and title.

    Raises CodeSvgError if the SVG cannot be read, or has something that a code does not need.
    """
    root = _parse(content)
    _refuse_unknown(root)
    width, height = _length_mm(root, "width"), _length_mm(root, "height")
    units = _view_box(root)
    if abs(units.width / units.height - width / height) > 0.001:
        raise CodeSvgError("size", "the SVG's view box and its size have different ratios")
    filled = tuple(shape for element in root if (shape := _filled(element)) is not None)
    painted = sum(box.width * box.height for shape in filled for box in shape.boxes)
    if painted > MAX_LAYERS * units.width * units.height:
        text = f"the SVG's shapes cover its area more than {MAX_LAYERS} times"
        raise CodeSvgError("qr-unreadable", text)
    findings = []
    if max(abs(width - spec.width), abs(height - spec.height)) > SIZE_TOLERANCE_MM:
        text = f"the SVG is {width:g} × {height:g} mm, not {spec.width:g} × {spec.height:g}"
        findings.append(Finding("size", text, HINT))
    title = root.findtext(f"{SVG}title")
    if title != spec.alt:
        text = f"the SVG's title is {title[:120]!a}, not the alt text" if title else "the SVG has no title"
        findings.append(Finding("alt-missing", text, HINT))
    whole = Box(0.0, 0.0, width * PX_PER_MM, height * PX_PER_MM)
    return SvgCanvas(whole, units, filled), tuple(findings)


def _parse(content: bytes) -> Element:
    if len(content) > MAX_BYTES:
        text = f"the SVG has {len(content):,} bytes; the limit for a QR code is {MAX_BYTES:,}"
        raise CodeSvgError("size", text)
    try:
        text = content.decode("utf-8")
        root: Element = ElementTree.fromstring(content, forbid_dtd=True)
    except (ParseError, UnicodeDecodeError, LookupError, ValueError, DefusedXmlException) as error:
        raise CodeSvgError("size", f"the SVG cannot be read: {error}") from error
    for start, name in (
        ("<!--", "a comment"),
        ("<?", "a processing instruction"),
        ("<![", "a CDATA section"),
    ):
        if start in text:
            raise CodeSvgError("metadata", f"the SVG has {name}")
    return root


def _refuse_unknown(root: Element) -> None:
    """Raise CodeSvgError for elements, attributes and text that a code does not need."""
    for element in root.iter():
        name = str(element.tag).removeprefix(SVG)
        if (
            not str(element.tag).startswith(SVG)
            or name not in ATTRIBUTES
            or (name == "svg") != (element is root)
        ):
            raise CodeSvgError("metadata", f"the SVG has an unexpected element: {name[:60]}")
        if unknown := sorted(set(element.attrib) - ATTRIBUTES[name]):
            raise CodeSvgError(
                "metadata", f"{name} in the SVG has an unexpected attribute: {unknown[0][:60]}"
            )
        words = (element.tail or "") + ("" if name == "title" else element.text or "")
        if words.strip():
            raise CodeSvgError("metadata", f"the SVG has text outside its title: {words.strip()[:60]!a}")
        if element is not root and len(element):
            raise CodeSvgError("metadata", f"{name} in the SVG has an element inside it")
    if root.get("role", "img") != "img":
        raise CodeSvgError("metadata", f"the SVG's role is {root.get('role', '')[:60]!a}, not 'img'")


def _length_mm(root: Element, name: str) -> float:
    match = LENGTH_MM.fullmatch(root.get(name, ""))
    value = float(match[1]) if match else 0.0
    if not 0 < value < 10_000:
        raise CodeSvgError("size", f"the SVG's {name} is not a valid length in mm")
    return value


def _view_box(root: Element) -> Box:
    parts = root.get("viewBox", "").replace(",", " ").split()
    values = [float(value) if re.fullmatch(NUMBER, value) else math.nan for value in parts]
    # An invalid number becomes NaN, for which every comparison is false.
    if len(values) != 4 or not (min(values[2:]) > 0 and all(abs(value) < MAX_UNITS for value in values)):
        raise CodeSvgError("size", "the SVG's viewBox is not valid")
    return Box(*values)


def _filled(element: Element) -> Filled | None:
    name = str(element.tag).removeprefix(SVG)
    if name == "title":
        return None
    match = COLOUR.fullmatch(element.get("fill", ""))
    if match is None:
        raise CodeSvgError("qr-unreadable", f"a {name} in the SVG has no fill of the form #rrggbb")
    colour = int(match[1][:2], 16), int(match[1][2:4], 16), int(match[1][4:], 16)
    boxes = (_rectangle(element),) if name == "rect" else tuple(_path(element.get("d", "")))
    if len(boxes) > MAX_RECTANGLES:
        text = f"a path in the SVG has {len(boxes):,} rectangles; the limit is {MAX_RECTANGLES:,}"
        raise CodeSvgError("size", text)
    return Filled(colour, boxes)


def _rectangle(element: Element) -> Box:
    values = [element.get(name, "0") for name in ("x", "y", "width", "height")]
    if not all(re.fullmatch(NUMBER, value) for value in values):
        raise CodeSvgError("qr-unreadable", "a rect in the SVG has a side that is not a plain number")
    return Box(*(_length(value) for value in values))


def _length(text: str) -> float:
    value = float(text)
    if abs(value) > MAX_UNITS:
        raise CodeSvgError("qr-unreadable", f"the SVG draws at {value:g}, far outside its page")
    return value


def _path(data: str) -> Iterator[Box]:
    """Yield the rectangles of a path. Each subpath must be closed, and all must run in the same direction."""
    turns = set()
    for corners in _subpaths(data):
        xs, ys = sorted({x for x, _ in corners}), sorted({y for _, y in corners})
        upright = all(
            (ax == bx) != (ay == by)
            for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True)
        )
        if len(corners) != 4 or len(xs) != 2 or len(ys) != 2 or not upright:
            raise CodeSvgError("qr-unreadable", "a path in the SVG has shapes other than upright rectangles")
        # Two directions in one path would cut holes into each other.
        (ax, ay), (bx, by), (cx, cy) = corners[:3]
        turns.add((bx - ax) * (cy - by) - (by - ay) * (cx - bx) > 0)
        yield Box(xs[0], ys[0], xs[1] - xs[0], ys[1] - ys[0])
    if len(turns) > 1:
        raise CodeSvgError("qr-unreadable", "a path in the SVG has holes")


def _subpaths(data: str) -> Iterator[list[tuple[float, float]]]:
    """Yield the corners of each subpath."""
    offset, x, y = 0, 0.0, 0.0
    corners: list[tuple[float, float]] = []
    while offset < len(data):
        step = STEP.match(data, offset)
        if step is None:
            text = f"a path in the SVG cannot be read at {data[offset : offset + 20]!a}"
            raise CodeSvgError("qr-unreadable", text)
        offset = step.end()
        letter, values = step[1], [_length(value) for value in re.findall(NUMBER, step[2])]
        if len(values) != OPERAND_COUNTS[letter.lower()] or (letter not in "Mm") != bool(corners):
            raise CodeSvgError("qr-unreadable", f"a path in the SVG has an invalid {letter} command")
        if letter in "Zz":
            if len(corners) > 1 and corners[0] == corners[-1]:
                corners.pop()
            yield corners
            (x, y), corners = corners[0], []
            continue
        dx, dy = {"h": (1, 0), "v": (0, 1)}.get(letter.lower(), (1, 1))
        values_xy = [values[0] * dx, values[-1] * dy]
        if letter.islower():
            x, y = x + values_xy[0], y + values_xy[1]
        else:
            x, y = values_xy[0] if dx else x, values_xy[1] if dy else y
        corners.append((x, y))
    if corners:
        raise CodeSvgError("qr-unreadable", "a path in the SVG is not closed")
