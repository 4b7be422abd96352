"""Sound assets that the proofs must raise no error for: the campaign as it is, and as it could be tomorrow.

Every channel once, every partner with each of its messages, every design on each background, then what looks odd
and is right. Chosen by rule, small canvases more often, so that all are made and proved in minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from assetgen.planning.asset import Asset
from tests.corpus.campaign_scenarios import ACCENTS, WORLDS
from tests.corpus.common_edits import ADDRESS, NUMBER, PROMISE, SHOWN, both, jpeg, png, reword, styled
from tests.corpus.copy_edits import in_two_paragraphs
from tests.corpus.edited_assets import Case, Edit, assets, campaign

NONE: frozenset[str] = frozenset()
AS_IT_IS = Edit()
# The smallest of their shapes and mediums: what is tried in many forms is tried on these.
SMALL = (
    "staff-app-card", "disp-mpu", "disp-half-page", "disp-leaderboard", "disp-mobile-banner", "email-header",
    "fb-page-cover", "poster-a6", "card-wallet", "bookmark", "sticker-round", "press-10x2",
)  # fmt: skip
# Those of them that name the partners.
NAMING = (
    "staff-app-card",
    "email-header",
    "poster-a6",
    "bookmark",
    "leaflet-a5",
    "press-quarter",
    "poster-a4",
)
EACH_PAIR = 2


def _pixels(asset: Asset) -> float:
    return asset.page.width_px * asset.page.height_px


@cache
def _by_channel(world: str = "") -> Mapping[str, list[str]]:
    """Return the names of a world's assets by channel, in order."""
    found: dict[str, list[str]] = {}
    for asset in sorted(assets(world).values(), key=lambda one: one.id):
        name = asset.id if asset.medium == "qr" else asset.id.removesuffix(f"/{asset.locale}")
        found.setdefault(asset.channel, []).append(name)
    return found


def _turn(names: list[str], at: int) -> str:
    """Return one of some names; the next one at the next place, so that all have their turn."""
    return names[at % len(names)]


def _each_channel() -> Iterator[Case]:
    for at, (channel, names) in enumerate(_by_channel().items()):
        yield Case(f"as it is: {channel}", _turn(names, at), AS_IT_IS, NONE, "every channel once")


def _each_code() -> Iterator[Case]:
    for name in _by_channel()["qr"][:9]:
        yield Case(f"a code alone: {name}", name, AS_IT_IS, NONE, "in every format")


