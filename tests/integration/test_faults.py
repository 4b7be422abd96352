"""After any failure of a build, one more build gives exactly the clean tree and changes no foreign file.

Run by ``make faults``, through the installed command: builds are killed at any moment or run out of disk
space, their database is truncated or their cache corrupted, two run at once, folders are read-only or in
the way, and inputs or outputs are edited without a trace.
"""

from __future__ import annotations

import ctypes
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.example_campaign import replace_in_file
from tests.support.tiny_campaign import FILES, write_tiny
from tests.support.wording import Wording

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX"),
]

COMMAND = Path(sys.executable).with_name("assetgen")
MESSAGES, PARTNERS = ("hello", "again"), ("acme", "beta")
# For each partner: a picture and a press file of each message, and the QR code in three formats.
ASSETS = len(PARTNERS) * (2 * len(MESSAGES) + 3)
HELLO = "brand/messages/hello.yaml"
# Far longer than a build of this size takes: it ends a test that hangs.
TIMEOUT_S = 120.0
FOREIGN = {"notes.txt": b"mine", "acme/drafts/poster.psd": b"mine too"}
Tree = Mapping[str, str]


def write_small_campaign(root: Path) -> Path:
    """Write a campaign of 14 small assets."""
    changes = {
        "campaign.yaml": FILES["campaign.yaml"].replace("[hello]", f"[{', '.join(MESSAGES)}]"),
        **{f"brand/messages/{id}.yaml": FILES[HELLO].replace("Talk", id.title()) for id in MESSAGES[1:]},
        **{f"partners/{id}/partner.yaml": f"name: {id.title()}\n" for id in PARTNERS},
    }
    return write_tiny(root, changes)


