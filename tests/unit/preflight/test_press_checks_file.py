"""Press checks of a file: its PDF/X standard, output intent, fonts, metadata and boxes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from assetgen.planning.variants import PressSpec
from assetgen.preflight.pdf.pdf_file import OpenPdf, check_pdf_file
from tests.support.press_pages import (
    BACKGROUND,
    COATED_PRESS,
    NEWSPRINT_PRESS,
    XMP,
    Edit,
    brand_font,
    form_xobject,
    graphics_states,
    marks_of_text,
    mm,
    press_findings,
    press_page,
    press_spec,
)
from tests.support.wording import Wording


@pytest.mark.parametrize("press", [COATED_PRESS, NEWSPRINT_PRESS], ids=["x-4", "x-1a"])
def test_a_valid_press_file_has_no_findings(press: PressSpec) -> None:
    operators, fonts = marks_of_text("0 0 0 1 k", before=f"0 0 0 0.1 k {mm(5, 15, 30, 15)} re f")

    assert press_findings(press_page(operators, fonts, press=press), press) == []


def no_output_intent(pdf: Pdf) -> None:
    del pdf.Root.OutputIntents


def two_output_intents(pdf: Pdf) -> None:
    pdf.Root.OutputIntents.append(pdf.Root.OutputIntents[0])


def wrong_condition(pdf: Pdf) -> None:
    pdf.Root.OutputIntents[0].OutputConditionIdentifier = String("CGATS TR 001")


def no_profile(pdf: Pdf) -> None:
    del pdf.Root.OutputIntents[0].DestOutputProfile


def wrong_profile(pdf: Pdf) -> None:
    pdf.Root.OutputIntents[0].DestOutputProfile.write(b"four other inks")


def rgb_profile(pdf: Pdf) -> None:
    pdf.Root.OutputIntents[0].DestOutputProfile.N = 3


def no_registry(pdf: Pdf) -> None:
    del pdf.Root.OutputIntents[0].RegistryName


def no_standard(pdf: Pdf) -> None:
    del pdf.Root.Metadata


def no_trapped_entry(pdf: Pdf) -> None:
    del pdf.docinfo["/Trapped"]


def no_bleed_box(pdf: Pdf) -> None:
    del pdf.pages[0].obj.BleedBox


def link(pdf: Pdf) -> None:
    action = Dictionary(S=Name.URI, URI=String("https://www.stopitnow.org.uk/"))
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action)
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])


def font_not_embedded(pdf: Pdf) -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/Helvetica-Bold"))
    pdf.pages[0].obj.Resources.Font = Dictionary(H=pdf.make_indirect(font))


def transfer_function(pdf: Pdf) -> None:
    pdf.pages[0].obj.Resources.ExtGState = Dictionary(
        T=Dictionary(TR=Dictionary(FunctionType=2, N=2, Domain=Array([0, 1])))
    )


@pytest.mark.parametrize(
    "edit",
    [
        no_output_intent,
        two_output_intents,
        wrong_condition,
        no_profile,
        wrong_profile,
        rgb_profile,
        no_standard,
        no_trapped_entry,
        no_bleed_box,
        link,
        font_not_embedded,
        transfer_function,
    ],
    ids=lambda value: value.__name__,
)
def test_each_fault_of_a_press_file_has_one_finding(edit: Edit, wording: Wording) -> None:
    ((code, text),) = press_findings(press_page(edit=edit))

    assert code == "press"
    assert wording == text


def test_an_output_intent_without_a_profile_needs_a_registry(wording: Wording) -> None:
    ((code, text),) = press_findings(press_page(press=NEWSPRINT_PRESS, edit=no_registry), NEWSPRINT_PRESS)

    assert code == "press" and "RegistryName" in text and "http://www.color.org" in text
    assert wording == text


def test_pdf_x_1a_must_be_pdf_1_3_without_object_streams(wording: Wording) -> None:
    new = press_page(
        press=NEWSPRINT_PRESS, force_version="1.5", object_stream_mode=pikepdf.ObjectStreamMode.generate
    )

    findings = press_findings(new, NEWSPRINT_PRESS)

    assert [code for code, _ in findings] == ["press", "press"]
    assert wording == [text for _, text in findings]


def test_a_file_that_names_the_wrong_standard_is_reported(wording: Wording) -> None:
    texts = [text for _, text in press_findings(press_page(), replace(NEWSPRINT_PRESS, intent="FOGRA39"))]

    about_standard = [text for text in texts if "PDF/X-1:2001" in text or "PDF/X-1a:2001" in text]
    assert any("PDF/X-4" in text for text in about_standard)
    assert wording == about_standard


def transparency_group(pdf: Pdf) -> None:
    pdf.pages[0].obj.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceCMYK)


@pytest.mark.parametrize(
    ("name", "value"),
    [("ca", 0.5), ("CA", 0.5), ("BM", Name.Multiply)],
    ids=["a shape's opacity", "a line's opacity", "a blend mode"],
)
def test_opacity_and_blend_modes_are_rejected_in_pdf_x_1a(name: str, value: object, wording: Wording) -> None:
    page = press_page(BACKGROUND, graphics_states(S={name: value}), press=NEWSPRINT_PRESS)

    ((code, text),) = press_findings(page, NEWSPRINT_PRESS)

    assert code == "press"
    assert wording == text


def test_transparency_groups_and_soft_masks_are_rejected_in_pdf_x_1a(wording: Wording) -> None:
    def soft_mask(pdf: Pdf) -> None:
        shape = form_xobject(pdf, "0 0 0 0 k", opacity_group=True)
        mask = Dictionary(S=Name.Luminosity, G=pdf.make_indirect(shape))
        pdf.pages[0].obj.Resources.ExtGState = Dictionary(M=Dictionary(SMask=mask))

    (grouped,) = press_findings(press_page(press=NEWSPRINT_PRESS, edit=transparency_group), NEWSPRINT_PRESS)
    masked = set(press_findings(press_page(press=NEWSPRINT_PRESS, edit=soft_mask), NEWSPRINT_PRESS))

    assert len(masked) == 2 and grouped in masked
    assert {code for code, _ in masked} == {"press"}
    assert wording == sorted(text for _, text in masked)


def test_opaque_graphics_states_are_accepted_in_pdf_x_1a() -> None:
    opaque = graphics_states(
        S={"ca": 1, "CA": 1, "BM": Name.Normal, "SMask": Name("/None"), "TR2": Name.Default}
    )

    assert press_findings(press_page(BACKGROUND, opaque, press=NEWSPRINT_PRESS), NEWSPRINT_PRESS) == []


def test_an_unreadable_page_is_reported(wording: Wording) -> None:
    ((code, text),) = press_findings(press_page(f"{BACKGROUND}/Nowhere Do"))

    assert code == "press" and "/Nowhere" in text
    assert wording == text


def test_an_embedded_font_is_accepted() -> None:
    assert press_findings(press_page(BACKGROUND, lambda pdf: {"Font": Dictionary(F=brand_font(pdf))})) == []


# The checks of every PDF, applied to a press file: boxes, properties and XMP.


def findings_of(content: bytes, press: PressSpec = COATED_PRESS, **changes: Any) -> list[tuple[str, str]]:
    """Return the codes and the texts of the findings for a press file as a PDF."""
    spec = press_spec(press=press, **changes)
    return [(finding.code, finding.text) for finding in check_pdf_file(OpenPdf(content), spec).findings]


@pytest.mark.parametrize("press", [COATED_PRESS, NEWSPRINT_PRESS], ids=["x-4", "x-1a"])
def test_the_metadata_of_a_valid_press_file_is_accepted(press: PressSpec) -> None:
    assert findings_of(press_page(press=press), press) == []


@pytest.mark.parametrize(
    ("element", "name"),
    [
        ("<xmp:CreatorTool>An editor</xmp:CreatorTool>", "CreatorTool"),
        ("<xmp:CreateDate>2026-11-01T09:30:00Z</xmp:CreateDate>", "CreateDate"),
    ],
    ids=["software", "time of day"],
)
def test_xmp_with_software_or_a_time_of_day_is_reported(element: str, name: str, wording: Wording) -> None:
    packet = XMP.replace("</rdf:Description>", f"{element}</rdf:Description>")

    def write(pdf: Pdf) -> None:
        pdf.Root.Metadata.write(packet.encode())

    texts = [text for code, text in findings_of(press_page(edit=write)) if code == "metadata"]
    assert any(name in text for text in texts)
    assert wording == texts


def test_unreadable_xmp_is_reported(wording: Wording) -> None:
    damaged = press_page().replace(b"</rdf:RDF>", b"</rdf:RDG>")

    ((code, text),) = findings_of(damaged)
    assert code == "metadata"
    assert wording == text


def test_xmp_may_have_a_creation_date_at_midnight() -> None:
    packet = XMP.replace(
        "</rdf:Description>", "<xmp:CreateDate>2026-11-01T00:00:00+00:00</xmp:CreateDate></rdf:Description>"
    )

    def write(pdf: Pdf) -> None:
        pdf.Root.Metadata.write(packet.encode())

    assert findings_of(press_page(edit=write)) == []


def test_a_file_that_is_not_for_a_press_must_not_have_xmp() -> None:
    assert check_pdf_file(OpenPdf(press_page()), press_spec()).findings[0].code == "metadata"


def test_the_media_box_must_have_exactly_the_slug_of_the_printer() -> None:
    def add_slug(pdf: Pdf) -> None:
        page = pdf.pages[0].obj
        page.MediaBox = Array(
            [float(side) + change for side, change in zip(page.MediaBox, (-20, -20, 20, 20), strict=True)]
        )

    slug_mm = 20 * 25.4 / 72

    assert findings_of(press_page(edit=add_slug), replace(COATED_PRESS, slug_mm=slug_mm)) == []
    assert [code for code, _ in findings_of(press_page(edit=add_slug))] == ["size"]
    assert [code for code, _ in findings_of(press_page(), replace(COATED_PRESS, slug_mm=slug_mm))] == ["size"]
