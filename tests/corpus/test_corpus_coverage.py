"""The sound corpus is what it says: the whole campaign is in it, and each asset is there once."""

from __future__ import annotations

from assetgen.planning.asset import Asset
from tests.corpus.correct_assets import AS_IT_IS, sound_cases
from tests.corpus.edited_assets import assets, campaign, planned, world_of


def real() -> list[Asset]:
    cases = (case for case in sound_cases() if case.make is AS_IT_IS and not world_of(case.asset))
    return [planned(case.asset) for case in cases]


def drawn() -> list[Asset]:
    return [asset for asset in assets().values() if asset.template]


def test_there_are_at_least_three_hundred_and_none_has_a_code() -> None:
    assert len(sound_cases()) >= 300
    assert [case.name for case in sound_cases() if case.codes] == []


def test_no_two_have_one_name() -> None:
    names = [case.name for case in sound_cases()]

    assert sorted(set(names)) == sorted(names)


def test_every_channel_is_there_as_it_is_and_each_partner_with_each_of_its_messages() -> None:
    assert {asset.channel for asset in real()} == {asset.channel for asset in assets().values()}
    pairs = {(asset.partner, asset.message) for asset in drawn()}
    assert pairs <= {(asset.partner, asset.message) for asset in real()}


def test_each_design_that_the_campaign_has_is_there_on_each_of_its_backgrounds() -> None:
    designs = {name: one for name, one in campaign().templates.items() if one.arrangements}
    planned_in = {(one.template, one.background) for one in (planned(case.asset) for case in sound_cases())}

    assert {
        (name, background) for name, one in designs.items() for background in one.file.backgrounds
    } <= planned_in


def test_large_canvases_are_there_once_and_small_ones_often() -> None:
    middle = sorted(one.page.width_px * one.page.height_px for one in drawn())[len(drawn()) // 2]
    areas = [
        one.page.width_px * one.page.height_px for one in (planned(case.asset) for case in sound_cases())
    ]

    assert sum(area < middle for area in areas) > len(areas) / 2
