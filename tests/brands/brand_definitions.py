"""The twelve brands: real font families of Debian packages, palettes of 2 to 12 colours, and kinds of service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

TRUETYPE, OPENTYPE = Path("/usr/share/fonts/truetype"), Path("/usr/share/fonts/opentype")
TEX = Path("/usr/share/texmf/fonts/opentype/public")


@dataclass(frozen=True)
class BrandDefinition:
    """One brand: its fonts by role and their files, its palette, and the accent of each of its messages.

    ``template`` is the template of every channel. With ``woff2`` the font files are compressed to WOFF2 first.
    ``number``, ``address`` and ``promise`` are the facts; None for a service without one.
    """

    name: str
    fonts: Mapping[str, str]
    files: tuple[Path, ...]
    palette: Mapping[str, str]
    accents: tuple[str, ...]
    template: str
    colours: Mapping[str, str] = field(default_factory=dict)
    background: str | None = None
    woff2: bool = False
    number: str | None = "0808 157 0123"
    address: str | None = "www.example.org"
    promise: str | None = "Open to everyone"


def _files(folder: Path, *names: str) -> tuple[Path, ...]:
    return tuple(folder / name for name in names)


LATO = _files(TRUETYPE / "lato", "Lato-Medium.ttf", "Lato-Semibold.ttf", "Lato-Bold.ttf")

BRANDS = (
    BrandDefinition(
        name="Two colours, saturated red",
        fonts={"text": "Lato"},
        files=LATO,
        palette={"red": "#C8102E", "white": "#FFFFFF"},
        accents=("red",),
        template="beacon",
    ),
    BrandDefinition(
        name="Four colours, light grey accent",
        fonts={"text": "Open Sans"},
        files=_files(
            TRUETYPE / "open-sans", "OpenSans-Regular.ttf", "OpenSans-Semibold.ttf", "OpenSans-Bold.ttf"
        ),
        palette={"ink": "#1F1F24", "paper": "#F7F7F5", "ash": "#B9BCC2", "slate": "#4B4F58"},
        accents=("ash",),
        template="plain",
    ),
    BrandDefinition(
        name="Three colours, dark blue accent",
        fonts={"text": "Roboto"},
        files=_files(
            TRUETYPE / "roboto/unhinted/RobotoTTF",
            "Roboto-Regular.ttf",
            "Roboto-Medium.ttf",
            "Roboto-Bold.ttf",
        ),
        address=None,
        palette={"navy": "#00264D", "blue": "#1565C0", "sky": "#CFE4FA"},
        accents=("blue", "sky"),
        template="window",
    ),
    BrandDefinition(
        name="Variable font, dark green accent",
        fonts={"text": "Inter"},
        files=_files(TRUETYPE / "inter-vf", "Inter-roman.var.ttf"),
        palette={
            "night": "#0E1512",
            "cream": "#FFFBF2",
            "forest": "#0B5D3B",
            "mint": "#9BE3BE",
            "stone": "#D9D4C7",
        },
        accents=("forest", "mint"),
        template="together",
        colours={"ink": "night", "paper": "cream"},
    ),
    BrandDefinition(
        name="CFF outlines, saturated orange",
        fonts={"text": "Cantarell"},
        files=_files(OPENTYPE / "cantarell", "Cantarell-Regular.otf", "Cantarell-Bold.otf"),
        number="116 123",
        promise=None,
        palette={"ink": "#000000", "paper": "#FFFFFF", "orange": "#FF6A13"},
        accents=("orange",),
        template="quiet",
    ),
    BrandDefinition(
        name="Serif headline, sans text, burgundy",
        fonts={"text": "Lato", "headline": "EB Garamond"},
        files=(
            *LATO,
            *_files(OPENTYPE / "ebgaramond", "EBGaramond12-Regular.otf", "EBGaramond12-Bold.otf"),
        ),
        palette={
            "ink": "#221A1C",
            "paper": "#FBF7F4",
            "burgundy": "#6D1A36",
            "blush": "#F1C9C4",
            "gold": "#C9A227",
            "moss": "#5F6B3A",
        },
        accents=("burgundy", "gold"),
        template="plain",
        background="light",
    ),
    BrandDefinition(
        name="All serif, dark grey accent",
        fonts={"text": "Vollkorn"},
        files=_files(
            TRUETYPE / "vollkorn", "Vollkorn-Medium.ttf", "Vollkorn-SemiBold.ttf", "Vollkorn-Bold.ttf"
        ),
        number=None,
        promise=None,
        palette={"charcoal": "#4A4A4A", "chalk": "#F4F4F0", "brick": "#A23B2A"},
        accents=("charcoal", "brick"),
        template="beacon",
        background="light",
    ),
    BrandDefinition(
        name="Rounded letters, pale pink",
        fonts={"text": "Quicksand"},
        files=_files(TRUETYPE / "quicksand", "Quicksand-Medium.ttf", "Quicksand-Bold.ttf"),
        palette={"plum": "#3B1C3F", "white": "#FFFFFF", "pink": "#F7B7D2", "lilac": "#CDB4F0"},
        accents=("pink", "lilac"),
        template="window",
        background="light",
    ),
    BrandDefinition(
        name="WOFF2, one colour",
        fonts={"text": "Cabin"},
        files=_files(OPENTYPE / "cabin", "Cabin-Medium.otf", "Cabin-SemiBold.otf", "Cabin-Bold.otf"),
        number=None,
        palette={"teal": "#007A78"},
        accents=("teal",),
        template="together",
        background="light",
        woff2=True,
    ),
    BrandDefinition(
        name="Twelve colours",
        fonts={"text": "League Spartan"},
        files=_files(
            OPENTYPE / "league-spartan",
            "LeagueSpartan-Medium.otf",
            "LeagueSpartan-SemiBold.otf",
            "LeagueSpartan-Bold.otf",
        ),
        palette={
            "ink": "#14213D",
            "paper": "#FFFDF7",
            "door": "#22335C",
            "glow": "#33497F",
            "slate": "#3A4B6E",
            "mist": "#C8D0E0",
            "light": "#FFF3D6",
            "glare": "#FFFFFF",
            "warm": "#FFE3A8",
            "honey": "#FCD581",
            "coral": "#FF7F6B",
            "aqua": "#6FD6C9",
        },
        accents=("coral", "aqua"),
        template="beacon",
    ),
    BrandDefinition(
        name="Old-style serif, yellow",
        fonts={"text": "Linux Libertine O", "headline": "Linux Biolinum O"},
        files=_files(
            OPENTYPE / "linux-libertine",
            "LinLibertine_R.otf",
            "LinLibertine_RB.otf",
            "LinBiolinum_R.otf",
            "LinBiolinum_RB.otf",
        ),
        number="988",
        address=None,
        promise=None,
        palette={"black": "#111111", "white": "#FFFFFF", "yellow": "#FFD100"},
        accents=("yellow",),
        template="plain",
    ),
    BrandDefinition(
        name="Condensed letters, violet",
        fonts={"text": "TeXGyreHerosCn"},
        files=_files(TEX / "tex-gyre", "texgyreheroscn-regular.otf", "texgyreheroscn-bold.otf"),
        palette={"violet": "#5B2A86", "lavender": "#E9DDF5", "ink": "#1B1026", "lime": "#C6E36A"},
        accents=("violet", "lime"),
        template="quiet",
        background="light",
    ),
)

# Channels of every shape and medium.
CHANNELS = (
    *("ig-square", "ig-story", "fb-link-share", "x-header", "ig-portrait-4x5", "social-avatar"),
    *("disp-mpu", "disp-leaderboard", "disp-wide-skyscraper", "disp-billboard", "disp-mobile-banner"),
    *("disp-half-page", "publisher-skin", "gads-logo-wide"),
    *("dooh-d6", "dooh-d48", "dooh-landscape", "teams-background", "desktop-wallpaper", "email-header"),
    *("poster-a4", "card-wallet", "beermat-round", "leaflet-dl", "pvc-banner"),
    *("bus-superside", "ooh-48-sheet", "ooh-6-sheet", "press-25x4", "press-10x2"),
)
