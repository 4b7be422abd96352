"""A form's export: a CSV file's rows as requests, or as findings with row, column and reason.

What comes from a form is a stranger's: nothing in a cell is followed, evaluated or used as a path.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.intake.request import KEYS, LISTS, Request
from assetgen.intake.request_validation import MAX_LOGO_BYTES
from assetgen.loading.artwork.logos import KINDS
from assetgen.loading.yaml.file_validation import did_you_mean
from assetgen.schema.campaign_file import Requests

MAX_BYTES, MAX_ROWS, MAX_CELL = 20_000_000, 50_000, 10_000
DELIMITERS = ",;\t"
# What a spreadsheet takes for a formula (OWASP, CSV injection).
FORMULA = re.compile(r"[=+\-@\t\r]")
PARTS = re.compile(r"[;,\n]+")
UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row as it was asked: its number as a spreadsheet counts, and the place of its line in the file."""

    number: int
    place: Place
    headers: Mapping[str, str]
    request: Request
    faults: tuple[Finding, ...] = ()
    """What is wrong with its cells as such; the rest of it can be judged all the same."""

    def told(self, finding: Finding, key: str | None) -> Finding:
        """Return a finding as one of this row: with its number, and the column that the key comes from."""
        column = f", “{self.headers[key]}”" if key and key in self.headers else ""
        text = f"row {self.number}{column}: {finding.text}"
        return Finding(finding.code, text, finding.hint, self.place, finding.severity)


@dataclass(frozen=True, slots=True)
class FormSheet:
    """The rows that ask for something, and the findings of the file as a whole."""

    rows: tuple[FormRow, ...]
    findings: tuple[Finding, ...]


def read_sheet(path: Path, columns: Requests, logos: Path) -> FormSheet:
    """Return the rows of a CSV file. ``logos`` is the folder in which logos lie, by name.

    Raises CampaignError where the file as a whole cannot be read, or has no column with names.
    """
    words = _decoded(path)
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=_delimiter(words), strict=True)
    file, lines = path.name, _records(reader, path.name)
    header, _ = next(lines, ([], 1))
    answers = dict[str, Mapping[str, str]](columns.values.items())
    form = _Form(header, _keys(header, columns, file), answers, logos)
    rows, findings = [], []
    for number, (cells, line) in enumerate(lines, 2):
        if number > MAX_ROWS + 1:
            text = f"more than {MAX_ROWS:,} rows; the rest is not read"
            findings.append(Finding("too-large", text, "divide the file", Place(file, line)))
            break
        if not any(cell.strip() for cell in cells):
            continue
        rows.append(form.row(number, Place(file, line), cells))
    return FormSheet(tuple(rows), tuple(findings))


def _decoded(path: Path) -> str:
    place = Place(path.name)
    try:
        with path.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as error:
        text = f"the file cannot be read: {error.strerror or error}"
        raise CampaignError(Finding("missing-file", text, "name the form's export", place)) from error
    if len(content) > MAX_BYTES:
        text = f"the file has more than {MAX_BYTES:,} bytes"
        raise CampaignError(Finding("too-large", text, "divide the file", place))
    try:
        words = content.decode("utf-16" if content.startswith(UTF16) else "utf-8-sig")
    except UnicodeError as error:
        hint = "save it from the spreadsheet as “CSV UTF-8”"
        raise CampaignError(Finding("bad-value", "the file is not UTF-8", hint, place)) from error
    if "\0" in words:
        raise CampaignError(Finding("bad-value", "the file holds zero bytes: it is no CSV", None, place))
    return words


def _delimiter(words: str) -> str:
    """Return what parts the columns: of the usual signs the one that the header has most of."""
    header = re.sub(r'"[^"]*"', "", words.partition("\n")[0])
    return max(DELIMITERS, key=header.count)


def _records(reader: csv._reader, file: str) -> Iterator[tuple[list[str], int]]:  # type: ignore[name-defined]
    """Yield each record with the line that it begins on; raises CampaignError where the quotes do not close."""
    csv.field_size_limit(MAX_BYTES)
    while True:
        line = reader.line_num + 1
        try:
            yield next(reader), line
        except StopIteration:
            return
        except csv.Error as error:
            hint = "look for a quote that is not closed; nothing of the file was taken over"
            finding = Finding("bad-value", f"from here on it is no CSV: {error}", hint, Place(file, line))
            raise CampaignError(finding) from error


