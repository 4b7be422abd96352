"""Break words into lines that read well.

Lines are no wider than the box, even in length, and end where sense allows. A break after a sentence is welcome; one
after a short joining word, or a last line of one short word, is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from typing import NamedTuple

from assetgen.layout.engine_metrics import Measurer, drawn_tracking

# Words that lean on the next one: a line should not end with them.
LEANING = frozenset("a an the of to in on at by for and or but with from your you my is it no not as".split())
# Of these the ones that are nothing without it.
ARTICLES = frozenset(("a", "an", "the"))
SHORT_WORD = 4
# Letters whose body begins right of their outermost ink hang a little further, in em (design board).
HANG = {"t": 0.036, "Y": 0.02, "W": 0.012, "w": 0.012, "y": 0.012}
SENTENCE_END = ".?!"
EXTRA_LINE = 0.1
# How finely the least width of a paragraph is sought.
EVEN_STEP = 1.03
# Beyond this many words a paragraph is broken line by line; up to it every way of breaking is weighed.
FEW_WORDS = 12


class Word(NamedTuple):
    """One word and the weight of its letters: what lines are remembered by, so that it is a plain pair."""

    text: str
    weight: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line in em: its words, its advance with letter-spacing, its ink's bearings and reach from the baseline."""

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
        """Return (weight, words) for each stretch of one weight."""
        spans: list[tuple[int, str]] = []
        for word in self.words:
            if spans and spans[-1][0] == word.weight:
                spans[-1] = (word.weight, f"{spans[-1][1]} {word.text}")
            else:
                spans.append((word.weight, word.text))
        return tuple(spans)


class Typesetter:
    """Sets words of one family and letter-spacing; what it has set once it remembers."""

    def __init__(self, measurer: Measurer, family: str, tracking_em: float) -> None:
        self.measurer, self.family, self.tracking_em = measurer, family, tracking_em
        self.drawn_em = drawn_tracking(tracking_em)
        self._line = lru_cache(maxsize=20_000)(self._measure)
        self._choices = lru_cache(maxsize=500)(self._rank)

    def line(self, words: tuple[Word, ...]) -> Line:
        """Return some words as one line."""
        return self._line(words)

    def _measure(self, words: tuple[Word, ...]) -> Line:
        spans = Line(words, 0, 0, 0).spans()
        runs = [
            self.measurer.run(text, self.family, weight, ligatures=self.tracking_em == 0)
            for weight, text in spans
        ]
        spaces = sum(self.measurer.run(" ", self.family, weight).advance for weight, _ in spans[:-1])
        letters = sum(run.glyphs for run in runs) + max(0, len(runs) - 1)
        width = sum(run.advance for run in runs) + spaces + self.drawn_em * letters
        left = runs[0].left + HANG.get(words[0].text[:1], 0.0)
        top, bottom = max(run.top for run in runs), max(run.bottom for run in runs)
        return Line(words, width, left, runs[-1].right + self.drawn_em, top, bottom)

    def break_lines(
        self,
        words: tuple[Word, ...],
        width_em: float,
        most_lines: int,
        *,
        fewest: int = 1,
        few: bool = False,
        anyhow: bool = True,
    ) -> tuple[Line, ...] | None:
        """Return the lines that read best and are no wider than ``width_em``; None if none fit.

        With ``few`` as few lines as possible count more than how they read: small type under a number.
        Without ``anyhow`` ways that read ill (``reads_ill``) are none, where the words can be broken otherwise.
        """
        if len(words) > FEW_WORDS:
            return self._paragraph(words, width_em, most_lines, fewest)
        choices = self._choices(words, fewest, most_lines, few, anyhow)
        return next((lines for widest_em, lines in choices if widest_em <= width_em), None)

    def _rank(
        self, words: tuple[Word, ...], fewest: int, most_lines: int, few: bool, anyhow: bool
    ) -> tuple[tuple[float, tuple[Line, ...]], ...]:
        """Return every way of breaking, the best first, with its longest line: no width comes into how it reads."""
        ways = [
            lines
            for count in range(fewest, min(most_lines, len(words)) + 1)
            for lines in _without_lonely_end(self._ways(words, count))
        ]
        if not anyhow:
            ways = [lines for lines in ways if not reads_ill(lines)] or ways
        ranked = sorted(ways, key=lambda lines: (len(lines) if few else 0, _unevenness(lines)))
        return tuple((max(line.ink_em for line in lines), lines) for lines in ranked)

    def _ways(self, words: tuple[Word, ...], count: int) -> list[tuple[Line, ...]]:
        ways = []
        for cuts in combinations(range(1, len(words)), count - 1):
            edges = (0, *cuts, len(words))
            ways.append(tuple(self.line(words[start:end]) for start, end in pairwise(edges)))
        return ways

    def _paragraph(
        self, words: tuple[Word, ...], width_em: float, most_lines: int, least_lines: int
    ) -> tuple[Line, ...] | None:
        """Return lines filled one after the other, then narrowed as far as their number and their end allow."""
        fewest = self._fill(words, width_em)
        if fewest and len(fewest) < least_lines:
            return self._even(words, least_lines, width_em)
        if fewest is None or len(fewest) > most_lines:
            return None
        best = fewest
        for share in (0.95, 0.9, 0.85, 0.8, 0.75):
            narrower = self._fill(words, width_em * share)
            if narrower is None or len(narrower) > len(fewest):
                break
            if not _is_lonely(narrower[-1]) or _is_lonely(best[-1]):
                best = narrower
        return best

    def _even(self, words: tuple[Word, ...], count: int, most_em: float) -> tuple[Line, ...] | None:
        """Return so many lines, filled at the least width at which they are no more than that."""
        width_em = min(self.line(words).ink_em / count, most_em)
        while True:
            lines = self._fill(words, width_em)
            if width_em == most_em or (lines and len(lines) <= count):
                return lines
            width_em = min(width_em * EVEN_STEP, most_em)

    def _fill(self, words: tuple[Word, ...], width_em: float) -> tuple[Line, ...] | None:
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


