"""Use cases: what a person can ask of the desk, with no I/O of its own."""
