"""Printers: how each wants its files (``brand/printers.yaml``). Who orders where, a campaign or a partner says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assetgen.campaign.binding import bind
from assetgen.campaign.conditions import Condition, read_conditions
from assetgen.campaign.ids import check_id
from assetgen.campaign.reading import Document
from assetgen.campaign.schema_print import ConditionFile, PrinterFile
from assetgen.errors import CampaignError
from assetgen.findings import NOWHERE, Finding, Place

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
    """One printer. ``bleed_mm`` counts where a channel has a bleed at all; None: the channel's own.

    ``marks`` says whether it wants cut marks; ``variant`` is ``x4`` or ``x1a``, None: as the stock asks.
    ``conditions`` has the stocks that it prints otherwise than the brand says. ``naming`` is the pattern of its file
    names without the ending, None: the usual.
    """

    id: str
    name: str
    marks: bool = False
    bleed_mm: float | None = None
    variant: str | None = None
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    naming: str | None = None
    place: Place = NOWHERE

    def named(self, values: Mapping[str, str]) -> str | None:
        """Return a file's name without its ending, as this printer wants it; None where it takes the usual."""
        return FIELD.sub(lambda found: values[found[1]], self.naming) if self.naming else None


def read_printers(
    root: Path, document: Document, usual: Mapping[str, Condition]
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
            printers[name] = Printer(name, name)
    return printers, findings


def _read_printer(
    root: Path, document: Document, name: str, usual: Mapping[str, Condition]
) -> tuple[Printer, list[Finding]]:
    if not isinstance(document.data[name], dict):
        text, hint = f"{name}: a printer is a mapping of keys", "write name: and what it asks for below it"
        raise CampaignError(Finding("bad-value", text, hint, document.place(name)))
    file = bind(PrinterFile, document, under=(name,))
    conditions, findings = read_conditions(
        root, dict[str, ConditionFile](file.conditions.items()), document, usual, (name, "conditions")
    )
    place = document.place(name, "naming")
    for text, hint in naming_faults(file.naming) if file.naming else ():
        findings.append(Finding("bad-value", f"{name}: {text}", hint, place))
    printer = Printer(
        id=name,
        name=file.name,
        marks=file.marks,
        bleed_mm=file.bleed_mm,
        variant=file.variant,
        conditions={stock: conditions[stock] for stock in file.conditions},
        naming=file.naming,
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
