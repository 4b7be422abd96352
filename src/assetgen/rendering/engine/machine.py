"""List the components that rendering needs, how to install them, and the versions that affect a file's bytes."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Sequence
from ctypes.util import find_library
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from assetgen import __version__
from assetgen.findings import Finding
from assetgen.loading.yaml.brand_folder import brand_folder

PACKAGES = ("weasyprint", "pydyf", "fonttools", "pypdfium2", "pillow", "qrcode", "uharfbuzz", "zlib-ng")
# Those of assetgen.loading.fonts, which cannot be imported on a machine without the Python packages.
FONT_SUFFIXES = (".ttf", ".otf", ".ttc", ".otc", ".woff", ".woff2")
# Library → its name for the loader, and the function that returns its version as a string.
LIBRARIES = {
    "pango": ("pango-1.0", "pango_version_string"),
    "harfbuzz": ("harfbuzz", "hb_version_string"),
}


def engine_versions() -> dict[str, str]:
    """Return the version of each component that rendering uses, by name; ``missing`` if it is not installed."""
    versions = {"assetgen": __version__, **{package: version_of(package) for package in PACKAGES}}
    for name, (library, function) in LIBRARIES.items():
        versions[name] = _library_version(library, function)
    versions["freetype"] = _freetype_version()
    versions["pillow-zlib"] = _zlib_version()
    return versions


def version_of(package: str) -> str:
    """Return the version of a package; ``missing`` if it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


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
    get_version = getattr(loaded, function)
    get_version.restype = ctypes.c_char_p
    return str(get_version().decode())


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


PANGO_REMEDY = {
    "linux": (
        "apt-get install libpango-1.0-0 libpangoft2-1.0-0 (Debian, Ubuntu); "
        "dnf install pango (Fedora); apk add pango (Alpine)"
    ),
    "darwin": "brew install pango",
    "win32": "install MSYS2, then: pacman -S mingw-w64-ucrt-x86_64-pango",
}
MIN_PYTHON = (3, 11)
DOCTOR_HINT = "run assetgen doctor: it shows how to install it"
IMPORT_TIMEOUT_S = 300
# Modules whose package has a different name.
_PACKAGE_NAMES = {
    "fontTools": "fonttools",
    "linkify_it": "linkify-it-py",
    "markdown_it": "markdown-it-py",
    "PIL": "pillow",
    "yaml": "pyyaml",
    "zlib_ng": "zlib-ng",
    "zxingcpp": "zxing-cpp",
}
# Module → its package: all dependencies in pyproject.toml except the layout engine, which is checked on its own.
# A test compares this list with pyproject.toml.
MODULES = {
    module: _PACKAGE_NAMES.get(module, module)
    for module in """
    pydyf fontTools jinja2 linkify_it markdown_it numpy phonenumbers PIL pikepdf pydantic pypdfium2 yaml qrcode rich
    tinycss2 typer coloraide defusedxml uharfbuzz watchfiles zlib_ng zxingcpp
    """.split()
}
DISTRIBUTIONS = {**MODULES, "markupsafe": "markupsafe"}


@dataclass(frozen=True, slots=True)
class MachinePart:
    """One component: whether it is installed, and how to install it. ``needed`` is False for an optional one."""

    name: str
    found: bool
    version: str
    remedy: str
    needed: bool = True


