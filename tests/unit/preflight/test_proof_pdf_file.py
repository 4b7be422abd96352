"""A finished PDF as such: one page in the channel's boxes, with title and language, with nothing that acts."""

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
from assetgen.preflight.pdf.pdf_file import OpenPdf, prove_pdf_file
from assetgen.preflight.results import Proof
from assetgen.rendering.renderer import Renderer
from tests.support.factories import make_spec
from tests.support.tiny import load_tiny
from tests.support.wording import Wording

PT = 72 / 25.4
BLEED_MM, WIDTH_MM, HEIGHT_MM = 3.0, 80.0, 45.0
Edit = Callable[[Pdf], None]


def nothing(pdf: Pdf) -> None:
    assert pdf.pages


def sheet(edit: Edit = nothing, scale: float = 1.0, **saving: Any) -> bytes:
    """Return a page as the layout engine writes it, with one thing changed."""
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


def said(content: bytes, **changes: Any) -> list[tuple[str, str]]:
    """Return the codes and words of what was found."""
    return [(f.code, f.text) for f in prove_pdf_file(OpenPdf(content), sheet_spec(**changes)).findings]


def only(code: str, found: list[tuple[str, str]]) -> str:
    """Return the words of the one finding, which has this code."""
    ((one, text),) = found
    assert one == code
    return text


SOUND = sheet()
PLAIN = sheet(
    object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False, qdf=True
)  # every number in sight


def test_a_page_as_it_is_built_has_no_finding() -> None:
    assert prove_pdf_file(OpenPdf(SOUND), sheet_spec()) == Proof()
    assert prove_pdf_file(OpenPdf(PLAIN), sheet_spec()) == Proof()


@pytest.mark.parametrize("asset_id", ["acme/hello/tiny-sheet/en-GB", "acme/qr/pdf"])
def test_a_page_of_the_layout_engine_has_no_finding(tmp_path_factory: Any, asset_id: str) -> None:
    campaign, assets = load_tiny(tmp_path_factory.mktemp("tiny"))
    made = Renderer(campaign)(assets[asset_id])
    assert made.content is not None

    assert prove_pdf_file(OpenPdf(made.content), assets[asset_id].spec) == Proof()


@pytest.mark.parametrize("scale", [0.1, 0.25])
def test_artwork_to_scale_is_measured_in_its_own_millimetres(scale: float) -> None:
    assert said(sheet(scale=scale), scale=scale) == []
    assert [code for code, _ in said(sheet(scale=scale))] == ["size"]


# Boxes.


def test_another_size_is_told_with_both(wording: Wording) -> None:
    text = only("size", said(SOUND, width=85.0))

    assert "80.0 × 45.0 mm" in text and "85.0 × 45.0 mm" in text
    assert wording == text


def test_a_bleed_of_another_width_is_told(wording: Wording) -> None:
    text = only("size", said(SOUND, bleed_mm=5.0))

    assert "86.0 × 51.0 mm" in text and "90.0 × 55.0 mm" in text
    assert wording == text


def test_a_trim_that_was_shifted_is_told(wording: Wording) -> None:
    def shift(pdf: Pdf) -> None:
        pdf.pages[0].obj.TrimBox = Array([3, 0, WIDTH_MM * PT + 3, HEIGHT_MM * PT])

    assert wording == only("size", said(sheet(shift)))


@pytest.mark.parametrize("name", ["/BleedBox", "/CropBox", "/ArtBox"])
def test_another_box_that_is_elsewhere_is_told(name: str, wording: Wording) -> None:
    def move(pdf: Pdf) -> None:
        pdf.pages[0].obj[name] = Array([20, 20, 100, 100])

    text = only("size", said(sheet(move)))
    assert name[1:] in text
    assert wording == text


def test_a_page_without_a_trim_is_told(wording: Wording) -> None:
    def drop(pdf: Pdf) -> None:
        del pdf.pages[0].obj.TrimBox

    text = only("size", said(sheet(drop)))
    assert "TrimBox" in text
    assert wording == text


@pytest.mark.parametrize(("key", "value"), [("/Rotate", 90), ("/UserUnit", 2)])
def test_a_page_that_is_turned_or_stretched_is_told(key: str, value: int, wording: Wording) -> None:
    def turn(pdf: Pdf) -> None:
        pdf.pages[0].obj[key] = value

    assert wording == only("size", said(sheet(turn)))


