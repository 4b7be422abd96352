"""Reading and checking what people wrote; channels, links, facts."""
