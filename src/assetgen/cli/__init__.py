"""The command line: thin commands, and the only code that prints."""

from __future__ import annotations


def main() -> None:
    """Run the command line and leave with its exit code."""
    import sys

    from assetgen.cli.app import run

    sys.exit(run(sys.argv[1:]))
