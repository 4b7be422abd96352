"""What holds for every page that is arranged, shown on one asset of each channel of the real campaign.

Nothing is drawn here: ``test_raster`` shows that what is drawn stands where it was arranged.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.errors import RenderError
from assetgen.geometry import Box, Polygon, meet
from assetgen.layout.engine_metrics import Measurer
from assetgen.layout.page_layout import Arranged, arrange
from assetgen.layout.parts import SetWords
from assetgen.planning.asset import Asset, FootMark, WordSet
from assetgen.planning.combination import NO_BREAK_SPACE
from tests.support.arranged_pages import measurer
from tests.support.tiny import load_tiny, one_a_channel, real_campaign
from tests.support.wording import Wording

pytestmark = pytest.mark.thorough

# Positions are sums of floats: what touches may overlap by this much, in px.
TOUCH = 0.2


@cache
def assets() -> dict[str, Asset]:
    return {asset.channel: asset for asset in one_a_channel()}


def arrange_real(asset: Asset) -> Arranged:
    campaign = real_campaign()
    template = campaign.templates[asset.template or ""]
    return arrange(asset, template, measurer(), campaign.brand.family(asset.locale))


arranged = cache(lambda channel: arrange_real(assets()[channel]))


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


def foot_lines(found: Arranged) -> list[SetWords]:
    """Return every line of words in the foot."""
    if found.foot is None:
        return []
    return [*found.foot.words, *(line for mark in found.foot.marks for line in mark.lines)]


def code_inks(found: Arranged) -> list[tuple[str, Box]]:
    return [("code", found.call.code)] if found.call.code else []


def all_inks(found: Arranged) -> list[tuple[str, Box]]:
    return part_inks(found) + code_inks(found) + foot_inks(found)


def inside(point: tuple[float, float], polygon: Polygon) -> bool:
    """Say whether a point lies in a polygon of any form: a ray to its right leaves it an odd number of times."""
    x, y = point
    sides = zip(polygon, polygon[1:] + polygon[:1], strict=True)
    crossed = [
        (bx - ax) * (y - ay) / (by - ay) + ax > x for (ax, ay), (bx, by) in sides if (ay > y) != (by > y)
    ]
    return sum(crossed) % 2 == 1


def shrunk(box: Box) -> Polygon:
    return box.grown(-TOUCH).corners()


def faulty(check: Callable[[Asset, Arranged], Iterable[object]]) -> dict[str, list[object]]:
    """Return what a check finds wrong, by channel, over all channels."""
    found = {channel: list(check(asset, arranged(channel))) for channel, asset in assets().items()}
    return {channel: faults for channel, faults in found.items() if faults}


def test_there_is_an_asset_of_every_channel_that_partners_choose() -> None:
    assert len(assets()) >= 130


def test_all_ink_is_inside_the_safe_area() -> None:
    def outside(asset: Asset, found: Arranged) -> Iterator[object]:
        live = Box(*asset.page.live).grown(TOUCH)
        for name, ink in all_inks(found):
            if ink.x < live.x or ink.y < live.y or ink.right > live.right or ink.bottom > live.bottom:
                yield name, ink

    assert faulty(outside) == {}


def test_nothing_stands_on_what_covers_the_page() -> None:
    def covered(asset: Asset, found: Arranged) -> Iterator[object]:
        covers = [Box(*rect).corners() for rect in asset.page.keep_clear]
        return (name for name, ink in all_inks(found) if any(meet(shrunk(ink), cover) for cover in covers))

    assert faulty(covered) == {}
    assert any(asset.page.keep_clear for asset in assets().values())


def test_no_join_runs_through_a_line_of_words_or_a_group_of_digits() -> None:
    def split(asset: Asset, found: Arranged) -> Iterator[object]:
        for name, ink in part_inks(found) + code_inks(found):
            yield from ((name, y) for y in asset.page.panel_joins_y if ink.y < y < ink.bottom)
        for left, right in digits(found):
            yield from (("number", x) for x in asset.page.panel_joins_x if left < x < right)

    assert faulty(split) == {}
    assert any(asset.page.panel_joins_x for asset in assets().values())
    assert any(asset.page.panel_joins_y for asset in assets().values())


def digits(found: Arranged) -> Iterator[tuple[float, float]]:
    """Yield the left and right of each group of digits of the number, measured afresh."""
    number = next((part for part in found.parts if part.name == "number"), None)
    if number is None:
        return
    line, size, weight = number.lines[0], number.size_px, number.part.weights[0]

    def width(words: str) -> float:
        run = measurer().run(words, real_campaign().brand.family("en-GB"), weight, ligatures=False)
        return (run.advance + number.part.tracking * run.glyphs) * size if words else 0.0

    text, start, at = line.line.text, line.x - line.line.left_em * size, 0
    for group in text.split(NO_BREAK_SPACE):
        yield start + width(text[:at]), start + width(text[: at + len(group)])
        at += len(group) + 1


def test_no_two_parts_overlap() -> None:
    def overlaps(_: Asset, found: Arranged) -> Iterator[object]:
        for (one, a), (other, b) in combinations(all_inks(found), 2):
            if one != other and meet(shrunk(a), shrunk(b)):
                yield one, other

    assert faulty(overlaps) == {}


def test_no_type_is_under_its_least_size() -> None:
    def small(asset: Asset, found: Arranged) -> Iterator[object]:
        sizes = [
            (role, part.size_px)
            for part in found.parts
            for role in part.part.roles
            if role in found.words.words and role in asset.floors
        ]
        sizes += [(line.role, line.size_px) for line in foot_lines(found)]
        for role, size_px in sizes:
            if size_px < asset.floors[role].least_px - 0.001:
                yield role, round(size_px, 2), round(asset.floors[role].least_px, 2)

    assert faulty(small) == {}


def test_the_number_stands_in_one_line_where_it_is_required() -> None:
    def broken(asset: Asset, found: Arranged) -> Iterator[object]:
        numbers = [part for part in found.parts if part.name == "number"]
        if any(len(part.lines) != 1 for part in numbers) or (not numbers and "number" in asset.spec.requires):
            yield [line.line.text for part in numbers for line in part.lines]

    assert faulty(broken) == {}


def test_the_code_has_exactly_the_size_that_the_plan_gave_it() -> None:
    def other_size(asset: Asset, found: Arranged) -> Iterator[object]:
        planned = asset.code.side_px if asset.code else None
        box = found.call.code
        if (box is None) != (planned is None):
            yield "no code" if planned else "a code that nobody planned"
        if box and planned and (box.width, box.height) != pytest.approx((planned, planned), abs=0.001):
            yield box

    assert faulty(other_size) == {}


def test_what_a_channel_requires_is_there() -> None:
    def lost(asset: Asset, found: Arranged) -> Iterator[object]:
        spoken = {role for part in found.parts for role in part.part.roles if role in found.words.words}
        spoken |= {"partner"} if found.foot else set()
        yield from set(asset.spec.requires) - spoken

    assert faulty(lost) == {}


def test_words_in_the_dark_keep_clear_of_the_light() -> None:
    def lit(_: Asset, found: Arranged) -> Iterator[object]:
        light = found.motif.kept_clear if found.motif else ()
        for part in found.text.parts if found.text else ():
            clear = 0.99 * part.part.clearance * part.size_px
            if any(
                meet(part.ink(line).grown(clear).corners(), shape) for line in part.lines for shape in light
            ):
                yield part.name

    assert faulty(lit) == {}


def test_the_call_lies_in_the_light_where_the_design_says_so() -> None:
    def dark(_: Asset, found: Arranged) -> Iterator[object]:
        if found.motif is None or found.call_on != "light":
            return
        for part in found.call.parts:
            corners = [corner for line in part.lines for corner in shrunk(part.ink(line))]
            if not all(inside(corner, found.motif["fall"]) for corner in corners):
                yield part.name

    assert faulty(dark) == {}
    assert sum(arranged(channel).call_on == "light" for channel in assets()) > 100


def test_the_partners_paper_holds_them_and_nothing_else() -> None:
    def reaching(_: Asset, found: Arranged) -> Iterator[object]:
        if found.band is None:
            return
        paper = found.band.shape
        yield from (n for n, ink in part_inks(found) + code_inks(found) if meet(shrunk(ink), paper))
        for name, ink in foot_inks(found):
            yield from (name for corner in ink.corners() if not inside(corner, paper))

    assert faulty(reaching) == {}


NAME_WORDS = st.text(string.ascii_letters + "’-&", min_size=1, max_size=16)
NAMES = st.lists(NAME_WORDS, min_size=1, max_size=30).map(" ".join).map(lambda name: name[:120].strip())


@cache
def footed() -> list[str]:
    return [channel for channel, asset in assets().items() if asset.foot]


LONGEST = (
    "The Staffordshire and Stoke-on-Trent Partnership for the Safeguarding of"
    " Children, Young People and Families in the Home"
)


@settings(max_examples=150, derandomize=True)
@given(name=NAMES, channel=st.deferred(lambda: st.sampled_from(footed())))
def test_a_partner_s_name_of_1_to_120_characters_never_fails_an_asset(name: str, channel: str) -> None:
    asset = renamed(assets()[channel], name)

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


def test_the_longest_name_that_may_be_written_stands_in_full_in_every_channel() -> None:
    name = LONGEST
    assert len(name) == 120

    def shortened(asset: Asset, _: Arranged) -> Iterator[object]:
        if not asset.foot:
            return
        try:
            lines = [line.line.text for line in foot_lines(arrange_real(renamed(asset, name)))]
        except RenderError as error:
            yield str(error)
            return
        if name not in " ".join(lines):
            yield lines

    assert faulty(shortened) == {}


def test_words_that_fit_at_no_legible_size_are_an_overflow_at_the_headline_s_place(
    tmp_path: object, wording: Wording
) -> None:
    long = "Unbelievably long words everywhere, and no shorter ones"
    with pytest.raises(RenderError) as error:
        arrange_tiny(
            tmp_path, long, lambda asset: replace(asset, floors={**asset.floors, "headline": huge(asset)})
        )

    (finding,) = error.value.findings
    assert (str(finding.place), finding.code) == ("brand/messages/hello.yaml:3:21", "text-overflow")
    assert "tiny-card" in finding.text
    assert wording == str(error.value)


def huge(asset: Asset):  # type: ignore[no-untyped-def]
    floor = asset.floors["headline"]
    return replace(floor, least_px=asset.page.height_px, good_px=asset.page.height_px)


def arrange_tiny(root, headline: str, change: Callable[[Asset], Asset]) -> Arranged:  # type: ignore[no-untyped-def]
    message = f'accent: ink\nen-GB:\n  headline: {{short: "{headline}"}}\n  alt: {{short: Talk}}\n'
    campaign, assets = load_tiny(root, {"brand/messages/hello.yaml": message})
    asset = change(assets["acme/hello/tiny-card/en-GB"])
    own = Measurer(campaign.brand.faces)
    return arrange(asset, campaign.templates["bare"], own, campaign.brand.family("en-GB"))
