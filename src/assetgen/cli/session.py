"""Shared code of all commands: options, consoles, progress, the report of findings and the exit code."""

from __future__ import annotations

import inspect
import os
import re
import stat
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from assetgen.cli import FINDINGS, INTERRUPTED, OK, make_encodable
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Severity

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from assetgen.loading.campaign import LoadedCampaign


ColorChoice = Literal["auto", "always", "never"]
Format = Literal["text", "json", "github", "sarif", "junit"]
"""The formats in which findings are printed."""


@dataclass(slots=True)
class Invocation:
    """The running command and its session, for error reports.

    Both are placeholders until the global options have been read.
    """

    command: str
    session: Session


@dataclass(frozen=True, slots=True)
class Session:
    """The global options of one run. Results go to ``out``, messages and progress to ``err``."""

    folder: Path
    verbose: bool = False
    quiet: bool = False
    color: ColorChoice = "auto"
    debug: bool = False

    @property
    def out(self) -> Console:
        """Return the console for results: standard output."""
        return self._console(stderr=False)

    @property
    def err(self) -> Console:
        """Return the console for messages: standard error."""
        return self._console(stderr=True)

    def _console(self, *, stderr: bool) -> Console:
        from rich.console import Console

        # "never" is False, not None. With None, rich obeys FORCE_COLOR, and writes bold in a terminal without colours.
        forced = {"auto": None, "always": True, "never": False}[self.color]
        stream = sys.stderr if stderr else sys.stdout
        plain = self.color == "never" or (forced is None and bool(os.environ.get("NO_COLOR")))
        width = None if stream.isatty() else 160
        return Console(
            stderr=stderr,
            force_terminal=forced,
            no_color=plain,
            highlight=False,
            markup=False,
            width=width,
            soft_wrap=width is not None,
        )

    @property
    def folder_prefix(self) -> str:
        """Return the campaign folder relative to the current folder, for annotations; '' if it is the same or outside.

        In a CI job the current folder is the repository. An annotation of a path outside it would not be shown.
        """
        pairs = [(resolve(self.folder), resolve(".")) for resolve in (os.path.abspath, os.path.realpath)]
        relative = [
            Path(folder).relative_to(current)
            for folder, current in pairs
            if Path(folder).is_relative_to(current)
        ]
        return "" if not relative or relative[0] == Path() else relative[0].as_posix()

    def require_folder(self) -> None:
        """Raise CampaignError if the campaign folder does not exist or is not a folder."""
        try:
            mode = self.folder.stat().st_mode
        except OSError as error:
            text = f"folder not found: {self.folder}"
            if not isinstance(error, FileNotFoundError):
                text = f"cannot read the folder {self.folder}: {error.strerror or error}"
        else:
            if stat.S_ISDIR(mode):
                return
            text = f"{self.folder} is a file, not a folder"
        hint = "name the campaign folder with -C, or create one: assetgen init DIR"
        raise CampaignError(Finding("missing-file", text, hint=hint))

    def load(self, partners: Collection[str] | None = None) -> LoadedCampaign:
        """Read the campaign, with all its partners or only those named.

        Raises CampaignError if nothing can be planned.
        """
        from assetgen.loading.campaign import load_campaign

        self.require_folder()
        loaded = load_campaign(self.folder, partners)
        if self.verbose and not self.quiet:
            files_of_partners = (
                name for partner in loaded.campaign.partners.values() for name in partner.files
            )
            for file in dict.fromkeys([*loaded.campaign.files, *files_of_partners]):
                self.err.print(f"read {file}")
        return loaded

    def print_report(
        self,
        findings: list[Finding],
        form: Format,
        command: str,
        counts: dict[str, object],
        assets: Sequence[str] = (),
        folder: str | None = None,
    ) -> None:
        """Print findings: as text on standard error, in the other formats on standard output.

        Args:
            findings: what to print, in any order.
            form: the format.
            command: the name of the command.
            counts: the command's numbers, for the JSON report.
            assets: ids of all assets that were handled, so that the JUnit report also names those that passed.
            folder: the folder that the findings' files are relative to, seen from the current folder
                (default: the campaign folder).
        """
        from assetgen.cli.report import print_findings, render_findings

        if form == "text":
            if findings:
                print_findings(self.err, findings)
            return
        prefix = self.folder_prefix if folder is None else folder
        report = render_findings(findings, form, command=command, counts=counts, assets=assets, folder=prefix)
        typer.echo(make_encodable(report, form))

    def exit_for(self, findings: Sequence[Finding], stopped: str | None = None) -> typer.Exit:
        """Return the ``Exit`` to raise for these findings. ``stopped`` is a message to print after an interrupt."""
        if stopped:
            self.err.print(stopped)
            return typer.Exit(INTERRUPTED)
        return typer.Exit(exit_code(findings))


