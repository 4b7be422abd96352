"""The copy and inks of the campaign keep their limits: lengths, placeholders, promises, spelling, ink totals.

The files are read as they are, so that every change of copy is held to the same limits as the first draft.
"""

from __future__ import annotations

import re

import pytest

from tests.support.campaign_copy import (
    ACCENT_BY_MESSAGE,
    brand_data,
    each_message,
    each_partner,
    longest_placeholder_values,
    messages_data,
    partners_data,
    texts_of,
)

ALTERNATIVES = {"worried-2": "worried", "loved-one-2": "loved-one"}
# X counts every link as 23, whatever its length.
X_LINK_CHARACTERS = 23
# Part, copy length, maximum of words (or None), maximum of characters.
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
LITERAL_FACT = re.compile(r"\d(?:[ \u00a0-]?\d){5,}|www\.|http|\.org\b|stop it now|stopitnow", re.IGNORECASE)


def fill_at_longest(text: str, **more: str) -> str:
    """Return a text with each placeholder replaced by its longest value."""
    return text.format(**{**longest_placeholder_values(), **more})


def vocabulary(text: str) -> set[str]:
    """Return the words of a text in lower case, without placeholders."""
    return set(re.findall(r"[a-z’]+", re.sub(r"\{\w+\}", " ", text).lower()))


def test_alternative_message_has_the_accent_of_the_message_that_it_extends() -> None:
    accents = ACCENT_BY_MESSAGE | {
        name: ACCENT_BY_MESSAGE[original] for name, original in ALTERNATIVES.items()
    }

    assert {name: message["accent"] for name, message in messages_data().items()} == accents
    assert {name: m["extends"] for name, m in messages_data().items() if "extends" in m} == ALTERNATIVES


@each_message
def test_message_has_every_copy_length(message: str) -> None:
    copy = messages_data()[message]["en-GB"]

    assert {(part, length) for part in set(copy) - {"reviewed"} for length in copy[part]} == {
        (part, length) for part, length, _, _ in LIMITS
    }


@each_message
def test_only_original_messages_are_marked_as_reviewed(message: str) -> None:
    assert ("reviewed" in messages_data()[message]["en-GB"]) == (message not in ALTERNATIVES)


@each_message
@pytest.mark.parametrize(("part", "length", "max_words", "max_characters"), LIMITS, ids=str)
def test_copy_stays_within_its_length_limits(
    message: str, part: str, length: str, max_words: int | None, max_characters: int
) -> None:
    text = messages_data()[message]["en-GB"][part][length]
    link = {"link": "x" * X_LINK_CHARACTERS} if (part, length) == ("posts", "x") else {}

    assert len(fill_at_longest(text, **link)) <= max_characters
    assert max_words is None or len(text.split()) <= max_words


@each_message
def test_shorter_copy_lengths_have_fewer_characters(message: str) -> None:
    copy = messages_data()[message]["en-GB"]

    assert len(copy["headline"]["long"]) > len(copy["headline"]["short"]) >= len(copy["headline"]["tiny"])
    assert len(copy["body"]["long"]) > len(copy["body"]["short"])


@each_message
def test_message_uses_placeholders_instead_of_literal_facts(message: str) -> None:
    for text in texts_of(messages_data()[message]):
        assert not LITERAL_FACT.search(text), text


@each_partner
def test_partner_uses_placeholders_instead_of_literal_facts(partner: str) -> None:
    for text in texts_of(partners_data()[partner]):
        assert not LITERAL_FACT.search(text), text


@each_message
def test_only_known_placeholders_are_used(message: str) -> None:
    for text in texts_of(messages_data()[message]):
        assert set(re.findall(r"\{(.*?)\}", text)) <= set(longest_placeholder_values()), text


@each_message
def test_headline_body_and_action_contain_no_placeholder(message: str) -> None:
    copy = messages_data()[message]["en-GB"]

    for part in ("headline", "body", "action"):
        assert "{" not in "".join(texts_of(copy[part]))


@each_message
def test_every_post_contains_the_number_and_a_link_or_address(message: str) -> None:
    for network, post in messages_data()[message]["en-GB"]["posts"].items():
        assert "{number}" in post, network
        assert "{link}" in post or "{address}" in post, network


@each_message
def test_every_post_says_free_confidential_and_anonymous(message: str) -> None:
    for post in messages_data()[message]["en-GB"]["posts"].values():
        assert {"free", "confidential", "anonymous"} <= vocabulary(post), post


@each_message
def test_only_instagram_posts_have_hashtags_and_at_most_three(message: str) -> None:
    for network, post in messages_data()[message]["en-GB"]["posts"].items():
        assert len(re.findall(r"#\w+", post)) <= (3 if network == "instagram" else 0), network


