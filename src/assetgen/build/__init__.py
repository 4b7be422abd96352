"""The build: runs the plan. Journal, workers, moving in, manifest; knows nothing of how a file is drawn.

The maker is passed in, so that nothing here imports the layout engine.
"""

from assetgen.build.build import BuildResult, Progress, build_assets, must_make, preview_build
from assetgen.build.ledger import Faults
from assetgen.build.manifest import Heading
from assetgen.build.work import Maker, MakerFactory

__all__ = [
    "BuildResult",
    "Faults",
    "Heading",
    "Maker",
    "MakerFactory",
    "Progress",
    "build_assets",
    "must_make",
    "preview_build",
]
