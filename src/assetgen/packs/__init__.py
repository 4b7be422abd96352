"""Make the zip that a partner receives, in ``out/packs``.

A pack's files are copied unchanged from ``out/``. Its pages, tables and texts are made from the campaign.
"""
