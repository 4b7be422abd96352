"""Make a PDF ready for a press: inks, boxes, imposition, PDF/X and PDF/UA."""
