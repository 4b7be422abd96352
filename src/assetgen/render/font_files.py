"""The brand's fonts as files for the layout engine, which finds fonts in folders only.

They are written from the bytes that were read and hashed with the brand: what is drawn is what was hashed, however
the files in ``brand/fonts`` change meanwhile. A folder holds one set of fonts and is named for it, so that a
font of an earlier set is out of sight, and no process changes what another one draws with.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from xml.sax.saxutils import escape

from assetgen.loading.model import FontFace

FONTS_CONF = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def prepare_fonts(own: Path, faces: Iterable[FontFace]) -> None:
    """Make these the only fonts that exist for this process, as files below ``own``.

    To be called before the engine's import.
    """
    files = {f"{face.sha256}{PurePosixPath(face.path).suffix.lower()}": face.content for face in faces}
    set_name = hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest()[:16]
    folder = own / "fonts" / set_name
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        _keep(folder / name, content)
    conf = folder.with_suffix(".conf")
    text = FONTS_CONF.format(fonts=escape(str(folder)), cache=escape(str(own / "fontconfig")))
    _keep(conf, text.encode())
    os.environ["FONTCONFIG_FILE"] = str(conf)


def _keep(path: Path, content: bytes) -> None:
    """Write a file in one move where it is missing or another; one that is mapped by a process stays as it is."""
    if path.is_file() and path.read_bytes() == content:
        return
    spare = path.parent / f".{path.name}.{os.getpid()}"  # fontconfig passes over names with a dot
    spare.write_bytes(content)
    spare.replace(path)
