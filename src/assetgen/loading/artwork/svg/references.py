"""The references of a rebuilt drawing: each leads to what it should, none round in a circle.

The engine follows references as it draws. What it would draw wrongly (a clipping path of several moved
shapes) or without end (a ``use`` of a ``use`` of a …) is refused here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import dist

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.artwork.svg import rules
from assetgen.loading.artwork.svg.rebuild import MAX_DEPTH, MAX_NODES, Drawing, Node, shown

GRADIENT_TAGS = frozenset(rules.GRADIENTS)
USABLE = frozenset({"g", "use", "symbol", *rules.SHAPES})
MAX_DASHES = 1_000_000
_NUMBER = re.compile(r"-?[0-9.]+")
_SIZES = ("width", "height", "r", "rx", "ry", "x1", "x2", "y1", "y2")
FLATTEN = "flatten the clipping mask to plain shapes, then export again"


def check_references(drawing: Drawing, findings: list[Finding]) -> None:
    """Add to the findings what is wrong with the references, and with the drawing as a whole."""
    by_id = _by_id(drawing.root, findings)
    for node in drawing.root.walk():
        for name in node.references:
            _check_target(node, name, by_id, drawing.set_aside, findings)
    for node in drawing.root.walk():
        if node.tag == "clipPath":
            _check_clip(node, by_id, findings)
    try:
        total = _Measure(by_id, drawing.root).of(drawing.root, 1)
        _check_dashes(drawing.root, total.outline, findings)
    except CampaignError as refused:
        findings.extend(refused.findings)
    if not findings and not _is_drawn(drawing.root, by_id):
        text = "the logo draws nothing"
        findings.append(Finding("bad-value", text, "export the logo again", drawing.root.place))


def _by_id(root: Node, findings: list[Finding]) -> dict[str, Node]:
    """Return the nodes that have an id; an id that stands twice is a finding."""
    by_id: dict[str, Node] = {}
    for node in root.walk():
        if node.id is None or by_id.get(node.id) is node:
            continue
        if first := by_id.get(node.id):
            text = f'the id "{shown(node.id)}" stands twice: first in line {first.place.line}'
            findings.append(Finding("bad-value", text, "give each element an id of its own", node.place))
        by_id.setdefault(node.id, node)
    return by_id


def _allowed_targets(node: Node, name: str) -> frozenset[str]:
    if name == "clip-path":
        return frozenset({"clipPath"})
    if name == "href" and node.tag == "use":
        return USABLE
    return GRADIENT_TAGS


def _check_target(
    node: Node, name: str, by_id: dict[str, Node], set_aside: dict[str, str], findings: list[Finding]
) -> None:
    """Check one reference; give a ``use`` of a symbol the size that it has where none is written."""
    wanted = node.references[name].id
    target = by_id.get(wanted)
    said = f"{name} on <{node.tag}> refers to "
    if target is None and wanted in set_aside:
        text = f"{said}<{set_aside[wanted]}>, which is not allowed in a logo"
        findings.append(Finding("unsafe-file", text, rules.EXPAND, node.place))
    elif target is None:
        text = f'{said}"#{shown(wanted)}", which is not in the file'
        findings.append(Finding("bad-value", text, "export the logo again", node.place))
    elif target.tag not in _allowed_targets(node, name):
        text = f"{said}<{target.tag}>"
        findings.append(Finding("bad-value", text, "export the logo again as plain SVG", node.place))
    elif node.tag == "use" and name == "href":
        for side in ("width", "height"):
            if target.tag == "symbol":
                node.attributes.setdefault(side, "100%")
            else:
                node.attributes.pop(side, None)


def _check_dashes(root: Node, outline: float, findings: list[Finding]) -> None:
    """Refuse lines of too many dashes: the engine draws each, for minutes if it must.

    ``outline`` is the length of all outlines, which the shortest dashes of the file are held against.
    """
    dashed = [node for node in root.walk() if node.attributes.get("stroke-dasharray", "none") != "none"]
    if not dashed:
        return
    finest = min(dashed, key=_dashes_length)
    if outline > _dashes_length(finest) * MAX_DASHES:
        text = f"the dashes of <{finest.tag}> are too many, more than {MAX_DASHES}"
        hint = "make the line solid, or expand it to shapes"
        findings.append(Finding("too-large", text, hint, finest.place))


def _dashes_length(node: Node) -> float:
    return sum(map(float, node.attributes["stroke-dasharray"].split()))


def _outline(node: Node, view: float) -> float:
    """Return a length that a shape's outline does not exceed; a percentage is one of the view."""
    attributes = node.attributes
    if node.tag not in rules.SHAPES:
        return 0.0
    words = attributes.get("d") or attributes.get("points")
    if words:
        numbers = list(map(float, _NUMBER.findall(words)))
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        # Twice, for the closing lines; control points never make the way shorter.
        return 2 * sum(map(dist, points, points[1:]))
    sizes = [attributes[name] for name in _SIZES if name in attributes]
    return 8 * sum(
        abs(float(size.removesuffix("%"))) * (view / 100 if size.endswith("%") else 1) for size in sizes
    )


