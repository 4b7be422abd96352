"""What a YAML parser complains of, in plain words, at the place where it is mended."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from assetgen.findings import Finding, Place

KEY_VALUE = "write key: value, with a space after the colon"


@dataclass(frozen=True, slots=True)
class _Plain:
    """A complaint of the parser in plain words.

    ``where`` its place is: at the ``fault``, at the ``start`` of what was being read, or of its ``line``.
    """

    pattern: str
    text: str
    hint: str
    where: str = "fault"


IN_QUOTES = "put the words in quotes"
SAME_COLUMN = "keys of one level begin in the same column; lists need a line of their own"
OWN_SIGN = "words that begin with a sign of YAML's own"
# In this order: the first whose pattern is found in the complaint (libyaml's, or the Python parser's).
PLAIN = (
    _Plain(r"tab character|'\\t'", "a tab where spaces belong", "indent with spaces, two a level"),
    _Plain(r"mapping values", "a key where none can stand", SAME_COLUMN, "line"),
    _Plain(r"mapping keys|cannot start any token", OWN_SIGN, IN_QUOTES),
    _Plain(r"sequence entries", "a list entry (-) where none can stand", SAME_COLUMN),
    _Plain(
        r"unexpected (end|document)", "a quote that is never closed", "close it with the same quote", "start"
    ),
    _Plain(r"could not find expected ':'", "a line without a colon", KEY_VALUE, "start"),
    _Plain(r"',' or '\]'", "a [ that is never closed, or a comma missing", "close it with ]", "start"),
    _Plain(r"',' or '\}'", "a { that is never closed, or a comma missing", "close it with }", "start"),
    _Plain(r"node content", "a bracket that was never opened", IN_QUOTES),
    _Plain(r"escape", "an unknown escape after a backslash", "write \\\\, or use 'single quotes'", "start"),
    _Plain(
        r"block scalar", "words on the line of a | or >", "begin them on the next line, further in", "start"
    ),
    _Plain(r"document start", "a line outside the document", SAME_COLUMN),
    _Plain(r"directive|YAML document", "a line that begins with %", IN_QUOTES, "start"),
    _Plain(r"\btag\b|anchor|alias", OWN_SIGN, IN_QUOTES, "start"),
    _Plain(r"expected key|'-' indicator|<block end>", "a line that does not fit those above it", SAME_COLUMN),
)


def syntax_finding(error: yaml.MarkedYAMLError, words: str, file: str) -> Finding:
    """Return the parser's complaint in plain words."""
    mark = error.problem_mark
    complaint = f"{error.problem or ''} {error.context or ''}"
    if mark is not None and words[mark.index : mark.index + 1] == "\t":
        complaint = "tab character"  # libyaml does not always say so
    plain = next((known for known in PLAIN if re.search(known.pattern, complaint)), None)
    if plain is None or mark is None:
        return Finding("yaml", "not readable as YAML", "compare it with a file that works", Place(file))
    before = re.split(r"[\r\n]", words[: mark.index])[-1]
    if plain.where == "start" and error.context_mark is not None:
        mark = error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1)
    if plain.where == "line":
        if re.search(r":\s", before):
            return Finding("yaml", "a second colon in words without quotes", IN_QUOTES, place)
        place = Place(file, mark.line + 1, len(before) - len(before.lstrip(" ")) + 1)
    elif plain is PLAIN[-1] and before.strip():
        hint = "put all the words in quotes; for a quote inside them use the other kind of quote"
        return Finding("yaml", "words after a quote or a bracket that is closed", hint, place)
    return Finding("yaml", plain.text, plain.hint, place)