def table(
    *columns: str, right: Collection[str] = (), overflow: Literal["fold", "ellipsis"] = "ellipsis"
) -> Table:
    """Return an empty table without borders; the columns named in ``right`` are right-aligned."""
    from rich.table import Table

    plain = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        plain.add_column(name, justify="right" if name in right else "left", overflow=overflow)
    return plain


@contextmanager
def show_progress(session: Session, description: str) -> Iterator[Callable[[int, int, str | None], None]]:
    """Show progress while the block runs. Yields a function of (done, total, latest id or None) to call.

    Shows a bar in a terminal, a line for each id with ``--verbose``, and nothing otherwise.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = session.err
    if session.verbose and not session.quiet:
        yield lambda done, total, latest: console.print(f"{done}/{total} {latest}") if latest else None
        return
    if session.quiet or not console.is_terminal:
        yield lambda done, total, latest: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(description, total=None)

        def show(done: int, total: int, latest: str | None) -> None:
            progress.update(task, completed=done, total=total)

        yield show


WAITING = "waiting for another build in the output folder to finish"
INTERRUPTED_MESSAGE = "interrupted: finished files are in the output folder; all other files are unchanged"

# The numbers in each command's JSON report, beside its findings.
COUNTS = {
    "build": ("built", "cached", "failed", "skipped", "removed", "unreached", "seconds"),
    "check": ("partners", "messages", "channels", "assets"),
    "verify": ("verified", "failed", "unreached", "seconds"),
    "merge": ("files", "removed", "failed"),
    "approve": ("approved", "unchanged", "refused"),
    "pack": ("packed", "kept", "refused", "unreached", "seconds"),
    "qr": ("built", "failed", "unreached"),
}


def zero_counts(command: str, *, is_dry_run: bool = False) -> dict[str, object]:
    """Return a command's counts as zeros, so that the report of a failed run has the usual keys."""
    if is_dry_run:
        return {"make": {}, "new": [], "remove": [], "kept": []}
    counts: dict[str, object] = dict.fromkeys(COUNTS.get(command, ()), 0)
    if command == "pack":
        return {**counts, "packs": []}
    return {**counts, "assets": []} if command == "verify" else counts


def read_counts(command: str, result: object) -> dict[str, object]:
    """Return a command's counts, read from the attributes of its result; seconds rounded to two decimals."""
    counts = {key: getattr(result, key) for key in COUNTS[command]}
    return {**counts, "seconds": round(counts["seconds"], 2)} if "seconds" in counts else counts


def promote_warnings(findings: Sequence[Finding], *, strict: bool) -> list[Finding]:
    """Return the findings; with ``strict``, turn each warning into an error."""
    if not strict:
        return list(findings)
    return [replace(f, severity=Severity.ERROR) if f.severity is Severity.WARNING else f for f in findings]


@contextmanager
def include_input_errors(findings: Sequence[Finding]) -> Iterator[None]:
    """Add the errors among ``findings`` to a CampaignError that is raised in the block.

    They may be the reason why a selection matches nothing.
    """
    try:
        yield
    except CampaignError as error:
        faults = [finding for finding in findings if finding.is_error]
        raise CampaignError([*faults, *error.findings]) from error


def count_of(number: int, things: str) -> str:
    """Return a number and its noun, in the singular or plural: ``1 partner``, ``3 partners``."""
    return f"{number:,} {things.removesuffix('s') if number == 1 else things}"


def exit_code(findings: Sequence[Finding]) -> int:
    """Return 1 if a finding is an error, else 0."""
    return FINDINGS if any(finding.is_error for finding in findings) else OK


_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def _check_date(word: str) -> str:
    """Return an option's value if it is a date (YYYY-MM-DD). Raises BadParameter otherwise."""
    try:
        if _ISO_DATE.fullmatch(word) and date.fromisoformat(word):
            return word
    except ValueError as error:
        raise typer.BadParameter(f"{word} is not a valid date: the calendar has no such day") from error
    raise typer.BadParameter(f"{word!r} is not a valid date (expected YYYY-MM-DD)")


