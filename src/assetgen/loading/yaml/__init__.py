"""Read YAML with the position of every value, and turn what is wrong with it into findings."""
