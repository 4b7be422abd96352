"""The pages and tables of a whole pack: expiry, first week, paper stock, order of rows, and custom sizes."""

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
from assetgen.packs.pack_archive import PackRecord, PackRecords
from assetgen.packs.pack_pages import as_html, as_markdown, as_text
from assetgen.packs.pack_run import pack_settings
from tests.support.tiny_campaign import FILES, write_tiny
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


def channel(channel_id: str, name: str, medium: str, *more: str) -> str:
    text = CHANNEL.replace("ID", channel_id, 1).replace("NAME", name).replace("MEDIUM", medium)
    return text + "".join(f"  {line}\n" for line in more)


def write_and_build(
    root: Path,
    *more: str,
    banner: str = "colour: cmyk-large",
    size: str = "[320, 180]",
    medium: str = "print",
    others: Mapping[str, str] | None = None,
) -> Path:
    """Write and build a campaign of two messages.

    Args:
        more: lines to add to the partner's file.
        banner: a line to add to the banner channel, which has this size and medium.
        others: further files.
    """
    screen = ("format: png", "px_mm: 0.26")
    channels = [
        channel("fb-feed-square", "Facebook", "social", *screen, "notes: Shown at 160 x 90."),
        channel("x-landscape", "X", "social", *screen),
        channel("x-advert", "X advert", "display", *screen),
        channel("tiny-banner", "A banner", medium, banner).replace("[320, 180]", size),
    ]
    files = {
        "campaign.yaml": FILES["campaign.yaml"].replace("[hello]", "[hello, again]"),
        "brand/channels.yaml": FILES["brand/channels.yaml"] + "".join(channels),
        "brand/messages/hello.yaml": MESSAGE.replace("WORDS", "Talk to us"),
        "brand/messages/again.yaml": MESSAGE.replace("WORDS", "Call us"),
        "partners/acme/partner.yaml": PARTNER + "".join(f"{line}\n" for line in more),
        **(others or {}),
    }
    folder = write_tiny(root / "campaign", files)
    assert run(["-C", str(folder), "build", "-j", "1"]) == 0
    return folder


def pack_files(folder: Path) -> dict[str, bytes]:
    assert run(["-C", str(folder), "pack", "acme", *DATE]) == 0
    with zipfile.ZipFile(folder / "out/packs/open-door_acme_1.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return pack_files(write_and_build(tmp_path_factory.mktemp("pages")))


def rows(pack: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(pack[name].decode("utf-8-sig"))))


def flatten(words: str) -> str:
    return " ".join(words.replace("\xa0", " ").split())


def first_page(pack: dict[str, bytes]) -> str:
    return flatten(pack["00-READ-ME-FIRST.txt"].decode("utf-8-sig"))


def pdf_text(content: bytes) -> str:
    document = pdfium.PdfDocument(content)
    words = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return flatten(words)


def test_a_custom_size_is_packed_like_any_other(pack: dict[str, bytes]) -> None:
    stalls = [row for row in rows(pack, "job-ticket.csv") if row["item"] == "Stall board"]

    assert [(row["trim width mm"], row["trim height mm"]) for row in stalls] == [("88", "49.5")] * 2
    assert "Stall board 88 × 49.5 mm · PDF" in pdf_text(pack["contact-sheet.pdf"])


def test_the_job_ticket_groups_all_messages_of_an_item(pack: dict[str, bytes]) -> None:
    ticket = rows(pack, "job-ticket.csv")

    assert [(row["item"], row["message"]) for row in ticket] == [
        (item, message) for item in ("A banner", "Sheet", "Stall board") for message in ("again", "hello")
    ]
    assert {row["file"] for row in ticket} <= set(pack)


def test_a_large_banner_is_suggested_for_pvc_and_not_for_poster_paper(pack: dict[str, bytes]) -> None:
    stock = {row["item"]: row["suggested stock"] for row in rows(pack, "job-ticket.csv")}

    assert stock["A banner"].startswith("PVC banner")
    assert stock["Stall board"] == stock["Sheet"]


