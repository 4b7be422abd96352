"""Progress while long work runs: a bar on a terminal, nothing where there is none; with -v a line for each step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from assetgen.cli.session import Session


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
