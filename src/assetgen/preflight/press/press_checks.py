"""Check a press file: its standard, output intent and fonts, the inks of its page, and its bleed.

The rules are those for which printers reject files. Text in several inks blurs, because the plates are never aligned
exactly. White that overprints is not printed. A line that is too thin for the plate breaks up.

The checks do not cover everything that PDF/X requires, so they are not a certificate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2 as pdfium
from numpy.lib.stride_tricks import sliding_window_view

from assetgen.findings import Finding, Severity
from assetgen.geometry import Box
from assetgen.planning.asset import Spec
from assetgen.planning.variants import CMYK, X1A, X4, PressSpec
from assetgen.preflight.artwork_checks import LOGO, check_press_picture_resolution, content_figures
from assetgen.preflight.content.graphics_state import NO_BLENDING, NORMAL, ColourKind, as_number
from assetgen.preflight.content.interpreter import read_paints
from assetgen.preflight.content.paints import PagePaints, Paint, PaintKind
from assetgen.preflight.pdf.canvas import PageCanvas
from assetgen.preflight.pdf.finished_page import FinishedPage, is_inside
from assetgen.preflight.pdf.pdf_file import READ_ERRORS, KeyedObject, OpenPdf, escape_excerpt
from assetgen.preflight.press.imposition_checks import REBUILD_HINT, check_cut_marks
from assetgen.preflight.press.ink_coverage import check_ink
from assetgen.preflight.results import convert_box
from assetgen.units import MM_PER_INCH, PX_PER_INCH, PX_PER_MM, PX_PER_PT

NO_TRANSPARENCY_HINT = (
    "remove opacity, masks, groups and blend modes: this press does not accept transparency"
)
FLATE_HINT = "build the asset again, or save the PDF with Flate compression (lossless)"
ANNOTATION_HINT = "remove links and notes from the press file"
PDFX_INTENT = "/GTS_PDFX"
X1A_CONFORMANCE = "PDF/X-1a:2001"
# The identifier of each standard, and the PDF versions that it allows (ISO 15930-1 and 15930-7).
STANDARDS = {X1A: "PDF/X-1:2001", X4: "PDF/X-4"}
PDF_VERSIONS = {X1A: ("1.3",), X4: ("1.4", "1.5", "1.6")}
# PDF/X-1a is named in the document's properties, PDF/X-4 in its XMP (ISO 15930-7, 6.3).
XMP_VERSION = re.compile(r"GTS_PDFXVersion(?:>|=[\"'])\s*(PDF/X-[\w:]+)")
# Object streams and cross-reference streams were added in PDF 1.5. An older reader cannot read the file.
PDF_1_5_STREAMS = re.compile(rb"/Type\s*/(?:ObjStm|XRef)\b")
FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
# Entries that change inks unnoticed, or that belong to obsolete workflows, and their names for messages.
FOREIGN = {
    "/TR": "a transfer function", "/HTP": "a halftone phase", "/OPI": "a placeholder for an external picture (OPI)",
    "/Alternates": "an alternate version of a picture", "/PS": "PostScript",
}  # fmt: skip
NEUTRAL_TRANSFERS = ("/Identity", "/Default")


def check_standard(pdf: pikepdf.Pdf, content: bytes, variant: str) -> Iterator[Finding]:
    """Yield findings about the standard that a file names, and about what that standard requires of the file."""
    expected, versions = STANDARDS[variant], PDF_VERSIONS[variant]
    if pdf.pdf_version not in versions:
        text = f"the file is PDF {pdf.pdf_version}; {expected} allows PDF {', '.join(versions)}"
        yield Finding("press", text, REBUILD_HINT)
    standard = _named_standard(pdf)
    if standard != expected:
        text = f"the file's standard is {escape_excerpt(standard) or 'missing'}; it must be {expected}"
        yield Finding("press", text, REBUILD_HINT)
    if variant == X1A:
        conformance = str(pdf.docinfo.get("/GTS_PDFXConformance", ""))
        if conformance != X1A_CONFORMANCE:
            text = f"the file's conformance is {escape_excerpt(conformance) or 'missing'}; it must be {X1A_CONFORMANCE}"
            yield Finding("press", text, REBUILD_HINT)
        if PDF_1_5_STREAMS.search(content):
            yield Finding(
                "press", "the file has object streams, which PDF 1.3 does not support", REBUILD_HINT
            )
    if str(pdf.docinfo.get("/Trapped", "")) not in ("/True", "/False"):
        yield Finding("press", "the file does not say whether it is trapped", REBUILD_HINT)


def _named_standard(pdf: pikepdf.Pdf) -> str:
    """Return the PDF/X standard that a file names in its properties or its XMP; empty if it names none."""
    standard = str(pdf.docinfo.get("/GTS_PDFXVersion", ""))
    metadata = pdf.Root.get("/Metadata")
    if standard or not isinstance(metadata, pikepdf.Stream):
        return standard
    found = XMP_VERSION.search(metadata.read_bytes().decode("utf-8", "replace"))
    return found[1] if found else ""


def check_intent(pdf: pikepdf.Pdf, press: PressSpec) -> Iterator[Finding]:
    """Yield findings about the output intent, which names the print condition and its profile."""
    intents = [one for one in pdf.Root.get("/OutputIntents", []) if one.get("/S") == PDFX_INTENT]
    if len(intents) != 1:
        count = "no output intent" if not intents else f"{len(intents)} output intents"
        yield Finding(
            "press",
            f"the file has {count}; it needs exactly one, which names the print condition",
            REBUILD_HINT,
        )
        return
    intent = intents[0]
    for key, expected in (("/OutputConditionIdentifier", press.intent), ("/RegistryName", press.registry)):
        named = str(intent.get(key, ""))
        if named != expected:
            found = escape_excerpt(named) or "missing"
            text = f"the output intent's {key[1:]} is {found}; it must be {escape_excerpt(expected)}"
            yield Finding("press", text, REBUILD_HINT)
    profile = intent.get("/DestOutputProfile")
    if not isinstance(profile, pikepdf.Stream):
        if press.has_profile:
            yield Finding("press", "the output intent has no ICC profile; it needs one", REBUILD_HINT)
    elif int(profile.get("/N", 0)) != len(CMYK):
        yield Finding("press", "the output intent's ICC profile is not a CMYK profile", REBUILD_HINT)
    elif sha256(profile.read_bytes()).hexdigest() != press.profile_sha256:
        yield Finding(
            "press", "the output intent's ICC profile is not that of the print condition", REBUILD_HINT
        )


def check_fonts_embedded(file: OpenPdf) -> Iterator[Finding]:
    """Yield a finding for each font that is not embedded."""
    missing = sorted(
        {escape_excerpt(name) for found in file.keyed_objects for name in _unembedded_font(found)}
    )
    for name in missing:
        yield Finding("press", f"the font {name} is not embedded; the press would replace it", REBUILD_HINT)


def _unembedded_font(found: KeyedObject) -> Iterator[str]:
    """Yield the name of a font if it is not embedded. Type 0 and Type 3 fonts are skipped: they have no font file."""
    if found.entries.get("/Type") != "/Font" or found.entries.get("/Subtype") in ("/Type0", "/Type3"):
        return
    descriptor = found.pdf_object.get("/FontDescriptor", pikepdf.Dictionary())
    if not any(key in descriptor for key in FONT_FILES):
        yield str(found.entries.get("/BaseFont", "/without a name"))[1:]


def check_extras(file: OpenPdf) -> Iterator[Finding]:
    """Yield findings about annotations, and about entries that would change the inks unnoticed."""
    if any(len(page.obj.get("/Annots", [])) for page in file.pdf.pages):
        yield Finding(
            "press", "the page has annotations, such as links; a press refuses them", ANNOTATION_HINT
        )
    found: set[str] = set()
    for entries in (held.entries for held in file.keyed_objects):
        foreign = entries.keys() & FOREIGN.keys()
        found |= {FOREIGN[key] for key in foreign if str(entries[key]) not in NEUTRAL_TRANSFERS}
        if entries.get("/Subtype") == "/PS":
            found.add(FOREIGN["/PS"])
    for description in sorted(found):
        yield Finding("press", f"the file has {description}", REBUILD_HINT)


def check_pdfx_1a_limits(file: OpenPdf) -> Iterator[Finding]:
    """Yield findings about transparency and LZW compression, which PDF/X-1a does not allow."""
    found: dict[str, str] = {}
    for entries in (held.entries for held in file.keyed_objects):
        found |= dict.fromkeys(_transparency_in(entries), NO_TRANSPARENCY_HINT)
        if "/LZWDecode" in str(entries.get("/Filter", "")):
            found["LZW compression"] = FLATE_HINT
    for description, hint in sorted(found.items()):
        yield Finding("press", f"the file has {description}, which PDF/X-1a does not allow", hint)


def _transparency_in(entries: Mapping[str, object]) -> Iterator[str]:
    """Yield the names of the kinds of transparency in the entries of a dictionary."""
    group = entries.get("/Group")
    if isinstance(group, pikepdf.Dictionary) and group.get("/S") == "/Transparency":
        yield "a transparency group"
    if entries.get("/SMask", "/None") != "/None":
        yield "a soft mask"
    for key in ("/ca", "/CA"):
        alpha = entries.get(key, 1)
        if not isinstance(alpha, pikepdf.Object) and as_number(alpha) < 1:
            yield "an opacity below 1"
    mode = entries.get("/BM", NORMAL)
    modes = list(mode) if isinstance(mode, pikepdf.Array) else [mode]
    if any(str(one) not in NO_BLENDING for one in modes):
        yield "a blend mode"


RENDERED_PPI = 150
# At each edge, colour in this strip inside the trim must reach the outermost pixels of the bleed.
INSIDE_MM, OUTER_PX = 1.0, 2
# A pixel of at least this value is paper. A gap at least this long would be visible after an inaccurate cut.
PAPER_VALUE, MIN_GAP_MM = 250, 1.0
# An edge of colour is parallel to the page's edge if it stays within a pixel over this length (or the whole gap).
PARALLEL_MM = 3.0
TOLERANCE_PX = 0.1
MIN_VISIBLE_INK = 0.05
EDGES = ("left", "top", "right", "bottom")
Filled = npt.NDArray[np.bool_]


def check_bleed(page: FinishedPage, painted: PagePaints, press: PressSpec, spec: Spec) -> Iterator[Finding]:
    """Yield a finding for each edge at which colour does not continue into the bleed.

    The page is not rendered if one box or picture fills the trim and the bleed.
    """
    whole = page.trim.enlarged(press.bleed_mm * PX_PER_MM)
    if press.bleed_mm <= 0 or any(_fills(paint, whole) for paint in painted.paints):
        return
    canvas = PageCanvas(page.pdfium, -page.box.x / PX_PER_PT, -page.box.y / PX_PER_PT)
    for edge in EDGES:
        gap = _find_gap(canvas, whole, page.trim, edge)
        if gap is not None:
            text = f"the colour at the {edge} edge does not fill the bleed"
            hint = "extend backgrounds and pictures to the edge of the page, which includes the bleed"
            yield Finding("press", text, hint, box=convert_box(gap, spec))


def _fills(paint: Paint, whole: Box) -> bool:
    """Return whether a paint covers a box with an opaque, visible colour."""
    is_visible = paint.total is None or paint.total >= MIN_VISIBLE_INK
    is_opaque = paint.fills_box and is_visible and not paint.is_translucent and not paint.in_mask
    return is_opaque and is_inside(whole, paint.box, TOLERANCE_PX)


def _find_gap(canvas: PageCanvas, whole: Box, trim: Box, edge: str) -> Box | None:
    """Return the part of an edge at which colour does not fill the bleed; None if the bleed is filled."""
    inside = INSIDE_MM * PX_PER_MM
    strips = {
        "left": Box(whole.x, whole.y, trim.x + inside - whole.x, whole.height),
        "top": Box(whole.x, whole.y, whole.width, trim.y + inside - whole.y),
        "right": Box(trim.right - inside, whole.y, whole.right - trim.right + inside, whole.height),
        "bottom": Box(whole.x, trim.bottom - inside, whole.width, whole.bottom - trim.bottom + inside),
    }
    scale = RENDERED_PPI / PX_PER_INCH
    drawn = canvas.region(strips[edge], scale)
    filled = _from_outside(np.asarray(drawn.picture).min(axis=2) < PAPER_VALUE, edge)
    inside_px = round(inside * scale)
    is_gap = np.asarray(filled[-inside_px:].all(axis=0) & ~filled[:OUTER_PX].all(axis=0))
    # A slanted edge that leaves the page has gaps too, but there the colour ends ever further out.
    columns = _parallel_gap(is_gap, filled.argmax(axis=0))
    if not columns.size:
        return None
    along = columns / scale
    first, last = float(along[0]), float(along[-1])
    if edge in ("left", "right"):
        return Box(drawn.box.x, drawn.box.y + first, drawn.box.width, last - first)
    return Box(drawn.box.x + first, drawn.box.y, last - first, drawn.box.height)


def _parallel_gap(is_gap: Filled, ends: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return the columns of the gaps in which colour ends parallel to the edge of the page; empty if there are none.

    ``ends`` is the row, counted from outside, at which the colour of each column begins.
    """
    px_per_mm = RENDERED_PPI / MM_PER_INCH
    min_length, window = MIN_GAP_MM * px_per_mm, round(PARALLEL_MM * px_per_mm)
    columns = np.flatnonzero(is_gap)
    runs = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    found = [
        run
        for run in runs
        if len(run) >= min_length
        and (np.ptp(sliding_window_view(ends[run], min(window, len(run))), axis=1) <= 1).any()
    ]
    return np.concatenate(found) if found else columns[:0]


