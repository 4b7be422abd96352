"""The commands ``approve``, ``accept`` and ``diff``, called in this process on a small built campaign."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer

from assetgen.cli.app import run
from assetgen.cli.commands.sign_off import accept, approve, diff
from assetgen.cli.session import Session
from assetgen.errors import CampaignError
from tests.support.example_campaign import replace_in_file
from tests.support.tiny_campaign import write_tiny
from tests.support.wording import Wording

FILE = "acme/qr/open-door_acme_qr.png"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_tiny(tmp_path_factory.mktemp("built") / "campaign")
    assert run(["-C", str(root), "-q", "build", "-j", "1"]) == 0
    return root


@pytest.fixture(scope="module")
def changed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same campaign with a different headline, built."""
    root = tmp_path_factory.mktemp("changed") / "campaign"
    shutil.copytree(built, root)
    replace_in_file(
        root, "brand/messages/hello.yaml", "headline: {short: Talk to us}", "headline: {short: Speak to us}"
    )
    assert run(["-C", str(root), "-q", "build", "-j", "1"]) == 0
    return root


@pytest.fixture
def root(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "campaign"))


def context(root: Path) -> typer.Context:
    return cast("typer.Context", SimpleNamespace(obj=Session(root)))


def exit_code_of(command: Any, root: Path, *arguments: Any, **options: Any) -> int:
    """Call a command in a campaign's folder and return its exit code."""
    with pytest.raises(typer.Exit) as exit_info:
        command(context(root), *arguments, **options)
    return exit_info.value.exit_code


def approvals(root: Path) -> list[Path]:
    return sorted((root / "approvals").rglob("*.json"))


def test_approve_writes_one_file_per_asset_and_keeps_existing_ones(
    root: Path, capsys: Capture, wording: Wording
) -> None:
    assert exit_code_of(approve, root, by="Jo", date="2026-12-01") == 0
    first = {path: path.read_bytes() for path in approvals(root)}
    first_output = capsys.readouterr().out

    assert exit_code_of(approve, root, by="Sam", date="2026-12-02") == 0

    assert wording == [first_output, capsys.readouterr().out]
    assert len(first) == 5
    assert {path: path.read_bytes() for path in approvals(root)} == first


def test_approve_dry_run_writes_nothing(root: Path, capsys: Capture, wording: Wording) -> None:
    assert exit_code_of(approve, root, by="Jo", dry_run=True) == 0

    assert wording == capsys.readouterr().out
    assert approvals(root) == []


def test_approve_approves_only_selected_assets(root: Path) -> None:
    assert exit_code_of(approve, root, by="Jo", channel=["tiny-card"]) == 0

    assert [path.name for path in approvals(root)] == ["hello_tiny-card_en-GB.json"]


def test_approve_requires_a_name(root: Path, wording: Wording) -> None:
    with pytest.raises(CampaignError) as raised:
        approve(context(root))

    (finding,) = raised.value.findings
    assert "acme" in finding.text
    assert wording == finding.as_text()
    assert approvals(root) == []


def test_approve_rejects_an_edited_file_and_approves_the_others(root: Path, capsys: Capture) -> None:
    with (root / "out" / FILE).open("ab") as file:
        file.write(b"x")

    assert exit_code_of(approve, root, by="Jo", form="json") == 1

    report = json.loads(capsys.readouterr().out)
    assert (report["approved"], report["unchanged"], report["refused"]) == (4, 0, 1)
    assert [finding["code"] for finding in report["findings"]] == ["file-altered"]


def test_accept_writes_a_lockfile_that_matches_the_build(
    root: Path, capsys: Capture, wording: Wording
) -> None:
    accept(context(root))

    assert wording == capsys.readouterr().out
    assert exit_code_of(diff, root, root / "assetgen.lock", root / "out") == 0


def test_accept_keeps_the_old_lockfile_if_a_file_was_edited(root: Path) -> None:
    accept(context(root))
    lock = (root / "assetgen.lock").read_bytes()
    with (root / "out" / FILE).open("ab") as file:
        file.write(b"x")

    with pytest.raises(CampaignError) as raised:
        accept(context(root))

    assert [one.code for one in raised.value.findings] == ["file-altered"]
    assert (root / "assetgen.lock").read_bytes() == lock


def test_diff_of_a_build_with_itself_is_empty(built: Path, capsys: Capture, wording: Wording) -> None:
    assert exit_code_of(diff, built, built / "out", built / "out") == 0

    assert wording == capsys.readouterr().out


def test_diff_lists_each_changed_asset_and_writes_comparison_pictures(
    built: Path, changed: Path, tmp_path: Path, capsys: Capture, wording: Wording
) -> None:
    assert exit_code_of(diff, changed, built / "out", changed / "out", pictures=tmp_path / "pairs") == 1

    captured = capsys.readouterr()
    assert (tmp_path / "pairs").as_posix() in captured.err
    assert wording == [re.sub(r"\d+\.\d+ %", "N %", captured.out), captured.err]
    assert len(list((tmp_path / "pairs").rglob("*.png"))) == 2


def test_diff_json_contains_the_share_and_box_of_the_changed_pixels(
    built: Path, changed: Path, capsys: Capture
) -> None:
    assert exit_code_of(diff, changed, built / "out", changed / "out", form="json") == 1

    report = json.loads(capsys.readouterr().out)
    by_id = {one["id"]: one for one in report["differences"]}
    assert set(by_id) == {"acme/hello/tiny-card/en-GB", "acme/hello/tiny-sheet/en-GB"}
    assert all(0 < one["share"] < 0.2 and len(one["box"]) == 4 for one in by_id.values())
    assert (report["same"], report["alike"], report["findings"]) == (3, 0, [])
