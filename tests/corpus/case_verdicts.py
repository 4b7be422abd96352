"""The corpus before the proofs: each case's file is made, read back, and held to what it must raise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assetgen.preflight.checks import prove
from assetgen.preflight.results import Proof
from tests.corpus.edited_assets import Case, Finished

BROKE = "the proof broke"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the proof said of one case: the codes of its errors, and what it ought to have said and did not."""

    case: Case
    errors: tuple[str, ...]
    said: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Say whether a faulty case raised all of one of its ways, and a sound one no error."""
        if not self.case.codes:
            return not self.errors
        return any(way <= set(self.errors) for way in self.case.ways)

    def told(self) -> str:
        """Return one line that says what was due and what came."""
        due = " or ".join("+".join(sorted(way)) for way in self.case.ways) or "no error"
        came = "; ".join(self.said) or "no error"
        return f"{self.case.name} ({self.case.asset}): {due} was due, came: {came}"


def proof_of(finished: Finished) -> Proof:
    """Return what the proof says of a finished file: the one place where the corpus meets it."""
    measured = {"tier": finished.tier, "omitted": finished.omitted}
    return prove(finished.content, finished.page, finished.asset.spec, measured)


def judged(case: Case) -> Verdict:
    """Return the verdict on one case, made anew. A proof that breaks has said nothing of a fault, and is no
    proof of what is sound."""
    finished = case.made()
    try:
        errors = [finding for finding in proof_of(finished).findings if finding.is_error]
    except Exception as error:  # noqa: BLE001  whatever it is, it is told, and the other cases are judged
        return Verdict(case, (BROKE,), (f"{BROKE}: {type(error).__name__}: {error}",))
    codes = tuple(dict.fromkeys(finding.code for finding in errors))
    return Verdict(case, codes, tuple(f"{finding.code}: {finding.text}" for finding in errors))


def wrong(cases: Sequence[Case]) -> list[Verdict]:
    """Return the verdicts on cases of which the proof did not say what it must."""
    return [verdict for verdict in map(judged, cases) if not verdict.is_right]


def rates(cases: Sequence[Case], verdicts: Sequence[Verdict]) -> dict[str, int]:
    """Return what these cases add to the rates, given the verdicts on those that went wrong."""
    missed = sum(bool(verdict.case.codes) for verdict in verdicts)
    faulty = sum(bool(case.codes) for case in cases)
    alarms = len(verdicts) - missed
    return {"faulty": faulty, "caught": faulty - missed, "sound": len(cases) - faulty, "alarms": alarms}
