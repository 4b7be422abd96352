"""Interpret a PDF's content streams: what is painted, where and in which inks."""
