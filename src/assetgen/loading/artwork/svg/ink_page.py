"""Write a rebuilt logo as a small PDF page, so that PDFium can render it and its ink can be measured.

WeasyPrint is not used here: importing it takes longer than reading a campaign. A rebuilt drawing has only plain
shapes, and each becomes a PDF path. Two properties are approximated, closely enough to measure ink. A gradient becomes
the mean of its stops. The opacity of a group applies to each of its shapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from math import hypot, sqrt

from fontTools.misc.transform import Identity, Offset, Transform

from assetgen.loading.artwork.svg import rules
from assetgen.loading.artwork.svg.rebuild import Drawing, Node
from assetgen.loading.artwork.svg.values import transform_of

_TRANSFORM = re.compile(r"([a-zA-Z]+)\(([^()]*)\)")
_ALIGN_SHARE = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}


def read_matrix(transform: str) -> Transform:
    """Return the matrix of a normalised ``transform`` attribute: the identity if it is empty."""
    matrix = Identity
    for kind, inside in _TRANSFORM.findall(transform):
        matrix = matrix.transform(transform_of(kind, [float(word) for word in inside.split()]))
    return matrix


def view_matrix(view: Sequence[float], box: Sequence[float], aspect: str) -> Transform:
    """Return the matrix that places a viewBox in a box. Both are x, y, width and height.

    ``aspect`` is the value of ``preserveAspectRatio``.
    """
    x_scale, y_scale = box[2] / view[2], box[3] / view[3]
    align, _, meet_or_slice = aspect.partition(" ")
    if align != "none":
        x_scale = y_scale = max(x_scale, y_scale) if meet_or_slice == "slice" else min(x_scale, y_scale)
    x = box[0] + (box[2] - view[2] * x_scale) * _ALIGN_SHARE.get(align[1:4], 0.0)
    y = box[1] + (box[3] - view[3] * y_scale) * _ALIGN_SHARE.get(align[5:8], 0.0)
    return Transform(x_scale, 0.0, 0.0, y_scale, x - view[0] * x_scale, y - view[1] * y_scale)


Outline = list[tuple[str, tuple[float, ...]]]
"""PDF path operators (``m``, ``l``, ``c``, ``h``), each with its coordinates."""
# Distance of the control points from the ends of a Bézier curve that approximates a quarter circle, in radii.
CIRCLE_CONTROL = 0.5522847498
_PATH_COMMAND = re.compile(r"([MLCZ])([^MLCZ]*)")


def length_px(text: str, view: float) -> float:
    """Return a length in px. ``view`` is the length of 100 %."""
    return float(text[:-1]) * view / 100 if text.endswith("%") else float(text)


def outline_of(node: Node, view: tuple[float, float]) -> Outline:
    """Return the outline of a shape. It is empty for any other element.

    ``view`` is the width and height of 100 %.
    """
    if node.tag == "path":
        return _path(node.attributes.get("d", ""))
    if node.tag in ("polyline", "polygon"):
        return _polygon(node.attributes.get("points", ""), closed=node.tag == "polygon")
    wide, high = view
    both = hypot(wide, high) / sqrt(2)

    def get(name: str, side: float) -> float:
        return length_px(node.attributes.get(name, "0"), side)

    if node.tag == "line":
        return [("m", (get("x1", wide), get("y1", high))), ("l", (get("x2", wide), get("y2", high)))]
    if node.tag == "circle":
        r = get("r", both)
        return _ellipse(get("cx", wide), get("cy", high), r, r)
    across = _radius(node, "rx", "ry", wide)
    down = _radius(node, "ry", "rx", high)
    if node.tag == "ellipse":
        return _ellipse(get("cx", wide), get("cy", high), across, down)
    if node.tag == "rect":
        box = (get("x", wide), get("y", high), get("width", wide), get("height", high))
        return rectangle(*box, min(across, box[2] / 2), min(down, box[3] / 2)) if min(box[2:]) > 0 else []
    return []


def _radius(node: Node, name: str, other: str, side: float) -> float:
    """Return a radius. A missing radius is equal to the other one."""
    return length_px(node.attributes.get(name, node.attributes.get(other, "0")), side)


def _path(data: str) -> Outline:
    outline: Outline = []
    for letter, inside in _PATH_COMMAND.findall(data):
        outline.append((letter.lower().replace("z", "h"), tuple(map(float, inside.split()))))
    return outline if len(outline) > 1 else []


def _polygon(text: str, *, closed: bool) -> Outline:
    numbers = [float(word) for word in text.split()]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    outline: Outline = [("l" if index else "m", point) for index, point in enumerate(points)]
    return [*outline, ("h", ())] if closed and outline else outline


def _ellipse(x: float, y: float, rx: float, ry: float) -> Outline:
    return rectangle(x - rx, y - ry, 2 * rx, 2 * ry, rx, ry) if min(rx, ry) > 0 else []


def rectangle(x: float, y: float, width: float, height: float, rx: float = 0.0, ry: float = 0.0) -> Outline:
    """Return the outline of a rectangle. If both radii are above zero, its corners are round."""
    right, bottom = x + width, y + height
    if min(rx, ry) <= 0:
        corners = ((x, y), (right, y), (right, bottom), (x, bottom))
        return [*(("l" if index else "m", corner) for index, corner in enumerate(corners)), ("h", ())]
    dx, dy = rx * (1 - CIRCLE_CONTROL), ry * (1 - CIRCLE_CONTROL)
    return [
        ("m", (x + rx, y)),
        ("l", (right - rx, y)),
        ("c", (right - dx, y, right, y + dy, right, y + ry)),
        ("l", (right, bottom - ry)),
        ("c", (right, bottom - dy, right - dx, bottom, right - rx, bottom)),
        ("l", (x + rx, bottom)),
        ("c", (x + dx, bottom, x, bottom - dy, x, bottom - ry)),
        ("l", (x, y + ry)),
        ("c", (x, y + dy, x + dx, y, x + rx, y)),
        ("h", ()),
    ]


def transform_outline(matrix: Transform, outline: Outline) -> Outline:
    """Return an outline transformed by a matrix."""
    return [
        (letter, tuple(chain(*matrix.transformPoints(zip(numbers[::2], numbers[1::2], strict=True)))))
        for letter, numbers in outline
    ]


# Opacities are rounded to 1/50: the page has one graphics state for each step.
ALPHA_STEPS = 50
_INHERITED = frozenset(rules.PRESENTATION) - rules.NOT_INHERITED
_CAPS = {"butt": 0, "round": 1, "square": 2}
_JOINS = {"miter": 0, "round": 1, "bevel": 2}
Rgba = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _InheritedStyle:
    """The style that a node inherits from its parents.

    ``style`` has presentation attributes. ``paints`` maps ``fill`` and ``stroke`` to the id of a gradient. ``view`` is
    the width and height of the viewBox.
    """

    style: Mapping[str, str] = field(default_factory=dict)
    paints: Mapping[str, str] = field(default_factory=dict)
    opacity: float = 1.0
    view: tuple[float, float] = (100.0, 100.0)


def write_page(
    drawing: Drawing, region: tuple[float, float, float, float], side_px: int
) -> tuple[bytes, int, int]:
    """Return a PDF page of a region of a drawing, and the page's width and height in pt.

    ``region`` is x, y, width and height, in the same px as ``Drawing.width``. The longer side of the page is
    ``side_px`` pt, so that it has as many pixels when it is rendered at scale 1.
    """
    x, y, width, height = region
    scale = side_px / max(width, height)
    wide, high = max(1, round(width * scale)), max(1, round(height * scale))
    # The y axis points down in SVG and up in PDF.
    first = (scale, 0.0, 0.0, -scale, -x * scale, high + y * scale)
    root = drawing.root
    canvas = _PageWriter({node.id: node for node in root.walk() if node.id})
    canvas.write(f"{_numbers(first)} cm")
    canvas.viewport(root, (0.0, 0.0, drawing.width, drawing.height), _InheritedStyle())
    return _pdf_file("\n".join(canvas.operators).encode("ascii"), wide, high), wide, high


class _PageWriter:
    """Writes the nodes of a drawing as operators of a PDF content stream."""

    def __init__(self, by_id: Mapping[str, Node]) -> None:
        self.by_id = by_id
        self.operators: list[str] = []

    def write(self, operator: str) -> None:
        """Add an operator with its operands."""
        self.operators.append(operator)

    def viewport(self, node: Node, box: tuple[float, float, float, float], state: _InheritedStyle) -> None:
        """Draw the children of an ``svg`` or ``symbol`` element in a box, clipped at its sides."""
        if min(box[2:]) <= 0:
            return
        self.write("q")
        if node.attributes.get("overflow") != "visible":
            self.path(rectangle(*box))
            self.write("W n")
        view = node.attributes.get("viewBox")
        numbers = [float(word) for word in view.split()] if view else [0.0, 0.0, box[2], box[3]]
        aspect = node.attributes.get("preserveAspectRatio", "xMidYMid")
        self.write(f"{_numbers(view_matrix(numbers, box, aspect))} cm")
        inner = replace(_inherit(state, node), view=(numbers[2], numbers[3]))
        for child in node.children:
            self.draw(child, inner)
        self.write("Q")

    def draw(self, node: Node, state: _InheritedStyle) -> None:
        """Draw a node and its children."""
        if node.tag in ("defs", "clipPath", "symbol", *rules.GRADIENTS, "stop"):
            return
        state = _inherit(state, node)
        if node.attributes.get("display") == "none":
            return
        self.write("q")
        matrix = read_matrix(node.attributes.get("transform", ""))
        if matrix != Identity:
            self.write(f"{_numbers(matrix)} cm")
        if clip := node.references.get("clip-path"):
            self._clip(self.by_id[clip.id], state)
        if node.tag == "svg":
            self.viewport(node, self._box(node, state), state)
        elif node.tag == "use":
            self._use(node, state)
        elif node.tag == "g":
            for child in node.children:
                self.draw(child, state)
        else:
            self._shape(outline_of(node, state.view), state)
        self.write("Q")

    def _box(self, node: Node, state: _InheritedStyle) -> tuple[float, float, float, float]:
        wide, high = state.view
        attributes = node.attributes
        x, width = length_px(attributes.get("x", "0"), wide), length_px(attributes.get("width", "100%"), wide)
        y, height = (
            length_px(attributes.get("y", "0"), high),
            length_px(attributes.get("height", "100%"), high),
        )
        return x, y, width, height

    def _use(self, node: Node, state: _InheritedStyle) -> None:
        target = self.by_id[node.references["href"].id] if "href" in node.references else None
        if target is None:
            return
        box = self._box(node, state)
        if target.tag == "symbol":
            self.viewport(target, box, state)
        else:
            self.write(f"{_numbers(Offset(box[0], box[1]))} cm")
            self.draw(target, state)

    def _clip(self, clip: Node, state: _InheritedStyle) -> None:
        outer = read_matrix(clip.attributes.get("transform", ""))
        # A clipping path without shapes hides everything.
        self.write("0 0 m h")
        for shape, matrix in self._clip_shapes(clip, outer, state):
            self.path(transform_outline(matrix, outline_of(shape, state.view)))
        self.write("W n")

    def _clip_shapes(
        self, clip: Node, outer: Transform, state: _InheritedStyle
    ) -> Iterator[tuple[Node, Transform]]:
        for shape in clip.children:
            matrix = outer.transform(read_matrix(shape.attributes.get("transform", "")))
            if shape.tag != "use":
                yield shape, matrix
            elif "href" in shape.references:
                target = self.by_id[shape.references["href"].id]
                target_matrix = read_matrix(target.attributes.get("transform", ""))
                x, y, *_ = self._box(shape, state)
                yield target, matrix.translate(x, y).transform(target_matrix)

    def path(self, outline: Outline) -> None:
        """Write an outline as path operators."""
        for letter, numbers in outline:
            self.write(f"{_numbers(numbers)} {letter}" if numbers else letter)

    def _shape(self, outline: Outline, state: _InheritedStyle) -> None:
        if not outline or state.style.get("visibility") == "hidden":
            return
        if fill := self._paint(state, "fill", "#000000"):
            red, green, blue, alpha = fill
            self.write(f"{_alpha_operator(alpha)} {_numbers((red, green, blue))} rg")
            self.path(outline)
            self.write("f*" if state.style.get("fill-rule") == "evenodd" else "f")
        stroke = self._paint(state, "stroke", "none")
        width = length_px(state.style.get("stroke-width", "1"), sum(state.view) / 2)
        if stroke and width > 0:
            red, green, blue, alpha = stroke
            self.write(f"{_alpha_operator(alpha)} {_numbers((red, green, blue))} RG {_numbers((width,))} w")
            self._pen(state.style)
            self.path(outline)
            self.write("S")

    def _pen(self, style: Mapping[str, str]) -> None:
        cap, join = style.get("stroke-linecap", "butt"), style.get("stroke-linejoin", "miter")
        self.write(f"{_CAPS[cap]} J {_JOINS[join]} j {style.get('stroke-miterlimit', '4')} M")
        dashes = style.get("stroke-dasharray", "none")
        if dashes != "none":
            self.write(f"[{dashes}] 0 d")

    def _paint(self, state: _InheritedStyle, name: str, default: str) -> Rgba | None:
        """Return the colour and opacity of a fill or stroke, or None if it is invisible."""
        alpha = state.opacity * float(state.style.get(f"{name}-opacity", "1"))
        if name in state.paints:
            mean = self._mean_stop_colour(self.by_id[state.paints[name]])
            colour = (*mean[:3], mean[3] * alpha) if mean else None
        else:
            colour = _rgba(state.style.get(name, default), state.style.get("color", "#000000"), alpha)
        return colour if colour and colour[3] > 0.5 / ALPHA_STEPS else None

    def _mean_stop_colour(self, gradient: Node, steps: int = 8) -> Rgba | None:
        """Return the mean colour of a gradient's stops; None if no stop has a colour.

        A gradient may take its stops from a different gradient. ``steps`` limits how many such references are followed.
        """
        stops = [child for child in gradient.children if child.tag == "stop"]
        if not stops and "href" in gradient.references and steps:
            return self._mean_stop_colour(self.by_id[gradient.references["href"].id], steps - 1)
        colours = [
            _rgba(
                stop.attributes.get("stop-color", "#000000"),
                "#000000",
                float(stop.attributes.get("stop-opacity", "1")),
            )
            for stop in stops
        ]
        found = [colour for colour in colours if colour]
        if not found:
            return None
        red, green, blue, alpha = (sum(parts) / len(found) for parts in zip(*found, strict=True))
        return red, green, blue, alpha


def _inherit(state: _InheritedStyle, node: Node) -> _InheritedStyle:
    style = {**state.style, **{key: word for key, word in node.attributes.items() if key in _INHERITED}}
    paints = {name: id_ for name, id_ in state.paints.items() if name not in node.attributes}
    paints |= {name: node.references[name].id for name in ("fill", "stroke") if name in node.references}
    opacity = state.opacity * float(node.attributes.get("opacity", "1"))
    return replace(state, style=style, paints=paints, opacity=opacity)


def _rgba(value: str, current: str, alpha: float) -> Rgba | None:
    """Return a colour of the rebuilt drawing as red, green, blue and alpha, 0 to 1; None for ``none``.

    ``value`` is ``#rrggbb``, ``#rrggbbaa``, ``none`` or ``currentColor``, which stands for ``current``.
    """
    value = current if value == "currentColor" else value
    if not value.startswith("#"):
        return None
    red, green, blue, *rest = (int(value[at : at + 2], 16) / 255 for at in range(1, len(value), 2))
    return red, green, blue, alpha * (rest[0] if rest else 1.0)


def _alpha_operator(alpha: float) -> str:
    return f"/A{min(ALPHA_STEPS, round(alpha * ALPHA_STEPS))} gs"


def _numbers(numbers: tuple[float, ...]) -> str:
    return " ".join(f"{number:.6f}".rstrip("0").rstrip(".") for number in numbers)


def _pdf_file(content: bytes, width: int, height: int) -> bytes:
    """Return a PDF file with one page of this content stream."""
    states = "".join(
        f"/A{step}<</ca {step / ALPHA_STEPS:g}/CA {step / ALPHA_STEPS:g}>>" for step in range(ALPHA_STEPS + 1)
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Contents 4 0 R"
        f"/Resources<</ExtGState<<{states}>>>>>>".encode(),
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
    ]
    file, starts = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        starts.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    end = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return file + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, end)
