"""Where files are verified from: folders and zips that may have been made to do harm. Nothing of them is believed."""

from __future__ import annotations

import io
import os
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from assetgen.errors import CampaignError
from assetgen.findings import Finding
from assetgen.verifying.finished_files import Folder, Pack, Refused, read_evidence, read_surveys
from assetgen.verifying.verification import Verified, verify_one
from tests.support.finished_folder import CODE_PNG, CODE_SVG, Piece, manifest_of, piece, write_folder
from tests.support.wording import Wording

Member = tuple[str | zipfile.ZipInfo, bytes]


def code() -> Piece:
    return piece(CODE_PNG)


def other() -> Piece:
    return piece(CODE_SVG)


def pack_of(folder: Path, *members: Member, pieces: Iterable[Piece] | None = None, prefix: str = "") -> Path:
    """Write a zip with a manifest and its files, a code's if none is given, then these members; return it."""
    pieces = [code()] if pieces is None else list(pieces)
    archive = folder / "pack.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of two members with one name
        made.writestr(f"{prefix}manifest.json", manifest_of(pieces))
        for one in pieces:
            made.writestr(prefix + one.path, one.content)
        for name, content in members:
            made.writestr(name, content)
    return archive


def verified(path: Path) -> tuple[list[Verified], list[Finding]]:
    """Return what became of each file, and what was said of the rest."""
    (survey,), faults = read_surveys([path])
    evidence, beside = read_evidence(survey)
    return [verify_one(one) for one in evidence], [*faults, *beside]


def said(findings: Iterable[Finding]) -> list[str]:
    return [finding.text for finding in findings]


def member(name: str, mode: int = 0, **attributes: int) -> zipfile.ZipInfo:
    """Return a member's heading, its name as it is, with a Unix mode."""
    info = zipfile.ZipInfo("x")
    info.filename = info.orig_filename = name
    info.external_attr = mode << 16
    for key, value in attributes.items():
        setattr(info, key, value)
    return info


# ── sound ones


@pytest.mark.parametrize("prefix", ["", "stop-it-now_acme/"])
def test_a_pack_is_proved_as_the_folder_is_whether_or_not_it_has_one_of_its_own(
    tmp_path: Path, prefix: str
) -> None:
    files, beside = verified(pack_of(tmp_path, pieces=(code(), other()), prefix=prefix))

    assert [one.ok for one in files] == [True, True]
    assert beside == []


def test_a_pack_is_read_in_memory(tmp_path: Path) -> None:
    archive = pack_of(tmp_path)

    verified(archive)

    assert list(tmp_path.iterdir()) == [archive]


def test_folders_in_a_pack_are_no_files(tmp_path: Path) -> None:
    _, beside = verified(pack_of(tmp_path, ("acme/", b""), ("acme/en-GB/", b"")))

    assert beside == []


def test_a_file_in_a_pack_points_at_the_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    archive = pack_of(tmp_path, pieces=(code().saying(sha256="0" * 64),))

    files, _ = verified(archive)

    assert [str(finding.place) for finding in files[0].findings] == ["pack.zip"]


# ── hostile members


@pytest.mark.parametrize(
    "name",
    [
        "../out.png", "acme/../../out.png", "/etc/passwd", "//server/share/x.png", "C:/x.png", "acme\\..\\x.png",
        "acme/.hidden", ".git/config", "acme//x.png", "x.png", "acme/x\0.png", "acme/x\n.png", "",
    ],
)  # fmt: skip
def test_a_member_whose_name_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    files, beside = verified(pack_of(tmp_path, (member(name), b"x")))

    assert [one.ok for one in files] == [True]
    assert [finding.code for finding in beside] == ["unsafe-file"]
    assert all(finding.is_error for finding in beside)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK], ids=oct)
