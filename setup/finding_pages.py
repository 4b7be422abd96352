"""Write docs/reference/findings.md: every code of a finding, from the texts of ``assetgen explain``.

Run by ``make docs``.
"""

from __future__ import annotations

import re

from assetgen.cli import report

HEAD = """\
# Finding codes

Written by `make docs` from the texts in `src/assetgen/cli/explain/`: change them there.
`assetgen explain CODE` prints one of them in a terminal.

A finding is an error, a warning or a note.
An error keeps an asset out of `out/` and makes the exit code 1; `--strict` makes each warning an error.
"""


def pages() -> dict[str, str]:
    """Return the page by its path below docs/reference/."""
    codes = report.list_codes()
    lines = [HEAD, "| code | meaning |", "|---|---|"]
    lines += [f"| [`{code}`](#{code}) | {report.title_of(code)} |" for code in codes]
    return {"findings.md": "\n".join([*lines, "", *map(_section, codes)]).rstrip() + "\n"}


def _section(code: str) -> str:
    """Return one code's text: its title as a paragraph, its headings as bold words."""
    _, _, body = report.explain(code).partition("\n")
    body = re.sub(r"^## (.+)$", r"**\1**", body, flags=re.MULTILINE)
    return f"## {code}\n\n*{report.title_of(code)}*\n{body.rstrip()}\n"
