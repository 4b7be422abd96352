"""Parse YAML into plain data, with the position of every key and value.

The reader uses the parser's events instead of the loaded objects. So it can report the place of an alias, a tag or a
duplicate key, and stop early if a file is too large or too deeply nested. Nothing here is recursive.
Scalars remain strings, each with its place; the schema converts them to their types.
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
from assetgen.findings import Finding, Place, PlacedString

KEY_VALUE = "write key: value, with a space after the colon"


@dataclass(frozen=True, slots=True)
class _SyntaxRule:
    """The text and hint of the finding for an error of the parser whose message matches ``pattern``.

    ``where`` decides the place of the finding: the ``fault`` itself, the ``start`` of the construct that was being
    parsed, or the start of the ``line``.
    """

    pattern: str
    text: str
    hint: str
    where: str = "fault"


IN_QUOTES = "put the text in quotes"
SAME_COLUMN = "start all keys of one level in the same column, and lists on a new line"
RESERVED_SIGN = "text that begins with a special character of YAML"
# The first rule that matches an error message of libyaml or of PyYAML's own parser is used.
SYNTAX_RULES = (
    _SyntaxRule(r"tab character|'\\t'", "a tab instead of spaces", "indent with spaces, two for each level"),
    _SyntaxRule(r"mapping values", "a key in the wrong place", SAME_COLUMN, "line"),
    _SyntaxRule(r"mapping keys|cannot start any token", RESERVED_SIGN, IN_QUOTES),
    _SyntaxRule(r"sequence entries", "a list entry (-) in the wrong place", SAME_COLUMN),
    _SyntaxRule(
        r"unexpected (end|document)", "an unclosed quote", "close it with the same kind of quote", "start"
    ),
    _SyntaxRule(r"unexpected ':'", "a colon in the wrong place, inside brackets", IN_QUOTES),
    _SyntaxRule(r"could not find expected ':'", "a line without a colon", KEY_VALUE, "start"),
    _SyntaxRule(r"',' or '\]'", "an unclosed [, or a missing comma", "close it with ]", "start"),
    _SyntaxRule(r"',' or '\}'", "an unclosed {, or a missing comma", "close it with }", "start"),
    _SyntaxRule(r"node content", "a closing bracket without an opening one", IN_QUOTES),
    _SyntaxRule(
        r"escape", "an unknown escape after a backslash", "write \\\\, or use 'single quotes'", "start"
    ),
    _SyntaxRule(
        r"block scalar", "text on the same line as | or >", "start it on the next line, indented", "start"
    ),
    _SyntaxRule(r"document start", "a line outside the document", SAME_COLUMN),
    _SyntaxRule(r"directive|YAML document", "a line that begins with %", IN_QUOTES, "start"),
    _SyntaxRule(r"\btag\b|anchor|alias", RESERVED_SIGN, IN_QUOTES, "start"),
    _SyntaxRule(
        r"expected key|'-' indicator|<block end>", "a line that does not fit the lines above it", SAME_COLUMN
    ),
)


def syntax_finding(error: yaml.MarkedYAMLError, text: str, file: str) -> Finding:
    """Return a finding for an error of the parser; ``text`` is the content of the file."""
    mark = error.problem_mark
    message = f"{error.problem or ''} {error.context or ''}"
    if mark is not None and text[mark.index : mark.index + 1] == "\t":
        message = "tab character"  # libyaml does not always mention the tab
    rule = next((candidate for candidate in SYNTAX_RULES if re.search(candidate.pattern, message)), None)
    if rule is None or mark is None:
        return Finding("yaml", "not valid YAML", "compare it with a valid file", Place(file))
    before = re.split(r"[\r\n]", text[: mark.index])[-1]
    if rule.where == "start" and error.context_mark is not None:
        mark = error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1)
    if rule.where == "line":
        if re.search(r":\s", before):
            return Finding("yaml", "a second colon in text without quotes", IN_QUOTES, place)
        place = Place(file, mark.line + 1, len(before) - len(before.lstrip(" ")) + 1)
    elif rule is SYNTAX_RULES[-1] and before.strip():
        hint = "put the whole text in quotes; for a quote inside it use the other kind of quote"
        return Finding("yaml", "text after a closing quote or bracket", hint, place)
    return Finding("yaml", rule.text, rule.hint, place)


MAX_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_NODES = 100_000
MAX_FINDINGS = 50

# libyaml if PyYAML was built with it (several times faster), otherwise the parser in Python.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Values that were read can be dumped again: an updated request rewrites the partner's file.
yaml.SafeDumper.add_representer(PlacedString, yaml.SafeDumper.represent_str)

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
UTF8_BOM = "\ufeff"
OTHER_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
# Characters that no text needs and that programs count, draw or split differently: control characters, unusual line
# ends (editors and YAML count lines differently after them), surrogates, and the characters that embed, override or
# isolate a text direction. With those, a correct phone number can be displayed in the wrong order.
FORBIDDEN = re.compile(
    r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
DIRECTION_HINT = "delete it: it may reverse the order of digits after it"
UTF8_HINT = "save the file as UTF-8"
# Enough for a campaign's own files, but not for thousands of partners.
MAX_CACHED_DOCUMENTS = 64

Path = tuple[str | int, ...]
Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """The content of one file as plain dicts, lists, strings and None, with the place of each value.

    ``file`` is relative to the campaign folder. ``sha256`` is the hash of the file's bytes.
    """

    file: str
    data: dict[str, Any]
    sha256: str
    _values: dict[Path, Position] = field(repr=False, compare=False)
    _keys: dict[Path, Position] = field(repr=False, compare=False)

    def holds(self, *path: str | int) -> bool:
        """Say whether there is a value at a path."""
        return path in self._values

    def place(self, *path: str | int) -> Place:
        """Return the place of the value at a path, or of its nearest existing parent."""
        while path not in self._values:
            path = path[:-1]
        return Place(self.file, *self._values[path])

    def key_place(self, *path: str | int) -> Place:
        """Return the place of the key of a value, or of the value itself if it has no key."""
        if path in self._keys:
            return Place(self.file, *self._keys[path])
        return self.place(*path)


@lru_cache(MAX_CACHED_DOCUMENTS)
def read_document(content: bytes, file: str, *, may_be_empty: bool = False) -> YamlDocument:
    """Parse the bytes of a file. Raises CampaignError with every error found.

    The result is cached by content, because few files change between two builds of a watched campaign. Callers must
    not change its data.
    """
    source = _decode(content, file)
    builder = _DocumentBuilder(file)
    try:
        for event in _events(source):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        builder.findings.append(syntax_finding(error, source, file))
    except (yaml.YAMLError, ValueError, OverflowError):
        # PyYAML's own parser passes numbers in \U escapes and in %YAML to chr() and int() without checking them.
        text = "an unknown escape or directive"
        builder.findings.append(Finding("yaml", text, "look for \\ and % in the file", Place(file)))
    data = builder.finish(may_be_empty=may_be_empty)
    return YamlDocument(file, data, hashlib.sha256(content).hexdigest(), builder.values, builder.keys)


def _events(source: str) -> Iterator[Any]:
    yield from yaml.parse(source, Loader=LOADER)


def _decode(content: bytes, file: str) -> str:
    """Return the text of a file without a byte order mark. Raises CampaignError if it is too large or not allowed."""
    if len(content) > MAX_BYTES:
        text = f"the file has {len(content):,} bytes; the limit is {MAX_BYTES:,}"
        raise CampaignError(Finding("too-large", text, "split the file", Place(file)))
    if content.startswith(OTHER_BOMS):
        text = "the file is UTF-16 or UTF-32, not UTF-8"
        raise CampaignError(Finding("yaml", text, UTF8_HINT, Place(file, 1, 1)))
    try:
        source = content.decode("utf-8").removeprefix(UTF8_BOM)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8").removeprefix(UTF8_BOM)
        place = Place.at(file, before, len(before))
        text = f"a byte that is not UTF-8: 0x{content[error.start]:02X}"
        raise CampaignError(Finding("yaml", text, UTF8_HINT, place)) from None
    findings = []
    for found in FORBIDDEN.finditer(source):
        place = Place.at(file, source, found.start())
        text = _describe_forbidden(found.group())
        hint = UTF8_HINT if found.group() == "\0" else "delete it; some editors can show invisible characters"
        if found.group() in DIRECTIONS:
            hint = DIRECTION_HINT
        findings.append(Finding("yaml", text, hint, place))
        if len(findings) == MAX_FINDINGS or found.group() == "\0":
            break
    if findings:
        raise CampaignError(findings)
    return source


def _describe_forbidden(character: str) -> str:
    """Return the text of a message about a forbidden character."""
    kind = "character that changes the text direction" if character in DIRECTIONS else "forbidden character"
    return f"a {kind}: U+{ord(character):04X}"


@dataclass(slots=True)
class _OpenNode:
    """A mapping or list that is being read: its content so far, its path, and the key whose value comes next."""

    content: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None

    @property
    def expects_key(self) -> bool:
        return isinstance(self.content, dict) and self.key is None

    def next_path(self) -> Path:
        step = self.key if isinstance(self.content, dict) else len(self.content)
        return (*self.path, step if step is not None else "")

    def put(self, value: Any) -> None:
        if isinstance(self.content, list):
            self.content.append(value)
        elif self.key is not None:
            self.content[self.key] = value
            self.key = None


class _DocumentBuilder:
    """Builds plain data from the parser's events, and collects places and findings."""

    def __init__(self, file: str) -> None:
        self.findings: list[Finding] = []
        self.values: dict[Path, Position] = {}
        self.keys: dict[Path, Position] = {}
        self._file = file
        self._open: list[_OpenNode] = []
        self._root: Any = None
        self._documents = 0
        self._nodes = 0

    def take(self, event: Any) -> None:
        """Process one event. Raises CampaignError if reading must stop, such as at a second document."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                hint = "delete the line ---: a file may contain only one document"
                self._stop(event, "yaml", "a second document begins here", hint)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._open.pop()
        elif isinstance(event, yaml.NodeEvent):
            self._check_size(event)
            self._reject_tags_and_aliases(event)
            self._add_node(event)

    def finish(self, *, may_be_empty: bool) -> dict[str, Any]:
        """Return the data. Raises CampaignError if there are findings, or if the data is not a mapping."""
        if may_be_empty and not self.findings and self._root is None:
            self.values.setdefault((), (1, 1))
            return {}
        if not self.findings and self._root is None:
            place = Place(self._file, 1, 1)
            self.findings.append(
                Finding("yaml", "the file is empty", "write one key: value on each line", place)
            )
        elif not self.findings and not isinstance(self._root, dict):
            kind = "a list" if isinstance(self._root, list) else "text"
            text = f"the file contains {kind} instead of keys and values"
            self.findings.append(Finding("yaml", text, KEY_VALUE, Place(self._file, *self.values[()])))
        if self.findings:
            raise CampaignError(self.findings)
        data: dict[str, Any] = self._root
        return data

    def _check_size(self, event: Any) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._stop(
                event, "too-large", f"the file has more than {MAX_NODES:,} keys and values", "split the file"
            )
        opens_level = isinstance(event, yaml.CollectionStartEvent)
        if opens_level and len(self._open) >= MAX_DEPTH:
            text = f"the file has more than {MAX_DEPTH} nested levels"
            self._stop(event, "too-large", text, "use fewer levels")

    def _reject_tags_and_aliases(self, event: Any) -> None:
        """Report a tag, an anchor or an alias: different YAML parsers read them differently."""
        if isinstance(event, yaml.AliasEvent):
            hint = "repeat the value, or put the text in quotes"
            self._report(event, f"an alias: *{event.anchor:.60}", hint)
            return
        if event.anchor is not None:
            self._report(event, f"an anchor: &{event.anchor:.60}", "delete it, or put the text in quotes")
        if event.tag is not None:
            shown = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._report(event, f"a tag: {shown:.60}", "delete it, or put the text in quotes")

    def _add_node(self, event: Any) -> None:
        parent = self._open[-1] if self._open else None
        if parent is not None and parent.expects_key:
            self._add_key(event, parent)
            return
        path = parent.next_path() if parent is not None else ()
        self.values[path] = self._position(event)
        if isinstance(event, yaml.CollectionStartEvent):
            content = self._empty(event)
            self._put(content)
            self._open.append(_OpenNode(content, path))
            return
        text = self._scalar(event)
        self._put(None if text is None else PlacedString(text, Place(self._file, *self.values[path])))

    def _add_key(self, event: Any, parent: _OpenNode) -> None:
        """Use the event as the next key of a mapping; report a key that is a duplicate or not text."""
        key = self._scalar(event) if isinstance(event, yaml.ScalarEvent) else None
        if key is None:
            kinds = {yaml.MappingStartEvent: "a mapping", yaml.SequenceStartEvent: "a list"}
            kind = kinds.get(type(event), "nothing")
            hint = "write text before the colon; put text with { or [ in quotes"
            self._report(event, f"expected a key, found {kind}", hint)
            key = ""
        elif key in parent.content:
            line, _ = self.keys[(*parent.path, key)]
            self._report(
                event, f"duplicate key: {key:.60}", f"delete one of the two; the first is on line {line}"
            )
        parent.key = key
        self.keys.setdefault(parent.next_path(), self._position(event))
        if isinstance(event, yaml.CollectionStartEvent):
            # Read the content to report errors in it. The content itself is discarded.
            self._open.append(_OpenNode(self._empty(event), parent.next_path()))

    def _empty(self, event: Any) -> dict[str, Any] | list[Any]:
        return {} if isinstance(event, yaml.MappingStartEvent) else []

    def _scalar(self, event: Any) -> str | None:
        """Return the text of a scalar, or None for an alias or a null."""
        if isinstance(event, yaml.AliasEvent):
            return None
        value: str = event.value
        if event.implicit[0] and value in NULLS:
            return None
        for found in FORBIDDEN.finditer(value):
            hint = DIRECTION_HINT if found.group() in DIRECTIONS else "delete it"
            self._report(event, f"an escape sequence for {_describe_forbidden(found.group())}", hint)
            break
        return value

    def _put(self, value: Any) -> None:
        if self._open:
            self._open[-1].put(value)
        else:
            self._root = value

    def _position(self, event: Any) -> Position:
        return event.start_mark.line + 1, event.start_mark.column + 1

    def _report(self, event: Any, text: str, hint: str) -> None:
        self.findings.append(Finding("yaml", text, hint, Place(self._file, *self._position(event))))
        if len(self.findings) >= MAX_FINDINGS:
            raise CampaignError(self.findings)

    def _stop(self, event: Any, code: str, text: str, hint: str) -> None:
        self.findings.append(Finding(code, text, hint, Place(self._file, *self._position(event))))
        raise CampaignError(self.findings)
