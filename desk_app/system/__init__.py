"""The machine: paths, settings, mail files, HTML cleaning, logs."""
