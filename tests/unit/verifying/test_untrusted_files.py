"""Verifying untrusted folders and zips: hostile or damaged contents are refused, and the rest is checked."""

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
from assetgen.verifying.finished_files import (
    FolderSource,
    PackSource,
    RefusedFile,
    list_files_to_verify,
    read_sources,
)
from assetgen.verifying.verification import VerifiedFile, verify_one
from tests.support.built_files import CODE_PNG, CODE_SVG, BuiltFile, built_file, manifest_of, write_folder
from tests.support.wording import Wording

Member = tuple[str | zipfile.ZipInfo, bytes]


def png_code() -> BuiltFile:
    return built_file(CODE_PNG)


def svg_code() -> BuiltFile:
    return built_file(CODE_SVG)


def write_pack(
    folder: Path, *members: Member, pieces: Iterable[BuiltFile] | None = None, prefix: str = ""
) -> Path:
    """Write a zip and return its path: a manifest, its files (default: one QR code), then these members."""
    pieces = [png_code()] if pieces is None else list(pieces)
    archive = folder / "pack.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as pack, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # about two members with the same name
        pack.writestr(f"{prefix}manifest.json", manifest_of(pieces))
        for one in pieces:
            pack.writestr(prefix + one.path, one.content)
        for name, content in members:
            pack.writestr(name, content)
    return archive


def verify_all(path: Path) -> tuple[list[VerifiedFile], list[Finding]]:
    """Return the result for each file, and the findings about everything else."""
    (survey,), faults = read_sources([path])
    evidence, others = list_files_to_verify(survey)
    return [verify_one(one) for one in evidence], [*faults, *others]


def texts(findings: Iterable[Finding]) -> list[str]:
    return [finding.text for finding in findings]


def member(name: str, mode: int = 0, **attributes: int) -> zipfile.ZipInfo:
    """Return the header of a zip member with a Unix mode; its name is not normalised."""
    info = zipfile.ZipInfo("x")
    info.filename = info.orig_filename = name
    info.external_attr = mode << 16
    for key, value in attributes.items():
        setattr(info, key, value)
    return info


# Valid packs


@pytest.mark.parametrize("prefix", ["", "stop-it-now_acme/"])
def test_pack_passes_with_or_without_a_top_level_folder(tmp_path: Path, prefix: str) -> None:
    files, others = verify_all(write_pack(tmp_path, pieces=(png_code(), svg_code()), prefix=prefix))

    assert [one.ok for one in files] == [True, True]
    assert others == []


def test_pack_is_read_without_extracting_it_to_disk(tmp_path: Path) -> None:
    archive = write_pack(tmp_path)

    verify_all(archive)

    assert list(tmp_path.iterdir()) == [archive]


def test_folders_in_a_pack_are_not_reported(tmp_path: Path) -> None:
    _, others = verify_all(write_pack(tmp_path, ("acme/", b""), ("acme/en-GB/", b"")))

    assert others == []


def test_finding_about_a_file_in_a_pack_points_to_the_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    archive = write_pack(tmp_path, pieces=(png_code().with_entry(sha256="0" * 64),))

    files, _ = verify_all(archive)

    assert [str(finding.place) for finding in files[0].findings] == ["pack.zip"]


# Hostile zip members


@pytest.mark.parametrize(
    "name",
    [
        "../out.png", "acme/../../out.png", "/etc/passwd", "//server/share/x.png", "C:/x.png", "acme\\..\\x.png",
        "acme/.hidden", ".git/config", "acme//x.png", "x.png", "acme/x\0.png", "acme/x\n.png", "",
    ],
)  # fmt: skip
def test_zip_member_with_an_unsafe_name_is_refused(tmp_path: Path, name: str) -> None:
    files, others = verify_all(write_pack(tmp_path, (member(name), b"x")))

    assert [one.ok for one in files] == [True]
    assert [finding.code for finding in others] == ["unsafe-file"]
    assert all(finding.is_error for finding in others)


