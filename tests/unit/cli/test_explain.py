"""Explanations of finding codes: each code has one, all have the same structure, and ``explain`` finds them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import assetgen.cli.report as report_module
from assetgen.cli.report import explain, list_codes, title_of
from assetgen.errors import CampaignError
from assetgen.findings import CODES
from tests.support.wording import Wording

EXPLANATIONS = Path(report_module.__file__).with_name("explain")
HEAVY_PACKAGES = ("weasyprint", "pydantic", "PIL")


def sections(text: str) -> dict[str, str]:
    """Return the text below each heading; the text before the first heading has the key ``""``."""
    parts = re.split(r"^(## .+)$", text, flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def headings() -> list[str]:
    """Return the headings of the first explanation: an example, how to fix it, why it matters."""
    return list(sections(explain(list_codes()[0])))[1:]


def test_finding_codes_and_explanation_files_match(wording: Wording) -> None:
    assert {path.name for path in EXPLANATIONS.iterdir()} == {f"{code}.md" for code in CODES}
    assert list_codes() == sorted(CODES)
    assert len(headings()) == 3
    assert wording == headings()


@pytest.mark.parametrize("code", list_codes())
def test_explanation_has_title_meaning_and_the_three_sections(code: str) -> None:
    text = explain(code)

    found = sections(text)

    assert text.startswith(f"# {code}: {title_of(code)}\n")
    assert len(title_of(code)) > 20
    assert list(found) == ["", *headings()]
    assert len(found[""].partition("\n")[2].strip()) > 80
    assert all(len(found[heading].strip()) > 40 for heading in headings())


@pytest.mark.parametrize("code", list_codes())
def test_example_in_an_explanation_shows_a_finding_with_its_code(code: str) -> None:
    example = sections(explain(code))[headings()[0]]

    line = re.search(r": (error|warning|note): [^`]+\[([a-z-]+)\]", example)

    assert line is not None
    assert line[2] == code


@pytest.mark.parametrize("code", list_codes())
def test_explanation_is_short_and_fits_a_terminal(code: str) -> None:
    lines = explain(code).splitlines()

    assert 8 <= len(lines) <= 25
    assert max(map(len, lines)) <= 115
    assert not any(line != line.rstrip() or "\t" in line for line in lines)


@pytest.mark.parametrize("code", list_codes())
def test_codes_named_in_an_explanation_exist(code: str) -> None:
    assert set(re.findall(r"\[([a-z]+(?:-[a-z]+)*)\]`", explain(code))) <= CODES


@pytest.mark.parametrize("written", ["weight", "[weight]", " Weight ", "WEIGHT"])
def test_explain_ignores_brackets_spaces_and_case_of_a_code(written: str) -> None:
    assert explain(written) == explain("weight")


@pytest.mark.parametrize(
    ("written", "suggestion"),
    [
        ("text-overflw", "text-overflow"),
        ("unknown_key", "unknown-key"),
        ("zzz", ", ".join(sorted(CODES))),
        ("", ", ".join(sorted(CODES))),
        ("../report", ""),
    ],
    ids=["missing letter", "underscore", "nothing similar", "empty", "path"],
)
def test_explain_suggests_the_nearest_for_an_unknown_code(
    written: str, suggestion: str, wording: Wording
) -> None:
    with pytest.raises(CampaignError) as caught:
        explain(written)

    [finding] = caught.value.findings
    assert finding.code == "unknown-id"
    assert finding.hint and suggestion in finding.hint
    # The snapshot does not repeat the list of all codes.
    assert wording == [finding.text, finding.hint.replace(", ".join(sorted(CODES)), "<codes>")]


def test_report_module_imports_no_heavy_package() -> None:
    script = (
        "import sys, assetgen.cli.report as report\n"
        "report.render_findings([], 'text', command='check')\n"
        f"print([name for name in {HEAVY_PACKAGES!r} if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(EXPLANATIONS.parents[2]), "PATH": ""},
    )

    assert done.stdout.strip() == "[]"
