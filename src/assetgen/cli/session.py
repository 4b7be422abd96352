"""What every command shares: the global options, the consoles, progress, the report at its end, the exit code."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from assetgen.cli import FINDINGS, OK, encodable
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Severity

if TYPE_CHECKING:
    from rich.console import Console

    from assetgen.loading.campaign import Loaded


class ColorChoice(StrEnum):
    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Format(StrEnum):
    """The forms in which findings are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"
    JUNIT = "junit"


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
    color: ColorChoice = ColorChoice.AUTO
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
        forced = {ColorChoice.AUTO: None, ColorChoice.ALWAYS: True, ColorChoice.NEVER: False}[self.color]
        stream = sys.stderr if stderr else sys.stdout
        plain = self.color is ColorChoice.NEVER or (forced is None and bool(os.environ.get("NO_COLOR")))
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

        if form is Format.TEXT:
            if findings:
                print_findings(self.err, findings)
            return
        below = self.folder_prefix if folder is None else folder
        report = render_findings(
            findings, form.value, command=command, counts=counts, assets=assets, folder=below
        )
        typer.echo(encodable(report, form.value))


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