def _from_outside(filled: Filled, edge: str) -> Filled:
    """Return a strip, rotated or flipped so that its first row is the outermost."""
    if edge in ("left", "right"):
        filled = filled.T
    return filled if edge in ("left", "top") else filled[::-1]


# With less ink than this, a plate prints no visible dots.
MIN_INK = 0.005
SOLID_INK = 0.99
# Parts of a code with less total ink than this are its background.
MIN_CODE_INK = 0.3
# Sizes are rounded when the PDF is written, so that a size may be this much below its minimum.
ROUNDING = 0.98
INK_HINT = "give the colour ink values in brand.yaml (palette), or use a picture prepared for print"


def check_colour_spaces(painted: PagePaints, press: PressSpec, spec: Spec) -> Iterator[Finding]:
    """Yield findings about paints that are not in the inks of the press, one for each kind and colour space."""
    not_ink: dict[tuple[PaintKind, str, ColourKind, bool], list[Paint]] = {}
    for paint in painted.paints:
        if paint.space.kind is not ColourKind.INK:
            key = (paint.kind, paint.space.name, paint.space.kind, paint.in_mask)
            not_ink.setdefault(key, []).append(paint)
    for (what, name, kind, in_mask), found in not_ink.items():
        places = f" ({len(found)} places)" if len(found) > 1 else ""
        box = convert_box(found[0].box, spec)
        if kind is ColourKind.NOT_INK and not in_mask:
            yield Finding(
                "ink", f"{what} is painted in {name}, not in printing inks{places}", INK_HINT, box=box
            )
            continue
        reason = {
            ColourKind.NOT_INK: f"a soft mask is painted in {name}",
            ColourKind.PROFILED: f"{what} is painted in {name}; the press would convert it to unknown ink values",
            ColourKind.SPOT: f"{what} is painted in {name}; spot colours are not supported",
        }.get(kind, f"{what} is painted in {name}")
        yield Finding("press", f"{reason}{places}", INK_HINT, box=box)
    for ink in CMYK:
        wrong = [paint for paint in painted.paints if ink in _ink_names(paint) and not paint.in_mask]
        if ink not in press.plates and wrong:
            text = f"{wrong[0].kind} uses {ink} ink; the file may only use {', '.join(press.plates)}"
            yield Finding("ink", text, INK_HINT, box=convert_box(wrong[0].box, spec))
    for space in dict.fromkeys(painted.group_spaces):
        if space is not None and space.kind is not ColourKind.INK:
            text = f"a transparency group is blended in {space.name}; the press would convert its inks"
            yield Finding(
                "press", text, "remove the opacity; if this error remains, report it as a bug in assetgen"
            )


