"""``partner new`` and ``partner import`` in this process: what is shown, what is written, what is refused."""

from __future__ import annotations

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

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0L9 0L9 9Z"/></svg>'
HEAD = "# Asked for by Beta Council. docs/files.md says what each key does.\n"
PLANNED = "5 assets planned: 1 print, 3 qr, 1 social"


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


def answers(monkeypatch: pytest.MonkeyPatch, **given: str) -> list[str]:
    """Answer the questions that begin with these words; Return for the others. Return all questions."""
    questions: list[str] = []

    def prompt(text: str, default: str = "", **_: object) -> str:
        questions.append(text)
        said = [value for key, value in given.items() if text.startswith(key.replace("_", " "))]
        return said[0] if said else default

    monkeypatch.setattr(typer, "prompt", prompt)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    return questions


Capture = pytest.CaptureFixture[str]


def test_a_new_partner_is_planned_shown_and_written(root: Path, capsys: Capture) -> None:
    asked(root, yes=True)

    said = capsys.readouterr()
    assert said.out.splitlines() == [
        PLANNED,
        "written: partners/beta-council/partner.yaml",
        "next: assetgen build -p beta-council",
    ]
    assert said.err == f"{HEAD}name: Beta Council\n"
    assert partner(root, "beta-council").read_text() == said.err


@pytest.mark.parametrize("options", [{"dry_run": True, "yes": True}, {}], ids=["dry run", "no terminal"])
def test_without_a_yes_nothing_is_written(root: Path, capsys: Capture, options: dict[str, Any]) -> None:
    asked(root, **options)

    assert capsys.readouterr().out.splitlines() == [PLANNED, "nothing written"]
    assert not partner(root, "beta-council").exists()


@pytest.mark.parametrize("says_yes", [True, False])
def test_in_a_terminal_the_answer_decides(
    root: Path, monkeypatch: pytest.MonkeyPatch, says_yes: bool
) -> None:
    answers(monkeypatch)
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


def test_a_partner_that_is_there_is_changed_only_with_update(root: Path, capsys: Capture) -> None:
    with pytest.raises(CampaignError) as raised:
        asked(root, "Acme", role="joint", yes=True)
    (finding,) = raised.value.findings
    assert (finding.code, finding.text) == (
        "duplicate-id",
        "there is a partner acme already: role would change",
    )
    assert finding.hint == "--update changes it; --id gives another id"

    asked(root, "Acme", role="joint", yes=True, update=True)

    assert "role: joint" in partner(root, "acme").read_text()
    assert "  role: " in capsys.readouterr().out


def test_a_partner_that_stands_there_as_asked_needs_nothing(root: Path, capsys: Capture) -> None:
    asked(root, "Acme", yes=True)

    assert capsys.readouterr().out.splitlines()[-1] == "nothing to do: it stands there as asked"


def test_without_a_name_and_a_terminal_nobody_is_asked(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: False))

    with pytest.raises(CampaignError) as raised:
        asked(root, None)

    (finding,) = raised.value.findings
    assert (finding.code, finding.text) == ("bad-value", "there is nobody to ask: no terminal")


def test_answers_become_a_partner_and_what_is_the_campaigns_own_is_left_to_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = answers(
        monkeypatch,
        Its_full_name=" Beta Council ",
        Channels="tiny-card",
        Stands_with="acme",
        Its_role="joint",
    )

    asked(root, None, yes=True)

    text = partner(root, "beta-council").read_text()
    assert text.startswith(f"{HEAD}name: Beta Council\n")
    assert "tiny-card" in text and "joint" in text and "acme" in text
    assert "messages" not in text and "locales" not in text
    assert len(questions) == 13


def test_good_rows_are_written_and_bad_ones_told_with_row_and_column(root: Path, capsys: Capture) -> None:
    code = imported(root, "name,messages\nBeta,hello\nGamma,helo\n")

    said = capsys.readouterr()
    assert code == 1
    assert said.out.splitlines() == [
        f"beta: new, {PLANNED}",
        "written: partners/beta/partner.yaml",
        "next: assetgen build -p beta",
        "1 new, 0 changed, 0 unchanged, 1 refused, 1 written",
    ]
    assert "form.csv:3" in said.err and "helo" in said.err and "[unknown-id]" in said.err
    assert partner(root, "beta").exists() and not partner(root, "gamma").exists()


def test_a_dry_run_of_an_import_writes_nothing(root: Path, capsys: Capture) -> None:
    assert imported(root, "name\nBeta\n", dry_run=True) == 0

    assert capsys.readouterr().out.splitlines()[-1] == "1 new, 0 changed, 0 unchanged, 0 refused, 0 written"
    assert not partner(root, "beta").exists()


@pytest.mark.parametrize(("update", "state"), [(False, "would change"), (True, "changed")])
def test_what_would_change_is_shown_and_changed_with_update(
    root: Path, capsys: Capture, update: bool, state: str
) -> None:
    assert imported(root, "name,role\nAcme,joint\n", update=update) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"acme: {state}, {PLANNED}"
    assert lines[1] == "  role: (the campaign's) → joint"
    assert ("role: joint" in partner(root, "acme").read_text()) == update
    assert ("--update takes the changes over" in lines) == (not update)


def test_a_row_that_changes_nothing_is_as_it_is(root: Path, capsys: Capture) -> None:
    assert imported(root, "name\nAcme\n") == 0

    assert capsys.readouterr().out.splitlines() == [
        f"acme: as it is, {PLANNED}",
        "0 new, 0 changed, 1 unchanged, 0 refused, 0 written",
    ]


def test_logos_lie_beside_the_form_or_in_a_folder_that_is_named(root: Path) -> None:
    (root.parent / "logos").mkdir()
    (root.parent / "logos/beta.svg").write_bytes(LOGO)

    assert imported(root, "name,logo\nBeta,beta.svg\n") == 1
    assert imported(root, "name,logo\nBeta,beta.svg\n", logos=root.parent / "logos") == 0
    assert "file: logo.svg" in partner(root, "beta").read_text()


def test_quiet_prints_only_the_rows(root: Path, capsys: Capture) -> None:
    file = root.parent / "form.csv"
    file.write_text("name\nBeta\n")

    with pytest.raises(typer.Exit):
        import_(context(root, quiet=True), file)

    assert capsys.readouterr().out.splitlines() == [f"beta: new, {PLANNED}"]
