"""Every code of a finding has its long text, in one shape, and no text is without a code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import assetgen.cli.report as report_module
from assetgen.cli.report import codes, explain, title
from assetgen.errors import CampaignError
from assetgen.findings import CODES
from tests.support.wording import Wording

TEXTS = Path(report_module.__file__).with_name("explain")
HEAVY = ("weasyprint", "pydantic", "PIL")


def sections(text: str) -> dict[str, str]:
    """Split a text at its headings; what stands before the first is under ``""``."""
    parts = re.split(r"^(## .+)$", text, flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def headings() -> list[str]:
    """Return the headings of the first text: an example, how to mend it, why it matters."""
    return list(sections(explain(codes()[0])))[1:]


def test_every_code_has_a_file_and_every_file_a_code(wording: Wording) -> None:
    assert {path.name for path in TEXTS.iterdir()} == {f"{code}.md" for code in CODES}
    assert codes() == sorted(CODES)
    assert len(headings()) == 3
    assert wording == headings()


@pytest.mark.parametrize("code", codes())
def test_text_has_its_title_its_meaning_and_the_three_headings(code: str) -> None:
    text = explain(code)

    found = sections(text)

    assert text.startswith(f"# {code}: {title(code)}\n")
    assert len(title(code)) > 20
    assert list(found) == ["", *headings()]
    assert len(found[""].partition("\n")[2].strip()) > 80
    assert all(len(found[heading].strip()) > 40 for heading in headings())


@pytest.mark.parametrize("code", codes())
def test_example_shows_what_the_finding_says(code: str) -> None:
    example = sections(explain(code))[headings()[0]]

    said = re.search(r": (error|warning|note): [^`]+\[([a-z-]+)\]", example)

    assert said is not None
    assert said[2] == code


@pytest.mark.parametrize("code", codes())
def test_text_is_short_and_fits_a_terminal(code: str) -> None:
    lines = explain(code).splitlines()

    assert 8 <= len(lines) <= 25
    assert max(map(len, lines)) <= 115
    assert not any(line != line.rstrip() or "\t" in line for line in lines)


@pytest.mark.parametrize("code", codes())
def test_codes_named_in_a_text_exist(code: str) -> None:
    assert set(re.findall(r"\[([a-z]+(?:-[a-z]+)*)\]`", explain(code))) <= CODES


@pytest.mark.parametrize("written", ["weight", "[weight]", " Weight ", "WEIGHT"])
def test_code_may_be_written_as_it_stands_in_a_report(written: str) -> None:
    assert explain(written) == explain("weight")


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        ("text-overflw", "text-overflow"),
        ("unknown_key", "unknown-key"),
        ("zzz", ", ".join(sorted(CODES))),
        ("", ", ".join(sorted(CODES))),
        ("../report", ""),
    ],
    ids=["letter", "line", "no code", "nothing", "path"],
)
def test_unknown_code_is_an_error_with_the_nearest(written: str, offered: str, wording: Wording) -> None:
    with pytest.raises(CampaignError) as caught:
        explain(written)

    [finding] = caught.value.findings
    assert finding.code == "unknown-id"
    assert finding.hint and offered in finding.hint
    # The list of all codes is no wording.
    assert wording == [finding.text, finding.hint.replace(", ".join(sorted(CODES)), "<codes>")]


def test_importing_report_and_explain_loads_no_heavy_module() -> None:
    script = (
        "import sys, assetgen.cli.report as report\n"
        "report.render_findings([], 'text', command='check')\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(TEXTS.parents[2]), "PATH": ""},
    )

    assert done.stdout.strip() == "[]"
