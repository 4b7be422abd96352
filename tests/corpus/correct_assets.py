"""Correct assets, for which no preflight check may raise an error: of the shipped campaign, and of scenarios.

They are every channel, every partner with each of its messages, every template on each background, and assets that
look unusual but are right. Small canvases are chosen more often, so that all are made and checked in minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from assetgen.planning.asset import Asset
from tests.corpus.campaign_scenarios import ACCENTS, SCENARIOS
from tests.corpus.common_edits import (
    ADDRESS,
    NUMBER,
    PROMISE,
    SHOWN_NUMBER,
    add_style,
    combine,
    jpeg,
    png,
    replace_text,
)
from tests.corpus.copy_edits import split_into_paragraphs
from tests.corpus.edited_assets import Case, Edit, assets, campaign

NONE: frozenset[str] = frozenset()
UNEDITED = Edit()
# The smallest channel of each shape and medium, for what is tried many times.
SMALL_CHANNELS = (
    "staff-app-card", "disp-mpu", "disp-half-page", "disp-leaderboard", "disp-mobile-banner", "email-header",
    "fb-page-cover", "poster-a6", "card-wallet", "bookmark", "sticker-round", "press-10x2",
)  # fmt: skip
# Small channels that name the partners.
CHANNELS_WITH_PARTNERS = (
    "staff-app-card",
    "email-header",
    "poster-a6",
    "bookmark",
    "leaflet-a5",
    "press-quarter",
    "poster-a4",
)
ASSETS_PER_PAIR = 2


def _pixels(asset: Asset) -> float:
    return asset.page.width_px * asset.page.height_px


@cache
def _by_channel(scenario: str = "") -> Mapping[str, list[str]]:
    """Return the names of a scenario's assets by channel, sorted."""
    found: dict[str, list[str]] = {}
    for asset in sorted(assets(scenario).values(), key=lambda one: one.id):
        name = asset.id if asset.medium == "qr" else asset.id.removesuffix(f"/{asset.locale}")
        found.setdefault(asset.channel, []).append(name)
    return found


def _in_turn(names: list[str], index: int) -> str:
    """Return the name at an index, which starts again after the last, so that successive indexes use all names."""
    return names[index % len(names)]


def _each_channel() -> Iterator[Case]:
    for index, (channel, names) in enumerate(_by_channel().items()):
        yield Case(f"unedited: {channel}", _in_turn(names, index), UNEDITED, NONE, "every channel once")


def _each_code_file() -> Iterator[Case]:
    for name in _by_channel()["qr"][:9]:
        yield Case(f"code file: {name}", name, UNEDITED, NONE, "in every format")


