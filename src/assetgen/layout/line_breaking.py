"""Break words into lines that read well.

Good lines fit the box, have similar lengths and end at natural pauses. A break after a sentence is preferred. A
break after a short joining word, and a last line of one short word, are avoided.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from typing import NamedTuple

from assetgen.layout.engine_metrics import Measurer, drawn_tracking

# Words that belong to the next one: a line should not end with them.
JOINING_WORDS = frozenset(
    "a an the of to in on at by for and or but with from your you my is it no not as".split()
)
# A line must not end with these if there is any other way.
ARTICLES = frozenset(("a", "an", "the"))
SHORT_WORD_CHARS = 4
# How far these letters hang out at the start of a line, in em. Their body begins right of their outermost ink, so that
# without it the line looks indented.
HANG_EM = {"t": 0.036, "Y": 0.02, "W": 0.012, "w": 0.012, "y": 0.012}
SENTENCE_END = ".?!"
EXTRA_LINE_COST = 0.1
# How much a break at a mark of the author is better than any other.
MARK_BONUS = 2.0
# The factor by which the width grows while lines of equal length are searched for.
WIDTH_STEP = 1.03
# Up to this many words, every way of breaking is compared. More words are filled line by line.
MAX_WORDS_RANKED = 12


class Word(NamedTuple):
    """One word, its font weight, and whether a line should end after it. A plain tuple is a fast cache key."""

    text: str
    weight: int
    ends_well: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of words, measured in em.

    ``width_em`` is its advance with letter-spacing. ``left_em`` and ``right_em`` are the space between its ends and its
    ink. ``top_em`` and ``bottom_em`` are the reach of its ink above and below the baseline.
    """

    words: tuple[Word, ...]
    width_em: float
    left_em: float
    right_em: float
    top_em: float = 0.0
    bottom_em: float = 0.0

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def ink_em(self) -> float:
        """Return the width of the ink."""
        return self.width_em - self.left_em - self.right_em

    def spans(self) -> tuple[tuple[int, str], ...]:
        """Return (weight, words) for each run of words of one weight."""
        spans: list[tuple[int, str]] = []
        for word in self.words:
            if spans and spans[-1][0] == word.weight:
                spans[-1] = (word.weight, f"{spans[-1][1]} {word.text}")
            else:
                spans.append((word.weight, word.text))
        return tuple(spans)


