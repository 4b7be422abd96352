"""Keep the log messages of libraries away from the terminal: findings report everything that matters."""

from __future__ import annotations

import logging


def keep_logs_off_terminal() -> None:
    """Discard log messages and warnings in this process, unless the program has configured logging.

    Without a handler, Python prints log messages of level WARNING and above to standard error.
    """
    if not logging.getLogger().handlers:
        logging.getLogger().addHandler(logging.NullHandler())
    logging.captureWarnings(capture=True)
