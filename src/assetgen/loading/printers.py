"""Read print conditions (``brand/brand.yaml``) and printers (``brand/printers.yaml``).

The tool brings three, one for each set of inks in the palette. ``press`` in ``brand/brand.yaml`` names others, and the
brand's own profiles in ``brand/profiles``.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from assetgen.errors import CampaignError
from assetgen.findings import NOWHERE, Finding, Place
from assetgen.loading.yaml.campaign_folder import FileKind, named_file, read_bounded
from assetgen.loading.yaml.document import YamlDocument
from assetgen.loading.yaml.file_validation import bind, check_id, did_you_mean
from assetgen.schema.brand_file import ConditionFile, PrinterFile, Stock

FOLDER = "brand/profiles"
MAX_BYTES = 5_000_000
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
class PrintCondition:
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
def own_conditions() -> Mapping[str, PrintCondition]:
    """Return the tool's own conditions, by the set of inks of the palette that they print."""
    content = (files("assetgen.catalogue") / "print_conditions" / "FOGRA39L_coated.icc").read_bytes()
    coated = Profile("FOGRA39L_coated.icc", hashlib.sha256(content).hexdigest(), content)
    return {
        # ISO Coated's own limit; what most printers of large formats take as well.
        "coated": PrintCondition("FOGRA39", REGISTERED["FOGRA39"], 300, coated),
        "uncoated": PrintCondition("FOGRA47", REGISTERED["FOGRA47"], 280),
        # Newspapers: more would come off on the next page.
        "newsprint": PrintCondition("IFRA26", REGISTERED["IFRA26"], 240),
    }


def read_conditions(
    root: Path,
    given: Mapping[Stock, ConditionFile],
    document: YamlDocument,
    above: Mapping[str, PrintCondition],
    under: tuple[str, ...],
) -> tuple[dict[str, PrintCondition], list[Finding]]:
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

    kind = FileKind("profile", FOLDER, f"put the file into {FOLDER}")
    path = named_file(root, root / FOLDER, name, place, kind)
    content = read_bounded(path, place, MAX_BYTES, "an ICC profile of four inks is smaller")
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


FILE = "brand/printers.yaml"
IDS = ("campaign", "partner", "message", "channel", "locale")
SIZES = ("width_mm", "height_mm")
FORM = "form"
"""The fields of a pattern of file names: ids, the trim's size, and the further form with the underscore before it."""
FIELDS = (*IDS, *SIZES, FORM)
NEEDED = ("message", "channel", FORM)
FIELD, LITERAL = re.compile(r"\{([^{}]*)\}"), re.compile(r"(?![.-])[A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Printer:
    """One printer, with the conditions of the stocks that it prints in another way than the brand says."""

    id: str
    file: PrinterFile
    conditions: Mapping[str, PrintCondition] = field(default_factory=dict)
    place: Place = NOWHERE

    def named(self, values: Mapping[str, str]) -> str | None:
        """Return a file's name without its ending, as this printer wants it; None where it takes the usual."""
        return FIELD.sub(lambda found: values[found[1]], self.file.naming) if self.file.naming else None


def read_printers(
    root: Path, document: YamlDocument, usual: Mapping[str, PrintCondition]
) -> tuple[dict[str, Printer], list[Finding]]:
    """Return the printers by id, and what is wrong with any of them; ``usual`` are the brand's conditions."""
    printers: dict[str, Printer] = {}
    findings: list[Finding] = []
    for name in document.data:
        findings += check_id("printer", name, document.key_place(name))
        try:
            printers[name], faults = _read_printer(root, document, name, usual)
            findings += faults
        except CampaignError as error:
            findings += error.findings
            # It is there, if only by its name: who chooses it is not told that there is no such printer.
            printers[name] = Printer(name, PrinterFile.model_construct(name=name))
    return printers, findings


def _read_printer(
    root: Path, document: YamlDocument, name: str, usual: Mapping[str, PrintCondition]
) -> tuple[Printer, list[Finding]]:
    if not isinstance(document.data[name], dict):
        text, hint = f"{name}: a printer is a mapping of keys", "write name: and what it asks for below it"
        raise CampaignError(Finding("bad-value", text, hint, document.place(name)))
    file = bind(PrinterFile, document, under=(name,))
    conditions, findings = read_conditions(root, file.conditions, document, usual, (name, "conditions"))
    place = document.place(name, "naming")
    for text, hint in naming_faults(file.naming) if file.naming else ():
        findings.append(Finding("bad-value", f"{name}: {text}", hint, place))
    printer = Printer(
        id=name,
        file=file,
        conditions={stock: conditions[stock] for stock in file.conditions},
        place=document.place(name),
    )
    return printer, findings


def naming_faults(naming: str) -> Iterator[tuple[str, str]]:
    """Yield (what is wrong, hint) with a pattern of file names.

    Ids have no underscore: where each stands between underscores, two files never get one name.
    """
    hint = f"fields: {', '.join(f'{{{one}}}' for one in FIELDS)}"
    fields = FIELD.findall(naming)
    if strange := [one for one in fields if one not in FIELDS]:
        yield f"naming has no field {{{strange[0]:.30}}}", hint
    elif not LITERAL.fullmatch(FIELD.sub("", naming)):
        yield "naming has a sign that a file name should not have", f"letters, digits, - _ and .; {hint}"
    elif missing := [one for one in NEEDED if one not in fields]:
        yield f"naming has no {{{missing[0]}}}: two files could get one name", f"add {{{missing[0]}}}"
    elif any(sum(one in IDS for one in FIELD.findall(part)) > 1 for part in naming.split("_")):
        yield "naming has two ids side by side: two files could get one name", "put _ between them"
