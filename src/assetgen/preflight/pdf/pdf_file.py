"""Open a PDF once for all preflight checks, and check everything in it except the contents of the page.

A finished PDF has one page with the channel's page boxes, a title and a language. It is not over the channel's weight
limit. It has no scripts, actions or attachments. Neither its properties nor its XMP name a person, a program or a time
of day.

``has_only_simple_gradients`` supports the search for QR codes. The list of a page's objects says where pictures and
shapes are, but not what a pattern or a mask paints. If patterns and masks paint nothing but simple gradients, no code
can be hidden in them, and the list of objects is enough.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError

import pikepdf
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from assetgen.findings import Finding
from assetgen.planning.asset import Spec
from assetgen.preflight.results import UNCHANGED_HINT, PreflightResult, check_weight
from assetgen.units import MM_PER_PT

READ_ERRORS = (
    pikepdf.PdfError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
)
"""The exceptions that reading a damaged file can raise, at any point."""
ParsedInstruction = tuple[str, pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage]
"""The name of a content stream operator, and the parsed instruction with its operands."""


@dataclass(frozen=True, slots=True)
class KeyedObject:
    """A dictionary or a stream of a PDF, and its entries by key."""

    pdf_object: pikepdf.Object
    entries: dict[str, object]


class OpenPdf:
    """A PDF in memory, read lazily by pikepdf. Reading a damaged part raises one of ``READ_ERRORS``."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._steps: dict[tuple[int, int], Sequence[ParsedInstruction]] = {}

    @cached_property
    def unrepaired_pdf(self) -> pikepdf.Pdf:
        """Open the file without repairing it. Raises PdfError if it needs repair."""
        return pikepdf.open(io.BytesIO(self.content), attempt_recovery=False)

    @cached_property
    def pdf(self) -> pikepdf.Pdf:
        """Open the file, and let pikepdf repair it if needed."""
        try:
            return self.unrepaired_pdf
        except pikepdf.PdfError:
            return pikepdf.open(io.BytesIO(self.content))

    @cached_property
    def keyed_objects(self) -> Sequence[KeyedObject]:
        """Return all dictionaries and streams of the file, nested ones included."""
        return [found for thing in self.pdf.objects for found in _find_dictionaries(thing)]

    def parse_stream(self, stream: pikepdf.Object) -> Sequence[ParsedInstruction]:
        """Parse the operators of a page or a stream, with their operands. Each indirect object is parsed once."""
        number = stream.objgen
        if number == (0, 0):
            return parse_content(stream)
        if number not in self._steps:
            self._steps[number] = parse_content(stream)
        return self._steps[number]

    def parse_operators(self, stream: pikepdf.Object, operators: str) -> Sequence[ParsedInstruction]:
        """Return the operators named in ``operators``, or all operators if the stream is already parsed."""
        cached = self._steps.get(stream.objgen)
        return cached if cached is not None else parse_content(stream, operators)


def parse_content(stream: pikepdf.Object, operators: str = "") -> list[ParsedInstruction]:
    """Parse the operators of a page or a stream.

    ``operators`` names the operators to parse, separated by spaces; if it is empty, all are parsed.
    """
    return [(str(step.operator), step) for step in pikepdf.parse_content_stream(stream, operators)]


def escape_excerpt(value: object) -> str:
    """Return the first 60 characters of a value from a file as printable ASCII, safe to show on a terminal."""
    return ascii(str(value)[:60])[1:-1]


def _find_dictionaries(thing: object) -> Iterator[KeyedObject]:
    """Yield the dictionaries and streams in an object. Indirect references are not followed."""
    pending = [thing]
    while pending:
        current = pending.pop()
        if isinstance(current, (pikepdf.Dictionary, pikepdf.Stream)):
            entries: dict[str, object] = dict(current.items())
            yield KeyedObject(current, entries)
            inner: Iterable[object] = entries.values()
        elif isinstance(current, pikepdf.Array):
            inner = iter(current)
        else:
            continue
        pending += [value for value in inner if isinstance(value, pikepdf.Object) and not value.is_indirect]


