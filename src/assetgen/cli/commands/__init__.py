"""The commands, in one module for each group of related ones. Each imports what it needs when it runs."""