def test_a_second_page_and_no_page_at_all_are_told(wording: Wording) -> None:
    def twice(pdf: Pdf) -> None:
        pdf.pages.append(pdf.pages[0])

    def none(pdf: Pdf) -> None:
        del pdf.pages[0]

    two, (code, nothing_there) = only("size", said(sheet(twice))), said(sheet(none))[0]
    assert code == "size" and "2" in two and "0" in nothing_there
    assert wording == [two, nothing_there]


@pytest.mark.parametrize(
    "box",
    [Array([]), Array([0, 0, 1]), Array([0, 0, Name.Wide, 5]), Array([String("x")] * 4), Name.None_, 7],
    ids=["empty", "three numbers", "a name in it", "four strings", "a name", "a number"],
)
def test_a_box_that_is_none_is_told(box: Any, wording: Wording) -> None:
    def spoil(pdf: Pdf) -> None:
        pdf.pages[0].obj.TrimBox = box

    text = only("size", said(sheet(spoil)))
    assert wording == text.partition(":")[0]  # what follows is the library's


# Weight, words for whoever hears the page.


def test_weight_over_the_limit_is_an_error_and_over_the_advice_a_warning() -> None:
    weight = len(SOUND)

    over = prove_pdf_file(OpenPdf(SOUND), sheet_spec(max_bytes=weight - 1)).findings
    advised = prove_pdf_file(OpenPdf(SOUND), sheet_spec(recommended_max_bytes=weight - 1)).findings

    assert [(f.code, f.severity.value) for f in over] == [("weight", "error")]
    assert [(f.code, f.severity.value) for f in advised] == [("weight", "warning")]


@pytest.mark.parametrize("lost", ["title", "language", "tags"])
def test_what_a_screen_reader_goes_by_is_missed(lost: str, wording: Wording) -> None:
    def lose(pdf: Pdf) -> None:
        if lost == "title":
            pdf.docinfo["/Title"] = String(" ")
        else:
            del pdf.Root[{"language": "/Lang", "tags": "/StructTreeRoot"}[lost]]

    assert wording == only("alt-missing", said(sheet(lose)))
    assert said(sheet(lose), words={}) == []  # a code alone has no words


# Nothing of a machine or a person, nothing that acts.


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("/Author", "Somebody", "Somebody"),
        ("/Keywords", "a\n\x1b[2J", r"a\n\x1b[2J"),
        ("/Creator", "Editor 9", "Editor 9"),
        ("/Producer", "Editor 9", "Editor 9"),
        ("/ModDate", "D:20261101093012+01'00'", "D:20261101093012+01'00'"),
    ],
    ids=["author", "keywords", "creator", "producer", "day of change"],
)
def test_a_property_of_a_person_or_a_machine_is_told(
    key: str, value: str, shown: str, wording: Wording
) -> None:
    def sign(pdf: Pdf) -> None:
        pdf.docinfo[key] = String(value)

    text = only("metadata", said(sheet(sign)))
    assert shown in text
    assert wording == text


def script(pdf: Pdf) -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def opens(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Array([pdf.pages[0].obj, Name.Fit])


def scripted(pdf: Pdf) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script(pdf)])))


def attached(pdf: Pdf) -> None:
    pdf.attachments["hello.txt"] = b"hello"


def attached_unseen(pdf: Pdf) -> None:
    file = Dictionary(Type=Name.Filespec, F=String("x"), EF=Dictionary(F=pdf.make_stream(b"hello")))
    pdf.Root.Hidden = Array([Array([Dictionary(Deep=file)])])


def noted(pdf: Pdf) -> None:
    note = Dictionary(
        Type=Name.Annot, Subtype=Name.Text, Rect=Array([0, 0, 9, 9]), Contents=String("darker?")
    )
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])


def launching(pdf: Pdf) -> None:
    item = Dictionary(Title=String("x"), A=Dictionary(S=Name.Launch, F=String("calc.exe")))
    pdf.Root.Outlines = Dictionary(First=pdf.make_indirect(item))


def form(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]))


def described(pdf: Pdf) -> None:
    pdf.Root.Metadata = pdf.make_stream(b"<x:xmpmeta/>")


