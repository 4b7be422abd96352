"""``partner new`` and ``partner import``, called in this process: what they show, write and refuse."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer

from assetgen.cli.commands.partner import import_, new
from assetgen.cli.session import Session
from assetgen.errors import CampaignError
from tests.support.tiny_campaign import write_tiny
from tests.support.wording import Wording

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0L9 0L9 9Z"/></svg>'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "campaign")


def context(root: Path, *, quiet: bool = False) -> typer.Context:
    return cast("typer.Context", SimpleNamespace(obj=Session(root, quiet=quiet)))


def run_new(root: Path, name: str | None = "Beta Council", **options: Any) -> None:
    """Run ``partner new``."""
    new(context(root), name, **options)


def run_import(root: Path, text: str, **options: Any) -> int:
    """Run ``partner import`` on a CSV file with this text; return the exit code."""
    file = root.parent / "form.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(typer.Exit) as ended:
        import_(context(root), file, **options)
    return ended.value.exit_code


def partner_file(root: Path, name: str) -> Path:
    return root / "partners" / name / "partner.yaml"


# The position of some questions, and the number of all questions.
NAME, ROLE, CHANNELS, ALONGSIDE, QUESTION_COUNT = 0, 3, 5, 9, 13


def answers(monkeypatch: pytest.MonkeyPatch, given: dict[int, str]) -> list[str]:
    """Answer the questions at these positions, the others with their default; return the list of all questions."""
    questions: list[str] = []

    def prompt(text: str, default: str = "", **_: object) -> str:
        questions.append(text)
        return given.get(len(questions) - 1, default)

    monkeypatch.setattr(typer, "prompt", prompt)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    return questions


Capture = pytest.CaptureFixture[str]


def test_partner_new_shows_the_plan_and_writes_the_file(
    root: Path, capsys: Capture, wording: Wording
) -> None:
    run_new(root, yes=True)

    printed = capsys.readouterr()
    assert "partners/beta-council/partner.yaml" in printed.out
    assert wording == [printed.out, printed.err]
    assert printed.err.splitlines()[1:] == ["name: Beta Council"]
    assert partner_file(root, "beta-council").read_text() == printed.err


@pytest.mark.parametrize("options", [{"dry_run": True, "yes": True}, {}], ids=["dry run", "no terminal"])
def test_partner_new_writes_nothing_in_a_dry_run_or_without_confirmation(
    root: Path, capsys: Capture, options: dict[str, Any], wording: Wording
) -> None:
    run_new(root, **options)

    assert wording == capsys.readouterr().out
    assert not partner_file(root, "beta-council").exists()


@pytest.mark.parametrize("confirmed", [True, False], ids=["confirmed", "declined"])
def test_partner_new_in_a_terminal_writes_only_if_confirmed(
    root: Path, monkeypatch: pytest.MonkeyPatch, confirmed: bool
) -> None:
    answers(monkeypatch, {})
    monkeypatch.setattr(typer, "confirm", lambda text, default: confirmed)

    run_new(root)

    assert partner_file(root, "beta-council").exists() == confirmed


def test_partner_new_writes_every_option(root: Path) -> None:
    logo = root.parent / "source.svg"
    logo.write_bytes(LOGO)

    run_new(
        root, id="beta", short_name="Beta", role="joint", message=["hello"], channel=["tiny-card"], locale=["en-GB"],
        template="bare", company=["acme"], logo=logo, contact_name="Ann", contact_email="ann@example.org", yes=True,
    )  # fmt: skip

    text = partner_file(root, "beta").read_text()
    for line in (
        "short_name: Beta",
        "role: joint",
        "template: bare",
        "file: logo.svg",
        "ann@example.org",
        "acme",
    ):
        assert line in text
    assert (root / "partners/beta/logo.svg").read_bytes().startswith(b"<svg ")


def test_partner_new_reports_every_invalid_option_and_writes_nothing(root: Path) -> None:
    with pytest.raises(CampaignError) as raised:
        run_new(root, message=["helo"], company=["acne"], yes=True)

    errors = [
        (finding.code, finding.text.partition(": ")[0], finding.place.file)
        for finding in raised.value.findings
    ]
    assert sorted(errors) == [("unknown-id", "--message", None), ("unknown-id", "--with", None)]
    assert not partner_file(root, "beta-council").exists()


def test_partner_new_refuses_a_missing_logo_file(root: Path) -> None:
    with pytest.raises(CampaignError):
        run_new(root, logo=root / "none.svg", yes=True)


def test_partner_new_changes_an_existing_partner_only_with_update(
    root: Path, capsys: Capture, wording: Wording
) -> None:
    with pytest.raises(CampaignError) as raised:
        run_new(root, "Acme", role="joint", yes=True)
    (finding,) = raised.value.findings
    assert finding.code == "duplicate-id"
    assert "acme" in finding.text and "role" in finding.text
    assert wording == finding.as_text()

    run_new(root, "Acme", role="joint", yes=True, update=True)

    assert "role: joint" in partner_file(root, "acme").read_text()
    assert "  role: " in capsys.readouterr().out


def test_partner_new_leaves_an_identical_partner_unchanged(
    root: Path, capsys: Capture, wording: Wording
) -> None:
    before = partner_file(root, "acme").read_text()

    run_new(root, "Acme", yes=True)

    assert partner_file(root, "acme").read_text() == before
    assert wording == capsys.readouterr().out.splitlines()[-1]


def test_partner_new_without_a_name_requires_a_terminal(
    root: Path, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: False))

    with pytest.raises(CampaignError) as raised:
        run_new(root, None)

    (finding,) = raised.value.findings
    assert finding.code == "bad-value"
    assert wording == finding.as_text()


def test_partner_new_writes_answers_but_not_campaign_defaults(
    root: Path, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    questions = answers(
        monkeypatch, {NAME: " Beta Council ", CHANNELS: "tiny-card", ALONGSIDE: "acme", ROLE: "joint"}
    )

    run_new(root, None, yes=True)

    text = partner_file(root, "beta-council").read_text()
    assert text.startswith("# ") and text.splitlines()[1] == "name: Beta Council"
    assert "tiny-card" in text and "joint" in text and "acme" in text
    assert "messages" not in text and "locales" not in text
    assert len(questions) == QUESTION_COUNT
    assert wording == questions


def test_import_writes_valid_rows_and_reports_invalid_rows_with_row_and_column(
    root: Path, capsys: Capture, wording: Wording
) -> None:
    code = run_import(root, "name,messages\nBeta,hello\nGamma,helo\n")

    printed = capsys.readouterr()
    assert code == 1
    assert "form.csv:3" in printed.err and "helo" in printed.err and "[unknown-id]" in printed.err
    assert wording == [printed.out, printed.err]
    assert partner_file(root, "beta").exists() and not partner_file(root, "gamma").exists()


def test_import_dry_run_writes_nothing(root: Path, capsys: Capture, wording: Wording) -> None:
    assert run_import(root, "name\nBeta\n", dry_run=True) == 0

    last = capsys.readouterr().out.splitlines()[-1]
    assert re.findall(r"\d+", last) == ["1", "0", "0", "0", "0"]
    assert wording == last
    assert not partner_file(root, "beta").exists()


@pytest.mark.parametrize("update", [False, True], ids=["default", "update"])
def test_import_shows_changes_and_writes_them_only_with_update(
    root: Path, capsys: Capture, update: bool, wording: Wording
) -> None:
    assert run_import(root, "name,role\nAcme,joint\n", update=update) == 0

    printed = capsys.readouterr().out
    assert ("role: joint" in partner_file(root, "acme").read_text()) == update
    assert ("--update" in printed) == (not update)
    assert wording == printed


def test_import_reports_a_row_without_changes_as_unchanged(
    root: Path, capsys: Capture, wording: Wording
) -> None:
    assert run_import(root, "name\nAcme\n") == 0

    row, summary = lines = capsys.readouterr().out.splitlines()
    assert row.startswith("acme: ")
    assert re.findall(r"\d+", summary) == ["0", "0", "1", "0", "0"]
    assert wording == lines


def test_import_reads_logos_from_the_given_folder(root: Path) -> None:
    (root.parent / "logos").mkdir()
    (root.parent / "logos/beta.svg").write_bytes(LOGO)

    assert run_import(root, "name,logo\nBeta,beta.svg\n") == 1
    assert run_import(root, "name,logo\nBeta,beta.svg\n", logos=root.parent / "logos") == 0
    assert "file: logo.svg" in partner_file(root, "beta").read_text()


def test_quiet_import_prints_only_the_rows(root: Path, capsys: Capture, wording: Wording) -> None:
    file = root.parent / "form.csv"
    file.write_text("name\nBeta\n")

    with pytest.raises(typer.Exit):
        import_(context(root, quiet=True), file)

    (row,) = capsys.readouterr().out.splitlines()
    assert row.startswith("beta: ")
    assert wording == row
