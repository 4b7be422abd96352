"""From an asset to a finished file."""
