"""Compose a page: an asset, its layout, and its template's markup with the variables that it gets, to HTML.

Sandboxed, strict, escaped. ``context_of`` is all that a template's markup may use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

from jinja2 import BaseLoader, BytecodeCache, StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2.bccache import Bucket
from jinja2.exceptions import TemplateRuntimeError
from jinja2.filters import FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from assetgen.colour import Shade, mix
from assetgen.errors import TemplateError
from assetgen.findings import Finding, Place
from assetgen.geometry import Box, Point
from assetgen.layout.page_layout import Arranged
from assetgen.loading.model import Picture, Template
from assetgen.planning.asset import Asset
from assetgen.rendering.html.markup import Light, Setter, canvas, code_svg, flat, foot_mark, foot_words
from assetgen.rendering.images.brand_pictures import Darkroom, Hanging, field_of, hang
from assetgen.rendering.prepress.cmyk import BLACK as ALL_BLACK
from assetgen.rendering.prepress.cmyk import InkTable, for_words, mix_inks
from assetgen.schema.template_file import PicturePlace
from assetgen.units import PX_PER_PT

# The filters that make sense on a poster; the others of Jinja are a larger door than a design needs.
_FILTERS = {
    name: FILTERS[name]
    for name in """
    abs capitalize default d escape e first float int join last length list lower max min replace round trim upper
    """.split()
}
RTL_LANGUAGES = frozenset({"ar", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
FIXED_GROUPS = ("facts", "labels", "campaign", "brand", "partner")
# A code's colours where the palette has no ink or no paper.
BLACK, WHITE = Shade("#000000"), Shade("#FFFFFF")


class Placing:
    """Writes what was set into a page, and notes what was: a design that forgets a part is told so."""

    def __init__(
        self,
        asset: Asset,
        arranged: Arranged,
        setter: Setter,
        known: Collection[str],
        darkroom: Darkroom,
        inks: InkTable | None = None,
    ) -> None:
        self.asset, self.arranged, self.setter, self.darkroom = asset, arranged, setter, darkroom
        self.inks = inks
        """Of a page for a press: the inks that its colours stand for."""
        self.picture = darkroom.pictures[asset.picture] if asset.picture else None
        self.known = known
        self.parts = {part.name: part for part in arranged.parts}
        self.has_code = asset.code is not None and arranged.call.code is not None
        self.placed: set[str] = set()

    def text(self, name: str, tag: str = "p", classes: str = "") -> Markup:
        """Return a part's words, or nothing where it has none here. Raises ValueError for an unknown part."""
        if name not in self.known:
            raise ValueError(f"there is no part {name} here: {', '.join(sorted(self.known))}")
        self.placed.add(name)
        return self.setter.part(self.parts[name], tag, classes) if name in self.parts else Markup("")

    def code(self, dark: str, light: str) -> Markup:
        """Return the code in two colours, or nothing where the channel has none."""
        box = self.arranged.call.code
        if self.asset.code is None or box is None:
            return Markup("")
        self.placed.add("code")
        if self.inks:
            dark = self.inks.name(BLACK, ALL_BLACK)  # four plates would blur its edges
        return code_svg(self.asset.code, box, dark, light, self.asset.spec.code_alt or "")

    def partners(self, colour: str) -> Markup:
        """Return the partner foot's logos and words, or nothing where the channel has no foot."""
        foot = self.arranged.foot
        if foot is None:
            return Markup("")
        self.placed.add("partners")
        page = self.arranged.stage.page
        colour = self.in_word_inks(colour)
        marks = Markup("").join(foot_mark(mark, self.setter, colour, page) for mark in foot.marks)
        return marks + foot_words(foot, self.setter)

    def place_picture(
        self,
        veil: str,
        colours: Mapping[str, str],
        name: str | None = None,
        box: Sequence[float] | None = None,
        at: Point | None = None,
    ) -> Markup:
        """Return the picture that was chosen, or one by its name, over the field or a box, veiled for the words on it.

        ``colours`` are those of the words, by part; ``at`` is where in its place the focus is wished for. Nothing
        where no picture is chosen. Raises ValueError for a name that the brand does not have, and for words that
        stand on the picture and have no colour here.
        """
        picture = self.picture
        if name is not None:
            picture = self.darkroom.pictures.get(name)
            if picture is None:
                known = ", ".join(self.darkroom.pictures) or "it has none"
                raise ValueError(f"the brand has no picture {name}: {known}")
        if picture is None:
            return Markup("")
        if picture is self.picture:
            self.placed.add("picture")
        place = field_of(self.arranged) if box is None else Box(*box)
        stands = self.arranged.picture or PicturePlace()
        stands = stands.model_copy(update={"at": at}) if at else stands
        hanging = Hanging.of(picture, place, stands, self.asset)
        return hang(self.darkroom, hanging, self.arranged, veil, colours)

    def in_word_inks(self, colour: str) -> str:
        """Return a colour as words and fine lines are inked in it: in few inks, whose edges cannot blur."""
        inks, press = self.inks, self.asset.spec.press
        own = inks.of(colour) if inks else None
        if inks is None or press is None or own is None:
            return colour
        return inks.name(colour, for_words(own, colour, press.text_inks))

    def svg(self, inner: Any) -> Markup:
        """Return shapes as inline SVG over the whole page."""
        return canvas(self.arranged.stage.page, Markup(inner))

    def forgotten(self) -> list[str]:
        """Return what was set and never placed, as a design would write it."""
        calls = {name: f'text("{name}")' for name in self.parts}
        calls |= {"code": "code(dark, light)"} if self.has_code else {}
        calls |= {"partners": "partners(colour)"} if self.arranged.foot else {}
        calls |= {"picture": "place_picture(veil, colours)"} if self.picture else {}
        return [call for name, call in calls.items() if name not in self.placed]


