"""Parse YAML into plain data, with the position of every key and value.

The parser's events are read one by one, never its ready-made objects: so an alias, a tag and a repeated
key keep their own places, size and depth are bounded while reading, and nothing here calls itself.
Scalars stay words, each with its place; the schema gives them their types.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, Written

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
    _Plain(r"unexpected ':'", "a colon where none can be, inside brackets", IN_QUOTES),
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


MAX_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_NODES = 100_000
MAX_FINDINGS = 50

# libyaml where PyYAML was built with it (several times as fast), else the parser in Python.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What was read can be written again: a partner's file is, when a request changes it.
yaml.SafeDumper.add_representer(Written, yaml.SafeDumper.represent_str)

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
UTF8_BOM = "\ufeff"
OTHER_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
# Characters that no words need and that other programs count, draw or split differently:
# controls, the rarer line ends (editors and YAML number their lines differently), half characters, and
# the signs that embed, override or isolate a direction: with them a right number is drawn wrongly.
FORBIDDEN = re.compile(
    r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
DIRECTION_HINT = "delete it: digits behind it may be read in another order"
UTF8_HINT = "save the file as UTF-8"
# So many documents are kept: those of a campaign's own files, not of thousands of partners.
KEPT = 64

Path = tuple[str | int, ...]
Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """What one file said: plain dicts, lists, words and None, and where each of them stands.

    ``file`` is relative to the campaign's folder; ``sha256`` is that of the bytes that were read.
    """

    file: str
    data: dict[str, Any]
    sha256: str
    _values: dict[Path, Position] = field(repr=False, compare=False)
    _keys: dict[Path, Position] = field(repr=False, compare=False)

    def holds(self, *path: str | int) -> bool:
        """Say whether a value stands at a path."""
        return path in self._values

    def place(self, *path: str | int) -> Place:
        """Return the place of the value at a path, or of its nearest parent that exists."""
        while path not in self._values:
            path = path[:-1]
        return Place(self.file, *self._values[path])

    def key_place(self, *path: str | int) -> Place:
        """Return the place of the key that holds the value at a path; of the value where it has no key."""
        if path in self._keys:
            return Place(self.file, *self._keys[path])
        return self.place(*path)


@lru_cache(KEPT)
def read_document(content: bytes, file: str, *, may_be_empty: bool = False) -> YamlDocument:
    """Return the document in a file's bytes; raises CampaignError with all that is wrong with it.

    Kept by the bytes: while a campaign is watched, mostly one file is another than before. Nobody may change its data.
    """
    words = _decode(content, file)
    reader = _Reader(file)
    try:
        for event in _events(words):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        reader.findings.append(syntax_finding(error, words, file))
    except (yaml.YAMLError, ValueError, OverflowError):
        # The Python parser hands numbers in \U escapes and in %YAML on to chr() and int() unchecked.
        text = "an escape or a directive that YAML does not know"
        reader.findings.append(Finding("yaml", text, "look for \\ and % in the file", Place(file)))
    data = reader.finish(may_be_empty=may_be_empty)
    return YamlDocument(file, data, hashlib.sha256(content).hexdigest(), reader.values, reader.keys)


def _events(words: str) -> Iterator[Any]:
    yield from yaml.parse(words, Loader=LOADER)


def _decode(content: bytes, file: str) -> str:
    """Return the bytes as words without a byte order mark; raises CampaignError."""
    if len(content) > MAX_BYTES:
        text = f"the file has {len(content):,} bytes; at most {MAX_BYTES:,} are read"
        raise CampaignError(Finding("too-large", text, "divide the file", Place(file)))
    if content.startswith(OTHER_BOMS):
        text = "the file is UTF-16 or UTF-32, not UTF-8"
        raise CampaignError(Finding("yaml", text, UTF8_HINT, Place(file, 1, 1)))
    try:
        words = content.decode("utf-8").removeprefix(UTF8_BOM)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8").removeprefix(UTF8_BOM)
        place = Place.at(file, before, len(before))
        text = f"a byte that is not UTF-8: 0x{content[error.start]:02X}"
        raise CampaignError(Finding("yaml", text, UTF8_HINT, place)) from None
    findings = []
    for found in FORBIDDEN.finditer(words):
        place = Place.at(file, words, found.start())
        text = _forbidden(found.group())
        hint = UTF8_HINT if found.group() == "\0" else "delete it; an editor can show invisible characters"
        if found.group() in DIRECTIONS:
            hint = DIRECTION_HINT
        findings.append(Finding("yaml", text, hint, place))
        if len(findings) == MAX_FINDINGS or found.group() == "\0":
            break
    if findings:
        raise CampaignError(findings)
    return words


def _forbidden(sign: str) -> str:
    """Return what is said of a character that no words may hold."""
    kind = "sign that turns the direction of words" if sign in DIRECTIONS else "character that cannot be used"
    return f"a {kind}: U+{ord(sign):04X}"


@dataclass(slots=True)
class _Level:
    """An open mapping or list: what it holds so far, its path, and the key that waits for a value."""

    held: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None

    @property
    def wants_key(self) -> bool:
        return isinstance(self.held, dict) and self.key is None

    def next_path(self) -> Path:
        step = self.key if isinstance(self.held, dict) else len(self.held)
        return (*self.path, step if step is not None else "")

    def put(self, value: Any) -> None:
        if isinstance(self.held, list):
            self.held.append(value)
        elif self.key is not None:
            self.held[self.key] = value
            self.key = None


class _Reader:
    """Builds plain data from the parser's events, and notes places and faults on the way."""

    def __init__(self, file: str) -> None:
        self.findings: list[Finding] = []
        self.values: dict[Path, Position] = {}
        self.keys: dict[Path, Position] = {}
        self._file = file
        self._levels: list[_Level] = []
        self._top: Any = None
        self._documents = 0
        self._nodes = 0

    def take(self, event: Any) -> None:
        """Take one event; raises CampaignError where going on would cost too much."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                hint = "one file holds one document; take out ---"
                self._stop(event, "yaml", "a second document begins here", hint)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._levels.pop()
        elif isinstance(event, yaml.NodeEvent):
            self._count(event)
            self._refuse_marks(event)
            self._node(event)

    def finish(self, *, may_be_empty: bool) -> dict[str, Any]:
        """Return the data; raises CampaignError with all findings."""
        if may_be_empty and not self.findings and self._top is None:
            self.values.setdefault((), (1, 1))
            return {}
        if not self.findings and self._top is None:
            place = Place(self._file, 1, 1)
            self.findings.append(Finding("yaml", "the file is empty", "write key: value, a line each", place))
        elif not self.findings and not isinstance(self._top, dict):
            kind = "a list" if isinstance(self._top, list) else "words"
            text = f"the file holds {kind} where keys and values belong"
            self.findings.append(Finding("yaml", text, KEY_VALUE, Place(self._file, *self.values[()])))
        if self.findings:
            raise CampaignError(self.findings)
        data: dict[str, Any] = self._top
        return data

    def _count(self, event: Any) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._stop(event, "too-large", f"more than {MAX_NODES:,} keys and values", "divide the file")
        deeper = isinstance(event, yaml.CollectionStartEvent)
        if deeper and len(self._levels) >= MAX_DEPTH:
            text = f"more than {MAX_DEPTH} levels, one inside the other"
            self._stop(event, "too-large", text, "write it flatter")

    def _refuse_marks(self, event: Any) -> None:
        """Note a tag, an anchor or an alias: they make one file mean different things to two readers."""
        if isinstance(event, yaml.AliasEvent):
            hint = "write the value again, or put the words in quotes"
            self._add(event, f"an alias: *{event.anchor:.60}", hint)
            return
        if event.anchor is not None:
            self._add(event, f"an anchor: &{event.anchor:.60}", "take it out, or put the words in quotes")
        if event.tag is not None:
            shown = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._add(event, f"a tag: {shown:.60}", "take it out, or put the words in quotes")

    def _node(self, event: Any) -> None:
        level = self._levels[-1] if self._levels else None
        if level is not None and level.wants_key:
            self._key(event, level)
            return
        path = level.next_path() if level is not None else ()
        self.values[path] = self._position(event)
        if isinstance(event, yaml.CollectionStartEvent):
            held = self._empty(event)
            self._put(held)
            self._levels.append(_Level(held, path))
            return
        words = self._scalar(event)
        self._put(None if words is None else Written(words, Place(self._file, *self.values[path])))

    def _key(self, event: Any, level: _Level) -> None:
        """Take the event as a key: only words that are there can be one."""
        key = self._scalar(event) if isinstance(event, yaml.ScalarEvent) else None
        if key is None:
            kinds = {yaml.MappingStartEvent: "a mapping", yaml.SequenceStartEvent: "a list"}
            kind = kinds.get(type(event), "nothing")
            self._add(event, f"{kind} where a key belongs", "a key is words; put words with { or [ in quotes")
            key = ""
        elif key in level.held:
            line, _ = self.keys[(*level.path, key)]
            self._add(event, f"duplicate key: {key:.60}", f"first at line {line}")
        level.key = key
        self.keys.setdefault(level.next_path(), self._position(event))
        if isinstance(event, yaml.CollectionStartEvent):
            # What is inside is read for its own faults, and then dropped.
            self._levels.append(_Level(self._empty(event), level.next_path()))

    def _empty(self, event: Any) -> dict[str, Any] | list[Any]:
        return {} if isinstance(event, yaml.MappingStartEvent) else []

    def _scalar(self, event: Any) -> str | None:
        if isinstance(event, yaml.AliasEvent):
            return None
        value: str = event.value
        if event.implicit[0] and value in NULLS:
            return None
        for found in FORBIDDEN.finditer(value):
            hint = DIRECTION_HINT if found.group() in DIRECTIONS else "take it out"
            self._add(event, f"an escape for {_forbidden(found.group())}", hint)
            break
        return value

    def _put(self, value: Any) -> None:
        if self._levels:
            self._levels[-1].put(value)
        else:
            self._top = value

    def _position(self, event: Any) -> Position:
        return event.start_mark.line + 1, event.start_mark.column + 1

    def _add(self, event: Any, text: str, hint: str) -> None:
        self.findings.append(Finding("yaml", text, hint, Place(self._file, *self._position(event))))
        if len(self.findings) >= MAX_FINDINGS:
            raise CampaignError(self.findings)

    def _stop(self, event: Any, code: str, text: str, hint: str) -> None:
        self.findings.append(Finding(code, text, hint, Place(self._file, *self._position(event))))
        raise CampaignError(self.findings)
