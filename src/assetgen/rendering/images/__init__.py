"""Rasterise pages, encode pictures, crop and darken the brand's pictures, and make thumbnails and specimens."""
