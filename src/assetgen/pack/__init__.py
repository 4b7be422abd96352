"""Packs: what a partner receives, one zip that needs no explaining, in ``out/packs``.

``pack_partners`` makes them, ``pack_rows`` tells who has what. A pack's files are the bytes of ``out/``, unchanged;
its pages, tables and words are made from the campaign.
"""

from assetgen.pack.report import pack_rows
from assetgen.pack.run import PackResult, Way, pack_partners

__all__ = ["PackResult", "Way", "pack_partners", "pack_rows"]
