"""Reports of findings as text, JSON, GitHub commands, SARIF and JUnit: a parser reads each of them back."""

from __future__ import annotations

import hashlib
import io
import json
import re
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st
from junitparser import JUnitXml
from rich.console import Console

from assetgen.cli.report import (
    FORMATS,
    escape_unprintable,
    explain,
    print_findings,
    render_findings,
    title_of,
)
from assetgen.errors import CampaignError
from assetgen.findings import CODES, NO_PLACE, Finding, Place, Severity, sort_findings
from tests.support.report_formats import WorkflowCommand, check_sarif, parse_workflow_command, sarif_validator
from tests.support.wording import Wording

ASSETS = [f"partner-{number:02d}/worried/ig-story/en-GB" for number in range(40)]
HOSTILE = "100%: a,b\r\n::error::x\x1b[2J\x9b2J\u202e\u2028[b]bold[/b] <i>&amp;</i> \U0001f6df م"

UNKNOWN_KEY = Finding(
    "unknown-key", "unknown key: mesages", "did you mean messages?", Place("partners/a/partner.yaml", 4, 9)
)
TOO_HEAVY = Finding("weight", "171 kB, at most 150 kB", asset="a/worried/disp-mpu/en-GB")
NOTE = Finding(
    "fact-unconfirmed", "not confirmed", place=Place("brand/brand.yaml", 2, 3), severity=Severity.NOTE
)
WARNING = Finding("css-ignored", "unknown property", place=Place("a.css", 1), severity=Severity.WARNING)
IN_FORTY_ASSETS = [
    Finding(
        "template", "cannot be printed", "use light(…)", Place("templates/b/style.css", 3, 2), asset=asset
    )
    for asset in ASSETS
]

texts = st.text(st.characters(exclude_categories=()), max_size=40)
places = st.builds(
    Place,
    st.none() | texts.filter(bool),
    st.none() | st.integers(1, 9999),
    st.none() | st.integers(1, 999),
)
any_finding = st.builds(
    Finding,
    st.sampled_from(sorted(CODES)),
    texts,
    st.none() | texts,
    places | st.just(NO_PLACE),
    st.sampled_from(Severity),
    st.none() | texts,
    st.none() | st.tuples(*[st.floats(-1e6, 1e6)] * 4),
)
any_findings = st.lists(any_finding, max_size=6)


def text_of(*findings: Finding) -> str:
    return render_findings(list(findings), "text", command="check")


def sarif_of(*findings: Finding, folder: str = "") -> dict[str, Any]:
    """Return the SARIF log of these findings, checked against its schema."""
    log: dict[str, Any] = json.loads(render_findings(list(findings), "sarif", command="build", folder=folder))
    check_sarif(log)
    return log


def sarif_results(*findings: Finding, folder: str = "") -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = sarif_of(*findings, folder=folder)["runs"][0]["results"]
    return results


# ── text


def test_text_sorts_findings_by_severity_with_hints_and_counts(wording: Wording) -> None:
    report = text_of(NOTE, WARNING, TOO_HEAVY, UNKNOWN_KEY)

    assert re.findall(r"\[([a-z-]+)\]$", report, re.MULTILINE) == [
        *("weight", "unknown-key", "css-ignored", "fact-unconfirmed")
    ]
    assert re.findall(r"\d+", report.splitlines()[-1]) == ["2", "1", "1"]
    assert wording == report


def test_text_report_without_findings_says_that_there_are_none(wording: Wording) -> None:
    report = text_of()

    assert len(report.splitlines()) == 1
    assert wording == report


def test_text_report_names_the_asset_after_the_place_of_a_finding(wording: Wording) -> None:
    finding = IN_FORTY_ASSETS[0]

    line = text_of(finding).splitlines()[0]
    assert line.startswith("templates/b/style.css:3:2: ") and line.endswith(" [template]")
    assert "cannot be printed" in line and ASSETS[0] in line
    assert wording == line


