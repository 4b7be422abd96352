"""What a design cannot do for a channel is known before anything is drawn."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.tiny import CARD, FILES, SHEET, load_tiny, make, said, write_tiny
from tests.support.wording import Wording

TEMPLATE = "templates/bare/template.yaml"
CHANNELS = "brand/channels.yaml"


def changed(file: str, old: str, new: str) -> Mapping[str, str]:
    assert old in FILES[file]
    return {file: FILES[file].replace(old, new)}


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        (CHANNELS, "shape: landscape\n  format: png", "shape: strip\n  format: png", "template"),
        (TEMPLATE, "    cta: {box: [0, 0.5, 1, 0.5], column: [number], anchor: bottom}\n", "", "template"),
        (TEMPLATE, "column: [number]", "column: [headline]", "template"),
        (CHANNELS, "requires: [number]\n  copy", "requires: [number, promise]\n  copy", "template"),
        (
            CHANNELS,
            "requires: [number]\n  copy",
            "requires: [number]\n  qr: on\n  scan_m: 0.4\n  copy",
            "template",
        ),
        (TEMPLATE, "number: {weights: [700]", "number: {weights: [900]", "font-missing"),
    ],
    ids=["no such shape", "no call", "no number", "no promise", "no code", "no such weight"],
)
def test_a_design_that_cannot_make_a_channel_is_told_by_the_plan(
    file: str, old: str, new: str, code: str, tmp_path: Path, wording: Wording
) -> None:
    _, assets = load_tiny(tmp_path, changed(file, old, new))

    first = assets[CARD].faults[0]

    assert (str(first.place), first.code) == (TEMPLATE, code)
    assert wording == first.as_text()


def test_a_channel_that_the_design_can_make_has_no_fault(tmp_path: Path) -> None:
    _, assets = load_tiny(tmp_path)

    assert assets[CARD].faults == assets[SHEET].faults == ()


def test_what_was_left_out_is_told_with_the_file(tmp_path: Path) -> None:
    made = make(tmp_path)

    assert said(made) == []
    assert made.measured["omitted"] == []
    assert made.measured["partners"] == []


def test_check_tells_what_the_plan_knows(tmp_path: Path) -> None:
    root = write_tiny(
        tmp_path, changed(CHANNELS, "shape: landscape\n  format: png", "shape: strip\n  format: png")
    )
    command = [sys.executable, "-m", "assetgen", "-C", str(root), "check", "--format", "json"]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    found = [
        (one["code"], one["asset"])
        for one in json.loads(done.stdout)["findings"]
        if one["severity"] == "error"
    ]
    assert (done.returncode, found) == (1, [("template", CARD)])
