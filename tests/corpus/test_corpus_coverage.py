"""The correct assets of the corpus cover the campaign: every channel, partner, message, template and background."""

from __future__ import annotations

from assetgen.planning.asset import Asset
from tests.corpus.correct_assets import UNEDITED, correct_assets
from tests.corpus.edited_assets import assets, campaign, planned_asset, scenario_of


def shipped_assets() -> list[Asset]:
    """Return the assets of the corpus that are unedited and of the shipped campaign."""
    cases = (case for case in correct_assets() if case.edit is UNEDITED and not scenario_of(case.asset))
    return [planned_asset(case.asset) for case in cases]


def template_assets() -> list[Asset]:
    """Return every asset of the shipped campaign that a template draws."""
    return [asset for asset in assets().values() if asset.template]


def test_corpus_has_at_least_300_correct_assets_without_expected_errors() -> None:
    assert len(correct_assets()) >= 300
    assert [case.name for case in correct_assets() if case.codes] == []


def test_names_of_correct_assets_are_unique() -> None:
    names = [case.name for case in correct_assets()]

    assert sorted(set(names)) == sorted(names)


def test_corpus_has_every_channel_and_every_pair_of_partner_and_message() -> None:
    assert {asset.channel for asset in shipped_assets()} == {asset.channel for asset in assets().values()}
    pairs = {(asset.partner, asset.message) for asset in template_assets()}
    assert pairs <= {(asset.partner, asset.message) for asset in shipped_assets()}


def test_corpus_has_every_template_on_each_of_its_backgrounds() -> None:
    templates = {name: one for name, one in campaign().templates.items() if one.layouts}
    in_corpus = {
        (one.template, one.background) for one in (planned_asset(case.asset) for case in correct_assets())
    }

    assert {
        (name, background) for name, one in templates.items() for background in one.file.backgrounds
    } <= in_corpus


def test_more_than_half_of_the_correct_assets_are_smaller_than_the_median_asset() -> None:
    median = sorted(one.page.width_px * one.page.height_px for one in template_assets())[
        len(template_assets()) // 2
    ]
    areas = [
        one.page.width_px * one.page.height_px
        for one in (planned_asset(case.asset) for case in correct_assets())
    ]

    assert sum(area < median for area in areas) > len(areas) / 2
