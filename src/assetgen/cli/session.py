"""What every command shares: the campaign's folder, how much to say, colours, the consoles."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

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
        from assetgen.errors import CampaignError
        from assetgen.findings import Finding

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
