"""Finish a PDF for its standard: PDF/X for a press, PDF/UA for screen readers.

For a press (``finish_for_press``): convert the page to inks, set the boxes, impose the page on its sheet or draw cut
marks, name the print condition and the standard, and remove entries that only a screen uses. The preflight checks read
the result back; nothing here certifies a file as PDF/X. On an imposed sheet each piece is the page itself, with its
operators, fonts and tags unchanged.

For screen readers (``make_accessible``): correct two things that the engine writes. It gives a figure's box in px from
the top, but PDF requires pt from the bottom. It also tags every drawing as a figure, even pure decoration. Such a file
is PDF/A-2b as well, so that it can be archived: it contains an sRGB profile for its colours, and its XMP describes the
one property that PDF/A does not know.
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
from assetgen.loading.ink_conversion import Separator
from assetgen.loading.printers import PrintCondition
from assetgen.planning.asset import Asset
from assetgen.planning.variants import X1A, ImpositionSheet, Line, PressSpec
from assetgen.rendering.images.raster import srgb_profile
from assetgen.rendering.prepress.cmyk import CmykConverter, InkTable, delete_empty_keys, delete_keys
from assetgen.units import MM_PER_PT, PX_PER_PT

SRGB = "sRGB IEC61966-2.1"
# PDF/A allows properties of other schemas if the file describes them (ISO 19005-2, 6.6.2.3).
PDFA_XMP = """<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
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


def make_accessible(page: bytes) -> bytes:
    """Return the PDF as PDF/UA and PDF/A-2b: with correct figure boxes, and with decoration as artifacts."""
    with pikepdf.open(io.BytesIO(page)) as pdf:
        root = pdf.Root.StructTreeRoot
        decoration = set(_remove_decoration(root))
        _tag_as_artifacts(pdf, decoration)
        top = float(pdf.pages[0].obj.MediaBox[3])
        for figure in _figures(root):
            for attributes in _as_list(figure.get("/A")):
                if isinstance(attributes, pikepdf.Dictionary) and "/BBox" in attributes:
                    left, y1, right, y2 = (float(value) / PX_PER_PT for value in attributes.BBox)
                    low, high = sorted((top - y1, top - y2))
                    attributes.BBox = pikepdf.Array([round(side, 3) for side in (left, low, right, high)])
        _declare_pdfa(pdf)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, compress_streams=True)
    return out.getvalue()


def _declare_pdfa(pdf: pikepdf.Pdf) -> None:
    """Declare PDF/A-2b (ISO 19005-2), and that the page's colours are sRGB."""
    profile = pdf.make_stream(srgb_profile())
    profile.N = 3
    intent = Dictionary(Type=Name.OutputIntent, S=Name("/GTS_PDFA1"), DestOutputProfile=profile)
    intent.OutputConditionIdentifier = intent.Info = String(SRGB)
    pdf.Root.OutputIntents = Array([intent])
    resources = pdf.pages[0].obj.Resources
    delete_empty_keys(resources, "/Pattern", "/Shading")
    xmp = pdf.Root.Metadata.read_bytes().decode("utf-8")
    before, end, after = xmp.rpartition("</rdf:RDF>")
    metadata = pdf.make_stream(f"{before}{PDFA_XMP}{end}{after}".encode())
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = metadata


def _remove_decoration(element: Any) -> Iterator[int]:
    """Remove figures without alt text from the structure tree; yield the ids of their marked content."""
    remaining = pikepdf.Array()
    for kid in _kids(element):
        if (
            isinstance(kid, pikepdf.Dictionary)
            and kid.get("/S") == "/Figure"
            and not str(kid.get("/Alt", ""))
        ):
            yield from _content_ids(kid)
            continue
        if isinstance(kid, pikepdf.Dictionary):
            yield from _remove_decoration(kid)
        remaining.append(kid)
    if "/K" in element:
        element.K = remaining


def _content_ids(element: Any) -> Iterator[int]:
    for kid in _kids(element):
        if isinstance(kid, pikepdf.Dictionary):
            yield from [int(kid.MCID)] if "/MCID" in kid else _content_ids(kid)
        else:
            yield int(kid)


