"""Check finished files again, on any machine, using only the files and their manifest."""
