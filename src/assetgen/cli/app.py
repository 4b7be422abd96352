"""The command-line application: global options, the table of commands, and the handling of errors.

Commands import what they need when they run, so that ``--help`` loads only Typer and rich.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from assetgen import __version__
from assetgen.cli import (
    FINDINGS,
    INTERRUPTED,
    MACHINE,
    NOTHING_PLANNED,
    OK,
    make_encodable,
    report_output_error,
)
from assetgen.cli.commands import (
    brand_inks,
    build,
    check,
    init,
    listing,
    new,
    output,
    pack,
    partner,
    reference,
    sign_off,
)
from assetgen.cli.session import ColorChoice, Invocation, Session, zero_counts
from assetgen.errors import AssetgenError, CampaignError, MachineError
from assetgen.library_logs import keep_logs_off_terminal


class _GroupedCommands(TyperGroup):
    """A Typer group that lists its commands under headings and prints only "interrupted" on Ctrl-C."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands to the help, under the headings of their groups.

        Typer groups commands only in rich's help, which is switched off below.
        """
        commands: list[tuple[str, Any]] = [
            (name, self.get_command(ctx, name)) for name in self.list_commands(ctx)
        ]
        width = max(len(name) for name, _ in commands)
        for heading in COMMAND_GROUPS:
            rows = [
                (name.ljust(width), command.get_short_help_str(formatter.width - width - 6))
                for name, command in commands
                if command.rich_help_panel == heading
            ]
            with formatter.section(heading):
                formatter.write_dl(rows)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was called."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            typer.echo("interrupted", err=True)
            raise typer.Exit(INTERRUPTED) from None


app = typer.Typer(
    name="assetgen",
    cls=_GroupedCommands,
    help="Build every asset of a campaign: social images, adverts, screens, posters, QR codes.",
    epilog="Example: assetgen -C my-campaign build",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # rich's help loads a Markdown parser, which takes half the time of --help
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
CREATE, CHECK, BUILD, SHARE, MAINTAIN = COMMAND_GROUPS = ("Create", "Check", "Build", "Share", "Maintain")


def _add(
    group: str,
    name: str,
    command: Callable[..., None],
    example: str,
    cls: type[TyperCommand] = TyperCommand,
) -> None:
    """Add a command to a group of the help, with an example at the end of the command's own help."""
    app.command(name, cls=cls, rich_help_panel=group, epilog=f"Example: assetgen {example}")(command)


# In the order in which the help lists them.
_add(CREATE, "init", init.init, "init my-campaign")
app.add_typer(
    new.app,
    name="new",
    help="Write a message, template or channel with comments, ready to use.",
    rich_help_panel=CREATE,
    epilog="Example: assetgen new message open-evening",
)
app.add_typer(
    partner.app,
    name="partner",
    help="Add partners: answer questions, or import the export of a form.",
    rich_help_panel=CREATE,
    epilog="Example: assetgen partner new --name 'Harbour Trust'",
)
app.add_typer(
    brand_inks.app,
    name="brand",
    help="Propose what a brand lacks: inks for its colours.",
    rich_help_panel=CREATE,
    epilog="Example: assetgen brand inks",
)
_add(CHECK, "check", check.check, "check -p nspcc")
_add(CHECK, "list", listing.list_things, "list channels -M print")
_add(CHECK, "verify", check.verify, "verify out")
_add(CHECK, "diff", sign_off.diff, "diff assetgen.lock out")
_add(CHECK, "accept", sign_off.accept, "accept")
_add(CHECK, "explain", reference.explain, "explain text-overflow")
_add(BUILD, "build", build.build, "build -p nspcc", cls=build.BuildCommand)
_add(BUILD, "qr", build.qr, "qr nspcc")
_add(BUILD, "gallery", output.gallery, "gallery")
_add(BUILD, "merge", output.merge, "merge shard-1 shard-2 -o out")
_add(BUILD, "why", output.why, "why nspcc/worried/ig-square/en-GB")
_add(SHARE, "approve", sign_off.approve, "approve -p nspcc --by 'A. Name'")
_add(SHARE, "pack", pack.pack, "pack nspcc")
_add(MAINTAIN, "doctor", reference.doctor, "doctor")
_add(MAINTAIN, "cache", output.cache, "cache prune --max-size 2GB")
_add(MAINTAIN, "schema", reference.schema, "schema partner")
GLOBAL_OPTIONS = frozenset({"-C", "-v", "--verbose", "-q", "--quiet", "--color", "--debug", "--version"})


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"assetgen {__version__}")
        raise typer.Exit


