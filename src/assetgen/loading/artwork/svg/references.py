"""Check the references in a rebuilt drawing: each has a valid target, and none forms a cycle.

WeasyPrint follows references as it draws. This module rejects a drawing that WeasyPrint would draw wrongly (a clipping
path with several transformed shapes) or almost endlessly (a ``use`` of a ``use`` of a ``use``…).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import dist

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.artwork.svg import rules
from assetgen.loading.artwork.svg.rebuild import MAX_DEPTH, MAX_NODES, Drawing, Node, printable

GRADIENT_TAGS = frozenset(rules.GRADIENTS)
USABLE = frozenset({"g", "use", "symbol", *rules.SHAPES})
MAX_DASHES = 1_000_000
_NUMBER = re.compile(r"-?[0-9.]+")
_SIZES = ("width", "height", "r", "rx", "ry", "x1", "x2", "y1", "y2")
FLATTEN_HINT = "flatten the clipping mask to plain shapes, then export again"


def check_references(drawing: Drawing, findings: list[Finding]) -> None:
    """Add a finding for each invalid reference or clipping path, and if the drawing is too complex or empty."""
    by_id = _nodes_by_id(drawing.root, findings)
    for node in drawing.root.walk():
        for name in node.references:
            _check_target(node, name, by_id, drawing.unsupported, findings)
    for node in drawing.root.walk():
        if node.tag == "clipPath":
            _check_clip(node, by_id, findings)
    try:
        total = _SizeCounter(by_id, drawing.root).measure(drawing.root, 1)
        _check_dashes(drawing.root, total.outline, findings)
    except CampaignError as refused:
        findings.extend(refused.findings)
    if not findings and not _is_painted(drawing.root, by_id):
        text = "the logo has no visible shape"
        findings.append(Finding("bad-value", text, "export the logo again", drawing.root.place))


def _nodes_by_id(root: Node, findings: list[Finding]) -> dict[str, Node]:
    """Return the nodes that have an id, by id. Add a finding for each duplicate id."""
    by_id: dict[str, Node] = {}
    for node in root.walk():
        if node.id is None or by_id.get(node.id) is node:
            continue
        if first := by_id.get(node.id):
            text = f'the id "{printable(node.id)}" is used twice: first on line {first.place.line}'
            findings.append(Finding("bad-value", text, "give each element its own id", node.place))
        by_id.setdefault(node.id, node)
    return by_id


def _allowed_targets(node: Node, name: str) -> frozenset[str]:
    if name == "clip-path":
        return frozenset({"clipPath"})
    if name == "href" and node.tag == "use":
        return USABLE
    return GRADIENT_TAGS


def _check_target(
    node: Node, name: str, by_id: dict[str, Node], unsupported: dict[str, str], findings: list[Finding]
) -> None:
    """Add a finding if a reference has no valid target.

    Also normalise the size of a ``use``: if its target is a symbol, a missing size becomes 100%; else it is removed.
    """
    target_id = node.references[name].id
    target = by_id.get(target_id)
    reference = f"{name} on <{node.tag}> refers to "
    if target is None and target_id in unsupported:
        text = f"{reference}<{unsupported[target_id]}>, which is not allowed in a logo"
        findings.append(Finding("unsafe-file", text, rules.EXPAND_HINT, node.place))
    elif target is None:
        text = f'{reference}"#{printable(target_id)}", which is not in the file'
        findings.append(Finding("bad-value", text, "export the logo again", node.place))
    elif target.tag not in _allowed_targets(node, name):
        text = f"{reference}<{target.tag}>, which is not allowed there"
        findings.append(Finding("bad-value", text, "export the logo again as plain SVG", node.place))
    elif node.tag == "use" and name == "href":
        for side in ("width", "height"):
            if target.tag == "symbol":
                node.attributes.setdefault(side, "100%")
            else:
                node.attributes.pop(side, None)


def _check_dashes(root: Node, outline: float, findings: list[Finding]) -> None:
    """Add a finding if lines have too many dashes: WeasyPrint draws each dash, which could take minutes.

    The number is estimated: ``outline``, the length of all outlines, divided by the length of the shortest pattern.
    """
    dashed = [node for node in root.walk() if node.attributes.get("stroke-dasharray", "none") != "none"]
    if not dashed:
        return
    finest = min(dashed, key=_dashes_length)
    if outline > _dashes_length(finest) * MAX_DASHES:
        text = f"<{finest.tag}> has more than {MAX_DASHES:,} dashes"
        hint = "make the line solid, or convert it to shapes"
        findings.append(Finding("too-large", text, hint, finest.place))


def _dashes_length(node: Node) -> float:
    return sum(map(float, node.attributes["stroke-dasharray"].split()))


def _outline(node: Node, view: float) -> float:
    """Return an upper bound of the length of a shape's outline; 0 for other elements. ``view`` is 100%."""
    attributes = node.attributes
    if node.tag not in rules.SHAPES:
        return 0.0
    coordinates = attributes.get("d") or attributes.get("points")
    if coordinates:
        numbers = list(map(float, _NUMBER.findall(coordinates)))
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        # Twice the length, for closing lines. A curve is never longer than the way through its control points.
        return 2 * sum(map(dist, points, points[1:]))
    sizes = [attributes[name] for name in _SIZES if name in attributes]
    return 8 * sum(
        abs(float(size.removesuffix("%"))) * (view / 100 if size.endswith("%") else 1) for size in sizes
    )


