"""``assetgen new``: write a commented message, template or channel that can be used at once."""

from __future__ import annotations

from typing import Annotated

import typer

from assetgen.cli.session import Session

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Its id: lower-case letters, digits and hyphens.")]


@app.command("message", epilog="Example: assetgen new message open-evening")
def message(context: typer.Context, name: Name) -> None:
    """Write a message into brand/messages, with comments."""
    from assetgen.creating.new_files import selects_every_message, write_message

    session: Session = context.obj
    session.require_folder()
    written = write_message(session.folder, name)
    is_selected = selects_every_message(session.folder)
    _report(
        session, written, "assetgen check" if is_selected else f"add {name} to messages: in campaign.yaml"
    )


@app.command("template", epilog="Example: assetgen new template posters")
def template(context: typer.Context, name: Name) -> None:
    """Write a template into templates, with comments. It extends one that the campaign has."""
    from assetgen.creating.new_files import write_template

    session: Session = context.obj
    session.require_folder()
    written = write_template(session.folder, name)
    _report(session, written, f"write template: {name} in campaign.yaml")


@app.command("channel", epilog="Example: assetgen new channel lobby-screen")
def channel(context: typer.Context, name: Name) -> None:
    """Add a channel to brand/channels.yaml, with comments."""
    from assetgen.creating.new_files import write_channel

    session: Session = context.obj
    session.require_folder()
    written = write_channel(session.folder, name)
    _report(session, written, f"change its size, then add {name} to channels: in campaign.yaml")


def _report(session: Session, written: list[str], following: str) -> None:
    """Print the files that were written, and what to do next."""
    if session.quiet:
        return
    for path in written:
        session.out.print(f"written: {path}")
    session.out.print(f"next: {following}")
