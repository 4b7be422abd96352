"""Write the generated pages of docs/reference/: files, channels, commands, finding codes, Python API.

    python setup/reference_pages.py

Run by ``make docs``. A test holds the pages to what this writes.
"""

from __future__ import annotations

from pathlib import Path

import api_page
import channel_table
import command_pages
import finding_pages
import reference_tables

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
GENERATORS = (reference_tables, channel_table, command_pages, finding_pages, api_page)


def all_pages() -> dict[str, str]:
    """Return the text of every generated page, by its path below docs/reference/."""
    return {path: text for generator in GENERATORS for path, text in generator.pages().items()}


def main() -> None:
    """Write the pages."""
    for path, text in all_pages().items():
        target = FOLDER / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
