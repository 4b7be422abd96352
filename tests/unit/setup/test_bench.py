"""The benchmark code: which goals are met, the tables, the best of several rounds, and the results file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from assetgen.loading.campaign import load_campaign
from bench.contenders import Contender, run_rounds
from bench.goals import Goal, at_least, at_most, table
from bench.processes import run_watched
from bench.results import write_first, write_section
from bench.workload import CHANNELS, PARTNERS, ROOT, work, write_campaign_copy
from bench_long import Sample, cost_ms, goals_of

# A contender that answers "ready", then in each round a different time for each of two pages.
COUNTING = """
import json, sys
print(json.dumps("ready"), flush=True)
for number, line in enumerate(sys.stdin):
    print(json.dumps([5 - number, 1 + number]), flush=True)
"""


@pytest.mark.parametrize(
    ("goal", "is_met"),
    [
        (at_least("a", 3.0, 3.0), True),
        (at_least("a", 2.99, 3.0), False),
        (at_most("a", 1.0, 1.0), True),
        (at_most("a", 1.01, 1.0), False),
        (at_least("a", None, 1.0), False),
        (at_most("a", None, 1.0), False),
    ],
    ids=[
        "at minimum",
        "below minimum",
        "at maximum",
        "above maximum",
        "minimum unmeasured",
        "maximum unmeasured",
    ],
)
def test_a_goal_is_met_by_its_exact_bound_but_never_without_a_measurement(goal: Goal, is_met: bool) -> None:
    assert goal.is_met is is_met
    assert goal.row()[3] == ("yes" if is_met else "no")


def test_a_table_is_padded_for_terminals() -> None:
    assert table(("size", "ms"), [("1 × 1", "7.5"), ("12 × 34", "110.0")]) == (
        "| size    |    ms |\n| ------- | ----: |\n| 1 × 1   |   7.5 |\n| 12 × 34 | 110.0 |"
    )


def test_only_the_best_time_of_each_page_counts() -> None:
    contender = Contender("counting", (sys.executable, "-c", COUNTING))
    contender.start()

    run_rounds([contender], 3)
    contender.stop()

    assert contender.pages_ms == [3, 1]
    assert contender.mean_ms == 2


def test_starting_a_contender_that_ends_at_once_raises_an_error() -> None:
    contender = Contender("gone", (sys.executable, "-c", "raise SystemExit(7)"))

    with pytest.raises(RuntimeError, match=r"gone ended without an answer \(exit 7\)"):
        contender.start()
    contender.stop()


def test_the_workload_is_the_beacon_template_in_eight_sizes_for_four_partners(tmp_path: Path) -> None:
    assets = work(load_campaign(write_campaign_copy(ROOT, tmp_path)).campaign)

    sizes = [(int(asset.spec.width), int(asset.spec.height)) for asset in assets]
    assert sizes == [size for size in CHANNELS for _ in PARTNERS]
    assert {(asset.template, asset.format, asset.message) for asset in assets} == {
        ("beacon", "png", "worried")
    }
    assert {asset.partner for asset in assets} == set(PARTNERS)
    assert not [asset.faults for asset in assets if asset.faults]


def test_writing_results_keeps_the_sections_of_other_scripts(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    write_section("Packs", "one", path)
    write_first("# What was measured\n\nspeed\n", path)
    write_section("Others", "two\n\nlines", path)

    write_section("Packs", "three", path)
    write_first("# What was measured\n\nmore speed", path)

    assert path.read_text("utf-8") == (
        "# What was measured\n\nmore speed\n\n## Packs\n\nthree\n\n## Others\n\ntwo\n\nlines\n"
    )


MEMORY_USER = """
import subprocess, sys, time
held = bytearray(60_000_000)
subprocess.run([sys.executable, "-c", "import time; held = bytearray(30_000_000); time.sleep(1)"])
print("done")
raise SystemExit(3)
"""


def test_a_watched_command_reports_the_memory_of_each_process() -> None:
    run = run_watched([sys.executable, "-c", MEMORY_USER])

    assert (run.exit_code, run.output.strip()) == (3, "done")
    assert 60 < run.own_mb < 120
    assert len(run.children_mb) == 1 and 30 < run.children_mb[0] < 90


def samples_of(cost_s: float, extra_s: float, grown_mb: float) -> list[Sample]:
    """Return samples of a build of 3,000 files of equal cost; each of the last thousand costs ``extra_s`` more."""
    return [
        Sample(
            files,
            worker_s=(spent := files * cost_s + max(0, files - 2000) * extra_s),
            all_s=spent * 1.01,
            worker_mb=180 + grown_mb * files / 3000,
            own_mb=200.0,
        )
        for files in range(50, 3001, 50)
    ]


def test_the_cost_of_a_file_is_the_processor_time_between_two_samples() -> None:
    assert cost_ms(samples_of(0.08, 0.0, 0.0), 100, 1100) == pytest.approx((80.0, 80.8))


@pytest.mark.parametrize(
    ("extra_s", "grown_mb", "missed"),
    [(0.0, 0.0, set()), (0.01, 0.0, {0, 1}), (0.0, 100.0, {2}), (0.0, 300.0, {2, 3})],
    ids=["steady", "slower", "larger worker", "much larger worker"],
)
def test_a_build_that_slows_down_or_whose_worker_grows_misses_its_goals(
    extra_s: float, grown_mb: float, missed: set[int]
) -> None:
    goals = goals_of(samples_of(0.08, extra_s, grown_mb))

    assert {number for number, goal in enumerate(goals) if not goal.is_met} == missed
