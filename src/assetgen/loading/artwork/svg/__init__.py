"""Rebuild SVG logos from an allow-list of elements, attributes and values."""
