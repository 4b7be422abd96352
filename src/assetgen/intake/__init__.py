"""Take a partner's request, from questions in a terminal or from a form's export, to ``partners/<partner>/``."""
