"""Findings for people, scripts, forges and test dashboards; and the long text of each.

Everything here is pure: values in, one string out without a final line break; the caller prints it.
Whatever a partner wrote may stand in a finding, so each form escapes it where it lands.
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
from assetgen.findings import CODES, SEVERITY_ORDER, Finding, Place, Severity, worst_first

if TYPE_CHECKING:
    from rich.console import Console


def codes() -> list[str]:
    """Return every code that can be explained, in alphabetical order."""
    return sorted(CODES)


def explain(code: str) -> str:
    """Return the long text of a code: what it means, an example, how to mend it, why it matters.

    The brackets around a code in a report may be copied with it. Raises CampaignError for an unknown code.
    """
    known = code.strip().strip("[]").lower()
    if known not in CODES:
        raise CampaignError(_unknown(code, known))
    text = files("assetgen.cli") / "explain" / f"{known}.md"
    return text.read_text(encoding="utf-8")


def title(code: str) -> str:
    """Return the one line that says what a code means, without the code itself."""
    return explain(code).splitlines()[0].partition(": ")[2]


def _unknown(code: str, known: str) -> Finding:
    from assetgen.loading.yaml.file_validation import did_you_mean

    hint = did_you_mean(known, codes()) or f"one of: {', '.join(codes())}"
    return Finding("unknown-id", f"no such code: {code}", hint)


FORMATS = ("text", "json", "github", "sarif", "junit")
NO_FINDINGS = "no findings"
SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# Code scanning refuses a whole log for one result without a file: such a result is put here.
FILE_OF_THE_PLACELESS = "campaign.yaml"
GITHUB_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
SEVERITY_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold cyan"}

# Control characters and line ends, marks that turn the reading order of the rest of a line, halves of
# a surrogate pair, and the two characters that XML 1.0 forbids beside them. The joiners and the weak
# direction marks that Urdu and emoji need are left alone.
_UNSHOWABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
# What json leaves as it is, and a terminal or an encoder would not.
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

    ``command`` is the word the user called (build, check, verify); ``counts`` are its numbers, which
    json carries; ``assets`` the ids of all that was made or checked, so that junit names what passed.
    ``folder`` is the campaign's folder as seen from the repository's root (``/`` between its parts):
    github and sarif put it before each file. Raises CampaignError for an unknown format.
    """
    renderers: dict[str, Callable[[], str]] = {
        "text": lambda: _text(findings),
        "json": lambda: _json({**(counts or {}), "findings": [f.as_dict() for f in worst_first(findings)]}),
        "github": lambda: "\n".join(_github_line(group, folder) for group in _grouped(findings)),
        "sarif": lambda: _json(_sarif_log(_grouped(findings), command, folder)),
        "junit": lambda: _junit(findings, command, assets, counts or {}),
    }
    if format not in renderers:
        raise CampaignError(
            Finding("bad-value", f"no such format: {format}", f"one of: {', '.join(FORMATS)}")
        )
    return renderers[format]()


def print_findings(console: Console, findings: list[Finding]) -> None:
    """Print the text form to a rich console, in colour where it has colour; nothing is read as markup."""
    from rich.text import Text

    for group in _grouped(findings):
        line = Text()
        line.append(f"{group.where}: ", style="bold")
        line.append(group.first.severity.value, style=SEVERITY_STYLES[group.first.severity])
        line.append(f": {group.words_after_where} ")
        line.append(f"[{group.first.code}]", style="dim")
        line.append(group.hint, style="dim")
        console.print(line, soft_wrap=True, highlight=False)
    console.print(Text(_totals(_grouped(findings))), soft_wrap=True, highlight=False)


def shown(text: str) -> str:
    r"""Return the text with every character that would act instead of being read as an escape (``\x1b``)."""
    return _UNSHOWABLE.sub(lambda match: _escape(match[0]), text)


