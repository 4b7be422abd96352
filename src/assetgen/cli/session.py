"""What every command shares: options, consoles, progress, the report at its end, the exit code."""

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

from assetgen.cli import FINDINGS, INTERRUPTED, OK, encodable
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Severity

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from assetgen.loading.campaign import Loaded


ColorChoice = Literal["auto", "always", "never"]
Format = Literal["text", "json", "github", "sarif", "junit"]
"""The forms in which findings are printed."""


@dataclass(slots=True)
class Call:
    """What was called, as far as it is known: for the report of a fault that ends it."""

    command: str
    session: Session


@dataclass(frozen=True, slots=True)
class Session:
    """The global options. Results go to ``out``, talk and progress to ``err``."""

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
        """Return the console for talk: standard error."""
        return self._console(stderr=True)

    def _console(self, *, stderr: bool) -> Console:
        from rich.console import Console

        # "never" is False, not None: rich would heed FORCE_COLOR, and write bold in a terminal without colours.
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
        """Return the campaign's folder as seen from here, for annotations; '' where it is not below.

        A job's current folder is its repository: a path out of that would annotate nothing.
        """
        pairs = [(one(self.folder), one(".")) for one in (os.path.abspath, os.path.realpath)]
        below = [
            Path(folder).relative_to(here) for folder, here in pairs if Path(folder).is_relative_to(here)
        ]
        return "" if not below or below[0] == Path() else below[0].as_posix()

    def require_folder(self) -> None:
        """Raise CampaignError where the campaign's folder is not there, or is none."""
        try:
            mode = self.folder.stat().st_mode
        except OSError as error:
            text = f"there is no folder {self.folder}"
            if not isinstance(error, FileNotFoundError):
                text = f"the folder {self.folder} cannot be looked into: {error.strerror or error}"
        else:
            if stat.S_ISDIR(mode):
                return
            text = f"{self.folder} is a file, not a folder"
        hint = "-C names the campaign's folder; or make one: assetgen init DIR"
        raise CampaignError(Finding("missing-file", text, hint=hint))

    def load(self, partners: Collection[str] | None = None) -> Loaded:
        """Read the campaign, of its partners only those named. Raises CampaignError where nothing can be planned."""
        from assetgen.loading.campaign import load_campaign

        self.require_folder()
        loaded = load_campaign(self.folder, partners)
        if self.verbose and not self.quiet:
            read = loaded.campaign.partners.values()
            for file in dict.fromkeys(
                [*loaded.campaign.files, *(name for one in read for name in one.files)]
            ):
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
        """Print findings: as text on standard error, in the other forms on standard output.

        ``folder`` is what their places are relative to, as seen from here (default: the campaign's).
        """
        from assetgen.cli.report import print_findings, render_findings

        if form == "text":
            if findings:
                print_findings(self.err, findings)
            return
        below = self.folder_prefix if folder is None else folder
        report = render_findings(findings, form, command=command, counts=counts, assets=assets, folder=below)
        typer.echo(encodable(report, form))

    def ending(self, findings: Sequence[Finding], stopped: str | None = None) -> typer.Exit:
        """Return how a command ends that found these; ``stopped`` is what is said of one that was interrupted."""
        if stopped:
            self.err.print(stopped)
            return typer.Exit(INTERRUPTED)
        return typer.Exit(exit_code(findings))


def table(
    *columns: str, right: Collection[str] = (), overflow: Literal["fold", "ellipsis"] = "ellipsis"
) -> Table:
    """Return a plain table with these columns; those of ``right`` hold numbers."""
    from rich.table import Table

    plain = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        plain.add_column(name, justify="right" if name in right else "left", overflow=overflow)
    return plain


@contextmanager
def steps(session: Session, words: str) -> Iterator[Callable[[int, int, str | None], None]]:
    """Give a function that takes (done, total, the latest thing or None) and shows them."""
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
        task = progress.add_task(words, total=None)

        def show(done: int, total: int, latest: str | None) -> None:
            progress.update(task, completed=done, total=total)

        yield show


STOPPED = "interrupted: what was finished is in the output folder, the rest is as it was"

# The keys of each command's report beside its findings.
COUNTS = {
    "build": ("built", "cached", "failed", "skipped", "removed", "unreached", "seconds"),
    "check": ("partners", "messages", "channels", "assets"),
    "verify": ("verified", "failed", "unreached", "seconds"),
    "merge": ("files", "removed", "failed"),
    "approve": ("approved", "unchanged", "refused"),
    "pack": ("packed", "kept", "refused", "unreached", "seconds"),
    "qr": ("built", "failed", "unreached"),
}


def no_counts(command: str, *, is_dry_run: bool = False) -> dict[str, object]:
    """Return a command's counts where it could do nothing, so that a script finds the keys that it knows."""
    if is_dry_run:
        return {"make": {}, "new": [], "remove": [], "kept": []}
    counts: dict[str, object] = dict.fromkeys(COUNTS.get(command, ()), 0)
    if command == "pack":
        return {**counts, "packs": []}
    return {**counts, "assets": []} if command == "verify" else counts


def counts_of(command: str, result: object) -> dict[str, object]:
    """Return a command's counts, as its result names them; time in hundredths of a second."""
    counts = {key: getattr(result, key) for key in COUNTS[command]}
    return {**counts, "seconds": round(counts["seconds"], 2)} if "seconds" in counts else counts