@pytest.mark.parametrize(
    "kind",
    [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK],
    ids=["symlink", "pipe", "device", "socket"],
)
def test_zip_member_that_is_a_symlink_or_a_device_is_refused(
    tmp_path: Path, kind: int, wording: Wording
) -> None:
    _, others = verify_all(write_pack(tmp_path, (member("acme/x.png", kind | 0o777), b"/etc/passwd")))

    assert [one.code for one in others] == ["unsafe-file"]
    assert wording == texts(others)


def test_listed_file_that_is_a_symlink_in_the_zip_is_not_read(tmp_path: Path, wording: Wording) -> None:
    archive = tmp_path / "pack.zip"
    with zipfile.ZipFile(archive, "w") as pack:
        pack.writestr("manifest.json", manifest_of([png_code()]))
        pack.writestr(member(png_code().path, stat.S_IFLNK | 0o777), png_code().content)

    (one,), _ = verify_all(archive)

    assert [finding.code for finding in one.findings] == ["unsafe-file"]
    assert wording == one.findings[0].text


def test_zip_member_that_is_not_in_the_manifest_is_an_error(tmp_path: Path, wording: Wording) -> None:
    files, others = verify_all(write_pack(tmp_path, ("acme/en-GB/social/extra.png", b"x")))

    assert [one.ok for one in files] == [True]
    (finding,) = others
    assert (finding.is_error, "acme/en-GB/social/extra.png" in finding.text) == (True, True)
    assert wording == finding.text


@pytest.mark.parametrize("vary", [str, str.upper], ids=["identical", "different case"])
def test_two_zip_members_with_the_same_name_are_both_refused(
    tmp_path: Path, vary: Callable[[str], str], wording: Wording
) -> None:
    (one,), _ = verify_all(write_pack(tmp_path, (vary(png_code().path), b"another")))

    assert [finding.code for finding in one.findings] == ["unsafe-file"]
    assert wording == one.findings[0].text


def test_pack_with_two_manifests_is_refused(tmp_path: Path, wording: Wording) -> None:
    with pytest.raises(CampaignError) as raised:
        read_sources([write_pack(tmp_path, ("manifest.json", b"{}"))])

    assert len(raised.value.findings) == 1
    assert wording == str(raised.value)


def test_zip_member_larger_than_its_entry_says_is_not_unpacked(tmp_path: Path, wording: Wording) -> None:
    bomb = BuiltFile(bytes(20_000_000), {**png_code().entry, "bytes": 1000})

    (one,), _ = verify_all(write_pack(tmp_path, pieces=(bomb,)))

    assert "20,000,000" in one.findings[0].text and "1,000 " in one.findings[0].text
    assert one.findings[0].code == "unsafe-file"
    assert wording == one.findings[0].text


def test_zip_member_with_a_false_size_in_its_header_is_reported(tmp_path: Path) -> None:
    archive = write_pack(tmp_path, pieces=(BuiltFile(bytes(5_000_000), {**png_code().entry, "bytes": 1000}),))
    content = archive.read_bytes()
    true_size, false_size = struct.pack("<L", 5_000_000), struct.pack("<L", 1000)
    assert content.count(true_size) == 2  # in the member's own header and in the zip's directory
    archive.write_bytes(content.replace(true_size, false_size))

    (one,), _ = verify_all(archive)

    assert not one.ok


def test_encrypted_zip_member_is_refused(tmp_path: Path, wording: Wording) -> None:
    archive = write_pack(tmp_path, pieces=(png_code(),))
    content = bytearray(archive.read_bytes())
    offset = content.rindex(b"PK\x01\x02")
    content[offset + 8] |= 1
    archive.write_bytes(bytes(content))

    (one,), _ = verify_all(archive)

    assert one.findings[0].code == "unsafe-file"
    assert wording == one.findings[0].text


def test_zip_member_with_an_unsupported_compression_is_refused(tmp_path: Path, wording: Wording) -> None:
    _, others = verify_all(
        write_pack(tmp_path, (member("acme/x.png", compress_type=zipfile.ZIP_LZMA), b"x" * 99))
    )

    assert [one.code for one in others] == ["unsafe-file"]
    assert wording == texts(others)


