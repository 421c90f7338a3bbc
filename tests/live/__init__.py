"""Asked of real servers that somebody names in the environment; skipped without."""
