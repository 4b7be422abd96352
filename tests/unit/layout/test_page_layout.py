"""Properties of every laid-out page, checked on one asset of each channel of the real campaign.

Nothing is rendered here. ``test_raster.py`` checks that letters are drawn where the layout placed them.
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
from assetgen.geometry import Box, Polygon, polygons_overlap
from assetgen.layout.engine_metrics import Measurer
from assetgen.layout.page_layout import PageLayout, lay_out_page
from assetgen.layout.parts import PlacedFooterLine
from assetgen.planning.asset import Asset, CopySet, FooterPartner
from assetgen.planning.combination import NO_BREAK_SPACE
from tests.support.layout_inputs import measurer
from tests.support.tiny_campaign import load_tiny, one_asset_per_channel, real_campaign
from tests.support.wording import Wording

pytestmark = pytest.mark.thorough

# Positions are sums of floats: boxes that touch may overlap by this much, in px.
TOUCH = 0.2


@cache
def assets() -> dict[str, Asset]:
    return {asset.channel: asset for asset in one_asset_per_channel()}


def arrange_real(asset: Asset) -> PageLayout:
    campaign = real_campaign()
    template = campaign.templates[asset.template or ""]
    return lay_out_page(asset, template, measurer(), campaign.brand.families(asset.locale))


arranged = cache(lambda channel: arrange_real(assets()[channel]))


def part_inks(found: PageLayout) -> list[tuple[str, Box]]:
    """Return (part, ink) of each line of text above the footer."""
    return [(part.name, part.ink(line)) for part in found.parts for line in part.lines]


def footer_inks(found: PageLayout) -> list[tuple[str, Box]]:
    """Return (name, ink) of each footer item: whole lock-ups and logos, other lines from capitals to baseline."""
    if found.footer is None:
        return []
    inks = [(mark.partner.partner, mark.box) for mark in found.footer.partners]
    cap_em = real_campaign().brand.faces[0].cap_em
    for words in found.footer.lines:
        height = cap_em * words.size_px
        width = words.line.ink_em * words.size_px
        inks.append((words.line.text, Box(words.x, words.baseline - height, width, height)))
    return inks


def footer_lines(found: PageLayout) -> list[PlacedFooterLine]:
    """Return every line of text in the footer."""
    if found.footer is None:
        return []
    return [*found.footer.lines, *(line for mark in found.footer.partners for line in mark.lines)]


def code_inks(found: PageLayout) -> list[tuple[str, Box]]:
    return [("code", found.cta.code)] if found.cta.code else []


def all_inks(found: PageLayout) -> list[tuple[str, Box]]:
    return part_inks(found) + code_inks(found) + footer_inks(found)


def is_inside(point: tuple[float, float], polygon: Polygon) -> bool:
    """Say whether a polygon contains a point: a ray to the right crosses its sides an odd number of times."""
    x, y = point
    sides = zip(polygon, polygon[1:] + polygon[:1], strict=True)
    crossed = [
        (bx - ax) * (y - ay) / (by - ay) + ax > x for (ax, ay), (bx, by) in sides if (ay > y) != (by > y)
    ]
    return sum(crossed) % 2 == 1


def shrunk(box: Box) -> Polygon:
    return box.enlarged(-TOUCH).corners()


def faulty(check: Callable[[Asset, PageLayout], Iterable[object]]) -> dict[str, list[object]]:
    """Return the faults that a check finds, by channel, over all channels."""
    found = {channel: list(check(asset, arranged(channel))) for channel, asset in assets().items()}
    return {channel: faults for channel, faults in found.items() if faults}


def test_the_campaign_has_an_asset_for_at_least_130_channels() -> None:
    assert len(assets()) >= 130


def test_all_ink_is_inside_the_safe_area() -> None:
    def outside(asset: Asset, found: PageLayout) -> Iterator[object]:
        live = Box(*asset.page.live).enlarged(TOUCH)
        for name, ink in all_inks(found):
            if ink.x < live.x or ink.y < live.y or ink.right > live.right or ink.bottom > live.bottom:
                yield name, ink

    assert faulty(outside) == {}


def test_nothing_is_placed_in_a_keep_clear_area() -> None:
    def covered(asset: Asset, found: PageLayout) -> Iterator[object]:
        covers = [Box(*rect).corners() for rect in asset.page.keep_clear]
        return (
            name
            for name, ink in all_inks(found)
            if any(polygons_overlap(shrunk(ink), cover) for cover in covers)
        )

    assert faulty(covered) == {}
    assert any(asset.page.keep_clear for asset in assets().values())


def test_no_panel_join_crosses_a_line_of_text_or_a_digit_group() -> None:
    def split(asset: Asset, found: PageLayout) -> Iterator[object]:
        for name, ink in part_inks(found) + code_inks(found):
            yield from ((name, y) for y in asset.page.panel_joins_y if ink.y < y < ink.bottom)
        for left, right in digits(found):
            yield from (("number", x) for x in asset.page.panel_joins_x if left < x < right)

    assert faulty(split) == {}
    assert any(asset.page.panel_joins_x for asset in assets().values())
    assert any(asset.page.panel_joins_y for asset in assets().values())


def digits(found: PageLayout) -> Iterator[tuple[float, float]]:
    """Yield the left and right of each digit group of the number, measured independently of the layout."""
    number = next((part for part in found.parts if part.name == "number"), None)
    if number is None:
        return
    line, size, weight = number.lines[0], number.size_px, number.part.weights[0]

    def width(words: str) -> float:
        run = measurer().shape(words, real_campaign().brand.families("en-GB").text, weight, ligatures=False)
        return (run.advance + number.part.tracking * run.glyphs) * size if words else 0.0

    text, start, at = line.line.text, line.x - line.line.left_em * size, 0
    for group in text.split(NO_BREAK_SPACE):
        yield start + width(text[:at]), start + width(text[: at + len(group)])
        at += len(group) + 1


def test_no_two_parts_overlap() -> None:
    def overlaps(_: Asset, found: PageLayout) -> Iterator[object]:
        for (one, a), (other, b) in combinations(all_inks(found), 2):
            if one != other and polygons_overlap(shrunk(a), shrunk(b)):
                yield one, other

    assert faulty(overlaps) == {}


def test_no_type_is_under_its_minimum_size() -> None:
    def too_small(asset: Asset, found: PageLayout) -> Iterator[object]:
        sizes = [
            (role, part.size_px)
            for part in found.parts
            for role in part.part.roles
            if role in found.words.copy_by_role and role in asset.type_size_limits
        ]
        sizes += [(line.role, line.size_px) for line in footer_lines(found)]
        for role, size_px in sizes:
            if size_px < asset.type_size_limits[role].min_px - 0.001:
                yield role, round(size_px, 2), round(asset.type_size_limits[role].min_px, 2)

    assert faulty(too_small) == {}


def test_the_number_is_on_one_line_and_present_if_required() -> None:
    def broken(asset: Asset, found: PageLayout) -> Iterator[object]:
        numbers = [part for part in found.parts if part.name == "number"]
        if any(len(part.lines) != 1 for part in numbers) or (not numbers and "number" in asset.spec.requires):
            yield [line.line.text for part in numbers for line in part.lines]

    assert faulty(broken) == {}


def test_the_code_has_exactly_its_planned_size() -> None:
    def wrong_size(asset: Asset, found: PageLayout) -> Iterator[object]:
        planned = asset.code.side_px if asset.code else None
        box = found.cta.code
        if (box is None) != (planned is None):
            yield "no code" if planned else "a code that was not planned"
        if box and planned and (box.width, box.height) != pytest.approx((planned, planned), abs=0.001):
            yield box

    assert faulty(wrong_size) == {}


def test_every_required_role_is_on_the_page() -> None:
    def missing(asset: Asset, found: PageLayout) -> Iterator[object]:
        present = {
            role for part in found.parts for role in part.part.roles if role in found.words.copy_by_role
        }
        present |= {"partner"} if found.footer else set()
        yield from set(asset.spec.requires) - present

    assert faulty(missing) == {}


def test_copy_keeps_its_clearance_from_the_light() -> None:
    def too_near_light(_: Asset, found: PageLayout) -> Iterator[object]:
        light = found.motif.kept_clear if found.motif else ()
        for part in found.copy_column.parts if found.copy_column else ():
            clear = 0.99 * part.part.clearance * part.size_px
            if any(
                polygons_overlap(part.ink(line).enlarged(clear).corners(), shape)
                for line in part.lines
                for shape in light
            ):
                yield part.name

    assert faulty(too_near_light) == {}


def test_the_cta_is_in_the_light_if_the_template_says_so() -> None:
    def outside_light(_: Asset, found: PageLayout) -> Iterator[object]:
        if found.motif is None or found.cta_on != "light":
            return
        for part in found.cta.parts:
            corners = [corner for line in part.lines for corner in shrunk(part.ink(line))]
            if not all(is_inside(corner, found.motif["fall"]) for corner in corners):
                yield part.name

    assert faulty(outside_light) == {}
    assert sum(arranged(channel).cta_on == "light" for channel in assets()) > 100


def test_the_footer_band_contains_the_partners_and_nothing_else() -> None:
    def misplaced(_: Asset, found: PageLayout) -> Iterator[object]:
        if found.band is None:
            return
        paper = found.band.shape
        yield from (
            n for n, ink in part_inks(found) + code_inks(found) if polygons_overlap(shrunk(ink), paper)
        )
        for name, ink in footer_inks(found):
            yield from (name for corner in ink.corners() if not is_inside(corner, paper))

    assert faulty(misplaced) == {}


NAME_WORDS = st.text(string.ascii_letters + "’-&", min_size=1, max_size=16)
NAMES = st.lists(NAME_WORDS, min_size=1, max_size=30).map(" ".join).map(lambda name: name[:120].strip())


@cache
def channels_with_footer() -> list[str]:
    return [channel for channel, asset in assets().items() if asset.footer_partners]


LONGEST = (
    "The Staffordshire and Stoke-on-Trent Partnership for the Safeguarding of"
    " Children, Young People and Families in the Home"
)


@settings(max_examples=150, derandomize=True)
@given(name=NAMES, channel=st.deferred(lambda: st.sampled_from(channels_with_footer())))
def test_any_partner_name_of_1_to_120_characters_fits(name: str, channel: str) -> None:
    asset = renamed(assets()[channel], name)

    found = arrange_real(asset)

    live = Box(*asset.page.live).enlarged(TOUCH)
    assert found.footer is not None
    assert all(
        live.x <= ink.x and ink.right <= live.right and ink.bottom <= live.bottom
        for _, ink in footer_inks(found)
    )


def renamed(asset: Asset, name: str) -> Asset:
    """Return the asset with a partner of a different name, without a logo and without a short name."""
    first = FooterPartner("long", name, name, "joint", None, None, name)
    sets = tuple(CopySet(one.name, {**one.copy_by_role, "partner": name}) for one in asset.copy_sets)
    return replace(asset, footer_partners=(first, *asset.footer_partners[1:]), copy_sets=sets)


def test_the_longest_partner_name_is_shown_in_full_in_every_channel() -> None:
    name = LONGEST
    assert len(name) == 120

    def shortened(asset: Asset, _: PageLayout) -> Iterator[object]:
        if not asset.footer_partners:
            return
        try:
            lines = [line.line.text for line in footer_lines(arrange_real(renamed(asset, name)))]
        except RenderError as error:
            yield str(error)
            return
        if name not in " ".join(lines):
            yield lines

    assert faulty(shortened) == {}


def test_copy_too_long_for_any_legible_size_is_an_overflow(tmp_path: object, wording: Wording) -> None:
    long = "Unbelievably long words everywhere, and no shorter ones"
    with pytest.raises(RenderError) as error:
        arrange_tiny(
            tmp_path,
            long,
            lambda asset: replace(
                asset, type_size_limits={**asset.type_size_limits, "headline": huge_minimum(asset)}
            ),
        )

    (finding,) = error.value.findings
    assert (str(finding.place), finding.code) == ("brand/messages/hello.yaml:3:21", "text-overflow")
    assert "tiny-card" in finding.text
    assert wording == str(error.value)


def with_copy(asset: Asset, **copy: str) -> Asset:
    """Return an asset with other copy in its shortest length, which becomes its only one."""
    shortest = asset.copy_sets[-1]
    return replace(asset, copy_sets=(replace(shortest, copy_by_role={**shortest.copy_by_role, **copy}),))


def test_an_overflow_names_the_word_that_is_too_wide_and_by_how_much() -> None:
    asset = with_copy(assets()["disp-wide-skyscraper"], headline="Counterrevolutionaries everywhere")

    with pytest.raises(RenderError, match=r"“Counterrevolutionaries” in the headline is \d+% too wide"):
        arrange_real(asset)


def test_an_overflow_names_the_region_that_is_too_high_and_by_how_much(tmp_path: object) -> None:
    def change(asset: Asset) -> Asset:
        return replace(asset, type_size_limits={**asset.type_size_limits, "headline": huge_minimum(asset)})

    with pytest.raises(RenderError, match=r"the (copy|call to action) is \d+% too high"):
        arrange_tiny(tmp_path, "I i", change)


def test_an_overflow_says_that_a_number_has_no_place_between_panel_joins() -> None:
    asset = with_copy(assets()["ooh-96-sheet"], number=f"0808{NO_BREAK_SPACE}157{NO_BREAK_SPACE}0123")

    with pytest.raises(RenderError, match="the groups of the number have no place between the panel joins"):
        arrange_real(asset)


def huge_minimum(asset: Asset):  # type: ignore[no-untyped-def]
    floor = asset.type_size_limits["headline"]
    return replace(floor, min_px=asset.page.height_px, preferred_px=asset.page.height_px)


def arrange_tiny(root, headline: str, change: Callable[[Asset], Asset]) -> PageLayout:  # type: ignore[no-untyped-def]
    message = f'accent: ink\nen-GB:\n  headline: {{short: "{headline}"}}\n  alt: {{short: Talk}}\n'
    campaign, assets = load_tiny(root, {"brand/messages/hello.yaml": message})
    asset = change(assets["acme/hello/tiny-card/en-GB"])
    tiny_measurer = Measurer(campaign.brand.faces)
    return lay_out_page(asset, campaign.templates["bare"], tiny_measurer, campaign.brand.families("en-GB"))