def test_office_variants_are_labelled_and_not_in_the_job_ticket(tmp_path: Path) -> None:
    pack = pack_files(write_and_build(tmp_path, banner="variants: [office]"))
    office = {name for name in pack if "_tiny-banner_office_" in name}

    assert len(office) == 2, "one for each message"
    assert not office & {row["file"] for row in rows(pack, "job-ticket.csv")}
    listed = {row["file"]: row["place"] for row in rows(pack, "alt-text.csv")}
    assert {listed[name] for name in office} == {"A banner, for an office printer"}
    assert "print the files with _office in their names" in first_page(pack)
    assert "A banner, for an office printer 320 × 180 mm · PDF" in pdf_text(pack["contact-sheet.pdf"])


def test_imposed_sheets_are_labelled_with_their_paper_and_printer(tmp_path: Path) -> None:
    printers = {"brand/printers.yaml": "harbour-press: {name: Harbour Press}\n"}
    banner = "variants: [sheet-a4, sheet-sra3]"
    pack = pack_files(
        write_and_build(tmp_path, "printer: harbour-press", banner=banner, size="[80, 45]", others=printers)
    )

    ticket = {row["item"]: row["note"] for row in rows(pack, "job-ticket.csv")}
    on_a4 = next(note for item, note in ticket.items() if item == "A banner, 10 on A4")
    assert "A banner, 25 on SRA3" in ticket
    assert "Made for Harbour Press." in on_a4 and "cut along the marks" in on_a4
    assert "have several copies on one sheet, with cut marks" in first_page(pack)


def test_the_job_ticket_tells_media_owners_that_type_is_live(tmp_path: Path) -> None:
    pack = pack_files(write_and_build(tmp_path, medium="ooh"))

    notes = {row["item"]: row["note"] for row in rows(pack, "job-ticket.csv")}
    live = {
        item for item, note in notes.items() if "If it has to be outlined, the printer does that." in note
    }
    assert live == {"A banner"}


def test_the_first_week_names_the_table_row_of_each_post_and_no_post_twice(pack: dict[str, bytes]) -> None:
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


def test_an_advert_is_not_offered_as_a_picture_to_post(pack: dict[str, bytes]) -> None:
    posted = " ".join(f"{row['image']} {row['other images']}" for row in rows(pack, "posts.csv"))

    assert any("x-advert" in name for name in pack)
    assert "x-landscape" in posted
    assert "x-advert" not in posted


def test_a_post_without_a_picture_says_what_to_do(pack: dict[str, bytes]) -> None:
    notes = {row["network"]: row["note"] for row in rows(pack, "posts.csv") if not row["image"]}

    assert notes["Instagram"].startswith("Instagram does not accept posts without a picture")
    assert notes["LinkedIn"] == "this pack has no picture for this post: publish the text alone"


def test_the_alt_text_table_lists_all_files_with_size_and_channel_notes(pack: dict[str, bytes]) -> None:
    listed = {row["file"]: row for row in rows(pack, "alt-text.csv")}

    assert set(listed) == {name for name in pack if "/" in name and not name.startswith("07-copy")}
    (square,) = [row for name, row in listed.items() if "hello_fb-feed-square" in name]
    assert (square["size"], square["note"]) == ("320 × 180 px", "Shown at 160 x 90.")