class Typesetter:
    """Breaks words of one font family and letter-spacing into lines, and caches the results."""

    def __init__(self, measurer: Measurer, family: str, tracking_em: float) -> None:
        self.measurer, self.family, self.tracking_em = measurer, family, tracking_em
        self.drawn_em = drawn_tracking(tracking_em)
        self._line = lru_cache(maxsize=20_000)(self._measure)
        self._ranked_breaks = lru_cache(maxsize=500)(self._rank_breaks)

    def line(self, words: tuple[Word, ...]) -> Line:
        """Measure words as one line."""
        return self._line(words)

    def _measure(self, words: tuple[Word, ...]) -> Line:
        spans = Line(words, 0, 0, 0).spans()
        runs = [
            self.measurer.shape(text, self.family, weight, ligatures=self.tracking_em == 0)
            for weight, text in spans
        ]
        spaces = sum(self.measurer.shape(" ", self.family, weight).advance for weight, _ in spans[:-1])
        letters = sum(run.glyphs for run in runs) + max(0, len(runs) - 1)
        width = sum(run.advance for run in runs) + spaces + self.drawn_em * letters
        left = runs[0].left + HANG_EM.get(words[0].text[:1], 0.0)
        top, bottom = max(run.top for run in runs), max(run.bottom for run in runs)
        return Line(words, width, left, runs[-1].right + self.drawn_em, top, bottom)

    def break_lines(
        self,
        words: tuple[Word, ...],
        width_em: float,
        max_lines: int,
        *,
        min_lines: int = 1,
        prefer_few_lines: bool = False,
        allow_bad_breaks: bool = True,
    ) -> tuple[Line, ...] | None:
        """Return the lines that read best and are at most ``width_em`` wide; None if none fit.

        ``max_lines`` and ``min_lines`` are the maximum and the minimum number of lines. ``prefer_few_lines`` prefers
        fewer lines to lines that read well, for small type under a number. Without ``allow_bad_breaks``, breaks that
        read badly (``reads_badly``) are used only if the words have no others. More than ``MAX_WORDS_RANKED`` words are
        filled line by line instead.
        """
        if len(words) > MAX_WORDS_RANKED:
            return self._break_paragraph(words, width_em, max_lines, min_lines)
        breaks = self._ranked_breaks(words, min_lines, max_lines, prefer_few_lines, allow_bad_breaks)
        return next((lines for widest_em, lines in breaks if widest_em <= width_em), None)

    def _rank_breaks(
        self, words: tuple[Word, ...], min_lines: int, max_lines: int, prefer_few: bool, allow_bad: bool
    ) -> tuple[tuple[float, tuple[Line, ...]], ...]:
        """Return (width of the longest line, lines) for each way to break the words, best first, whatever the width."""
        breaks = [
            lines
            for count in range(min_lines, min(max_lines, len(words)) + 1)
            for lines in _without_short_last_line(self._all_breaks(words, count))
        ]
        if not allow_bad:
            breaks = [lines for lines in breaks if not reads_badly(lines)] or breaks
        ranked = sorted(breaks, key=lambda lines: (len(lines) if prefer_few else 0, _cost(lines)))
        return tuple((max(line.ink_em for line in lines), lines) for lines in ranked)

    def _all_breaks(self, words: tuple[Word, ...], count: int) -> list[tuple[Line, ...]]:
        """Return every way to break words into ``count`` lines."""
        breaks = []
        for cuts in combinations(range(1, len(words)), count - 1):
            edges = (0, *cuts, len(words))
            breaks.append(tuple(self.line(words[start:end]) for start, end in pairwise(edges)))
        return breaks

    def _break_paragraph(
        self, words: tuple[Word, ...], width_em: float, max_lines: int, min_lines: int
    ) -> tuple[Line, ...] | None:
        """Fill lines one after the other, then narrow them without adding a line or a short last line.

        Returns None if the words need more than ``max_lines`` lines.
        """
        filled = self._fill(words, width_em)
        if filled and len(filled) < min_lines:
            return self._fill_evenly(words, min_lines, width_em)
        if filled is None or len(filled) > max_lines:
            return None
        best = filled
        for share in (0.95, 0.9, 0.85, 0.8, 0.75):
            narrower = self._fill(words, width_em * share)
            if narrower is None or len(narrower) > len(filled):
                break
            if not _is_short_word(narrower[-1]) or _is_short_word(best[-1]):
                best = narrower
        return best

    def _fill_evenly(self, words: tuple[Word, ...], count: int, max_em: float) -> tuple[Line, ...] | None:
        """Return lines filled at the smallest width that gives at most ``count`` lines, or else at ``max_em``."""
        width_em = min(self.line(words).ink_em / count, max_em)
        while True:
            lines = self._fill(words, width_em)
            if width_em == max_em or (lines and len(lines) <= count):
                return lines
            width_em = min(width_em * WIDTH_STEP, max_em)

    def _fill(self, words: tuple[Word, ...], width_em: float) -> tuple[Line, ...] | None:
        """Put as many words as fit into each line; return None if a single word is too wide."""
        lines: list[Line] = []
        start = 0
        while start < len(words):
            end = start + 1
            if self.line(words[start:end]).ink_em > width_em:
                return None
            while end < len(words) and self.line(words[start : end + 1]).ink_em <= width_em:
                end += 1
            lines.append(self.line(words[start:end]))
            start = end
        return tuple(lines)


def _is_short_word(line: Line) -> bool:
    """Say whether a line is one short word."""
    return len(line.words) == 1 and len(line.text) <= SHORT_WORD_CHARS