Day = Annotated[
    str | None,
    typer.Option(
        "--date",
        metavar="YYYY-MM-DD",
        parser=_check_date,
        help="The date for embargoes, expiry and approvals (default: today, by this machine's clock).",
    ),
]


def date_or_today(word: str | None) -> date:
    """Return the date of the ``--date`` option, or today."""
    return date.fromisoformat(word) if word else date.today()


SELECTION_OPTIONS = {
    "partner": typer.Option(
        "-p", "--partner", metavar="GLOB", help="Partner id. Each selection option can be repeated."
    ),
    "channel": typer.Option(
        "-c", "--channel", metavar="GLOB", help="Channel id, or medium/channel: 'ig-*', 'social/*'."
    ),
    "medium": typer.Option(
        "-M",
        "--medium",
        metavar="GLOB",
        help="Medium: social, display, dooh, workplace, email, print, ooh, press, qr.",
    ),
    "message": typer.Option("-m", "--message", metavar="GLOB", help="Message id."),
    "template": typer.Option("-t", "--template", metavar="GLOB", help="Template id."),
    "locale": typer.Option("-l", "--locale", metavar="GLOB", help="Locale, such as en-GB."),
}
"""The selection options by kind, in the order in which every ``--help`` lists them."""


def with_selection(command: Callable[..., None]) -> Callable[..., None]:
    """Replace a command's parameter ``chosen`` with the selection options (decorator).

    The command itself receives one ``Selection`` as ``chosen``.
    """
    signature = inspect.signature(command, locals={"Selection": object}, eval_str=True)
    parameters: list[inspect.Parameter] = []
    for parameter in signature.parameters.values():
        if parameter.name != "chosen":
            parameters.append(parameter)
            continue
        for kind, option in SELECTION_OPTIONS.items():
            annotation = Annotated[list[str] | None, option]
            parameters.append(inspect.Parameter(kind, parameter.kind, default=None, annotation=annotation))

    @wraps(command)
    def call(*arguments: Any, **options: Any) -> None:
        from assetgen.planning.selection import Selection

        globs = {kind: tuple(options.pop(kind, None) or ()) for kind in SELECTION_OPTIONS}
        command(*arguments, chosen=Selection(**globs), **options)

    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    call.__dict__["__signature__"] = signature.replace(parameters=parameters)
    return call


def parse_folder(word: str) -> Path:
    """Return an option's value as a path. Raises BadParameter if it is empty: Path would read that as ``.``."""
    if not word:
        raise typer.BadParameter("the folder name is empty")
    return Path(word)


Out = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--out",
        metavar="DIR",
        parser=parse_folder,
        help="The output folder (default: out/ in the campaign).",
    ),
]
Form = Annotated[Format, typer.Option("--format", help="The format of the report.")]
Strict = Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")]


def jobs_option(verb: str) -> Any:
    """Return the option for the number of processes; ``verb`` says what they do, for the help."""
    return typer.Option(
        "-j", "--jobs", metavar="N", min=1, help=f"Processes that {verb} (default: one per core)."
    )


SOURCES = ("partners", "templates", ".assetgen", ".git")


def resolve_output_folder(session: Session, out: Path | None) -> Path:
    """Return the output folder, which need not exist: ``out``, or else the campaign's own.

    Raises CampaignError if it cannot be a folder, or if the campaign's source files are in it.
    """
    if out is None:
        session.require_folder()
    folder = out or session.folder / "out"
    fault = _folder_fault(folder) or _sources_fault(folder, session.folder)
    if fault:
        hint = "name a different folder, or omit -o to use out/ in the campaign"
        raise CampaignError(Finding("bad-value", f"-o {folder}: {fault}", hint=hint))
    return folder


def _folder_fault(folder: Path) -> str | None:
    """Return why a path cannot be a folder; None if it is one or can become one."""
    try:
        return None if stat.S_ISDIR(folder.stat().st_mode) else "it is a file, not a folder"
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return "a part of this path is a file, not a folder"
    except (OSError, ValueError) as error:
        return str(getattr(error, "strerror", None) or error)


def _sources_fault(folder: Path, campaign: Path) -> str | None:
    """Return why a folder must not be built into: it holds the campaign's source files. None if it does not."""
    from assetgen.loading.yaml.brand_folder import brand_folder

    target, root = (Path(os.path.realpath(path)) for path in (folder, campaign))
    sources = [Path(os.path.realpath(root / name)) for name in (brand_folder(root), *SOURCES)]
    if target == root or any(target.is_relative_to(source) for source in sources):
        return "this folder holds the campaign's source files"
    return None
