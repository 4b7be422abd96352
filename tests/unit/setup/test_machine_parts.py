"""The system packages behind make: which are missing, and the command that installs them."""

from __future__ import annotations

import sys

import pytest

import machine
import prepare
from tests.support.wording import Wording

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


def test_an_unknown_goal_is_a_usage_error(capsys: pytest.CaptureFixture[str], wording: Wording) -> None:
    assert prepare.main(["deploy"]) == 2
    message = capsys.readouterr().err
    assert "build, test" in message
    assert wording == message


def test_the_tests_need_no_system_package_but_pango() -> None:
    assert machine.PARTS["test"] == machine.PARTS["build"] == (machine.VENV, machine.PANGO)
    assert machine.PARTS["readers"] == (machine.VENV, machine.PANGO, *machine.READERS)


def test_every_goal_has_system_parts_and_locked_groups() -> None:
    assert machine.PARTS.keys() == prepare.GROUPS.keys()
