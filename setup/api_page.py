"""Write docs/reference/python-api.md: every name that ``import assetgen`` offers; Sphinx adds the docstrings.

Run by ``make docs``.
"""

from __future__ import annotations

import inspect

import assetgen

HEAD = """\
# Python API

Written by `make docs` from `__all__` in `src/assetgen/__init__.py`: change it there.
`make docs` also fills in signatures and docstrings; in Python, `help(assetgen.verify)` shows the same.

The names in this table are the whole public interface; everything else may change without notice.
The package is typed (`py.typed`), logs with the standard library's `logging` and prints nothing.
"""


def pages() -> dict[str, str]:
    """Return the page by its path below docs/reference/."""
    names = sorted(name for name in assetgen.__all__ if name != "__version__")
    lines = [HEAD, "| name | what it is |", "|---|---|"]
    lines += [f"| `assetgen.{name}` | {_first_sentence(getattr(assetgen, name))} |" for name in names]
    lines += ["| `assetgen.__version__` | The version, as a string. |", ""]
    for name in names:
        lines += [f"## {name}", "", *_directive(name, getattr(assetgen, name)), ""]
    return {"python-api.md": "\n".join(lines).rstrip() + "\n"}


def _first_sentence(thing: object) -> str:
    """Return the first line of a docstring, as a cell of a table holds it."""
    first = " ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].split())
    return first.replace("``", "`").replace("|", "\\|")


def _directive(name: str, thing: object) -> list[str]:
    """Return the Sphinx directive that documents a name."""
    if inspect.isclass(thing):
        return [f"```{{eval-rst}}\n.. autoclass:: assetgen.{name}\n   :members:\n```"]
    kind = "autofunction" if callable(thing) else "autodata"
    return [f"```{{eval-rst}}\n.. {kind}:: assetgen.{name}\n```"]