def test_text_reports_one_error_in_forty_assets_on_one_line(wording: Wording) -> None:
    report = text_of(*IN_FORTY_ASSETS, UNKNOWN_KEY)

    assert len(report.splitlines()) == 5
    assert "40" in report and ASSETS[0] in report and ASSETS[1] not in report
    assert wording == report


@pytest.mark.parametrize(
    "other",
    [
        Finding("template", "cannot be printed", "another hint", IN_FORTY_ASSETS[0].place, asset=ASSETS[1]),
        Finding("template", "other words", "use light(…)", IN_FORTY_ASSETS[0].place, asset=ASSETS[1]),
        Finding("size", "cannot be printed", "use light(…)", IN_FORTY_ASSETS[0].place, asset=ASSETS[1]),
        Finding("template", "cannot be printed", "use light(…)", Place("t.css", 3, 2), asset=ASSETS[1]),
    ],
    ids=["hint", "text", "code", "place"],
)
def test_text_does_not_merge_findings_that_differ_in_more_than_the_asset(other: Finding) -> None:
    assert text_of(IN_FORTY_ASSETS[0], other).splitlines()[-1].split()[0] == "2"


def test_control_characters_are_escaped_and_joiners_are_kept() -> None:
    assert escape_unprintable("a\x1b[31m\x00\t\r\n\x9b\u202e\ud800") == r"a\x1b[31m\x00\t\r\n\x9b\u202e\ud800"
    assert escape_unprintable("نہیں\u200cہے \u200f👩\u200d🚒 [b]") == "نہیں\u200cہے \u200f👩\u200d🚒 [b]"


def test_hostile_text_in_any_part_of_a_finding_stays_on_its_line() -> None:
    finding = Finding(
        "yaml", HOSTILE, HOSTILE, Place(f"partners/{HOSTILE}/partner.yaml", 1, 1), asset=HOSTILE
    )

    lines = text_of(finding).splitlines()

    assert len(lines) == 3
    assert lines[0].startswith("partners/100%: a,b\\r\\n::error::x\\x1b[2J\\x9b2J\\u202e\\u2028[b]bold[/b]")
    assert lines[1].partition(": ")[2].startswith("100%")


def test_console_without_colour_prints_the_text_report() -> None:
    findings = [
        *IN_FORTY_ASSETS,
        UNKNOWN_KEY,
        TOO_HEAVY,
        NOTE,
        Finding("yaml", HOSTILE + " :smile: " + "long " * 80),
    ]
    stream = io.StringIO()

    print_findings(Console(file=stream, width=40), findings)

    assert stream.getvalue() == text_of(*findings) + "\n"


def test_console_colours_the_severity_and_ignores_markup_in_findings() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, color_system="standard", width=80)

    print_findings(console, [Finding("yaml", "[red]x[/red] \x1b[5m")])

    printed = stream.getvalue()
    assert "\x1b[1;31merror\x1b[0m" in printed
    assert r"[red]x[/red] \x1b[5m" in printed
    assert "\x1b[5m" not in printed


# ── json


def test_json_contains_the_counts_and_every_finding() -> None:
    counts: dict[str, object] = {
        "built": 3,
        "cached": 0,
        "failed": 40,
        "skipped": 0,
        "removed": 1,
        "seconds": 2.5,
    }

    printed = render_findings([*IN_FORTY_ASSETS, UNKNOWN_KEY], "json", command="build", counts=counts)

    read = json.loads(printed)
    assert list(read) == ["built", "cached", "failed", "skipped", "removed", "seconds", "findings"]
    assert {key: read[key] for key in counts} == counts
    assert read["findings"] == [
        finding.as_dict() for finding in sort_findings([*IN_FORTY_ASSETS, UNKNOWN_KEY])
    ]
    assert len(read["findings"]) == 41


def test_json_without_counts_contains_only_findings() -> None:
    assert json.loads(render_findings([], "json", command="check")) == {"findings": []}


