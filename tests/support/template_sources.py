"""Read the template of the tiny campaign with some of its files changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.errors import CampaignError
from assetgen.loading.model import Template
from assetgen.loading.templates.template_files import read_template
from tests.support.tiny import FILES, write_tiny

DESIGN, MARKUP, STYLE = (f"templates/bare/{name}" for name in ("template.yaml", "template.html", "style.css"))


def read(root: Path, changes: dict[str, str] | None = None) -> Template:
    return read_template(write_tiny(root, changes), "bare", None)


def faults(root: Path, changes: dict[str, str]) -> list[str]:
    with pytest.raises(CampaignError) as raised:
        read(root, changes)
    return [finding.as_text() for finding in raised.value.findings]


def shapes(more: str) -> dict[str, str]:
    return {DESIGN: FILES[DESIGN] + more}
