"""``assetgen why`` and ``assetgen cache``, called in this process: their output and the arguments they refuse."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import typer

from assetgen.building.build_cache import BuildCache, CachedFile
from assetgen.building.build_db import BuildDatabase, BuildRecord, BuildRow, write_build_db
from assetgen.cli.commands.output import cache, why
from assetgen.cli.session import Session
from assetgen.errors import CampaignError
from tests.support.factories import make_asset
from tests.support.tiny_campaign import CARD_ID, write_tiny
from tests.support.wording import Wording

REMOVED = "acme/hello/gone/en-GB"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "campaign")


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the lookup of the engine's versions, which starts a process."""
    monkeypatch.setattr("assetgen.building.rebuild_reasons.engine_versions", lambda: {"weasyprint": "70"})


def context(root: Path) -> typer.Context:
    return cast("typer.Context", SimpleNamespace(obj=Session(root)))


def record_build(root: Path, asset_id: str) -> BuildRow:
    """Write a build database with one finished asset; return its row."""
    own = root / "out/.assetgen"
    own.mkdir(parents=True)
    work = BuildRecord(
        "r", "", "d", "p", "new", (("brand/brand.yaml", "b" * 64),), (("templates/bare/x.css", None),), ()
    )
    row = BuildRow.of(make_asset(asset_id))._replace(record=work)
    write_build_db(own / "state", own / "temp", BuildDatabase(rows={row.path: row}))
    return row


def test_why_reports_an_asset_without_a_build_and_its_next_step(
    root: Path, capsys: Capture, wording: Wording
) -> None:
    why(context(root), CARD_ID)

    first, built, following = capsys.readouterr().out.splitlines()
    assert first == CARD_ID
    assert wording == [built, following]


def test_why_prints_the_file_rebuild_reason_and_inputs_of_an_asset(
    root: Path, capsys: Capture, wording: Wording
) -> None:
    row = record_build(root, REMOVED)

    why(context(root), REMOVED)

    first, file, built, _, *inputs = lines = capsys.readouterr().out.splitlines()
    assert (first, file.split()[-1]) == (REMOVED, (root / "out" / row.path).as_posix())
    assert built.split()[-1] == "new"
    assert [line.split()[-2:] for line in inputs] == [
        ["b" * 12, "brand/brand.yaml"],
        ["-", "templates/bare/x.css"],
    ]
    assert wording == lines


def test_why_accepts_relative_and_absolute_paths_of_an_asset_file(root: Path, capsys: Capture) -> None:
    row = record_build(root, REMOVED)

    for word in (row.path, f"./{row.path}", (root / "out" / row.path).as_posix()):
        why(context(root), word)
        assert capsys.readouterr().out.splitlines()[0] == REMOVED


@pytest.mark.parametrize(
    ("word", "nearest"),
    [(CARD_ID.replace("card", "crad"), CARD_ID), ("zzz", "")],
    ids=["misspelt id", "nothing similar"],
)
def test_why_suggests_the_nearest_id_for_an_unknown_asset(
    root: Path, word: str, nearest: str, wording: Wording
) -> None:
    with pytest.raises(CampaignError) as raised:
        why(context(root), word)

    (finding,) = raised.value.findings
    assert finding.code == "unknown-id"
    assert word in finding.text and nearest in (finding.hint or "")
    assert wording == finding.as_text()


def test_cache_info_prune_and_clear_report_the_number_of_entries(
    root: Path, capsys: Capture, wording: Wording
) -> None:
    build_cache = BuildCache(root / ".assetgen")
    with build_cache.locked_for_use():
        for number in range(2):
            page = bytes([number]) * 1_000_000
            build_cache.add(str(number) * 64, "draws", CachedFile((), page[:10], page, "f" * 64, {}, None))

    printed = []
    for words in (("info",), ("prune", "1GB"), ("prune", "0"), ("clear",)):
        cache(context(root), *words)
        printed.append(capsys.readouterr().out)

    assert [text.split()[0] for text in printed] == ["2", "0", "2", "0"]
    assert wording == printed


def test_cache_clear_removes_and_counts_every_entry(root: Path, capsys: Capture, wording: Wording) -> None:
    build_cache = BuildCache(root / ".assetgen")
    with build_cache.locked_for_use():
        build_cache.add("0" * 64, "draws", CachedFile((), b"a", b"b", "f" * 64, {}, None))

    cache(context(root), "clear")
    cache(context(root), "info")

    first, second = printed = capsys.readouterr().out.splitlines()
    assert (first.split()[0], second.split()[0]) == ("1", "0")
    assert second.endswith(build_cache.root.as_posix())
    assert wording == printed


@pytest.mark.parametrize(
    "word", ["", "much", "-1GB", "1TB", "1,5GB", "1 G B"], ids=lambda word: word or "empty"
)
def test_cache_prune_refuses_an_invalid_size(root: Path, word: str, wording: Wording) -> None:
    with pytest.raises(typer.BadParameter) as raised:
        cache(context(root), "prune", word)

    assert repr(word) in raised.value.message
    assert wording == raised.value.message


@pytest.mark.parametrize("word", ["500MB", "2GB", "1.5 g", " 10k ", "0", "7B"])
def test_cache_prune_accepts_a_size_with_or_without_unit(root: Path, word: str) -> None:
    cache(context(root), "prune", word)


def test_cache_raises_an_error_for_a_missing_campaign_folder(tmp_path: Path, wording: Wording) -> None:
    with pytest.raises(CampaignError) as raised:
        cache(context(tmp_path / "none"), "info")

    assert [finding.code for finding in raised.value.findings] == ["missing-file"]
    assert wording == str(raised.value)
