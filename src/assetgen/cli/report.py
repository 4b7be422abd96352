"""Render findings as text, JSON, GitHub annotations, SARIF or JUnit, and read the long text of each code.

Everything here is pure: each function takes values and returns one string without a final line break. The caller
prints it. A finding may quote text that a partner wrote, so each format escapes it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.etree import ElementTree

from assetgen.errors import CampaignError
from assetgen.findings import CODES, SEVERITY_ORDER, Finding, Place, Severity, sort_findings

if TYPE_CHECKING:
    from rich.console import Console


def list_codes() -> list[str]:
    """Return the code of every finding, in alphabetical order."""
    return sorted(CODES)


def explain(code: str) -> str:
    """Return the long text of a code: what it means, an example, how to fix it and why it matters.

    The code may be in the brackets that surround it in a report. Raises CampaignError for an unknown code.
    """
    known = code.strip().strip("[]").lower()
    if known not in CODES:
        raise CampaignError(_unknown(code, known))
    text = files("assetgen.cli") / "explain" / f"{known}.md"
    return text.read_text(encoding="utf-8")


def title_of(code: str) -> str:
    """Return the title of a code's long text, without the code itself."""
    return explain(code).splitlines()[0].partition(": ")[2]


def _unknown(code: str, known: str) -> Finding:
    from assetgen.loading.yaml.file_validation import did_you_mean

    hint = did_you_mean(known, list_codes()) or f"use one of: {', '.join(list_codes())}"
    return Finding("unknown-id", f"unknown finding code: {code}", hint)


FORMATS = ("text", "json", "github", "sarif", "junit")
NO_FINDINGS = "no findings"
SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# GitHub code scanning refuses a whole log if one result has no file. A result without one is attached to this file.
_FALLBACK_FILE = "campaign.yaml"
GITHUB_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
SEVERITY_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold cyan"}

# Control characters and line ends, bidirectional overrides and isolates (they reorder the rest of a line), lone
# surrogates, and the two other characters that XML 1.0 forbids. The joiners and the weak direction marks that Urdu and
# emoji need are not escaped.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
# Characters that the json module does not escape, but a terminal or an encoder may act on.
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def render_findings(
    findings: list[Finding],
    format: str,
    *,
    command: str,
    counts: dict[str, object] | None = None,
    assets: Sequence[str] = (),
    folder: str = "",
) -> str:
    """Return the findings in one of ``FORMATS``, worst first.

    Args:
        findings: what to render, in any order.
        format: one of ``FORMATS``.
        command: the name of the command (build, check, verify).
        counts: the command's numbers, for the JSON report.
        assets: ids of all assets that were built or checked, so that the JUnit report also names those that passed.
        folder: the campaign folder relative to the repository's root, with ``/``; GitHub annotations and SARIF put it
            before each file.

    Raises CampaignError for an unknown format.
    """
    renderers: dict[str, Callable[[], str]] = {
        "text": lambda: _text(findings),
        "json": lambda: _json({**(counts or {}), "findings": [f.as_dict() for f in sort_findings(findings)]}),
        "github": lambda: "\n".join(_github_line(group, folder) for group in _grouped(findings)),
        "sarif": lambda: _json(_sarif_log(_grouped(findings), command, folder)),
        "junit": lambda: _junit(findings, command, assets, counts or {}),
    }
    if format not in renderers:
        raise CampaignError(
            Finding("bad-value", f"unknown format: {format}", f"use one of: {', '.join(FORMATS)}")
        )
    return renderers[format]()


def print_findings(console: Console, findings: list[Finding]) -> None:
    """Print findings as text to a rich console, in colour if it has colours. Their text is not read as markup."""
    from rich.text import Text

    for group in _grouped(findings):
        line = Text()
        line.append(f"{group.where}: ", style="bold")
        line.append(group.first.severity.value, style=SEVERITY_STYLES[group.first.severity])
        line.append(f": {group.text_after_place} ")
        line.append(f"[{group.first.code}]", style="dim")
        line.append(group.hint, style="dim")
        console.print(line, soft_wrap=True, highlight=False)
    console.print(Text(_totals(_grouped(findings))), soft_wrap=True, highlight=False)


