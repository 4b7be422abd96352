"""Total ink of a page: the upper bound and the measured ink, compared with Ghostscript's plates.

Over a square millimetre the measured ink agrees with Ghostscript to 3 percentage points.
The bound is never lower than either.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image

from assetgen.geometry import Box
from assetgen.preflight.content.interpreter import read_paints
from assetgen.preflight.content.paints import PagePaints
from assetgen.preflight.pdf.canvas import DrawnArea, PageCanvas
from assetgen.preflight.pdf.finished_page import Frame
from assetgen.preflight.press import ink_coverage
from assetgen.preflight.press.ink_coverage import (
    CLOSE_PX_PER_MM,
    COARSE_PX_PER_MM,
    TWO_RENDERINGS,
    check_ink,
    find_heaviest_ink,
    ink_bounds,
)
from assetgen.units import PX_PER_MM
from tests.support.press_pages import (
    BACKGROUND,
    HEIGHT_MM,
    PT_PER_MM,
    WIDTH_MM,
    brand_font,
    form_xobject,
    ghostscript_plates,
    graphics_states,
    image_xobject,
    jpeg_xobject,
    max_ink_per_mm,
    merge_resources,
    mm,
    press_findings,
    press_page,
    press_spec,
)
from tests.support.wording import Wording

Resources = Callable[[Pdf], Mapping[str, Any]]
WHOLE = Box(-3 * PX_PER_MM, -3 * PX_PER_MM, (WIDTH_MM + 6) * PX_PER_MM, (HEIGHT_MM + 6) * PX_PER_MM)
TOLERANCE = 0.03  # 3 percentage points of ink
BOX = f"{mm(10, 10, 20, 20)} re f\n"
PLACE_PICTURE = f"q {mm(60)} 0 0 {mm(36)} {mm(5, 5)} cm /P Do Q\n"
OVERPRINT = {"OP": True, "op": True, "OPM": 1}


def photograph() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return soft shapes in four inks, some of them heavy. The pixels are the same each time."""
    seed = np.random.default_rng(7).integers(0, 255, (12, 20, 4), dtype=np.uint8)
    soft = np.asarray(Image.fromarray(seed, "CMYK").resize((400, 240), Image.Resampling.BICUBIC), np.int16)
    return np.clip(soft * 2 - 60, 0, 255).astype(np.uint8)


PHOTOGRAPH = photograph()


def no_resources(pdf: Pdf) -> Mapping[str, Any]:
    return {}


def xobject(make: Callable[[Pdf], Any]) -> Resources:
    """Return resources that have a picture or a form under the name ``P``."""
    return lambda pdf: {"XObject": Dictionary(P=make(pdf))}


def stitched_function(*colours: list[float]) -> Dictionary:
    """Return a function that goes evenly from colour to colour."""
    parts = [
        Dictionary(FunctionType=2, N=1, Domain=Array([0, 1]), C0=Array(start), C1=Array(end))
        for start, end in itertools.pairwise(colours)
    ]
    bounds = [at / len(parts) for at in range(1, len(parts))]
    return Dictionary(
        FunctionType=3, Domain=Array([0, 1]), Functions=Array(parts), Bounds=Array(bounds),
        Encode=Array([0, 1] * len(parts)),
    )  # fmt: skip


def gradient() -> Dictionary:
    return Dictionary(
        ShadingType=2, ColorSpace=Name.DeviceCMYK, Coords=Array([0, 0, 200, 0]), Extend=Array([True, True]),
        Function=stitched_function([0.9, 0.6, 0.3, 0.2], [0.1, 0.2, 0, 0], [0.8, 0.8, 0.6, 0.9]),
    )  # fmt: skip


def tiling_pattern(pdf: Pdf) -> Mapping[str, Any]:
    cell = pikepdf.Stream(pdf, b"0.9 0.8 0.7 0.3 k 0 0 8 8 re f")
    cell.PatternType, cell.PaintType, cell.TilingType = 1, 1, 1
    cell.BBox, cell.XStep, cell.YStep, cell.Resources = Array([0, 0, 10, 10]), 10, 10, Dictionary()
    return {"Pattern": Dictionary(T=cell)}


