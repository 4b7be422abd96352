"""A tagged page as PDF/UA-1 wants it: figures stand where they are said to stand, and decoration is none.

It is PDF/A-2b as well, so that it can still be opened, and looks the same, in years: its light is sRGB by a profile of
its own, and its XMP explains the one property that PDF/A does not know.

The engine says in px from the top where a figure is, PDF in pt from below; and it tags every drawing as a figure, also
those that say nothing and only decorate.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator, String

from assetgen.render.encode import srgb_profile
from assetgen.units import PX_PER_PT

SRGB = "sRGB IEC61966-2.1"
# PDF/A takes properties of other schemas where the file describes them (ISO 19005-2, 6.6.2.3).
ARCHIVED = """<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 pdfaid:part="2" pdfaid:conformance="B"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Which part of ISO 14289 the file keeps</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


def mend_figures(page: bytes) -> bytes:
    """Return the PDF with each figure's box where the figure is, and with decoration as artifacts."""
    with pikepdf.open(io.BytesIO(page)) as pdf:
        root = pdf.Root.StructTreeRoot
        decoration = set(_take_decoration(root))
        _to_artifacts(pdf, decoration)
        top = float(pdf.pages[0].obj.MediaBox[3])
        for figure in _figures(root):
            for held in _each(figure.get("/A")):
                if "/BBox" in held:
                    left, first, right, second = (float(value) / PX_PER_PT for value in held.BBox)
                    low, high = sorted((top - first, top - second))
                    held.BBox = pikepdf.Array([round(side, 3) for side in (left, low, right, high)])
        _to_last(pdf)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, compress_streams=True)
    return out.getvalue()


def _to_last(pdf: pikepdf.Pdf) -> None:
    """Name the standard for files that are kept (ISO 19005-2), and what the page's light means."""
    profile = pdf.make_stream(srgb_profile())
    profile.N = 3
    pdf.Root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name("/GTS_PDFA1"),
                OutputConditionIdentifier=String(SRGB),
                Info=String(SRGB),
                DestOutputProfile=profile,
            )
        ]
    )
    resources = pdf.pages[0].obj.Resources
    for key in ("/Pattern", "/Shading"):
        if key in resources and not len(resources[key]):
            del resources[key]
    said = pdf.Root.Metadata.read_bytes().decode("utf-8")
    before, end, after = said.rpartition("</rdf:RDF>")
    metadata = pdf.make_stream(f"{before}{ARCHIVED}{end}{after}".encode())
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = metadata


def _take_decoration(element: Any) -> Iterator[int]:
    """Take figures that say nothing out of the structure; yield the numbers of their marked content."""
    kept = pikepdf.Array()
    for one in _kids(element):
        if (
            isinstance(one, pikepdf.Dictionary)
            and one.get("/S") == "/Figure"
            and not str(one.get("/Alt", ""))
        ):
            yield from _numbers(one)
            continue
        if isinstance(one, pikepdf.Dictionary):
            yield from _take_decoration(one)
        kept.append(one)
    if "/K" in element:
        element.K = kept


def _numbers(element: Any) -> Iterator[int]:
    for one in _kids(element):
        if isinstance(one, pikepdf.Dictionary):
            yield from [int(one.MCID)] if "/MCID" in one else _numbers(one)
        else:
            yield int(one)


def _to_artifacts(pdf: pikepdf.Pdf, decoration: set[int]) -> None:
    """Mark content of these numbers as an artifact: what is read aloud passes it by."""
    page = pdf.pages[0]
    instructions: list[Any] = []
    for one in pikepdf.parse_content_stream(page):
        marks: Any = one.operands[1] if str(one.operator) == "BDC" and len(one.operands) == 2 else None
        if isinstance(marks, pikepdf.Dictionary) and "/MCID" in marks and int(marks.MCID) in decoration:
            instructions.append(([Name.Artifact], Operator("BMC")))
        else:
            instructions.append((one.operands, one.operator))
    page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K")
    return list(kids) if isinstance(kids, pikepdf.Array) else [] if kids is None else [kids]


def _each(value: Any) -> Iterator[Any]:
    """Yield the dictionaries of a value that is one, or a list of them."""
    for one in value if isinstance(value, pikepdf.Array) else [value]:
        if isinstance(one, pikepdf.Dictionary):
            yield one


def _figures(element: Any) -> Iterator[Any]:
    for one in _kids(element):
        if isinstance(one, pikepdf.Dictionary):
            if one.get("/S") == "/Figure":
                yield one
            yield from _figures(one)
