"""How a pack is sorted: by what somebody wants to do with a file, not by how it was made."""

from __future__ import annotations

from dataclasses import dataclass


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