MAX_DEPTH = 8
# WeasyPrint writes axial and radial shadings (ISO 32000-1, table 78) with exponential and stitching functions.
SHADING_TYPES, FUNCTION_TYPES = (2, 3), (2, 3)
# The rows of the smallest QR code have over 200 edges; all gradients of a page together have a few dozen stops.
MAX_STOPS = 60
# A pattern's cell that draws a gradient or one or two shapes needs no more operators, no picture and no text.
MAX_OPERATORS = 40
SIMPLE_OPERATORS = frozenset("q Q cm gs sh Do re m l c h f f* n W W* cs sc scn g rg k".split())


def has_only_simple_gradients(file: OpenPdf) -> bool:
    """Return whether the first page paints only the objects in its list, and simple gradients.

    Patterns, masks, Type 3 fonts and annotations can paint more than the page's list of objects shows. A page that
    cannot be read returns False.
    """
    try:
        page = file.pdf.pages[0]
        if any("/AP" in note for note in page.obj.get("/Annots", [])):
            return False
        stops = list(_stops_in_resources(page.resources, depth=0))
    except READ_ERRORS:
        return False
    return None not in stops and sum(count or 0 for count in stops) <= MAX_STOPS


def _stops_in_resources(
    resources: pikepdf.Object, *, depth: int, used: frozenset[str] | None = None
) -> Iterator[int | None]:
    """Yield the number of stops of each gradient, and None for a resource that may paint anything.

    Args:
        resources: The resources of the page, a form, or the cell of a pattern or mask.
        depth: How deeply the resources are nested.
        used: The names that a cell uses; None for the page and its forms, in which all names count. A picture in a
            cell yields None, because it is not in the page's list of objects.
    """
    if depth > MAX_DEPTH:
        yield None
        return
    if used is None and any(
        font.get("/Subtype") == "/Type3" for font in _named_resources(resources, "/Font", None)
    ):
        yield None
    for shading in _named_resources(resources, "/Shading", used):
        yield _count_stops(shading)
    for drawn in _named_resources(resources, "/XObject", used):
        if drawn.get("/Subtype") == "/Form":
            yield from _stops_in_cell(drawn, depth) if used is not None else _stops_in(drawn, depth, None)
        elif used is not None:
            yield None
    for pattern in _named_resources(resources, "/Pattern", used):
        yield from (
            _stops_in_cell(pattern, depth)
            if pattern.get("/PatternType") == 1
            else [_count_stops(pattern["/Shading"])]
        )
    for state in _named_resources(resources, "/ExtGState", used):
        mask = state.get("/SMask", "/None")
        if isinstance(mask, pikepdf.Dictionary):
            yield from _stops_in_cell(mask["/G"], depth)


def _stops_in_cell(cell: pikepdf.Object, depth: int) -> Iterator[int | None]:
    """Yield the number of stops of each gradient in a pattern's or mask's cell; None if it may paint anything."""
    instructions = list(pikepdf.parse_content_stream(cell))
    if len(instructions) > MAX_OPERATORS or not SIMPLE_OPERATORS.issuperset(
        str(one.operator) for one in instructions
    ):
        yield None
        return
    names = (value for one in instructions for value in one.operands if isinstance(value, pikepdf.Name))
    yield from _stops_in(cell, depth, frozenset(map(str, names)))


def _stops_in(stream: pikepdf.Object, depth: int, used: frozenset[str] | None) -> Iterator[int | None]:
    if "/Resources" in stream:
        yield from _stops_in_resources(stream["/Resources"], depth=depth + 1, used=used)


def _count_stops(shading: pikepdf.Object | None) -> int | None:
    if shading is None or int(shading["/ShadingType"]) not in SHADING_TYPES:
        return None
    return _count_function_stops(shading["/Function"], 0)