def masked_photograph(pdf: Pdf) -> Any:
    return image_xobject(
        pdf, PHOTOGRAPH, SMask=image_xobject(pdf, np.ascontiguousarray(PHOTOGRAPH[..., 0]), Name.DeviceGray)
    )


def transparency_group(pdf: Pdf) -> Any:
    operators = f"0.9 0.9 0.9 0.5 k {BOX} 0 0 0 1 k {mm(12, 12, 5, 5)} re f"
    return form_xobject(pdf, operators, opacity_group=True)


def palette(pdf: Pdf) -> Any:
    colours = pikepdf.String(bytes([230, 200, 180, 90, 20, 10, 0, 0]))
    chequers = np.kron(np.indices((6, 10)).sum(axis=0) % 2, np.ones((40, 40))).astype(np.uint8)
    return image_xobject(pdf, chequers, Array([Name.Indexed, Name.DeviceCMYK, 1, colours]))


def font(pdf: Pdf) -> Mapping[str, Any]:
    return {"Font": Dictionary(F=brand_font(pdf))}


PAGES: dict[str, tuple[str, Resources]] = {
    "background": (BACKGROUND, no_resources),
    "default black": (f"{mm(-3, -3, 86, 51)} re f", no_resources),
    "gradient": ("/S sh", lambda pdf: {"Shading": Dictionary(S=gradient())}),
    "gradient in a pattern": (
        f"{BACKGROUND}/Pattern cs /T scn {mm(5, 5, 70, 30)} re f",
        lambda pdf: {"Pattern": Dictionary(T=Dictionary(PatternType=2, Shading=gradient()))},
    ),
    "pattern": (f"{BACKGROUND}/Pattern cs /T scn {mm(10, 10, 40, 20)} re f", tiling_pattern),
    "photograph": (BACKGROUND + PLACE_PICTURE, xobject(lambda pdf: image_xobject(pdf, PHOTOGRAPH))),
    "photograph as JPEG": (BACKGROUND + PLACE_PICTURE, xobject(lambda pdf: jpeg_xobject(pdf, PHOTOGRAPH))),
    "photograph with a soft mask": (BACKGROUND + PLACE_PICTURE, xobject(masked_photograph)),
    "palette": (BACKGROUND + PLACE_PICTURE, xobject(palette)),
    "opacity": (f"{BACKGROUND}/A gs 0.9 0.9 0.9 0 k {BOX}", graphics_states(A={"ca": 0.5})),
    "opacity of a group": (
        f"{BACKGROUND}/A gs /P Do", merge_resources(xobject(transparency_group), graphics_states(A={"ca": 0.95}))
    ),
    "multiplied": (f"{BACKGROUND}/M gs 0.5 0.5 0 0.2 k {BOX}", graphics_states(M={"BM": Name.Multiply})),
    "darkened": (f"{BACKGROUND}/M gs 0.9 0.1 0.5 0.2 k {BOX}", graphics_states(M={"BM": Name.Darken})),
    "black that overprints": (f"{BACKGROUND}/O gs 0 0 0 1 k {BOX}", graphics_states(O=OVERPRINT)),
    "cyan that overprints": (f"{BACKGROUND}/O gs 1 0 0 0 k {BOX}", graphics_states(O=OVERPRINT)),
    "lines that overprint": (
        f"{BACKGROUND}/O gs 0 0 0 1 K 12 w {mm(9, 9)} m {mm(70, 30)} l S", graphics_states(O=OVERPRINT)
    ),
    "black text that overprints": (
        f"{BACKGROUND}/O gs 0 0 0 1 k BT /F 90 Tf {mm(10, 10)} Td (HI) Tj ET",
        merge_resources(font, graphics_states(O=OVERPRINT))
    ),
    "overprint inside a form": (
        f"{BACKGROUND}/O gs /P Do",
        merge_resources(xobject(lambda pdf: form_xobject(pdf, f"0 0 0 1 k {BOX}")), graphics_states(O=OVERPRINT))
    ),
    "overprint mode 0": (f"{BACKGROUND}/O gs 0 0 0 1 k {BOX}", graphics_states(O={**OVERPRINT, "OPM": 0})),
}  # fmt: skip


