"""Read the templates: their layouts, markup and style sheets."""
