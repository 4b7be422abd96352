"""Colours, fonts, logos and pictures as values: what drawing needs to know of a file, or draws in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assetgen.campaign.dated import Dated
from assetgen.findings import NOWHERE, Place

Inks = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Colour:
    """One palette entry: sRGB as ``#RRGGBB``, inks as (cyan, magenta, yellow, black) in per cent.

    None for a stock on which it is not printed.
    """

    name: str
    srgb: str
    coated: Inks | None
    uncoated: Inks | None
    newsprint: Inks | None
    place: Place = NOWHERE

    def inks(self, condition: str) -> Inks | None:
        """Return its inks for a condition: ``coated``, ``uncoated``, ``newsprint``; None where it has none."""
        return {"coated": self.coated, "uncoated": self.uncoated, "newsprint": self.newsprint}[condition]


@dataclass(frozen=True, slots=True)
class Ink:
    """What of a logo's box is painted, as it was measured when the file was read.

    ``coverage`` is the painted share of the box. ``rim`` are the relative luminances (0 to 1, WCAG 2.2) of its
    outer edge, in nine even steps from dark to light: what meets the ground. ``ground`` is the colour
    (``#RRGGBB``) that the file brings along as its own pale ground, None where it is see-through.
    """

    coverage: float = 1.0
    rim: tuple[float, ...] = ()
    ground: str | None = None


@dataclass(frozen=True, slots=True)
class Logo:
    """A partner's logo, rebuilt at the door: what is drawn is ``content``, never the original.

    ``mime`` is ``image/svg+xml`` or ``image/png``; width and height are its own units, for the ratio: of its
    ink, to which a file of a partner's is cut. ``least_width_mm`` and ``clear`` (a share of its height) are the
    owner's rules; ``dark`` and ``mono`` the same logo for dark grounds and for work in one colour.
    """

    file: str
    alt: str
    mime: str
    content: bytes = field(repr=False)
    width: float
    height: float
    sha256: str
    source_sha256: str
    ink: Ink = Ink()
    place: Place = NOWHERE
    least_width_mm: float = 0.0
    clear: float = 0.0
    dark: Logo | None = None
    mono: Logo | None = None
    permission_until: Dated | None = None
    inks: Mapping[str, tuple[float, float, float, float]] = field(default_factory=dict)
    """A colour of the logo (``#RRGGBB``) → the inks that its owner prints it in, in per cent."""

    @property
    def files(self) -> dict[str, str]:
        """Return path → sha256 of each file that it was read from."""
        forms = (self, self.dark, self.mono)
        return {one.file: one.source_sha256 for one in forms if one}

    @property
    def is_vector(self) -> bool:
        """Say whether it is drawn sharp at any size."""
        return self.mime == "image/svg+xml"

    @property
    def ratio(self) -> float:
        """Return width ÷ height."""
        return self.width / self.height


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the brand's. ``content`` is its file as it came, which is never drawn: ``develop`` makes of it
    what is (``campaign/picture_file.py``), of ``width`` by ``height`` pixels.

    ``focus`` is the point that stays in view, in shares of width and height from the top left. Without ``alt``
    the picture is decoration. ``light`` is the name of the picture that stands in its place on light ground.
    """

    name: str
    file: str
    alt: str | None
    focus: tuple[float, float]
    content: bytes = field(repr=False)
    width: int
    height: int
    source_sha256: str
    light: str | None = None


@dataclass(frozen=True, slots=True)
class FontFace:
    """One font file: its family and weight as fontconfig sees them, metrics in em, and its bytes.

    ``content`` is what is measured and drawn with, never the file again: it is what ``sha256`` was taken of.
    ``postscript_name`` is the face's own name, which a file that it is embedded in keeps. ``cap_em`` is the
    height of a capital, ``ascent_em`` and ``descent_em`` (positive) the line's extent.
    """

    path: str
    family: str
    postscript_name: str
    weight: int
    italic: bool
    cap_em: float
    ascent_em: float
    descent_em: float
    sha256: str
    characters: frozenset[int] = field(repr=False)
    content: bytes = field(repr=False)
