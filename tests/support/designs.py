"""The campaign's real designs in a small campaign: its own words and channels, so that no edit of copy counts."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.tiny import FILES, REPO

ALL_DESIGNS = ("beacon", "plain", "quiet", "together", "window")


def design_files(
    design: str, channels: str, message: str, partners: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the files of a small campaign in a design: the real design and palette, the words and channels given.

    ``partners`` is their files by path; all channels are the campaign's, none of the catalogue's.
    """
    real = (REPO / "brand/brand.yaml").read_text("utf-8")
    own = FILES["brand/brand.yaml"]
    palette, rest = real[real.index("palette:") : real.index("fonts:")], own[own.index("fonts:") :]
    sources = {
        path.relative_to(REPO).as_posix(): path.read_text("utf-8")
        for folder in ("house", "beacon", design)
        for path in sorted((REPO / "templates" / folder).iterdir())
    }
    campaign = FILES["campaign.yaml"]
    return {
        **sources,
        "campaign.yaml": campaign.replace("[tiny-card, tiny-sheet]", '["tiny-*"]').replace("bare", design),
        "brand/brand.yaml": own[: own.index("palette:")] + palette + rest,
        "brand/channels.yaml": channels,
        "brand/messages/hello.yaml": message,
        **(partners or {}),
    }
