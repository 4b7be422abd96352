"""Read a form's CSV export: each row becomes a request, and each invalid cell a finding with row, column and reason.

The content of a form is not trusted: nothing in a cell is followed, evaluated or used as a path.
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
from assetgen.intake.request import KEYS, LISTS, PartnerRequest
from assetgen.intake.request_validation import MAX_LOGO_BYTES
from assetgen.loading.artwork.logos import LOGO_FORMATS
from assetgen.loading.yaml.file_validation import did_you_mean
from assetgen.schema.campaign_file import FormMapping

MAX_BYTES, MAX_ROWS, MAX_CELL = 20_000_000, 50_000, 10_000
DELIMITERS = ",;\t"
# Characters at the start of a cell that a spreadsheet reads as a formula (OWASP, CSV injection).
FORMULA = re.compile(r"[=+\-@\t\r]")
PARTS = re.compile(r"[;,\n]+")
UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row of the form, with its row number in a spreadsheet and the place of its line in the file.

    ``headers`` maps each key to the name of its column.
    """

    number: int
    place: Place
    headers: Mapping[str, str]
    request: PartnerRequest
    findings: tuple[Finding, ...] = ()
    """Findings about single cells. The request is validated nevertheless."""

    def locate(self, finding: Finding, key: str | None) -> Finding:
        """Return a finding with this row's number and place, and with the name of the key's column."""
        column = f", “{self.headers[key]}”" if key and key in self.headers else ""
        text = f"row {self.number}{column}: {finding.text}"
        return Finding(finding.code, text, finding.hint, self.place, finding.severity)


@dataclass(frozen=True, slots=True)
class FormExport:
    """The rows of a form's export that are not empty, and the findings about the file as a whole."""

    rows: tuple[FormRow, ...]
    findings: tuple[Finding, ...]


def read_form_export(path: Path, columns: FormMapping, logos: Path) -> FormExport:
    """Read the rows of a CSV file. ``logos`` is the folder with the logo files that cells name.

    Raises CampaignError if the file cannot be read, or has no column for the name.
    """
    content = _read_text(path)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=_delimiter(content), strict=True)
    file, lines = path.name, _records(reader, path.name)
    header, _ = next(lines, ([], 1))
    answers = dict[str, Mapping[str, str]](columns.values.items())
    form = _Form(header, _keys(header, columns, file), answers, logos)
    rows, findings = [], []
    for number, (cells, line) in enumerate(lines, 2):
        if number > MAX_ROWS + 1:
            text = f"the file has more than {MAX_ROWS:,} rows; the rows after them were not read"
            findings.append(Finding("too-large", text, "split the file", Place(file, line)))
            break
        if not any(cell.strip() for cell in cells):
            continue
        rows.append(form.row(number, Place(file, line), cells))
    return FormExport(tuple(rows), tuple(findings))


_UTF8_HINT = "save it from the spreadsheet as “CSV UTF-8”"


def _read_text(path: Path) -> str:
    place = Place(path.name)
    try:
        with path.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as error:
        text = f"the file cannot be read: {error.strerror or error}"
        hint = "pass the path of the form's CSV export"
        raise CampaignError(Finding("missing-file", text, hint, place)) from error
    if len(content) > MAX_BYTES:
        text = f"the file has more than {MAX_BYTES:,} bytes"
        raise CampaignError(Finding("too-large", text, "split the file", place))
    try:
        decoded = content.decode("utf-16" if content.startswith(UTF16) else "utf-8-sig")
    except UnicodeError as error:
        raise CampaignError(Finding("bad-value", "the file is not UTF-8", _UTF8_HINT, place)) from error
    if "\0" in decoded:
        text = "the file contains null characters, so it is not a CSV file"
        raise CampaignError(Finding("bad-value", text, _UTF8_HINT, place))
    return decoded


def _delimiter(content: str) -> str:
    """Return the delimiter of the columns: the one that occurs most often in the header."""
    header = re.sub(r'"[^"]*"', "", content.partition("\n")[0])
    return max(DELIMITERS, key=header.count)


def _records(reader: csv._reader, file: str) -> Iterator[tuple[list[str], int]]:  # type: ignore[name-defined]
    """Yield each record with the number of its first line. Raises CampaignError for faulty CSV."""
    csv.field_size_limit(MAX_BYTES)
    while True:
        line = reader.line_num + 1
        try:
            yield next(reader), line
        except StopIteration:
            return
        except csv.Error as error:
            hint = "look for a quote that is not closed; nothing was imported from the file"
            text = f"the file is not valid CSV from line {line} on: {error}"
            raise CampaignError(Finding("bad-value", text, hint, Place(file, line))) from error