def escape_unprintable(text: str) -> str:
    r"""Return the text with control characters, and others that a terminal acts on, as escapes (``\x1b``)."""
    return _UNPRINTABLE.sub(lambda match: _escape(match[0]), text)


def _escape(character: str) -> str:
    named = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
    code = ord(character)
    return named.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


@dataclass(frozen=True, slots=True)
class _FindingGroup:
    """Findings that differ only in their asset: for example one fault of a template, in forty assets."""

    first: Finding
    assets: tuple[str, ...]

    @property
    def where(self) -> str:
        """Return the place of the fault, else the asset, else ``assetgen``."""
        return escape_unprintable(str(self.first.place) or self.first.asset or "assetgen")

    @property
    def text(self) -> str:
        """Return the text of the finding, with the number of assets and the first of them."""
        text = escape_unprintable(self.first.text)
        if len(self.assets) > 1:
            return f"{text} ({len(self.assets)} assets, first: {escape_unprintable(self.assets[0])})"
        return f"{text} (asset: {escape_unprintable(self.assets[0])})" if self.assets else text

    @property
    def text_after_place(self) -> str:
        """Return ``text``, but without the asset if ``where`` already names it."""
        is_named = len(self.assets) == 1 and not str(self.first.place)
        return escape_unprintable(self.first.text) if is_named else self.text

    @property
    def hint(self) -> str:
        """Return a line break and the line with the hint; an empty string if there is no hint."""
        return f"\n  hint: {escape_unprintable(self.first.hint)}" if self.first.hint else ""

    @property
    def as_text(self) -> str:
        first = self.first
        return f"{self.where}: {first.severity.value}: {self.text_after_place} [{first.code}]{self.hint}"


def _grouped(findings: list[Finding]) -> list[_FindingGroup]:
    groups: defaultdict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for finding in sort_findings(findings):
        key = (finding.severity, finding.code, finding.text, finding.hint, finding.place)
        groups[key].append(finding)
    return [
        _FindingGroup(group[0], tuple(dict.fromkeys(finding.asset for finding in group if finding.asset)))
        for group in groups.values()
    ]


def _text(findings: list[Finding]) -> str:
    groups = _grouped(findings)
    return "\n".join([*(group.as_text for group in groups), _totals(groups)])


def _totals(groups: list[_FindingGroup]) -> str:
    """Return the totals as text, such as ``3 errors, 1 warning``. A fault in many assets counts once."""
    found = Counter(group.first.severity for group in groups)
    totals = [f"{found[s]} {s.value}{'' if found[s] == 1 else 's'}" for s in SEVERITY_ORDER if found[s]]
    return ", ".join(totals) or NO_FINDINGS


def _json(value: Mapping[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False, default=str)
    return _UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _in_repository(place: Place, folder: str) -> str:
    return "/".join(part for part in (folder.strip("/"), place.file) if part) if place.file else ""


def _github_line(group: _FindingGroup, folder: str) -> str:
    """Return one workflow command; the hint is on a second line of its message (``%0A``)."""
    finding = group.first
    properties = {
        "file": escape_unprintable(_in_repository(finding.place, folder)),
        "line": finding.place.line,
        "col": finding.place.column,
        "title": f"assetgen {finding.code}",
    }
    written = ",".join(f"{key}={_github_value(str(value))}" for key, value in properties.items() if value)
    message = f"{group.text}\nhint: {escape_unprintable(finding.hint)}" if finding.hint else group.text
    return f"::{GITHUB_COMMANDS[finding.severity]} {written}::{_github_data(message)}"


def _github_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _github_value(text: str) -> str:
    return _github_data(text).replace(":", "%3A").replace(",", "%2C")


def _sarif_log(groups: list[_FindingGroup], command: str, folder: str) -> dict[str, Any]:
    rules = sorted({group.first.code for group in groups})
    fingerprints = _fingerprints(groups)
    driver = {"name": "assetgen", "version": _version(), "rules": [_sarif_rule(code) for code in rules]}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"assetgen/{command}/"},
        "columnKind": "unicodeCodePoints",
        "results": [
            _sarif_result(group, rules.index(group.first.code), fingerprint, folder)
            for group, fingerprint in zip(groups, fingerprints, strict=True)
        ],
    }
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _sarif_rule(code: str) -> dict[str, Any]:
    long = explain(code)
    return {
        "id": code,
        "shortDescription": {"text": title_of(code)},
        "help": {"text": long, "markdown": long},
    }


