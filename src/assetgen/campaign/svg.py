"""An SVG logo, rebuilt: read with care, and written anew from what is allowed, never copied.

What would change the picture if it were left out (text, a picture, a style sheet, a link to another
file) is a finding; what an editor notes for itself is left out in silence. The result holds plain
numbers, colours and references alone, and rebuilding it again gives the same bytes: ids are numbered in
the order of the file and begin with a hash of the whole drawing, so that two logos on one page cannot
meet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from assetgen.campaign import svg_rules as rules
from assetgen.campaign.svg_path import NOTHING_DRAWN
from assetgen.campaign.svg_source import MAX_BYTES, Source, read_declarations, read_source
from assetgen.campaign.svg_values import (
    LONGEST_WORD,
    Reference,
    Refused,
    RefusedReference,
    Value,
    plain,
    read_length_px,
)
from assetgen.findings import Finding, Place

# Absolute numbers are longer than an exporter's relative ones; beyond this the engine is slow.
MAX_REBUILT_BYTES = 3 * MAX_BYTES
MAX_RATIO = 1000
IN_FILE = 'only references within the file are taken: "#id"'


@dataclass(slots=True)
class Node:
    """One element of the rebuilt drawing. ``id`` is the file's own until the drawing is written."""

    tag: str
    place: Place
    attributes: dict[str, str] = field(default_factory=dict)
    references: dict[str, Reference] = field(default_factory=dict)
    id: str | None = None
    clip_rule: str = "nonzero"
    children: list[Node] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class Drawing:
    """A rebuilt drawing before its references are checked; ``width`` and ``height`` are in px."""

    root: Node
    width: float
    height: float
    set_aside: dict[str, str]
    """The id of what is drawn only by reference and never taken (a mask, a pattern) → its element."""


def shown(value: str) -> str:
    """Return a value for a finding: on one line, printable, not too long."""
    words = "".join(letter if letter.isprintable() else " " for letter in value)
    return words if len(words) <= 40 else words[:39] + "…"


def read_drawing(content: bytes, file: str, findings: list[Finding]) -> Drawing | None:
    """Return the drawing, or None if the file is no SVG; add what is wrong to the findings."""
    source = read_source(content, file)
    if source.tag != "svg" or source.namespace not in (rules.SVG, ""):
        text = f"the file holds <{shown(source.tag)}>, not <svg>"
        findings.append(Finding("bad-value", text, "export the logo as plain SVG", source.place))
        return None
    return _Rebuild(findings).drawing(source)


