"""Validate partners' requests as drafts in a temporary folder, and commit valid ones to ``partners/``."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assetgen.errors import CampaignError, MachineError
from assetgen.findings import Finding, Place
from assetgen.intake.request import PartnerRequest, read_sizes
from assetgen.loading.campaign import LoadedCampaign
from assetgen.loading.model import CampaignModel, Partner
from assetgen.loading.partners import ValidationContext, read_partner
from assetgen.loading.yaml.campaign_folder import check_inside, is_file, read_bounded, read_yaml
from assetgen.loading.yaml.document import read_document
from assetgen.loading.yaml.file_validation import check_case, check_id
from assetgen.planning.planner import plan_assets

MAX_LOGO_BYTES = 5_000_000
# Keys of partner.yaml that have a different name in a request.
REQUEST_KEYS = {"contact": "contact_email"}


@dataclass(frozen=True, slots=True)
class RequestFinding:
    """A finding about one request, and the key that it is about; None if that is not known."""

    finding: Finding
    key: str | None


@dataclass(frozen=True, slots=True)
class ValidatedRequest:
    """The result of validating one request.

    ``mediums`` is the number of planned assets by medium. ``exists`` says whether the partner exists already. If it
    does, ``changes`` has the keys that would change, each with its present and its requested value.
    """

    request: PartnerRequest
    findings: tuple[RequestFinding, ...]
    mediums: Mapping[str, int]
    exists: bool
    changes: Mapping[str, tuple[object, object]]

    @property
    def is_valid(self) -> bool:
        """Say whether the request is valid: the partner could be built as requested."""
        return not any(fault.finding.is_error for fault in self.findings)

    @property
    def is_new(self) -> bool:
        return not self.exists


def validate_requests(
    loaded: LoadedCampaign, requests: Sequence[PartnerRequest], refused: Collection[int] = frozenset()
) -> list[ValidatedRequest]:
    """Validate each request.

    ``refused`` are the indices of requests that are refused in any case. A request that names a refused partner
    under ``alongside`` is refused too.
    """
    campaign, known = loaded.campaign, loaded.context
    ids = [request.partner_id for request in requests if request.name]
    known = replace(known, partner_ids=sorted({*known.partner_ids, *ids}))
    duplicates = {partner_id for partner_id, count in Counter(ids).items() if count > 1}
    with tempfile.TemporaryDirectory(prefix="assetgen-") as folder:
        drafts = [
            _Draft(Path(folder) / str(index), request, campaign, known)
            for index, request in enumerate(requests)
        ]
        for draft in drafts:
            draft.read(is_duplicate=draft.request.partner_id in duplicates)
        for index in refused:
            drafts[index].partner = None
        _refuse_with_companions(drafts, campaign)
        partners = {draft.partner.id: draft.partner for draft in drafts if draft.partner}
        return [draft.verdict({**campaign.partners, **partners}) for draft in drafts]


class _Draft:
    """One request while it is validated. ``partner`` is None before the draft is read and after it is refused."""

    def __init__(
        self, root: Path, request: PartnerRequest, campaign: CampaignModel, known: ValidationContext
    ) -> None:
        self.root, self.campaign, self.known = root, campaign, known
        self.old = _read_partner_file(campaign, request)
        self.request = request.with_existing(self.old)
        self.partner: Partner | None = None
        self.faults: list[RequestFinding] = []

    @property
    def _file(self) -> str:
        return f"partners/{self.request.partner_id}/partner.yaml"

    def read(self, *, is_duplicate: bool) -> None:
        """Write the request as a partner's folder, and read it like any partner of the campaign. Record its faults."""
        if not self.request.name:
            nameless = Finding("bad-value", "the name is missing", "give the partner's name")
            self.faults.append(RequestFinding(nameless, "name"))
            return
        name, yaml_text = self.request.partner_id, self.request.yaml(self.campaign.file.locales[0])
        id_findings = check_id("partner", name, Place())
        id_findings += check_case("partner", dict.fromkeys([name, *self.known.partner_ids], Place()))
        if is_duplicate:
            text, hint = (
                f"two requests have the id {name}",
                "give each request its own id, or remove one of them",
            )
            id_findings.append(Finding("duplicate-id", text, hint))
        self.faults += [RequestFinding(finding, "id") for finding in id_findings]
        self.faults += [
            RequestFinding(finding, "custom_sizes") for finding in read_sizes(self.request.custom_sizes)[1]
        ]
        if self.faults:
            return
        folder = write_request(self.root / "partners", self.request, yaml_text)
        try:
            self._copy_kept_logos(folder)
            self.partner = read_partner(self.root, name, self.known)
        except CampaignError as error:
            self.faults += [self._with_key(finding, yaml_text) for finding in error.findings]

    def _copy_kept_logos(self, folder: Path) -> None:
        """Copy the existing partner's logos, except those that the request replaces. Raises CampaignError."""
        logo = self.old.get("logo")
        existing = self.campaign.root / "partners" / self.request.partner_id
        for name in logo.values() if isinstance(logo, Mapping) else ():
            if not isinstance(name, str) or not is_file(existing / name) or (folder / name).exists():
                continue
            place = Place(f"partners/{self.request.partner_id}/{name}")
            check_inside(existing / name, existing, place)
            content = read_bounded(existing / name, place, MAX_LOGO_BYTES, "export a smaller file")
            (folder / name).write_bytes(content)

    def _with_key(self, finding: Finding, yaml_text: str) -> RequestFinding:
        """Return a finding with its key. Reports name the column or option, so the key is removed from the text."""
        key = self._key(finding, yaml_text)
        return RequestFinding(replace(finding, text=finding.text.removeprefix(f"{key}: ")), key)

    def _key(self, finding: Finding, yaml_text: str) -> str | None:
        """Return the key of the line of ``partner.yaml`` that a finding points at.

        For a finding without such a line, return ``logo`` if the request has a logo, else None.
        """
        if finding.place.file != self._file or finding.place.line is None:
            return "logo" if self.request.logo else None
        lines = yaml_text.splitlines()[: finding.place.line]
        top_keys = [line.partition(":")[0] for line in lines if line[:1].isalpha()]
        return REQUEST_KEYS.get(top_keys[-1], top_keys[-1]) if top_keys else None

    def refuse(self, finding: Finding, key: str) -> None:
        self.partner = None
        self.faults.append(RequestFinding(finding, key))

    def verdict(self, partners: Mapping[str, Partner]) -> ValidatedRequest:
        """Plan the partner's assets, with the ``partners`` shown alongside it in their footers; return the result."""
        mediums: Counter[str] = Counter()
        if self.partner:
            companions = {name: partners[name] for name in self.partner.alongside if name in partners}
            # Companions are only needed in the footer, so none of their own assets are planned.
            companions = {
                name: replace(partner, channels=(), tracking="none") for name, partner in companions.items()
            }
            plan = plan_assets(replace(self.campaign, partners={**companions, self.partner.id: self.partner}))
            own = [asset for asset in plan.assets if asset.partner == self.partner.id]
            mediums.update(asset.medium for asset in own)
            found = dict.fromkeys(finding for asset in own for finding in asset.faults)
            self.faults += [
                RequestFinding(replace(finding, place=Place(), asset=None), "name") for finding in found
            ]
            if not sum(count for medium, count in mediums.items() if medium != "qr"):
                text = (
                    "no assets are planned for the partner: it has no channel, or no message in its languages"
                )
                finding = Finding("bad-value", text, "choose different channels")
                self.faults.append(RequestFinding(finding, "channels"))
        name = self.request.partner_id
        exists = is_file(self.campaign.root / "partners" / name / "partner.yaml")
        changes = self._changes() if exists else {}
        return ValidatedRequest(
            self.request, tuple(self.faults), dict(sorted(mediums.items())), exists, changes
        )

    def _changes(self) -> dict[str, tuple[object, object]]:
        old = self.old
        yaml_text = self.request.yaml(self.campaign.file.locales[0])
        new = read_document(yaml_text.encode(), self._file).data
        changes = {
            key: (old.get(key), new.get(key)) for key in {**old, **new} if old.get(key) != new.get(key)
        }
        logo = self.campaign.root / "partners" / self.request.partner_id / self.request.logo_file
        if self.request.logo and "logo" not in changes and _read_bytes(logo) != self.request.logo_content:
            changes["logo"] = ("a different file", self.request.logo_file)
        return changes


