"""What an SVG logo may hold: elements, attributes with their readers, and what is left out in silence.

Three kinds of attribute: those in ``SHAPES`` … ``PRESENTATION`` are read and written again; those that
``is_inert`` knows change no picture without text and are dropped; all others are refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from assetgen.loading.artwork.svg.values import (
    Reader,
    one_of,
    read_aspect,
    read_box,
    read_dashes,
    read_href,
    read_length,
    read_miter_limit,
    read_paint,
    read_path,
    read_points,
    read_radius,
    read_share,
    read_size,
    read_solid_colour,
    read_transform,
    read_url,
)

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XHTML = "http://www.w3.org/1999/xhtml"

_PLACE: Mapping[str, Reader] = {"x": read_length, "y": read_length}
_SIZE: Mapping[str, Reader] = {"width": read_size, "height": read_size}
_VIEW: Mapping[str, Reader] = {"viewBox": read_box, "preserveAspectRatio": read_aspect}
_MOVE: Mapping[str, Reader] = {"transform": read_transform}
_GRADIENT: Mapping[str, Reader] = {
    "href": read_href,
    "gradientUnits": one_of("userSpaceOnUse", "objectBoundingBox", default="objectBoundingBox"),
    "gradientTransform": read_transform,
    # The engine repeats a gradient stop by stop: a short one would fill the memory.
    "spreadMethod": one_of("pad", default="pad"),
}

SHAPES: Mapping[str, Mapping[str, Reader]] = {
    "path": {"d": read_path, **_MOVE},
    "rect": {**_PLACE, **_SIZE, "rx": read_radius, "ry": read_radius, **_MOVE},
    "circle": {"cx": read_length, "cy": read_length, "r": read_size, **_MOVE},
    "ellipse": {"cx": read_length, "cy": read_length, "rx": read_radius, "ry": read_radius, **_MOVE},
    "line": {"x1": read_length, "y1": read_length, "x2": read_length, "y2": read_length, **_MOVE},
    "polyline": {"points": read_points, **_MOVE},
    "polygon": {"points": read_points, **_MOVE},
}
GRADIENTS: Mapping[str, Mapping[str, Reader]] = {
    "linearGradient": {
        "x1": read_length,
        "y1": read_length,
        "x2": read_length,
        "y2": read_length,
        **_GRADIENT,
    },
    "radialGradient": {
        "cx": read_length,
        "cy": read_length,
        "r": read_size,
        "fx": read_length,
        "fy": read_length,
        "fr": read_size,
        **_GRADIENT,
    },
}
ELEMENTS: Mapping[str, Mapping[str, Reader]] = {
    "svg": {**_PLACE, **_SIZE, **_VIEW},
    "g": _MOVE,
    "defs": {},
    "symbol": _VIEW,
    "use": {"href": read_href, **_PLACE, **_SIZE, **_MOVE},
    "clipPath": {"clipPathUnits": one_of("userSpaceOnUse", default="userSpaceOnUse"), **_MOVE},
    "stop": {"offset": read_share},
    **SHAPES,
    **GRADIENTS,
}
GEOMETRY = frozenset(name for readers in ELEMENTS.values() for name in readers)
"""An attribute of one element does nothing on another, and is left out there."""

LISTS = frozenset({"d", "points", "transform", "gradientTransform", "stroke-dasharray"})
"""Values of any length; every other is one word or a few."""

PRESENTATION: Mapping[str, Reader] = {
    "fill": read_paint,
    "stroke": read_paint,
    "color": read_solid_colour,
    "opacity": read_share,
    "fill-opacity": read_share,
    "stroke-opacity": read_share,
    "fill-rule": one_of("nonzero", "evenodd"),
    "clip-rule": one_of("nonzero", "evenodd"),
    "stroke-width": read_size,
    "stroke-linecap": one_of("butt", "round", "square"),
    "stroke-linejoin": one_of("miter", "round", "bevel"),
    "stroke-miterlimit": read_miter_limit,
    "stroke-dasharray": read_dashes,
    "stroke-dashoffset": read_length,
    "display": one_of("none", "inline", "block"),
    "visibility": one_of("visible", "hidden", "collapse"),
    "clip-path": read_url,
    "overflow": one_of("visible", "hidden", "auto", "scroll"),
    "stop-color": read_solid_colour,
    "stop-opacity": read_share,
}
NOT_INHERITED = frozenset({"opacity", "clip-path", "overflow", "stop-color", "stop-opacity"})
ONLY_ON: Mapping[str, frozenset[str]] = {
    "opacity": frozenset({"svg", "g", "use", "symbol", *SHAPES}),
    "overflow": frozenset({"svg", "symbol"}),
    "stop-color": frozenset({"stop"}),
    "stop-opacity": frozenset({"stop"}),
}
"""Presentation that does not pass to what stands inside: on other elements it says nothing."""

CONTENT: Mapping[str, frozenset[str]] = {
    "clipPath": frozenset({"use", *SHAPES}),
    "linearGradient": frozenset({"stop"}),
    "radialGradient": frozenset({"stop"}),
    **dict.fromkeys(("stop", "use", *SHAPES), frozenset()),
}
"""What may stand in an element; in those not named here, anything but ``stop``."""

UNSEEN = frozenset({"metadata", "title", "desc"})
# Drawn only where something refers to them: set aside, and the reference is the fault.
SET_ASIDE = frozenset({"filter", "mask", "pattern", "marker"})
NEUTRAL = {
    "filter": {"none"},
    "mask": {"none"},
    "marker": {"none"},
    "marker-start": {"none"},
    "marker-mid": {"none"},
    "marker-end": {"none"},
    "mix-blend-mode": {"normal"},
    "paint-order": {"normal", "markers", "fill", "fill stroke", "fill stroke markers"},
    "vector-effect": {"none"},
    "color-interpolation": {"auto", "sRGB"},
    "clip": {"auto"},
    "transform-origin": {"0 0", "0px 0px"},
}
_INERT = frozenset(
    """
    class lang version baseProfile role tabindex focusable zoomAndPan contentScriptType contentStyleType
    isolation enable-background shape-rendering color-rendering image-rendering text-rendering
    color-profile color-interpolation-filters solid-color solid-opacity flood-color flood-opacity
    lighting-color pointer-events cursor will-change
    direction unicode-bidi writing-mode dominant-baseline alignment-baseline baseline-shift
    letter-spacing word-spacing line-height kerning white-space shape-inside shape-padding inline-size
    shape-margin glyph-orientation-horizontal glyph-orientation-vertical block-progression
    """.split()
)
_INERT_BEGINNINGS = ("data-", "aria-", "font", "text-", "-inkscape-")

SHAPES_ALONE = "export a plain SVG of shapes alone"
_OUTLINES = "convert the text to outlines, then export again"
_NO_PICTURE = "trace the picture, or hand in the whole logo as a .png"
_STILL = "export again without animation"
ELEMENT_HINTS = {
    **dict.fromkeys(
        ("text", "tspan", "textPath", "tref", "altGlyph", "font", "font-face", "glyph"), _OUTLINES
    ),
    **dict.fromkeys(("flowRoot", "flowRegion", "flowPara", "flowSpan"), _OUTLINES),
    **dict.fromkeys(("image", "feImage", "video", "audio", "canvas"), _NO_PICTURE),
    **dict.fromkeys(("animate", "animateColor", "animateMotion", "animateTransform", "set"), _STILL),
    "style": "export with presentation attributes instead of a style sheet",
    "script": "export again without scripts",
    "foreignObject": "remove it, then export a plain SVG",
    "a": "remove the link, and keep the shapes in it",
    "switch": "remove it, and keep the shapes in it",
}
EXPAND = "expand the effect to plain shapes, then export again"
ATTRIBUTE_HINTS = {
    **dict.fromkeys(("filter", "mask", "marker", "marker-start", "marker-mid", "marker-end"), EXPAND),
    "mix-blend-mode": "flatten the transparency, then export again",
    "paint-order": "expand the stroke to a shape, then export again",
    "vector-effect": "expand the stroke to a shape, then export again",
}


def is_inert(name: str, value: str) -> bool:
    """Say whether an attribute or a style's property changes no picture that holds no text."""
    if name in _INERT or name.startswith(_INERT_BEGINNINGS):
        return True
    return " ".join(value.split()) in NEUTRAL.get(name, ())
