"""``python -m assetgen``: the same as ``assetgen``."""

from assetgen.cli import main

if __name__ == "__main__":
    main()
