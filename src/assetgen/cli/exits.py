"""The exit codes: fixed, scripts rely on them."""

OK, FINDINGS, NOTHING_PLANNED, MACHINE, INTERRUPTED = 0, 1, 2, 3, 130