def _keys(header: Sequence[str], columns: FormMapping, file: str) -> dict[int, str]:
    """Return the key of each column by its index. Columns without a key are left out.

    Raises CampaignError if two columns have one key, or if no column has the name.
    """
    headers = dict[str, str](columns.columns.items())
    keys_by_header = {headers.get(key, _plain(key)).strip().casefold(): key for key in KEYS}
    place = Place(file, 1)
    keys: dict[int, str] = {}
    for index, name in enumerate(header):
        key = keys_by_header.get(name.strip().casefold())
        if key is None:
            continue
        if key in keys.values():
            hint = "rename one of the columns"
            raise CampaignError(Finding("duplicate-id", f"two columns are called {name}", hint, place))
        keys[index] = key
    if "name" not in keys.values():
        expected = columns.columns.get("name", "name")
        fallback = "set the names of the form's columns in campaign.yaml, under requests.columns"
        hint = did_you_mean(expected, header) or fallback
        text = f"the file has no column called {expected}"
        raise CampaignError(Finding("unknown-key", text, hint, place))
    return keys


def _plain(key: str) -> str:
    return key.rstrip("_")


@dataclass(frozen=True, slots=True)
class _Form:
    """The columns and settings of a form, which turn a row of its export into a request.

    ``keys`` maps the index of a column to its key. ``answers`` maps each key to the form's answers and their values.
    ``logos`` is the folder of logo files.
    """

    header: Sequence[str]
    keys: Mapping[int, str]
    answers: Mapping[str, Mapping[str, str]]
    logos: Path

    def row(self, number: int, place: Place, cells: Sequence[str]) -> FormRow:
        """Return one row as a request, with the findings about its cells."""
        headers = {key: self.header[index] for index, key in self.keys.items()}
        row = FormRow(number, place, headers, PartnerRequest(""))
        if len(cells) > len(self.header):
            text = f"the row has {len(cells)} cells, but the file has {len(self.header)} columns"
            finding = row.locate(Finding("bad-value", text, "put text that contains commas in quotes"), None)
            return replace(row, findings=(finding,))
        values: dict[str, str | list[str]] = {}
        findings = []
        for index, key in self.keys.items():
            cell = cells[index].strip() if index < len(cells) else ""
            if fault := _cell_finding(cell):
                findings.append(row.locate(fault, key))
            answers = self.answers.get(key, {})
            parts = [part.strip() for part in PARTS.split(cell) if part.strip()]
            whole = answers.get(cell, cell)
            values[key] = [answers.get(part, part) for part in parts] if key in LISTS else whole
        content, fault = _read_named_logo(str(values.get("logo", "")), self.logos)
        if fault:
            values["logo"] = ""
            findings.append(row.locate(fault, "logo"))
        return replace(row, request=PartnerRequest.of(values, content), findings=tuple(findings))


def _cell_finding(cell: str) -> Finding | None:
    """Return a finding if a cell is too long or looks like a formula, else None."""
    if len(cell) > MAX_CELL:
        text = f"the cell has {len(cell):,} characters; the limit is {MAX_CELL:,}"
        return Finding("too-large", text, "shorten it")
    if cell and FORMULA.match(cell):
        text = f"the cell begins like a spreadsheet formula: {cell[:20]}"
        return Finding("bad-value", text, "write plain text, without = + - @ at its start")
    return None


def _read_named_logo(name: str, folder: Path) -> tuple[bytes, Finding | None]:
    """Read a logo from the folder of logos. Only a file name is accepted, never a path or a symlink.

    Returns the bytes, or no bytes and a finding if the logo cannot be used. An empty name gives no bytes and no
    finding.
    """
    if not name:
        return b"", None
    if name in (".", "..") or re.search(r"[/\\:\0]", name):
        text = f"“{name[:60]}” is a path, not a file name"
        hint = "put the file into the folder of logos (--logos), and write only its name in the cell"
        return b"", Finding("unsafe-file", text, hint)
    suffix = f".{name.rpartition('.')[2].lower()}"
    if suffix not in LOGO_FORMATS:
        hint = f"use a file of one of these kinds: {', '.join(sorted(LOGO_FORMATS))}"
        return b"", Finding("bad-value", f"a logo file of this kind is not supported: {name[:60]}", hint)
    path = folder / name
    available = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    if name not in available or path.is_symlink():
        hint = (
            did_you_mean(name, available)
            or f"put it into {folder}, or choose a different folder with --logos"
        )
        return b"", Finding("missing-file", f"logo not found: {name[:60]}", hint)
    try:
        return read_logo(path), None
    except CampaignError as error:
        return b"", error.findings[0]


def read_logo(path: Path) -> bytes:
    """Return a logo's bytes. Raises CampaignError if the file cannot be read or is too large."""
    try:
        with path.open("rb") as opened:
            content = opened.read(MAX_LOGO_BYTES + 1)
    except OSError as error:
        text = f"the logo cannot be read: {error.strerror or error}"
        raise CampaignError(Finding("missing-file", text, "give the path of an SVG or PNG file")) from error
    if len(content) > MAX_LOGO_BYTES:
        text = f"the logo has more than {MAX_LOGO_BYTES:,} bytes: {path.name[:60]}"
        raise CampaignError(Finding("too-large", text, "export a smaller file"))
    return content
