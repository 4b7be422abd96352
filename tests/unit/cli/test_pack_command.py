"""``assetgen pack``, called in this process: accepted options and counts. Integration tests make whole packs."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer

from assetgen.cli.commands.pack import pack
from assetgen.cli.session import Session
from assetgen.errors import CampaignError
from assetgen.packs.pack_run import PackOptions, PackResult
from tests.support.tiny_campaign import write_tiny
from tests.support.wording import Wording

SECOND_PARTNER = {"partners/beta/partner.yaml": "name: Beta\nchannels: [tiny-card]\n"}
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "campaign", SECOND_PARTNER)


def context(root: Path) -> typer.Context:
    """Return a context for a campaign that has an output folder."""
    (root / "out").mkdir(exist_ok=True)
    (root / "out/manifest.json").write_text("{}", "utf-8")
    return cast("typer.Context", SimpleNamespace(obj=Session(root)))


@pytest.fixture
def pack_calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], PackOptions]]:
    """Replace the packing: return the list of its calls, each with partners and options."""
    calls: list[tuple[list[str], PackOptions]] = []

    def pack_partners(
        _campaign: Any, _plan: Any, _folder: Path, chosen: list[str], options: PackOptions
    ) -> Any:
        calls.append((chosen, options))
        return PackResult((), frozenset(), (), (), (), 0, interrupted=False)

    monkeypatch.setattr("assetgen.packs.pack_run.pack_partners", pack_partners)
    return calls


def run_pack(root: Path, **options: Any) -> int:
    """Run the command; return its exit code."""
    with pytest.raises(typer.Exit) as exited:
        pack(context(root), **options)
    return exited.value.exit_code


def test_pack_needs_a_partner_or_all(root: Path, wording: Wording) -> None:
    with pytest.raises(typer.BadParameter) as raised:
        pack(context(root))

    assert "--all" in raised.value.message
    assert wording == raised.value.message


@pytest.mark.parametrize(
    ("options", "chosen"),
    [
        ({"every": True}, ["acme", "beta"]),
        ({"partners": ["b*"]}, ["beta"]),
        ({"partners": ["beta", "acme"]}, ["acme", "beta"]),
    ],
    ids=["all", "glob", "ids"],
)
def test_pack_selects_partners_by_id_by_glob_or_all(
    options: dict[str, Any], chosen: list[str], root: Path, pack_calls: list[tuple[list[str], PackOptions]]
) -> None:
    assert run_pack(root, **options) == 0

    assert [partners for partners, _ in pack_calls] == [chosen]


def test_pack_suggests_the_nearest_id_for_an_unknown_partner(root: Path) -> None:
    with pytest.raises(CampaignError) as raised:
        pack(context(root), partners=["bet"])

    (finding,) = raised.value.findings
    assert (finding.code, "beta" in (finding.hint or "")) == ("unknown-id", True)


def test_pack_sorts_the_selected_parts_into_pack_order(
    root: Path, pack_calls: list[tuple[list[str], PackOptions]]
) -> None:
    assert run_pack(root, every=True, part=["qr,print", "social"]) == 0

    assert pack_calls[0][1].parts == ("print", "social", "qr")


def test_pack_suggests_the_nearest_name_for_an_unknown_part(root: Path) -> None:
    with pytest.raises(CampaignError) as raised:
        pack(context(root), every=True, part=["prnt"])

    (finding,) = raised.value.findings
    assert "print" in (finding.hint or "")


def test_json_report_contains_the_pack_counts(
    root: Path, pack_calls: list[tuple[list[str], PackOptions]], capsys: Capture
) -> None:
    assert run_pack(root, every=True, form="json") == 0

    report = json.loads(capsys.readouterr().out)
    assert {name: report[name] for name in ("packed", "kept", "refused", "unreached")} == {
        "packed": 0, "kept": 0, "refused": 0, "unreached": 0,
    }  # fmt: skip
