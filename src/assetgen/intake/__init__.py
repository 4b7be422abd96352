"""Turn a partner's request, from questions in a terminal or a form's CSV export, into ``partners/<partner>/``."""
