"""Turn a planned asset into a finished file."""
