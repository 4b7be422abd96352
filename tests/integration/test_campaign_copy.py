"""The first campaign's own words and inks: lengths, locked facts, promises, spelling.

These read the files as they stand, so that a change of copy is held to the same limits as the first draft.
"""

from __future__ import annotations

import re

import pytest

from tests.support.campaign_copy import (
    FIVE,
    brand,
    each_message,
    each_partner,
    messages,
    partners,
    placeholders,
    texts_of,
)

FURTHER = {"worried-2": "worried", "loved-one-2": "loved-one"}
# X counts every link as 23, whatever its length.
X_LINK_CHARACTERS = 23
# Part and tier, most words (or None), most characters.
LIMITS = [
    ("headline", "long", 8, 46),
    ("headline", "short", 5, 31),
    ("headline", "tiny", 3, 20),
    ("body", "long", None, 110),
    ("body", "short", None, 60),
    ("action", "short", None, 34),
    ("alt", "short", None, 120),
    ("alt", "long", None, 700),
    ("posts", "facebook", None, 400),
    ("posts", "instagram", None, 400),
    ("posts", "x", None, 250),
    ("posts", "linkedin", None, 600),
    ("posts", "whatsapp", None, 350),
]
AMERICAN = re.compile(
    r"\b(behaviors?|colors?|center|organiz\w*|recogniz\w*|realiz\w*|apologiz\w*|counsel(or|ing)"
    r"|favor\w*|neighbor\w*|program|practiced|judgment|anymore|cell ?phone|hotline|toll.free|e-mail)\b",
    re.IGNORECASE,
)
# Beyond "free", "confidential", "anonymous" nothing is promised until the owner has confirmed it.
OVERPROMISE = re.compile(
    r"your name|never tell|nobody (will )?(ask|know|tell)|no one will|guarantee|always (open|there)|24 hours"
    r"|day or night|emergency|untraceable|trained|expert|without judg",
    re.IGNORECASE,
)
TYPED_FACT = re.compile(r"\d(?:[ \u00a0-]?\d){5,}|www\.|http|\.org\b|stop it now|stopitnow", re.IGNORECASE)


def filled(words: str, **other: str) -> str:
    """Return words with every placeholder filled in at its longest."""
    return words.format(**{**placeholders(), **other})


def vocabulary(text: str) -> set[str]:
    """Return the words of a text, in small letters, without what stands in braces."""
    return set(re.findall(r"[a-z’]+", re.sub(r"\{\w+\}", " ", text).lower()))


def test_the_five_messages_have_their_five_accents_and_a_further_wording_that_of_its_message() -> None:
    accents = FIVE | {name: FIVE[other] for name, other in FURTHER.items()}

    assert {name: message["accent"] for name, message in messages().items()} == accents
    assert {name: m["extends"] for name, m in messages().items() if "extends" in m} == FURTHER


@each_message
def test_message_has_every_tier(message: str) -> None:
    words = messages()[message]["en-GB"]

    assert {(part, tier) for part in set(words) - {"reviewed"} for tier in words[part]} == {
        (part, tier) for part, tier, _, _ in LIMITS
    }


@each_message
def test_a_further_wording_is_not_taken_for_reviewed(message: str) -> None:
    assert ("reviewed" in messages()[message]["en-GB"]) == (message not in FURTHER)


@each_message
@pytest.mark.parametrize(("part", "tier", "most_words", "most"), LIMITS, ids=str)
def test_words_keep_their_length(
    message: str, part: str, tier: str, most_words: int | None, most: int
) -> None:
    words = messages()[message]["en-GB"][part][tier]
    link = {"link": "x" * X_LINK_CHARACTERS} if (part, tier) == ("posts", "x") else {}

    assert len(filled(words, **link)) <= most
    assert most_words is None or len(words.split()) <= most_words


@each_message
def test_shorter_tiers_are_not_longer(message: str) -> None:
    words = messages()[message]["en-GB"]

    assert len(words["headline"]["long"]) > len(words["headline"]["short"]) >= len(words["headline"]["tiny"])
    assert len(words["body"]["long"]) > len(words["body"]["short"])


@each_message
def test_no_message_types_a_fact(message: str) -> None:
    for text in texts_of(messages()[message]):
        assert not TYPED_FACT.search(text), text


@each_partner
def test_no_partner_types_a_fact(partner: str) -> None:
    for text in texts_of(partners()[partner]):
        assert not TYPED_FACT.search(text), text


@each_message
def test_only_known_placeholders_are_used(message: str) -> None:
    for text in texts_of(messages()[message]):
        assert set(re.findall(r"\{(.*?)\}", text)) <= set(placeholders()), text


@each_message
def test_words_to_be_drawn_hold_no_placeholder(message: str) -> None:
    words = messages()[message]["en-GB"]

    for part in ("headline", "body", "action"):
        assert "{" not in "".join(texts_of(words[part]))


@each_message
def test_every_post_carries_the_number_and_a_way_to_the_site(message: str) -> None:
    for network, post in messages()[message]["en-GB"]["posts"].items():
        assert "{number}" in post, network
        assert "{link}" in post or "{address}" in post, network


@each_message
def test_every_post_says_free_confidential_and_anonymous(message: str) -> None:
    for post in messages()[message]["en-GB"]["posts"].values():
        assert {"free", "confidential", "anonymous"} <= vocabulary(post), post


@each_message
def test_hashtags_are_few_and_on_instagram_alone(message: str) -> None:
    for network, post in messages()[message]["en-GB"]["posts"].items():
        assert len(re.findall(r"#\w+", post)) <= (3 if network == "instagram" else 0), network


@each_message
def test_long_alt_text_carries_promise_number_and_address(message: str) -> None:
    alt = messages()[message]["en-GB"]["alt"]["long"]

    assert brand()["facts"]["promise"]["en-GB"] in alt
    assert "{number}" in alt
    assert "{address}" in alt


@each_message
def test_long_alt_text_holds_each_word_that_any_tier_may_draw(message: str) -> None:
    words = messages()[message]["en-GB"]

    for part in ("headline", "body", "action"):
        for tier, text in words[part].items():
            assert vocabulary(text) <= vocabulary(words["alt"]["long"]), (part, tier)


@each_message
def test_short_alt_text_says_the_headline_and_the_number(message: str) -> None:
    words = messages()[message]["en-GB"]

    assert vocabulary(words["headline"]["long"]) <= vocabulary(words["alt"]["short"])
    assert "{number}" in words["alt"]["short"]


@each_message
def test_alt_text_does_not_begin_with_what_it_is(message: str) -> None:
    for alt in messages()[message]["en-GB"]["alt"].values():
        assert not re.match(r"(an? )?(image|picture|graphic|poster|photo)\b", alt, re.IGNORECASE)


@each_message
def test_nothing_is_promised_beyond_the_facts(message: str) -> None:
    for text in texts_of(messages()[message]):
        assert not OVERPROMISE.search(text), text


@pytest.mark.each("name", lambda: [*messages(), *partners()], ids=str)
def test_words_are_in_british_english_with_typographic_marks(name: str) -> None:
    for text in texts_of(messages().get(name) or partners()[name]):
        assert not AMERICAN.search(text), text
        assert not re.search(r"['\"!]|\s-\s|\.\.\.|  ", text), text


@each_message
def test_headlines_and_actions_are_in_sentence_case(message: str) -> None:
    words = messages()[message]["en-GB"]

    for text in [*words["headline"].values(), *words["action"].values()]:
        for sentence in re.split(r"(?<=[.?])\s", text):
            assert sentence[0].isupper()
            assert sentence[1:] == sentence[1:].lower(), text


@each_partner
def test_local_line_is_short_and_starts_where_the_reader_is(partner: str) -> None:
    for line in partners()[partner].get("local_line", {}).values():
        assert len(line) <= 60
        assert line.startswith("In ")


@each_partner
def test_partner_names_partners_and_messages_that_exist(partner: str) -> None:
    chosen = partners()[partner]

    assert set(chosen["alongside"]) <= set(partners()) - {partner}
    assert len(chosen["alongside"]) <= 3, "four together is the most that a foot holds"
    assert set(chosen["messages"]) <= set(messages())
    assert "logo" not in chosen, "no logo file is in the repository"


def test_one_partner_leads() -> None:
    leads = [name for name, partner in partners().items() if partner["role"] == "lead"]

    assert leads == ["staffordshire-county-council"]


def test_together_the_partners_use_the_five_messages() -> None:
    assert {message for partner in partners().values() for message in partner["messages"]} == set(FIVE)


@pytest.mark.each("name", lambda: brand()["palette"], ids=str)
def test_inks_fit_the_stock_and_fall_with_its_dot_gain(name: str) -> None:
    colour = brand()["palette"][name]
    totals = {stock: sum(colour[stock]) for stock in ("coated", "uncoated", "newsprint")}

    assert totals["coated"] <= 260
    assert totals["uncoated"] <= 260
    assert totals["newsprint"] <= 220
    assert totals["coated"] >= totals["uncoated"] >= totals["newsprint"]


@pytest.mark.parametrize("name", [*FIVE.values(), "warm", "honey", "press-yellow"], ids=str)
@pytest.mark.parametrize("stock", ["coated", "uncoated", "newsprint"])
def test_accents_are_two_inks_at_most_and_no_black(name: str, stock: str) -> None:
    inks = brand()["palette"][name][stock]

    assert sum(ink > 0 for ink in inks) <= 2
    assert inks[3] == 0


def test_field_is_two_inks_and_black_at_most_220_per_cent() -> None:
    for stock in ("coated", "uncoated", "newsprint"):
        cyan, magenta, yellow, black = brand()["palette"]["ink"][stock]

        assert yellow == 0
        assert cyan + magenta + black <= 220