@app.callback()
def global_options(
    context: typer.Context,
    folder: Annotated[Path, typer.Option("-C", metavar="DIR", help="The campaign folder.")] = Path("."),
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Also print each file read and each asset built.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print only findings and results.")] = False,
    color: Annotated[
        ColorChoice, typer.Option("--color", help="When to use colour. auto uses it only in a terminal.")
    ] = "auto",
    debug: Annotated[bool, typer.Option("--debug", help="Print the traceback of an internal error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Read the global options, which come before the command."""
    session = Session(folder, verbose=verbose, quiet=quiet, color=color, debug=debug)
    if isinstance(context.obj, Invocation):
        context.obj.session, context.obj.command = session, context.invoked_subcommand or "assetgen"
    context.obj = session


def run(arguments: list[str]) -> int:
    """Run a command and return its exit code.

    0: done; 1: findings; 2: wrong call, unreadable campaign or internal error; 3: the machine lacks something;
    130: interrupted.
    """
    call = Invocation("assetgen", Session(Path()))
    keep_logs_off_terminal()
    try:
        app(args=arguments, obj=call)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else OK
        if code == NOTHING_PLANNED and (hint := _misplaced_option_hint(arguments, call.command)):
            typer.echo(hint, err=True)
        return code
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        return INTERRUPTED
    except AssetgenError as error:
        try:
            return _report(error, arguments, call)
        except OSError as write_error:
            if isinstance(write_error, BrokenPipeError) or report_output_error(write_error):
                return FINDINGS
            raise
    except Exception as error:
        if "--debug" in arguments:
            raise
        from assetgen.rendering.engine.machine import machine_finding

        fault = machine_finding(error)
        if fault is not None:
            return FINDINGS if report_output_error(error) else _report(MachineError(fault), arguments, call)
        message = (
            f"assetgen: internal error: {type(error).__name__}: {error}\n  hint: --debug prints the traceback"
        )
        typer.echo(message, err=True)
        return NOTHING_PLANNED
    return OK


def _misplaced_option_hint(arguments: list[str], command: str) -> str | None:
    """Return a hint if a global option was written after the command; else None."""
    after = arguments[arguments.index(command) + 1 :] if command in arguments else []
    option = next((word for word in after if word.partition("=")[0] in GLOBAL_OPTIONS), None)
    return f"  hint: write {option} before the command: assetgen {option} … {command}" if option else None


def _report(error: AssetgenError, arguments: list[str], call: Invocation) -> int:
    """Print an error's findings in the format that ``--format`` names; return the error's exit code.

    Typer may have failed before it read ``--format``, so the arguments are searched for it.
    """
    from assetgen.cli.report import FORMATS, render_findings

    named = [arguments[i + 1] for i, word in enumerate(arguments[:-1]) if word == "--format"]
    named += [word.partition("=")[2] for word in arguments if word.startswith("--format=")]
    form = named[-1] if named and named[-1] in FORMATS else "text"
    counts = zero_counts(call.command, is_dry_run="--dry-run" in arguments)
    report = render_findings(
        error.findings, form, command=call.command, counts=counts, folder=call.session.folder_prefix
    )
    typer.echo(make_encodable(report, form), err=form == "text")
    if isinstance(error, MachineError):
        return MACHINE
    return NOTHING_PLANNED if isinstance(error, CampaignError) else FINDINGS
