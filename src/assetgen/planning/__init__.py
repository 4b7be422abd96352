"""Combine campaign, partner, message, channel, variant and locale into assets with all values resolved.

This package does not read the disk.
"""
