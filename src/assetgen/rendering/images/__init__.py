"""Pixels: rasterise, encode, crop and darken pictures."""
