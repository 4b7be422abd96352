"""Give every colour role a colour: the brand's own, or one that is derived from the brand's.

A template draws with colour roles (``ink``, ``paper``, ``slate``) and declares how each is derived. The brand decides:
``colours:`` in brand.yaml maps a role to a colour of its palette; otherwise a palette colour with the role's name is
used; otherwise the colour is derived in OKLCH, where equal steps of lightness look equal. So a brand with a single
colour can use every template.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from colorsys import rgb_to_hsv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assetgen.colour import CssColour, contrast, relative_luminance
from assetgen.findings import Finding, Place
from assetgen.loading.yaml.file_validation import most_similar
from assetgen.schema.brand_file import Colour
from assetgen.schema.template_file import ColourRole

if TYPE_CHECKING:
    from coloraide import Color

# The roles that every brand has, because parts of assetgen use them: QR codes, the footer, the panels of logos.
INK, PAPER = "ink", "paper"
# WCAG 2.2, 1.4.3 and 1.4.6: the minimum contrast of text, and the enhanced one. A derived colour aims for the second,
# which pictures need under small text.
MIN_TEXT_CONTRAST, PREFERRED_TEXT_CONTRAST = 4.5, 7.0
# The ratio at which ink on paper is safe for text, and for a QR code in poor light.
MIN_INK_CONTRAST = 7.0
# A palette colour is the paper if it is at least this light (OKLCH); else the paper is white.
MIN_PAPER_LIGHTNESS = 0.94
# The lightness and the maximum chroma of an ink that is derived from another colour: nearly black, with its hue.
INK_LIGHTNESS, INK_CHROMA = 0.25, 0.035
# A colour with less chroma is a grey and has no hue.
MIN_CHROMA = 0.008
WHITE = "#FFFFFF"
# Hues that differ by more than this angle (OKLCH, in degrees) have different names. The fast test uses that of HSV.
MAX_HUE_ANGLE, FAST_HUE_ANGLE = 40.0, 25.0
# Colours with less chroma (OKLCH) or saturation (HSV) look almost grey, so their hue does not matter.
MIN_VISIBLE_CHROMA, MIN_SATURATION = 0.05, 0.15
# Where each hue ends, in degrees of OKLCH.
HUE_NAMES = (
    *((15, "pink"), (45, "red"), (85, "orange"), (120, "yellow"), (170, "green"), (220, "turquoise")),
    *((285, "blue"), (320, "violet"), (360, "pink")),
)
# The steps of lightness in which a colour is moved to reach a contrast.
STEP = 0.005


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour that a template may use, by name: the brand's palette and the resolved roles.

    ``derived`` names the roles that the brand does not define.
    """

    colours: Mapping[str, Colour]
    derived: frozenset[str]


def core_palette(own: Mapping[str, Colour], mapping: Mapping[str, str]) -> Palette:
    """Return a brand's palette with the roles ``ink`` and ``paper``.

    Args:
        own: The colours of the brand, by name; at least one.
        mapping: Role → name of a colour in ``own``; names that it lacks are ignored.
    """
    colours = {**own, **{role: own[name] for role, name in mapping.items() if name in own}}
    derived = set()
    if PAPER not in colours:
        lightest = max(own.values(), key=lambda colour: lightness(colour.srgb))
        is_paper = lightness(lightest.srgb) >= MIN_PAPER_LIGHTNESS
        colours[PAPER] = lightest if is_paper else Colour(srgb=WHITE)
        derived.add(PAPER)
    if INK not in colours:
        colours[INK] = _derive_ink(own.values(), colours[PAPER].srgb)
        derived.add(INK)
    return Palette(colours, frozenset(derived))


def _derive_ink(own: Iterable[Colour], paper: str) -> Colour:
    """Return the darkest of several colours if text in it reads well on the paper; else a darker tone of it."""
    by_lightness = sorted(own, key=lambda colour: lightness(colour.srgb))
    darkest = by_lightness[0]
    # A brand's only colour besides the paper is its accent too, so its ink must differ from it.
    is_only = all(colour.srgb in (darkest.srgb, paper) for colour in by_lightness)
    if not is_only and contrast_of(darkest.srgb, paper) >= MIN_INK_CONTRAST:
        return darkest
    return Colour(srgb=_tone(darkest.srgb, INK_LIGHTNESS, INK_CHROMA))


def resolve_roles(core: Palette, roles: Mapping[str, ColourRole], mapping: Mapping[str, str]) -> Palette:
    """Return the palette with every role that a template declares. Roles that ``core`` has are not derived.

    ``mapping`` is role → name of a palette colour. A role may be derived from one that is declared before it.
    """
    colours = dict(core.colours)
    derived = set(core.derived)
    for name, role in roles.items():
        if mapping.get(name) in core.colours:
            colours[name] = core.colours[mapping[name]]
        elif name not in colours:
            colours[name] = derive(role, {known: colour.srgb for known, colour in colours.items()})
            derived.add(name)
    return Palette(colours, frozenset(derived))


