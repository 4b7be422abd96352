"""Errors that prevent press files: each is reported with its place, and all other assets are built."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests.support.example_campaign import (
    BRAND_FILE,
    PARTNER_FILE,
    add_partner,
    make_campaign,
    replace_in_file,
    write_campaign_file,
)
from tests.support.photographs import jpeg, noise
from tests.support.wording import Wording

GRADIENT_LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><defs><linearGradient id="a">
<stop offset="0" stop-color="#123456"/><stop offset="1" stop-color="#FEDCBA"/></linearGradient></defs>
<path d="M0 0H20V10H0Z" fill="url(#a)"/></svg>"""
PARTNER_YAML = """\
name: Example County Council
role: joint
messages: [worried, loved-one]
channels: [poster-a5, poster-a4, beermat-square, ig-square]
template: {poster-a4: window}
picture: {poster-a4: yard}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, list[dict[str, Any]]]:
    """Build a campaign with all errors; return its folder, the exit code and the findings."""
    root = make_campaign(tmp_path_factory.mktemp("faults") / "campaign")
    # The accent of loved-one has a screen colour only, no inks.
    replace_in_file(root, BRAND_FILE, "\n  leaf:", '\n  signal: {srgb: "#FFA6AE"}\n  leaf:')
    replace_in_file(root, "brand/messages/loved-one.yaml", "accent: ", "accent: signal  # ")
    # On an A4 sheet with bleed this picture has 40 ppi.
    write_campaign_file(root, "brand/images/yard.jpg", jpeg(noise(340, 480)))
    replace_in_file(root, BRAND_FILE, "\npictures:", "\npictures:\n  yard: {file: yard.jpg}")
    press = "press: {uncoated: {condition: House Board 2026, profile: house-board.icc}}\nfacts:"
    replace_in_file(root, BRAND_FILE, "facts:", press)
    (root / PARTNER_FILE).write_text(PARTNER_YAML, "utf-8")
    keys = (
        "messages: [worried]\nchannels: [poster-a5, ig-square]\nlogo: {file: logo.svg, alt: Shaded Trust}\n"
    )
    add_partner(root, "shaded-trust", f"name: Shaded Trust\n{keys}")
    write_campaign_file(root, "partners/shaded-trust/logo.svg", GRADIENT_LOGO)
    result = subprocess.run(
        [Path(sys.executable).with_name("assetgen"), "-C", root, "build", "--format", "json"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return root, result.returncode, json.loads(result.stdout)["findings"]


def texts(findings: list[dict[str, Any]]) -> list[str]:
    return sorted({one["text"] for one in findings})


def test_a_colour_without_inks_is_converted_with_one_warning(
    built: tuple[Path, int, list[dict[str, Any]]], wording: Wording
) -> None:
    root, _, findings = built
    (warning,) = [one for one in findings if "signal" in one["text"]]

    assert (warning["code"], warning["severity"], warning["file"]) == ("ink", "warning", BRAND_FILE)
    assert wording == [warning["text"], warning["hint"]]
    (poster,) = (root / "out").rglob("*_loved-one_poster-a5_en-GB.pdf")
    with pikepdf.open(poster) as pdf:
        shadings = [
            one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/ShadingType" in one
        ]
        ends = [
            end for one in shadings for part in one.Function.Functions.as_list() for end in (part.C0, part.C1)
        ]
        inks = {tuple(round(100 * float(ink)) for ink in end.as_list()) for end in ends}
    assert (0, 45, 20, 0) in inks, "FOGRA39 inks of #FFA6AE, in the light of the door"


def test_a_picture_of_40_ppi_is_reported_with_the_required_resolution(
    built: tuple[Path, int, list[dict[str, Any]]],
) -> None:
    found = [one for one in built[2] if one["code"] == "image-resolution"]

    assert "example-county-council/worried/poster-a4/en-GB" in {one["asset"] for one in found}
    assert {one["asset"].split("/")[2].split(".")[0] for one in found} == {"poster-a4"}
    assert all(set(re.findall(r"\d+", one["text"])) in ({"40", "300"}, {"41", "300"}) for one in found)
    assert all(one["severity"] == "error" for one in found)


def test_a_missing_icc_profile_is_reported_by_name(
    built: tuple[Path, int, list[dict[str, Any]]], wording: Wording
) -> None:
    found = [one for one in built[2] if one["code"] == "machine"]

    (text,) = texts(found)
    assert "house-board.icc" in text and "House Board 2026" in text
    assert wording == text
    assert {one["asset"].split("/")[2].split(".")[0] for one in found} == {"beermat-square"}


def test_a_logo_with_a_gradient_is_reported_in_the_partner_file(
    built: tuple[Path, int, list[dict[str, Any]]], wording: Wording
) -> None:
    found = [one for one in built[2] if one["asset"] == "shaded-trust/worried/poster-a5/en-GB"]

    assert {(one["code"], one["severity"]) for one in found} == {("bad-value", "error")}
    assert {one["file"] for one in found} == {"partners/shaded-trust/partner.yaml"}
    assert wording == texts(found)


def test_assets_without_errors_are_built(built: tuple[Path, int, list[dict[str, Any]]]) -> None:
    root, code, _ = built
    built_ids = {one["id"] for one in json.loads((root / "out/manifest.json").read_text("utf-8"))["assets"]}

    assert code == 1
    assert {
        "example-county-council/worried/poster-a5/en-GB",
        "example-county-council/worried/ig-square/en-GB",
        "example-county-council/loved-one/ig-square/en-GB",
        "shaded-trust/worried/ig-square/en-GB",
    } <= built_ids
