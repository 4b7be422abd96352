"""Radial gradients that are drawn as triangles: they look like the gradient, and other shading stays unchanged."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from weasyprint import HTML

from assetgen.rendering.images.raster import mesh_gradients, rasterise

WIDTH, HEIGHT = 700, 500
STOPS = "".join(
    f'<stop offset="{offset}" stop-color="{colour}"/>'
    for offset, colour in ((0, "#ffe6c8"), (0.4, "#ffb570"), (1, "#10262c"))
)


def draw(gradient: str, *, is_meshed: bool, height: int = HEIGHT) -> NDArray[np.int64]:
    """Return the pixels of a page that one gradient fills."""
    page = HTML(
        string=f"<style>@page{{size:{WIDTH}px {height}px;margin:0}}svg{{position:absolute;left:0;top:0}}</style>"
        f'<svg width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"><defs>{gradient}</defs>'
        f'<path d="M0 0H{WIDTH}V{height}H0Z" fill="url(#a)"/></svg>'
    )
    pdf = page.render().write_pdf(uncompressed_pdf=True, finisher=mesh_gradients if is_meshed else None)
    assert b"/ShadingType" in pdf
    return rasterise(pdf, WIDTH, height).astype(int)


def exact_gradient(cx: float, cy: float, r: float) -> NDArray[np.float64]:
    """Return the exact colour of ``STOPS`` at each pixel."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    offset = np.hypot(x - cx, y - cy) / r
    colours = ((255, 0xE6, 0xC8), (255, 0xB5, 0x70), (16, 0x26, 0x2C))
    return np.stack(
        [np.interp(offset, (0, 0.4, 1), channel) for channel in zip(*colours, strict=True)], axis=2
    )


def radial(cx: float, cy: float, r: float, more: str = "", stops: str = STOPS) -> str:
    where = f'cx="{cx}" cy="{cy}" r="{r}" {more}'
    return f'<radialGradient id="a" gradientUnits="userSpaceOnUse" {where}>{stops}</radialGradient>'


@pytest.mark.parametrize(
    ("cx", "cy", "r"),
    [
        pytest.param(350, 250, 300, id="centre on a whole pixel"),
        pytest.param(433.37, 120.5, 400.25, id="centre between pixels"),
        pytest.param(-180, 700, 600, id="centre off the page"),
        pytest.param(350, 250, 5000, id="page within the middle of the light"),
        pytest.param(433.37, 120.5, 240, id="smallest light, surrounded by its last colour"),
    ],
)
def test_a_gradient_drawn_as_triangles_is_more_exact_than_its_pdf_shading(
    cx: float, cy: float, r: float
) -> None:
    expected = exact_gradient(cx, cy, r)

    shading, mesh = (np.abs(draw(radial(cx, cy, r), is_meshed=one) - expected) for one in (False, True))

    assert mesh.mean() < min(0.5, shading.mean())
    assert mesh.max() < 4.5
    assert (mesh.max(axis=2) > 3).sum() <= (shading.max(axis=2) > 3).sum()


@pytest.mark.parametrize("degrees", range(30, 42))
def test_triangles_cover_every_corner_of_the_page(degrees: int) -> None:
    """In the corner farthest from the centre, a chord ends before the circle: the triangles must still reach it."""
    x, y = -3000 * np.cos(np.radians(degrees)), -3000 * np.sin(np.radians(degrees))

    mesh = draw(radial(x, y, 300), is_meshed=True)

    assert (mesh == (16, 0x26, 0x2C)).all()


def test_a_hard_colour_stop_stays_hard() -> None:
    stops = "".join(
        f'<stop offset="{offset}" stop-color="{colour}"/>'
        for offset, colour in ((0, "#fff"), (0.5, "#fff"), (0.5, "#000"), (1, "#000"))
    )

    mesh = draw(radial(350, 250, 400, stops=stops), is_meshed=True)

    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    distance = np.hypot(x - 350, y - 250)
    assert (mesh[distance < 197] >= 254).all()
    assert (mesh[distance > 203] <= 1).all()


@pytest.mark.parametrize(
    "gradient",
    [
        pytest.param(f'<linearGradient id="a">{STOPS}</linearGradient>', id="linear gradient"),
        pytest.param(radial(350, 250, 300, 'fx="300" fy="250"'), id="focal point beside the centre"),
        pytest.param(radial(350, 250, 300, 'spreadMethod="repeat"'), id="repeated rings"),
    ],
)
def test_other_kinds_of_shading_stay_unchanged(gradient: str) -> None:
    shading, mesh = (draw(gradient, is_meshed=one) for one in (False, True))

    assert (shading == mesh).all()


@pytest.mark.parametrize(("radius", "height"), [(239, HEIGHT), (400, 200)], ids=["small light", "small page"])
def test_small_gradients_and_small_pages_keep_their_shading(radius: float, height: int) -> None:
    gradient = radial(60, 50, radius)

    shading, mesh = (draw(gradient, is_meshed=one, height=height) for one in (False, True))

    assert (shading == mesh).all()
