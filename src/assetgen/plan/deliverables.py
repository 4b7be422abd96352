"""The further forms of a channel's asset: each is the channel again, with what it demands otherwise.

``office`` is for a printer on somebody's desk, and the form that is read aloud: no bleed, RGB, on light ground, tagged
to PDF/UA-1. ``mono`` is a press advertisement in black alone. ``sheet-a4`` and ``sheet-sra3`` are the press file of a
small thing several up on a paper, to be cut. The main form has no name, and no suffix.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assetgen.catalogue.page_sizes import SHEETS, UNPRINTABLE_MM
from assetgen.loading.model import Channel
from assetgen.plan.sheets import sheet_for

OFFICE, MONO = "office", "mono"
ON_LIGHT = frozenset({OFFICE, MONO})
"""A desktop printer, or one ink, has no dark field."""


def forms_of(channel: Channel) -> Iterator[Channel]:
    """Yield the channel itself, then each of its further forms; a sheet that two do not fit on is none."""
    yield channel
    for name in channel.deliverables:
        form = replace(channel, deliverable=name)
        if name == OFFICE:
            top, right, bottom, left = (max(side, UNPRINTABLE_MM) for side in channel.safe)
            safe = (top, right, bottom, left)
            yield replace(form, bleed_mm=0.0, colour="srgb", ground="light", safe=safe, printer=None)
        elif name == MONO:
            yield replace(form, ground="light")
        elif name not in SHEETS or sheet_for(form):
            yield form
