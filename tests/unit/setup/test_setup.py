"""The set-up behind make: missing system packages, the steps that must run, and the lock."""

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
# In two halves, so that this file does not contain the name of an index itself.
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
    """Return the version of each locked package."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock_text(), re.MULTILINE))


def required(text: str) -> list[str]:
    """Return the package names in a text in the format of requirements.in."""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("command", machine.MANAGERS)
def test_the_install_command_is_right_for_every_package_manager(command: str) -> None:
    parts = [machine.PANGO, machine.ZBAR, machine.POPPLER, machine.GHOSTSCRIPT]

    assert machine.line_to_type(machine.MANAGERS[command], parts) == LINES[command]


def test_debian_installs_venv_for_the_running_python() -> None:
    package = f"python3.{sys.version_info.minor}-venv"

    assert machine.packages_for(machine.MANAGERS["apt-get"], [machine.VENV]) == (package,)


def test_the_first_package_manager_of_the_machine_is_used() -> None:
    found = machine.find_manager(lambda command: command in ("dnf", "brew"))

    assert found is machine.MANAGERS["dnf"]


def test_a_part_is_missing_if_one_library_or_command_or_module_is() -> None:
    assert machine.has(machine.Part("Python", {}, commands=("make",), modules=("json",)))
    assert not machine.has(ABSENT)
    assert not machine.has(machine.Part("x", {}, commands=("make", "no-such-command-anywhere")))
    assert not machine.has(machine.Part("x", {}, modules=("json", "no_such_module_anywhere")))


def test_without_root_the_command_is_shown_and_not_run(
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


def test_homebrew_is_never_run_even_for_root(monkeypatch: pytest.MonkeyPatch, wording: Wording) -> None:
    monkeypatch.setitem(machine.PARTS, "build", (ABSENT,))
    monkeypatch.setattr(machine, "is_root", lambda: True)
    monkeypatch.setattr(machine, "find_manager", lambda: machine.MANAGERS["brew"])

    with pytest.raises(machine.MachineGap) as gap:
        machine.ensure("build", pytest.fail)

    assert "\n    brew install nothing\n" in str(gap.value)
    assert wording == str(gap.value)


def test_root_installs_missing_parts_and_checks_again(
    monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    monkeypatch.setitem(machine.PARTS, "build", (ABSENT,))
    monkeypatch.setattr(machine, "is_root", lambda: True)
    monkeypatch.setattr(machine, "find_manager", lambda: machine.MANAGERS["apt-get"])
    installed: list[tuple[machine.Part, ...]] = []
    monkeypatch.setattr(
        machine, "install", lambda _, parts: installed.append(tuple(parts)) or "no space left"
    )
    messages: list[str] = []

    with pytest.raises(machine.MachineGap) as gap:
        machine.ensure("build", messages.append)

    assert installed == [(ABSENT,)]
    assert messages == ["apt-get install --yes --no-install-recommends libnothing0"]
    assert str(gap.value).startswith("no space left\n")
    assert wording == str(gap.value)


def test_without_a_known_package_manager_the_message_names_the_parts(wording: Wording) -> None:
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
        prepare.wanted_stamp(b"other lock", [b"project"], "3.11", "here"),
        prepare.wanted_stamp(b"lock", [b"project"], "3.12", "here"),
        prepare.wanted_stamp(b"lock", [b"project"], "3.11", "elsewhere"),
    ],
    ids=["lock", "python", "folder"],
)
def test_a_different_lock_python_or_folder_repeats_every_step(found: dict[str, str]) -> None:
    wanted = prepare.wanted_stamp(b"lock", [b"project"], "3.11", "here")

    assert prepare.steps_needed(wanted, found) == ["packages", "project"]


def test_a_different_pyproject_installs_only_the_project() -> None:
    found = prepare.wanted_stamp(b"lock", [b"old"], "3.11", "here")

    assert prepare.steps_needed(prepare.wanted_stamp(b"lock", [b"new"], "3.11", "here"), found) == ["project"]


@pytest.mark.parametrize("content", [None, "", "{", "[]", '"packages"'])
def test_a_damaged_stamp_counts_as_missing(tmp_path: Path, content: str | None) -> None:
    stamp = tmp_path / "stamp.json"
    if content is not None:
        stamp.write_text(content, "utf-8")

    assert prepare.read_stamp(stamp) == {}


def test_a_stamp_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    wanted = prepare.wanted_stamp(b"lock", [b"project"])
    stamp = tmp_path / "stamp.json"

    stamp.write_text(json.dumps(wanted), "utf-8")

    assert prepare.read_stamp(stamp) == wanted


def test_an_unknown_goal_is_a_usage_error(capsys: pytest.CaptureFixture[str], wording: Wording) -> None:
    assert prepare.main(["deploy"]) == 2
    message = capsys.readouterr().err
    assert "build, test" in message
    assert wording == message


def test_every_locked_package_is_exact_and_has_hashes() -> None:
    assert lock_text().startswith(lock_script.HEADER)
    for entry in re.split(r"\n(?=\S)", lock_text().removeprefix(lock_script.HEADER).strip()):
        first, *hashes = [line.rstrip(" \\") for line in entry.splitlines()]
        assert re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*( ; .+)?", first)
        assert hashes, first
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}", line) for line in hashes), first


def test_every_required_package_is_locked() -> None:
    names = required((ROOT / "requirements.in").read_text("utf-8"))

    assert set(names) <= set(locked())
    assert {"hatchling", "editables"} <= set(locked())


def test_the_lock_includes_packages_for_other_systems() -> None:
    assert re.search(r"^colorama==\S+ ; .*sys_platform == 'win32'", lock_text(), re.MULTILINE)


def test_the_wheel_requires_the_same_packages_and_the_lock_satisfies_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    requirements = [Requirement(text) for text in project["dependencies"]]
    run_part = (ROOT / "requirements.in").read_text("utf-8").split("# test and check")[0]

    assert sorted(one.name for one in requirements) == required(run_part)
    for one in requirements:
        assert one.specifier.contains(locked()[one.name]), one


def test_no_file_contains_the_name_of_a_package_index() -> None:
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        capture_output=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]

    found = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in paths
        if path.is_file()
        for host in INDEX_HOSTS
        if host.encode() in path.read_bytes()
    ]

    assert len(paths) > 20
    assert found == []
    assert not re.search(
        r"^\s*(-i|-f|--index-url|--extra-index-url|--find-links)\b", lock_text(), re.MULTILINE
    )
