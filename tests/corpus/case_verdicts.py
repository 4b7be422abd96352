"""Run the preflight checks on cases of the corpus, and compare what they find with what each case expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assetgen.preflight.checks import check_file
from assetgen.preflight.results import PreflightResult
from tests.corpus.edited_assets import Case, FinishedCase

CRASHED = "the preflight check crashed"


@dataclass(frozen=True, slots=True)
class CaseVerdict:
    """What the preflight checks reported for one case: the codes of the errors, and their texts."""

    case: Case
    error_codes: tuple[str, ...]
    errors: tuple[str, ...]

    @property
    def is_expected(self) -> bool:
        """Say whether a faulty case raised all the codes of one of its sets, and a correct case no error."""
        if not self.case.codes:
            return not self.error_codes
        return any(codes <= set(self.error_codes) for codes in self.case.code_sets)

    def as_text(self) -> str:
        """Return one line with the case, the expected codes and the errors."""
        expected = " or ".join("+".join(sorted(codes)) for codes in self.case.code_sets) or "no error"
        found = "; ".join(self.errors) or "no error"
        return f"{self.case.name} ({self.case.asset}): expected {expected}, found: {found}"


def run_checks(finished: FinishedCase) -> PreflightResult:
    """Return the result of the preflight checks on a finished file."""
    measured = {"tier": finished.tier, "omitted": finished.omitted}
    return check_file(finished.content, finished.page, finished.asset.spec, measured)


def judge(case: Case) -> CaseVerdict:
    """Make the file of a case, check it and return the verdict.

    A check that crashes counts as an error that no case expects: a faulty case is missed, a correct one is a
    false alarm.
    """
    finished = case.finish()
    try:
        errors = [finding for finding in run_checks(finished).findings if finding.is_error]
    except Exception as error:  # noqa: BLE001  any exception is reported, and the other cases are still judged
        return CaseVerdict(case, (CRASHED,), (f"{CRASHED}: {type(error).__name__}: {error}",))
    codes = tuple(dict.fromkeys(finding.code for finding in errors))
    return CaseVerdict(case, codes, tuple(f"{finding.code}: {finding.text}" for finding in errors))


def unexpected_verdicts(cases: Sequence[Case]) -> list[CaseVerdict]:
    """Return the verdicts on the cases whose errors are not the expected ones."""
    return [verdict for verdict in map(judge, cases) if not verdict.is_expected]


def count_rates(cases: Sequence[Case], verdicts: Sequence[CaseVerdict]) -> dict[str, int]:
    """Return the counts that tests/conftest.py sums up, given the unexpected verdicts on these cases."""
    missed = sum(bool(verdict.case.codes) for verdict in verdicts)
    faulty = sum(bool(case.codes) for case in cases)
    return {
        "faulty": faulty,
        "caught": faulty - missed,
        "sound": len(cases) - faulty,
        "alarms": len(verdicts) - missed,
    }
