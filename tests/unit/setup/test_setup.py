"""The set-up behind make: what a machine lacks and how to get it, when a step is due, the lock."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import lock as lock_script
import machine
import prepare
from tests.support.wording import Wording

ROOT = Path(__file__).resolve().parents[3]
# Written in two halves, so that this file names no index either.
INDEX_HOSTS = tuple(
    ".".join(halves) for halves in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))
)

LINES = {
    "apt-get": "apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0"
    " libharfbuzz-subset0 libzbar0 poppler-utils ghostscript",
    "dnf": "dnf install --assumeyes pango zbar poppler-utils ghostscript",
    "apk": "apk add pango harfbuzz-subset zbar poppler-utils ghostscript",
    "pacman": "pacman -S --needed --noconfirm pango zbar poppler ghostscript",
    "zypper": "zypper --non-interactive install libpango-1_0-0 libharfbuzz-subset0 libzbar0 poppler-tools ghostscript",
    "brew": "brew install pango zbar poppler ghostscript",
}
ABSENT = machine.Part(
    name="Nothing",
    packages={"apt-get": ("libnothing0",), "brew": ("nothing",)},
    libraries=("libnothing-of-this-name.so.0",),
)


def lock_text() -> str:
    return (ROOT / "requirements.lock").read_text("utf-8")


def locked() -> dict[str, str]:
    """Return each locked package's version."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock_text(), re.MULTILINE))


def required(text: str) -> list[str]:
    """Return the packages that a list in the form of requirements.in names."""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("command", machine.MANAGERS)
def test_the_line_to_type_is_right_for_every_package_manager(command: str) -> None:
    parts = [machine.PANGO, machine.ZBAR, machine.POPPLER, machine.GHOSTSCRIPT]

    assert machine.line_to_type(machine.MANAGERS[command], parts) == LINES[command]


def test_debian_is_asked_for_the_venv_of_the_python_that_runs() -> None:
    package = f"python3.{sys.version_info.minor}-venv"

    assert machine.packages_for(machine.MANAGERS["apt-get"], [machine.VENV]) == (package,)


def test_the_first_package_manager_of_the_machine_is_taken() -> None:
    found = machine.find_manager(lambda command: command in ("dnf", "brew"))

    assert found is machine.MANAGERS["dnf"]


def test_a_part_is_missing_if_one_library_or_command_or_module_is() -> None:
    assert machine.has(machine.Part("Python", {}, commands=("make",), modules=("json",)))
    assert not machine.has(ABSENT)
    assert not machine.has(machine.Part("x", {}, commands=("make", "no-such-command-anywhere")))
    assert not machine.has(machine.Part("x", {}, modules=("json", "no_such_module_anywhere")))