def kept(pdf: Pdf) -> None:
    pdf.pages[0].obj.PieceInfo = Dictionary(Editor=Dictionary())


def on_closing(pdf: Pdf) -> None:
    pdf.pages[0].obj.AA = Dictionary(C=script(pdf))


@pytest.mark.parametrize(
    ("edit", "count"),
    [
        (opens, 1),
        (scripted, 1),
        (attached, 1),
        (attached_unseen, 1),
        (launching, 1),
        (form, 1),
        (described, 1),
        (kept, 1),
        (on_closing, 2),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
@pytest.mark.parametrize("mode", list(pikepdf.ObjectStreamMode.__members__))
def test_what_artwork_never_has_is_told_wherever_it_stands(
    edit: Edit, count: int, mode: str, wording: Wording
) -> None:
    content = sheet(edit, object_stream_mode=pikepdf.ObjectStreamMode.__members__[mode])

    found = set(said(content))
    assert len(found) == count and {code for code, _ in found} == {"metadata"}
    assert wording == sorted(text for _, text in found)


def test_an_editor_s_note_on_the_page_is_told(wording: Wording) -> None:
    assert wording == only("metadata", said(sheet(noted)))


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
def test_a_link_to_the_helpline_is_no_fault(place: Callable[[str], Edit], target: str) -> None:
    assert said(sheet(place(target))) == []


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
def test_a_link_to_anywhere_else_is_another_address(
    place: Callable[[str], Edit], target: str, wording: Wording
) -> None:
    text = only("facts-altered", said(sheet(place(target))))

    assert target in text
    assert wording == text


@pytest.mark.parametrize("password", ["", "secret"])
def test_a_file_that_is_locked_is_told(password: str, wording: Wording) -> None:
    locked = sheet(encryption=pikepdf.Encryption(owner="owner", user=password))

    assert wording == only("size", said(locked))


def test_every_error_says_what_to_do() -> None:
    findings = [
        *prove_pdf_file(OpenPdf(b""), sheet_spec()).findings,
        *prove_pdf_file(OpenPdf(sheet(noted)), sheet_spec(width=1.0, max_bytes=1)).findings,
    ]

    assert {finding.code for finding in findings} == {"size", "weight", "metadata"}
    assert all(finding.hint for finding in findings)


# Whatever the bytes are, there is an answer.


@settings(max_examples=150)
@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_have_a_finding(content: bytes, own_start: bool) -> None:
    assert not prove_pdf_file(OpenPdf((b"%PDF-1.7\n" if own_start else b"") + content), sheet_spec()).ok


@settings(max_examples=150)
@given(st.sampled_from([SOUND, PLAIN]), st.floats(0, 0.98))
def test_a_file_cut_short_anywhere_has_a_finding(content: bytes, keeps: float) -> None:
    assert not prove_pdf_file(OpenPdf(content[: int(len(content) * keeps)]), sheet_spec()).ok


@settings(max_examples=400)
@given(content=st.sampled_from([SOUND, PLAIN]), data=st.data())
def test_a_file_changed_anywhere_is_judged(content: bytes, data: st.DataObject) -> None:
    at, gone = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(0, 30))
    changed = content[:at] + data.draw(st.binary(max_size=12)) + content[at + gone :]

    for finding in prove_pdf_file(OpenPdf(changed), sheet_spec()).findings:
        assert finding.code in {"size", "metadata", "alt-missing"}
        assert "\n" not in finding.text
        assert "object at" not in finding.text


NUMBERS = [match.span() for match in re.finditer(rb"-?\d+(\.\d+)?", PLAIN)]


@settings(max_examples=300)
@given(
    st.sampled_from(NUMBERS),
    st.sampled_from(
        [b"0", b"-7", b"99999999", b"9" * 20, b"9" * 400 + b".5", b"null", b"<<", b"true", b"(x)"]
    ),
)
def test_any_number_of_it_may_be_another_thing(span: tuple[int, int], new: bytes) -> None:
    proof = prove_pdf_file(OpenPdf(PLAIN[: span[0]] + new + PLAIN[span[1] :]), sheet_spec())

    assert {finding.code for finding in proof.findings} <= {"size", "metadata", "alt-missing"}