def check_paints(
    painted: PagePaints,
    press: PressSpec,
    code_marks: Collection[int],
    logo_marks: Collection[int],
    spec: Spec,
) -> Iterator[Finding]:
    """Yield findings about text, code, lines and overprints that would not print as they look.

    ``code_marks`` and ``logo_marks`` are the marked-content ids of the code and of the logos. A thin line in a logo
    is only a warning, because the logo belongs to its owner.
    """
    inks = [paint for paint in painted.paints if paint.plates is not None and not paint.in_mask]
    texts = [paint for paint in inks if paint.kind is PaintKind.TEXT and paint.mcid not in logo_marks]
    yield from _check_text(texts, press, spec)
    code = [paint for paint in inks if paint.mcid in code_marks and (paint.total or 0) > MIN_CODE_INK]
    coloured = [paint for paint in code if not _is_black_alone(paint)]
    if coloured:
        text = (
            f"the QR code is in {_ink_values(coloured[0])}; only black ink alone prints it with sharp edges"
        )
        box = convert_box(coloured[0].box, spec)
        yield Finding("press", text, "paint the QR code in black ink alone", box=box, role="code")
    yield from _check_overprints(inks, texts, press, spec)
    yield from _check_lines(
        [paint for paint in inks if paint.mcid not in code_marks], press, logo_marks, spec
    )


