"""Values for tests: a spec, an asset, a plan, and a fake renderer.

``FakeRenderer`` can be pickled to workers, as the real renderer can. Its table says what goes wrong with which asset.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assetgen.errors import RenderError
from assetgen.findings import Finding, Place, Severity
from assetgen.planning.asset import Asset, CopySet, Page, Plan, Spec, TypeSizeLimits
from assetgen.rendering.rendered_file import RenderedFile

WORDS = {
    "headline": "Worried about your thoughts?",
    "body": "You can talk to somebody.",
    "number": "0808 1000 900",
}


def make_spec(**changes: Any) -> Spec:
    """Return the spec of a 1080 × 1920 px story in PNG."""
    spec = Spec(
        width=1080.0,
        height=1920.0,
        unit="px",
        bleed_mm=0.0,
        scale=1.0,
        ppi=96,
        safe=(250.0, 60.0, 340.0, 60.0),
        safe_circle=None,
        keep_clear=(),
        panel_joins_x=(),
        panel_joins_y=(),
        format="png",
        colour="srgb",
        max_bytes=30_000_000,
        recommended_max_bytes=None,
        view_m=0.4,
        read_m=0.4,
        scan_m=None,
        px_mm=0.06,
        requires=("number", "address", "promise"),
        words={"long/short": WORDS},
        link=None,
        click="https://www.stopitnow.org.uk/",
        alt="A lit doorway in the dark.",
        alt_long="A lit doorway in the dark. Worried about your thoughts? Call 0808 1000 900.",
        fonts=("Hanken Grotesk",),
        faces=("HankenGrotesk-Regular",),
        tel="+448081000900",
        numbers=("+448081000900",),
        hosts=("www.stopitnow.org.uk",),
        locale="en-GB",
    )
    return replace(spec, **changes)


def make_asset(
    id: str = "acme/worried/ig-story/en-GB",
    path: str | None = None,
    *,
    spec: Spec | None = None,
    **changes: Any,
) -> Asset:
    """Return an asset whose partner, message, channel and locale are those of its id.

    Its path is as the planner makes it, with the slug ``stop-it-now``; ``changes`` replace any field.
    """
    partner, message, channel, locale = id.split("/")
    spec = spec or make_spec()
    name = f"stop-it-now_{partner}_{message}_{channel}_{locale}.{spec.format}"
    asset = Asset(
        id=id,
        path=path or f"{partner}/{locale}/social/{name}",
        partner=partner,
        message=message,
        channel=channel,
        variant=None,
        medium="social",
        locale=locale,
        format=spec.format,
        template="beacon",
        layout_name="tall",
        background="dark",
        shape="tall",
        accent="apricot",
        spec=spec,
        page=Page(spec.width, spec.height, 0.0, (60.0, 250.0, 960.0, 1330.0), (), (), (), 1.0),
        copy_sets=(CopySet("long/short", WORDS),),
        type_size_limits={"headline": TypeSizeLimits(40.0, 60.0)},
        code=None,
        footer_partners=(),
        palette={"ink": "#10262c"},
        texts={"facts.number": "0808 1000 900"},
        released="2026-11-01",
        provisional=False,
        inputs={"brand/brand.yaml": "b" * 64},
        places={"message": Place(f"brand/messages/{message}.yaml", 3, 13)},
    )
    return replace(asset, **changes)


def make_plan(*ids: str) -> Plan:
    """Return the plan of assets with these ids, in the order of their paths."""
    return Plan(tuple(sorted((make_asset(id) for id in ids), key=lambda asset: asset.path)))


def fake_content(asset_id: str, edition: str = "first") -> bytes:
    """Return the content that ``FakeRenderer`` gives an asset."""
    return f"{edition} {asset_id}\n".encode() * 200


@dataclass(frozen=True)
class FakeRenderer:
    """A factory of a fake renderer. ``faults`` maps an asset's id to what goes wrong: the name of a method below.

    ``edition`` is in the content of each file; ``notes`` is a folder for marker files that outlast a process.
    """

    edition: str = "first"
    faults: Mapping[str, str] = field(default_factory=dict)
    marker_dir: Path | None = None

    def __call__(self) -> Callable[[Asset], RenderedFile]:
        return self.render

    def render(self, asset: Asset) -> RenderedFile:
        if self.marker_dir:
            (self.marker_dir / f"worker-{os.getpid()}").touch()
        fault = self.faults.get(asset.id)
        made = self._without_fault(asset)
        return getattr(self, fault)(made) if fault else made

    def _without_fault(self, asset: Asset) -> RenderedFile:
        content = fake_content(asset.id, self.edition)
        template = hashlib.sha256(self.edition.encode()).hexdigest()
        return RenderedFile(
            asset_id=asset.id,
            content=content,
            pixel_sha256=hashlib.sha256(content).hexdigest(),
            measured={"tier": "long/short"},
            findings=(),
            inputs={"templates/beacon/template.html": template},
        )

    def overflows(self, made: RenderedFile) -> RenderedFile:
        return replace(made, findings=(Finding("text-overflow", "headline does not fit"),))

    def warns(self, made: RenderedFile) -> RenderedFile:
        return replace(made, findings=(Finding("weight", "heavy", severity=Severity.WARNING),))

    def says_nothing(self, made: RenderedFile) -> RenderedFile:
        return replace(made, content=None)

    def measures_nonsense(self, made: RenderedFile) -> RenderedFile:
        return replace(made, measured={"scale": float("nan")})

    def cannot_be_drawn(self, made: RenderedFile) -> RenderedFile:
        raise RenderError(Finding("picture-missing", "no such picture: door.png"))

    def raises(self, made: RenderedFile) -> RenderedFile:
        raise KeyError("accent")

    def exits(self, made: RenderedFile) -> RenderedFile:
        sys.exit("gone")

    def dies(self, made: RenderedFile) -> RenderedFile:
        os.kill(os.getpid(), signal.SIGKILL)
        return made

    def _is_first(self) -> bool:
        """Return True at the first call in any process, then False."""
        assert self.marker_dir
        try:
            (self.marker_dir / "once").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def dies_once(self, made: RenderedFile) -> RenderedFile:
        return self.dies(made) if self._is_first() else made

    def hangs_once(self, made: RenderedFile) -> RenderedFile:
        return self.hangs(made) if self._is_first() else made

    def runs_out_once(self, made: RenderedFile) -> RenderedFile:
        if self._is_first():
            raise MemoryError
        return made

    def eats_memory(self, made: RenderedFile) -> RenderedFile:
        # In small pieces, so that the memory limit is reached whatever the size of the last allocation.
        blocks = [b"x" * 10_000_000 for _ in range(200)]
        return replace(made, content=blocks[0])

    def is_stopped(self, made: RenderedFile) -> RenderedFile:
        os.kill(os.getpid(), signal.SIGSTOP)
        return made

    def hangs_and_lets_no_other_thread_in(self, made: RenderedFile) -> RenderedFile:
        # This regular expression takes practically for ever, and holds the interpreter's lock meanwhile.
        re.match(r"(a|a)*b", "a" * 100)
        return made

    def hangs(self, made: RenderedFile) -> RenderedFile:
        # In short sleeps: Python handles a signal between two calls, and may miss it just before a long one.
        while True:
            time.sleep(0.01)

    def hangs_and_swallows_interrupts(self, made: RenderedFile) -> RenderedFile:
        """Catch the exception that stops it and return a file, as WeasyPrint does while it draws an SVG."""
        try:
            return self.hangs(made)
        except BaseException:  # noqa: BLE001  as WeasyPrint does
            return made