def test_json_keeps_letters_readable_and_escapes_control_characters() -> None:
    printed = render_findings([Finding("yaml", "مدد £ \x9b\x7f\u202e\udc80")], "json", command="check")

    assert "مدد £ \\u009b\\u007f\\u202e\\udc80" in printed
    assert json.loads(printed)["findings"][0]["text"] == "مدد £ \x9b\x7f\u202e\udc80"


def test_reports_do_not_depend_on_the_order_of_the_findings() -> None:
    findings = [*IN_FORTY_ASSETS[:3], UNKNOWN_KEY, TOO_HEAVY, NOTE, WARNING]

    for format in FORMATS:
        forward = render_findings(findings, format, command="check")
        assert forward == render_findings(findings[::-1], format, command="check")


# ── GitHub's workflow commands


def github_of(*findings: Finding, folder: str = "") -> list[WorkflowCommand]:
    printed = render_findings(list(findings), "github", command="check", folder=folder)
    return [parse_workflow_command(line) for line in printed.splitlines()]


def test_github_command_has_file_line_column_and_title(wording: Wording) -> None:
    [command] = github_of(UNKNOWN_KEY)

    assert command == WorkflowCommand(
        "error",
        {"file": "partners/a/partner.yaml", "line": "4", "col": "9", "title": "assetgen unknown-key"},
        command.message,
    )
    assert wording == command.message


def test_github_commands_match_the_severities() -> None:
    assert [command.name for command in github_of(NOTE, WARNING, UNKNOWN_KEY)] == [
        "error",
        "warning",
        "notice",
    ]


def test_github_names_the_asset_of_a_finding_without_a_file(wording: Wording) -> None:
    [command] = github_of(TOO_HEAVY)

    assert command == WorkflowCommand("error", {"title": "assetgen weight"}, command.message)
    assert "a/worried/disp-mpu/en-GB" in command.message
    assert wording == command.message


def test_github_reports_one_error_in_forty_assets_once(wording: Wording) -> None:
    [command] = github_of(*IN_FORTY_ASSETS)

    assert "40" in command.message and ASSETS[0] in command.message
    assert wording == command.message


def test_github_paths_start_with_the_campaign_folder() -> None:
    [command] = github_of(UNKNOWN_KEY, folder="campaigns/helpline/")

    assert command.properties["file"] == "campaigns/helpline/partners/a/partner.yaml"


def test_github_escapes_hostile_text_and_file_names() -> None:
    file = "partners/a,b:c=d%2C/x::y.yaml"

    [command] = github_of(Finding("yaml", HOSTILE, "50%0A off\n::set-env name=A::b", Place(file, 1, 2)))

    assert command.properties == {"file": file, "line": "1", "col": "2", "title": "assetgen yaml"}
    text, hint = command.message.split("\n")
    assert (text, hint.partition(": ")[2]) == (escape_unprintable(HOSTILE), "50%0A off\\n::set-env name=A::b")


@given(any_findings)
def test_github_prints_each_command_on_one_line_for_any_text(findings: list[Finding]) -> None:
    printed = render_findings(findings, "github", command="check")

    commands = [parse_workflow_command(line) for line in printed.splitlines()]

    groups = {(f.severity, f.code, f.text, f.hint, f.place) for f in findings}
    assert len(commands) == len(groups)
    assert {command.message.split("\n")[0].split(" (")[0] for command in commands} == {
        escape_unprintable(f.text).split(" (")[0] for f in findings
    }


# ── SARIF 2.1.0


def test_sarif_schema_rejects_an_unknown_level() -> None:
    log = sarif_of(UNKNOWN_KEY)
    log["runs"][0]["results"][0]["level"] = "fatal"

    [error] = sarif_validator().iter_errors(log)
    assert error.json_path == "$.runs[0].results[0].level"


