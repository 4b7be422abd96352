"""Whatever befalls a build, one more gives exactly the clean tree, and nothing foreign is touched.

Run by ``make faults``, through the installed command: killed at any moment, out of disk, its records cut, its store
spoilt, two of them at once, its folders closed or in the way, its inputs and outputs edited behind its back.
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

from tests.support.campaigns import edit
from tests.support.tiny import FILES, write_tiny
from tests.support.wording import Wording

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX"),
]

COMMAND = Path(sys.executable).with_name("assetgen")
MESSAGES, PARTNERS = ("hello", "again"), ("acme", "beta")
# A picture and a press file of each message for each partner; the link's code in three forms for each partner.
ASSETS = len(PARTNERS) * (2 * len(MESSAGES) + 3)
HELLO = "brand/messages/hello.yaml"
# Far above what a build of this size takes: it ends a test that would hang.
GUARD_S = 120.0
FOREIGN = {"notes.txt": b"mine", "acme/drafts/poster.psd": b"mine too"}
Tree = Mapping[str, str]


def small_campaign(root: Path) -> Path:
    """Write a campaign of 14 small assets."""
    changes = {
        "campaign.yaml": FILES["campaign.yaml"].replace("[hello]", f"[{', '.join(MESSAGES)}]"),
        **{f"brand/messages/{id}.yaml": FILES[HELLO].replace("Talk", id.title()) for id in MESSAGES[1:]},
        **{f"partners/{id}/partner.yaml": f"name: {id.title()}\n" for id in PARTNERS},
    }
    return write_tiny(root, changes)


@dataclass(frozen=True)
class Scene:
    """A campaign on disk, with files in ``out/`` that assetgen did not write, and what a clean build gives."""

    root: Path
    clean: Tree
    clean_s: float

    @property
    def out(self) -> Path:
        return self.root / "out"

    def start(self, *words: str, **how: object) -> subprocess.Popen[str]:
        """Start a build as the leader of a process group of its own."""
        return subprocess.Popen(
            [COMMAND, "-C", self.root, "build", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **how,  # type: ignore[call-overload]
        )

    def build(self, *words: str, exit: int = 0, **how: object) -> str:
        """Build to the end; return what was said."""
        process = self.start(*words, **how)
        said = "".join(process.communicate(timeout=GUARD_S))
        assert process.returncode == exit, said
        assert "Traceback" not in said
        return said

    def assert_mended(self, clean: Tree | None = None) -> None:
        """One more build gives the clean tree; a third has nothing to do; what is foreign is as it was."""
        self.build("-j", "1")
        assert tree(self.out) == {
            **(clean or self.clean),
            **{name: digest(own) for name, own in FOREIGN.items()},
        }
        assert not list((self.out / ".assetgen/tmp").glob("*"))
        assert (self.out / ".assetgen/journal").read_bytes() == b""
        assert f"0 built, {ASSETS} cached, 0 failed" in self.build()


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def tree(out: Path) -> dict[str, str]:
    """Return the sha256 of every file in ``out/`` but the tool's own records."""
    files = (path for path in out.rglob("*") if path.is_file() and ".assetgen" not in path.parts)
    return {path.relative_to(out).as_posix(): digest(path.read_bytes()) for path in files}


def put_foreign(out: Path) -> None:
    for name, content in FOREIGN.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The campaign, built once from nothing; timed, so that kills fall while it works."""
    scene = Scene(small_campaign(tmp_path_factory.mktemp("clean") / "campaign"), {}, 0.0)
    started_s = time.monotonic()
    scene.build("-j", "2")
    clean_s = time.monotonic() - started_s
    assert len(tree(scene.out)) == 1 + ASSETS
    return Scene(scene.root, tree(scene.out), clean_s)


@pytest.fixture
def fresh(built: Scene, tmp_path: Path) -> Scene:
    """A campaign of which nothing was ever built."""
    scene = Scene(small_campaign(tmp_path / "campaign"), built.clean, built.clean_s)
    put_foreign(scene.out)
    return scene


@pytest.fixture
def scene(fresh: Scene, built: Scene) -> Scene:
    """The campaign as a build left it, its store and its records included."""
    shutil.copytree(built.out, fresh.out, dirs_exist_ok=True)
    shutil.copytree(built.root / ".assetgen", fresh.root / ".assetgen")
    fresh.build()
    return fresh


def changed_tree(scene: Scene) -> Tree:
    """Return the clean tree of the campaign as its files are now."""
    spare = scene.root.with_name("spare")
    shutil.copytree(scene.root, spare, ignore=shutil.ignore_patterns("out", ".assetgen"))
    other = Scene(spare, {}, 0.0)
    other.build()
    return tree(other.out)


# Killed


def kill(process: subprocess.Popen[str], *, whole_group: bool) -> None:
    """Kill -9 the build, with its workers or alone; then its workers must end by themselves."""
    if whole_group:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate(timeout=GUARD_S)
    until = time.monotonic() + GUARD_S
    while time.monotonic() < until:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("workers outlive their build")


@pytest.mark.parametrize("whole_group", [True, False], ids=["with-its-workers", "alone"])
@pytest.mark.parametrize("part", range(5))
def test_a_build_killed_at_any_of_50_moments_is_made_good_by_the_next(
    fresh: Scene, part: int, whole_group: bool
) -> None:
    """Five kills here, each on top of what the one before left: from before the first file to after the last.

    A build that ends before its moment says how long one takes now, and counts for none.
    """
    moments, span_s, killed = random.Random(f"{part} {whole_group}"), fresh.clean_s, 0
    for _ in range(20):
        started_s = time.monotonic()
        process = fresh.start("--force", "-j", str(1 + part % 2))
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=span_s * moments.uniform(0.3, 1.0))
        if process.poll() is None:
            kill(process, whole_group=whole_group)
            killed += 1
        else:
            finish([process])
            span_s = time.monotonic() - started_s
        assert_whole_files(fresh)
        if killed == 5:
            break

    assert killed == 5
    fresh.assert_mended()


def finish(processes: list[subprocess.Popen[str]]) -> None:
    """Wait until builds have ended well."""
    for process in processes:
        said = "".join(process.communicate(timeout=GUARD_S))
        assert process.returncode == 0, said


def assert_whole_files(scene: Scene) -> None:
    """Whatever stands under an asset's name is the whole of it."""
    found = tree(scene.out)
    assert {
        name: found[name] for name in found if name in scene.clean and name != "manifest.json"
    }.items() <= (scene.clean.items())