def paints_of(content: bytes) -> PagePaints:
    """Return everything that the first page paints."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return read_paints(pdf.pages[0], Frame(0.0, HEIGHT_MM * PT_PER_MM))


@pytest.mark.readers
@pytest.mark.parametrize("name", PAGES)
def test_measured_ink_agrees_with_ghostscript_and_is_within_the_bound(name: str, tmp_path: Path) -> None:
    content = press_page(*PAGES[name])
    expected = max_ink_per_mm(ghostscript_plates(content, tmp_path))

    paints = paints_of(content).paints
    measured = find_heaviest_ink(
        content, WHOLE, separate_inks=any(any(paint.unchanged_inks) for paint in paints)
    ).total
    bound = max(one.total for one in ink_bounds(paints))

    assert measured == pytest.approx(expected, abs=TOLERANCE)
    assert bound >= max(measured, expected) - 0.01  # rounding: each of the four plates has 255 steps


@pytest.mark.readers
def test_black_text_and_code_are_on_the_black_plate_alone(tmp_path: Path) -> None:
    operators = (
        f"0 0 0 0.1 k {mm(5, 5, 70, 35)} re f 0 0 0 1 k BT /F 8 Tf {mm(10, 30)} Td (0808 1000 900) Tj ET"
        f" {mm(10, 10, 10, 10)} re f"
    )
    plates = ghostscript_plates(press_page(operators, font), tmp_path)

    assert plates[:3].max() == 0
    assert plates[3].max() == pytest.approx(1, abs=0.01)


# The upper bound.


def bound_of(operators: str, resources: Resources = no_resources) -> float:
    return max(one.total for one in ink_bounds(paints_of(press_page(operators, resources)).paints))


def test_an_opaque_paint_adds_no_ink_to_the_background() -> None:
    assert bound_of(f"{BACKGROUND}0.3 0.3 0.3 0.3 k {BOX}") == pytest.approx(1.9)
    assert bound_of(f"{BACKGROUND}0.9 0.9 0.9 0 k {BOX}") == pytest.approx(2.7)


def test_an_overprint_adds_only_to_the_ink_under_its_box() -> None:
    beside = f"0.9 0.9 0.9 0 k {mm(50, 10, 20, 20)} re f\n"
    background = f"0.5 0.5 0 0 k {mm(-3, -3, 86, 51)} re f\n"

    assert bound_of(
        f"{background}{beside}/O gs 0 0 0 1 k {BOX}", graphics_states(O=OVERPRINT)
    ) == pytest.approx(2.7)
    assert bound_of(f"{background}/O gs 0 0 0 1 k {BOX}", graphics_states(O=OVERPRINT)) == pytest.approx(2.0)


def test_a_blend_mode_without_a_known_bound_counts_as_full_ink() -> None:
    assert bound_of(f"{BACKGROUND}/M gs 0 0 0 0.1 k {BOX}", graphics_states(M={"BM": Name.ColorBurn})) == 4.0


def test_rgb_adds_no_ink_and_hides_none() -> None:
    assert bound_of(f"{BACKGROUND}1 0 0 rg {BOX}") == pytest.approx(1.9)


# Findings.

HEAVY = f"{BACKGROUND}0.9 0.8 0.7 0.9 k {BOX}"


def test_too_much_ink_is_reported_with_amount_limit_and_place(wording: Wording) -> None:
    content = press_page(HEAVY)

    (finding,) = check_ink(content, paints_of(content), 300.0, press_spec())

    # 330 % is paints_of; the rendered plates have 255 steps, which loses up to a point.
    assert finding.code == "ink" and "329 %" in finding.text and "300 %" in finding.text
    assert wording == finding.text
    assert finding.box is not None
    x, y, width, height = finding.box
    assert 9.5 <= x <= 30 and 14.5 <= y <= 35 and width == height == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(("limit", "is_reported"), [(329.0, False), (328.0, True)])
def test_ink_one_point_over_the_limit_is_accepted(limit: float, is_reported: bool) -> None:
    content = press_page(HEAVY)

    assert bool(list(check_ink(content, paints_of(content), limit, press_spec()))) is is_reported


def test_a_page_whose_bound_is_within_the_limit_is_not_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    def render(*_: object, **__: object) -> None:
        raise AssertionError("rendered")

    monkeypatch.setattr(ink_coverage, "find_heaviest_ink", render)
    content = press_page(HEAVY)

    assert list(check_ink(content, paints_of(content), 330.0, press_spec())) == []
    with pytest.raises(AssertionError, match="rendered"):
        list(check_ink(content, paints_of(content), 320.0, press_spec()))


def test_a_bound_over_the_limit_is_accepted_if_measured_ink_is_not() -> None:
    # The line overprints only the light background, but the box around the line also meets the heavy box.
    operators = (
        f"0.5 0.5 0 0 k {mm(-3, -3, 86, 51)} re f 0.9 0.9 0.9 0 k {mm(5, 30, 10, 10)} re f"
        f" /O gs 0 0 0 1 K 2 w {mm(5, 5)} m {mm(75, 40)} l S"
    )
    content = press_page(operators, graphics_states(O=OVERPRINT))

    assert bound_of(operators, graphics_states(O=OVERPRINT)) > 3.0
    assert list(check_ink(content, paints_of(content), 300.0, press_spec())) == []


def test_coarse_and_fine_rendering_measure_the_same_ink() -> None:
    content = press_page(HEAVY)

    fine = find_heaviest_ink(content, WHOLE, separate_inks=False, light_enough=3.0)
    coarse = find_heaviest_ink(content, WHOLE, separate_inks=False, light_enough=4.0)

    assert fine.total == pytest.approx(coarse.total, abs=TOLERANCE)
    assert fine.box.width == pytest.approx(PX_PER_MM, rel=0.02)
    assert coarse.box.width == pytest.approx(PX_PER_MM, rel=0.02)


def test_only_a_heavy_page_is_rendered_finely(monkeypatch: pytest.MonkeyPatch) -> None:
    scales: list[float] = []
    region = PageCanvas.region

    def record(canvas: PageCanvas, box: Box, scale: float) -> DrawnArea:
        scales.append(scale * PX_PER_MM)
        return region(canvas, box, scale)

    monkeypatch.setattr(PageCanvas, "region", record)
    content = press_page(HEAVY)

    find_heaviest_ink(content, WHOLE, separate_inks=False, light_enough=4.0)
    assert scales == pytest.approx([COARSE_PX_PER_MM] * len(TWO_RENDERINGS))
    find_heaviest_ink(content, WHOLE, separate_inks=False, light_enough=3.0)
    assert max(scales) == pytest.approx(CLOSE_PX_PER_MM)


@pytest.mark.parametrize("width_mm", [1.0, 1.3, 2.0])
def test_a_heavy_bar_a_millimetre_wide_is_found_at_any_offset(width_mm: float) -> None:
    for offset in (0.0, 0.1, 0.2, 0.3, 0.4):
        bar = f"0.9 0.8 0.7 0.9 k {mm(20 + offset, 5, width_mm, 30)} re f"
        content = press_page(BACKGROUND + bar)

        assert list(check_ink(content, paints_of(content), 300.0, press_spec()))


def test_grain_finer_than_a_millimetre_counts_by_its_mean() -> None:
    grain = np.zeros((480, 800, 4), np.uint8)
    grain[::2, ::2] = 255
    content = press_page(BACKGROUND + PLACE_PICTURE, xobject(lambda pdf: image_xobject(pdf, grain)))

    assert list(check_ink(content, paints_of(content), 200.0, press_spec())) == []


def test_a_page_that_cannot_be_rendered_is_reported_by_its_bound(wording: Wording) -> None:
    deep = np.zeros((4, 4, 8), np.uint8)
    content = press_page(
        BACKGROUND + PLACE_PICTURE, xobject(lambda pdf: image_xobject(pdf, deep, BitsPerComponent=16))
    )

    (text,) = [text for code, text in press_findings(content) if code == "ink"]

    assert "400 %" in text and "300 %" in text
    assert wording == text


def test_the_place_of_heavy_ink_is_in_millimetres_at_final_size() -> None:
    content = press_page(HEAVY)

    (finding,) = check_ink(content, paints_of(content), 300.0, press_spec(scale=0.1))

    assert finding.box is not None
    assert 95 <= finding.box[0] <= 300


def test_ink_is_measured_within_a_small_limit_of_rendered_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ink_coverage, "MAX_RENDERED_PIXELS", 10_000)

    assert find_heaviest_ink(press_page(HEAVY), WHOLE, separate_inks=False).total == pytest.approx(
        3.3, abs=TOLERANCE
    )
