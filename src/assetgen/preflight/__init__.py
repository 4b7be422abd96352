"""Reading finished files back: what is in them, against what was promised. Knows nothing of how they were made."""
