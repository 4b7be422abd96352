"""Phone numbers in words: what a reader would dial, however it is set.

A number is what the country's plan of numbers knows, any run as long as one, and a service number after
call, ring, dial or text. Letters that look like digits count as digits. Dates, times, prices and years
are taken out first.

Words are made plain for searching: what a reader takes a sign for, and the place that it came from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Found:
    """A number or an address in words: as it stands there, where, and its normal form.

    ``value`` is the host of an address; of a number ``+`` and digits where it is valid, else its digits.
    """

    text: str
    start: int
    end: int
    value: str

    def meets(self, other: Found) -> bool:
        """Say whether the two have a character in common."""
        return self.start < other.end and other.start < self.end

    def lies_in(self, other: Found) -> bool:
        """Say whether all of this is part of the other."""
        return other.start <= self.start and self.end <= other.end


@dataclass(frozen=True, slots=True)
class Folded:
    """Plain words, and for each of their characters its place in the words as they were written."""

    plain: str
    places: tuple[int, ...]
    words: str

    def found(self, start: int, end: int, value: str) -> Found:
        """Return what stands from ``start`` to ``end`` of the plain words, as it was written."""
        first, last = self.places[start], self.places[end - 1] + 1
        return Found(self.words[first:last], first, last, value)


# Categories of marks that a reader does not see, or sees through.
INVISIBLE = frozenset({"Cf"})
INVISIBLE_AND_ACCENTS = frozenset({"Cf", "Mn", "Me"})


def fold(words: str, dropped: Collection[str] = INVISIBLE) -> Folded:
    """Return words with plain digits, letters, spaces and hyphens, without the categories ``dropped``."""
    if words.isascii():
        return Folded(words, tuple(range(len(words))), words)
    kept = [place for place, sign in enumerate(words) if unicodedata.category(sign) not in dropped]
    return Folded("".join(_plain(words[place]) for place in kept), tuple(kept), words)


def _plain(sign: str) -> str:
    """Return the one plain character that a reader takes a sign for."""
    if sign.isascii():
        return sign
    if sign.isspace():
        return " "
    category = unicodedata.category(sign)
    if category == "Pd" or sign == "−":
        return "-"
    if sign in "。｡︒":
        return "."
    if unicodedata.decomposition(sign).startswith(("<super>", "<sub>")):
        return " "  # the figure of a footnote is no part of what stands before it
    if sign.isdigit():
        return str(unicodedata.digit(sign))
    compatible = unicodedata.normalize("NFKC", sign)
    return compatible if len(compatible) == 1 else sign


MIN_DIGITS = 9
"""A run of this many digits is a number, whether a plan knows it or not."""
MIN_VALID_DIGITS = 7
MAX_DIGITS = 15
"""E.164 has no longer ones."""
MIN_REAL_DIGITS = 3

# A letter in the place of a digit; not one that belongs to a word of other letters.
_LETTER = r"[OoIl](?![OoIl]{0,20}[^\W\d_OoIl])"
# Raised or lowered digits in a row: one alone, or few behind a word, are the sign of a footnote.
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"
RAISED = re.compile(rf"(?<!\w)[{_RAISED}]{{2,}}|[{_RAISED}]{{4,}}")
AS_LEVEL = str.maketrans(_RAISED, "01234567890123456789")
# S, Z and B are taken for digits between digits alone: elsewhere they are letters of a code or a name.
_BETWEEN = r"(?<=[\dOoIl])[SsZzB](?=\d)"
DIGITS = re.compile(rf"(?:\d|(?<![^\W\d_]){_LETTER})(?:\d|{_LETTER}|{_BETWEEN}|\|(?=[\dOoIl]))*")
AS_DIGITS = str.maketrans("OoIl|SsZzB", "0011155228")
# Cyrillic and Greek letters that look like those.
AS_LATIN = str.maketrans("ОоΟοІӀӏΙ", "OoOoIIlI")
SEPARATOR = re.compile(r"[\s().\-/]{1,4}")
NARROW_SEPARATOR = re.compile(r"[\s-]{1,4}")
ANY_SEPARATOR = re.compile(r"(?:[^\w\0]|_){1,5}")
# Between groups of three digits and more, where the first begins as a number does: 0800,123,4567.
LIST_SEPARATOR = re.compile(r"[,_]")
MIN_IN_LIST = 3
PLUS = re.compile(r"\+\s?\(?\Z")

_YEAR = r"(?:19|20)\d\d"
_MONTH_DAY = r"(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])"
_DAY_MONTH = r"(?:0?[1-9]|[12]\d|3[01])(?P<sign>[./-])(?:0?[1-9]|1[0-2])(?P=sign)"
# What has many digits and is no number, in the order in which it is taken out.
NO_NUMBERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)\d{1,2}:\d\d(?::\d\d)?(?!\d)",  # times
        r"(?<![\d.])\d{1,2}\.\d\d\s?[ap]\.?m\b",
        rf"(?<![\d./-]){_YEAR}-{_MONTH_DAY}(?!-?\d)",  # dates
        rf"(?<![\d./-]){_DAY_MONTH}(?:{_YEAR}(?![./-]?\d)|\d\d(?![ ./-]?\d))",
        rf"(?<!\d)(?<!\d[ -]){_YEAR}(?:\s?[/ -]\s?(?:{_YEAR}|\d\d))+(?![ ./-]?\d)",  # years
        r"[£$€]\s?\d+(?:[,.]\d+)*",  # money, large figures, shares
        r"(?<!\d)\d{1,3}(?:,\d{3})+(?!\d)",
        r"(?<!\d)\d+(?:\.\d+)?\s?(?:%|per cent)",
        r"\bISBN(?:-1[03])?:?\s?[\d -]{9,16}[\dX]",
        r"\b(?:charity|company|registered)\b[^\d\n]{0,30}\d{6,8}(?![ -]?\d)",
        r"(?<!\d)24\s?/\s?7(?:\s?/\s?365)?(?!\d)",
    )
)

SERVICE_CALL = re.compile(
    r"\b(?:call|ring|dial|text|phone)(?:s|ed|ing)?\b"
    r"(?:[^\w\n]{0,3}|[^\w\n]{1,3}(?:[a-z']+[^\w\n.!?]{1,3}){0,6}?(?:on|to|free|us|now)[^\w\n]{1,3})(?=\d)",
    re.IGNORECASE,
)
SERVICE_NUMBER = re.compile(r"(?:116[ -]?\d{3}|\d[ -]\d[ -]\d|\d{5,6}|\d{3})(?!\w|[,.:-]\d|/\d{1,2}\b|\s?%)")
NEXT_SERVICE = re.compile(r"\s*(?:,|/|&|\bor\b|\band\b)\s*(?:on\s+)?(?=\d)", re.IGNORECASE)
COUNTED = re.compile(
    r"\s(?:people|times|callers|adults|children|families|days|hours|minutes|words|characters|miles)\b",
    re.IGNORECASE,
)

Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class _Group:
    """Digits without a gap: ``start`` and ``end`` in the plain words, look-alikes read as digits."""

    start: int
    end: int
    digits: str


def find_numbers(words: str, region: str) -> list[Found]:
    """Return the phone numbers in words, in their order; ``region`` is their country (``GB``)."""
    folded = _fold(words)
    plain = folded.plain
    for pattern in NO_NUMBERS:
        plain = pattern.sub(lambda found: "\0" * len(found.group()), plain)
    numbers = [
        folded.found(*span) for run in _runs(plain, SEPARATOR) for span in _numbers_in(plain, run, region)
    ]
    services = [folded.found(*span) for span in _service_numbers(folded.plain, region)]
    numbers += [service for service in services if not any(service.meets(number) for number in numbers)]
    return sorted(numbers, key=lambda found: found.start)


def _fold(words: str) -> Folded:
    folded = fold(RAISED.sub(lambda found: found.group().translate(AS_LEVEL), words), INVISIBLE_AND_ACCENTS)
    return Folded(folded.plain.translate(AS_LATIN), folded.places, words)


def _runs(plain: str, separator: re.Pattern[str]) -> Iterator[list[_Group]]:
    """Yield the groups of digits that nothing but separators keeps apart."""
    run: list[_Group] = []
    for match in DIGITS.finditer(plain):
        group = _Group(match.start(), match.end(), match.group().translate(AS_DIGITS))
        if run and not (
            separator.fullmatch(plain, run[-1].end, group.start)
            or _is_listed(plain, [*run[:1], run[-1], group])
        ):
            yield run
            run = []
        run.append(group)
    if run:
        yield run


def _is_listed(plain: str, groups: list[_Group]) -> bool:
    """Say whether a comma or an underscore stands for a blank before the last of these groups of a run."""
    first, *_, before, group = groups
    return (
        first.digits.startswith("0")
        and min(len(first.digits), len(before.digits), len(group.digits)) >= MIN_IN_LIST
        and LIST_SEPARATOR.fullmatch(plain, before.end, group.start) is not None
    )


def _windows(groups: list[_Group]) -> Iterator[tuple[int, int, str]]:
    """Yield (first, past the last, digits) of the groups that together may be a number, the longest first."""
    for first in range(len(groups)):
        digits, found = "", []
        for past, group in enumerate(groups[first : first + MAX_DIGITS], first + 1):
            digits += group.digits
            if len(digits) > MAX_DIGITS:
                break
            found.append((first, past, digits))
        yield from reversed(found)


def _numbers_in(plain: str, run: list[_Group], region: str) -> Iterator[Span]:
    """Yield the numbers in one run: the valid ones, and of the rest what is as long as a number."""
    pending = [run]
    while pending:
        groups = pending.pop()
        if sum(len(group.digits) for group in groups) < MIN_VALID_DIGITS:
            continue
        valid = _first_valid(plain, groups, region)
        if valid is not None:
            first, past, span = valid
            pending += [groups[:first], groups[past:]]
            yield span
            continue
        for part in _as_long_as_numbers(plain, groups):
            start, end = part[0].start, part[-1].end
            digits = "".join(group.digits for group in part)
            if len(digits) >= MIN_DIGITS and _has_digits(plain[start:end]):
                yield start, end, digits


def _as_long_as_numbers(plain: str, groups: list[_Group]) -> Iterator[list[_Group]]:
    """Yield the parts of a run that may be a number which no plan knows.

    Dots, slashes and brackets hold only what begins as a number does: 270/65/384/65 are sizes.
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


