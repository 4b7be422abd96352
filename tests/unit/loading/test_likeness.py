"""A message that is like another says what is its own, takes the rest, and every fault names the file it stands in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.loading.campaign import load_campaign
from assetgen.loading.messages import merge_over
from assetgen.loading.model import Message
from assetgen.loading.yaml.document import YamlDocument, read_document
from assetgen.planning.planner import plan_assets
from tests.support.campaigns import MESSAGE_FILE, append, at, edit, errors_of, make_campaign, write
from tests.support.wording import Wording
from tests.unit.loading.places_and_codes import places_and_codes as marks

OWN = "brand/messages/gently.yaml"
OWN_WORDS = """\
extends: worried
en-GB:
  headline:
    long: A question that you carry alone?
  alt: {short: "A question that you carry alone? Call {number}."}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_campaign(tmp_path / "campaign")


def message(root: Path, name: str) -> Message:
    loaded = load_campaign(root)
    assert [finding.as_text() for finding in loaded.findings if finding.is_error] == []
    return loaded.campaign.messages[name]


def test_it_takes_what_it_does_not_say_key_by_key(root: Path) -> None:
    write(root, OWN, OWN_WORDS)

    own, other = message(root, "gently"), message(root, "worried")
    said, taken = own.file.locales["en-GB"], other.file.locales["en-GB"]

    assert own.file.accent == other.file.accent
    assert said.headline["long"].text == "A question that you carry alone?"
    assert said.headline["short"] == taken.headline["short"]
    assert (said.body, said.action, said.posts) == (taken.body, taken.action, taken.posts)
    assert said.alt_short.text == said.alt_long.text == "A question that you carry alone? Call {number}."


def test_each_word_has_the_place_where_it_stands(root: Path) -> None:
    write(root, OWN, OWN_WORDS)

    said = message(root, "gently").file.locales["en-GB"]

    assert str(said.headline["long"].place) == at(root, OWN, "A question")
    assert str(said.headline["short"].place).startswith(f"{MESSAGE_FILE}:")


def test_one_that_says_nothing_anew_is_the_other_under_another_name(root: Path) -> None:
    write(root, OWN, "extends: worried\naccent: leaf\n")

    own, other = message(root, "gently"), message(root, "worried")

    assert own.file.locales == other.file.locales
    assert own.file.accent == "leaf"
    assert own.file.locales["en-GB"].reviewed


@pytest.mark.parametrize(
    "part", ["headline: {long: Other words}", "body: {short: Other words}"], ids=["headline", "body"]
)
def test_alt_text_is_not_taken_where_the_words_shown_are_new(root: Path, part: str, wording: Wording) -> None:
    write(root, OWN, f"extends: worried\nen-GB:\n  {part}\n")

    said = errors_of(root)

    assert marks(said) == [f"{at(root, OWN, part.partition(':')[0])} alt-missing"]
    assert wording == said


def test_new_posts_alone_keep_the_alt_text_but_are_not_taken_for_reviewed(root: Path) -> None:
    write(root, OWN, "extends: worried\nen-GB:\n  posts: {x: 'Call free: {number}'}\n")

    said, taken = (
        message(root, "gently").file.locales["en-GB"],
        message(root, "worried").file.locales["en-GB"],
    )

    assert said.alt_short == taken.alt_short
    assert said.posts["x"].text == "Call free: {number}"
    assert said.posts["linkedin"] == taken.posts["linkedin"]
    assert (said.reviewed, taken.reviewed) == (False, True)


def test_a_key_left_empty_takes_the_other_s_value_away(root: Path) -> None:
    write(root, OWN, OWN_WORDS.replace("  alt:", "    tiny:\n  alt:"))

    assert set(message(root, "gently").file.locales["en-GB"].headline.given()) == {"long", "short"}


def test_likeness_goes_on_through_a_third(root: Path) -> None:
    write(root, OWN, OWN_WORDS)
    write(root, "brand/messages/more-gently.yaml", "extends: gently\naccent: rose\n")

    third = message(root, "more-gently")

    assert third.file.accent == "rose"
    assert third.file.locales["en-GB"].headline == message(root, "gently").file.locales["en-GB"].headline
    assert sorted(third.files) == [
        "brand/messages/gently.yaml",
        "brand/messages/more-gently.yaml",
        MESSAGE_FILE,
    ]