def _count_function_stops(function: pikepdf.Object, depth: int) -> int | None:
    """Return how many stops a gradient's function has; None if it is a table of samples or a program."""
    if isinstance(function, pikepdf.Array):
        parts = list(function)
    elif depth > MAX_DEPTH or int(function["/FunctionType"]) not in FUNCTION_TYPES:
        return None
    else:
        parts = list(function.get("/Functions", []))
    counts = [_count_function_stops(part, depth + 1) for part in parts]
    return None if None in counts else 1 + sum(count or 0 for count in counts)


def _named_resources(
    resources: pikepdf.Object, kind: str, used: frozenset[str] | None
) -> Iterator[pikepdf.Object]:
    for name, value in resources.get(kind, pikepdf.Dictionary()).items():
        if used is None or name in used:
            yield value


# WeasyPrint writes these document properties: the asset's texts, its own name and the date of the edition.
OWN_PROPERTIES = {"/Title", "/Subject", "/Producer", "/CreationDate", "/ModDate"}
PRODUCER = "WeasyPrint "
PRESS_PROPERTIES = {"/GTS_PDFXVersion", "/GTS_PDFXConformance", "/Trapped"}
"""Further properties of a press file (ISO 15930)."""
# A date without a time of day, which would come from a computer's clock. Midnight is allowed, since PDF/X requires
# a time.
DATES, DAY = {"/CreationDate", "/ModDate"}, re.compile(r"D:\d{8}(000000(Z|[+-]00'00'?|Z00'00'?)?)?")
# Artwork has no actions, no attachments and no traces of an editor.
FOREIGN = {
    "/AA": "an automatic action",
    "/AF": "an attached file",
    "/AcroForm": "a form",
    "/EmbeddedFiles": "an attached file",
    "/JavaScript": "a script",
    "/JS": "a script",
    "/Metadata": "XMP metadata",
    "/OpenAction": "an automatic action",
    "/PieceInfo": "private data of an editor",
    "/Collection": "an attached file",
    "/EF": "an attached file",
    "/Thumb": "a thumbnail",
    "/XFA": "a form",
}
# Action types that artwork must not have (ISO 32000-1, table 198).
ACTIONS = {
    **dict.fromkeys(
        "/GoToE /GoToR /Hide /ImportData /Movie /Named /Rendition".split(), "an automatic action"
    ),
    **dict.fromkeys("/ResetForm /SetOCGState /Sound /SubmitForm".split(), "an automatic action"),
    "/JavaScript": "a script",
    "/Launch": "an action that starts a program",
}
BOX_TOLERANCE_MM = 0.05
# pikepdf names a file in memory by its address, which differs from run to run.
STREAM_NAME = re.compile(r"stream <[^>]*>[^:]*:? ?")


def check_pdf_file(file: OpenPdf, spec: Spec) -> PreflightResult:
    """Check a PDF except for its page contents: weight, page boxes, properties, actions, links and XMP."""
    return PreflightResult.merged(
        [PreflightResult(tuple(check_weight(file.content, spec))), _run_check(file, spec, _check_file)]
    )


def check_page_boxes(file: OpenPdf, spec: Spec) -> PreflightResult:
    """Check the page boxes of a PDF."""
    return _run_check(file, spec, lambda file, spec: _check_page_boxes(file.unrepaired_pdf, spec))


def _check_file(file: OpenPdf, spec: Spec) -> Iterator[Finding]:
    pdf = file.unrepaired_pdf
    yield from _check_page_boxes(pdf, spec)
    yield from _check_properties(pdf, spec)
    yield from _check_actions_and_links(file, spec)
    if spec.press or spec.accessible:
        yield from _check_xmp(pdf)
    yield from _check_annotations(pdf)
    yield from _check_accessibility(pdf, spec)


