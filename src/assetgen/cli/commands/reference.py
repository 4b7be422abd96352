"""``assetgen doctor``, ``explain`` and ``schema``: print information about the machine, findings and files."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import typer

from assetgen.cli import MACHINE, OK, make_encodable
from assetgen.cli.session import Session, table


def doctor(context: typer.Context) -> None:
    """Check that this machine has what a build needs.

    Shows how to get each part that is missing.
    """
    from assetgen.rendering.engine.machine import inspect_machine

    session: Session = context.obj
    session.require_folder()
    parts = inspect_machine(session.folder)
    found = table("part", "state", "version", "how to get it", overflow="fold")
    for part in parts:
        state, remedy = ("found", "") if part.found else ("missing", part.remedy)
        found.add_row(part.name, state, part.version, remedy)
    session.out.print(found)
    missing = [part.name for part in parts if not part.found and part.needed]
    if missing and not session.quiet:
        session.err.print(f"missing: {', '.join(missing)}")
    raise typer.Exit(MACHINE if missing else OK)


def explain(
    context: typer.Context,
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE", help="A finding's code, such as text-overflow (default: list all codes)."
        ),
    ] = None,
) -> None:
    """Explain a finding, with an example and how to fix it."""
    from rich.markdown import Markdown

    from assetgen.cli import report as texts

    session: Session = context.obj
    console = session.out
    if code is None:
        for known in texts.list_codes():
            console.print(f"{known:<18} {texts.title_of(known)}")
        return
    text = texts.explain(code)
    if console.is_terminal:
        console.print(Markdown(text))
    else:
        typer.echo(text)


SchemaKind = Literal["campaign", "brand", "message", "partner", "channels", "printers", "template"]
"""The kinds of file that people write."""


def schema(kind: Annotated[SchemaKind, typer.Argument(metavar="KIND", help="The kind of file.")]) -> None:
    """Print the JSON Schema of a kind of file.

    Editors that know the schema can check and complete the file as you type.
    """
    from assetgen.schema.json_schema import json_schema

    typer.echo(make_encodable(json.dumps(json_schema(kind), indent=2, ensure_ascii=False), "json"))
