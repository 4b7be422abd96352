"""Logos as values: what drawing needs to know of a file, and what is drawn in its place."""

from __future__ import annotations

from dataclasses import dataclass, field

from assetgen.findings import NOWHERE, Place


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
