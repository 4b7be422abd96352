"""The errors that assetgen raises. Each carries findings; only the command line prints them.

AssetgenError
├── CampaignError    nothing can be planned: the campaign, the brand or the command is wrong (exit 2)
├── TemplateError    one template cannot be rendered; the others continue (exit 1)
├── RenderError      one asset cannot be rendered; the others continue (exit 1)
└── MachineError     a system dependency is missing (exit 3)
"""

from __future__ import annotations

from collections.abc import Iterable

from assetgen.findings import Finding


class AssetgenError(Exception):
    """The base class: a problem that the user can fix, described by its findings."""

    def __init__(self, findings: Finding | Iterable[Finding]) -> None:
        self.findings = [findings] if isinstance(findings, Finding) else list(findings)
        super().__init__("\n".join(finding.as_text() for finding in self.findings))


class CampaignError(AssetgenError):
    """Nothing can be planned: the campaign, the brand or the command itself is wrong."""


class TemplateError(AssetgenError):
    """A template cannot be rendered."""


class RenderError(AssetgenError):
    """An asset cannot be rendered."""


class MachineError(AssetgenError):
    """A system dependency is missing: Pango, a font or an ICC profile."""
