"""The form of each file that people write: one frozen pydantic model per kind of file."""
