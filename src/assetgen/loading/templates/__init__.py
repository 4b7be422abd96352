"""Read templates: their layouts, markup and style sheets."""