def _run_check(
    file: OpenPdf, spec: Spec, check: Callable[[OpenPdf, Spec], Iterator[Finding]]
) -> PreflightResult:
    """Return the findings of a check, with one more if the check cannot read the file."""
    findings: list[Finding] = []
    try:
        findings.extend(check(file, spec))
    except pikepdf.PasswordError:
        findings.append(Finding("size", "the file is protected by a password", UNCHANGED_HINT))
    except READ_ERRORS as error:
        reason = escape_excerpt(STREAM_NAME.sub("", str(error).partition("\n")[0])) or type(error).__name__
        findings.append(Finding("size", f"the file cannot be read as PDF: {reason}", UNCHANGED_HINT))
    return PreflightResult(tuple(dict.fromkeys(findings)))


def _check_page_boxes(pdf: pikepdf.Pdf, spec: Spec) -> Iterator[Finding]:
    """Yield findings about the page boxes, compared in mm."""
    if len(pdf.pages) != 1:
        yield Finding("size", f"the file has {len(pdf.pages)} pages instead of one", UNCHANGED_HINT)
        if not len(pdf.pages):
            return
    page = pdf.pages[0].obj
    if "/TrimBox" not in page:
        yield Finding("size", "the page has no TrimBox, so its trim size is unknown", UNCHANGED_HINT)
        return
    if int(page.get("/Rotate", 0)) % 360 or float(page.get("/UserUnit", 1)) != 1:
        yield Finding(
            "size", "the page is rotated, or sets its own unit of length (UserUnit)", UNCHANGED_HINT
        )
    bleed_mm = spec.bleed_mm * spec.scale
    # A printer's cut marks are outside the bleed, in the slug.
    slug_mm = spec.press.slug_mm if spec.press else 0.0
    width_mm, height_mm = spec.width * spec.scale, spec.height * spec.scale
    trim = _read_box_mm(page.TrimBox)
    media = _grow(_read_box_mm(page.MediaBox), -slug_mm)
    with_bleed = (width_mm + 2 * bleed_mm, height_mm + 2 * bleed_mm)
    for name, box, expected in (
        ("trim", trim, (width_mm, height_mm)),
        ("page with its bleed", media, with_bleed),
    ):
        size = (box[2] - box[0], box[3] - box[1])
        if any(abs(one - other) > BOX_TOLERANCE_MM for one, other in zip(size, expected, strict=True)):
            text = (
                f"the {name} is {size[0]:.1f} × {size[1]:.1f} mm instead of "
                f"{expected[0]:.1f} × {expected[1]:.1f} mm"
            )
            yield Finding("size", text, UNCHANGED_HINT)
            return
    if _differ(trim, _grow(media, -bleed_mm)):
        yield Finding("size", f"the bleed is not {bleed_mm:g} mm on every side", UNCHANGED_HINT)
    for name in ("/BleedBox", "/CropBox", "/ArtBox"):
        expected_box = {"/ArtBox": trim, "/CropBox": _grow(media, slug_mm)}.get(name, media)
        if name in page and _differ(_read_box_mm(page[name]), expected_box):
            yield Finding("size", f"the page's {name[1:]} is in the wrong place", UNCHANGED_HINT)


def _read_box_mm(values: Iterable[object]) -> tuple[float, ...]:
    """Return a box as left, bottom, right, top in mm. Raises ValueError if it does not have four numbers."""
    sides = [float(value) * MM_PER_PT for value in values if isinstance(value, (int, float, Decimal))]
    if len(sides) != 4 or not all(map(math.isfinite, sides)):
        raise ValueError("a page box does not have four numbers")
    return tuple(sides)


def _grow(box: tuple[float, ...], by_mm: float) -> tuple[float, ...]:
    return (box[0] - by_mm, box[1] - by_mm, box[2] + by_mm, box[3] + by_mm)


