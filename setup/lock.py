"""Write requirements.lock from requirements.in: exact versions, with the hash of every platform's files.

    python3 setup/lock.py [--upgrade]

The versions in the lock stay as they are, unless requirements.in rules them out or ``--upgrade`` is given.
uv does the resolving, in a folder of its own that is thrown away: it resolves for all systems and all Pythons
from 3.11 at once. This is the only script that looks for newer packages; nothing else in the project does.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = "uv==0.13.9"
HEADER = """\
# Every package that assetgen runs on, is tested with and is built by, with the hashes of all its files:
# made from requirements.in by `make lock`; never edited by hand.

"""


def compile_lock(uv: Path, upgrade: bool) -> None:
    """Resolve requirements.in into requirements.lock, with no word of this machine or of an index in it."""
    subprocess.run(
        [
            uv, "pip", "compile", "--quiet",
            "--universal", "--python-version", "3.11", "--generate-hashes",
            "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links",
            *(["--upgrade"] if upgrade else []),
            "--output-file", "requirements.lock",
            "requirements.in",
        ],
        cwd=ROOT,
        check=True,
    )  # fmt: skip
    lock = ROOT / "requirements.lock"
    lock.write_text(HEADER + lock.read_text("utf-8").removeprefix(HEADER), "utf-8", newline="\n")


def main(arguments: list[str]) -> int:
    """Make uv ready in a temporary folder and compile the lock."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", UV], check=True)
        compile_lock(python.with_name("uv"), upgrade="--upgrade" in arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
