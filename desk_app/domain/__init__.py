"""The help desk's rules and values: standard library only, no I/O."""
