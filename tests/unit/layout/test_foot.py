"""The partner foot: names as lock-ups, logos beside them, the campaign's and the imprint's lines."""

from __future__ import annotations

from itertools import combinations

import pytest

from assetgen.geometry import Box, meet
from assetgen.layout.footer import FootSetter, FootText, Slot, balanced
from assetgen.layout.parts import SetFoot, SetMark
from assetgen.planning.asset import FootMark, LogoLook, TypeFloor
from assetgen.planning.logo_placement import MAX_WIDTH
from assetgen.schema.template_file import Foot
from tests.support.arranged_pages import measurer

FLOORS = {"partner": TypeFloor(8.0, 12.0), "imprint": TypeFloor(6.0, 6.0), "name": TypeFloor(8.0, 12.0)}
TEXT = FootText(
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


PLAIN_LOOK = LogoLook()


def mark(
    name: str,
    short_name: str | None = None,
    ratio: float | None = None,
    role: str = "joint",
    look: LogoLook = PLAIN_LOOK,
) -> FootMark:
    url = "http://logos.invalid/acme" if ratio else None
    return FootMark(name.lower(), name, short_name or name, role, url, ratio, name, look)


def set_foot(*marks: FootMark, foot: Foot | None = None, live: Box = LIVE) -> SetFoot:
    setter = FootSetter(measurer(), "Hanken Grotesk", TEXT, foot or Foot(), live, PAGE_HEIGHT, 1080.0)
    found = setter.set(marks)
    assert found is not None
    return found


def lines_of(one: SetMark) -> list[str]:
    return [line.line.text for line in one.lines]


def said(foot: SetFoot) -> set[str]:
    return {words.line.text for words in foot.words}


def test_a_name_stands_in_two_lines_after_a_leaning_bar() -> None:
    (one,) = set_foot(mark("Staffordshire County Council")).marks

    assert " ".join(lines_of(one)) == "Staffordshire County Council"
    assert len(one.lines) == 2
    assert max(x for x, _ in one.bar) < one.lines[0].x
    assert one.bar[3][0] < one.bar[0][0]


def test_a_name_s_first_line_is_bold_and_the_rest_is_plain() -> None:
    (one,) = set_foot(mark("Staffordshire County Council")).marks

    assert [line.line.words[0].weight for line in one.lines] == [700, 500]


def test_a_name_of_one_word_stands_in_one_line() -> None:
    (one,) = set_foot(mark("NSPCC")).marks

    assert lines_of(one) == ["NSPCC"]


def test_all_marks_have_one_height() -> None:
    foot = set_foot(mark("Police"), mark("Staffordshire County Council"), mark("Together for Childhood"))

    heights = {round(one.box.height, 6) for one in foot.marks}
    assert len(heights) == 1


def test_marks_stand_in_the_order_that_the_plan_gives() -> None:
    foot = set_foot(mark("Beta"), mark("Alpha"), mark("Gamma"))

    assert [one.mark.name for one in foot.marks] == ["Beta", "Alpha", "Gamma"]
    assert [one.box.x for one in foot.marks] == sorted(one.box.x for one in foot.marks)


@pytest.mark.parametrize("ratio", [0.5, 1.0, 3.0, 4.5, 9.0])
def test_a_logo_keeps_its_ratio_and_stands_on_the_lock_ups_axis(ratio: float) -> None:
    logo, lockup = set_foot(mark("Acme", ratio=ratio), mark("Staffordshire County Council")).marks

    assert logo.box.width / logo.box.height == pytest.approx(ratio)
    assert logo.box.y + logo.box.height / 2 == pytest.approx(lockup.box.y + lockup.box.height / 2)
    assert (logo.lines, logo.bar) == ((), ())


def test_logos_of_one_role_and_weight_have_one_area_whatever_their_ratio() -> None:
    square, wide, upright = set_foot(
        mark("Acme", ratio=1.0), mark("Beta", ratio=3.0), mark("Ceta", ratio=0.7)
    ).marks

    areas = [one.box.width * one.box.height for one in (square, wide, upright)]
    assert areas == pytest.approx([areas[0]] * 3)


def test_a_very_wide_logo_takes_no_more_width_than_its_share() -> None:
    logo, lockup = set_foot(mark("Acme", ratio=30.0), mark("Staffordshire County Council")).marks

    assert logo.box.width == pytest.approx(MAX_WIDTH * lockup.box.height)


def test_four_partners_stand_apart_inside_the_live_area() -> None:
    foot = set_foot(
        mark("Staffordshire Police"),
        mark("Staffordshire County Council"),
        mark("Together for Childhood"),
        mark("Acme", ratio=2.5),
    )

    boxes = [one.box for one in foot.marks]
    assert not any(meet(one.corners(), other.corners()) for one, other in combinations(boxes, 2))
    assert all(LIVE.x <= box.x and box.right <= LIVE.right and box.bottom <= LIVE.bottom for box in boxes)
    assert all(box.y > foot.top for box in boxes)


def test_the_foot_says_whose_campaign_it_is_who_leads_and_which_edition() -> None:
    assert said(set_foot(mark("Acme"))) == {
        "Open Door Line",
        "Example County",
        "In partnership with",
        "Led by the Example Foundation",
        "Edition 1",
    }


def test_a_design_may_leave_out_imprint_and_name() -> None:
    assert said(set_foot(mark("Acme"), foot=Foot(imprint=False, name=False))) == {"In partnership with"}


def test_lead_and_edition_stand_at_the_two_ends_of_the_last_line() -> None:
    foot = set_foot(mark("Acme"))
    by_text = {words.line.text: words for words in foot.words}
    lead, edition = by_text["Led by the Example Foundation"], by_text["Edition 1"]

    assert lead.baseline == edition.baseline == max(words.baseline for words in foot.words)
    assert lead.x == LIVE.x
    assert edition.x + edition.line.ink_em * edition.size_px == pytest.approx(LIVE.right)


def test_no_line_is_under_its_floor() -> None:
    foot = set_foot(*(mark(f"Partnership number {count} of many names") for count in range(4)))

    lines = [line for one in foot.marks for line in one.lines]
    assert min(line.size_px for line in lines) >= FLOORS["partner"].least_px
    assert all(words.size_px >= FLOORS[words.role].least_px for words in foot.words)


def test_a_long_name_stands_in_full_where_there_is_room() -> None:
    name = "The Staffordshire and Stoke-on-Trent Partnership for the Safeguarding of Children"

    (one,) = set_foot(mark(name, SHORT)).marks

    assert " ".join(lines_of(one)) == name


def test_where_the_full_name_does_not_fit_the_short_one_stands() -> None:
    narrow = Box(20.0, 60.0, 95.0, 1230.0)
    name = "The Staffordshire and Stoke-on-Trent Partnership for the Safeguarding of Children"

    (one,) = set_foot(mark(name, SHORT), live=narrow, foot=Foot(name=False, imprint=False)).marks

    assert " ".join(lines_of(one)) == SHORT


def test_the_foot_takes_no_more_than_its_share_of_the_page_where_names_are_usual() -> None:
    foot = set_foot(mark("Staffordshire Police"), mark("NSPCC"), foot=Foot(max_share=0.15))

    assert LIVE.bottom - foot.top <= 0.15 * PAGE_HEIGHT


def test_the_same_marks_are_set_the_same() -> None:
    assert set_foot(mark("Acme"), mark("NSPCC")) == set_foot(mark("Acme"), mark("NSPCC"))


def test_without_the_campaign_s_name_the_label_stands_left_of_one_row() -> None:
    foot = set_foot(mark("Staffordshire County Council"), foot=Foot(imprint=False, name=False))
    (label,) = foot.words

    assert label.x == LIVE.x
    assert label.x + label.line.ink_em * label.size_px < foot.marks[0].box.x
    assert label.baseline == pytest.approx(foot.marks[0].lines[0].baseline)


def test_a_label_left_of_the_row_makes_the_foot_lower() -> None:
    beside = set_foot(mark("Staffordshire County Council"), foot=Foot(imprint=False, name=False))
    narrow = Box(LIVE.x, LIVE.y, 380.0, LIVE.height)
    above = set_foot(mark("Staffordshire County Council"), foot=Foot(imprint=False, name=False), live=narrow)

    assert above.words[0].baseline < above.marks[0].box.y
    assert beside.top > above.top


def test_a_foot_ends_where_its_lowest_ink_ends() -> None:
    foot = set_foot(mark("Staffordshire County Council"))

    assert foot.top < foot.bottom <= LIVE.bottom + 0.01


def area(one: SetMark) -> float:
    return one.box.width * one.box.height


def test_a_thin_logo_stands_larger_than_a_heavy_one() -> None:
    heavy, thin = set_foot(
        mark("Acme", ratio=1.0, look=LogoLook(coverage=0.8)),
        mark("Beta", ratio=1.0, look=LogoLook(coverage=0.4)),
    ).marks

    assert area(thin) == pytest.approx(area(heavy) * 2**0.5)


def test_a_lead_stands_larger_than_a_joint_partner_and_that_one_than_a_supporting_one() -> None:
    foot = set_foot(*(mark(role, ratio=1.0, role=role) for role in ("lead", "joint", "supporting")))

    sizes = [area(one) for one in foot.marks]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 3


def test_a_logo_is_never_narrower_than_its_owner_allows() -> None:
    (one,) = set_foot(mark("Acme", ratio=0.5, look=LogoLook(least_px=200.0))).marks

    assert one.box.width >= 200.0


def test_logos_that_cannot_have_their_least_width_do_not_fit() -> None:
    setter = FootSetter(measurer(), "Hanken Grotesk", TEXT, Foot(), LIVE, PAGE_HEIGHT, 1080.0)

    assert setter.set((mark("Acme", ratio=1.0, look=LogoLook(least_px=2000.0)),)) is None


@pytest.mark.parametrize("even", [True, False])
@pytest.mark.parametrize("clear", [0.0, 0.5, 1.0])
def test_nothing_enters_a_logo_s_clear_space(clear: float, even: bool) -> None:
    marks = (
        mark("Acme", ratio=1.0, look=LogoLook(clear=clear)),
        mark("Beta", ratio=2.5, look=LogoLook(clear=clear, coverage=0.4)),
        mark("Staffordshire County Council"),
        mark("Together for Childhood"),
    )
    foot = set_foot(*marks, foot=Foot(distribute=even, name=not even, imprint=not even))
    words = [Box(one.x, one.baseline - one.size_px, 40.0, 1.2 * one.size_px) for one in foot.words]

    for one in foot.marks[:2]:
        space = one.box.grown(clear * one.box.height - 0.01)
        others = [other.box for other in foot.marks if other is not one]
        assert not any(meet(space.corners(), other.corners()) for other in (*others, *words))


def test_a_panel_reaches_beyond_its_logo_by_the_logo_s_clear_space_and_moves_with_it() -> None:
    foot = set_foot(mark("Acme", ratio=1.0, look=LogoLook(panel="#10262C", clear=0.4)), mark("NSPCC"))
    logo, name = foot.marks
    panel = logo.panel

    assert panel is not None
    assert logo.box.x - panel.x == pytest.approx(0.4 * logo.box.height)
    assert not meet(panel.corners(), name.box.corners())
    moved = foot.moved(5.0, 7.0).marks[0].panel
    assert moved is not None
    assert (moved.x, moved.y) == pytest.approx((panel.x + 5.0, panel.y + 7.0))


def test_three_over_one_stand_as_two_over_two_where_a_design_wants_them_even() -> None:
    slots = tuple(Slot(100.0, 20.0) for _ in range(4))

    assert balanced(((0, 1, 2), (3,)), slots, 320.0, 10.0) == ((0, 1), (2, 3))
    assert balanced(((0, 1, 2), (3,)), slots, 200.0, 10.0) == ((0, 1, 2), (3,))
    assert balanced(((0, 1),), slots[:2], 320.0, 10.0) == ((0, 1),)
