"""Find the QR codes of a finished file, and check that a phone can read them."""
