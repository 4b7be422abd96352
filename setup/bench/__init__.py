"""``make bench``: speed, as ratios within one run, because ratios hardly differ between machines."""
