"""Run the command line with ``python -m assetgen``."""

from assetgen.cli import main

if __name__ == "__main__":
    main()
