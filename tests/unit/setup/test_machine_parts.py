"""The system packages behind make: which are missing, and the command that installs them."""

from __future__ import annotations

import sys

import pytest

import prepare
import system_packages
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
ABSENT = system_packages.Part(
    name="Nothing",
    packages={"apt-get": ("libnothing0",), "brew": ("nothing",)},
    libraries=("libnothing-of-this-name.so.0",),
)


@pytest.mark.parametrize("command", system_packages.MANAGERS)
def test_the_install_command_is_right_for_every_package_manager(command: str) -> None:
    parts = [
        system_packages.PANGO,
        system_packages.ZBAR,
        system_packages.POPPLER,
        system_packages.GHOSTSCRIPT,
    ]

    assert system_packages.install_command(system_packages.MANAGERS[command], parts) == LINES[command]


def test_debian_installs_venv_for_the_running_python() -> None:
    package = f"python3.{sys.version_info.minor}-venv"

    assert system_packages.packages_for(system_packages.MANAGERS["apt-get"], [system_packages.VENV]) == (
        package,
    )


def test_the_first_package_manager_of_the_machine_is_used() -> None:
    found = system_packages.find_manager(lambda command: command in ("dnf", "brew"))

    assert found is system_packages.MANAGERS["dnf"]


def test_a_part_is_missing_if_one_of_its_libraries_commands_or_modules_is_missing() -> None:
    assert system_packages.has(system_packages.Part("Python", {}, commands=("make",), modules=("json",)))
    assert not system_packages.has(ABSENT)
    assert not system_packages.has(
        system_packages.Part("x", {}, commands=("make", "no-such-command-anywhere"))
    )
    assert not system_packages.has(system_packages.Part("x", {}, modules=("json", "no_such_module_anywhere")))


def test_without_root_the_install_command_is_shown_and_not_run(
    monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    monkeypatch.setitem(system_packages.PARTS, "build", (ABSENT,))
    monkeypatch.setattr(system_packages, "is_root", lambda: False)
    monkeypatch.setattr(system_packages, "find_manager", lambda: system_packages.MANAGERS["apt-get"])
    monkeypatch.setattr(system_packages, "install", lambda *_: pytest.fail("nothing may be installed"))

    with pytest.raises(system_packages.MachineGap) as gap:
        system_packages.ensure("build", pytest.fail)

    assert "\n    apt-get install --yes --no-install-recommends libnothing0\n" in str(gap.value)
    assert wording == str(gap.value)


def test_homebrew_is_never_run_even_for_root(monkeypatch: pytest.MonkeyPatch, wording: Wording) -> None:
    monkeypatch.setitem(system_packages.PARTS, "build", (ABSENT,))
    monkeypatch.setattr(system_packages, "is_root", lambda: True)
    monkeypatch.setattr(system_packages, "find_manager", lambda: system_packages.MANAGERS["brew"])

    with pytest.raises(system_packages.MachineGap) as gap:
        system_packages.ensure("build", pytest.fail)

    assert "\n    brew install nothing\n" in str(gap.value)
    assert wording == str(gap.value)


def test_root_installs_missing_parts_and_checks_again(
    monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    monkeypatch.setitem(system_packages.PARTS, "build", (ABSENT,))
    monkeypatch.setattr(system_packages, "is_root", lambda: True)
    monkeypatch.setattr(system_packages, "find_manager", lambda: system_packages.MANAGERS["apt-get"])
    installed: list[tuple[system_packages.Part, ...]] = []
    monkeypatch.setattr(
        system_packages, "install", lambda _, parts: installed.append(tuple(parts)) or "no space left"
    )
    messages: list[str] = []

    with pytest.raises(system_packages.MachineGap) as gap:
        system_packages.ensure("build", messages.append)

    assert installed == [(ABSENT,)]
    assert messages == ["apt-get install --yes --no-install-recommends libnothing0"]
    assert str(gap.value).startswith("no space left\n")
    assert wording == str(gap.value)


def test_without_a_known_package_manager_the_message_names_the_parts(wording: Wording) -> None:
    text = system_packages.explain_gap([system_packages.PANGO, system_packages.ZBAR], None)

    assert "Pango, zbar" in text
    assert wording == text


def test_an_unknown_goal_is_a_usage_error(capsys: pytest.CaptureFixture[str], wording: Wording) -> None:
    assert prepare.main(["deploy"]) == 2
    message = capsys.readouterr().err
    assert "build, test" in message
    assert wording == message


def test_the_tests_need_no_system_package_but_pango() -> None:
    assert (
        system_packages.PARTS["test"]
        == system_packages.PARTS["build"]
        == (system_packages.VENV, system_packages.PANGO)
    )
    assert system_packages.PARTS["readers"] == (
        system_packages.VENV,
        system_packages.PANGO,
        *system_packages.READERS,
    )


def test_every_goal_has_system_parts_and_locked_groups() -> None:
    assert system_packages.PARTS.keys() == prepare.GROUPS.keys()
