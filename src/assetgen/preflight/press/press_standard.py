"""A press file as such: the standard that it names, its output intent, fonts, and what a press cannot take.

What is checked here and in the modules beside it is what printers send files back for. It is not all that the
standards ask, and nothing here says that a file is certified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256

import pikepdf

from assetgen.findings import Finding
from assetgen.planning.variants import CMYK, X1A, X4, Press
from assetgen.preflight.content.graphics_state import NO_BLENDING, as_number
from assetgen.preflight.pdf.open_pdf import HeldStream, OpenPdf, told

AGAIN = "build it again; if it comes back, the fault is assetgen's: report it with this line"
NO_ANNOTATION = "take links and notes out of the press file: print cannot be clicked"
INTENT = "/GTS_PDFX"
X_1A = "PDF/X-1a:2001"
# What each variant calls itself, and the versions of PDF that it may be written in (ISO 15930-1 and -7).
STANDARDS = {X1A: "PDF/X-1:2001", X4: "PDF/X-4"}
PDF_VERSIONS = {X1A: ("1.3",), X4: ("1.4", "1.5", "1.6")}
# PDF/X-1a says so in the document's properties, PDF/X-4 in its XMP (ISO 15930-7, 6.3).
XMP_VERSION = re.compile(r"GTS_PDFXVersion(?:>|=[\"'])\s*(PDF/X-[\w:]+)")
# Object streams and the tables that go with them came with PDF 1.5: an old reader sees an empty file.
NEW_STREAMS = re.compile(rb"/Type\s*/(?:ObjStm|XRef)\b")
FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
# What changes inks behind one's back, or belongs to a workflow of long ago, in words.
FOREIGN = {
    "/TR": "a transfer function", "/HTP": "a halftone's phase", "/OPI": "a stand-in for a picture elsewhere",
    "/Alternates": "another version of a picture", "/PS": "PostScript",
}  # fmt: skip
PLAIN_TRANSFERS = ("/Identity", "/Default")


def prove_standard(pdf: pikepdf.Pdf, content: bytes, variant: str) -> Iterator[Finding]:
    """Yield what keeps a file from being what it should call itself."""
    due, versions = STANDARDS[variant], PDF_VERSIONS[variant]
    if pdf.pdf_version not in versions:
        yield Finding("press", f"the file is PDF {pdf.pdf_version}; {due} is PDF {versions[-1]}", AGAIN)
    said = _said_standard(pdf)
    if said != due:
        yield Finding("press", f"the file says that it is {told(said) or 'no PDF/X'}; {due} is due", AGAIN)
    if variant == X1A:
        conformance = str(pdf.docinfo.get("/GTS_PDFXConformance", ""))
        if conformance != X_1A:
            text = f"its conformance is {told(conformance) or 'not said'}; {X_1A} is due"
            yield Finding("press", text, AGAIN)
        if NEW_STREAMS.search(content):
            yield Finding("press", "the file has object streams, which PDF 1.3 does not know", AGAIN)
    if str(pdf.docinfo.get("/Trapped", "")) not in ("/True", "/False"):
        yield Finding("press", "the file does not say whether it is trapped", AGAIN)


def _said_standard(pdf: pikepdf.Pdf) -> str:
    said = str(pdf.docinfo.get("/GTS_PDFXVersion", ""))
    metadata = pdf.Root.get("/Metadata")
    if said or not isinstance(metadata, pikepdf.Stream):
        return said
    found = XMP_VERSION.search(metadata.read_bytes().decode("utf-8", "replace"))
    return found[1] if found else ""


def prove_intent(pdf: pikepdf.Pdf, press: Press) -> Iterator[Finding]:
    """Yield what is wrong with the output intent: the printing condition that the inks are meant for."""
    intents = [one for one in pdf.Root.get("/OutputIntents", []) if one.get("/S") == INTENT]
    if len(intents) != 1:
        many = "no output intent" if not intents else f"{len(intents)} output intents"
        yield Finding("press", f"the file has {many}: nobody can tell which press it is for", AGAIN)
        return
    intent = intents[0]
    for key, due in (("/OutputConditionIdentifier", press.intent), ("/RegistryName", press.registry)):
        named = str(intent.get(key, ""))
        if named != due:
            text = f"the output intent's {key[1:]} is {told(named) or 'not there'}; {told(due)} is due"
            yield Finding("press", text, AGAIN)
    profile = intent.get("/DestOutputProfile")
    if not isinstance(profile, pikepdf.Stream):
        if press.has_profile:
            yield Finding("press", "the output intent has no profile, and one is due", AGAIN)
    elif int(profile.get("/N", 0)) != len(CMYK):
        yield Finding("press", "the profile of the output intent is not one of four inks", AGAIN)
    elif sha256(profile.read_bytes()).hexdigest() != press.profile_sha256:
        yield Finding("press", "the profile of the output intent is not the one that is due", AGAIN)


def prove_fonts_embedded(file: OpenPdf) -> Iterator[Finding]:
    """Yield each font that is not in the file."""
    missing = sorted({told(name) for held in file.held for name in _without_file(held)})
    for name in missing:
        yield Finding("press", f"the font {name} is not embedded: the press would set another", AGAIN)


def _without_file(held: HeldStream) -> Iterator[str]:
    """Yield the name of a font without its file. Fonts that are drawn, or made of another, have none to embed."""
    if held.entries.get("/Type") != "/Font" or held.entries.get("/Subtype") in ("/Type0", "/Type3"):
        return
    described = held.thing.get("/FontDescriptor", pikepdf.Dictionary())
    if not any(key in described for key in FONT_FILES):
        yield str(held.entries.get("/BaseFont", "/without a name"))[1:]


def prove_quiet(file: OpenPdf) -> Iterator[Finding]:
    """Yield annotations, and whatever would change the inks behind one's back."""
    if any(len(page.obj.get("/Annots", [])) for page in file.pdf.pages):
        yield Finding("press", "the page has annotations: a press refuses them, links too", NO_ANNOTATION)
    found: set[str] = set()
    for entries in (held.entries for held in file.held):
        found |= {FOREIGN[key] for key in entries.keys() & FOREIGN.keys() if not _is_plain(entries[key])}
        if entries.get("/Subtype") == "/PS":
            found.add(FOREIGN["/PS"])
    for words in sorted(found):
        yield Finding("press", f"the file has {words}", AGAIN)


