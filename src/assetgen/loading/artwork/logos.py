"""Read a partner's logo files: rebuilt, cut to their ink and measured.

Logos come with every kind of margin. Cut to their ink, boxes can be compared, aligned and kept clear of;
weighed by their ink, they can stand side by side with equal force.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt
from PIL import Image

from assetgen.colour import luminances
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, worst_first
from assetgen.loading.artwork.bitmaps import EXPORT_AGAIN, MAX_PNG_BYTES, encode_png, rebuild_png
from assetgen.loading.artwork.svg import rules
from assetgen.loading.artwork.svg.ink_page import page_of, view_matrix
from assetgen.loading.artwork.svg.rebuild import (
    LIGHTER,
    MAX_REBUILT_BYTES,
    Drawing,
    read_drawing,
    write_drawing,
)
from assetgen.loading.artwork.svg.rebuild import MAX_BYTES as MAX_SVG_BYTES
from assetgen.loading.artwork.svg.references import check_references
from assetgen.loading.artwork.svg.values import plain
from assetgen.loading.model import Ink, Logo
from assetgen.loading.yaml.campaign_folder import FileKind, named_file, read_bounded
from assetgen.loading.yaml.document import YamlDocument
from assetgen.schema.fields import Inks
from assetgen.schema.partner_file import LogoFile

Pixels = npt.NDArray[np.uint8]
"""Rows of red, green, blue, alpha."""
Region = tuple[float, float, float, float]
"""x, y, width, height."""

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

SIDE_PX = 400
# Less than this is a trace of antialiasing, not ink.
MIN_ALPHA = 24
# A side's margin up to this share of the box stays: cutting it would change nothing to see.
MARGIN = 0.03
# A small mark in a wide empty view is looked at again, closer.
LOOKS = 4
# A background of the file's own: how light and how even the edge of an opaque logo is.
PALE, EVEN = 0.78, 10
FULL = 0.97
RIM_STEPS = 9


def cut_to_ink(logo: Logo) -> Logo:
    """Return a rebuilt logo cut to its ink, its ink measured; one in which nothing is seen is left whole."""
    return _cut_svg(logo) if logo.is_vector else _cut_png(logo)


def _cut_svg(logo: Logo) -> Logo:
    drawing = read_drawing(logo.content, logo.file, [])
    if drawing is None:
        raise ValueError(f"{logo.file} was rebuilt as no SVG")
    region: Region = (0.0, 0.0, drawing.width, drawing.height)
    pixels = picture_of(drawing, region)
    background = own_background(pixels)
    for _ in range(LOOKS):
        box = ink_box(pixels, background)
        if box is None:
            return logo
        closer = _within(region, box, pixels.shape[1], pixels.shape[0])
        if not _has_margin(box, pixels.shape[1], pixels.shape[0]):
            break
        region, pixels = closer, picture_of(drawing, closer)
    weighed = replace(logo, ink=weigh(pixels, background))
    if region == (0.0, 0.0, drawing.width, drawing.height) or not _can_be_cut(drawing):
        return weighed
    content = _cut(drawing, region)
    return _with_content(weighed, content, float(plain(region[2])), float(plain(region[3])))


def picture_of(drawing: Drawing, region: Region) -> Pixels:
    """Return one region of a drawing as pixels, its longer side ``SIDE_PX``, on nothing."""
    import pypdfium2 as pdfium

    page, width, height = page_of(drawing, region, SIDE_PX)
    document = pdfium.PdfDocument(page)
    try:
        bitmap = document[0].render(scale=1, fill_color=(0, 0, 0, 0), rev_byteorder=True)
        pixels: Pixels = bitmap.to_numpy()[:height, :width].copy()
    finally:
        document.close()
    return pixels


def _within(region: Region, box: tuple[int, int, int, int], width: int, height: int) -> Region:
    """Return the part of a region that a box of its pixels covers, with a pixel more where there is one."""
    left, top, right, bottom = box
    left, top = max(0, left - 1), max(0, top - 1)
    right, bottom = min(width, right + 1), min(height, bottom + 1)
    across, down = region[2] / width, region[3] / height
    return (
        region[0] + left * across,
        region[1] + top * down,
        (right - left) * across,
        (bottom - top) * down,
    )


def _has_margin(box: tuple[int, int, int, int], width: int, height: int) -> bool:
    left, top, right, bottom = box
    # The one pixel that is left round the ink is no margin.
    most = (max(1.5, MARGIN * width), max(1.5, MARGIN * height))
    return max(left, width - right) > most[0] or max(top, height - bottom) > most[1]


def _can_be_cut(drawing: Drawing) -> bool:
    """Say whether another view leaves the drawing as it is: not where lengths are shares of the view."""
    if drawing.root.attributes["preserveAspectRatio"] == "none":
        return False
    nodes = [node for node in drawing.root.walk() if node.tag not in (*rules.GRADIENTS, "stop")]
    return not any("%" in word for node in nodes for word in node.attributes.values())


def _cut(drawing: Drawing, region: Region) -> bytes:
    """Return the drawing with a region of it as its view."""
    attributes = drawing.root.attributes
    view = [float(word) for word in attributes["viewBox"].split()]
    whole = (0.0, 0.0, drawing.width, drawing.height)
    scale, _, _, _, x, y = view_matrix(view, whole, attributes["preserveAspectRatio"])
    box = ((region[0] - x) / scale, (region[1] - y) / scale, region[2] / scale, region[3] / scale)
    attributes["viewBox"] = " ".join(map(plain, box))
    attributes["width"], attributes["height"] = plain(region[2]), plain(region[3])
    attributes["preserveAspectRatio"] = "xMidYMid"
    return write_drawing(drawing)


def _cut_png(logo: Logo) -> Logo:
    with Image.open(io.BytesIO(logo.content)) as opened:
        picture = opened.convert("RGBA")
    pixels: Pixels = np.asarray(picture)
    background = own_background(pixels)
    box = ink_box(pixels, background)
    if box is None:
        return logo
    width, height = picture.size
    if _has_margin(box, width, height):
        cut = picture.crop(box)
        kept = cut.convert("RGB") if cut.getchannel("A").getextrema()[0] == 255 else cut
        logo = _with_content(logo, encode_png(kept), float(cut.width), float(cut.height))
        picture = cut
    if max(picture.size) > SIDE_PX:
        picture.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.BOX)
    return replace(logo, ink=weigh(np.asarray(picture), background))


def _with_content(logo: Logo, content: bytes, width: float, height: float) -> Logo:
    sha256 = hashlib.sha256(content).hexdigest()
    return replace(logo, content=content, width=width, height=height, sha256=sha256)


def own_background(pixels: Pixels) -> Colour | None:
    """Return the pale colour that a picture stands on, opaque and even all round its edge; else None."""
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]).astype(int)
    if edge[:, 3].min() < 255 - MIN_ALPHA or pixels[:, :, 3].min() < 255 - MIN_ALPHA:
        return None
    colour = np.median(edge[:, :3], axis=0).astype(int)
    is_even = np.percentile(np.abs(edge[:, :3] - colour).max(axis=1), 95) <= EVEN
    red, green, blue = map(int, colour)
    is_pale = float(luminances(np.array([[colour]], dtype=np.uint8))[0, 0]) >= PALE
    return (red, green, blue) if is_even and is_pale else None


def painted(pixels: Pixels, background: Colour | None) -> npt.NDArray[np.float64]:
    """Return how far each pixel is painted, 0 to 1: by its alpha, or by how it differs from its own background."""
    if background is None:
        return np.asarray(pixels[:, :, 3] / 255.0, np.float64)
    difference = np.abs(pixels[:, :, :3].astype(int) - np.array(background)).max(axis=2)
    return np.asarray(np.clip(difference / 64.0, 0.0, 1.0), np.float64)


def ink_box(pixels: Pixels, background: Colour | None) -> tuple[int, int, int, int] | None:
    """Return left, top, right and bottom of what is painted, in pixels; None where nothing is."""
    seen = painted(pixels, background) >= MIN_ALPHA / 255
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not rows.size:
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def weigh(pixels: Pixels, background: Colour | None) -> Ink:
    """Return the ink of a picture that is cut to its ink; ``background`` is the one that the file brings along."""
    ink = painted(pixels, background)
    solid = ink > 0.5
    coverage = max(0.01, float(ink.mean()))
    if not solid.any():
        return Ink(coverage)
    inside = np.zeros_like(solid)
    inside[1:-1, 1:-1] = (
        solid[1:-1, 1:-1] & solid[:-2, 1:-1] & solid[2:, 1:-1] & solid[1:-1, :-2] & solid[1:-1, 2:]
    )
    steps = np.percentile(luminances(pixels[:, :, :3])[solid & ~inside], np.linspace(10, 90, RIM_STEPS))
    # Cut to a full box, a logo has nothing left of the background that it came on.
    shows = background is not None and coverage < FULL
    return Ink(
        coverage=coverage,
        rim=tuple(round(float(step), 4) for step in steps),
        background="#{:02X}{:02X}{:02X}".format(*background) if background and shows else None,
    )


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of logo's file: what it is drawn as, how large it may be, what mends one that is larger."""

    mime: str
    most_bytes: int
    lighter: str
    rebuild: Callable[[bytes, str], tuple[bytes, float, float]]