def _first_valid(plain: str, groups: list[_Group], region: str) -> tuple[int, int, Span] | None:
    """Return the first number that the plan of numbers knows: (first group, past the last, span).

    What begins with 0 or + goes before the rest, so that a figure before a number is not taken into it.
    """
    for usual in (True, False):
        for first, past, digits in _windows(groups):
            start, end = _start(plain, groups[first]), groups[past - 1].end
            plus = "+" if start < groups[first].start else ""
            if usual is not bool(plus or digits.startswith("0")):
                continue
            least = MIN_VALID_DIGITS if usual else MIN_DIGITS
            if len(digits) < least or not _has_digits(plain[start:end]):
                continue
            value = _valid(plus + digits, region)
            if value is not None:
                return first, past, (start, end, value)
    return None


def _start(plain: str, group: _Group) -> int:
    """Return where a number begins whose first digits these are: at its plus, if it has one."""
    plus = PLUS.search(plain[max(0, group.start - 3) : group.start])
    return group.start - (len(plus.group()) if plus else 0)


def _has_digits(plain: str) -> bool:
    return sum(sign.isdigit() for sign in plain) >= MIN_REAL_DIGITS


def _service_numbers(plain: str, region: str) -> Iterator[Span]:
    """Yield the short numbers after call, ring, dial, text (999, 116 123), and those listed with them."""
    for call in SERVICE_CALL.finditer(plain):
        place: int | None = call.end()
        while place is not None:
            number = SERVICE_NUMBER.match(plain, place)
            if number is None or COUNTED.match(plain, number.end()):
                break
            digits = re.sub(r"\D", "", number.group())
            if len(digits) == 3 or _is_short_number(digits, region):
                yield number.start(), number.end(), digits
            following = NEXT_SERVICE.match(plain, number.end())
            place = following.end() if following else None


