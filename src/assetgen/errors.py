"""The errors that assetgen raises. Each carries findings; only the command line prints them.

AssetgenError
├── CampaignError    nothing can be planned: the campaign, the brand or the call is wrong (exit 2)
├── TemplateError    one template cannot be drawn; the others go on (exit 1)
├── RenderError      one asset cannot be made; the others go on (exit 1)
└── MachineError     a part of the machine is missing (exit 3)
"""

from __future__ import annotations

from collections.abc import Iterable

from assetgen.findings import Finding


class AssetgenError(Exception):
    """The root of the tree: something that a person can mend, said as findings."""

    def __init__(self, findings: Finding | Iterable[Finding]) -> None:
        self.findings = [findings] if isinstance(findings, Finding) else list(findings)
        super().__init__("\n".join(finding.as_text() for finding in self.findings))


class CampaignError(AssetgenError):
    """Nothing can be planned: the campaign, the brand or the call itself is wrong."""


class TemplateError(AssetgenError):
    """A template cannot be drawn."""


class RenderError(AssetgenError):
    """An asset cannot be made."""


class MachineError(AssetgenError):
    """A part of the machine is missing: Pango, a font, an ICC profile."""
