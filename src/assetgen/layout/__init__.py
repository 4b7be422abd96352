"""Lay out pages: compute the position of every part from the copy."""
