"""A press file as such: the standard that it names, its intent, its fonts, and nothing that a press cannot take."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from assetgen.planning.variants import Press
from assetgen.preflight.pdf.pdf_file import OpenPdf, prove_pdf_file
from tests.support.press_pages import (
    BACKGROUND,
    NEWS,
    SHEET,
    XMP,
    Edit,
    brand_font,
    form,
    mm,
    press_page,
    press_spec,
    said,
    states,
    words,
)
from tests.support.wording import Wording


@pytest.mark.parametrize("press", [SHEET, NEWS], ids=["x-4", "x-1a"])
def test_a_page_as_a_press_asks_for_it_has_no_finding(press: Press) -> None:
    marks, fonts = words("0 0 0 1 k", before=f"0 0 0 0.1 k {mm(5, 15, 30, 15)} re f")

    assert said(press_page(marks, fonts, press=press), press) == []


def no_intent(pdf: Pdf) -> None:
    del pdf.Root.OutputIntents


def two_intents(pdf: Pdf) -> None:
    pdf.Root.OutputIntents.append(pdf.Root.OutputIntents[0])


def another_condition(pdf: Pdf) -> None:
    pdf.Root.OutputIntents[0].OutputConditionIdentifier = String("CGATS TR 001")


def no_profile(pdf: Pdf) -> None:
    del pdf.Root.OutputIntents[0].DestOutputProfile


def another_profile(pdf: Pdf) -> None:
    pdf.Root.OutputIntents[0].DestOutputProfile.write(b"four other inks")


def rgb_profile(pdf: Pdf) -> None:
    pdf.Root.OutputIntents[0].DestOutputProfile.N = 3


def no_registry(pdf: Pdf) -> None:
    del pdf.Root.OutputIntents[0].RegistryName


def no_standard(pdf: Pdf) -> None:
    del pdf.Root.Metadata


def not_trapped_said(pdf: Pdf) -> None:
    del pdf.docinfo["/Trapped"]


def no_bleed_box(pdf: Pdf) -> None:
    del pdf.pages[0].obj.BleedBox


def a_link(pdf: Pdf) -> None:
    action = Dictionary(S=Name.URI, URI=String("https://www.stopitnow.org.uk/"))
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action)
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])


def a_font_outside(pdf: Pdf) -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/Helvetica-Bold"))
    pdf.pages[0].obj.Resources.Font = Dictionary(H=pdf.make_indirect(font))


def a_transfer_function(pdf: Pdf) -> None:
    pdf.pages[0].obj.Resources.ExtGState = Dictionary(
        T=Dictionary(TR=Dictionary(FunctionType=2, N=2, Domain=Array([0, 1])))
    )


@pytest.mark.parametrize(
    "edit",
    [
        no_intent,
        two_intents,
        another_condition,
        no_profile,
        another_profile,
        rgb_profile,
        no_standard,
        not_trapped_said,
        no_bleed_box,
        a_link,
        a_font_outside,
        a_transfer_function,
    ],
    ids=lambda value: value.__name__,
)
def test_one_fault_of_the_file_is_told_alone(edit: Edit, wording: Wording) -> None:
    ((code, text),) = said(press_page(edit=edit))

    assert code == "press"
    assert wording == text


def test_a_condition_without_profile_needs_the_registry(wording: Wording) -> None:
    ((code, text),) = said(press_page(press=NEWS, edit=no_registry), NEWS)

    assert code == "press" and "RegistryName" in text and "http://www.color.org" in text
    assert wording == text


def test_a_newspaper_s_file_is_pdf_1_3_without_object_streams(wording: Wording) -> None:
    new = press_page(press=NEWS, force_version="1.5", object_stream_mode=pikepdf.ObjectStreamMode.generate)

    told = said(new, NEWS)

    assert [code for code, _ in told] == ["press", "press"]
    assert wording == [text for _, text in told]


def test_the_standard_that_the_file_names_is_the_one_that_is_due(wording: Wording) -> None:
    told = [text for _, text in said(press_page(), replace(NEWS, intent="FOGRA39"))]

    due = [text for text in told if "PDF/X-1:2001" in text or "PDF/X-1a:2001" in text]
    assert any("PDF/X-4" in text for text in due)
    assert wording == due


def group(pdf: Pdf) -> None:
    pdf.pages[0].obj.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceCMYK)


@pytest.mark.parametrize(
    ("name", "value"),
    [("ca", 0.5), ("CA", 0.5), ("BM", Name.Multiply)],
    ids=["a shape's opacity", "a line's opacity", "a blend mode"],
)
def test_nothing_is_see_through_in_a_newspaper_s_file(name: str, value: object, wording: Wording) -> None:
    page = press_page(BACKGROUND, states(S={name: value}), press=NEWS)

    ((code, text),) = said(page, NEWS)

    assert code == "press"
    assert wording == text


def test_groups_and_masks_are_see_through_too(wording: Wording) -> None:
    def mask(pdf: Pdf) -> None:
        shape = form(pdf, "0 0 0 0 k", opacity_group=True)
        soft = Dictionary(S=Name.Luminosity, G=pdf.make_indirect(shape))
        pdf.pages[0].obj.Resources.ExtGState = Dictionary(M=Dictionary(SMask=soft))

    (grouped,) = said(press_page(press=NEWS, edit=group), NEWS)
    masked = set(said(press_page(press=NEWS, edit=mask), NEWS))

    assert len(masked) == 2 and grouped in masked
    assert {code for code, _ in masked} == {"press"}
    assert wording == sorted(text for _, text in masked)


def test_plain_states_are_not_taken_for_transparency() -> None:
    plain = states(S={"ca": 1, "CA": 1, "BM": Name.Normal, "SMask": Name("/None"), "TR2": Name.Default})

    assert said(press_page(BACKGROUND, plain, press=NEWS), NEWS) == []


def test_a_page_that_cannot_be_read_is_a_finding(wording: Wording) -> None:
    ((code, text),) = said(press_page(f"{BACKGROUND}/Nowhere Do"))

    assert code == "press" and "/Nowhere" in text
    assert wording == text


def test_an_embedded_font_is_found_so() -> None:
    assert said(press_page(BACKGROUND, lambda pdf: {"Font": Dictionary(F=brand_font(pdf))})) == []


# Beside these, the proofs of every PDF: boxes, properties, XMP.


def told_of_file(content: bytes, press: Press = SHEET, **changes: Any) -> list[tuple[str, str]]:
    spec = press_spec(press=press, **changes)
    return [(one.code, one.text) for one in prove_pdf_file(OpenPdf(content), spec).findings]


@pytest.mark.parametrize("press", [SHEET, NEWS], ids=["x-4", "x-1a"])
def test_what_a_press_asks_a_file_to_say_is_nothing_of_a_machine(press: Press) -> None:
    assert told_of_file(press_page(press=press), press) == []


@pytest.mark.parametrize(
    ("said_in_xmp", "name"),
    [
        ("<xmp:CreatorTool>An editor</xmp:CreatorTool>", "CreatorTool"),
        ("<xmp:CreateDate>2026-11-01T09:30:00Z</xmp:CreateDate>", "CreateDate"),
    ],
    ids=["a machine", "its clock"],
)
def test_xmp_says_nothing_of_a_machine_or_its_clock(said_in_xmp: str, name: str, wording: Wording) -> None:
    packet = XMP.replace("</rdf:Description>", f"{said_in_xmp}</rdf:Description>")

    def write(pdf: Pdf) -> None:
        pdf.Root.Metadata.write(packet.encode())

    told = [text for code, text in told_of_file(press_page(edit=write)) if code == "metadata"]
    assert any(name in text for text in told)
    assert wording == told


def test_xmp_that_cannot_be_read_is_told(wording: Wording) -> None:
    spoilt = press_page().replace(b"</rdf:RDF>", b"</rdf:RDG>")

    ((code, text),) = told_of_file(spoilt)
    assert code == "metadata"
    assert wording == text


def test_xmp_says_its_day() -> None:
    packet = XMP.replace(
        "</rdf:Description>", "<xmp:CreateDate>2026-11-01T00:00:00+00:00</xmp:CreateDate></rdf:Description>"
    )

    def write(pdf: Pdf) -> None:
        pdf.Root.Metadata.write(packet.encode())

    assert told_of_file(press_page(edit=write)) == []


def test_a_file_for_no_press_has_no_xmp() -> None:
    assert prove_pdf_file(OpenPdf(press_page()), press_spec()).findings[0].code == "metadata"


def test_marks_stand_beyond_the_bleed_where_the_printer_asks_for_them() -> None:
    def slug(pdf: Pdf) -> None:
        page = pdf.pages[0].obj
        page.MediaBox = Array(
            [float(side) + by for side, by in zip(page.MediaBox, (-20, -20, 20, 20), strict=True)]
        )

    slug_mm = 20 * 25.4 / 72

    assert told_of_file(press_page(edit=slug), replace(SHEET, slug_mm=slug_mm)) == []
    assert [code for code, _ in told_of_file(press_page(edit=slug))] == ["size"]
    assert [code for code, _ in told_of_file(press_page(), replace(SHEET, slug_mm=slug_mm))] == ["size"]
