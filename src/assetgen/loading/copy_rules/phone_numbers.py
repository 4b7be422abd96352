"""Find phone numbers in text: everything that a reader would dial, however it is formatted.

It finds numbers that are valid in the country's numbering plan, any other group of digits as long as a phone number,
and short service numbers after "call", "ring", "dial", "text" or "phone". Letters that look like digits count as
digits. Dates, times, prices and years are removed first.

The text is folded for searching: each character is replaced by the plain one that it looks like, and the position of
the original is kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class TextMatch:
    """A number or address in a text: its original spelling, its start and end, and its normal form.

    ``value`` is the host of an address. For a number it is ``+`` and digits (E.164) if the number is valid, otherwise
    only its digits.
    """

    text: str
    start: int
    end: int
    value: str

    def overlaps(self, other: TextMatch) -> bool:
        """Say whether the two matches share a character."""
        return self.start < other.end and other.start < self.end

    def is_inside(self, other: TextMatch) -> bool:
        """Say whether this match is completely inside the other."""
        return other.start <= self.start and self.end <= other.end


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A folded text: ``plain``, the original ``words``, and the position in ``words`` of each plain character."""

    plain: str
    places: tuple[int, ...]
    words: str

    def found(self, start: int, end: int, value: str) -> TextMatch:
        """Return the match in the original text for ``start`` and ``end`` in the plain text."""
        first, last = self.places[start], self.places[end - 1] + 1
        return TextMatch(self.words[first:last], first, last, value)


# Unicode categories that readers do not see, or that do not change how they read a digit.
INVISIBLE = frozenset({"Cf"})
INVISIBLE_AND_ACCENTS = frozenset({"Cf", "Mn", "Me"})


def fold_text(words: str, dropped: Collection[str] = INVISIBLE) -> FoldedText:
    """Replace characters by the plain ones they look like, and drop those of the Unicode categories ``dropped``."""
    if words.isascii():
        return FoldedText(words, tuple(range(len(words))), words)
    kept = [place for place, char in enumerate(words) if unicodedata.category(char) not in dropped]
    return FoldedText("".join(_plain_character(words[place]) for place in kept), tuple(kept), words)


def _plain_character(char: str) -> str:
    """Return the plain character that looks the same to a reader, or the character itself."""
    if char.isascii():
        return char
    if char.isspace():
        return " "
    category = unicodedata.category(char)
    if category == "Pd" or char == "−":
        return "-"
    if char in "。｡︒":
        return "."
    if unicodedata.decomposition(char).startswith(("<super>", "<sub>")):
        return " "  # the number of a footnote does not belong to the text before it
    if char.isdigit():
        return str(unicodedata.digit(char))
    compatible = unicodedata.normalize("NFKC", char)
    return compatible if len(compatible) == 1 else char


MIN_DIGITS = 9
"""A group of this many digits counts as a number, even if it is not valid in a numbering plan."""
MIN_VALID_DIGITS = 7
MAX_DIGITS = 15
"""The maximum length of a number in E.164."""
MIN_REAL_DIGITS = 3

# A letter in the place of a digit, but not inside a word of other letters.
_LETTER = r"[OoIl](?![OoIl]{0,20}[^\W\d_OoIl])"
# Superscript or subscript digits that form a number. One alone, or a few after a word, are the number of a footnote.
_SMALL_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"
SMALL_NUMBER = re.compile(rf"(?<!\w)[{_SMALL_DIGITS}]{{2,}}|[{_SMALL_DIGITS}]{{4,}}")
AS_NORMAL_DIGITS = str.maketrans(_SMALL_DIGITS, "01234567890123456789")
# S, Z and B count as digits only between digits. Elsewhere they are letters of a code or name.
_BETWEEN = r"(?<=[\dOoIl])[SsZzB](?=\d)"
DIGITS = re.compile(rf"(?:\d|(?<![^\W\d_]){_LETTER})(?:\d|{_LETTER}|{_BETWEEN}|\|(?=[\dOoIl]))*")
AS_DIGITS = str.maketrans("OoIl|SsZzB", "0011155228")
# Cyrillic and Greek letters that look like these letters.
AS_LATIN = str.maketrans("ОоΟοІӀӏΙ", "OoOoIIlI")
SEPARATOR = re.compile(r"[\s().\-/]{1,4}")
NARROW_SEPARATOR = re.compile(r"[\s-]{1,4}")
ANY_SEPARATOR = re.compile(r"(?:[^\w\0]|_){1,5}")
# Also separates groups of at least MIN_IN_GROUP digits if the first group begins with 0: 0800,123,4567.
GROUP_SEPARATOR = re.compile(r"[,_]")
MIN_IN_GROUP = 3
PLUS = re.compile(r"\+\s?\(?\Z")