def _each_pair() -> Iterator[Case]:
    """Yield the smallest canvases of each partner with each of its messages, the same one not always."""
    pairs: dict[tuple[str, str], list[Asset]] = {}
    for asset in sorted(assets().values(), key=lambda one: (_pixels(one), one.id)):
        if asset.template and asset.message:
            pairs.setdefault((asset.partner, asset.message), []).append(asset)
    for at, ((partner, message), found) in enumerate(sorted(pairs.items())):
        for step in range(EACH_PAIR):
            asset = found[(at + step * len(found) // 4) % max(1, len(found) // 2)]
            name = asset.id.removesuffix(f"/{asset.locale}")
            yield Case(
                f"{partner} says {message}, {step + 1}", name, AS_IT_IS, NONE, "everybody's every message"
            )


def _in_world(world: str, channels: tuple[str, ...], why: str, start: int = 0) -> Iterator[Case]:
    known = _by_channel(world)
    for at, channel in enumerate(channels, start):
        name = _turn(known[channel], at)
        yield Case(f"{world}: {channel}", f"{name}@{world}", AS_IT_IS, NONE, why)


def _designs() -> Iterator[Case]:
    for at, world in enumerate(world for world in WORLDS if world.endswith(("-dark", "-light"))):
        template, background = world.rsplit("-", 1)
        if template in campaign().templates and background in campaign().templates[template].file.backgrounds:
            # On the dark picture all words are paper out of ink, which newspapers want larger than this has room.
            channels = tuple(one for one in SMALL if world != "window-dark" or one != "press-10x2")
            yield from _in_world(world, channels, "a design on a background", at)


def _colours_and_names() -> Iterator[Case]:
    for at, accent in enumerate(ACCENTS):
        channels = (SMALL[at], SMALL[(at + 5) % len(SMALL)])
        yield from _in_world(f"accent-{accent}", channels, "a message of another colour", at)
    yield from _in_world("long-names", NAMING, "as long as a name may be")
    yield from _in_world("odd-names", NAMING, "names with signs, accents, figures", 3)
    yield from _in_world("alone", NAMING[:4], "nobody beside the partner")
    yield from _in_world("four", NAMING, "four partners in the foot", 1)
    # One of these logos is see-through in places, which the press of a newspaper cannot print: it is refused.
    inks_mix = tuple(channel for channel in NAMING if not channel.startswith("press-"))
    yield from _in_world("logos", inks_mix, "logos in the foot")


def _languages() -> Iterator[Case]:
    figures = ("staff-app-card", "disp-half-page", "poster-a6", "leaflet-a5", "poster-a4", "ig-square")
    yield from _in_world("figures", figures, "dates, times, sums and signs that are no number and no address")
    rtl = ("disp-mpu", "disp-half-page", "disp-leaderboard", "fb-page-cover", "ig-square", "beermat-square")
    yield from _in_world("ur", rtl, "a page from right to left")
    for at, world in enumerate(("cy", "pl", "ro", "tr")):
        channels = (SMALL[at], "disp-mpu", "poster-a6", "staff-app-card", "poster-a5", "email-header")
        yield from _in_world(world, tuple(dict.fromkeys(channels)), "another language", at)


FORMS: Mapping[str, Edit] = {
    "plain spaces": reword((SHOWN, NUMBER)),
    "a span each digit": reword((SHOWN, "".join(f"<span>{letter}</span>" for letter in SHOWN))),
    "isolated": reword((SHOWN, f"<bdi>{SHOWN}</bdi>"), (ADDRESS, f"<bdi>{ADDRESS}</bdi>")),
    "bold inside": reword((SHOWN, f"<b>{SHOWN[:4]}</b>{SHOWN[4:]}")),
    "tighter": both(styled("number", "letter-spacing:-.03em"), styled("address", "letter-spacing:-.02em")),
    "from right to left": styled("number", "direction:rtl;text-align:left"),
    "promise in two spans": reword((PROMISE[:12], f"<span>{PROMISE[:6]}</span><span>{PROMISE[6:12]}</span>")),
    "no ligatures": styled("promise", "font-variant-ligatures:none"),
    "no kerning": styled("headline", "font-kerning:none"),
    "words a hair lower": styled("headline", "transform:translateY(.4px)"),
}
FORMED = ("disp-mpu", "poster-a6", "staff-app-card", "card-wallet")


def _forms() -> Iterator[Case]:
    for at, (name, edit) in enumerate(FORMS.items()):
        for step, channel in enumerate(FORMED):
            asset = _turn(_by_channel()[channel], at + step)
            yield Case(f"{name}: {channel}", asset, edit, NONE, "the same to the eye")


def _saved() -> Iterator[Case]:
    for quality in (80, 85, 95):
        for at, channel in enumerate(("disp-mpu", "ig-square")):
            asset = _turn(_by_channel()[channel], at + quality)
            yield Case(f"quality {quality}: {channel}", asset, jpeg(quality), NONE, "still clean")
    for level in (1, 9):
        asset = _turn(_by_channel()["email-header"], level)
        yield Case(f"packed at {level}", asset, png(compress_level=level), NONE, "the same pixels")
    for channel in ("poster-a4", "leaflet-a5", "ig-square"):
        asset = next(name for name in _by_channel()[channel])
        yield Case(
            f"two paragraphs: {channel}", asset, in_two_paragraphs("body", 6), NONE, "a body with a line end"
        )


@cache
def sound_cases() -> tuple[Case, ...]:
    return (
        *_each_channel(), *_each_code(), *_each_pair(), *_designs(), *_colours_and_names(), *_languages(),
        *_forms(), *_saved(),
    )  # fmt: skip