def _keys(header: Sequence[str], columns: Requests, file: str) -> dict[int, str]:
    """Return the key of each column that has one. Columns of other names are the form's own, and left alone."""
    headers = dict[str, str](columns.columns.items())
    wanted = {headers.get(key, _plain(key)).strip().casefold(): key for key in KEYS}
    place = Place(file, 1)
    keys: dict[int, str] = {}
    for at, name in enumerate(header):
        key = wanted.get(name.strip().casefold())
        if key is None:
            continue
        if key in keys.values():
            hint = "rename one of the columns"
            raise CampaignError(Finding("duplicate-id", f"two columns are called {name}", hint, place))
        keys[at] = key
    if "name" not in keys.values():
        due = columns.columns.get("name", "name")
        usual = "campaign.yaml, requests.columns, says what the form's columns are called"
        hint = did_you_mean(due, header) or usual
        raise CampaignError(Finding("unknown-key", f"no column is called {due}", hint, place))
    return keys


def _plain(key: str) -> str:
    return key.rstrip("_")


@dataclass(frozen=True, slots=True)
class _Form:
    """The form behind an export: its header, the key of each column that has one, what its answers mean, the logos."""

    header: Sequence[str]
    keys: Mapping[int, str]
    answers: Mapping[str, Mapping[str, str]]
    logos: Path

    def row(self, number: int, place: Place, cells: Sequence[str]) -> FormRow:
        """Return one row as it was asked."""
        headers = {key: self.header[at] for at, key in self.keys.items()}
        row = FormRow(number, place, headers, Request(""))
        if len(cells) > len(self.header):
            text = f"{len(cells)} cells under {len(self.header)} columns"
            odd = row.told(Finding("bad-value", text, "put words with commas in quotes"), None)
            return replace(row, faults=(odd,))
        said: dict[str, str | list[str]] = {}
        findings = []
        for at, key in self.keys.items():
            cell = cells[at].strip() if at < len(cells) else ""
            if fault := _fault(cell):
                findings.append(row.told(fault, key))
            answers = self.answers.get(key, {})
            parts = [part.strip() for part in PARTS.split(cell) if part.strip()]
            whole = answers.get(cell, cell)
            said[key] = [answers.get(part, part) for part in parts] if key in LISTS else whole
        content, fault = _logo(str(said.get("logo", "")), self.logos)
        if fault:
            said["logo"] = ""
            findings.append(row.told(fault, "logo"))
        return replace(row, request=Request.of(said, content), faults=tuple(findings))


def _fault(cell: str) -> Finding | None:
    """Return what is wrong with a cell before anybody knows what it is for."""
    if len(cell) > MAX_CELL:
        text = f"{len(cell):,} characters in one cell"
        return Finding("too-large", text, f"at most {MAX_CELL:,} are read")
    if cell and FORMULA.match(cell):
        text = f"it begins as a formula of a spreadsheet does: {cell[:20]}"
        return Finding("bad-value", text, "write words, without = + - @ before them")
    return None


def _logo(name: str, folder: Path) -> tuple[bytes, Finding | None]:
    """Return the bytes of a logo in the folder of logos. Only a plain file's plain name is looked for."""
    if not name:
        return b"", None
    if name in (".", "..") or re.search(r"[/\\:\0]", name):
        text = f"this is no plain file name: {name[:60]}"
        hint = "put the file into the folder of logos (--logos), and its name here"
        return b"", Finding("unsafe-file", text, hint)
    kind = f".{name.rpartition('.')[2].lower()}"
    if kind not in KINDS:
        return b"", Finding("bad-value", f"a logo is one of {', '.join(sorted(KINDS))}: {name[:60]}")
    path = folder / name
    beside = [one.name for one in folder.iterdir()] if folder.is_dir() else []
    if name not in beside or path.is_symlink():
        hint = did_you_mean(name, beside) or f"put it into {folder}, or name another folder with --logos"
        return b"", Finding("missing-file", f"logo not found: {name[:60]}", hint)
    try:
        return read_logo(path), None
    except CampaignError as error:
        return b"", error.findings[0]


def read_logo(path: Path) -> bytes:
    """Return a logo's bytes; raises CampaignError where they cannot be had, or are too many."""
    try:
        with path.open("rb") as opened:
            content = opened.read(MAX_LOGO_BYTES + 1)
    except OSError as error:
        text = f"the logo cannot be read: {error.strerror or error}"
        raise CampaignError(Finding("missing-file", text, "name an SVG or a PNG")) from error
    if len(content) > MAX_LOGO_BYTES:
        text = f"the logo has more than {MAX_LOGO_BYTES:,} bytes: {path.name[:60]}"
        raise CampaignError(Finding("too-large", text, "export it smaller"))
    return content
