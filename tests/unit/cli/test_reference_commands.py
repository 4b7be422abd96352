"""``doctor``, ``explain`` and ``schema``, called in this process."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import cast, get_args

import pytest
import typer

from assetgen.cli.commands.reference import SchemaKind, doctor, explain, schema
from assetgen.cli.report import list_codes
from assetgen.cli.session import Session
from assetgen.errors import CampaignError
from assetgen.rendering.engine.machine import MachinePart
from tests.support.tiny_campaign import write_tiny
from tests.support.wording import Wording

Capture = pytest.CaptureFixture[str]


def context(root: Path, *, quiet: bool = False) -> typer.Context:
    return cast("typer.Context", SimpleNamespace(obj=Session(root, quiet=quiet)))


@pytest.mark.parametrize(
    ("found", "needed", "code"),
    [(True, True, 0), (False, False, 0), (False, True, 3)],
    ids=["required part found", "optional part missing", "required part missing"],
)
def test_doctor_fails_only_if_a_required_part_is_missing(
    found: bool,
    needed: bool,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    wording: Wording,
) -> None:
    part = MachinePart("Pango", found, "1.50", "apt install libpango", needed=needed)
    monkeypatch.setattr("assetgen.rendering.engine.machine.inspect_machine", lambda _folder: [part])

    with pytest.raises(typer.Exit) as exited:
        doctor(context(write_tiny(tmp_path)))

    printed = capsys.readouterr()
    assert exited.value.exit_code == code
    assert ("apt install libpango" in printed.out) is not found
    assert ("Pango" in printed.err) is (code == 3)
    assert printed.err == (wording if code else "")


def test_explain_lists_every_code_with_its_title(tmp_path: Path, capsys: Capture) -> None:
    explain(context(tmp_path), None)

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(list_codes())
    assert all(len(line.split(maxsplit=1)) == 2 for line in lines)


def test_explain_prints_the_text_of_one_code(tmp_path: Path, capsys: Capture) -> None:
    explain(context(tmp_path), "text-overflow")

    assert "text-overflow" in capsys.readouterr().out


def test_explain_of_an_unknown_code_suggests_the_nearest_code(tmp_path: Path) -> None:
    with pytest.raises(CampaignError) as raised:
        explain(context(tmp_path), "text-overflw")

    (finding,) = raised.value.findings
    assert "text-overflow" in (finding.hint or "")


@pytest.mark.parametrize("kind", get_args(SchemaKind))
def test_schema_prints_a_json_schema(kind: SchemaKind, capsys: Capture) -> None:
    schema(kind)

    printed = json.loads(capsys.readouterr().out)
    assert printed["$schema"].startswith("https://json-schema.org/")
    assert {"properties", "additionalProperties", "$ref"} & printed.keys()
