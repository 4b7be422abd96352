"""``partner new`` and ``partner import`` in this process: what is shown, what is written, what is refused."""

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
from tests.support.tiny import write_tiny
from tests.support.wording import Wording

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0L9 0L9 9Z"/></svg>'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "campaign")


def context(root: Path, *, quiet: bool = False) -> typer.Context:
    return cast("typer.Context", SimpleNamespace(obj=Session(root, quiet=quiet)))


def asked(root: Path, name: str | None = "Beta Council", **options: Any) -> None:
    new(context(root), name, **options)


def imported(root: Path, text: str, **options: Any) -> int:
    file = root.parent / "form.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(typer.Exit) as ended:
        import_(context(root), file, **options)
    return ended.value.exit_code


def partner(root: Path, name: str) -> Path:
    return root / "partners" / name / "partner.yaml"


NAME, ROLE, CHANNELS, WITH, ALL = 0, 3, 5, 9, 13


def answers(monkeypatch: pytest.MonkeyPatch, given: dict[int, str]) -> list[str]:
    """Answer the questions that have these numbers; Return for the others. Return all questions."""
    questions: list[str] = []

    def prompt(text: str, default: str = "", **_: object) -> str:
        questions.append(text)
        return given.get(len(questions) - 1, default)

    monkeypatch.setattr(typer, "prompt", prompt)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    return questions


Capture = pytest.CaptureFixture[str]


def test_a_new_partner_is_planned_shown_and_written(root: Path, capsys: Capture, wording: Wording) -> None:
    asked(root, yes=True)

    said = capsys.readouterr()
    assert "partners/beta-council/partner.yaml" in said.out
    assert wording == [said.out, said.err]
    assert said.err.splitlines()[1:] == ["name: Beta Council"]
    assert partner(root, "beta-council").read_text() == said.err


@pytest.mark.parametrize("options", [{"dry_run": True, "yes": True}, {}], ids=["dry run", "no terminal"])
def test_without_a_yes_nothing_is_written(
    root: Path, capsys: Capture, options: dict[str, Any], wording: Wording
) -> None:
    asked(root, **options)

    assert wording == capsys.readouterr().out
    assert not partner(root, "beta-council").exists()


@pytest.mark.parametrize("says_yes", [True, False])
def test_in_a_terminal_the_answer_decides(
    root: Path, monkeypatch: pytest.MonkeyPatch, says_yes: bool
) -> None:
    answers(monkeypatch, {})
    monkeypatch.setattr(typer, "confirm", lambda text, default: says_yes)

    asked(root)

    assert partner(root, "beta-council").exists() == says_yes


def test_every_option_is_written(root: Path) -> None:
    logo = root.parent / "mark.svg"
    logo.write_bytes(LOGO)

    asked(
        root, id="beta", short_name="Beta", role="joint", message=["hello"], channel=["tiny-card"], locale=["en-GB"],
        template="bare", company=["acme"], logo=logo, contact_name="Ann", contact_email="ann@example.org", yes=True,
    )  # fmt: skip

    text = partner(root, "beta").read_text()
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


def test_all_faults_are_told_by_their_option_and_nothing_is_written(root: Path) -> None:
    with pytest.raises(CampaignError) as raised:
        asked(root, message=["helo"], company=["acne"], yes=True)

    said = [(one.code, one.text.partition(": ")[0], one.place.file) for one in raised.value.findings]
    assert sorted(said) == [("unknown-id", "messages", None), ("unknown-id", "with", None)]
    assert not partner(root, "beta-council").exists()


def test_a_logo_that_cannot_be_read_is_refused(root: Path) -> None:
    with pytest.raises(CampaignError):
        asked(root, logo=root / "none.svg", yes=True)


def test_a_partner_that_is_there_is_changed_only_with_update(
    root: Path, capsys: Capture, wording: Wording
) -> None:
    with pytest.raises(CampaignError) as raised:
        asked(root, "Acme", role="joint", yes=True)
    (finding,) = raised.value.findings
    assert finding.code == "duplicate-id"
    assert "acme" in finding.text and "role" in finding.text
    assert wording == finding.as_text()

    asked(root, "Acme", role="joint", yes=True, update=True)

    assert "role: joint" in partner(root, "acme").read_text()
    assert "  role: " in capsys.readouterr().out


