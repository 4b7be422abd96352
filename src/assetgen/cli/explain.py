"""The long text of each finding: one Markdown file a code, in ``explain/`` beside this module."""

from __future__ import annotations

from importlib.resources import files

from assetgen.errors import CampaignError
from assetgen.findings import CODES, Finding
from assetgen.loading.yaml.ids import did_you_mean


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
    hint = did_you_mean(known, codes()) or f"one of: {', '.join(codes())}"
    return Finding("unknown-id", f"no such code: {code}", hint)