def read_logo_file(path: Path, file: str, rules: LogoFile, place: Place) -> Logo:
    """Return the logo in a file, of which no more is read than a logo may have; raises as ``read_logo`` does."""
    kind = _kind_of(file, place)
    return read_logo(read_bounded(path, Place(file), kind.most_bytes, kind.lighter), file, rules, place)


def read_logo(content: bytes, file: str, rules: LogoFile, place: Place) -> Logo:
    """Return the logo of a file's bytes, rebuilt as plain SVG or 8-bit sRGB PNG.

    ``file`` is the path below the campaign's folder; ``place`` is where the logo is named. An SVG's
    width and height are px (1/96 in), a PNG's are pixels. Raise ``CampaignError`` with every finding of
    the file: ``bad-value``, ``unsafe-file`` or ``too-large``.
    """
    kind = _kind_of(file, place)
    if not content:
        raise CampaignError(Finding("bad-value", "the file is empty", "export the logo again", Place(file)))
    rebuilt, width, height = kind.rebuild(content, file)
    return Logo(
        file=file,
        rules=rules,
        mime=kind.mime,
        content=rebuilt,
        width=width,
        height=height,
        sha256=hashlib.sha256(rebuilt).hexdigest(),
        source_sha256=hashlib.sha256(content).hexdigest(),
    )


