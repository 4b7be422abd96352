"""What holds for every page that is arranged, shown on one asset of each channel of the real campaign.

Nothing is drawn here: ``test_raster`` shows that what is drawn stands where it was arranged.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny import load_tiny, one_a_channel, real_campaign

from assetgen.errors import RenderError
from assetgen.plan.asset import Asset, FootMark, WordSet
from assetgen.render.arrange import Arranged, arrange
from assetgen.render.geometry import Box, Polygon, meet
from assetgen.render.measure import Measurer

# Positions are sums of floats: what touches may overlap by this much, in px.
TOUCH = 0.2
ASSETS = {asset.channel: asset for asset in one_a_channel()}
every_channel = pytest.mark.parametrize("channel", ASSETS, ids=str)


@cache
def measurer() -> Measurer:
    campaign = real_campaign()
    return Measurer(campaign.root, campaign.brand.faces)


def arrange_real(asset: Asset) -> Arranged:
    campaign = real_campaign()
    template = campaign.templates[asset.template or ""]
    return arrange(asset, template, measurer(), campaign.brand.family(asset.locale))


arranged = cache(lambda channel: arrange_real(ASSETS[channel]))


def part_inks(found: Arranged) -> list[tuple[str, Box]]:
    """Return (part, ink) of each line of words above the foot."""
    return [(part.name, part.ink(line)) for part in found.parts for line in part.lines]


def foot_inks(found: Arranged) -> list[tuple[str, Box]]:
    """Return (what, ink) of each thing in the foot: lock-ups and logos whole, other lines from capitals to baseline."""
    if found.foot is None:
        return []
    inks = [(mark.mark.partner, mark.box) for mark in found.foot.marks]
    cap_em = real_campaign().brand.faces[0].cap_em
    for words in found.foot.words:
        height = cap_em * words.size_px
        width = words.line.ink_em * words.size_px
        inks.append((words.line.text, Box(words.x, words.baseline - height, width, height)))
    return inks


def code_inks(found: Arranged) -> list[tuple[str, Box]]:
    return [("code", found.call.code)] if found.call.code else []


def all_inks(found: Arranged) -> list[tuple[str, Box]]:
    return part_inks(found) + code_inks(found) + foot_inks(found)


def inside(point: tuple[float, float], polygon: Polygon, slack: float) -> bool:
    """Say whether a point lies in a convex, clockwise polygon, or within ``slack`` px of it."""
    x, y = point
    for (ax, ay), (bx, by) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
        if length and ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length < -slack:
            return False
    return True


def shrunk(box: Box) -> Polygon:
    return box.grown(-TOUCH).corners()


@every_channel
def test_all_ink_is_inside_the_safe_area(channel: str) -> None:
    live = Box(*ASSETS[channel].page.live).grown(TOUCH)

    outside = [
        (name, ink)
        for name, ink in all_inks(arranged(channel))
        if ink.x < live.x or ink.y < live.y or ink.right > live.right or ink.bottom > live.bottom
    ]

    assert outside == []


@every_channel
def test_nothing_stands_on_what_covers_the_page(channel: str) -> None:
    covers = [Box(*rect).corners() for rect in ASSETS[channel].page.keep_clear]

    covered = [
        name for name, ink in all_inks(arranged(channel)) if any(meet(shrunk(ink), cover) for cover in covers)
    ]

    assert covered == []


@every_channel
def test_no_join_runs_through_a_line_of_words_or_a_group_of_digits(channel: str) -> None:
    asset, found = ASSETS[channel], arranged(channel)

    split = [
        (name, y)
        for name, ink in part_inks(found) + code_inks(found)
        for y in asset.page.joins_y
        if ink.y < y < ink.bottom
    ]
    split += [("number", x) for x in asset.page.joins_x for left, right in digits(found) if left < x < right]

    assert split == []


def digits(found: Arranged) -> Iterator[tuple[float, float]]:
    """Yield the left and right of each group of digits of the number, measured afresh."""
    family = real_campaign().brand.family("en-GB")
    for part in found.parts:
        if part.name != "number":
            continue
        line = part.lines[0]
        weight = part.part.weights[0]
        text, start = line.line.text, line.x - line.line.left_em * part.size_px

        def width(words: str, *, weight: int = weight, part=part) -> float:  # type: ignore[no-untyped-def]
            run = measurer().run(words, family, weight, ligatures=False)
            return (run.advance + part.part.tracking * run.glyphs) * part.size_px if words else 0.0

        at = 0
        for group in text.split("\N{NO-BREAK SPACE}"):
            yield start + width(text[:at]), start + width(text[: at + len(group)])
            at += len(group) + 1


@every_channel
def test_no_two_parts_overlap(channel: str) -> None:
    inks = all_inks(arranged(channel))

    overlaps = [
        (one, other)
        for (one, a), (other, b) in combinations(inks, 2)
        if one != other and meet(shrunk(a), shrunk(b))
    ]

    assert overlaps == []


@every_channel
def test_no_type_is_under_its_least_size(channel: str) -> None:
    asset, found = ASSETS[channel], arranged(channel)

    small = [
        (part.name, round(part.size_px, 2), role)
        for part in found.parts
        for role in part.part.say
        if role in found.words.words
        and role in asset.floors
        and part.size_px < asset.floors[role].least_px - 0.001
    ]
    if found.foot:
        lines = [*found.foot.words, *(line for mark in found.foot.marks for line in mark.lines)]
        small += [
            (line.line.text, round(line.size_px, 2), line.role)
            for line in lines
            if line.size_px < asset.floors[line.role].least_px - 0.001
        ]

    assert small == []


@every_channel
def test_the_number_stands_in_one_line_where_it_is_required(channel: str) -> None:
    numbers = [part for part in arranged(channel).parts if part.name == "number"]

    assert [len(part.lines) for part in numbers] == [1] * len(numbers)
    assert numbers or "number" not in ASSETS[channel].spec.requires


@every_channel
def test_the_code_has_exactly_the_size_that_the_plan_gave_it(channel: str) -> None:
    code, found = ASSETS[channel].code, arranged(channel).call.code

    assert (found is None) == (code is None)
    if code and found:
        assert (found.width, found.height) == pytest.approx((code.side_px, code.side_px), abs=0.001)


@every_channel
def test_what_a_channel_requires_is_there(channel: str) -> None:
    asset, found = ASSETS[channel], arranged(channel)
    spoken = {role for part in found.parts for role in part.part.say if role in found.words.words}

    lost = {role for role in asset.spec.requires if role != "partner"} - spoken

    assert lost == set()
    assert found.foot or "partner" not in asset.spec.requires


@every_channel
def test_words_in_the_dark_keep_clear_of_the_light(channel: str) -> None:
    found = arranged(channel)
    light = found.opening.light if found.opening else ()
    words = found.text.parts if found.text else ()

    lit = [
        part.name
        for part in words
        for line in part.lines
        if any(
            meet(part.ink(line).grown(0.9 * part.part.clear * part.size_px).corners(), shape)
            for shape in light
        )
    ]

    assert lit == []


@every_channel
def test_the_call_lies_in_the_light_where_the_design_says_so(channel: str) -> None:
    found = arranged(channel)
    if found.call_on != "light" or found.opening is None:
        assert found.call_on == "field" or found.opening is None
        return

    dark = [
        part.name
        for part in found.call.parts
        for line in part.lines
        for corner in part.ink(line).corners()
        if not inside(corner, found.opening.fall, 1.0)
    ]

    assert dark == []


@every_channel
def test_the_foot_is_below_everything(channel: str) -> None:
    found = arranged(channel)
    if found.foot is None:
        assert "partner" not in ASSETS[channel].spec.requires
        return

    reaching = [name for name, ink in part_inks(found) if ink.bottom > found.foot.top + TOUCH]
    if found.call.code and found.call.code.bottom > found.foot.top + TOUCH:
        reaching.append("code")

    assert reaching == []
    assert all(ink.y >= found.foot.top for _, ink in foot_inks(found))


NAME_WORDS = st.text(string.ascii_letters + "’-&", min_size=1, max_size=16)
NAMES = st.lists(NAME_WORDS, min_size=1, max_size=30).map(" ".join).map(lambda name: name[:120].strip())
FOOTED = [asset for asset in ASSETS.values() if asset.foot]


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(name=NAMES, asset=st.sampled_from(FOOTED))
def test_a_partner_s_name_of_1_to_120_characters_never_fails_an_asset(name: str, asset: Asset) -> None:
    asset = renamed(asset, name)

    found = arrange_real(asset)

    live = Box(*asset.page.live).grown(TOUCH)
    assert found.foot is not None
    assert all(
        live.x <= ink.x and ink.right <= live.right and ink.bottom <= live.bottom
        for _, ink in foot_inks(found)
    )


def renamed(asset: Asset, name: str) -> Asset:
    """Return the asset with a partner of another name, which has no logo and no short name of its own."""
    first = FootMark("long", name, name, "joint", None, None, name)
    sets = tuple(WordSet(one.name, {**one.words, "partner": name}) for one in asset.word_sets)
    return replace(asset, foot=(first, *asset.foot[1:]), word_sets=sets)


@pytest.mark.parametrize("asset", FOOTED, ids=lambda asset: asset.channel)
def test_the_longest_name_that_may_be_written_fits_every_channel(asset: Asset) -> None:
    name = "The Staffordshire and Stoke-on-Trent Partnership for the Safeguarding of Children, Young People and Families in the Home"
    assert len(name) == 120

    found = arrange_real(renamed(asset, name))

    assert found.foot is not None
    assert name in " ".join(line.line.text for mark in found.foot.marks for line in mark.lines)


def test_words_that_fit_at_no_legible_size_are_an_overflow_at_the_headline_s_place(tmp_path: object) -> None:
    long = "Unbelievably long words everywhere, and no shorter ones"
    with pytest.raises(RenderError) as error:
        arrange_tiny(
            tmp_path, long, lambda asset: replace(asset, floors={**asset.floors, "headline": huge(asset)})
        )

    assert str(error.value) == (
        "brand/messages/hello.yaml:3:21: error: the words do not fit tiny-card at a legible size, not even in the"
        " tier short/none [text-overflow]\n"
        "  hint: write a shorter tier, or give the parts more room in the arrangement"
    )


def huge(asset: Asset):  # type: ignore[no-untyped-def]
    floor = asset.floors["headline"]
    return replace(floor, least_px=asset.page.height_px, good_px=asset.page.height_px)


def test_a_shape_that_the_design_does_not_know_is_a_fault_of_the_design(tmp_path: object) -> None:
    with pytest.raises(RenderError) as error:
        arrange_tiny(tmp_path, "Talk to us", lambda asset: replace(asset, shape="strip"))

    assert str(error.value) == (
        "templates/bare/template.yaml: error: Bare has no arrangement for the shape strip [template]\n"
        "  hint: add strip: under shapes:"
    )


def arrange_tiny(root, headline: str, change: Callable[[Asset], Asset]) -> Arranged:  # type: ignore[no-untyped-def]
    message = f'accent: ink\nen-GB:\n  headline: {{short: "{headline}"}}\n  alt: {{short: Talk}}\n'
    campaign, assets = load_tiny(root, {"brand/messages/hello.yaml": message})
    asset = change(assets["acme/hello/tiny-card/en-GB"])
    own = Measurer(campaign.root, campaign.brand.faces)
    return arrange(asset, campaign.templates["bare"], own, campaign.brand.family("en-GB"))
