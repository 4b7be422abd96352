"""The test helper ``black_faults`` must find ink under black: it is tested with plates made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.support.press_pages import COATED_PRESS, Plates
from tests.support.press_properties import black_faults

DPI = 254  # ten pixels a millimetre
PRESS = replace(COATED_PRESS, bleed_mm=1.0, slug_mm=0.0, scale=1.0)


def plates_of(background: tuple[float, ...], letter: tuple[float, ...]) -> Plates:
    """Return plates of 12 × 12 mm with a letter of 2 × 4 mm on a background."""
    plates = np.empty((4, 120, 120), np.float32)
    plates[:] = np.array(background, np.float32)[:, None, None]
    plates[:, 40:80, 50:70] = np.array(letter, np.float32)[:, None, None]
    return plates.astype(np.float64)


@pytest.mark.parametrize("role", ["imprint", "code"])
@pytest.mark.parametrize(
    ("background", "letter", "is_reported"),
    [
        ((0, 0, 0, 0), (0, 0, 0, 1), False),
        ((0, 0.2, 0.4, 0), (0, 0, 0, 1), False),
        ((0, 0.2, 0.4, 0), (0, 0.2, 0.4, 1), False),
        ((0, 0, 0, 0), (0.3, 0, 0, 1), True),
        ((0, 0.2, 0.4, 0), (0, 0.5, 0.4, 1), True),
    ],
    ids=[
        "black on white",
        "black on a tint",
        "black over its tint",
        "cyan under black",
        "more than the tint",
    ],
)
def test_ink_under_black_is_reported_unless_it_is_the_background_tint(
    role: str, background: tuple[float, ...], letter: tuple[float, ...], is_reported: bool
) -> None:
    entry: dict[str, Any] = {"regions": [{"role": role, "box": (2, 2, 6, 6)}]}

    assert bool(black_faults(plates_of(background, letter), DPI, entry, PRESS)) is is_reported


def test_a_code_without_full_black_is_reported_but_reversed_text_is_not() -> None:
    reversed_text = plates_of((0.6, 0.4, 0.3, 0.9), (0, 0, 0, 0))
    pale_code = plates_of((0, 0, 0, 0), (0, 0, 0, 0.8))

    assert (
        black_faults(reversed_text, DPI, {"regions": [{"role": "imprint", "box": (2, 2, 6, 6)}]}, PRESS) == []
    )
    assert black_faults(pale_code, DPI, {"regions": [{"role": "code", "box": (2, 2, 6, 6)}]}, PRESS) != []
