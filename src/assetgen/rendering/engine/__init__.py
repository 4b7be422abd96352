"""Run the layout engine (WeasyPrint): HTML to PDF, with the brand's fonts, a closed fetcher and a captured log."""