def _is_short_number(digits: str, region: str) -> bool:
    import phonenumbers

    return phonenumbers.is_valid_short_number_for_region(phonenumbers.parse(digits, region), region)


def _valid(number: str, region: str) -> str | None:
    """Return digits, perhaps after a plus, as E.164; None where no plan of numbers has them."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def number_digits(text: str, region: str) -> str | None:
    """Return a number in E.164 (``+448081000900``); None where it is no valid number, or holds letters."""
    plain = fold(text).plain.strip()
    if not re.fullmatch(r"\+?[\d\s().\-/]+", plain):
        return None
    return _valid(re.sub(r"[^\d+]", "", plain), region)


def number_region(number_tel: str) -> str:
    """Return the country of an E.164 number (``GB``); of one that no country has, ``GB``."""
    import phonenumbers

    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number_tel)) or "GB"
    except phonenumbers.NumberParseException:
        return "GB"


def own_and_slips(words: str, number_tel: str) -> tuple[list[Found], list[Found]]:
    """Return where a number stands in real digits, and where a slip of it does, however they are set.

    A slip has one digit changed, two neighbours exchanged, or letters in the place of digits.
    """
    folded, forms = _fold(words), _forms(number_tel)
    own, slips = [], []
    for run in _runs(folded.plain, ANY_SEPARATOR):
        for first, past, digits in _windows(run):
            if not any(len(digits) == len(form) for form in forms):
                continue
            start = _start(folded.plain, run[first])
            found = folded.found(start, run[past - 1].end, digits)
            if digits in forms and not has_letters(found.text):
                own.append(found)
            elif digits in forms or any(_is_slip(digits, form) for form in forms):
                slips.append(found)
    return own, [slip for slip in slips if not any(slip.meets(ours) for ours in own)]


def has_letters(number: str) -> bool:
    """Say whether letters, or a bar, stand in the place of a number's digits."""
    return any(sign.isalpha() or sign == "|" for sign in number)


def _forms(number_tel: str) -> tuple[str, ...]:
    """Return the digits of a number as people write it: at home, and from abroad, with 00 and (0) or not."""
    import phonenumbers

    digits = re.sub(r"\D", "", number_tel)
    try:
        parsed = phonenumbers.parse(number_tel)
    except phonenumbers.NumberParseException:
        return (digits,)
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    at_home = re.sub(r"\D", "", national)
    abroad = (digits, f"{parsed.country_code}{at_home}")
    return at_home, *abroad, *(f"00{form}" for form in abroad)


def _is_slip(digits: str, own: str) -> bool:
    if len(digits) != len(own) or len(own) < MIN_VALID_DIGITS:
        return False
    unlike = [place for place, (given, right) in enumerate(zip(digits, own, strict=True)) if given != right]
    if len(unlike) == 1:
        return True
    exchanged = len(unlike) == 2 and unlike in [list(pair) for pair in pairwise(range(len(own)))]
    return exchanged and (digits[unlike[0]], digits[unlike[1]]) == (own[unlike[1]], own[unlike[0]])
