"""Composing a page: an asset, its arrangement and its design's markup → HTML. Sandboxed, strict, escaped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import SecurityError, TemplateRuntimeError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from assetgen.campaign.model import Template
from assetgen.errors import TemplateError
from assetgen.findings import Finding, Place
from assetgen.plan.asset import Asset
from assetgen.render.arrange import Arranged
from assetgen.render.colours import Shade, mix
from assetgen.render.markup import Light, Setter, canvas, code_svg, flat, foot_mark, foot_words

BASE_PREFIX = "assetgen/"
RTL_LANGUAGES = frozenset({"ar", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
FIXED_GROUPS = ("words", "campaign", "brand", "partner")


class SourceLoader(BaseLoader):
    """Hands out the designs' sources as they were read, and the tool's own parts; notes each that is used."""

    def __init__(self, templates: Mapping[str, Template]) -> None:
        self.sources = {
            name: content for template in templates.values() for name, content in template.sources.items()
        }
        self.used: dict[str, str] = {}

    def get_source(self, environment: Any, template: str) -> tuple[str, str | None, Callable[[], bool]]:
        """Return a source by name: ``beacon/template.html``, or ``assetgen/page.html`` for the tool's own."""
        if template.startswith(BASE_PREFIX):
            own = files("assetgen.render") / "base" / template.removeprefix(BASE_PREFIX)
            if not own.is_file():
                raise TemplateNotFound(template)
            return own.read_text("utf-8"), template, lambda: True
        name = f"templates/{template}"
        if name not in self.sources:
            raise TemplateNotFound(template)
        self.note(name)
        return self.sources[name].decode("utf-8-sig"), name, lambda: self.note(name)

    def note(self, name: str) -> bool:
        """Note that a source was used. The environment asks this of a kept template at each use."""
        self.used[name] = hashlib.sha256(self.sources[name]).hexdigest()
        return True


class _NotThere(StrictUndefined):
    """What a design asks for and does not get: an error that says what there is instead."""

    @property
    def _undefined_message(self) -> str:
        if isinstance(self._undefined_obj, SimpleNamespace):
            return f"there is no {self._undefined_name} here: {', '.join(sorted(vars(self._undefined_obj)))}"
        return super()._undefined_message


