"""``assetgen init``: write a new campaign folder that can be built at once."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetgen.cli.session import Session

if TYPE_CHECKING:
    from assetgen.creating.new_campaign import StarterAnswers


def init(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new folder, or one with only .git, README or LICENSE.")
    ],
    name: Annotated[str, typer.Option(help="The name of the service.")] = "",
    number: Annotated[str, typer.Option(help="Its phone number, as it is printed.")] = "",
    address: Annotated[str, typer.Option(help="Its web address, as it is printed.")] = "",
    colour: Annotated[str, typer.Option(metavar="#RRGGBB", help="Its main colour.")] = "",
    font: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Its font: a font file, or a folder of font files.")
    ] = None,
    blank: Annotated[bool, typer.Option("--blank", help="Write no example messages.")] = False,
) -> None:
    """Create a campaign folder that can be built at once.

    In a terminal it asks for the name, the number or address, the colour and the font. Options answer beforehand.
    Without answers it writes examples, marked 'change me'.
    """
    from assetgen.creating.new_campaign import StarterAnswers, require_usable_folder, write_starter

    session: Session = context.obj
    target = session.folder / folder
    require_usable_folder(target)
    answers = StarterAnswers(name, number, address, colour, font, blank)
    if answers == StarterAnswers(is_blank=blank) and sys.stdin.isatty():
        answers = _prompt_for_answers(is_blank=blank)
    _check_options(answers)
    written = write_starter(target, answers)
    if session.quiet:
        return
    session.out.print(f"{len(written)} files written to {target}")
    if not (answers.name and answers.has_contact):
        session.out.print("some values are examples: search the files for 'change me'")
    command = "new message NAME" if blank else "build"
    session.out.print(f"next, run: assetgen -C {shlex.quote(str(target))} {command}")


def _check_options(answers: StarterAnswers) -> None:
    """Raise a usage error for each option whose value cannot be used."""
    from assetgen.creating import new_campaign

    faults = [
        (option, fault(value))
        for option, value, fault in (
            ("--number", answers.number, new_campaign.number_fault),
            ("--address", answers.address, new_campaign.address_fault),
            ("--colour", answers.colour, new_campaign.colour_fault),
        )
        if value
    ]
    if answers.font:
        faults.append(("--font", new_campaign.font_fault(answers.font)))
    texts = [f"{option}: {fault}" for option, fault in faults if fault]
    if texts:
        raise typer.BadParameter("\n".join(texts))


def _prompt_for_answers(*, is_blank: bool) -> StarterAnswers:
    """Ask in the terminal; the Return key keeps the example. A wrong answer is asked for again."""
    from assetgen.creating import new_campaign

    def ask(question: str, fault: Callable[[str], str | None] = lambda _: None) -> str:
        while True:
            answer = str(typer.prompt(question, default="", show_default=False)).strip()
            text = fault(answer) if answer else None
            if text is None:
                return answer
            typer.echo(text, err=True)

    typer.echo("Press Return to keep an example value; you can change everything later.", err=True)
    name = ask("Name of the service")
    number = ask("Phone number, if it has one", new_campaign.number_fault)
    address = ask("Web address, if it has one", new_campaign.address_fault)
    colour = ask("Main colour, such as #C8102E", new_campaign.colour_fault)
    font = ask("Font file, or folder of font files", lambda text: new_campaign.font_fault(Path(text)))
    return new_campaign.StarterAnswers(name, number, address, colour, Path(font) if font else None, is_blank)
