"""``assetgen brand inks`` proposes inks for colours without any, and writes them beside the rest of the file."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assetgen import Campaign
from tests.support.command_line import run_assetgen
from tests.support.example_campaign import BRAND_FILE, make_campaign

HEAD, TAIL = "palette:\n", "\nfonts:"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_campaign(tmp_path / "c")


def set_palette(root: Path, lines: str) -> str:
    """Replace the palette by lines, and return the text of brand.yaml."""
    path = root / BRAND_FILE
    text = path.read_text("utf-8")
    text = text[: text.index(HEAD)] + HEAD + lines + text[text.index(TAIL) :]
    path.write_text(text, "utf-8")
    return text


def test_inks_are_proposed_and_nothing_is_written(root: Path) -> None:
    before = set_palette(
        root, '  navy: {srgb: "#00264D"}   # the house colour\n  apricot: {srgb: "#FFB570"}\n'
    )

    done = run_assetgen("-C", str(root), "brand", "inks")

    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["colour", "navy", "apricot"]
    assert (root / BRAND_FILE).read_text("utf-8") == before


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            '  navy: {srgb: "#00264D"}   # the house colour\n'
            "  apricot: {srgb: '#FFB570', coated: [0, 35, 62, 0]}   # ours\n",
            id="in braces",
        ),
        pytest.param(
            '  # dark\n  navy:\n    srgb: "#00264D"   # the house colour\n'
            '  apricot:\n    srgb: "#FFB570"\n    coated: [0, 35, 62, 0]   # ours\n',
            id="as lines",
        ),
    ],
)
def test_written_inks_keep_comments_and_the_inks_that_are_there(root: Path, lines: str) -> None:
    before = set_palette(root, lines)

    done = run_assetgen("-C", str(root), "brand", "inks", "--write")

    assert done.returncode == 0, done.stderr
    text = (root / BRAND_FILE).read_text("utf-8")
    palette = yaml.safe_load(text)["palette"]
    assert palette["apricot"]["coated"] == [0, 35, 62, 0]
    for name in ("navy", "apricot"):
        for stock in ("coated", "uncoated", "newsprint"):
            assert len(palette[name][stock]) == 4
    assert all(comment in text for comment in ("# the house colour", "# ours"))
    assert text.partition(TAIL)[2] == before.partition(TAIL)[2]
    assert [finding for finding in Campaign.load(root).check() if finding.code == "ink"] == []


def test_a_second_run_has_nothing_to_write(root: Path) -> None:
    set_palette(root, '  navy: {srgb: "#00264D"}\n  apricot: {srgb: "#FFB570"}\n')
    run_assetgen("-C", str(root), "brand", "inks", "--write")

    done = run_assetgen("-C", str(root), "brand", "inks", "--write")

    assert (done.returncode, done.stdout) == (0, "every colour of the palette has inks for every stock\n")


def test_a_brand_with_a_fault_is_refused(root: Path) -> None:
    set_palette(root, "  navy: {srgb: blue}\n")

    done = run_assetgen("-C", str(root), "brand", "inks", "--write")

    assert done.returncode == 2 and "brand/brand.yaml" in done.stderr