_YEAR = r"(?:19|20)\d\d"
_MONTH_DAY = r"(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])"
_DAY_MONTH = r"(?:0?[1-9]|[12]\d|3[01])(?P<sign>[./-])(?:0?[1-9]|1[0-2])(?P=sign)"
# Texts with many digits that are not phone numbers, in the order in which they are removed.
NOT_PHONE_NUMBERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)\d{1,2}:\d\d(?::\d\d)?(?!\d)",  # times
        r"(?<![\d.])\d{1,2}\.\d\d\s?[ap]\.?m\b",
        rf"(?<![\d./-]){_YEAR}-{_MONTH_DAY}(?!-?\d)",  # dates
        rf"(?<![\d./-]){_DAY_MONTH}(?:{_YEAR}(?![./-]?\d)|\d\d(?![ ./-]?\d))",
        rf"(?<!\d)(?<!\d[ -]){_YEAR}(?:\s?[/ -]\s?(?:{_YEAR}|\d\d))+(?![ ./-]?\d)",  # years
        r"[£$€]\s?\d+(?:[,.]\d+)*",  # money, large numbers, percentages
        r"(?<!\d)\d{1,3}(?:,\d{3})+(?!\d)",
        r"(?<!\d)\d+(?:\.\d+)?\s?(?:%|per cent)",
        r"\bISBN(?:-1[03])?:?\s?[\d -]{9,16}[\dX]",
        r"\b(?:charity|company|registered)\b[^\d\n]{0,30}\d{6,8}(?![ -]?\d)",
        r"(?<!\d)24\s?/\s?7(?:\s?/\s?365)?(?!\d)",
    )
)

# The words before a short number: "call 999", "text us free on 85258".
CALL_PHRASE = re.compile(
    r"\b(?:call|ring|dial|text|phone)(?:s|ed|ing)?\b"
    r"(?:[^\w\n]{0,3}|[^\w\n]{1,3}(?:[a-z']+[^\w\n.!?]{1,3}){0,6}?(?:on|to|free|us|now)[^\w\n]{1,3})(?=\d)",
    re.IGNORECASE,
)
SHORT_NUMBER = re.compile(r"(?:116[ -]?\d{3}|\d[ -]\d[ -]\d|\d{5,6}|\d{3})(?!\w|[,.:-]\d|/\d{1,2}\b|\s?%)")
NEXT_IN_LIST = re.compile(r"\s*(?:,|/|&|\bor\b|\band\b)\s*(?:on\s+)?(?=\d)", re.IGNORECASE)
# A word after a number which shows that it is an amount: "call 100 people".
COUNTED_UNIT = re.compile(
    r"\s(?:people|times|callers|adults|children|families|days|hours|minutes|words|characters|miles)\b",
    re.IGNORECASE,
)

Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class _DigitGroup:
    """Digits without a gap, with ``start`` and ``end`` in the plain text. Look-alike letters are read as digits."""

    start: int
    end: int
    digits: str


def find_numbers(words: str, region: str) -> list[TextMatch]:
    """Return the phone numbers in a text, in order; ``region`` is the country code of local numbers (``GB``)."""
    folded = _fold_digits(words)
    plain = folded.plain
    for pattern in NOT_PHONE_NUMBERS:
        plain = pattern.sub(lambda found: "\0" * len(found.group()), plain)
    numbers = [
        folded.found(*span) for run in _runs(plain, SEPARATOR) for span in _numbers_in(plain, run, region)
    ]
    short_numbers = [folded.found(*span) for span in _short_numbers(folded.plain, region)]
    numbers += [short for short in short_numbers if not any(short.overlaps(number) for number in numbers)]
    return sorted(numbers, key=lambda found: found.start)


def _fold_digits(words: str) -> FoldedText:
    """Fold a text before searching for digits. Also replace superscript digits, and look-alikes of O, I and l."""
    normal = SMALL_NUMBER.sub(lambda found: found.group().translate(AS_NORMAL_DIGITS), words)
    folded = fold_text(normal, INVISIBLE_AND_ACCENTS)
    return FoldedText(folded.plain.translate(AS_LATIN), folded.places, words)