class _Code:
    """The code as a value of a design (``qr``): it counts as placed when it is written."""

    def __init__(self, placing: Placing, dark: str, light: str) -> None:
        self.placing, self.dark, self.light = placing, dark, light

    def __html__(self) -> str:
        return self.placing.code(self.dark, self.light)

    def __str__(self) -> str:
        return self.__html__()


def context_of(asset: Asset, arranged: Arranged, placing: Placing) -> dict[str, Any]:
    """Return every name that a design's markup may use for one asset."""
    inks = placing.inks
    palette = {name: Shade(value) for name, value in (inks.palette if inks else asset.palette).items()}
    ink, paper = palette.get("ink", BLACK), palette.get("paper", WHITE)
    return {
        **{group: _group(asset.texts, group) for group in FIXED_GROUPS},
        "message": _message(asset, arranged.words.words),
        "channel": SimpleNamespace(
            id=asset.channel, medium=asset.medium, width=asset.spec.width, height=asset.spec.height
        ),
        "locale": SimpleNamespace(tag=asset.locale, dir=_direction(asset.locale)),
        "palette": SimpleNamespace(**{name.replace("-", "_"): value for name, value in palette.items()}),
        "accent": palette[asset.accent],
        "background": asset.background,
        "shape": asset.shape,
        "page": _page(asset, arranged, palette),
        "placed": {part.name: part for part in arranged.parts},
        "cta_on": arranged.call_on,
        "motif": arranged.motif,
        "footer": arranged.foot,
        "band": arranged.band,
        "code_box": arranged.call.code,
        "text": placing.text,
        "code": placing.code,
        "qr": _Code(placing, ink, paper) if placing.has_code else "",
        "partners": placing.partners,
        "picture": _picture(placing.picture),
        "place_picture": placing.place_picture,
        "svg": placing.svg,
        "flat": flat,
        "light": Light(),
        "fine": placing.in_word_inks,
        "mix": partial(mix_inks, inks) if inks else mix,
    }


def _picture(one: Picture | None) -> SimpleNamespace | None:
    """Return what a design may ask of the picture that was chosen."""
    if one is None:
        return None
    return SimpleNamespace(
        name=one.name, alt=one.file.alt, focus=one.file.focus, width=one.width, height=one.height
    )


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
        f"background-{asset.background}",
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
        least_line=_least_line(asset),
        properties=_properties(asset, palette),
        classes=" ".join(classes),
        released=asset.released,
    )


def _least_line(asset: Asset) -> float:
    """Return the thinnest line that a press holds in several inks, in CSS px of the page; 0 on screens."""
    press = asset.spec.press
    return press.type_rules.fine_line_pt * PX_PER_PT * press.scale if press else 0.0


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


BASE_PREFIX = "assetgen/"
# Parts the design that is drawn from the name that was written: quiet:footer.html. No id holds it.
DRAWN_IN = ":"


