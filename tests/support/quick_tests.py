"""Find the quick tests: those that render nothing, start no process, build nothing and write no whole campaign.

It reads the code: a test is quick if neither its function nor any fixture, helper or class of ``tests`` that it uses
names something in ``SLOW_NAMES``.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

SLOW_MODULES = {"subprocess", "multiprocessing", "weasyprint"}
# Functions and classes that render, build or write a whole campaign, by module and name.
SLOW_NAMES = {
    "assetgen.building.pipeline.build_scope",
    "assetgen.building.pool.local_pool.LocalPool",
    "tests.support.example_campaign.make_campaign",
    "assetgen.cli.app.run",
    "assetgen.rendering.engine.html_to_pdf.LayoutEngine",
    "assetgen.rendering.renderer.Renderer",
}


def names_in(code: CodeType) -> Iterator[str]:
    """Yield the names that some code uses, including those of the functions inside it."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from names_in(inner)


def is_slow(thing: object) -> bool:
    """Say whether an object that a test names renders, builds or starts a process."""
    if isinstance(thing, ModuleType):
        return thing.__name__.partition(".")[0] in SLOW_MODULES
    module, name = getattr(thing, "__module__", None) or "", getattr(thing, "__qualname__", "")
    return module.partition(".")[0] in SLOW_MODULES or f"{module}.{name}" in SLOW_NAMES


def functions_of(thing: Any) -> Iterator[FunctionType]:
    """Yield the functions of an object of ``tests`` or ``setup/bench``: itself, what it wraps, a class's methods."""
    if not (getattr(thing, "__module__", None) or "").startswith(("tests.", "bench.")):
        return
    if inspect.isclass(thing):
        for base in thing.__mro__[:-1]:
            for member in vars(base).values():
                found = getattr(member, "__func__", getattr(member, "fget", member))
                yield from (found,) if isinstance(found, FunctionType) else ()
        return
    while thing is not None:
        if isinstance(thing, FunctionType):
            yield thing
        # Hypothesis keeps the original test in an attribute; caches and decorators wrap it.
        thing = getattr(getattr(thing, "hypothesis", None), "inner_test", None) or getattr(
            thing, "__wrapped__", None
        )


@cache
def leads_to_slow(function: FunctionType) -> bool:
    """Say whether a function, or one of ``tests`` that it uses, names something slow."""
    seen, todo = {function}, [function]
    while todo:
        current = todo.pop()
        inside = inspect.getclosurevars(current).nonlocals if current.__closure__ else {}
        names = {name: inside.get(name, current.__globals__.get(name)) for name in names_in(current.__code__)}
        if any(map(is_slow, names.values())):
            return True
        found = {one for value in names.values() for one in functions_of(value)} - seen
        seen |= found
        todo += found
    return False


def is_quick(item: pytest.Function) -> bool:
    """Say whether a collected test is quick with all its fixtures; one that is marked thorough never is."""
    if item.get_closest_marker("thorough"):
        return False
    fixtures = [one.func for found in item._fixtureinfo.name2fixturedefs.values() for one in found]
    functions = {one for value in (item.obj, *fixtures) for one in functions_of(value)}
    return not any(map(leads_to_slow, functions))


def refuse_processes(event: str, args: tuple[object, ...]) -> None:
    """Fail if a quick test starts a process (an audit hook). Imports may start some, to find libraries."""
    if event in ("subprocess.Popen", "os.posix_spawn", "os.fork") and "PYTEST_CURRENT_TEST" in os.environ:
        raise AssertionError(
            f"a quick test starts a process: {args}; tests/support/quick_tests.py considers it quick"
        )
