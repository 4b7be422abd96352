"""Check finished files again, on any machine, from nothing but the files and their manifest."""