def _is_plain(value: object) -> bool:
    return str(value) in PLAIN_TRANSFERS


def prove_opaque(file: OpenPdf) -> Iterator[Finding]:
    """Yield what is see-through, by whatever means, in a file for a press that knows no transparency."""
    found: set[str] = set()
    for entries in (held.entries for held in file.held):
        found |= set(_see_through(entries))
        if "/LZWDecode" in str(entries.get("/Filter", "")):
            found.add("LZW compression")
    for words in sorted(found):
        hint = "this press takes no transparency: no opacity, no mask, no group"
        yield Finding("press", f"the file has {words}, which PDF/X-1a does not allow", hint)


def _see_through(entries: Mapping[str, object]) -> Iterator[str]:
    group = entries.get("/Group")
    if isinstance(group, pikepdf.Dictionary) and group.get("/S") == "/Transparency":
        yield "a transparency group"
    if entries.get("/SMask", "/None") != "/None":
        yield "a soft mask"
    for key in ("/ca", "/CA"):
        alpha = entries.get(key, 1)
        if not isinstance(alpha, pikepdf.Object) and as_number(alpha) < 1:
            yield "opacity under 1"
    mode = entries.get("/BM")
    modes = list(mode) if isinstance(mode, pikepdf.Array) else [] if mode is None else [mode]
    if any(str(one) not in NO_BLENDING for one in modes):
        yield "a blend mode"
