"""Run tasks in supervised worker processes."""
