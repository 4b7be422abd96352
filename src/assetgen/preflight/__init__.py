"""Preflight checks: read finished files back and compare them with the spec, whatever built them."""