def test_a_member_that_is_a_link_or_a_device_is_refused(tmp_path: Path, kind: int, wording: Wording) -> None:
    _, beside = verified(pack_of(tmp_path, (member("acme/x.png", kind | 0o777), b"/etc/passwd")))

    assert [one.code for one in beside] == ["unsafe-file"]
    assert wording == said(beside)


def test_a_file_of_the_manifest_that_is_a_link_is_not_read(tmp_path: Path, wording: Wording) -> None:
    archive = tmp_path / "pack.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("manifest.json", manifest_of([code()]))
        made.writestr(member(code().path, stat.S_IFLNK | 0o777), code().content)

    (one,), _ = verified(archive)

    assert [finding.code for finding in one.findings] == ["unsafe-file"]
    assert wording == one.findings[0].text


def test_a_member_that_is_not_in_the_manifest_is_an_error(tmp_path: Path, wording: Wording) -> None:
    files, beside = verified(pack_of(tmp_path, ("acme/en-GB/social/extra.png", b"x")))

    assert [one.ok for one in files] == [True]
    (finding,) = beside
    assert (finding.is_error, "acme/en-GB/social/extra.png" in finding.text) == (True, True)
    assert wording == finding.text


@pytest.mark.parametrize("same", [str, str.upper], ids=["exactly", "but for case"])
def test_two_members_with_one_name_are_both_refused(
    tmp_path: Path, same: Callable[[str], str], wording: Wording
) -> None:
    (one,), _ = verified(pack_of(tmp_path, (same(code().path), b"another")))

    assert [finding.code for finding in one.findings] == ["unsafe-file"]
    assert wording == one.findings[0].text


def test_two_manifests_are_none(tmp_path: Path, wording: Wording) -> None:
    with pytest.raises(CampaignError) as raised:
        read_surveys([pack_of(tmp_path, ("manifest.json", b"{}"))])

    assert len(raised.value.findings) == 1
    assert wording == str(raised.value)


def test_a_member_that_unpacks_to_more_than_was_declared_is_not_unpacked(
    tmp_path: Path, wording: Wording
) -> None:
    bomb = Piece(bytes(20_000_000), {**code().entry, "bytes": 1000})

    (one,), _ = verified(pack_of(tmp_path, pieces=(bomb,)))

    assert "20,000,000" in one.findings[0].text and "1,000 " in one.findings[0].text
    assert one.findings[0].code == "unsafe-file"
    assert wording == one.findings[0].text


def test_a_member_that_lies_about_its_size_is_not_read_on(tmp_path: Path) -> None:
    archive = pack_of(tmp_path, pieces=(Piece(bytes(5_000_000), {**code().entry, "bytes": 1000}),))
    content = archive.read_bytes()
    declared, told = struct.pack("<L", 5_000_000), struct.pack("<L", 1000)
    assert content.count(declared) == 2  # in the member's own heading and in the directory
    archive.write_bytes(content.replace(declared, told))

    (one,), _ = verified(archive)

    assert not one.ok


def test_an_encrypted_member_is_refused(tmp_path: Path, wording: Wording) -> None:
    archive = pack_of(tmp_path, pieces=(code(),))
    content = bytearray(archive.read_bytes())
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1
    archive.write_bytes(bytes(content))

    (one,), _ = verified(archive)

    assert one.findings[0].code == "unsafe-file"
    assert wording == one.findings[0].text


def test_a_member_that_is_packed_in_another_way_is_refused(tmp_path: Path, wording: Wording) -> None:
    _, beside = verified(pack_of(tmp_path, (member("acme/x.png", compress_type=zipfile.ZIP_LZMA), b"x" * 99)))

    assert [one.code for one in beside] == ["unsafe-file"]
    assert wording == said(beside)