def test_damaged_zip_member_does_not_fail_the_others(tmp_path: Path) -> None:
    archive = write_pack(tmp_path, pieces=(png_code(), svg_code()))
    content = bytearray(archive.read_bytes())
    offset = content.index(png_code().path.encode()) + len(png_code().path) + 300
    content[offset : offset + 40] = bytes(40)
    archive.write_bytes(bytes(content))

    files, _ = verify_all(archive)

    assert sorted((one.path.endswith(".svg"), one.ok) for one in files) == [(False, False), (True, True)]


@pytest.mark.parametrize("length", [0, 10, 400])
def test_truncated_zip_is_refused(tmp_path: Path, length: int, wording: Wording) -> None:
    archive = write_pack(tmp_path)
    archive.write_bytes(archive.read_bytes()[:length])

    with pytest.raises(CampaignError) as raised:
        read_sources([archive])

    (finding,) = raised.value.findings
    assert "pack.zip" in finding.text
    # A message of Python follows the second colon.
    assert wording == (": ".join(finding.text.split(": ")[:2]), finding.hint)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"[" * 100_000, b'{"schema": 2, "assets": []}', b"\xff", b"nul"],
    ids=["empty", "no assets", "list", "deeply nested", "different schema", "not utf-8", "not json"],
)
def test_unusable_manifest_is_refused(tmp_path: Path, content: bytes, wording: Wording) -> None:
    (tmp_path / "manifest.json").write_bytes(content)

    with pytest.raises(CampaignError) as raised:
        read_sources([tmp_path])

    (finding,) = raised.value.findings
    assert finding.code == "bad-value"
    # In some cases a message of Python follows the second colon.
    text = ": ".join(finding.text.split(": ")[:2]).replace(tmp_path.name, "<folder>")
    assert wording == (text, finding.hint)


def test_entry_with_a_duplicate_key_is_refused(tmp_path: Path, wording: Wording) -> None:
    text = manifest_of([png_code()]).replace('"sha256":', f'"sha256":"{"0" * 64}","sha256":', 1)
    (tmp_path / "manifest.json").write_text(text, "utf-8")

    with pytest.raises(CampaignError) as raised:
        read_sources([tmp_path])

    assert len(raised.value.findings) == 1
    assert wording == str(raised.value).replace(tmp_path.name, "<folder>")


def test_pack_without_a_manifest_is_refused(tmp_path: Path, wording: Wording) -> None:
    archive = tmp_path / "pack.zip"
    with zipfile.ZipFile(archive, "w") as pack:
        pack.writestr("acme/x.png", b"x")

    with pytest.raises(CampaignError) as raised:
        read_sources([archive])

    assert "manifest.json" in str(raised.value)
    assert wording == str(raised.value)


# Entries


def test_unusable_entry_is_reported_with_its_line_and_other_files_pass(
    tmp_path: Path, wording: Wording
) -> None:
    root = write_folder(tmp_path / "out", png_code(), svg_code())
    text = (root / "manifest.json").read_text("utf-8")
    (root / "manifest.json").write_text(text.replace('"unit":"mm"', '"unit":"inch"', 1), "utf-8")

    files, others = verify_all(root)

    assert len(files) == 1
    assert files[0].ok
    (finding,) = others
    line = next(number for number, one in enumerate(text.splitlines(), 1) if '"unit":"mm"' in one)
    assert finding.code == "bad-value"
    assert finding.place.line == line
    assert "spec.unit" in finding.text
    assert wording == finding.text


def test_two_entries_for_one_file_are_reported(tmp_path: Path, wording: Wording) -> None:
    root = write_folder(tmp_path / "out", png_code(), png_code().with_entry(id="acme/qr/png"))

    files, others = verify_all(root)

    assert len(files) == 1
    assert png_code().path in others[0].text
    assert wording == others[0].text


def test_stale_file_passes_with_a_warning(tmp_path: Path) -> None:
    root = write_folder(tmp_path / "out", png_code().with_entry(stale=True))

    (one,), _ = verify_all(root)

    assert one.ok
    assert [(finding.code, finding.severity.value) for finding in one.findings] == [("stale", "warning")]


# Folders


