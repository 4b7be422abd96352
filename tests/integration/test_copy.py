"""How the first campaign's words read: plain, short outdoors, each length by itself, never a threat.

What the files must hold besides (lengths, facts, spelling) is in test_campaign_copy.py.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from assetgen.loading.campaign import load_campaign
from assetgen.loading.copy_rules.facts import fill
from assetgen.loading.messages import ALT_SHORT_MAX, NETWORKS, post_length
from assetgen.loading.model import Campaign
from assetgen.planning.planner import plan_assets
from tests.support.campaign_copy import FIVE, each_message, messages, placeholders, texts_of
from tests.support.tiny import REPO

# Words that shame, threaten, soften what is a crime, or tell more than anybody needs to read.
NEVER = re.compile(
    r"p(a)?edo\w*|pervert\w*|monster\w*|predator\w*|sick\w*|evil|disgust\w*|sham(e|eful|ing)|guilt\w*|victims?\b"
    r"|offend\w*|crimin\w*|prison|jail|police|arrest\w*|caught|catch|register|punish\w*|before it is too late|or else"
    r"|porn\w*|inappropriate|unhealthy|abus\w*|rap(e|ed|ing)\b|touch\w*|nude|naked|kids?\b|bab(y|ies)|girls?\b|boys?\b"
    r"|cure\w*|treat\w*|fix\w*|safe\b|promise\w*",
    re.IGNORECASE,
)
ABSOLUTE = re.compile(r"\bmust\b|\bshould\b(?! have to)|\bnow\b|\btoday\b|urgent|immediately", re.IGNORECASE)
# What the helpline is for. A headline may be discreet; the body beside it may not.
SUBJECT = re.compile(r"sexual|children", re.IGNORECASE)
# What the designs draw, and each draws something else: alt text is what the picture says.
DRAWN = re.compile(
    r"\b(door|light|dark|colour\w*|background|logos?|qr|code|corner|shape\w*)\b", re.IGNORECASE
)
# Without a word of what is meant, these could be taken for words to somebody in another crisis.
MISREAD_ALONE = re.compile(r"\bthoughts\b|\bfeel\w*|\bcope\b|\bdark\b|\balone\b", re.IGNORECASE)
NUMBER_WORDS = 3


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return load_campaign(REPO).campaign


def syllables(word: str) -> int:
    """Return about how many syllables an English word has."""
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = (word.endswith("e") and not word.endswith("le")) or word.endswith(("ed", "es"))
    return max(1, groups - (1 if silent and groups > 1 else 0))


def reading_ease(text: str) -> float:
    """Return Flesch's reading ease: 60 to 70 is plain English, 100 very easy."""
    sentences = [sentence for sentence in re.split(r"[.?:]\s|[.?]$|\n", text) if sentence.strip()]
    words = re.findall(r"[a-z’]+", text.lower())
    return 206.835 - 1.015 * len(words) / len(sentences) - 84.6 * sum(map(syllables, words)) / len(words)


def read_out(words: str) -> str:
    """Return words without what stands in braces, and without hashtags: as prose."""
    return re.sub(r"#\w+", "", words.format(number="it", address="it", link="it", partner="us")).strip()


def test_the_measure_tells_plain_words_from_others() -> None:
    assert reading_ease("You can talk. Call us, it is free.") > 90
    assert reading_ease("Confidential psychological intervention facilitates behavioural modification.") < 0


@each_message
def test_posts_and_bodies_are_plain_english(message: str) -> None:
    words = messages()[message]["en-GB"]

    for text in [words["body"]["long"], words["alt"]["long"], *words["posts"].values()]:
        assert reading_ease(read_out(text)) >= 50, text


@each_message
def test_no_sentence_is_longer_than_one_breath(message: str) -> None:
    for text in texts_of(messages()[message]["en-GB"]):
        for sentence in re.split(r"(?<=[.?])\s", text):
            assert len(sentence.split()) <= 30, sentence


@each_message
def test_nothing_shames_threatens_or_describes(message: str) -> None:
    for text in texts_of(messages()[message]["en-GB"]):
        assert not NEVER.search(text), (text, NEVER.search(text))
        assert not ABSOLUTE.search(text), text


@each_message
def test_outdoors_the_headline_and_the_number_are_ten_words_at_most(message: str) -> None:
    headline = messages()[message]["en-GB"]["headline"]

    for tier in ("short", "tiny"):
        assert len(headline[tier].split()) <= 5
        assert len(headline[tier].split()) + NUMBER_WORDS + len("www.stopitnow.org.uk".split()) <= 10


@each_message
def test_each_body_says_what_it_is_about_whatever_headline_stands_over_it(message: str) -> None:
    words = messages()[message]["en-GB"]

    for tier, body in words["body"].items():
        over = [headline for headline in words["headline"].values() if not SUBJECT.search(headline)]
        assert SUBJECT.search(body) or (message == "worried-2" and len(over) == 1), tier


@each_message
def test_no_headline_uses_a_crisis_line_s_words_by_themselves(message: str) -> None:
    for headline in messages()[message]["en-GB"]["headline"].values():
        assert not MISREAD_ALONE.search(headline) or re.search("behaviour|children", headline), headline


def test_no_channel_takes_the_long_headline_and_no_body(campaign: Campaign) -> None:
    alone = [c.id for c in campaign.channels.values() if "long" in c.copy_.headline and not c.copy_.body]

    assert alone == []


@each_message
def test_each_length_is_a_sentence_that_ends(message: str) -> None:
    words = messages()[message]["en-GB"]

    for text in [*words["headline"].values(), *words["body"].values()]:
        assert re.fullmatch(r"[A-Z].*[.?]", text), text


@each_message
@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_posts_keep_well_within_their_network(message: str, network: str) -> None:
    post = fill(messages()[message]["en-GB"]["posts"][network], placeholders())

    assert post_length(network, post) <= NETWORKS[network].most * 0.95


@each_message
@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_a_post_says_what_it_is_about_before_it_is_folded(message: str, network: str) -> None:
    """Instagram and Facebook show about 125 characters, LinkedIn about 200 (channel facts 10)."""
    post = fill(messages()[message]["en-GB"]["posts"][network], placeholders())

    assert SUBJECT.search(post[: 200 if network == "linkedin" else 125]), post


@each_message
def test_alt_text_says_number_and_address_and_nothing_that_another_design_would_not_draw(
    message: str,
) -> None:
    for alt in messages()[message]["en-GB"]["alt"].values():
        assert "{number}" in alt
        assert "{address}" in alt
        assert not DRAWN.search(alt), alt


def test_alt_text_fits_for_every_partner(campaign: Campaign) -> None:
    for partner in campaign.partners.values():
        for message in messages().values():
            alt = fill(
                message["en-GB"]["alt"]["short"], {**placeholders(), "partner": partner.file.name.text}
            )
            assert len(alt) <= ALT_SHORT_MAX, (partner.id, alt)


def test_a_further_wording_is_built_for_a_partner_that_asks_for_it(campaign: Campaign) -> None:
    partner = replace(campaign.partners["nspcc"], messages=("worried-2", "loved-one-2"))
    plan = plan_assets(replace(campaign, partners={**campaign.partners, "nspcc": partner})).by_id()

    assert plan["nspcc/worried-2/ig-square/en-GB"].faults == ()
    assert plan["nspcc/loved-one-2/disp-mpu/en-GB"].faults == ()
    assert set(campaign.messages) - set(FIVE) == {"worried-2", "loved-one-2"}