def _differ(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return any(abs(a - b) > BOX_TOLERANCE_MM for a, b in zip(one, other, strict=True))


def _check_properties(pdf: pikepdf.Pdf, spec: Spec) -> Iterator[Finding]:
    """Yield findings about encryption and about document properties that a build does not write."""
    if pdf.is_encrypted:
        yield Finding("size", "the file is encrypted; many printers refuse it", UNCHANGED_HINT)
    own = OWN_PROPERTIES | (PRESS_PROPERTIES if spec.press else set())
    for key, value in pdf.docinfo.items():
        if key not in own:
            yield Finding(
                "metadata",
                f"the file's properties have {escape_excerpt(key[1:])}: {escape_excerpt(value)}",
                UNCHANGED_HINT,
            )
        elif key == "/Producer" and not str(value).startswith(PRODUCER):
            yield Finding(
                "metadata", f"the file was saved by another program: {escape_excerpt(value)}", UNCHANGED_HINT
            )
        elif key in DATES and not DAY.fullmatch(str(value)):
            yield Finding(
                "metadata",
                f"the file's properties have a time of day: {escape_excerpt(value)}",
                UNCHANGED_HINT,
            )


def _check_actions_and_links(file: OpenPdf, spec: Spec) -> Iterator[Finding]:
    """Yield findings about actions, attachments and other extras anywhere in the file, and about foreign links."""
    found: set[str] = set()
    # PDF/X-4 and PDF/UA require XMP of the document itself; ``_check_xmp`` checks its contents.
    root = file.pdf.Root.objgen if spec.press or spec.accessible else None
    for held in file.keyed_objects:
        foreign = held.entries.keys() & FOREIGN.keys()
        if "/Metadata" in foreign and held.pdf_object.objgen == root:
            foreign.discard("/Metadata")
        found |= {FOREIGN[key] for key in foreign}
        action = str(held.entries.get("/S", ""))
        if action in ACTIONS:
            found.add(ACTIONS[action])
        if action == "/URI" and not _is_own_link(target := str(held.entries.get("/URI", "")), spec):
            text = (
                f'a link on the page opens "{escape_excerpt(target)}", which does not belong to the service'
            )
            yield Finding("facts-altered", text, "link only to the service's own addresses", role="address")
    for description in sorted(found):
        yield Finding("metadata", f"the file has {description}", UNCHANGED_HINT)


def _check_annotations(pdf: pikepdf.Pdf) -> Iterator[Finding]:
    """Yield a finding for each annotation other than a link."""
    for page in pdf.pages:
        for annotation in page.obj.get("/Annots", []):
            action: Any = annotation.get("/A", {})
            if annotation.get("/Subtype") != "/Link" or action.get("/S", "/GoTo") not in ("/URI", "/GoTo"):
                yield Finding("metadata", "the page has an annotation other than a link", UNCHANGED_HINT)


def _is_own_link(target: str, spec: Spec) -> bool:
    """Return whether a link opens the asset's own link or one of its hosts, or calls its number."""
    if target in (spec.link, spec.click, f"tel:{spec.tel}"):
        return True
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.username is None and parts.hostname in spec.hosts


def _check_accessibility(pdf: pikepdf.Pdf, spec: Spec) -> Iterator[Finding]:
    """Yield findings about what a screen reader needs: alt text, title, language and tags."""
    title, language = pdf.docinfo.get("/Title"), pdf.Root.get("/Lang")
    if not spec.words:
        return
    # WeasyPrint writes the alt text to the subject. The subject may be missing, but it must not be wrong.
    if "/Subject" in pdf.docinfo and str(pdf.docinfo["/Subject"]) != spec.alt:
        yield Finding("alt-missing", "the file's subject is not the asset's alt text", UNCHANGED_HINT)
    for name, value in (("title", title), ("language", language), ("tags", pdf.Root.get("/StructTreeRoot"))):
        if value is None or not (name == "tags" or str(value).strip()):
            text = f"the file has no {name}, which a screen reader needs"
            yield Finding("alt-missing", text, UNCHANGED_HINT)
    if language is not None and str(language).strip() not in ("", spec.locale):
        text = f"the file is marked as {language}; its language is {spec.locale}"
        yield Finding("alt-missing", text, UNCHANGED_HINT)


MAX_XMP_BYTES = 64_000
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFX, PDFX_ID = "{http://ns.adobe.com/pdfx/1.3/}", "{http://www.npes.org/pdfx/ns/id/}"
PDF, XMP = "{http://ns.adobe.com/pdf/1.3/}", "{http://ns.adobe.com/xap/1.0/}"
MEDIA, DUBLIN = "{http://ns.adobe.com/xap/1.0/mm/}", "{http://purl.org/dc/elements/1.1/}"
PDFA = "{http://www.aiim.org/pdfa/ns/"
XMP_DATES = frozenset(f"{XMP}{name}" for name in ("CreateDate", "ModifyDate", "MetadataDate"))
# The names of the standards, the title, the program, the date, and an identifier derived from the file itself.
XMP_ALLOWED = XMP_DATES | {
    "{adobe:ns:meta/}xmpmeta", f"{RDF}RDF", f"{RDF}Description", f"{RDF}Alt", f"{RDF}Seq", f"{RDF}Bag", f"{RDF}li",
    f"{RDF}about", "{http://www.w3.org/XML/1998/namespace}lang",
    f"{PDFX_ID}GTS_PDFXVersion", f"{PDFX_ID}part", f"{PDFX}GTS_PDFXVersion", f"{PDFX}GTS_PDFXConformance",
    f"{PDF}Trapped", f"{PDF}Producer", f"{DUBLIN}title", f"{DUBLIN}description", f"{DUBLIN}language", f"{DUBLIN}format",
    f"{MEDIA}DocumentID", f"{MEDIA}VersionID", f"{MEDIA}RenditionClass", f"{MEDIA}InstanceID",
    "{adobe:ns:meta/}xmptk", "{http://www.aiim.org/pdfua/ns/id/}part",
    # PDF/A's identification, and its descriptions of the other schemas.
    f"{PDFA}id/}}part", f"{PDFA}id/}}conformance", f"{PDFA}extension/}}schemas", f"{RDF}parseType",
    *(f"{PDFA}schema#}}{name}" for name in ("schema", "namespaceURI", "prefix", "property")),
    *(f"{PDFA}property#}}{name}" for name in ("name", "valueType", "category", "description")),
}  # fmt: skip
XMP_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(T00:00(:00)?(Z|[+-]00:00)?)?")


def _check_xmp(pdf: pikepdf.Pdf) -> Iterator[Finding]:
    """Yield findings about XMP properties that no standard requires, and about times of day."""
    metadata = pdf.Root.get("/Metadata")
    if not isinstance(metadata, pikepdf.Stream):
        return
    content = metadata.read_bytes()
    try:
        root = ElementTree.fromstring(content[:MAX_XMP_BYTES], forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        yield Finding("metadata", "the file's XMP cannot be read as XML", UNCHANGED_HINT)
        return
    for name in dict.fromkeys(_foreign_xmp_properties(root)):
        yield Finding("metadata", f"the file's XMP has {escape_excerpt(name)}", UNCHANGED_HINT)


def _foreign_xmp_properties(root: Element) -> Iterator[str]:
    """Yield the names of properties that no standard requires, and of dates with a time of day."""
    for element in root.iter():
        properties = [(str(element.tag), element.text or ""), *element.attrib.items()]
        for name, value in properties:
            if name not in XMP_ALLOWED:
                yield name.rpartition("}")[2]
            elif name in XMP_DATES and value.strip() and not XMP_DAY.fullmatch(value.strip()):
                yield f"a time of day in {name.rpartition('}')[2]}"
