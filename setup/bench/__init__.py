"""How long things take, as ratios of one run: ``make bench``. Machines differ; ratios hardly do."""
