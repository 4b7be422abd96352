"""Pictures of a PDF in four inks: decoded, separated, written again. Their plates are what stands in the stream."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pikepdf
from pikepdf import Name
from PIL import Image

from assetgen.render.separation import Inks, Plates, Separator

QUALITY = 93


def repaint_picture(pdf: pikepdf.Pdf, image: Any, separator: Separator, ground: Inks | None) -> None:
    """Write a picture in inks. ``ground``: the inks that lie under it, mixed in where it is see-through; None keeps
    its soft edge as a mask."""
    if image.ColorSpace != Name.DeviceRGB:
        return
    was_jpeg = image.get("/Filter") == Name.DCTDecode
    plates = separator.picture(pikepdf.PdfImage(image).as_pil_image().convert("RGB"))
    mask = image.get("/SMask")
    if mask is not None:
        alpha = np.asarray(pikepdf.PdfImage(mask).as_pil_image().convert("L"), np.float32) / np.float32(255)
        if ground is not None:
            share = alpha[..., None]
            plates = np.asarray(plates * share + np.array(ground, np.float32) / 100 * (1 - share), np.float32)
        if ground is not None or bool((alpha == 1).all()):
            del image["/SMask"]
    _write(pdf, image, plates, as_jpeg=was_jpeg)


def _write(pdf: pikepdf.Pdf, image: Any, plates: Plates, *, as_jpeg: bool) -> None:
    whole = np.asarray(np.rint(plates * 255), np.uint8)
    for key in ("/DecodeParms", "/Decode"):
        if key in image:
            del image[key]
    image.ColorSpace, image.BitsPerComponent = Name.DeviceCMYK, 8
    if not as_jpeg:
        image.write(whole.tobytes())
        return
    # Pillow turns the inks of a JPEG round, as Photoshop does; a PDF takes them as they stand: so turned once more.
    out = io.BytesIO()
    Image.fromarray(255 - whole, "CMYK").save(out, "JPEG", quality=QUALITY, subsampling=0)
    image.write(out.getvalue(), filter=Name.DCTDecode)
