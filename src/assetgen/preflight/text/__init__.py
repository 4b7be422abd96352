"""Check the words of a finished file: facts, visibility, contrast, size and fonts."""
