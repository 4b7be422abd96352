"""The closed world that a page sees: the brand's and the designs' files, partners' rebuilt logos, nothing else.

URLs are virtual, so that the bytes of a PDF do not depend on the folder that it was made in:
``http://campaign.invalid/brand/images/x.png`` is that file below the campaign, ``http://logos.invalid/<partner>``
a partner's logo as it was rebuilt at the door (``/dark``, ``/mono``: its forms for dark backgrounds, for one colour),
``http://pictures.invalid/<name>/<key>`` a print of one of the brand's pictures, as a page ordered it.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from weasyprint.urls import URLFetcher, URLFetcherResponse, URLFetchingError

from assetgen.loading.model import Logo
from assetgen.rendering.images.brand_pictures import PICTURE_HOST, Darkroom
from assetgen.rendering.prepress.cmyk import Inks, InkTable

BASE_URL = "http://campaign.invalid/"
CAMPAIGN_HOST, LOGO_HOST = "campaign.invalid", "logos.invalid"
READABLE_FOLDERS = ("brand", "templates")
MAX_BYTES = 25_000_000
MAX_DATA_URL = 4_000_000
COLOUR = re.compile(r"#[0-9a-fA-F]{6}(?![0-9a-fA-F])")


def _in_own_inks(svg: bytes, own: Mapping[str, Inks], inks: InkTable) -> bytes:
    """Return a rebuilt logo in values of the page that stand for its owner's inks, for those that have some."""

    def value(found: re.Match[str]) -> str:
        colour = found[0].lower()
        return inks.name(colour, own[colour]) if colour in own else colour

    return COLOUR.sub(value, svg.decode()).encode() if own else svg


class ClosedFetcher(URLFetcher):  # type: ignore[misc]
    """Hands out files of the closed world, once each, and notes what was opened, missing or refused.

    A file that cannot be had is an ordinary error, which the engine logs and lives with: so every fault of a
    page is found in one run. Whoever lays out must look at ``missing`` and ``blocked`` afterwards.
    """

    def __init__(self, root: Path, logos: Mapping[str, Logo], darkroom: Darkroom | None = None) -> None:
        super().__init__(allowed_protocols={"http", "data"}, allow_redirects=False)
        self.root, self.logos, self.darkroom = root, logos, darkroom or Darkroom({})
        self._kept: dict[str, bytes] = {}
        self.inks: InkTable | None = None
        """What the colours of a press page stand for; logos with inks of their owner's are written in its values."""
        self.start()

    def start(self) -> None:
        """Forget what an earlier asset opened; its bytes stay, so that every asset sees the same."""
        self.opened: dict[str, str] = {}
        self.missing: list[str] = []
        self.blocked: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Return the file of a virtual URL; raises what the engine lets through, and notes why."""
        part = urlsplit(url)
        if part.scheme == "data" and len(url) < MAX_DATA_URL:
            return super().fetch(url, headers)
        if part.scheme == "http" and part.hostname == LOGO_HOST:
            return self._logo(url, part.path.strip("/"))
        if part.scheme == "http" and part.hostname == PICTURE_HOST:
            return self._picture(url, part.path.strip("/"))
        if part.scheme == "http" and part.hostname == CAMPAIGN_HOST:
            return self._file(url, unquote(part.path).lstrip("/"))
        raise self._refused(url)

    def _logo(self, url: str, name: str) -> URLFetcherResponse:
        """Return a partner's logo: ``acme``; ``acme/dark`` and ``acme/mono`` are its other forms."""
        partner_id, _, form = name.partition("/")
        logo = self.logos.get(partner_id)
        if logo is not None and form:
            logo = {"dark": logo.dark, "mono": logo.mono}.get(form)
        if logo is None:
            raise self._refused(url)
        self.opened[logo.file] = logo.source_sha256
        content = logo.content
        if self.inks and logo.is_vector:
            content = _in_own_inks(content, logo.rules.inks, self.inks)
        return URLFetcherResponse(url, content, {"Content-Type": logo.mime})

    def _picture(self, url: str, address: str) -> URLFetcherResponse:
        """Return a print of one of the brand's pictures: its name, a stroke, and the order's key."""
        name, _, key = address.partition("/")
        content = self.darkroom.print(name, key)
        if content is None:
            raise self._refused(url)
        picture = self.darkroom.pictures[name]
        self.opened[picture.path] = picture.source_sha256
        return URLFetcherResponse(url, content, {"Content-Type": "image/jpeg"})

    def _file(self, url: str, name: str) -> URLFetcherResponse:
        path = self._readable(name)
        if path is None:
            raise self._refused(url)
        asked, name = name, path.relative_to(self.root).as_posix()
        if name not in self._kept:
            if not path.is_file():
                self.missing.append(name)
                raise URLFetchingError(f"no such file: {name}")
            if path.stat().st_size > MAX_BYTES:
                raise self._refused(url)
            self._kept[name] = path.read_bytes()
        content = self._kept[name]
        self.opened[name] = hashlib.sha256(content).hexdigest()
        if ".." not in asked.split("/"):
            self.opened[asked] = self.opened[name]  # a link that leads elsewhere one day is another file
        mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, content, {"Content-Type": mime})

    def _readable(self, name: str) -> Path | None:
        """Return the file of a name, links resolved, or None where it is not below what a design may read."""
        try:
            path = (self.root / name).resolve()
        except (OSError, RuntimeError, ValueError):  # links in a ring, a name with a null character
            return None
        below = any(path.is_relative_to(self.root / folder) for folder in READABLE_FOLDERS)
        return path if below else None

    def _refused(self, url: str) -> URLFetchingError:
        self.blocked.append(url)
        return URLFetchingError(f"blocked: {url}")
