"""The store of finished work: what it gives back, what it does not believe, what leaves it first."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assetgen.building.build_cache import (
    MAX_WORKS,
    Kept,
    Store,
    StoredVerdict,
    measure,
    prune,
    prune_in_time,
)
from assetgen.building.fingerprint import Reads
from assetgen.findings import Finding, Severity
from tests.support.built_campaign import Campaign
from tests.support.command import assetgen
from tests.support.wording import Wording

RECIPE = "a" * 64
WARNING = Finding("weight", "heavy", severity=Severity.WARNING, box=(1.0, 2.0, 3.0, 4.0), role="headline")
MARK = {"role": "number", "box": [1.0, 2.0, 3.0, 4.0], "mask": None}


def reads(**hashes: str) -> Reads:
    return Reads(Path("nowhere"), {}, {f"{name}.css": value for name, value in hashes.items()})


def work(content: bytes = b"picture", **hashes: str) -> Kept:
    drawn = tuple(sorted((f"{name}.css", value) for name, value in (hashes or {"style": "1"}).items()))
    word = StoredVerdict("proofs", (WARNING,), (MARK,))
    return Kept(drawn, content, b"page" * 1000, "f" * 64, {"tier": "long/short"}, word)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / ".assetgen")
    with store.in_use():
        store.keep(RECIPE, "draws", work())
    return store


def test_what_was_kept_is_given_back_with_its_word(store: Store) -> None:
    assert store.find(RECIPE, "draws", reads(style="1")) == work()


@pytest.mark.parametrize(
    ("recipe", "draws", "style"),
    [("b" * 64, "draws", "1"), (RECIPE, "other", "1"), (RECIPE, "draws", "2")],
    ids=["another recipe", "another engine", "another file"],
)
def test_what_was_made_otherwise_is_not(store: Store, recipe: str, draws: str, style: str) -> None:
    assert store.find(recipe, draws, reads(style=style)) is None


def test_the_work_of_two_branches_stands_side_by_side(store: Store) -> None:
    store.keep(RECIPE, "draws", work(b"other", style="2"))

    assert [store.find(RECIPE, "draws", reads(style=one)) for one in "12"] == [
        work(),
        work(b"other", style="2"),
    ]


def test_of_one_recipe_the_newest_works_are_kept(store: Store) -> None:
    for number in range(MAX_WORKS):
        store.keep(RECIPE, "draws", work(style=f"n{number}"))

    assert store.find(RECIPE, "draws", reads(style="1")) is None
    assert store.find(RECIPE, "draws", reads(style="n0"))


def test_a_file_that_was_sought_in_vain_and_is_there_now_is_another_input(store: Store) -> None:
    sought = Kept((("part.css", None),), b"x", None, None, {}, None)
    store.keep("c" * 64, "draws", sought)

    assert store.find("c" * 64, "draws", reads()) == sought
    assert store.find("c" * 64, "draws", reads(part="1")) is None


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "spoil", [flip, lambda path: path.write_bytes(b""), Path.unlink], ids=["a bit", "all", "gone"]
)
def test_an_object_that_is_not_what_its_name_says_is_a_miss_and_is_mended(
    store: Store, spoil: Callable[[Path], object]
) -> None:
    for path in (store.root / "objects").rglob("*"):
        if path.is_file():
            spoil(path)

    assert store.find(RECIPE, "draws", reads(style="1")) is None
    store.keep(RECIPE, "draws", work())
    assert store.find(RECIPE, "draws", reads(style="1")) == work()


def test_a_record_cut_at_any_length_is_a_miss_or_not_believed(store: Store) -> None:
    (record,) = store.records()
    whole = record.read_bytes()

    for length in range(len(whole)):
        record.write_bytes(whole[:length])
        assert store.find(RECIPE, "draws", reads(style="1")) is None


def test_a_store_from_elsewhere_gives_its_bytes_and_no_word(store: Store, tmp_path: Path) -> None:
    elsewhere = Store(tmp_path / "ci" / ".assetgen")
    shutil.copytree(store.root, elsewhere.root)

    found = elsewhere.find(RECIPE, "draws", reads(style="1"))

    assert found and (found.content, found.word) == (b"picture", None)


def test_a_store_that_others_can_write_gives_no_word(store: Store) -> None:
    store.root.chmod(0o770)

    found = store.find(RECIPE, "draws", reads(style="1"))

    assert found and found.word is None


def test_a_word_that_was_changed_by_hand_is_not_believed(store: Store) -> None:
    (record,) = store.records()
    record.write_bytes(record.read_bytes().replace(b"proofs", b"proved"))

    found = store.find(RECIPE, "draws", reads(style="1"))

    assert found and found.word is None


def test_pruning_takes_what_was_of_no_use_for_longest(store: Store) -> None:
    names = [letter * 64 for letter in "bcd"]
    for age, name in enumerate(names):
        store.keep(name, "draws", work(os.urandom(2000)))
        os.utime(store.root / "works" / name[:2] / name, (1000 - age, 1000 - age))
    os.utime(store.root / "works" / RECIPE[:2] / RECIPE, (1, 1))

    gone = prune(store, measure(store).bytes - 3000)

    assert {path.name for path in store.records()} == set(names[:2])
    assert gone.works == 2
    assert store.find(names[0], "draws", reads(style="1"))


def test_pruning_comes_when_a_tenth_of_the_limit_was_added(store: Store) -> None:
    prune_in_time(store, 5, limit_bytes=100)
    assert store.records()

    prune_in_time(store, 6, limit_bytes=100)
    assert not store.records()


def test_pruning_in_time_leaves_a_store_alone_that_is_in_use(store: Store) -> None:
    with store.in_use():
        prune_in_time(store, 50, limit_bytes=100)

    assert store.records()


# Through the command


@pytest.fixture
def campaign(tmp_path: Path, built_starter: Path) -> Campaign:
    return Campaign(tmp_path / "campaign", built_starter)


def test_a_lost_output_comes_from_the_store_byte_for_byte(campaign: Campaign) -> None:
    clean = campaign.tree()
    shutil.rmtree(campaign.root / "out")

    assert campaign.counts() == (0, 2)
    assert campaign.tree() == clean


def test_a_flipped_byte_in_the_store_is_drawn_again_and_never_gets_out(campaign: Campaign) -> None:
    clean = campaign.tree()
    shutil.rmtree(campaign.root / "out")
    for path in (campaign.root / ".assetgen/store/objects").rglob("*"):
        if path.is_file():
            flip(path)

    assert campaign.counts() == (2, 0)
    assert campaign.tree() == clean


def test_a_forged_picture_from_a_foreign_store_does_not_pass_its_proof(campaign: Campaign) -> None:
    store = Store(campaign.root / ".assetgen")
    for record in store.records():
        body = json.loads(record.read_bytes().partition(b"\n")[2])
        with store.in_use():
            body["works"][0]["content"] = store._write_object(b"no picture at all")
        record.write_bytes(b"\n" + json.dumps(body).encode())
    (campaign.root / ".assetgen/seal").unlink()
    shutil.rmtree(campaign.root / "out")

    report = campaign.build()

    assert (report["failed"], report["built"], report["cached"]) == (2, 0, 0)
    assert not list((campaign.root / "out").glob("*/en-GB/**/*.jpg"))


def test_force_draws_anew_and_the_store_is_as_good_after_it(campaign: Campaign) -> None:
    clean = campaign.tree()

    assert campaign.counts("--force") == (2, 0)
    assert campaign.tree() == clean


def test_cache_says_what_is_held_prunes_and_clears(campaign: Campaign) -> None:
    def cache(*words: str) -> str:
        return assetgen("cache", *words, folder=campaign.root).stdout

    assert cache("info").startswith("2 ")
    assert cache("prune", "--max-size", "1GB").startswith("0 ")
    assert cache("prune", "--max-size", "0").startswith("2 ")
    campaign.build("--force")
    assert cache("clear").startswith("2 ")
    assert cache("info").startswith("0 ")
    assert campaign.counts() == (0, 2)


def test_a_size_that_is_none_is_a_wrong_call(campaign: Campaign, wording: Wording) -> None:
    said = assetgen("cache", "prune", "--max-size", "much", folder=campaign.root)

    assert said.returncode == 2
    assert "'much'" in said.stderr
    assert wording == said.stderr.splitlines()[-1]
