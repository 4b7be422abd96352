"""Read a partner's logo files. Each is rebuilt, cropped to its ink and measured.

The margins in logo files vary. Without margins, logos can be compared, aligned and given clear space. The ink is
measured so that logos side by side can have the same optical size.
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
from assetgen.findings import Finding, Place, sort_findings
from assetgen.loading.artwork.bitmaps import EXPORT_PNG_AGAIN_HINT, MAX_PNG_BYTES, encode_png, rebuild_png
from assetgen.loading.artwork.svg import rules
from assetgen.loading.artwork.svg.ink_page import view_matrix, write_page
from assetgen.loading.artwork.svg.rebuild import MAX_BYTES as MAX_SVG_BYTES
from assetgen.loading.artwork.svg.rebuild import (
    MAX_REBUILT_BYTES,
    SIMPLIFY_HINT,
    Drawing,
    read_drawing,
    write_drawing,
)
from assetgen.loading.artwork.svg.references import check_references
from assetgen.loading.artwork.svg.values import plain
from assetgen.loading.model import Ink, Logo
from assetgen.loading.yaml.campaign_folder import FileKind, find_named_file, read_bounded
from assetgen.loading.yaml.document import YamlDocument
from assetgen.schema.fields import Inks
from assetgen.schema.partner_file import LogoFile

Pixels = npt.NDArray[np.uint8]
"""Rows of red, green, blue, alpha."""
Region = tuple[float, float, float, float]
"""x, y, width, height."""

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

# The longer side of the raster in which a logo is measured.
SIDE_PX = 400
# Alpha of 255 from which a pixel counts as ink. Below it is only a trace of anti-aliasing.
MIN_ALPHA = 24
# A margin of at most this share of a side is kept: removing it would make no visible difference.
MAX_KEPT_MARGIN = 0.03
# A small logo in a large empty view is rendered again after each crop, up to this often, for a precise box.
MAX_CROPS = 4
# An opaque logo has a background of its own if its edge is this light (relative luminance) and this even (largest
# difference of a channel, 0 to 255).
MIN_BACKGROUND_LUMINANCE, MAX_EDGE_DIFFERENCE = 0.78, 10
# From this painted share on, nothing is left of the background around a logo.
FULL_COVERAGE = 0.97
RIM_STEPS = 9


def crop_to_ink(logo: Logo) -> Logo:
    """Return a rebuilt logo cropped to its ink, with its ink measured. A logo without visible ink is not changed."""
    return _crop_svg(logo) if logo.is_vector else _crop_png(logo)


def _crop_svg(logo: Logo) -> Logo:
    drawing = read_drawing(logo.content, logo.file, [])
    if drawing is None:
        raise ValueError(f"{logo.file} is not a rebuilt SVG")
    region: Region = (0.0, 0.0, drawing.width, drawing.height)
    pixels = render_region(drawing, region)
    background = find_background(pixels)
    for _ in range(MAX_CROPS):
        box = find_ink_box(pixels, background)
        if box is None:
            return logo
        closer = _within(region, box, pixels.shape[1], pixels.shape[0])
        if not _has_margin(box, pixels.shape[1], pixels.shape[0]):
            break
        region, pixels = closer, render_region(drawing, closer)
    measured = replace(logo, ink=measure_ink(pixels, background))
    if region == (0.0, 0.0, drawing.width, drawing.height) or not _can_change_view(drawing):
        return measured
    content = _write_cropped(drawing, region)
    return _with_content(measured, content, float(plain(region[2])), float(plain(region[3])))


def render_region(drawing: Drawing, region: Region) -> Pixels:
    """Render a region of a drawing on a transparent background. The longer side of the result is ``SIDE_PX``."""
    import pypdfium2 as pdfium

    page, width, height = write_page(drawing, region, SIDE_PX)
    document = pdfium.PdfDocument(page)
    try:
        bitmap = document[0].render(scale=1, fill_color=(0, 0, 0, 0), rev_byteorder=True)
        pixels: Pixels = bitmap.to_numpy()[:height, :width].copy()
    finally:
        document.close()
    return pixels


def _within(region: Region, box: tuple[int, int, int, int], width: int, height: int) -> Region:
    """Return the part of a region that a box of its pixels covers, and one more pixel on each side.

    The part does not go beyond the region. ``width`` and ``height`` are the size of the region in pixels.
    """
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
    # The one pixel that _within keeps around the ink does not count as a margin.
    limits = (max(1.5, MAX_KEPT_MARGIN * width), max(1.5, MAX_KEPT_MARGIN * height))
    return max(left, width - right) > limits[0] or max(top, height - bottom) > limits[1]


def _can_change_view(drawing: Drawing) -> bool:
    """Return whether the viewBox can be changed without changing the shapes.

    It cannot if a length is a percentage, or if ``preserveAspectRatio`` is ``none``.
    """
    if drawing.root.attributes["preserveAspectRatio"] == "none":
        return False
    nodes = [node for node in drawing.root.walk() if node.tag not in (*rules.GRADIENTS, "stop")]
    return not any("%" in word for node in nodes for word in node.attributes.values())


def _write_cropped(drawing: Drawing, region: Region) -> bytes:
    """Return a drawing as SVG, with its viewBox set to a region."""
    attributes = drawing.root.attributes
    view = [float(word) for word in attributes["viewBox"].split()]
    whole = (0.0, 0.0, drawing.width, drawing.height)
    scale, _, _, _, x, y = view_matrix(view, whole, attributes["preserveAspectRatio"])
    box = ((region[0] - x) / scale, (region[1] - y) / scale, region[2] / scale, region[3] / scale)
    attributes["viewBox"] = " ".join(map(plain, box))
    attributes["width"], attributes["height"] = plain(region[2]), plain(region[3])
    attributes["preserveAspectRatio"] = "xMidYMid"
    return write_drawing(drawing)


def _crop_png(logo: Logo) -> Logo:
    with Image.open(io.BytesIO(logo.content)) as opened:
        picture = opened.convert("RGBA")
    pixels: Pixels = np.asarray(picture)
    background = find_background(pixels)
    box = find_ink_box(pixels, background)
    if box is None:
        return logo
    width, height = picture.size
    if _has_margin(box, width, height):
        cropped = picture.crop(box)
        saved = cropped.convert("RGB") if cropped.getchannel("A").getextrema()[0] == 255 else cropped
        logo = _with_content(logo, encode_png(saved), float(cropped.width), float(cropped.height))
        picture = cropped
    if max(picture.size) > SIDE_PX:
        picture.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.BOX)
    return replace(logo, ink=measure_ink(np.asarray(picture), background))


def _with_content(logo: Logo, content: bytes, width: float, height: float) -> Logo:
    sha256 = hashlib.sha256(content).hexdigest()
    return replace(logo, content=content, width=width, height=height, sha256=sha256)


def find_background(pixels: Pixels) -> Colour | None:
    """Return the background colour of an opaque picture if its edge is pale and even throughout, else None."""
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]).astype(int)
    if edge[:, 3].min() < 255 - MIN_ALPHA or pixels[:, :, 3].min() < 255 - MIN_ALPHA:
        return None
    colour = np.median(edge[:, :3], axis=0).astype(int)
    is_even = np.percentile(np.abs(edge[:, :3] - colour).max(axis=1), 95) <= MAX_EDGE_DIFFERENCE
    red, green, blue = map(int, colour)
    is_pale = float(luminances(np.array([[colour]], dtype=np.uint8))[0, 0]) >= MIN_BACKGROUND_LUMINANCE
    return (red, green, blue) if is_even and is_pale else None


def paint_amounts(pixels: Pixels, background: Colour | None) -> npt.NDArray[np.float64]:
    """Return how much each pixel is painted, 0 to 1.

    This is its difference from the file's own background, or its alpha if the file has none.
    """
    if background is None:
        return np.asarray(pixels[:, :, 3] / 255.0, np.float64)
    difference = np.abs(pixels[:, :, :3].astype(int) - np.array(background)).max(axis=2)
    return np.asarray(np.clip(difference / 64.0, 0.0, 1.0), np.float64)


def find_ink_box(pixels: Pixels, background: Colour | None) -> tuple[int, int, int, int] | None:
    """Return left, top, right and bottom of the painted area in pixels, or None if nothing is painted."""
    is_visible = paint_amounts(pixels, background) >= MIN_ALPHA / 255
    rows, columns = np.flatnonzero(is_visible.any(axis=1)), np.flatnonzero(is_visible.any(axis=0))
    if not rows.size:
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def measure_ink(pixels: Pixels, background: Colour | None) -> Ink:
    """Measure the ink of a cropped picture. ``background`` is the colour of the file's own background, or None."""
    ink = paint_amounts(pixels, background)
    solid = ink > 0.5
    coverage = max(0.01, float(ink.mean()))
    if not solid.any():
        return Ink(coverage)
    inside = np.zeros_like(solid)
    inside[1:-1, 1:-1] = (
        solid[1:-1, 1:-1] & solid[:-2, 1:-1] & solid[2:, 1:-1] & solid[1:-1, :-2] & solid[1:-1, 2:]
    )
    steps = np.percentile(luminances(pixels[:, :, :3])[solid & ~inside], np.linspace(10, 90, RIM_STEPS))
    # A logo that fills its cropped box shows nothing of its background.
    shows_background = background is not None and coverage < FULL_COVERAGE
    return Ink(
        coverage=coverage,
        rim_luminances=tuple(round(float(step), 4) for step in steps),
        background="#{:02X}{:02X}{:02X}".format(*background) if background and shows_background else None,
    )