def _is_lonely(line: Line) -> bool:
    """Say whether a line is one short word."""
    return len(line.words) == 1 and len(line.text) <= SHORT_WORD


def reads_ill(lines: tuple[Line, ...]) -> bool:
    """Say whether lines end in a short word by itself, leave a leaning word alone, or an article at a line's end.

    A further sentence whose first word stands alone, or behind the end of another, reads as torn, too; alone it may
    stand where the first sentence begins so.
    """
    if len(lines) == 1:
        return False
    return (
        _is_lonely(lines[-1])
        or (len(lines[0].words) > 1 and any(_begins_alone(line, above) for above, line in pairwise(lines)))
        or any(line.text.lower() in LEANING for line in lines)
        or any(line.words[-1].text.lower() in ARTICLES or _begins_behind(line) for line in lines[:-1])
    )


def _begins_alone(line: Line, above: Line) -> bool:
    """Say whether a line is the first word of a sentence that goes on below it."""
    last, word = above.words[-1], line.words[0]
    is_further = last.text[-1] in SENTENCE_END and last.weight == word.weight
    return is_further and len(line.words) == 1 and word.text[-1] not in SENTENCE_END


def _begins_behind(line: Line) -> bool:
    """Say whether a line ends with the first word of a sentence, behind another that ends."""
    if len(line.words) == 1:
        return False
    before, last = line.words[-2:]
    return (
        before.text[-1] in SENTENCE_END and before.weight == last.weight and last.text[-1] not in SENTENCE_END
    )


def _without_lonely_end(ways: list[tuple[Line, ...]]) -> list[tuple[Line, ...]]:
    """Return the ways to break into one number of lines whose last is no short word, where there is one."""
    return [lines for lines in ways if not _is_lonely(lines[-1])] or ways


def _unevenness(lines: tuple[Line, ...]) -> float:
    """Return how ill a way of breaking reads; less is better. A further line has to be worth it."""
    longest = max(line.ink_em for line in lines)
    cost = sum((1 - line.ink_em / longest) ** 2 for line in lines) + EXTRA_LINE * len(lines)
    for line in lines[:-1]:
        last = line.words[-1].text
        if last[-1] in SENTENCE_END:
            cost -= 0.5
        elif last.lower().strip(",;:") in LEANING:
            cost += 0.3
    # Two texts in one part (a name, its promise) part best where one ends.
    cost -= sum(0.5 for line, below in pairwise(lines) if line.words[-1].weight != below.words[0].weight)
    cost += sum(0.7 for line in lines for word in line.words[:-1] if word.text[-1] in SENTENCE_END)
    lonely = [_is_lonely(line) for line in lines]
    if len(lines) > 1:
        cost += sum(1.0 for line in lines if line.text.lower() in LEANING)
        cost += 0.35 * sum(lonely[:-1]) + 1.5 * lonely[-1]
    return cost


@lru_cache(maxsize=64)
def typesetter(measurer: Measurer, family: str, tracking_em: float) -> Typesetter:
    """Return a process's typesetter of a family and letter-spacing."""
    return Typesetter(measurer, family, tracking_em)


@lru_cache(maxsize=2000)
def words_of(texts: tuple[str, ...], weights: tuple[int, ...]) -> tuple[Word, ...]:
    """Return the words of several texts, each text in its weight. No-break spaces do not part words."""
    return tuple(
        Word(word, weights[min(index, len(weights) - 1)])
        for index, text in enumerate(texts)
        for word in text.split(" ")
        if word
    )
