"""What a build tells: how far it is, what it did, what it would do."""

from __future__ import annotations

from dataclasses import dataclass

from assetgen.findings import Finding


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: assets done and failed of the total to be made; ``asset_id`` the latest, if any."""

    done: int
    failed: int
    total: int
    asset_id: str | None


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did. ``built`` were drawn or proved; ``cached`` stood there already, or were taken from the store.

    ``skipped``: planned, not selected; ``unreached``: the build ended before its turn. ``failed`` counts also what
    could not be planned for a broken message or template; ``built_ids`` are those that this build put into the
    output, from the store too; ``reasons`` says for each asset that was to be made why. ``rejected`` are the files
    that did not pass their proof, where they are kept. ``findings`` are those of all that is selected, worst first:
    what the proofs had to say of a file that was kept is said again.
    """

    built: int
    cached: int
    failed: int
    skipped: int
    unreached: int
    removed: int
    seconds: float
    built_ids: tuple[str, ...]
    failed_ids: tuple[str, ...]
    reasons: dict[str, str]
    rejected: tuple[str, ...]
    findings: tuple[Finding, ...]
    interrupted: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a build would do: make these (id → reason), remove these paths, keep these ids.

    ``new`` are the ids of those to be made that were never made; ``findings`` what it would say of ``out/`` itself.
    """

    reasons: dict[str, str]
    removed: list[str]
    findings: tuple[Finding, ...]
    new: frozenset[str] = frozenset()
    kept: tuple[str, ...] = ()
