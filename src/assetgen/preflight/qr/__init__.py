"""Check QR codes: find them in the pixels and read them as a phone would."""
