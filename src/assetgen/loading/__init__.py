"""Read a campaign's files into a validated, frozen Campaign. Report every fault with its file and line."""
