"""Check press files: standard, inks, bleed and imposition."""
