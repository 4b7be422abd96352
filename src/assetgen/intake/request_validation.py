"""Validate a request in a folder of its own, then commit whole folders to ``partners/``."""

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
from assetgen.intake.request import Request, read_sizes
from assetgen.loading.campaign import Loaded
from assetgen.loading.model import Campaign, Partner
from assetgen.loading.partners import Known, read_partner
from assetgen.loading.yaml.campaign_folder import check_inside, is_file, read_bounded, read_yaml
from assetgen.loading.yaml.document import read_document
from assetgen.loading.yaml.file_validation import check_case, check_id
from assetgen.planning.planner import plan_assets

MAX_LOGO_BYTES = 5_000_000
# What a key of partner.yaml is called in a request, where the two differ.
KEY_OF = {"contact": "contact_email"}


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding about one request, and the key that it is about, where that is known."""

    finding: Finding
    key: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one request on trial.

    ``mediums`` counts the assets of the plan; ``changes`` are the keys that an existing partner would have
    otherwise, each with what it says today and what was asked for.
    """

    request: Request
    faults: tuple[Fault, ...]
    mediums: Mapping[str, int]
    exists: bool
    changes: Mapping[str, tuple[object, object]]

    @property
    def is_sound(self) -> bool:
        """Say whether the partner could be built as asked."""
        return not any(fault.finding.is_error for fault in self.faults)

    @property
    def is_new(self) -> bool:
        return not self.exists


def judge(
    loaded: Loaded, requests: Sequence[Request], refused: Collection[int] = frozenset()
) -> list[Verdict]:
    """Return a verdict on each request. ``refused`` are the places of those that are refused whatever they say:
    one that names such another is refused with it."""
    campaign, known = loaded.campaign, loaded.known
    ids = [request.partner_id for request in requests if request.name]
    known = replace(known, partner_ids=sorted({*known.partner_ids, *ids}))
    doubles = {one for one, count in Counter(ids).items() if count > 1}
    with tempfile.TemporaryDirectory(prefix="assetgen-") as folder:
        trials = [_Trial(Path(folder) / str(at), one, campaign, known) for at, one in enumerate(requests)]
        for trial in trials:
            trial.read(is_double=trial.request.partner_id in doubles)
        for at in refused:
            trials[at].partner = None
        _refuse_with_company(trials, campaign)
        partners = {one.partner.id: one.partner for one in trials if one.partner}
        return [trial.verdict({**campaign.partners, **partners}) for trial in trials]


class _Trial:
    """One request while it is judged."""

    def __init__(self, root: Path, request: Request, campaign: Campaign, known: Known) -> None:
        self.root, self.campaign, self.known = root, campaign, known
        self.old = _file_of(campaign, request)
        self.request = request.over(self.old)
        self.partner: Partner | None = None
        self.faults: list[Fault] = []

    @property
    def _file(self) -> str:
        return f"partners/{self.request.partner_id}/partner.yaml"

    def read(self, *, is_double: bool) -> None:
        """Read the partner as if its folder stood in the campaign."""
        if not self.request.name:
            nameless = Finding("bad-value", "nothing stands here", "a partner has a name")
            self.faults.append(Fault(nameless, "name"))
            return
        name, words = self.request.partner_id, self.request.yaml(self.campaign.file.locales[0])
        legal = check_id("partner", name, Place())
        legal += check_case("partner", dict.fromkeys([name, *self.known.partner_ids], Place()))
        if is_double:
            text, hint = f"two ask for the id {name}", "give each an id of its own, or take one out"
            legal.append(Finding("duplicate-id", text, hint))
        self.faults += [Fault(finding, "id") for finding in legal]
        self.faults += [
            Fault(finding, "custom_sizes") for finding in read_sizes(self.request.custom_sizes)[1]
        ]
        if self.faults:
            return
        own = write_request(self.root / "partners", self.request, words)
        try:
            self._lay_kept_logos(own)
            self.partner = read_partner(self.root, name, self.known)
        except CampaignError as error:
            self.faults += [self._fault(finding, words) for finding in error.findings]

    def _lay_kept_logos(self, own: Path) -> None:
        """Put the logos beside the partner's file that it names and nobody sent anew. Raises CampaignError."""
        logo = self.old.get("logo")
        there = self.campaign.root / "partners" / self.request.partner_id
        for name in logo.values() if isinstance(logo, Mapping) else ():
            if not isinstance(name, str) or not is_file(there / name) or (own / name).exists():
                continue
            place = Place(f"partners/{self.request.partner_id}/{name}")
            check_inside(there / name, there, place)
            (own / name).write_bytes(read_bounded(there / name, place, MAX_LOGO_BYTES, "export it smaller"))

    def _fault(self, finding: Finding, words: str) -> Fault:
        """Return a finding without the key before its words: whoever tells it names the column or the option."""
        key = self._key(finding, words)
        return Fault(replace(finding, text=finding.text.removeprefix(f"{key}: ")), key)

    def _key(self, finding: Finding, words: str) -> str | None:
        """Return the key that a finding's line of ``partner.yaml`` belongs to."""
        if finding.place.file != self._file or finding.place.line is None:
            return "logo" if self.request.logo else None
        lines = words.splitlines()[: finding.place.line]
        tops = [line.partition(":")[0] for line in lines if line[:1].isalpha()]
        return KEY_OF.get(tops[-1], tops[-1]) if tops else None

    def refuse(self, finding: Finding, key: str) -> None:
        self.partner = None
        self.faults.append(Fault(finding, key))

    def verdict(self, partners: Mapping[str, Partner]) -> Verdict:
        """Return what the plan says of the partner, among all others."""
        mediums: Counter[str] = Counter()
        if self.partner:
            company = {name: partners[name] for name in self.partner.alongside if name in partners}
            # Companions stand in the foot; nothing is planned for them here.
            company = {name: replace(one, channels=(), tracking="none") for name, one in company.items()}
            plan = plan_assets(replace(self.campaign, partners={**company, self.partner.id: self.partner}))
            own = [asset for asset in plan.assets if asset.partner == self.partner.id]
            mediums.update(asset.medium for asset in own)
            found = dict.fromkeys(finding for asset in own for finding in asset.faults)
            self.faults += [Fault(replace(finding, place=Place(), asset=None), "name") for finding in found]
            if not sum(count for medium, count in mediums.items() if medium != "qr"):
                text = "nothing is planned for it: no channel, or no message in its languages"
                self.faults.append(Fault(Finding("bad-value", text, "choose other channels"), "channels"))
        name = self.request.partner_id
        exists = is_file(self.campaign.root / "partners" / name / "partner.yaml")
        changes = self._changes() if exists else {}
        return Verdict(self.request, tuple(self.faults), dict(sorted(mediums.items())), exists, changes)

    def _changes(self) -> dict[str, tuple[object, object]]:
        old = self.old
        words = self.request.yaml(self.campaign.file.locales[0])
        new = read_document(words.encode(), self._file).data
        changes = {
            key: (old.get(key), new.get(key)) for key in {**old, **new} if old.get(key) != new.get(key)
        }
        logo = self.campaign.root / "partners" / self.request.partner_id / self.request.logo_file
        if self.request.logo and "logo" not in changes and _bytes_of(logo) != self.request.logo_content:
            changes["logo"] = ("another file", self.request.logo_file)
        return changes


