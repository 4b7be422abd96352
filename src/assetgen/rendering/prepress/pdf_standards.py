"""Finish a PDF for its standard: PDF/X for a press, PDF/UA for reading aloud.

It is PDF/A-2b as well, so that it can still be opened, and looks the same, in years: its light is sRGB by a profile of
its own, and its XMP explains the one property that PDF/A does not know.

The engine says in px from the top where a figure is, PDF in pt from below; and it tags every drawing as a figure, also
those that say nothing and only decorate.

It repaints the page in inks, sets the boxes, names the printing condition, says which standard it keeps, and takes
out what only a screen understands. That it does so is proved by ``preflight``; nobody here certifies a PDF/X.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator, String

from assetgen.findings import Place
from assetgen.loading.printers import PrintCondition
from assetgen.planning.asset import Asset
from assetgen.planning.variants import X1A, Press
from assetgen.rendering.images.raster import srgb_profile
from assetgen.rendering.prepress.cmyk import Repainter
from assetgen.rendering.prepress.imposition import draw_marks, impose
from assetgen.rendering.prepress.separation import InkTable, Separator
from assetgen.units import MM_PER_PT, PX_PER_PT

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


PDF_VERSION = {X1A: "1.3"}
X4_VERSION = "1.6"
# What a page on a screen has and artwork has not.
SCREEN_KEYS = ("/Outlines", "/ViewerPreferences", "/PageMode", "/PageLayout", "/Metadata", "/OutputIntents")


def finish(
    page: bytes,
    asset: Asset,
    condition: PrintCondition,
    table: InkTable,
    ground: str,
    place: Place,
) -> bytes:
    """Return a page as its asset's press file, several up on a sheet where its spec says so.

    ``ground`` is the colour of the page (``#RRGGBB``) under the foot's logos, ``place`` the design's.

    Raises RenderError for what has no inks.
    """
    press, sheet = asset.spec.press, asset.spec.sheet
    assert press is not None, "only what a press prints is finished for one"
    with pikepdf.open(io.BytesIO(page)) as pdf:
        separator = Separator(press.condition, condition, in_black=press.plates == ("black",))
        Repainter(pdf, table, separator, press, ground, place).repaint()
        _set_boxes(pdf, press)
        if sheet:
            impose(pdf, sheet)
        elif press.marks:
            draw_marks(pdf, press.marks)
        for key in SCREEN_KEYS:
            if key in pdf.Root:
                del pdf.Root[key]
        _set_intent(pdf, press, condition)
        made_of = hashlib.sha256(page + repr((press, sheet)).encode()).hexdigest()
        _name_standard(pdf, press, asset.released, made_of)
        pdf.remove_unreferenced_resources()
        out = io.BytesIO()
        is_x1a = press.variant == X1A
        pdf.save(
            out,
            force_version=PDF_VERSION.get(press.variant, X4_VERSION),
            object_stream_mode=pikepdf.ObjectStreamMode.disable
            if is_x1a
            else pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            deterministic_id=True,
        )
    return out.getvalue()


def _set_boxes(pdf: pikepdf.Pdf, press: Press) -> None:
    """Write the boxes from the figures of the job: the engine rounds them to a hundredth of a px."""
    page = pdf.pages[0].obj
    left, bottom = (float(value) for value in list(page.TrimBox)[:2])
    width, height = (side / MM_PER_PT for side in press.trim_mm)

    def box(by_mm: float) -> Array:
        by = by_mm / MM_PER_PT
        return Array([round(v, 4) for v in (left - by, bottom - by, left + width + by, bottom + height + by)])

    page.TrimBox, page.BleedBox = box(0.0), box(press.bleed_mm)
    page.MediaBox = box(press.bleed_mm + press.slug_mm)
    for key in ("/Annots", "/CropBox", "/ArtBox", "/Tabs", "/Group"):
        if key in page:
            del page[key]


def _set_intent(pdf: pikepdf.Pdf, press: Press, condition: PrintCondition) -> None:
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name("/GTS_PDFX"),
        OutputConditionIdentifier=String(press.intent),
        OutputCondition=String(press.intent_info),
        Info=String(press.intent_info),
        RegistryName=String(press.registry),
    )
    if condition.profile is not None:
        profile = pdf.make_stream(condition.profile.content)
        profile.N = 4
        intent.DestOutputProfile = profile
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])


def _name_standard(pdf: pikepdf.Pdf, press: Press, released: str, digest: str) -> None:
    """Write which standard the file keeps: PDF/X-1a into its properties, PDF/X-4 into its XMP."""
    information = pdf.docinfo
    information["/Trapped"] = Name("/False")
    if press.variant == X1A:
        information["/GTS_PDFXVersion"] = String("PDF/X-1:2001")
        information["/GTS_PDFXConformance"] = String("PDF/X-1a:2001")
        return
    metadata = pdf.make_stream(_xmp(information, released, digest))
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = metadata


def _xmp(information: pikepdf.Dictionary, released: str, digest: str) -> bytes:
    """Return the XMP that PDF/X-4 asks for: its id is made of what the file is made of."""
    title, about, producer = (
        escape(str(information.get(key, ""))) for key in ("/Title", "/Subject", "/Producer")
    )
    number = f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
    return f"""<?xpacket begin="\N{ZERO WIDTH NO-BREAK SPACE}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{about}</rdf:li></rdf:Alt></dc:description>
<xmp:CreateDate>{released}</xmp:CreateDate><xmp:ModifyDate>{released}</xmp:ModifyDate>
<xmp:MetadataDate>{released}</xmp:MetadataDate>
<xmpMM:DocumentID>uuid:{number}</xmpMM:DocumentID><xmpMM:VersionID>1</xmpMM:VersionID>
<xmpMM:RenditionClass>default</xmpMM:RenditionClass>
<pdf:Producer>{producer}</pdf:Producer><pdf:Trapped>False</pdf:Trapped>
<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>""".encode()
