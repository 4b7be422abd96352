"""QR codes in finished pictures and pages are read as a phone would read them; each fault has its finding."""

from __future__ import annotations

import io

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import Image

from assetgen.findings import Severity
from assetgen.planning.asset import Spec
from assetgen.preflight.pdf.canvas import PageCanvas, RasterCanvas
from assetgen.preflight.qr.code_checks import check_codes, find_codes, have_even_rows
from assetgen.preflight.qr.code_finder import QUIET_MODULES
from assetgen.preflight.results import CodeReading, PreflightResult
from tests.support.qr_pictures import (
    DARK,
    LINK,
    OTHER_LINK,
    WHITE,
    cover_part_of_code,
    draw_code,
    paste_on_sheet,
    screen_spec,
)
from tests.support.wording import Wording


def preflight(picture: Image.Image, **changes: object) -> PreflightResult:
    """Return the result of the preflight check of the codes in a picture."""
    return check_codes(RasterCanvas(picture), screen_spec(picture, **changes))


def reported(result: PreflightResult) -> list[tuple[str, str]]:
    """Return the severity and the code of each finding."""
    return [(finding.severity.value, finding.code) for finding in result.findings]


def reading_of(result: PreflightResult) -> CodeReading:
    (region,) = result.regions
    assert region.reading is not None
    return region.reading


def test_a_correct_code_has_no_findings_and_a_region_with_measurements() -> None:
    result = preflight(paste_on_sheet(draw_code()))

    reading = reading_of(result)
    assert result.findings == ()
    assert result.regions[0].role == "code"
    # 29 modules of 8 px, inside a quiet zone of 4 modules, on a sheet at 60, 40.
    assert result.regions[0].box == pytest.approx((92, 72, 232, 232), abs=1)
    assert (reading.text, reading.modules, reading.quiet_modules, reading.unused) == (LINK, 29, 4.0, 1.0)
    assert reading.module_px == pytest.approx(8, abs=0.05)
    assert reading.module_mm == pytest.approx(4, abs=0.03)
    assert reading.px_per_module == pytest.approx(1390 * 4 / 1200, abs=0.03)
    assert reading.contrast == pytest.approx(15.7, abs=0.1)
    assert (reading.shots, reading.zbar_shots) == (6, 6)
    assert reading.least_px is not None
    assert 2.0 <= reading.least_px <= 2.8
    assert reading.margin == pytest.approx(4.63 / reading.least_px, abs=0.02)
    assert result.regions[0].as_dict()["reading"]["margin"] == reading.margin


def test_the_same_code_has_the_same_measurements_each_time() -> None:
    assert preflight(paste_on_sheet(draw_code())) == preflight(paste_on_sheet(draw_code()))


def test_a_code_with_a_wrong_link_is_reported(wording: Wording) -> None:
    result = preflight(paste_on_sheet(draw_code(OTHER_LINK)))

    (finding,) = result.findings
    assert finding.code == "qr-wrong"
    assert OTHER_LINK in finding.text and LINK in finding.text
    assert wording == finding.text
    assert finding.hint
    assert finding.box == pytest.approx((92, 72, 232, 232), abs=1)
    assert result.regions == ()


def test_a_link_with_one_extra_letter_is_reported_as_wrong() -> None:
    assert reported(preflight(paste_on_sheet(draw_code(LINK + "x")))) == [("error", "qr-wrong")]


def test_an_unexpected_code_is_reported_whatever_its_link(wording: Wording) -> None:
    (finding,) = preflight(paste_on_sheet(draw_code()), link=None, scan_m=None).findings

    assert finding.code == "qr-wrong" and LINK in finding.text
    assert wording == finding.text


def test_a_second_code_with_a_wrong_link_is_reported() -> None:
    sheet = paste_on_sheet(draw_code(module=6))
    sheet.paste(draw_code(OTHER_LINK, module=6), (380, 40))

    result = preflight(sheet)

    assert reported(result) == [("error", "qr-wrong")]
    assert len(result.regions) == 1


