"""The engine's versions: all that may change a byte of a finished file. Found without starting the engine."""

from __future__ import annotations

import ctypes
from ctypes.util import find_library
from importlib.metadata import PackageNotFoundError, version

from assetgen import __version__

PACKAGES = {
    "weasyprint": "weasyprint",
    "pydyf": "pydyf",
    "fonttools": "fonttools",
    "pypdfium2": "pypdfium2",
    "pillow": "pillow",
    "qrcode": "qrcode",
    "uharfbuzz": "uharfbuzz",
    "zlib-ng": "zlib-ng",
}
# Library → its version function, which returns words, or a number of three parts.
LIBRARIES = {
    "pango": ("pango-1.0", "pango_version_string"),
    "harfbuzz": ("harfbuzz", "hb_version_string"),
}


def engine_versions() -> dict[str, str]:
    """Return each part that draws and its version; ``missing`` where it is not there."""
    versions = {"assetgen": __version__}
    for name, package in PACKAGES.items():
        try:
            versions[name] = version(package)
        except PackageNotFoundError:
            versions[name] = "missing"
    for name, (library, function) in LIBRARIES.items():
        versions[name] = _library_version(library, function)
    versions["freetype"] = _freetype_version()
    versions["pillow-zlib"] = _zlib_version()
    return versions


def _load(library: str) -> ctypes.CDLL | None:
    path = find_library(library)
    if path is None:
        return None
    try:
        return ctypes.CDLL(path)
    except OSError:
        return None


def _library_version(library: str, function: str) -> str:
    loaded = _load(library)
    if loaded is None:
        return "missing"
    ask = getattr(loaded, function)
    ask.restype = ctypes.c_char_p
    return str(ask().decode())


def _freetype_version() -> str:
    loaded = _load("freetype")
    if loaded is None:
        return "missing"
    library = ctypes.c_void_p()
    if loaded.FT_Init_FreeType(ctypes.byref(library)):
        return "missing"
    parts = [ctypes.c_int() for _ in range(3)]
    loaded.FT_Library_Version(library, *(ctypes.byref(part) for part in parts))
    loaded.FT_Done_FreeType(library)
    return ".".join(str(part.value) for part in parts)


def _zlib_version() -> str:
    try:
        from PIL import features
    except ImportError:
        return "missing"
    return str(features.version("zlib") or "missing")
