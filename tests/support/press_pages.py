"""Small press files written operator by operator with pikepdf, and the plates that Ghostscript separates them into.

Lengths are in mm from the lower left corner of the trim; ``mm`` converts them to points.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

from assetgen.planning.asset import Spec
from assetgen.planning.variants import CMYK, REGISTRY, X1A, X4, PressSpec, TypeRules
from assetgen.preflight.pdf.finished_page import FinishedPage
from assetgen.preflight.pdf.pdf_file import OpenPdf
from assetgen.preflight.press.press_checks import check_press_file
from tests.support.factories import make_spec

FONT = Path(__file__).resolve().parents[2] / "brand" / "fonts" / "HankenGrotesk_700Bold.ttf"
CODE_ALT = "Scan to call"
PT_PER_MM = 72 / 25.4
WIDTH_MM, HEIGHT_MM, BLEED_MM = 80.0, 45.0, 3.0
Edit = Callable[[Pdf], None]
Plates = npt.NDArray[np.float64]


def mm(*lengths: float) -> str:
    """Return lengths in mm as the numbers in points of a content stream."""
    return " ".join(f"{length * PT_PER_MM:.4f}" for length in lengths)


BACKGROUND = f"0.6 0.4 0.2 0.7 k {mm(-3, -3, 86, 51)} re f\n"
"""A background that fills the bleed on all four sides, with 190 % ink."""

XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><rdf:Description rdf:about="">
<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def change_nothing(pdf: Pdf) -> None:
    """Change nothing."""
    assert pdf.pages


PROFILE = b"four inks"
COATED_PRESS = PressSpec(
    variant=X4, condition="coated", intent="FOGRA39", intent_info="Coated FOGRA39", registry=REGISTRY,
    profile_sha256=sha256(PROFILE).hexdigest(), plates=CMYK, ink_limit=300.0, text_inks=2,
    type_rules=TypeRules(6, 8, 8, 8, 0.25, 0.5), trim_mm=(WIDTH_MM, HEIGHT_MM), bleed_mm=BLEED_MM, slug_mm=0.0,
    scale=1.0, min_ppi=300, overprints=False,
)  # fmt: skip
NEWSPRINT_PRESS = replace(
    COATED_PRESS, variant=X1A, condition="newsprint", intent="IFRA26", intent_info="ISOnewspaper26v4",
    profile_sha256=None, ink_limit=240.0, type_rules=TypeRules(6, 8, 10, 10, 1.0, 1.5), min_ppi=200,
)  # fmt: skip


def press_page(
    marks: str = BACKGROUND,
    resources: Callable[[Pdf], Mapping[str, Any]] = lambda pdf: {},
    edit: Edit = change_nothing,
    press: PressSpec = COATED_PRESS,
    **saving: Any,
) -> bytes:
    """Return a press file of one page, 80 × 45 mm with 3 mm of bleed, whose content stream is ``marks``."""
    with pikepdf.new() as pdf:
        width, height, bleed = (WIDTH_MM + 6) * PT_PER_MM, (HEIGHT_MM + 6) * PT_PER_MM, BLEED_MM * PT_PER_MM
        pdf.add_blank_page(page_size=(width, height))
        page = pdf.pages[0].obj
        page.MediaBox = Array([-bleed, -bleed, width - bleed, height - bleed])
        page.BleedBox = page.MediaBox
        page.TrimBox = Array([0, 0, WIDTH_MM * PT_PER_MM, HEIGHT_MM * PT_PER_MM])
        page.Contents = pdf.make_stream(marks.encode("ascii"))
        page.Resources = Dictionary({f"/{key}": value for key, value in resources(pdf).items()})
        pdf.Root.Lang = String("en-GB")
        pdf.docinfo["/Title"], pdf.docinfo["/Producer"] = String("A door."), String("WeasyPrint 70.0")
        _tag(pdf)
        _name_standard(pdf, press)
        edit(pdf)
        out = io.BytesIO()
        is_old = press.variant == X1A
        streams = pikepdf.ObjectStreamMode.disable if is_old else pikepdf.ObjectStreamMode.preserve
        options = {"force_version": "1.3" if is_old else "1.6", "object_stream_mode": streams, **saving}
        pdf.save(out, static_id=True, **options)
    return out.getvalue()


def _name_standard(pdf: Pdf, press: PressSpec) -> None:
    """Write the keys with which a file claims its PDF/X standard."""
    intent = Dictionary(
        Type=Name.OutputIntent, S=Name.GTS_PDFX, OutputConditionIdentifier=String(press.intent),
        RegistryName=String(press.registry),
    )  # fmt: skip
    pdf.docinfo["/Trapped"] = Name("/False")
    if press.has_profile:
        intent.DestOutputProfile = pdf.make_stream(PROFILE, N=4)
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])
    if press.variant == X1A:
        pdf.docinfo["/GTS_PDFXVersion"] = String("PDF/X-1:2001")
        pdf.docinfo["/GTS_PDFXConformance"] = String("PDF/X-1a:2001")
    else:
        pdf.Root.Metadata = pdf.make_stream(XMP.encode(), Type=Name.Metadata, Subtype=Name.XML)


def _tag(pdf: Pdf) -> None:
    """Tag marked content 0 of the page as the figure of the QR code."""
    page = pdf.pages[0].obj
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    figure = Dictionary(Type=Name.StructElem, S=Name.Figure, Alt=String(CODE_ALT), P=root, Pg=page, K=0)
    figure = pdf.make_indirect(figure)
    root.K, root.ParentTree = Array([figure]), Dictionary(Nums=Array([0, Array([figure])]))
    page.StructParents, pdf.Root.StructTreeRoot, pdf.Root.MarkInfo = 0, root, Dictionary(Marked=True)


def brand_font(pdf: Pdf) -> Any:
    """Return the brand's bold font, embedded, with a code of one byte for each letter."""
    font = TTFont(FONT)
    units, glyphs, widths = font["head"].unitsPerEm, font.getBestCmap(), font["hmtx"].metrics
    glyph_widths = [round(widths[glyphs[code]][0] * 1000 / units) for code in range(32, 127)]
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name("/HankenGrotesk-Bold"), Flags=32, ItalicAngle=0, Ascent=1000,
        Descent=-303, CapHeight=700, StemV=80, FontBBox=Array([-200, -303, 1200, 1000]),
        FontFile2=pdf.make_stream(FONT.read_bytes()),
    )  # fmt: skip
    return Dictionary(
        Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name("/HankenGrotesk-Bold"), FirstChar=32, LastChar=126,
        Widths=Array(glyph_widths), Encoding=Name.WinAnsiEncoding, FontDescriptor=descriptor,
    )  # fmt: skip


