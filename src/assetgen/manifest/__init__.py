"""Read and write ``manifest.json``: the files of a build, one asset per line."""
