"""Servers spoken to over HTTP."""
