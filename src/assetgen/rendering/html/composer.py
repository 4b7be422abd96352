"""Compose a page's HTML from an asset, its page layout and its template's markup.

Jinja runs sandboxed, with strict variables and autoescape. ``template_context`` defines every name that a template may
use.
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

from assetgen.colour import CssColour, mix, mix_under_text
from assetgen.errors import TemplateError
from assetgen.findings import Finding, Place
from assetgen.geometry import Box, Point
from assetgen.layout.page_layout import PageLayout
from assetgen.loading.colour_roles import INK, PAPER
from assetgen.loading.ink_conversion import BLACK as ALL_BLACK
from assetgen.loading.model import FontFamilies, Picture, Template
from assetgen.planning.asset import Asset
from assetgen.rendering.html.markup import (
    GradientMarkup,
    TextMarkup,
    code_svg,
    css_string,
    flat,
    footer_lines,
    footer_partner,
    page_svg,
)
from assetgen.rendering.images.brand_pictures import PictureCache, PlacedPicture, field_box, picture_svg
from assetgen.rendering.prepress.cmyk import InkTable, mix_inks, text_inks
from assetgen.schema.template_file import PicturePlace
from assetgen.units import PX_PER_PT

# The filters that a template needs. Jinja's other filters stay out of the sandbox.
_FILTERS = {
    name: FILTERS[name]
    for name in """
    abs capitalize default d escape e first float int join last length list lower max min replace round trim upper
    """.split()
}
RTL_LANGUAGES = frozenset({"ar", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
FIXED_GROUPS = ("facts", "labels", "campaign", "brand", "partner")
BLACK = CssColour("#000000")


class PagePlacer:
    """Writes the parts of a page layout into a page.

    It records which parts the template places. A part that the template does not place is an error.
    """

    def __init__(
        self,
        asset: Asset,
        arranged: PageLayout,
        markup: TextMarkup,
        known: Collection[str],
        pictures: PictureCache,
        inks: InkTable | None = None,
    ) -> None:
        self.asset, self.arranged, self.markup, self.pictures = asset, arranged, markup, pictures
        self.inks = inks
        """On a page for a press: the inks that its colours stand for."""
        self.picture = pictures.pictures[asset.picture] if asset.picture else None
        self.known = known
        self.parts = {part.name: part for part in arranged.parts}
        self.has_code = asset.code is not None and arranged.cta.code is not None
        self.placed: set[str] = set()

    def text(self, name: str, tag: str = "p", classes: str = "") -> Markup:
        """Return a part's copy as HTML; empty if the asset has none for it. Raises ValueError for an unknown part."""
        if name not in self.known:
            raise ValueError(f"unknown part {name} (this layout has: {', '.join(sorted(self.known))})")
        self.placed.add(name)
        return self.markup.part(self.parts[name], tag, classes) if name in self.parts else Markup("")

    def code(self, dark: str, light: str) -> Markup:
        """Return the QR code in two colours; empty if the asset has none. For a press, ``dark`` is black ink alone."""
        box = self.arranged.cta.code
        if self.asset.code is None or box is None:
            return Markup("")
        self.placed.add("code")
        if self.inks:
            dark = self.inks.value_for(BLACK, ALL_BLACK)  # black alone: four inks would blur the edges
        return code_svg(self.asset.code, box, dark, light, self.asset.spec.code_alt or "")

    def partners(self, colour: str) -> Markup:
        """Return the footer's logos and text lines; empty if the page has no footer."""
        footer = self.arranged.footer
        if footer is None:
            return Markup("")
        self.placed.add("partners")
        page = self.arranged.stage.page
        colour = self.for_fine_detail(colour)
        marks = Markup("").join(footer_partner(mark, self.markup, colour, page) for mark in footer.partners)
        return marks + footer_lines(footer, self.markup)

    def place_picture(
        self,
        scrim_colour: str,
        colours: Mapping[str, str],
        name: str | None = None,
        box: Sequence[float] | None = None,
        at: Point | None = None,
    ) -> Markup:
        """Return the asset's picture with a scrim under the copy; empty if no picture is chosen.

        ``colours`` maps each part to the colour of its copy. ``name`` selects a different picture of the brand. ``box``
        is the area to cover (x, y, width, height in px; default: the field). ``at`` is the position of the picture's
        focus, in shares of that area.

        Raises ValueError for an unknown picture, and for copy on the picture that has no colour in ``colours``.
        """
        picture = self.picture
        if name is not None:
            picture = self.pictures.pictures.get(name)
            if picture is None:
                known = ", ".join(self.pictures.pictures) or "none"
                raise ValueError(f"unknown picture {name} (the brand has: {known})")
        if picture is None:
            return Markup("")
        if picture is self.picture:
            self.placed.add("picture")
        place = field_box(self.arranged) if box is None else Box(*box)
        placement = self.arranged.picture or PicturePlace()
        placement = placement.model_copy(update={"at": at}) if at else placement
        crop = PlacedPicture.of(picture, place, placement, self.asset)
        return picture_svg(self.pictures, crop, self.arranged, scrim_colour, colours)

    def for_fine_detail(self, colour: str) -> str:
        """Return a colour for text and fine lines: the same one, or one with so few inks that edges stay sharp."""
        inks, press = self.inks, self.asset.spec.press
        own = inks.inks_for(colour) if inks else None
        if inks is None or press is None or own is None:
            return colour
        return inks.value_for(colour, text_inks(own, colour, press.text_inks))

    def svg(self, inner: Any) -> Markup:
        """Return shapes as inline SVG over the whole page."""
        return page_svg(self.arranged.stage.page, Markup(inner))

    def missing_calls(self) -> list[str]:
        """Return the missing template calls: one for each part of the layout that the template did not place."""
        ctas = {name: f'text("{name}")' for name in self.parts}
        ctas |= {"code": "code(dark, light)"} if self.has_code else {}
        ctas |= {"partners": "partners(colour)"} if self.arranged.footer else {}
        ctas |= {"picture": "place_picture(scrim_colour, colours)"} if self.picture else {}
        return [cta for name, cta in ctas.items() if name not in self.placed]


