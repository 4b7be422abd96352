"""Combine campaign, partner, message, channel, variant and locale into assets with every value resolved.

Nothing here reads the disk.
"""
