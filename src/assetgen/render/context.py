"""What a design gets (DESIGN section 8): the words, the colours, the page, and the tools that place what was set."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from assetgen.plan.asset import Asset
from assetgen.render.arrange import Arranged
from assetgen.render.colours import Shade, mix
from assetgen.render.markup import Light, Setter, canvas, code_svg, flat, foot_mark, foot_words

RTL_LANGUAGES = frozenset({"ar", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
FIXED_GROUPS = ("facts", "words", "campaign", "brand", "partner")
# A code's colours where the palette has no ink or no paper.
BLACK, WHITE = Shade("#000000"), Shade("#FFFFFF")


def context_of(asset: Asset, arranged: Arranged, setter: Setter) -> dict[str, Any]:
    """Return every name that a design's markup may use for one asset."""
    palette = {name: Shade(value) for name, value in asset.palette.items()}
    return {
        **{group: _group(asset.texts, group) for group in FIXED_GROUPS},
        "message": _message(asset, arranged.words.words),
        "channel": SimpleNamespace(
            id=asset.channel, medium=asset.medium, width=asset.spec.width, height=asset.spec.height
        ),
        "locale": SimpleNamespace(tag=asset.locale, dir=_direction(asset.locale)),
        "palette": SimpleNamespace(**{name.replace("-", "_"): value for name, value in palette.items()}),
        "accent": palette[asset.accent],
        "ground": asset.ground,
        "shape": asset.shape,
        "page": _page(asset, arranged, palette),
        "placed": {part.name: part for part in arranged.parts},
        "call_on": arranged.call_on,
        "opening": arranged.opening,
        "foot": arranged.foot,
        "code_box": arranged.call.code,
        **_tools(asset, arranged, setter, palette),
    }


def code_alt(asset: Asset) -> str:
    """Return what a code says to somebody who cannot see it: where it leads."""
    return f"QR code: {asset.texts['words.scan']} – {asset.spec.link}"


def _group(texts: Mapping[str, str], group: str) -> SimpleNamespace:
    """Return the fixed words of one group: ``facts.name`` as ``name`` of ``facts``."""
    prefix = f"{group}."
    return SimpleNamespace(
        **{name.removeprefix(prefix): text for name, text in texts.items() if name.startswith(prefix)}
    )


def _message(asset: Asset, said: Mapping[str, str]) -> SimpleNamespace:
    """Return the message in the tier that was chosen; a role that is not said here is empty."""
    return SimpleNamespace(
        id=asset.message,
        headline=said.get("headline", ""),
        body=said.get("body", ""),
        action=said.get("action", ""),
        alt=asset.spec.alt,
        source=asset.texts["message.source"],
    )


def _page(asset: Asset, arranged: Arranged, palette: Mapping[str, Shade]) -> SimpleNamespace:
    """Return the page: its box with bleed, its live area, its classes and custom properties. Lengths in CSS px."""
    classes = (
        f"medium-{asset.medium}",
        f"shape-{asset.shape}",
        f"channel-{asset.channel}",
        f"ground-{asset.ground}",
        f"call-on-{arranged.call_on}",
    )
    return SimpleNamespace(
        box=arranged.stage.page,
        width=asset.page.width_px,
        height=asset.page.height_px,
        bleed=asset.page.bleed_px,
        live=arranged.stage.live,
        unit=arranged.stage.unit,
        is_screen=asset.spec.unit == "px",
        properties=_properties(asset, palette),
        classes=" ".join(classes),
        released=asset.released,
    )


def _tools(asset: Asset, arranged: Arranged, setter: Setter, palette: Mapping[str, Shade]) -> dict[str, Any]:
    """Return the functions that place what was set, each giving markup, and the colours' own."""
    parts = {part.name: part for part in arranged.parts}
    page, foot, code_box = arranged.stage.page, arranged.foot, arranged.call.code

    def text(name: str, tag: str = "p", classes: str = "") -> Markup:
        return setter.part(parts[name], tag, classes) if name in parts else Markup("")

    def code(dark: str, light: str) -> Markup:
        if asset.code is None or code_box is None:
            return Markup("")
        return code_svg(asset.code, code_box, dark, light, code_alt(asset))

    def partners(colour: str) -> Markup:
        if foot is None:
            return Markup("")
        marks = Markup("").join(foot_mark(mark, setter, colour, page) for mark in foot.marks)
        return marks + foot_words(foot, setter)

    def svg(inner: Any) -> Markup:
        return canvas(page, Markup(inner))

    return {
        "text": text,
        "code": code,
        "qr": code(palette.get("ink", BLACK), palette.get("paper", WHITE)),
        "partners": partners,
        "svg": svg,
        "flat": flat,
        "light": Light(),
        "mix": mix,
    }


def _direction(locale: str) -> str:
    return "rtl" if locale.split("-", maxsplit=1)[0] in RTL_LANGUAGES else "ltr"


def _properties(asset: Asset, palette: Mapping[str, str]) -> str:
    """Return the custom properties of a page: palette, canvas, safe area, bleed, code."""
    page = asset.page
    x, y, width, height = page.live
    lengths = {
        "page-w": page.width_px,
        "page-h": page.height_px,
        "u": min(page.width_px, page.height_px) / 100,
        "bleed": page.bleed_px,
        "safe-top": y,
        "safe-left": x,
        "safe-right": page.width_px - x - width,
        "safe-bottom": page.height_px - y - height,
        "qr": asset.code.side_px if asset.code else 0.0,
    }
    declared = [f"--{name}:{value}" for name, value in palette.items()]
    declared += [f"--accent:{palette[asset.accent]}"]
    declared += [f"--{name}:{value:.3f}px" for name, value in lengths.items()]
    return ";".join(declared)
