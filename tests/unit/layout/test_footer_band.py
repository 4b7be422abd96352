"""The footer band at the bottom, the top or the left: the partners on it, its shape, and the area left for copy."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from assetgen.geometry import Box, polygons_overlap
from assetgen.layout.footer import FooterLayout, FooterText
from assetgen.layout.footer_band import FooterBand, names_box, place_band
from assetgen.layout.motifs import Stage, make_motif
from assetgen.planning.asset import FooterPartner, TypeSizeLimits
from assetgen.schema.template_file import FooterStyle, MotifShape
from tests.support.layout_inputs import measurer

FLOORS = {
    "partner": TypeSizeLimits(8.0, 12.0),
    "imprint": TypeSizeLimits(6.0, 6.0),
    "name": TypeSizeLimits(8.0, 12.0),
}
TEXT = FooterText(
    "Open Door Line", "", "In partnership with", "Led by the Example Foundation", "Edition 1", FLOORS
)
PAGE, LIVE = Box(0.0, 0.0, 1920.0, 1080.0), Box(96.0, 54.0, 1728.0, 972.0)
DOOR = make_motif(MotifShape(kind="bar", door=(0.4, 0.44, 0.48)))
NAMES = ("Harbour Police", "Harbour Borough Council", "Harbour Commissioner for Police and Fire", "Acme")


def band(*names: str, live: Box = LIVE, **options: object) -> FooterBand:
    """Return the footer band of these partners on a page of 1920 × 1080 px."""
    footer = FooterStyle(**{"imprint": False, "name": False, "distribute": True, **options})  # type: ignore[arg-type]
    marks = tuple(FooterPartner(name, name, name, "joint", None, None, name) for name in names)
    setter = FooterLayout(
        measurer(), "Hanken Grotesk", TEXT, footer, names_box(footer, live), PAGE.height, 1080.0
    )
    footer_set = setter.lay_out(marks)
    assert footer_set is not None
    return place_band(footer, DOOR, footer_set, Stage(PAGE, live, PAGE.width, PAGE.height))


def inks(placed: FooterBand) -> list[Box]:
    """Return the box of each partner, and of each other line from capitals to baseline."""
    lines = [
        Box(line.x, line.baseline - 0.7 * line.size_px, line.line.ink_em * line.size_px, 0.7 * line.size_px)
        for line in placed.footer.lines
    ]
    return [mark.box for mark in placed.footer.partners] + lines


def is_on(paper: tuple[tuple[float, float], ...], ink: Box) -> bool:
    """Say whether a convex, clockwise polygon contains a box."""
    sides = list(zip(paper, paper[1:] + paper[:1], strict=True))
    return all(
        (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0
        for (ax, ay), (bx, by) in sides
        for x, y in ink.corners()
    )


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize(
    "options", [{"side": "bottom"}, {"side": "top"}, {"side": "left", "max_share": 1.0, "span": (0.0, 0.3)}]
)
def test_all_names_are_on_the_band_inside_the_safe_area(count: int, options: dict[str, object]) -> None:
    placed = band(*NAMES[:count], **options)  # type: ignore[arg-type]

    assert all(is_on(placed.shape, ink) for ink in inks(placed))
    assert all(LIVE.x <= ink.x and ink.right <= LIVE.right + 0.1 for ink in inks(placed))
    assert all(LIVE.y <= ink.y and ink.bottom <= LIVE.bottom for ink in inks(placed))
    assert not any(polygons_overlap(a.corners(), b.corners()) for a, b in combinations(inks(placed), 2))


@pytest.mark.parametrize("side", ["bottom", "top", "left"])
def test_the_area_left_for_copy_is_clear_of_the_band(side: str) -> None:
    placed = band(*NAMES, side=side, max_share=1.0, span=(0.0, 0.3 if side == "left" else 1.0))

    assert placed.side == side
    assert not polygons_overlap(placed.live.corners(), placed.shape)
    assert placed.live.width > 0.5 * LIVE.width
    assert placed.live.height > 0.5 * LIVE.height


def test_a_lintel_spans_the_top_of_the_page_and_holds_the_door() -> None:
    placed = band(*NAMES, side="top", min_share=0.19)

    assert placed.shape[0] == (PAGE.x, PAGE.y)
    assert placed.shape[1] == (PAGE.right, PAGE.y)
    assert placed.hang_y == placed.shape[2][1] >= 0.19 * PAGE.height


def test_a_lintel_is_below_an_interface_that_covers_the_page_top() -> None:
    placed = band("Harbour Police", side="top", live=Box(96.0, 250.0, 1728.0, 700.0))

    assert 0.1 * PAGE.height < placed.shape[0][1] < 250.0
    assert min(ink.y for ink in inks(placed)) >= 250.0


def test_a_lintel_over_only_the_door_does_not_shrink_the_live_area() -> None:
    placed = band("Harbour Police", side="top", span=(0.7, 1.0))

    assert not placed.is_full_side
    assert placed.live == LIVE
    assert placed.shape[1][0] == PAGE.right
    assert min(x for x, _ in placed.shape) > LIVE.x + 0.6 * LIVE.width


def test_a_band_at_the_left_leans_as_much_as_the_door() -> None:
    placed = band(*NAMES[:2], side="left", max_share=1.0, span=(0.0, 0.3))

    (top, _), (bottom, _) = placed.shape[1], placed.shape[2]
    assert DOOR.lean == pytest.approx(0.04)
    assert top - bottom == pytest.approx(DOOR.lean * placed.live.width, rel=0.01)


def test_names_in_a_row_have_equal_gaps_across_the_live_area() -> None:
    marks = band(*NAMES, side="top").footer.partners

    gaps = {round(after.box.x - before.box.right, 3) for before, after in pairwise(marks)}
    assert len(gaps) == 1
    assert marks[-1].box.right == pytest.approx(LIVE.right)


def test_two_names_are_not_spread_to_opposite_ends() -> None:
    first, second = band(*NAMES[:2], side="top").footer.partners

    assert second.box.right < LIVE.x + 0.75 * LIVE.width
    assert second.box.x > first.box.right


def test_names_in_two_rows_are_aligned_in_columns() -> None:
    names = ("Harbour Police", "Harbour Borough Council", "Harbour Commissioner", "Acme")
    marks = band(*names, side="top", live=Box(60.0, 54.0, 700.0, 972.0)).footer.partners

    rows = [
        [round(mark.box.x, 3) for mark in marks if mark.box.y == y] for y in sorted({m.box.y for m in marks})
    ]
    assert [len(row) for row in rows] == [2, 2]
    assert rows[0] == rows[1]


def test_names_in_a_band_at_the_left_are_in_one_column() -> None:
    names = ("Harbour Borough Council", "Harbour Commissioner for Police, Fire and Rescue", "Acme")
    marks = band(*names, side="left", max_share=1.0, span=(0.0, 0.4), max_size=0.05).footer.partners

    assert len({mark.box.x for mark in marks}) == 1
    assert [mark.box.y for mark in marks] == sorted({mark.box.y for mark in marks})


def test_the_lines_and_the_bar_of_a_name_move_with_it() -> None:
    below, above = (
        band("Harbour Police", side="bottom").footer.partners[0],
        band("Harbour Police", side="top").footer.partners[0],
    )

    dx, dy = above.box.x - below.box.x, above.box.y - below.box.y
    assert dy < -500
    for before, after in zip(below.lines, above.lines, strict=True):
        assert (before.x + dx, before.baseline + dy) == pytest.approx((after.x, after.baseline))
    assert [y + dy for _, y in below.bar] == pytest.approx([y for _, y in above.bar])
