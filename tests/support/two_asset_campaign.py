"""A campaign on disk with two built assets, and calls of the command line in it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from tests.support.command_line import run_assetgen
from tests.support.example_campaign import PARTNER

WORRIED, LOVED = (f"{PARTNER}/{message}/ig-square/en-GB" for message in ("worried", "loved-one"))


class BuiltCampaign:
    """A copy of a campaign folder with two built assets."""

    def __init__(self, root: Path, built: Path) -> None:
        self.root = root
        shutil.copytree(built, root)

    def build(self, *words: str, **environment: str) -> dict[str, Any]:
        """Run a build of these two assets in a process, and return its JSON report."""
        process = run_assetgen(
            "build",
            "-c",
            "ig-square",
            "--format",
            "json",
            *words,
            folder=self.root,
            **environment,  # type: ignore[arg-type]
        )
        assert process.returncode in (0, 1), process.stderr
        report: dict[str, Any] = json.loads(process.stdout)
        return report

    def built_and_cached(self, *words: str) -> tuple[int, int]:
        """Build, and return how many assets were built and how many came from the build cache."""
        report = self.build(*words)
        return report["built"], report["cached"]

    def planned_rebuilds(self) -> dict[str, str]:
        """Return what a build would rebuild: ids and reasons."""
        reasons: dict[str, str] = self.build("--dry-run")["make"]
        return reasons

    def output_path(self, asset_id: str = WORRIED) -> Path:
        manifest = json.loads((self.root / "out/manifest.json").read_text("utf-8"))
        return self.root / "out" / next(one["path"] for one in manifest["assets"] if one["id"] == asset_id)

    def output_files(self) -> dict[str, bytes]:
        """Return the files of ``out/`` by path, without ``.assetgen``."""
        out = self.root / "out"
        files = (path for path in out.rglob("*") if path.is_file() and ".assetgen" not in path.parts)
        return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}
