"""``assetgen check``, called in this process: its counts, findings and exit codes."""

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
from tests.support.tiny_campaign import FILES, write_tiny
from tests.support.wording import Wording

CONFIRMED_BRAND = FILES["brand/brand.yaml"] + "  confirmed: {by: The owner, on: 2026-11-01}\n"
SECOND_PARTNER = {"partners/beta/partner.yaml": "name: Beta\nchannels: [tiny-card]\n"}
Capture = pytest.CaptureFixture[str]


def run_check(root: Path, *, quiet: bool = False, **options: Any) -> int:
    """Run the command; return its exit code."""
    context = cast("typer.Context", SimpleNamespace(obj=Session(root, quiet=quiet)))
    with pytest.raises(typer.Exit) as exited:
        check(context, **options)
    return exited.value.exit_code


def test_check_prints_the_counts_of_a_valid_campaign_and_exits_with_0(
    tmp_path: Path, capsys: Capture, wording: Wording
) -> None:
    root = write_tiny(tmp_path, {"brand/brand.yaml": CONFIRMED_BRAND, **SECOND_PARTNER})

    assert run_check(root) == 0

    printed = capsys.readouterr()
    assert wording == printed.out
    assert printed.err == ""


def test_check_counts_qr_codes_as_assets_but_not_as_channels(
    tmp_path: Path, capsys: Capture, wording: Wording
) -> None:
    root = write_tiny(tmp_path, {"brand/brand.yaml": CONFIRMED_BRAND})

    assert run_check(root, medium=["qr"]) == 0

    printed = capsys.readouterr().out
    assert printed.startswith("3 ")
    assert wording == printed


def test_check_counts_only_the_selected_assets(tmp_path: Path, capsys: Capture, wording: Wording) -> None:
    root = write_tiny(tmp_path, {"brand/brand.yaml": CONFIRMED_BRAND, **SECOND_PARTNER})

    assert run_check(root, partner=["beta"], channel=["tiny-card"]) == 0

    printed = capsys.readouterr().out
    assert printed.startswith("1 ")
    assert wording == printed


def test_strict_check_passes_if_the_only_finding_is_a_note(tmp_path: Path, capsys: Capture) -> None:
    root = write_tiny(tmp_path)

    assert run_check(root, strict=True) == 0
    assert "[fact-unconfirmed]" in capsys.readouterr().err


@pytest.mark.parametrize(("strict", "code"), [(False, 0), (True, 1)], ids=["default", "strict"])
def test_a_warning_fails_the_check_only_with_strict(tmp_path: Path, strict: bool, code: int) -> None:
    brand = CONFIRMED_BRAND.replace("on: 2026-11-01}", "on: 2026-11-01, review_by: 2027-03-01}")
    root = write_tiny(tmp_path, {"brand/brand.yaml": brand})

    assert run_check(root, date="2027-03-02", strict=strict) == code


def test_check_reports_an_error_with_its_place_and_exits_with_1(
    tmp_path: Path, capsys: Capture, wording: Wording
) -> None:
    root = write_tiny(tmp_path, {"partners/beta/partner.yaml": "name: Beta\nnam: Beta\n"})

    assert run_check(root, quiet=True) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    assert "partners/beta/partner.yaml:2:1: " in printed.err and "[unknown-key]" in printed.err
    assert wording == printed.err


def test_check_reports_input_errors_with_a_selection_that_matches_nothing(tmp_path: Path) -> None:
    root = write_tiny(tmp_path, {"partners/beta/partner.yaml": "name: Beta\nnam: Beta\n"})
    context = cast("typer.Context", SimpleNamespace(obj=Session(root)))

    with pytest.raises(CampaignError) as raised:
        check(context, channel=["slip"])

    assert [finding.code for finding in raised.value.findings] == ["unknown-key", "unknown-id"]


def test_json_report_contains_the_counts(tmp_path: Path, capsys: Capture) -> None:
    root = write_tiny(tmp_path, {"brand/brand.yaml": CONFIRMED_BRAND})

    assert run_check(root, form="json") == 0

    printed = json.loads(capsys.readouterr().out)
    assert {key: printed[key] for key in ("partners", "messages", "channels", "assets")} == {
        "partners": 1, "messages": 1, "channels": 2, "assets": 5,
    }  # fmt: skip