def _check_text(texts: Sequence[Paint], press: PressSpec, spec: Spec) -> Iterator[Finding]:
    """Yield findings about text in too many inks, and about text that is too small for its inks."""

    def size(paint: Paint) -> float:
        return _final_pt(paint.size_pt or 0.0, spec)

    small = [paint for paint in texts if size(paint) < _min_size_pt(paint, press) * ROUNDING]
    if small:
        paint = small[0]
        rule = f"the minimum is {_min_size_pt(paint, press):g} pt, unless it is in solid black alone"
        text = f"text of {size(paint):.1f} pt is in {_ink_values(paint)}; {rule}"
        hint = (
            "make the text larger, put a light background under it, or give its colour ink values of "
            "black alone in brand.yaml (palette)"
        )
        yield Finding("press", text, hint, box=convert_box(paint.box, spec))
    many = [paint for paint in texts if len(_ink_names(paint)) > press.text_inks and paint not in small]
    if many:
        text = f"text is in {_ink_values(many[0])}; with more than {press.text_inks} inks its edges blur"
        hint = "give the colour ink values of fewer inks in brand.yaml (palette)"
        yield Finding("press", text, hint, box=convert_box(many[0].box, spec))


def _min_size_pt(paint: Paint, press: PressSpec) -> float:
    """Return the minimum size of text, which depends on its inks."""
    rules, inks = press.type_rules, _ink_names(paint)
    if not inks:
        return rules.reversed_pt
    if len(inks) > 1:
        return rules.inks_pt
    return (
        rules.solid_pt if (paint.total or 0.0) >= SOLID_INK and not paint.is_translucent else rules.tinted_pt
    )


