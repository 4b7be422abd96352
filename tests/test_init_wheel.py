"""The wheel as somebody receives it: installed outside the repository, with no network, it makes a campaign."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
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
    """The wheel's packages in a folder of their own, and where its guards write."""

    site: Path
    guard: Path
    log: Path

    def run(self, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run Python with the wheel before all else, and nothing of the repository."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ASSETGEN"))
        }
        path = os.pathsep.join((str(self.guard), str(self.site)))
        environment = {
            **kept,
            "PYTHONPATH": path,
            "NO_NETWORK_LOG": str(self.log),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return subprocess.run(
            [sys.executable, *words],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
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
    site, guard, log = (folder / name for name in ("site", "guard", "log"))
    guard.mkdir()
    log.mkdir()
    (guard / "sitecustomize.py").write_text(NO_NETWORK, "utf-8")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile"]
    done = subprocess.run(
        [*command, "--disable-pip-version-check", "--target", str(site), str(wheel)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return Installed(site, guard, log)


def test_the_wheel_is_what_runs_and_the_repository_cannot_be_imported(
    installed: Installed, tmp_path: Path
) -> None:
    code = (
        "import assetgen, pathlib, sys; print(pathlib.Path(assetgen.__file__).resolve());"
        f"print(any(pathlib.Path(entry or '.').resolve().is_relative_to({str(ROOT / 'src')!r}) for entry in sys.path))"
    )

    said = installed.run("-c", code, cwd=tmp_path)

    assert said.stdout.splitlines() == [str((installed.site / "assetgen/__init__.py").resolve()), "False"], (
        said.stderr
    )


def test_the_guard_refuses_the_network(installed: Installed, tmp_path: Path) -> None:
    code = "import socket; socket.create_connection(('192.0.2.1', 80))"

    assert "the network is off in this test" in installed.run("-c", code, cwd=tmp_path).stderr
    (refused,) = installed.log.glob("refused-*")
    refused.unlink()


def test_init_and_build_work_from_the_wheel_without_a_network(installed: Installed, tmp_path: Path) -> None:
    command = str(installed.site / "bin" / "assetgen")

    begun = installed.run(command, "init", "demo", cwd=tmp_path)
    built = installed.run(command, "-C", "demo", "build", "--format", "json", cwd=tmp_path)

    assert begun.returncode == 0, begun.stderr
    assert built.returncode == 0, built.stderr
    counts = json.loads(built.stdout)
    assert counts["built"] > 20
    assert counts["failed"] == 0
    assert [finding["code"] for finding in counts["findings"]] == ["fact-unconfirmed"]
    entries = json.loads((tmp_path / "demo/out/manifest.json").read_text("utf-8"))["assets"]
    assert len(entries) == counts["built"]
    assert all((tmp_path / "demo/out" / entry["path"]).stat().st_size == entry["bytes"] for entry in entries)
    assert len(list(installed.log.glob("guarded-*"))) >= 3
    assert [path.read_text("utf-8") for path in installed.log.glob("refused-*")] == []
    assert real_words_below(tmp_path / "demo") == []


def test_check_of_the_new_campaign_finds_one_thing_to_do(installed: Installed, tmp_path: Path) -> None:
    installed.run("-m", "assetgen", "init", "demo", cwd=tmp_path)

    said = installed.run("-m", "assetgen", "-C", "demo", "check", "--format", "json", cwd=tmp_path)

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
