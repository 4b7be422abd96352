"""The corpus before the proofs: every faulty asset is caught, and no sound one raises an error.

Both rates stand at the end of the run (``conftest``): caught x of n, false alarms y of m. The chunks are there
for several processes to share; each names all that it has wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.corpus.adversarial_faults import RED
from tests.corpus.adversarial_harmless_edits import SOUND as SOUND_RED
from tests.corpus.case_verdicts import rates, wrong
from tests.corpus.correct_assets import sound_cases
from tests.corpus.edited_assets import Case
from tests.corpus.harmless_edits import SOUND as SOUND_BLIND
from tests.corpus.requirement_faults import FAULTY
from tests.corpus.subtle_faults import OWN

CHUNK = 12


def parts() -> dict[str, tuple[Case, ...]]:
    return {
        "blind": FAULTY,
        "own": OWN,
        "red": RED,
        "sound blind": SOUND_BLIND,
        "sound red": SOUND_RED,
        "sound": sound_cases(),
    }


def chunks() -> list[Any]:
    return [
        pytest.param(part, first, id=f"{part.replace(' ', '-')}-{first:03}")
        for part, cases in parts().items()
        for first in range(0, len(cases), CHUNK)
    ]


@pytest.mark.each(("part", "first"), chunks)
def test_the_proof_says_of_each_case_what_it_must(
    part: str, first: int, record_property: Callable[[str, object], None]
) -> None:
    cases = parts()[part][first : first + CHUNK]

    verdicts = wrong(cases)

    record_property("corpus", rates(cases, verdicts))
    assert not verdicts, "\n".join(verdict.told() for verdict in verdicts)


def test_the_corpus_is_as_large_as_it_was_promised_and_half_of_its_faults_are_blind() -> None:
    assert len(FAULTY) + len(OWN) >= 120
    assert len(FAULTY) >= len(OWN) >= 20
    assert len(sound_cases()) + len(SOUND_BLIND) >= 300
