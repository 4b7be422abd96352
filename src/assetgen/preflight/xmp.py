"""The XMP of a raster file: its alt text, and nothing else (IPTC Photo Metadata 2021.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

MOST_BYTES = 64_000
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
IPTC = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
DEFAULT = "x-default"
"""The language of an alt text for readers of any other (XMP specification, part 1, 8.2.2.4)."""
ALT = f"{IPTC}AltTextAccessibility"
WRAPPING = {
    "{adobe:ns:meta/}xmpmeta": set[str](),
    f"{RDF}RDF": set[str](),
    f"{RDF}Description": {f"{RDF}about"},
    ALT: set[str](),
    f"{RDF}Alt": set[str](),
    f"{RDF}li": {LANGUAGE},
}


def read_xmp(content: bytes) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Return the alt texts of an XMP packet by their language, and the names of all else in it. Raises ValueError."""
    if len(content) > MOST_BYTES:
        raise ValueError("its XMP is out of all measure")
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ValueError("its XMP cannot be read") from error
    items = [item for alt in root.iter(ALT) for item in alt.iter(f"{RDF}li")]
    alts = {item.attrib.get(LANGUAGE, DEFAULT): (item.text or "").strip() for item in items}
    if len(alts) < len(items):
        raise ValueError("its XMP says two alt texts in one language")
    return alts, tuple(dict.fromkeys(_others(root)))


def _others(root: Element) -> Iterator[str]:
    """Yield the names of elements and attributes that no alt text needs."""
    for element in root.iter():
        name = str(element.tag)
        allowed = WRAPPING.get(name)
        if allowed is None:
            yield name.rpartition("}")[2]
            continue
        yield from (key.rpartition("}")[2] for key in element.attrib if key not in allowed)
        if element.attrib.get(f"{RDF}about"):
            yield "about"
