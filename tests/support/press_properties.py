"""The properties that every finished press file must have, measured by Ghostscript, qpdf and poppler."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pikepdf

from assetgen.manifest.entry import read_record
from assetgen.planning.asset import Spec
from assetgen.planning.variants import PressSpec
from assetgen.preflight.content.interpreter import read_paints
from assetgen.preflight.pdf.finished_page import FinishedPage
from assetgen.preflight.press.ink_coverage import find_heaviest_ink, ink_bounds
from assetgen.units import PX_PER_MM, PX_PER_PT
from tests.support.file_readers import Entry, embedded_by_font
from tests.support.press_pages import Plates, ghostscript_plates, max_ink_and_place, max_ink_per_mm
from tests.support.raw_file_parts import run_poppler

INK_TOLERANCE, BOUND_TOLERANCE = 0.03, 0.01
BLACK_ONLY_ROLES = ("code", "imprint")
# Poppler's names for the colour spaces of pictures in ink, and of masks.
INK_COLOUR_SPACES = frozenset({"cmyk", "gray", "-"})
MAX_SIDE_PX, MAX_DPI = 1990, 300
# Ink on a pixel that a letter or a module of a code only touches.
TRACE = 0.02
# The side of the part that is drawn again, and its resolution: exactly 80 pixels a millimetre.
AROUND_PT, CLOSE_DPI = 30.0, 2032


def one_entry_per_press_channel(entries: list[Entry]) -> list[Entry]:
    """Return the entry of one press file of each channel, without sheets: they are the same page several times."""
    press = [entry for entry in entries if entry["spec"].get("press") and not entry["spec"]["sheet"]]
    by_channel = {entry["channel"]: entry for entry in press}
    return list(by_channel.values())


def ink_faults(out: Path, entry: Entry, folder: Path) -> list[str]:
    """Return where our values of a file's ink differ from Ghostscript's plates, or exceed the press's limit."""
    content, press = (out / entry["path"]).read_bytes(), read_record(Spec, entry["spec"], "spec").press
    assert press is not None
    plates, dpi = _plates(content, folder)
    theirs, *spot = max_ink_and_place(plates, dpi)
    with FinishedPage(content) as page, pikepdf.open(io.BytesIO(content)) as pdf:
        paints = read_paints(pdf.pages[0], page.frame).paints
        whole, page_box = page.trim.enlarged(press.bleed_mm * PX_PER_MM), page.box
    bound = max(one.total for one in ink_bounds(paints))
    found = find_heaviest_ink(
        content, whole, separate_inks=any(any(paint.unchanged_inks) for paint in paints)
    )
    ours = found.total
    if abs(ours - theirs) > INK_TOLERANCE:
        own = ((found.box.x - page_box.x) / PX_PER_PT, (found.box.y - page_box.y) / PX_PER_PT)
        theirs = max(_max_ink_around(content, at, folder) for at in ((spot[0], spot[1]), own))
    values = f"bound {bound:.3f}, ours {ours:.3f}, Ghostscript's {theirs:.3f}"
    faults = (
        [f"the bound is lower than the ink: {values}"] if bound < max(ours, theirs) - BOUND_TOLERANCE else []
    )
    faults += [f"the plates differ: {values}"] if abs(ours - theirs) > INK_TOLERANCE else []
    faults += [f"over the limit: {values}"] if 100 * theirs > press.ink_limit + 100 * BOUND_TOLERANCE else []
    return [*faults, *black_faults(plates, dpi, entry, press)]


def _max_ink_around(content: bytes, spot_pt: tuple[float, float], folder: Path) -> float:
    """Return the largest mean ink of a square millimetre around a place of the page, at high resolution.

    Ghostscript inks every pixel that a shape touches, or a quarter of a pixel if it smooths: on a page drawn at
    2000 px, a line of one point can be a fifth too thick.
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        page = pdf.pages[0].obj
        left, _, _, top = (float(side) for side in page.MediaBox)
        x, y = left + spot_pt[0], top - spot_pt[1]
        for key in ("/TrimBox", "/BleedBox", "/CropBox", "/ArtBox"):
            if key in page:
                del page[key]
        page.MediaBox = pikepdf.Array([x - AROUND_PT, y - AROUND_PT, x + AROUND_PT, y + AROUND_PT])
        part = io.BytesIO()
        pdf.save(part)
    return max_ink_per_mm(ghostscript_plates(part.getvalue(), folder, CLOSE_DPI), CLOSE_DPI)


def _plates(content: bytes, folder: Path) -> tuple[Plates, int]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        left, bottom, right, top = (float(side) for side in pdf.pages[0].mediabox)
    longest_in = max(right - left, top - bottom) / 72
    dpi = min(MAX_DPI, int(MAX_SIDE_PX / longest_in))
    return ghostscript_plates(content, folder, dpi), dpi


def black_faults(plates: Plates, dpi: int, entry: Entry, press: PressSpec) -> list[str]:
    """Return which small texts and codes have ink on a plate other than black, apart from the background's tint.

    Text that is reversed out of a dark background has no ink at all and is skipped.
    """
    faults = []
    for region in entry["regions"]:
        if region["role"] not in BLACK_ONLY_ROLES:
            continue
        # A region is in mm from the trim at final size; the plates include the bleed, at the file's scale.
        x, y, width, height = (side * press.scale for side in region["box"])
        edge = press.bleed_mm + press.slug_mm
        left, top, right, bottom = (
            round(at * dpi / 25.4) for at in (x + edge, y + edge, x + edge + width, y + edge + height)
        )
        inside = plates[:, top + 1 : bottom - 1, left + 1 : right - 1]
        if not inside.size or np.median(inside[3]) > 0.4:
            continue
        tint = inside[:3, inside[3] < TRACE].max(axis=1, initial=0)
        inked = inside[:3, inside[3] > 0.9].max(axis=1, initial=0)
        is_missing = region["role"] == "code" and inside[3].max(initial=0) < 0.98
        if is_missing or (inked > tint + TRACE).any():
            faults.append(f"the {region['role']} is not on the black plate alone: {inked.round(2).tolist()}")
    return faults


def press_file_faults(out: Path, entry: Entry) -> list[str]:
    """Return what qpdf and poppler find wrong with a press file."""
    path = out / entry["path"]
    with pikepdf.open(path) as pdf:
        faults = [f"qpdf: {problem}" for problem in pdf.check_pdf_syntax()]
        faults += [f"{space} is in the file" for space in _rgb_spaces(pdf)]
    faults += [
        f"poppler lists a picture in {space}"
        for space in _picture_spaces(path)
        if space not in INK_COLOUR_SPACES
    ]
    return faults + [
        f"{name} is not embedded" for name, is_embedded in embedded_by_font(path).items() if not is_embedded
    ]


def _rgb_spaces(pdf: pikepdf.Pdf) -> list[str]:
    """Return the RGB and Lab colour spaces that the file uses anywhere but in the output intent's profile."""
    found: set[str] = set()
    for obj in pdf.objects:
        text = (
            repr(obj.get("/ColorSpace", "")) if isinstance(obj, (pikepdf.Dictionary, pikepdf.Stream)) else ""
        )
        found |= {name for name in ("DeviceRGB", "CalRGB", "/Lab") if name in text}
    return sorted(found)


def _picture_spaces(path: Path) -> list[str]:
    """Return the colour space of each picture, as ``pdfimages -list`` prints it."""
    rows = [line.split() for line in run_poppler("pdfimages", "-list", str(path)).splitlines()[2:]]
    return [row[5] for row in rows]
