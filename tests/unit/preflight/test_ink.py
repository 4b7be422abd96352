"""Total ink: the bound from what is painted, and our plates, beside those that Ghostscript makes of the same page.

Over a millimetre both have the same ink to 3 points, and the bound is never lower than either.
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
from assetgen.preflight.content.paints import Painted
from assetgen.preflight.pdf.finished_page import Frame
from assetgen.preflight.press import ink_coverage as plates_module
from assetgen.preflight.press import ink_coverage as total_ink
from assetgen.preflight.press.ink_coverage import ceilings, heaviest_ink, prove_ink
from assetgen.units import PX_PER_MM
from tests.support.press_pages import (
    BACKGROUND,
    HEIGHT_MM,
    PT,
    WIDTH_MM,
    brand_font,
    form,
    ghostscript_plates,
    heaviest_mm,
    jpeg,
    mm,
    picture,
    press_page,
    press_spec,
    said,
    states,
    together,
)
from tests.support.wording import Wording

Resources = Callable[[Pdf], Mapping[str, Any]]
WHOLE = Box(-3 * PX_PER_MM, -3 * PX_PER_MM, (WIDTH_MM + 6) * PX_PER_MM, (HEIGHT_MM + 6) * PX_PER_MM)
POINTS = 0.03
BOX = f"{mm(10, 10, 20, 20)} re f\n"
PLACE = f"q {mm(60)} 0 0 {mm(36)} {mm(5, 5)} cm /P Do Q\n"
OVERPRINT = {"OP": True, "op": True, "OPM": 1}


def photograph() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return soft shapes in four inks, some of them heavy, always the same."""
    seed = np.random.default_rng(7).integers(0, 255, (12, 20, 4), dtype=np.uint8)
    soft = np.asarray(Image.fromarray(seed, "CMYK").resize((400, 240), Image.Resampling.BICUBIC), np.int16)
    return np.clip(soft * 2 - 60, 0, 255).astype(np.uint8)


PHOTOGRAPH = photograph()


def nothing(pdf: Pdf) -> Mapping[str, Any]:
    return {}


def drawn(make: Callable[[Pdf], Any]) -> Resources:
    return lambda pdf: {"XObject": Dictionary(P=make(pdf))}


def steps(*colours: list[float]) -> Dictionary:
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
        Function=steps([0.9, 0.6, 0.3, 0.2], [0.1, 0.2, 0, 0], [0.8, 0.8, 0.6, 0.9]),
    )  # fmt: skip


def cell(pdf: Pdf) -> Mapping[str, Any]:
    made = pikepdf.Stream(pdf, b"0.9 0.8 0.7 0.3 k 0 0 8 8 re f")
    made.PatternType, made.PaintType, made.TilingType = 1, 1, 1
    made.BBox, made.XStep, made.YStep, made.Resources = Array([0, 0, 10, 10]), 10, 10, Dictionary()
    return {"Pattern": Dictionary(T=made)}


def veil(pdf: Pdf) -> Any:
    return picture(
        pdf, PHOTOGRAPH, SMask=picture(pdf, np.ascontiguousarray(PHOTOGRAPH[..., 0]), Name.DeviceGray)
    )


def see_through(pdf: Pdf) -> Any:
    marks = f"0.9 0.9 0.9 0.5 k {BOX} 0 0 0 1 k {mm(12, 12, 5, 5)} re f"
    return form(pdf, marks, opacity_group=True)


def palette(pdf: Pdf) -> Any:
    colours = pikepdf.String(bytes([230, 200, 180, 90, 20, 10, 0, 0]))
    checks = np.kron(np.indices((6, 10)).sum(axis=0) % 2, np.ones((40, 40))).astype(np.uint8)
    return picture(pdf, checks, Array([Name.Indexed, Name.DeviceCMYK, 1, colours]))


def letters(pdf: Pdf) -> Mapping[str, Any]:
    return {"Font": Dictionary(F=brand_font(pdf))}


