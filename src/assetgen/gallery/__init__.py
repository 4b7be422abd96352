"""Make the gallery: one static page that shows every asset of ``out/`` without a server or a network.

The page is ``out/index.html``. ``out/index/`` has its style sheet and a thumbnail of each asset, named by its content.
"""
