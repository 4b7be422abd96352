"""The Python API: load a campaign, plan, check and build it; verify and pack finished files.

Import its names from ``assetgen``. Library code raises errors that carry findings, and logs to the logger ``assetgen``;
it prints nothing. ``build``, ``verify`` and ``pack`` start worker processes that import the caller's main module:
guard a script's own code with ``if __name__ == "__main__":``.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from assetgen.findings import Finding, sort_findings
from assetgen.planning.selection import EVERYTHING, Selection

if TYPE_CHECKING:
    from assetgen.building.pipeline import BuildResult, BuildSettings, Progress
    from assetgen.loading.campaign import LoadedCampaign
    from assetgen.packs.pack_run import PackResult
    from assetgen.planning.asset import Plan
    from assetgen.verifying.verification import VerifyResult

AnyPath = str | os.PathLike[str]

logger = logging.getLogger(__name__)


class PackArguments(TypedDict, total=False):
    """The arguments that ``pack`` passes on. The docstring of ``pack`` describes them."""

    parts: Sequence[str]
    jobs: int | None
    force: bool
    specimen: bool


class Campaign:
    """A campaign as it was read from its folder. Call ``Campaign.load`` to get one.

    Later changes to the files do not change it: load it again.
    """

    def __init__(self, loaded: LoadedCampaign) -> None:
        """Wrap a loaded campaign. Programs call ``Campaign.load`` instead."""
        self._loaded = loaded

    @classmethod
    def load(cls, path: AnyPath = ".") -> Campaign:
        """Read the campaign in a folder.

        A partner, message or template with an error does not stop the others: see ``findings``. Raises CampaignError,
        with all findings, if ``campaign.yaml`` or the brand has an error.
        """
        from assetgen.loading.campaign import load_campaign

        campaign = cls(load_campaign(Path(path)))
        count = len(campaign.partners)
        logger.info("loaded %s: %d partners, %d findings", campaign.folder, count, len(campaign.findings))
        return campaign

    @property
    def folder(self) -> Path:
        """Return the campaign folder."""
        return self._loaded.campaign.root

    @property
    def partners(self) -> tuple[str, ...]:
        """Return the ids of all partners, sorted, including partners whose files have errors."""
        return tuple(self._loaded.campaign.partner_ids)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the findings from reading the files, errors first."""
        return tuple(sort_findings(list(self._loaded.findings)))

    def plan(self) -> Plan:
        """Return every asset that a full build makes, with its size, path and link; nothing is drawn."""
        return self._plan

    def check(self, selection: Selection = EVERYTHING, *, on: date | None = None) -> tuple[Finding, ...]:
        """Check the sources without drawing anything, as ``assetgen check`` does.

        Returns all findings, errors first: those of the files and, if ``on`` is given, those about the selected assets
        on that day (embargoes, expiry dates, missing approvals). Raises CampaignError if the selection matches nothing.
        """
        from assetgen.releases.approvals import planned_release_findings

        campaign, plan = self._loaded.campaign, self._plan
        selected = self._select(selection)
        assets = [asset for asset in plan.assets if asset.id in selected]
        days = planned_release_findings(campaign, assets, on) if on else []
        return tuple(sort_findings([*self._loaded.findings, *plan.findings, *days]))

    def build(
        self,
        selection: Selection = EVERYTHING,
        *,
        out: AnyPath | None = None,
        **settings: Unpack[BuildSettings],
    ) -> BuildResult:
        """Build the selected assets into ``out`` (default: ``out/`` in the campaign folder).

        Assets that are up to date are kept. An asset that fails a preflight check is not written; the others are. The
        result holds the findings of the sources as well, errors first.

        ``jobs`` is the number of worker processes (default: one for each core). ``force`` also rebuilds assets that are
        up to date. ``fail_fast`` stops at the first asset that fails. ``on_progress`` is called after each batch of
        assets, and ``on_wait`` once if another build uses the output folder. Raises CampaignError if the selection
        matches nothing, MachineError if the machine lacks a part, such as Pango.
        """
        from assetgen.building.pipeline import build as build_campaign

        self._select(selection)
        result = build_campaign(
            self._loaded.campaign,
            plan=self._plan,
            selection=selection,
            out=None if out is None else Path(out),
            **settings,
        )
        for asset_id in result.failed_ids:
            logger.debug("failed: %s", asset_id)
        logger.info(
            "built %d, cached %d, failed %d in %.1f s",
            result.built,
            result.cached,
            result.failed,
            result.seconds,
        )
        findings = sort_findings([*self._loaded.findings, *result.findings])
        return replace(result, findings=tuple(findings))

    @cached_property
    def _plan(self) -> Plan:
        from assetgen.planning.planner import plan_assets

        return plan_assets(self._loaded.campaign)

    def _select(self, selection: Selection) -> frozenset[str]:
        """Return the ids of the selected assets. Raises CampaignError if there are none."""
        from assetgen.building.incremental import selected_ids

        return selected_ids(selection, self._loaded, self._plan)


def verify(
    paths: Iterable[AnyPath],
    *,
    jobs: int | None = None,
    on: date | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> VerifyResult:
    """Check finished files again, with nothing but the files and their manifest.

    ``paths`` are folders or packs (zip files) that hold a manifest. ``jobs`` is the number of worker processes
    (default: one for each core). If ``on`` is given, files that are under embargo or expired on that day are
    reported. Raises CampaignError if none of the paths holds a manifest that can be read.
    """
    from assetgen.verifying.verification import verify as verify_files

    result = verify_files([Path(path) for path in paths], jobs=jobs, on=on, on_progress=on_progress)
    logger.info("verified %d files, %d failed in %.1f s", len(result.files), result.failed, result.seconds)
    return result


def pack(
    campaign: Campaign,
    partners: Iterable[str] | None = None,
    *,
    on: date,
    out: AnyPath | None = None,
    **settings: Unpack[PackArguments],
) -> PackResult:
    """Make a zip for each partner from the built files in ``out``, into ``out/packs``.

    ``partners`` are ids or globs (default: all). ``on`` is the day on which the files will be handed out. A partner
    gets no pack, and the result says why, if its files are missing or out of date, or if they may not be handed out on
    that day: an embargo, an expiry date, a missing approval.

    ``parts`` splits each pack by use (``social``, ``print``, …; default: one pack with everything). ``specimen`` marks
    every page "specimen" and ignores days and approvals. ``jobs`` and ``force`` mean the same as in ``Campaign.build``.
    Raises CampaignError if nothing was built, or if a partner or part is unknown.
    """
    from assetgen.packs.pack_run import PackOptions, choose_partners, choose_parts, pack_partners

    loaded = campaign._loaded
    chosen = choose_partners(loaded.campaign, partners)
    options = PackOptions(
        on=on,
        parts=choose_parts(settings.get("parts", ())),
        jobs=settings.get("jobs"),
        force=settings.get("force", False),
        is_specimen=settings.get("specimen", False),
    )
    folder = Path(out) if out is not None else campaign.folder / "out"
    result = pack_partners(loaded.campaign, campaign.plan(), folder, chosen, options)
    logger.info("%d packs for %d partners, %d refused", len(result.packs), len(chosen), len(result.refused))
    return result
