"""What a finished press file is, as programs tell that did not make it: Ghostscript's plates, qpdf, poppler."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pikepdf

from assetgen.manifest.entry import read_record
from assetgen.planning.asset import Spec
from assetgen.planning.variants import Press
from assetgen.preflight.content.interpreter import read_paints
from assetgen.preflight.pdf.finished_page import FinishedPage
from assetgen.preflight.press.ink_coverage import ceilings, heaviest_ink
from assetgen.units import PX_PER_MM, PX_PER_PT
from tests.support.finished import poppler
from tests.support.finished_files import Entry, fonts
from tests.support.press_pages import Plates, ghostscript_plates, heaviest_mm, heaviest_spot

POINTS, STEPS = 0.03, 0.01
SMALL = ("code", "imprint")
# How poppler names the spaces of pictures in ink, and of masks.
INKED = frozenset({"cmyk", "gray", "-"})
MAX_SIDE_PX, MAX_DPI = 1990, 300
# Ink on a pixel that a letter or a module only touches.
TRACE = 0.02
# 80 pixels a millimetre, whole ones.
AROUND_PT, CLOSE_DPI = 30.0, 2032


def press_entries(entries: list[Entry]) -> list[Entry]:
    """Return one press file of each channel. A sheet is the same page several times (``test_imposition_sheets.py``)."""
    press = [entry for entry in entries if entry["spec"].get("press") and not entry["spec"]["sheet"]]
    found = {entry["channel"]: entry for entry in press}
    return list(found.values())


def ink_faults(out: Path, entry: Entry, folder: Path) -> list[str]:
    """Return where our figures of a file's ink differ from Ghostscript's plates of it."""
    content, press = (out / entry["path"]).read_bytes(), read_record(Spec, entry["spec"], "spec").press
    assert press is not None
    plates, dpi = _plates(content, folder)
    theirs, *spot = heaviest_spot(plates, dpi)
    with FinishedPage(content) as page, pikepdf.open(io.BytesIO(content)) as pdf:
        paints = read_paints(pdf.pages[0], page.frame).paints
        whole, page_box = page.trim.grown(press.bleed_mm * PX_PER_MM), page.box
    bound = max(one.total for one in ceilings(paints))
    found = heaviest_ink(content, whole, is_apart=any(any(paint.spared) for paint in paints))
    ours = found.total
    if abs(ours - theirs) > POINTS:
        own = ((found.box.x - page_box.x) / PX_PER_PT, (found.box.y - page_box.y) / PX_PER_PT)
        theirs = max(_closely(content, at, folder) for at in ((spot[0], spot[1]), own))
    told = f"bound {bound:.3f}, ours {ours:.3f}, Ghostscript's {theirs:.3f}"
    faults = [f"the bound is lower than the ink: {told}"] if bound < max(ours, theirs) - STEPS else []
    faults += [f"the plates differ: {told}"] if abs(ours - theirs) > POINTS else []
    faults += [f"over the limit: {told}"] if 100 * theirs > press.ink_limit + 100 * STEPS else []
    return [*faults, *black_faults(plates, dpi, entry, press)]


def _closely(content: bytes, spot_pt: tuple[float, float], folder: Path) -> float:
    """Return the most ink over a millimetre around a spot of the page, drawn large.

    Ghostscript inks every pixel that a shape touches, and a quarter of one where it smooths: a rule of a point comes
    out up to a fifth too thick on a page that is drawn at 2000 px.
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
    return heaviest_mm(ghostscript_plates(part.getvalue(), folder, CLOSE_DPI), CLOSE_DPI)


def _plates(content: bytes, folder: Path) -> tuple[Plates, int]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        left, bottom, right, top = (float(side) for side in pdf.pages[0].mediabox)
    longest_in = max(right - left, top - bottom) / 72
    dpi = min(MAX_DPI, int(MAX_SIDE_PX / longest_in))
    return ghostscript_plates(content, folder, dpi), dpi


def black_faults(plates: Plates, dpi: int, entry: Entry, press: Press) -> list[str]:
    """Return whether small words or a code's modules are on another plate than black: there is none but the
    background's tint. Words that are reversed out of a dark background are in no ink at all."""
    faults = []
    for mark in entry["regions"]:
        if mark["role"] not in SMALL:
            continue
        # A mark is in mm from the trim at final size; the plates show the bleed, in the file's own mm.
        x, y, width, height = (side * press.scale for side in mark["box"])
        edge = press.bleed_mm + press.slug_mm
        left, top, right, bottom = (
            round(at * dpi / 25.4) for at in (x + edge, y + edge, x + edge + width, y + edge + height)
        )
        inside = plates[:, top + 1 : bottom - 1, left + 1 : right - 1]
        if not inside.size or np.median(inside[3]) > 0.4:
            continue
        tint = inside[:3, inside[3] < TRACE].max(axis=1, initial=0)
        inked = inside[:3, inside[3] > 0.9].max(axis=1, initial=0)
        is_missing = mark["role"] == "code" and inside[3].max(initial=0) < 0.98
        if is_missing or (inked > tint + TRACE).any():
            faults.append(f"the {mark['role']} is not on the black plate alone: {inked.round(2).tolist()}")
    return faults


def file_faults(out: Path, entry: Entry) -> list[str]:
    """Return what qpdf and poppler have to say against a press file."""
    path = out / entry["path"]
    with pikepdf.open(path) as pdf:
        faults = [f"qpdf: {problem}" for problem in pdf.check_pdf_syntax()]
        faults += [f"{space} is in the file" for space in _light(pdf)]
    faults += [f"poppler lists a picture in {space}" for space in _picture_spaces(path) if space not in INKED]
    return faults + [f"{name} is not embedded" for name, is_in in fonts(path).items() if not is_in]


def _light(pdf: pikepdf.Pdf) -> list[str]:
    """Return the names of RGB that stand anywhere in the file but in an output intent's profile."""
    found: set[str] = set()
    for thing in pdf.objects:
        text = (
            repr(thing.get("/ColorSpace", ""))
            if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream))
            else ""
        )
        found |= {name for name in ("DeviceRGB", "CalRGB", "/Lab") if name in text}
    return sorted(found)


def _picture_spaces(path: Path) -> list[str]:
    """Return the colour space of each picture, as poppler's list has it."""
    rows = [line.split() for line in poppler("pdfimages", "-list", str(path)).splitlines()[2:]]
    return [row[5] for row in rows]