def test_assetgens_own_files_and_hidden_files_are_not_reported(tmp_path: Path) -> None:
    root = write_folder(tmp_path / "out", png_code())
    for name in (
        "index.html",
        "index/thumb.png",
        "packs/acme.zip",
        ".assetgen/stale/x.png",
        "acme/.DS_Store",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")

    _, others = verify_all(root)

    assert others == []


def test_unlisted_file_in_the_folder_is_a_warning(tmp_path: Path, wording: Wording) -> None:
    root = write_folder(tmp_path / "out", png_code())
    (root / "acme").mkdir()
    (root / "acme/mine.png").write_bytes(b"x")

    _, others = verify_all(root)

    (finding,) = others
    assert (finding.is_error, "acme/mine.png" in finding.text) == (False, True)
    assert wording == finding.text


def test_missing_file_is_reported(tmp_path: Path) -> None:
    root = write_folder(tmp_path / "out", png_code())
    (root / png_code().path).unlink()

    (one,), _ = verify_all(root)

    assert [finding.code for finding in one.findings] == ["missing-file"]


@pytest.mark.parametrize("linked", ["the file", "its folder"])
def test_symlink_in_the_folder_is_not_followed(tmp_path: Path, linked: str, wording: Wording) -> None:
    root = write_folder(tmp_path / "out", png_code())
    file = root / png_code().path
    moved = file if linked == "the file" else file.parent
    moved.rename(tmp_path / "elsewhere")
    moved.symlink_to(tmp_path / "elsewhere")

    (one,), _ = verify_all(root)

    assert one.findings[0].code == "unsafe-file"
    assert wording == one.findings[0].text


def test_folder_itself_may_be_a_symlink(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", png_code())
    (tmp_path / "here").symlink_to(tmp_path / "out")

    (one,), _ = verify_all(tmp_path / "here")

    assert one.ok


def test_pipe_is_refused_without_waiting_for_it(tmp_path: Path, wording: Wording) -> None:
    root = write_folder(tmp_path / "out", png_code())
    (root / png_code().path).unlink()
    os.mkfifo(root / png_code().path)

    (one,), _ = verify_all(root)

    assert one.findings[0].code == "unsafe-file"
    assert wording == one.findings[0].text


def test_file_larger_than_its_entry_says_is_refused(tmp_path: Path, wording: Wording) -> None:
    root = write_folder(tmp_path / "out", png_code())
    with (root / png_code().path).open("ab") as file:
        file.write(bytes(100))

    with pytest.raises(RefusedFile) as refused:
        FolderSource(root, "out").read(png_code().path, len(png_code().content))

    assert f"{len(png_code().content):,}" in str(refused.value)
    assert wording == str(refused.value).replace(f"{len(png_code().content):,}", "N")


def test_reading_an_absent_member_of_a_pack_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        PackSource(write_pack(tmp_path), "pack.zip").read("acme/none.png", 10)


# Contents


@pytest.mark.parametrize(
    "change",
    [{"sha256": "0" * 64}, {"bytes": 999_999}, {"pixel_sha256": "0" * 64}],
    ids=["file hash", "size", "pixel hash"],
)
def test_file_that_differs_from_its_entry_is_reported(
    tmp_path: Path, change: dict[str, object], wording: Wording
) -> None:
    root = write_folder(tmp_path / "out", png_code().with_entry(**change))

    (one,), _ = verify_all(root)

    assert [finding.code for finding in one.findings] == ["file-altered"]
    assert wording == one.findings[0].text.replace(f"{len(png_code().content):,}", "N")
    assert (one.checked, one.as_built, one.unchecked) == ((), (), ())


@pytest.mark.thorough
def test_oversized_picture_is_not_decoded(tmp_path: Path) -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")

    (one,), _ = verify_all(
        write_folder(tmp_path / "out", png_code().with_content(png_code().content).with_entry())
    )
    assert one.ok
    big = BuiltFile(out.getvalue(), {**png_code().entry, "bytes": len(out.getvalue())})
    (one,), _ = verify_all(write_folder(tmp_path / "big", big))

    assert not one.ok