@pytest.mark.parametrize("part", range(5))
def test_a_build_of_a_changed_campaign_that_is_killed_never_mixes_old_and_new_for_good(
    scene: Scene, part: int
) -> None:
    edit(scene.root, "templates/bare/style.css", "var(--ink)", "#203040")
    clean = changed_tree(scene)

    process = scene.start("-j", "2")
    time.sleep(scene.clean_s * random.Random(part).uniform(0.3, 0.9))
    kill(process, whole_group=part % 2 == 0)

    scene.assert_mended(clean)


# A disk that is full, records that are cut, a store that is spoilt


@pytest.mark.parametrize("limit_bytes", [0, 300, 3_000, 10_000, 50_000])
def test_a_full_disk_is_told_and_costs_no_file(scene: Scene, limit_bytes: int) -> None:
    before = tree(scene.out)

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

    process = scene.start("--force", "-j", "2", preexec_fn=bounded)
    said = "".join(process.communicate(timeout=GUARD_S))

    assert process.returncode in (0, 1, 3), said
    assert "Traceback" not in said
    assert process.returncode == 0 or "File too large" in said
    now = tree(scene.out)
    assert {
        name: now[name] for name in before if name in now and name != "manifest.json"
    }.items() <= before.items()
    scene.assert_mended()


LENGTHS = sorted(random.Random(40).sample(range(1000), 40))


