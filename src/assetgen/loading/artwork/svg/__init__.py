"""Rebuild SVG logos from allowed elements, attributes and values."""