def _runs(plain: str, separator: re.Pattern[str]) -> Iterator[list[_DigitGroup]]:
    """Yield lists of consecutive digit groups that have only separators between them."""
    run: list[_DigitGroup] = []
    for match in DIGITS.finditer(plain):
        group = _DigitGroup(match.start(), match.end(), match.group().translate(AS_DIGITS))
        if run and not (
            separator.fullmatch(plain, run[-1].end, group.start)
            or _continues_number(plain, [*run[:1], run[-1], group])
        ):
            yield run
            run = []
        run.append(group)
    if run:
        yield run


def _continues_number(plain: str, groups: list[_DigitGroup]) -> bool:
    """Say whether the last group continues the number after a comma or an underscore."""
    first, *_, before, group = groups
    return (
        first.digits.startswith("0")
        and min(len(first.digits), len(before.digits), len(group.digits)) >= MIN_IN_GROUP
        and GROUP_SEPARATOR.fullmatch(plain, before.end, group.start) is not None
    )


def _windows(groups: list[_DigitGroup]) -> Iterator[tuple[int, int, str]]:
    """Yield (first, end, digits) for each range of groups that may be one number, the longest range first."""
    for first in range(len(groups)):
        digits, found = "", []
        for end, group in enumerate(groups[first : first + MAX_DIGITS], first + 1):
            digits += group.digits
            if len(digits) > MAX_DIGITS:
                break
            found.append((first, end, digits))
        yield from reversed(found)


def _numbers_in(plain: str, run: list[_DigitGroup], region: str) -> Iterator[Span]:
    """Yield the valid numbers in one run, and other groups of digits that are as long as a number."""
    pending = [run]
    while pending:
        groups = pending.pop()
        if sum(len(group.digits) for group in groups) < MIN_VALID_DIGITS:
            continue
        valid = _first_valid(plain, groups, region)
        if valid is not None:
            first, past_last, span = valid
            pending += [groups[:first], groups[past_last:]]
            yield span
            continue
        for part in _possible_numbers(plain, groups):
            start, end = part[0].start, part[-1].end
            digits = "".join(group.digits for group in part)
            if len(digits) >= MIN_DIGITS and _has_digits(plain[start:end]):
                yield start, end, digits


def _possible_numbers(plain: str, groups: list[_DigitGroup]) -> Iterator[list[_DigitGroup]]:
    """Yield the parts of a run that may be a number which is not valid in the numbering plan.

    Dots, slashes and brackets join groups only if the first begins with 0 or +: 270/65/384/65 are sizes.
    """
    if groups[0].digits.startswith("0") or _start(plain, groups[0]) < groups[0].start:
        yield groups
        return
    part = groups[:1]
    for before, group in pairwise(groups):
        if not NARROW_SEPARATOR.fullmatch(plain, before.end, group.start):
            yield part
            part = []
        part.append(group)
    yield part


def _first_valid(plain: str, groups: list[_DigitGroup], region: str) -> tuple[int, int, Span] | None:
    """Return the first valid number as (index of its first group, index after its last group, span).

    Numbers that begin with 0 or + are tried first, so that a figure before a number is not included in it.
    """
    for with_prefix in (True, False):
        for first, past_last, digits in _windows(groups):
            start, end = _start(plain, groups[first]), groups[past_last - 1].end
            plus = "+" if start < groups[first].start else ""
            if with_prefix is not bool(plus or digits.startswith("0")):
                continue
            min_digits = MIN_VALID_DIGITS if with_prefix else MIN_DIGITS
            if len(digits) < min_digits or not _has_digits(plain[start:end]):
                continue
            value = _e164(plus + digits, region)
            if value is not None:
                return first, past_last, (start, end, value)
    return None


def _start(plain: str, group: _DigitGroup) -> int:
    """Return where a number starts: at the plus sign before its first group, else at the group."""
    plus = PLUS.search(plain[max(0, group.start - 3) : group.start])
    return group.start - (len(plus.group()) if plus else 0)


def _has_digits(plain: str) -> bool:
    """Say whether enough of the characters are real digits, not look-alike letters."""
    return sum(char.isdigit() for char in plain) >= MIN_REAL_DIGITS


