"""Built-in data: the channels, paper sizes, page shapes and print conditions that every campaign can use."""
