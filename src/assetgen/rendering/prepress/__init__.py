"""Make a PDF ready for its standard: CMYK, boxes, imposition and PDF/X for a press, PDF/UA for screen readers."""