def _check_clip(clip: Node, by_id: dict[str, Node], findings: list[Finding]) -> None:
    """Add a finding for each reason why WeasyPrint would draw a clipping path wrongly.

    WeasyPrint applies the transform of one shape to the next shape too. It always fills by the nonzero rule. It ignores
    a clip-path inside a clipping path.
    """

    def refuse(text: str, place: Place) -> None:
        findings.append(Finding("unsafe-file", text, FLATTEN_HINT, place))

    for shape in clip.children:
        parts = [shape]
        if shape.tag == "use" and (reference := shape.references.get("href")):
            target = by_id.get(reference.id)
            if target and target.tag not in rules.SHAPES:
                refuse(f"<use> in <clipPath> must refer to a shape, not to <{target.tag}>", shape.place)
            parts += [target] if target else []
        if len(clip.children) > 1 and any(map(_moves, parts)):
            refuse("a <clipPath> with several shapes and a transform is not allowed in a logo", shape.place)
        if any("clip-path" in part.references for part in parts):
            refuse("clip-path inside a <clipPath> is not allowed in a logo", shape.place)
        if any(part.clip_rule == "evenodd" for part in parts) and any(map(_has_several_parts, parts)):
            refuse("clip-rule evenodd in a <clipPath> is not allowed in a logo", shape.place)


def _moves(node: Node) -> bool:
    return "transform" in node.attributes or (node.tag == "use" and bool({"x", "y"} & node.attributes.keys()))


def _has_several_parts(node: Node) -> bool:
    return node.attributes.get("d", "").count("M") > 1


def _is_painted(node: Node, by_id: dict[str, Node], fill: str = "black", stroke: str = "none") -> bool:
    """Return whether a node or one of its children is painted. ``fill`` and ``stroke`` are its inherited values."""
    if node.tag in ("defs", "clipPath", "symbol") or node.attributes.get("display") == "none":
        return False
    fill, stroke = _paint(node, "fill", fill), _paint(node, "stroke", stroke)
    if node.tag in rules.SHAPES:
        return (fill, stroke) != ("none", "none")
    inner = node.children
    if node.tag == "use" and (
        target := by_id.get(node.references["href"].id if "href" in node.references else "")
    ):
        inner = target.children if target.tag == "symbol" else [target]
        fill, stroke = _paint(target, "fill", fill), _paint(target, "stroke", stroke)
    return any(_is_painted(child, by_id, fill, stroke) for child in inner)


def _paint(node: Node, name: str, inherited: str) -> str:
    return "url" if name in node.references else node.attributes.get(name, inherited)


@dataclass(frozen=True, slots=True)
class _Extent:
    """The size of an element, including the elements that it refers to.

    ``count`` is the number of elements, ``depth`` the number of nested levels, ``outline`` the length of all outlines.
    """

    count: int
    depth: int
    outline: float


class _SizeCounter:
    """Measures a drawing. A referenced element counts each time that WeasyPrint draws it."""

    def __init__(self, by_id: dict[str, Node], root: Node) -> None:
        self.by_id = by_id
        self.view = max(map(float, root.attributes["viewBox"].split()[2:]))
        self.open: set[int] = set()
        self.known: dict[int, _Extent] = {}

    def measure(self, node: Node, depth: int) -> _Extent:
        """Return the extent of a node at a depth. Raises CampaignError if it contains itself or exceeds a limit."""
        if id(node) in self.open:
            text = f"<{node.tag}> refers to itself, directly or through other elements"
            raise CampaignError(Finding("unsafe-file", text, "export the logo again", node.place))
        extent = self.known.get(id(node))
        if extent is None:
            self._check_depth(node, depth)
            extent = self.known[id(node)] = self._sum(node, depth)
        self._check_depth(node, depth + extent.depth - 1)
        if extent.count > MAX_NODES:
            text = f"the SVG has more than {MAX_NODES:,} elements once each <use> is expanded"
            raise CampaignError(Finding("too-large", text, "simplify the drawing", node.place))
        return extent

    def _sum(self, node: Node, depth: int) -> _Extent:
        self.open.add(id(node))
        parts = [self.measure(part, depth + 1) for part in self._parts(node)]
        self.open.remove(id(node))
        return _Extent(
            1 + sum(part.count for part in parts),
            1 + max((part.depth for part in parts), default=0),
            _outline(node, self.view) + sum(part.outline for part in parts),
        )

    def _parts(self, node: Node) -> list[Node]:
        targets = (node.references[name].id for name in ("href", "clip-path") if name in node.references)
        return [*node.children, *(self.by_id[target] for target in targets if target in self.by_id)]

    def _check_depth(self, node: Node, depth: int) -> None:
        if depth > MAX_DEPTH:
            text = f"elements are nested more than {MAX_DEPTH} deep once each <use> is expanded"
            hint = "ungroup the drawing, then export again"
            raise CampaignError(Finding("too-large", text, hint, node.place))