@pytest.mark.parametrize("part", range(4))
def test_a_state_cut_at_any_of_40_lengths_costs_time_and_nothing_else(scene: Scene, part: int) -> None:
    """The loader itself is tried at every length in ``test_build_db``; here are whole builds."""
    state = scene.out / ".assetgen/state"
    whole = state.read_bytes()
    for per_mille in LENGTHS[part::4]:
        state.write_bytes(whole[: len(whole) * per_mille // 1000])
        assert "0 failed" in scene.build("-j", "1")
        assert tree(scene.out).items() >= scene.clean.items()

    scene.assert_mended()


@pytest.mark.parametrize("content", [b"", b"{", b"\x00" * 4096], ids=len)
def test_a_manifest_that_is_not_ours_any_more_is_kept_aside(scene: Scene, content: bytes) -> None:
    (scene.out / "manifest.json").write_bytes(content)

    scene.build()

    kept_aside = {name for name in tree(scene.out) if name not in scene.clean and name not in FOREIGN}
    for name in kept_aside:
        assert (scene.out / name).read_bytes() == content, (
            "what was no manifest of ours is kept aside as it was"
        )
        (scene.out / name).unlink()
    scene.assert_mended()


SPOILERS: Mapping[str, Callable[[bytes], bytes]] = {
    "flipped": lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    "cut": lambda content: content[: len(content) // 2],
    "emptied": lambda content: b"",
    "exchanged": lambda content: b"something else",
}


@pytest.mark.parametrize("how", SPOILERS)
def test_a_spoilt_store_is_a_store_that_has_nothing(scene: Scene, how: str) -> None:
    for path in (scene.root / ".assetgen/store").rglob("*"):
        if path.is_file() and path.stat().st_size:
            path.chmod(0o644)
            path.write_bytes(SPOILERS[how](path.read_bytes()))
    for name in scene.clean:
        (scene.out / name).unlink()

    scene.assert_mended()


# Two at once


@pytest.mark.parametrize("words", [(), ("--force",)])
def test_two_builds_at_once_in_one_folder_take_turns(fresh: Scene, words: tuple[str, ...]) -> None:
    finish([fresh.start(*words), fresh.start(*words)])

    fresh.assert_mended()


def test_builds_at_once_into_two_folders_share_the_store(fresh: Scene) -> None:
    other = fresh.root / "elsewhere"

    finish([fresh.start(), fresh.start("-o", str(other))])

    assert tree(other) == fresh.clean
    fresh.assert_mended()


def test_a_store_that_is_cleared_during_a_build_costs_nothing_but_time(fresh: Scene) -> None:
    process = fresh.start("-j", "2")
    while process.poll() is None:
        shutil.rmtree(fresh.root / ".assetgen/store", ignore_errors=True)
        time.sleep(0.02)
    finish([process])

    fresh.assert_mended()


# Folders that are closed or in the way


PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1


def bound_by_modes() -> None:
    """Let file modes bind what is started, though root starts it (Linux: the right to override them is dropped)."""
    if os.geteuid() == 0 and ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0):
        os._exit(99)


@contextmanager
def closed(folder: Path) -> Iterator[None]:
    """Make a folder one that nobody may write to."""
    was = folder.stat().st_mode
    folder.chmod(0o555)
    try:
        yield
    finally:
        folder.chmod(was)


@pytest.mark.parametrize("place", ["out", "out/acme", "out/.assetgen", ".assetgen/store"])
def test_a_folder_that_may_not_be_written_is_told_and_opened_again_all_is_well(
    scene: Scene, place: str
) -> None:
    before = tree(scene.out)
    edit(scene.root, HELLO, "Talk to us", "Talk to me")
    with closed(scene.root / place):
        process = scene.start(preexec_fn=bound_by_modes)
        said = "".join(process.communicate(timeout=GUARD_S))

    assert "Traceback" not in said
    if place == ".assetgen/store":
        assert process.returncode == 0, said
    elif process.returncode:
        assert "ermission denied" in said
    assert {name: hash for name, hash in tree(scene.out).items() if name in FOREIGN} == {
        name: before[name] for name in FOREIGN
    }
    edit(scene.root, HELLO, "Talk to me", "Talk to us")
    scene.assert_mended()


def test_a_file_where_a_folder_belongs_costs_what_belongs_in_it(scene: Scene, wording: Wording) -> None:
    shutil.rmtree(scene.out / "beta")
    (scene.out / "beta").write_bytes(b"mine")

    said = scene.build(exit=1)

    told = [line for line in said.splitlines() if ": error: " in line]
    assert told and all("beta" in line for line in told)
    assert wording == told
    assert (scene.out / "beta").read_bytes() == b"mine"
    (scene.out / "beta").unlink()
    scene.assert_mended()


def test_a_folder_where_a_file_belongs_costs_that_asset(scene: Scene) -> None:
    name = next(name for name in scene.clean if name.endswith(".png"))
    (scene.out / name).unlink()
    (scene.out / name).mkdir()
    (scene.out / name / "mine.txt").write_bytes(b"mine")

    scene.build(exit=1)

    assert (scene.out / name / "mine.txt").read_bytes() == b"mine"
    shutil.rmtree(scene.out / name)
    scene.assert_mended()


# Edited behind its back


def rewrite(path: Path, content: bytes) -> None:
    """Change a file's bytes and nothing that a listing shows: not its size, not its time."""
    stat = path.stat()
    assert len(content) == stat.st_size
    path.write_bytes(content)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_outputs_edited_by_hand_with_size_and_time_kept_are_put_right(scene: Scene) -> None:
    names = [name for name in scene.clean if name != "manifest.json"]
    for name in names[::2]:
        content = (scene.out / name).read_bytes()
        rewrite(scene.out / name, content[:-9] + b"#" * 9)
    for name in names[1::4]:
        (scene.out / name).unlink()

    scene.assert_mended()


@pytest.mark.parametrize("part", range(3))
def test_an_input_edited_during_the_build_with_size_and_time_kept_poisons_nothing(
    fresh: Scene, part: int
) -> None:
    """The edit falls anywhere in the build; the next one gives the tree of the campaign as it then is."""
    message = fresh.root / HELLO
    edited = message.read_bytes().replace(b"Talk to us", b"Ring us up")
    process = fresh.start("-j", "2")
    time.sleep(fresh.clean_s * (0.25 + 0.25 * part))
    rewrite(message, edited)
    process.communicate(timeout=GUARD_S)

    fresh.assert_mended(changed_tree(fresh))


@pytest.mark.parametrize("years", [-10, 10], ids=["back", "ahead"])
def test_a_clock_that_was_turned_hides_no_edit_and_costs_no_file(scene: Scene, years: int) -> None:
    at_s = time.time() + years * 365 * 86_400
    for path in [*scene.out.rglob("*"), *scene.root.glob("brand/**/*")]:
        os.utime(path, (at_s, at_s))
    edit(scene.root, HELLO, "Talk to us", "Ring us up")
    os.utime(scene.root / HELLO, (at_s, at_s))

    scene.assert_mended(changed_tree(scene))
