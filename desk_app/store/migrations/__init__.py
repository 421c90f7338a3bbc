"""Schema migrations, run in-process by `store.migrate`."""
