"""The XML of an SVG logo: bytes in, a bounded tree with places out. Nothing is fetched or expanded."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place

MAX_BYTES = 200_000
LIGHTER = "simplify the paths, or remove embedded pictures"
MAX_NODES = 5_000
MAX_DEPTH = 32
PLAIN_UTF_8 = "export the logo again as plain SVG, saved as UTF-8"

_DECLARATION = re.compile(r"""((?:[^;"'()]|"[^"]*"|'[^']*'|\([^()]*\))*)(;|$)""")


@dataclass(slots=True)
class Source:
    """One element as the file has it. ``attributes`` has names as ``{namespace}name`` or ``name``."""

    namespace: str
    tag: str
    attributes: dict[str, str]
    place: Place
    children: list[Source] = field(default_factory=list)
    has_text: bool = False


def read_source(content: bytes, file: str) -> Source:
    """Return the root element. Raise ``CampaignError`` for what is no XML of ours to read."""
    _check_bytes(content, file)
    tree = _Tree(file)
    parser = DefusedXMLParser(target=tree, encoding="utf-8", forbid_dtd=True)
    expat = parser.parser
    tree.position = lambda: (expat.CurrentLineNumber, expat.CurrentColumnNumber + 1)
    try:
        parser.feed(content)
        parser.close()
    except ParseError as fault:
        line, column = fault.position
        text = f"the XML is broken: {str(fault).partition(': line')[0]}"
        _refuse("bad-value", text, PLAIN_UTF_8, Place(file, line, column + 1))
    except DefusedXmlException:
        _refuse(
            "unsafe-file",
            "a DOCTYPE is not allowed in a logo",
            "delete the part from <!DOCTYPE to its closing >, or export a plain SVG",
            Place(file, *tree.position()),
        )
    if tree.root is None:
        _refuse("bad-value", "the file holds no SVG", PLAIN_UTF_8, Place(file))
    return tree.root


def _check_bytes(content: bytes, file: str) -> None:
    """Refuse by the first bytes and the size what the parser need not see."""
    if content.startswith(b"\x1f\x8b"):
        hint = "unpack it (an .svgz is gzip), and save it as .svg"
        _refuse("bad-value", "the file is compressed", hint, Place(file))
    if content.startswith(b"\x89PNG"):
        _refuse("bad-value", "the file is a PNG picture", "name it .png", Place(file))
    if len(content) > MAX_BYTES:
        text = f"the SVG has {len(content)} bytes; at most {MAX_BYTES} are taken"
        _refuse("too-large", text, LIGHTER, Place(file))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("bad-value", "the file is not UTF-8 text", PLAIN_UTF_8, Place(file))
    if "\0" in text:
        _refuse("bad-value", "the file is not UTF-8 text", PLAIN_UTF_8, Place(file))


def _refuse(code: str, text: str, hint: str, place: Place) -> NoReturn:
    raise CampaignError(Finding(code, text, hint, place))


class _Tree:
    """Collects the elements as the parser meets them, and stops it at the limits."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Source | None = None
        self.open: list[Source] = []
        self.count = 0
        self.position: Callable[[], tuple[int, int]] = lambda: (1, 1)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take in an element's start tag."""
        place = Place(self.file, *self.position())
        self.count += 1
        if self.count > MAX_NODES:
            text = f"the SVG has more than {MAX_NODES} elements"
            _refuse("too-large", text, "simplify the drawing", place)
        if len(self.open) >= MAX_DEPTH:
            text = f"elements are nested more than {MAX_DEPTH} deep"
            _refuse("too-large", text, "ungroup the drawing, then export again", place)
        namespace, _, tag = name.rpartition("}")
        element = Source(namespace.removeprefix("{"), tag, dict(attributes), place)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _name: str) -> None:
        """Take in an end tag."""
        self.open.pop()

    def data(self, text: str) -> None:
        """Note that an element holds words."""
        if self.open and text.strip():
            self.open[-1].has_text = True

    def close(self) -> None:
        """Take in the end of the file."""


def read_declarations(style: str) -> dict[str, str]:
    """Return the properties of a ``style`` attribute; raise ``ValueError`` where it is no plain list."""
    properties: dict[str, str] = {}
    position = 0
    if "\\" in style or "/*" in style:
        raise ValueError("escapes and comments are not taken")
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
