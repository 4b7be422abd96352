"""A QR code as an SVG: read by its own rules and drawn again from its numbers, then judged as any other code.

Only what such a file needs is taken: a picture's size in mm, a title, and filled upright rectangles, as
``rect`` or as paths of straight strokes. Whatever else stands in it is a finding.
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
from assetgen.preflight.pdf.canvas import DrawnArea, part_of
from assetgen.units import PX_PER_MM

SVG = "{http://www.w3.org/2000/svg}"
MAX_BYTES = 200_000
MAX_RECTANGLES = 20_000
MAX_SIDE_PX = 2400
MAX_UNITS = 1e6
# The background once, the modules on it at most once: anything far over that paints over itself.
MAX_LAYERS = 4
SIZE_MM = 0.1
ATTRIBUTES = {
    "svg": {"viewBox", "width", "height", "role"},
    "title": set[str](),
    "path": {"fill", "d"},
    "rect": {"fill", "x", "y", "width", "height"},
}
COLOUR = re.compile(r"#([0-9A-Fa-f]{6})")
# One way alone to read any run of digits: two ways would take a long one's length squared.
NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
STEP = re.compile(rf"\s*([MmHhVvLlZz])((?:[\s,]*{NUMBER})*)\s*")
FIGURES = {"m": 2, "l": 2, "h": 1, "v": 1, "z": 0}
MM = re.compile(rf"({NUMBER})mm")


REMAKE = "build it again: assetgen writes nothing but a title and the modules"


class RefusedCode(ValueError):
    """The file holds something that a code's SVG never needs, or cannot be read: the finding says what."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.finding = Finding(code, text, REMAKE)


@dataclass(frozen=True, slots=True)
class Filled:
    """Upright rectangles of one colour, in the units of the view box."""

    colour: tuple[int, int, int]
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class SvgCanvas:
    """An SVG's rectangles as a canvas: drawn in the order of the file, at the scale that is asked for."""

    box: Box
    units: Box
    filled: tuple[Filled, ...]

    def view(self, most_side_px: int) -> DrawnArea:
        return self._drawn(self.box, min(most_side_px, MAX_SIDE_PX) / self.box.width)

    def region(self, box: Box, scale: float) -> DrawnArea:
        return self._drawn(part_of(box, self.box, 1.0), scale)

    def _drawn(self, box: Box, scale: float) -> DrawnArea:
        scale = min(scale, MAX_SIDE_PX / max(box.width, box.height))
        size = max(1, round(box.width * scale)), max(1, round(box.height * scale))
        picture = Image.new("RGB", size, (255, 255, 255))
        pen = ImageDraw.Draw(picture)
        per = self.box.width / self.units.width
        across, down = size[0] / box.width, size[1] / box.height
        for shape in self.filled:
            for one in shape.boxes:
                left = _pixel(((one.x - self.units.x) * per - box.x) * across, size[0])
                right = _pixel(((one.right - self.units.x) * per - box.x) * across, size[0])
                top = _pixel(((one.y - self.units.y) * per - box.y) * down, size[1])
                bottom = _pixel(((one.bottom - self.units.y) * per - box.y) * down, size[1])
                if right > left and bottom > top:
                    pen.rectangle((left, top, right - 1, bottom - 1), fill=shape.colour)
        return DrawnArea(picture, box, scale)


def _pixel(value: float, most: int) -> int:
    """Return the nearest edge of a pixel that is on the picture."""
    return round(min(max(value, 0.0), most))


def read_svg(content: bytes, spec: Spec) -> tuple[SvgCanvas, tuple[Finding, ...]]:
    """Return an SVG as a canvas, and what is wrong with its size and title; raises ``Refused`` for what is foreign."""
    root = _parsed(content)
    _only_what_is_known(root)
    width, height = _mm(root, "width"), _mm(root, "height")
    units = _view_box(root)
    if abs(units.width / units.height - width / height) > 0.001:
        raise RefusedCode("size", "the SVG's view box and its size have different ratios")
    filled = tuple(shape for element in root if (shape := _filled(element)) is not None)
    painted = sum(box.width * box.height for shape in filled for box in shape.boxes)
    if painted > MAX_LAYERS * units.width * units.height:
        raise RefusedCode("qr-unreadable", "the SVG paints over itself again and again")
    findings = []
    if max(abs(width - spec.width), abs(height - spec.height)) > SIZE_MM:
        text = f"the SVG is {width:g} × {height:g} mm, not {spec.width:g} × {spec.height:g}"
        findings.append(Finding("size", text, REMAKE))
    title = root.findtext(f"{SVG}title")
    if title != spec.alt:
        text = f"the SVG's title is {title[:120]!a}, not the alt text" if title else "the SVG has no title"
        findings.append(Finding("alt-missing", text, REMAKE))
    whole = Box(0.0, 0.0, width * PX_PER_MM, height * PX_PER_MM)
    return SvgCanvas(whole, units, filled), tuple(findings)


def _parsed(content: bytes) -> Element:
    if len(content) > MAX_BYTES:
        text = f"an SVG of {len(content):,} bytes is no QR code; {MAX_BYTES:,} are the most"
        raise RefusedCode("size", text)
    try:
        text = content.decode("utf-8")
        root: Element = ElementTree.fromstring(content, forbid_dtd=True)
    except (ParseError, UnicodeDecodeError, LookupError, ValueError, DefusedXmlException) as error:
        raise RefusedCode("size", f"the SVG cannot be read: {error}") from error
    for mark, name in (("<!--", "a comment"), ("<?", "a processing instruction"), ("<![", "a CDATA section")):
        if mark in text:
            raise RefusedCode("metadata", f"{name} in the SVG")
    return root