def marks_of_text(
    colour: str, size_pt: float = 20.0, before: str = ""
) -> tuple[str, Callable[[Pdf], Mapping[str, Any]]]:
    """Return the operators that set a word in a colour on the background, and the font resource that they need."""
    marks = f"{BACKGROUND}{before} {colour} BT /F {size_pt} Tf {mm(10, 20)} Td (Call) Tj ET\n"
    return marks, lambda pdf: {"Font": Dictionary(F=brand_font(pdf))}


def graphics_states(**named: Mapping[str, Any]) -> Callable[[Pdf], Mapping[str, Any]]:
    """Return graphics states by name: ``states(O={"OP": True})``."""
    resources = {
        f"/{name}": Dictionary({f"/{key}": value for key, value in keys.items()})
        for name, keys in named.items()
    }
    return lambda pdf: {"ExtGState": Dictionary(resources)}


def merge_resources(*parts: Callable[[Pdf], Mapping[str, Any]]) -> Callable[[Pdf], Mapping[str, Any]]:
    """Return the resources of several parts as one."""
    return lambda pdf: {key: value for part in parts for key, value in part(pdf).items()}


def press_spec(**changes: Any) -> Spec:
    """Return the spec of a page of ``press_page``."""
    return make_spec(
        **{
            "width": WIDTH_MM, "height": HEIGHT_MM, "unit": "mm", "bleed_mm": BLEED_MM, "format": "pdf", "px_mm": None,
            "max_bytes": None, "ppi": 300, "colour": "cmyk-coated", "code_alt": CODE_ALT, **changes,
        }
    )  # fmt: skip


