"""How a command ends: progress, findings and exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import typer

from assetgen.cli.session import Format, Session
from assetgen.cli.terminal import FINDINGS, OK, encodable
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Severity


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


def print_report(
    session: Session,
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
            print_findings(session.err, findings)
        return
    below = session.folder_prefix if folder is None else folder
    report = render_findings(
        findings, form.value, command=command, counts=counts, assets=assets, folder=below
    )
    typer.echo(encodable(report, form.value))


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