def _only_what_is_known(root: Element) -> None:
    for element in root.iter():
        name = str(element.tag).removeprefix(SVG)
        if (
            not str(element.tag).startswith(SVG)
            or name not in ATTRIBUTES
            or (name == "svg") != (element is root)
        ):
            raise RefusedCode("metadata", f"an element {name[:60]} in the SVG")
        if strangers := sorted(set(element.attrib) - ATTRIBUTES[name]):
            raise RefusedCode("metadata", f"an attribute {strangers[0][:60]} of {name} in the SVG")
        words = (element.tail or "") + ("" if name == "title" else element.text or "")
        if words.strip():
            raise RefusedCode("metadata", f"words in the SVG beside its title: {words.strip()[:60]!a}")
        if element is not root and len(element):
            raise RefusedCode("metadata", f"an element inside {name} in the SVG")
    if root.get("role", "img") != "img":
        raise RefusedCode("metadata", f"the SVG's role is {root.get('role', '')[:60]!a}")


def _mm(root: Element, name: str) -> float:
    told = MM.fullmatch(root.get(name, ""))
    value = float(told[1]) if told else 0.0
    if not 0 < value < 10_000:
        raise RefusedCode("size", f"the SVG's {name} is no length in mm")
    return value


def _view_box(root: Element) -> Box:
    told = root.get("viewBox", "").replace(",", " ").split()
    values = [float(value) if re.fullmatch(NUMBER, value) else math.nan for value in told]
    # A value that is no number is NaN, of which no comparison is true.
    if len(values) != 4 or not (min(values[2:]) > 0 and all(abs(value) < MAX_UNITS for value in values)):
        raise RefusedCode("size", "the SVG's viewBox is none")
    return Box(*values)


def _filled(element: Element) -> Filled | None:
    name = str(element.tag).removeprefix(SVG)
    if name == "title":
        return None
    told = COLOUR.fullmatch(element.get("fill", ""))
    if told is None:
        raise RefusedCode("qr-unreadable", f"a {name} of the SVG has no plain colour")
    colour = int(told[1][:2], 16), int(told[1][2:4], 16), int(told[1][4:], 16)
    boxes = (_rectangle(element),) if name == "rect" else tuple(_path(element.get("d", "")))
    if len(boxes) > MAX_RECTANGLES:
        raise RefusedCode("size", f"an SVG with {len(boxes):,} rectangles is no QR code")
    return Filled(colour, boxes)


def _rectangle(element: Element) -> Box:
    told = [element.get(name, "0") for name in ("x", "y", "width", "height")]
    if not all(re.fullmatch(NUMBER, value) for value in told):
        raise RefusedCode("qr-unreadable", "a rect of the SVG is not in plain numbers")
    return Box(*(_length(value) for value in told))


def _length(told: str) -> float:
    value = float(told)
    if abs(value) > MAX_UNITS:
        raise RefusedCode("qr-unreadable", f"the SVG draws at {value:g}, far off its page")
    return value


def _path(data: str) -> Iterator[Box]:
    """Yield the rectangles of a path: straight strokes, each subpath closed, all turning one way."""
    turns = set()
    for corners in _subpaths(data):
        xs, ys = sorted({x for x, _ in corners}), sorted({y for _, y in corners})
        upright = all(
            (ax == bx) != (ay == by)
            for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True)
        )
        if len(corners) != 4 or len(xs) != 2 or len(ys) != 2 or not upright:
            raise RefusedCode("qr-unreadable", "a path of the SVG holds more than upright rectangles")
        # The way round: two ways in one path would cut holes into each other.
        (ax, ay), (bx, by), (cx, cy) = corners[:3]
        turns.add((bx - ax) * (cy - by) - (by - ay) * (cx - bx) > 0)
        yield Box(xs[0], ys[0], xs[1] - xs[0], ys[1] - ys[0])
    if len(turns) > 1:
        raise RefusedCode("qr-unreadable", "a path of the SVG has holes")


def _subpaths(data: str) -> Iterator[list[tuple[float, float]]]:
    at, x, y = 0, 0.0, 0.0
    corners: list[tuple[float, float]] = []
    while at < len(data):
        step = STEP.match(data, at)
        if step is None:
            raise RefusedCode("qr-unreadable", f"a path of the SVG cannot be read at {data[at : at + 20]!a}")
        at = step.end()
        letter, values = step[1], [_length(value) for value in re.findall(NUMBER, step[2])]
        if len(values) != FIGURES[letter.lower()] or (letter not in "Mm") != bool(corners):
            raise RefusedCode("qr-unreadable", f"a path of the SVG has a {letter} out of its form")
        if letter in "Zz":
            if len(corners) > 1 and corners[0] == corners[-1]:
                corners.pop()
            yield corners
            (x, y), corners = corners[0], []
            continue
        dx, dy = {"h": (1, 0), "v": (0, 1)}.get(letter.lower(), (1, 1))
        given = [values[0] * dx, values[-1] * dy]
        if letter.islower():
            x, y = x + given[0], y + given[1]
        else:
            x, y = given[0] if dx else x, given[1] if dy else y
        corners.append((x, y))
    if corners:
        raise RefusedCode("qr-unreadable", "a path of the SVG is not closed")