def test_sarif_result_has_rule_level_message_and_region(wording: Wording) -> None:
    log = sarif_of(UNKNOWN_KEY)

    driver = log["runs"][0]["tool"]["driver"]
    [result] = log["runs"][0]["results"]
    assert driver["name"] == "assetgen"
    assert re.match(r"\d", driver["version"])
    assert driver["rules"] == [
        {
            "id": "unknown-key",
            "shortDescription": {"text": title_of("unknown-key")},
            "help": {"text": explain("unknown-key"), "markdown": explain("unknown-key")},
        }
    ]
    assert result["level"] == "error"
    assert result["message"]["text"].startswith(f"{UNKNOWN_KEY.text}\n")
    assert wording == result["message"]["text"]
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "partners/a/partner.yaml", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 4, "startColumn": 9},
            }
        }
    ]


def test_sarif_without_findings_has_no_results_and_no_rules() -> None:
    run = sarif_of()["runs"][0]

    assert run["results"] == []
    assert run["tool"]["driver"]["rules"] == []


def test_sarif_levels_match_the_severities() -> None:
    assert [result["level"] for result in sarif_results(NOTE, WARNING, UNKNOWN_KEY)] == [
        "error",
        "warning",
        "note",
    ]


def test_sarif_lists_every_asset_that_shares_a_finding() -> None:
    [result] = sarif_results(*IN_FORTY_ASSETS)

    names = [logical["fullyQualifiedName"] for logical in result["locations"][0]["logicalLocations"]]
    assert names == ASSETS
    assert result["occurrenceCount"] == 40


def test_sarif_places_a_finding_without_a_file_in_campaign_yaml() -> None:
    [result] = sarif_results(TOO_HEAVY, folder="campaigns/one")

    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "campaigns/one/campaign.yaml"
    assert "region" not in physical


def test_sarif_file_uri_is_percent_encoded() -> None:
    file = "partners/é a#b?%/x:y.yaml"

    [result] = sarif_results(Finding("yaml", "x", place=Place(file, 1)))

    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote(uri) == file
    assert "#" not in uri and "?" not in uri and " " not in uri


def test_sarif_message_contains_no_link_and_no_placeholder() -> None:
    [result] = sarif_results(Finding("yaml", "[click](http://a.example) {0} {number}"))

    assert result["message"]["text"] == "[click] (http://a.example) {{0}} {number}"


def test_sarif_fingerprints_ignore_line_numbers_but_separate_identical_findings() -> None:
    def fingerprints(*lines: int) -> list[str]:
        found = [Finding("yaml", "twice", place=Place("a.yaml", line)) for line in lines]
        return [result["partialFingerprints"]["assetgenFinding/v1"] for result in sarif_results(*found)]

    assert fingerprints(3, 9) == fingerprints(13, 19)
    assert len(set(fingerprints(3, 9))) == 2
    digest = hashlib.sha256(b"yaml\0a.yaml\0twice").hexdigest()[:32]
    assert fingerprints(3) == [f"{digest}:1"]


# ── JUnit


def suite_of(*findings: Finding, assets: list[str] | None = None, **counts: object) -> ElementTree.Element:
    """Return the checked test suite of the JUnit report of these findings."""
    printed = render_findings(
        list(findings), "junit", command="build", assets=assets or [], counts=dict(counts)
    )
    assert printed.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    root = fromstring(printed.encode())
    assert root.tag == "testsuites"
    [suite] = root
    check_suite(suite)
    check_as_junitparser_reads_it(printed, suite)
    assert {name: root.get(name) for name in ("tests", "failures")} == {
        name: suite.get(name) for name in ("tests", "failures")
    }
    return suite


def check_suite(suite: ElementTree.Element) -> None:
    """Check the attributes and counts that readers of JUnit files rely on."""
    cases = suite.findall("testcase")
    assert len(cases) == len(list(suite)) == int(suite.attrib["tests"])
    assert int(suite.attrib["failures"]) == sum(case.find("failure") is not None for case in cases)
    assert all({"name", "classname"} <= set(case.attrib) for case in cases)
    for failure in suite.iter("failure"):
        assert failure.get("type") in CODES
        assert "message" in failure.attrib


