"""The form of what a person writes about presses: printing conditions, inks of logos, printers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from assetgen.campaign.schema_types import COLOUR, Inks, Line, OnOff, Strict, Words

Stock = Literal["coated", "uncoated", "newsprint"]
LogoInks = dict[Annotated[str, StringConstraints(pattern=COLOUR)], Inks]


class ColourFile(Strict):
    """One colour: sRGB for screens, inks in per cent (cyan, magenta, yellow, black) for each stock it is printed on."""

    srgb: Annotated[str, StringConstraints(pattern=COLOUR)]
    coated: Inks | None = None
    uncoated: Inks | None = None
    newsprint: Inks | None = None


class ConditionFile(Strict):
    """One printing condition (``brand.yaml``, ``press``): its registered name, its profile in ``brand/profiles``."""

    condition: Annotated[Line, Field(max_length=60)] | None = None
    info: Annotated[Line, Field(max_length=120)] | None = None
    profile: Words | None = None
    ink_limit: Annotated[float, Field(ge=100, le=400)] | None = None


class PrinterFile(Strict):
    """One printer of ``brand/printers.yaml``: how it wants the files that it prints."""

    name: Annotated[Line, Field(max_length=60)]
    marks: OnOff = False
    bleed_mm: Annotated[float, Field(gt=0, le=20)] | None = None
    variant: Literal["x4", "x1a"] | None = None
    conditions: dict[Stock, ConditionFile] = Field(default={})
    naming: Annotated[Words, Field(max_length=120)] | None = None
    source: Words | None = None
