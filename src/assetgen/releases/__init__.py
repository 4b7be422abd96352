"""Decide what may be released: approvals, release checks, the lockfile and the visual diff."""