def derive(role: ColourRole, known: Mapping[str, str]) -> Colour:
    """Return the colour of a role by its rule. ``known`` maps the colours resolved so far to ``#RRGGBB``."""
    if role.srgb is not None:
        return Colour(srgb=role.srgb, coated=role.coated, uncoated=role.uncoated, newsprint=role.newsprint)
    source = known[role.from_ or INK]
    level = min(max(lightness(source) + role.lighter - role.darker, 0.0), 1.0)
    srgb = _tone(source, level, role.chroma, role.hue)
    if role.contrast_with:
        other = known[role.contrast_with]
        reached = nearest_with_contrast(srgb, [other], PREFERRED_TEXT_CONTRAST)
        srgb = reached or nearest_with_contrast(srgb, [other], MIN_TEXT_CONTRAST) or srgb
    return Colour(srgb=srgb)


def text_role(accent: str, colours: Mapping[str, Colour]) -> str:
    """Return the role of text on an accent (``#RRGGBB``): ``ink``, or ``paper`` if that has more contrast."""
    return max((INK, PAPER), key=lambda role: contrast_of(colours[role].srgb, accent))


def nearest_with_contrast(srgb: str, others: Iterable[str], minimum: float) -> str | None:
    """Return the colour nearest in lightness that has the minimum contrast with one of the others; None if none has.

    Hue is kept, and chroma as far as the sRGB gamut allows. Colours are ``#RRGGBB``.
    """
    against = tuple(others)
    start = lightness(srgb)
    for step in range(round(1 / STEP) + 1):
        for level in {start - step * STEP, start + step * STEP}:
            if 0 <= level <= 1:
                tone = srgb if step == 0 else _tone(srgb, level)
                if any(contrast_of(tone, other) >= minimum for other in against):
                    return tone
    return None


def unknown_colour(name: str, known: Iterable[str], place: Place, code: str = "unknown-id") -> Finding:
    """Return the finding for the name of a colour that is not known, with the names that are."""
    names = sorted(known)
    near = most_similar(name, names)
    text = f'unknown colour "{name}" (the palette has: {", ".join(names)})'
    hint = f"did you mean {near}?" if near else "use one of these, or add it to palette: in brand/brand.yaml"
    return Finding(code, text, hint, place)


def contrast_of(one: str, other: str) -> float:
    """Return the contrast ratio, 1 to 21, of two colours (``#RRGGBB``)."""
    return contrast(relative_luminance(one), relative_luminance(other))


def lightness(srgb: str) -> float:
    """Return the OKLCH lightness, 0 to 1, of a colour (``#RRGGBB``)."""
    return float(_oklch(srgb)["lightness"])


def may_differ_in_hue(one: str, other: str) -> bool:
    """Return False if two colours (``#RRGGBB``) surely have about the same hue. A fast test before an exact one."""
    hues, saturations = zip(*(_hue_and_saturation(colour) for colour in (one, other)), strict=True)
    angle = abs(hues[0] - hues[1])
    return min(saturations) > MIN_SATURATION and bool(min(angle, 1 - angle) > FAST_HUE_ANGLE / 360)


def differ_in_hue(one: str, other: str) -> bool:
    """Return whether two colours (``#RRGGBB``) have different hues that everybody sees."""
    first, second = _oklch(one), _oklch(other)
    if min(first["chroma"], second["chroma"]) < MIN_VISIBLE_CHROMA:
        return False
    angle = abs(float(first["hue"]) - float(second["hue"])) % 360
    return bool(min(angle, 360 - angle) > MAX_HUE_ANGLE)


def hue_name(srgb: str) -> str:
    """Return the name of a colour's hue, such as ``orange``; ``grey`` if it has none."""
    colour = _oklch(srgb)
    if colour["chroma"] < MIN_CHROMA:
        return "grey"
    return next((name for end, name in HUE_NAMES if colour["hue"] < end), HUE_NAMES[0][1])


def _hue_and_saturation(srgb: str) -> tuple[float, float]:
    red, green, blue = CssColour(srgb).channels()
    hue, saturation, _ = rgb_to_hsv(red / 255, green / 255, blue / 255)
    return hue, saturation


def _tone(srgb: str, level: float, max_chroma: float | None = None, hue: float | None = None) -> str:
    """Return a colour with a different OKLCH lightness, as ``#RRGGBB`` within the sRGB gamut.

    ``max_chroma`` limits the chroma; with a ``hue`` (in degrees) it is the chroma.
    """
    colour = _oklch(srgb)
    own = float(colour["chroma"]) if colour["chroma"] >= MIN_CHROMA else 0.0
    limit = own if max_chroma is None else max_chroma
    colour["lightness"] = level
    colour["chroma"] = limit if hue is not None else min(own, limit)
    if hue is not None:
        colour["hue"] = hue
    return str(colour.convert("srgb").fit(method="oklch-chroma").to_string(hex=True)).upper()


def _oklch(srgb: str) -> Color:
    from coloraide import Color  # imported here: most brands define every role

    return Color(srgb).convert("oklch")