def test_a_repeated_code_is_a_warning_and_both_have_regions(wording: Wording) -> None:
    sheet = paste_on_sheet(draw_code(module=6))
    sheet.paste(draw_code(module=6), (380, 40))

    result = preflight(sheet)

    assert reported(result) == [("warning", "qr-wrong")]
    assert wording == result.findings[0].text
    assert result.findings[0].box == pytest.approx((404, 64, 174, 174), abs=1)
    assert len(result.regions) == 2


def test_a_missing_code_is_reported() -> None:
    (finding,) = preflight(Image.new("RGB", (640, 480), WHITE)).findings

    assert (finding.code, finding.box) == ("qr-unreadable", None)
    assert LINK in finding.text


def test_a_file_that_needs_no_code_passes_without_one() -> None:
    assert preflight(Image.new("RGB", (640, 480), WHITE), link=None) == PreflightResult()


@pytest.mark.parametrize("corner", [(0.2, 0.2), (0.8, 0.2), (0.2, 0.8)])
def test_a_code_with_a_covered_finder_pattern_is_unreadable(corner: tuple[float, float]) -> None:
    result = preflight(paste_on_sheet(cover_part_of_code(draw_code(), 0.22, corner)))

    assert ("error", "qr-unreadable") in reported(result)


@pytest.mark.parametrize("corner", [(0.8, 0.8), (0.9, 0.9), (1.0, 1.0), (0.0, 1.0)])
def test_a_code_covered_at_any_other_corner_is_an_error(corner: tuple[float, float]) -> None:
    result = preflight(paste_on_sheet(cover_part_of_code(draw_code(), 0.3, corner)))

    assert any(severity == "error" for severity, _ in reported(result))
    assert {code for _, code in reported(result)} <= {"qr-unreadable", "qr-quiet-zone"}


def test_a_code_too_dense_for_its_size_is_unreadable() -> None:
    long = LINK + "help?" + "x" * 110
    dense, plain = draw_code(long, module=4), draw_code(module=7)
    assert abs(dense.width - plain.width) < 2

    assert reported(preflight(paste_on_sheet(plain), scan_m=1.5)) == []
    assert reported(preflight(paste_on_sheet(dense), scan_m=1.5, link=long)) == [("error", "qr-unreadable")]


@pytest.mark.parametrize(("share", "severity"), [(0.18, "warning"), (0.26, "error")])
def test_a_partly_covered_code_is_reported_by_used_error_correction(
    share: float, severity: str, wording: Wording
) -> None:
    result = preflight(paste_on_sheet(cover_part_of_code(draw_code(), share)))

    used_up = [finding for finding in result.findings if "%" in finding.text]
    assert [(finding.severity.value, finding.code) for finding in used_up] == [(severity, "qr-unreadable")]
    assert wording == used_up[0].text


@pytest.mark.parametrize("quiet", [0, 1, 2, 3])
def test_a_quiet_zone_below_four_modules_is_reported(quiet: int) -> None:
    result = preflight(paste_on_sheet(draw_code(quiet=quiet)))

    codes = {code for _, code in reported(result)}
    assert codes & {"qr-quiet-zone", "qr-unreadable"}
    if result.regions:
        assert "qr-quiet-zone" in codes
        assert reading_of(result).quiet_modules == pytest.approx(quiet, abs=0.2)


def test_a_shape_in_the_quiet_zone_is_reported() -> None:
    sheet = paste_on_sheet(draw_code())
    sheet.paste(DARK, (150, 56, 200, 66))  # 6 to 16 px above the first modules: nearer than 4 × 8 px

    result = preflight(sheet)

    assert reported(result) == [("error", "qr-quiet-zone")]
    assert reading_of(result).quiet_modules == pytest.approx(0.75, abs=0.2)


def test_the_quiet_zone_ends_at_the_edge_of_the_picture() -> None:
    code = draw_code()

    cut = code.crop((16, 0, code.width, code.height))

    assert reported(preflight(code)) == []
    assert reported(preflight(cut)) == [("error", "qr-quiet-zone")]