def inspect_machine(root: Path) -> list[MachinePart]:
    """Return every component that a build of the campaign in ``root`` needs."""
    versions = engine_versions()
    python = ".".join(str(number) for number in sys.version_info[:3])
    parts = [MachinePart("python", sys.version_info >= MIN_PYTHON, python, "Python 3.11 or newer")]
    faults = _import_faults([*MODULES, "weasyprint"])
    layout_fault = faults.pop("weasyprint", None)
    parts += [_package(package, faults.get(module)) for module, package in MODULES.items()]
    is_missing = layout_fault is not None and layout_fault.startswith("ModuleNotFoundError")
    parts.append(_package("weasyprint", layout_fault if is_missing else None))
    remedy = PANGO_REMEDY.get(sys.platform, PANGO_REMEDY["linux"])
    parts += [
        MachinePart(name, versions[name] != "missing", versions[name], remedy)
        for name in ("pango", "harfbuzz")
    ]
    freetype = versions["freetype"]
    parts.append(MachinePart("freetype", freetype != "missing", freetype, remedy, needed=False))
    parts.append(_layout(layout_fault, remedy))
    fonts = root / brand_folder(root) / "fonts"
    count = sum(path.suffix.lower() in FONT_SUFFIXES for path in fonts.rglob("*")) if fonts.is_dir() else 0
    in_campaign = (root / "campaign.yaml").is_file()
    hint = "put the brand's font files into brand/fonts"
    parts.append(MachinePart("brand fonts", bool(count), f"{count} files", hint, needed=in_campaign))
    writable = os.access(root, os.W_OK)
    hint = "give your user write permission for the campaign folder"
    parts.append(MachinePart("campaign folder", writable, "writable" if writable else "", hint))
    return parts


def missing_package(error: ImportError) -> Finding | None:
    """Return the finding for a package that cannot be imported; None if the module belongs to assetgen."""
    module = (error.name or "").partition(".")[0]
    if module in ("", "assetgen"):
        return None
    package = DISTRIBUTIONS.get(module, module)
    return Finding("machine", f"the Python package {package} cannot be imported: {error}", hint=DOCTOR_HINT)


def machine_finding(error: BaseException) -> Finding | None:
    """Return the finding for a missing package or an operating system error; None for any other error."""
    if isinstance(error, ImportError):
        return missing_package(error)
    return os_error_finding(error) if isinstance(error, OSError) else None


def os_error_finding(error: OSError) -> Finding:
    """Return the finding for an operating system error about a file, folder or disk."""
    where = f": {error.filename}" if error.filename else ""
    text = f"operating system error: {error.strerror or error}{where}"
    hint = "check that the disk has free space and that you may read and write there"
    return Finding("machine", text, hint=hint)


def _import_faults(modules: Sequence[str]) -> dict[str, str]:
    """Import the modules in a separate process; return the error of each one that fails.

    A broken library may end the process that loads it. The remaining modules are then imported in a new process.
    """
    faults: dict[str, str] = {}
    left = list(modules)
    while left:
        command = [sys.executable, "-c", _IMPORT_EACH, *left]
        process = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=IMPORT_TIMEOUT_S
        )
        results = dict(line.split(" ", 1) for line in process.stdout.splitlines() if line.count(" "))
        results = {module: result for module, result in results.items() if module in left}
        faults |= {module: result for module, result in results.items() if result != "ok"}
        left = [module for module in left if module not in results]
        if left:
            faults[left.pop(0)] = f"importing it ends the Python process (exit code {process.returncode})"
    return faults


_IMPORT_EACH = """
import sys
for module in sys.argv[1:]:
    try:
        __import__(module)
        result = "ok"
    except BaseException as error:
        result = " ".join(f"{type(error).__name__}: {error}".split())
    print(module, result, flush=True)
"""


def _package(package: str, fault: str | None) -> MachinePart:
    installed = version_of(package)
    if installed == "missing":
        installed = ""
    remedy = f"pip install {package}"
    if fault and installed:
        remedy = f"pip install --force-reinstall {package} ({fault})"
    return MachinePart(package, fault is None, installed, remedy)


def _layout(fault: str | None, remedy: str) -> MachinePart:
    """Return whether the layout engine starts: its package may be installed without its system libraries."""
    if fault is None:
        return MachinePart("layout engine", True, "starts", "")
    if fault.startswith("ModuleNotFoundError"):
        remedy = "pip install weasyprint"
    return MachinePart("layout engine", False, "", f"{fault}; {remedy}")
