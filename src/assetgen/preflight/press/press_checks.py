"""Check a press file: its standard and output intent, what its page paints in which inks, whether the bleed is filled.

Each rule is a printer's: words in several inks blur where the plates do not meet to a hair, white that overprints
is not there, a line thinner than the plate can hold breaks up.

What is checked is what printers send files back for. It is not all that the standards ask: nobody here certifies a
PDF/X.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2 as pdfium

from assetgen.findings import Finding, Severity
from assetgen.geometry import Box
from assetgen.planning.asset import Spec
from assetgen.planning.variants import CMYK, X1A, X4, Press
from assetgen.preflight.artwork_checks import LOGO, content_figures, prove_placed
from assetgen.preflight.content.graphics_state import NO_BLENDING, NORMAL, ColourKind, as_number
from assetgen.preflight.content.interpreter import read_paints
from assetgen.preflight.content.paints import Paint, Painted, What
from assetgen.preflight.pdf.canvas import PageCanvas
from assetgen.preflight.pdf.finished_page import FinishedPage, is_inside
from assetgen.preflight.pdf.pdf_file import DAMAGE, HeldStream, OpenPdf, told
from assetgen.preflight.press.imposition_checks import AGAIN, prove_marks
from assetgen.preflight.press.ink_coverage import prove_ink
from assetgen.preflight.results import told_box
from assetgen.units import MM_PER_INCH, PX_PER_INCH, PX_PER_MM, PX_PER_PT

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
        foreign = entries.keys() & FOREIGN.keys()
        found |= {FOREIGN[key] for key in foreign if str(entries[key]) not in PLAIN_TRANSFERS}
        if entries.get("/Subtype") == "/PS":
            found.add(FOREIGN["/PS"])
    for words in sorted(found):
        yield Finding("press", f"the file has {words}", AGAIN)


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
    mode = entries.get("/BM", NORMAL)
    modes = list(mode) if isinstance(mode, pikepdf.Array) else [mode]
    if any(str(one) not in NO_BLENDING for one in modes):
        yield "a blend mode"


DRAWN_PPI = 150
# Seen from the trim so much of the page's inside is looked at; of the bleed, its outermost pixels.
INSIDE_MM, OUTER_PX = 1.0, 2
# Lighter than this is bare paper; a white along so much of an edge is a knife's slip that shows.
PAPER, MIN_GAP_MM = 250, 1.0
SLACK_PX = 0.1
MIN_TONE = 0.05
EDGES = ("left", "top", "right", "bottom")
Filled = npt.NDArray[np.bool_]


def prove_bleed(page: FinishedPage, painted: Painted, press: Press, spec: Spec) -> Iterator[Finding]:
    """Yield a finding for each edge over which colour does not go on.

    Nothing is drawn where one box or picture of ink fills the trim and its bleed.
    """
    whole = page.trim.grown(press.bleed_mm * PX_PER_MM)
    if press.bleed_mm <= 0 or any(_fills(paint, whole) for paint in painted.paints):
        return
    canvas = PageCanvas(page.pdfium, -page.box.x / PX_PER_PT, -page.box.y / PX_PER_PT)
    for edge in EDGES:
        gap = _gap(canvas, whole, page.trim, edge)
        if gap is not None:
            text = f"the colour at the {edge} edge ends before the bleed does"
            hint = "let backgrounds and pictures run to the page's end: the bleed is part of the page"
            yield Finding("press", text, hint, box=told_box(gap, spec))


def _fills(paint: Paint, whole: Box) -> bool:
    has_tone = paint.total is None or paint.total >= MIN_TONE
    is_opaque = paint.is_whole and has_tone and not paint.is_clear and not paint.in_mask
    return is_opaque and is_inside(whole, paint.box, SLACK_PX)


def _gap(canvas: PageCanvas, whole: Box, trim: Box, edge: str) -> Box | None:
    """Return where paper shows at an edge although there is colour inside the trim; None where it does not."""
    inside = INSIDE_MM * PX_PER_MM
    strips = {
        "left": Box(whole.x, whole.y, trim.x + inside - whole.x, whole.height),
        "top": Box(whole.x, whole.y, whole.width, trim.y + inside - whole.y),
        "right": Box(trim.right - inside, whole.y, whole.right - trim.right + inside, whole.height),
        "bottom": Box(whole.x, trim.bottom - inside, whole.width, whole.bottom - trim.bottom + inside),
    }
    scale = DRAWN_PPI / PX_PER_INCH
    drawn = canvas.region(strips[edge], scale)
    filled = _from_outside(np.asarray(drawn.picture).min(axis=2) < PAPER, edge)
    deep = round(inside * scale)
    is_gap = filled[-deep:].all(axis=0) & ~filled[:OUTER_PX].all(axis=0)
    if is_gap.sum() < MIN_GAP_MM / MM_PER_INCH * DRAWN_PPI:
        return None
    along = np.flatnonzero(is_gap) / scale
    first, last = float(along[0]), float(along[-1])
    if edge in ("left", "right"):
        return Box(drawn.box.x, drawn.box.y + first, drawn.box.width, last - first)
    return Box(drawn.box.x + first, drawn.box.y, last - first, drawn.box.height)


def _from_outside(filled: Filled, edge: str) -> Filled:
    """Return a strip turned so that its first row is the outermost."""
    if edge in ("left", "right"):
        filled = filled.T
    return filled if edge in ("left", "top") else filled[::-1]


# Less ink than this is not a dot that a plate could lay elsewhere; more is.
MIN_INK = 0.005
SOLID = 0.99
# Of a code, what is lighter than this is its background.
DARK = 0.3
# Figures are rounded when they are written.
TOLERANCE = 0.98
IN_INK = "name an ink value for the colour in brand.yaml (palette), or a picture that is made for print"


def prove_inks_alone(painted: Painted, press: Press, spec: Spec) -> Iterator[Finding]:
    """Yield whatever is painted in something else than ink, one finding for each kind of thing and space."""
    told: dict[tuple[What, str, ColourKind, bool], list[Paint]] = {}
    for paint in painted.paints:
        if paint.space.kind is not ColourKind.INK:
            told.setdefault((paint.what, paint.space.name, paint.space.kind, paint.in_mask), []).append(paint)
    for (what, name, kind, in_mask), found in told.items():
        places = f" in {len(found)} places" if len(found) > 1 else ""
        box = told_box(found[0].box, spec)
        if kind is ColourKind.LIGHT and not in_mask:
            yield Finding("ink", f"{what} is painted in {name}, not in ink{places}", IN_INK, box=box)
            continue
        why = {
            ColourKind.LIGHT: f"a mask is painted in {name}",
            ColourKind.PROFILED: f"{what} is painted in {name}: its inks would be converted, nobody knows to what",
            ColourKind.SPOT: f"{what} is painted in {name}: spot colours are not printed here",
        }.get(kind, f"{what} is painted in {name}")
        yield Finding("press", f"{why}{places}", IN_INK, box=box)
    for ink in CMYK:
        wrong = [paint for paint in painted.paints if ink in _inks(paint) and not paint.in_mask]
        if ink not in press.plates and wrong:
            text = f"{wrong[0].what} has {ink} ink; the file is printed in {', '.join(press.plates)}"
            yield Finding("ink", text, IN_INK, box=told_box(wrong[0].box, spec))
    for space in dict.fromkeys(painted.group_spaces):
        if space is not None and space.kind is not ColourKind.INK:
            text = f"something see-through is mixed in {space.name}: its inks would be converted"
            yield Finding("press", text, "no opacity there; if it comes back, the fault is assetgen's")


def prove_paints(
    painted: Painted, press: Press, code_marks: Collection[int], logo_marks: Collection[int], spec: Spec
) -> Iterator[Finding]:
    """Yield what is painted so that it would not print as it looks.

    ``code_marks`` and ``logo_marks`` are the marked content of the code and of the logos. A logo is its owner's:
    of its lines there is a warning.
    """
    inks = [paint for paint in painted.paints if paint.plates is not None and not paint.in_mask]
    words = [paint for paint in inks if paint.what is What.TEXT and paint.mark not in logo_marks]
    yield from _words(words, press, spec)
    code = [paint for paint in inks if paint.mark in code_marks and (paint.total or 0) > DARK]
    coloured = [paint for paint in code if not _is_black_alone(paint)]
    if coloured:
        text = f"the code is in {_told(coloured[0])}: only black ink alone keeps its edges sharp"
        box = told_box(coloured[0].box, spec)
        yield Finding("press", text, "paint the code in black alone", box=box, role="code")
    yield from _overprints(inks, words, press, spec)
    yield from _lines([paint for paint in inks if paint.mark not in code_marks], press, logo_marks, spec)


def _words(words: Sequence[Paint], press: Press, spec: Spec) -> Iterator[Finding]:
    """Yield words in too many inks, and words too small for how they are inked: plates never meet to a hair."""

    def size(paint: Paint) -> float:
        return _final_pt(paint.size_pt or 0.0, spec)

    small = [paint for paint in words if size(paint) < _least_pt(paint, press) * TOLERANCE]
    if small:
        paint = small[0]
        due = f"at least {_least_pt(paint, press):g} pt are due, or solid black alone"
        text = f"words of {size(paint):.1f} pt are in {_told(paint)}: {due}"
        hint = "larger words, a light background under them, or black alone as their colour's ink value (palette)"
        yield Finding("press", text, hint, box=told_box(paint.box, spec))
    many = [paint for paint in words if len(_inks(paint)) > press.text_inks and paint not in small]
    if many:
        text = f"words are in {_told(many[0])}: {press.text_inks} inks at most, or their edges blur"
        hint = "an ink value of fewer inks for the colour in brand.yaml (palette)"
        yield Finding("press", text, hint, box=told_box(many[0].box, spec))


def _least_pt(paint: Paint, press: Press) -> float:
    """Return the least size of words, by how they are inked."""
    rules, inks = press.type_rules, _inks(paint)
    if not inks:
        return rules.reversed_pt
    if len(inks) > 1:
        return rules.inks_pt
    return rules.solid_pt if (paint.total or 0.0) >= SOLID and not paint.is_clear else rules.tinted_pt


def _overprints(inks: Sequence[Paint], words: Iterable[Paint], press: Press, spec: Spec) -> Iterator[Finding]:
    """Yield what is lost by an overprint, what is mixed by one, and black words that leave holes beneath them."""
    lost = [paint for paint in inks if paint.overprints and not _inks(paint)]
    mixed = [paint for paint in inks if paint.overprints and _inks(paint) and not _is_black_alone(paint)]
    if lost:
        text = f"{lost[0].what} without ink is set to overprint: it will not be there in print"
        yield Finding("press", text, "only black overprints", box=told_box(lost[0].box, spec))
    if mixed:
        text = f"{mixed[0].what} in {_told(mixed[0])} is set to overprint: it will mix with what is beneath"
        yield Finding("press", text, "only black overprints", box=told_box(mixed[0].box, spec))
    if press.overprints:
        holes = [paint for paint in words if _is_full_black(paint) and not paint.overprints]
        if holes:
            text = "black words do not overprint: where plates do not meet, paper shows around them"
            yield Finding("press", text, "set black words to overprint", box=told_box(holes[0].box, spec))


def _lines(inks: Sequence[Paint], press: Press, logo_marks: Collection[int], spec: Spec) -> Iterator[Finding]:
    """Yield lines that are too thin: one finding for the page's own, one for the logos'."""

    def least(paint: Paint) -> float:
        is_solid = len(_inks(paint)) == 1 and (paint.total or 0.0) >= SOLID
        return press.type_rules.line_pt if is_solid else press.type_rules.fine_line_pt

    def is_thin(paint: Paint) -> bool:
        width = paint.thin_px
        return width is not None and _final_pt(width / PX_PER_PT, spec) < least(paint) * TOLERANCE

    ways: list[tuple[str, Severity, Callable[[Paint], bool]]] = [
        ("a line", Severity.ERROR, lambda paint: paint.mark not in logo_marks),
        ("a line in a logo", Severity.WARNING, lambda paint: paint.mark in logo_marks),
    ]
    for what, severity, is_own in ways:
        thin = [paint for paint in inks if is_own(paint) and is_thin(paint)]
        if thin:
            worst = min(thin, key=lambda paint: paint.thin_px or 0.0)
            width = _final_pt((worst.thin_px or 0.0) / PX_PER_PT, spec)
            text = f"{what} is {width:.2f} pt thick; {least(worst):g} pt are due in {_told(worst)}"
            box = told_box(worst.box, spec)
            yield Finding("press", text, "thicker lines, or none", severity=severity, box=box)


def _final_pt(size_pt: float, spec: Spec) -> float:
    """Return a length in pt of the page as it is at final size."""
    return size_pt / spec.scale


def _inks(paint: Paint) -> list[str]:
    """Return the names of the inks that a paint has."""
    return [name for name, ink in zip(CMYK, paint.plates or (), strict=False) if ink >= MIN_INK]


def _is_black_alone(paint: Paint) -> bool:
    return _inks(paint) == ["black"]


def _is_full_black(paint: Paint) -> bool:
    return _is_black_alone(paint) and paint.plates is not None and paint.plates[3] >= SOLID


def _told(paint: Paint) -> str:
    """Return a paint's inks as a printer says them: ``60/40/0/90``."""
    if not _inks(paint):
        return "no ink"
    return "/".join(f"{100 * ink:.0f}" for ink in paint.plates or ())