def test_a_damaged_member_costs_itself_alone(tmp_path: Path) -> None:
    archive = pack_of(tmp_path, pieces=(code(), other()))
    content = bytearray(archive.read_bytes())
    at = content.index(code().path.encode()) + len(code().path) + 300
    content[at : at + 40] = bytes(40)
    archive.write_bytes(bytes(content))

    files, _ = verified(archive)

    assert sorted((one.path.endswith(".svg"), one.ok) for one in files) == [(False, False), (True, True)]


@pytest.mark.parametrize("cut", [0, 10, 400])
def test_what_is_no_zip_is_said_to_be_none(tmp_path: Path, cut: int, wording: Wording) -> None:
    archive = pack_of(tmp_path)
    archive.write_bytes(archive.read_bytes()[:cut])

    with pytest.raises(CampaignError) as raised:
        read_surveys([archive])

    (finding,) = raised.value.findings
    assert "pack.zip" in finding.text
    # Behind the second colon are Python's own words.
    assert wording == (": ".join(finding.text.split(": ")[:2]), finding.hint)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"[" * 100_000, b'{"schema": 2, "assets": []}', b"\xff", b"nul"],
    ids=["empty", "no assets", "list", "deep", "other schema", "no text", "nul"],
)
def test_a_manifest_that_cannot_be_used_is_told(tmp_path: Path, content: bytes, wording: Wording) -> None:
    (tmp_path / "manifest.json").write_bytes(content)

    with pytest.raises(CampaignError) as raised:
        read_surveys([tmp_path])

    (finding,) = raised.value.findings
    assert finding.code == "bad-value"
    # Behind the second colon are Python's own words in some cases.
    text = ": ".join(finding.text.split(": ")[:2]).replace(tmp_path.name, "<folder>")
    assert wording == (text, finding.hint)


def test_a_key_that_stands_twice_in_an_entry_is_no_way_to_say_two_things(
    tmp_path: Path, wording: Wording
) -> None:
    text = manifest_of([code()]).replace('"sha256":', f'"sha256":"{"0" * 64}","sha256":', 1)
    (tmp_path / "manifest.json").write_text(text, "utf-8")

    with pytest.raises(CampaignError) as raised:
        read_surveys([tmp_path])

    assert len(raised.value.findings) == 1
    assert wording == str(raised.value).replace(tmp_path.name, "<folder>")


def test_a_pack_without_a_manifest_is_told(tmp_path: Path, wording: Wording) -> None:
    archive = tmp_path / "pack.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("acme/x.png", b"x")

    with pytest.raises(CampaignError) as raised:
        read_surveys([archive])

    assert "manifest.json" in str(raised.value)
    assert wording == str(raised.value)


# ── entries


def test_an_entry_that_cannot_be_used_is_told_with_its_line_and_costs_no_other(
    tmp_path: Path, wording: Wording
) -> None:
    root = write_folder(tmp_path / "out", code(), other())
    text = (root / "manifest.json").read_text("utf-8")
    (root / "manifest.json").write_text(text.replace('"unit":"mm"', '"unit":"inch"', 1), "utf-8")

    files, beside = verified(root)

    assert len(files) == 1
    assert files[0].ok
    ((finding,), line) = (
        beside,
        next(at for at, one in enumerate(text.splitlines(), 1) if '"unit":"mm"' in one),
    )
    assert finding.code == "bad-value"
    assert finding.place.line == line
    assert "spec.unit" in finding.text
    assert wording == finding.text


def test_two_entries_for_one_file_are_told(tmp_path: Path, wording: Wording) -> None:
    root = write_folder(tmp_path / "out", code(), code().saying(id="acme/qr/png"))

    files, beside = verified(root)

    assert len(files) == 1
    assert code().path in beside[0].text
    assert wording == beside[0].text


def test_a_stale_file_is_told_and_proved(tmp_path: Path) -> None:
    root = write_folder(tmp_path / "out", code().saying(stale=True))

    (one,), _ = verified(root)

    assert one.ok
    assert [(finding.code, finding.severity.value) for finding in one.findings] == [("stale", "warning")]


# ── folders


