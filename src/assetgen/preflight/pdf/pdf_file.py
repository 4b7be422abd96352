"""A PDF as such: opened once for all checks, and what is wrong with it before anybody looks at its page.

It has one page in the channel's boxes, is no heavier than the channel takes, has its title and language, nothing that
acts by itself, nothing of a machine or a person, in its XMP neither.

The list of a page's objects tells where pictures and shapes are, but not what a pattern or a mask paints with.
Where that is no more than gradients of few steps (``is_smooth``), nothing can be drawn that the list does not have.
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
from assetgen.preflight.results import Proof, prove_weight
from assetgen.units import MM_PER_PT

DAMAGE = (
    pikepdf.PdfError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
)
"""What reading a damaged file raises: the damage shows itself anywhere, as one of these."""
Step = tuple[str, pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage]
"""An operator's name, and the operator with its operands."""


@dataclass(frozen=True, slots=True)
class HeldStream:
    """An object of a file that has keys, a dictionary or a stream, and what stands under them."""

    thing: pikepdf.Object
    entries: dict[str, object]


class OpenPdf:
    """A PDF in memory, read by pikepdf as far as anybody asks. What cannot be read raises one of ``DAMAGE``."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._steps: dict[tuple[int, int], Sequence[Step]] = {}

    @cached_property
    def sound(self) -> pikepdf.Pdf:
        """Return the file as it is. Raises PdfError where it can be read only by mending it."""
        return pikepdf.open(io.BytesIO(self.content), attempt_recovery=False)

    @cached_property
    def pdf(self) -> pikepdf.Pdf:
        """Return the file, mended where it has to be."""
        try:
            return self.sound
        except pikepdf.PdfError:
            return pikepdf.open(io.BytesIO(self.content))

    @cached_property
    def held(self) -> Sequence[HeldStream]:
        """Return all that has keys, wherever it stands in the file."""
        return [one for thing in self.pdf.objects for one in _held_in(thing)]

    def steps(self, stream: pikepdf.Object) -> Sequence[Step]:
        """Return the operators of a page or of a stream, with their operands."""
        number = stream.objgen
        if number == (0, 0):
            return parsed(stream)
        if number not in self._steps:
            self._steps[number] = parsed(stream)
        return self._steps[number]

    def some_steps(self, stream: pikepdf.Object, operators: str) -> Sequence[Step]:
        """Return at least these operators: where nobody has asked for all of them, that is quicker."""
        known = self._steps.get(stream.objgen)
        return known if known is not None else parsed(stream, operators)


def parsed(stream: pikepdf.Object, operators: str = "") -> list[Step]:
    """Return the operators of a page or of a stream; where some are named, those alone."""
    return [(str(step.operator), step) for step in pikepdf.parse_content_stream(stream, operators)]


def told(value: object) -> str:
    """Return the beginning of what a file says, without anything that a terminal would obey."""
    return ascii(str(value)[:60])[1:-1]


def _held_in(thing: object) -> Iterator[HeldStream]:
    """Yield an object of the file that has keys, and those that stand in it; what it only refers to is another."""
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
            entries: dict[str, object] = dict(one.items())
            yield HeldStream(one, entries)
            inner: Iterable[object] = entries.values()
        elif isinstance(one, pikepdf.Array):
            inner = iter(one)
        else:
            continue
        waiting += [value for value in inner if isinstance(value, pikepdf.Object) and not value.is_indirect]


MAX_DEPTH = 8
# The layout engine's gradients are axial or radial (ISO 32000-1, table 78), by functions of powers, stitched.
GRADIENTS, STEPS = (2, 3), (2, 3)
# The rows of the smallest code have over two hundred edges; a page's gradients together have a few dozen steps.
MAX_STEPS = 60
# A cell of paint draws a gradient, or a shape or two: saving, placing, filling; no picture, no words.
MAX_OPERATORS = 40
DRAWING = frozenset("q Q cm gs sh Do re m l c h f f* n W W* cs sc scn g rg k".split())


def is_smooth(file: OpenPdf) -> bool:
    """Say whether a PDF's first page paints with nothing but its own objects and smooth gradients."""
    try:
        page = file.pdf.pages[0]
        if any("/AP" in note for note in page.obj.get("/Annots", [])):
            return False
        steps = list(_steps(page.resources, depth=0))
    except DAMAGE:
        return False
    return None not in steps and sum(step or 0 for step in steps) <= MAX_STEPS