class _Code:
    """The QR code as a template variable (``qr``). It counts as placed as soon as the template writes it."""

    def __init__(self, placing: PagePlacer, dark: str, light: str) -> None:
        self.placing, self.dark, self.light = placing, dark, light

    def __html__(self) -> str:
        return self.placing.code(self.dark, self.light)

    def __str__(self) -> str:
        return self.__html__()


def template_context(asset: Asset, arranged: PageLayout, placing: PagePlacer) -> dict[str, Any]:
    """Return every name that a template's markup may use for one asset."""
    inks = placing.inks
    palette = {name: CssColour(value) for name, value in (inks.palette if inks else asset.palette).items()}
    return {
        **{group: _group(asset.texts, group) for group in FIXED_GROUPS},
        "message": _message(asset, arranged.words.copy_by_role),
        "channel": SimpleNamespace(
            id=asset.channel, medium=asset.medium, width=asset.spec.width, height=asset.spec.height
        ),
        "locale": SimpleNamespace(tag=asset.locale, dir=_direction(asset.locale)),
        "palette": SimpleNamespace(**{name.replace("-", "_"): value for name, value in palette.items()}),
        "accent": palette[asset.accent],
        "on_accent": palette[asset.on_accent],
        "background": asset.background,
        "shape": asset.shape,
        "page": _page(asset, arranged, palette, placing.markup.families),
        "placed": {part.name: part for part in arranged.parts},
        "cta_on": arranged.cta_on,
        "motif": arranged.motif,
        "footer": arranged.footer,
        "band": arranged.band,
        "code_box": arranged.cta.code,
        "text": placing.text,
        "code": placing.code,
        "qr": _Code(placing, palette[INK], palette[PAPER]) if placing.has_code else "",
        "partners": placing.partners,
        "picture": _picture(placing.picture),
        "place_picture": placing.place_picture,
        "svg": placing.svg,
        "flat": flat,
        "light": GradientMarkup(),
        "fine": placing.for_fine_detail,
        "mix": partial(_mix, inks),
    }


def _mix(inks: InkTable | None, one: str, other: str, share: float, text: str | None = None) -> CssColour:
    """Return a mixture of two colours, with ``share`` of the first, or more if ``text`` must stay legible on it."""
    if text is not None:
        share = mix_under_text(one, other, share, text)
    return mix_inks(inks, one, other, share) if inks else mix(one, other, share)


def _picture(picture: Picture | None) -> SimpleNamespace | None:
    """Return the properties of the chosen picture that a template may read; None if no picture is chosen."""
    if picture is None:
        return None
    return SimpleNamespace(
        name=picture.name,
        alt=picture.file.alt,
        focus=picture.file.focus,
        width=picture.width,
        height=picture.height,
    )


def _group(texts: Mapping[str, str], group: str) -> SimpleNamespace:
    """Return the fixed texts of one group: ``facts.name`` becomes the attribute ``name`` of ``facts``."""
    prefix = f"{group}."
    return SimpleNamespace(
        **{name.removeprefix(prefix): text for name, text in texts.items() if name.startswith(prefix)}
    )