def reads_badly(lines: tuple[Line, ...]) -> bool:
    """Say whether lines read badly.

    Lines read badly if the last line is one short word, if a line is one joining word, if a line before the last ends
    with an article, or if the first word of a later sentence is separated from the next word by a line end. If the
    first line is a single word, the first word of a later sentence may be alone on a line too.
    """
    if len(lines) == 1:
        return False
    return (
        _ends_in_short_word(lines)
        or (len(lines[0].words) > 1 and any(_begins_alone(line, above) for above, line in pairwise(lines)))
        or any(line.text.lower() in JOINING_WORDS for line in lines)
        or any(_ends_with_article(line) or _ends_with_start(line) for line in lines[:-1])
    )


def _begins_alone(line: Line, above: Line) -> bool:
    """Say whether a line has only the first word of a sentence that continues below it."""
    last, word = above.words[-1], line.words[0]
    is_further = last.text[-1] in SENTENCE_END and last.weight == word.weight
    return is_further and len(line.words) == 1 and word.text[-1] not in SENTENCE_END


def _ends_with_article(line: Line) -> bool:
    """Return whether the last word of a line is an article, unless the author marked a break after it."""
    return line.words[-1].text.lower() in ARTICLES and not line.words[-1].ends_well


def _ends_with_start(line: Line) -> bool:
    """Say whether the last word of a line is the first word of a sentence, after the end of the previous one."""
    if len(line.words) == 1:
        return False
    before, last = line.words[-2:]
    return (
        before.text[-1] in SENTENCE_END and before.weight == last.weight and last.text[-1] not in SENTENCE_END
    )


def _without_short_last_line(breaks: list[tuple[Line, ...]]) -> list[tuple[Line, ...]]:
    """Return the breaks whose last line is not a single short word; if there are none, return all breaks."""
    return [lines for lines in breaks if not _ends_in_short_word(lines)] or breaks


def _ends_in_short_word(lines: tuple[Line, ...]) -> bool:
    """Return whether the last line is a single short word, unless the author marked the break before it."""
    return _is_short_word(lines[-1]) and not (len(lines) > 1 and lines[-2].words[-1].ends_well)


def _cost(lines: tuple[Line, ...]) -> float:
    """Return the cost of a way of breaking; lower reads better. Uneven lines, extra lines and bad breaks add to it."""
    longest = max(line.ink_em for line in lines)
    cost = sum((1 - line.ink_em / longest) ** 2 for line in lines) + EXTRA_LINE_COST * len(lines)
    for line in lines[:-1]:
        last = line.words[-1].text
        if line.words[-1].ends_well:
            cost -= MARK_BONUS
        elif last[-1] in SENTENCE_END:
            cost -= 0.5
        elif last.lower().strip(",;:") in JOINING_WORDS:
            cost += 0.3
    # A break between two texts of one part, such as a name and its promise, is good.
    cost -= sum(0.5 for line, below in pairwise(lines) if line.words[-1].weight != below.words[0].weight)
    cost += sum(0.7 for line in lines for word in line.words[:-1] if word.text[-1] in SENTENCE_END)
    short = [_is_short_word(line) for line in lines]
    if len(lines) > 1:
        cost += sum(1.0 for line in lines if line.text.lower() in JOINING_WORDS)
        cost += 0.35 * sum(short[:-1]) + 1.5 * _ends_in_short_word(lines)
    return cost


@lru_cache(maxsize=64)
def get_typesetter(measurer: Measurer, family: str, tracking_em: float) -> Typesetter:
    """Return the typesetter of a font family and letter-spacing, one per process."""
    return Typesetter(measurer, family, tracking_em)


@lru_cache(maxsize=2000)
def split_words(
    texts: tuple[str, ...], weights: tuple[int, ...], good_breaks: tuple[tuple[int, ...], ...] = ()
) -> tuple[Word, ...]:
    """Split texts into words, each text in its font weight. No-break spaces do not separate words.

    ``good_breaks`` has for each text the numbers of words after which a line should end.
    """
    return tuple(
        Word(
            word,
            weights[min(index, len(weights) - 1)],
            index < len(good_breaks) and number in good_breaks[index],
        )
        for index, text in enumerate(texts)
        for number, word in enumerate((word for word in text.split(" ") if word), start=1)
    )
