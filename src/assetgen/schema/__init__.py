"""Schemas of the files that users write: one frozen pydantic model for each kind of file."""
