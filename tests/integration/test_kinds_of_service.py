"""Services with a number alone, an address alone or a short code, and without a promise."""

from __future__ import annotations

import csv
import zipfile
from datetime import date
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import yaml

from assetgen import Campaign, pack
from assetgen.creating.new_campaign import StarterAnswers, write_starter

POSTER, SQUARE, STRIP, ROUND = "poster-a4", "ig-square", "disp-leaderboard", "beermat-round"
NUMBER = StarterAnswers(name="Harbour Line", number="0808 157 0456")
ADDRESS = StarterAnswers(name="Tin Toys", address="www.tintoys.example")
SHORT_CODE = StarterAnswers(name="Night Line", number="116 123")


def built(root: Path, answers: StarterAnswers, *channels: str) -> Path:
    """Build a new campaign in some channels, which must succeed, and return its folder."""
    write_starter(root, answers)
    content = yaml.safe_load((root / "campaign.yaml").read_text("utf-8")) | {"channels": list(channels)}
    (root / "campaign.yaml").write_text(yaml.safe_dump(content), "utf-8")
    result = Campaign.load(root).build(jobs=1)
    assert [finding.as_text() for finding in result.findings if finding.is_error] == []
    return root


def text_of(pdf: Path) -> str:
    """Return the text of a PDF's first page."""
    document = pypdfium2.PdfDocument(pdf)
    return str(document[0].get_textpage().get_text_range())


def poster_of(root: Path) -> Path:
    (path,) = root.glob("out/*/*/print/*_ask_poster-a4_en-GB.pdf")
    return path


@pytest.mark.parametrize("answers", [NUMBER, ADDRESS, SHORT_CODE], ids=["number", "address", "short code"])
def test_a_service_with_one_way_to_reach_it_builds_in_every_kind_of_shape(
    tmp_path: Path, answers: StarterAnswers
) -> None:
    root = built(tmp_path / "c", answers, POSTER, SQUARE, STRIP, ROUND)

    text = text_of(poster_of(root)).replace("\u00a0", " ")
    assert (answers.number or answers.address) in text
    assert "promise" not in text.lower() and "Open to everyone" not in text


def test_an_address_alone_takes_the_size_of_the_number(tmp_path: Path) -> None:
    root = built(tmp_path / "c", ADDRESS, POSTER)

    page = pypdfium2.PdfDocument(poster_of(root))[0].get_textpage()
    start = page.get_text_range().index("www.")
    _, bottom, _, top = page.get_charbox(start)
    assert top - bottom > 12


def test_a_service_without_an_address_has_no_codes_and_no_links(tmp_path: Path) -> None:
    root = built(tmp_path / "c", NUMBER, POSTER, "disp-mpu")

    plan = Campaign.load(root).plan()
    assert [asset.id for asset in plan.assets if asset.medium == "qr"] == []
    assert {asset.spec.link for asset in plan.assets} == {asset.spec.click for asset in plan.assets} == {None}
    with pikepdf.open(poster_of(root)) as pdf:
        assert "/Annots" not in pdf.pages[0]


def test_a_pack_names_only_the_facts_that_there_are(tmp_path: Path) -> None:
    root = built(tmp_path / "c", ADDRESS, POSTER, SQUARE)

    pack(Campaign.load(root), on=date(2026, 12, 1))

    (path,) = (root / "out/packs").glob("*.zip")
    with zipfile.ZipFile(path) as zipped:
        names = [name for name in zipped.namelist() if name.endswith((".txt", ".html"))]
        pages = {name: zipped.read(name).decode("utf-8-sig") for name in names}
        posts = list(csv.DictReader(zipped.read("posts.csv").decode("utf-8-sig").splitlines()))
    assert pages and posts
    for name, text in pages.items():
        assert "None" not in text and "number, address" not in text and "or the promise" not in text, name
    assert all("{" not in post["text"] for post in posts)


def test_a_message_that_names_a_missing_fact_is_an_error_at_its_line(tmp_path: Path) -> None:
    write_starter(tmp_path / "c", ADDRESS)
    path = tmp_path / "c/brand/messages/ask.yaml"
    path.write_text(path.read_text("utf-8").replace("short: Ask us today", "short: Call {number}"), "utf-8")

    errors = [finding for finding in Campaign.load(tmp_path / "c").check() if finding.is_error]

    assert {error.place.file for error in errors} == {"brand/messages/ask.yaml"}
    assert "number" in errors[0].text


def test_a_brand_needs_a_number_or_an_address(tmp_path: Path) -> None:
    write_starter(tmp_path / "c", ADDRESS)
    path = tmp_path / "c/brand/brand.yaml"
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("  address:")]
    path.write_text("\n".join(lines), "utf-8")

    with pytest.raises(Exception, match="number: or an address:"):
        Campaign.load(tmp_path / "c")