def _steps(
    resources: pikepdf.Object, *, depth: int, used: frozenset[str] | None = None
) -> Iterator[int | None]:
    """Yield the steps of each gradient, and None for whatever may be anything.

    ``used`` are the names that a pattern's or a mask's cell paints with, whose pictures are in no list of objects;
    of the page's own resources, None: all of them, but a picture is an object.
    """
    if depth > MAX_DEPTH:
        yield None
        return
    if used is None and any(font.get("/Subtype") == "/Type3" for font in _named(resources, "/Font", None)):
        yield None
    for shading in _named(resources, "/Shading", used):
        yield _gradient(shading)
    for drawn in _named(resources, "/XObject", used):
        if drawn.get("/Subtype") == "/Form":
            yield from _cell(drawn, depth) if used is not None else _steps_of(drawn, depth, None)
        elif used is not None:
            yield None
    for pattern in _named(resources, "/Pattern", used):
        yield from (
            _cell(pattern, depth) if pattern.get("/PatternType") == 1 else [_gradient(pattern["/Shading"])]
        )
    for state in _named(resources, "/ExtGState", used):
        mask = state.get("/SMask", "/None")
        if isinstance(mask, pikepdf.Dictionary):
            yield from _cell(mask["/G"], depth)


def _cell(cell: pikepdf.Object, depth: int) -> Iterator[int | None]:
    """Yield the steps of a pattern's or a mask's cell, or of a form in one."""
    steps = list(pikepdf.parse_content_stream(cell))
    if len(steps) > MAX_OPERATORS or not DRAWING.issuperset(str(step.operator) for step in steps):
        yield None
        return
    names = (value for step in steps for value in step.operands if isinstance(value, pikepdf.Name))
    yield from _steps_of(cell, depth, frozenset(map(str, names)))


def _steps_of(holder: pikepdf.Object, depth: int, used: frozenset[str] | None) -> Iterator[int | None]:
    if "/Resources" in holder:
        yield from _steps(holder["/Resources"], depth=depth + 1, used=used)


def _gradient(shading: pikepdf.Object | None) -> int | None:
    if shading is None or int(shading["/ShadingType"]) not in GRADIENTS:
        return None
    return _function(shading["/Function"], 0)


def _function(function: pikepdf.Object, depth: int) -> int | None:
    """Return the steps of a gradient's function; None of one that is a table or a program."""
    if isinstance(function, pikepdf.Array):
        parts = list(function)
    elif depth > MAX_DEPTH or int(function["/FunctionType"]) not in STEPS:
        return None
    else:
        parts = list(function.get("/Functions", []))
    steps = [_function(part, depth + 1) for part in parts]
    return None if None in steps else 1 + sum(step or 0 for step in steps)


def _named(resources: pikepdf.Object, kind: str, used: frozenset[str] | None) -> Iterator[pikepdf.Object]:
    for name, value in resources.get(kind, pikepdf.Dictionary()).items():
        if used is None or name in used:
            yield value


AGAIN = "take the file from the build as it is; do not save it again"
# What the layout engine writes into a document's properties: words of the plan, the day of the edition, its name.
OWN_PROPERTIES = {"/Title", "/Subject", "/Producer", "/CreationDate", "/ModDate"}
PRODUCER = "WeasyPrint "
PRESS_PROPERTIES = {"/GTS_PDFXVersion", "/GTS_PDFXConformance", "/Trapped"}
"""What a press file says besides (ISO 15930)."""
# The campaign's day and no hour: an hour is the clock of a machine. Midnight is none, and PDF/X asks for one.
DATES, DAY = {"/CreationDate", "/ModDate"}, re.compile(r"D:\d{8}(000000(Z|[+-]00'00'?|Z00'00'?)?)?")
# Whatever acts by itself, carries another file, or keeps what an editor did: none of it belongs into artwork.
FOREIGN = {
    "/AA": "an action of its own",
    "/AF": "a file in it",
    "/AcroForm": "a form",
    "/EmbeddedFiles": "a file in it",
    "/JavaScript": "a script",
    "/JS": "a script",
    "/Metadata": "XMP metadata",
    "/OpenAction": "an action of its own",
    "/PieceInfo": "an editor's own data",
    "/Collection": "a file in it",
    "/EF": "a file in it",
    "/Thumb": "a thumbnail",
    "/XFA": "a form",
}
# Actions, by what they do (ISO 32000-1, table 198): a page of artwork leads nowhere by itself.
ACTIONS = {
    **dict.fromkeys(
        "/GoToE /GoToR /Hide /ImportData /Movie /Named /Rendition".split(), "an action of its own"
    ),
    **dict.fromkeys("/ResetForm /SetOCGState /Sound /SubmitForm".split(), "an action of its own"),
    "/JavaScript": "a script",
    "/Launch": "an action that starts a program",
}
BOX_TOLERANCE_MM = 0.05
# What pikepdf calls a file that is in memory: another name each time.
STREAM = re.compile(r"stream <[^>]*>[^:]*:? ?")


def prove_pdf_file(file: OpenPdf, spec: Spec) -> Proof:
    """Return what is wrong with a PDF apart from what stands on its page."""
    return Proof.joined([Proof(tuple(prove_weight(file.content, spec))), _read(file, spec, _boxes_and_all)])