def _check_overprints(
    inks: Sequence[Paint], texts: Iterable[Paint], press: PressSpec, spec: Spec
) -> Iterator[Finding]:
    """Yield findings about paints that overprint but must not, and black text that does not overprint but must."""
    lost = [paint for paint in inks if paint.overprints and not _ink_names(paint)]
    mixed = [paint for paint in inks if paint.overprints and _ink_names(paint) and not _is_black_alone(paint)]
    if lost:
        text = f"{lost[0].kind} without ink is set to overprint, so it would not be printed"
        yield Finding("press", text, "let only black overprint", box=convert_box(lost[0].box, spec))
    if mixed:
        text = f"{mixed[0].kind} in {_ink_values(mixed[0])} is set to overprint; it would mix with the colour beneath"
        yield Finding("press", text, "let only black overprint", box=convert_box(mixed[0].box, spec))
    if press.overprints:
        knocked_out = [paint for paint in texts if _is_full_black(paint) and not paint.overprints]
        if knocked_out:
            text = "black text does not overprint; paper shows around it where the plates are not aligned"
            yield Finding(
                "press", text, "set black text to overprint", box=convert_box(knocked_out[0].box, spec)
            )


def _check_lines(
    inks: Sequence[Paint], press: PressSpec, logo_marks: Collection[int], spec: Spec
) -> Iterator[Finding]:
    """Yield at most two findings about lines that are too thin: one for the page's lines and one for the logos'."""

    def min_pt(paint: Paint) -> float:
        is_solid = len(_ink_names(paint)) == 1 and (paint.total or 0.0) >= SOLID_INK
        return press.type_rules.line_pt if is_solid else press.type_rules.fine_line_pt

    def is_thin(paint: Paint) -> bool:
        width = paint.line_thickness_px
        return width is not None and _final_pt(width / PX_PER_PT, spec) < min_pt(paint) * ROUNDING

    groups: list[tuple[str, Severity, Callable[[Paint], bool]]] = [
        ("a line", Severity.ERROR, lambda paint: paint.mcid not in logo_marks),
        ("a line in a logo", Severity.WARNING, lambda paint: paint.mcid in logo_marks),
    ]
    for what, severity, is_in_group in groups:
        thin = [paint for paint in inks if is_in_group(paint) and is_thin(paint)]
        if thin:
            worst = min(thin, key=lambda paint: paint.line_thickness_px or 0.0)
            width_pt = _final_pt((worst.line_thickness_px or 0.0) / PX_PER_PT, spec)
            text = f"{what} is {width_pt:.2f} pt thick; in {_ink_values(worst)} the minimum is {min_pt(worst):g} pt"
            box = convert_box(worst.box, spec)
            yield Finding("press", text, "make the line thicker, or remove it", severity=severity, box=box)


