"""Read and write ``manifest.json``: what a build made, one asset a line."""
