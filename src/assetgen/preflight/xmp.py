"""Read the XMP metadata of raster, press and office files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, ParseError

import pikepdf
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from assetgen.findings import Finding
from assetgen.preflight.pdf.open_pdf import told

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


AGAIN = "take the file from the build as it is; do not save it again"
PDFX, PDFX_ID = "{http://ns.adobe.com/pdfx/1.3/}", "{http://www.npes.org/pdfx/ns/id/}"
PDF, XMP = "{http://ns.adobe.com/pdf/1.3/}", "{http://ns.adobe.com/xap/1.0/}"
MEDIA, DUBLIN = "{http://ns.adobe.com/xap/1.0/mm/}", "{http://purl.org/dc/elements/1.1/}"
PDFA = "{http://www.aiim.org/pdfa/ns/"
DATES = frozenset(f"{XMP}{name}" for name in ("CreateDate", "ModifyDate", "MetadataDate"))
# What PDF/X names itself by, the title, the program, the day, and an identity that is told from the file itself.
ALLOWED = DATES | {
    "{adobe:ns:meta/}xmpmeta", f"{RDF}RDF", f"{RDF}Description", f"{RDF}Alt", f"{RDF}Seq", f"{RDF}Bag", f"{RDF}li",
    f"{RDF}about", "{http://www.w3.org/XML/1998/namespace}lang",
    f"{PDFX_ID}GTS_PDFXVersion", f"{PDFX_ID}part", f"{PDFX}GTS_PDFXVersion", f"{PDFX}GTS_PDFXConformance",
    f"{PDF}Trapped", f"{PDF}Producer", f"{DUBLIN}title", f"{DUBLIN}description", f"{DUBLIN}language", f"{DUBLIN}format",
    f"{MEDIA}DocumentID", f"{MEDIA}VersionID", f"{MEDIA}RenditionClass", f"{MEDIA}InstanceID",
    "{adobe:ns:meta/}xmptk", "{http://www.aiim.org/pdfua/ns/id/}part",
    # PDF/A's own name, and the words with which it has other schemas described.
    f"{PDFA}id/}}part", f"{PDFA}id/}}conformance", f"{PDFA}extension/}}schemas", f"{RDF}parseType",
    *(f"{PDFA}schema#}}{name}" for name in ("schema", "namespaceURI", "prefix", "property")),
    *(f"{PDFA}property#}}{name}" for name in ("name", "valueType", "category", "description")),
}  # fmt: skip
DAY = re.compile(r"\d{4}-\d{2}-\d{2}(T00:00(:00)?(Z|[+-]00:00)?)?")


def prove_press_xmp(pdf: pikepdf.Pdf) -> Iterator[Finding]:
    """Yield what a press file's XMP has too much, and a time of day in it."""
    metadata = pdf.Root.get("/Metadata")
    if not isinstance(metadata, pikepdf.Stream):
        return
    content = metadata.read_bytes()
    try:
        root = ElementTree.fromstring(content[:MOST_BYTES], forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        yield Finding("metadata", "the file's XMP cannot be read", AGAIN)
        return
    for name in dict.fromkeys(_too_much(root)):
        yield Finding("metadata", f"the file's XMP has {told(name)}", AGAIN)


def _too_much(root: Element) -> Iterator[str]:
    """Yield the names of what no press asks for, and dates with an hour: the clock of a machine."""
    for element in root.iter():
        said = [(str(element.tag), element.text or ""), *element.attrib.items()]
        for name, value in said:
            if name not in ALLOWED:
                yield name.rpartition("}")[2]
            elif name in DATES and value.strip() and not DAY.fullmatch(value.strip()):
                yield f"a time of day in {name.rpartition('}')[2]}"
