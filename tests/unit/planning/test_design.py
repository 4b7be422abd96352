"""What a design cannot do for a channel is known before anything is drawn."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.tiny import CARD, FILES, SHEET, load_tiny, make, said, write_tiny

TEMPLATE = "templates/bare/template.yaml"
CHANNELS = "brand/channels.yaml"


def changed(file: str, old: str, new: str) -> Mapping[str, str]:
    assert old in FILES[file]
    return {file: FILES[file].replace(old, new)}


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (
            CHANNELS, "shape: landscape\n  format: png", "shape: strip\n  format: png",
            "Bare has no arrangement for the shape strip [template]\n  hint: add strip: under shapes:",
        ),
        (
            TEMPLATE, "    call: {box: [0, 0.5, 1, 0.5], column: [number], anchor: bottom}\n", "",
            "Bare's landscape has no call: no place for the number [template]\n"
            "  hint: add call: {box: [0, 0.5, 1, 0.5], column: [number, address]} under landscape:",
        ),
        (
            TEMPLATE, "column: [number]", "column: [headline]",
            "Bare's landscape does not say the number, which tiny-card requires [template]\n"
            "  hint: add a part that says it to call: or words: under landscape:",
        ),
        (
            CHANNELS, "requires: [number]\n  copy", "requires: [number, promise]\n  copy",
            "Bare's landscape does not say the promise, which tiny-card requires [template]\n"
            "  hint: add a part that says it to call: or words: under landscape:",
        ),
        (
            CHANNELS, "requires: [number]\n  copy", "requires: [number]\n  qr: on\n  scan_m: 0.4\n  copy",
            "Bare's landscape has no place for the code, which tiny-card has [template]\n"
            "  hint: put code beside other parts of call: under landscape: [address, promise, code]",
        ),
        (
            TEMPLATE, "number: {weights: [700]", "number: {weights: [900]",
            "Bare sets the number in weight 900, of which Hanken Grotesk has no face [font-missing]\n"
            "  hint: weights of Hanken Grotesk: 500, 600, 700",
        ),
    ],
    ids=["no such shape", "no call", "no number", "no promise", "no code", "no such weight"],
)  # fmt: skip
def test_a_design_that_cannot_make_a_channel_is_told_by_the_plan(
    file: str, old: str, new: str, words: str, tmp_path: Path
) -> None:
    _, assets = load_tiny(tmp_path, changed(file, old, new))

    found = [fault.as_text() for fault in assets[CARD].faults]

    assert found[:1] == [f"templates/bare/template.yaml: error: {words}"]


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