def _tag_as_artifacts(pdf: pikepdf.Pdf, decoration: set[int]) -> None:
    """Tag marked content with these ids as an artifact, which screen readers skip."""
    page = pdf.pages[0]
    instructions: list[Any] = []
    for instruction in pikepdf.parse_content_stream(page):
        operands, operator = instruction.operands, instruction.operator
        properties: Any = operands[1] if str(operator) == "BDC" and len(operands) == 2 else None
        if (
            isinstance(properties, pikepdf.Dictionary)
            and "/MCID" in properties
            and int(properties.MCID) in decoration
        ):
            instructions.append(([Name.Artifact], Operator("BMC")))
        else:
            instructions.append((operands, operator))
    page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))


def _kids(element: Any) -> list[Any]:
    return _as_list(element.get("/K"))


def _as_list(value: Any) -> list[Any]:
    """Return a PDF value that may be absent, a single object or an array, as a list."""
    return list(value) if isinstance(value, pikepdf.Array) else [] if value is None else [value]


def _figures(element: Any) -> Iterator[Any]:
    for kid in _kids(element):
        if isinstance(kid, pikepdf.Dictionary):
            if kid.get("/S") == "/Figure":
                yield kid
            yield from _figures(kid)


PDF_VERSION = {X1A: "1.3"}
X4_VERSION = "1.6"
# Entries of the catalogue that serve only a screen, and those that are written again for the press.
SCREEN_KEYS = ("/Outlines", "/ViewerPreferences", "/PageMode", "/PageLayout", "/Metadata", "/OutputIntents")


def finish_for_press(
    page: bytes,
    asset: Asset,
    condition: PrintCondition,
    table: InkTable,
    background: str,
    place: Place,
) -> bytes:
    """Convert a page to its asset's press file, imposed on a sheet if the spec has one.

    ``background`` is the colour of the page (``#RRGGBB``) under the footer's logos, ``place`` the template's place for
    errors.

    Raises RenderError for a colour in a colour space that cannot be converted, and for transparency in PDF/X-1a.
    """
    press, sheet = asset.spec.press, asset.spec.sheet
    assert press is not None, "only assets for a press are finished for one"
    with pikepdf.open(io.BytesIO(page)) as pdf:
        separator = Separator(press.condition, condition, in_black=press.plates == ("black",))
        CmykConverter(pdf, table, separator, press, background, place).convert()
        _set_boxes(pdf, press)
        if sheet:
            impose(pdf, sheet)
        elif press.marks:
            draw_cut_marks(pdf, press.marks)
        delete_keys(pdf.Root, *SCREEN_KEYS)
        _set_intent(pdf, press, condition)
        source_sha256 = hashlib.sha256(page + repr((press, sheet)).encode()).hexdigest()
        _name_standard(pdf, press, asset.released, source_sha256)
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


def _set_boxes(pdf: pikepdf.Pdf, press: PressSpec) -> None:
    """Write the page's boxes from the press spec, since the engine rounds them to a hundredth of a px."""
    page = pdf.pages[0].obj
    left, bottom = (float(value) for value in list(page.TrimBox)[:2])
    width, height = (side / MM_PER_PT for side in press.trim_mm)

    def box(margin_mm: float) -> Array:
        by = margin_mm / MM_PER_PT
        return Array([round(v, 4) for v in (left - by, bottom - by, left + width + by, bottom + height + by)])

    page.TrimBox, page.BleedBox = box(0.0), box(press.bleed_mm)
    page.MediaBox = box(press.bleed_mm + press.slug_mm)
    delete_keys(page, "/Annots", "/CropBox", "/ArtBox", "/Tabs", "/Group")


def _set_intent(pdf: pikepdf.Pdf, press: PressSpec, condition: PrintCondition) -> None:
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


def _name_standard(pdf: pikepdf.Pdf, press: PressSpec, released: str, digest: str) -> None:
    """Name the file's standard: for PDF/X-1a in the document information, for PDF/X-4 in the XMP."""
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
    """Return the XMP packet that PDF/X-4 requires. The document's id is a hash of its sources, not random."""
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


# A cut mark is a thin line in black alone. A finer one is lost on some plates, a thicker one hides where to cut.
MARK_PT = 0.25
PIECE = "/Piece"


