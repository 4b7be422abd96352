"""The values of the layout: the input for a column, and the placed lines, parts, columns and footer.

All lengths are CSS px from the trim's top left corner, unless a name ends in ``_em``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import hypot

from assetgen.geometry import Box, Polygon, bounding_box, polygons_overlap
from assetgen.layout.engine_metrics import Measurer
from assetgen.layout.line_breaking import Line, Typesetter, Word, get_typesetter, split_words
from assetgen.loading.model import FontFamilies
from assetgen.planning.asset import FooterPartner, TypeSizeLimits
from assetgen.planning.logo_placement import logo_clearance
from assetgen.schema.template_file import Part

# The minimum depth to reserve for descenders below a baseline, in em. Fonts with deeper ones get more.
DESCENDER_EM = 0.215
# Round letters, and l and b in many fonts, are slightly taller than the cap height. Ink that rises further above it, as
# accents do, needs space. The preflight check allows a little more.
OVERSHOOT_EM = 0.024


def ascent_px(line: Line, size_px: float, cap_px: float) -> float:
    """Return the height to reserve above a line's baseline: its cap height, or the top of its accents if higher."""
    top = line.top_em * size_px
    return top if top > cap_px + OVERSHOOT_EM * size_px else cap_px


def descent_px(line: Line, size_px: float) -> float:
    """Return the depth to reserve below a line's baseline: that of usual descenders, or of its ink if deeper."""
    return max(DESCENDER_EM, line.bottom_em) * size_px


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """One placed line: ``x`` is the left edge of its ink, ``baseline`` the y of its baseline."""

    line: Line
    x: float
    baseline: float


@dataclass(frozen=True, slots=True)
class PlacedPart:
    """One placed part of the copy or of the call to action, such as the headline."""

    name: str
    part: Part
    size_px: float
    cap_px: float
    lines: tuple[PlacedLine, ...]

    def ink(self, line: PlacedLine) -> Box:
        """Return the box of a line's ink, including accents and descenders."""
        above, below = ascent_px(line.line, self.size_px, self.cap_px), descent_px(line.line, self.size_px)
        return Box(line.x, line.baseline - above, line.line.ink_em * self.size_px, above + below)

    @property
    def box(self) -> Box:
        """Return the box around the ink of all lines."""
        return bounding_box([self.ink(line) for line in self.lines])

    def moved(self, dx: float, dy: float) -> PlacedPart:
        """Return the part moved by an offset."""
        lines = tuple(replace(line, x=line.x + dx, baseline=line.baseline + dy) for line in self.lines)
        return replace(self, lines=lines)


@dataclass(frozen=True, slots=True)
class PlacedColumn:
    """A placed column of parts, and the box of the QR code if it has one.

    ``scale`` is the share of the maximum sizes that was used. ``has_preferred_sizes`` says whether every part has at
    least its preferred size.
    """

    parts: tuple[PlacedPart, ...]
    code: Box | None
    scale: float
    has_preferred_sizes: bool

    @property
    def box(self) -> Box:
        """Return the box around all parts and the code."""
        return bounding_box([part.box for part in self.parts] + ([self.code] if self.code else []))

    def moved(self, dx: float, dy: float) -> PlacedColumn:
        """Return the column moved by an offset."""
        code = self.code.moved(dx, dy) if self.code else None
        return replace(self, parts=tuple(part.moved(dx, dy) for part in self.parts), code=code)


@dataclass(frozen=True, slots=True)
class PlacedFooterLine:
    """One placed line in the footer. ``x`` is the left of its ink; ``role`` is for the preflight checks."""

    line: Line
    x: float
    baseline: float
    size_px: float
    role: str

    def moved(self, dx: float, dy: float) -> PlacedFooterLine:
        """Return the line moved by an offset."""
        return replace(self, x=self.x + dx, baseline=self.baseline + dy)


@dataclass(frozen=True, slots=True)
class PlacedPartner:
    """One placed partner in the footer: either a logo, which can have a panel, or the lines and the bar of a name.

    ``name`` is the name as it is printed, full or short, or the logo's alt text.
    """

    partner: FooterPartner
    name: str
    box: Box
    lines: tuple[PlacedFooterLine, ...]
    bar: Polygon
    panel: Box | None = None

    @property
    def extent(self) -> Box:
        """Return the box of everything that is drawn, including the panel."""
        return self.panel or self.box

    @property
    def clear(self) -> float:
        """Return the width in CSS px of the clear space around its extent; 0 with a panel, which contains it."""
        return 0.0 if self.panel else logo_clearance(self.partner, self.box.height)

    def moved(self, dx: float, dy: float) -> PlacedPartner:
        """Return the partner moved by an offset."""
        lines = tuple(line.moved(dx, dy) for line in self.lines)
        bar = tuple((x + dx, y + dy) for x, y in self.bar)
        panel = self.panel.moved(dx, dy) if self.panel else None
        return replace(self, box=self.box.moved(dx, dy), lines=lines, bar=bar, panel=panel)


