"""What a pack holds of ``out/``: each asset's entry in the manifest, as the pack's pages and tables need it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assetgen.manifest.entry import Entry, read_promised
from assetgen.pack.uses import PRINTED, USE_OF_MEDIUM
from assetgen.planning.asset import Term
from assetgen.planning.variants import OFFICE, Sheet


@dataclass(frozen=True, slots=True)
class Good:
    """One finished file. ``path`` is below ``out/``, ``packed`` below the pack; sizes are in ``unit`` (px or mm).

    ``form`` names a further form of the channel's file (``office``, ``mono``, ``sheet-a4``), None the main one.
    """

    id: str
    path: str
    packed: str
    bytes: int
    sha256: str
    use: str
    message: str | None
    channel: str
    form: str | None
    locale: str
    format: str
    width: float
    height: float
    unit: str
    bleed_mm: float
    scale: float
    ppi: int
    colour: str
    alt: str
    alt_long: str
    link: str | None
    click: str | None
    terms: tuple[Term, ...]
    printer: str | None = None
    """The id of the printer that it is made for."""
    sheet: Sheet | None = None
    """The paper on which the file has its pieces, whose size is told."""
    is_round: bool = False
    """Whether the file is seen as a circle: punched out by a die, or cropped by an app."""

    @property
    def size(self) -> str:
        """Return the final size as a person reads it."""
        return f"{self.width:g} × {self.height:g} {self.unit}"

    @property
    def is_for_printer(self) -> bool:
        """Say whether the file goes to a printer or a media owner; what an office printer takes does not."""
        return self.use in PRINTED and self.form != OFFICE

    @property
    def name(self) -> str:
        """Return the file's name."""
        return self.packed.rpartition("/")[2]


def read_goods(lines: Iterable[bytes]) -> tuple[Good, ...]:
    """Return the assets of some entries, by their paths in the pack. Raises ValueError, in words."""
    return tuple(sorted(map(_read_good, lines), key=lambda good: good.packed))


def _read_good(line: bytes) -> Good:
    value: dict[str, Any] = json.loads(line)
    promised = read_promised(value)  # what its reader will ask of it is asked before it is sent
    spec = promised.spec
    medium, channel = value.get("medium"), value.get("channel")
    if medium not in USE_OF_MEDIUM or not isinstance(channel, str):
        raise ValueError(f"{promised.id} is of no medium or channel that a pack has")
    message = value.get("message")
    return Good(
        id=promised.id,
        path=promised.path,
        packed=packed_path(promised.path, str(medium), spec.locale),
        bytes=promised.bytes,
        sha256=promised.sha256,
        use=USE_OF_MEDIUM[str(medium)].id,
        message=message if isinstance(message, str) else None,
        channel=channel,
        form=form if isinstance(form := value.get("deliverable"), str) else None,
        locale=spec.locale,
        format=spec.format,
        width=spec.width,
        height=spec.height,
        unit=spec.unit,
        bleed_mm=spec.bleed_mm,
        scale=spec.scale,
        ppi=spec.ppi,
        colour=spec.colour,
        alt=spec.alt,
        alt_long=spec.alt_long,
        link=spec.link,
        click=spec.click,
        terms=promised.terms,
        printer=spec.press.printer if spec.press else None,
        sheet=spec.sheet,
        is_round=spec.safe_circle is not None and spec.sheet is None,
    )


def packed_path(path: str, medium: str, locale: str) -> str:
    """Return where a file of ``out/`` stands in a pack: its use, its language (a code alone has none), its name."""
    folder, name = USE_OF_MEDIUM[medium].folder, path.rpartition("/")[2]
    return f"{folder}/{name}" if medium == "qr" else f"{folder}/{locale}/{name}"


def packed_entry(line: bytes, good: Good) -> Entry:
    """Return a file's entry as a pack's manifest has it: with its path there, without the sources it was made from."""
    value = json.loads(line)
    value.pop("inputs", None)
    return Entry.parse({**value, "path": good.packed})


def entry_id(line: bytes) -> str:
    """Return the id that an entry names."""
    return str(json.loads(line)["id"])
