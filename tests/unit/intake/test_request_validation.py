"""Validating a partner's request within the campaign, which writes nothing, and committing it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.errors import MachineError
from assetgen.intake.request import PartnerRequest
from assetgen.intake.request_validation import ValidatedRequest, commit_requests, validate_requests
from assetgen.loading.campaign import load_campaign
from tests.support.tiny_campaign import write_tiny
from tests.support.wording import Wording


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "campaign")


def verdicts(
    root: Path, *requests: PartnerRequest, refused: frozenset[int] = frozenset()
) -> list[ValidatedRequest]:
    return validate_requests(load_campaign(root), requests, refused)


def verdict(root: Path, request: PartnerRequest) -> ValidatedRequest:
    (found,) = verdicts(root, request)
    return found


def faults(one: ValidatedRequest) -> list[tuple[str | None, str]]:
    return [(fault.key, fault.finding.text) for fault in one.findings]


def files(root: Path) -> dict[str, bytes]:
    partners = root / "partners"
    return {
        path.relative_to(partners).as_posix(): path.read_bytes()
        for path in partners.rglob("*")
        if path.is_file()
    }


def test_a_valid_request_reports_its_planned_assets_and_writes_nothing(root: Path) -> None:
    before = files(root)

    found = verdict(root, PartnerRequest("Beta Council"))

    assert found.is_valid and found.is_new
    assert (found.mediums["social"], found.mediums["print"]) == (1, 1)
    assert files(root) == before


def test_a_request_without_a_name_is_refused(root: Path) -> None:
    found = verdict(root, PartnerRequest(""))

    assert not found.is_valid
    assert faults(found)[0][0] == "name"


def test_two_requests_for_one_id_are_both_refused(root: Path, wording: Wording) -> None:
    first, second = verdicts(root, PartnerRequest("Beta", id="beta"), PartnerRequest("Second", id="beta"))

    ((key, text),) = faults(first)
    assert faults(second) == [(key, text)]
    assert key == "id" and "beta" in text
    assert wording == text


def test_an_unknown_value_is_reported_with_its_key(root: Path) -> None:
    ((key, text),) = faults(verdict(root, PartnerRequest("Beta", messages=["helo"])))

    assert key == "messages"
    assert "helo" in text and not text.startswith("messages:")


def test_channels_without_planned_assets_are_reported(root: Path) -> None:
    (root / "partners/acme/partner.yaml").write_text("name: Acme\nchannels: [tiny-card]\n", "utf-8")

    found = verdict(root, PartnerRequest("Beta", channels=["qr-nothing"]))

    assert not found.is_valid
    assert "channels" in {key for key, _ in faults(found)}


def test_a_request_that_names_a_refused_partner_alongside_is_refused(root: Path, wording: Wording) -> None:
    beta = PartnerRequest("Beta", alongside=["gamma"])
    gamma = PartnerRequest("Gamma", alongside=["delta"])
    delta = PartnerRequest("Delta")

    found = verdicts(root, beta, gamma, delta, refused=frozenset({2}))

    ((key, text),), ((other_key, other),) = faults(found[0]), faults(found[1])
    assert (key, other_key) == ("alongside", "alongside")
    assert "gamma" in text and "delta" in other
    assert wording == [text, other]


def test_partners_that_are_requested_together_may_name_each_other(root: Path) -> None:
    found = verdicts(root, PartnerRequest("Beta", alongside=["gamma"]), PartnerRequest("Gamma"))

    assert all(one.is_valid for one in found), [faults(one) for one in found]


def test_changes_to_an_existing_partner_are_reported(root: Path) -> None:
    found = verdict(root, PartnerRequest("Acme Trust", id="acme"))

    assert found.exists
    assert found.changes == {"name": ("Acme", "Acme Trust")}
    assert verdict(root, PartnerRequest("Acme", id="acme")).changes == {}


def test_the_partner_of_a_committed_request_is_loaded_with_the_campaign(root: Path) -> None:
    assert commit_requests(root, [PartnerRequest("Beta Council")], "en-GB") == ["beta-council"]

    assert "beta-council" in load_campaign(root).campaign.partners


def test_committing_a_request_keeps_other_files_in_the_partner_folder(root: Path) -> None:
    (root / "partners/acme/notes.txt").write_text("kept", "utf-8")

    commit_requests(root, [PartnerRequest("Acme Trust", id="acme")], "en-GB")

    assert files(root)["acme/notes.txt"] == b"kept"
    assert b"Acme Trust" in files(root)["acme/partner.yaml"]
    assert not list((root / ".assetgen").iterdir())


def test_an_unwritable_folder_is_reported_with_the_requests_already_committed(
    root: Path, wording: Wording
) -> None:
    (root / "partners/gamma").write_text("a file instead of a folder", "utf-8")

    with pytest.raises(MachineError) as raised:
        commit_requests(root, [PartnerRequest("Beta"), PartnerRequest("Gamma")], "en-GB")

    (finding,) = raised.value.findings
    assert "beta" in finding.text
    assert wording == finding.text
