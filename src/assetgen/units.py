"""Lengths, once: CSS px, millimetres and PDF points; and how large a picture may be.

A CSS px is 1/96 in, a PDF point 1/72 in, an inch 25.4 mm: a page 1200 px wide is 900 pt or 317.5 mm wide.
A screen asset's page is as many CSS px wide as its file has pixels; a print asset's page is
(trim + bleed) × scale in mm.
"""

from __future__ import annotations

MM_PER_INCH = 25.4
PX_PER_INCH = 96
PT_PER_INCH = 72

PX_PER_MM = PX_PER_INCH / MM_PER_INCH
MM_PER_PT = MM_PER_INCH / PT_PER_INCH
PX_PER_PT = PX_PER_INCH / PT_PER_INCH

# No picture with more pixels is held in memory, read or drawn (75 MB in RGB).
MAX_PIXELS = 25_000_000
