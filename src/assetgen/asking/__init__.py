"""How a partner asks: from questions in a terminal, or from the export of a form, to ``partners/<partner>/``."""
