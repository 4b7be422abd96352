"""The public API: a program of somebody else is type-checked and run, and a wrong program is rejected."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import assetgen
from assetgen import Campaign, CampaignError, Selection, pack, verify
from tests.support.example_campaign import make_campaign, write_campaign_file

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "how-to" / "use-from-python.md"
DAY = date(2026, 12, 1)
QR_CODES = Selection(medium=("qr",))


def documented_program() -> str:
    """Return the Python program of the how-to guide."""
    (program,) = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return str(program)


def type_check(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Return the result of mypy for a program that is outside the repository."""
    (folder / "program.py").write_text(program, "utf-8")
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", ROOT / ".mypy_cache", "program.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """A starter campaign whose QR codes were built through the API."""
    folder = tmp_path_factory.mktemp("api") / "campaign"
    make_campaign(folder)
    loaded = Campaign.load(folder)
    result = loaded.build(QR_CODES, jobs=1)
    assert (result.built + result.cached, result.failed, result.ok) == (3, 0, True)
    return loaded


@pytest.mark.commands
def test_mypy_accepts_the_documented_program_and_it_runs(tmp_path: Path) -> None:
    checked = type_check(documented_program(), tmp_path)
    assert checked.returncode == 0, checked.stdout

    make_campaign(tmp_path / "campaign")
    ran = subprocess.run(
        [sys.executable, "program.py", "campaign"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"^\d+ assets are planned$", ran.stdout, re.MULTILINE)
    assert re.search(r"^\d+ files verified$", ran.stdout, re.MULTILINE)
    assert "INFO:assetgen.api:built" in ran.stderr
    assert list((tmp_path / "campaign" / "out" / "packs").glob("*_specimen.zip"))


@pytest.mark.commands
def test_mypy_rejects_a_name_and_an_argument_that_do_not_exist(tmp_path: Path) -> None:
    program = 'import assetgen\nassetgen.load_campain\nassetgen.Campaign.load(".").build(colour="red")\n'

    checked = type_check(program, tmp_path)

    assert checked.returncode == 1
    assert 'Module has no attribute "load_campain"' in checked.stdout
    assert 'Unexpected keyword argument "colour"' in checked.stdout


def test_every_public_name_can_be_imported() -> None:
    for name in assetgen.__all__:
        assert getattr(assetgen, name) is not None, name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Campain'"):
        _ = assetgen.Campain  # type: ignore[attr-defined]


def test_the_plan_lists_every_asset_without_drawing(campaign: Campaign) -> None:
    plan = campaign.plan()

    assert len(plan.assets) > 20
    assert {asset.partner for asset in plan.assets} == set(campaign.partners)


def test_check_returns_findings_of_the_source_files_and_of_release_dates(
    campaign: Campaign, tmp_path: Path
) -> None:
    make_campaign(tmp_path)
    path = "campaign.yaml"
    write_campaign_file(tmp_path, path, (tmp_path / path).read_text("utf-8") + "\nvalid_until: 2026-12-31\n")
    expiring = Campaign.load(tmp_path)

    assert not any(finding.is_error for finding in campaign.check())
    assert "expired" in {finding.code for finding in expiring.check(on=date(2027, 1, 1))}
    assert "expired" not in {finding.code for finding in expiring.check(on=date(2026, 12, 31))}


def test_a_selection_that_matches_nothing_raises_an_error_with_a_finding(campaign: Campaign) -> None:
    for call in (campaign.check, campaign.build):
        with pytest.raises(CampaignError) as error:
            call(Selection(partner=("nobody",)))
        assert [finding.code for finding in error.value.findings] == ["unknown-id"]


def test_loading_a_broken_campaign_raises_an_error_with_all_findings(tmp_path: Path) -> None:
    make_campaign(tmp_path)
    write_campaign_file(tmp_path, "campaign.yaml", "name: [")

    with pytest.raises(CampaignError) as error:
        Campaign.load(str(tmp_path))

    assert "yaml" in {finding.code for finding in error.value.findings}


def test_build_returns_a_broken_partner_as_a_finding(tmp_path: Path) -> None:
    make_campaign(tmp_path)
    write_campaign_file(tmp_path, "partners/broken/partner.yaml", "name: 5\nunknown: x\n")
    campaign = Campaign.load(tmp_path)

    result = campaign.build(QR_CODES, jobs=1)

    assert not result.ok
    assert result.failed == 0
    assert "partners/broken/partner.yaml" in {finding.place.file for finding in result.findings}
    assert "broken" in campaign.partners


def test_verify_accepts_built_files_and_reports_a_changed_one(campaign: Campaign) -> None:
    out = campaign.folder / "out"

    assert verify([str(out)], jobs=1).ok

    changed = next(out.rglob("*.svg"))
    before = changed.read_bytes()
    try:
        changed.write_bytes(before[:-1] + b" ")
        result = verify([out], jobs=1)
    finally:
        changed.write_bytes(before)
    assert not result.ok
    assert [finding.code for finding in result.findings if finding.is_error] == ["file-altered"]


def test_a_pack_of_an_unbuilt_partner_is_refused_with_reasons(campaign: Campaign) -> None:
    result = pack(campaign, on=DAY, jobs=1)

    assert not result.ok
    assert set(result.refused) == set(campaign.partners)
    assert {finding.code for finding in result.findings} == {"missing-file"}


def test_packing_an_unknown_partner_or_part_raises_an_error(campaign: Campaign) -> None:
    with pytest.raises(CampaignError, match="nobody"):
        pack(campaign, ["nobody"], on=DAY)
    with pytest.raises(CampaignError, match="sociol"):
        pack(campaign, on=DAY, parts=["sociol"])
