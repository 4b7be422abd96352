"""What a printer asks of a PDF, read from the file itself: pages, colours, profile."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pikepdf

CONVERT = "none: convert to your own"


@dataclass(frozen=True, slots=True)
class PressFacts:
    """Pages, colours and profile of one file, in the words of the job ticket."""

    pages: int
    colours: str
    profile: str

    @property
    def is_for_press(self) -> bool:
        """Say whether the file names the conditions that it is to be printed in."""
        return self.profile != CONVERT


def read_press_facts(file: Path) -> PressFacts:
    """Return what a file for a printer is. A PDF without an output intent is taken for RGB, as the engine draws.

    Raises ValueError for a file that is no PDF.
    """
    try:
        with pikepdf.open(file) as pdf:
            pages = len(pdf.pages)
            intents = pdf.Root.get("/OutputIntents")
            if intents is None or len(intents) == 0:
                return PressFacts(pages, "RGB", CONVERT)
            intent = intents[0]
            named = intent.get("/OutputConditionIdentifier", intent.get("/OutputCondition"))
            profile = intent.get("/DestOutputProfile")
            inks = int(profile.get("/N", 4)) if profile is not None else 4
            return PressFacts(pages, {1: "black only", 3: "RGB"}.get(inks, "CMYK"), str(named or "embedded"))
    except pikepdf.PdfError as error:
        raise ValueError(f"{file.name} is no PDF that can be read: {error}") from error
