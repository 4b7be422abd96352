"""Make the zip that a partner receives, in ``out/packs``.

A pack's files are the bytes of ``out/``, unchanged; its pages, tables and texts are made from the campaign.
"""
