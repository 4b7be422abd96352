"""The preflight checks catch every faulty file of the corpus, and raise no error for a correct one.

Both rates are printed at the end of the run (``tests/conftest.py``): "caught x of n", "false alarms y of m".
The cases are split into chunks for several processes; each chunk reports all its unexpected results.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.corpus.adversarial_faults import ADVERSARIAL_FAULTS
from tests.corpus.adversarial_harmless_edits import ADVERSARIAL_HARMLESS_EDITS
from tests.corpus.case_verdicts import count_rates, unexpected_verdicts
from tests.corpus.correct_assets import correct_assets
from tests.corpus.edited_assets import Case
from tests.corpus.harmless_edits import HARMLESS_EDITS
from tests.corpus.requirement_faults import REQUIREMENT_FAULTS
from tests.corpus.subtle_faults import SUBTLE_FAULTS

CHUNK_SIZE = 12


def parts() -> dict[str, tuple[Case, ...]]:
    """Return the cases of the corpus by part."""
    return {
        "requirement-faults": REQUIREMENT_FAULTS,
        "subtle-faults": SUBTLE_FAULTS,
        "adversarial-faults": ADVERSARIAL_FAULTS,
        "harmless-edits": HARMLESS_EDITS,
        "adversarial-harmless-edits": ADVERSARIAL_HARMLESS_EDITS,
        "correct-assets": correct_assets(),
    }


def chunks() -> list[Any]:
    """Return each chunk of cases as a parameter: its part, and the index of its first case."""
    return [
        pytest.param(part, first, id=f"{part}-from-{first:03}")
        for part, cases in parts().items()
        for first in range(0, len(cases), CHUNK_SIZE)
    ]


@pytest.mark.each(("part", "first"), chunks)
def test_checks_report_exactly_the_findings_that_each_case_expects(
    part: str, first: int, record_property: Callable[[str, object], None]
) -> None:
    cases = parts()[part][first : first + CHUNK_SIZE]

    verdicts = unexpected_verdicts(cases)

    record_property("corpus", count_rates(cases, verdicts))
    assert not verdicts, "\n".join(verdict.as_text() for verdict in verdicts)


def test_corpus_has_300_correct_cases_and_120_faults_half_of_them_from_the_requirements() -> None:
    assert len(REQUIREMENT_FAULTS) + len(SUBTLE_FAULTS) >= 120
    assert len(REQUIREMENT_FAULTS) >= len(SUBTLE_FAULTS) >= 20
    assert len(correct_assets()) + len(HARMLESS_EDITS) >= 300
