"""The wheel as somebody receives it: installed outside the repository, with no network, it makes a campaign."""

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
REAL_WORDS = (
    b"stop it now",
    b"stopitnow",
    b"0808 1000 900",
    b"8081000900",
    b"faithfull",
    b"staffordshire",
    b"nspcc",
)

# Python runs this module before anything else of ours, in the command and in each of its workers.
NO_NETWORK = """
import pathlib, socket, os
TOLD = pathlib.Path(os.environ["NO_NETWORK_LOG"])
(TOLD / f"guarded-{os.getpid()}").touch()

def refuse(*wanted, **options):
    (TOLD / f"refused-{os.getpid()}").write_text(repr(wanted))
    raise OSError("the network is off in this test")

for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, refuse)
for name in ("create_connection", "getaddrinfo", "gethostbyname"):
    setattr(socket, name, refuse)
"""


@dataclass(frozen=True)
class Installed:
    """An environment into which the wheel was installed, and where its guard writes."""

    env: Path
    guard: Path
    log: Path

    @property
    def python(self) -> Path:
        """The environment's own Python."""
        return self.env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def command(self) -> Path:
        """The entry point that the wheel brought."""
        return self.python.with_name("assetgen.exe" if os.name == "nt" else "assetgen")

    def run(self, *words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a command with the network's guard before all else, and nothing of the repository."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ASSETGEN"))
        }
        environment = {
            **kept,
            "PYTHONPATH": str(self.guard),
            "NO_NETWORK_LOG": str(self.log),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return subprocess.run(
            words, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False
        )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    made = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("elsewhere")
    made = Installed(folder / "env", folder / "guard", folder / "log")
    made.guard.mkdir()
    made.log.mkdir()
    (made.guard / "sitecustomize.py").write_text(NO_NETWORK, "utf-8")
    venv.create(made.env, with_pip=False)
    borrow_packages(made)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(made.python),
        "--disable-pip-version-check",
        "install",
    ]
    done = subprocess.run(
        [*pip, "--quiet", "--no-deps", "--no-index", "--no-compile", "--ignore-installed", str(wheel)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return made


def borrow_packages(made: Installed) -> None:
    """Let the new environment see the packages that these tests run with, by a path of its own.

    Python reads no .pth file in a folder that came from one: the repository, which the set-up installs
    as editable by just such a file, stays out of sight.
    """
    site = made.run(made.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=made.env)
    packages = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(site.stdout.strip(), "borrowed.pth").write_text("\n".join(sorted(packages)) + "\n", "utf-8")


def test_the_wheel_is_what_runs_and_the_repository_cannot_be_imported(
    installed: Installed, tmp_path: Path
) -> None:
    code = "import assetgen, json, sys; print(json.dumps([assetgen.__file__, *sys.path]))"

    said = installed.run(installed.python, "-c", code, cwd=tmp_path)

    imported, *path = (Path(entry or tmp_path).resolve() for entry in json.loads(said.stdout))
    assert imported.is_relative_to(installed.env.resolve())
    assert [entry for entry in path if entry.is_relative_to(ROOT / "src")] == []


def test_the_guard_refuses_the_network(installed: Installed, tmp_path: Path) -> None:
    code = "import socket; socket.create_connection(('192.0.2.1', 80))"

    assert (
        "the network is off in this test" in installed.run(installed.python, "-c", code, cwd=tmp_path).stderr
    )
    (refused,) = installed.log.glob("refused-*")
    refused.unlink()


def test_init_and_build_work_from_the_wheel_without_a_network(installed: Installed, tmp_path: Path) -> None:
    begun = installed.run(installed.command, "init", "demo", cwd=tmp_path)
    built = installed.run(installed.command, "-C", "demo", "build", "--format", "json", cwd=tmp_path)

    assert begun.returncode == 0, begun.stderr
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
    assert real_words_below(tmp_path / "demo") == []


def test_check_of_the_new_campaign_finds_one_thing_to_do(installed: Installed, tmp_path: Path) -> None:
    installed.run(installed.command, "init", "demo", cwd=tmp_path)

    said = installed.run(
        installed.python, "-m", "assetgen", "-C", "demo", "check", "--format", "json", cwd=tmp_path
    )

    assert said.returncode == 0, said.stderr
    assert [finding["code"] for finding in json.loads(said.stdout)["findings"]] == ["fact-unconfirmed"]


def test_the_wheel_holds_code_data_starter_and_licences_and_nothing_of_a_checkout(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        metadata = packed.read(next(name for name in names if name.endswith(".dist-info/METADATA"))).decode()
        entry_points = packed.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()

    source = ROOT / "src"
    written = {
        path.relative_to(source).as_posix()
        for path in (source / "assetgen").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert written <= names
    assert {"assetgen/starter/campaign.yaml", "assetgen/starter/brand/fonts/OFL.txt"} <= names
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"assetgen"}
    assert not [name for name in names if name.endswith(".pyc") or "/tests/" in name]
    assert "assetgen = assetgen.cli:main" in entry_points
    assert "Requires-Python: >=3.11" in metadata


def real_words_below(folder: Path) -> list[tuple[str, str]]:
    """Return each file below a folder that speaks of the real helpline, and the word."""
    found = []
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        text = path.read_bytes().lower()
        name = path.relative_to(folder).as_posix()
        found += [
            (name, word.decode()) for word in REAL_WORDS if word in text or word in name.lower().encode()
        ]
    return found