def impose(pdf: pikepdf.Pdf, sheet: ImpositionSheet) -> None:
    """Replace a document's only page by a sheet with several copies of it. The page's boxes must be set."""
    page = pdf.pages[0].obj
    trim, media = _sides(page.TrimBox), _sides(page.MediaBox)
    form = _form_of(pdf, page)
    height_pt = sheet.height_mm / MM_PER_PT
    # The form's box clips each piece at its bleed.
    form.BBox = Array(media)
    drawn = [f"q {_matrix(sheet, cell, trim, height_pt)} cm {PIECE} Do Q" for cell in sheet.cells]
    content = "\n".join([*drawn, *_mark_operators(sheet.marks, (0.0, height_pt))])
    page.Contents = pdf.make_stream(content.encode("ascii"))
    page.Resources = Dictionary(XObject=Dictionary({PIECE: form}))
    whole = Array([0, 0, round(sheet.width_mm / MM_PER_PT, 4), round(height_pt, 4)])
    page.MediaBox, page.TrimBox, page.BleedBox = whole, Array(list(whole)), Array(list(whole))


def draw_cut_marks(pdf: pikepdf.Pdf, marks: Iterable[Line]) -> None:
    """Draw cut marks around a document's only page, and clip the page's own content at its bleed.

    The page's boxes must be set.
    """
    page = pdf.pages[0]
    left, bottom, right, top = _sides(page.BleedBox)
    trim = _sides(page.TrimBox)
    clip = f"q {left} {bottom} {right - left:.4f} {top - bottom:.4f} re W n"
    page.contents_add(clip.encode("ascii"), prepend=True)
    drawn = "\n".join(["Q", *_mark_operators(marks, (trim[0], trim[3]))])
    page.contents_add(drawn.encode("ascii"))
    page.contents_coalesce()


def _mark_operators(marks: Iterable[Line], origin_pt: tuple[float, float]) -> list[str]:
    """Return the operators that draw lines in black alone.

    ``marks`` are in mm from a corner, with y downwards; ``origin_pt`` is that corner on the page.
    """
    x0, y0 = origin_pt
    lines = [
        f"{x0 + x1 / MM_PER_PT:.4f} {y0 - y1 / MM_PER_PT:.4f} m {x0 + x2 / MM_PER_PT:.4f} {y0 - y2 / MM_PER_PT:.4f} l S"
        for x1, y1, x2, y2 in marks
    ]
    return [f"q 0 0 0 1 K {MARK_PT} w", *lines, "Q"] if lines else []


def _form_of(pdf: pikepdf.Pdf, page: pikepdf.Object) -> pikepdf.Stream:
    """Return the page's content as a form XObject. The tags then point into the form (ISO 32000-1, 14.7.4.3)."""
    pdf.pages[0].contents_coalesce()
    form = pdf.make_stream(page.Contents.read_bytes())
    form.Type, form.Subtype, form.Resources = Name.XObject, Name.Form, page.Resources
    if "/StructParents" in page:
        form.StructParents = page.StructParents
        del page["/StructParents"]
    dictionaries = (item for item in pdf.objects if isinstance(item, pikepdf.Dictionary))
    for tag in dictionaries:
        if {"/S", "/P", "/K"} <= tag.keys():
            tag.K = _refer_to_form(form, page, tag.K)
    return form


def _refer_to_form(form: pikepdf.Stream, page: pikepdf.Object, kids: object) -> object:
    """Return a tag's kids, with references to marked content of the page changed to content of the form."""
    if isinstance(kids, pikepdf.Array):
        return Array([_refer_to_form(form, page, kid) for kid in kids])
    if isinstance(kids, int):
        return Dictionary(Type=Name.MCR, Pg=page, Stm=form, MCID=kids)
    if isinstance(kids, pikepdf.Dictionary) and "/MCID" in kids:
        kids.Stm = form
    return kids


def _matrix(sheet: ImpositionSheet, cell: tuple[float, float], trim: list[float], height_pt: float) -> str:
    """Return the matrix that moves a piece's trim into a cell, upright or rotated by 90° clockwise."""
    left, top = cell[0] / MM_PER_PT, height_pt - cell[1] / MM_PER_PT
    if sheet.turned:
        # The piece's left edge becomes the top edge: x runs down the sheet, y to the right.
        return f"0 -1 1 0 {left - trim[1]:.4f} {top + trim[0]:.4f}"
    return f"1 0 0 1 {left - trim[0]:.4f} {top - trim[3]:.4f}"


def _sides(box: pikepdf.Object) -> list[float]:
    return [float(side) for side in box]
