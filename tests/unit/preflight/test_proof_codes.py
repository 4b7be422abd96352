"""A QR code in a finished file is read as a phone would read it, and each fault has its finding."""

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
from assetgen.preflight.qr.code_checks import find_codes, prove_code
from assetgen.preflight.qr.code_finder import QUIET_MODULES
from assetgen.preflight.results import CodeReading, Proof
from tests.support.code_pictures import DARK, LINK, OTHER, WHITE, covered, drawn_code, on_sheet, screen_spec
from tests.support.wording import Wording


def proof_of(picture: Image.Image, **changes: object) -> Proof:
    return prove_code(RasterCanvas(picture), screen_spec(picture, **changes))


def said(proof: Proof) -> list[tuple[str, str]]:
    return [(finding.severity.value, finding.code) for finding in proof.findings]


def reading_of(proof: Proof) -> CodeReading:
    (mark,) = proof.regions
    assert mark.reading is not None
    return mark.reading


def test_a_sound_code_has_no_finding_and_a_mark_with_all_that_was_measured() -> None:
    proof = proof_of(on_sheet(drawn_code()))

    reading = reading_of(proof)
    assert proof.findings == ()
    assert proof.regions[0].role == "code"
    # 29 modules of 8 px, behind 4 modules of margin, on a sheet at 60, 40.
    assert proof.regions[0].box == pytest.approx((92, 72, 232, 232), abs=1)
    assert (reading.text, reading.modules, reading.quiet_modules, reading.unused) == (LINK, 29, 4.0, 1.0)
    assert reading.module_px == pytest.approx(8, abs=0.05)
    assert reading.module_mm == pytest.approx(4, abs=0.03)
    assert reading.px_per_module == pytest.approx(1390 * 4 / 1200, abs=0.03)
    assert reading.contrast == pytest.approx(15.7, abs=0.1)
    assert (reading.shots, reading.zbar_shots) == (6, 6)
    assert reading.least_px is not None
    assert 2.0 <= reading.least_px <= 2.8
    assert reading.margin == pytest.approx(4.63 / reading.least_px, abs=0.02)
    assert proof.regions[0].as_dict()["reading"]["margin"] == reading.margin


def test_the_same_code_is_measured_the_same_each_time() -> None:
    assert proof_of(on_sheet(drawn_code())) == proof_of(on_sheet(drawn_code()))


def test_a_code_that_opens_something_else_is_wrong(wording: Wording) -> None:
    proof = proof_of(on_sheet(drawn_code(OTHER)))

    (finding,) = proof.findings
    assert finding.code == "qr-wrong"
    assert OTHER in finding.text and LINK in finding.text
    assert wording == finding.text
    assert finding.hint
    assert finding.box == pytest.approx((92, 72, 232, 232), abs=1)
    assert proof.regions == ()


def test_one_letter_of_the_path_more_is_something_else() -> None:
    assert said(proof_of(on_sheet(drawn_code(LINK + "x")))) == [("error", "qr-wrong")]


def test_a_code_where_none_is_due_is_wrong_whatever_it_opens(wording: Wording) -> None:
    (finding,) = proof_of(on_sheet(drawn_code()), link=None, scan_m=None).findings

    assert finding.code == "qr-wrong" and LINK in finding.text
    assert wording == finding.text


def test_a_second_code_beside_the_right_one_is_wrong() -> None:
    sheet = on_sheet(drawn_code(module=6))
    sheet.paste(drawn_code(OTHER, module=6), (380, 40))

    proof = proof_of(sheet)

    assert said(proof) == [("error", "qr-wrong")]
    assert len(proof.regions) == 1


def test_the_right_code_twice_is_warned_of_and_each_is_judged(wording: Wording) -> None:
    sheet = on_sheet(drawn_code(module=6))
    sheet.paste(drawn_code(module=6), (380, 40))

    proof = proof_of(sheet)

    assert said(proof) == [("warning", "qr-wrong")]
    assert wording == proof.findings[0].text
    assert proof.findings[0].box == pytest.approx((404, 64, 174, 174), abs=1)
    assert len(proof.regions) == 2


def test_a_file_without_a_code_where_one_is_due_says_so() -> None:
    (finding,) = proof_of(Image.new("RGB", (640, 480), WHITE)).findings

    assert (finding.code, finding.box) == ("qr-unreadable", None)
    assert LINK in finding.text


def test_a_file_without_a_code_where_none_is_due_is_well() -> None:
    assert proof_of(Image.new("RGB", (640, 480), WHITE), link=None) == Proof()


@pytest.mark.parametrize("corner", [(0.2, 0.2), (0.8, 0.2), (0.2, 0.8)])
def test_a_code_with_a_covered_finder_is_unreadable(corner: tuple[float, float]) -> None:
    proof = proof_of(on_sheet(covered(drawn_code(), 0.22, corner)))

    assert ("error", "qr-unreadable") in said(proof)