def test_the_html_page_has_links_and_the_text_page_no_markup(
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
def test_markdown_characters_in_a_value_stay_plain_text(value: str) -> None:
    assert list(as_text(f"{as_markdown(value)}. Say that.")) == [f"{value}. Say that."]


def test_each_copy_length_is_labelled(pack: dict[str, bytes]) -> None:
    (words,) = [content.decode("utf-8-sig") for name, content in pack.items() if "hello_words" in name]

    assert "HEADLINE, LONG\r\nTalk to us about it\r\n" in words
    assert "HEADLINE, SHORT\r\nTalk to us\r\n" in words


def test_every_format_of_the_first_page_states_expiry_and_embargo(tmp_path: Path) -> None:
    pack = pack_files(write_and_build(tmp_path, "valid_until: 2027-03-31", "embargo: 2026-12-01"))

    for page in (
        first_page(pack),
        flatten(pack["00-READ-ME-FIRST.html"].decode()),
        pdf_text(pack["00-READ-ME-FIRST.pdf"]),
    ):
        assert "valid until 31 March 2027" in page.lower().replace("march", "March")
        assert "No end is set" not in page
        assert "31 March 2027, that day included" in page.replace("<strong>", "").replace("</strong>", "")
        assert "Do not show any of this before 1 December 2026" in page


def test_a_dark_accent_colour_does_not_hide_a_notice(pack: dict[str, bytes]) -> None:
    page = pack["00-READ-ME-FIRST.html"].decode()

    (notice,) = re.findall(r"\.notice \{ background: (#\w+); color: (#\w+);", page)
    assert "accent: ink" in MESSAGE and 'ink: {srgb: "#10262C"' in FILES["brand/brand.yaml"]
    assert notice == ("#FBF6EE", "#10262C")


def test_a_pack_without_an_expiry_says_that_none_is_set(pack: dict[str, bytes]) -> None:
    assert "No end is set" in first_page(pack)
    assert not re.search(r"[Vv]alid until \d", first_page(pack))


def test_a_file_that_is_no_longer_planned_blocks_the_pack(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    folder = write_and_build(tmp_path)
    file = folder / "partners/acme/partner.yaml"
    file.write_text(file.read_text("utf-8").replace(", x-landscape", ""), "utf-8")
    capsys.readouterr()

    assert run(["-C", str(folder), "pack", "acme", *DATE]) == 1

    error = capsys.readouterr().err
    assert "[stale]" in error
    assert wording == error
    assert not list((folder / "out/packs").glob("*.zip"))


# -- list packs and pack records -------------------------------------------------------------------


def listed(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run(["-C", str(folder), "list", "packs", "--format", "json", *DATE]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["packs"]
    return found


def test_list_packs_shows_the_earliest_expiry_and_computes_shared_data_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    folder = write_and_build(tmp_path, "valid_until: 2027-03-31")
    other = folder / "partners/other/partner.yaml"
    other.parent.mkdir()
    other.write_text("name: Other\nchannels: [tiny-sheet]\n", "utf-8")
    assert run(["-C", str(folder), "build", "-j", "1"]) == 0
    assert run(["-C", str(folder), "pack", "--all", "-j", "1", *DATE]) == 0
    calls: list[object] = []
    monkeypatch.setattr(report, "pack_settings", lambda *of: calls.append(of) or pack_settings(*of))

    rows = {row["id"]: row for row in listed(folder, capsys)}

    assert len(calls) == 1
    assert {name: row["state"] for name, row in rows.items()} == {"acme": "ready", "other": "ready"}
    assert rows["acme"]["expires"] == "2027-03-31"
    assert rows["other"]["expires"] == ""
    assert wording == rows["acme"]["because"]


def test_pack_records_are_read_from_disk_once_and_then_updated_in_memory(tmp_path: Path) -> None:
    tree = OutDir(tmp_path)
    tree.prepare()
    records = PackRecords(tree)
    first, second = (record(f"{name}.zip") for name in ("a", "b"))
    records.write(first)
    assert records.of_partner("acme") == [first]

    (tree.assetgen_folder / "packs/c.zip.json").write_text(
        (tree.assetgen_folder / "packs/a.zip.json").read_text("utf-8"), "utf-8"
    )
    records.write(second)
    assert records.of_partner("acme") == [first, second], "a file that something else put there is not read"
    (tmp_path / "packs").mkdir(exist_ok=True)
    (tmp_path / "packs/a.zip").write_bytes(b"zip")
    records.retire(first)

    assert records.of_partner("acme") == [second]
    assert PackRecords(tree).of_partner("acme") == [second]


def record(name: str) -> PackRecord:
    return PackRecord(name, "key", 1, "0" * 64, 1, "acme", None, "1", ("en-GB",))


def test_a_date_set_after_the_build_applies_to_the_pack(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    folder = write_and_build(tmp_path)
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
    assert "Valid until 30 April 2027" in first_page(pack_files(folder))
