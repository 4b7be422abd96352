"""The application: global options, the commands, and what happens when something goes wrong.

Commands import what they need when they run: ``--help`` loads Typer and rich, nothing more.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from assetgen import __version__
from assetgen.cli import (
    FINDINGS,
    INTERRUPTED,
    MACHINE,
    NOTHING_PLANNED,
    OK,
    encodable,
    told_of_output,
)
from assetgen.cli.commands import build, check, init, listing, output, pack, partner, reference, sign_off
from assetgen.cli.session import Call, ColorChoice, Session, no_counts
from assetgen.errors import AssetgenError, CampaignError, MachineError


class _Commands(TyperGroup):
    """The commands; an interrupt that none of them has dealt with is said in one word."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            typer.echo("interrupted", err=True)
            raise typer.Exit(INTERRUPTED) from None


app = typer.Typer(
    name="assetgen",
    cls=_Commands,
    help="Build every asset of a campaign: social images, adverts, screens, posters, QR codes.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # rich's help loads a Markdown parser: half of the wait for --help
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# In the order of its help.
app.command("init")(init.init)
app.command("doctor")(reference.doctor)
app.command("check")(check.check)
app.command("list")(listing.list_things)
app.command("build", cls=build.BuildCommand)(build.build)
app.command("verify")(check.verify)
app.command("diff")(sign_off.diff)
app.command("accept")(sign_off.accept)
app.command("merge")(output.merge)
app.command("approve")(sign_off.approve)
app.command("qr")(build.qr)
app.command("gallery")(output.gallery)
app.command("pack")(pack.pack)
app.add_typer(partner.app, name="partner", help="Ask for a new partner: new, import.")
app.command("why")(output.why)
app.command("explain")(reference.explain)
app.command("schema")(reference.schema)
app.command("cache")(output.cache)
GLOBAL_OPTIONS = frozenset({"-C", "-v", "--verbose", "-q", "--quiet", "--color", "--debug", "--version"})


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"assetgen {__version__}")
        raise typer.Exit


@app.callback()
def global_options(
    context: typer.Context,
    folder: Annotated[Path, typer.Option("-C", metavar="DIR", help="The campaign's folder.")] = Path("."),
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Say also what is read, and each asset as it is made.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("-q", "--quiet", help="Say nothing but findings and results.")
    ] = False,
    color: Annotated[
        ColorChoice, typer.Option("--color", help="Colours: where there is a terminal, always, never.")
    ] = "auto",
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a bug in assetgen.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Global options, before the command."""
    session = Session(folder, verbose=verbose, quiet=quiet, color=color, debug=debug)
    if isinstance(context.obj, Call):
        context.obj.session, context.obj.command = session, context.invoked_subcommand or "assetgen"
    context.obj = session


def run(arguments: list[str]) -> int:
    """Run a command and return its exit code: 0 done, 1 findings, 2 nothing planned, 3 machine, 130 interrupted."""
    call = Call("assetgen", Session(Path()))
    try:
        app(args=arguments, obj=call)
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else OK
        if code == NOTHING_PLANNED and (hint := _misplaced(arguments, call.command)):
            typer.echo(hint, err=True)
        return code
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        return INTERRUPTED
    except AssetgenError as error:
        return _report(error, arguments, call)
    except Exception as error:
        if "--debug" in arguments:
            raise
        from assetgen.rendering.engine.machine import fault_of_machine

        fault = fault_of_machine(error)
        if fault is not None:
            return FINDINGS if told_of_output(error) else _report(MachineError(fault), arguments, call)
        words = f"assetgen: a bug in assetgen: {type(error).__name__}: {error}\n  hint: --debug shows where"
        typer.echo(words, err=True)
        return NOTHING_PLANNED
    return OK


def _misplaced(arguments: list[str], command: str) -> str | None:
    """Return a hint where an option that belongs before the command was written behind it."""
    behind = arguments[arguments.index(command) + 1 :] if command in arguments else []
    wrong = next((word for word in behind if word.partition("=")[0] in GLOBAL_OPTIONS), None)
    return f"  hint: {wrong} goes before the command: assetgen {wrong} … {command}" if wrong else None


def _report(error: AssetgenError, arguments: list[str], call: Call) -> int:
    """Print an error's findings in the form that was asked for; return the exit code of its kind."""
    from assetgen.cli.report import FORMATS, render_findings

    wanted = [arguments[i + 1] for i, word in enumerate(arguments[:-1]) if word == "--format"]
    wanted += [word.partition("=")[2] for word in arguments if word.startswith("--format=")]
    form = wanted[-1] if wanted and wanted[-1] in FORMATS else "text"
    counts = no_counts(call.command, is_dry_run="--dry-run" in arguments)
    report = render_findings(
        error.findings, form, command=call.command, counts=counts, folder=call.session.folder_prefix
    )
    typer.echo(encodable(report, form), err=form == "text")
    if isinstance(error, MachineError):
        return MACHINE
    return NOTHING_PLANNED if isinstance(error, CampaignError) else FINDINGS