@dataclass(frozen=True)
class FaultCampaign:
    """A campaign on disk with foreign files in ``out/``, and the tree and time of a clean build."""

    root: Path
    clean: Tree
    clean_s: float

    @property
    def out(self) -> Path:
        return self.root / "out"

    def start(self, *arguments: str, **options: object) -> subprocess.Popen[str]:
        """Start a build as the leader of a process group of its own."""
        return subprocess.Popen(
            [COMMAND, "-C", self.root, "build", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **options,  # type: ignore[call-overload]
        )

    def build(self, *arguments: str, exit: int = 0, **options: object) -> str:
        """Build to the end; return the output."""
        process = self.start(*arguments, **options)
        output = "".join(process.communicate(timeout=TIMEOUT_S))
        assert process.returncode == exit, output
        assert "Traceback" not in output
        return output

    def assert_recovers(self, clean: Tree | None = None) -> None:
        """Assert that one more build gives the clean tree and foreign files, and that the next does nothing."""
        self.build("-j", "1")
        assert read_tree(self.out) == {
            **(clean or self.clean),
            **{name: digest(content) for name, content in FOREIGN.items()},
        }
        assert not list((self.out / ".assetgen/tmp").glob("*"))
        assert (self.out / ".assetgen/journal").read_bytes() == b""
        assert f"0 built, {ASSETS} cached, 0 failed" in self.build()


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def read_tree(out: Path) -> dict[str, str]:
    """Return the sha256 of every file in ``out/`` but the tool's own records."""
    files = (path for path in out.rglob("*") if path.is_file() and ".assetgen" not in path.parts)
    return {path.relative_to(out).as_posix(): digest(path.read_bytes()) for path in files}


def write_foreign_files(out: Path) -> None:
    for name, content in FOREIGN.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> FaultCampaign:
    """Build the campaign once from nothing and measure the time, so that kills fall into a build."""
    campaign = FaultCampaign(write_small_campaign(tmp_path_factory.mktemp("clean") / "campaign"), {}, 0.0)
    started_s = time.monotonic()
    campaign.build("-j", "2")
    clean_s = time.monotonic() - started_s
    assert len(read_tree(campaign.out)) == 1 + ASSETS
    return FaultCampaign(campaign.root, read_tree(campaign.out), clean_s)


@pytest.fixture
def unbuilt(built: FaultCampaign, tmp_path: Path) -> FaultCampaign:
    """Return a campaign of which nothing was ever built."""
    campaign = FaultCampaign(write_small_campaign(tmp_path / "campaign"), built.clean, built.clean_s)
    write_foreign_files(campaign.out)
    return campaign


@pytest.fixture
def campaign(unbuilt: FaultCampaign, built: FaultCampaign) -> FaultCampaign:
    """Return the campaign after a build, with its build cache and build database."""
    shutil.copytree(built.out, unbuilt.out, dirs_exist_ok=True)
    shutil.copytree(built.root / ".assetgen", unbuilt.root / ".assetgen")
    unbuilt.build()
    return unbuilt


def changed_tree(campaign: FaultCampaign) -> Tree:
    """Return the clean tree of the campaign with its current files."""
    copy = campaign.root.with_name("spare")
    shutil.copytree(campaign.root, copy, ignore=shutil.ignore_patterns("out", ".assetgen"))
    other = FaultCampaign(copy, {}, 0.0)
    other.build()
    return read_tree(other.out)


# Killed builds


def kill(process: subprocess.Popen[str], *, whole_group: bool) -> None:
    """Send SIGKILL to a build, with its workers or alone; then wait until its workers have ended."""
    if whole_group:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate(timeout=TIMEOUT_S)
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("workers are still running after their build was killed")


@pytest.mark.parametrize("whole_group", [True, False], ids=["with-its-workers", "alone"])
@pytest.mark.parametrize("part", range(5))
def test_the_next_build_recovers_from_a_kill_at_any_of_50_moments(
    unbuilt: FaultCampaign, part: int, whole_group: bool
) -> None:
    """Kill five builds in a row, each after the one before, from before the first file to after the last.

    A build that ends before it is killed does not count; its time becomes the new estimate.
    """
    moments, span_s, killed = random.Random(f"{part} {whole_group}"), unbuilt.clean_s, 0
    for _ in range(20):
        started_s = time.monotonic()
        process = unbuilt.start("--force", "-j", str(1 + part % 2))
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=span_s * moments.uniform(0.3, 1.0))
        if process.poll() is None:
            kill(process, whole_group=whole_group)
            killed += 1
        else:
            wait_for_success([process])
            span_s = time.monotonic() - started_s
        assert_whole_files(unbuilt)
        if killed == 5:
            break

    assert killed == 5
    unbuilt.assert_recovers()


def wait_for_success(processes: list[subprocess.Popen[str]]) -> None:
    """Wait until builds have ended, and assert that they succeeded."""
    for process in processes:
        output = "".join(process.communicate(timeout=TIMEOUT_S))
        assert process.returncode == 0, output


def assert_whole_files(campaign: FaultCampaign) -> None:
    """Assert that each asset file that exists is complete."""
    found = read_tree(campaign.out)
    assert {
        name: found[name] for name in found if name in campaign.clean and name != "manifest.json"
    }.items() <= (campaign.clean.items())


@pytest.mark.parametrize("part", range(5))
def test_a_killed_rebuild_leaves_no_lasting_mix_of_old_and_new(campaign: FaultCampaign, part: int) -> None:
    replace_in_file(campaign.root, "templates/bare/style.css", "var(--ink)", "#203040")
    clean = changed_tree(campaign)

    process = campaign.start("-j", "2")
    time.sleep(campaign.clean_s * random.Random(part).uniform(0.3, 0.9))
    kill(process, whole_group=part % 2 == 0)

    campaign.assert_recovers(clean)


# A full disk, a truncated database, a corrupted manifest or cache


@pytest.mark.parametrize("limit_bytes", [0, 300, 3_000, 10_000, 50_000])
def test_a_full_disk_is_reported_and_loses_no_file(campaign: FaultCampaign, limit_bytes: int) -> None:
    before = read_tree(campaign.out)

    def limit_file_size() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

    process = campaign.start("--force", "-j", "2", preexec_fn=limit_file_size)
    output = "".join(process.communicate(timeout=TIMEOUT_S))

    assert process.returncode in (0, 1, 3), output
    assert "Traceback" not in output
    assert process.returncode == 0 or "File too large" in output
    now = read_tree(campaign.out)
    assert {
        name: now[name] for name in before if name in now and name != "manifest.json"
    }.items() <= before.items()
    campaign.assert_recovers()