@pytest.mark.parametrize("module", [1, 2, 3])
def test_modules_below_four_pixels_are_reported_as_too_small(module: int) -> None:
    codes = {code for _, code in reported(preflight(paste_on_sheet(draw_code(module=module)), px_mm=3.0))}

    assert "qr-too-small" in codes


def test_modules_of_four_pixels_are_large_enough() -> None:
    assert reported(preflight(paste_on_sheet(draw_code(module=4)), px_mm=3.0)) == []


@pytest.mark.parametrize(("grey", "severity"), [(100, "warning"), (175, "error")])
def test_low_contrast_is_a_warning_and_very_low_contrast_an_error(
    grey: int, severity: str, wording: Wording
) -> None:
    result = preflight(paste_on_sheet(draw_code(dark=(grey, grey, grey))))

    (pale,) = [finding for finding in result.findings if ":1" in finding.text]
    assert (pale.severity.value, pale.code) == (severity, "qr-unreadable")
    assert wording == pale.text


def test_a_light_code_on_a_dark_background_is_reported(wording: Wording) -> None:
    (finding,) = preflight(paste_on_sheet(draw_code(dark=WHITE, light=DARK))).findings

    assert finding.code == "qr-unreadable"
    assert wording == finding.text


@pytest.mark.parametrize(
    ("scan_m", "expected"), [(1.2, []), (2.0, ["warning"]), (2.4, ["error"]), (6.0, ["error"])]
)
def test_a_code_must_be_readable_from_its_scanning_distance(scan_m: float, expected: list[str]) -> None:
    result = preflight(paste_on_sheet(draw_code()), scan_m=scan_m)

    assert [finding.severity.value for finding in result.findings] == expected
    assert {finding.code for finding in result.findings} <= {"qr-unreadable"}
    assert all(f"{scan_m:g} m" in finding.text for finding in result.findings)


def test_a_code_of_unknown_final_size_has_no_scanning_margin() -> None:
    result = preflight(draw_code(module=24), px_mm=None)

    reading = reading_of(result)
    assert result.findings == ()
    assert (reading.module_mm, reading.px_per_module, reading.margin) == (None, None, None)
    assert reading.least_px is not None


def test_a_code_with_heavy_noise_is_an_error() -> None:
    noise = np.random.default_rng(7).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    sheet = Image.blend(paste_on_sheet(draw_code()), Image.fromarray(noise), 0.55)

    assert any(severity == "error" for severity, _ in reported(preflight(sheet)))


@pytest.mark.parametrize("angle", [7, 45, 90, 180])
def test_a_rotated_code_is_accepted(angle: int) -> None:
    rotated = paste_on_sheet(draw_code(), (150, 80), background=WHITE).rotate(
        angle, Image.Resampling.BICUBIC, fillcolor=WHITE
    )

    assert reported(preflight(rotated)) == []


def test_a_found_code_grown_by_its_quiet_zone_is_in_page_coordinates() -> None:
    sheet = paste_on_sheet(draw_code())

    (code,) = find_codes(RasterCanvas(sheet), screen_spec(sheet))

    expected = [(60, 40), (356, 40), (356, 336), (60, 336)]
    for corner, (x, y) in zip(code.corners_grown(QUIET_MODULES), expected, strict=True):
        assert corner == pytest.approx((x, y), abs=1.5)


# Codes on a PDF page: modules and places are in mm at final size, whatever the scale of the artwork.


def page_with(code: Image.Image, side_mm: float, at_mm: tuple[float, float], scale: float = 1.0) -> bytes:
    """Return a PDF page of 200 × 120 mm at final size with a code on it. All lengths are at final size."""
    pt = 72 / 25.4 * scale  # one mm at final size
    width, height = 200 * pt, 120 * pt
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(width, height))
        page = pdf.pages[0]
        picture = pikepdf.Stream(pdf, code.tobytes())
        picture.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=code.width, Height=code.height,
            ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8,
        )  # fmt: skip
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Code=picture))
        x, y = at_mm[0] * pt, height - (at_mm[1] + side_mm) * pt
        draw = f"q {side_mm * pt} 0 0 {side_mm * pt} {x} {y} cm /Code Do Q"
        page.Contents = pdf.make_stream(draw.encode())
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def preflight_page(content: bytes, scale: float = 1.0, **changes: object) -> PreflightResult:
    document = pdfium.PdfDocument(content)
    try:
        return check_codes(PageCanvas(document[0], 0.0, 0.0), page_spec(scale, **changes))
    finally:
        document.close()