def raised(findings: Sequence[Finding], *, strict: bool) -> list[Finding]:
    """Return the findings; with ``strict`` each warning as an error."""
    if not strict:
        return list(findings)
    return [replace(f, severity=Severity.ERROR) if f.severity is Severity.WARNING else f for f in findings]


@contextmanager
def with_input_faults(findings: Sequence[Finding]) -> Iterator[None]:
    """Where a selection chooses nothing, say also what was wrong with the input: often it is the reason."""
    try:
        yield
    except CampaignError as error:
        faults = [finding for finding in findings if finding.is_error]
        raise CampaignError([*faults, *error.findings]) from error


def counted(number: int, things: str) -> str:
    """Return ``3 partners`` or ``1 partner``."""
    return f"{number:,} {things.removesuffix('s') if number == 1 else things}"


def exit_code(findings: Sequence[Finding]) -> int:
    """Return 1 where a finding is an error, else 0."""
    return FINDINGS if any(finding.is_error for finding in findings) else OK


ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _day(word: str) -> str:
    """Return an option's word where it is a day."""
    try:
        if ISO_DAY.fullmatch(word) and date.fromisoformat(word):
            return word
    except ValueError as error:
        raise typer.BadParameter(f"{word} is no day of the calendar") from error
    raise typer.BadParameter(f"{word} is no day: write year, month and day, 2026-11-26")


Day = Annotated[
    str | None,
    typer.Option(
        "--date", metavar="YYYY-MM-DD", parser=_day, help="The day on which it is asked (default: today)."
    ),
]


def day_of(word: str | None) -> date:
    """Return the day that was named, else today's."""
    return date.fromisoformat(word) if word else date.today()


GLOBS = {
    "partner": typer.Option(
        "-p", "--partner", metavar="GLOB", help="Partner id. Repeatable, like every selection."
    ),
    "channel": typer.Option(
        "-c", "--channel", metavar="GLOB", help="Channel id, or medium/id: 'ig-*', 'social/*'."
    ),
    "medium": typer.Option(
        "-M",
        "--medium",
        metavar="GLOB",
        help="social, display, dooh, workplace, email, print, ooh, press, qr.",
    ),
    "message": typer.Option("-m", "--message", metavar="GLOB", help="Message id."),
    "template": typer.Option("-t", "--template", metavar="GLOB", help="Design."),
    "locale": typer.Option("-l", "--locale", metavar="GLOB", help="Locale, such as en-GB."),
}
"""The options of a selection, by kind, in the order of every ``--help``."""


def with_selection(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a selection in the place of its parameter ``chosen``."""
    signature = inspect.signature(command, locals={"Selection": object}, eval_str=True)
    parameters: list[inspect.Parameter] = []
    for own in signature.parameters.values():
        if own.name != "chosen":
            parameters.append(own)
            continue
        for kind, option in GLOBS.items():
            annotation = Annotated[list[str] | None, option]
            parameters.append(inspect.Parameter(kind, own.kind, default=None, annotation=annotation))

    @wraps(command)
    def call(*arguments: Any, **given: Any) -> None:
        from assetgen.planning.selection import Selection

        words = {kind: tuple(given.pop(kind, None) or ()) for kind in GLOBS}
        command(*arguments, chosen=Selection(**words), **given)

    call.__annotations__ = {one.name: one.annotation for one in parameters}
    call.__dict__["__signature__"] = signature.replace(parameters=parameters)
    return call


def named_folder(word: str) -> Path:
    """Return an option's word as a folder; an empty one would be the current folder, which nobody meant."""
    if not word:
        raise typer.BadParameter("the folder has no name")
    return Path(word)


Out = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--out",
        metavar="DIR",
        parser=named_folder,
        help="The folder that is built into (default: out/ in the campaign).",
    ),
]
Form = Annotated[Format, typer.Option("--format", help="The form of the report.")]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")]


def jobs_option(verb: str) -> Any:
    """Return the option for the number of processes, which do what ``verb`` says."""
    return typer.Option(
        "-j", "--jobs", metavar="N", min=1, help=f"Processes that {verb} (default: the cores)."
    )


SOURCES = ("brand", "partners", "templates", ".assetgen", ".git")


def built_into(session: Session, out: Path | None) -> Path:
    """Return the folder to build into, which need not be there: ``out``, else the campaign's own.

    Raises CampaignError where it cannot be one, or holds what people wrote.
    """
    if out is None:
        session.require_folder()
    folder = out or session.folder / "out"
    fault = _fault(folder) or _onto_sources(folder, session.folder)
    if fault:
        hint = "name another folder, or leave -o out: then it is out/ in the campaign"
        raise CampaignError(Finding("bad-value", f"-o {folder}: {fault}", hint=hint))
    return folder


def _fault(folder: Path) -> str | None:
    try:
        return None if stat.S_ISDIR(folder.stat().st_mode) else "it is a file, not a folder"
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return "a file stands on the way"
    except (OSError, ValueError) as error:
        return str(getattr(error, "strerror", None) or error)


def _onto_sources(folder: Path, campaign: Path) -> str | None:
    target, root = (Path(os.path.realpath(path)) for path in (folder, campaign))
    own = [Path(os.path.realpath(root / name)) for name in SOURCES]
    if target == root or any(target.is_relative_to(one) for one in own):
        return "the campaign's own files are there, not what is built"
    return None
