"""Read the template of the tiny campaign with some of its files changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.errors import CampaignError
from assetgen.findings import Place
from assetgen.loading.model import Brand, Template
from assetgen.loading.templates.template_files import TemplateReader
from assetgen.loading.yaml.campaign_folder import list_entries
from tests.support.tiny_campaign import FILES, write_tiny

TEMPLATE_FILE, MARKUP_FILE, STYLE_FILE = (
    f"templates/bare/{name}" for name in ("template.yaml", "template.html", "style.css")
)


def read_template(root: Path, template_id: str, brand: Brand | None) -> Template:
    """Read one template with all that it extends; raises CampaignError with all their findings."""
    ids = [path.name for path in list_entries(root / "templates", Place("templates"))]
    return TemplateReader(root, ids, brand).read(template_id)


def read_tiny_template(root: Path, changes: dict[str, str] | None = None) -> Template:
    """Write the tiny campaign with changes, and read its template."""
    return read_template(write_tiny(root, changes), "bare", None)


def template_faults(root: Path, changes: dict[str, str]) -> list[str]:
    """Return the texts of the findings that the changed template raises."""
    with pytest.raises(CampaignError) as raised:
        read_tiny_template(root, changes)
    return [finding.as_text() for finding in raised.value.findings]


def template_yaml_with(more: str) -> dict[str, str]:
    """Return the change that appends lines to template.yaml."""
    return {TEMPLATE_FILE: FILES[TEMPLATE_FILE] + more}