def _short_numbers(plain: str, region: str) -> Iterator[Span]:
    """Yield the short numbers after a call phrase (999, 116 123), including further ones in a list."""
    for phrase in CALL_PHRASE.finditer(plain):
        position: int | None = phrase.end()
        while position is not None:
            number = SHORT_NUMBER.match(plain, position)
            if number is None or COUNTED_UNIT.match(plain, number.end()):
                break
            digits = re.sub(r"\D", "", number.group())
            if len(digits) == 3 or _is_short_number(digits, region):
                yield number.start(), number.end(), digits
            following = NEXT_IN_LIST.match(plain, number.end())
            position = following.end() if following else None


def _is_short_number(digits: str, region: str) -> bool:
    import phonenumbers

    return phonenumbers.is_valid_short_number_for_region(phonenumbers.parse(digits, region), region)


def _e164(number: str, region: str, *, may_be_unassigned: bool = False) -> str | None:
    """Return a number in E.164, or None if it is not valid in the numbering plan.

    ``may_be_unassigned``: also accept a number of a valid length whose range is not assigned to anybody.
    """
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    is_possible = may_be_unassigned and phonenumbers.is_possible_number(parsed)
    if not is_possible and not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def to_e164(text: str, region: str, *, may_be_unassigned: bool = False) -> str | None:
    """Return a number in E.164 (``+448081000900``), or None if it is not valid or contains letters.

    ``may_be_unassigned``: also accept a number of a valid length whose range is not assigned to anybody, as those for
    drama and examples are.
    """
    plain = fold_text(text).plain.strip()
    if not re.fullmatch(r"\+?[\d\s().\-/]+", plain):
        return None
    return _e164(re.sub(r"[^\d+]", "", plain), region, may_be_unassigned=may_be_unassigned)


def region_of_number(number_tel: str) -> str:
    """Return the country code of an E.164 number (``GB``); ``GB`` for a number that belongs to no country."""
    import phonenumbers

    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number_tel)) or "GB"
    except phonenumbers.NumberParseException:
        return "GB"


def find_own_number(words: str, number_tel: str) -> tuple[list[TextMatch], list[TextMatch]]:
    """Return the places where a text contains a number, and those where it contains a misspelling of it.

    Any separators are accepted. A misspelling has one changed digit, two swapped neighbours, or letters instead of
    digits.
    """
    folded, spellings = _fold_digits(words), _spellings(number_tel)
    own, misspelt = [], []
    for run in _runs(folded.plain, ANY_SEPARATOR):
        for first, past_last, digits in _windows(run):
            if not any(len(digits) == len(spelling) for spelling in spellings):
                continue
            start = _start(folded.plain, run[first])
            found = folded.found(start, run[past_last - 1].end, digits)
            if digits in spellings and not has_letters(found.text):
                own.append(found)
            elif digits in spellings or any(_is_misspelt(digits, spelling) for spelling in spellings):
                misspelt.append(found)
    return own, [found for found in misspelt if not any(found.overlaps(ours) for ours in own)]


def has_letters(number: str) -> bool:
    """Say whether a number contains letters, or bars, instead of digits."""
    return any(char.isalpha() or char == "|" for char in number)


def _spellings(number_tel: str) -> tuple[str, ...]:
    """Return the digits of the national and international spellings of a number, with 00 and (0) or without."""
    import phonenumbers

    digits = re.sub(r"\D", "", number_tel)
    try:
        parsed = phonenumbers.parse(number_tel)
    except phonenumbers.NumberParseException:
        return (digits,)
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    national_digits = re.sub(r"\D", "", national)
    international = (digits, f"{parsed.country_code}{national_digits}")
    return national_digits, *international, *(f"00{spelling}" for spelling in international)


def _is_misspelt(digits: str, own: str) -> bool:
    """Say whether the digits differ from a number by one digit or by two swapped neighbours."""
    if len(digits) != len(own) or len(own) < MIN_VALID_DIGITS:
        return False
    changed = [place for place, (given, right) in enumerate(zip(digits, own, strict=True)) if given != right]
    if len(changed) == 1:
        return True
    are_neighbours = len(changed) == 2 and changed in [list(pair) for pair in pairwise(range(len(own)))]
    return are_neighbours and (digits[changed[0]], digits[changed[1]]) == (own[changed[1]], own[changed[0]])
