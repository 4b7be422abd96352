"""Letters as the preflight checks read them from a page, at regular places: 0.6 em apart, 0.5 em of ink each."""

from __future__ import annotations

from dataclasses import replace

from assetgen.geometry import Box
from assetgen.preflight.pdf.finished_page import Letter
from assetgen.preflight.text.text_lines import PageText, Paragraph, join_lines

ADVANCE_EM, INK_EM, CAP_EM = 0.6, 0.5, 0.7


def letters_of_line(
    words: str, x: float = 100.0, y: float = 500.0, size: float = 20.0, group: int = 0
) -> list[Letter]:
    """Return the letters of a text, with its spaces, from left to right; it begins at (x, y) on the baseline."""
    return [
        Letter(
            char=sign,
            x=x + at * ADVANCE_EM * size,
            y=y,
            box=Box(x + at * ADVANCE_EM * size, y - CAP_EM * size, INK_EM * size, CAP_EM * size),
            size_px=size,
            rotation_deg=0.0,
            is_mirrored=False,
            object_index=1000 * group + at,
            group=group,
        )
        for at, sign in enumerate(words)
    ]


def mirrored(letters: list[Letter]) -> list[Letter]:
    """Return the letters as mirrored ones."""
    return [replace(letter, is_mirrored=True) for letter in letters]


def reading_of(*paragraphs: list[Letter]) -> PageText:
    """Return the reading of a page with these paragraphs."""

    def lines(letters: list[Letter]) -> tuple[list[Letter], list[Letter]]:
        return (
            [one for one in letters if not one.char.isspace()],
            [one for one in letters if one.char.isspace()],
        )

    all_letters = [letter for letters in paragraphs for letter in letters]
    return PageText(
        tuple(join_lines(*lines(all_letters))),
        tuple(Paragraph(tuple(join_lines(*lines(letters)))) for letters in paragraphs),
    )
