"""Decide what may go out: approvals, release checks, the lockfile and the visual diff."""