def test_a_partner_that_stands_there_as_asked_needs_nothing(
    root: Path, capsys: Capture, wording: Wording
) -> None:
    before = partner(root, "acme").read_text()

    asked(root, "Acme", yes=True)

    assert partner(root, "acme").read_text() == before
    assert wording == capsys.readouterr().out.splitlines()[-1]


def test_without_a_name_and_a_terminal_nobody_is_asked(
    root: Path, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: False))

    with pytest.raises(CampaignError) as raised:
        asked(root, None)

    (finding,) = raised.value.findings
    assert finding.code == "bad-value"
    assert wording == finding.as_text()


def test_answers_become_a_partner_and_what_is_the_campaigns_own_is_left_to_it(
    root: Path, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    questions = answers(
        monkeypatch, {NAME: " Beta Council ", CHANNELS: "tiny-card", WITH: "acme", ROLE: "joint"}
    )

    asked(root, None, yes=True)

    text = partner(root, "beta-council").read_text()
    assert text.startswith("# ") and text.splitlines()[1] == "name: Beta Council"
    assert "tiny-card" in text and "joint" in text and "acme" in text
    assert "messages" not in text and "locales" not in text
    assert len(questions) == ALL
    assert wording == questions


def test_good_rows_are_written_and_bad_ones_told_with_row_and_column(
    root: Path, capsys: Capture, wording: Wording
) -> None:
    code = imported(root, "name,messages\nBeta,hello\nGamma,helo\n")

    said = capsys.readouterr()
    assert code == 1
    assert "form.csv:3" in said.err and "helo" in said.err and "[unknown-id]" in said.err
    assert wording == [said.out, said.err]
    assert partner(root, "beta").exists() and not partner(root, "gamma").exists()


def test_a_dry_run_of_an_import_writes_nothing(root: Path, capsys: Capture, wording: Wording) -> None:
    assert imported(root, "name\nBeta\n", dry_run=True) == 0

    last = capsys.readouterr().out.splitlines()[-1]
    assert re.findall(r"\d+", last) == ["1", "0", "0", "0", "0"]
    assert wording == last
    assert not partner(root, "beta").exists()


@pytest.mark.parametrize("update", [False, True])
def test_what_would_change_is_shown_and_changed_with_update(
    root: Path, capsys: Capture, update: bool, wording: Wording
) -> None:
    assert imported(root, "name,role\nAcme,joint\n", update=update) == 0

    said = capsys.readouterr().out
    assert ("role: joint" in partner(root, "acme").read_text()) == update
    assert ("--update" in said) == (not update)
    assert wording == said


def test_a_row_that_changes_nothing_is_as_it_is(root: Path, capsys: Capture, wording: Wording) -> None:
    assert imported(root, "name\nAcme\n") == 0

    row, summary = said = capsys.readouterr().out.splitlines()
    assert row.startswith("acme: ")
    assert re.findall(r"\d+", summary) == ["0", "0", "1", "0", "0"]
    assert wording == said


def test_logos_lie_beside_the_form_or_in_a_folder_that_is_named(root: Path) -> None:
    (root.parent / "logos").mkdir()
    (root.parent / "logos/beta.svg").write_bytes(LOGO)

    assert imported(root, "name,logo\nBeta,beta.svg\n") == 1
    assert imported(root, "name,logo\nBeta,beta.svg\n", logos=root.parent / "logos") == 0
    assert "file: logo.svg" in partner(root, "beta").read_text()


def test_quiet_prints_only_the_rows(root: Path, capsys: Capture, wording: Wording) -> None:
    file = root.parent / "form.csv"
    file.write_text("name\nBeta\n")

    with pytest.raises(typer.Exit):
        import_(context(root, quiet=True), file)

    (row,) = capsys.readouterr().out.splitlines()
    assert row.startswith("beta: ")
    assert wording == row