def _final_pt(size_pt: float, spec: Spec) -> float:
    """Convert a length in pt of the page to pt at final size."""
    return size_pt / spec.scale


def _ink_names(paint: Paint) -> list[str]:
    """Return the names of the inks that a paint uses."""
    return [name for name, ink in zip(CMYK, paint.plates or (), strict=False) if ink >= MIN_INK]


def _is_black_alone(paint: Paint) -> bool:
    return _ink_names(paint) == ["black"]


def _is_full_black(paint: Paint) -> bool:
    return _is_black_alone(paint) and paint.plates is not None and paint.plates[3] >= SOLID_INK


def _ink_values(paint: Paint) -> str:
    """Return the inks of a paint in per cent, as printers write them: ``CMYK 60/40/0/90``."""
    if not _ink_names(paint):
        return "the paper colour"
    return "CMYK " + "/".join(f"{100 * ink:.0f}" for ink in paint.plates or ())


CHECKED_OF_PRESS = (
    "output intent, fonts, colour spaces, inks and total ink, overprints, lines, bleed, pictures' resolution",
    "that text and code use few inks",
)
NOT_CHECKED_OF_PRESS = ("further requirements of PDF/X: this is not a certificate",)
"""What ``verify`` reports as checked, and as not checked, for a press file."""


def check_press_file(file: OpenPdf, page: FinishedPage, press: PressSpec, spec: Spec) -> list[Finding]:
    """Check a press file: the file itself, and everything that its page paints."""
    try:
        return [*_check_file(file, press), *_check_page(file, page, press, spec)]
    except (*READ_ERRORS, pdfium.PdfiumError) as error:
        reason = escape_excerpt(str(error).partition("\n")[0])
        return [Finding("press", f"the page cannot be interpreted for print: {reason}", REBUILD_HINT)]


def _check_file(file: OpenPdf, press: PressSpec) -> Iterator[Finding]:
    pdf = file.pdf
    yield from check_standard(pdf, file.content, press.variant)
    yield from check_intent(pdf, press)
    yield from check_fonts_embedded(file)
    yield from check_extras(file)
    if press.variant == X1A:
        yield from check_pdfx_1a_limits(file)
    if "/BleedBox" not in pdf.pages[0].obj:
        yield Finding("press", "the page has no BleedBox, so the size of its bleed is unknown", REBUILD_HINT)


def _check_page(file: OpenPdf, page: FinishedPage, press: PressSpec, spec: Spec) -> Iterator[Finding]:
    everything = read_paints(file.pdf.pages[0], page.frame, parse=file.parse_stream)
    yield from check_colour_spaces(everything, press, spec)
    # Cut marks are outside the bleed. The rules for inks and lines do not apply to them.
    sheet = page.trim.enlarged(press.bleed_mm * PX_PER_MM)
    inside = tuple(paint for paint in everything.paints if paint.box.overlaps(sheet))
    painted = PagePaints(inside, everything.group_spaces)
    logos, code = _find_marked_content(page, spec)
    yield from check_paints(painted, press, code, logos, spec)
    yield from check_press_picture_resolution(painted, press.min_ppi, logos | code, spec)
    yield from check_ink(file.content, painted, press.ink_limit, spec)
    yield from check_bleed(page, painted, press, spec)
    if press.slug_mm:
        visible = (paint for paint in everything.paints if paint.box.overlaps(page.box))
        yield from check_cut_marks(visible, [sheet], press.marks)


def _find_marked_content(page: FinishedPage, spec: Spec) -> tuple[frozenset[int], frozenset[int]]:
    """Return the marked-content ids of the logos, and those of the code."""
    logos: set[int] = set()
    code: set[int] = set()
    for role, figure in content_figures(page, spec):
        marks = {mark for at in figure.objects if (mark := page.objects[at].mcid) is not None}
        (logos if role == LOGO else code).update(marks)
    return frozenset(logos), frozenset(code)
