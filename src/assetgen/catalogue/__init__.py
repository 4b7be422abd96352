"""Built-in data for every campaign: channels, paper sizes, page shapes and print conditions."""
