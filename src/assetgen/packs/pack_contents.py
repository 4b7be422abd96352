"""What a pack holds of ``out/``: entries of the manifest, sorted by use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from assetgen.manifest.entry import Entry, FinishedAsset, read_finished
from assetgen.planning.variants import OFFICE


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
class Good(FinishedAsset):
    """One finished file: ``path`` is below ``out/``, ``packed`` below the pack, ``use`` the id of its folder there."""

    channel: str
    locale: str
    packed: str
    use: str

    @property
    def size(self) -> str:
        """Return the final size as a person reads it."""
        return f"{self.spec.width:g} × {self.spec.height:g} {self.spec.unit}"

    @property
    def is_for_printer(self) -> bool:
        """Say whether the file goes to a printer or a media owner; what an office printer takes does not."""
        return self.use in PRINTED and self.deliverable != OFFICE

    @property
    def is_round(self) -> bool:
        """Say whether the file is seen as a circle: punched out by a die, or cropped by an app."""
        return self.spec.safe_circle is not None and self.spec.sheet is None

    @property
    def name(self) -> str:
        """Return the file's name."""
        return self.packed.rpartition("/")[2]


def read_goods(entries: Iterable[Entry]) -> tuple[Good, ...]:
    """Return the assets of some entries, by their paths in the pack. Raises ValueError, in words."""
    return tuple(sorted(map(_read_good, entries), key=lambda good: good.packed))


def _read_good(entry: Entry) -> Good:
    asset = read_finished(entry.values())  # what its reader will ask of it is asked before it is sent
    if asset.medium not in USE_OF_MEDIUM or asset.channel is None:
        raise ValueError(f"{asset.id} is of no medium or channel that a pack has")
    locale = asset.spec.locale
    of_a_pack = {
        "channel": asset.channel,
        "locale": locale,
        "packed": packed_path(asset.path, asset.medium, locale),
        "use": USE_OF_MEDIUM[asset.medium].id,
    }
    return Good(**{one.name: getattr(asset, one.name) for one in fields(asset)} | of_a_pack)


def packed_path(path: str, medium: str, locale: str) -> str:
    """Return where a file of ``out/`` stands in a pack: its use, its language (a code alone has none), its name."""
    folder, name = USE_OF_MEDIUM[medium].folder, path.rpartition("/")[2]
    return f"{folder}/{name}" if medium == "qr" else f"{folder}/{locale}/{name}"
