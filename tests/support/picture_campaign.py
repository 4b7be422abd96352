"""The tiny campaign with a picture behind its text, on a card for screens and on a printed sheet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from assetgen.loading.model import CampaignModel
from assetgen.planning.asset import Asset
from tests.support.photographs import jpeg
from tests.support.tiny_campaign import FILES, load_tiny

PICTURE_KEY = "pictures: {harbour: {file: harbour.jpg, focus: [0.7, 0.4], alt: A harbour}}"
MARKUP = """\
{% extends "assetgen/page.html" %}
{% block page %}
{{ place_picture(palette.ink, {"headline": palette.paper, "number": palette.paper}) }}
{{ text("headline", "h1") }}
{{ text("number") }}
{{ code(palette.ink, palette.paper) }}
{% include "bare/extra.html" %}
{% endblock %}
"""
STYLE = """\
/* Bare */
.headline, .number { color: var(--paper); }
"""


def picture_campaign_files(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the files of the tiny campaign that a picture changes; ``changes`` override them."""
    template = FILES["templates/bare/template.yaml"].rstrip()
    return {
        "campaign.yaml": FILES["campaign.yaml"] + "picture: harbour\n",
        "brand/brand.yaml": f"{FILES['brand/brand.yaml']}{PICTURE_KEY}\n",
        "templates/bare/template.yaml": f"{template}\n    picture: {{at: [0.8, 0.5]}}\n",
        "templates/bare/template.html": MARKUP,
        "templates/bare/style.css": STYLE,
        **(changes or {}),
    }


def load_picture_campaign(
    root: Path, picture: Image.Image | bytes, changes: Mapping[str, str] | None = None
) -> tuple[CampaignModel, dict[str, Asset]]:
    """Write and load the tiny campaign with a picture; return it and its assets by id."""
    file = root / "brand/images/harbour.jpg"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(picture if isinstance(picture, bytes) else jpeg(picture))
    return load_tiny(root, picture_campaign_files(changes))
