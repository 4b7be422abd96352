"""Read a finished PDF: its objects, letters, figures and pixels."""
