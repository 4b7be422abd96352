"""The further forms of a channel's asset: each is the channel again, with what it demands otherwise.

``office`` is for a printer on somebody's desk, and the form that is read aloud: no bleed, RGB, on light ground, tagged
to PDF/UA-1. ``mono`` is a press advertisement in black alone. The main form has no name, and no suffix.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assetgen.campaign.model import Channel

OFFICE, MONO = "office", "mono"
# What a desktop printer leaves white along each edge.
UNPRINTABLE_MM = 5.0


def forms_of(channel: Channel) -> Iterator[Channel]:
    """Yield the channel itself, then each of its further forms."""
    yield channel
    for name in channel.deliverables:
        if name == OFFICE:
            top, right, bottom, left = (max(side, UNPRINTABLE_MM) for side in channel.safe)
            safe = (top, right, bottom, left)
            yield replace(channel, deliverable=name, bleed_mm=0.0, colour="srgb", ground="light", safe=safe)
        else:
            yield replace(channel, deliverable=name, ground="light")
