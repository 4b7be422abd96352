"""What a pack holds of ``out/``: entries of the manifest, sorted by use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assetgen.manifest.entry import Entry, read_finished
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


def read_goods(entries: Iterable[Entry]) -> tuple[Good, ...]:
    """Return the assets of some entries, by their paths in the pack. Raises ValueError, in words."""
    return tuple(sorted(map(_read_good, entries), key=lambda good: good.packed))


def _read_good(entry: Entry) -> Good:
    asset = read_finished(entry.values())  # what its reader will ask of it is asked before it is sent
    spec = asset.spec
    if asset.medium not in USE_OF_MEDIUM or asset.channel is None:
        raise ValueError(f"{asset.id} is of no medium or channel that a pack has")
    return Good(
        id=asset.id,
        path=asset.path,
        packed=packed_path(asset.path, asset.medium, spec.locale),
        bytes=asset.bytes,
        sha256=asset.sha256,
        use=USE_OF_MEDIUM[asset.medium].id,
        message=asset.message,
        channel=asset.channel,
        form=asset.deliverable,
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
        terms=asset.terms,
        printer=spec.press.printer if spec.press else None,
        sheet=spec.sheet,
        is_round=spec.safe_circle is not None and spec.sheet is None,
    )


def packed_path(path: str, medium: str, locale: str) -> str:
    """Return where a file of ``out/`` stands in a pack: its use, its language (a code alone has none), its name."""
    folder, name = USE_OF_MEDIUM[medium].folder, path.rpartition("/")[2]
    return f"{folder}/{name}" if medium == "qr" else f"{folder}/{locale}/{name}"
