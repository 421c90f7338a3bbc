"""Carries the outbox to servers and their changes back."""