def _read_partner_file(campaign: CampaignModel, request: PartnerRequest) -> dict[str, Any]:
    """Return the values of the partner's present file; empty if it does not exist or cannot be read."""
    name, file = request.partner_id, f"partners/{request.partner_id}/partner.yaml"
    if not request.name or check_id("partner", name, Place()) or not is_file(campaign.root / file):
        return {}
    try:
        found: dict[str, Any] = read_yaml(campaign.root, file).data
    except CampaignError:
        return {}
    return found


def _read_bytes(path: Path) -> bytes:
    return path.read_bytes() if is_file(path) else b""


def _refuse_with_companions(drafts: Iterable[_Draft], campaign: CampaignModel) -> None:
    """Refuse drafts that name a refused partner under ``alongside``: their footers could not show it.

    Repeat until no more drafts are refused.
    """
    drafts = list(drafts)
    while True:
        valid = {*campaign.partners, *(draft.partner.id for draft in drafts if draft.partner)}
        invalid = [
            (draft, names)
            for draft in drafts
            if draft.partner and (names := [name for name in draft.partner.alongside if name not in valid])
        ]
        if not invalid:
            return
        for draft, names in invalid:
            text = f"the partner is shown alongside {', '.join(names)}, which cannot be built"
            draft.refuse(
                Finding("stale", text, f"correct {names[0]} first, or do not name it here"), "alongside"
            )


