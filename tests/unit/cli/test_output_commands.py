"""Commands on an output folder, called in this process: ``why`` and ``cache``, and what they refuse."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import typer

from assetgen.building.build_cache import Kept, Store
from assetgen.building.build_db import BuildRow, BuildState, Work, write_state
from assetgen.cli.commands.output import cache, why
from assetgen.cli.session import Session
from assetgen.errors import CampaignError
from tests.support.factories import make_asset
from tests.support.tiny import CARD, write_tiny
from tests.support.wording import Wording

GONE = "acme/hello/gone/en-GB"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "campaign")


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give versions of the engine without a look for its libraries, which starts a process."""
    monkeypatch.setattr("assetgen.building.rebuild_reasons.engine_versions", lambda: {"weasyprint": "70"})


def context(root: Path) -> typer.Context:
    return cast("typer.Context", SimpleNamespace(obj=Session(root)))


def remember(root: Path, asset_id: str) -> BuildRow:
    """Write a state that knows one finished asset."""
    own = root / "out/.assetgen"
    own.mkdir(parents=True)
    work = Work(
        "r", "", "d", "p", "new", (("brand/brand.yaml", "b" * 64),), (("templates/bare/x.css", None),), ()
    )
    row = BuildRow.of(make_asset(asset_id))._replace(work=work)
    write_state(own / "state", own / "temp", BuildState(rows={row.path: row}))
    return row


def test_an_asset_that_was_never_made_says_so_and_what_is_next(
    root: Path, capsys: Capture, wording: Wording
) -> None:
    why(context(root), CARD)

    first, made, following = capsys.readouterr().out.splitlines()
    assert first == CARD
    assert wording == [made, following]


def test_an_asset_tells_its_file_why_it_was_made_and_what_was_read(
    root: Path, capsys: Capture, wording: Wording
) -> None:
    row = remember(root, GONE)

    why(context(root), GONE)

    first, file, made, _, *read = said = capsys.readouterr().out.splitlines()
    assert (first, file.split()[-1]) == (GONE, (root / "out" / row.path).as_posix())
    assert made.split()[-1] == "new"
    assert [line.split()[-2:] for line in read] == [
        ["b" * 12, "brand/brand.yaml"],
        ["-", "templates/bare/x.css"],
    ]
    assert wording == said


def test_a_file_names_its_asset_from_the_output_folder_and_from_here(root: Path, capsys: Capture) -> None:
    row = remember(root, GONE)

    for word in (row.path, f"./{row.path}", (root / "out" / row.path).as_posix()):
        why(context(root), word)
        assert capsys.readouterr().out.splitlines()[0] == GONE


@pytest.mark.parametrize(("word", "nearest"), [(CARD.replace("card", "crad"), CARD), ("zzz", "")])
def test_a_name_of_no_asset_is_refused_with_the_nearest(
    root: Path, word: str, nearest: str, wording: Wording
) -> None:
    with pytest.raises(CampaignError) as raised:
        why(context(root), word)

    (finding,) = raised.value.findings
    assert finding.code == "unknown-id"
    assert word in finding.text and nearest in (finding.hint or "")
    assert wording == finding.as_text()


def test_the_store_tells_what_it_holds_gets_smaller_and_is_emptied(
    root: Path, capsys: Capture, wording: Wording
) -> None:
    store = Store(root / ".assetgen")
    with store.in_use():
        for number in range(2):
            page = bytes([number]) * 1_000_000
            store.keep(str(number) * 64, "draws", Kept((), page[:10], page, "f" * 64, {}, None))

    said = []
    for words in (("info",), ("prune", "1GB"), ("prune", "0"), ("clear",)):
        cache(context(root), *words)
        said.append(capsys.readouterr().out)

    assert [one.split()[0] for one in said] == ["2", "0", "2", "0"]
    assert wording == said


def test_clearing_a_store_tells_all_that_was_in_it(root: Path, capsys: Capture, wording: Wording) -> None:
    store = Store(root / ".assetgen")
    with store.in_use():
        store.keep("0" * 64, "draws", Kept((), b"a", b"b", "f" * 64, {}, None))

    cache(context(root), "clear")
    cache(context(root), "info")

    first, second = said = capsys.readouterr().out.splitlines()
    assert (first.split()[0], second.split()[0]) == ("1", "0")
    assert second.endswith(store.root.as_posix())
    assert wording == said


@pytest.mark.parametrize(
    "word", ["", "much", "-1GB", "1TB", "1,5GB", "1 G B"], ids=lambda word: word or "nothing"
)
def test_a_size_in_another_form_is_refused(root: Path, word: str, wording: Wording) -> None:
    with pytest.raises(typer.BadParameter) as raised:
        cache(context(root), "prune", word)

    assert repr(word) in raised.value.message
    assert wording == raised.value.message


@pytest.mark.parametrize("word", ["500MB", "2GB", "1.5 g", " 10k ", "0", "7B"])
def test_a_size_may_be_written_in_several_ways(root: Path, word: str) -> None:
    cache(context(root), "prune", word)


def test_a_folder_that_is_not_there_has_no_store(tmp_path: Path, wording: Wording) -> None:
    with pytest.raises(CampaignError) as raised:
        cache(context(tmp_path / "none"), "info")

    assert [one.code for one in raised.value.findings] == ["missing-file"]
    assert wording == str(raised.value)