def rebuild_svg(content: bytes, file: str) -> tuple[bytes, float, float]:
    """Return the rebuilt SVG, its width and its height in px (1/96 in)."""
    findings: list[Finding] = []
    drawing = read_drawing(content, file, findings)
    if drawing is not None:
        check_references(drawing, findings)
    if findings or drawing is None:
        raise CampaignError(worst_first(findings))
    rebuilt = write_drawing(drawing)
    if len(rebuilt) > MAX_REBUILT_BYTES:
        text = f"the paths are too long: {len(rebuilt)} bytes; at most {MAX_REBUILT_BYTES} are taken"
        raise CampaignError(Finding("too-large", text, "simplify the paths", Place(file)))
    return rebuilt, drawing.width, drawing.height


KINDS = {
    ".svg": _Kind("image/svg+xml", MAX_SVG_BYTES, LIGHTER, rebuild_svg),
    ".png": _Kind("image/png", MAX_PNG_BYTES, EXPORT_AGAIN, rebuild_png),
}


def _kind_of(file: str, place: Place) -> _Kind:
    kind = KINDS.get(PurePosixPath(file).suffix.lower())
    if kind is None:
        hint = "export the logo as SVG, or as a PNG with a transparent background"
        raise CampaignError(Finding("bad-value", "a logo is an .svg or .png file", hint, place))
    return kind


# A rebuilt logo writes every colour so.
COLOURS = re.compile(rb"#[0-9a-fA-F]{6}(?![0-9a-fA-F])")


def read_partner_logo(
    root: Path, partner_id: str, file: LogoFile, document: YamlDocument
) -> tuple[Logo | None, list[Finding]]:
    """Return a partner's logo in all its forms, each cut to its ink; or None and every fault of its files."""
    forms: dict[str, Logo] = {}
    findings: list[Finding] = []
    for key, name in (("file", file.file), ("dark", file.dark), ("mono", file.mono)):
        if name is None:
            continue
        try:
            forms[key] = _read_form(root, partner_id, name, file, key, document)
        except CampaignError as error:
            findings += error.findings
    if findings:
        return None, findings
    findings += _check_inks(file.inks, forms, document)
    if findings:
        return None, findings
    return replace(forms["file"], dark=forms.get("dark"), mono=forms.get("mono")), []


def _check_inks(inks: Mapping[str, Inks], forms: Mapping[str, Logo], document: YamlDocument) -> list[Finding]:
    """Return a finding for each colour that is given inks and that no form of the logo has."""
    drawn = {colour for form in forms.values() if form.is_vector for colour in COLOURS.findall(form.content)}
    has = sorted({colour.decode().lower() for colour in drawn})
    return [
        Finding(
            "bad-value",
            f"the logo has no colour {colour}",
            f"its colours: {', '.join(has[:12])}" if has else "inks are for an SVG logo",
            document.place("logo", "inks"),
        )
        for colour in inks
        if colour not in has
    ]


def _read_form(
    root: Path, partner_id: str, name: str, rules: LogoFile, key: str, document: YamlDocument
) -> Logo:
    place = document.place("logo", key)
    folder = root / "partners" / partner_id
    kind = FileKind("logo", "the partner's folder", "put the file beside partner.yaml", KINDS)
    path = named_file(root, folder, name, place, kind)
    logo = read_logo_file(path, path.relative_to(root).as_posix(), rules, place)
    return replace(cut_to_ink(logo), place=place)