@pytest.mark.parametrize("corner", [(0.8, 0.8), (0.9, 0.9), (1.0, 1.0), (0.0, 1.0)])
def test_a_code_that_is_covered_at_any_other_corner_is_refused(corner: tuple[float, float]) -> None:
    proof = proof_of(on_sheet(covered(drawn_code(), 0.3, corner)))

    assert any(severity == "error" for severity, _ in said(proof))
    assert {code for _, code in said(proof)} <= {"qr-unreadable", "qr-quiet-zone"}


def test_a_code_too_dense_for_its_size_is_refused_where_a_shorter_link_is_read() -> None:
    long = LINK + "help?" + "x" * 110
    dense, plain = drawn_code(long, module=4), drawn_code(module=7)
    assert abs(dense.width - plain.width) < 2

    assert said(proof_of(on_sheet(plain), scan_m=1.5)) == []
    assert said(proof_of(on_sheet(dense), scan_m=1.5, link=long)) == [("error", "qr-unreadable")]


@pytest.mark.parametrize(("share", "severity"), [(0.18, "warning"), (0.26, "error")])
def test_a_picture_on_the_code_uses_up_its_error_correction(
    share: float, severity: str, wording: Wording
) -> None:
    proof = proof_of(on_sheet(covered(drawn_code(), share)))

    used_up = [finding for finding in proof.findings if "%" in finding.text]
    assert [(finding.severity.value, finding.code) for finding in used_up] == [(severity, "qr-unreadable")]
    assert wording == used_up[0].text


@pytest.mark.parametrize("quiet", [0, 1, 2, 3])
def test_a_margin_of_fewer_than_four_modules_is_found(quiet: int) -> None:
    proof = proof_of(on_sheet(drawn_code(quiet=quiet)))

    codes = {code for _, code in said(proof)}
    assert codes & {"qr-quiet-zone", "qr-unreadable"}
    if proof.regions:
        assert "qr-quiet-zone" in codes
        assert reading_of(proof).quiet_modules == pytest.approx(quiet, abs=0.2)


def test_words_that_reach_into_the_margin_are_found() -> None:
    sheet = on_sheet(drawn_code())
    sheet.paste(DARK, (150, 56, 200, 66))  # between 6 and 16 px above the first modules: nearer than 4 × 8

    proof = proof_of(sheet)

    assert said(proof) == [("error", "qr-quiet-zone")]
    assert reading_of(proof).quiet_modules == pytest.approx(0.75, abs=0.2)


def test_the_sheet_s_own_edge_ends_the_margin() -> None:
    code = drawn_code()

    cut = code.crop((16, 0, code.width, code.height))

    assert said(proof_of(code)) == []
    assert said(proof_of(cut)) == [("error", "qr-quiet-zone")]


@pytest.mark.parametrize("module", [1, 2, 3])
def test_modules_under_four_pixels_are_too_small(module: int) -> None:
    codes = {code for _, code in said(proof_of(on_sheet(drawn_code(module=module)), px_mm=3.0))}

    assert "qr-too-small" in codes


def test_modules_of_four_pixels_are_large_enough() -> None:
    assert said(proof_of(on_sheet(drawn_code(module=4)), px_mm=3.0)) == []


@pytest.mark.parametrize(("grey", "severity"), [(100, "warning"), (175, "error")])
def test_a_pale_code_is_warned_of_and_a_paler_one_is_refused(
    grey: int, severity: str, wording: Wording
) -> None:
    proof = proof_of(on_sheet(drawn_code(dark=(grey, grey, grey))))

    (pale,) = [finding for finding in proof.findings if ":1" in finding.text]
    assert (pale.severity.value, pale.code) == (severity, "qr-unreadable")
    assert wording == pale.text


def test_a_code_light_on_dark_is_refused(wording: Wording) -> None:
    (finding,) = proof_of(on_sheet(drawn_code(dark=WHITE, light=DARK))).findings

    assert finding.code == "qr-unreadable"
    assert wording == finding.text


@pytest.mark.parametrize(
    ("scan_m", "expected"), [(1.2, []), (2.0, ["warning"]), (2.4, ["error"]), (6.0, ["error"])]
)
def test_a_code_must_be_read_from_where_people_stand(scan_m: float, expected: list[str]) -> None:
    proof = proof_of(on_sheet(drawn_code()), scan_m=scan_m)

    assert [finding.severity.value for finding in proof.findings] == expected
    assert {finding.code for finding in proof.findings} <= {"qr-unreadable"}
    assert all(f"{scan_m:g} m" in finding.text for finding in proof.findings)


def test_a_code_to_be_placed_by_somebody_else_has_no_distance_and_no_margin() -> None:
    proof = proof_of(drawn_code(module=24), px_mm=None)

    reading = reading_of(proof)
    assert proof.findings == ()
    assert (reading.module_mm, reading.px_per_module, reading.margin) == (None, None, None)
    assert reading.least_px is not None