class SourceLoader(BaseLoader):
    """Hands out the designs' sources as they were read, and the tool's own parts; notes each that is used."""

    def __init__(self, templates: Mapping[str, Template]) -> None:
        self.templates = templates
        self.used: dict[str, str] = {}
        self.sought: set[str] = set()

    def get_source(self, environment: Any, template: str) -> tuple[str, str | None, Callable[[], bool]]:
        """Return a source by name, as ``join_path`` makes it: the design that is drawn, and what was written.

        ``assetgen/page.html`` is the tool's own, ``house/footer.html`` that of the design named; any other is
        a file of the design that is drawn, or of the nearest one that it extends and that has it.
        """
        drawn, _, written = template.partition(DRAWN_IN)
        if written.startswith(BASE_PREFIX):
            own = files("assetgen.rendering.html") / "base" / written.removeprefix(BASE_PREFIX)
            if not own.is_file():
                raise TemplateNotFound(written)
            return own.read_text("utf-8"), written, lambda: True
        first, _, rest = written.partition("/")
        design, part = (
            (self.templates[first], rest) if first in self.templates else (self.templates[drawn], written)
        )
        name = design.source(part)
        if name is None:
            raise TemplateNotFound(written)
        content = design.sources[name]
        nearer = self._nearer(design, part, name)
        if rest and first not in self.templates:
            nearer.append(f"templates/{first}/template.yaml")  # a design of that name would be meant
        self.note(name, content, nearer)
        return content.decode("utf-8-sig"), name, lambda: self.note(name, content, nearer)

    @staticmethod
    def _nearer(design: Template, part: str, name: str) -> list[str]:
        """Return where a design looks for a part before the place in which it stands."""
        paths = [f"templates/{one}/{part}" for one in (design.id, *design.bases)]
        return paths[: paths.index(name)]

    def note(self, name: str, content: bytes, nearer: Iterable[str] = ()) -> bool:
        """Note that a source was used, and where it was looked for first.

        The environment asks this of a kept template at each use.
        """
        self.used[name] = hashlib.sha256(content).hexdigest()
        self.sought.update(nearer)
        return True


class _Compiled(BytecodeCache):
    """What a process has compiled, by a part's name: of a design that is saved, the saved part alone is new."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket, which itself sees whether that is of the same source."""
        if kept := self._kept.get(bucket.key):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what a bucket holds."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class _Environment(ImmutableSandboxedEnvironment):
    """Knows in every part which design is drawn, so that its own parts stand in the place of its bases'."""

    def join_path(self, template: str, parent: str) -> str:
        """Return the whole name of a part that a page, or a part of it, names."""
        return f"{parent.partition(DRAWN_IN)[0]}{DRAWN_IN}{template}"


class _NotThere(StrictUndefined):
    """What a design asks for and does not get: an error that says what there is instead."""

    @property
    def _undefined_message(self) -> str:
        if isinstance(self._undefined_obj, SimpleNamespace):
            return f"there is no {self._undefined_name} here: {', '.join(sorted(vars(self._undefined_obj)))}"
        return super()._undefined_message


class Composer:
    """Composes the pages of a campaign's designs; one for each process."""

    def __init__(self, templates: Mapping[str, Template], darkroom: Darkroom | None = None) -> None:
        self.templates = templates
        self.darkroom = darkroom or Darkroom({})
        self.loader = SourceLoader(templates)
        self.environment = _Environment(
            loader=self.loader,
            undefined=_NotThere,
            autoescape=True,
            auto_reload=True,
            bytecode_cache=_COMPILED,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.filters.clear()
        self.environment.filters.update(_FILTERS)

    def compose(self, asset: Asset, arranged: Arranged, setter: Setter, inks: InkTable | None = None) -> str:
        """Return the page's HTML; ``inks`` takes up what its colours stand for at a press.

        Raises TemplateError where it fails, with the line of the design's source, or where it forgets a part.
        """
        template = self.templates[asset.template or ""]
        known = template.arrangements[asset.arrangement or ""].parts
        placing = Placing(asset, arranged, setter, known, self.darkroom, inks)
        html = self._render(asset, arranged, placing, template)
        if forgotten := placing.forgotten():
            place = Place(template.source("template.html"))
            said = ((f"was set, but stands nowhere: {call}", f"write {{{{ {call} }}}}") for call in forgotten)
            raise TemplateError(Finding("template", text, hint, place) for text, hint in said)
        return html

    def _render(self, asset: Asset, arranged: Arranged, placing: Placing, template: Template) -> str:
        self.loader.used, self.loader.sought = {}, set()
        for name, content in template.sources.items():
            if name.endswith((".css", ".yaml")):
                self.loader.note(name, content)
        try:
            page = self.environment.get_template(f"{template.id}{DRAWN_IN}template.html")
            return page.render(**context_of(asset, arranged, placing))
        except TemplateNotFound as error:
            hint = "a part is a file of the design's folder, or of one that it extends"
            raise _broken(template, error, f"no such part: {error.name}", hint) from error
        except RecursionError as error:
            raise _broken(template, error, "a part includes itself") from error
        except (
            TemplateSyntaxError,
            TemplateRuntimeError,
            TypeError,
            ValueError,
            AttributeError,
            LookupError,
            ArithmeticError,
        ) as error:
            raise _broken(template, error, str(error) or type(error).__name__) from error


def _broken(template: Template, error: BaseException, text: str, hint: str | None = None) -> TemplateError:
    """Return the error of a design, at the line of its source in which another was raised."""
    return TemplateError(Finding("template", text, hint, _place_of(error, template)))


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
