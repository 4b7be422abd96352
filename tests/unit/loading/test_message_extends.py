"""Messages that extend a base: what they inherit and override, and where faults are reported."""

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
from tests.support.example_campaign import (
    MESSAGE_FILE,
    append_line,
    campaign_errors,
    make_campaign,
    position_of,
    replace_in_file,
    write_campaign_file,
)
from tests.support.wording import Wording
from tests.unit.loading.places_and_codes import places_and_codes

GENTLY_FILE = "brand/messages/gently.yaml"
GENTLY = """\
extends: worried
en-GB:
  headline:
    long: A question that you carry alone?
  alt: {short: "A question that you carry alone? Call {number}."}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = make_campaign(tmp_path / "campaign")
    replace_in_file(root, "campaign.yaml", "messages: [worried, loved-one]", 'messages: ["*"]')
    return root


def read_message(root: Path, name: str) -> Message:
    loaded = load_campaign(root)
    assert [finding.as_text() for finding in loaded.findings if finding.is_error] == []
    return loaded.campaign.messages[name]


def test_a_message_inherits_missing_keys_from_its_base(root: Path) -> None:
    write_campaign_file(root, GENTLY_FILE, GENTLY)

    message, base = read_message(root, "gently"), read_message(root, "worried")
    copy, base_copy = message.file.locales["en-GB"], base.file.locales["en-GB"]

    assert message.file.accent == base.file.accent
    assert copy.headline["long"].text == "A question that you carry alone?"
    assert copy.headline["short"] == base_copy.headline["short"]
    assert (copy.body, copy.action, copy.posts) == (base_copy.body, base_copy.action, base_copy.posts)
    assert copy.alt_short.text == copy.alt_long.text == "A question that you carry alone? Call {number}."


def test_each_text_keeps_its_place_in_its_own_file(root: Path) -> None:
    write_campaign_file(root, GENTLY_FILE, GENTLY)

    copy = read_message(root, "gently").file.locales["en-GB"]

    assert str(copy.headline["long"].place) == position_of(root, GENTLY_FILE, "A question")
    assert str(copy.headline["short"].place).startswith(f"{MESSAGE_FILE}:")


def test_a_message_without_copy_inherits_all_copy_and_its_review(root: Path) -> None:
    write_campaign_file(root, GENTLY_FILE, "extends: worried\naccent: leaf\n")

    message, base = read_message(root, "gently"), read_message(root, "worried")

    assert message.file.locales == base.file.locales
    assert message.file.accent == "leaf"
    assert message.file.locales["en-GB"].reviewed


@pytest.mark.parametrize(
    "part", ["headline: {long: Other words}", "body: {short: Other words}"], ids=["headline", "body"]
)
def test_alt_text_is_not_inherited_when_the_drawn_copy_changes(
    root: Path, part: str, wording: Wording
) -> None:
    write_campaign_file(root, GENTLY_FILE, f"extends: worried\nen-GB:\n  {part}\n")

    errors = campaign_errors(root)

    assert places_and_codes(errors) == [
        f"{position_of(root, GENTLY_FILE, part.partition(':')[0])} alt-missing"
    ]
    assert wording == errors


def test_new_posts_keep_the_inherited_alt_text_but_not_the_review(root: Path) -> None:
    write_campaign_file(root, GENTLY_FILE, "extends: worried\nen-GB:\n  posts: {x: 'Call free: {number}'}\n")

    copy, base_copy = (
        read_message(root, "gently").file.locales["en-GB"],
        read_message(root, "worried").file.locales["en-GB"],
    )

    assert copy.alt_short == base_copy.alt_short
    assert copy.posts["x"].text == "Call free: {number}"
    assert copy.posts["linkedin"] == base_copy.posts["linkedin"]
    assert (copy.reviewed, base_copy.reviewed) == (False, True)


def test_an_empty_key_removes_the_inherited_value(root: Path) -> None:
    write_campaign_file(root, GENTLY_FILE, GENTLY.replace("  alt:", "    tiny:\n  alt:"))

    assert set(read_message(root, "gently").file.locales["en-GB"].headline.given()) == {"long", "short"}


def test_a_message_may_extend_a_message_that_extends(root: Path) -> None:
    write_campaign_file(root, GENTLY_FILE, GENTLY)
    write_campaign_file(root, "brand/messages/more-gently.yaml", "extends: gently\naccent: rose\n")

    third = read_message(root, "more-gently")

    assert third.file.accent == "rose"
    assert third.file.locales["en-GB"].headline == read_message(root, "gently").file.locales["en-GB"].headline
    assert sorted(third.files) == [
        "brand/messages/gently.yaml",
        "brand/messages/more-gently.yaml",
        MESSAGE_FILE,
    ]


def test_an_asset_depends_on_the_files_of_both_messages(root: Path) -> None:
    write_campaign_file(root, GENTLY_FILE, GENTLY)
    replace_in_file(root, "campaign.yaml", 'messages: ["*"]', "messages: [gently]")

    inputs = {tuple(sorted(asset.inputs)) for asset in plan_assets(load_campaign(root).campaign).assets}

    assert all({GENTLY_FILE, MESSAGE_FILE} <= set(files) for files in inputs if GENTLY_FILE in files)
    assert any(GENTLY_FILE in files for files in inputs)


def test_an_unknown_base_is_reported_with_the_nearest_name(root: Path, wording: Wording) -> None:
    write_campaign_file(root, GENTLY_FILE, GENTLY.replace("extends: worried", "extends: woried"))

    errors = campaign_errors(root)

    assert places_and_codes(errors) == [f"{GENTLY_FILE}:1:10 unknown-id"]
    assert "worried" in errors[0]
    assert wording == errors


@pytest.mark.parametrize("more", [[], ["gently"]], ids=["one message", "two messages"])
def test_circular_extends_is_reported_once_for_each_message_in_the_circle(
    root: Path, more: list[str], wording: Wording
) -> None:
    circle = ["softly", *more]
    for name, base in zip(circle, [*circle[1:], circle[0]], strict=True):
        write_campaign_file(root, f"brand/messages/{name}.yaml", f"extends: {base}\n")
    write_campaign_file(root, "brand/messages/outside.yaml", "extends: softly\n")

    errors = sorted(campaign_errors(root))

    assert places_and_codes(errors) == [
        f"brand/messages/{name}.yaml:1:10 bad-value" for name in sorted(circle)
    ]
    assert all(name in error for error in errors for name in circle)
    assert wording == errors


def test_a_fault_in_the_base_message_is_reported_once_in_the_file_of_the_base(
    root: Path, wording: Wording
) -> None:
    write_campaign_file(root, GENTLY_FILE, GENTLY)
    replace_in_file(root, MESSAGE_FILE, "short: Call free, in confidence", "short: Call 01785 222 333")

    (error,) = campaign_errors(root)

    assert places_and_codes([error]) == [
        f"{position_of(root, MESSAGE_FILE, 'Call 01785 222 333')} locked-fact"
    ]
    assert "01785 222 333" in error
    assert wording == error


def test_a_message_whose_base_cannot_be_read_is_reported_and_left_out(root: Path, wording: Wording) -> None:
    write_campaign_file(root, GENTLY_FILE, GENTLY)
    append_line(root, MESSAGE_FILE, "not: [closed")

    (error,) = [error for error in campaign_errors(root) if error.startswith(f"{GENTLY_FILE}:")]

    assert places_and_codes([error]) == [f"{GENTLY_FILE}:1:10 stale"]
    assert "worried" in error
    assert wording == error
    assert load_campaign(root).campaign.broken_messages == {"worried", "worried-2", "gently"}


def test_an_extending_message_is_validated_even_without_a_valid_brand(root: Path) -> None:
    write_campaign_file(root, GENTLY_FILE, GENTLY.replace("  headline:", "  headlin: {}\n  headline:"))
    replace_in_file(root, "brand/brand.yaml", "led_by:", "led_bi:")

    assert f"{GENTLY_FILE}:3:3 unknown-key" in places_and_codes(campaign_errors(root))


KEYS = st.sampled_from("abc")
TREES = st.dictionaries(
    KEYS, st.recursive(st.just("v"), lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=8)
)


def document(file: str, tree: dict[str, object]) -> YamlDocument:
    return read_document(json.dumps({"extends": "x", **tree}).encode(), file)


def paths(tree: object, so_far: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    children = tree.items() if isinstance(tree, dict) else ()
    return [so_far, *(path for key, value in children for path in paths(value, (*so_far, key)))]


def at_path(tree: object, path: tuple[str, ...]) -> object:
    for key in path:
        if not isinstance(tree, dict) or key not in tree:
            return None
        tree = tree[key]
    return tree


@given(TREES, TREES)
def test_every_merged_value_keeps_the_place_in_its_source(
    tree: dict[str, object], base_tree: dict[str, object]
) -> None:
    own, base = document("own.yaml", tree), document("base.yaml", base_tree)
    merged = merge_over(own, base)

    for path in paths(merged.data):
        source = own if own.holds(*path) else base
        assert source.holds(*path)
        assert merged.place(*path) == source.place(*path)
        if at_path(merged.data, path) == "v":
            assert at_path(source.data, path) == "v"
    assert set(paths(own.data)) <= set(paths(merged.data))