@dataclass(frozen=True, slots=True)
class _LogoFormat:
    """A file format for logos: its MIME type, its largest size, a hint for larger files, and how to rebuild a file."""

    mime: str
    max_bytes: int
    smaller_hint: str
    rebuild: Callable[[bytes, str], tuple[bytes, float, float]]


def read_logo_file(path: Path, file: str, rules: LogoFile, place: Place) -> Logo:
    """Read a logo file, up to the maximum size of its format. Arguments and errors are those of ``read_logo``."""
    format_ = _format_of(file, place)
    content = read_bounded(path, Place(file), format_.max_bytes, format_.smaller_hint)
    return read_logo(content, file, rules, place)


def read_logo(content: bytes, file: str, rules: LogoFile, place: Place) -> Logo:
    """Read a logo from the bytes of its file, and rebuild it as plain SVG or 8-bit sRGB PNG.

    Args:
        content: The bytes of the file.
        file: The path in the campaign. Its suffix gives the format.
        rules: The owner's rules for the logo.
        place: The place in a source file that names the logo.

    Returns:
        The logo. Width and height are px (1/96 in) of an SVG, pixels of a PNG.

    Raises:
        CampaignError: The file cannot be used. It carries every finding: ``bad-value``, ``unsafe-file`` or
            ``too-large``.
    """
    format_ = _format_of(file, place)
    if not content:
        raise CampaignError(Finding("bad-value", "the file is empty", "export the logo again", Place(file)))
    rebuilt, width, height = format_.rebuild(content, file)
    return Logo(
        file=file,
        rules=rules,
        mime=format_.mime,
        content=rebuilt,
        width=width,
        height=height,
        sha256=hashlib.sha256(rebuilt).hexdigest(),
        source_sha256=hashlib.sha256(content).hexdigest(),
    )


