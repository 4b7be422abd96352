"""``assetgen pack`` called in this process: what it accepts, and what it counts. Whole packs: test_pack.py."""

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
from tests.support.tiny import write_tiny
from tests.support.wording import Wording

TWO = {"partners/beta/partner.yaml": "name: Beta\nchannels: [tiny-card]\n"}
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "campaign", TWO)


def context(root: Path) -> typer.Context:
    (root / "out").mkdir(exist_ok=True)
    (root / "out/manifest.json").write_text("{}", "utf-8")
    return cast("typer.Context", SimpleNamespace(obj=Session(root)))


@pytest.fixture
def packed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], PackOptions]]:
    """Note what is asked of the packing, which makes nothing here."""
    calls: list[tuple[list[str], PackOptions]] = []

    def pack_partners(
        _campaign: Any, _plan: Any, _folder: Path, chosen: list[str], options: PackOptions
    ) -> Any:
        calls.append((chosen, options))
        return PackResult((), frozenset(), (), (), (), 0, interrupted=False)

    monkeypatch.setattr("assetgen.packs.pack_run.pack_partners", pack_partners)
    return calls


def packs(root: Path, **options: Any) -> int:
    with pytest.raises(typer.Exit) as ended:
        pack(context(root), **options)
    return ended.value.exit_code


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
)
def test_pack_takes_the_partners_that_are_named(
    options: dict[str, Any], chosen: list[str], root: Path, packed: list[tuple[list[str], PackOptions]]
) -> None:
    assert packs(root, **options) == 0

    assert [partners for partners, _ in packed] == [chosen]


def test_pack_of_an_unknown_partner_offers_the_nearest(root: Path) -> None:
    with pytest.raises(CampaignError) as raised:
        pack(context(root), partners=["bet"])

    (finding,) = raised.value.findings
    assert (finding.code, "beta" in (finding.hint or "")) == ("unknown-id", True)


def test_parts_are_taken_in_the_order_of_the_pack(
    root: Path, packed: list[tuple[list[str], PackOptions]]
) -> None:
    assert packs(root, every=True, part=["qr,print", "social"]) == 0

    assert packed[0][1].parts == ("print", "social", "qr")


def test_an_unknown_part_is_refused_with_the_nearest(root: Path) -> None:
    with pytest.raises(CampaignError) as raised:
        pack(context(root), every=True, part=["prnt"])

    (finding,) = raised.value.findings
    assert "print" in (finding.hint or "")


def test_the_report_as_json_counts_what_was_made(
    root: Path, packed: list[tuple[list[str], PackOptions]], capsys: Capture
) -> None:
    assert packs(root, every=True, form="json") == 0

    report = json.loads(capsys.readouterr().out)
    assert {name: report[name] for name in ("packed", "kept", "refused", "unreached")} == {
        "packed": 0, "kept": 0, "refused": 0, "unreached": 0,
    }  # fmt: skip
