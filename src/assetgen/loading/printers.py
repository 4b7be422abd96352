"""Read print conditions (``press`` in ``brand/brand.yaml``) and printers (``brand/printers.yaml``).

There are three built-in conditions, one for each stock: coated, uncoated and newsprint. A brand or a printer can
replace them, and name ICC profiles in ``brand/profiles``.
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
from assetgen.findings import NO_PLACE, Finding, Place
from assetgen.loading.yaml.brand_folder import brand_folder
from assetgen.loading.yaml.campaign_folder import FileKind, find_named_file, read_bounded
from assetgen.loading.yaml.document import YamlDocument
from assetgen.loading.yaml.file_validation import check_id, did_you_mean, validate_document
from assetgen.schema.brand_file import ConditionFile, PrinterFile, Stock

MAX_BYTES = 5_000_000
# Print conditions in the ICC's registry (www.color.org). Their name identifies them without an embedded profile.
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
    """A CMYK ICC profile. ``file`` is its path in the campaign; for the built-in profile it is the bare name."""

    file: str
    sha256: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PrintCondition:
    """A print condition: the standard by which a stock is printed.

    ``intent`` is its name, ``info`` its description, ``ink_limit`` the maximum total of all four inks, in per cent.
    ``missing_profile`` is the file name of a profile that the brand names but ``brand/profiles`` does not have.
    Without it, no press file can be built for a condition that is not registered.
    """

    intent: str
    info: str
    ink_limit: float
    profile: Profile | None = None
    missing_profile: str | None = None
    place: Place = NO_PLACE

    @property
    def is_registered(self) -> bool:
        """Return whether the ICC has registered the condition's name."""
        return self.intent in REGISTERED


@cache
def built_in_conditions() -> Mapping[str, PrintCondition]:
    """Return the built-in print conditions by stock."""
    content = (files("assetgen.catalogue") / "print_conditions" / "FOGRA39L_coated.icc").read_bytes()
    coated = Profile("FOGRA39L_coated.icc", hashlib.sha256(content).hexdigest(), content)
    return {
        # 300 % is the limit of ISO Coated v2 300 % (ECI). Most large-format printers use it too.
        "coated": PrintCondition("FOGRA39", REGISTERED["FOGRA39"], 300, coated),
        # FOGRA47 allows 300 %, but printers often ask for at most 280 % on uncoated stock.
        "uncoated": PrintCondition("FOGRA47", REGISTERED["FOGRA47"], 280),
        # 240 % is the newspapers' limit (ISOnewspaper26v4). More ink would set off onto the facing page.
        "newsprint": PrintCondition("IFRA26", REGISTERED["IFRA26"], 240),
    }


def read_conditions(
    root: Path,
    files_by_stock: Mapping[Stock, ConditionFile],
    document: YamlDocument,
    defaults: Mapping[str, PrintCondition],
    path: tuple[str, ...],
) -> tuple[dict[str, PrintCondition], list[Finding]]:
    """Return the print conditions by stock, and a finding for each fault in them.

    Args:
        root: The campaign folder.
        files_by_stock: The conditions in the document.
        document: The document that has them, for places.
        defaults: The conditions that those in the document replace or change.
        path: The path in the document to the mapping by stock.
    """
    conditions, findings = dict(defaults), list[Finding]()
    for stock, file in files_by_stock.items():
        place = document.place(*path, stock)
        default = conditions[stock]
        condition = replace(default, place=place, ink_limit=file.ink_limit or default.ink_limit)
        if file.condition:
            info = file.info or REGISTERED.get(file.condition, file.condition)
            condition = replace(condition, intent=file.condition, info=info, profile=None)
        if file.profile:
            try:
                profile = _read_profile(root, file.profile, document.place(*path, stock, "profile"))
                condition = replace(condition, profile=profile)
            except CampaignError as error:
                # A missing profile only prevents the press files that need it. Any other fault is a finding.
                if error.findings[0].code != "missing-file":
                    findings += error.findings
                condition = replace(condition, profile=None, missing_profile=file.profile)
        elif not condition.is_registered:
            text = f"{condition.intent} is not a registered print condition, so it needs an ICC profile"
            hint = (
                did_you_mean(condition.intent, REGISTERED)
                or "add profile: with the ICC file in brand/profiles"
            )
            findings.append(Finding("bad-value", text, hint, document.place(*path, stock, "condition")))
        conditions[stock] = condition
    return conditions, findings


