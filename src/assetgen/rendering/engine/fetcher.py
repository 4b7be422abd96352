"""The URL fetcher of the layout engine. It serves the campaign's own files and blocks everything else.

URLs are virtual: WeasyPrint writes hashes of them into a PDF, whose bytes must not depend on the campaign's folder.

- ``http://campaign.invalid/brand/images/x.png``: that file below the campaign folder.
- ``http://logos.invalid/<partner>``: a partner's logo, as rewritten when it was loaded. With ``/dark`` or ``/mono``:
  its version for dark backgrounds or in one colour.
- ``http://pictures.invalid/<name>/<key>``: a crop of a brand picture, registered by a page.
"""

from __future__ import annotations

import hashlib
import mimetypes
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from weasyprint.urls import URLFetcher, URLFetcherResponse, URLFetchingError

from assetgen.loading.ink_conversion import Inks
from assetgen.loading.model import Logo
from assetgen.loading.yaml.brand_folder import BRAND, brand_folder
from assetgen.rendering.images.brand_pictures import PICTURE_HOST, PictureCache
from assetgen.rendering.prepress.cmyk import InkTable

BASE_URL = "http://campaign.invalid/"
CAMPAIGN_HOST, LOGO_HOST = "campaign.invalid", "logos.invalid"
MAX_BYTES = 25_000_000
MAX_DATA_URL = 4_000_000
COLOUR = re.compile(r"#[0-9a-fA-F]{6}(?![0-9a-fA-F])")


def _with_logo_inks(svg: bytes, logo_inks: Mapping[str, Inks], inks: InkTable) -> bytes:
    """Return a logo in which each colour with inks of its own is replaced by the page's value for these inks."""

    def page_colour(found: re.Match[str]) -> str:
        colour = found[0].lower()
        return inks.value_for(colour, logo_inks[colour]) if colour in logo_inks else colour

    return COLOUR.sub(page_colour, svg.decode()).encode() if logo_inks else svg


class ClosedFetcher(URLFetcher):  # type: ignore[misc]
    """Serves the files that a page may use, reads each once, and records what was opened, missing or blocked.

    If a file cannot be served, the engine logs an error and continues, so that one run finds every error of a page. The
    caller must look at ``missing`` and ``blocked`` afterwards.
    """

    def __init__(self, root: Path, logos: Mapping[str, Logo], pictures: PictureCache | None = None) -> None:
        super().__init__(allowed_protocols={"http", "data"}, allow_redirects=False)
        self.root, self.logos, self.pictures = root, logos, pictures or PictureCache({})
        self.brand = brand_folder(root)
        self._contents: dict[str, bytes] = {}
        self.inks: InkTable | None = None
        """On a page for a press: the inks that its colours stand for. Logos with inks of their own are added to it."""
        self.reset()

    def reset(self) -> None:
        """Clear the records of an earlier asset. File contents stay cached, so that every asset gets the same bytes."""
        self.opened: dict[str, str] = {}
        self.missing: list[str] = []
        self.blocked: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Return the contents of a virtual URL or of a ``data:`` URL.

        Any other URL is recorded as blocked and raises URLFetchingError.
        """
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
        """Return a partner's logo by its address: ``acme``, or its versions ``acme/dark`` and ``acme/mono``."""
        partner_id, _, variant = name.partition("/")
        logo = self.logos.get(partner_id)
        if logo is not None and variant:
            logo = {"dark": logo.dark, "mono": logo.mono}.get(variant)
        if logo is None:
            raise self._refused(url)
        self.opened[logo.file] = logo.source_sha256
        content = logo.content
        if self.inks and logo.is_vector:
            content = _with_logo_inks(content, logo.rules.inks, self.inks)
        return URLFetcherResponse(url, content, {"Content-Type": logo.mime})

    def _picture(self, url: str, address: str) -> URLFetcherResponse:
        """Return a crop of a brand picture by its address, ``<name>/<key>``."""
        name, _, key = address.partition("/")
        content = self.pictures.crop_jpeg(name, key)
        if content is None:
            raise self._refused(url)
        picture = self.pictures.pictures[name]
        self.opened[picture.path] = picture.source_sha256
        return URLFetcherResponse(url, content, {"Content-Type": "image/jpeg"})

    def _file(self, url: str, name: str) -> URLFetcherResponse:
        path = self._readable(name)
        if path is None:
            raise self._refused(url)
        requested, name = name, Path(os.path.relpath(path, self.root)).as_posix()
        if name not in self._contents:
            if not path.is_file():
                self.missing.append(name)
                raise URLFetchingError(f"no such file: {name}")
            if path.stat().st_size > MAX_BYTES:
                raise self._refused(url)
            self._contents[name] = path.read_bytes()
        content = self._contents[name]
        self.opened[name] = hashlib.sha256(content).hexdigest()
        if ".." not in requested.split("/") and (self.root / requested).exists():
            self.opened[requested] = self.opened[
                name
            ]  # so a symlink that is later redirected counts as a change
        mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, content, {"Content-Type": mime})

    def _readable(self, name: str) -> Path | None:
        """Return the path of a file, with links resolved; None if it is outside the folders that may be read."""
        try:
            first, _, rest = name.partition("/")
            path = (self.root / (f"{self.brand}/{rest}" if first == BRAND else name)).resolve()
        except (OSError, RuntimeError, ValueError):  # a loop of links, a name with a null character
            return None
        folders = ((self.root / self.brand).resolve(), self.root / "templates")
        is_readable = any(path.is_relative_to(folder) for folder in folders)
        return path if is_readable else None

    def _refused(self, url: str) -> URLFetchingError:
        self.blocked.append(url)
        return URLFetchingError(f"blocked: {url}")
