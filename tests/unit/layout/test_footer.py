"""The partners' footer: names as lock-ups, logos beside them, and the lines for campaign and imprint."""

from __future__ import annotations

from itertools import combinations

import pytest

from assetgen.geometry import Box, polygons_overlap
from assetgen.layout.footer import FooterLayout, FooterText, PartnerSlot, balance_rows
from assetgen.layout.parts import PlacedFooter, PlacedPartner
from assetgen.planning.asset import FooterPartner, LogoAppearance, TypeSizeLimits
from assetgen.planning.logo_placement import MAX_WIDTH
from assetgen.schema.template_file import FooterStyle
from tests.support.layout_inputs import measurer

FLOORS = {
    "partner": TypeSizeLimits(8.0, 12.0),
    "imprint": TypeSizeLimits(6.0, 6.0),
    "name": TypeSizeLimits(8.0, 12.0),
}
TEXT = FooterText(
    "Open Door Line",
    "Example County",
    "In partnership with",
    "Led by the Example Foundation",
    "Edition 1",
    FLOORS,
)
LIVE = Box(60.0, 60.0, 960.0, 1230.0)
PAGE_HEIGHT = 1350.0
SHORT = "Example Partnership"
PLAIN_LOOK = LogoAppearance()


def mark(
    name: str,
    short_name: str | None = None,
    ratio: float | None = None,
    role: str = "joint",
    look: LogoAppearance = PLAIN_LOOK,
) -> FooterPartner:
    url = "http://logos.invalid/acme" if ratio else None
    return FooterPartner(name.lower(), name, short_name or name, role, url, ratio, name, look)


def set_footer(*marks: FooterPartner, layout: FooterStyle | None = None, live: Box = LIVE) -> PlacedFooter:
    setter = FooterLayout(
        measurer(), "Hanken Grotesk", TEXT, layout or FooterStyle(), live, PAGE_HEIGHT, 1080.0
    )
    found = setter.lay_out(marks)
    assert found is not None
    return found


def lines_of(one: PlacedPartner) -> list[str]:
    return [line.line.text for line in one.lines]


def other_lines(footer: PlacedFooter) -> set[str]:
    return {words.line.text for words in footer.lines}


def test_a_name_is_set_in_two_lines_after_a_leaning_bar() -> None:
    (one,) = set_footer(mark("Staffordshire County Council")).partners

    assert " ".join(lines_of(one)) == "Staffordshire County Council"
    assert len(one.lines) == 2
    assert max(x for x, _ in one.bar) < one.lines[0].x
    assert one.bar[3][0] < one.bar[0][0]


def test_the_first_line_of_a_name_is_bold_and_the_rest_is_plain() -> None:
    (one,) = set_footer(mark("Staffordshire County Council")).partners

    assert [line.line.words[0].weight for line in one.lines] == [700, 500]


def test_a_name_of_one_word_is_set_in_one_line() -> None:
    (one,) = set_footer(mark("NSPCC")).partners

    assert lines_of(one) == ["NSPCC"]


def test_all_lock_ups_have_the_same_height() -> None:
    footer = set_footer(mark("Police"), mark("Staffordshire County Council"), mark("Together for Childhood"))

    heights = {round(one.box.height, 6) for one in footer.partners}
    assert len(heights) == 1


def test_partners_are_in_the_order_of_the_plan() -> None:
    footer = set_footer(mark("Beta"), mark("Alpha"), mark("Gamma"))

    assert [one.partner.name for one in footer.partners] == ["Beta", "Alpha", "Gamma"]
    assert [one.box.x for one in footer.partners] == sorted(one.box.x for one in footer.partners)


@pytest.mark.parametrize("ratio", [0.5, 1.0, 3.0, 4.5, 9.0])
def test_a_logo_keeps_its_ratio_and_is_centred_on_the_lock_ups(ratio: float) -> None:
    logo, lockup = set_footer(mark("Acme", ratio=ratio), mark("Staffordshire County Council")).partners

    assert logo.box.width / logo.box.height == pytest.approx(ratio)
    assert logo.box.y + logo.box.height / 2 == pytest.approx(lockup.box.y + lockup.box.height / 2)
    assert (logo.lines, logo.bar) == ((), ())