def _escape(character: str) -> str:
    named = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
    code = ord(character)
    return named.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


@dataclass(frozen=True, slots=True)
class _Group:
    """Findings that differ in their asset alone: one fault of a template, say, in forty assets."""

    first: Finding
    assets: tuple[str, ...]

    @property
    def where(self) -> str:
        return shown(str(self.first.place) or self.first.asset or "assetgen")

    @property
    def words(self) -> str:
        """What is wrong, and in which assets."""
        text = shown(self.first.text)
        if len(self.assets) > 1:
            return f"{text} ({len(self.assets)} assets, first: {shown(self.assets[0])})"
        return f"{text} (asset: {shown(self.assets[0])})" if self.assets else text

    @property
    def words_after_where(self) -> str:
        """The same, without the one asset that ``where`` has named already."""
        said = len(self.assets) == 1 and not str(self.first.place)
        return shown(self.first.text) if said else self.words

    @property
    def hint(self) -> str:
        """The line with the hint and the break before it; empty without a hint."""
        return f"\n  hint: {shown(self.first.hint)}" if self.first.hint else ""

    @property
    def as_text(self) -> str:
        first = self.first
        return f"{self.where}: {first.severity.value}: {self.words_after_where} [{first.code}]{self.hint}"


def _grouped(findings: list[Finding]) -> list[_Group]:
    groups: defaultdict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for finding in worst_first(findings):
        key = (finding.severity, finding.code, finding.text, finding.hint, finding.place)
        groups[key].append(finding)
    return [
        _Group(group[0], tuple(dict.fromkeys(finding.asset for finding in group if finding.asset)))
        for group in groups.values()
    ]


def _text(findings: list[Finding]) -> str:
    groups = _grouped(findings)
    return "\n".join([*(group.as_text for group in groups), _totals(groups)])


def _totals(groups: list[_Group]) -> str:
    """Return ``3 errors, 1 warning``: what is to be mended, not in how many assets it shows."""
    found = Counter(group.first.severity for group in groups)
    said = [f"{found[s]} {s.value}{'' if found[s] == 1 else 's'}" for s in SEVERITY_ORDER if found[s]]
    return ", ".join(said) or NO_FINDINGS


def _json(value: Mapping[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False, default=str)
    return _UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _in_repository(place: Place, folder: str) -> str:
    return "/".join(part for part in (folder.strip("/"), place.file) if part) if place.file else ""


def _github_line(group: _Group, folder: str) -> str:
    """Return one workflow command; the hint stands on a second line of its message (``%0A``)."""
    finding = group.first
    properties = {
        "file": shown(_in_repository(finding.place, folder)),
        "line": finding.place.line,
        "col": finding.place.column,
        "title": f"assetgen {finding.code}",
    }
    said = ",".join(f"{key}={_github_value(str(value))}" for key, value in properties.items() if value)
    message = f"{group.words}\nhint: {shown(finding.hint)}" if finding.hint else group.words
    return f"::{GITHUB_COMMANDS[finding.severity]} {said}::{_github_data(message)}"


def _github_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _github_value(text: str) -> str:
    return _github_data(text).replace(":", "%3A").replace(",", "%2C")


def _sarif_log(groups: list[_Group], command: str, folder: str) -> dict[str, Any]:
    rules = sorted({group.first.code for group in groups})
    prints = _fingerprints(groups)
    driver = {"name": "assetgen", "version": _version(), "rules": [_sarif_rule(code) for code in rules]}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"assetgen/{command}/"},
        "columnKind": "unicodeCodePoints",
        "results": [
            _sarif_result(group, rules.index(group.first.code), fingerprint, folder)
            for group, fingerprint in zip(groups, prints, strict=True)
        ],
    }
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _sarif_rule(code: str) -> dict[str, Any]:
    long = explain(code)
    return {"id": code, "shortDescription": {"text": title(code)}, "help": {"text": long, "markdown": long}}


