"""The allowed elements and attributes of an SVG logo, with a reader for each attribute.

There are three kinds of attribute. Attributes in ``ELEMENTS`` and ``PRESENTATION`` are read and written again.
Attributes that have no effect on the element, or for which ``is_inert`` is true, are removed silently. All others are
reported as findings.
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

_POSITION: Mapping[str, Reader] = {"x": read_length, "y": read_length}
_SIZE: Mapping[str, Reader] = {"width": read_size, "height": read_size}
_VIEW: Mapping[str, Reader] = {"viewBox": read_box, "preserveAspectRatio": read_aspect}
_TRANSFORM: Mapping[str, Reader] = {"transform": read_transform}
_GRADIENT: Mapping[str, Reader] = {
    "href": read_href,
    "gradientUnits": one_of("userSpaceOnUse", "objectBoundingBox", default="objectBoundingBox"),
    "gradientTransform": read_transform,
    # WeasyPrint writes out every stop of a repeated gradient. A short one would fill the memory.
    "spreadMethod": one_of("pad", default="pad"),
}

SHAPES: Mapping[str, Mapping[str, Reader]] = {
    "path": {"d": read_path, **_TRANSFORM},
    "rect": {**_POSITION, **_SIZE, "rx": read_radius, "ry": read_radius, **_TRANSFORM},
    "circle": {"cx": read_length, "cy": read_length, "r": read_size, **_TRANSFORM},
    "ellipse": {"cx": read_length, "cy": read_length, "rx": read_radius, "ry": read_radius, **_TRANSFORM},
    "line": {"x1": read_length, "y1": read_length, "x2": read_length, "y2": read_length, **_TRANSFORM},
    "polyline": {"points": read_points, **_TRANSFORM},
    "polygon": {"points": read_points, **_TRANSFORM},
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
    "svg": {**_POSITION, **_SIZE, **_VIEW},
    "g": _TRANSFORM,
    "defs": {},
    "symbol": _VIEW,
    "use": {"href": read_href, **_POSITION, **_SIZE, **_TRANSFORM},
    "clipPath": {"clipPathUnits": one_of("userSpaceOnUse", default="userSpaceOnUse"), **_TRANSFORM},
    "stop": {"offset": read_share},
    **SHAPES,
    **GRADIENTS,
}
GEOMETRY = frozenset(name for readers in ELEMENTS.values() for name in readers)
"""Attributes of some elements. On other elements they have no effect, and are removed silently."""

LISTS = frozenset({"d", "points", "transform", "gradientTransform", "stroke-dasharray"})
"""Attributes whose values may have any length. All others have one word or a few."""

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
"""Presentation attributes that are not inherited → the elements on which they have an effect. They are removed from
other elements."""

CONTENT: Mapping[str, frozenset[str]] = {
    "clipPath": frozenset({"use", *SHAPES}),
    "linearGradient": frozenset({"stop"}),
    "radialGradient": frozenset({"stop"}),
    **dict.fromkeys(("stop", "use", *SHAPES), frozenset()),
}
"""The children that an element may have. Elements that are not listed here may have any but ``stop``."""

IGNORED_ELEMENTS = frozenset({"metadata", "title", "desc"})
# Elements that are not supported and are drawn only by reference. They are removed: only a reference is a finding.
UNSUPPORTED_TARGETS = frozenset({"filter", "mask", "pattern", "marker"})
# Values that have no effect, by attribute or style property.
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
_INERT_PREFIXES = ("data-", "aria-", "font", "text-", "-inkscape-")

PLAIN_SHAPES_HINT = "export a plain SVG that contains only shapes"
_OUTLINES_HINT = "convert the text to outlines, then export again"
_NO_PICTURE_HINT = "trace the picture, or supply the whole logo as a .png"
_STILL_HINT = "export again without animation"
ELEMENT_HINTS = {
    **dict.fromkeys(
        ("text", "tspan", "textPath", "tref", "altGlyph", "font", "font-face", "glyph"), _OUTLINES_HINT
    ),
    **dict.fromkeys(("flowRoot", "flowRegion", "flowPara", "flowSpan"), _OUTLINES_HINT),
    **dict.fromkeys(("image", "feImage", "video", "audio", "canvas"), _NO_PICTURE_HINT),
    **dict.fromkeys(("animate", "animateColor", "animateMotion", "animateTransform", "set"), _STILL_HINT),
    "style": "export with presentation attributes instead of a style sheet",
    "script": "export again without scripts",
    "foreignObject": "remove it, then export a plain SVG",
    "a": "remove the <a> element, and keep the shapes in it",
    "switch": "remove the <switch> element, and keep the shapes in it",
}
EXPAND_HINT = "convert the effect to plain shapes, then export again"
ATTRIBUTE_HINTS = {
    **dict.fromkeys(("filter", "mask", "marker", "marker-start", "marker-mid", "marker-end"), EXPAND_HINT),
    "mix-blend-mode": "flatten the transparency, then export again",
    "paint-order": "convert the stroke to a shape, then export again",
    "vector-effect": "convert the stroke to a shape, then export again",
}


def is_inert(name: str, value: str) -> bool:
    """Return whether an attribute or style property has no effect on a picture without text."""
    if name in _INERT or name.startswith(_INERT_PREFIXES):
        return True
    return " ".join(value.split()) in NEUTRAL.get(name, ())