def _check_clip(clip: Node, by_id: dict[str, Node], findings: list[Finding]) -> None:
    """Check that the engine draws a clipping path as it is meant.

    It keeps one shape's move for the next shape, fills by the nonzero rule, and clips no clip.
    """

    def refuse(text: str, place: Place) -> None:
        findings.append(Finding("unsafe-file", text, FLATTEN, place))

    for shape in clip.children:
        parts = [shape]
        if shape.tag == "use" and (reference := shape.references.get("href")):
            target = by_id.get(reference.id)
            if target and target.tag not in rules.SHAPES:
                refuse(f"<use> in <clipPath> refers to <{target.tag}>", shape.place)
            parts += [target] if target else []
        if len(clip.children) > 1 and any(map(_moves, parts)):
            refuse("a <clipPath> of several shapes, of which one is moved, is not allowed", shape.place)
        if any("clip-path" in part.references for part in parts):
            refuse("clip-path inside a <clipPath> is not allowed in a logo", shape.place)
        if any(part.clip_rule == "evenodd" for part in parts) and any(map(_has_several_parts, parts)):
            refuse("clip-rule evenodd in a <clipPath> is not allowed in a logo", shape.place)


def _moves(node: Node) -> bool:
    return "transform" in node.attributes or (node.tag == "use" and bool({"x", "y"} & node.attributes.keys()))


def _has_several_parts(node: Node) -> bool:
    return node.attributes.get("d", "").count("M") > 1


def _is_drawn(node: Node, by_id: dict[str, Node], fill: str = "black", stroke: str = "none") -> bool:
    """Say whether a node, or anything in it, is painted; ``fill`` and ``stroke`` are what it inherits."""
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
    return any(_is_drawn(child, by_id, fill, stroke) for child in inner)


def _paint(node: Node, name: str, inherited: str) -> str:
    return "url" if name in node.references else node.attributes.get(name, inherited)


@dataclass(frozen=True, slots=True)
class _Extent:
    """What an element stands for, references followed: elements, levels, length of all outlines."""

    count: int
    height: int
    outline: float


class _Measure:
    """Counts a drawing as the engine meets it, references followed."""

    def __init__(self, by_id: dict[str, Node], root: Node) -> None:
        self.by_id = by_id
        self.view = max(map(float, root.attributes["viewBox"].split()[2:]))
        self.open: set[int] = set()
        self.known: dict[int, _Extent] = {}

    def of(self, node: Node, depth: int) -> _Extent:
        """Return what a node stands for; refuse a circle, and what is beyond the limits."""
        if id(node) in self.open:
            text = f"<{node.tag}> refers to itself in a circle"
            raise CampaignError(Finding("unsafe-file", text, "export the logo again", node.place))
        extent = self.known.get(id(node))
        if extent is None:
            self._check_depth(node, depth)
            extent = self.known[id(node)] = self._sum(node, depth)
        self._check_depth(node, depth + extent.height - 1)
        if extent.count > MAX_NODES:
            text = f"the SVG has more than {MAX_NODES} elements once each <use> is followed"
            raise CampaignError(Finding("too-large", text, "simplify the drawing", node.place))
        return extent

    def _sum(self, node: Node, depth: int) -> _Extent:
        self.open.add(id(node))
        below = [self.of(part, depth + 1) for part in self._parts(node)]
        self.open.remove(id(node))
        return _Extent(
            1 + sum(extent.count for extent in below),
            1 + max((extent.height for extent in below), default=0),
            _outline(node, self.view) + sum(extent.outline for extent in below),
        )

    def _parts(self, node: Node) -> list[Node]:
        targets = (node.references[name].id for name in ("href", "clip-path") if name in node.references)
        return [*node.children, *(self.by_id[target] for target in targets if target in self.by_id)]

    def _check_depth(self, node: Node, depth: int) -> None:
        if depth > MAX_DEPTH:
            text = f"elements are nested more than {MAX_DEPTH} deep once each <use> is followed"
            hint = "ungroup the drawing, then export again"
            raise CampaignError(Finding("too-large", text, hint, node.place))
