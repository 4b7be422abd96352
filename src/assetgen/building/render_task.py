"""One task of a build: take an asset from the build cache or render it, check it, and write it whole into
``out/.assetgen/tmp``.

The bytes do not travel: the worker writes and hashes them, and hands back the file's name and the line
for the manifest. So the parent stays light with any number of workers, and only it touches ``out/``.

The drawing itself is started when the first asset has to be drawn, so that a build that finds all in the cache never
starts it.
"""

from __future__ import annotations

import itertools
import os
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetgen.building.build_cache import Kept, Store, StoredVerdict
from assetgen.building.fingerprint import Drawn, Reads, Versions, drawn_from, drawn_with, recipe_digest
from assetgen.building.output_dir import stopping_the_build
from assetgen.errors import AssetgenError, MachineError
from assetgen.findings import Finding, Place
from assetgen.manifest.entry import Entry, is_plain_path
from assetgen.manifest.manifest_file import write_through
from assetgen.rendering.engine.machine import fault_of_machine, missing_package
from assetgen.rendering.rendered_file import Made

if TYPE_CHECKING:
    from assetgen.loading.model import Campaign
    from assetgen.planning.asset import Asset

Render = Callable[["Asset"], Made]
Findings = tuple[Finding, ...]
Marks = tuple[Mapping[str, Any], ...]
# What the channel asks for, rather than the words or the design.
_OF_THE_CHANNEL = frozenset({"weight", "size", "qr-too-small"})
# What the role's own file is to blame for: the words are too long, or say something else.
_OF_THE_PARTNER = frozenset({"partner", "imprint", "logo", "local"})

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one asset: its entry and its file's name in ``tmp``; its findings.

    A file without an entry was made and did not pass its proof: it is kept, but not in ``out/``. ``drawn`` are
    the files that drawing opened; ``is_kept``: it was made before and kept, not drawn now.
    """

    asset_id: str
    entry: Entry | None
    temp: str | None
    findings: tuple[Finding, ...]
    drawn: Drawn = ()
    is_kept: bool = False

    @classmethod
    def failure(cls, asset_id: str, findings: Iterable[Finding]) -> Outcome:
        """Return the outcome of an asset that was not made."""
        return cls(asset_id, None, None, tuple(finding.for_asset(asset_id) for finding in findings))

    @classmethod
    def lost(cls, asset: Asset, finding: Finding) -> Outcome:
        """Return the outcome of an asset whose worker died or hung."""
        return cls.failure(asset.id, [finding])


def start_rendering(start: Callable[[], Render], tmp: Path) -> Callable[[Asset], Outcome]:
    """Return the work on one asset. The initialiser of a worker that renders. Raises MachineError."""
    return partial(render_to_tmp, start_renderer(start), tmp)


def start_renderer(start: Callable[[], Render]) -> Render:
    """Return a renderer. Raises MachineError where it cannot start: without it no asset can be made."""
    try:
        return start()
    except AssetgenError as error:
        raise MachineError(error.findings) from error
    except (Exception, SystemExit) as error:
        fault = fault_of_machine(error) or unexpected("machine", "the drawing could not be set up", error)
        raise MachineError(fault) from error


def render_to_tmp(render: Render, tmp: Path, asset: Asset) -> Outcome:
    """Make one asset; whatever goes wrong with it is a finding of its outcome.

    Raises MachineError where ``tmp`` cannot be written or a package is not there: that stops all the others too; and
    MemoryError, after which this process is good for nothing more.
    """
    if not is_plain_path(asset.path):
        text = f"no path below the output folder: {asset.path!r}"
        return Outcome.failure(asset.id, [Finding("unsafe-file", text, hint="please report this")])
    if asset.faults:
        return Outcome.failure(asset.id, asset.faults)
    try:
        made = render(asset)
        if made.content is None:
            return Outcome.failure(asset.id, made.findings or [_silent()])
        is_sound = not any(finding.is_error for finding in made.findings)
        entry = Entry.of(asset, made, made.content) if is_sound else None
    except (MachineError, MemoryError):
        raise
    except AssetgenError as error:
        return Outcome.failure(asset.id, error.findings)
    except (Exception, SystemExit) as error:
        if isinstance(error, ImportError) and (missing := missing_package(error)):
            raise MachineError(missing) from error
        return Outcome.failure(asset.id, [unexpected("worker", "the drawing broke off", error)])
    findings = tuple(finding.for_asset(asset.id) for finding in made.findings)
    drawn = drawn_from(made.inputs, made.sought)
    return Outcome(asset.id, entry, _write_whole(tmp, made.content), findings, drawn, made.is_kept)


def _write_whole(tmp: Path, content: bytes) -> str:
    """Write the bytes to a new file in ``tmp``, wait for the disk, and return the file's name."""
    name = f"{os.getpid()}-{next(_numbers)}"
    with stopping_the_build("write a finished file"):
        write_through(tmp / name, content, "xb")
    return name


