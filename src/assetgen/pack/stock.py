"""What a file is usually printed on: a start for the talk with a printer, no more."""

from __future__ import annotations

from fnmatch import fnmatchcase

from assetgen.pack.goods import Good

ASK_OWNER = "as the media owner asks"
# Channel ids, first match counts. Weights are the trade's usual ones in the United Kingdom.
STOCKS = (
    ("factsheet-*", "uncoated office paper, 90 to 120 g/m²"),
    ("leaflet-*", "silk coated, 130 to 170 g/m²"),
    ("card-*", "silk coated board, 350 to 400 g/m²"),
    ("bookmark*", "silk coated board, 300 to 350 g/m²"),
    ("beermat-*", "pulpboard, 1.4 mm"),
    ("sticker-washroom-*", "self-adhesive vinyl, matt laminated"),
    ("sticker-*", "self-adhesive paper or vinyl"),
    ("poster-a6", "silk coated board, 300 to 350 g/m²"),
    ("poster-a5", "silk coated, 150 to 250 g/m²"),
    ("poster-a0", "satin poster paper, 190 to 200 g/m²"),
    ("poster-a1", "satin poster paper, 190 to 200 g/m²"),
    ("poster-double-royal", "satin poster paper, 190 to 200 g/m²"),
    ("poster-*", "silk coated, 150 to 170 g/m²"),
    ("washroom-*", "silk coated, 150 to 170 g/m², for the frame"),
    ("pullup-*", "grey-backed roll-up film, as the stand's maker asks"),
    ("window-vinyl-*", "self-adhesive window vinyl"),
    ("aboard-*", "weatherproof poster paper, 200 g/m² or more"),
    ("pvc-*", "PVC banner, 440 to 510 g/m², hemmed, with eyelets"),
)


def stock_for(good: Good, like: str) -> str:
    """Return what to suggest for a file: by its channel, or the one that it is made like, else by its inks."""
    if good.use != "print":
        return "as the newspaper or magazine asks" if good.use == "press" else ASK_OWNER
    for pattern, stock in STOCKS:
        if fnmatchcase(like, pattern):
            return stock
    if good.colour == "cmyk-large":
        return "PVC banner, mesh or film: as the printer of large formats advises for the place"
    return "uncoated, 120 g/m²" if good.colour == "cmyk-uncoated" else "silk coated, 150 to 170 g/m²"