def press_findings(content: bytes, press: PressSpec = COATED_PRESS, **changes: Any) -> list[tuple[str, str]]:
    """Return the code and text of each finding of the press checks."""
    with FinishedPage(content) as page:
        return [
            (one.code, one.text)
            for one in check_press_file(OpenPdf(content), page, press, press_spec(**changes))
        ]


def image_xobject(pdf: Pdf, pixels: npt.NDArray[np.uint8], space: Any = Name.DeviceCMYK, **keys: Any) -> Any:
    """Return an uncompressed image; ``pixels`` are rows of pixels of components."""
    image = pikepdf.Stream(pdf, pixels.tobytes())
    image.Type, image.Subtype = Name.XObject, Name.Image
    image.Width, image.Height, image.BitsPerComponent = pixels.shape[1], pixels.shape[0], 8
    image.ColorSpace = space
    for key, value in keys.items():
        image[f"/{key}"] = value
    return image


def jpeg_xobject(pdf: Pdf, pixels: npt.NDArray[np.uint8]) -> Any:
    """Return a CMYK JPEG as Pillow writes it: in Adobe's form, with inverted values."""
    out = io.BytesIO()
    Image.fromarray(pixels, "CMYK").save(out, "JPEG", quality=92)
    image = pikepdf.Stream(pdf, out.getvalue())
    image.Type, image.Subtype, image.Filter = Name.XObject, Name.Image, Name.DCTDecode
    image.Width, image.Height, image.BitsPerComponent = pixels.shape[1], pixels.shape[0], 8
    image.ColorSpace, image.Decode = Name.DeviceCMYK, Array([1, 0] * 4)
    return image


def form_xobject(pdf: Pdf, marks: str, *, opacity_group: bool = False, **resources: Any) -> Any:
    """Return a form larger than the page; as a transparency group it is blended as a whole."""
    xobject = pikepdf.Stream(pdf, marks.encode("ascii"))
    xobject.Type, xobject.Subtype = Name.XObject, Name.Form
    xobject.BBox = Array([-20, -20, 400, 400])
    xobject.Resources = Dictionary({f"/{key}": value for key, value in resources.items()})
    if opacity_group:
        xobject.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceCMYK, I=True)
    return xobject


def ghostscript_plates(content: bytes, folder: Path, dpi: int = 100) -> Plates:
    """Return the four plates that Ghostscript separates a page into: 1 is full ink, at most 2000 px a side."""
    ghostscript = shutil.which("gs")
    assert ghostscript, "gs is missing: setup/prepare.py test installs ghostscript"
    source = folder / "page.pdf"
    source.write_bytes(content)
    subprocess.run(
        [
            ghostscript, "-q", "-dBATCH", "-dNOPAUSE", "-dSAFER", "-sDEVICE=tiffsep", f"-r{dpi}",
            "-dTextAlphaBits=4", "-dGraphicsAlphaBits=4", f"-sOutputFile={folder / 'plate.tif'}", str(source),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    plates = []
    for ink in ("Cyan", "Magenta", "Yellow", "Black"):
        with Image.open(folder / f"plate({ink}).tif") as plate:
            assert max(plate.size) <= 2000
            plates.append(1 - np.asarray(plate.convert("L"), np.float64) / 255)
    return np.stack(plates)


def max_ink_per_mm(plates: Plates, dpi: int = 100) -> float:
    """Return the largest mean ink of any square of one millimetre."""
    return max_ink_and_place(plates, dpi)[0]


def max_ink_and_place(plates: Plates, dpi: int) -> tuple[float, float, float]:
    """Return the largest mean ink of any square of one millimetre, and where it is: pt from the page's left and top."""
    total, side = plates.sum(axis=0), max(1, round(dpi / 25.4))
    sums = np.pad(total.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    inside = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    top, left = np.unravel_index(int(inside.argmax()), inside.shape)
    return float(inside[top, left]) / side**2, int(left) * 72 / dpi, int(top) * 72 / dpi
