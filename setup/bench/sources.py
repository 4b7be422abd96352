"""Install the programs to compare with (Node packages, Chromium), and extract the foundation's source from git."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

import system_packages
from bench.workload import ROOT

PEERS = Path(__file__).resolve().parent / "peers"
# The last commit before the four templates were added.
FOUNDATION = "d6fe7c0"
CHROMIUM_NAMES = ("chromium", "chromium-browser")
CHROMIUM = system_packages.Part(
    name="Chromium",
    commands=("chromium",),
    packages=dict.fromkeys(("apt-get", "dnf", "apk", "pacman", "zypper"), ("chromium",)),
)
NODE = system_packages.Part(
    name="Node with npm",
    commands=("node", "npm"),
    packages={
        "apt-get": ("nodejs", "npm"),
        "dnf": ("nodejs", "nodejs-npm"),
        "apk": ("nodejs", "npm"),
        "pacman": ("nodejs", "npm"),
        "zypper": ("nodejs-default", "npm-default"),
        "brew": ("node",),
    },
)


def set_up_peers() -> tuple[Path | None, str | None]:
    """Install what the peers need; return the path of Chromium, and a message about what is still missing."""
    system_packages.PARTS["bench"] = (NODE, CHROMIUM)
    gap: str | None = None
    try:
        system_packages.ensure("bench", lambda text: print(f"setup: {text}", flush=True))
    except system_packages.MachineGap as error:
        gap = str(error)
    if system_packages.has(NODE):
        gap = _install_packages() or gap
    chromium = next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)
    return (Path(chromium) if chromium else None), gap


def _install_packages() -> str | None:
    """Install the peers' packages if they are missing; return npm's output if it fails."""
    if (PEERS / "node_modules" / ".package-lock.json").is_file():
        return None
    command = ("npm", "install", "--no-package-lock", "--no-audit", "--no-fund")
    print(f"setup: {' '.join(command)} (in {PEERS.relative_to(ROOT)})", flush=True)
    done = subprocess.run(command, cwd=PEERS, capture_output=True, text=True, check=False)
    return f"{done.stdout}{done.stderr}" if done.returncode else None


def foundation(folder: Path) -> Path | None:
    """Extract the foundation commit into a folder and return that; None if git does not have the commit."""
    command = ("git", "archive", "--format=tar", FOUNDATION)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        return None
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder
