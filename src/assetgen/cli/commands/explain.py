"""``assetgen explain``: the long text of a finding."""

from __future__ import annotations

from typing import Annotated

import typer

from assetgen.cli.session import Session


def explain(
    context: typer.Context,
    code: Annotated[
        str | None,
        typer.Argument(metavar="CODE", help="A finding's code, such as text-overflow; none lists them all."),
    ] = None,
) -> None:
    """Say what a finding means, with an example, and how to mend it."""
    from rich.markdown import Markdown

    from assetgen.cli import explain as texts

    session: Session = context.obj
    console = session.out
    if code is None:
        for known in texts.codes():
            console.print(f"{known:<18} {texts.title(known)}")
        return
    text = texts.explain(code)
    if console.is_terminal:
        console.print(Markdown(text))
    else:
        typer.echo(text)
