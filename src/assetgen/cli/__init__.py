"""The command line: thin commands, and the only code that prints."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        code = _run(sys.argv[1:])
    except KeyboardInterrupt:  # before any command could begin
        print("interrupted", file=sys.stderr)
        code = 130
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    from assetgen.cli.terminal import leave, prepare

    prepare()
    try:
        from assetgen.cli.app import run
    except ImportError as error:
        name = (error.name or "").partition(".")[0]
        if name in ("", "assetgen") or "--debug" in arguments:
            raise
        print(f"assetgen: error: the Python package {name} is missing: {error} [machine]", file=sys.stderr)
        print(f"  hint: pip install {name}; assetgen doctor looks for the other parts", file=sys.stderr)
        return leave(3)
    return leave(run(arguments))