def rebuild_svg(content: bytes, file: str) -> tuple[bytes, float, float]:
    """Rebuild an SVG logo. Return the new SVG, its width and its height in px (1/96 in).

    Raises CampaignError with every finding if the file cannot be used.
    """
    findings: list[Finding] = []
    drawing = read_drawing(content, file, findings)
    if drawing is not None:
        check_references(drawing, findings)
    if findings or drawing is None:
        raise CampaignError(sort_findings(findings))
    rebuilt = write_drawing(drawing)
    if len(rebuilt) > MAX_REBUILT_BYTES:
        text = f"the paths are too long: {len(rebuilt):,} bytes; the limit is {MAX_REBUILT_BYTES:,}"
        raise CampaignError(Finding("too-large", text, "simplify the paths", Place(file)))
    return rebuilt, drawing.width, drawing.height


LOGO_FORMATS = {
    ".svg": _LogoFormat("image/svg+xml", MAX_SVG_BYTES, SIMPLIFY_HINT, rebuild_svg),
    ".png": _LogoFormat("image/png", MAX_PNG_BYTES, EXPORT_PNG_AGAIN_HINT, rebuild_png),
}


def _format_of(file: str, place: Place) -> _LogoFormat:
    format_ = LOGO_FORMATS.get(PurePosixPath(file).suffix.lower())
    if format_ is None:
        hint = "export the logo as SVG, or as a PNG with a transparent background"
        raise CampaignError(Finding("bad-value", "a logo must be an .svg or .png file", hint, place))
    return format_


# The form of every opaque colour in a rebuilt SVG.
COLOUR_PATTERN = re.compile(rb"#[0-9a-fA-F]{6}(?![0-9a-fA-F])")


def read_partner_logo(
    root: Path, partner_id: str, file: LogoFile, document: YamlDocument
) -> tuple[Logo | None, list[Finding]]:
    """Read a partner's logo with its dark and mono versions, each cropped to its ink.

    Return it, or None and a finding for each fault of its files.
    """
    versions: dict[str, Logo] = {}
    findings: list[Finding] = []
    for key, name in (("file", file.file), ("dark", file.dark), ("mono", file.mono)):
        if name is None:
            continue
        try:
            versions[key] = _read_version(root, partner_id, name, file, key, document)
        except CampaignError as error:
            findings += error.findings
    if findings:
        return None, findings
    findings += _check_inks(file.inks, versions, document)
    if findings:
        return None, findings
    return replace(versions["file"], dark=versions.get("dark"), mono=versions.get("mono")), []


def _check_inks(
    inks: Mapping[str, Inks], versions: Mapping[str, Logo], document: YamlDocument
) -> list[Finding]:
    """Return a finding for each colour under ``inks`` that no version of the logo has."""
    drawn = {
        colour
        for logo in versions.values()
        if logo.is_vector
        for colour in COLOUR_PATTERN.findall(logo.content)
    }
    colours = sorted({colour.decode().lower() for colour in drawn})
    return [
        Finding(
            "bad-value",
            f"the logo has no colour {colour}",
            f"its colours: {', '.join(colours[:12])}"
            if colours
            else "remove inks: they are only for an SVG logo",
            document.place("logo", "inks"),
        )
        for colour in inks
        if colour not in colours
    ]


def _read_version(
    root: Path, partner_id: str, name: str, rules: LogoFile, key: str, document: YamlDocument
) -> Logo:
    place = document.place("logo", key)
    folder = root / "partners" / partner_id
    kind = FileKind("logo", "the partner's folder", "put the file beside partner.yaml", LOGO_FORMATS)
    path = find_named_file(root, folder, name, place, kind)
    logo = read_logo_file(path, path.relative_to(root).as_posix(), rules, place)
    return replace(crop_to_ink(logo), place=place)