def _message(asset: Asset, copy: Mapping[str, str]) -> SimpleNamespace:
    """Return the message in the chosen copy length. A role that was left out is empty."""
    return SimpleNamespace(
        id=asset.message,
        headline=copy.get("headline", ""),
        body=copy.get("body", ""),
        action=copy.get("action", ""),
        alt=asset.spec.alt,
        source=asset.texts["message.source"],
    )


def _page(
    asset: Asset, arranged: PageLayout, palette: Mapping[str, CssColour], families: FontFamilies
) -> SimpleNamespace:
    """Return the page: box with bleed, live area, CSS classes and custom properties. Lengths are in CSS px."""
    classes = (
        f"medium-{asset.medium}",
        f"shape-{asset.shape}",
        f"channel-{asset.channel}",
        f"background-{asset.background}",
        f"call-on-{arranged.cta_on}",
        "accent-light" if asset.on_accent == INK else "accent-dark",
        "with-motif" if arranged.motif else "without-motif",
    )
    return SimpleNamespace(
        box=arranged.stage.page,
        width=asset.page.width_px,
        height=asset.page.height_px,
        bleed=asset.page.bleed_px,
        live=arranged.stage.live,
        unit=arranged.stage.unit,
        is_screen=asset.spec.unit == "px",
        least_line=_min_line_px(asset),
        properties=_properties(asset, palette, families),
        classes=" ".join(classes),
        released=asset.released,
    )


def _min_line_px(asset: Asset) -> float:
    """Return the thinnest line that a press can print in several inks, in CSS px of the page; 0 on screens."""
    press = asset.spec.press
    return press.type_rules.fine_line_pt * PX_PER_PT * press.scale if press else 0.0


def _direction(locale: str) -> str:
    return "rtl" if locale.split("-", maxsplit=1)[0] in RTL_LANGUAGES else "ltr"


def _properties(asset: Asset, palette: Mapping[str, str], families: FontFamilies) -> str:
    """Return a page's CSS custom properties: palette, fonts, page size, safe area, bleed, size of the QR code."""
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
    declared += [f"--accent:{palette[asset.accent]}", f"--on-accent:{palette[asset.on_accent]}"]
    declared += [
        f"--font-{role}:{css_string(families.of(role))}"
        for role in sorted({"text", "headline", *families.by_role})
    ]
    declared += [f"--{name}:{value:.3f}px" for name, value in lengths.items()]
    return ";".join(declared)


BASE_PREFIX = "assetgen/"
# Separates the rendered template from the name that the markup includes: quiet:footer.html. No id contains it.
TEMPLATE_SEPARATOR = ":"


class TemplateSourceLoader(BaseLoader):
    """Serves the templates' sources as they were loaded, and assetgen's own files; records each file that is used.

    ``used`` maps each file to its sha256. ``absent`` are paths that were tried first and do not exist.
    """

    def __init__(self, templates: Mapping[str, Template]) -> None:
        self.templates = templates
        self.used: dict[str, str] = {}
        self.absent: set[str] = set()

    def get_source(self, environment: Any, template: str) -> tuple[str, str | None, Callable[[], bool]]:
        """Return a source by its full name from ``join_path``: the rendered template, a colon, and the included name.

        ``assetgen/page.html`` is assetgen's own file; ``house/footer.html`` is a file of the template ``house``. Any
        other name is a file of the rendered template, or of the nearest template that it extends.
        """
        rendered, _, included = template.partition(TEMPLATE_SEPARATOR)
        if included.startswith(BASE_PREFIX):
            own = files("assetgen.rendering.html") / "base" / included.removeprefix(BASE_PREFIX)
            if not own.is_file():
                raise TemplateNotFound(included)
            return own.read_text("utf-8"), included, lambda: True
        first, _, rest = included.partition("/")
        owner, file = (
            (self.templates[first], rest) if first in self.templates else (self.templates[rendered], included)
        )
        name = owner.source(file)
        if name is None:
            raise TemplateNotFound(included)
        content = owner.sources[name]
        absent = self._paths_before(owner, file, name)
        if rest and first not in self.templates:
            absent.append(
                f"templates/{first}/template.yaml"
            )  # a new template of that name would be used instead
        self.record(name, content, absent)
        return content.decode("utf-8-sig"), name, lambda: self.record(name, content, absent)

    @staticmethod
    def _paths_before(template: Template, file: str, name: str) -> list[str]:
        """Return the paths at which a template looks for a file before ``name``, which is the path that exists."""
        paths = [f"templates/{one}/{file}" for one in (template.id, *template.bases)]
        return paths[: paths.index(name)]

    def record(self, name: str, content: bytes, absent: Iterable[str] = ()) -> bool:
        """Record a used source, and the paths that were tried before it and do not exist.

        Jinja calls this each time it uses a cached template, to check that it is up to date.
        """
        self.used[name] = hashlib.sha256(content).hexdigest()
        self.absent.update(absent)
        return True