def page_spec(scale: float, **changes: object) -> Spec:
    size: dict[str, object] = {"width": 200.0, "height": 120.0, "unit": "mm", "scale": scale, "px_mm": None}
    return screen_spec(Image.new("RGB", (1, 1)), **{**size, "scan_m": 0.4, **changes})


@pytest.mark.parametrize("scale", [1.0, 0.25, 0.1])
def test_a_code_on_a_page_is_measured_at_final_size(scale: float) -> None:
    result = preflight_page(page_with(draw_code(), 37 * 1.2, (100, 30), scale), scale)

    assert result.findings == ()
    assert reading_of(result).module_mm == pytest.approx(1.2, abs=0.02)
    assert result.regions[0].box == pytest.approx((104.8, 34.8, 34.8, 34.8), abs=0.3)


def test_a_code_with_tiny_modules_on_a_page_is_found_and_reported() -> None:
    result = preflight_page(page_with(draw_code(), 37 * 0.4, (100, 30)))

    assert {code for _, code in reported(result)} == {"qr-too-small", "qr-unreadable"}
    assert reading_of(result).module_mm == pytest.approx(0.4, abs=0.02)


def test_the_quiet_zone_ends_at_the_trim_of_the_page() -> None:
    result = preflight_page(page_with(draw_code(), 37 * 1.2, (-2.4, 30)))

    assert ("error", "qr-quiet-zone") in reported(result)
    assert reading_of(result).quiet_modules == pytest.approx(2.0, abs=0.2)


@pytest.mark.parametrize("side_pt", [14_400, 1_000_000, 10**15])
def test_an_enormous_page_is_not_searched_for_codes(side_pt: int) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.pages[0].MediaBox = pikepdf.Array([0, 0, side_pt, side_pt])
        out = io.BytesIO()
        pdf.save(out)

    assert reported(preflight_page(out.getvalue())) == [("error", "qr-unreadable")]


def test_every_finding_has_a_hint_and_the_place_of_the_code() -> None:
    results = [
        preflight(paste_on_sheet(cover_part_of_code(draw_code(), 0.26))),
        preflight(paste_on_sheet(draw_code(quiet=1))),
        preflight(paste_on_sheet(draw_code()), scan_m=2.4),
        preflight(paste_on_sheet(draw_code(module=3)), px_mm=3.0),
    ]

    findings = [finding for result in results for finding in result.findings]
    assert findings
    assert all(finding.hint and finding.box and finding.role == "code" for finding in findings)
    assert all(finding.severity in (Severity.ERROR, Severity.WARNING) for finding in findings)


# Rows of text that together could draw a code.

# Baselines of a poster's text, in px: even within a paragraph, uneven over the page.
POSTER_ROWS = [
    30.0,
    61.5,
    93.0,
    124.5,
    180.2,
    198.7,
    217.2,
    235.7,
    254.2,
    272.7,
    300.0,
    316.1,
    332.2,
    348.3,
    381.0,
    401.5,
]
CODE_ROWS = [40.0 + 3.2 * row for row in range(21)]


def test_evenly_spaced_rows_of_text_are_treated_as_a_possible_code() -> None:
    assert have_even_rows(CODE_ROWS)


def test_evenly_spaced_rows_are_found_between_rows_of_other_text() -> None:
    assert have_even_rows([*CODE_ROWS, *POSTER_ROWS])


@pytest.mark.parametrize(
    "rows",
    [[], [10.0], CODE_ROWS[:-1], POSTER_ROWS, [*POSTER_ROWS, 440.0, 455.0, 470.0, 485.0, 500.0, 520.0]],
    ids=["none", "one", "one too few", "a poster", "a longer poster"],
)
def test_too_few_or_unevenly_spaced_rows_are_not_a_possible_code(rows: list[float]) -> None:
    assert not have_even_rows(rows)
