"""What a pack says: until when, in which week, on what stock, in what order; a partner's own sizes as all others."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest

from assetgen.building.output_dir import OutDir
from assetgen.cli.app import run
from assetgen.packs import pack_run as report
from assetgen.packs.pack_archive import Record, Records
from assetgen.packs.pack_pages import as_html, as_text, as_words
from assetgen.packs.pack_run import packing_of
from tests.support.tiny import FILES, write_tiny
from tests.support.wording import Wording

MESSAGE = """\
accent: ink
en-GB:
  headline: {long: WORDS about it, short: WORDS}
  alt: {short: WORDS. 0808 157 0123. www.example.org.}
  posts:
    facebook: WORDS on {number}.
    instagram: WORDS on {number}.
    x: WORDS on {number}.
    linkedin: WORDS on {number}.
  reviewed: true
"""
CHANNEL = """\
ID:
  name: NAME
  medium: MEDIUM
  size: [320, 180]
  safe: [10, 10, 10, 10]
  shape: landscape
  requires: [number]
  qr: off
  copy: {headline: [short], body: [], action: []}
  source: a test
"""
PARTNER = """\
name: Acme
messages: [hello, again]
channels: [fb-feed-square, x-landscape, x-advert, tiny-sheet, tiny-banner]
custom_sizes: [{id: stall, based_on: tiny-sheet, size: [88, 49.5], name: Stall board}]
"""
DATE = ("--date", "2026-12-01")


def channel(name: str, shown: str, medium: str, *more: str) -> str:
    words = CHANNEL.replace("ID", name, 1).replace("NAME", shown).replace("MEDIUM", medium)
    return words + "".join(f"  {line}\n" for line in more)


def written(
    root: Path,
    *more: str,
    cloth: str = "colour: cmyk-large",
    size: str = "[320, 180]",
    medium: str = "print",
    others: Mapping[str, str] | None = None,
) -> Path:
    """Write and build a campaign of two messages; ``more`` are lines of the partner's file, ``cloth`` of a channel
    of this size and medium, ``others`` further files."""
    screen = ("format: png", "px_mm: 0.26")
    own = [
        channel("fb-feed-square", "Facebook", "social", *screen, "notes: Shown at 160 x 90."),
        channel("x-landscape", "X", "social", *screen),
        channel("x-advert", "X advert", "display", *screen),
        channel("tiny-banner", "A cloth", medium, cloth).replace("[320, 180]", size),
    ]
    files = {
        "campaign.yaml": FILES["campaign.yaml"].replace("[hello]", "[hello, again]"),
        "brand/channels.yaml": FILES["brand/channels.yaml"] + "".join(own),
        "brand/messages/hello.yaml": MESSAGE.replace("WORDS", "Talk to us"),
        "brand/messages/again.yaml": MESSAGE.replace("WORDS", "Call us"),
        "partners/acme/partner.yaml": PARTNER + "".join(f"{line}\n" for line in more),
        **(others or {}),
    }
    folder = write_tiny(root / "campaign", files)
    assert run(["-C", str(folder), "build", "-j", "1"]) == 0
    return folder


def packed(folder: Path) -> dict[str, bytes]:
    assert run(["-C", str(folder), "pack", "acme", *DATE]) == 0
    with zipfile.ZipFile(folder / "out/packs/open-door_acme_1.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return packed(written(tmp_path_factory.mktemp("pages")))


def rows(pack: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(pack[name].decode("utf-8-sig"))))


def flat(words: str) -> str:
    return " ".join(words.replace("\xa0", " ").split())


def first_page(pack: dict[str, bytes]) -> str:
    return flat(pack["00-READ-ME-FIRST.txt"].decode("utf-8-sig"))


def paper(content: bytes) -> str:
    document = pdfium.PdfDocument(content)
    words = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return flat(words)


def test_a_partner_s_own_size_stands_in_its_pack_like_any_other(pack: dict[str, bytes]) -> None:
    stalls = [row for row in rows(pack, "job-ticket.csv") if row["item"] == "Stall board"]

    assert [(row["trim width mm"], row["trim height mm"]) for row in stalls] == [("88", "49.5")] * 2
    assert "Stall board 88 × 49.5 mm · PDF" in paper(pack["contact-sheet.pdf"])


def test_a_printer_s_ticket_has_all_messages_of_an_item_beside_each_other(pack: dict[str, bytes]) -> None:
    ticket = rows(pack, "job-ticket.csv")

    assert [(row["item"], row["message"]) for row in ticket] == [
        (item, message) for item in ("A cloth", "Sheet", "Stall board") for message in ("again", "hello")
    ]
    assert {row["file"] for row in ticket} <= set(pack)


def test_a_large_cloth_is_not_suggested_to_be_printed_on_poster_paper(pack: dict[str, bytes]) -> None:
    stock = {row["item"]: row["suggested stock"] for row in rows(pack, "job-ticket.csv")}

    assert stock["A cloth"].startswith("PVC banner")
    assert stock["Stall board"] == stock["Sheet"]


def test_what_an_office_printer_takes_is_told_apart_and_goes_to_no_printer(tmp_path: Path) -> None:
    pack = packed(written(tmp_path, cloth="variants: [office]"))
    office = {name for name in pack if "_tiny-banner_office_" in name}

    assert len(office) == 2, "one a message"
    assert not office & {row["file"] for row in rows(pack, "job-ticket.csv")}
    listed = {row["file"]: row["place"] for row in rows(pack, "alt-text.csv")}
    assert {listed[name] for name in office} == {"A cloth, for an office printer"}
    assert "print the files with _office in their names" in first_page(pack)
    assert "A cloth, for an office printer 320 × 180 mm · PDF" in paper(pack["contact-sheet.pdf"])


def test_what_stands_several_up_is_told_apart_with_its_paper_and_its_printer(tmp_path: Path) -> None:
    printers = {"brand/printers.yaml": "harbour-press: {name: Harbour Press}\n"}
    cloth = "variants: [sheet-a4, sheet-sra3]"
    pack = packed(written(tmp_path, "printer: harbour-press", cloth=cloth, size="[80, 45]", others=printers))

    ticket = {row["item"]: row["note"] for row in rows(pack, "job-ticket.csv")}
    on_a4 = next(note for item, note in ticket.items() if item == "A cloth, 10 on A4")
    assert "A cloth, 25 on SRA3" in ticket
    assert "Made for Harbour Press." in on_a4 and "cut along the marks" in on_a4
    assert "have several copies on one sheet, with cut marks" in first_page(pack)


def test_a_media_owner_is_told_that_type_is_live_and_who_outlines_it(tmp_path: Path) -> None:
    pack = packed(written(tmp_path, medium="ooh"))

    notes = {row["item"]: row["note"] for row in rows(pack, "job-ticket.csv")}
    live = {
        item for item, note in notes.items() if "If it has to be outlined, the printer does that." in note
    }
    assert live == {"A cloth"}


def test_the_first_week_names_each_post_s_row_and_none_twice(pack: dict[str, bytes]) -> None:
    posts, page = rows(pack, "posts.csv"), first_page(pack)

    week = [
        (day, at + 2, row["network"], row["message"])
        for day, (at, row) in zip(
            ("Monday", "Tuesday", "Wednesday", "Thursday"),
            ((at, posts[at]) for at in (0, 6, 4, 2)),
            strict=True,
        )
    ]
    for day, row, network, message in week:
        assert f"{day}: row {row} of the table, {network}, message {message}" in page
    assert len({(network, message) for _, _, network, message in week}) == 4
    assert "Friday" not in page, "there are four posts with a picture"


def test_an_advert_is_no_picture_to_post(pack: dict[str, bytes]) -> None:
    posted = " ".join(f"{row['image']} {row['other images']}" for row in rows(pack, "posts.csv"))

    assert any("x-advert" in name for name in pack)
    assert "x-landscape" in posted
    assert "x-advert" not in posted


def test_a_post_without_its_picture_says_what_can_be_done(pack: dict[str, bytes]) -> None:
    notes = {row["network"]: row["note"] for row in rows(pack, "posts.csv") if not row["image"]}

    assert notes["Instagram"].startswith("Instagram does not accept posts without a picture")
    assert notes["LinkedIn"] == "this pack has no picture for it: post the text alone"


def test_the_list_of_all_files_has_sizes_and_what_a_place_asks_for(pack: dict[str, bytes]) -> None:
    listed = {row["file"]: row for row in rows(pack, "alt-text.csv")}

    assert set(listed) == {name for name in pack if "/" in name and not name.startswith("07-copy")}
    (square,) = [row for name, row in listed.items() if "hello_fb-feed-square" in name]
    assert (square["size"], square["note"]) == ("320 × 180 px", "Shown at 160 x 90.")


def test_the_page_for_a_browser_opens_what_it_names_and_the_paper_quotes_no_marks(
    pack: dict[str, bytes],
) -> None:
    page = pack["00-READ-ME-FIRST.html"].decode()

    for name in ("posts.csv", "job-ticket.csv", "alt-text.csv", "contact-sheet.pdf", "02-social"):
        assert f'<a href="{name}">' in page
    assert "Copy the cell “text” into a new post" in first_page(pack)


def test_markdown_becomes_html_and_text() -> None:
    words = "> **Wait.** Not `yet`.\n\n## How\n\n1. Copy *text*.\n2. Open `posts.csv`.\n\n- It's <here>\n"

    assert as_html(words, frozenset({"posts.csv"})) == (
        '<p class="notice"><strong>Wait.</strong> Not <code>yet</code>.</p>\n<h2>How</h2>\n'
        '<ol><li>Copy <em>text</em>.</li><li>Open <a href="posts.csv"><code>posts.csv</code></a>.</li></ol>\n'
        "<ul><li>It&#39;s &lt;here&gt;</li></ul>\n"
    )
    assert list(as_text(words)) == [
        "!! Wait. Not yet.",
        "\nHOW\n===",
        "1. Copy “text”.\n2. Open posts.csv.",
        "- It's <here>",
    ]


@pytest.mark.parametrize(
    "value", ["# Acme", "> Acme", "- Acme", "+ Acme", "*A* **B** _C_ `D` \\E [F](g) <h>"]
)
def test_a_value_never_acts_as_markdown(value: str) -> None:
    assert list(as_text(f"{as_words(value)}. Say that.")) == [f"{value}. Say that."]


def test_words_of_several_lengths_are_told_apart(pack: dict[str, bytes]) -> None:
    (words,) = [content.decode("utf-8-sig") for name, content in pack.items() if "hello_words" in name]

    assert "HEADLINE, LONG\r\nTalk to us about it\r\n" in words
    assert "HEADLINE, SHORT\r\nTalk to us\r\n" in words


def test_a_pack_that_ends_says_until_when_on_every_form_of_its_first_page(tmp_path: Path) -> None:
    pack = packed(written(tmp_path, "valid_until: 2027-03-31", "embargo: 2026-12-01"))

    for said in (
        first_page(pack),
        flat(pack["00-READ-ME-FIRST.html"].decode()),
        paper(pack["00-READ-ME-FIRST.pdf"]),
    ):
        assert "valid until 31 March 2027" in said.lower().replace("march", "March")
        assert "No end is set" not in said
        assert "31 March 2027, that day included" in said.replace("<strong>", "").replace("</strong>", "")
        assert "Do not show any of this before 1 December 2026" in said


def test_an_accent_as_dark_as_the_background_hides_no_notice(pack: dict[str, bytes]) -> None:
    page = pack["00-READ-ME-FIRST.html"].decode()

    (notice,) = re.findall(r"\.notice \{ background: (#\w+); color: (#\w+);", page)
    assert "accent: ink" in MESSAGE and 'ink: {srgb: "#10262C"' in FILES["brand/brand.yaml"]
    assert notice == ("#FBF6EE", "#10262C")


def test_a_pack_without_an_end_says_that_none_is_set(pack: dict[str, bytes]) -> None:
    assert "No end is set" in first_page(pack)
    assert not re.search(r"[Vv]alid until \d", first_page(pack))


def test_what_is_not_planned_any_more_is_not_packed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    folder = written(tmp_path)
    file = folder / "partners/acme/partner.yaml"
    file.write_text(file.read_text("utf-8").replace(", x-landscape", ""), "utf-8")
    capsys.readouterr()

    assert run(["-C", str(folder), "pack", "acme", *DATE]) == 1

    said = capsys.readouterr().err
    assert "[stale]" in said
    assert wording == said
    assert not list((folder / "out/packs").glob("*.zip"))


# -- who has what ---------------------------------------------------------------------------------


def listed(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run(["-C", str(folder), "list", "packs", "--format", "json", *DATE]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["packs"]
    return found


def test_the_list_says_what_ends_first_and_looks_up_once_what_is_the_same_for_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    folder = written(tmp_path, "valid_until: 2027-03-31")
    other = folder / "partners/other/partner.yaml"
    other.parent.mkdir()
    other.write_text("name: Other\nchannels: [tiny-sheet]\n", "utf-8")
    assert run(["-C", str(folder), "build", "-j", "1"]) == 0
    assert run(["-C", str(folder), "pack", "--all", "-j", "1", *DATE]) == 0
    asked: list[object] = []
    monkeypatch.setattr(report, "packing_of", lambda *of: asked.append(of) or packing_of(*of))

    rows = {row["id"]: row for row in listed(folder, capsys)}

    assert len(asked) == 1
    assert {name: row["state"] for name, row in rows.items()} == {"acme": "ready", "other": "ready"}
    assert rows["acme"]["expires"] == "2027-03-31"
    assert rows["other"]["expires"] == ""
    assert wording == rows["acme"]["because"]


def test_records_are_read_once_and_know_what_was_written_and_retired_since(tmp_path: Path) -> None:
    tree = OutDir(tmp_path)
    tree.prepare()
    records = Records(tree)
    first, second = (record(f"{name}.zip") for name in ("a", "b"))
    records.write(first)
    assert records.of_partner("acme") == [first]

    (tree.own / "packs/c.zip.json").write_text((tree.own / "packs/a.zip.json").read_text("utf-8"), "utf-8")
    records.write(second)
    assert records.of_partner("acme") == [first, second], "what others put there meanwhile is not looked at"
    (tmp_path / "packs").mkdir(exist_ok=True)
    (tmp_path / "packs/a.zip").write_bytes(b"zip")
    records.retire(first)

    assert records.of_partner("acme") == [second]
    assert Records(tree).of_partner("acme") == [second]


def record(name: str) -> Record:
    return Record(name, "key", 1, "0" * 64, 1, "acme", None, "1", ("en-GB",))


def test_a_day_that_was_set_after_the_build_binds_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    folder = written(tmp_path)
    file = folder / "partners/acme/partner.yaml"
    file.write_text(f"{file.read_text('utf-8')}valid_until: 2026-11-30\n", "utf-8")

    capsys.readouterr()
    assert run(["-C", str(folder), "pack", "acme", *DATE]) == 1
    expired = capsys.readouterr().err
    assert "2026-11-30" in expired and "[expired]" in expired

    file.write_text(file.read_text("utf-8").replace("2026-11-30", "2027-04-30"), "utf-8")
    assert run(["-C", str(folder), "pack", "acme", *DATE]) == 1
    changed = capsys.readouterr().err
    assert "[stale]" in changed and "[expired]" not in changed
    assert wording == [expired, changed]

    assert run(["-C", str(folder), "build", "-j", "1"]) == 0
    assert "Valid until 30 April 2027" in first_page(packed(folder))