def test_logos_of_equal_role_and_weight_have_equal_areas() -> None:
    square, wide, upright = set_footer(
        mark("Acme", ratio=1.0), mark("Beta", ratio=3.0), mark("Ceta", ratio=0.7)
    ).partners

    areas = [one.box.width * one.box.height for one in (square, wide, upright)]
    assert areas == pytest.approx([areas[0]] * 3)


def test_a_very_wide_logo_is_limited_in_width() -> None:
    logo, lockup = set_footer(mark("Acme", ratio=30.0), mark("Staffordshire County Council")).partners

    assert logo.box.width == pytest.approx(MAX_WIDTH * lockup.box.height)


def test_four_partners_fit_inside_the_live_area_without_overlaps() -> None:
    footer = set_footer(
        mark("Staffordshire Police"),
        mark("Staffordshire County Council"),
        mark("Together for Childhood"),
        mark("Acme", ratio=2.5),
    )

    boxes = [one.box for one in footer.partners]
    assert not any(polygons_overlap(one.corners(), other.corners()) for one, other in combinations(boxes, 2))
    assert all(LIVE.x <= box.x and box.right <= LIVE.right and box.bottom <= LIVE.bottom for box in boxes)
    assert all(box.y > footer.top for box in boxes)


def test_the_footer_names_the_campaign_the_lead_and_the_edition() -> None:
    assert other_lines(set_footer(mark("Acme"))) == {
        "Open Door Line",
        "Example County",
        "In partnership with",
        "Led by the Example Foundation",
        "Edition 1",
    }


def test_a_template_may_leave_out_the_imprint_and_the_name() -> None:
    assert other_lines(set_footer(mark("Acme"), layout=FooterStyle(imprint=False, name=False))) == {
        "In partnership with"
    }


def test_lead_and_edition_are_at_opposite_ends_of_the_last_line() -> None:
    footer = set_footer(mark("Acme"))
    by_text = {words.line.text: words for words in footer.lines}
    lead, edition = by_text["Led by the Example Foundation"], by_text["Edition 1"]

    assert lead.baseline == edition.baseline == max(words.baseline for words in footer.lines)
    assert lead.x == LIVE.x
    assert edition.x + edition.line.ink_em * edition.size_px == pytest.approx(LIVE.right)


def test_no_footer_line_is_under_its_minimum_size() -> None:
    footer = set_footer(*(mark(f"Partnership number {count} of many names") for count in range(4)))

    lines = [line for one in footer.partners for line in one.lines]
    assert min(line.size_px for line in lines) >= FLOORS["partner"].min_px
    assert all(words.size_px >= FLOORS[words.role].min_px for words in footer.lines)


def test_a_long_name_is_shown_in_full_if_there_is_room() -> None:
    name = "The Staffordshire and Stoke-on-Trent Partnership for the Safeguarding of Children"

    (one,) = set_footer(mark(name, SHORT)).partners

    assert " ".join(lines_of(one)) == name


def test_the_short_name_is_used_if_the_full_name_does_not_fit() -> None:
    narrow = Box(20.0, 60.0, 95.0, 1230.0)
    name = "The Staffordshire and Stoke-on-Trent Partnership for the Safeguarding of Children"

    (one,) = set_footer(
        mark(name, SHORT), live=narrow, layout=FooterStyle(name=False, imprint=False)
    ).partners

    assert " ".join(lines_of(one)) == SHORT


def test_the_footer_takes_at_most_its_share_of_the_page() -> None:
    footer = set_footer(mark("Staffordshire Police"), mark("NSPCC"), layout=FooterStyle(max_share=0.15))

    assert LIVE.bottom - footer.top <= 0.15 * PAGE_HEIGHT


def test_the_same_partners_are_always_set_the_same_way() -> None:
    assert set_footer(mark("Acme"), mark("NSPCC")) == set_footer(mark("Acme"), mark("NSPCC"))


def test_without_the_campaign_name_the_label_is_left_of_the_row() -> None:
    footer = set_footer(mark("Staffordshire County Council"), layout=FooterStyle(imprint=False, name=False))
    (label,) = footer.lines

    assert label.x == LIVE.x
    assert label.x + label.line.ink_em * label.size_px < footer.partners[0].box.x
    assert label.baseline == pytest.approx(footer.partners[0].lines[0].baseline)


