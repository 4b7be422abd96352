"""Sizes of a partner's own, as somebody types them: ``pvc-banner 2400x600``, or ``stall: pvc-banner 2400 x 600 mm``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assetgen.findings import Finding
from assetgen.loading.yaml.ids import propose_id

NUMBER = r"\d{1,5}(?:\.\d{1,3})?"
SIZE = re.compile(
    rf"(?:(?P<id>[^:]+?)\s*:\s*)?(?P<like>\S+)\s+(?P<width>{NUMBER})\s*[x×]\s*(?P<height>{NUMBER})\s*(?:mm|px)?"
)
HINT = (
    "write a channel and a size, in mm or, on screens, px: pvc-banner 2400x600, or stall: pvc-banner 2400x600"
)


def read_sizes(words: Iterable[str]) -> tuple[list[dict[str, object]], list[Finding]]:
    """Return the values of ``extra`` that some words ask for, and a finding for each that asks for no size.

    What a size may be is judged later, as in a partner's file. The unit is the channel's, whatever is written.
    """
    sizes: list[dict[str, object]] = []
    findings: list[Finding] = []
    for word in words:
        found = SIZE.fullmatch(word.strip())
        if found is None:
            findings.append(Finding("bad-value", f"no size can be read in “{word[:60]}”", HINT))
            continue
        width, height = (_number(found[side]) for side in ("width", "height"))
        name = found["id"] or propose_id("channel", f"{found['like']}-{width}x{height}")
        sizes.append({"id": name, "like": found["like"], "size": [width, height]})
    return sizes, findings


def _number(word: str) -> float | int:
    return float(word) if float(word) % 1 else int(float(word))
