"""The build: runs the plan. Journal, workers, moving in, manifest; knows nothing of how a file is drawn.

The maker is passed in, so that nothing here imports the layout engine.
"""

import sys
from types import ModuleType
from typing import Any

from assetgen.build.build import build_assets, must_make, preview_build
from assetgen.build.manifest import Heading
from assetgen.build.result import BuildResult, Preview, Progress
from assetgen.build.work import Maker, MakerFactory

__all__ = [
    "BuildResult",
    "Heading",
    "Maker",
    "MakerFactory",
    "Preview",
    "Progress",
    "build_assets",
    "must_make",
    "preview_build",
]


class _Callable(ModuleType):
    """This package, which is also the function that it is named for.

    ``from assetgen import build`` gives the function at first, and this package once it was imported:
    both build when they are called.
    """

    def __call__(self, *positional: Any, **named: Any) -> BuildResult:
        from assetgen.build.campaign import build

        return build(*positional, **named)


sys.modules[__name__].__class__ = _Callable
