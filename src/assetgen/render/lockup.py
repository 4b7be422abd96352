"""Typographic lock-ups: a partner's name in two or three lines after a leaning bar, where there is no logo file.

All lock-ups of a foot have one height, so that no partner weighs more than another. Sizes are in em of the
foot's own size of type, that of a name in two lines.
"""

from __future__ import annotations

from dataclasses import dataclass

from assetgen.geometry import Box, Polygon
from assetgen.render.lines import Line, Typesetter, Word, words_of

BOLD, PLAIN = 700, 500
LEADING = 1.16
# Three lines in which a lock-up is as high as one of two; a name of one line stands larger.
THREE_LINES, ONE_LINE = 0.615, 1.35
# The bar before the words: its room, its width, how far its top leans to the right.
BAR_EM, BAR_WIDTH_EM, BAR_LEAN_EM = 0.62, 0.11, 0.08
# The longest line of two, and of three: beyond it the short name is taken.
TWO_LINES_EM, THREE_LINES_EM = 10.5, 17.0
# Room enough for any name: three long lines are better than a name cut short.
ANY_EM = 60.0


@dataclass(frozen=True, slots=True)
class Lockup:
    """A name's lines, and the scale of their type over the foot's size."""

    name: str
    lines: tuple[Line, ...]
    scale: float

    @property
    def width_em(self) -> float:
        """Return its width in em of the foot's size, the bar's room included."""
        return max(line.ink_em for line in self.lines) * self.scale + BAR_EM

    def height_em(self, cap_em: float) -> float:
        """Return its height, from its first capitals to its last baseline, in em of the foot's size."""
        return (cap_em + (len(self.lines) - 1) * LEADING) * self.scale


class LockupSetter:
    """Breaks names into lock-ups.

    ``least_px`` is the least size of a name's type; ``most_lines`` how many lines it may take where nothing
    else fits, 0 for its usual two or three.
    """

    def __init__(self, type_: Typesetter, least_px: float, most_lines: int = 0) -> None:
        self.type, self.least_px, self.most_lines = type_, least_px, most_lines

    def fits_three(self, name: str) -> bool:
        """Say whether a name stands well in three lines."""
        return self.type.break_lines(words_of((name,), (BOLD,)), THREE_LINES_EM, 3) is not None

    def set(self, name: str, size_px: float, room_px: float) -> Lockup:
        """Return a name's lock-up: two lines where they are short enough, else three, smaller, else one."""
        words = tuple(Word(word, PLAIN) for word in name.split(" ") if word)
        small = max(THREE_LINES, self.least_px / size_px)
        ways = ((2, 1.0, TWO_LINES_EM), (3, small, THREE_LINES_EM), (3, small, ANY_EM))
        for count, scale, widest_em in ways:
            if len(words) < count:
                break
            broken = self.type.break_lines(words, widest_em, count, fewest=count)
            if broken and max(line.ink_em for line in broken) * scale * size_px <= room_px:
                return Lockup(name, (self._bold(broken[0].words), *broken[1:]), scale)
        whole = self._bold(words)
        if self.most_lines == 0 or whole.ink_em * ONE_LINE * size_px <= room_px:
            return Lockup(name, (whole,), ONE_LINE)
        widest_em = room_px / (small * size_px)
        pieces = tuple(Word(piece, BOLD) for word in words for piece in self._pieces(word.text, widest_em))
        lines = self.type.break_lines(pieces, widest_em, self.most_lines, few=True)
        return Lockup(name, lines or (whole,), small)

    def _pieces(self, word: str, widest_em: float) -> list[str]:
        """Return a word, cut where it is wider than a line: a name without spaces still has to stand."""
        if self._fits(word, widest_em):
            return [word]
        count = next((n for n in range(len(word) - 1, 1, -1) if self._fits(word[:n], widest_em)), 1)
        return [word[:count], *self._pieces(word[count:], widest_em)]

    def _fits(self, word: str, widest_em: float) -> bool:
        return self.type.line((Word(word, BOLD),)).ink_em <= widest_em

    def _bold(self, words: tuple[Word, ...]) -> Line:
        return self.type.line(tuple(Word(word.text, BOLD) for word in words))


def leaning_bar(box: Box, top: float, bottom: float, size_px: float) -> Polygon:
    """Return the bar at a lock-up's left between two heights of the page, in CSS px."""
    lean, width = BAR_LEAN_EM * size_px, BAR_WIDTH_EM * size_px
    return (
        (box.x + lean, top),
        (box.x + lean + width, top),
        (box.x + lean + width, bottom),
        (box.x, bottom),
    )
