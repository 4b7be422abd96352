"""The wheel's build hook: puts ``assetgen/starter/``, what ``assetgen init`` writes, into the wheel.

The files are made from the repository's own campaign while the wheel is built; git holds no second copy.
An editable install needs none: there ``init`` makes them itself.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class StarterHook(BuildHookInterface[Any]):
    """Adds the starter to the files of a wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the starter's files to a temporary folder and name each for the wheel."""
        self.folder: Path | None = None
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        self.folder = Path(tempfile.mkdtemp(prefix="assetgen-starter-"))
        for path, content in load_source(root).starter_files(root).items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            build_data["force_include"][str(file)] = f"assetgen/starter/{path}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary folder."""
        if self.folder:
            shutil.rmtree(self.folder)


def load_source(root: Path) -> ModuleType:
    """Load the module that makes the starter by its path: assetgen itself is not installed at this point."""
    name = "assetgen_starter_source"
    spec = spec_from_file_location(name, root / "src/assetgen/cli/starter_source.py")
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {name}")
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
