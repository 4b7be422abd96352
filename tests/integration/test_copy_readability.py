"""The copy of the campaign reads well: plain, short outdoors, complete at each length, never a threat.

Lengths, facts and spelling are tested in test_campaign_copy.py.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from assetgen.loading.campaign import load_campaign
from assetgen.loading.copy_rules.facts import fill_placeholders
from assetgen.loading.messages import ALT_SHORT_MAX, NETWORKS, post_length
from assetgen.loading.model import CampaignModel
from assetgen.planning.planner import plan_assets
from tests.support.campaign_copy import (
    ACCENT_BY_MESSAGE,
    each_message,
    longest_placeholder_values,
    messages_data,
    texts_of,
)
from tests.support.tiny_campaign import REPO

# Words that shame, threaten, play down a crime, or describe more than anybody needs to read.
FORBIDDEN = re.compile(
    r"p(a)?edo\w*|pervert\w*|monster\w*|predator\w*|sick\w*|evil|disgust\w*|sham(e|eful|ing)|guilt\w*|victims?\b"
    r"|offend\w*|crimin\w*|prison|jail|police|arrest\w*|caught|catch|register|punish\w*|before it is too late|or else"
    r"|porn\w*|inappropriate|unhealthy|abus\w*|rap(e|ed|ing)\b|touch\w*|nude|naked|kids?\b|bab(y|ies)|girls?\b|boys?\b"
    r"|cure\w*|treat\w*|fix\w*|safe\b|promise\w*",
    re.IGNORECASE,
)
PRESSING = re.compile(r"\bmust\b|\bshould\b(?! have to)|\bnow\b|\btoday\b|urgent|immediately", re.IGNORECASE)
# What the helpline is for. A headline may be discreet; the body beside it may not.
SUBJECT = re.compile(r"sexual|children", re.IGNORECASE)
# Things that one template draws and the next does not: alt text gives what the picture says.
TEMPLATE_DETAILS = re.compile(
    r"\b(door|light|dark|colour\w*|background|logos?|qr|code|corner|shape\w*)\b", re.IGNORECASE
)
# Unless the subject is named, people in a different crisis could think that these words are meant for them.
CRISIS_WORDS = re.compile(r"\bthoughts\b|\bfeel\w*|\bcope\b|\bdark\b|\balone\b", re.IGNORECASE)
NUMBER_WORDS = 3


@pytest.fixture(scope="module")
def campaign() -> CampaignModel:
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


def as_prose(text: str) -> str:
    """Return a text as prose: with plain words for its placeholders, and without hashtags."""
    return re.sub(r"#\w+", "", text.format(number="it", address="it", link="it", partner="us")).strip()


def test_reading_ease_separates_plain_from_difficult_text() -> None:
    assert reading_ease("You can talk. Call us, it is free.") > 90
    assert reading_ease("Confidential psychological intervention facilitates behavioural modification.") < 0


@each_message
def test_posts_and_bodies_are_plain_english(message: str) -> None:
    copy = messages_data()[message]["en-GB"]

    for text in [copy["body"]["long"], copy["alt"]["long"], *copy["posts"].values()]:
        assert reading_ease(as_prose(text)) >= 50, text


@each_message
def test_no_sentence_has_more_than_30_words(message: str) -> None:
    for text in texts_of(messages_data()[message]["en-GB"]):
        for sentence in re.split(r"(?<=[.?])\s", text):
            assert len(sentence.split()) <= 30, sentence


@each_message
def test_copy_does_not_shame_threaten_or_describe_abuse(message: str) -> None:
    for text in texts_of(messages_data()[message]["en-GB"]):
        assert not FORBIDDEN.search(text), (text, FORBIDDEN.search(text))
        assert not PRESSING.search(text), text


@each_message
def test_outdoor_copy_has_at_most_ten_words(message: str) -> None:
    headline = messages_data()[message]["en-GB"]["headline"]

    for length in ("short", "tiny"):
        assert len(headline[length].split()) <= 5
        assert len(headline[length].split()) + NUMBER_WORDS + len("www.stopitnow.org.uk".split()) <= 10


@each_message
def test_body_names_the_subject_if_a_headline_does_not(message: str) -> None:
    copy = messages_data()[message]["en-GB"]

    for length, body in copy["body"].items():
        without_subject = [headline for headline in copy["headline"].values() if not SUBJECT.search(headline)]
        assert SUBJECT.search(body) or (message == "worried-2" and len(without_subject) == 1), length


@each_message
def test_headline_cannot_be_mistaken_for_a_general_crisis_line(message: str) -> None:
    for headline in messages_data()[message]["en-GB"]["headline"].values():
        assert not CRISIS_WORDS.search(headline) or re.search("behaviour|children", headline), headline


def test_no_channel_uses_the_long_headline_without_a_body(campaign: CampaignModel) -> None:
    channels = [c.id for c in campaign.channels.values() if "long" in c.copy_.headline and not c.copy_.body]

    assert channels == []


@each_message
def test_every_headline_and_body_is_a_complete_sentence(message: str) -> None:
    copy = messages_data()[message]["en-GB"]

    for text in [*copy["headline"].values(), *copy["body"].values()]:
        assert re.fullmatch(r"[A-Z].*[.?]", text), text


@each_message
@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_posts_use_at_most_95_per_cent_of_the_network_limit(message: str, network: str) -> None:
    post = fill_placeholders(
        messages_data()[message]["en-GB"]["posts"][network], longest_placeholder_values()
    )

    assert post_length(network, post) <= NETWORKS[network].max_characters * 0.95


@each_message
@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_post_names_the_subject_before_the_network_cuts_it_off(message: str, network: str) -> None:
    """Facebook and Instagram show about 125 characters, LinkedIn about 200 (source: help.publer.com)."""
    post = fill_placeholders(
        messages_data()[message]["en-GB"]["posts"][network], longest_placeholder_values()
    )

    assert SUBJECT.search(post[: 200 if network == "linkedin" else 125]), post


@each_message
def test_alt_text_has_number_and_address_but_no_template_details(
    message: str,
) -> None:
    for alt in messages_data()[message]["en-GB"]["alt"].values():
        assert "{number}" in alt
        assert "{address}" in alt
        assert not TEMPLATE_DETAILS.search(alt), alt


def test_short_alt_text_fits_with_every_partner_name(campaign: CampaignModel) -> None:
    for partner in campaign.partners.values():
        for message in messages_data().values():
            alt = fill_placeholders(
                message["en-GB"]["alt"]["short"],
                {**longest_placeholder_values(), "partner": partner.file.name.text},
            )
            assert len(alt) <= ALT_SHORT_MAX, (partner.id, alt)


def test_alternative_messages_are_planned_for_a_partner_that_lists_them(campaign: CampaignModel) -> None:
    partner = replace(campaign.partners["nspcc"], messages=("worried-2", "loved-one-2"))
    plan = plan_assets(replace(campaign, partners={**campaign.partners, "nspcc": partner})).by_id()

    assert plan["nspcc/worried-2/ig-square/en-GB"].faults == ()
    assert plan["nspcc/loved-one-2/disp-mpu/en-GB"].faults == ()
    assert set(campaign.messages) - set(ACCENT_BY_MESSAGE) == {"worried-2", "loved-one-2"}