PROVED = (
    "output intent, fonts, colour spaces, inks and total ink, overprints, lines, bleed, pictures' resolution",
    "that words and code stand on few plates",
)
UNCHECKED = ("what PDF/X asks besides: this is no certificate",)
"""What ``verify`` says of a press file."""


def prove_press(file: OpenPdf, page: FinishedPage, press: Press, spec: Spec) -> list[Finding]:
    """Return what keeps a file from being printed as it should be."""
    try:
        return [*_file(file, press), *_page(file, page, press, spec)]
    except (*DAMAGE, pdfium.PdfiumError) as error:
        words = told(str(error).partition("\n")[0])
        return [Finding("press", f"the page cannot be read as a press reads it: {words}", AGAIN)]


def _file(file: OpenPdf, press: Press) -> Iterator[Finding]:
    pdf = file.pdf
    yield from prove_standard(pdf, file.content, press.variant)
    yield from prove_intent(pdf, press)
    yield from prove_fonts_embedded(file)
    yield from prove_quiet(file)
    if press.variant == X1A:
        yield from prove_opaque(file)
    if "/BleedBox" not in pdf.pages[0].obj:
        yield Finding("press", "the page has no BleedBox: nobody can tell how far the bleed goes", AGAIN)


def _page(file: OpenPdf, page: FinishedPage, press: Press, spec: Spec) -> Iterator[Finding]:
    everything = read_paints(file.pdf.pages[0], page.frame, parse=file.steps)
    yield from prove_inks_alone(everything, press, spec)
    # Beyond the bleed stand a printer's marks, in every ink and as fine as a knife needs them.
    sheet = page.trim.grown(press.bleed_mm * PX_PER_MM)
    inside = tuple(paint for paint in everything.paints if paint.box.meets(sheet))
    painted = Painted(inside, everything.group_spaces)
    logos, code = _marks(page, spec)
    yield from prove_paints(painted, press, code, logos, spec)
    yield from prove_placed(painted, press.min_ppi, logos | code, spec)
    yield from prove_ink(file.content, painted, press.ink_limit, spec)
    yield from prove_bleed(page, painted, press, spec)
    if press.slug_mm:
        seen = (paint for paint in everything.paints if paint.box.meets(page.box))
        yield from prove_marks(seen, [sheet], press.marks)


def _marks(page: FinishedPage, spec: Spec) -> tuple[frozenset[int], frozenset[int]]:
    """Return the marked content of the logos, and of the code."""
    logos: set[int] = set()
    code: set[int] = set()
    for role, figure in content_figures(page, spec):
        marks = {mark for at in figure.objects if (mark := page.objects[at].mark) is not None}
        (logos if role == LOGO else code).update(marks)
    return frozenset(logos), frozenset(code)
