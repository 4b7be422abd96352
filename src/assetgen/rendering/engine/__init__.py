"""Run the layout engine (WeasyPrint): HTML to PDF, with its own fonts, fetcher and log."""