def _sarif_result(group: _Group, rule_index: int, fingerprint: str, folder: str) -> dict[str, Any]:
    finding = group.first
    words = f"{group.words}\nhint: {shown(finding.hint)}" if finding.hint else group.words
    return {
        "ruleId": finding.code,
        "ruleIndex": rule_index,
        "level": finding.severity.value,
        "message": {"text": _sarif_words(words)},
        "locations": [_sarif_location(group, folder)],
        "occurrenceCount": max(1, len(group.assets)),
        "partialFingerprints": {"assetgenFinding/v1": fingerprint},
    }


def _sarif_words(text: str) -> str:
    """Return the words so that no reader takes a part of them for a link or for an argument's place."""
    return re.sub(r"\{(\d+)\}", r"{{\1}}", text.replace("](", "] ("))


def _sarif_location(group: _Group, folder: str) -> dict[str, Any]:
    place = group.first.place if group.first.place.file else Place(FILE_OF_THE_PLACELESS)
    # quote cannot encode half a surrogate pair (a file name that is no UTF-8): it becomes a question mark.
    uri = quote(_in_repository(place, folder).encode("utf-8", "replace"), safe="/")
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}}
    if place.line:
        column = {"startColumn": place.column} if place.column else {}
        physical["region"] = {"startLine": place.line, **column}
    location: dict[str, Any] = {"physicalLocation": physical}
    if group.assets:
        location["logicalLocations"] = [
            {"fullyQualifiedName": asset, "kind": "resource"} for asset in map(shown, group.assets)
        ]
    return location


def _fingerprints(groups: list[_Group]) -> list[str]:
    """Return a name for each result that stays when lines above it are added: the line is left out.

    The second of two results that are alike in all but their line is told from the first by its count.
    """
    seen: Counter[str] = Counter()
    prints = []
    for group in groups:
        finding = group.first
        parts = (finding.code, finding.place.file or finding.asset or "", finding.text)
        digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
        seen[digest] += 1
        prints.append(f"{digest}:{seen[digest]}")
    return prints


def _version() -> str:
    try:
        return metadata.version("assetgen")
    except metadata.PackageNotFoundError:
        return "0+source"  # run from a checkout that was never installed


def _junit(findings: list[Finding], command: str, assets: Sequence[str], counts: Mapping[str, object]) -> str:
    """Return a test suite: a case for the input, one for each asset, a failure for each error."""
    by_asset: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in worst_first(findings):
        by_asset[finding.asset or ""].append(finding)
    ids = sorted({*assets, *by_asset} - {""})
    cases = [_junit_case("input", f"assetgen.{command}", by_asset[""])]
    cases += [_junit_case(asset, f"assetgen.{asset.split('/')[0]}", by_asset[asset]) for asset in ids]
    failed = sum(case.find("failure") is not None for case in cases)
    totals = {"tests": str(len(cases)), "failures": str(failed), "errors": "0", "skipped": "0"}
    if isinstance(seconds := counts.get("seconds"), int | float):
        totals["time"] = f"{seconds:.3f}"
    root = ElementTree.Element("testsuites", {"name": "assetgen", **totals})
    suite = ElementTree.SubElement(root, "testsuite", {"name": f"assetgen {shown(command)}", **totals})
    suite.extend(cases)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}'


def _junit_case(name: str, group: str, findings: Iterable[Finding]) -> ElementTree.Element:
    case = ElementTree.Element("testcase", {"classname": shown(group), "name": shown(name)})
    said = []
    for finding in findings:
        text = _Group(finding, ()).as_text
        said.append(text)
        if finding.is_error:
            failure = {"type": finding.code, "message": shown(finding.text)}
            ElementTree.SubElement(case, "failure", failure).text = text
    if said:
        # Many dashboards show the first failure of a case only; here is all that was said of it.
        ElementTree.SubElement(case, "system-out").text = "\n".join(said)
    return case