@dataclass(frozen=True, slots=True)
class PlacedFooter:
    """The placed footer.

    ``top`` is the y of the band's upper edge, ``partners`` are the partners, ``lines`` the other lines.
    ``is_imprint_complete`` says whether the imprint has all its lines.
    """

    top: float
    partners: tuple[PlacedPartner, ...]
    lines: tuple[PlacedFooterLine, ...]
    is_imprint_complete: bool

    @property
    def bottom(self) -> float:
        """Return the y of its lowest ink."""
        lines = [line.baseline + descent_px(line.line, line.size_px) for line in self.lines]
        return max([mark.extent.bottom for mark in self.partners] + lines, default=self.top)

    def moved(self, dx: float, dy: float) -> PlacedFooter:
        """Return the footer, with everything in it, moved by an offset."""
        marks = tuple(mark.moved(dx, dy) for mark in self.partners)
        words = tuple(line.moved(dx, dy) for line in self.lines)
        return replace(self, top=self.top + dy, partners=marks, lines=words)


# The tolerance in px for a line that just fits its box, because of rounding.
SLACK_PX = 0.1


@dataclass(frozen=True, slots=True)
class ColumnInput:
    """The input for laying out a column, except its box.

    ``words`` has the copy of each role. ``required`` are the roles that must not be left out. ``type_sizes`` has the
    minimum and the preferred size of each role. ``short_side_px`` is the live area's short side.
    """

    parts: Mapping[str, Part]
    words: Mapping[str, str]
    required: frozenset[str]
    type_sizes: Mapping[str, TypeSizeLimits]
    measurer: Measurer
    families: FontFamilies
    short_side_px: float
    code_side_px: float | None
    code_module_px: float
    good_breaks: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """The numbers of words after which a line should end, by role."""
    panel_joins_x: tuple[float, ...] = ()
    obstacles: tuple[Polygon, ...] = ()
    """Areas that ink must not touch: those that the channel covers, and panel joins."""
    circle: tuple[float, float, float] | None = None
    """Centre x, centre y and radius of a round channel's safe area, which must contain all ink."""
    allow_bad_breaks: bool = False
    """Whether bad line breaks are allowed, as a last resort where no others fit at a legible size."""

    def typesetter(self, part: Part) -> Typesetter:
        """Return the typesetter of a part."""
        return get_typesetter(self.measurer, self.families.of(part.font), part.tracking)

    @property
    def number_typesetter(self) -> Typesetter | None:
        """Return the typesetter of the part with the number; None if no part has it."""
        return next((self.typesetter(part) for part in self.parts.values() if "number" in part.roles), None)

    def type_size(self, part: Part) -> TypeSizeLimits:
        """Return the largest minimum size and the largest preferred size of a part's roles; 0 if no role has one."""
        limits = [
            self.type_sizes[role] for role in part.roles if role in self.type_sizes and role in self.words
        ]
        return TypeSizeLimits(
            max((limit.min_px for limit in limits), default=0.0),
            max((limit.preferred_px for limit in limits), default=0.0),
        )

    def cap_em(self, part: Part) -> float:
        """Return the cap height of a part's font, in em."""
        return self.measurer.face(self.families.of(part.font), part.weights[0]).cap_em

    def words_in(self, part: Part) -> tuple[Word, ...]:
        """Return the words of a part's copy."""
        roles = [role for role in part.roles if role in self.words]
        texts = tuple(self.words[role] for role in roles)
        return split_words(texts, part.weights, tuple(self.good_breaks.get(role, ()) for role in roles))

    def is_clear(self, column: PlacedColumn, light: Sequence[Polygon]) -> bool:
        """Say whether the ink avoids the obstacles, keeps its clearance from the light and is inside any circle."""
        boxes = [
            (part.ink(line), part.part.clearance * part.size_px)
            for part in column.parts
            for line in part.lines
        ]
        if column.code:
            boxes.append((column.code, 0.0))
        if self.circle and not all(_inside(box, self.circle) for box, _ in boxes):
            return False
        return not any(
            any(polygons_overlap(box.corners(), shape) for shape in self.obstacles)
            or any(polygons_overlap(box.enlarged(clear).corners(), shape) for shape in light)
            for box, clear in boxes
        )


def _inside(box: Box, circle: tuple[float, float, float]) -> bool:
    """Say whether a box is inside a circle (centre x, centre y, radius)."""
    x, y, radius = circle
    return all(hypot(cx - x, cy - y) <= radius + SLACK_PX for cx, cy in box.corners())