def _each_partner_and_message() -> Iterator[Case]:
    """Yield small assets of each partner with each of its messages, of varying channels."""
    pairs: dict[tuple[str, str], list[Asset]] = {}
    for asset in sorted(assets().values(), key=lambda one: (_pixels(one), one.id)):
        if asset.template and asset.message:
            pairs.setdefault((asset.partner, asset.message), []).append(asset)
    for index, ((partner, message), found) in enumerate(sorted(pairs.items())):
        for step in range(ASSETS_PER_PAIR):
            asset = found[(index + step * len(found) // 4) % max(1, len(found) // 2)]
            name = asset.id.removesuffix(f"/{asset.locale}")
            yield Case(
                f"{partner} with {message}, {step + 1}",
                name,
                UNEDITED,
                NONE,
                "every partner with each of its messages",
            )


def _in_scenario(scenario: str, channels: tuple[str, ...], reason: str, start: int = 0) -> Iterator[Case]:
    names = _by_channel(scenario)
    for index, channel in enumerate(channels, start):
        name = _in_turn(names[channel], index)
        yield Case(f"{scenario}: {channel}", f"{name}@{scenario}", UNEDITED, NONE, reason)


def _templates() -> Iterator[Case]:
    for index, scenario in enumerate(
        scenario for scenario in SCENARIOS if scenario.endswith(("-dark", "-light"))
    ):
        template, background = scenario.rsplit("-", 1)
        if template in campaign().templates and background in campaign().templates[template].file.backgrounds:
            # With a dark picture all text is reversed out of ink: in a newspaper, press-10x2 is too small for that.
            is_reversed = scenario in ("window-dark", "people-dark")
            channels = tuple(one for one in SMALL_CHANNELS if not is_reversed or one != "press-10x2")
            yield from _in_scenario(scenario, channels, "a template on a background", index)


def _colours_and_names() -> Iterator[Case]:
    for index, accent in enumerate(ACCENTS):
        channels = (SMALL_CHANNELS[index], SMALL_CHANNELS[(index + 5) % len(SMALL_CHANNELS)])
        yield from _in_scenario(f"accent-{accent}", channels, "a message in a different accent colour", index)
    yield from _in_scenario("long-names", CHANNELS_WITH_PARTNERS, "the longest names allowed")
    yield from _in_scenario("unusual-names", CHANNELS_WITH_PARTNERS, "names with symbols, accents, digits", 3)
    yield from _in_scenario("no-joint-partner", CHANNELS_WITH_PARTNERS[:4], "no other partner in the footer")
    yield from _in_scenario("four-partners", CHANNELS_WITH_PARTNERS, "four partners in the footer", 1)
    # One of the logos is partly transparent, which a newspaper's press cannot print: it is refused there.
    not_press = tuple(channel for channel in CHANNELS_WITH_PARTNERS if not channel.startswith("press-"))
    yield from _in_scenario("logos", not_press, "logos in the footer")


def _languages() -> Iterator[Case]:
    numbers = ("staff-app-card", "disp-half-page", "poster-a6", "leaflet-a5", "poster-a4", "ig-square")
    yield from _in_scenario(
        "numbers-in-copy", numbers, "dates, times, sums and symbols, not numbers or addresses"
    )
    rtl = ("disp-mpu", "disp-half-page", "disp-leaderboard", "fb-page-cover", "ig-square", "beermat-square")
    yield from _in_scenario("ur", rtl, "a right-to-left page")
    for index, scenario in enumerate(("cy", "pl", "ro", "tr")):
        channels = (
            SMALL_CHANNELS[index],
            "disp-mpu",
            "poster-a6",
            "staff-app-card",
            "poster-a5",
            "email-header",
        )
        yield from _in_scenario(scenario, tuple(dict.fromkeys(channels)), "a different language", index)


EQUIVALENT_EDITS: Mapping[str, Edit] = {
    "plain spaces": replace_text((SHOWN_NUMBER, NUMBER)),
    "a span for each digit": replace_text(
        (SHOWN_NUMBER, "".join(f"<span>{letter}</span>" for letter in SHOWN_NUMBER))
    ),
    "isolated direction": replace_text(
        (SHOWN_NUMBER, f"<bdi>{SHOWN_NUMBER}</bdi>"), (ADDRESS, f"<bdi>{ADDRESS}</bdi>")
    ),
    "half of the number bold": replace_text((SHOWN_NUMBER, f"<b>{SHOWN_NUMBER[:4]}</b>{SHOWN_NUMBER[4:]}")),
    "tighter spacing": combine(
        add_style("number", "letter-spacing:-.03em"), add_style("address", "letter-spacing:-.02em")
    ),
    "right-to-left direction": add_style("number", "direction:rtl;text-align:left"),
    "promise in two spans": replace_text(
        (PROMISE[:12], f"<span>{PROMISE[:6]}</span><span>{PROMISE[6:12]}</span>")
    ),
    "no ligatures": add_style("promise", "font-variant-ligatures:none"),
    "no kerning": add_style("headline", "font-kerning:none"),
    "headline slightly lower": add_style("headline", "transform:translateY(.4px)"),
}
CHANNELS_FOR_EDITS = ("disp-mpu", "poster-a6", "staff-app-card", "card-wallet")


def _equivalent_edits() -> Iterator[Case]:
    for index, (name, edit) in enumerate(EQUIVALENT_EDITS.items()):
        for step, channel in enumerate(CHANNELS_FOR_EDITS):
            asset = _in_turn(_by_channel()[channel], index + step)
            yield Case(f"{name}: {channel}", asset, edit, NONE, "looks the same")


def _encodings() -> Iterator[Case]:
    for quality in (80, 85, 95):
        for index, channel in enumerate(("disp-mpu", "ig-square")):
            asset = _in_turn(_by_channel()[channel], index + quality)
            yield Case(
                f"JPEG quality {quality}: {channel}", asset, jpeg(quality), NONE, "no visible artefacts"
            )
    for level in (1, 9):
        asset = _in_turn(_by_channel()["email-header"], level)
        yield Case(f"PNG compression {level}", asset, png(compress_level=level), NONE, "the same pixels")
    for channel in ("poster-a4", "leaflet-a5", "ig-square"):
        asset = next(name for name in _by_channel()[channel])
        yield Case(
            f"two paragraphs: {channel}",
            asset,
            split_into_paragraphs("body", 6),
            NONE,
            "a body with a line end",
        )


@cache
def correct_assets() -> tuple[Case, ...]:
    """Return all correct assets."""
    return (
        *_each_channel(),
        *_each_code_file(),
        *_each_partner_and_message(),
        *_templates(),
        *_colours_and_names(),
        *_languages(),
        *_equivalent_edits(),
        *_encodings(),
    )