class _Rebuild:
    """Turns source elements into nodes, and notes what is not allowed."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        self.set_aside: dict[str, str] = {}

    def drawing(self, source: Source) -> Drawing:
        """Return the whole drawing, with its size."""
        root = self._node(source, Node("", source.place))
        width, height, box = self._size(source, root.attributes.get("viewBox"))
        aspect = root.attributes.get("preserveAspectRatio", "xMidYMid")
        kept = {name: root.attributes[name] for name in rules.PRESENTATION if name in root.attributes}
        root.attributes = {"xmlns": rules.SVG, "viewBox": box, "preserveAspectRatio": aspect, **kept}
        root.attributes |= {"width": plain(width), "height": plain(height)}
        root.attributes.pop("overflow", None)
        if not 1 / MAX_RATIO <= width / height <= MAX_RATIO:
            text = f"one side of the logo is more than {MAX_RATIO} times the other"
            self._add("bad-value", text, "look at width, height and viewBox of <svg>", source.place)
        return Drawing(root, float(plain(width)), float(plain(height)), self.set_aside)

    def _size(self, source: Source, box: str | None) -> tuple[float, float, str]:
        """Return width, height (px) and view box; each stands in for another that is missing."""
        sizes: list[float | None] = []
        for name in ("width", "height"):
            word = source.attributes.get(name, "100%").strip()
            size = None if word.endswith("%") or word == "auto" else self._side(source, name, word)
            sizes.append(size)
        width, height = sizes
        if box is None:
            if (width is None or height is None) and "viewBox" not in source.attributes:
                hint = 'add viewBox="0 0 width height" to <svg>, or export again'
                text = "the logo has no size: neither viewBox nor width and height"
                if {"width", "height"} & set(source.attributes) and not (width or height):
                    text = "the logo has no size: no viewBox, and width and height are shares of the page"
                self._add("bad-value", text, hint, source.place)
            return width or 1, height or 1, f"0 0 {plain(width or 1)} {plain(height or 1)}"
        box_width, box_height = map(float, box.split()[2:])
        ratio = box_width / box_height
        if width is None and height is None:
            return box_width, box_height, box
        return width or (height or 1) * ratio, height or (width or 1) / ratio, box

    def _side(self, source: Source, name: str, word: str) -> float | None:
        try:
            side = float(plain(read_length_px(word)))
            if side > 0:
                return side
            reason = "it must be larger than 0"
        except Refused as refused:
            reason = str(refused)
        self._bad(source, name, word, reason)
        return None

    def _node(self, source: Source, parent: Node) -> Node:
        node = Node(source.tag, source.place, clip_rule=parent.clip_rule)
        node.id = source.attributes.get("id") or None
        is_root = not parent.tag
        for name, text in self._attributes(source).items():
            if name == "clip-path" and source.tag in ("svg", "symbol", "clipPath"):
                self._add(
                    "unsafe-file",
                    f"clip-path on <{source.tag}> is not allowed in a logo",
                    "put it on a group instead",
                    source.place,
                )
            elif not (is_root and name in ("x", "y", "width", "height")):
                self._read(source, node, name, text)
        for child in source.children:
            self._child(source, child, node)
        _mend(node)
        return node

    def _child(self, source: Source, child: Source, node: Node) -> None:
        """Rebuild a child, leave it out, or refuse it."""
        if child.namespace not in (rules.SVG, "", rules.XHTML) or child.tag in rules.UNSEEN:
            return
        if child.tag == "style" and child.namespace != rules.XHTML and not child.has_text:
            return
        if child.tag in rules.SET_ASIDE and child.namespace != rules.XHTML:
            self.set_aside.setdefault(child.attributes.get("id", ""), child.tag)
            return
        if child.tag not in rules.ELEMENTS or child.namespace == rules.XHTML:
            hint = rules.ELEMENT_HINTS.get(child.tag, rules.SHAPES_ALONE)
            self._add("unsafe-file", f"<{shown(child.tag)}> is not allowed in a logo", hint, child.place)
            return
        allowed = rules.CONTENT.get(source.tag, rules.ELEMENTS.keys() - {"stop"})
        if child.tag not in allowed:
            text = f"<{child.tag}> is not allowed in <{source.tag}>"
            self._add("unsafe-file", text, rules.SHAPES_ALONE, child.place)
            return
        node.children.append(self._node(child, node))

    def _attributes(self, source: Source) -> dict[str, str]:
        """Return the attributes that count: no editor's own, the style's properties over the others."""
        values: dict[str, str] = {}
        for name, value in source.attributes.items():
            if name == f"{{{rules.XLINK}}}href":
                values.setdefault("href", value)
            elif not name.startswith("{") and name not in ("id", "style"):
                values[name] = value
        if "style" not in source.attributes:
            return values
        try:
            properties = read_declarations(source.attributes["style"])
        except ValueError as refused:
            self._bad(source, "style", source.attributes["style"], str(refused))
            return values
        for name, value in properties.items():
            if name in rules.PRESENTATION:
                values[name] = value
            elif not rules.is_inert(name, value):
                text = f"{shown(name)} in the style of <{source.tag}> is not allowed in a logo"
                hint = rules.ATTRIBUTE_HINTS.get(name, "export with presentation attributes")
                self._add("unsafe-file", text, hint, source.place)
        return values

    def _read(self, source: Source, node: Node, name: str, text: str) -> None:
        """Read one attribute into the node."""
        if name.lower().startswith("on"):
            message = f"{shown(name)} on <{source.tag}> is not allowed in a logo"
            self._add("unsafe-file", message, "export again without scripts", source.place)
            return
        if name == "href" and not text.strip().startswith("#"):
            self._outside(source, name, text)
            return
        reader = rules.ELEMENTS[source.tag].get(name) or rules.PRESENTATION.get(name)
        if reader is None:
            moves_view = name == "transform" and source.tag in ("svg", "symbol")
            if moves_view or not (name in rules.GEOMETRY or rules.is_inert(name, text)):
                message = f"{shown(name)} on <{source.tag}> is not allowed in a logo"
                hint = rules.ATTRIBUTE_HINTS.get(name, rules.SHAPES_ALONE)
                self._add("unsafe-file", message, hint, source.place)
            return
        if source.tag not in rules.ONLY_ON.get(name, rules.ELEMENTS):
            return
        if text.strip() == "inherit" and name in rules.PRESENTATION.keys() - rules.NOT_INHERITED:
            return
        if len(text) > LONGEST_WORD and name not in rules.LISTS:
            self._bad(source, name, text, f"it is longer than {LONGEST_WORD} letters")
            return
        try:
            _put(node, name, reader(text))
        except RefusedReference:
            self._outside(source, name, text)
        except Refused as refused:
            self._bad(source, name, text, str(refused))

    def _outside(self, source: Source, name: str, text: str) -> None:
        message = f"{name} on <{source.tag}> refers outside the file: {shown(text)}"
        self._add("unsafe-file", message, IN_FILE, source.place)

    def _bad(self, source: Source, name: str, text: str, reason: str) -> None:
        message = f'{name}="{shown(text)}" on <{source.tag}>: {reason}'
        self._add("bad-value", message, "export the logo again as plain SVG", source.place)

    def _add(self, code: str, text: str, hint: str, place: Place) -> None:
        self.findings.append(Finding(code, text, hint, place))


def _put(node: Node, name: str, value: Value) -> None:
    """Set an attribute of the node to a value in its plain spelling."""
    if name == "clip-rule":
        node.clip_rule = str(value)
    elif (name == "overflow" and value != "visible") or (name == "display" and value != "none"):
        return
    elif name == "visibility" and value == "collapse":
        node.attributes[name] = "hidden"
    elif isinstance(value, Reference):
        node.references[name] = value
    elif value is not None:
        node.attributes[name] = value


def _mend(node: Node) -> None:
    """Say outright what the engine would guess differently from a browser."""
    attributes = node.attributes
    if node.tag == "path":
        attributes.setdefault("d", NOTHING_DRAWN)
    if node.tag in ("polyline", "polygon") and attributes.get("points", "").count(" ") < 3:
        # The engine stops at a corner list without a line in it.
        attributes.pop("points", None)
        node.tag, attributes["d"] = "path", NOTHING_DRAWN
    if node.tag != "defs":
        # The engine draws a symbol a second time where it stands, once it was used.
        node.children = [_hidden(child) if child.tag == "symbol" else child for child in node.children]
    if node.tag in ("svg", "symbol"):
        # The engine passes the outer alignment on, and cuts a see-through view at the wrong place.
        attributes.setdefault("preserveAspectRatio", "xMidYMid")
        if opacity := attributes.pop("opacity", None):
            node.children = [Node("g", node.place, {"opacity": opacity}, children=node.children)]
    if node.tag == "svg":
        attributes.setdefault("width", "100%")
        attributes.setdefault("height", "100%")
    if node.tag in rules.GRADIENTS and len(node.children) == 1:
        # One stop alone paints the fill even where the stroke refers to it.
        node.children *= 2


def _hidden(symbol: Node) -> Node:
    return Node("defs", symbol.place, children=[symbol])


def write_drawing(drawing: Drawing) -> bytes:
    """Return the drawing as SVG: no prolog, attributes in a fixed order, ids numbered and hashed."""
    referred = _referred(drawing.root)
    # A group that is taken out may have held the last reference to another.
    while _prune(drawing.root, referred):
        referred = _referred(drawing.root)
    numbers: dict[str, str] = {}
    for node in drawing.root.walk():
        if node.id in referred:
            numbers[node.id or ""] = str(len(numbers) + 1)
    unnamed = _element(drawing.root, numbers)
    prefix = f"logo-{hashlib.sha256(unnamed.encode()).hexdigest()[:8]}-"
    return _element(drawing.root, {id_: prefix + number for id_, number in numbers.items()}).encode()


def _referred(root: Node) -> set[str]:
    return {reference.id for node in root.walk() for reference in node.references.values()}


def _prune(node: Node, referred: set[str]) -> bool:
    """Take out groups with nothing in them, which nothing refers to; say whether there were any."""
    pruned = [_prune(child, referred) for child in node.children]
    kept = [
        child
        for child in node.children
        if child.tag not in ("g", "defs", "symbol") or child.children or child.id in referred
    ]
    is_shorter = len(kept) < len(node.children)
    node.children = kept
    if node.tag == "g" and not kept:
        node.attributes.pop("transform", None)
    return is_shorter or any(pruned)


def _element(node: Node, ids: Mapping[str, str]) -> str:
    written = dict(node.attributes)
    for name, reference in node.references.items():
        target = ids[reference.id]
        written[name] = f"url(#{target})" if reference.is_url else f"#{target}"
    if node.id in ids:
        written["id"] = ids[node.id or ""]
    words = "".join(f" {name}={quoteattr(written[name])}" for name in sorted(written))
    inside = "".join(_element(child, ids) for child in node.children)
    return f"<{node.tag}{words}>{inside}</{node.tag}>" if inside else f"<{node.tag}{words}/>"