def test_a_label_left_of_the_row_makes_the_footer_less_tall() -> None:
    beside = set_footer(mark("Staffordshire County Council"), layout=FooterStyle(imprint=False, name=False))
    narrow = Box(LIVE.x, LIVE.y, 380.0, LIVE.height)
    above = set_footer(
        mark("Staffordshire County Council"), layout=FooterStyle(imprint=False, name=False), live=narrow
    )

    assert above.lines[0].baseline < above.partners[0].box.y
    assert beside.top > above.top


def test_the_footer_ends_inside_the_live_area() -> None:
    footer = set_footer(mark("Staffordshire County Council"))

    assert footer.top < footer.bottom <= LIVE.bottom + 0.01


def area(one: PlacedPartner) -> float:
    return one.box.width * one.box.height


def test_a_thin_logo_is_larger_than_a_heavy_one() -> None:
    heavy, thin = set_footer(
        mark("Acme", ratio=1.0, look=LogoAppearance(coverage=0.8)),
        mark("Beta", ratio=1.0, look=LogoAppearance(coverage=0.4)),
    ).partners

    assert area(thin) == pytest.approx(area(heavy) * 2**0.5)


def test_logo_sizes_decrease_from_lead_to_joint_to_supporting_partner() -> None:
    footer = set_footer(*(mark(role, ratio=1.0, role=role) for role in ("lead", "joint", "supporting")))

    sizes = [area(one) for one in footer.partners]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 3


def test_a_logo_is_never_narrower_than_its_minimum_width() -> None:
    (one,) = set_footer(mark("Acme", ratio=0.5, look=LogoAppearance(min_width_px=200.0))).partners

    assert one.box.width >= 200.0


def test_the_footer_does_not_fit_if_a_logo_cannot_have_its_minimum_width() -> None:
    setter = FooterLayout(measurer(), "Hanken Grotesk", TEXT, FooterStyle(), LIVE, PAGE_HEIGHT, 1080.0)

    assert setter.lay_out((mark("Acme", ratio=1.0, look=LogoAppearance(min_width_px=2000.0)),)) is None


@pytest.mark.parametrize("distribute", [True, False])
@pytest.mark.parametrize("clear", [0.0, 0.5, 1.0])
def test_nothing_enters_the_clear_space_of_a_logo(clear: float, distribute: bool) -> None:
    marks = (
        mark("Acme", ratio=1.0, look=LogoAppearance(clearance=clear)),
        mark("Beta", ratio=2.5, look=LogoAppearance(clearance=clear, coverage=0.4)),
        mark("Staffordshire County Council"),
        mark("Together for Childhood"),
    )
    footer = set_footer(
        *marks, layout=FooterStyle(distribute=distribute, name=not distribute, imprint=not distribute)
    )
    words = [Box(one.x, one.baseline - one.size_px, 40.0, 1.2 * one.size_px) for one in footer.lines]

    for one in footer.partners[:2]:
        space = one.box.enlarged(clear * one.box.height - 0.01)
        others = [other.box for other in footer.partners if other is not one]
        assert not any(polygons_overlap(space.corners(), other.corners()) for other in (*others, *words))


def test_a_panel_covers_the_clear_space_of_its_logo_and_moves_with_it() -> None:
    footer = set_footer(
        mark("Acme", ratio=1.0, look=LogoAppearance(panel="#10262C", clearance=0.4)), mark("NSPCC")
    )
    logo, name = footer.partners
    panel = logo.panel

    assert panel is not None
    assert logo.box.x - panel.x == pytest.approx(0.4 * logo.box.height)
    assert not polygons_overlap(panel.corners(), name.box.corners())
    moved = footer.moved(5.0, 7.0).partners[0].panel
    assert moved is not None
    assert (moved.x, moved.y) == pytest.approx((panel.x + 5.0, panel.y + 7.0))


def test_balance_rows_sets_four_partners_in_two_rows_of_two_if_they_fit() -> None:
    slots = tuple(PartnerSlot(100.0, 20.0) for _ in range(4))

    assert balance_rows(((0, 1, 2), (3,)), slots, 320.0, 10.0) == ((0, 1), (2, 3))
    assert balance_rows(((0, 1, 2), (3,)), slots, 200.0, 10.0) == ((0, 1, 2), (3,))
    assert balance_rows(((0, 1),), slots[:2], 320.0, 10.0) == ((0, 1),)