def check_as_junitparser_reads_it(printed: str, suite: ElementTree.Element) -> None:
    """Check that an independent parser finds the same cases and failures."""
    [read] = JUnitXml.fromstring(printed.encode())
    assert [case.name for case in read] == [case.get("name") for case in suite]
    assert [[result.type for result in case.result] for case in read] == [
        [failure.get("type") for failure in case.iter("failure")] for case in suite
    ]


def test_junit_has_a_case_for_each_asset_and_for_the_input() -> None:
    suite = suite_of(UNKNOWN_KEY, TOO_HEAVY, assets=["b/worried/ig-story/en-GB", "a/worried/disp-mpu/en-GB"])

    failures = {case.get("name"): [f.get("type") for f in case.iter("failure")] for case in suite}
    assert failures == {
        "input": ["unknown-key"],
        "a/worried/disp-mpu/en-GB": ["weight"],
        "b/worried/ig-story/en-GB": [],
    }
    assert [case.get("classname") for case in suite] == ["assetgen.build", "assetgen.a", "assetgen.b"]


def test_junit_has_a_failure_for_each_error_and_none_for_a_warning(wording: Wording) -> None:
    asset = "a/worried/disp-mpu/en-GB"
    size = Finding("size", "301 px instead of 300 px", "see @page", asset=asset)

    suite = suite_of(TOO_HEAVY, size, WARNING.for_asset(asset), NOTE)

    input_case, case = suite
    assert [failure.get("message") for failure in case.iter("failure")] == [size.text, TOO_HEAVY.text]
    assert "[size]" in (case.findtext("failure") or "")
    assert "a.css:1: " in (case.findtext("system-out") or "")
    assert "[css-ignored]" in (case.findtext("system-out") or "")
    assert wording == [case.findtext("failure"), case.findtext("system-out")]
    assert input_case.find("failure") is None
    assert "fact-unconfirmed" in (input_case.findtext("system-out") or "")


def test_junit_without_findings_is_one_passed_case() -> None:
    suite = suite_of(seconds=2.5)

    assert [case.get("name") for case in suite] == ["input"]
    assert suite.get("failures") == "0"
    assert suite.get("time") == "2.500"


def test_junit_escapes_characters_that_xml_forbids() -> None:
    [case] = suite_of(Finding("yaml", HOSTILE + "\x00\ufffe]]>", asset=None))

    [failure] = case.iter("failure")
    assert failure.get("message") == escape_unprintable(HOSTILE) + "\\x00\\ufffe]]>"


# ── every format


@pytest.mark.thorough
@given(any_findings, st.lists(texts, max_size=3))
def test_every_format_stays_readable_for_any_text(findings: list[Finding], assets: list[str]) -> None:
    for format in FORMATS:
        printed = render_findings(findings, format, command="build", assets=assets)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", printed)
        printed.encode("utf-8")

    text = render_findings(findings, "text", command="build")
    groups = {(f.severity, f.code, f.text, f.hint, f.place): f for f in findings}
    assert len(text.splitlines()) == 1 + sum(2 if f.hint else 1 for f in groups.values())
    read = json.loads(render_findings(findings, "json", command="build"))
    assert read["findings"] == [finding.as_dict() for finding in sort_findings(findings)]
    assert len(sarif_results(*findings)) == len(groups)
    suite = suite_of(*findings, assets=assets)
    assert len(list(suite.iter("failure"))) == len({f for f in findings if f.is_error})


def test_an_unknown_format_raises_an_error_that_lists_the_formats(wording: Wording) -> None:
    with pytest.raises(CampaignError) as caught:
        render_findings([], "yaml", command="check")

    [finding] = caught.value.findings
    assert finding.code == "bad-value"
    assert "yaml" in finding.text and ", ".join(FORMATS) in (finding.hint or "")
    assert wording == finding.as_text()
