"""The campaign's real templates in a small campaign with fixed copy, so that edits of the real copy change no test."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.tiny_campaign import FILES, REPO

ALL_TEMPLATES = ("beacon", "plain", "quiet", "together", "window")


def template_campaign_files(
    design: str, channels: str, message: str, partners: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the files of a small campaign in a real template, with the real palette, a message and channels.

    ``partners`` are the partners' files by path. The campaign has only the given channels, none of the catalogue.
    """
    real_brand = (REPO / "brand/brand.yaml").read_text("utf-8")
    tiny_brand = FILES["brand/brand.yaml"]
    palette = real_brand[real_brand.index("palette:") : real_brand.index("fonts:")]
    rest = tiny_brand[tiny_brand.index("fonts:") :]
    sources = {
        path.relative_to(REPO).as_posix(): path.read_text("utf-8")
        for folder in ("house", "beacon", design)
        for path in sorted((REPO / "templates" / folder).iterdir())
    }
    campaign = FILES["campaign.yaml"]
    return {
        **sources,
        "campaign.yaml": campaign.replace("[tiny-card, tiny-sheet]", '["tiny-*"]').replace("bare", design),
        "brand/brand.yaml": tiny_brand[: tiny_brand.index("palette:")] + palette + rest,
        "brand/channels.yaml": channels,
        "brand/messages/hello.yaml": message,
        **(partners or {}),
    }