def prove_boxes(file: OpenPdf, spec: Spec) -> Proof:
    """Return what is wrong with the boxes of a PDF's page."""
    return _read(file, spec, lambda file, spec: _page(file.sound, spec))


def _boxes_and_all(file: OpenPdf, spec: Spec) -> Iterator[Finding]:
    pdf = file.sound
    yield from _page(pdf, spec)
    yield from _document(pdf, spec)
    yield from _foreign(file, spec)
    if spec.press or spec.accessible:
        yield from _xmp(pdf)
    yield from _notes(pdf)
    yield from _title(pdf, spec)


def _read(file: OpenPdf, spec: Spec, check: Callable[[OpenPdf, Spec], Iterator[Finding]]) -> Proof:
    """Return what a check finds, and that the file cannot be read where the check cannot."""
    findings: list[Finding] = []
    try:
        findings.extend(check(file, spec))
    except pikepdf.PasswordError:
        findings.append(Finding("size", "the file is locked with a password", AGAIN))
    except DAMAGE as error:
        words = told(STREAM.sub("", str(error).partition("\n")[0])) or type(error).__name__
        findings.append(Finding("size", f"the file cannot be read as PDF: {words}", AGAIN))
    return Proof(tuple(dict.fromkeys(findings)))


def _page(pdf: pikepdf.Pdf, spec: Spec) -> Iterator[Finding]:
    """Yield what is wrong with the page's boxes, which are in pt from its lower left corner."""
    if len(pdf.pages) != 1:
        yield Finding("size", f"{len(pdf.pages)} pages; one is due", AGAIN)
        if not len(pdf.pages):
            return
    page = pdf.pages[0].obj
    if "/TrimBox" not in page:
        yield Finding("size", "the page has no TrimBox: nobody can tell where it is cut", AGAIN)
        return
    if int(page.get("/Rotate", 0)) % 360 or float(page.get("/UserUnit", 1)) != 1:
        yield Finding("size", "the page is turned, or in units of its own", AGAIN)
    bleed_mm = spec.bleed_mm * spec.scale
    # A printer's marks stand beyond the bleed.
    slug_mm = spec.press.slug_mm if spec.press else 0.0
    width_mm, height_mm = spec.width * spec.scale, spec.height * spec.scale
    trim = _box(page.TrimBox)
    media = _grown(_box(page.MediaBox), -slug_mm)
    whole = (width_mm + 2 * bleed_mm, height_mm + 2 * bleed_mm)
    for name, box, due in (("trim", trim, (width_mm, height_mm)), ("page with its bleed", media, whole)):
        has = (box[2] - box[0], box[3] - box[1])
        if any(abs(one - other) > BOX_TOLERANCE_MM for one, other in zip(has, due, strict=True)):
            text = f"the {name} is {has[0]:.1f} × {has[1]:.1f} mm, not {due[0]:.1f} × {due[1]:.1f} mm"
            yield Finding("size", text, AGAIN)
            return
    if _differ(trim, _grown(media, -bleed_mm)):
        yield Finding("size", f"the bleed is not {bleed_mm:g} mm on every side", AGAIN)
    for name in ("/BleedBox", "/CropBox", "/ArtBox"):
        due_box = {"/ArtBox": trim, "/CropBox": _grown(media, slug_mm)}.get(name, media)
        if name in page and _differ(_box(page[name]), due_box):
            yield Finding("size", f"the {name[1:]} is not where the bleed ends", AGAIN)


def _box(values: Iterable[object]) -> tuple[float, ...]:
    """Return a box's left, bottom, right, top in mm. Raises ValueError where it is none."""
    sides = [float(value) * MM_PER_PT for value in values if isinstance(value, (int, float, Decimal))]
    if len(sides) != 4 or not all(map(math.isfinite, sides)):
        raise ValueError("a box of the page has not four sides")
    return tuple(sides)


def _grown(box: tuple[float, ...], by_mm: float) -> tuple[float, ...]:
    return (box[0] - by_mm, box[1] - by_mm, box[2] + by_mm, box[3] + by_mm)