PAGES: dict[str, tuple[str, Resources]] = {
    "background": (BACKGROUND, nothing),
    "black that nobody set": (f"{mm(-3, -3, 86, 51)} re f", nothing),
    "gradient": ("/S sh", lambda pdf: {"Shading": Dictionary(S=gradient())}),
    "gradient in a pattern": (
        f"{BACKGROUND}/Pattern cs /T scn {mm(5, 5, 70, 30)} re f",
        lambda pdf: {"Pattern": Dictionary(T=Dictionary(PatternType=2, Shading=gradient()))},
    ),
    "pattern": (f"{BACKGROUND}/Pattern cs /T scn {mm(10, 10, 40, 20)} re f", cell),
    "photograph": (BACKGROUND + PLACE, drawn(lambda pdf: picture(pdf, PHOTOGRAPH))),
    "photograph as JPEG": (BACKGROUND + PLACE, drawn(lambda pdf: jpeg(pdf, PHOTOGRAPH))),
    "photograph that fades": (BACKGROUND + PLACE, drawn(veil)),
    "palette": (BACKGROUND + PLACE, drawn(palette)),
    "opacity": (f"{BACKGROUND}/A gs 0.9 0.9 0.9 0 k {BOX}", states(A={"ca": 0.5})),
    "opacity of a group": (f"{BACKGROUND}/A gs /P Do", together(drawn(see_through), states(A={"ca": 0.95}))),
    "multiplied": (f"{BACKGROUND}/M gs 0.5 0.5 0 0.2 k {BOX}", states(M={"BM": Name.Multiply})),
    "darkened": (f"{BACKGROUND}/M gs 0.9 0.1 0.5 0.2 k {BOX}", states(M={"BM": Name.Darken})),
    "black that overprints": (f"{BACKGROUND}/O gs 0 0 0 1 k {BOX}", states(O=OVERPRINT)),
    "cyan that overprints": (f"{BACKGROUND}/O gs 1 0 0 0 k {BOX}", states(O=OVERPRINT)),
    "lines that overprint": (f"{BACKGROUND}/O gs 0 0 0 1 K 12 w {mm(9, 9)} m {mm(70, 30)} l S", states(O=OVERPRINT)),
    "black words that overprint": (
        f"{BACKGROUND}/O gs 0 0 0 1 k BT /F 90 Tf {mm(10, 10)} Td (HI) Tj ET", together(letters, states(O=OVERPRINT))
    ),
    "overprint inside a form": (
        f"{BACKGROUND}/O gs /P Do", together(drawn(lambda pdf: form(pdf, f"0 0 0 1 k {BOX}")), states(O=OVERPRINT))
    ),
    "the other mode of overprint": (f"{BACKGROUND}/O gs 0 0 0 1 k {BOX}", states(O={**OVERPRINT, "OPM": 0})),
}  # fmt: skip


def painted(content: bytes) -> Painted:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return read_paints(pdf.pages[0], Frame(0.0, HEIGHT_MM * PT))


@pytest.mark.readers
@pytest.mark.parametrize("name", PAGES)
def test_our_ink_is_that_of_ghostscript_s_plates_and_the_bound_never_lower(name: str, tmp_path: Path) -> None:
    content = press_page(*PAGES[name])
    theirs = heaviest_mm(ghostscript_plates(content, tmp_path))

    paints = painted(content)
    ours = heaviest_ink(content, WHOLE, is_apart=any(any(paint.spared) for paint in paints.paints)).total
    bound = max(one.total for one in ceilings(paints.paints))

    assert ours == pytest.approx(theirs, abs=POINTS)
    assert bound >= max(ours, theirs) - 0.01  # four plates of 255 steps


@pytest.mark.readers
def test_small_words_and_a_code_stand_on_the_black_plate_alone(tmp_path: Path) -> None:
    marks = (
        f"0 0 0 0.1 k {mm(5, 5, 70, 35)} re f 0 0 0 1 k BT /F 8 Tf {mm(10, 30)} Td (0808 1000 900) Tj ET"
        f" {mm(10, 10, 10, 10)} re f"
    )
    plates = ghostscript_plates(press_page(marks, letters), tmp_path)

    assert plates[:3].max() == 0
    assert plates[3].max() == pytest.approx(1, abs=0.01)


# The bound.


def bound_of(marks: str, resources: Resources = nothing) -> float:
    return max(one.total for one in ceilings(painted(press_page(marks, resources)).paints))


def test_what_covers_the_background_adds_nothing_to_it() -> None:
    assert bound_of(f"{BACKGROUND}0.3 0.3 0.3 0.3 k {BOX}") == pytest.approx(1.9)
    assert bound_of(f"{BACKGROUND}0.9 0.9 0.9 0 k {BOX}") == pytest.approx(2.7)


def test_an_overprint_adds_to_what_lies_under_its_box_and_to_nothing_else() -> None:
    beside = f"0.9 0.9 0.9 0 k {mm(50, 10, 20, 20)} re f\n"
    background = f"0.5 0.5 0 0 k {mm(-3, -3, 86, 51)} re f\n"

    assert bound_of(f"{background}{beside}/O gs 0 0 0 1 k {BOX}", states(O=OVERPRINT)) == pytest.approx(2.7)
    assert bound_of(f"{background}/O gs 0 0 0 1 k {BOX}", states(O=OVERPRINT)) == pytest.approx(2.0)


def test_a_blend_that_nobody_can_bound_counts_as_full() -> None:
    assert bound_of(f"{BACKGROUND}/M gs 0 0 0 0.1 k {BOX}", states(M={"BM": Name.ColorBurn})) == 4.0


