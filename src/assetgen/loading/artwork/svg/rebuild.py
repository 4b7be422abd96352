"""Parse an SVG logo, and write a new SVG from its allowed elements, attributes and values.

Content that changes the picture but is not allowed (text, a picture, a style sheet, a link to another file) is reported
as a finding. An editor's metadata is removed silently. The result has only plain numbers, colours and references, and
rebuilding it again gives the same bytes. Ids are numbered in the order of the file. They start with a hash of the whole
drawing, so that the ids of two logos on one page do not clash.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import quoteattr

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.artwork.svg import rules
from assetgen.loading.artwork.svg.values import (
    EMPTY_PATH,
    MAX_VALUE_LENGTH,
    Reference,
    RefusedReference,
    RefusedValue,
    Value,
    plain,
    read_length_px,
)

MAX_BYTES = 200_000
SIMPLIFY_HINT = "simplify the paths, or remove embedded pictures"
MAX_NODES = 5_000
MAX_DEPTH = 32
PLAIN_UTF_8_HINT = "export the logo again as plain SVG, saved as UTF-8"

_DECLARATION = re.compile(r"""((?:[^;"'()]|"[^"]*"|'[^']*'|\([^()]*\))*)(;|$)""")


@dataclass(slots=True)
class SvgSource:
    """One element of the file, unchanged. The names of ``attributes`` are ``{namespace}name`` or ``name``."""

    namespace: str
    tag: str
    attributes: dict[str, str]
    place: Place
    children: list[SvgSource] = field(default_factory=list)
    has_text: bool = False


def read_source(content: bytes, file: str) -> SvgSource:
    """Parse the file and return its root element. Raises CampaignError if it cannot be parsed safely."""
    _check_bytes(content, file)
    tree = _TreeBuilder(file)
    parser = DefusedXMLParser(target=tree, encoding="utf-8", forbid_dtd=True)
    expat = parser.parser
    tree.position = lambda: (expat.CurrentLineNumber, expat.CurrentColumnNumber + 1)
    try:
        parser.feed(content)
        parser.close()
    except ParseError as fault:
        line, column = fault.position
        text = f"the XML is invalid: {str(fault).partition(': line')[0]}"
        _refuse("bad-value", text, PLAIN_UTF_8_HINT, Place(file, line, column + 1))
    except DefusedXmlException:
        _refuse(
            "unsafe-file",
            "a DOCTYPE is not allowed in a logo",
            "delete the part from <!DOCTYPE to its closing >, or export a plain SVG",
            Place(file, *tree.position()),
        )
    if tree.root is None:
        _refuse("bad-value", "the file has no SVG element", PLAIN_UTF_8_HINT, Place(file))
    return tree.root


def _check_bytes(content: bytes, file: str) -> None:
    """Raise CampaignError if the file is compressed, a PNG, too large or not UTF-8. Nothing is parsed yet."""
    if content.startswith(b"\x1f\x8b"):
        hint = "decompress it (an .svgz is gzip), and save it as .svg"
        _refuse("bad-value", "the file is compressed", hint, Place(file))
    if content.startswith(b"\x89PNG"):
        _refuse("bad-value", "the file is a PNG picture", "rename it to .png", Place(file))
    if len(content) > MAX_BYTES:
        text = f"the file has {len(content):,} bytes; the limit is {MAX_BYTES:,}"
        _refuse("too-large", text, SIMPLIFY_HINT, Place(file))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("bad-value", "the file is not UTF-8 text", PLAIN_UTF_8_HINT, Place(file))
    if "\0" in text:
        _refuse("bad-value", "the file is not UTF-8 text", PLAIN_UTF_8_HINT, Place(file))


def _refuse(code: str, text: str, hint: str, place: Place) -> NoReturn:
    raise CampaignError(Finding(code, text, hint, place))


class _TreeBuilder:
    """Builds the tree of elements during parsing. Raises CampaignError when a limit is exceeded."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: SvgSource | None = None
        self.open: list[SvgSource] = []
        self.count = 0
        self.position: Callable[[], tuple[int, int]] = lambda: (1, 1)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Add the element of a start tag."""
        place = Place(self.file, *self.position())
        self.count += 1
        if self.count > MAX_NODES:
            text = f"the SVG has more than {MAX_NODES:,} elements"
            _refuse("too-large", text, "simplify the drawing", place)
        if len(self.open) >= MAX_DEPTH:
            text = f"elements are nested more than {MAX_DEPTH} deep"
            _refuse("too-large", text, "ungroup the drawing, then export again", place)
        namespace, _, tag = name.rpartition("}")
        element = SvgSource(namespace.removeprefix("{"), tag, dict(attributes), place)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _name: str) -> None:
        """Close the current element."""
        self.open.pop()

    def data(self, text: str) -> None:
        """Record that the current element contains text."""
        if self.open and text.strip():
            self.open[-1].has_text = True

    def close(self) -> None:
        """Do nothing at the end of the file: the parser requires this method."""


def read_declarations(style: str) -> dict[str, str]:
    """Return the properties of a ``style`` attribute. Raises ValueError if it is not a plain list of declarations."""
    properties: dict[str, str] = {}
    position = 0
    if "\\" in style or "/*" in style:
        raise ValueError("escapes and comments are not allowed")
    while position < len(style):
        found = _DECLARATION.match(style, position)
        if not found:
            raise ValueError("a bracket or a quote is not closed")
        position = found.end()
        name, colon, value = found[1].partition(":")
        if not found[1].strip():
            continue
        if not colon:
            raise ValueError(f"{name.strip()[:40]} has no value")
        properties[name.strip().lower()] = value.partition("!")[0].strip()
    return properties


# The rebuilt paths have absolute coordinates, which are longer than relative ones. WeasyPrint is slow beyond this size.
MAX_REBUILT_BYTES = 3 * MAX_BYTES
MAX_RATIO = 1000
IN_FILE_HINT = 'use only references within the file: "#id"'


@dataclass(slots=True)
class Node:
    """One element of the rebuilt drawing. ``id`` is the id in the original file; ``write_drawing`` replaces it."""

    tag: str
    place: Place
    attributes: dict[str, str] = field(default_factory=dict)
    references: dict[str, Reference] = field(default_factory=dict)
    id: str | None = None
    clip_rule: str = "nonzero"
    children: list[Node] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        """Yield this node and all its descendants, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class Drawing:
    """A rebuilt drawing before its references are checked; ``width`` and ``height`` are in px."""

    root: Node
    width: float
    height: float
    unsupported: dict[str, str]
    """The id of each element that is drawn only by reference and not supported (a mask, a pattern) → its tag."""


def printable(value: str) -> str:
    """Return a value as shown in a finding: printable, on one line, at most 40 characters."""
    text = "".join(letter if letter.isprintable() else " " for letter in value)
    return text if len(text) <= 40 else text[:39] + "…"


def read_drawing(content: bytes, file: str, findings: list[Finding]) -> Drawing | None:
    """Rebuild an SVG file. Return the drawing, or None if the root is not ``svg``. Add a finding for each fault."""
    source = read_source(content, file)
    if source.tag != "svg" or source.namespace not in (rules.SVG, ""):
        text = f"the file has <{printable(source.tag)}> as its root element, not <svg>"
        findings.append(Finding("bad-value", text, "export the logo as plain SVG", source.place))
        return None
    return _Rebuilder(findings).drawing(source)


class _Rebuilder:
    """Turns source elements into nodes. Adds a finding for whatever is not allowed."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        self.unsupported: dict[str, str] = {}

    def drawing(self, source: SvgSource) -> Drawing:
        """Return the whole drawing with its size."""
        root = self._node(source, Node("", source.place))
        width, height, box = self._size(source, root.attributes.get("viewBox"))
        aspect = root.attributes.get("preserveAspectRatio", "xMidYMid")
        kept = {name: root.attributes[name] for name in rules.PRESENTATION if name in root.attributes}
        root.attributes = {"xmlns": rules.SVG, "viewBox": box, "preserveAspectRatio": aspect, **kept}
        root.attributes |= {"width": plain(width), "height": plain(height)}
        root.attributes.pop("overflow", None)
        if not 1 / MAX_RATIO <= width / height <= MAX_RATIO:
            text = f"one side of the logo is more than {MAX_RATIO} times the other"
            self._add("bad-value", text, "check width, height and viewBox of <svg>", source.place)
        return Drawing(root, float(plain(width)), float(plain(height)), self.unsupported)

    def _size(self, source: SvgSource, box: str | None) -> tuple[float, float, str]:
        """Return the width and height in px, and the viewBox. A missing value is derived from the others."""
        sizes: list[float | None] = []
        for name in ("width", "height"):
            length = source.attributes.get(name, "100%").strip()
            size = None if length.endswith("%") or length == "auto" else self._side(source, name, length)
            sizes.append(size)
        width, height = sizes
        if box is None:
            if (width is None or height is None) and "viewBox" not in source.attributes:
                hint = 'add viewBox="0 0 width height" to <svg>, or export again'
                text = "the logo has no size: <svg> has neither viewBox nor width and height"
                if {"width", "height"} & set(source.attributes) and not (width or height):
                    text = "the logo has no size: <svg> has no viewBox, and its width and height are relative"
                self._add("bad-value", text, hint, source.place)
            return width or 1, height or 1, f"0 0 {plain(width or 1)} {plain(height or 1)}"
        box_width, box_height = map(float, box.split()[2:])
        ratio = box_width / box_height
        if width is None and height is None:
            return box_width, box_height, box
        return width or (height or 1) * ratio, height or (width or 1) / ratio, box

    def _side(self, source: SvgSource, name: str, length: str) -> float | None:
        try:
            side = float(plain(read_length_px(length)))
            if side > 0:
                return side
            reason = "it must be larger than 0"
        except RefusedValue as refused:
            reason = str(refused)
        self._bad(source, name, length, reason)
        return None

    def _node(self, source: SvgSource, parent: Node) -> Node:
        node = Node(source.tag, source.place, clip_rule=parent.clip_rule)
        node.id = source.attributes.get("id") or None
        is_root = not parent.tag
        for name, text in self._attributes(source).items():
            if name == "clip-path" and source.tag in ("svg", "symbol", "clipPath"):
                self._add(
                    "unsafe-file",
                    f"clip-path on <{source.tag}> is not allowed in a logo",
                    "put it on a <g> element instead",
                    source.place,
                )
            elif not (is_root and name in ("x", "y", "width", "height")):
                self._read(source, node, name, text)
        for child in source.children:
            self._child(source, child, node)
        _make_explicit(node)
        return node

    def _child(self, source: SvgSource, child: SvgSource, node: Node) -> None:
        """Rebuild a child element, remove it silently, or add a finding."""
        if child.namespace not in (rules.SVG, "", rules.XHTML) or child.tag in rules.IGNORED_ELEMENTS:
            return
        if child.tag == "style" and child.namespace != rules.XHTML and not child.has_text:
            return
        if child.tag in rules.UNSUPPORTED_TARGETS and child.namespace != rules.XHTML:
            self.unsupported.setdefault(child.attributes.get("id", ""), child.tag)
            return
        if child.tag not in rules.ELEMENTS or child.namespace == rules.XHTML:
            hint = rules.ELEMENT_HINTS.get(child.tag, rules.PLAIN_SHAPES_HINT)
            self._add("unsafe-file", f"<{printable(child.tag)}> is not allowed in a logo", hint, child.place)
            return
        allowed = rules.CONTENT.get(source.tag, rules.ELEMENTS.keys() - {"stop"})
        if child.tag not in allowed:
            text = f"<{child.tag}> is not allowed in <{source.tag}>"
            self._add("unsafe-file", text, rules.PLAIN_SHAPES_HINT, child.place)
            return
        node.children.append(self._node(child, node))

    def _attributes(self, source: SvgSource) -> dict[str, str]:
        """Return an element's attributes without those of editors. A ``style`` property replaces the same attribute."""
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
                text = f"{printable(name)} in the style of <{source.tag}> is not allowed in a logo"
                hint = rules.ATTRIBUTE_HINTS.get(name, "export with presentation attributes")
                self._add("unsafe-file", text, hint, source.place)
        return values

    def _read(self, source: SvgSource, node: Node, name: str, text: str) -> None:
        """Read one attribute into the node."""
        if name.lower().startswith("on"):
            message = f"{printable(name)} on <{source.tag}> is not allowed in a logo"
            self._add("unsafe-file", message, "export again without scripts", source.place)
            return
        if name == "href" and not text.strip().startswith("#"):
            self._outside(source, name, text)
            return
        reader = rules.ELEMENTS[source.tag].get(name) or rules.PRESENTATION.get(name)
        if reader is None:
            moves_view = name == "transform" and source.tag in ("svg", "symbol")
            if moves_view or not (name in rules.GEOMETRY or rules.is_inert(name, text)):
                message = f"{printable(name)} on <{source.tag}> is not allowed in a logo"
                hint = rules.ATTRIBUTE_HINTS.get(name, rules.PLAIN_SHAPES_HINT)
                self._add("unsafe-file", message, hint, source.place)
            return
        if source.tag not in rules.ONLY_ON.get(name, rules.ELEMENTS):
            return
        if text.strip() == "inherit" and name in rules.PRESENTATION.keys() - rules.NOT_INHERITED:
            return
        if len(text) > MAX_VALUE_LENGTH and name not in rules.LISTS:
            self._bad(source, name, text, f"it is longer than {MAX_VALUE_LENGTH} characters")
            return
        try:
            _put(node, name, reader(text))
        except RefusedReference:
            self._outside(source, name, text)
        except RefusedValue as refused:
            self._bad(source, name, text, str(refused))

    def _outside(self, source: SvgSource, name: str, text: str) -> None:
        message = f"{name} on <{source.tag}> refers outside the file: {printable(text)}"
        self._add("unsafe-file", message, IN_FILE_HINT, source.place)

    def _bad(self, source: SvgSource, name: str, text: str, reason: str) -> None:
        message = f'{name}="{printable(text)}" on <{source.tag}>: {reason}'
        self._add("bad-value", message, "export the logo again as plain SVG", source.place)

    def _add(self, code: str, text: str, hint: str, place: Place) -> None:
        self.findings.append(Finding(code, text, hint, place))


def _put(node: Node, name: str, value: Value) -> None:
    """Set an attribute of the node to a normalised value."""
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


def _make_explicit(node: Node) -> None:
    """Add the attributes and elements without which WeasyPrint draws a node differently from a browser."""
    attributes = node.attributes
    if node.tag == "path":
        attributes.setdefault("d", EMPTY_PATH)
    if node.tag in ("polyline", "polygon") and attributes.get("points", "").count(" ") < 3:
        # WeasyPrint fails on a list of points that has no line.
        attributes.pop("points", None)
        node.tag, attributes["d"] = "path", EMPTY_PATH
    if node.tag != "defs":
        # After a symbol was used, WeasyPrint also draws it at its own place, unless it is inside <defs>.
        node.children = [_in_defs(child) if child.tag == "symbol" else child for child in node.children]
    if node.tag in ("svg", "symbol"):
        # WeasyPrint would inherit the outer alignment, and would clip a translucent view at the wrong place.
        attributes.setdefault("preserveAspectRatio", "xMidYMid")
        if opacity := attributes.pop("opacity", None):
            node.children = [Node("g", node.place, {"opacity": opacity}, children=node.children)]
    if node.tag == "svg":
        attributes.setdefault("width", "100%")
        attributes.setdefault("height", "100%")
    if node.tag in rules.GRADIENTS and len(node.children) == 1:
        # With only one stop, WeasyPrint would paint the fill even if the stroke uses the gradient.
        node.children *= 2


def _in_defs(symbol: Node) -> Node:
    return Node("defs", symbol.place, children=[symbol])


def write_drawing(drawing: Drawing) -> bytes:
    """Return the drawing as SVG without a prolog. Attributes are sorted; each id is a hash and a number."""
    referenced = _referenced_ids(drawing.root)
    # A removed group may have had the last reference to another one, so repeat until nothing changes.
    while _prune(drawing.root, referenced):
        referenced = _referenced_ids(drawing.root)
    numbers: dict[str, str] = {}
    for node in drawing.root.walk():
        if node.id in referenced:
            numbers[node.id or ""] = str(len(numbers) + 1)
    unnamed = _element(drawing.root, numbers)
    prefix = f"logo-{hashlib.sha256(unnamed.encode()).hexdigest()[:8]}-"
    return _element(drawing.root, {id_: prefix + number for id_, number in numbers.items()}).encode()


def _referenced_ids(root: Node) -> set[str]:
    return {reference.id for node in root.walk() for reference in node.references.values()}


def _prune(node: Node, referenced: set[str]) -> bool:
    """Remove empty groups that nothing refers to. Return whether a group was removed."""
    pruned = [_prune(child, referenced) for child in node.children]
    kept = [
        child
        for child in node.children
        if child.tag not in ("g", "defs", "symbol") or child.children or child.id in referenced
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
    attributes = "".join(f" {name}={quoteattr(written[name])}" for name in sorted(written))
    inside = "".join(_element(child, ids) for child in node.children)
    return f"<{node.tag}{attributes}>{inside}</{node.tag}>" if inside else f"<{node.tag}{attributes}/>"
