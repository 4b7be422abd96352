"""``assetgen check`` called in this process: what is counted, what is told, how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer

from assetgen.cli.commands.check import check
from assetgen.cli.session import Session
from assetgen.errors import CampaignError
from tests.support.tiny import FILES, write_tiny
from tests.support.wording import Wording

CONFIRMED = FILES["brand/brand.yaml"] + "  confirmed: {by: The owner, on: 2026-11-01}\n"
TWO = {"partners/beta/partner.yaml": "name: Beta\nchannels: [tiny-card]\n"}
Capture = pytest.CaptureFixture[str]


def checked(root: Path, *, quiet: bool = False, **options: Any) -> int:
    context = cast("typer.Context", SimpleNamespace(obj=Session(root, quiet=quiet)))
    with pytest.raises(typer.Exit) as ended:
        check(context, **options)
    return ended.value.exit_code


def test_a_sound_campaign_is_counted_and_ends_in_nought(
    tmp_path: Path, capsys: Capture, wording: Wording
) -> None:
    root = write_tiny(tmp_path, {"brand/brand.yaml": CONFIRMED, **TWO})

    assert checked(root) == 0

    said = capsys.readouterr()
    assert wording == said.out
    assert said.err == ""


def test_codes_alone_are_no_channel(tmp_path: Path, capsys: Capture, wording: Wording) -> None:
    root = write_tiny(tmp_path, {"brand/brand.yaml": CONFIRMED})

    assert checked(root, medium=["qr"]) == 0

    said = capsys.readouterr().out
    assert said.startswith("3 ")
    assert wording == said


def test_a_selection_narrows_what_is_counted(tmp_path: Path, capsys: Capture, wording: Wording) -> None:
    root = write_tiny(tmp_path, {"brand/brand.yaml": CONFIRMED, **TWO})

    assert checked(root, partner=["beta"], channel=["tiny-card"]) == 0

    said = capsys.readouterr().out
    assert said.startswith("1 ")
    assert wording == said


def test_a_note_does_not_fail_even_where_warnings_do(tmp_path: Path, capsys: Capture) -> None:
    root = write_tiny(tmp_path)

    assert checked(root, strict=True) == 0
    assert "[fact-unconfirmed]" in capsys.readouterr().err


@pytest.mark.parametrize(("strict", "code"), [(False, 0), (True, 1)])
def test_a_warning_fails_only_where_that_is_asked(tmp_path: Path, strict: bool, code: int) -> None:
    brand = CONFIRMED.replace("on: 2026-11-01}", "on: 2026-11-01, review_by: 2027-03-01}")
    root = write_tiny(tmp_path, {"brand/brand.yaml": brand})

    assert checked(root, date="2027-03-02", strict=strict) == code


def test_a_fault_is_told_with_its_place_and_fails(tmp_path: Path, capsys: Capture, wording: Wording) -> None:
    root = write_tiny(tmp_path, {"partners/beta/partner.yaml": "name: Beta\nnam: Beta\n"})

    assert checked(root, quiet=True) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert "partners/beta/partner.yaml:2:1: " in said.err and "[unknown-key]" in said.err
    assert wording == said.err


def test_a_selection_that_matches_nothing_is_told_with_the_faults_of_the_input(tmp_path: Path) -> None:
    root = write_tiny(tmp_path, {"partners/beta/partner.yaml": "name: Beta\nnam: Beta\n"})
    context = cast("typer.Context", SimpleNamespace(obj=Session(root)))

    with pytest.raises(CampaignError) as raised:
        check(context, channel=["slip"])

    assert [one.code for one in raised.value.findings] == ["unknown-key", "unknown-id"]


def test_json_holds_the_counts(tmp_path: Path, capsys: Capture) -> None:
    root = write_tiny(tmp_path, {"brand/brand.yaml": CONFIRMED})

    assert checked(root, form="json") == 0

    said = json.loads(capsys.readouterr().out)
    assert {key: said[key] for key in ("partners", "messages", "channels", "assets")} == {
        "partners": 1, "messages": 1, "channels": 2, "assets": 5,
    }  # fmt: skip
