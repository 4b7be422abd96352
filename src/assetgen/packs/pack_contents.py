"""What a pack holds of ``out/``: entries of the manifest, sorted by use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.manifest.entry import Entry, read_promised
from assetgen.manifest.manifest_file import MANIFEST_NAME, SCHEMA
from assetgen.planning.asset import Term
from assetgen.planning.variants import OFFICE, Sheet


@dataclass(frozen=True, slots=True)
class Use:
    """One numbered folder of a pack, and one of its parts: ``--part`` names it by ``id``."""

    id: str
    folder: str
    name: str
    mediums: tuple[str, ...]
    about: str


USES = (
    Use("print", "01-print", "Print", ("print",), "Posters, leaflets, cards: PDF files for a printer."),
    Use("social", "02-social", "Social media", ("social",), "Pictures to post; the words are in posts.csv."),
    Use("adverts", "03-adverts", "Digital adverts", ("display",), "Banners for websites and ad networks."),
    Use("screens", "04-screens", "Screens", ("dooh", "workplace"), "For screens in the street and at work."),
    Use("email", "05-email", "Email", ("email",), "Banners and signatures."),
    Use("qr", "06-qr", "QR codes", ("qr",), "The code alone, for a page of your own."),
    Use("copy", "07-copy", "Words", (), "The same messages as plain text, to paste."),
    Use("outdoor", "08-outdoor", "Outdoor", ("ooh",), "Billboards, buses, stations: for the media owner."),
    Use("press", "09-press", "Press", ("press",), "Adverts for newspapers and magazines."),
    Use("radio", "10-radio", "Radio", ("radio",), "Scripts."),
)
USE_OF = {use.id: use for use in USES}
USE_OF_MEDIUM = {medium: use for use in USES for medium in use.mediums}
COPY = USE_OF["copy"]
# Whose files go to a printer or a media owner, with the job ticket (but for those for an office printer).
PRINTED = frozenset({"print", "outdoor", "press"})
CLICKED = frozenset({"adverts", "email"})


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


Span = tuple[int, int]
"""Where an entry stands: offset and length in bytes."""
BUILD_FIRST = "run assetgen build first"
FIRST_ASSET = b'"assets": ['


@dataclass(frozen=True, slots=True)
class Shelf:
    """The manifest of ``out/``: its engine; each partner's entries by span and by id; the ids of stale ones."""

    manifest: Path
    engine: Mapping[str, str]
    spans: Mapping[str, tuple[Span, ...]]
    ids: Mapping[str, frozenset[str]]
    stale: frozenset[str]


def read_shelf(out: Path) -> Shelf:
    """Return where the entries stand. Raises CampaignError where there is no manifest, or not as a build writes it."""
    path = out / MANIFEST_NAME
    spans: dict[str, list[Span]] = {}
    ids: dict[str, set[str]] = {}
    stale, head = set[str](), list[bytes]()
    try:
        with path.open("rb") as file:
            for line in file:
                head.append(line)
                if line.rstrip() == FIRST_ASSET:
                    break
            engine = _engine(b"".join(head))
            for at, line in _entry_lines(file):
                value = json.loads(line)
                spans.setdefault(value["partner"], []).append((at, len(line)))
                ids.setdefault(value["partner"], set()).add(value["id"])
                if value.get("stale") is True:
                    stale.add(value["id"])
    except FileNotFoundError:
        place = Place(MANIFEST_NAME)
        raise CampaignError(Finding("missing-file", "there is no manifest", BUILD_FIRST, place)) from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        text = f"the manifest cannot be used: {getattr(error, 'strerror', None) or error}"
        raise CampaignError(Finding("bad-value", text, BUILD_FIRST, Place(MANIFEST_NAME))) from error
    whole = {partner: tuple(found) for partner, found in spans.items()}
    known = {partner: frozenset(found) for partner, found in ids.items()}
    return Shelf(path, engine, whole, known, frozenset(stale))


def _entry_lines(file: Any) -> Iterator[tuple[int, bytes]]:
    at = file.tell()
    for line in file:
        if line.startswith(b"]"):
            return
        entry = line.rstrip(b",\n")
        if entry:
            yield at, entry
        at += len(line)


def _engine(head: bytes) -> dict[str, str]:
    """Return the parts that built the files. Raises ValueError where the manifest's head is another's."""
    value = json.loads(head + b"]}")
    if value.get("schema") != SCHEMA or not isinstance(value.get("engine"), dict):
        raise ValueError("it is not of the form that assetgen build writes")
    return {str(name): str(version) for name, version in value["engine"].items()}


def read_lines(manifest: Path, spans: Iterable[Span]) -> list[bytes]:
    """Return the entries at some spans. Raises OSError."""
    with manifest.open("rb") as file:
        lines = []
        for at, length in spans:
            file.seek(at)
            lines.append(file.read(length))
    return lines
