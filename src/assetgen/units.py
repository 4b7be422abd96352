"""Conversion factors between CSS px, millimetres and PDF points, and the maximum size of a picture.

A CSS px is 1/96 in, a PDF point 1/72 in, and an inch 25.4 mm: a page 1200 px wide is 900 pt or 317.5 mm wide.
One CSS px on the page of a screen asset is one pixel of its file. The page of a print asset measures
(trim + bleed) × scale, in mm.
"""

from __future__ import annotations

MM_PER_INCH = 25.4
PX_PER_INCH = 96
PT_PER_INCH = 72

PX_PER_MM = PX_PER_INCH / MM_PER_INCH
MM_PER_PT = MM_PER_INCH / PT_PER_INCH
PX_PER_PT = PX_PER_INCH / PT_PER_INCH

# A picture with more pixels is neither decoded nor rendered. This many pixels take 75 MB in RGB.
MAX_PIXELS = 25_000_000
