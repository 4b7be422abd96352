"""Custom properties that nobody declares: the engine sets the words in black, and says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DECLARED = re.compile(r"(--[A-Za-z_][\w-]*)\s*:")
# With a fallback (``var(--x, red)``) an undeclared property is meant.
USED = re.compile(r"var\(\s*(--[A-Za-z_][\w-]*)\s*\)")


def undeclared_variables(page: str, sheets: Iterable[str]) -> tuple[list[str], set[str]]:
    """Return the custom properties that a page or its style sheets use and neither declares, and all declared."""
    texts = [COMMENT.sub(" ", text) for text in (page, *sheets)]
    declared = {name for text in texts for name in DECLARED.findall(text)}
    used = dict.fromkeys(name for text in texts for name in USED.findall(text))
    return [name for name in used if name not in declared], declared