def unexpected(code: str, what: str, error: BaseException) -> Finding:
    """Return the finding for an exception that nobody foresaw: its type, its words, the line it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    where = (
        f" (it came from {os.path.basename(frames[-1].filename)}, line {frames[-1].lineno})" if frames else ""
    )
    words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Finding(code, f"{what}: {words}", hint=f"this is a fault in assetgen: please report it{where}")


def _silent() -> Finding:
    return Finding("worker", "the drawing gave no file and no reason", hint="please report this")


class CheckedRenderer:
    """The renderer of one process with cache and checks around it.

    ``own`` is where the engine's files are written. Without a ``store`` nothing is cached; with ``force`` everything
    is drawn.
    """

    def __init__(
        self, campaign: Campaign, versions: Versions, own: Path, store: Store | None, *, force: bool
    ) -> None:
        self._campaign, self._versions, self._own = campaign, versions, own
        self._store, self._force = store, force
        self._reads = Reads.of(campaign)

    @cached_property
    def _render(self) -> Render:
        """The renderer, started when it is first needed."""
        from assetgen.rendering.renderer import Renderer

        return start_renderer(partial(Renderer, self._campaign, self._own))

    def __call__(self, asset: Asset) -> Made:
        """Return a finished file with the word of the proofs on it. Raises MachineError."""
        recipe = recipe_digest(asset, drawn_with(asset, self._campaign))
        draws, proves = self._versions.draws, self._versions.proves
        kept = None
        if self._store and not self._force:
            kept = self._store.find(recipe, draws, self._reads)
        made = _made_of(asset, kept) if kept else self._render(asset)
        if made.content is None:
            return made
        word = kept.word if kept else None
        if word is None or word.proves != proves:
            word = StoredVerdict(proves, *word_on(asset, made))
            # A finding of the drawing has a place in today's sources: such a work is not kept.
            if self._store and not made.findings:
                drawn = drawn_from(made.inputs, made.sought)
                keeping = Kept(drawn, made.content, made.page, made.pixel_sha256, made.measured, word)
                with stopping_the_build("write the store of finished work"):
                    self._store.keep(recipe, draws, keeping)
        return with_word(asset, made, word.findings, word.marks)


def _made_of(asset: Asset, kept: Kept) -> Made:
    return Made(
        asset_id=asset.id,
        content=kept.content,
        pixel_sha256=kept.pixel_sha256,
        measured=kept.measured,
        findings=(),
        inputs={name: sha256 for name, sha256 in kept.drawn if sha256 is not None},
        page=kept.page,
        sought=frozenset(name for name, sha256 in kept.drawn if sha256 is None),
        is_kept=True,
    )


def word_on(asset: Asset, made: Made) -> tuple[Findings, Marks]:
    """Return the word of the proofs on what was made: findings without a place in the sources, and marks."""
    # Imported here: a build that finds all in the store loads no reader of files.
    from assetgen.preflight.checks import prove

    assert made.content is not None, "what was not made is not proved"
    proof = prove(made.content, made.page, asset.spec, made.measured)
    return proof.findings, tuple(mark.as_dict() for mark in proof.regions)


def with_word(asset: Asset, made: Made, findings: Findings, marks: Marks) -> Made:
    """Return what was made with the word of its proof, each finding at its cause in today's sources."""
    told = [replace(finding, place=cause(asset, made, finding)) for finding in findings]
    every = dict.fromkeys(finding.for_asset(asset.id) for finding in (*made.findings, *told))
    return replace(made, findings=tuple(every), regions=marks)


def cause(asset: Asset, made: Made, finding: Finding) -> Place:
    """Return where in the campaign's files the cause of a finding stands: the words' own place, else the design's."""
    if finding.place.file is not None:
        return finding.place
    if finding.role in _OF_THE_PARTNER:
        return asset.places["partner"]
    tier = made.measured.get("tier")
    written = next((words.places for words in asset.word_sets if words.name == tier), {})
    if finding.code == "type-small" and (role := finding.role or "") in written:
        return written[role]
    order = ("channel", "template") if finding.code in _OF_THE_CHANNEL else ("template", "channel")
    return next((asset.places[key] for key in (*order, "partner") if key in asset.places), finding.place)
