"""Finish a PDF for its standard: PDF/X for a press, PDF/UA for reading aloud.

For a press it has the page converted to inks, sets the boxes, imposes the page on its sheet or draws cut marks, names
the printing condition and the standard, and takes out what only a screen understands. That it does so is checked by
``preflight``; nobody here certifies a PDF/X. An imposed page's own operators, fonts and tags are taken over as they
are: every piece is the page, byte for byte.

For reading aloud: the engine says in px from the top where a figure is, PDF in pt from below; and it tags every drawing
as a figure, also those that say nothing and only decorate. Such a file is PDF/A-2b as well, so that it can still be
opened, and looks the same, in years: its light is sRGB by a profile of its own, and its XMP explains the one property
that PDF/A does not know.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator, String

from assetgen.findings import Place
from assetgen.loading.printers import PrintCondition
from assetgen.planning.asset import Asset
from assetgen.planning.variants import X1A, Line, Press, Sheet
from assetgen.rendering.images.raster import srgb_profile
from assetgen.rendering.prepress.cmyk import InkTable, Repainter, Separator, drop, drop_empty
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
                if isinstance(held, pikepdf.Dictionary) and "/BBox" in held:
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
    intent = Dictionary(Type=Name.OutputIntent, S=Name("/GTS_PDFA1"), DestOutputProfile=profile)
    intent.OutputConditionIdentifier = intent.Info = String(SRGB)
    pdf.Root.OutputIntents = Array([intent])
    resources = pdf.pages[0].obj.Resources
    drop_empty(resources, "/Pattern", "/Shading")
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
    """DetectedRegion content of these numbers as an artifact: what is read aloud passes it by."""
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
    return _each(element.get("/K"))


def _each(value: Any) -> list[Any]:
    """Return what a value holds: nothing, one thing, or those of a list."""
    return list(value) if isinstance(value, pikepdf.Array) else [] if value is None else [value]


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
    background: str,
    place: Place,
) -> bytes:
    """Return a page as its asset's press file, several up on a sheet where its spec says so.

    ``background`` is the colour of the page (``#RRGGBB``) under the foot's logos, ``place`` the design's.

    Raises RenderError for what has no inks.
    """
    press, sheet = asset.spec.press, asset.spec.sheet
    assert press is not None, "only what a press prints is finished for one"
    with pikepdf.open(io.BytesIO(page)) as pdf:
        separator = Separator(press.condition, condition, in_black=press.plates == ("black",))
        Repainter(pdf, table, separator, press, background, place).repaint()
        _set_boxes(pdf, press)
        if sheet:
            impose(pdf, sheet)
        elif press.marks:
            draw_marks(pdf, press.marks)
        drop(pdf.Root, *SCREEN_KEYS)
        _set_intent(pdf, press, condition)
        made_of = hashlib.sha256(page + repr((press, sheet)).encode()).hexdigest()
        _name_standard(pdf, press, asset.released, made_of)
        pdf.remove_unreferenced_resources()
        out = io.BytesIO()
        streams = pikepdf.ObjectStreamMode
        pdf.save(
            out,
            force_version=PDF_VERSION.get(press.variant, X4_VERSION),
            object_stream_mode=streams.disable if press.variant == X1A else streams.generate,
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
    drop(page, "/Annots", "/CropBox", "/ArtBox", "/Tabs", "/Group")


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


# A cut mark is a hairline in black alone: finer ones vanish on some plates, thicker ones hide where to cut.
MARK_PT = 0.25
PIECE = "/Piece"


def impose(pdf: pikepdf.Pdf, sheet: Sheet) -> None:
    """Make a document's one page, whose boxes are set, into a sheet of pieces."""
    page = pdf.pages[0].obj
    trim, media = _sides(page.TrimBox), _sides(page.MediaBox)
    form = _form_of(pdf, page)
    height_pt = sheet.height_mm / MM_PER_PT
    # Each piece is cut by the form's box, which ends with its bleed.
    form.BBox = Array(media)
    drawn = [f"q {_matrix(sheet, cell, trim, height_pt)} cm {PIECE} Do Q" for cell in sheet.cells]
    content = "\n".join([*drawn, *_mark_operators(sheet.marks, (0.0, height_pt))])
    page.Contents = pdf.make_stream(content.encode("ascii"))
    page.Resources = Dictionary(XObject=Dictionary({PIECE: form}))
    whole = Array([0, 0, round(sheet.width_mm / MM_PER_PT, 4), round(height_pt, 4)])
    page.MediaBox, page.TrimBox, page.BleedBox = whole, Array(list(whole)), Array(list(whole))


def draw_marks(pdf: pikepdf.Pdf, marks: Iterable[Line]) -> None:
    """Draw cut marks around a document's one page, whose boxes are set; what it paints itself ends with its bleed."""
    page = pdf.pages[0]
    left, bottom, right, top = _sides(page.BleedBox)
    trim = _sides(page.TrimBox)
    within = f"q {left} {bottom} {right - left:.4f} {top - bottom:.4f} re W n"
    page.contents_add(within.encode("ascii"), prepend=True)
    drawn = "\n".join(["Q", *_mark_operators(marks, (trim[0], trim[3]))])
    page.contents_add(drawn.encode("ascii"))
    page.contents_coalesce()


def _mark_operators(marks: Iterable[Line], origin_pt: tuple[float, float]) -> list[str]:
    """Return the operators that draw lines in black alone.

    ``marks`` are in mm with y downwards from a corner that lies at ``origin_pt`` on the page.
    """
    x0, y0 = origin_pt
    lines = [
        f"{x0 + x1 / MM_PER_PT:.4f} {y0 - y1 / MM_PER_PT:.4f} m {x0 + x2 / MM_PER_PT:.4f} {y0 - y2 / MM_PER_PT:.4f} l S"
        for x1, y1, x2, y2 in marks
    ]
    return [f"q 0 0 0 1 K {MARK_PT} w", *lines, "Q"] if lines else []


def _form_of(pdf: pikepdf.Pdf, page: pikepdf.Object) -> pikepdf.Stream:
    """Return the page's content as a form; its tags then point into the form (ISO 32000-1, 14.7.4.3)."""
    pdf.pages[0].contents_coalesce()
    form = pdf.make_stream(page.Contents.read_bytes())
    form.Type, form.Subtype, form.Resources = Name.XObject, Name.Form, page.Resources
    if "/StructParents" in page:
        form.StructParents = page.StructParents
        del page["/StructParents"]
    tags = (one for one in pdf.objects if isinstance(one, pikepdf.Dictionary))
    for tag in tags:
        if {"/S", "/P", "/K"} <= tag.keys():
            tag.K = _pointing_into(form, page, tag.K)
    return form


def _pointing_into(form: pikepdf.Stream, page: pikepdf.Object, kids: object) -> object:
    """Return what a tag holds; marked content that was known by its number alone is the form's now."""
    if isinstance(kids, pikepdf.Array):
        return Array([_pointing_into(form, page, kid) for kid in kids])
    if isinstance(kids, int):
        return Dictionary(Type=Name.MCR, Pg=page, Stm=form, MCID=kids)
    if isinstance(kids, pikepdf.Dictionary) and "/MCID" in kids:
        kids.Stm = form
    return kids


def _matrix(sheet: Sheet, cell: tuple[float, float], trim: list[float], height_pt: float) -> str:
    """Return the matrix that brings the piece's trim into a cell, upright or turned a quarter clockwise."""
    left, top = cell[0] / MM_PER_PT, height_pt - cell[1] / MM_PER_PT
    if sheet.turned:
        # The piece's left edge comes to the top: x runs down the sheet, y to the right.
        return f"0 -1 1 0 {left - trim[1]:.4f} {top + trim[0]:.4f}"
    return f"1 0 0 1 {left - trim[0]:.4f} {top - trim[3]:.4f}"


def _sides(box: pikepdf.Object) -> list[float]:
    return [float(side) for side in box]