def write_request(folder: Path, request: PartnerRequest, yaml_text: str) -> Path:
    """Write a partner's folder (``partner.yaml`` and its logo) into ``folder``, and return its path."""
    own = folder / request.partner_id
    own.mkdir(parents=True, exist_ok=True)
    (own / "partner.yaml").write_text(yaml_text, "utf-8", newline="\n")
    if request.logo:
        (own / request.logo_file).write_bytes(request.logo_content)
    return own


STAGING_FOLDER = ".assetgen"


def commit_requests(root: Path, requests: Iterable[PartnerRequest], first_locale: str) -> list[str]:
    """Write each request's folder into the campaign in ``root``; return the ids, in order.

    A new partner's folder appears in one step. For an existing partner, ``partner.yaml`` and the logo are replaced,
    each in one step; other files in its folder stay. Raises MachineError if a file cannot be written.
    """
    committed = []
    try:
        (root / STAGING_FOLDER).mkdir(exist_ok=True)
        (root / "partners").mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="asked-", dir=root / STAGING_FOLDER) as staging:
            for request in requests:
                folder = write_request(Path(staging), request, request.yaml(first_locale))
                _move(folder, root / "partners" / request.partner_id)
                committed.append(request.partner_id)
    except OSError as error:
        done = f"; already written: {', '.join(committed)}" if committed else ""
        text = f"a partner's folder cannot be written: {error.strerror or error}{done}"
        hint = "check that the disk has free space and that you may write to partners/, then run the command again"
        raise MachineError(Finding("machine", text, hint, Place("partners"))) from error
    return committed


def _move(folder: Path, target: Path) -> None:
    if not target.exists() and not target.is_symlink():
        os.rename(folder, target)
        return
    # The logo is moved first, so that partner.yaml never names a file that does not exist yet.
    for path in sorted(folder.iterdir(), key=lambda file: file.name == "partner.yaml"):
        os.replace(path, target / path.name)
    shutil.rmtree(folder)
