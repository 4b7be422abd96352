"""The lock with its groups, and when ``setup/prepare.py`` has something to do."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

import lock as lock_script
import prepare

ROOT = Path(__file__).resolve().parents[3]
# Written in two halves, so that this file does not name an index itself.
INDEX_HOSTS = tuple(
    ".".join(halves) for halves in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))
)
TEST_TOOLS = {"pytest", "mypy", "ruff", "syrupy", "hypothesis", "typos", "sphinx"}


def stamp(
    lock: bytes = b"lock",
    project: bytes = b"project",
    groups: tuple[str, ...] = ("run",),
    python: str = "3.11",
    folder: str = "here",
) -> prepare.Stamp:
    return prepare.needed_stamp(lock, [project], groups, python, folder)


@cache
def lock_text() -> str:
    return (ROOT / "requirements.lock").read_text("utf-8")


def packages(text: str) -> dict[str, str]:
    """Return the packages of a lock's text with their versions."""
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[[^]]+\])?==(\S+)", text, re.MULTILINE))


def project_table() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_a_second_run_installs_nothing() -> None:
    assert prepare.steps_needed(stamp(), {}) == ["packages", "project"]
    assert prepare.steps_needed(stamp(), dict(stamp())) == []


@pytest.mark.parametrize(
    "found",
    [stamp(lock=b"another lock"), stamp(python="3.12"), stamp(folder="elsewhere")],
    ids=["lock", "python", "folder"],
)
def test_a_changed_lock_python_or_folder_installs_everything_again(found: prepare.Stamp) -> None:
    assert prepare.steps_needed(stamp(), found) == ["packages", "project"]


def test_a_changed_pyproject_installs_only_the_project() -> None:
    assert prepare.steps_needed(stamp(project=b"new"), stamp(project=b"old")) == ["project"]


def test_a_missing_group_is_installed_and_an_extra_one_is_not_removed() -> None:
    assert prepare.steps_needed(stamp(groups=("run", "test")), stamp(groups=("run",))) == ["groups"]
    assert prepare.steps_needed(stamp(groups=("run",)), stamp(groups=("run", "test"))) == []


@pytest.mark.parametrize("content", [None, "", "{", "[]", '"packages"'])
def test_an_invalid_stamp_file_is_read_as_empty(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "stamp.json"
    if content is not None:
        file.write_text(content, "utf-8")

    assert prepare.read_stamp(file) == {}


def test_a_stamp_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "stamp.json"

    file.write_text(json.dumps(stamp()), "utf-8")

    assert prepare.read_stamp(file) == stamp()


def test_every_locked_package_is_exact_and_has_hashes() -> None:
    assert lock_text().startswith(lock_script.HEADER)
    for text in prepare.read_groups(lock_text()).values():
        for entry in re.split(r"\n(?=\S)", text.strip()):
            first, *hashes = [line.rstrip(" \\") for line in entry.splitlines()]
            assert re.fullmatch(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==[0-9][0-9a-z.]*( ; .+)?", first)
            assert hashes, first
            assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}", line) for line in hashes), first


def test_every_requirement_is_locked_in_its_group_or_an_earlier_one() -> None:
    table, groups = project_table(), prepare.read_groups(lock_text())
    wanted = {"run": table["project"]["dependencies"], **table["dependency-groups"]}
    known: dict[str, str] = {}

    assert list(groups) == list(wanted)
    for group, requirements in wanted.items():
        known |= packages(groups[group])
        for one in map(Requirement, requirements):
            assert one.specifier.contains(known[one.name]), f"{group}: {one}"


def test_a_run_time_install_brings_no_test_tools() -> None:
    groups = prepare.read_groups(lock_text())

    assert not TEST_TOOLS & {name for group in prepare.GROUPS["build"] for name in packages(groups[group])}


def test_the_lock_contains_packages_that_only_windows_needs() -> None:
    assert re.search(r"^colorama==\S+ ; .*sys_platform == 'win32'", lock_text(), re.MULTILINE)


def test_a_package_with_several_versions_keeps_all_of_them() -> None:
    lock = "a==1\nb==1 ; python_full_version < '3.12'\nb==2 ; python_full_version >= '3.12'\n"

    text = lock_script.arrange(lock, {"run": {"b"}, "test": {"a", "b"}})

    groups = prepare.read_groups(text)
    assert groups["run"].count("b==") == 2
    assert groups["test"].count("==") == 1


def test_a_locked_package_that_no_group_needs_is_an_error() -> None:
    with pytest.raises(ValueError, match="in no group: b"):
        lock_script.arrange("a==1\nb==1\n", {"run": {"a"}})


def test_the_version_is_defined_only_in_the_package() -> None:
    table = project_table()

    assert table["project"]["dynamic"] == ["version"]
    assert table["tool"]["hatch"]["version"]["path"] == "src/assetgen/__init__.py"


def test_no_file_of_the_repository_contains_the_host_of_a_package_index() -> None:
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        capture_output=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]

    naming = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in paths
        if path.is_file()
        for host in INDEX_HOSTS
        if host.encode() in path.read_bytes()
    ]

    assert len(paths) > 20
    assert naming == []
    assert not re.search(
        r"^\s*(-i|-f|--index-url|--extra-index-url|--find-links)\b", lock_text(), re.MULTILINE
    )