def _read_profile(root: Path, name: str, place: Place) -> Profile:
    from PIL import ImageCms

    folder = f"{brand_folder(root)}/profiles"
    kind = FileKind("profile", folder, f"put the file into {folder}")
    path = find_named_file(root, root / folder, name, place, kind)
    content = read_bounded(path, place, MAX_BYTES, "use a smaller CMYK ICC profile")
    relative_path = f"{folder}/{name}"
    try:
        space = ImageCms.ImageCmsProfile(io.BytesIO(content)).profile.xcolor_space.strip()
    except (OSError, ImageCms.PyCMSError) as error:
        hint = "ask the printer for its ICC profile (.icc or .icm)"
        text = f"{relative_path} is not a valid ICC profile"
        raise CampaignError(Finding("bad-value", text, hint, place)) from error
    if space != "CMYK":
        text = f"the ICC profile {relative_path} is for {space}, not CMYK"
        raise CampaignError(Finding("bad-value", text, "ask the printer for its CMYK profile", place))
    return Profile(relative_path, hashlib.sha256(content).hexdigest(), content)


PRINTERS_FILE = "printers.yaml"
# Fields of a printer's file naming pattern. Ids have no underscore.
ID_FIELDS = ("campaign", "partner", "message", "channel", "locale")
# The trim size.
SIZE_FIELDS = ("width_mm", "height_mm")
# The variant with an underscore before it, or nothing for the main one.
VARIANT_FIELD = "form"
FIELDS = (*ID_FIELDS, *SIZE_FIELDS, VARIANT_FIELD)
REQUIRED_FIELDS = ("message", "channel", VARIANT_FIELD)
FIELD, LITERAL = re.compile(r"\{([^{}]*)\}"), re.compile(r"(?![.-])[A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer (a company that prints). ``conditions`` are its own print conditions by stock, if it has any."""

    id: str
    file: PrinterFile
    conditions: Mapping[str, PrintCondition] = field(default_factory=dict)
    place: Place = NO_PLACE

    def file_name(self, values: Mapping[str, str]) -> str | None:
        """Return a file name without its suffix, by this printer's pattern, or None if it has no pattern.

        ``values`` has the value of each field.
        """
        return FIELD.sub(lambda found: values[found[1]], self.file.naming) if self.file.naming else None


def read_printers(
    root: Path, document: YamlDocument, defaults: Mapping[str, PrintCondition]
) -> tuple[dict[str, Printer], list[Finding]]:
    """Return the printers by id, and a finding for each fault. ``defaults`` has the brand's conditions by stock."""
    printers: dict[str, Printer] = {}
    findings: list[Finding] = []
    for name in document.data:
        findings += check_id("printer", name, document.key_place(name))
        try:
            printers[name], faults = _read_printer(root, document, name, defaults)
            findings += faults
        except CampaignError as error:
            findings += error.findings
            # Keep its id, so that a choice of this printer does not also report an unknown printer.
            printers[name] = Printer(name, PrinterFile.model_construct(name=name))
    return printers, findings


def _read_printer(
    root: Path, document: YamlDocument, name: str, defaults: Mapping[str, PrintCondition]
) -> tuple[Printer, list[Finding]]:
    if not isinstance(document.data[name], dict):
        text, hint = (
            f"{name}: a printer must be a mapping of keys",
            "write name: and its requirements below it",
        )
        raise CampaignError(Finding("bad-value", text, hint, document.place(name)))
    file = validate_document(PrinterFile, document, under=(name,))
    conditions, findings = read_conditions(root, file.conditions, document, defaults, (name, "conditions"))
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
    """Yield (message, hint) for each fault in a file naming pattern.

    Ids have no underscore. So file names are unique if an underscore separates the ids.
    """
    hint = f"use these fields: {', '.join(f'{{{one}}}' for one in FIELDS)}"
    fields = FIELD.findall(naming)
    if unknown := [one for one in fields if one not in FIELDS]:
        yield f"naming has an unknown field: {{{unknown[0]:.30}}}", hint
    elif not LITERAL.fullmatch(FIELD.sub("", naming)):
        yield (
            "naming has a character that is not allowed in file names",
            f"use letters, digits, - _ and . only; {hint}",
        )
    elif missing := [one for one in REQUIRED_FIELDS if one not in fields]:
        yield f"naming has no {{{missing[0]}}}: two files could get the same name", f"add {{{missing[0]}}}"
    elif any(sum(one in ID_FIELDS for one in FIELD.findall(part)) > 1 for part in naming.split("_")):
        yield (
            "naming has two ids without _ between them: two files could get the same name",
            "put _ between the ids",
        )
