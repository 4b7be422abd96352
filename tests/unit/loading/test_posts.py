"""Lengths of posts as each network counts them, and findings for posts that are too long."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.loading.campaign import load_campaign
from assetgen.loading.copy_rules.facts import find_addresses
from assetgen.loading.messages import NETWORKS, X_LINK_LENGTH, networks_of, post_length, x_length
from assetgen.planning.planner import plan_assets
from tests.support.example_campaign import (
    MESSAGE_FILE,
    PARTNER_FILE,
    campaign_errors,
    make_campaign,
    position_of,
    replace_in_file,
)
from tests.support.wording import Wording
from tests.unit.loading.places_and_codes import places_and_codes

PLAIN = st.text(st.characters(min_codepoint=0x61, max_codepoint=0x7A), min_size=1, max_size=8)
ADDRESS = st.sampled_from(["https://www.example.org/", "www.example.org", "https://www.example.org/?r=7c10b"])
EMAIL = st.sampled_from(["a@b.uk", "me@c.org"])
EMOJI = st.sampled_from(["☎", "❤️", "👍🏽", "👨‍👩‍👧", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇬🇧", "1️⃣"])
HAN = st.sampled_from(["线", "求", "助"])


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("", 0),
        ("Know the line.", 14),
        ("another person’s – ten", 22),
        ("caf\u0065\u0301", 4),
        ("Cymru: llinell gymorth", 22),
        ("допомога", 8),
        ("مدد", 3),
        ("求助热线", 8),
        ("…", 2),
        ("👍", 2),
        ("👨‍👩‍👧", 2),
        ("🇬🇧🇬🇧", 4),
        ("https://www.example.org/a/very/long/path?that=goes&on=and-on", 23),
        ("www.example.org", 23),
        ("Go to www.example.org.", 6 + 23 + 1),
        ("(https://www.example.org/)", 1 + 23 + 1),
        ("Write to comms@example.org", 26),
        ("Call 0808 157 0123", 18),
    ],
)
def test_post_length_follows_the_counting_rules_of_x(text: str, counted: int) -> None:
    assert post_length("x", text) == counted


@given(st.lists(st.one_of(PLAIN, ADDRESS, EMOJI, HAN), max_size=12))
def test_x_adds_up_the_lengths_of_words_links_and_emoji(parts: list[str]) -> None:
    def length_of(part: str) -> int:
        if "example.org" in part:
            return X_LINK_LENGTH
        return len(part) if part.isascii() else 2

    spaces = max(0, len(parts) - 1)

    assert x_length(" ".join(parts)) == sum(length_of(part) for part in parts) + spaces


@given(st.lists(st.one_of(st.text(max_size=20), HAN, ADDRESS, EMAIL), max_size=6).map(" ".join))
def test_x_counts_at_most_two_for_each_character_outside_web_addresses(text: str) -> None:
    links = [found.text for found in find_addresses(text) if "@" not in found.text]

    assert x_length(text) <= X_LINK_LENGTH * len(links) + 2 * (len(text) - len("".join(links)))


@given(st.text(max_size=80))
def test_other_networks_count_composed_characters(text: str) -> None:
    for network in set(NETWORKS) - {"x"}:
        assert post_length(network, text) <= len(text) * 3
        assert post_length(network, f"{text} ") == post_length(network, text) + 1


@pytest.mark.parametrize(
    ("channel", "networks"),
    [
        ("fb-story", ("facebook",)),
        ("ig-square", ("instagram",)),
        ("x-landscape", ("x",)),
        ("linkedin-square", ("linkedin",)),
        ("whatsapp-share", ("whatsapp",)),
        ("nextdoor-post", ()),
        ("poster-a4", ()),
        ("exhibition-wall", ()),
    ],
)
def test_the_prefix_of_a_channel_id_decides_its_network(channel: str, networks: tuple[str, ...]) -> None:
    assert networks_of(channel) == networks


def write_post(root: Path, network: str, text: str) -> None:
    """Replace all posts of the message by one."""
    head, _, _ = (root / MESSAGE_FILE).read_text("utf-8").partition("  posts:\n")
    (root / MESSAGE_FILE).write_text(f'{head}  posts:\n    {network}: "{text}"\n', "utf-8")


@pytest.mark.parametrize(
    ("network", "max_length"), [("x", 280), ("instagram", 2200), ("linkedin", 3000), ("whatsapp", 700)]
)
def test_a_post_one_character_too_long_is_reported_with_its_length(
    tmp_path: Path, network: str, max_length: int, wording: Wording
) -> None:
    root = make_campaign(tmp_path / "campaign")
    # " 0808 157 0123" and " https://www.example.org/"; X counts that address as 23.
    fixed_length = 14 + 1 + (X_LINK_LENGTH if network == "x" else len("https://www.example.org/"))

    write_post(root, network, "a" * (max_length - fixed_length) + " {number} {link}")
    assert campaign_errors(root) == []
    write_post(root, network, "a" * (max_length - fixed_length + 1) + " {number} {link}")

    errors = campaign_errors(root)
    assert places_and_codes(errors) == [f"{position_of(root, MESSAGE_FILE, chr(34) + 'aaa')} post-limit"]
    first, _, hint = errors[0].partition("\n")
    assert NETWORKS[network].name in first and f"{max_length + 1:,}" in first
    assert f"{max_length:,}" in hint and (str(X_LINK_LENGTH) in hint) == (network == "x")
    assert wording == errors


def test_only_instagram_refuses_a_sixth_hashtag(tmp_path: Path, wording: Wording) -> None:
    root = make_campaign(tmp_path / "campaign")
    tags = "#One #two #three3 #four #five"

    write_post(root, "instagram", f"Call {{number}}, no. #1 of all {tags}")
    assert campaign_errors(root) == []
    write_post(root, "linkedin", f"Call {{number}} {tags} #six")
    assert campaign_errors(root) == []
    write_post(root, "instagram", f"Call {{number}} {tags} #six")

    errors = campaign_errors(root)
    assert places_and_codes(errors) == [f"{position_of(root, MESSAGE_FILE, chr(34) + 'Call')} post-limit"]
    first, _, hint = errors[0].partition("\n")
    assert "Instagram" in first and "6" in first and "5" in hint
    assert wording == errors


def test_a_long_partner_name_is_counted_only_on_channels_of_its_network(
    tmp_path: Path, wording: Wording
) -> None:
    root = make_campaign(tmp_path / "campaign")
    write_post(root, "instagram", "a" * (2200 - 15) + " {partner}")
    replace_in_file(
        root, PARTNER_FILE, "name: Example County Council", "name: Example County Council of the West"
    )

    loaded = load_campaign(root)
    faults = {asset.channel: asset.faults for asset in plan_assets(loaded.campaign).assets if asset.faults}

    assert [finding for finding in loaded.findings if finding.is_error] == []
    assert sorted(faults) == ["ig-square", "ig-story"]
    (fault,) = faults["ig-square"]
    assert places_and_codes([fault.as_text()]) == [
        f"{position_of(root, MESSAGE_FILE, chr(34) + 'aaa')} post-limit"
    ]
    assert "2,220" in fault.text and "Instagram" in fault.text
    assert fault.hint is not None and "2,200" in fault.hint and "example-county-council" in fault.hint
    assert wording == fault.as_text()
