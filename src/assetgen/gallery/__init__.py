"""The gallery: one static page that shows every asset of ``out/``, made from the manifest alone.

``out/index.html``, ``out/index/gallery.css`` and a thumbnail for each asset, named by its content.
The page needs no server, no network and, to be read, no script.
"""

from assetgen.gallery.write import GalleryResult, write_gallery

__all__ = ["GalleryResult", "write_gallery"]
