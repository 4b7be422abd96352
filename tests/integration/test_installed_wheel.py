"""The wheel, installed outside the repository, creates and builds a campaign without a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.commands

ROOT = Path(__file__).resolve().parents[2]
REAL_NAMES = (
    b"stop it now",
    b"stopitnow",
    b"0808 1000 900",
    b"8081000900",
    b"faithfull",
    b"staffordshire",
    b"nspcc",
)

# Python imports this module first, in the command and in each of its workers.
NO_NETWORK = """
import pathlib, socket, os
LOG = pathlib.Path(os.environ["NO_NETWORK_LOG"])
(LOG / f"guarded-{os.getpid()}").touch()

def refuse(*wanted, **options):
    (LOG / f"refused-{os.getpid()}").write_text(repr(wanted))
    raise OSError("the network is off in this test")

for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, refuse)
for name in ("create_connection", "getaddrinfo", "gethostbyname"):
    setattr(socket, name, refuse)
"""


@dataclass(frozen=True)
class Installed:
    """A virtual environment with the wheel installed, and the folder where its network guard writes."""

    env: Path
    guard: Path
    log: Path

    @property
    def python(self) -> Path:
        """The Python of the environment."""
        return self.env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def command(self) -> Path:
        """The entry point that the wheel installed."""
        return self.python.with_name("assetgen.exe" if os.name == "nt" else "assetgen")

    def run(self, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a command with the network guard loaded first and the repository off the path."""
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ASSETGEN"))
        }
        variables = {
            **inherited,
            "PYTHONPATH": str(self.guard),
            "NO_NETWORK_LOG": str(self.log),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return subprocess.run(
            arguments, cwd=cwd, env=variables, capture_output=True, text=True, timeout=300, check=False
        )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("elsewhere")
    environment = Installed(folder / "env", folder / "guard", folder / "log")
    environment.guard.mkdir()
    environment.log.mkdir()
    (environment.guard / "sitecustomize.py").write_text(NO_NETWORK, "utf-8")
    venv.create(environment.env, with_pip=False)
    share_packages(environment)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(environment.python),
        "--disable-pip-version-check",
        "install",
    ]
    result = subprocess.run(
        [*pip, "--quiet", "--no-deps", "--no-index", "--no-compile", "--ignore-installed", str(wheel)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return environment


def share_packages(environment: Installed) -> None:
    """Let the new environment import the packages that these tests run with, through a .pth file.

    Python does not read .pth files in a folder that was itself added by one. So the repository, which the
    set-up installs as editable by such a file, cannot be imported.
    """
    site = environment.run(
        environment.python,
        "-c",
        "import sysconfig; print(sysconfig.get_path('purelib'))",
        cwd=environment.env,
    )
    packages = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(site.stdout.strip(), "shared.pth").write_text("\n".join(sorted(packages)) + "\n", "utf-8")


def test_the_installed_wheel_runs_and_the_repository_is_not_importable(
    installed: Installed, tmp_path: Path
) -> None:
    code = "import assetgen, json, sys; print(json.dumps([assetgen.__file__, *sys.path]))"

    result = installed.run(installed.python, "-c", code, cwd=tmp_path)

    imported, *path = (Path(entry or tmp_path).resolve() for entry in json.loads(result.stdout))
    assert imported.is_relative_to(installed.env.resolve())
    assert [entry for entry in path if entry.is_relative_to(ROOT / "src")] == []


def test_the_network_guard_blocks_connections(installed: Installed, tmp_path: Path) -> None:
    code = "import socket; socket.create_connection(('192.0.2.1', 80))"

    assert (
        "the network is off in this test" in installed.run(installed.python, "-c", code, cwd=tmp_path).stderr
    )
    (refused,) = installed.log.glob("refused-*")
    refused.unlink()


def test_init_and_build_work_from_the_wheel_without_a_network(installed: Installed, tmp_path: Path) -> None:
    init = installed.run(installed.command, "init", "demo", cwd=tmp_path)
    built = installed.run(installed.command, "-C", "demo", "build", "--format", "json", cwd=tmp_path)

    assert init.returncode == 0, init.stderr
    assert built.returncode == 0, built.stderr
    counts = json.loads(built.stdout)
    assert counts["built"] > 20
    assert counts["failed"] == 0
    assert {finding["severity"] for finding in counts["findings"]} <= {"warning", "note"}
    entries = json.loads((tmp_path / "demo/out/manifest.json").read_text("utf-8"))["assets"]
    assert len(entries) == counts["built"]
    assert all((tmp_path / "demo/out" / entry["path"]).stat().st_size == entry["bytes"] for entry in entries)
    assert len(list(installed.log.glob("guarded-*"))) >= 3
    assert [path.read_text("utf-8") for path in installed.log.glob("refused-*")] == []
    assert find_real_names(tmp_path / "demo") == []


def test_check_of_a_new_campaign_reports_only_unconfirmed_facts(installed: Installed, tmp_path: Path) -> None:
    installed.run(installed.command, "init", "demo", cwd=tmp_path)

    result = installed.run(
        installed.python, "-m", "assetgen", "-C", "demo", "check", "--format", "json", cwd=tmp_path
    )

    assert result.returncode == 0, result.stderr
    assert [finding["code"] for finding in json.loads(result.stdout)["findings"]] == ["fact-unconfirmed"]


def test_the_wheel_holds_the_package_files_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        metadata = packed.read(next(name for name in names if name.endswith(".dist-info/METADATA"))).decode()
        entry_points = packed.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()

    source = ROOT / "src"
    source_files = {
        path.relative_to(source).as_posix()
        for path in (source / "assetgen").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert source_files <= names
    assert {"assetgen/starter/campaign.yaml", "assetgen/starter/brand/fonts/OFL.txt"} <= names
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"assetgen"}
    assert not [name for name in names if name.endswith(".pyc") or "/tests/" in name]
    assert "assetgen = assetgen.cli:main" in entry_points
    assert "Requires-Python: >=3.11" in metadata


def find_real_names(folder: Path) -> list[tuple[str, str]]:
    """Return each file below a folder that names the real helpline or a partner, and the name."""
    found = []
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        text = path.read_bytes().lower()
        name = path.relative_to(folder).as_posix()
        found += [
            (name, real_name.decode())
            for real_name in REAL_NAMES
            if real_name in text or real_name in name.lower().encode()
        ]
    return found