@each_message
def test_long_alt_text_contains_promise_number_and_address(message: str) -> None:
    alt = messages_data()[message]["en-GB"]["alt"]["long"]

    assert brand_data()["facts"]["promise"]["en-GB"] in alt
    assert "{number}" in alt
    assert "{address}" in alt


@each_message
def test_long_alt_text_contains_every_word_of_headline_body_and_action(message: str) -> None:
    copy = messages_data()[message]["en-GB"]

    for part in ("headline", "body", "action"):
        for length, text in copy[part].items():
            assert vocabulary(text) <= vocabulary(copy["alt"]["long"]), (part, length)


@each_message
def test_short_alt_text_contains_the_headline_and_the_number(message: str) -> None:
    copy = messages_data()[message]["en-GB"]

    assert vocabulary(copy["headline"]["long"]) <= vocabulary(copy["alt"]["short"])
    assert "{number}" in copy["alt"]["short"]


@each_message
def test_alt_text_does_not_begin_with_image_or_picture(message: str) -> None:
    for alt in messages_data()[message]["en-GB"]["alt"].values():
        assert not re.match(r"(an? )?(image|picture|graphic|poster|photo)\b", alt, re.IGNORECASE)


@each_message
def test_copy_contains_no_promise_that_the_facts_do_not_contain(message: str) -> None:
    for text in texts_of(messages_data()[message]):
        assert not OVERPROMISE.search(text), text


@pytest.mark.each("name", lambda: [*messages_data(), *partners_data()], ids=str)
def test_copy_uses_british_spelling_and_typographic_punctuation(name: str) -> None:
    for text in texts_of(messages_data().get(name) or partners_data()[name]):
        assert not AMERICAN.search(text), text
        assert not re.search(r"['\"!]|\s-\s|\.\.\.|  ", text), text


@each_message
def test_headlines_and_actions_are_in_sentence_case(message: str) -> None:
    copy = messages_data()[message]["en-GB"]

    for text in [*copy["headline"].values(), *copy["action"].values()]:
        for sentence in re.split(r"(?<=[.?])\s", text):
            assert sentence[0].isupper()
            assert sentence[1:] == sentence[1:].lower(), text


@each_partner
def test_local_line_is_short_and_starts_with_the_place(partner: str) -> None:
    for line in partners_data()[partner].get("local_line", {}).values():
        assert len(line) <= 60
        assert line.startswith("In ")


@each_partner
def test_partner_names_only_existing_partners_and_messages(partner: str) -> None:
    content = partners_data()[partner]

    assert set(content["alongside"]) <= set(partners_data()) - {partner}
    assert len(content["alongside"]) <= 3, "a footer holds at most four partners"
    assert set(content["messages"]) <= set(messages_data())
    assert "logo" not in content, "no logo file is in the repository"


def test_exactly_one_partner_has_the_lead_role() -> None:
    lead_partners = [name for name, partner in partners_data().items() if partner["role"] == "lead"]

    assert lead_partners == ["staffordshire-county-council"]


def test_the_partners_together_use_all_five_messages() -> None:
    assert {message for partner in partners_data().values() for message in partner["messages"]} == set(
        ACCENT_BY_MESSAGE
    )


@pytest.mark.each("name", lambda: brand_data()["palette"], ids=str)
def test_total_ink_is_within_the_limit_of_each_stock_and_falls_from_coated_to_newsprint(name: str) -> None:
    colour = brand_data()["palette"][name]
    totals = {stock: sum(colour[stock]) for stock in ("coated", "uncoated", "newsprint")}

    assert totals["coated"] <= 260
    assert totals["uncoated"] <= 260
    assert totals["newsprint"] <= 220
    assert totals["coated"] >= totals["uncoated"] >= totals["newsprint"]


@pytest.mark.parametrize("name", [*ACCENT_BY_MESSAGE.values(), "warm", "honey", "press-yellow"], ids=str)
@pytest.mark.parametrize("stock", ["coated", "uncoated", "newsprint"])
def test_accents_use_at_most_two_inks_and_no_black(name: str, stock: str) -> None:
    inks = brand_data()["palette"][name][stock]

    assert sum(ink > 0 for ink in inks) <= 2
    assert inks[3] == 0


def test_field_colour_has_no_yellow_and_at_most_220_per_cent_ink() -> None:
    for stock in ("coated", "uncoated", "newsprint"):
        cyan, magenta, yellow, black = brand_data()["palette"]["ink"][stock]

        assert yellow == 0
        assert cyan + magenta + black <= 220
