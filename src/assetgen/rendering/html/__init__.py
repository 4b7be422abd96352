"""Turn a page layout and a template's Jinja markup into HTML."""