def _file_of(campaign: Campaign, request: Request) -> dict[str, Any]:
    """Return what the partner's file says today; nothing where there is none, or none that can be read."""
    name, file = request.partner_id, f"partners/{request.partner_id}/partner.yaml"
    if not request.name or check_id("partner", name, Place()) or not is_file(campaign.root / file):
        return {}
    try:
        found: dict[str, Any] = read_yaml(campaign.root, file).data
    except CampaignError:
        return {}
    return found


def _bytes_of(path: Path) -> bytes:
    return path.read_bytes() if is_file(path) else b""


def _refuse_with_company(trials: Iterable[_Trial], campaign: Campaign) -> None:
    """Refuse requests whose company was refused, until none is left: their feet would lack somebody."""
    trials = list(trials)
    while True:
        sound = {*campaign.partners, *(trial.partner.id for trial in trials if trial.partner)}
        lost = [
            (trial, names)
            for trial in trials
            if trial.partner and (names := [name for name in trial.partner.alongside if name not in sound])
        ]
        if not lost:
            return
        for trial, names in lost:
            text = f"it stands with {', '.join(names)}, who cannot be drawn"
            trial.refuse(Finding("stale", text, "mend that one first, or leave it out"), "alongside")


def write_request(folder: Path, request: Request, words: str) -> Path:
    """Write a partner's folder below another: ``partner.yaml`` and its logo. Return it."""
    own = folder / request.partner_id
    own.mkdir(parents=True, exist_ok=True)
    (own / "partner.yaml").write_text(words, "utf-8", newline="\n")
    if request.logo:
        (own / request.logo_file).write_bytes(request.logo_content)
    return own


STAGE = ".assetgen"


def take_over(root: Path, requests: Iterable[Request], first_locale: str) -> list[str]:
    """Write each request's folder into the campaign in ``root``; return the ids, in order.

    A new partner's folder appears in one step. Of one that is there its ``partner.yaml`` and its logo are
    replaced, each in one step; what else lies in its folder stays. Raises MachineError where the disk refuses.
    """
    taken = []
    try:
        (root / STAGE).mkdir(exist_ok=True)
        (root / "partners").mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="asked-", dir=root / STAGE) as stage:
            for request in requests:
                own = write_request(Path(stage), request, request.yaml(first_locale))
                _move(own, root / "partners" / request.partner_id)
                taken.append(request.partner_id)
    except OSError as error:
        done = f"; taken over before: {', '.join(taken)}" if taken else ""
        text = f"a partner's folder cannot be written: {error.strerror or error}{done}"
        hint = "mend that, then run it again"
        raise MachineError(Finding("machine", text, hint, Place("partners"))) from error
    return taken


def _move(own: Path, target: Path) -> None:
    if not target.exists() and not target.is_symlink():
        os.rename(own, target)
        return
    # The logo first: a partner.yaml never names a file that is not there yet.
    for path in sorted(own.iterdir(), key=lambda one: one.name == "partner.yaml"):
        os.replace(path, target / path.name)
    shutil.rmtree(own)