def test_an_asset_rests_on_the_files_of_both(root: Path) -> None:
    write(root, OWN, OWN_WORDS)
    edit(root, "campaign.yaml", "messages: [worried, loved-one]", "messages: [gently]")

    inputs = {tuple(sorted(asset.inputs)) for asset in plan_assets(load_campaign(root).campaign).assets}

    assert all({OWN, MESSAGE_FILE} <= set(files) for files in inputs if OWN in files)
    assert any(OWN in files for files in inputs)


def test_an_unknown_message_is_said_with_the_nearest(root: Path, wording: Wording) -> None:
    write(root, OWN, OWN_WORDS.replace("extends: worried", "extends: woried"))

    said = errors_of(root)

    assert marks(said) == [f"{OWN}:1:10 unknown-id"]
    assert "worried" in said[0]
    assert wording == said


@pytest.mark.parametrize("more", [[], ["gently"]], ids=["itself", "two"])
def test_a_circle_is_said_once_for_each_that_stands_in_it(
    root: Path, more: list[str], wording: Wording
) -> None:
    ring = ["softly", *more]
    for name, other in zip(ring, [*ring[1:], ring[0]], strict=True):
        write(root, f"brand/messages/{name}.yaml", f"extends: {other}\n")
    write(root, "brand/messages/outside.yaml", "extends: softly\n")

    said = sorted(errors_of(root))

    assert marks(said) == [f"brand/messages/{name}.yaml:1:10 bad-value" for name in sorted(ring)]
    assert all(name in one for one in said for name in ring)
    assert wording == said


def test_a_fault_of_the_other_is_said_once_and_where_it_stands(root: Path, wording: Wording) -> None:
    write(root, OWN, OWN_WORDS)
    edit(root, MESSAGE_FILE, "short: Call free, in confidence", "short: Call 01785 222 333")

    (said,) = errors_of(root)

    assert marks([said]) == [f"{at(root, MESSAGE_FILE, 'Call 01785 222 333')} locked-fact"]
    assert "01785 222 333" in said
    assert wording == said


def test_while_the_other_cannot_be_read_neither_can_be_built(root: Path, wording: Wording) -> None:
    write(root, OWN, OWN_WORDS)
    append(root, MESSAGE_FILE, "not: [closed")

    (said,) = [one for one in errors_of(root) if one.startswith(f"{OWN}:")]

    assert marks([said]) == [f"{OWN}:1:10 stale"]
    assert "worried" in said
    assert wording == said
    assert load_campaign(root).campaign.broken_messages == {"worried", "worried-2", "gently"}


def test_without_a_brand_its_form_is_checked_all_the_same(root: Path) -> None:
    write(root, OWN, OWN_WORDS.replace("  headline:", "  headlin: {}\n  headline:"))
    edit(root, "brand/brand.yaml", "led_by:", "led_bi:")

    assert f"{OWN}:3:3 unknown-key" in marks(errors_of(root))


KEYS = st.sampled_from("abc")
TREES = st.dictionaries(
    KEYS, st.recursive(st.just("v"), lambda below: st.dictionaries(KEYS, below, max_size=3), max_leaves=8)
)


def document(file: str, tree: dict[str, object]) -> YamlDocument:
    return read_document(json.dumps({"like": "x", **tree}).encode(), file)


def paths(tree: object, so_far: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    below = tree.items() if isinstance(tree, dict) else ()
    return [so_far, *(path for key, value in below for path in paths(value, (*so_far, key)))]


def at_path(tree: object, path: tuple[str, ...]) -> object:
    for key in path:
        if not isinstance(tree, dict) or key not in tree:
            return None
        tree = tree[key]
    return tree


@given(TREES, TREES)
def test_every_value_is_one_of_the_two_and_has_that_one_s_place(
    own: dict[str, object], other: dict[str, object]
) -> None:
    above, below = document("own.yaml", own), document("other.yaml", other)
    whole = merge_over(above, below)

    for path in paths(whole.data):
        source = above if above.holds(*path) else below
        assert source.holds(*path)
        assert whole.place(*path) == source.place(*path)
        if at_path(whole.data, path) == "v":
            assert at_path(source.data, path) == "v"
    assert set(paths(above.data)) <= set(paths(whole.data))