def _sarif_result(group: _FindingGroup, rule_index: int, fingerprint: str, folder: str) -> dict[str, Any]:
    finding = group.first
    message = f"{group.text}\nhint: {escape_unprintable(finding.hint)}" if finding.hint else group.text
    return {
        "ruleId": finding.code,
        "ruleIndex": rule_index,
        "level": finding.severity.value,
        "message": {"text": _sarif_message(message)},
        "locations": [_sarif_location(group, folder)],
        "occurrenceCount": max(1, len(group.assets)),
        "partialFingerprints": {"assetgenFinding/v1": fingerprint},
    }


def _sarif_message(text: str) -> str:
    """Escape text that SARIF readers would take for a link (``](``) or for a placeholder (``{0}``)."""
    return re.sub(r"\{(\d+)\}", r"{{\1}}", text.replace("](", "] ("))


def _sarif_location(group: _FindingGroup, folder: str) -> dict[str, Any]:
    place = group.first.place if group.first.place.file else Place(_FALLBACK_FILE)
    # A file name that is not valid UTF-8 has lone surrogates, which quote cannot encode: they become question marks.
    uri = quote(_in_repository(place, folder).encode("utf-8", "replace"), safe="/")
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}}
    if place.line:
        column = {"startColumn": place.column} if place.column else {}
        physical["region"] = {"startLine": place.line, **column}
    location: dict[str, Any] = {"physicalLocation": physical}
    if group.assets:
        location["logicalLocations"] = [
            {"fullyQualifiedName": asset, "kind": "resource"}
            for asset in map(escape_unprintable, group.assets)
        ]
    return location


def _fingerprints(groups: list[_FindingGroup]) -> list[str]:
    """Return an identifier for each result. It does not contain the line, so edits above it do not change it.

    Results that differ only in their line get a running number.
    """
    seen: Counter[str] = Counter()
    fingerprints = []
    for group in groups:
        finding = group.first
        parts = (finding.code, finding.place.file or finding.asset or "", finding.text)
        digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
        seen[digest] += 1
        fingerprints.append(f"{digest}:{seen[digest]}")
    return fingerprints


def _version() -> str:
    try:
        return metadata.version("assetgen")
    except metadata.PackageNotFoundError:
        return "0+source"  # run from a source folder without an installation


def _junit(findings: list[Finding], command: str, assets: Sequence[str], counts: Mapping[str, object]) -> str:
    """Return a JUnit test suite: a case for the input, a case for each asset, a failure for each error."""
    by_asset: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in sort_findings(findings):
        by_asset[finding.asset or ""].append(finding)
    ids = sorted({*assets, *by_asset} - {""})
    cases = [_junit_case("input", f"assetgen.{command}", by_asset[""])]
    cases += [_junit_case(asset, f"assetgen.{asset.split('/')[0]}", by_asset[asset]) for asset in ids]
    failed = sum(case.find("failure") is not None for case in cases)
    totals = {"tests": str(len(cases)), "failures": str(failed), "errors": "0", "skipped": "0"}
    if isinstance(seconds := counts.get("seconds"), int | float):
        totals["time"] = f"{seconds:.3f}"
    root = ElementTree.Element("testsuites", {"name": "assetgen", **totals})
    suite = ElementTree.SubElement(
        root, "testsuite", {"name": f"assetgen {escape_unprintable(command)}", **totals}
    )
    suite.extend(cases)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}'


def _junit_case(name: str, group: str, findings: Iterable[Finding]) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase", {"classname": escape_unprintable(group), "name": escape_unprintable(name)}
    )
    texts = []
    for finding in findings:
        text = _FindingGroup(finding, ()).as_text
        texts.append(text)
        if finding.is_error:
            failure = {"type": finding.code, "message": escape_unprintable(finding.text)}
            ElementTree.SubElement(case, "failure", failure).text = text
    if texts:
        # Many dashboards show only the first failure of a case, so the output lists all its findings.
        ElementTree.SubElement(case, "system-out").text = "\n".join(texts)
    return case
