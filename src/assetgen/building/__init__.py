"""Build a plan into ``out/``: incrementally, in worker processes, with a build cache."""
