"""Printing conditions: what a press is set to, under its registered name, with or without its ICC profile.

The tool brings three, one for each set of inks in the palette. ``press`` in ``brand/brand.yaml`` names others, and the
brand's own profiles in ``brand/profiles``.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from assetgen.campaign.folder import check_inside, is_file, read_bounded, refuse_what_is_no_file, resolved
from assetgen.campaign.nearest import did_you_mean
from assetgen.campaign.reading import Document
from assetgen.campaign.schema_print import ConditionFile
from assetgen.errors import CampaignError
from assetgen.findings import NOWHERE, Finding, Place

FOLDER = "brand/profiles"
MOST_BYTES = 5_000_000
# Conditions of the ICC's registry (www.color.org) whose name says all that a printer needs to know.
REGISTERED = {
    "FOGRA29": "Uncoated FOGRA29 (ISO 12647-2:2004)",
    "FOGRA39": "Coated FOGRA39 (ISO 12647-2:2004)",
    "FOGRA45": "Improved LWC FOGRA45 (ISO 12647-2:2004)",
    "FOGRA47": "Uncoated FOGRA47 (ISO 12647-2:2004)",
    "FOGRA51": "Coated FOGRA51 (ISO 12647-2:2013)",
    "FOGRA52": "Uncoated FOGRA52 (ISO 12647-2:2013)",
    "IFRA26": "Newsprint IFRA26 (ISO 12647-3:2005)",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """An ICC profile of four inks: its file below the campaign (of the tool's own its name alone), and its bytes."""

    file: str
    sha256: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Condition:
    """One printing condition. ``ink_limit`` is the most of all four inks together, in per cent.

    ``missing`` is the profile that was asked for and cannot be had: then nothing is printed under a name that is
    not registered.
    """

    intent: str
    info: str
    ink_limit: float
    profile: Profile | None = None
    missing: str | None = None
    place: Place = NOWHERE

    @property
    def is_registered(self) -> bool:
        return self.intent in REGISTERED


@cache
def own_conditions() -> Mapping[str, Condition]:
    """Return the tool's own conditions, by the set of inks of the palette that they print."""
    content = (files("assetgen.campaign") / "profiles" / "FOGRA39L_coated.icc").read_bytes()
    coated = Profile("FOGRA39L_coated.icc", hashlib.sha256(content).hexdigest(), content)
    return {
        # ISO Coated's own limit; what most printers of large formats take as well.
        "coated": Condition("FOGRA39", REGISTERED["FOGRA39"], 300, coated),
        "uncoated": Condition("FOGRA47", REGISTERED["FOGRA47"], 280),
        # Newspapers: more would come off on the next page.
        "newsprint": Condition("IFRA26", REGISTERED["IFRA26"], 240),
    }


def read_conditions(
    root: Path,
    given: Mapping[str, ConditionFile],
    document: Document,
    above: Mapping[str, Condition],
    under: tuple[str, ...],
) -> tuple[dict[str, Condition], list[Finding]]:
    """Return the conditions by their set of inks, those given over those ``above``, and what is wrong with them.

    ``under`` is where they stand in the document.
    """
    conditions, findings = dict(above), list[Finding]()
    for stock, file in given.items():
        place = document.place(*under, stock)
        usual = conditions[stock]
        one = replace(usual, place=place, ink_limit=file.ink_limit or usual.ink_limit)
        if file.condition:
            info = file.info or REGISTERED.get(file.condition, file.condition)
            one = replace(one, intent=file.condition, info=info, profile=None)
        if file.profile:
            try:
                one = replace(
                    one, profile=_read_profile(root, file.profile, document.place(*under, stock, "profile"))
                )
            except CampaignError as error:
                # A profile that is not there keeps its own files from being made; any other fault is a fault.
                if error.findings[0].code != "missing-file":
                    findings += error.findings
                one = replace(one, profile=None, missing=file.profile)
        elif not one.is_registered:
            text = f"{one.intent} is no registered condition: a printer knows it by its profile alone"
            hint = did_you_mean(one.intent, REGISTERED) or "add profile: with the ICC file in brand/profiles"
            findings.append(Finding("bad-value", text, hint, document.place(*under, stock, "condition")))
        conditions[stock] = one
    return conditions, findings


def _read_profile(root: Path, name: str, place: Place) -> Profile:
    from PIL import ImageCms

    folder = root / FOLDER
    path = folder / name
    if Path(name).is_absolute() or not resolved(path, place).is_relative_to(resolved(folder, place)):
        text = f"profile leads out of {FOLDER}: {name:.60}"
        raise CampaignError(Finding("unsafe-file", text, f"put the file into {FOLDER}", place))
    check_inside(path, root, place)
    if not is_file(path):
        refuse_what_is_no_file(path, place)
        raise CampaignError(Finding("missing-file", f"profile not found: {name:.60}", None, place))
    content = read_bounded(path, place, MOST_BYTES, "an ICC profile of four inks is smaller")
    shown = path.relative_to(root).as_posix()
    try:
        space = ImageCms.ImageCmsProfile(io.BytesIO(content)).profile.xcolor_space.strip()
    except (OSError, ImageCms.PyCMSError) as error:
        hint = "an ICC profile, .icc or .icm, as the printer gives it out"
        raise CampaignError(Finding("bad-value", f"no ICC profile: {shown}", hint, place)) from error
    if space != "CMYK":
        text = f"a profile of {space}, not of the four inks: {shown}"
        raise CampaignError(Finding("bad-value", text, "the printer's CMYK profile", place))
    return Profile(shown, hashlib.sha256(content).hexdigest(), content)