def test_a_code_on_a_busy_background_is_refused() -> None:
    noise = np.random.default_rng(7).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    sheet = Image.blend(on_sheet(drawn_code()), Image.fromarray(noise), 0.55)

    assert any(severity == "error" for severity, _ in said(proof_of(sheet)))


@pytest.mark.parametrize("angle", [7, 45, 90, 180])
def test_a_code_that_is_turned_is_read_as_well(angle: int) -> None:
    turned = on_sheet(drawn_code(), (150, 80), background=WHITE).rotate(
        angle, Image.Resampling.BICUBIC, fillcolor=WHITE
    )

    assert said(proof_of(turned)) == []


def test_a_code_grown_by_its_quiet_zone_is_a_polygon_of_the_page() -> None:
    sheet = on_sheet(drawn_code())

    (code,) = find_codes(RasterCanvas(sheet), screen_spec(sheet))

    expected = [(60, 40), (356, 40), (356, 336), (60, 336)]
    for corner, (x, y) in zip(code.grown(QUIET_MODULES), expected, strict=True):
        assert corner == pytest.approx((x, y), abs=1.5)


# The same on a page: module and place in mm at final size, whatever the scale of the artwork.


def page_with(code: Image.Image, side_mm: float, at_mm: tuple[float, float], scale: float = 1.0) -> bytes:
    """Return a sheet of 200 × 120 mm at final size with a code of so many mm, as a PDF at the artwork's scale."""
    per = 72 / 25.4 * scale
    width, height = 200 * per, 120 * per
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(width, height))
        page = pdf.pages[0]
        picture = pikepdf.Stream(pdf, code.tobytes())
        picture.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=code.width, Height=code.height,
            ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8,
        )  # fmt: skip
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Code=picture))
        x, y = at_mm[0] * per, height - (at_mm[1] + side_mm) * per
        draw = f"q {side_mm * per} 0 0 {side_mm * per} {x} {y} cm /Code Do Q"
        page.Contents = pdf.make_stream(draw.encode())
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def page_proof(content: bytes, scale: float = 1.0, **changes: object) -> Proof:
    document = pdfium.PdfDocument(content)
    try:
        return prove_code(PageCanvas(document[0], 0.0, 0.0), page_spec(scale, **changes))
    finally:
        document.close()


def page_spec(scale: float, **changes: object) -> Spec:
    size: dict[str, object] = {"width": 200.0, "height": 120.0, "unit": "mm", "scale": scale, "px_mm": None}
    return screen_spec(Image.new("RGB", (1, 1)), **{**size, "scan_m": 0.4, **changes})


@pytest.mark.parametrize("scale", [1.0, 0.25, 0.1])
def test_a_page_s_code_is_measured_at_final_size(scale: float) -> None:
    proof = page_proof(page_with(drawn_code(), 37 * 1.2, (100, 30), scale), scale)

    assert proof.findings == ()
    assert reading_of(proof).module_mm == pytest.approx(1.2, abs=0.02)
    assert proof.regions[0].box == pytest.approx((104.8, 34.8, 34.8, 34.8), abs=0.3)


def test_a_page_s_code_under_half_a_millimetre_is_too_small_and_is_found_all_the_same() -> None:
    proof = page_proof(page_with(drawn_code(), 37 * 0.4, (100, 30)))

    assert {code for _, code in said(proof)} == {"qr-too-small", "qr-unreadable"}
    assert reading_of(proof).module_mm == pytest.approx(0.4, abs=0.02)


def test_the_trim_ends_the_margin_of_a_page_s_code() -> None:
    proof = page_proof(page_with(drawn_code(), 37 * 1.2, (-2.4, 30)))

    assert ("error", "qr-quiet-zone") in said(proof)
    assert reading_of(proof).quiet_modules == pytest.approx(2.0, abs=0.2)


@pytest.mark.parametrize("side_pt", [14_400, 1_000_000, 10**15])
def test_a_page_that_claims_to_be_a_field_is_not_looked_through(side_pt: int) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.pages[0].MediaBox = pikepdf.Array([0, 0, side_pt, side_pt])
        out = io.BytesIO()
        pdf.save(out)

    assert said(page_proof(out.getvalue())) == [("error", "qr-unreadable")]


def test_every_finding_has_a_hint_and_points_at_the_code() -> None:
    proofs = [
        proof_of(on_sheet(covered(drawn_code(), 0.26))),
        proof_of(on_sheet(drawn_code(quiet=1))),
        proof_of(on_sheet(drawn_code()), scan_m=2.4),
        proof_of(on_sheet(drawn_code(module=3)), px_mm=3.0),
    ]

    findings = [finding for proof in proofs for finding in proof.findings]
    assert findings
    assert all(finding.hint and finding.box and finding.role == "code" for finding in findings)
    assert all(finding.severity in (Severity.ERROR, Severity.WARNING) for finding in findings)