def _differ(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return any(abs(a - b) > BOX_TOLERANCE_MM for a, b in zip(one, other, strict=True))


def _document(pdf: pikepdf.Pdf, spec: Spec) -> Iterator[Finding]:
    """Yield what the document's properties have too much."""
    if pdf.is_encrypted:
        yield Finding("size", "the file is encrypted: many printers refuse it", AGAIN)
    own = OWN_PROPERTIES | (PRESS_PROPERTIES if spec.press else set())
    for key, value in pdf.docinfo.items():
        if key not in own:
            yield Finding("metadata", f"the file's properties have {told(key[1:])}: {told(value)}", AGAIN)
        elif key == "/Producer" and not str(value).startswith(PRODUCER):
            yield Finding("metadata", f"the file was saved by another program: {told(value)}", AGAIN)
        elif key in DATES and not DAY.fullmatch(str(value)):
            yield Finding("metadata", f"the file's properties have a time of day: {told(value)}", AGAIN)


def _foreign(file: OpenPdf, spec: Spec) -> Iterator[Finding]:
    """Yield what stands anywhere in the file that artwork never has, and where it leads but to the helpline."""
    found: set[str] = set()
    # PDF/X-4 and PDF/UA are named in the document's own XMP; what else stands there is judged apart.
    root = file.pdf.Root.objgen if spec.press or spec.accessible else None
    for held in file.held:
        foreign = held.entries.keys() & FOREIGN.keys()
        if "/Metadata" in foreign and held.thing.objgen == root:
            foreign.discard("/Metadata")
        found |= {FOREIGN[key] for key in foreign}
        action = str(held.entries.get("/S", ""))
        if action in ACTIONS:
            found.add(ACTIONS[action])
        if action == "/URI" and not _is_own(target := str(held.entries.get("/URI", "")), spec):
            text = f"a link on the page opens {told(target)}"
            yield Finding("facts-altered", text, "links lead to the helpline alone", role="address")
    for words in sorted(found):
        yield Finding("metadata", f"the file has {words}", AGAIN)


def _notes(pdf: pikepdf.Pdf) -> Iterator[Finding]:
    """Yield what can be touched on the page and is no link."""
    for page in pdf.pages:
        for note in page.obj.get("/Annots", []):
            action: Any = note.get("/A", {})
            if note.get("/Subtype") != "/Link" or action.get("/S", "/GoTo") not in ("/URI", "/GoTo"):
                yield Finding("metadata", "the page has an annotation that is no link", AGAIN)


def _is_own(target: str, spec: Spec) -> bool:
    """Say whether a link opens the spec's own link, one of its hosts, or rings its number."""
    if target in (spec.link, spec.click, f"tel:{spec.tel}"):
        return True
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.username is None and parts.hostname in spec.hosts


def _title(pdf: pikepdf.Pdf, spec: Spec) -> Iterator[Finding]:
    """Yield what somebody misses who hears the page: its alt text, title and language, its words as tags."""
    title, language = pdf.docinfo.get("/Title"), pdf.Root.get("/Lang")
    if not spec.words:
        return
    # The engine writes the alt text there; a file that says nothing there says nothing wrong.
    if "/Subject" in pdf.docinfo and str(pdf.docinfo["/Subject"]) != spec.alt:
        yield Finding("alt-missing", "the file's subject is not the alt text that was promised", AGAIN)
    for name, value in (("title", title), ("language", language), ("tags", pdf.Root.get("/StructTreeRoot"))):
        if value is None or not (name == "tags" or str(value).strip()):
            text = f"the file has lost its {name}: a screen reader has nothing to go by"
            yield Finding("alt-missing", text, AGAIN)
    if language is not None and str(language).strip() not in ("", spec.locale):
        text = f"the file says that its language is {language}; it is {spec.locale}"
        yield Finding("alt-missing", text, AGAIN)


MAX_XMP_BYTES = 64_000
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFX, PDFX_ID = "{http://ns.adobe.com/pdfx/1.3/}", "{http://www.npes.org/pdfx/ns/id/}"
PDF, XMP = "{http://ns.adobe.com/pdf/1.3/}", "{http://ns.adobe.com/xap/1.0/}"
MEDIA, DUBLIN = "{http://ns.adobe.com/xap/1.0/mm/}", "{http://purl.org/dc/elements/1.1/}"
PDFA = "{http://www.aiim.org/pdfa/ns/"
XMP_DATES = frozenset(f"{XMP}{name}" for name in ("CreateDate", "ModifyDate", "MetadataDate"))
# What PDF/X names itself by, the title, the program, the day, and an identity that is told from the file itself.
XMP_ALLOWED = XMP_DATES | {
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
XMP_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(T00:00(:00)?(Z|[+-]00:00)?)?")


def _xmp(pdf: pikepdf.Pdf) -> Iterator[Finding]:
    """Yield what a press file's XMP has too much, and a time of day in it."""
    metadata = pdf.Root.get("/Metadata")
    if not isinstance(metadata, pikepdf.Stream):
        return
    content = metadata.read_bytes()
    try:
        root = ElementTree.fromstring(content[:MAX_XMP_BYTES], forbid_dtd=True)
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
            if name not in XMP_ALLOWED:
                yield name.rpartition("}")[2]
            elif name in XMP_DATES and value.strip() and not XMP_DAY.fullmatch(value.strip()):
                yield f"a time of day in {name.rpartition('}')[2]}"
