"""Finished PDF files: one page with the right boxes, a title and a language, and no active content."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Pdf, String

from assetgen.planning.asset import Spec
from assetgen.preflight.pdf.pdf_file import OpenPdf, check_pdf_file
from assetgen.preflight.results import PreflightResult
from assetgen.rendering.renderer import Renderer
from tests.support.factories import make_spec
from tests.support.tiny_campaign import load_tiny
from tests.support.wording import Wording

PT = 72 / 25.4
BLEED_MM, WIDTH_MM, HEIGHT_MM = 3.0, 80.0, 45.0
Edit = Callable[[Pdf], None]


def no_change(pdf: Pdf) -> None:
    assert pdf.pages


def sheet(edit: Edit = no_change, scale: float = 1.0, **saving: Any) -> bytes:
    """Return a page as the layout engine writes it, with one edit."""
    with pikepdf.new() as pdf:
        width, height = (side * scale * PT for side in (WIDTH_MM + 2 * BLEED_MM, HEIGHT_MM + 2 * BLEED_MM))
        bleed = BLEED_MM * scale * PT
        pdf.add_blank_page(page_size=(width, height))
        page = pdf.pages[0].obj
        page.MediaBox = Array([-bleed, -bleed, width - bleed, height - bleed])
        page.BleedBox = page.MediaBox
        page.TrimBox = Array([0, 0, width - 2 * bleed, height - 2 * bleed])
        pdf.Root.Lang = String("en-GB")
        pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        for key, value in {
            "/Title": "A door.", "/Producer": "WeasyPrint 70.0", "/CreationDate": "D:20261101",
        }.items():  # fmt: skip
            pdf.docinfo[key] = String(value)
        edit(pdf)
        out = io.BytesIO()
        pdf.save(out, static_id="encryption" not in saving, **saving)
    return out.getvalue()


def sheet_spec(**changes: Any) -> Spec:
    return make_spec(
        **{
            "width": WIDTH_MM, "height": HEIGHT_MM, "unit": "mm", "bleed_mm": BLEED_MM, "format": "pdf",
            "px_mm": None, "max_bytes": None, **changes,
        }
    )  # fmt: skip


def reported(content: bytes, **changes: Any) -> list[tuple[str, str]]:
    """Return the code and the text of each finding."""
    return [(f.code, f.text) for f in check_pdf_file(OpenPdf(content), sheet_spec(**changes)).findings]


def only_text(code: str, findings: list[tuple[str, str]]) -> str:
    """Return the text of the one finding, which must have this code."""
    ((found_code, text),) = findings
    assert found_code == code
    return text


VALID = sheet()
UNCOMPRESSED = sheet(
    object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False, qdf=True
)  # every number is readable


def test_a_valid_page_has_no_findings() -> None:
    assert check_pdf_file(OpenPdf(VALID), sheet_spec()) == PreflightResult()
    assert check_pdf_file(OpenPdf(UNCOMPRESSED), sheet_spec()) == PreflightResult()


@pytest.mark.parametrize("asset_id", ["acme/hello/tiny-sheet/en-GB", "acme/qr/pdf"])
def test_a_rendered_page_has_no_findings(tmp_path_factory: Any, asset_id: str) -> None:
    campaign, assets = load_tiny(tmp_path_factory.mktemp("tiny"))
    rendered = Renderer(campaign)(assets[asset_id])
    assert rendered.content is not None

    assert check_pdf_file(OpenPdf(rendered.content), assets[asset_id].spec) == PreflightResult()


@pytest.mark.parametrize("scale", [0.1, 0.25])
def test_artwork_at_a_scale_must_have_the_scaled_size(scale: float) -> None:
    assert reported(sheet(scale=scale), scale=scale) == []
    assert [code for code, _ in reported(sheet(scale=scale))] == ["size"]


# Boxes.


def test_a_wrong_trim_size_is_reported_with_both_sizes(wording: Wording) -> None:
    text = only_text("size", reported(VALID, width=85.0))

    assert "80.0 × 45.0 mm" in text and "85.0 × 45.0 mm" in text
    assert wording == text


def test_a_wrong_bleed_is_reported_with_both_sizes(wording: Wording) -> None:
    text = only_text("size", reported(VALID, bleed_mm=5.0))

    assert "86.0 × 51.0 mm" in text and "90.0 × 55.0 mm" in text
    assert wording == text


def test_a_shifted_trim_box_is_reported(wording: Wording) -> None:
    def shift(pdf: Pdf) -> None:
        pdf.pages[0].obj.TrimBox = Array([3, 0, WIDTH_MM * PT + 3, HEIGHT_MM * PT])

    assert wording == only_text("size", reported(sheet(shift)))


@pytest.mark.parametrize("name", ["/BleedBox", "/CropBox", "/ArtBox"])
def test_a_misplaced_page_box_is_reported(name: str, wording: Wording) -> None:
    def move(pdf: Pdf) -> None:
        pdf.pages[0].obj[name] = Array([20, 20, 100, 100])

    text = only_text("size", reported(sheet(move)))
    assert name[1:] in text
    assert wording == text


def test_a_page_without_a_trim_box_is_reported(wording: Wording) -> None:
    def drop(pdf: Pdf) -> None:
        del pdf.pages[0].obj.TrimBox

    text = only_text("size", reported(sheet(drop)))
    assert "TrimBox" in text
    assert wording == text


@pytest.mark.parametrize(("key", "value"), [("/Rotate", 90), ("/UserUnit", 2)])
def test_a_rotated_or_rescaled_page_is_reported(key: str, value: int, wording: Wording) -> None:
    def turn(pdf: Pdf) -> None:
        pdf.pages[0].obj[key] = value

    assert wording == only_text("size", reported(sheet(turn)))


def test_a_file_with_two_pages_or_none_is_reported(wording: Wording) -> None:
    def twice(pdf: Pdf) -> None:
        pdf.pages.append(pdf.pages[0])

    def none(pdf: Pdf) -> None:
        del pdf.pages[0]

    two, (code, none_text) = only_text("size", reported(sheet(twice))), reported(sheet(none))[0]
    assert code == "size" and "2" in two and "0" in none_text
    assert wording == [two, none_text]


@pytest.mark.parametrize(
    "box",
    [Array([]), Array([0, 0, 1]), Array([0, 0, Name.Wide, 5]), Array([String("x")] * 4), Name.None_, 7],
    ids=["empty", "three numbers", "three numbers and a name", "four strings", "a name", "a number"],
)
def test_an_invalid_trim_box_is_reported(box: Any, wording: Wording) -> None:
    def set_trim_box(pdf: Pdf) -> None:
        pdf.pages[0].obj.TrimBox = box

    text = only_text("size", reported(sheet(set_trim_box)))
    assert wording == text.partition(":")[0]  # the rest is pikepdf's message


# Weight, and what a screen reader needs.


def test_a_pdf_over_its_limit_or_recommended_weight_is_reported() -> None:
    weight = len(VALID)

    over_limit = check_pdf_file(OpenPdf(VALID), sheet_spec(max_bytes=weight - 1)).findings
    over_recommended = check_pdf_file(OpenPdf(VALID), sheet_spec(recommended_max_bytes=weight - 1)).findings

    assert [(f.code, f.severity.value) for f in over_limit] == [("weight", "error")]
    assert [(f.code, f.severity.value) for f in over_recommended] == [("weight", "warning")]


@pytest.mark.parametrize("missing", ["title", "language", "tags"])
def test_a_page_without_title_language_or_tags_is_reported(missing: str, wording: Wording) -> None:
    def remove(pdf: Pdf) -> None:
        if missing == "title":
            pdf.docinfo["/Title"] = String(" ")
        else:
            del pdf.Root[{"language": "/Lang", "tags": "/StructTreeRoot"}[missing]]

    assert wording == only_text("alt-missing", reported(sheet(remove)))
    assert reported(sheet(remove), words={}) == []  # a code by itself has no words to read aloud


# Nothing about a person or software, and no active content.


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("/Author", "Somebody", "Somebody"),
        ("/Keywords", "a\n\x1b[2J", r"a\n\x1b[2J"),
        ("/Creator", "Editor 9", "Editor 9"),
        ("/Producer", "Editor 9", "Editor 9"),
        ("/ModDate", "D:20261101093012+01'00'", "D:20261101093012+01'00'"),
    ],
    ids=["author", "keywords", "creator", "producer", "modification date"],
)
def test_a_property_about_a_person_or_software_is_reported(
    key: str, value: str, shown: str, wording: Wording
) -> None:
    def set_property(pdf: Pdf) -> None:
        pdf.docinfo[key] = String(value)

    text = only_text("metadata", reported(sheet(set_property)))
    assert shown in text
    assert wording == text


def javascript_action(pdf: Pdf) -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def open_action(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Array([pdf.pages[0].obj, Name.Fit])


def document_script(pdf: Pdf) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), javascript_action(pdf)])))


def attachment(pdf: Pdf) -> None:
    pdf.attachments["hello.txt"] = b"hello"


def hidden_attachment(pdf: Pdf) -> None:
    file = Dictionary(Type=Name.Filespec, F=String("x"), EF=Dictionary(F=pdf.make_stream(b"hello")))
    pdf.Root.Hidden = Array([Array([Dictionary(Deep=file)])])


def page_note(pdf: Pdf) -> None:
    note = Dictionary(
        Type=Name.Annot, Subtype=Name.Text, Rect=Array([0, 0, 9, 9]), Contents=String("darker?")
    )
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])


def launch_action(pdf: Pdf) -> None:
    item = Dictionary(Title=String("x"), A=Dictionary(S=Name.Launch, F=String("calc.exe")))
    pdf.Root.Outlines = Dictionary(First=pdf.make_indirect(item))


def interactive_form(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]))


def xmp_metadata(pdf: Pdf) -> None:
    pdf.Root.Metadata = pdf.make_stream(b"<x:xmpmeta/>")


def editor_data(pdf: Pdf) -> None:
    pdf.pages[0].obj.PieceInfo = Dictionary(Editor=Dictionary())


def script_on_closing(pdf: Pdf) -> None:
    pdf.pages[0].obj.AA = Dictionary(C=javascript_action(pdf))


@pytest.mark.parametrize(
    ("edit", "count"),
    [
        (open_action, 1),
        (document_script, 1),
        (attachment, 1),
        (hidden_attachment, 1),
        (launch_action, 1),
        (interactive_form, 1),
        (xmp_metadata, 1),
        (editor_data, 1),
        (script_on_closing, 2),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
@pytest.mark.parametrize("mode", list(pikepdf.ObjectStreamMode.__members__))
def test_active_or_foreign_content_is_reported_in_any_object_stream_mode(
    edit: Edit, count: int, mode: str, wording: Wording
) -> None:
    content = sheet(edit, object_stream_mode=pikepdf.ObjectStreamMode.__members__[mode])

    findings = set(reported(content))
    assert len(findings) == count and {code for code, _ in findings} == {"metadata"}
    assert wording == sorted(text for _, text in findings)


def test_a_note_on_the_page_is_reported(wording: Wording) -> None:
    assert wording == only_text("metadata", reported(sheet(page_note)))


def link_on_page(target: str) -> Edit:
    def link(pdf: Pdf) -> None:
        note = Dictionary(
            Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]),
            A=Dictionary(S=Name.URI, URI=String(target)),
        )  # fmt: skip
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])

    return link


def link_in_outline(target: str) -> Edit:
    def link(pdf: Pdf) -> None:
        action = Dictionary(S=Name.URI, URI=String(target))
        pdf.Root.Outlines = Dictionary(First=Dictionary(Title=String("x"), A=action))

    return link


@pytest.mark.parametrize("place", [link_on_page, link_in_outline])
@pytest.mark.parametrize(
    "target",
    ["https://www.stopitnow.org.uk/", "https://www.stopitnow.org.uk/help", "tel:+448081000900"],
)
def test_a_link_to_the_helpline_is_accepted(place: Callable[[str], Edit], target: str) -> None:
    assert reported(sheet(place(target))) == []


@pytest.mark.parametrize("place", [link_on_page, link_in_outline])
@pytest.mark.parametrize(
    "target",
    [
        "https://www.example.org/",
        "https://www.stopitnow.org.uk.example.org/",
        "https://www.stopitnow.org.uk@example.org/",
        "https://user@www.stopitnow.org.uk/",
        "http://[www.stopitnow.org.uk/",
        "javascript:alert(1)",
        "tel:+448081000901",
        "",
    ],
)
def test_a_link_to_any_other_address_is_reported(
    place: Callable[[str], Edit], target: str, wording: Wording
) -> None:
    text = only_text("facts-altered", reported(sheet(place(target))))

    assert target in text
    assert wording == text


@pytest.mark.parametrize("password", ["", "secret"], ids=["without a password", "with a password"])
def test_an_encrypted_file_is_reported(password: str, wording: Wording) -> None:
    encrypted = sheet(encryption=pikepdf.Encryption(owner="owner", user=password))

    assert wording == only_text("size", reported(encrypted))


def test_every_finding_has_a_hint() -> None:
    findings = [
        *check_pdf_file(OpenPdf(b""), sheet_spec()).findings,
        *check_pdf_file(OpenPdf(sheet(page_note)), sheet_spec(width=1.0, max_bytes=1)).findings,
    ]

    assert {finding.code for finding in findings} == {"size", "weight", "metadata"}
    assert all(finding.hint for finding in findings)


# Any bytes.


@settings(max_examples=150)
@given(st.binary(max_size=300), st.booleans())
def test_random_bytes_always_have_a_finding(content: bytes, with_header: bool) -> None:
    assert not check_pdf_file(OpenPdf((b"%PDF-1.7\n" if with_header else b"") + content), sheet_spec()).ok


@settings(max_examples=150)
@given(st.sampled_from([VALID, UNCOMPRESSED]), st.floats(0, 0.98))
def test_a_truncated_pdf_always_has_a_finding(content: bytes, share: float) -> None:
    assert not check_pdf_file(OpenPdf(content[: int(len(content) * share)]), sheet_spec()).ok


@settings(max_examples=400)
@given(content=st.sampled_from([VALID, UNCOMPRESSED]), data=st.data())
def test_a_changed_pdf_has_only_known_and_readable_findings(content: bytes, data: st.DataObject) -> None:
    at, removed = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(0, 30))
    changed = content[:at] + data.draw(st.binary(max_size=12)) + content[at + removed :]

    for finding in check_pdf_file(OpenPdf(changed), sheet_spec()).findings:
        assert finding.code in {"size", "metadata", "alt-missing"}
        assert "\n" not in finding.text
        assert "object at" not in finding.text


NUMBERS = [match.span() for match in re.finditer(rb"-?\d+(\.\d+)?", UNCOMPRESSED)]


@settings(max_examples=300)
@given(
    st.sampled_from(NUMBERS),
    st.sampled_from(
        [b"0", b"-7", b"99999999", b"9" * 20, b"9" * 400 + b".5", b"null", b"<<", b"true", b"(x)"]
    ),
)
def test_a_pdf_with_any_number_replaced_has_only_known_findings(span: tuple[int, int], new: bytes) -> None:
    result = check_pdf_file(OpenPdf(UNCOMPRESSED[: span[0]] + new + UNCOMPRESSED[span[1] :]), sheet_spec())

    assert {finding.code for finding in result.findings} <= {"size", "metadata", "alt-missing"}
