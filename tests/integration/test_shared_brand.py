"""Two campaigns share a brand: ``brand: ../shared-brand`` in campaign.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen import Campaign, CampaignError, Selection
from assetgen.cli.commands.build import SourceFilter
from assetgen.creating.new_campaign import write_starter
from tests.support.command_line import run_assetgen
from tests.support.wording import Wording

SQUARE = Selection(channel=("ig-square",))
MESSAGE = "shared-brand/messages/ask.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two campaigns, ``one`` and ``two``, and their brand."""
    for name in ("one", "two"):
        write_starter(tmp_path / name)
        path = tmp_path / name / "campaign.yaml"
        path.write_text(path.read_text("utf-8") + "\nbrand: ../shared-brand   # for both\n", "utf-8")
    (tmp_path / "one/brand").rename(tmp_path / "shared-brand")
    for path in sorted((tmp_path / "two/brand").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    return tmp_path


def replace_text(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_both_campaigns_build_with_the_shared_brand(folder: Path) -> None:
    for name in ("one", "two"):
        result = Campaign.load(folder / name).build(SQUARE, jobs=1)

        assert [finding.as_text() for finding in result.findings if finding.is_error] == []
        assert result.built == 2


def test_a_change_of_the_shared_brand_rebuilds_both(folder: Path) -> None:
    command = ("build", "-c", "ig-square")
    for name in ("one", "two"):
        assert run_assetgen(*command, folder=folder / name).returncode == 0
        assert "0 built, 2 cached" in run_assetgen(*command, folder=folder / name).stdout
    replace_text(folder / MESSAGE, "Ask us today", "Ask us now")

    for name in ("one", "two"):
        assert "1 built, 1 cached" in run_assetgen(*command, folder=folder / name).stdout


def test_faults_are_reported_at_the_shared_file(folder: Path, wording: Wording) -> None:
    replace_text(folder / MESSAGE, "accent: apricot", "accent: nosuch")

    errors = [finding for finding in Campaign.load(folder / "one").check() if finding.is_error]

    assert {finding.place.file for finding in errors} == {f"../{MESSAGE}"}
    assert wording == errors[0].as_text()


def test_a_template_may_use_a_picture_of_the_shared_brand(folder: Path) -> None:
    path = folder / "one/templates/beacon/template.html"
    markup = '{% block below %}{{ super() }}<img src="../../brand/images/morning.jpg" alt="">{% endblock %}'
    path.write_text(path.read_text("utf-8") + markup, "utf-8")

    result = Campaign.load(folder / "one").build(SQUARE, jobs=1)

    assert [finding.code for finding in result.findings if finding.code == "blocked-read"] == []


def test_a_link_out_of_the_shared_brand_is_refused(folder: Path) -> None:
    outside = folder / "outside.yaml"
    (folder / MESSAGE).rename(outside)
    (folder / MESSAGE).symlink_to(outside)

    errors = [finding for finding in Campaign.load(folder / "one").check() if finding.is_error]

    assert ("unsafe-file", f"../{MESSAGE}") in {(finding.code, finding.place.file) for finding in errors}


@pytest.mark.parametrize("path", ["/etc", "~/brand", "C:/brand", "..\\\\shared"], ids=str)
def test_a_path_that_is_not_relative_is_refused(folder: Path, path: str) -> None:
    replace_text(folder / "one/campaign.yaml", "../shared-brand", f"'{path}'")

    with pytest.raises(CampaignError, match=r"brand: .*(relative to campaign\.yaml)"):
        Campaign.load(folder / "one")


def test_a_missing_shared_brand_is_reported_by_its_path(folder: Path) -> None:
    replace_text(folder / "one/campaign.yaml", "../shared-brand", "../elsewhere")

    with pytest.raises(CampaignError, match=r"file not found: \.\./elsewhere/brand\.yaml"):
        Campaign.load(folder / "one")


def test_a_build_that_watches_notices_saves_in_the_shared_brand(folder: Path) -> None:
    sources = SourceFilter(folder / "one", folder / "one/out")

    assert sources.folders == ((folder / "one").resolve(), (folder / "shared-brand").resolve())
    assert sources(None, str((folder / MESSAGE).resolve()))
    assert not sources(None, str((folder / "two/campaign.yaml").resolve()))
