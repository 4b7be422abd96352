"""Faults of templates: the plan finds what a template cannot do for a channel before rendering starts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.tiny_campaign import (
    CARD_ID,
    FILES,
    SHEET_ID,
    finding_texts,
    load_tiny,
    render_tiny,
    write_tiny,
)
from tests.support.wording import Wording

TEMPLATE = "templates/bare/template.yaml"
CHANNELS = "brand/channels.yaml"


def replace_in(file: str, old: str, new: str) -> Mapping[str, str]:
    """Return a file of the tiny campaign with a text replaced, as changes for ``write_tiny``."""
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
    ],
    ids=["no such shape", "no cta", "no number", "no promise", "no qr code"],
)
def test_plan_reports_a_template_that_cannot_serve_a_channel(
    file: str, old: str, new: str, code: str, tmp_path: Path, wording: Wording
) -> None:
    _, assets = load_tiny(tmp_path, replace_in(file, old, new))

    first = assets[CARD_ID].faults[0]

    assert (str(first.place), first.code) == (TEMPLATE, code)
    assert wording == first.as_text()


def test_template_that_can_serve_a_channel_has_no_fault(tmp_path: Path) -> None:
    _, assets = load_tiny(tmp_path)

    assert assets[CARD_ID].faults == assets[SHEET_ID].faults == ()


def test_rendered_file_records_that_no_role_or_partner_was_omitted(tmp_path: Path) -> None:
    rendered = render_tiny(tmp_path)

    assert finding_texts(rendered) == []
    assert rendered.measured["omitted"] == []
    assert rendered.measured["partners"] == []


def test_check_reports_the_faults_that_the_plan_found(tmp_path: Path) -> None:
    root = write_tiny(
        tmp_path, replace_in(CHANNELS, "shape: landscape\n  format: png", "shape: strip\n  format: png")
    )
    command = [sys.executable, "-m", "assetgen", "-C", str(root), "check", "--format", "json"]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    errors = [
        (one["code"], one["asset"])
        for one in json.loads(done.stdout)["findings"]
        if one["severity"] == "error"
    ]
    assert (done.returncode, errors) == (1, [("template", CARD_ID)])