class _CompiledTemplates(BytecodeCache):
    """Cache of compiled template files, one per process. If a file is edited, only that file is compiled again."""

    def __init__(self) -> None:
        self._bytecode: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load cached bytecode into the bucket, which ignores bytecode of a different source."""
        if bytecode := self._bytecode.get(bucket.key):
            bucket.bytecode_from_string(bytecode)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store the bucket's bytecode."""
        self._bytecode[bucket.key] = bucket.bytecode_to_string()


_COMPILED_TEMPLATES = _CompiledTemplates()


class _Environment(ImmutableSandboxedEnvironment):
    """A Jinja environment in which every included file knows which template is being rendered.

    The template's own files can therefore replace those of the templates that it extends.
    """

    def join_path(self, template: str, parent: str) -> str:
        """Return the full name of a file that ``parent`` includes or extends."""
        return f"{parent.partition(TEMPLATE_SEPARATOR)[0]}{TEMPLATE_SEPARATOR}{template}"


class _UndefinedName(StrictUndefined):
    """A name that a template uses but that does not exist. Its error message lists the known names."""

    @property
    def _undefined_message(self) -> str:
        if isinstance(self._undefined_obj, SimpleNamespace):
            known = ", ".join(sorted(vars(self._undefined_obj)))
            return f"unknown name {self._undefined_name} (known here: {known})"
        return super()._undefined_message


class Composer:
    """Composes the HTML of a campaign's pages. Each process has one."""

    def __init__(self, templates: Mapping[str, Template], pictures: PictureCache | None = None) -> None:
        self.templates = templates
        self.pictures = pictures or PictureCache({})
        self.loader = TemplateSourceLoader(templates)
        self.environment = _Environment(
            loader=self.loader,
            undefined=_UndefinedName,
            autoescape=True,
            auto_reload=True,
            bytecode_cache=_COMPILED_TEMPLATES,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.filters.clear()
        self.environment.filters.update(_FILTERS)

    def compose(
        self, asset: Asset, arranged: PageLayout, markup: TextMarkup, inks: InkTable | None = None
    ) -> str:
        """Return the page's HTML. ``inks``, on a page for a press, maps the page's colours to inks.

        Raises TemplateError if the markup fails (with the line in the template's source), or if it does not place a
        part of the layout.
        """
        template = self.templates[asset.template or ""]
        known = template.layouts[asset.layout_name or ""].parts
        placing = PagePlacer(asset, arranged, markup, known, self.pictures, inks)
        html = self._render(asset, arranged, placing, template)
        if forgotten := placing.missing_calls():
            place = Place(template.source("template.html"))
            raise TemplateError(
                Finding(
                    "template",
                    f"the template does not place {cta}, a part of the layout",
                    f"add {{{{ {cta} }}}} to template.html",
                    place,
                )
                for cta in forgotten
            )
        return html

    def _render(self, asset: Asset, arranged: PageLayout, placing: PagePlacer, template: Template) -> str:
        self.loader.used, self.loader.absent = {}, set()
        for name, content in template.sources.items():
            if name.endswith((".css", ".yaml")):
                self.loader.record(name, content)
        try:
            page = self.environment.get_template(f"{template.id}{TEMPLATE_SEPARATOR}template.html")
            return page.render(**template_context(asset, arranged, placing))
        except TemplateNotFound as error:
            hint = "include a file of the template's folder, or of a template that it extends"
            raise _template_error(
                template, error, f"file not found in the template: {error.name}", hint
            ) from error
        except RecursionError as error:
            raise _template_error(template, error, "a template file includes itself") from error
        except (
            TemplateSyntaxError,
            TemplateRuntimeError,
            TypeError,
            ValueError,
            AttributeError,
            LookupError,
            ArithmeticError,
        ) as error:
            raise _template_error(template, error, str(error) or type(error).__name__) from error


def _template_error(
    template: Template, error: BaseException, text: str, hint: str | None = None
) -> TemplateError:
    """Return an error about a template, at the line of its source that raised ``error``."""
    return TemplateError(Finding("template", text, hint, _place_of(error, template)))


def _place_of(error: BaseException, template: Template) -> Place:
    """Return the line of the template's source that raised an error; if there is none, the place of the template."""
    if isinstance(error, TemplateSyntaxError):
        return Place(error.filename or error.name, error.lineno)
    place, step = template.place, error.__traceback__
    while step is not None:
        name = step.tb_frame.f_code.co_filename
        if name in template.sources or name.startswith(BASE_PREFIX):
            place = Place(name, step.tb_lineno)
        step = step.tb_next
    return place
