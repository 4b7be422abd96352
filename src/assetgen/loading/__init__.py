"""Read a campaign's files into a checked, frozen Campaign, and report every fault at its file and line."""
