"""Typesetting: decide where every part of a page is placed."""
