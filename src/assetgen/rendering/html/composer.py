"""Composing a page: an asset, its arrangement and its design's markup → HTML. Sandboxed, strict, escaped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

from jinja2 import BaseLoader, BytecodeCache, StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2.bccache import Bucket
from jinja2.exceptions import SecurityError, TemplateRuntimeError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assetgen.errors import TemplateError
from assetgen.findings import Finding, Place
from assetgen.layout.page_layout import Arranged
from assetgen.loading.model import Template
from assetgen.planning.asset import Asset
from assetgen.rendering.html.markup import Setter
from assetgen.rendering.html.template_context import Placing, context_of
from assetgen.rendering.images.brand_pictures import Darkroom
from assetgen.rendering.prepress.cmyk import InkTable

BASE_PREFIX = "assetgen/"
# Parts the design that is drawn from the name that was written: quiet:foot.html. No id holds it.
DRAWN_IN = ":"


class SourceLoader(BaseLoader):
    """Hands out the designs' sources as they were read, and the tool's own parts; notes each that is used."""

    def __init__(self, templates: Mapping[str, Template]) -> None:
        self.templates = templates
        self.used: dict[str, str] = {}
        self.sought: set[str] = set()

    def get_source(self, environment: Any, template: str) -> tuple[str, str | None, Callable[[], bool]]:
        """Return a source by name, as ``join_path`` makes it: the design that is drawn, and what was written.

        ``assetgen/page.html`` is the tool's own, ``house/foot.html`` that of the design named; any other is
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
            raise TemplateError(
                [
                    Finding(
                        "template", f"was set, but stands nowhere: {call}", f"write {{{{ {call} }}}}", place
                    )
                    for call in forgotten
                ]
            )
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
            raise TemplateError(
                Finding(
                    "template",
                    f"no such part: {error.name}",
                    "a part is a file of the design's folder, or of one that it extends",
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
