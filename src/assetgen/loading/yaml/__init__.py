"""Read YAML files with the position of every value, and report errors in them as findings."""
