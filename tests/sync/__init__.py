"""The sync engine against a server that is known whole."""