LENGTHS = sorted(random.Random(40).sample(range(1000), 40))


@pytest.mark.parametrize("part", range(4))
def test_a_build_database_truncated_at_any_of_40_lengths_loses_no_file(
    campaign: FaultCampaign, part: int
) -> None:
    """Run whole builds at 40 lengths; the unit tests of the build database load it at every length."""
    database = campaign.out / ".assetgen/state"
    whole = database.read_bytes()
    for per_mille in LENGTHS[part::4]:
        database.write_bytes(whole[: len(whole) * per_mille // 1000])
        assert "0 failed" in campaign.build("-j", "1")
        assert read_tree(campaign.out).items() >= campaign.clean.items()

    campaign.assert_recovers()


@pytest.mark.parametrize("content", [b"", b"{", b"\x00" * 4096], ids=["empty", "unfinished", "zero bytes"])
def test_a_corrupted_manifest_is_written_again(campaign: FaultCampaign, content: bytes) -> None:
    (campaign.out / "manifest.json").write_bytes(content)

    campaign.build()

    extra_files = {
        name for name in read_tree(campaign.out) if name not in campaign.clean and name not in FOREIGN
    }
    for name in extra_files:
        assert (campaign.out / name).read_bytes() == content, (
            "a file that is not a manifest of assetgen is kept unchanged under a different name"
        )
        (campaign.out / name).unlink()
    campaign.assert_recovers()


CORRUPTIONS: Mapping[str, Callable[[bytes], bytes]] = {
    "one bit flipped": lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    "truncated": lambda content: content[: len(content) // 2],
    "emptied": lambda content: b"",
    "replaced": lambda content: b"something else",
}


@pytest.mark.parametrize("how", CORRUPTIONS)
def test_a_corrupted_build_cache_is_ignored(campaign: FaultCampaign, how: str) -> None:
    for path in (campaign.root / ".assetgen/store").rglob("*"):
        if path.is_file() and path.stat().st_size:
            path.chmod(0o644)
            path.write_bytes(CORRUPTIONS[how](path.read_bytes()))
    for name in campaign.clean:
        (campaign.out / name).unlink()

    campaign.assert_recovers()


# Two builds at once


@pytest.mark.parametrize("arguments", [(), ("--force",)], ids=["plain", "forced"])
def test_concurrent_builds_into_one_folder_take_turns(
    unbuilt: FaultCampaign, arguments: tuple[str, ...]
) -> None:
    wait_for_success([unbuilt.start(*arguments), unbuilt.start(*arguments)])

    unbuilt.assert_recovers()


def test_concurrent_builds_into_two_folders_share_the_cache(unbuilt: FaultCampaign) -> None:
    other = unbuilt.root / "elsewhere"

    wait_for_success([unbuilt.start(), unbuilt.start("-o", str(other))])

    assert read_tree(other) == unbuilt.clean
    unbuilt.assert_recovers()


def test_clearing_the_cache_during_a_build_loses_no_file(unbuilt: FaultCampaign) -> None:
    process = unbuilt.start("-j", "2")
    while process.poll() is None:
        shutil.rmtree(unbuilt.root / ".assetgen/store", ignore_errors=True)
        time.sleep(0.02)
    wait_for_success([process])

    unbuilt.assert_recovers()


# Read-only folders, and files or folders in the way


PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1


def obey_file_modes() -> None:
    """Make a process of root obey file modes: drop its capability to override them (Linux)."""
    if os.geteuid() == 0 and ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0):
        os._exit(99)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Make a folder read-only for the duration of a block."""
    mode = folder.stat().st_mode
    folder.chmod(0o555)
    try:
        yield
    finally:
        folder.chmod(mode)


@pytest.mark.parametrize("place", ["out", "out/acme", "out/.assetgen", ".assetgen/store"])
def test_a_read_only_folder_is_reported_and_the_next_build_recovers(
    campaign: FaultCampaign, place: str
) -> None:
    before = read_tree(campaign.out)
    replace_in_file(campaign.root, HELLO, "Talk to us", "Talk to me")
    with read_only(campaign.root / place):
        process = campaign.start(preexec_fn=obey_file_modes)
        output = "".join(process.communicate(timeout=TIMEOUT_S))

    assert "Traceback" not in output
    if place == ".assetgen/store":
        assert process.returncode == 0, output
    elif process.returncode:
        assert "ermission denied" in output
    assert {name: hash for name, hash in read_tree(campaign.out).items() if name in FOREIGN} == {
        name: before[name] for name in FOREIGN
    }
    replace_in_file(campaign.root, HELLO, "Talk to me", "Talk to us")
    campaign.assert_recovers()


def test_a_file_in_place_of_a_folder_fails_only_assets_in_that_folder(
    campaign: FaultCampaign, wording: Wording
) -> None:
    shutil.rmtree(campaign.out / "beta")
    (campaign.out / "beta").write_bytes(b"mine")

    output = campaign.build(exit=1)

    errors = [line for line in output.splitlines() if ": error: " in line]
    assert errors and all("beta" in line for line in errors)
    assert wording == errors
    assert (campaign.out / "beta").read_bytes() == b"mine"
    (campaign.out / "beta").unlink()
    campaign.assert_recovers()


def test_a_folder_in_place_of_a_file_fails_the_build_and_is_kept(campaign: FaultCampaign) -> None:
    name = next(name for name in campaign.clean if name.endswith(".png"))
    (campaign.out / name).unlink()
    (campaign.out / name).mkdir()
    (campaign.out / name / "mine.txt").write_bytes(b"mine")

    campaign.build(exit=1)

    assert (campaign.out / name / "mine.txt").read_bytes() == b"mine"
    shutil.rmtree(campaign.out / name)
    campaign.assert_recovers()


# Edits that a listing does not show


def rewrite_unnoticed(path: Path, content: bytes) -> None:
    """Change the bytes of a file but neither its size nor its mtime."""
    stat = path.stat()
    assert len(content) == stat.st_size
    path.write_bytes(content)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_outputs_edited_with_size_and_mtime_kept_are_restored(campaign: FaultCampaign) -> None:
    names = [name for name in campaign.clean if name != "manifest.json"]
    for name in names[::2]:
        content = (campaign.out / name).read_bytes()
        rewrite_unnoticed(campaign.out / name, content[:-9] + b"#" * 9)
    for name in names[1::4]:
        (campaign.out / name).unlink()

    campaign.assert_recovers()


@pytest.mark.parametrize("part", range(3))
def test_an_input_edited_during_a_build_does_not_corrupt_the_cache(unbuilt: FaultCampaign, part: int) -> None:
    """Edit at different moments of a build; the next build gives the tree of the edited campaign."""
    message = unbuilt.root / HELLO
    edited = message.read_bytes().replace(b"Talk to us", b"Ring us up")
    process = unbuilt.start("-j", "2")
    time.sleep(unbuilt.clean_s * (0.25 + 0.25 * part))
    rewrite_unnoticed(message, edited)
    process.communicate(timeout=TIMEOUT_S)

    unbuilt.assert_recovers(changed_tree(unbuilt))


@pytest.mark.parametrize("years", [-10, 10], ids=["back", "ahead"])
def test_a_changed_clock_hides_no_edit_and_loses_no_file(campaign: FaultCampaign, years: int) -> None:
    at_s = time.time() + years * 365 * 86_400
    for path in [*campaign.out.rglob("*"), *campaign.root.glob("brand/**/*")]:
        os.utime(path, (at_s, at_s))
    replace_in_file(campaign.root, HELLO, "Talk to us", "Ring us up")
    os.utime(campaign.root / HELLO, (at_s, at_s))

    campaign.assert_recovers(changed_tree(campaign))
