"""Interpret the content streams of a PDF: what is painted, where and in which inks."""