class Composer:
    """Composes the pages of a campaign's designs; one for each process."""

    def __init__(self, templates: Mapping[str, Template]) -> None:
        self.templates = templates
        self.loader = SourceLoader(templates)
        self.environment = ImmutableSandboxedEnvironment(
            loader=self.loader,
            undefined=_NotThere,
            autoescape=True,
            auto_reload=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.filters.clear()
        self.environment.filters.update(_FILTERS)

    def compose(self, asset: Asset, arranged: Arranged, setter: Setter) -> str:
        """Return the page's HTML. Raises TemplateError, with the line of the design's source, where it fails."""
        template = self.templates[asset.template or ""]
        self.loader.used = {}
        for name in template.sources:
            if name.endswith((".css", ".yaml")):
                self.loader.note(name)
        try:
            page = self.environment.get_template(f"{template.id}/template.html")
            return page.render(**_context(asset, arranged, setter))
        except TemplateNotFound as error:
            raise TemplateError(
                Finding(
                    "template",
                    f"no such part: {error.name}",
                    "a part's name starts with its design's",
                    _place_of(error, template),
                )
            ) from error
        except RecursionError as error:
            raise TemplateError(
                Finding("template", "a part includes itself", None, _place_of(error, template))
            ) from error
        except (
            TemplateSyntaxError,
            UndefinedError,
            SecurityError,
            TemplateRuntimeError,
            TypeError,
            ValueError,
            AttributeError,
            LookupError,
            ArithmeticError,
        ) as error:
            raise TemplateError(
                Finding("template", str(error) or type(error).__name__, None, _place_of(error, template))
            ) from error


def _place_of(error: BaseException, template: Template) -> Place:
    """Return the line of the design's source in which an error was raised."""
    if isinstance(error, TemplateSyntaxError):
        return Place(error.filename or error.name, error.lineno)
    place, step = template.place, error.__traceback__
    while step is not None:
        name = step.tb_frame.f_code.co_filename
        if name in template.sources or name.startswith(BASE_PREFIX):
            place = Place(name, step.tb_lineno)
        step = step.tb_next
    return place


def _context(asset: Asset, arranged: Arranged, setter: Setter) -> dict[str, Any]:
    """Return what a design gets (DESIGN section 8)."""
    palette = {name: Shade(value) for name, value in asset.palette.items()}
    groups = {
        group: SimpleNamespace(
            **{
                name.split(".", 1)[1]: text
                for name, text in asset.texts.items()
                if name.startswith(f"{group}.")
            }
        )
        for group in FIXED_GROUPS
    }
    said = arranged.words.words
    parts = {part.name: part for part in arranged.parts}
    page = arranged.stage.page

    def text(name: str, tag: str = "p", classes: str = "") -> Markup:
        return setter.part(parts[name], tag, classes) if name in parts else Markup("")

    def code(dark: str, light: str) -> Markup:
        if asset.code is None or arranged.call.code is None:
            return Markup("")
        return code_svg(asset.code, arranged.call.code, dark, light, code_alt(asset))

    def partners(colour: str) -> Markup:
        if arranged.foot is None:
            return Markup("")
        marks = Markup("").join(foot_mark(mark, setter, colour, page) for mark in arranged.foot.marks)
        return marks + foot_words(arranged.foot, setter)

    def svg(inner: Any) -> Markup:
        return canvas(page, Markup(inner))

    return {
        **groups,
        "facts": SimpleNamespace(
            **{key: said.get(key, "") for key in ("name", "number", "address", "promise")}
        ),
        "message": SimpleNamespace(
            id=asset.message,
            headline=said.get("headline", ""),
            body=said.get("body", ""),
            action=said.get("action", ""),
            alt=asset.spec.alt,
            source=asset.texts["message.source"],
        ),
        "channel": SimpleNamespace(
            id=asset.channel, medium=asset.medium, width=asset.spec.width, height=asset.spec.height
        ),
        "locale": SimpleNamespace(tag=asset.locale, dir=_direction(asset.locale)),
        "palette": SimpleNamespace(**{name.replace("-", "_"): value for name, value in palette.items()}),
        "accent": palette[asset.accent],
        "ground": asset.ground,
        "shape": asset.shape,
        "page": SimpleNamespace(
            box=page,
            width=asset.page.width_px,
            height=asset.page.height_px,
            bleed=asset.page.bleed_px,
            live=arranged.stage.live,
            unit=arranged.stage.unit,
            is_screen=asset.spec.unit == "px",
            properties=_properties(asset, palette),
            classes=" ".join(
                (
                    f"medium-{asset.medium}",
                    f"shape-{asset.shape}",
                    f"channel-{asset.channel}",
                    f"ground-{asset.ground}",
                    f"call-on-{arranged.call_on}",
                )
            ),
            released=asset.released,
        ),
        "placed": parts,
        "call_on": arranged.call_on,
        "opening": arranged.opening,
        "foot": arranged.foot,
        "code_box": arranged.call.code,
        "text": text,
        "code": code,
        "partners": partners,
        "svg": svg,
        "flat": flat,
        "light": Light(),
        "mix": mix,
    }


def code_alt(asset: Asset) -> str:
    """Return what a code says to somebody who cannot see it: where it leads."""
    return f"QR code: {asset.texts['words.scan']} – {asset.spec.link}"


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


# The filters that make sense on a poster; the others of Jinja are a larger door than a design needs.
def _filters() -> dict[str, Any]:
    from jinja2.filters import FILTERS

    names = (
        "abs",
        "capitalize",
        "default",
        "d",
        "escape",
        "e",
        "first",
        "float",
        "int",
        "join",
        "last",
        "length",
        "list",
        "lower",
        "max",
        "min",
        "replace",
        "round",
        "trim",
        "upper",
    )
    return {name: FILTERS[name] for name in names}


_FILTERS = _filters()
