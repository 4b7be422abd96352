"""Finished packs: readable by other programs, the same on every run, checked by ``verify`` alone."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from assetgen.cli.app import run
from tests.support.tiny_campaign import FILES, write_tiny
from tests.support.wording import Wording

HANG_S = 120
PARTNERS = {
    "partners/acme/partner.yaml": "name: Acme\n",
    "partners/other/partner.yaml": "name: Other Council\n",
}
MESSAGE = """\
accent: ink
en-GB:
  headline: {short: Talk to us}
  alt: {short: Talk to us. 0808 157 0123. www.example.org.}
  posts: {facebook: "=Talk to us on {number}, or see {address}."}
"""
NAME = "open-door_acme_1.zip"


def write_and_build(root: Path, **changes: str) -> Path:
    """Write and build the small campaign with two partners; ``changes`` are keys added to campaign.yaml."""
    files = {**FILES, **PARTNERS, "brand/messages/hello.yaml": MESSAGE}
    files["campaign.yaml"] += "contact: {name: Press office, email: press@example.org}\n"
    files["campaign.yaml"] += "".join(f"{key}: {value}\n" for key, value in changes.items())
    folder = write_tiny(root / "campaign", files)
    assert run(["-C", str(folder), "build", "-j", "1"]) == 0
    return folder


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_and_build(tmp_path_factory.mktemp("pack"))
    assert run(["-C", str(folder), "pack", "--all", "--date", "2026-12-01"]) == 0
    return folder


@pytest.fixture
def pack(campaign: Path) -> Path:
    return campaign / "out/packs" / NAME


def members(pack: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(pack) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def repack(pack: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    files = members(pack)
    change(files)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target


@pytest.mark.readers
@pytest.mark.parametrize("command", [["unzip", "-tqq"], ["bsdtar", "-tf"]], ids=lambda command: command[0])
def test_unzip_and_bsdtar_can_read_a_pack(command: list[str], pack: Path) -> None:
    result = subprocess.run(
        [*command, str(pack)], capture_output=True, text=True, timeout=HANG_S, check=False
    )

    assert result.returncode == 0, result.stderr


def test_each_partner_pack_has_a_read_me_and_folders_by_medium(campaign: Path) -> None:
    for partner in ("acme", "other"):
        names = set(members(campaign / f"out/packs/open-door_{partner}_1.zip"))

        assert {f"00-READ-ME-FIRST.{kind}" for kind in ("pdf", "html", "txt")} <= names
        assert {"alt-text.csv", "posts.csv", "job-ticket.csv", "MANIFEST.json", "SHA256SUMS"} <= names
        assert {name.split("/")[0] for name in names if "/" in name} == {
            "01-print", "02-social", "06-qr", "07-copy",
        }  # fmt: skip


def test_packed_assets_equal_the_files_in_out(campaign: Path, pack: Path) -> None:
    built = json.loads((campaign / "out/manifest.json").read_text("utf-8"))["assets"]
    own = {Path(one["path"]).name: one["sha256"] for one in built if one["partner"] == "acme"}

    packed = {Path(name).name: hashlib.sha256(content).hexdigest() for name, content in members(pack).items()}

    assert own and own.items() <= packed.items()


def test_sha256sums_lists_the_digest_of_every_other_packed_file(pack: Path) -> None:
    files = members(pack)

    lines = (line.split("  ", 1) for line in files["SHA256SUMS"].decode().splitlines())
    listed = {name: digest for digest, name in lines}

    assert listed == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "SHA256SUMS"
    }


def test_packed_names_are_portable_short_and_unique_ignoring_case(pack: Path) -> None:
    names = list(members(pack))

    assert all(name.isascii() and len(name) < 200 and not set(name) & set('\\:*?"<>|') for name in names)
    assert len({name.lower() for name in names}) == len(names)


def test_packed_tables_open_in_a_spreadsheet_without_formulas(pack: Path) -> None:
    files = members(pack)
    tables = {name: content for name, content in files.items() if name.endswith(".csv")}
    (post,) = rows(files["posts.csv"])
    (ticket,) = rows(files["job-ticket.csv"])

    assert all(content.startswith(b"\xef\xbb\xbf") and b"\r\n" in content for content in tables.values())
    assert not post["text"].startswith("=") and "0808 157 0123" in post["text"]
    assert post["network"] and (not post["image"] or post["image"] in files)
    assert ticket["file"] in files


def test_read_me_shows_unconfirmed_facts_and_a_contact(pack: Path) -> None:
    files = members(pack)
    document = pdfium.PdfDocument(files["00-READ-ME-FIRST.pdf"])
    pdf_text = " ".join(page.get_textpage().get_text_range() for page in document).replace("\xa0", " ")
    document.close()

    for text in (pdf_text, files["00-READ-ME-FIRST.txt"].decode(), files["00-READ-ME-FIRST.html"].decode()):
        flat = " ".join(text.replace("\xa0", " ").split())
        assert "not confirmed" in flat
        assert "press@example.org" in flat
        assert "0808 157 0123" in flat


def test_packing_again_keeps_the_file_and_force_gives_equal_bytes(campaign: Path, pack: Path) -> None:
    before, stamp = pack.read_bytes(), pack.stat().st_mtime_ns

    assert run(["-C", str(campaign), "pack", "acme", "--date", "2026-12-01"]) == 0
    assert pack.stat().st_mtime_ns == stamp
    assert run(["-C", str(campaign), "pack", "acme", "--force", "--date", "2026-12-01"]) == 0
    assert pack.read_bytes() == before


def test_a_partial_pack_holds_one_section_and_the_read_me(campaign: Path) -> None:
    assert run(["-C", str(campaign), "pack", "acme", "--part", "social", "--date", "2026-12-01"]) == 0

    names = set(members(campaign / "out/packs/open-door_acme_1_social.zip"))

    assert "00-READ-ME-FIRST.pdf" in names
    assert {name.split("/")[0] for name in names if "/" in name} == {"02-social"}


def test_verify_accepts_a_pack_without_its_campaign(pack: Path, tmp_path: Path) -> None:
    alone = tmp_path / pack.name
    alone.write_bytes(pack.read_bytes())

    assert run(["-C", str(tmp_path), "verify", str(alone), "-j", "1"]) == 0


def truncate_picture(files: dict[str, bytes]) -> None:
    name = next(one for one in files if one.endswith(".png"))
    files[name] = files[name][:-20]


def swap_picture(files: dict[str, bytes]) -> None:
    name = next(one for one in files if one.endswith(".png") and "social" in one)
    files[name] = next(content for one, content in files.items() if one.endswith(".png") and one != name)


def add_file(files: dict[str, bytes]) -> None:
    files["01-print/en-GB/unknown.pdf"] = b"%PDF-1.7\n"


def change_post(files: dict[str, bytes]) -> None:
    files["posts.csv"] = files["posts.csv"].replace(b"0123", b"0124")


def remove_read_me(files: dict[str, bytes]) -> None:
    del files["00-READ-ME-FIRST.txt"]


@pytest.mark.parametrize("change", [truncate_picture, swap_picture, add_file, change_post, remove_read_me])
def test_verify_rejects_a_pack_that_was_changed(
    change: Callable[[dict[str, bytes]], None], pack: Path, tmp_path: Path
) -> None:
    assert run(["verify", str(repack(pack, tmp_path / "changed.zip", change)), "-j", "1"]) == 1


def test_pack_rejects_a_partner_with_an_edited_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wording: Wording
) -> None:
    folder = write_and_build(tmp_path)
    capsys.readouterr()
    card = next((folder / "out/acme").rglob("*tiny-card*.png"))
    card.write_bytes(card.read_bytes() + b" ")

    assert run(["-C", str(folder), "pack", "--all", "--date", "2026-12-01"]) == 1

    (error,) = [line for line in capsys.readouterr().err.splitlines() if ": error: " in line]
    assert "acme" in error
    assert wording == error
    assert [path.name for path in (folder / "out/packs").iterdir()] == ["open-door_other_1.zip"]


def test_embargo_and_missing_approval_block_a_pack_but_not_a_specimen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_and_build(tmp_path, embargo="2027-01-01", approval="required")
    packs = folder / "out/packs"

    assert run(["-C", str(folder), "pack", "acme", "--date", "2026-12-01"]) == 1
    errors = capsys.readouterr().err
    assert "[embargo]" in errors and "[unapproved]" in errors
    assert not list(packs.glob("*.zip"))

    assert run(["-C", str(folder), "pack", "acme", "--specimen", "--date", "2026-12-01"]) == 0
    (specimen,) = packs.glob("*.zip")
    assert specimen.name == "open-door_acme_1_specimen.zip"
    card = next(name for name in members(specimen) if "tiny-card" in name)
    assert members(specimen)[card] != next((folder / "out/acme").rglob("*tiny-card*.png")).read_bytes()
    assert run(["verify", str(specimen), "-j", "1"]) == 0

    assert run(["-C", str(folder), "approve", "-p", "acme", "--by", "A Reader", "--date", "2026-12-02"]) == 0
    assert run(["-C", str(folder), "pack", "acme", "--date", "2027-01-01"]) == 0
    assert (packs / NAME).is_file()


def test_list_packs_shows_the_state_of_each_partner(
    campaign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    assert run(["-C", str(campaign), "list", "packs", "--date", "2026-12-01", "--format", "json"]) == 0
    packs = {row["id"]: row for row in json.loads(capsys.readouterr().out)["packs"]}
    assert run(["-C", str(campaign), "list", "packs", "--date", "2026-12-01", "--format", "csv"]) == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out.lstrip("\ufeff"))))

    assert {name: row["state"] for name, row in packs.items()} == {"acme": "ready", "other": "ready"}
    assert packs["acme"]["edition"] == "1" and NAME in packs["acme"]["packs"]
    assert [row["id"] for row in table] == ["acme", "other"]
