"""Propose inks for the palette colours that have none, and write them into ``brand/brand.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assetgen.loading.ink_conversion import Inks, palette_inks
from assetgen.loading.model import Brand
from assetgen.loading.yaml.document import YamlDocument
from assetgen.schema.brand_file import STOCKS

# Colour name → stock → inks in per cent.
Proposals = Mapping[str, Mapping[str, Inks]]
SRGB_VALUE = re.compile(r"""(["'])#[0-9A-Fa-f]{6}\1""")


def propose_inks(brand: Brand) -> Proposals:
    """Return calculated inks for each colour and stock for which the brand gives none."""
    proposals: dict[str, dict[str, Inks]] = {
        name: {
            stock: palette_inks(colour.srgb, stock, brand.conditions[stock])
            for stock in STOCKS
            if colour.inks(stock) is None
        }
        for name, colour in brand.file.palette.items()
    }
    return {name: inks for name, inks in proposals.items() if inks}


def insert_inks(text: str, document: YamlDocument, proposals: Proposals) -> str:
    """Return the text of ``brand.yaml`` with inks after the ``srgb`` of each colour; everything else is unchanged.

    ``document`` is the parsed text. A colour may be written in braces or as lines.
    """
    lines = text.splitlines(keepends=True)
    # From the last colour to the first, so that an insertion does not move the places that are still to come.
    places = {name: document.place("palette", name, "srgb") for name in proposals}
    for name in sorted(
        places, key=lambda name: (places[name].line or 0, places[name].column or 0), reverse=True
    ):
        place, start = places[name], document.key_place("palette", name, "srgb")
        row, column = (place.line or 1) - 1, (place.column or 1) - 1
        value = SRGB_VALUE.match(lines[row], column)
        if value is None:
            continue
        entries = [f"{stock}: {_as_yaml(inks)}" for stock, inks in proposals[name].items()]
        colour = document.place("palette", name)
        first = lines[(colour.line or 1) - 1][(colour.column or 1) - 1 :]
        if first.startswith("{"):
            added = "".join(f", {entry}" for entry in entries)
            lines[row] = lines[row][: value.end()] + added + lines[row][value.end() :]
        else:
            indent = " " * ((start.column or 1) - 1)
            end = "\r\n" if lines[row].endswith("\r\n") else "\n"
            if not lines[row].endswith("\n"):
                lines[row] += end
            lines[row] += "".join(f"{indent}{entry}{end}" for entry in entries)
    return "".join(lines)


def _as_yaml(inks: Inks) -> str:
    return f"[{', '.join(f'{ink:g}' for ink in inks)}]"