def test_rgb_has_no_ink_and_hides_none() -> None:
    assert bound_of(f"{BACKGROUND}1 0 0 rg {BOX}") == pytest.approx(1.9)


# What the proof says.

HEAVY = f"{BACKGROUND}0.9 0.8 0.7 0.9 k {BOX}"


def test_too_much_ink_is_told_with_its_figure_the_limit_and_where(wording: Wording) -> None:
    content = press_page(HEAVY)

    (finding,) = prove_ink(content, painted(content), 300.0, press_spec())

    # 330 as it is written, less what 255 steps round off.
    assert finding.code == "ink" and "329 %" in finding.text and "300 %" in finding.text
    assert wording == finding.text
    assert finding.box is not None
    x, y, width, height = finding.box
    assert 9.5 <= x <= 30 and 14.5 <= y <= 35 and width == height == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(("limit", "is_told"), [(329.0, False), (328.0, True)])
def test_a_point_more_than_the_limit_is_rounding(limit: float, is_told: bool) -> None:
    content = press_page(HEAVY)

    assert bool(list(prove_ink(content, painted(content), limit, press_spec()))) is is_told


def test_what_is_within_the_bound_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(*_: object, **__: object) -> None:
        raise AssertionError("drawn")

    monkeypatch.setattr(total_ink, "heaviest_ink", draw)
    content = press_page(HEAVY)

    assert list(prove_ink(content, painted(content), 330.0, press_spec())) == []
    with pytest.raises(AssertionError, match="drawn"):
        list(prove_ink(content, painted(content), 320.0, press_spec()))


def test_a_bound_over_the_limit_is_no_fault_where_the_plates_are_under_it() -> None:
    # The background under the black box is overprinted; the heavy box beside it only meets the box around the line.
    marks = (
        f"0.5 0.5 0 0 k {mm(-3, -3, 86, 51)} re f 0.9 0.9 0.9 0 k {mm(5, 30, 10, 10)} re f"
        f" /O gs 0 0 0 1 K 2 w {mm(5, 5)} m {mm(75, 40)} l S"
    )
    content = press_page(marks, states(O=OVERPRINT))

    assert bound_of(marks, states(O=OVERPRINT)) > 3.0
    assert list(prove_ink(content, painted(content), 300.0, press_spec())) == []


def test_what_is_light_enough_is_drawn_coarsely_alone() -> None:
    content = press_page(HEAVY)

    fine = heaviest_ink(content, WHOLE, is_apart=False, light_enough=3.0)
    coarse = heaviest_ink(content, WHOLE, is_apart=False, light_enough=4.0)

    assert fine.total == pytest.approx(coarse.total, abs=POINTS)
    assert fine.box.width == pytest.approx(PX_PER_MM, rel=0.02)
    assert coarse.box.width == pytest.approx(PX_PER_MM, rel=0.02)


@pytest.mark.parametrize("width_mm", [1.0, 1.3, 2.0])
def test_a_bar_a_millimetre_wide_is_seen_wherever_it_stands(width_mm: float) -> None:
    for offset in (0.0, 0.1, 0.2, 0.3, 0.4):
        bar = f"0.9 0.8 0.7 0.9 k {mm(20 + offset, 5, width_mm, 30)} re f"
        content = press_page(BACKGROUND + bar)

        assert list(prove_ink(content, painted(content), 300.0, press_spec()))


def test_grain_finer_than_a_millimetre_is_judged_by_its_mean() -> None:
    grain = np.zeros((480, 800, 4), np.uint8)
    grain[::2, ::2] = 255
    content = press_page(BACKGROUND + PLACE, drawn(lambda pdf: picture(pdf, grain)))

    assert list(prove_ink(content, painted(content), 200.0, press_spec())) == []


def test_ink_that_cannot_be_drawn_is_told_by_its_bound(wording: Wording) -> None:
    deep = np.zeros((4, 4, 8), np.uint8)
    content = press_page(BACKGROUND + PLACE, drawn(lambda pdf: picture(pdf, deep, BitsPerComponent=16)))

    (told,) = [text for code, text in said(content) if code == "ink"]

    assert "400 %" in told and "300 %" in told
    assert wording == told


def test_artwork_at_a_tenth_is_told_in_millimetres_of_the_poster() -> None:
    content = press_page(HEAVY)

    (finding,) = prove_ink(content, painted(content), 300.0, press_spec(scale=0.1))

    assert finding.box is not None
    assert 95 <= finding.box[0] <= 300


def test_large_pages_are_drawn_with_no_more_pixels_than_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plates_module, "MAX_RENDERED_PIXELS", 10_000)

    assert heaviest_ink(press_page(HEAVY), WHOLE, is_apart=False).total == pytest.approx(3.3, abs=POINTS)