def test_who_is_not_root_gets_the_line_and_nothing_is_run(
    monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    monkeypatch.setitem(machine.PARTS, "build", (ABSENT,))
    monkeypatch.setattr(machine, "is_root", lambda: False)
    monkeypatch.setattr(machine, "find_manager", lambda: machine.MANAGERS["apt-get"])
    monkeypatch.setattr(machine, "install", lambda *_: pytest.fail("nothing may be installed"))

    with pytest.raises(machine.MachineGap) as gap:
        machine.ensure("build", pytest.fail)

    assert "\n    apt-get install --yes --no-install-recommends libnothing0\n" in str(gap.value)
    assert wording == str(gap.value)


def test_homebrew_is_left_to_its_owner_even_for_root(
    monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    monkeypatch.setitem(machine.PARTS, "build", (ABSENT,))
    monkeypatch.setattr(machine, "is_root", lambda: True)
    monkeypatch.setattr(machine, "find_manager", lambda: machine.MANAGERS["brew"])

    with pytest.raises(machine.MachineGap) as gap:
        machine.ensure("build", pytest.fail)

    assert "\n    brew install nothing\n" in str(gap.value)
    assert wording == str(gap.value)


def test_root_installs_what_is_missing_and_looks_again(
    monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    monkeypatch.setitem(machine.PARTS, "build", (ABSENT,))
    monkeypatch.setattr(machine, "is_root", lambda: True)
    monkeypatch.setattr(machine, "find_manager", lambda: machine.MANAGERS["apt-get"])
    installed: list[tuple[machine.Part, ...]] = []
    monkeypatch.setattr(
        machine, "install", lambda _, parts: installed.append(tuple(parts)) or "no space left"
    )
    said: list[str] = []

    with pytest.raises(machine.MachineGap) as gap:
        machine.ensure("build", said.append)

    assert installed == [(ABSENT,)]
    assert said == ["apt-get install --yes --no-install-recommends libnothing0"]
    assert str(gap.value).startswith("no space left\n")
    assert wording == str(gap.value)


def test_a_machine_without_a_known_package_manager_is_told_what_it_lacks(wording: Wording) -> None:
    text = machine.explain_gap([machine.PANGO, machine.ZBAR], None)

    assert "Pango, zbar" in text
    assert wording == text


def test_a_second_run_has_nothing_to_do() -> None:
    wanted = prepare.wanted_stamp(b"lock", [b"project"], "3.11", "here")

    assert prepare.steps_needed(wanted, {}) == ["packages", "project"]
    assert prepare.steps_needed(wanted, dict(wanted)) == []


@pytest.mark.parametrize(
    "found",
    [
        prepare.wanted_stamp(b"another lock", [b"project"], "3.11", "here"),
        prepare.wanted_stamp(b"lock", [b"project"], "3.12", "here"),
        prepare.wanted_stamp(b"lock", [b"project"], "3.11", "elsewhere"),
    ],
    ids=["lock", "python", "folder"],
)
def test_another_lock_python_or_folder_means_all_anew(found: dict[str, str]) -> None:
    wanted = prepare.wanted_stamp(b"lock", [b"project"], "3.11", "here")

    assert prepare.steps_needed(wanted, found) == ["packages", "project"]


def test_another_pyproject_means_the_project_alone() -> None:
    found = prepare.wanted_stamp(b"lock", [b"old"], "3.11", "here")

    assert prepare.steps_needed(prepare.wanted_stamp(b"lock", [b"new"], "3.11", "here"), found) == ["project"]


@pytest.mark.parametrize("content", [None, "", "{", "[]", '"packages"'])
def test_a_stamp_that_is_not_whole_counts_as_none(tmp_path: Path, content: str | None) -> None:
    stamp = tmp_path / "stamp.json"
    if content is not None:
        stamp.write_text(content, "utf-8")

    assert prepare.read_stamp(stamp) == {}


def test_a_stamp_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    wanted = prepare.wanted_stamp(b"lock", [b"project"])
    stamp = tmp_path / "stamp.json"

    stamp.write_text(json.dumps(wanted), "utf-8")

    assert prepare.read_stamp(stamp) == wanted


def test_an_unknown_goal_is_a_wrong_call(capsys: pytest.CaptureFixture[str], wording: Wording) -> None:
    assert prepare.main(["deploy"]) == 2
    said = capsys.readouterr().err
    assert "build, test" in said
    assert wording == said


def test_every_locked_package_is_exact_and_has_hashes() -> None:
    assert lock_text().startswith(lock_script.HEADER)
    for entry in re.split(r"\n(?=\S)", lock_text().removeprefix(lock_script.HEADER).strip()):
        first, *hashes = [line.rstrip(" \\") for line in entry.splitlines()]
        assert re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*( ; .+)?", first)
        assert hashes, first
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}", line) for line in hashes), first


def test_every_package_that_is_asked_for_is_locked() -> None:
    asked = required((ROOT / "requirements.in").read_text("utf-8"))

    assert set(asked) <= set(locked())
    assert {"hatchling", "editables"} <= set(locked())


def test_the_lock_holds_what_only_other_systems_need() -> None:
    assert re.search(r"^colorama==\S+ ; .*sys_platform == 'win32'", lock_text(), re.MULTILINE)


def test_the_wheel_asks_for_the_same_packages_and_the_lock_satisfies_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [Requirement(text) for text in project["dependencies"]]
    run_part = (ROOT / "requirements.in").read_text("utf-8").split("# test and check")[0]

    assert sorted(one.name for one in wanted) == required(run_part)
    for one in wanted:
        assert one.specifier.contains(locked()[one.name]), one


def test_no_file_names_a_package_index() -> None:
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