def test_what_assetgen_keeps_in_the_folder_is_its_own(tmp_path: Path) -> None:
    root = write_folder(tmp_path / "out", code())
    for name in (
        "index.html",
        "index/thumb.png",
        "packs/acme.zip",
        ".assetgen/stale/x.png",
        "acme/.DS_Store",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")

    _, beside = verified(root)

    assert beside == []


def test_a_strange_file_in_the_folder_is_a_warning(tmp_path: Path, wording: Wording) -> None:
    root = write_folder(tmp_path / "out", code())
    (root / "acme").mkdir()
    (root / "acme/mine.png").write_bytes(b"x")

    _, beside = verified(root)

    (finding,) = beside
    assert (finding.is_error, "acme/mine.png" in finding.text) == (False, True)
    assert wording == finding.text


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    root = write_folder(tmp_path / "out", code())
    (root / code().path).unlink()

    (one,), _ = verified(root)

    assert [finding.code for finding in one.findings] == ["missing-file"]


@pytest.mark.parametrize("what", ["the file", "its folder"])
def test_a_link_is_not_followed(tmp_path: Path, what: str, wording: Wording) -> None:
    root = write_folder(tmp_path / "out", code())
    file = root / code().path
    moved = file if what == "the file" else file.parent
    moved.rename(tmp_path / "elsewhere")
    moved.symlink_to(tmp_path / "elsewhere")

    (one,), _ = verified(root)

    assert one.findings[0].code == "unsafe-file"
    assert wording == one.findings[0].text


def test_the_folder_itself_may_be_reached_by_a_link(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", code())
    (tmp_path / "here").symlink_to(tmp_path / "out")

    (one,), _ = verified(tmp_path / "here")

    assert one.ok


def test_a_pipe_is_not_waited_for(tmp_path: Path, wording: Wording) -> None:
    root = write_folder(tmp_path / "out", code())
    (root / code().path).unlink()
    os.mkfifo(root / code().path)

    (one,), _ = verified(root)

    assert one.findings[0].code == "unsafe-file"
    assert wording == one.findings[0].text


def test_a_larger_file_than_declared_is_not_read_whole(tmp_path: Path, wording: Wording) -> None:
    root = write_folder(tmp_path / "out", code())
    with (root / code().path).open("ab") as file:
        file.write(bytes(100))

    with pytest.raises(Refused) as refused:
        Folder(root, "out").read(code().path, len(code().content))

    assert f"{len(code().content):,}" in str(refused.value)
    assert wording == str(refused.value).replace(f"{len(code().content):,}", "N")


def test_a_pack_reads_only_what_is_in_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Pack(pack_of(tmp_path), "pack.zip").read("acme/none.png", 10)


# ── bytes


@pytest.mark.parametrize(
    "change",
    [{"sha256": "0" * 64}, {"bytes": 999_999}, {"pixel_sha256": "0" * 64}],
    ids=["bytes", "size", "pixels"],
)
def test_a_file_that_is_not_the_one_that_was_proved_is_told(
    tmp_path: Path, change: dict[str, object], wording: Wording
) -> None:
    root = write_folder(tmp_path / "out", code().saying(**change))

    (one,), _ = verified(root)

    assert [finding.code for finding in one.findings] == ["file-altered"]
    assert wording == one.findings[0].text.replace(f"{len(code().content):,}", "N")
    assert (one.proved, one.as_built, one.unchecked) == ((), (), ())


@pytest.mark.thorough
def test_a_picture_that_is_larger_than_any_of_ours_is_not_unpacked(tmp_path: Path) -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")

    (one,), _ = verified(write_folder(tmp_path / "out", code().agreed(code().content).saying()))
    assert one.ok
    big = Piece(out.getvalue(), {**code().entry, "bytes": len(out.getvalue())})
    (one,), _ = verified(write_folder(tmp_path / "big", big))

    assert not one.ok
