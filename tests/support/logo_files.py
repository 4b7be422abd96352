"""SVG logos: files of a few elements, and Hypothesis strategies for valid trees of elements."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import strategies as st

NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
SHAPE = '<path d="M0 0L9 0L9 9Z"/>'


def svg_file(inside: str, attributes: str = 'viewBox="0 0 10 10"') -> bytes:
    """Return an SVG file with these elements."""
    return f"<svg {NAMESPACES} {attributes}>{inside}</svg>".encode()


NUMBERS = st.floats(-50, 50).map(lambda number: f"{number:.3g}")


def make_element(
    tag: str, attributes: dict[str, str], children: list[ElementTree.Element]
) -> ElementTree.Element:
    """Return an element with its children."""
    new = ElementTree.Element(tag, attributes)
    new.extend(children)
    return new


FILLS = st.sampled_from(["red", "#12345680", "none", "url(#lin)", "url(#rad)", "currentColor"])
LENGTHS = st.floats(0, 60).map(lambda number: f"{number:.4g}")
RADII = st.floats(-60, 60).filter(lambda radius: abs(radius) > 0.1 or not radius).map(str)
VALID_PATHS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from("LlTtMm"), st.tuples(NUMBERS, NUMBERS)),
        st.tuples(st.sampled_from("HhVv"), st.tuples(NUMBERS)),
        st.tuples(st.sampled_from("SsQq"), st.tuples(*[NUMBERS] * 4)),
        st.tuples(st.sampled_from("Cc"), st.tuples(*[NUMBERS] * 6)),
        st.tuples(
            st.sampled_from("Aa"),
            st.tuples(RADII, RADII, NUMBERS, st.sampled_from("01"), st.sampled_from("01"), NUMBERS, NUMBERS),
        ),
        st.tuples(st.sampled_from("Zz"), st.just(())),
    ),
    max_size=7,
).map(lambda parts: "M5 5" + "".join(letter + " ".join(numbers) for letter, numbers in parts))
STYLE_ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "fill": FILLS,
        "stroke": FILLS,
        "stroke-width": LENGTHS,
        "opacity": st.sampled_from(["0", ".3", "80%", "1"]),
        "fill-rule": st.sampled_from(["evenodd", "nonzero"]),
        "clip-path": st.just("url(#clip)"),
        "stroke-dasharray": st.sampled_from(["none", "4", "3,2,1", "0 0", "5mm 2"]),
        "stroke-dashoffset": NUMBERS,
        "visibility": st.sampled_from(["hidden", "visible"]),
        "display": st.sampled_from(["none", "inline"]),
        "transform": st.sampled_from(
            ["translate(3-4)", "scale(-1 2)rotate(30,5 5)", "skewX(20)", "matrix(.5 0 0 2 1 1)"]
        ),
    },
)


def shapes_of(
    tag: str, geometry: dict[str, st.SearchStrategy[str]]
) -> st.SearchStrategy[ElementTree.Element]:
    """Return a strategy for a shape with random style and geometry."""
    values = st.fixed_dictionaries({}, optional=geometry)
    return st.builds(lambda look, place: make_element(tag, look | place, []), STYLE_ATTRIBUTES, values)


VALID_SHAPES = st.one_of(
    shapes_of("path", {"d": VALID_PATHS}),
    shapes_of("rect", {"x": NUMBERS, "width": LENGTHS, "height": LENGTHS, "rx": LENGTHS, "ry": LENGTHS}),
    shapes_of("circle", {"cx": NUMBERS, "cy": NUMBERS, "r": LENGTHS}),
    shapes_of("ellipse", {"cx": NUMBERS, "cy": NUMBERS, "rx": LENGTHS, "ry": LENGTHS}),
    shapes_of("line", {"x1": NUMBERS, "y1": NUMBERS, "x2": NUMBERS, "y2": NUMBERS}),
    shapes_of(
        "polygon",
        {
            "points": st.lists(st.tuples(NUMBERS, NUMBERS), max_size=4).map(
                lambda p: " ".join(map(",".join, p))
            )
        },
    ),
    shapes_of(
        "use", {"href": st.sampled_from(["#sym", "#leaf"]), "x": NUMBERS, "y": NUMBERS, "width": LENGTHS}
    ),
)
VALID_TREES = st.recursive(
    VALID_SHAPES,
    lambda inner: st.builds(make_element, st.just("g"), STYLE_ATTRIBUTES, st.lists(inner, max_size=3)),
    max_leaves=6,
)
SHARED_DEFS = """<linearGradient id="lin" x2="40" gradientUnits="userSpaceOnUse"><stop stop-color="gold"/>
<stop offset="1" stop-opacity=".4"/></linearGradient>
<radialGradient id="rad" href="#lin" gradientUnits="objectBoundingBox" gradientTransform="rotate(9)" fr=".1"/>
<clipPath id="clip"><circle r="30" cx="20" cy="20"/></clipPath>
<symbol id="sym" viewBox="0 0 8 8" opacity=".7"><path d="M1 1l5 0 0 5z"/></symbol>
<g id="leaf" fill="green"><circle r="4"/></g>"""
