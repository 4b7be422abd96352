"""Tell quick tests from others: those that render nothing, start no process, build nothing, write no whole campaign.

It is read off the code: a test is quick if neither its function nor a fixture, helper or class of ``tests`` that
this leads to names one of ``SLOW``.
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
# What renders, builds or writes a whole campaign, by module and name.
SLOW = {
    "assetgen.building.pipeline.build_scope",
    "assetgen.building.pool.local_pool.LocalPool",
    "assetgen.cli.commands.init.write_starter",
    "assetgen.cli.app.run",
    "assetgen.rendering.engine.html_to_pdf.Engine",
    "assetgen.rendering.renderer.Renderer",
}


def names_in(code: CodeType) -> Iterator[str]:
    """Yield the names that some code uses, those of the functions inside it too."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from names_in(inner)


def is_slow(thing: object) -> bool:
    """Say whether a thing that a test names renders, builds, or starts a process."""
    if isinstance(thing, ModuleType):
        return thing.__name__.partition(".")[0] in SLOW_MODULES
    module, name = getattr(thing, "__module__", None) or "", getattr(thing, "__qualname__", "")
    return module.partition(".")[0] in SLOW_MODULES or f"{module}.{name}" in SLOW


def functions_of(thing: Any) -> Iterator[FunctionType]:
    """Yield the functions behind a thing of ``tests`` or ``setup/bench``: itself, what it wraps, a class's methods."""
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
        # Hypothesis keeps the test that it runs beside its wrapper; caches and decorators wrap.
        thing = getattr(getattr(thing, "hypothesis", None), "inner_test", None) or getattr(
            thing, "__wrapped__", None
        )


@cache
def leads_to_slow(function: FunctionType) -> bool:
    """Say whether a function, or one of ``tests`` that it leads to, names something slow."""
    seen, todo = {function}, [function]
    while todo:
        at = todo.pop()
        inside = inspect.getclosurevars(at).nonlocals if at.__closure__ else {}
        names = {name: inside.get(name, at.__globals__.get(name)) for name in names_in(at.__code__)}
        if any(map(is_slow, names.values())):
            return True
        found = {one for thing in names.values() for one in functions_of(thing)} - seen
        seen |= found
        todo += found
    return False


def is_quick(item: pytest.Function) -> bool:
    """Say whether a collected test is quick, with all the fixtures that it asks for; one marked thorough never is."""
    if item.get_closest_marker("thorough"):
        return False
    fixtures = [one.func for found in item._fixtureinfo.name2fixturedefs.values() for one in found]
    functions = {one for thing in (item.obj, *fixtures) for one in functions_of(thing)}
    return not any(map(leads_to_slow, functions))


def refuse_processes(event: str, args: tuple[object, ...]) -> None:
    """Fail where a test starts a process: an audit hook for a run of quick tests. Imports may: libraries are sought."""
    if event in ("subprocess.Popen", "os.posix_spawn", "os.fork") and "PYTEST_CURRENT_TEST" in os.environ:
        raise AssertionError(
            f"a quick test starts a process: {args}; tests/support/quick_tests.py takes it for quick"
        )
